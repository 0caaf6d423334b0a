//! Writes what an instruction is made of, at one point of a file.
//!
//! In: words, flags and stages of the model. Out: their text, by the encoders of `render`.

use crate::render::{json, mount, script, word};
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

    /// Words with blanks between them where each is plain, else a JSON array, in whose strings quotes, variables and escapes are read, too.
    pub(crate) fn words(&self, texts: &[Text]) -> String {
        if texts
            .iter()
            .all(|text| !text.expanded && is_bare(&text.content))
        {
            let words: Vec<&str> = texts.iter().map(|text| text.content.as_str()).collect();
            return words.join(" ");
        }
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

/// Whether a word is itself in both forms: nothing in it is a quote, a variable, an escape, a flag or a here-document.
fn is_bare(word: &str) -> bool {
    word::is_plain(&word.replace('~', "_")) && !word.starts_with("--")
}
