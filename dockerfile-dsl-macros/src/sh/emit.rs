//! What a macro call becomes.
//!
//! In: a script, its values, and the answer of the analysis. Out: one expression. Its value is assembled by the library; beside
//! it is one local trait for each reason to refuse a label at a hole, implemented for the labels that are safe there, and a
//! closure that is never called, in which rustc compares the values' types with these traits. The author's own literal goes
//! through `format_args!` there, which is what makes rustc underline `{hole}` inside the string on stable.

use dockerfile_dsl_analysis::holes::Quote;
use dockerfile_dsl_analysis::template::TemplatePiece;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

use super::bounds::Bounds;
use super::call::Call;
use super::script::{HoleValue, Script};

/// The expansion of a call; `before` are statements at its start.
pub(super) fn script(script: &Script<'_>, before: &TokenStream) -> TokenStream {
    let Script {
        krate,
        call,
        template,
        values,
        ..
    } = script;
    let private = quote!(#krate::__private);
    // Located at the text, so that an error is; resolved as generated code, so that the author's lints do not apply.
    let span = Span::mixed_site().located_at(call.text.span());

    let pieces = template.pieces().map(|piece| match piece {
        TemplatePiece::Text(text) => quote!(#private::Piece::Text(#text)),
        TemplatePiece::Hole(index) => {
            let name = &template.holes[index].0;
            let variable = values.iter().find(|value| value.name == name).map(|value| &value.variable);
            let quote = script.answer.holes.get(index).map_or(Quote::Refused, |hole| hole.quote);
            let quote = format_ident!("{quote:?}");
            quote_spanned!(span=> #private::Piece::Hole(#name, (&__Slot(&#variable)).any(), #private::Quote::#quote))
        }
    });
    let extras = extras(call, &private);
    let assemble = quote! {
        #krate::Script::__assemble(&[#(#pieces),*], &[#(#extras),*], ::core::file!(), ::core::line!())
    };
    if values.is_empty() {
        return quote_spanned!(span=> { #before #assemble });
    }
    let bounds = Bounds::new(script, span);
    let checks = checks(script, &bounds, span);
    let traits = &bounds.items;
    let expressions = values.iter().map(|value| &value.expression);
    let variables = values.iter().map(|value| &value.variable);
    quote_spanned! {span=>
        {
            #before
            #traits
            use #private::slot::*;
            match (#(&(#expressions),)*) {
                (#(#variables,)*) => {
                    let _ = || { #checks };
                    #assemble
                }
            }
        }
    }
}

/// The comparisons, as statements of a closure that is never called.
fn checks(script: &Script<'_>, bounds: &Bounds, span: Span) -> TokenStream {
    let krate = script.krate;
    let literal = &script.call.text;
    let through_format = script.template.is_format_string;
    let (mut items, mut bindings, mut named) =
        (TokenStream::new(), TokenStream::new(), TokenStream::new());
    for (index, value) in script.values.iter().enumerate() {
        let comparison = Comparison::new(script, value, bounds, index, span);
        let arguments = &comparison.arguments;
        if !through_format {
            // A function with the same bounds: rustc points at the argument, or at the text.
            let at = Span::mixed_site().located_at(value.span);
            let check = format_ident!("check{index}", span = at);
            items.extend(comparison.function(&check));
            bindings.extend(quote_spanned!(at=> #check(#arguments);));
            continue;
        }
        let wrapper = if comparison.is_plain {
            quote_spanned!(span=> #krate::__private::Checked)
        } else {
            let wrapper = format_ident!("InScript{index}{}", bounds.suffix, span = span);
            items.extend(comparison.wrapper(&wrapper));
            wrapper.into_token_stream()
        };
        let mut name = value.ident.clone();
        if may_be_constant(value.name) {
            // A constant's name is a pattern, so `let` cannot shadow it: it becomes a separate argument.
            if value.is_given {
                name.set_span(value.span);
            }
            named.extend(quote_spanned!(span=> , #name = #wrapper(#arguments)));
        } else {
            bindings.extend(quote_spanned!(span=> let #name = #wrapper(#arguments);));
        }
    }
    let format = through_format
        .then(|| quote_spanned!(span=> { let _ = ::core::format_args!(#literal #named); }));
    quote_spanned!(span=> #items #bindings #format)
}

/// The bounds on one value: on its own label, and on its label with those of the values that flow into it.
struct Comparison {
    /// The variables: the value, and each that flows into it.
    arguments: TokenStream,
    /// Type parameters for the values that flow into it.
    sources: Vec<Ident>,
    /// All type parameters.
    parameters: TokenStream,
    conditions: TokenStream,
    is_plain: bool,
    span: Span,
}

impl Comparison {
    fn new(
        script: &Script<'_>,
        value: &HoleValue<'_>,
        bounds: &Bounds,
        index: usize,
        span: Span,
    ) -> Self {
        let krate = script.krate;
        let (own, flows) = (&bounds.own[index], &bounds.flows[index]);
        let variable = &value.variable;
        let from = flows.iter().map(|(_, from)| &script.values[*from].variable);
        let flow = flows.iter().map(|(bound, _)| bound);
        let sources: Vec<Ident> = (0..flows.len())
            .map(|number| Ident::new(&format!("S{number}"), span))
            .collect();
        Self {
            arguments: quote_spanned!(span=> #variable #(, #from)*),
            parameters: quote_spanned! {span=>
                T: #krate::__private::Value + ?::core::marker::Sized,
                #(#sources: #krate::__private::Value + ?::core::marker::Sized,)*
            },
            conditions: quote_spanned! {span=>
                where #(T::Label: #own,)* #(T::Label: #flow<#sources::Label>,)*
            },
            sources,
            is_plain: own.is_empty() && flows.is_empty(),
            span,
        }
    }

    fn function(&self, name: &Ident) -> TokenStream {
        let Self {
            sources,
            parameters,
            conditions,
            ..
        } = self;
        quote_spanned!(self.span=> fn #name<#parameters>(_: &T, #(_: &#sources,)*) #conditions {})
    }

    /// A type that can be formatted where the bounds hold.
    fn wrapper(&self, name: &Ident) -> TokenStream {
        let Self {
            sources,
            parameters,
            conditions,
            ..
        } = self;
        quote_spanned! {self.span=>
            struct #name<'a, T: ?::core::marker::Sized, #(#sources: ?::core::marker::Sized,)*>(&'a T, #(&'a #sources,)*);
            impl<#parameters> ::core::fmt::Display for #name<'_, T, #(#sources,)*> #conditions {
                fn fmt(&self, _: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result { ::core::result::Result::Ok(()) }
            }
        }
    }
}

fn may_be_constant(name: &str) -> bool {
    !name.contains(char::is_lowercase)
}

fn extras(call: &Call, private: &TokenStream) -> Vec<TokenStream> {
    let arguments = &call.arguments;
    let bash = arguments.bash.then(|| quote!(#private::Extra::Bash));
    let mounts = arguments.mounts.iter().map(|mount| {
        let (secret, target) = (reference(&mount.secret), &mount.target);
        quote!(#private::Extra::Mount(#secret, #target))
    });
    let envs = arguments.envs.iter().map(|env| {
        let (secret, variable, reason) = (reference(&env.secret), &env.variable, &env.reason);
        quote!(#private::Extra::Env(#secret, #variable, #reason))
    });
    let trust = arguments.trust.iter().map(|trust| {
        let (program, output, reason) = (&trust.program, trust.output, &trust.reason);
        quote!(#private::Extra::Trust(#program, #output, #reason))
    });
    let declassified = arguments.declassified.iter().map(|given| {
        let (secret, reason) = (reference(&given.secret), &given.reason);
        match &given.program {
            Some(program) => quote!(#private::Extra::Declassify(#secret, #program, #reason)),
            None => quote!(#private::Extra::ProjectCode(#secret, #reason)),
        }
    });
    let allow_cache = arguments
        .allow_cache
        .iter()
        .map(|reason| quote!(#private::Extra::AllowCache(#reason)));
    let programs = arguments.programs.iter().map(|rows| {
        let path = &rows.path;
        quote!(#private::Extra::Programs(::core::include_str!(#path), #path))
    });
    bash.into_iter()
        .chain(mounts)
        .chain(envs)
        .chain(trust)
        .chain(declassified)
        .chain(allow_cache)
        .chain(programs)
        .collect()
}

/// A reference to the value of an expression, at its place: a wrong type is shown there.
fn reference(expression: &Expr) -> TokenStream {
    quote_spanned!(expression.span()=> &(#expression))
}
