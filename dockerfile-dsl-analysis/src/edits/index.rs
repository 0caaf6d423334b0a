//! Scripts of a file, each parsed once for all findings in it.
//!
//! In: the text of a script. Out: its tree, in either dialect, or none if it is not understood.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::shell::{self, Dialect, Options, Script};

/// The scripts by their text.
#[derive(Debug, Default)]
pub(super) struct Scripts(RefCell<BTreeMap<String, Option<Rc<Script>>>>);

impl Scripts {
    /// Parses a script of either dialect.
    pub(super) fn parsed(&self, script: &str) -> Option<Rc<Script>> {
        if let Some(known) = self.0.borrow().get(script) {
            return known.clone();
        }
        let parsed = parse(script);
        self.0
            .borrow_mut()
            .insert(script.to_owned(), parsed.clone());
        parsed
    }
}

fn parse(script: &str) -> Option<Rc<Script>> {
    let parse = |dialect| {
        let options = Options {
            dialect,
            ..Options::default()
        };
        shell::parse(script, &options).ok()
    };
    parse(Dialect::Sh)
        .or_else(|| parse(Dialect::Bash))
        .map(Rc::new)
}
