//! Writes the parts of an instruction at one point of a file.
//!
//! In: words, flags and stages of the model. Out: their text, by the encoders of `render`.

use std::collections::HashMap;

use crate::render::{json, mount, script, word};
use crate::stage::Stage;
use crate::text::Text;

/// Context that an instruction needs to write itself.
pub(crate) struct Pen<'a> {
    /// Escape character of the file.
    pub(crate) escape: char,
    /// Stages of the file, each with its name.
    pub(crate) stages: &'a [(Stage, Option<String>)],
    /// Their numbers.
    pub(crate) numbers: &'a StageTable,
    /// Whether the builder supports here-documents.
    pub(crate) here_documents: bool,
    /// SHELL at this point of the stage.
    pub(crate) shell: script::ScriptShell,
    /// USER at this point of the stage.
    pub(crate) user: Option<Text>,
}

impl Pen<'_> {
    pub(crate) fn word(&self, text: &Text) -> String {
        word::word(text, self.escape)
    }

    pub(crate) fn quoted(&self, text: &Text) -> String {
        word::quoted(text, self.escape)
    }

    /// Writes words separated by blanks if each is plain, else a JSON array. BuildKit also parses quotes, variables and escapes
    /// in the strings of the array.
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

    /// Returns the name that FROM and `--from` use for a stage.
    pub(crate) fn name_of(&self, stage: &Stage) -> &str {
        let found = self.numbers.number(stage).map(|at| &self.stages[at]);
        // The walk visited every stage that is referred to, and gave it a name.
        found
            .and_then(|(_, name)| name.as_deref())
            .unwrap_or_default()
    }
}

/// Whether a word is the same in both forms: it contains no quote, variable, escape, flag or here-document.
fn is_bare(word: &str) -> bool {
    word::is_plain(&word.replace('~', "_")) && !word.starts_with("--")
}

/// A set of stages, each with its number.
#[derive(Default)]
pub(crate) struct StageTable {
    /// By depth and name, so that few are compared.
    stages: HashMap<Key, Vec<(Stage, usize)>>,
}

/// The depth and the name of a stage.
type Key = (usize, Option<String>);

impl StageTable {
    /// Returns the number of a stage.
    pub(crate) fn number(&self, stage: &Stage) -> Option<usize> {
        let alike = self.stages.get(&key(stage))?;
        let found = alike.iter().find(|(known, _)| known == stage);
        found.map(|(_, number)| *number)
    }

    /// Adds a stage.
    pub(crate) fn insert(&mut self, stage: &Stage, number: usize) {
        let alike = self.stages.entry(key(stage)).or_default();
        alike.push((stage.clone(), number));
    }
}

fn key(stage: &Stage) -> Key {
    (stage.depth(), stage.name().map(str::to_owned))
}
