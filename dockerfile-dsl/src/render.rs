//! Writes instructions so that BuildKit reads what was meant.
//!
//! In: the values of the model. Out: text. Every value passes through an encoder below, so none can start an instruction, a flag
//! or a variable. Knows nothing about secrets: by now they are ids and paths.

pub(crate) mod heredoc;
pub(crate) mod json;
pub(crate) mod lines;
pub(crate) mod mount;
pub(crate) mod script;
pub(crate) mod word;

use crate::stage::Stage;
use crate::text::Text;

/// What an instruction needs to know to write itself.
pub(crate) struct Pen<'a> {
    /// The escape character of the file.
    pub(crate) escape: char,
    /// The stages of the file, each with its name.
    pub(crate) stages: &'a [(Stage, Option<String>)],
    /// Whether the builder knows here-documents.
    pub(crate) here_documents: bool,
    /// The SHELL at this point of the stage.
    pub(crate) shell: script::Shell,
    /// The USER at this point of the stage.
    pub(crate) user: Option<Text>,
}

impl Pen<'_> {
    pub(crate) fn word(&self, text: &Text) -> String {
        word::word(text, self.escape)
    }

    pub(crate) fn quoted(&self, text: &Text) -> String {
        word::quoted(text, self.escape)
    }

    /// A JSON array of words: quotes, variables and escapes are read in the strings, too.
    pub(crate) fn words(&self, texts: &[Text]) -> String {
        let words: Vec<String> = texts
            .iter()
            .map(|text| word::unquoted(text, self.escape))
            .collect();
        json::array(words.iter().map(String::as_str))
    }

    pub(crate) fn flag(&self, name: &str, value: &str) -> String {
        mount::flag(name, value, self.escape)
    }

    pub(crate) fn flag_word(&self, name: &str, value: &Text) -> String {
        mount::flag_word(name, value, self.escape)
    }

    /// The name that FROM and `--from` use for a stage.
    pub(crate) fn name_of(&self, stage: &Stage) -> &str {
        let found = self.stages.iter().find(|(known, _)| known == stage);
        // Every stage that is referred to was walked to, and got a name then.
        found
            .and_then(|(_, name)| name.as_deref())
            .unwrap_or_default()
    }
}

/// An instruction, or the end of one: the line, and below it the here-documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    /// One line, or several that are continued.
    pub(crate) head: String,
    /// Each with the line end before it, its content and its delimiter.
    pub(crate) bodies: String,
}

impl Written {
    pub(crate) fn line(head: String) -> Self {
        Self {
            head,
            bodies: String::new(),
        }
    }

    /// The same with something before it.
    pub(crate) fn after(self, name: &str, flags: &[String]) -> Self {
        Self {
            head: instruction(name, flags, &self.head),
            bodies: self.bodies,
        }
    }
}

impl From<String> for Written {
    fn from(head: String) -> Self {
        Self::line(head)
    }
}

/// `NAME flags.. rest`, one line.
pub(crate) fn instruction(name: &str, flags: &[String], rest: &str) -> String {
    let mut line = String::from(name);
    for part in flags.iter().map(String::as_str).chain([rest]) {
        line.push(' ');
        line.push_str(part);
    }
    line
}
