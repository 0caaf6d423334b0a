//! Texts of the script that a program changes before a shell evaluates them: `echo 'cat /run/secrets/t' | sed s/x/y/ | sh`.
//!
//! In: the texts that a program reads. Out: whether what it makes of them may name a secret.

use crate::domain::value::Value;
use crate::interpreter::call::Call;

impl Call<'_, '_> {
    /// Keeps the names in a text that the program reads.
    pub(crate) fn reads_code(&mut self, text: &Value) {
        self.code.extend(text.as_code());
    }

    /// Returns what the program makes of the texts that it read: any commands, if a secret is named in them.
    pub(crate) fn made_of_code(&self) -> Option<Value> {
        self.state.made_of_code(&self.code)
    }
}
