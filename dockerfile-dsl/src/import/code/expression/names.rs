//! The names that expressions refer to, and the texts in them.

use super::super::layout::{Expr, literal};
use crate::Secret;
use crate::stage::Stage;
use crate::text::Text;

/// The names that expressions refer to.
pub(crate) struct Names<'a> {
    /// The constants of secrets.
    pub(crate) constants: &'a [(String, Secret)],
    /// The variables of stages, with the stages.
    pub(crate) stages: &'a [(String, Stage)],
}

impl Names<'_> {
    /// Returns a reference to the variable of a stage.
    pub(crate) fn stage(&self, stage: &Stage) -> Expr {
        let known = self.stages.iter().find(|(_, known)| known == stage);
        Expr::atom(format!("&{}", known.map_or("", |(name, _)| name)))
    }

    /// Returns the constant of a secret.
    pub(super) fn secret(&self, secret: &Secret) -> Expr {
        let known = self.constants.iter().find(|(_, known)| known == secret);
        Expr::atom(known.map_or("", |(name, _)| name))
    }
}

/// Returns a text, with variables if it has some.
pub(crate) fn value(text: &Text) -> Expr {
    let literal = literal(&text.content);
    match text.expanded {
        true => Expr::call("expand", vec![literal]),
        false => literal,
    }
}
