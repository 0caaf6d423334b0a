//! A script in the making: the text of a recipe with its holes, and a value for each.
//!
//! In: pieces of shell text, public values and secrets. Out: a checked script. Invariant: a public value becomes one quoted word.

use crate::value::{AnyValue, words};
use crate::{Error, LayerPath, Script, Secret, TmpFs};

/// Text with holes, and their values.
#[derive(Default)]
pub(super) struct Draft {
    text: String,
    values: Vec<(String, Box<dyn AnyValue>)>,
    error: Option<Error>,
}

impl Draft {
    /// Adds shell text of the recipe itself. Its braces are those of [`sh!`](crate::sh).
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds a public value as one word.
    pub(super) fn word(&mut self, name: &str, value: &str) -> &mut Self {
        self.hole(name, value.to_owned())
    }

    /// Adds a path of the layer as one word.
    pub(super) fn path(&mut self, name: &str, path: &str) -> &mut Self {
        match LayerPath::parse(path) {
            Ok(path) => self.hole(name, path),
            Err(error) => self.refuse(error),
        }
    }

    /// Adds public values, each as one word.
    pub(super) fn words(&mut self, name: &str, values: &[String]) -> &mut Self {
        self.hole(name, words(values))
    }

    /// Adds the path of a secret's file.
    pub(super) fn secret(&mut self, name: &str, secret: Secret) -> &mut Self {
        self.hole(name, secret)
    }

    /// Adds the path of a folder that is in memory, for this step only.
    pub(super) fn memory(&mut self, name: &str, path: &str) -> &mut Self {
        match LayerPath::parse(path) {
            Ok(path) => self.hole(name, TmpFs::at(path)),
            Err(error) => self.refuse(error),
        }
    }

    /// Makes the script an error. The first one counts.
    pub(super) fn refuse(&mut self, error: Error) -> &mut Self {
        self.error.get_or_insert(error);
        self
    }

    /// Adds a hole. A name has one value, wherever it stands.
    fn hole(&mut self, name: &str, value: impl AnyValue + 'static) -> &mut Self {
        self.text.push_str(&format!("{{{name}}}"));
        if !self.values.iter().any(|(known, _)| known == name) {
            self.values.push((name.to_owned(), Box::new(value)));
        }
        self
    }

    /// Checks the script.
    #[track_caller]
    pub(super) fn script(&mut self) -> Result<Script, Error> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        let mut template = Script::template(&self.text);
        for (name, value) in &self.values {
            template.bind(name, &**value);
        }
        template.parse()
    }
}
