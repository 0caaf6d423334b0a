//! From a flag as it is written to the mount that BuildKit makes of it.

use super::options::{self, Options};
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

    /// Whether a value holds a variable.
    #[must_use]
    pub fn has_variables(&self) -> bool {
        self.fields
            .iter()
            .filter_map(|field| field.value.as_ref())
            .any(|value| value.contains('$'))
    }

    /// The mount, with variables replaced by what `lookup` knows of them (`None` is unset), as BuildKit does when it reaches the RUN.
    ///
    /// # Errors
    ///
    /// What BuildKit would refuse: an unknown key, a value that does not parse, keys that exclude each other.
    pub fn resolve(
        &self,
        escape: Escape,
        lookup: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Mount, ExpandError> {
        let mut options = Options::default();
        for field in &self.fields {
            match &field.value {
                Some(value) => options.set(&field.key, expand(value, escape, lookup)?)?,
                None => options.set_bare(&field.key)?,
            }
        }
        options.mount()
    }
    /// [`resolve`](Self::resolve) where variables may be unknown: in an id, a target or a variable they stay as `${NAME}`, an unknown
    /// type is that of a secret, and what else is unknown is as if it were not there.
    pub(in crate::dockerfile) fn resolve_marking(
        &self,
        escape: Escape,
        lookup: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Mount, ExpandError> {
        let mut options = Options::default();
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

    /// [`resolve`](Self::resolve), which says of each variable that it was asked for, and whether it is set.
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
