//! The traits that a script's answer becomes.
//!
//! In: for each hole, and each flow from one into another, the labels that are refused and why. Out: a trait for each reason,
//! implemented for the labels that are safe, with the finding as the text that rustc prints where it is not.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};

use dockerfile_dsl_analysis::holes::Label;
use dockerfile_dsl_analysis::{Finding, Rule};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::script::{HoleValue, Script};

/// The traits, and which value has to satisfy which.
pub(super) struct Bounds {
    pub(super) items: TokenStream,
    /// The end of the names of this script's items.
    pub(super) suffix: String,
    /// For each value: the bounds on its own label.
    pub(super) own: Vec<Vec<Ident>>,
    /// For each value: the bounds on its label that have another value's label as argument.
    pub(super) flows: Vec<Vec<(Ident, usize)>>,
}

impl Bounds {
    pub(super) fn new(script: &Script<'_>, span: Span) -> Self {
        let values = &script.values;
        let mut bounds = Self {
            items: TokenStream::new(),
            suffix: suffix(script),
            own: vec![Vec::new(); values.len()],
            flows: vec![Vec::new(); values.len()],
        };
        let value_of = |hole: usize| {
            values
                .iter()
                .position(|value| value.holes.contains(&hole))
                .unwrap_or_default()
        };
        let suffix = bounds.suffix.clone();
        for (index, hole) in script.answer.holes.iter().enumerate() {
            for (number, (refused, findings)) in by_reason(&hole.refused).into_iter().enumerate() {
                let value = value_of(index);
                let letter = ["", "b", "c", "d", "e", "f", "g"][number];
                let allowed = allowed(&findings);
                let name = format_ident!("{allowed}{index}{letter}{suffix}", span = span);
                let under = label_text(script, &values[value], index, &findings);
                let text = text(script, &findings, &under, Some(values[value].name));
                let bound = label_bound(script.krate, &name, &refused, span);
                bounds.items.extend(quote_spanned!(span=> #text #bound));
                bounds.own[value].push(name);
            }
        }
        for (number, flow) in script.answer.flows.iter().enumerate() {
            let (from, to) = (value_of(flow.from), value_of(flow.to));
            // The one that speaks of a secret explains best.
            let best = flow
                .refused
                .iter()
                .max_by_key(|(from, to, _)| (from.is_secret(), *to == Label::LayerPath));
            let Some((_, _, finding)) = best else {
                continue;
            };
            let name = format_ident!("MayReceive{number}{suffix}", span = span);
            let under = format!(
                "the value of `{}` flows into `{}`",
                values[from].name, values[to].name
            );
            let text = text(script, &[finding], &under, None);
            let bound = flow_bound(script.krate, &name, &flow.refused, span);
            bounds.items.extend(quote_spanned!(span=> #text #bound));
            bounds.flows[to].push((name, from));
        }
        bounds
    }
}

/// A trait for the labels that are not refused at a hole.
fn label_bound(krate: &TokenStream, name: &Ident, refused: &[Label], span: Span) -> TokenStream {
    // One by one: with a blanket implementation rustc no longer underlines the hole of a constant.
    let accepted = Label::ALL
        .into_iter()
        .filter(|label| !refused.contains(label))
        .map(|label| format_ident!("{label:?}", span = span));
    quote_spanned! {span=>
        trait #name {}
        #(#[diagnostic::do_not_recommend] impl #name for #krate::value::label::#accepted {})*
    }
}

/// A trait for pairs of labels that are not refused, of the destination and of the source.
fn flow_bound(
    krate: &TokenStream,
    name: &Ident,
    refused: &[(Label, Label, Finding)],
    span: Span,
) -> TokenStream {
    // The destination is `Self`: with the source there, one applicable impl would be used for inference.
    let implementations = Label::ALL.into_iter().map(|destination| {
        // A bound that every label keeps, except those that are refused.
        let sources = refused
            .iter()
            .filter(|(_, to, _)| *to == destination)
            .map(|(from, _, _)| format_ident!("{from:?}", span = span));
        let destination = format_ident!("{destination:?}", span = span);
        quote_spanned! {span=>
            #[diagnostic::do_not_recommend]
            impl<From: #(#krate::__private::not::#sources +)*> #name<From> for #krate::value::label::#destination {}
        }
    });
    quote_spanned!(span=> trait #name<From> {} #(#implementations)*)
}

/// The refused labels, grouped by all that they are refused for.
fn by_reason(refused: &[(Label, Finding)]) -> Vec<(Vec<Label>, Vec<&Finding>)> {
    let mut groups: Vec<(Vec<Label>, Vec<&Finding>)> = Vec::new();
    for label in Label::ALL {
        let own = refused.iter().filter(|(refused, _)| *refused == label);
        let findings: Vec<&Finding> = own.map(|(_, finding)| finding).collect();
        if findings.is_empty() {
            continue;
        }
        let is_same =
            |one: &Finding, other: &Finding| one.message == other.message && one.span == other.span;
        let same = groups.iter_mut().find(|(_, known)| {
            known.len() == findings.len()
                && known
                    .iter()
                    .zip(&findings)
                    .all(|(one, other)| is_same(one, other))
        });
        match same {
            Some((labels, _)) => labels.push(label),
            None => groups.push((vec![label], findings)),
        }
    }
    groups
}

/// What stands under the hole. rustc underlines the last one of a name, whichever is meant.
fn label_text(
    script: &Script<'_>,
    value: &HoleValue<'_>,
    hole: usize,
    findings: &[&Finding],
) -> String {
    let name = value.name;
    let what = findings
        .first()
        .map_or("may not stand here", |finding| match finding.rule {
            Rule::SecretInLayer => "would end up in the image",
            Rule::SecretInBuildLog => "would end up in the build log",
            Rule::SecretInCacheMount => "would end up in a cache",
            Rule::SecretToUnknownProgram => "is given to a program that is not known",
            Rule::SecretInOpaqueSyntax => "cannot be followed from here",
            _ => "may not stand here",
        });
    let more = match findings.len() {
        0 | 1 => String::new(),
        2 => "; 1 more leak reported below".to_owned(),
        more => format!("; {} more leaks reported below", more - 1),
    };
    if value.holes.last() == Some(&hole) {
        return format!("`{name}` {what}{more}");
    }
    let start = script.template.holes[hole].1.start;
    let (line, column) = script.source.position(start);
    format!("`{name}` in script line {line}, column {column}, {what}{more}")
}

/// The text that rustc prints where a trait is not implemented. It is a format string, so its braces are doubled.
fn text(
    script: &Script<'_>,
    findings: &[&Finding],
    label: &str,
    hole: Option<&str>,
) -> TokenStream {
    let escape = |text: &str| text.replace('{', "{{").replace('}', "}}");
    let scope = script.scope.as_deref();
    let open = hole.filter(|name| scope.is_some_and(|scope| scope.is_open(name)));
    let message = match (open, findings.first()) {
        (Some(name), _) => format!(
            "say whether `{name}` is public or secret: `impl PublicValue` or `impl SecretValue`"
        ),
        (None, Some(finding)) => escape(&finding.message),
        (None, None) => String::new(),
    };
    let label = escape(label);
    let mut note = String::new();
    for (index, finding) in findings.iter().enumerate() {
        if index == 0 && open.is_some() {
            let _ = write!(note, "for a secret: {}\n\n", finding.message);
        } else if index > 0 {
            let _ = write!(note, "\n\nand {}\n\n", finding.message);
        }
        note.push_str(&script.source.explain(finding));
    }
    let note = escape(&note);
    // Without a type parameter it would be about nothing.
    let may_be_generic = scope.is_none_or(|scope| scope.may_have("HoleValue"));
    let generic = (open.is_none() && may_be_generic).then(|| {
        let note =
            "in a generic function, say which values it takes: `V: PublicValue` or `V: SecretValue`";
        quote!(, note = #note)
    });
    quote!(#[diagnostic::on_unimplemented(message = #message, label = #label, note = #note #generic)])
}

/// What the values that keep a bound are allowed: rustc shows the name of the trait.
fn allowed(findings: &[&Finding]) -> &'static str {
    match findings.first().map(|finding| finding.rule) {
        Some(Rule::SecretInLayer) => "AllowedInLayer",
        Some(Rule::SecretInBuildLog) => "AllowedInBuildLog",
        Some(Rule::SecretInCacheMount) => "AllowedInCache",
        Some(Rule::SecretToUnknownProgram) => "AllowedToUnknownProgram",
        _ => "AllowedHere",
    }
}

/// A suffix for the names of the traits: rustc merges notes about traits of one name, also of two scripts in one function.
fn suffix(script: &Script<'_>) -> String {
    let mut hasher = DefaultHasher::new();
    script.template.text.hash(&mut hasher);
    format!("_{:08x}", hasher.finish() >> 32)
}
