//! Programs that print the names of their operands: the name of a file may be a secret.

use crate::domain::Argument;
use crate::domain::Step;
use crate::domain::value::Taint;
use crate::interpreter::call::Call;
use crate::programs::Effect;

impl Call<'_, '_> {
    /// Prints the names of the operands to standard output, if the row or an option says so.
    pub(in crate::interpreter) fn print_names_of_row(&mut self) {
        if self.has_effect(Effect::HidesNames) || self.has_effect(Effect::CleanOutput) {
            return;
        }
        let operands = self.operands();
        let prints = self.has_effect(Effect::PrintsNames)
            || self.has_effect(Effect::PrintsNamesOfSeveral) && are_several(&operands);
        if prints {
            self.print_names(&operands, 0);
        }
    }

    /// Prints the names of these files, and of those beneath them down to a depth.
    pub(crate) fn print_names(&mut self, operands: &[Argument], depth: usize) {
        let taint = self.names(operands, depth);
        if taint.is_some() {
            let step = Step::ListedBy {
                program: self.name.clone(),
            };
            let names = self.fresh().with(&taint).step(self.span, step);
            self.print(&names);
        }
    }

    /// Returns the taint of the names of these files, and of those beneath them down to a depth.
    pub(crate) fn names(&self, operands: &[Argument], depth: usize) -> Taint {
        let each = operands.iter().map(|operand| {
            let text = operand.value.taint();
            text.join(&self.listed(operand, depth, false)).told()
        });
        each.collect()
    }
}

/// Whether they may be more than one file.
pub(crate) fn are_several(operands: &[Argument]) -> bool {
    operands.len() > 1 || operands.iter().any(Argument::is_many)
}
