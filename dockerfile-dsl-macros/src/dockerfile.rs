//! `dockerfile!`: the instructions of a Dockerfile as Rust tokens.
//!
//! In: the macro's tokens. Out: calls of the public builder, with the author's spans. It holds no rule of its own about what an instruction may
//! be: that is the builder's; about what a script may do: that is `sh!`'s. Words, flags and shapes are checked here, since only here the token is known.

use proc_macro::{Delimiter, TokenStream, TokenTree};

use crate::code::code;

mod cursor;
mod emit;
mod expression;
mod flags;
mod mounts;
mod parse;
mod tree;
mod values;
mod words;

/// `[$crate] tokens`: the expansion, or all mistakes and nothing else.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut tokens = input.into_iter();
    let Some(TokenTree::Group(krate)) = tokens.next().filter(
        |tree| matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket),
    ) else {
        return code!(
            r#"::core::compile_error!("call this macro as `dockerfile_dsl::dockerfile!`" )"#
        );
    };
    let krate = krate.stream();
    let (template, errors) = parse::parse(tokens.collect());
    let mut emitter = emit::Emitter {
        krate: &krate,
        errors,
    };
    let expansion = if emitter.errors.is_empty() {
        emitter.template(&template)
    } else {
        TokenStream::new()
    };
    if emitter.errors.is_empty() {
        return expansion;
    }
    let report = emitter.errors.report();
    // A value of the right type, so that nothing else is said.
    code!("{ #report #krate::Dockerfile::targets([]) }", report, krate)
}
