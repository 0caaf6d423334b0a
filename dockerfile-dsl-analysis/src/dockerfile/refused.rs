//! Errors that BuildKit reports for the meaning of instructions: words that cannot be expanded, missing stages, invalid ports, modes and
//! platforms.
//!
//! In: a file without syntax errors. Out: an error for each problem. A word is judged only if its value is known: a variable that an `ARG`
//! without a default or a base image may set is not an error.

mod address;
mod targets;
mod transfer;
mod values;

use std::{
    borrow::Cow,
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
};

use super::{
    Environment, File, Instruction, Kind, Mount, MountFlag, ReadError, Run, SourceText,
    expand::{self, ExpandError},
};
use crate::Span;

/// Returns all errors, in text order.
pub(super) fn check(file: &File) -> Vec<ReadError> {
    let mut check = Check {
        file,
        stage: 0,
        base_is_unknown: false,
        uncertain: BTreeSet::new(),
        uncertain_before: BTreeSet::new(),
        names: file
            .stages
            .iter()
            .enumerate()
            .filter_map(|(index, stage)| Some((stage.name.as_ref()?.name.as_str(), index)))
            .collect(),
        errors: Vec::new(),
    };
    let mut global = Environment::new(file, Vec::new());
    // In order: a default may use those before it.
    let mut before = Environment::predefined(file);
    for instruction in &file.global_args {
        check.instruction(instruction, &before);
        let _ = before.apply(instruction);
    }
    check.uncertain_before = std::mem::take(&mut check.uncertain);
    let is_reachable = targets::reachable(file, &global);
    let mut ends: Vec<End> = Vec::new();
    for (index, stage) in file.stages.iter().enumerate() {
        check.stage = index;
        check.base_is_unknown = false;
        check.uncertain.clone_from(&check.uncertain_before);
        let base = check.base(index, &mut global);
        let from = base.and_then(|base| ends.get(base));
        let mut end = End {
            environment: Environment::stage(&global, from.map(|from| &from.environment)),
            base_is_unknown: from.map_or_else(
                || stage.base.as_str() != "scratch",
                |from| from.base_is_unknown,
            ),
            uncertain: BTreeSet::new(),
            triggers: Vec::new(),
        };
        check.base_is_unknown = end.base_is_unknown;
        check.uncertain = from.map(|from| from.uncertain.clone()).unwrap_or_default();
        let triggers = from.filter(|_| is_reachable[index]);
        for (trigger, at) in triggers
            .map(|from| from.triggers.clone())
            .unwrap_or_default()
        {
            check.trigger(trigger, at, &mut end);
        }
        for instruction in &stage.instructions {
            check.instruction(instruction, &end.environment);
            if let Kind::Onbuild(inner) = &instruction.kind {
                end.triggers.push((inner, instruction.span));
            }
            // Its error was reported above.
            let _ = end.environment.apply(instruction);
        }
        end.uncertain.clone_from(&check.uncertain);
        ends.push(end);
    }
    let mut errors = check.errors;
    errors.sort_by_key(|error| error.span);
    errors.dedup();
    for error in &mut errors {
        error.message = crate::masked(&error.message).into_owned();
    }
    errors
}

/// The state at the end of a stage.
struct End<'a> {
    environment: Environment,
    /// Whether the base image may set variables that the text does not.
    base_is_unknown: bool,
    uncertain: BTreeSet<String>,
    /// The instructions that ONBUILD stores for stages based on this one, with the span of the ONBUILD.
    triggers: Vec<(&'a Instruction, Span)>,
}

struct Check<'a> {
    file: &'a File,
    stage: usize,
    /// Whether the base image may set variables that the text does not.
    base_is_unknown: bool,
    /// Variables that a build argument determines: ARGs without a default, and variables derived from them.
    uncertain: BTreeSet<String>,
    /// The same before the first FROM.
    uncertain_before: BTreeSet<String>,
    /// The last stage of each name, in lower case.
    names: BTreeMap<&'a str, usize>,
    errors: Vec<ReadError>,
}

/// The value of a word, and whether the text alone determines it.
struct Known {
    value: String,
    is_certain: bool,
}

impl Check<'_> {
    fn error(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.errors
            .push(ReadError::new(span, message).with_help(help));
    }

    /// Expands a word. A word that can never be expanded is an error.
    fn expand(&mut self, word: &SourceText, environment: &Environment) -> Option<Known> {
        let is_certain = Cell::new(true);
        let note = |name: &str, is_set: bool| {
            is_certain.set(is_certain.get() && !self.may_differ(name, is_set));
        };
        match environment.expand_noting(word, &note) {
            Ok(value) => Some(Known {
                value,
                is_certain: is_certain.get(),
            }),
            Err(error) => {
                self.cannot_expand(word, &error, is_certain.get());
                None
            }
        }
    }

    /// Whether something outside the text determines the value of a variable.
    fn may_differ(&self, name: &str, is_set: bool) -> bool {
        self.uncertain.contains(name) || self.base_is_unknown && !is_set
    }

    /// Records whether the value of a variable is certain from here on.
    fn decide(&mut self, name: &str, is_certain: bool) {
        if is_certain {
            self.uncertain.remove(name);
        } else {
            self.uncertain.insert(name.to_owned());
        }
    }

    fn cannot_expand(&mut self, word: &SourceText, error: &ExpandError, is_certain: bool) {
        if is_certain || !error.depends_on_value() {
            self.error(
                word.whole(),
                format!("this word cannot be expanded: {error}"),
                expand::help(error),
            );
        }
    }

    fn words<'w>(
        &mut self,
        words: impl IntoIterator<Item = &'w SourceText>,
        environment: &Environment,
    ) {
        for word in words {
            self.expand(word, environment);
        }
    }

    /// Checks a FROM, and returns the stage that it refers to.
    fn base(&mut self, index: usize, global: &mut Environment) -> Option<usize> {
        let stage = &self.file.stages[index];
        let Kind::From(image) = &stage.from.kind else {
            return None;
        };
        if let Some(platform) = &image.platform
            && let Some(known) = self.expand(platform, global)
            && known.is_certain
            && let Err(why) = values::platform(&known.value)
        {
            self.error(
                platform.whole(),
                format!("invalid platform `{}`: {why}", known.value),
                "write for example `--platform=linux/amd64`",
            );
        }
        if let Some(name) = &stage.name
            && !matches!(name.name.as_str(), "scratch" | "context")
            && values::reference(&name.name).is_err()
        {
            // It looks for a named context of that name first.
            self.error(
                name.span,
                format!("invalid stage name `{}`", name.name),
                "end it with a letter or a digit, and write `-`, `--`, `_`, `__` or `.` between \
                 two of these",
            );
        }
        let known = self.expand(&stage.base, global)?;
        if known.value.is_empty() {
            if known.is_certain {
                let message = format!(
                    "the base image is empty: `{}` has no value here",
                    stage.base
                );
                self.error(
                    stage.base.whole(),
                    message,
                    "declare it before the first FROM with a \
                 default, as in `ARG BASE=debian:bookworm-slim`",
                );
            }
            return None;
        }
        let named = self.file.stage_named(&known.value, index);
        let named = named.filter(|_| known.value.bytes().all(|byte| !byte.is_ascii_uppercase()));
        if named.is_some() {
            return named;
        }
        if known.is_certain
            && let Err(why) = values::reference(&known.value)
        {
            let lower = known.value.to_lowercase();
            let is_stage = self.file.stages[..index]
                .iter()
                .any(|stage| stage.name.as_ref().is_some_and(|name| name.name == lower));
            let help = if is_stage {
                format!("BuildKit keeps the names of stages in lower case: write `FROM {lower}`")
            } else {
                "write the image as `name`, `name:tag` or `registry/path/name@sha256:..`, in \
                 lower case"
                    .to_owned()
            };
            let message = format!("invalid base image `{}`: {why}", known.value);
            self.error(stage.base.whole(), message, help);
        }
        None
    }

    /// Checks an instruction of ONBUILD in the stage that is based on its own.
    fn trigger(&mut self, trigger: &Instruction, at: Span, end: &mut End<'_>) {
        if let Kind::Unread(errors) = &trigger.kind {
            for error in errors {
                let mut error = error.clone();
                error.message = format!(
                    "{}, and a stage of this file is FROM this one",
                    error.message
                );
                error.span = at;
                self.errors.push(error);
            }
            return;
        }
        self.instruction(trigger, &end.environment);
        let _ = end.environment.apply(trigger);
    }

    fn instruction(&mut self, instruction: &Instruction, environment: &Environment) {
        match &instruction.kind {
            Kind::Add(transfer) => self.transfer(transfer, &instruction.flags, environment, "ADD"),
            Kind::Copy(transfer) => {
                self.transfer(transfer, &instruction.flags, environment, "COPY");
            }
            Kind::Arg(arguments) => self.arguments(arguments, environment),
            Kind::Env(pairs) => {
                let known: Vec<_> = pairs
                    .iter()
                    .map(|pair| {
                        (
                            self.expand(&pair.key, environment),
                            self.expand(&pair.value, environment),
                        )
                    })
                    .collect();
                for (key, value) in known {
                    if let (Some(key), Some(value)) = (key, value) {
                        self.decide(&key.value, value.is_certain);
                    }
                }
            }
            Kind::Label(pairs) => {
                self.words(
                    pairs.iter().flat_map(|pair| [&pair.key, &pair.value]),
                    environment,
                );
            }
            Kind::Expose(ports) => ports.iter().for_each(|port| self.port(port, environment)),
            Kind::Run(run) => self.run(run, environment),
            Kind::Stopsignal(word) => {
                if let Some(known) = self.expand(word, environment)
                    && known.is_certain
                    && !values::is_signal(&known.value)
                {
                    self.error(
                        word.whole(),
                        format!("invalid signal `{}`", known.value),
                        "write a name like `SIGTERM`, or its number",
                    );
                }
            }
            Kind::User(word) | Kind::Workdir(word) => self.words([word], environment),
            Kind::Volume(paths) => {
                for path in paths {
                    if let Some(known) = self.expand(path, environment)
                        && known.is_certain
                        && known.value.is_empty()
                    {
                        self.error(
                            path.whole(),
                            "the path of the volume is empty",
                            "write its path",
                        );
                    }
                }
            }
            _ => {}
        }
    }

    /// Checks the ARGs in order: each may use those before it.
    fn arguments(&mut self, arguments: &[super::Argument], environment: &Environment) {
        let mut environment = Cow::Borrowed(environment);
        for (index, argument) in arguments.iter().enumerate() {
            let Some(default) = &argument.default else {
                let is_given = environment.has_global(&argument.name)
                    && !self.uncertain_before.contains(argument.name.as_str());
                self.decide(&argument.name, is_given);
                continue;
            };
            if let Some(known) = self.expand(default, &environment) {
                self.decide(&argument.name, known.is_certain);
                if index + 1 < arguments.len() {
                    environment.to_mut().assume(&argument.name, known.value);
                }
            }
        }
    }

    fn port(&mut self, word: &SourceText, environment: &Environment) {
        let is_certain = Cell::new(true);
        let note = |name: &str, is_set: bool| {
            is_certain.set(is_certain.get() && !self.may_differ(name, is_set));
        };
        match environment.expand_words_noting(word, &note) {
            Ok(ports) if is_certain.get() => {
                for port in ports {
                    if let Err(why) = values::port(&port) {
                        self.error(
                            word.whole(),
                            format!("invalid port `{port}`: {why}"),
                            "write for example `8080`, `53/udp` or `8000-8010`",
                        );
                    }
                }
            }
            Ok(_) => {}
            Err(error) => self.cannot_expand(word, &error, is_certain.get()),
        }
    }

    fn run(&mut self, run: &Run, environment: &Environment) {
        for flag in &run.mounts {
            self.mount(flag, environment);
        }
    }

    fn mount(&mut self, flag: &MountFlag, environment: &Environment) {
        let is_certain = Cell::new(true);
        let note = |name: &str, is_set: bool| {
            is_certain.set(is_certain.get() && !self.may_differ(name, is_set));
        };
        match flag.resolve_noting(environment, &note) {
            Err(error) if is_certain.get() => {
                self.error(
                    flag.flag.span,
                    format!("invalid mount: {error}"),
                    "see `RUN --mount` in the Dockerfile reference for its options",
                );
            }
            Ok(mount) if is_certain.get() => self.mount_target(flag, &mount, environment),
            _ => {}
        }
        for field in flag.fields.iter().filter(|field| field.key == "from") {
            let Some(from) = field.value.as_ref().filter(|from| !from.is_empty()) else {
                continue;
            };
            // Unlike in `--from` of COPY, a number is an image here.
            if from.bytes().all(|byte| byte.is_ascii_digit()) {
                continue;
            }
            self.source_stage(from);
        }
    }

    /// Rejects the root as the target of a cache or a bind mount.
    fn mount_target(&mut self, flag: &MountFlag, mount: &Mount, environment: &Environment) {
        let Some(target) = mount.target() else { return };
        if !matches!(mount, Mount::Cache(_) | Mount::Bind(_) | Mount::Tmpfs(_)) {
            return;
        }
        // A working directory from the base image is not in the text. A missing `target` is an error anyway.
        let is_forgotten = target.is_empty() && matches!(mount, Mount::Cache(_) | Mount::Tmpfs(_));
        let is_certain = target.starts_with('/') || is_forgotten || !self.base_is_unknown;
        if is_certain && environment.absolute(target) == "/" {
            self.error(
                flag.flag.span,
                "a mount cannot have the target `/`",
                "give it a `target`, as in `--mount=type=cache,target=/root/.cache`",
            );
        }
    }
}
