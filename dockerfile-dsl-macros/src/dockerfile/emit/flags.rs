//! The flags of an instruction: `--link --chown=1000`.
//!
//! In: a flag. Out: the call of the builder that follows the constructor of the instruction.

use dockerfile_dsl_analysis::dockerfile::spec::{InstructionSpec, Takes};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote_spanned;
use syn::LitStr;

use super::values::Emitter;
use crate::dockerfile::tree::{Flag, Kind, Value};

impl Emitter<'_> {
    /// Emits the call for a flag, if it has one; nothing after a mistake.
    pub(super) fn flag(&mut self, kind: &Kind, flag: &Flag) -> Option<TokenStream> {
        let krate = self.krate;
        let at = flag.span;
        let method = Ident::new(&flag.name.replace('-', "_"), at);
        match (kind, flag.name.as_str()) {
            // The constructor takes it.
            (Kind::Copy { .. }, "from") => None,
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
            _ => self.by_table(kind, flag, &method),
        }
    }

    /// Emits the method with the flag's name, with a value according to the table.
    fn by_table(&mut self, kind: &Kind, flag: &Flag, method: &Ident) -> Option<TokenStream> {
        let (krate, at) = (self.krate, flag.span);
        let known = InstructionSpec::of(keyword(kind)).and_then(|spec| spec.flag(&flag.name));
        match known.map(|known| known.takes) {
            Some(Takes::Switch) => self.switch(flag)?.then(|| quote_spanned!(at=> .#method())),
            Some(Takes::OneOf(words)) => {
                let variant = self.variant(flag, words)?;
                let words = Ident::new(&capitalized(&flag.name), at);
                Some(quote_spanned!(at=> .#method(#krate::instructions::#words::#variant)))
            }
            Some(Takes::Number) => self.number(flag, method),
            _ => {
                let value = self.flag_text(flag);
                Some(quote_spanned!(at=> .#method(#value)))
            }
        }
    }

    /// Emits the value of a flag; a word without quotes is text.
    pub(super) fn flag_text(&mut self, flag: &Flag) -> TokenStream {
        // The grammar requires a value where the table does.
        match &flag.value {
            Some(Value::Word(word)) => {
                let text = LitStr::new(&word.to_string(), word.span());
                self.text(&Value::Text(text))
            }
            Some(value) => self.value(value),
            None => TokenStream::new(),
        }
    }

    /// Parses `--link`, `--link=true`, `--link=false`.
    fn switch(&mut self, flag: &Flag) -> Option<bool> {
        let Some(value) = &flag.value else {
            return Some(true);
        };
        match value.word().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => {
                let message = format!(
                    "`--{}` must be `true` or `false`; for a value of Rust put the instruction into \
                     `if`",
                    flag.name
                );
                self.mistake(value.span(), message);
                None
            }
        }
    }

    /// Returns the variant for one of these words.
    fn variant(&mut self, flag: &Flag, words: &[&str]) -> Option<Ident> {
        let value = flag.value.as_ref()?;
        let word = value.word();
        if !words.contains(&word.as_str()) {
            let known: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            let message = format!("`--{}` must be one of {}", flag.name, known.join(", "));
            self.mistake(value.span(), message);
            return None;
        }
        Some(Ident::new(&capitalized(&word), flag.span))
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
                    self.mistake(text.span(), format!("`--{}` must be a number", flag.name));
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

/// Returns the name of a type or variant: `none` becomes `None`.
fn capitalized(word: &str) -> String {
    let mut characters = word.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}

/// Returns the keyword of an instruction that has flags.
const fn keyword(kind: &Kind) -> &'static str {
    match kind {
        Kind::Add { .. } => "ADD",
        Kind::Copy { .. } => "COPY",
        Kind::Healthcheck(_) => "HEALTHCHECK",
        Kind::Run { .. } => "RUN",
        _ => "",
    }
}
