//! The secrets of a file as constants of Rust.
//!
//! In: the secrets that the caller declares, and the mounts of the file. Out: a constant for each way in which a secret is mounted:
//! a mount that is optional, or has an owner, is another constant with the same id and source.

use dockerfile_dsl_analysis::dockerfile::Secret as Mounted;

use crate::secret::is_variable;
use crate::{Error, Secret};

/// The constants of a program, each with its name.
#[derive(Debug, Clone, Default)]
pub(super) struct Constants {
    declared: Vec<Secret>,
    /// Names of build arguments and variables of the file, which no source may have.
    taken: Vec<String>,
    /// The text of the file.
    text: String,
    pub(super) all: Vec<(String, Secret)>,
}

impl Constants {
    pub(super) fn new(declared: &[Secret], taken: Vec<String>, text: &str) -> Self {
        Self {
            declared: declared.to_vec(),
            taken,
            text: text.to_owned(),
            all: Vec::new(),
        }
    }

    /// Returns the secret of this mount and the name of its constant. `adds_owner` is whether the model would add the step's user.
    pub(super) fn of_mount(
        &mut self,
        mount: &Mounted,
        adds_owner: bool,
    ) -> Result<(String, Secret), Error> {
        let mut secret = self.declared(&mount.id)?;
        if !mount.required {
            secret = secret.optional();
        }
        if mount.uid != 0 || adds_owner {
            secret = secret.uid(mount.uid);
        }
        if mount.gid != 0 {
            secret = secret.gid(mount.gid);
        }
        if mount.mode != 0o400 {
            if mount.mode > 0o777 {
                return Err(Error::new(format!(
                    "the mode of the mount of secret `{}` is more than 0777",
                    mount.id
                )));
            }
            secret = secret.mode(mount.mode);
        }
        Ok((self.name(secret), secret))
    }

    /// Returns the secret with this id: as declared, or with the likely source of its value.
    fn declared(&self, id: &str) -> Result<Secret, Error> {
        let known = self.declared.iter().find(|secret| secret.id() == id);
        if let Some(secret) = known {
            return Ok(*secret);
        }
        let mut variable = upper(id);
        while self.taken.contains(&variable) {
            variable.push_str("_SECRET");
        }
        Secret::try_env(id, &variable)
    }

    /// Returns the name of the constant for a secret; adds it if it is new.
    fn name(&mut self, secret: Secret) -> String {
        if let Some((name, _)) = self.all.iter().find(|(_, known)| *known == secret) {
            return name.clone();
        }
        let mut first = upper(secret.id());
        // `sh!` takes `$TOKEN` for a mistaken `{TOKEN}` if there is a constant of that name.
        if uses_variable(&self.text, &first) {
            first.push_str("_SECRET");
        }
        let mut name = first.clone();
        let mut count = 1;
        while self.all.iter().any(|(known, _)| *known == name) {
            count += 1;
            name = format!("{first}_{count}");
        }
        self.all.push((name.clone(), secret));
        name
    }
}

/// Returns a text as the name of a constant and of a variable.
fn upper(id: &str) -> String {
    let name: String = id
        .to_uppercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    if is_variable(&name) && name != "_" {
        name
    } else {
        format!("SECRET_{name}")
    }
}

/// Whether a shell variable of this name occurs in a text.
fn uses_variable(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = &text[..at];
        let after = text[at + name.len()..].chars().next();
        (before.ends_with('$') || before.ends_with("${"))
            && !after.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}
