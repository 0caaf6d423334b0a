//! Renders instructions so that BuildKit reads them as intended.
//!
//! In: the values of the model. Out: text. Every value passes through an encoder below, so none can start an instruction, a flag
//! or a variable. Knows nothing about secrets: by now they are ids and paths.

pub(crate) mod heredoc;
pub(crate) mod json;
pub(crate) mod lines;
pub(crate) mod mount;
pub(crate) mod script;
pub(crate) mod word;

/// A rendered instruction, or the end of one: its line, and the here-documents below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    /// One line, or several with continuations.
    pub(crate) head: String,
    /// Here-documents, each with the line end before it, its content and its delimiter.
    pub(crate) bodies: String,
}

impl Written {
    pub(crate) fn line(head: String) -> Self {
        Self {
            head,
            bodies: String::new(),
        }
    }

    /// Adds the keyword and the flags in front.
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

/// Writes `NAME flags.. rest`, one line.
pub(crate) fn instruction(name: &str, flags: &[String], rest: &str) -> String {
    let mut line = String::from(name);
    for part in flags.iter().map(String::as_str).chain([rest]) {
        line.push(' ');
        line.push_str(part);
    }
    line
}
