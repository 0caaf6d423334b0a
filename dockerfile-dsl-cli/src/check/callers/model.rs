//! What a build passes to its Dockerfile: a [`Caller`] per build.
//!
//! One form for every front end. A reader fills it from the text of one file; the comparison with Dockerfiles is elsewhere. What a
//! reader does not understand is [`Unread`], never a guess.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use dockerfile_dsl_analysis::{Finding, Span};

use super::super::kind::FrontEnd;
use super::tree::Node;

/// The text of a part that is only known when the build runs.
pub(crate) const UNKNOWN: char = '\u{fffc}';

/// One build that a file starts.
#[derive(Debug)]
pub(crate) struct Caller {
    /// What it is called in messages: "service `web`", "`docker build`".
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) dockerfile: Location,
    pub(crate) target: Target,
    pub(crate) secrets: Vec<Passed>,
    pub(crate) arguments: Vec<BuildArgument>,
    /// Parts that may add secrets.
    pub(crate) unread: Vec<Unread>,
    /// Where it uploads the record of the build, with its arguments and its log.
    pub(crate) record: Option<Span>,
}

impl Caller {
    pub(crate) fn new(name: impl Into<String>, span: Span, dockerfile: Location) -> Self {
        Self {
            name: name.into(),
            span,
            dockerfile,
            target: Target::Last,
            secrets: Vec::new(),
            arguments: Vec::new(),
            unread: Vec::new(),
            record: None,
        }
    }
}

/// Where the Dockerfile of a build is.
#[derive(Debug)]
pub(crate) enum Location {
    /// The first of these that exists.
    Candidates(Vec<PathBuf>),
    /// It is named in another file, which is read by itself: a compose or bake file.
    OtherFile,
    Unread(Unread),
}

/// The target stage of a build.
#[derive(Debug)]
pub(crate) enum Target {
    /// The last stage.
    Last,
    Stage(String),
    Unread(Unread),
}

impl Target {
    /// Returns the stage that a text names.
    pub(crate) fn named(text: String, span: Span) -> Self {
        if text.contains(UNKNOWN) {
            let message = "the target stage is a value that is not written here";
            Self::Unread(Unread::new(span, message))
        } else {
            Self::Stage(text)
        }
    }
}

/// A secret that the build gets.
#[derive(Debug)]
pub(crate) struct Passed {
    /// Its id; more than one where tools disagree.
    pub(crate) ids: Vec<String>,
    pub(crate) span: Span,
}

impl Passed {
    pub(crate) fn new(id: impl Into<String>, span: Span) -> Self {
        Self {
            ids: vec![id.into()],
            span,
        }
    }
}

/// A build argument.
#[derive(Debug)]
pub(crate) struct BuildArgument {
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) secret: Option<Carried>,
}

/// How it is known that a build argument carries a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Carried {
    /// It is a value of a store of secrets, as written here.
    Store(String),
    /// A name says so.
    Name,
    /// It is the content of a file of this name.
    File(String),
}

/// A part whose meaning is only known when the build runs, or that is outside of what the reader knows.
#[derive(Debug, Clone)]
pub(crate) struct Unread {
    pub(crate) span: Span,
    /// One sentence about it: starts lowercase, no final dot.
    pub(crate) message: String,
}

impl Unread {
    pub(crate) fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
        }
    }
}

/// A workflow that another one calls, and the secrets that it uses.
#[derive(Debug)]
pub(crate) struct Called {
    /// The job that calls it.
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) workflow: PathBuf,
    /// The names of the secrets that it passes; `None` for `inherit`.
    pub(crate) passed: Option<Vec<String>>,
}

/// A file of the repository that this one includes. It is read by itself.
#[derive(Debug)]
pub(crate) struct Include {
    /// The first of these that exists.
    pub(crate) candidates: Vec<PathBuf>,
    pub(crate) span: Span,
    pub(crate) front_end: FrontEnd,
}

impl Include {
    pub(crate) fn new(candidates: Vec<PathBuf>, span: Span, front_end: FrontEnd) -> Self {
        Self {
            candidates: candidates.iter().map(|path| cleaned(path)).collect(),
            span,
            front_end,
        }
    }

    /// Whether it is one of these files.
    pub(crate) fn is_in(&self, read: &BTreeSet<PathBuf>) -> bool {
        self.candidates.iter().any(|path| read.contains(path))
    }
}

/// Returns what says that these are not read, once for all of them.
pub(crate) fn elsewhere(what: &str, parts: &[(String, Span)]) -> Option<Unread> {
    const SHOWN: usize = 3;
    let (_, span) = parts.first()?;
    let mut names: Vec<String> = Vec::new();
    for (name, _) in parts {
        let name = format!("`{}`", name.replace(UNKNOWN, ".."));
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let more = match names.len().saturating_sub(SHOWN) {
        0 => String::new(),
        count => format!(" and {count} more"),
    };
    names.truncate(SHOWN);
    let message = format!("{what} not read: {}{more}", names.join(", "));
    Some(Unread::new(*span, message))
}

/// All that a reader finds in one file.
#[derive(Debug, Default)]
pub(crate) struct Callers {
    /// The file as a tree, if it is YAML, JSON or HCL.
    pub(crate) documents: Vec<Rc<Node>>,
    pub(crate) callers: Vec<Caller>,
    pub(crate) calls: Vec<Called>,
    pub(crate) includes: Vec<Include>,
    /// Names of the secrets that a workflow uses, with the first place of each.
    pub(crate) used_secrets: Vec<(String, Span)>,
    /// Whether other workflows can call it.
    pub(crate) is_callable: bool,
    /// Mistakes that need no Dockerfile to be seen.
    pub(crate) findings: Vec<Finding>,
    /// What is not understood and belongs to no build in particular.
    pub(crate) unread: Vec<Unread>,
}

/// The folders that paths in a file are relative to.
#[derive(Debug, Clone)]
pub(crate) struct Folders {
    /// The folder of the file.
    pub(crate) own: PathBuf,
    /// The root of the repository.
    pub(crate) root: PathBuf,
}

impl Folders {
    pub(crate) fn of(path: &Path) -> Self {
        let own = path.parent().unwrap_or(Path::new("")).to_owned();
        let mut root = own.as_path();
        // A workflow runs in the root of its repository.
        let github = own.ancestors().find(|folder| folder.ends_with(".github"));
        if let Some(parent) = github.and_then(Path::parent) {
            root = parent;
        } else {
            let mut folders = own.ancestors();
            let is_root = |folder: &&Path| folder.join(".git").exists();
            root = folders.find(is_root).unwrap_or(if root.is_absolute() {
                root
            } else {
                Path::new("")
            });
        }
        Self {
            root: root.to_owned(),
            own,
        }
    }
}

/// Returns the Dockerfile of a context on this machine, unless it is known that it is elsewhere.
pub(crate) fn locate(folder: &Path, context: &str, file: Option<&str>, span: Span) -> Location {
    if let Some(unknown) = [Some(context), file]
        .into_iter()
        .flatten()
        .find(|text| text.contains(UNKNOWN))
    {
        let shown = unknown.replace(UNKNOWN, "..");
        let written = if shown == ".." {
            String::new()
        } else {
            format!(": `{shown}`")
        };
        return Location::Unread(Unread::new(
            span,
            format!(
                "which Dockerfile is built depends on a value that is not written here{written}"
            ),
        ));
    }
    if is_remote(context) {
        return Location::Unread(Unread::new(
            span,
            format!("the build context `{context}` is not in this repository"),
        ));
    }
    let context = folder.join(context);
    Location::Candidates(match file {
        Some(file) => vec![context.join(file)],
        None => vec![context.join("Dockerfile")],
    })
}

/// Whether a context is fetched from elsewhere.
pub(crate) fn is_remote(context: &str) -> bool {
    context.contains("://") || context.starts_with("git@") || context.starts_with("github.com/")
}

/// Returns the path without `.` and `..`.
pub(crate) fn cleaned(path: &Path) -> PathBuf {
    use std::path::Component;

    let mut clean = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                let is_named = matches!(clean.components().next_back(), Some(Component::Normal(_)));
                if is_named {
                    clean.pop();
                } else {
                    clean.push("..");
                }
            }
            other => clean.push(other),
        }
    }
    clean
}
