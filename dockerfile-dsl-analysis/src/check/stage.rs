//! The state of a stage between its instructions.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::bases::Base;
use crate::dockerfile::{Environment, Instruction};
use crate::domain::map::PersistentMap;
use crate::domain::{Files, Value, Variable};

/// The state of a stage.
#[derive(Debug, Clone)]
pub(crate) struct StageState {
    pub(crate) environment: Environment,
    pub(crate) files: Files,
    /// Variables whose last assignment is an ARG: the caller of the build may set another value.
    pub(crate) arguments: BTreeSet<String>,
    /// Whether its working directory is that of an unknown base image.
    pub(crate) workdir_is_assumed: bool,
    /// Its base image, if that is described; `scratch` sets nothing.
    pub(crate) base: Option<Rc<Base>>,
    /// ONBUILD instructions.
    pub(crate) triggers: Vec<Instruction>,
    /// The variables of the environment, as a shell gets them.
    pub(crate) variables: PersistentMap<Rc<str>, Variable>,
    /// The files whose secrets are reported.
    pub(crate) reported: Option<Files>,
}

impl StageState {
    /// Updates the variables of these names from the environment.
    pub(super) fn export<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) {
        for name in names {
            if let Some(value) = self.environment.variable(name) {
                let mut variable = Variable::new(Value::known(value));
                variable.exported = true;
                self.variables.insert(name.into(), variable);
            }
        }
    }
}
