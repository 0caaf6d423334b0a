//! What went wrong, in words: the input, the place, and what to do next.
//!
//! In: refusals and findings of the whole file, or one failure. Out: one opaque [`Error`].
//! Invariant: it holds no value of a secret, nor the output of a program that could see one.

use std::{fmt, io};

use dockerfile_dsl_analysis::{Finding, Severity, masked};

/// One thing that is wrong with a Dockerfile, and its place. Displayed, it is both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The stage and the instruction, in words; empty for the file as a whole.
    pub(crate) place: String,
    /// Lowercase, no final dot.
    pub(crate) message: String,
    /// `file:line:column` of Rust, where that is known.
    pub(crate) source: Option<String>,
}

/// Why something was refused, or did not work.
///
/// ```
/// # use dockerfile_dsl::{Dockerfile, Stage};
/// let stage = Stage::from_image("debian").workdir("/a\nb").build();
/// let error = Dockerfile::from_stage(&stage).unwrap_err();
/// assert!(!error.is_leak());
/// for problem in error.problems() {
///     eprintln!("{}: {}", problem.place(), problem.message());
/// }
/// ```
pub struct Error {
    kind: Box<ErrorKind>,
}

enum ErrorKind {
    /// One thing is wrong.
    Message(String),
    /// Several things may be wrong with a Dockerfile; at least one is.
    Refused {
        problems: Vec<Problem>,
        findings: Vec<Finding>,
        report: String,
    },
    /// The system refused.
    Io { context: String, source: io::Error },
    /// The builder ended with a failure.
    #[cfg(feature = "run")]
    Failed { message: String, code: Option<i32> },
}

impl Error {
    /// One sentence: lowercase, no final dot, says what to do next. A credential in it is masked: a wrong input may be one by mistake.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            kind: Box::new(ErrorKind::Message(masked(&message.into()).into_owned())),
        }
    }

    /// A failure of the system, while doing `context`.
    pub(crate) fn io(context: impl Into<String>, source: io::Error) -> Self {
        Self {
            kind: Box::new(ErrorKind::Io {
                context: masked(&context.into()).into_owned(),
                source,
            }),
        }
    }

    /// Everything that is wrong with a Dockerfile. `report` shows the findings in their text.
    pub(crate) fn refused(
        mut problems: Vec<Problem>,
        findings: Vec<Finding>,
        report: String,
    ) -> Self {
        for problem in &mut problems {
            problem.place = masked(&problem.place).into_owned();
            problem.message = masked(&problem.message).into_owned();
        }
        Self {
            kind: Box::new(ErrorKind::Refused {
                problems,
                findings,
                report,
            }),
        }
    }

    /// A builder that failed.
    #[cfg(feature = "run")]
    pub(crate) fn failed(message: impl Into<String>, status: std::process::ExitStatus) -> Self {
        Self {
            kind: Box::new(ErrorKind::Failed {
                message: masked(&message.into()).into_owned(),
                code: status.code(),
            }),
        }
    }

    /// The exit code of the builder, if it is why [`BuildCommand::run`](crate::BuildCommand::run) failed. `None` also where a
    /// signal ended it. Feature `run`.
    #[cfg(feature = "run")]
    #[must_use]
    pub fn exit_code(&self) -> Option<i32> {
        match &*self.kind {
            ErrorKind::Failed { code, .. } => *code,
            _ => None,
        }
    }

    /// Whether a secret would leak: at least one of the [`findings`](Self::findings) is an error of that kind.
    #[must_use]
    pub fn is_leak(&self) -> bool {
        self.findings().iter().any(|finding| {
            matches!(finding.rule.severity(), Severity::Error) && finding.secret.is_some()
        })
    }

    /// What is wrong with the instructions themselves, if that is why it was refused.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        match &*self.kind {
            ErrorKind::Refused { problems, .. } => problems,
            _ => &[],
        }
    }

    /// The flows of secrets that were found, if that is why it was refused.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Secret};
    /// # const TOKEN: Secret = Secret::env("TOKEN");
    /// let text = "FROM debian\nRUN --mount=type=secret,id=TOKEN cp /run/secrets/TOKEN /srv/token\n";
    /// let error = Dockerfile::parse(text, &[TOKEN]).unwrap_err();
    /// assert!(error.is_leak());
    /// assert_eq!(error.findings()[0].rule.name(), "SecretInLayer");
    /// ```
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        match &*self.kind {
            ErrorKind::Refused { findings, .. } => findings,
            _ => &[],
        }
    }
}

impl Problem {
    /// The stage and the instruction, in words; empty for the file as a whole.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The place in the Rust source as `file:line:column`, if it is known.
    #[must_use]
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    /// What is wrong and what to do, as a sentence that starts in lower case and has no final dot.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(&self.message)?;
        match &self.source {
            Some(source) => write!(f, "\n --> {source}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.kind {
            ErrorKind::Message(message) => f.write_str(message),
            ErrorKind::Io { context, source } => write!(f, "{context}: {source}"),
            #[cfg(feature = "run")]
            ErrorKind::Failed { message, .. } => f.write_str(message),
            ErrorKind::Refused {
                problems, report, ..
            } => {
                let mut parts: Vec<String> = problems.iter().map(Problem::to_string).collect();
                if !report.is_empty() {
                    parts.push(report.clone());
                }
                f.write_str(&parts.join("\n"))
            }
        }
    }
}

/// As it is displayed: `unwrap` and `?` in `main` print this.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.kind {
            ErrorKind::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
