//! What a macro call becomes.
//!
//! In: a script, its values, and the answer of the analysis. Out: one expression. Its value is assembled by the library; beside
//! it stand one local trait for each reason to refuse a label at a hole, implemented for the labels that are safe there, and a
//! closure that is never called, in which rustc compares the values' types with these traits. The author's own literal goes
//! through `format_args!` there, which is what makes rustc underline `{hole}` inside the string on stable.

mod bounds;

use dockerfile_dsl_analysis::explain::Source;
use dockerfile_dsl_analysis::holes::{Answer, Quote};
use dockerfile_dsl_analysis::template::{Piece, Template};
use proc_macro::{Ident, Span, TokenStream};

use self::bounds::Bounds;
use crate::code::{Part, code};
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
    code!(
        r#"{ #report #krate::Script::__assemble(&[], &[], "", 0) }"#,
        report,
        krate
    )
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
    let private = code!("#krate::__private", krate);
    let literal = call.text.token.span();
    // Located at the text, so that an error is; resolved as generated code, so that the author's lints do not apply.
    let span = Span::mixed_site().located_at(literal);

    let values = values(script);
    let bounds = Bounds::new(script, &values, span);
    let report = errors.report();
    let checks = checks(script, &values, &bounds, span);
    let traits = &bounds.items;

    let mut pieces = TokenStream::new();
    for piece in template.pieces() {
        pieces.extend(match piece {
            Piece::Text(text) => {
                code!("#private::Piece::Text(#text),", private, text)
            }
            Piece::Hole(index) => {
                let name = &template.holes[index].0;
                let variable = values.iter().find(|value| value.name == name).map(|value| &value.variable);
                let quote = script.answer.holes.get(index).map_or(Quote::Refused, |hole| hole.quote);
                let quote = Ident::new(&format!("{quote:?}"), Span::call_site());
                code!(span => "#private::Piece::Hole(#name, (&__Slot(&#variable)).any(), #private::Quote::#quote),", private, name, variable, quote)
            }
        });
    }
    let extras = extras(call, &private);
    let assemble = code!(
        "#krate::Script::__assemble(&[#pieces], &[#extras], ::core::file!(), ::core::line!())",
        krate,
        pieces,
        extras
    );
    if values.is_empty() {
        return code!(span => "{ #before #report #assemble }", before, report, assemble);
    }
    let (mut expressions, mut variables) = (TokenStream::new(), TokenStream::new());
    for value in &values {
        let Value {
            expression,
            variable,
            ..
        } = value;
        expressions.extend(code!(span => "&(#expression),", expression));
        variables.extend(code!(span => "#variable,", variable));
    }
    code!(
        span =>
        "{
            #before
            #report
            #traits
            use #private::slot::*;
            match (#expressions) {
                (#variables) => {
                    let _ = || { #checks };
                    #assemble
                }
            }
        }",
        before,
        report,
        traits,
        private,
        expressions,
        variables,
        checks,
        assemble
    )
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
        let given = script.call.arguments.given(name);
        values.push(Value {
            name,
            variable: Ident::new(
                &format!("__value{}", values.len()),
                Span::mixed_site().located_at(literal),
            ),
            expression: given.map_or_else(
                || Ident::new(name, literal).tokens(),
                |given| given.value.clone(),
            ),
            span: given.map_or(literal, |given| given.name.span()),
            is_given: given.is_some(),
            holes: vec![index],
        });
    }
    values
}

/// The comparisons, as statements of a closure that is never called.
fn checks(script: &Script<'_>, values: &[Value<'_>], bounds: &Bounds, span: Span) -> TokenStream {
    let krate = &script.call.krate;
    let private = code!("#krate::__private", krate);
    let literal = &script.call.text.token;
    let through_format = script.template.is_format_string;
    let (mut items, mut bindings, mut named) =
        (TokenStream::new(), TokenStream::new(), TokenStream::new());
    for (index, value) in values.iter().enumerate() {
        let (own, flows) = (&bounds.own[index], &bounds.flows[index]);
        // The value itself, and each that flows into it.
        let mut arguments = value.variable.tokens();
        let mut sources = TokenStream::new();
        let mut parameters = code!(span => "T: #private::Value + ?::core::marker::Sized,", private);
        let mut unsized_sources = TokenStream::new();
        let mut references = TokenStream::new();
        let mut lifetimes = TokenStream::new();
        let mut conditions = code!(span => "where");
        for bound in own {
            conditions.extend(code!(span => "T::Label: #bound,", bound));
        }
        for (number, (bound, from)) in flows.iter().enumerate() {
            let source = Ident::new(&format!("S{number}"), span);
            let variable = &values[*from].variable;
            arguments.extend(code!(span => ", #variable", variable));
            sources.extend(code!(span => "#source,", source));
            parameters.extend(code!(
                span => "#source: #private::Value + ?::core::marker::Sized,",
                source,
                private
            ));
            unsized_sources.extend(code!(span => "#source: ?::core::marker::Sized,", source));
            references.extend(code!(span => "_: &#source,", source));
            lifetimes.extend(code!(span => "&'a #source,", source));
            conditions.extend(code!(span => "T::Label: #bound<#source::Label>,", bound, source));
        }

        if !through_format {
            // A function with the same bounds: rustc points at the argument, or at the text.
            let at = Span::mixed_site().located_at(value.span);
            let check = Ident::new(&format!("check{index}"), at);
            items.extend(code!(
                span => "fn #check<#parameters>(_: &T, #references) #conditions {}",
                check,
                parameters,
                references,
                conditions
            ));
            bindings.extend(code!(at => "#check(#arguments);", check, arguments));
            continue;
        }
        let plain = own.is_empty() && flows.is_empty();
        let wrapper = if plain {
            code!(span => "#private::Checked", private)
        } else {
            Ident::new(&format!("Checked{index}"), span).tokens()
        };
        if !plain {
            items.extend(code!(
                span =>
                "struct #wrapper<'a, T: ?::core::marker::Sized, #unsized_sources>(&'a T, #lifetimes);
                impl<#parameters> ::core::fmt::Display for #wrapper<'_, T, #sources> #conditions {
                    fn fmt(&self, _: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result { ::core::result::Result::Ok(()) }
                }",
                wrapper,
                unsized_sources,
                lifetimes,
                parameters,
                sources,
                conditions
            ));
        }
        if may_be_constant(value.name) {
            // A constant's name is a pattern, so `let` cannot shadow it: it goes as an argument of its own.
            let at = if value.is_given {
                value.span
            } else {
                literal.span()
            };
            let name = Ident::new(value.name, at);
            named.extend(code!(span => ", #name = #wrapper(#arguments)", name, wrapper, arguments));
        } else {
            let name = Ident::new(value.name, literal.span());
            bindings.extend(
                code!(span => "let #name = #wrapper(#arguments);", name, wrapper, arguments),
            );
        }
    }
    if through_format {
        code!(
            span => "#items #bindings { let _ = ::core::format_args!(#literal #named); }",
            items,
            bindings,
            literal,
            named
        )
    } else {
        code!(span => "#items #bindings", items, bindings)
    }
}

fn may_be_constant(name: &str) -> bool {
    !name.contains(char::is_lowercase)
}

fn extras(call: &Call, private: &TokenStream) -> TokenStream {
    let arguments = &call.arguments;
    let mut extras = TokenStream::new();
    if arguments.bash {
        extras.extend(code!("#private::Extra::Bash,", private));
    }
    for mount in &arguments.mounts {
        let (secret, target) = (reference(&mount.secret), &mount.target.token);
        extras.extend(code!(
            "#private::Extra::Mount(#secret, #target),",
            private,
            secret,
            target
        ));
    }
    for env in &arguments.envs {
        let secret = reference(&env.secret);
        let (variable, reason) = (&env.variable.token, &env.reason.token);
        extras.extend(code!(
            "#private::Extra::Env(#secret, #variable, #reason),",
            private,
            secret,
            variable,
            reason
        ));
    }
    for trust in &arguments.trust {
        let (program, reason) = (&trust.program.token, &trust.reason.token);
        let output = Ident::new(&trust.output.to_string(), Span::call_site());
        extras.extend(code!(
            "#private::Extra::Trust(#program, #output, #reason),",
            private,
            program,
            output,
            reason
        ));
    }
    if let Some(reason) = &arguments.allow_cache {
        let reason = &reason.token;
        extras.extend(code!(
            "#private::Extra::AllowCache(#reason),",
            private,
            reason
        ));
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
    code!(span => "&(#tokens)", tokens)
}
