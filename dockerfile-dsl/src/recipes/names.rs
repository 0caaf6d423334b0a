//! Names that a recipe writes into its script: of variables, users and indexes.
//!
//! In: a name. Out: the same without a character that a shell would read, or an error that says which characters it may have.

use crate::Error;

/// Checks the name of a variable.
pub(super) fn variable(name: &str) -> Result<&str, Error> {
    let is_plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    if !name.starts_with(|first: char| first.is_ascii_uppercase()) || !name.bytes().all(is_plain) {
        return Err(Error::new(format!(
            "the variable `{}` has other characters than capital letters, digits and `_`",
            name.escape_debug()
        )));
    }
    Ok(name)
}

/// Checks a user name.
pub(super) fn user(name: &str) -> Result<&str, Error> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_plain) {
        return Err(Error::new(format!(
            "the user name `{}` has other characters than letters, digits and `-._`",
            name.escape_debug()
        )));
    }
    Ok(name)
}

/// Returns the name of a registry or an index as a part of a variable: in capital letters, with `_` for other characters.
pub(super) fn in_variable(what: &str, name: &str) -> Result<String, Error> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_plain) {
        return Err(Error::new(format!(
            "the {what} `{}` has other characters than letters, digits, `-` and `_`",
            name.escape_debug()
        )));
    }
    Ok(name.to_ascii_uppercase().replace('-', "_"))
}
