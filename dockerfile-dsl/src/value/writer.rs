//! Writes values into the text of a script.
//!
//! In: the pieces of a script, in order, each hole with its place. Out: the text, with the mounts, decisions and problems of the
//! values. A value stays one piece of text: whatever its bytes, the shell parses the rest as it was analysed.

use dockerfile_dsl_analysis::dockerfile::Danger;
use dockerfile_dsl_analysis::holes::Quote;
use dockerfile_dsl_analysis::quote::nested;

use crate::Secret;
use crate::danger::{self, Decision};
use crate::masked_debug::masked_debug;
use crate::value::mount::ScriptMount;
use crate::value::word::{is_word, is_word_byte};

/// Writes the pieces of one script.
#[derive(Default)]
pub struct Writer {
    pub(crate) text: String,
    pub(crate) mounts: Vec<ScriptMount>,
    pub(crate) decisions: Vec<Decision>,
    pub(crate) problems: Vec<String>,
    place: HolePlace,
}

masked_debug!(Writer {
    text,
    mounts,
    decisions,
    problems,
    place
});

/// HolePlace of a value in the script.
#[derive(Debug, Clone)]
pub(crate) struct HolePlace {
    pub(crate) hole: String,
    pub(crate) quote: Quote,
    /// Byte of the script after the hole.
    pub(crate) after: Option<u8>,
}

impl Default for HolePlace {
    fn default() -> Self {
        Self {
            hole: String::new(),
            quote: Quote::Refused,
            after: None,
        }
    }
}

impl Writer {
    /// Writes text of the script itself.
    pub(crate) fn literal(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Sets the place of the next value.
    pub(crate) fn place(&mut self, place: HolePlace) {
        self.place = place;
        if matches!(
            self.place.quote,
            Quote::Bare | Quote::Double | Quote::HereDocument
        ) {
            separate_variable(&mut self.text);
        }
    }

    pub(crate) fn mount(&mut self, mount: ScriptMount) {
        if !self.mounts.contains(&mount) {
            self.mounts.push(mount);
        }
    }

    /// Records a decision of trust, for the current hole or for the whole script.
    pub(crate) fn decide(&mut self, danger: Danger, reason: &str) {
        let is_of_hole = matches!(danger, Danger::Declassify { .. });
        let mut decision = Decision::of_text(danger, reason);
        decision.place = is_of_hole.then(|| danger::Place {
            file: "",
            line: 0,
            hole: Some(self.place.hole.clone()),
        });
        self.decisions.push(decision);
    }

    /// Writes one piece of public text.
    pub(crate) fn public(&mut self, text: &str) {
        if text.contains('\0') {
            self.problem("contains a NUL, which no script can carry");
            return;
        }
        match self.place.quote {
            Quote::Bare => self.bare(text),
            Quote::Double => self.escaped(text, "\"$`\\"),
            Quote::Nested => self.text.push_str(&nested(text)),
            Quote::HereDocument => self.escaped(text, "$`\\"),
            Quote::Single => self.text.push_str(&text.replace('\'', r"'\''")),
            Quote::Verbatim => self.text.push_str(text),
            Quote::Refused if is_word(text.as_bytes()) => self.text.push_str(text),
            Quote::Refused => {
                self.problem("is in a place without a known quoting, and is not a plain word")
            }
        }
    }

    /// Writes several pieces of public text.
    pub(crate) fn words(&mut self, words: &[String]) {
        if self.place.quote != Quote::Bare || !self.is_whole_word() {
            self.public(&words.join(" "));
            return;
        }
        for (index, word) in words.iter().enumerate() {
            if index > 0 {
                self.text.push(' ');
            }
            self.public(word);
        }
    }

    /// Writes the path of a secret's file, and mounts it.
    pub(crate) fn secret_file(&mut self, secret: &Secret) {
        self.mount(ScriptMount::SecretFile {
            secret: *secret,
            target: None,
        });
        self.public(&format!("/run/secrets/{}", secret.id()));
    }

    /// Writes a command substitution that reads the secret when the shell expands the word, and mounts it.
    pub(crate) fn secret_value(&mut self, secret: &Secret) {
        self.mount(ScriptMount::SecretFile {
            secret: *secret,
            target: None,
        });
        let read = format!("$(cat /run/secrets/{})", secret.id());
        match self.place.quote {
            Quote::Bare => self.text.push_str(&format!("\"{read}\"")),
            Quote::Double | Quote::Nested | Quote::HereDocument => self.text.push_str(&read),
            // Closes and reopens the quotes: the shell expands the value here, not in a text that is evaluated later.
            Quote::Single => self.text.push_str(&format!("'\"{read}\"'")),
            Quote::Verbatim | Quote::Refused => {
                self.problem("is in a place where the shell expands nothing")
            }
        }
    }

    fn bare(&mut self, text: &str) {
        let plain = !text.is_empty() && text.bytes().all(is_word_byte) && !self.means_more(text);
        if plain {
            self.text.push_str(text);
        } else {
            self.text.push('\'');
            self.text.push_str(&text.replace('\'', r"'\''"));
            self.text.push('\'');
        }
    }

    /// Whether the shell would interpret these plain characters in this place.
    fn means_more(&self, text: &str) -> bool {
        const RESERVED: &[&str] = &[
            "case", "coproc", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if",
            "in", "select", "then", "time", "until", "while",
        ];
        let assignment = text.split_once('=').is_some_and(|(name, _)| {
            let name = name.strip_suffix('+').unwrap_or(name);
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        });
        let descriptor = matches!(self.place.after, Some(b'<' | b'>'))
            && text.bytes().all(|byte| byte.is_ascii_digit());
        // `[[ -n == x ]]`: an operator, unless it is quoted.
        let operator = text.starts_with('-');
        RESERVED.contains(&text) || assignment || descriptor || operator || self.text.ends_with('~')
    }

    fn escaped(&mut self, text: &str, special: &str) {
        for character in text.chars() {
            if special.contains(character) {
                self.text.push('\\');
            }
            self.text.push(character);
        }
    }

    fn is_whole_word(&self) -> bool {
        let boundary = |byte: Option<u8>| {
            byte.is_none_or(|byte| {
                matches!(
                    byte,
                    b' ' | b'\t' | b'\n' | b'(' | b')' | b';' | b'&' | b'|'
                )
            })
        };
        boundary(self.text.bytes().next_back()) && boundary(self.place.after)
    }

    fn problem(&mut self, what: &str) {
        let problem = format!("the value of `{}` {what}", self.place.hole);
        self.problems.push(problem);
    }
}

/// Turns `$NAME` at the end into `${NAME}`: the following text could otherwise extend the name.
fn separate_variable(text: &mut String) {
    let name = text
        .trim_end_matches(|character: char| character.is_ascii_alphanumeric() || character == '_');
    let starts_name = text[name.len()..].starts_with(|character: char| !character.is_ascii_digit());
    let dollars = name.len() - name.trim_end_matches('$').len();
    let escaped = {
        let before = &name[..name.len() - dollars];
        (before.len() - before.trim_end_matches('\\').len()) % 2 == 1
    };
    // `$$` is a parameter, and an escaped `$` is text.
    let expands = (dollars - usize::from(escaped && dollars > 0)) % 2 == 1;
    if starts_name && expands {
        let at = name.len();
        text.insert(at, '{');
        text.push('}');
    }
}
