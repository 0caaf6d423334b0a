//! The differences that are intended, each with its reason.

use std::fmt;

use dockerfile_dsl_analysis::dockerfile::{self, Kind};

/// What BuildKit and the reader say differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// We accept what BuildKit refuses, for this reason.
    WeAccept(String),
    /// We refuse what BuildKit accepts, for this reason.
    WeRefuse(String),
    /// Both accept it with other parts.
    Parts {
        /// What the reader says.
        ours: String,
        /// What BuildKit says.
        theirs: String,
    },
}

impl Difference {
    /// Returns a difference unless the two are equal.
    pub fn of_parts<T: fmt::Debug + PartialEq>(ours: &T, theirs: &T) -> Option<Self> {
        (ours != theirs).then(|| Self::Parts {
            ours: format!("{ours:?}"),
            theirs: format!("{theirs:?}"),
        })
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WeAccept(reason) => write!(f, "BuildKit refuses this: {reason}"),
            Self::WeRefuse(reason) => write!(f, "BuildKit accepts this, and we say: {reason}"),
            Self::Parts { ours, theirs } => {
                write!(f, "BuildKit: {theirs}\n     we: {ours}")
            }
        }
    }
}

/// A difference that is no error.
#[derive(Debug)]
pub struct Known {
    /// What it is called in the counts.
    pub name: &'static str,
    /// Why we say something else than BuildKit.
    pub reason: &'static str,
    is_it: fn(&str, &Difference) -> bool,
}

/// Returns the intended difference that this is.
#[must_use]
pub fn known(text: &str, difference: &Difference) -> Option<&'static Known> {
    KNOWN.iter().find(|known| (known.is_it)(text, difference))
}

/// Each of them.
pub const KNOWN: &[Known] = &[
    Known {
        name: "value from outside",
        reason: "a base image or a build argument may set the variable",
        is_it: |text, difference| {
            matches!(difference, Difference::WeAccept(_))
                && text.contains('$')
                && (has_image(text) || has_build_argument(text))
        },
    },
    Known {
        name: "working directory of the base",
        reason: "a mount without a target is at WORKDIR, which the base image may set",
        is_it: |text, difference| {
            refused(difference, "invalid mount target \"/\"") && has_image(text)
        },
    },
    Known {
        name: "number of an image",
        reason: "BuildKit counts an image that a mount or COPY takes files from as one more stage",
        is_it: |_, difference| match difference {
            Difference::WeRefuse(reason) => reason.contains("stages here, counted from 0"),
            _ => false,
        },
    },
    Known {
        name: "mount over the root",
        reason: "BuildKit refuses the target `/` alone, and would start the step on an empty root",
        is_it: |_, difference| match difference {
            Difference::WeRefuse(reason) => reason.contains("cannot have the target `/`"),
            _ => false,
        },
    },
    Known {
        name: "RUN without arguments",
        reason: "BuildKit reads `RUN []`, and the build ends there: `arguments are required`",
        is_it: |text, difference| match difference {
            Difference::WeRefuse(reason) => {
                text.contains('[') && reason == "RUN needs at least one argument"
            }
            _ => false,
        },
    },
    Known {
        name: "paths of Windows",
        reason: "a stage for Windows has backslashes in its directory; the analysis is of Linux",
        is_it: |text, difference| match difference {
            Difference::Parts { theirs, .. } => {
                text.to_lowercase().contains("windows") && theirs.contains(r"\\")
            }
            _ => false,
        },
    },
    Known {
        name: "size without end",
        reason: "BuildKit takes a size from 8 EiB on for a negative number",
        is_it: |_, difference| match difference {
            Difference::Parts { theirs, .. } => theirs.contains("\"-9223372036854775808\""),
            _ => false,
        },
    },
    Known {
        name: "PATH of the base",
        reason: "BuildKit sets PATH if the base has none, as here; images in use have one",
        is_it: |text, difference| match difference {
            Difference::Parts { theirs, .. } => {
                text.contains("PATH") && theirs.contains("/usr/local/sbin:")
            }
            _ => false,
        },
    },
];

fn refused(difference: &Difference, expected: &str) -> bool {
    matches!(difference, Difference::WeAccept(reason) if reason.contains(expected))
}

/// Whether a stage is based on an image.
fn has_image(text: &str) -> bool {
    let Ok(file) = dockerfile::read_syntax(text) else {
        return false;
    };
    let mut bases = file.stages.iter().enumerate();
    bases.any(|(at, stage)| {
        stage.base.as_str() != "scratch" && file.stage_named(&stage.base, at).is_none()
    })
}

/// Whether a build argument may set a variable that the text does not.
fn has_build_argument(text: &str) -> bool {
    let Ok(file) = dockerfile::read_syntax(text) else {
        return false;
    };
    let has_no_default = |kind: &Kind| match kind {
        Kind::Arg(arguments) => arguments.iter().any(|argument| argument.default.is_none()),
        _ => false,
    };
    file.instructions()
        .any(|(_, _, instruction)| match &instruction.kind {
            Kind::Onbuild(inner) => has_no_default(&inner.kind),
            kind => has_no_default(kind),
        })
}
