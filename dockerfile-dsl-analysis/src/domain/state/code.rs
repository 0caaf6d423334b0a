//! Commands of the script that are not known any more, in the state in which they are evaluated.
//!
//! In: their words. Out: the secrets that they may read.

use crate::domain::code::Code;
use crate::domain::state::{State, Variable};
use crate::domain::symbol::SymbolId;
use crate::domain::value::{Taint, Text, Value};

/// Max. number of files with secrets whose names are searched; with more, one of them counts as named.
const MOST_FILES: usize = 64;

impl State {
    /// Returns the secrets that unknown commands in a text may read: all of them, if one is named.
    pub(crate) fn reached_by_code(&self, texts: &[Text]) -> Taint {
        let mut pieces = texts.iter().flat_map(|text| text.iter());
        let names_secret = |code: &Code| self.is_named_by(code);
        match pieces.any(|piece| piece.as_code().is_some_and(names_secret)) {
            true => self.everything(),
            false => Taint::NONE,
        }
    }

    /// Returns what is made of a text that names a secret: any commands, or any name.
    pub(crate) fn made_of_code<'c>(
        &self,
        codes: impl IntoIterator<Item = &'c Code>,
    ) -> Option<Value> {
        let is_code = codes.into_iter().any(|code| self.is_named_by(code));
        let symbol = SymbolId::Code(Code::of_any_name());
        is_code.then(|| Value::unknown(symbol, Taint::NONE))
    }

    /// Whether a secret's file or variable is named.
    pub(crate) fn is_named_by(&self, code: &Code) -> bool {
        let mut variables = (self.process.variables).iter_marked(Variable::TAINT);
        let names_variable =
            variables.any(|(name, _)| code.prints_variables() || code.names(name.as_ref()));
        names_variable
            || (self.files.few_tainted_entries(MOST_FILES)).is_none_or(|files| {
                let mut names = files.iter().filter_map(|(path, _)| path.file_name());
                names.any(|name| name.as_known().is_some_and(|name| code.names(name)))
            })
    }
}
