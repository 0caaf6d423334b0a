//! The result of a check: one [`Finding`] per violation of a rule.
//! A finding never contains the value of a secret, only its id.

use std::fmt;

use crate::Span;
use crate::code::{CauseCode, SinkCode, StepCode};
use crate::report::Fix;

/// One violation of a rule, with its flow and a fix.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The violated rule.
    pub rule: Rule,
    /// Whether it fails a check.
    pub severity: Severity,
    /// Where the value ends up.
    pub channel: Channel,
    /// The id of the secret (or the name of the hole), if the finding is about one.
    pub secret: Option<String>,
    /// The sink, as written: `/root/.npmrc`, `frobnicate`. Empty if unnamed.
    pub sink: String,
    /// The kind of sink, if it is one; stable, for machines.
    pub sink_code: Option<SinkCode>,
    /// Index of the stage in the file, from 0.
    pub stage: usize,
    /// Index of the instruction in its stage, from 0; `None` for FROM itself and for the text before it.
    pub instruction: Option<usize>,
    /// Position of the sink in the checked text (Dockerfile, or script with holes).
    pub span: Span,
    /// Further positions of the same finding, in text order.
    pub also: Vec<Span>,
    /// Places in other files that it is about.
    pub elsewhere: Vec<Elsewhere>,
    /// The steps of the value from its source to the sink, in order.
    pub way: Vec<WayStep>,
    /// One sentence: starts lowercase, no final dot.
    pub message: String,
    /// What to write instead; works when it is pasted.
    pub help: Option<String>,
    /// The same as data. [`edits::repair`](crate::edits::repair) makes edits of a Dockerfile of it.
    pub fix: Option<Fix>,
    /// The stage, if it is not part of the final image: its files are in the build cache.
    pub builder_stage: Option<String>,
    /// Whether it is only advice: neither `--strict` nor the typed API makes it an error.
    pub is_advice: bool,
    /// The settings of the base image that decide whether it is a leak: `HOME`, `WORKDIR`, variables.
    pub depends_on: Vec<String>,
}

impl Finding {
    /// Creates a finding with the rule's own severity and channel, for the caller to complete.
    #[must_use]
    pub fn new(rule: Rule, span: Span, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity: rule.severity(),
            channel: rule.channel(),
            secret: None,
            sink: String::new(),
            sink_code: sink_of(rule),
            stage: 0,
            instruction: None,
            span,
            also: Vec::new(),
            elsewhere: Vec::new(),
            way: Vec::new(),
            message: message.into(),
            help: None,
            fix: None,
            builder_stage: None,
            is_advice: false,
            depends_on: Vec::new(),
        }
    }

    /// Returns the finding with this fix, and its sentence as the help.
    #[must_use]
    pub fn with_fix(self, fix: impl Into<Option<Fix>>) -> Self {
        let fix = fix.into();
        Self {
            help: fix.as_ref().map(ToString::to_string),
            fix,
            ..self
        }
    }

    /// Whether the typed API rejects a Dockerfile because of it: an error, or a possible leak that cannot be excluded.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        let is_unknown = matches!(
            self.rule,
            Rule::SecretInCacheMount
                | Rule::SecretToUnknownProgram
                | Rule::SecretToProjectCode
                | Rule::SecretUnderUnknownShell
                | Rule::SecretInOpaqueSyntax
                | Rule::DerivedSecretInLayer
                | Rule::DerivedSecretInBuildLog
                | Rule::SecretsUsedInArgOrEnv
                | Rule::LiteralCredential
        );
        let is_swept =
            self.rule == Rule::SecretInUnknownDirectory && self.channel == Channel::Opaque;
        self.severity == Severity::Error || !self.is_advice && (is_unknown || is_swept)
    }

    /// Returns the comment that accepts it, for the line above its instruction; `None` for findings about comments.
    #[must_use]
    pub fn accepting_comment(&self) -> Option<String> {
        if matches!(self.rule, Rule::UnusedNote | Rule::MalformedNote) {
            return None;
        }
        let secret = self
            .secret
            .as_ref()
            .filter(|id| !id.is_empty() && !id.contains([' ', '"']) && self.also.is_empty())
            .map(|id| format!(" secret={id}"))
            .unwrap_or_default();
        Some(format!(
            "# dockerfile-dsl: allow={}{secret} reason=\"..\"",
            self.rule
        ))
    }

    /// Returns the program that issued the derived secret, if the finding is about one.
    #[must_use]
    pub fn issued_by(&self) -> Option<&str> {
        let mut steps = self.way.iter().rev();
        let issued = steps.find(|step| step.code == StepCode::Issue)?;
        issued.program.as_deref()?.split(' ').next()
    }

    /// Whether `declassify=TEXT` covers it: the id of its secret, or `ID/PROGRAM` for a derived secret.
    #[must_use]
    pub fn is_declassified_by(&self, text: &str) -> bool {
        let secret = self.secret.as_deref();
        match self.issued_by() {
            None => secret == Some(text),
            Some(program) => {
                let named = text.rsplit_once('/');
                named.is_some_and(|(id, name)| secret == Some(id) && name == program)
            }
        }
    }

    /// Whether `--strict` makes it an error.
    #[must_use]
    pub fn is_error_when_strict(&self) -> bool {
        let is_note = matches!(self.rule, Rule::UnusedNote | Rule::MalformedNote);
        let is_named = matches!(
            self.rule,
            Rule::SecretsUsedInArgOrEnv
                | Rule::LiteralCredential
                | Rule::DerivedSecretInLayer
                | Rule::DerivedSecretInBuildLog
                | Rule::SecretInBuildArg
        );
        !self.is_advice && !is_note && (self.channel == Channel::Opaque || is_named)
    }
}

/// Returns the kind of sink for a rule without flow analysis.
const fn sink_of(rule: Rule) -> Option<SinkCode> {
    match rule.channel() {
        Channel::Config => Some(SinkCode::ImageConfig),
        Channel::Context => Some(SinkCode::BuildContext),
        _ => None,
    }
}

/// A place in another file: of a build, the Dockerfile; with the line, so that it can be shown without that file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// Path of the file.
    pub path: String,
    /// Line in the file, from 1.
    pub line: usize,
    /// The text of the line, with credentials masked.
    pub source: String,
    /// Position in that text.
    pub span: Span,
    /// What is there, in a few words.
    pub label: String,
}

impl Elsewhere {
    /// Returns the column of the first character, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.characters_before(self.span.start)
    }

    /// Returns the column after the last character.
    #[must_use]
    pub fn end_column(&self) -> usize {
        self.characters_before(self.span.end)
    }

    fn characters_before(&self, offset: usize) -> usize {
        let before = self.source.get(..offset);
        before.map_or(1, |before| before.chars().count() + 1)
    }
}

/// One step in the flow of a value: `read by cat`, `kept in $T`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WayStep {
    /// Position of the step.
    pub span: Span,
    /// The step in a few words.
    pub text: String,
    /// The step for machines; stable.
    pub code: StepCode,
    /// What wrote the file or determined its name, if the step does that.
    pub cause: Option<CauseCode>,
    /// The program that took the step, with its sub-command if relevant.
    pub program: Option<String>,
    /// The file that is read or written, with `...` for each unknown part.
    pub path: Option<String>,
    /// The variable that stores it.
    pub variable: Option<String>,
}

/// Whether a finding fails a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// A possible problem.
    Warning,
    /// A leak, or a possible one that cannot be excluded.
    Error,
}

/// Where a value may end up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Channel {
    /// A file (or its name, link target, attributes) in an image layer.
    Layer,
    /// The build log: stdout, stderr, `set -x`.
    Log,
    /// The image config or its history.
    Config,
    /// A file of the build context.
    Context,
    /// A cache mount: not in the image, but kept by the builder.
    Cache,
    /// A program or a construct that is not analysed.
    Opaque,
    /// A host that the author does not permit.
    Host,
}

impl Channel {
    /// Returns the name in machine-readable output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Layer => "layer",
            Self::Log => "log",
            Self::Config => "config",
            Self::Context => "context",
            Self::Cache => "cache",
            Self::Opaque => "opaque",
            Self::Host => "host",
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident: $severity:ident, $channel:ident;)*) => {
        /// A rule. Its name describes the bad pattern and reads as "allow X".
        ///
        /// Each rule has a page: what it finds, why that matters, a bad and a good example, and the matching command line.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $(
                $(#[$doc])*
                #[doc = ""]
                #[doc = include_str!(concat!("rules/", stringify!($name), ".md"))]
                $name,
            )*
        }

        impl Rule {
            /// All rules, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Returns the name, as suppressions and machine-readable output write it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// Returns the default severity of its findings.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }

            /// Returns the default channel of its findings.
            #[must_use]
            pub const fn channel(self) -> Channel {
                match self { $(Self::$name => Channel::$channel,)* }
            }
        }
    };
}

rules! {
    /// The value is written to a file that becomes part of an image layer.
    SecretInLayer: Error, Layer;
    /// The value is printed to the build log.
    SecretInBuildLog: Error, Log;
    /// The value is written to a cache mount, which outlives the build and is shared with other builds.
    SecretInCacheMount: Warning, Cache;
    /// A secret that a program decrypted, fetched or issued by means of another secret is written to a file that becomes part of an image layer.
    DerivedSecretInLayer: Warning, Layer;
    /// A secret that a program decrypted, fetched or issued by means of another secret is printed to the build log.
    DerivedSecretInBuildLog: Warning, Log;
    /// The value is passed to a program, or to an argument of one, that is not in the program database.
    SecretToUnknownProgram: Warning, Opaque;
    /// The value is passed to a program that runs code of the project: `make`, `npm run`, a script of the build context.
    SecretToProjectCode: Warning, Opaque;
    /// The value is sent to a host that `only-to` does not list, or to an unknown host.
    SecretToOtherHost: Error, Host;
    /// The step runs under a shell that is not analysed.
    SecretUnderUnknownShell: Warning, Opaque;
    /// A leak depends on a directory that the base image sets, and the image is not described.
    SecretInUnknownDirectory: Warning, Opaque;
    /// The script contains syntax that the analysis does not model, and a secret is in its scope.
    SecretInOpaqueSyntax: Warning, Opaque;
    /// A script contains the path of a secret mount as literal text instead of the secret's name.
    LiteralSecretPath: Error, Opaque;
    /// A public value is in a place where it could change what a command does with the secret.
    PublicValueAsOption: Error, Opaque;
    /// A public value is in text that is evaluated later, or in a place without safe quoting.
    UnquotableValue: Error, Opaque;
    /// An ARG or ENV has a name that looks like that of a secret. BuildKit has a build check of the same name.
    SecretsUsedInArgOrEnv: Warning, Config;
    /// An instruction contains a token, a key or a password as literal text.
    LiteralCredential: Error, Config;
    /// A file whose well-known name marks a secret is copied from the build context.
    SecretFileInContext: Error, Context;
    /// A step uses a secret mount that is not `required=true`: a missing secret goes unnoticed.
    SecretNotRequired: Warning, Log;
    /// The USER of the step cannot read the secret mount.
    SecretUnreadable: Error, Log;
    /// A RUN uses `/run/secrets/ID` without mounting it.
    SecretNotMounted: Warning, Log;
    /// A variable gets the path of a secret, or the text of a command, instead of the secret's value.
    SecretNotRead: Warning, Log;
    /// A secret is mounted, and no command of its RUN reads it.
    SecretNotUsed: Warning, Log;
    /// A secret mount has an id with a slash and no target: builders mount it at different places.
    DefaultTargetDiffers: Warning, Log;
    /// A secret is mounted at `~/..` or `$HOME/..`, which is not the home directory in a mount option.
    HomeInMountTarget: Warning, Log;
    /// Two mounts of one RUN have the same or overlapping targets.
    OverlappingMounts: Error, Opaque;
    /// A secret is mounted as an environment variable that changes how programs run.
    ReservedVariable: Error, Opaque;
    /// A Dockerfile mounts a secret that a build of it does not pass.
    MountedSecretNotPassed: Warning, Log;
    /// A build passes a secret that no step of its Dockerfile mounts.
    PassedSecretNotMounted: Warning, Log;
    /// A build passes a secret as a build argument.
    SecretInBuildArg: Warning, Config;
    /// A workflow pastes a secret into a list, where a line break or a quote in the value ends it.
    InlineSecretValue: Warning, Log;
    /// A service of a compose file uses a secret that the file does not declare.
    SecretNotDeclared: Warning, Log;
    /// A service of a compose file passes a secret whose id depends on the tool that builds it.
    AmbiguousSecretId: Warning, Log;
    /// A secret of a bake file has a key that bake ignores.
    IgnoredSecretOption: Warning, Log;
    /// A workflow uploads the record of a build whose arguments or log contain a secret.
    SecretInBuildRecord: Warning, Log;
    /// A workflow calls another one that uses a secret, without passing it.
    SecretNotInherited: Warning, Log;
    /// A build is not compared with its Dockerfile, because a part of the build is known only at run time.
    CallerNotUnderstood: Warning, Opaque;
    /// The file contains bytes that are not UTF-8, which BuildKit replaces.
    InvalidUtf8: Warning, Config;
    /// A `# dockerfile-dsl:` comment that has no effect: misspelled, without a reason, or above no instruction.
    MalformedNote: Error, Opaque;
    /// A `# dockerfile-dsl:` comment that has no effect on any finding.
    UnusedNote: Warning, Opaque;
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
