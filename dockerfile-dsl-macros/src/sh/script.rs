//! Everything that is known about a script when its expansion is written.

use std::rc::Rc;

use dockerfile_dsl_analysis::holes::Answer;
use dockerfile_dsl_analysis::report::snippet::Source;
use dockerfile_dsl_analysis::template::Template;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident};
use syn::{Error, Result};

use super::call::Call;
use super::scope::Scope;
use crate::input::{combined, identifier};

/// A script, and the answer of the analysis.
pub(super) struct Script<'a> {
    pub(super) krate: &'a TokenStream,
    pub(super) call: &'a Call,
    pub(super) template: &'a Template,
    pub(super) source: Source<'a>,
    pub(super) answer: &'a Answer,
    /// The values of the holes, each name once.
    pub(super) values: Vec<HoleValue<'a>>,
    /// The names in the source file, if it is known.
    pub(super) scope: Option<Rc<Scope>>,
}

/// One Rust value: all holes of its name.
pub(super) struct HoleValue<'a> {
    pub(super) name: &'a str,
    /// The same as an identifier of Rust, at the text.
    pub(super) ident: Ident,
    /// The variable that holds a reference to it in the generated code.
    pub(super) variable: Ident,
    pub(super) expression: TokenStream,
    /// Where an error about it belongs.
    pub(super) span: Span,
    pub(super) is_given: bool,
    pub(super) holes: Vec<usize>,
}

impl<'a> HoleValue<'a> {
    /// The values of a template, or the holes whose names no value can have.
    pub(super) fn of_holes(call: &Call, template: &'a Template) -> Result<Vec<Self>> {
        let literal = call.text.span();
        let mut values: Vec<Self> = Vec::new();
        let mut mistakes = Vec::new();
        for (index, (name, _)) in template.holes.iter().enumerate() {
            if let Some(value) = values.iter_mut().find(|value| value.name == name) {
                value.holes.push(index);
                continue;
            }
            let Some(ident) = identifier(name, literal) else {
                mistakes.push(Error::new(literal, no_name(name)));
                continue;
            };
            let given = call.arguments.given(name);
            let at = Span::mixed_site().located_at(literal);
            values.push(Self {
                name,
                variable: format_ident!("__value{}", values.len(), span = at),
                expression: given.map_or_else(
                    || ident.to_token_stream(),
                    |given| given.value.to_token_stream(),
                ),
                span: given.map_or(literal, |given| given.name.span()),
                is_given: given.is_some(),
                holes: vec![index],
                ident,
            });
        }
        combined(mistakes).map(|()| values)
    }
}

fn no_name(name: &str) -> String {
    if name == "self" {
        return "`self` cannot be used in a script: write `{value}`, and add `value = self` after it"
            .to_owned();
    }
    let text = format!("for the text `{{{name}}}` write `{{{{{name}}}}}`");
    if name.is_ascii() {
        format!("`{name}` is a keyword of Rust, and no value has this name; {text}")
    } else {
        format!("`{name}` is not an identifier of Rust, and no value has this name; {text}")
    }
}
