//! Artifacts of a private repository, by Gradle.
//!
#![doc = include_str!("gradle.md")]

use super::draft::Draft;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Runs tasks of the project: `gradle build`.
pub fn tasks<T: Into<String>>(names: impl IntoIterator<Item = T>) -> Tasks {
    Tasks {
        program: "gradle",
        names: names.into_iter().map(Into::into).collect(),
    }
}

/// Tasks without a credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Tasks {
    program: &'static str,
    names: Vec<String>,
}

masked_debug!(Tasks { program, names });

impl Tasks {
    /// Runs `./gradlew` of the project, instead of `gradle` of the image.
    pub fn wrapper(mut self) -> Self {
        self.program = "./gradlew";
        self
    }

    /// Sets a property of the project, such as `acmePassword`, to a secret.
    pub fn property(self, name: impl Into<String>, secret: Secret) -> WithProperties {
        let with_none = WithProperties {
            tasks: self,
            properties: Vec::new(),
        };
        with_none.property(name, secret)
    }
}

/// Tasks with properties that are secrets.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithProperties {
    tasks: Tasks,
    properties: Vec<(String, Secret)>,
}

masked_debug!(WithProperties { tasks, properties });

impl WithProperties {
    /// Sets one more property.
    pub fn property(mut self, name: impl Into<String>, secret: Secret) -> Self {
        self.properties.push((name.into(), secret));
        self
    }

    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if a property has other characters than letters, digits and `_`, which are all that a variable has, or a task has
    /// other characters than those of names.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let mut draft = Draft::default();
        for (index, (name, secret)) in self.properties.iter().enumerate() {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            if name.is_empty() || !name.bytes().all(is_plain) {
                return Err(Error::new(format!(
                    "the property `{}` has other characters than letters, digits and `_`",
                    name.escape_debug()
                )));
            }
            draft
                .text(&format!("ORG_GRADLE_PROJECT_{name}=\"$(cat "))
                .secret(&format!("property{index}"), *secret)
                .text(")\" ");
        }
        draft.text(&format!(
            "{} --no-daemon --console=plain",
            self.tasks.program
        ));
        for task in &self.tasks.names {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_:.".contains(&byte);
            if task.is_empty() || task.starts_with('-') || !task.bytes().all(is_plain) {
                return Err(Error::new(format!(
                    "`{}`: write the name of a task, such as `build` or `:app:jar`",
                    task.escape_debug()
                )));
            }
            draft.text(&format!(" {task}"));
        }
        draft.script()
    }
}
