//! Keywords of the grammar.

use dockerfile_dsl_analysis::dockerfile::spec::{InstructionSpec, keywords};
use dockerfile_dsl_analysis::suggest::did_you_mean;
use proc_macro2::Ident;
use syn::Error;

/// Keywords with their own syntax. The other instructions are in the table of the analysis.
pub(super) mod keyword {
    syn::custom_keyword!(ARG);
    syn::custom_keyword!(AS);
    syn::custom_keyword!(CMD);
    syn::custom_keyword!(FROM);
    syn::custom_keyword!(NONE);
    syn::custom_keyword!(TARGETS);
    syn::custom_keyword!(header);
    syn::custom_keyword!(scratch);
    syn::custom_keyword!(secret);
    syn::custom_keyword!(token);
}

/// Whether an instruction, control flow or the list of targets starts with this word.
pub(super) fn starts_node(word: &str) -> bool {
    InstructionSpec::of(word).is_some() || ["TARGETS", "if", "for", "match"].contains(&word)
}

pub(super) fn is_instruction(word: &Ident) -> bool {
    InstructionSpec::of(&word.to_string()).is_some()
}

pub(super) fn unknown_instruction(word: &Ident) -> Error {
    let name = word.to_string();
    let meant = did_you_mean(&name, &keywords());
    Error::new(word.span(), format!("unknown instruction `{name}`{meant}"))
}
