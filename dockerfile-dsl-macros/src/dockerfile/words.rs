//! The words that an instruction starts with, and what somebody may have meant.

use dockerfile_dsl_analysis::suggest::did_you_mean;
use proc_macro::Ident;

use crate::errors::Mistake;

/// The instructions of the Dockerfile reference; FROM starts a stage.
pub(crate) const INSTRUCTIONS: &[&str] = &[
    "FROM",
    "RUN",
    "CMD",
    "LABEL",
    "MAINTAINER",
    "EXPOSE",
    "ENV",
    "ADD",
    "COPY",
    "ENTRYPOINT",
    "VOLUME",
    "USER",
    "WORKDIR",
    "ARG",
    "ONBUILD",
    "STOPSIGNAL",
    "HEALTHCHECK",
    "SHELL",
];

/// Whether an instruction, control flow or the list of targets starts with this word.
pub(crate) fn starts_node(word: &str) -> bool {
    INSTRUCTIONS.contains(&word) || ["TARGETS", "if", "for", "match"].contains(&word)
}

pub(crate) fn is_instruction(word: &Ident) -> bool {
    INSTRUCTIONS.contains(&word.to_string().as_str())
}

pub(crate) fn unknown_instruction(word: &Ident) -> Mistake {
    let name = word.to_string();
    Mistake::new(
        word.span(),
        format!(
            "unknown instruction `{name}`{}",
            did_you_mean(&name, INSTRUCTIONS)
        ),
    )
}
