//! Text in bake files: names of a few characters, and `${..}` in all other texts.

use crate::Error;

/// Checks the name of a target or a group.
pub(super) fn check_name(name: &str) -> Result<(), Error> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if name.is_empty() || !name.bytes().all(is_plain) {
        return Err(Error::new(format!(
            "bake: the name `{}` is refused; it has letters, digits, `-` and `_`",
            name.escape_debug()
        )));
    }
    Ok(())
}

/// Escapes text so that bake expands nothing in it.
pub(super) fn literal(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}
