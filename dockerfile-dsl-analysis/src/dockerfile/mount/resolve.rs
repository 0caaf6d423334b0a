//! Resolves a flag as written to the mount that BuildKit creates.

use super::options::{self, MountFields};
use super::{Mount, MountFlag};
use crate::dockerfile::Environment;
use crate::dockerfile::expand::{ExpandError, expand, expand_marking};
use crate::dockerfile::flag::{Escape, Flag};

impl MountFlag {
    pub(in crate::dockerfile) fn read(flag: Flag) -> Result<Self, ExpandError> {
        let fields = match &flag.value {
            Some(value) => options::fields(value)?,
            None => Vec::new(),
        };
        let mount = Self { flag, fields };
        let from = mount
            .fields
            .iter()
            .filter(|field| field.key == "from")
            .filter_map(|field| field.value.as_ref());
        if from
            .clone()
            .any(|from| from.find('$').is_some_and(|at| at + 1 < from.len()))
        {
            return Err(ExpandError::new(
                "`from` does not support variables: give the image a stage with a name",
            ));
        }
        Ok(mount)
    }

    /// Whether a value contains a variable.
    #[must_use]
    pub fn has_variables(&self) -> bool {
        self.fields
            .iter()
            .filter_map(|field| field.value.as_ref())
            .any(|value| value.contains('$'))
    }

    /// Resolves the mount with the variables that `lookup` returns (`None` is unset), as BuildKit does when it reaches the RUN.
    ///
    /// # Errors
    ///
    /// What BuildKit rejects: an unknown key, an invalid value, keys that exclude each other.
    pub fn resolve(
        &self,
        escape: Escape,
        lookup: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Mount, ExpandError> {
        let mut options = MountFields::default();
        for field in &self.fields {
            match &field.value {
                Some(value) => options.set(&field.key, expand(value, escape, lookup)?)?,
                None => options.set_bare(&field.key)?,
            }
        }
        options.mount()
    }
    /// [`resolve`](Self::resolve) with unknown variables. They stay as `${NAME}` in an id, a target or a variable; an unknown type counts
    /// as a secret; other unknown options are ignored.
    pub(in crate::dockerfile) fn resolve_marking(
        &self,
        escape: Escape,
        lookup: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Mount, ExpandError> {
        let mut options = MountFields::default();
        for field in &self.fields {
            let Some(value) = &field.value else {
                options.set_bare(&field.key)?;
                continue;
            };
            let (value, is_unknown) = expand_marking(value, escape, lookup)?;
            match field.key.as_str() {
                "type" if is_unknown => options.set("type", "secret".to_owned())?,
                "id" | "source" | "src" | "target" | "dst" | "destination" | "env" => {
                    options.set(&field.key, value)?;
                }
                _ if is_unknown => {}
                key => options.set(key, value)?,
            }
        }
        options.mount()
    }

    /// [`resolve`](Self::resolve) with a callback for each variable that is looked up, with whether it is set.
    pub(in crate::dockerfile) fn resolve_noting(
        &self,
        environment: &Environment,
        note: &dyn Fn(&str, bool),
    ) -> Result<Mount, ExpandError> {
        self.resolve(environment.escape(), &|name| {
            environment.look_up(name, note)
        })
    }
}
