//! Commands of the script that are not known any more: too many texts, or what a program made of one.
//!
//! In: texts. Out: the words in them that may name a file or a variable. When a shell evaluates such a text, the names of secrets are searched
//! in the words.

use std::collections::BTreeSet;
use std::rc::Rc;

/// Max. number of words; with more, each name may be one of them.
const MOST_WORDS: usize = 64;
/// Commands that print variables without their names.
const PRINTS_VARIABLES: [&str; 5] = ["declare", "env", "export", "printenv", "set"];

/// What is known of commands that are not known any more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Code {
    /// Whether no `..` is in it: in a path it leads only downwards.
    pub(crate) is_simple: bool,
    /// The words that may name a file or a variable. `None`: any.
    words: Option<Rc<BTreeSet<Rc<str>>>>,
}

impl Code {
    /// Creates commands that may have any name.
    pub(crate) const fn of_any_name() -> Self {
        Self {
            is_simple: false,
            words: None,
        }
    }

    /// Returns what is left of these texts and commands. `None` if they name nothing.
    pub(crate) fn of<'t>(
        texts: impl Iterator<Item = &'t str>,
        others: impl Iterator<Item = &'t Self>,
        is_simple: bool,
    ) -> Option<Self> {
        let mut words: BTreeSet<Rc<str>> = BTreeSet::new();
        for word in texts.flat_map(words_of) {
            if words.len() > MOST_WORDS {
                break;
            }
            if !words.contains(word) {
                words.insert(word.into());
            }
        }
        let mut is_any = false;
        for other in others {
            match &other.words {
                Some(others) => words.extend(others.iter().cloned()),
                None => is_any = true,
            }
        }
        is_any |= words.len() > MOST_WORDS;
        (is_any || !words.is_empty()).then(|| Self {
            is_simple,
            words: (!is_any).then(|| Rc::new(words)),
        })
    }

    /// Whether a word may have this name in it.
    pub(crate) fn names(&self, name: &str) -> bool {
        let words = self.words.as_ref();
        words.is_none_or(|words| words.iter().any(|word| word.contains(name)))
    }

    /// Whether a command may print all variables.
    pub(crate) fn prints_variables(&self) -> bool {
        let words = self.words.as_ref();
        words.is_none_or(|words| PRINTS_VARIABLES.iter().any(|name| words.contains(*name)))
    }
}

/// Returns the words of a text that may name a file or a variable, or print variables without a name.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    let is_of_name = |c: char| c.is_alphanumeric() || "_./$-~{}@+".contains(c);
    let words = text.split(move |c| !is_of_name(c));
    words.filter(|word| word.contains(['/', '$']) || PRINTS_VARIABLES.contains(word))
}
