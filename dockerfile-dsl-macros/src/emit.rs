//! What a macro call becomes.
//!
//! In: a script, its values, and the answer of the analysis. Out: one expression. Its value is assembled by the library; beside
//! it stand one local trait for each reason to refuse a label at a hole, implemented for the labels that are safe there, and a
//! closure that is never called, in which rustc compares the values' types with these traits. The author's own literal goes
//! through `format_args!` there, which is what makes rustc underline `{hole}` inside the string on stable.

use std::fmt::Write as _;

use dockerfile_dsl_analysis::explain::Source;
use dockerfile_dsl_analysis::holes::{Answer, Label, Quote};
use dockerfile_dsl_analysis::template::{Piece, Template};
use dockerfile_dsl_analysis::{Finding, Rule};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use crate::errors::Errors;
use crate::sh::Call;

/// Everything that is known about a script.
pub(crate) struct Script<'a> {
    pub(crate) call: &'a Call,
    pub(crate) template: &'a Template,
    pub(crate) source: Source<'a>,
    pub(crate) answer: &'a Answer,
    /// What is wrong whatever the types are.
    pub(crate) errors: &'a Errors,
    /// Items that stand in front.
    pub(crate) before: TokenStream,
}

/// The expansion of a call that could not be understood: the errors, and a value of the right type so that nothing else is said.
pub(crate) fn failure(krate: &TokenStream, errors: &Errors) -> TokenStream {
    let report = errors.report();
    quote!({ #report #krate::Script::__assemble(&[], &[], "", 0) })
}

/// The expansion of a call.
pub(crate) fn script(script: &Script<'_>) -> TokenStream {
    let Script {
        call,
        template,
        errors,
        before,
        ..
    } = script;
    let krate = &call.krate;
    let private = quote!(#krate::__private);
    let literal = call.text.token.span();
    // Located at the text, so that an error is; resolved as generated code, so that the author's lints do not apply.
    let span = Span::mixed_site().located_at(literal);

    let values = values(script);
    let bounds = Bounds::new(script, &values, span);
    let report = errors.report();
    let expressions = values.iter().map(|value| &value.expression);
    let variables = values.iter().map(|value| &value.variable);
    let checks = checks(script, &values, &bounds, span);
    let traits = &bounds.items;

    let pieces = template.pieces().map(|piece| match piece {
        Piece::Text(text) => quote!(#private::Piece::Text(#text)),
        Piece::Hole(index) => {
            let name = &template.holes[index].0;
            let variable = values.iter().find(|value| value.name == name).map(|value| &value.variable);
            let quote = quote_of(script.answer.holes.get(index).map_or(Quote::Refused, |hole| hole.quote));
            quote_spanned!(span=> #private::Piece::Hole(#name, (&__Slot(&#variable)).any(), #private::Quote::#quote))
        }
    });
    let extras = extras(call, &private);
    let assemble = quote!(#krate::Script::__assemble(&[#(#pieces),*], &[#(#extras),*], ::core::file!(), ::core::line!()));
    if values.is_empty() {
        return quote_spanned!(span=> { #before #report #assemble });
    }
    quote_spanned!(span=> {
        #before
        #report
        #traits
        use #private::slot::*;
        match (#(&(#expressions),)*) {
            (#(#variables,)*) => {
                let _ = || { #checks };
                #assemble
            }
        }
    })
}

/// One Rust value: all holes of its name.
struct Value<'a> {
    name: &'a str,
    /// The variable that holds a reference to it in the generated code.
    variable: Ident,
    expression: TokenStream,
    /// Where an error about it belongs.
    span: Span,
    is_given: bool,
    holes: Vec<usize>,
}

fn values<'a>(script: &Script<'a>) -> Vec<Value<'a>> {
    let literal = script.call.text.token.span();
    let mut values: Vec<Value<'a>> = Vec::new();
    for (index, (name, _)) in script.template.holes.iter().enumerate() {
        if let Some(value) = values.iter_mut().find(|value| value.name == name) {
            value.holes.push(index);
            continue;
        }
        let given = script
            .call
            .arguments
            .values
            .iter()
            .find(|given| given.name == name);
        values.push(Value {
            name,
            variable: format_ident!(
                "__value{}",
                values.len(),
                span = Span::mixed_site().located_at(literal)
            ),
            expression: given.map_or_else(
                || {
                    let name = Ident::new(name, literal);
                    quote!(#name)
                },
                |given| given.value.clone(),
            ),
            span: given.map_or(literal, |given| given.name.span()),
            is_given: given.is_some(),
            holes: vec![index],
        });
    }
    values
}

/// The traits, and which value has to satisfy which.
struct Bounds {
    items: TokenStream,
    /// For each value: the bounds on its own label.
    own: Vec<Vec<Ident>>,
    /// For each value: the bounds on its label that have another value's label as argument.
    flows: Vec<Vec<(Ident, usize)>>,
}

impl Bounds {
    fn new(script: &Script<'_>, values: &[Value<'_>], span: Span) -> Self {
        let krate = &script.call.krate;
        let hash = hash(script);
        let label = |label: Label| {
            let label = format_ident!("{label:?}", span = span);
            quote_spanned!(span=> #krate::label::#label)
        };
        let value_of = |hole: usize| {
            values
                .iter()
                .position(|value| value.holes.contains(&hole))
                .unwrap_or_default()
        };
        let mut bounds = Self {
            items: TokenStream::new(),
            own: vec![Vec::new(); values.len()],
            flows: vec![Vec::new(); values.len()],
        };

        for (index, hole) in script.answer.holes.iter().enumerate() {
            for (number, (refused, findings)) in by_reason(&hole.refused).into_iter().enumerate() {
                let value = value_of(index);
                let label_text = label_text(script, &values[value], index, &findings);
                let text = text(script, &findings, &label_text);
                let name = format_ident!(
                    "Hole{index}{}{hash}",
                    ["", "b", "c", "d", "e", "f", "g"][number],
                    span = span
                );
                // One by one: behind a blanket implementation rustc no longer underlines the hole of a constant.
                let accepted = Label::ALL
                    .into_iter()
                    .filter(|label| !refused.contains(label))
                    .map(label);
                bounds.items.extend(quote_spanned!(span=>
                    #text
                    trait #name {}
                    #(#[diagnostic::do_not_recommend] impl #name for #accepted {})*
                ));
                bounds.own[value].push(name);
            }
        }
        for (number, flow) in script.answer.flows.iter().enumerate() {
            let (from, to) = (value_of(flow.from), value_of(flow.to));
            // The one that speaks of a secret explains best.
            let Some((_, _, finding)) = flow
                .refused
                .iter()
                .max_by_key(|(from, to, _)| (from.is_secret(), *to == Label::LayerPath))
            else {
                continue;
            };
            let text = text(
                script,
                &[finding],
                &format!(
                    "the value of `{}` flows into `{}`",
                    values[from].name, values[to].name
                ),
            );
            let name = format_ident!("Flow{number}{hash}", span = span);
            // The destination is `Self`: with the source there, one applicable impl would be used for inference.
            let impls = Label::ALL.into_iter().map(|destination| {
                let pairs = flow.refused.iter().filter(|(_, to, _)| *to == destination);
                let refused: Vec<Label> = pairs.map(|(from, _, _)| *from).collect();
                let sources = all_but(krate, &refused, span);
                let to = label(destination);
                quote_spanned!(span=> #[diagnostic::do_not_recommend] impl<From: #sources> #name<From> for #to {})
            });
            bounds.items.extend(quote_spanned!(span=>
                #text
                trait #name<From> {}
                #(#impls)*
            ));
            bounds.flows[to].push((name, from));
        }
        bounds
    }
}

/// A bound that every label keeps, except these.
fn all_but(krate: &TokenStream, refused: &[Label], span: Span) -> TokenStream {
    let refused = refused
        .iter()
        .map(|label| format_ident!("{label:?}", span = span));
    quote_spanned!(span=> #(#krate::__private::not::#refused)+*)
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
    value: &Value<'_>,
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
        2 => "; one more leak is told below".to_owned(),
        more => format!("; {} more leaks are told below", more - 1),
    };
    if value.holes.last() == Some(&hole) {
        return format!("`{name}` {what}{more}");
    }
    let start = script.template.holes[hole].1.start;
    let (line, column) = script.source.position(start);
    format!("`{name}`, where it stands in script line {line}, column {column}, {what}{more}")
}

/// The text that rustc prints where a trait is not implemented. It is a format string, so its braces are doubled.
fn text(script: &Script<'_>, findings: &[&Finding], label: &str) -> TokenStream {
    let escape = |text: &str| text.replace('{', "{{").replace('}', "}}");
    let message = findings.first().map_or("", |finding| &finding.message);
    let message = escape(message);
    let label = escape(label);
    let mut note = String::new();
    for (index, finding) in findings.iter().enumerate() {
        if index > 0 {
            let _ = write!(note, "\n\nand {}\n\n", finding.message);
        }
        note.push_str(&script.source.explain(finding));
    }
    let note = escape(&note);
    let generic =
        "in a generic function, say which values it takes: `V: PublicValue` or `V: SecretValue`";
    quote!(#[diagnostic::on_unimplemented(message = #message, label = #label, note = #note, note = #generic)])
}

/// The comparisons, as statements of a closure that is never called.
fn checks(script: &Script<'_>, values: &[Value<'_>], bounds: &Bounds, span: Span) -> TokenStream {
    let private = {
        let krate = &script.call.krate;
        quote!(#krate::__private)
    };
    let literal = &script.call.text.token;
    let through_format = script.template.is_format_string;
    let (mut items, mut bindings, mut named) =
        (TokenStream::new(), TokenStream::new(), TokenStream::new());
    for (index, value) in values.iter().enumerate() {
        let (own, flows) = (&bounds.own[index], &bounds.flows[index]);
        let sources: Vec<Ident> = (0..flows.len())
            .map(|number| format_ident!("S{number}", span = span))
            .collect();
        let arguments = std::iter::once(&value.variable)
            .chain(flows.iter().map(|(_, from)| &values[*from].variable));
        let parameters = quote_spanned!(span=> T: #private::Value + ?::core::marker::Sized, #(#sources: #private::Value + ?::core::marker::Sized),*);
        let flow_traits = flows.iter().map(|(name, _)| name);
        let conditions = quote_spanned!(span=> where #(T::Label: #own,)* #(T::Label: #flow_traits<#sources::Label>,)*);

        if !through_format {
            // A function with the same bounds: rustc points at the argument, or at the text.
            let check = format_ident!(
                "check{index}",
                span = Span::mixed_site().located_at(value.span)
            );
            items.extend(quote_spanned!(span=> fn #check<#parameters>(_: &T, #(_: &#sources),*) #conditions {}));
            let at = Span::mixed_site().located_at(value.span);
            bindings.extend(quote_spanned!(at=> #check(#(#arguments),*);));
            continue;
        }
        let plain = own.is_empty() && flows.is_empty();
        let wrapper = if plain {
            quote_spanned!(span=> #private::Checked)
        } else {
            let name = format_ident!("Checked{index}", span = span);
            quote_spanned!(span=> #name)
        };
        if !plain {
            items.extend(quote_spanned!(span=>
                struct #wrapper<'a, T: ?::core::marker::Sized, #(#sources: ?::core::marker::Sized),*>(&'a T, #(&'a #sources),*);
                impl<#parameters> ::core::fmt::Display for #wrapper<'_, T, #(#sources),*> #conditions {
                    fn fmt(&self, _: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result { ::core::result::Result::Ok(()) }
                }
            ));
        }
        let name = Ident::new(value.name, literal.span());
        if may_be_constant(value.name) {
            // A constant's name is a pattern, so `let` cannot shadow it: it goes as an argument of its own.
            let name = if value.is_given {
                Ident::new(value.name, value.span)
            } else {
                name
            };
            named.extend(quote_spanned!(span=> , #name = #wrapper(#(#arguments),*)));
        } else {
            bindings.extend(quote_spanned!(span=> let #name = #wrapper(#(#arguments),*);));
        }
    }
    if through_format {
        quote_spanned!(span=> #items #bindings { let _ = ::core::format_args!(#literal #named); })
    } else {
        quote_spanned!(span=> #items #bindings)
    }
}

fn may_be_constant(name: &str) -> bool {
    !name.contains(char::is_lowercase)
}

fn quote_of(quote: Quote) -> Ident {
    format_ident!("{quote:?}")
}

fn extras(call: &Call, private: &TokenStream) -> Vec<TokenStream> {
    let arguments = &call.arguments;
    let mut extras = Vec::new();
    if arguments.bash {
        extras.push(quote!(#private::Extra::Bash));
    }
    for mount in &arguments.mounts {
        let (secret, target) = (reference(&mount.secret), &mount.target.token);
        extras.push(quote!(#private::Extra::Mount(#secret, #target)));
    }
    for env in &arguments.envs {
        let (secret, variable, reason) = (
            reference(&env.secret),
            &env.variable.token,
            &env.reason.token,
        );
        extras.push(quote!(#private::Extra::Env(#secret, #variable, #reason)));
    }
    for trust in &arguments.trust {
        let (program, output, reason) = (&trust.program.token, trust.output, &trust.reason.token);
        extras.push(quote!(#private::Extra::Trust(#program, #output, #reason)));
    }
    if let Some(reason) = &arguments.allow_cache {
        let reason = &reason.token;
        extras.push(quote!(#private::Extra::AllowCache(#reason)));
    }
    extras
}

/// A reference to what the tokens say, with their place: a wrong type is shown there.
fn reference(tokens: &TokenStream) -> TokenStream {
    let span = tokens
        .clone()
        .into_iter()
        .next()
        .map_or_else(Span::call_site, |tree| tree.span());
    quote_spanned!(span=> &(#tokens))
}

/// A suffix for the names of the traits: rustc merges notes about traits of one name, also of two scripts in one function.
fn hash(script: &Script<'_>) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in script.template.text.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    format!("_{:08x}", hash >> 32)
}
