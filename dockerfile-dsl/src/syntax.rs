//! The Dockerfile frontend that a file needs, and the one that it asks for.
//!
//! In: a file that was read. Out: the oldest [`Version`] that supports every feature in it, and the feature that needs it.

use std::borrow::Cow;
use std::fmt;

use dockerfile_dsl_analysis::dockerfile::spec::{InstructionSpec, MountOption};
use dockerfile_dsl_analysis::dockerfile::{
    Command, File, Instruction, Kind, Run, Source, Transfer,
};

use crate::instruction::is_git;
use crate::valid;

/// A version of the Dockerfile frontend, `docker/dockerfile`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    pub(crate) major: u16,
    pub(crate) minor: u16,
}

impl Version {
    /// `MAJOR.MINOR`
    #[must_use]
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// The frontend of the [`# syntax=`](https://docs.docker.com/reference/dockerfile/#syntax) line.
///
/// ```
/// # use dockerfile_dsl::{Dockerfile, Stage, Syntax};
/// let stage = Stage::from_image("debian").build();
/// let image = Dockerfile::settings().syntax(Syntax::Latest).dockerfile(&stage)?;
/// assert!(image.as_str().starts_with("# syntax=docker/dockerfile:1\n"));
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Syntax {
    /// `docker/dockerfile:1`: the newest one when the image is built.
    Latest,
    /// `docker/dockerfile:MAJOR.MINOR`; an error if the file needs a newer one.
    Version(Version),
    /// An image with its digest, as in `docker/dockerfile:1.26@sha256:..`: reproducible.
    Digest(String),
    /// `docker/dockerfile:1-labs`: with unstable features.
    Labs,
}

impl Syntax {
    pub(crate) fn image(&self) -> String {
        match self {
            Self::Latest => "docker/dockerfile:1".to_owned(),
            Self::Labs => "docker/dockerfile:1-labs".to_owned(),
            Self::Version(version) => format!("docker/dockerfile:{version}"),
            Self::Digest(image) => image.clone(),
        }
    }

    pub(crate) fn check(&self) -> Result<(), String> {
        match self {
            Self::Digest(image) if !image.contains("@sha256:") => Err(
                "the frontend of `Syntax::Digest` has no digest: write `image@sha256:..`"
                    .to_owned(),
            ),
            Self::Digest(image) => valid::image(image),
            Self::Latest | Self::Labs | Self::Version(_) => Ok(()),
        }
    }

    /// Checks that it supports everything that the file needs; returns the unsupported feature.
    pub(crate) fn knows(&self, needed: &Requirement) -> Result<(), String> {
        if let (Self::Latest | Self::Version(_), Some(feature)) = (self, &needed.labs) {
            return Err(format!(
                "`# syntax={}` does not know {feature}: only the labs channel does, \
                 `Syntax::Labs`",
                self.image()
            ));
        }
        let Self::Version(version) = self else {
            return Ok(());
        };
        if *version >= needed.version {
            Ok(())
        } else {
            Err(format!(
                "`# syntax=docker/dockerfile:{version}` does not know {}: that needs {}",
                needed.feature, needed.version
            ))
        }
    }
}

/// The oldest version, and its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Requirement {
    pub(crate) version: Version,
    pub(crate) feature: Cow<'static, str>,
    /// A feature of the labs channel only.
    pub(crate) labs: Option<String>,
}

/// Returns the feature that needs the newest frontend.
pub(crate) fn required(file: &File, text: &str) -> Requirement {
    let mut found = Features {
        most: Requirement {
            version: Version::new(1, 0),
            feature: "any Dockerfile".into(),
            labs: None,
        },
    };
    if file
        .directives
        .iter()
        .any(|directive| directive.name == "check")
    {
        found.add(8, "the directive `# check=`");
    }
    let has_check = text.contains("check=");
    for (_, _, instruction) in file.instructions() {
        found.instruction(instruction);
        if has_check && has_check_above(instruction, text) {
            found.add(21, "a comment `# check=` above an instruction");
        }
    }
    found.most
}

struct Features {
    most: Requirement,
}

impl Features {
    fn add(&mut self, minor: u16, feature: &'static str) {
        self.add_named(minor, || feature.into());
    }

    fn add_named(&mut self, minor: u16, feature: impl FnOnce() -> Cow<'static, str>) {
        let version = Version::new(1, minor);
        if version > self.most.version {
            self.most.version = version;
            self.most.feature = feature();
        }
    }

    /// Adds the versions of flags and mount options from the table.
    fn flags(&mut self, instruction: &Instruction) {
        let (keyword, run) = match &instruction.kind {
            Kind::Add(_) => ("ADD", None),
            Kind::Copy(_) => ("COPY", None),
            Kind::Healthcheck(_) => ("HEALTHCHECK", None),
            Kind::Run(run) => ("RUN", Some(run)),
            _ => return,
        };
        let spec = InstructionSpec::of(keyword);
        for flag in &instruction.flags {
            if let Some(flag) = spec.and_then(|spec| spec.flag(&flag.name)) {
                let feature = || format!("{keyword} --{}", flag.name);
                if flag.is_labs {
                    self.most.labs = Some(feature());
                }
                self.add_named(flag.since, || feature().into());
            }
        }
        let mounts = run.into_iter().flat_map(|run| &run.mounts);
        for field in mounts.flat_map(|mount| &mount.fields) {
            if let Some(option) = MountOption::of(&field.key) {
                self.add_named(option.since, || {
                    format!("the mount option `{}`", option.name()).into()
                });
            }
        }
    }

    /// Adds the versions of the newer forms of variables.
    fn word(&mut self, word: &str) {
        for (at, _) in word.match_indices('$') {
            let Some(rest) = word[at + 1..].strip_prefix('{') else {
                continue;
            };
            let rest = rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
            match rest.chars().next() {
                Some('-' | '+' | '?') => self.add(6, "`${NAME-word}` without a colon"),
                Some('#' | '%' | '/') => self.add(7, "a pattern in `${NAME..}`"),
                _ => {}
            }
        }
    }

    fn instruction(&mut self, instruction: &Instruction) {
        self.flags(instruction);
        match &instruction.kind {
            Kind::Env(pairs) | Kind::Label(pairs) => {
                for pair in pairs {
                    self.word(&pair.value);
                }
            }
            Kind::Arg(arguments) => {
                for argument in arguments {
                    if let Some(default) = &argument.default {
                        self.word(default);
                    }
                }
            }
            Kind::From(base) => self.word(&base.image),
            Kind::Workdir(word) | Kind::User(word) | Kind::Stopsignal(word) => self.word(word),
            Kind::Expose(words) | Kind::Volume(words) => {
                for word in words {
                    self.word(word);
                }
            }
            Kind::Add(transfer) | Kind::Copy(transfer) => self.transfer(transfer),
            Kind::Onbuild(inner) => {
                const FROM: &str = "`from` in ONBUILD";
                match &inner.kind {
                    Kind::Copy(transfer) if transfer.from.is_some() => self.add(11, FROM),
                    Kind::Run(run) if has_field(run, "from") => self.add(11, FROM),
                    _ => {}
                }
                self.instruction(inner);
            }
            Kind::Run(run) => {
                for mount in &run.mounts {
                    for field in &mount.fields {
                        if field.value.as_deref().is_some_and(has_variable) {
                            self.add(3, "a variable in --mount");
                        }
                    }
                }
                if !matches!(run.command, Command::Shell(_) | Command::Exec(_)) {
                    self.add(4, "a here-document");
                }
            }
            _ => {}
        }
    }

    fn transfer(&mut self, transfer: &Transfer) {
        self.word(&transfer.destination);
        if let Some(mode) = &transfer.chmod {
            if has_variable(mode) {
                self.add(10, "a variable in --chmod");
            } else if !mode.bytes().all(|byte| byte.is_ascii_digit()) {
                self.add(14, "--chmod with letters");
            }
        }
        for source in &transfer.sources {
            if let Source::Path(path) = source {
                self.word(path);
            }
            match source {
                Source::HereDocument(_) => self.add(4, "a here-document"),
                Source::Path(path) if is_git(path) => {
                    self.add(6, "ADD of a git repository");
                    if path.contains('?') {
                        self.add(18, "a query in the URL of a git repository");
                    }
                    if transfer.checksum.is_some() {
                        self.add(16, "the checksum of a git repository");
                    }
                }
                Source::Path(_) => {}
            }
        }
    }
}

/// Whether one of the comments directly above is `# check=`. Above the first instruction of a file it is a directive.
fn has_check_above(instruction: &Instruction, text: &str) -> bool {
    let above = text.get(..instruction.span.start).unwrap_or_default();
    let mut is_check = false;
    for line in above.lines().rev() {
        let Some(comment) = line.trim().strip_prefix('#') else {
            return is_check;
        };
        is_check |= comment.trim_start().starts_with("check=");
    }
    false
}

/// Whether a RUN has a mount of this type; `bind` is the type of one that names none.
pub(crate) fn has_mount(run: &Run, kind: &str) -> bool {
    run.mounts.iter().any(|mount| {
        let field = mount.fields.iter().find(|field| field.key == "type");
        let named = field.and_then(|field| field.value.as_ref());
        named.map_or(kind == "bind", |named| *named == *kind)
    })
}

/// Whether one of its mounts has this field.
pub(crate) fn has_field(run: &Run, key: &str) -> bool {
    for mount in &run.mounts {
        for field in &mount.fields {
            if field.key == key {
                return true;
            }
        }
    }
    false
}

/// Whether it contains a `$` that is not escaped.
fn has_variable(text: &str) -> bool {
    let mut escaped = false;
    for byte in text.bytes() {
        if byte == b'$' && !escaped {
            return true;
        }
        escaped = byte == b'\\' && !escaped;
    }
    false
}
