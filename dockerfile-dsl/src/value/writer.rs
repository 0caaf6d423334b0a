//! Writes values into the text of a script.
//!
//! In: the pieces of a script, in order, each hole with its place. Out: the text, and what the values bring along (mounts,
//! decisions, problems). A value stays one piece of text: whatever its bytes, the shell parses the rest as it was analysed.

use dockerfile_dsl_analysis::dockerfile::Danger;
use dockerfile_dsl_analysis::holes::Quote;
use dockerfile_dsl_analysis::quote::nested;

use crate::Secret;
use crate::danger::{self, Decision};
use crate::value::mount::ScriptMount;
use crate::value::word::{is_word, is_word_byte};

/// Takes the pieces of one script.
#[derive(Debug, Default)]
pub struct Writer {
    pub(crate) text: String,
    pub(crate) mounts: Vec<ScriptMount>,
    pub(crate) decisions: Vec<Decision>,
    pub(crate) problems: Vec<String>,
    place: Place,
}

/// Where a value stands.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) hole: String,
    pub(crate) quote: Quote,
    /// The script's byte after the hole.
    pub(crate) after: Option<u8>,
}

impl Default for Place {
    fn default() -> Self {
        Self {
            hole: String::new(),
            quote: Quote::Refused,
            after: None,
        }
    }
}

impl Writer {
    /// Text of the script itself.
    pub(crate) fn literal(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// The place of the value that comes next.
    pub(crate) fn place(&mut self, place: Place) {
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

    /// What the author vouches for, at the hole that is written or for all of the script; its place is known in the end.
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

    /// One piece of public text.
    pub(crate) fn public(&mut self, text: &str) {
        if text.contains('\0') {
            self.problem("holds a NUL, which no script can carry");
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
                self.problem("stands where no quoting is known, and is not a plain word")
            }
        }
    }

    /// Several pieces of public text.
    pub(crate) fn words(&mut self, words: &[String]) {
        if self.place.quote != Quote::Bare || !self.stands_alone() {
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

    /// The path of a secret's file. Mounts it.
    pub(crate) fn secret_file(&mut self, secret: &Secret) {
        self.mount(ScriptMount::SecretFile {
            secret: *secret,
            target: None,
        });
        self.public(&format!("/run/secrets/{}", secret.id()));
    }

    /// The value of a secret, read at the moment when the shell expands the word. Mounts it.
    pub(crate) fn secret_value(&mut self, secret: &Secret) {
        self.mount(ScriptMount::SecretFile {
            secret: *secret,
            target: None,
        });
        let read = format!("$(cat /run/secrets/{})", secret.id());
        match self.place.quote {
            Quote::Bare => self.text.push_str(&format!("\"{read}\"")),
            Quote::Double | Quote::Nested | Quote::HereDocument => self.text.push_str(&read),
            // The quotes are closed and opened again: the value itself stands here, not a text that is evaluated later.
            Quote::Single => self.text.push_str(&format!("'\"{read}\"'")),
            Quote::Verbatim | Quote::Refused => {
                self.problem("stands where the shell expands nothing")
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

    /// Whether the shell would take these plain characters for more than themselves, as they stand here.
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

    fn stands_alone(&self) -> bool {
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

/// `$NAME` at the end becomes `${NAME}`: what follows would otherwise be read as more of the name.
fn separate_variable(text: &mut String) {
    let name = text
        .trim_end_matches(|character: char| character.is_ascii_alphanumeric() || character == '_');
    let starts_name = text[name.len()..].starts_with(|character: char| !character.is_ascii_digit());
    let dollars = name.len() - name.trim_end_matches('$').len();
    let escaped = {
        let before = &name[..name.len() - dollars];
        (before.len() - before.trim_end_matches('\\').len()) % 2 == 1
    };
    // `$$` is a parameter of its own, and an escaped `$` is text.
    let expands = (dollars - usize::from(escaped && dollars > 0)) % 2 == 1;
    if starts_name && expands {
        let at = name.len();
        text.insert(at, '{');
        text.push('}');
    }
}
