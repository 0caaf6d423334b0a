//! What a call with a misspelt hole becomes.
//!
//! In: the holes that no name of the file is, each with a message. Out: an expression in which rustc looks for the name inside of the
//! string: it underlines the hole, and suggests the name that is similar. If there is such a name after all (a macro made it), the constant
//! does not compile, and its message is the error.

use dockerfile_dsl_analysis::template::Template;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

use super::call::Call;
use crate::input::identifier;

pub(super) fn expand(
    krate: &TokenStream,
    call: &Call,
    template: &Template,
    misspelt: &[(&str, String)],
) -> TokenStream {
    let literal = &call.text;
    let span = Span::mixed_site().located_at(literal.span());
    let is_misspelt = |name: &str| misspelt.iter().any(|(other, _)| *other == name);
    let mut others: Vec<Ident> = Vec::new();
    for (name, _) in template.holes.iter().filter(|(name, _)| !is_misspelt(name)) {
        let other = identifier(name, literal.span());
        others.extend(other.filter(|other| !others.contains(other)));
    }
    let messages = misspelt.iter().map(|(_, message)| message.as_str());
    let message = messages.collect::<Vec<_>>().join("; ");
    quote_spanned! {span=>
        {
            let _ = || { let _ = ::core::format_args!(#literal #(, #others = "")*); };
            let script: #krate::Script = const { ::core::panic!(#message) };
            script
        }
    }
}
