//! The flags of an instruction: `--link --chown=1000`.
//!
//! In: a flag. Out: the call of the builder that follows the constructor of the instruction.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote_spanned;
use syn::LitStr;

use super::values::Emitter;
use crate::dockerfile::tree::{Flag, Kind, Value};

/// Words of a flag, and the variants that they mean.
type Variants = &'static [(&'static str, &'static str)];

const NETWORK: Variants = &[("default", "Default"), ("none", "None"), ("host", "Host")];
const SECURITY: Variants = &[("sandbox", "Sandbox"), ("insecure", "Insecure")];

impl Emitter<'_> {
    /// The call for a flag, if it has one; nothing after a mistake, too.
    pub(super) fn flag(&mut self, kind: &Kind, flag: &Flag) -> Option<TokenStream> {
        let krate = self.krate;
        let at = flag.span;
        let method = Ident::new(&flag.name.replace('-', "_"), at);
        match (kind, flag.name.as_str()) {
            // A constructor takes it.
            (Kind::Copy { .. }, "from") => None,
            (_, "link" | "parents") => self.switch(flag)?.then(|| quote_spanned!(at=> .#method())),
            (_, "keep-git-dir") => {
                let variant = if self.switch(flag)? { "Keep" } else { "Remove" };
                let variant = Ident::new(variant, at);
                Some(
                    quote_spanned!(at=> .git_directory(#krate::instructions::GitDirectory::#variant)),
                )
            }
            (_, "unpack") => {
                let variant = if self.switch(flag)? { "Unpack" } else { "Keep" };
                let variant = Ident::new(variant, at);
                Some(quote_spanned!(at=> .unpack(#krate::instructions::Unpack::#variant)))
            }
            (_, "network") => {
                let variant = self.variant(flag, NETWORK)?;
                Some(quote_spanned!(at=> .#method(#krate::instructions::Network::#variant)))
            }
            (_, "security") => {
                let variant = self.variant(flag, SECURITY)?;
                Some(quote_spanned!(at=> .#method(#krate::instructions::Security::#variant)))
            }
            (_, "retries") => self.number(flag, &method),
            _ => {
                let value = self.flag_text(flag);
                Some(quote_spanned!(at=> .#method(#value)))
            }
        }
    }

    /// The value of a flag, where a word without quotes is text.
    pub(super) fn flag_text(&mut self, flag: &Flag) -> TokenStream {
        // The grammar asks for a value where one is needed.
        match &flag.value {
            Some(Value::Word(word)) => {
                let text = LitStr::new(&word.to_string(), word.span());
                self.text(&Value::Text(text))
            }
            Some(value) => self.value(value),
            None => TokenStream::new(),
        }
    }

    /// `--link`, `--link=true`, `--link=false`.
    fn switch(&mut self, flag: &Flag) -> Option<bool> {
        let Some(value) = &flag.value else {
            return Some(true);
        };
        match value.word().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => {
                let message = format!(
                    "`--{}` is `true` or `false`; for a value of Rust put the instruction into \
                     `if`",
                    flag.name
                );
                self.mistake(value.span(), message);
                None
            }
        }
    }

    fn variant(&mut self, flag: &Flag, variants: Variants) -> Option<Ident> {
        let value = flag.value.as_ref()?;
        let word = value.word();
        let variant = variants.iter().find(|(known, _)| *known == word);
        if variant.is_none() {
            let known: Vec<String> = variants
                .iter()
                .map(|(known, _)| format!("`{known}`"))
                .collect();
            let message = format!("`--{}` is one of {}", flag.name, known.join(", "));
            self.mistake(value.span(), message);
        }
        variant.map(|(_, variant)| Ident::new(variant, flag.span))
    }

    fn number(&mut self, flag: &Flag, method: &Ident) -> Option<TokenStream> {
        let at = flag.span;
        match flag.value.as_ref()? {
            Value::Text(text) => match text.value().parse::<u32>() {
                Ok(number) => {
                    let number = Literal::u32_suffixed(number);
                    Some(quote_spanned!(at=> .#method(#number)))
                }
                Err(_) => {
                    self.mistake(text.span(), format!("`--{}` is a number", flag.name));
                    None
                }
            },
            value => {
                let value = self.text(value);
                Some(quote_spanned!(at=> .#method(#value)))
            }
        }
    }
}
