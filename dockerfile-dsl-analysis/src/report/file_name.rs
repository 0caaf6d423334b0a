//! Fix for a value that is part of the name of a file.
//!
//! In: a leak into a name. Out: a name without the value: a random one, or for a download an option with a name of the author's.

use super::fix::{Fix, NAME};
use super::leak::Leak;

/// Returns the fix, if the name itself has the value.
pub(super) fn fix(leak: &Leak<'_>) -> Option<Fix> {
    let text = leak.written();
    if text.is_some_and(|text| text.contains("://")) {
        let words = with_name(leak);
        return Some(Fix::SaveAs { words });
    }
    let word = text.filter(|word| is_one_word(word));
    // This name is public: the value decides whether the file is there.
    (word != Some(NAME)).then(|| Fix::RandomName {
        word: word.map(str::to_owned),
    })
}

/// Returns a part of the command of a download, and the same with an option that names the file.
fn with_name(leak: &Leak<'_>) -> Option<(String, String)> {
    let (before, text) = (&leak.script[..leak.place?.start], leak.written()?);
    // The finding is about the whole command, or about its URL.
    let before = before.rsplit(['\n', ';', '&', '|', '(']).next()?.trim();
    let old = if before.is_empty() { text } else { before };
    let program = old.split(' ').next()?;
    let rest = &old[program.len()..];
    let new = match program {
        "curl" => with_output(old)?,
        "wget" => format!("wget -O download{rest}"),
        "aria2c" | "axel" | "http" | "https" | "xh" => format!("{program} -o download{rest}"),
        _ => return None,
    };
    (!old.contains(['\n', '`'])).then(|| (old.to_owned(), new))
}

/// Returns a call of `curl` with a name instead of `-O`.
fn with_output(command: &str) -> Option<String> {
    let is_option = |word: &&str| {
        let is_short = word.starts_with('-') && !word.starts_with("--") && word.ends_with('O');
        is_short || *word == "--remote-name"
    };
    let option = command.split(' ').find(is_option)?;
    let others = option.strip_suffix('O').filter(|others| others.len() > 1);
    let others = others.map_or_else(String::new, |others| format!("{others} "));
    Some(command.replacen(option, &format!("{others}-o download"), 1))
}

/// Whether it is exactly one word of the script, perhaps in quotes.
fn is_one_word(text: &str) -> bool {
    let quoted = text.len() > 1 && text.starts_with('"') && text.ends_with('"');
    !text.contains(['\n', '`']) && (quoted || !text.contains(char::is_whitespace))
}
