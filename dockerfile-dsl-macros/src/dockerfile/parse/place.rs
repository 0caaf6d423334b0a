//! Where the parser is: at the next instruction, or at a mistake.

use syn::parse::{ParseBuffer, ParseStream};
use syn::{Error, Token};

use crate::dockerfile::words;

/// Whether the next node or the list of targets starts here.
pub(super) fn at_instruction(input: &ParseBuffer) -> bool {
    input.peek(Token![..])
        // `USER = "x"` after ENV is a pair, `--from=COPY` a value.
        || !input.peek2(Token![=]) && is_word(input)
}

/// Whether an instruction ends here.
pub(super) fn at_end(input: &ParseBuffer) -> bool {
    input.is_empty() || at_instruction(input)
}

fn is_word(input: &ParseBuffer) -> bool {
    let word = input.cursor().ident();
    word.is_some_and(|(word, _)| words::starts_node(&word.to_string()))
}

/// An error at the token that is in the way; where something is missing, because the end or the next instruction is there, at the
/// token before.
pub(super) fn missing(input: ParseStream, message: impl std::fmt::Display) -> Error {
    let span = if input.is_empty() || is_word(input) {
        input.cursor().prev_span()
    } else {
        input.cursor().span()
    };
    Error::new(span, message)
}
