//! The state at one point of a Dockerfile: variables, working directory, user, shell.
//!
//! In: the instructions so far, and the build arguments if any are known. Out: the values with which BuildKit expands the next one.
//! Settings of a base image are not in the text: [`Environment::based_on`] adds them.

use super::{
    Escape, File, Instruction, Kind,
    expand::{self, ExpandError},
    mount::clean,
};
use crate::bases::Base;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// Variables with their values. Shared, because every step copies an environment and few change it.
type Variables = Arc<BTreeMap<String, String>>;

/// The state of a stage after some of its instructions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    escape: Escape,
    /// `--build-arg`
    build_args: Variables,
    /// The values of the global ARGs.
    global: Variables,
    /// The variables for expansion: ARG and ENV, the later of the two.
    variables: Variables,
    /// The variables that the image keeps.
    env: Variables,
    workdir: String,
    user: String,
    shell: Arc<[String]>,
    has_plain_sh: bool,
    /// Total length of the names and values that were set, in bytes.
    written: usize,
}

/// BuildKit's own variables for `linux/amd64`, with the last stage unnamed.
static PREDEFINED: LazyLock<Variables> = LazyLock::new(|| {
    let platform = ["BUILD", "TARGET"].into_iter().flat_map(|side| {
        [
            ("PLATFORM", "linux/amd64"),
            ("OS", "linux"),
            ("OSVERSION", ""),
            ("ARCH", "amd64"),
            ("VARIANT", ""),
        ]
        .map(|(name, value)| (format!("{side}{name}"), value.to_owned()))
    });
    let stage = [("TARGETSTAGE".to_owned(), "default".to_owned())];
    Arc::new(platform.chain(stage).collect())
});

static USUAL_SHELL: LazyLock<Arc<[String]>> =
    LazyLock::new(|| Arc::from(["/bin/sh", "-c"].map(str::to_owned)));

/// Linux' `PATH_MAX`.
const MAX_PATH: usize = 4096;
/// Max. total length of variables in bytes; beyond it the file is rejected. Each line of a small file can double a variable, and no real
/// file comes near.
const MAX_WRITTEN: usize = 16 << 20;

impl Environment {
    /// Creates the environment after the global ARGs of a file, with which `FROM` is expanded.
    #[must_use]
    pub fn new(file: &File, build_args: Vec<(String, String)>) -> Self {
        let mut environment = Self {
            build_args: Arc::new(build_args.into_iter().collect()),
            ..Self::predefined(file)
        };
        for instruction in &file.global_args {
            // A default that cannot be expanded leaves its ARG unset.
            let _ = environment.apply(instruction);
        }
        environment.global.clone_from(&environment.variables);
        environment
    }

    /// Creates the environment before the global ARGs of a file: BuildKit's own variables for `linux/amd64`.
    pub(super) fn predefined(file: &File) -> Self {
        let last = file.stages.last().and_then(|stage| stage.name.as_ref());
        let mut variables = PREDEFINED.clone();
        if let Some(stage) = last {
            Arc::make_mut(&mut variables).insert("TARGETSTAGE".to_owned(), stage.name.clone());
        }
        Self {
            escape: file.escape,
            build_args: Variables::default(),
            global: variables.clone(),
            variables,
            env: Variables::default(),
            workdir: "/".to_owned(),
            user: String::new(),
            shell: USUAL_SHELL.clone(),
            has_plain_sh: false,
            written: 0,
        }
    }

    /// Assumes a value for an ARG.
    pub(super) fn assume(&mut self, name: &str, value: String) {
        let _ = self.set(name.to_owned(), value);
    }

    /// [`expand`](Self::expand) with a callback for each variable that is looked up, with whether it is set.
    pub(super) fn expand_noting(
        &self,
        word: &str,
        note: &dyn Fn(&str, bool),
    ) -> Result<String, ExpandError> {
        expand::expand(word, self.escape, &|name| self.look_up(name, note))
    }

    /// [`expand_noting`](Self::expand_noting), with the result split at blanks.
    pub(super) fn expand_words_noting(
        &self,
        word: &str,
        note: &dyn Fn(&str, bool),
    ) -> Result<Vec<String>, ExpandError> {
        expand::expand_words(word, self.escape, &|name| self.look_up(name, note))
    }

    /// [`expand_noting`](Self::expand_noting) for the body of an unquoted here-document that `COPY` or `ADD` writes.
    pub(super) fn expand_body_noting(
        &self,
        body: &str,
        note: &dyn Fn(&str, bool),
    ) -> Result<String, ExpandError> {
        expand::expand_here_document(body, &|name| self.look_up(name, note))
    }

    pub(super) fn look_up(&self, name: &str, note: &dyn Fn(&str, bool)) -> Option<String> {
        let value = self.variables.get(name).cloned();
        note(name, value.is_some());
        value
    }

    /// Whether an ARG of this name gets a value from before the first FROM.
    pub(super) fn has_global(&self, name: &str) -> bool {
        self.global.contains_key(name)
    }

    /// Returns the escape character of the file.
    pub(super) const fn escape(&self) -> Escape {
        self.escape
    }

    /// Creates the environment at the start of a stage. `global`: the state after the global ARGs; `base`: the end of the stage that it is
    /// based on, if any.
    #[must_use]
    pub fn stage(global: &Self, base: Option<&Self>) -> Self {
        match base {
            Some(base) => base.clone(),
            None => Self {
                variables: Variables::default(),
                ..global.clone()
            },
        }
    }

    /// Adds the settings of a base image.
    pub fn based_on(&mut self, base: &Base) {
        for (name, value) in &base.env {
            if let Some(value) = value {
                Arc::make_mut(&mut self.variables).insert(name.clone(), value.clone());
                Arc::make_mut(&mut self.env).insert(name.clone(), value.clone());
            }
        }
        if let Some(workdir) = &base.workdir {
            self.workdir.clone_from(workdir);
        }
        if let Some(user) = &base.user {
            self.user.clone_from(user);
        }
        if let Some(shell) = base.shell() {
            self.shell = shell.iter().map(ToString::to_string).collect();
        }
        self.has_plain_sh = base.has_plain_sh;
    }

    /// Whether a shell of that name is known to be dash or the ash of BusyBox, for which `$(< FILE)` is empty.
    pub(crate) fn is_plain(&self, shell: &str) -> bool {
        matches!(shell, "dash" | "ash") || (shell == "sh" && self.has_plain_sh)
    }

    /// Sets the initial working directory.
    pub(crate) fn begin_in(&mut self, directory: String) {
        self.workdir = directory;
    }

    /// Applies an instruction of the stage.
    ///
    /// # Errors
    ///
    /// If a word cannot be expanded: the build ends there.
    pub fn apply(&mut self, instruction: &Instruction) -> Result<(), ExpandError> {
        match &instruction.kind {
            Kind::Arg(arguments) => {
                for argument in arguments {
                    let given = self.build_args.get(argument.name.as_str()).cloned();
                    let value = match (given, &argument.default) {
                        (Some(given), _) => Some(given),
                        (None, Some(default)) => Some(self.expand(default)?),
                        (None, None) => self.global.get(argument.name.as_str()).cloned(),
                    };
                    if let Some(value) = value {
                        self.set(argument.name.to_string(), value)?;
                    }
                }
            }
            Kind::Env(pairs) => {
                let expanded = pairs
                    .iter()
                    .map(|pair| Ok((self.expand(&pair.key)?, self.expand(&pair.value)?)));
                for (key, value) in expanded.collect::<Result<Vec<_>, _>>()? {
                    self.set(key.clone(), value.clone())?;
                    Arc::make_mut(&mut self.env).insert(key, value);
                }
            }
            Kind::Workdir(path) => {
                let path = self.expand(path)?;
                if self.workdir.len() + path.len() > MAX_PATH {
                    return Err(ExpandError::new(
                        "the working directory is longer than a path can be",
                    ));
                }
                if !path.is_empty() {
                    self.workdir = self.absolute(&path);
                }
            }
            Kind::User(user) => self.user = self.expand(user)?,
            Kind::Shell(arguments) => {
                self.shell = arguments.iter().map(ToString::to_string).collect()
            }
            _ => {}
        }
        Ok(())
    }

    fn set(&mut self, name: String, value: String) -> Result<(), ExpandError> {
        self.written += name.len() + value.len();
        if self.written > MAX_WRITTEN {
            return Err(ExpandError::new(
                "the variables are larger than 16 MiB together",
            ));
        }
        Arc::make_mut(&mut self.variables).insert(name, value);
        Ok(())
    }

    /// Returns the value of a variable, `None` if it is unset here.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// Returns all variables with their values.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns the ENV variables, as the image config keeps them.
    pub fn env(&self) -> impl Iterator<Item = (&str, &str)> {
        self.env
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Expands a word.
    ///
    /// # Errors
    ///
    /// As [`expand`](expand::expand).
    pub fn expand(&self, word: &str) -> Result<String, ExpandError> {
        expand::expand(word, self.escape, &|name| self.variables.get(name).cloned())
    }

    /// Expands the content of a here-document that `COPY` or `ADD` writes: replaces variables and removes escapes, unless it is quoted.
    ///
    /// # Errors
    ///
    /// As [`expand`](expand::expand).
    pub fn content(&self, document: &super::HereDocument) -> Result<String, ExpandError> {
        if document.quoted {
            return Ok(document.body.to_string());
        }
        expand::expand_here_document(&document.body, &|name| self.variables.get(name).cloned())
    }

    /// Resolves the mount of a flag. An id or path that depends on a variable without a known value contains the name of the variable: see
    /// [`Secret::unknown`](super::Secret::unknown).
    ///
    /// # Errors
    ///
    /// As [`MountFlag::resolve`](super::MountFlag::resolve), and for `/` as the target of a directory.
    pub fn mount(&self, flag: &super::MountFlag) -> Result<super::Mount, ExpandError> {
        // BuildKit does not see a HOME of the base image: the variable is empty there, not unknown.
        let mount = flag.resolve_marking(self.escape, &|name| {
            let value = self.variables.get(name).cloned();
            value.or_else(|| (name == "HOME").then(String::new))
        })?;
        let is_directory = !matches!(mount, super::Mount::Secret(_) | super::Mount::Ssh(_));
        if is_directory
            && mount
                .target()
                .is_some_and(|target| self.absolute(target) == "/")
        {
            return Err(ExpandError::new(
                "a mount cannot have the target `/`: give it a `target`",
            ));
        }
        Ok(mount)
    }

    /// Returns the destination of a `COPY` or `ADD`: absolute, with a trailing `/` if it must be a directory.
    ///
    /// # Errors
    ///
    /// As [`expand`](expand::expand).
    pub fn destination(&self, transfer: &super::Transfer) -> Result<String, ExpandError> {
        let written = self.expand(&transfer.destination)?;
        let path = self.absolute(&written);
        let is_directory = written == "." || written.ends_with('/') || written.ends_with("/.");
        Ok(if is_directory && path != "/" {
            path + "/"
        } else {
            path
        })
    }

    /// Resolves a path against the working directory and cleans it.
    #[must_use]
    pub fn absolute(&self, path: &str) -> String {
        if path.starts_with('/') {
            clean(path)
        } else {
            clean(&format!("{}/{path}", self.workdir))
        }
    }

    /// Returns the `WORKDIR`, absolute.
    #[must_use]
    pub fn workdir(&self) -> &str {
        &self.workdir
    }

    /// Returns the last `USER`, or an empty string.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Returns the `SHELL`.
    #[must_use]
    pub fn shell(&self) -> &[String] {
        &self.shell
    }
}
