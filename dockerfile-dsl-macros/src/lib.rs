//! The macros of `dockerfile-dsl`. Use them from there: each has a wrapper that passes `$crate`, so that the generated code finds
//! its crate under any name.
//!
//! In: tokens, parsed with `syn`. Out: calls of the public builder, and the traits that let rustc compare each value with its
//! place. All rules are in `dockerfile-dsl-analysis`.

mod dockerfile;
mod include;
mod sh;

mod input;

use proc_macro::TokenStream;

/// See `dockerfile_dsl::sh!`.
#[proc_macro]
pub fn sh(input: TokenStream) -> TokenStream {
    sh::literal(input.into()).into()
}

/// See `dockerfile_dsl::sh_file!`.
#[proc_macro]
pub fn sh_file(input: TokenStream) -> TokenStream {
    sh::file(input.into()).into()
}

/// See `dockerfile_dsl::dockerfile!`.
#[proc_macro]
pub fn dockerfile(input: TokenStream) -> TokenStream {
    dockerfile::expand(input.into()).into()
}

/// See `dockerfile_dsl::include_dockerfile!`.
#[proc_macro]
pub fn include_dockerfile(input: TokenStream) -> TokenStream {
    include::expand(input.into()).into()
}
