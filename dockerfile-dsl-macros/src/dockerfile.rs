//! `dockerfile!`: the instructions of a Dockerfile as Rust tokens.
//!
//! In: the macro's tokens. Out: calls of the public builder, with the author's spans. It holds no rule of its own about what an instruction may
//! be: that is the builder's; about what a script may do: that is `sh!`'s. Words, flags and shapes are checked here, since only here the token is known.

mod emit;
mod parse;
mod tree;

mod flags;
mod words;

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::Parse;

use self::tree::Template;
use crate::input::{self, stub};

/// Expands `[$crate] tokens`: to the template, or to all mistakes and nothing else.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let (krate, template) = input::parse(input, Template::parse);
    template
        .and_then(|template| emit::template(&krate, &template))
        .unwrap_or_else(|error| stub(&error, &quote!(#krate::Dockerfile::targets([]))))
}
