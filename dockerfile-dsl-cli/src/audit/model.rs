//! What an audit says of one Dockerfile: its stages, its secrets, and where each of them ends.
//!
//! Plain data, and its words, which every format uses. Names are those of the file: a format escapes them.

/// The audit of one file.
#[derive(Debug)]
pub(super) struct Model {
    /// Path as given.
    pub(super) path: String,
    pub(super) stages: Vec<Stage>,
    /// The instructions that a secret reaches, by stage, in text order.
    pub(super) steps: Vec<Step>,
    /// The secrets, by id.
    pub(super) secrets: Vec<Secret>,
    /// By step, and for each step by secret.
    pub(super) flows: Vec<Flow>,
    pub(super) decisions: Vec<Decision>,
    pub(super) notes: Vec<Note>,
}

/// A stage.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) name: Option<String>,
    /// The base image, or the name of the stage that it is based on.
    pub(super) base: String,
    /// The stage that it is based on.
    pub(super) based_on: Option<usize>,
    /// The stages that it takes files of: `COPY --from`, mounts. Sorted.
    pub(super) files_of: Vec<usize>,
    /// Whether the final image contains its layers.
    pub(super) is_in_image: bool,
}

/// An instruction that a secret reaches.
#[derive(Debug)]
pub(super) struct Step {
    /// Index of the stage that runs it.
    pub(super) stage: usize,
    /// Line, from 1.
    pub(super) line: usize,
    /// Keyword and the first line of its command, without flags; credentials are masked.
    pub(super) text: String,
    pub(super) is_onbuild: bool,
}

/// A secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Secret {
    pub(super) id: String,
    pub(super) source: Source,
}

/// What gives the build a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// `--secret` of the build command.
    BuildSecret,
    /// `--build-arg` of the build command.
    BuildArgument,
    /// The text of the Dockerfile.
    Text,
    /// A file of the build context.
    BuildContext,
}

/// One secret in one step: how it gets there, what program gets it, and where it ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Flow {
    /// Index of the step.
    pub(super) step: usize,
    /// Index of the secret.
    pub(super) secret: usize,
    pub(super) delivery: Delivery,
    pub(super) program: Option<Program>,
    pub(super) end: End,
    /// The rule that reports it.
    pub(super) rule: Option<&'static str>,
    /// Whether a decision of trust accepts it.
    pub(super) is_accepted: bool,
}

/// How a secret gets into a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Delivery {
    /// `--mount=type=secret`
    Mount {
        target: Option<String>,
        variable: Option<String>,
        is_required: bool,
    },
    /// An earlier step left it in a file or a cache mount.
    Kept,
    /// The instruction contains or declares it.
    Written,
}

/// A program that gets a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Program {
    /// With the sub-command: `git clone`.
    pub(super) name: String,
    /// Line of the command, from 1.
    pub(super) line: usize,
}

/// Where a secret ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// It does not leave the step.
    Nowhere,
    /// A server. `None`: the host is not known.
    Host(Option<String>),
    /// A file in a layer. `builder_stage`: the stage, if the image does not contain it.
    Layer {
        path: String,
        builder_stage: Option<String>,
    },
    /// The build log.
    Log,
    /// The config or the history of the image.
    Config,
    /// A file in a cache mount.
    Cache(String),
    /// What is not analysed: a program, code of the project, an instruction that runs in another build.
    Unknown(String),
}

/// A decision of trust.
#[derive(Debug)]
pub(super) struct Decision {
    /// Line of the comment; `None` if the configuration makes it.
    pub(super) line: Option<usize>,
    /// The decision, as its comment writes it.
    pub(super) text: String,
    pub(super) reason: Option<String>,
}

/// A remark about a step.
#[derive(Debug)]
pub(super) struct Note {
    /// Index of the step.
    pub(super) step: usize,
    pub(super) text: String,
}

impl Model {
    /// Returns a stage in words.
    pub(super) fn stage(&self, index: usize) -> String {
        let name = self
            .stages
            .get(index)
            .and_then(|stage| stage.name.as_deref());
        name.map_or_else(
            || format!("stage {index}"),
            |name| format!("stage `{name}`"),
        )
    }

    /// Returns the place of a step in words.
    pub(super) fn place(&self, step: &Step) -> String {
        format!("{}, line {}", self.stage(step.stage), step.line)
    }

    /// Returns what a stage takes from others, in words.
    pub(super) fn files_of(&self, stage: &Stage) -> Option<String> {
        let names: Vec<String> = stage.files_of.iter().map(|of| self.stage(*of)).collect();
        (!names.is_empty()).then(|| format!("takes files of {}", names.join(", ")))
    }

    /// Returns the flows of a step, in order.
    pub(super) fn flows_of(&self, step: usize) -> impl Iterator<Item = &Flow> {
        self.flows.iter().filter(move |flow| flow.step == step)
    }

    /// Counts what there is, in words.
    pub(super) fn summary(&self) -> String {
        let leaked = |flow: &&Flow| flow.end.is_leak();
        let mut leaks: Vec<usize> = self.flows.iter().filter(leaked).map(|f| f.secret).collect();
        leaks.sort_unstable();
        leaks.dedup();
        format!(
            "{}, {}, {}; {}",
            plural(self.secrets.len(), "secret"),
            plural(self.steps.len(), "step"),
            plural(self.stages.len(), "stage"),
            match leaks.len() {
                0 => "none ends in the image, in the log or in a cache".to_owned(),
                1 => "1 secret ends in the image, in the log or in a cache".to_owned(),
                count => format!("{count} secrets end in the image, in the log or in a cache"),
            }
        )
    }
}

fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

impl Step {
    /// Returns the suffix that says who asked for the step.
    pub(super) const fn origin(&self) -> &'static str {
        if self.is_onbuild {
            ", by ONBUILD of its base"
        } else {
            ""
        }
    }
}

impl Source {
    /// Name in JSON.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::BuildSecret => "build-secret",
            Self::BuildArgument => "build-argument",
            Self::Text => "text",
            Self::BuildContext => "build-context",
        }
    }

    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::BuildSecret => "secret",
            Self::BuildArgument => "build argument",
            Self::Text => "text",
            Self::BuildContext => "context file",
        }
    }
}

impl Secret {
    /// Returns the secret in words.
    pub(super) fn words(&self) -> String {
        format!("{} `{}`", self.source.words(), self.id)
    }
}

impl Delivery {
    /// Returns how the step gets the secret, as a sentence about the step.
    pub(super) fn sentence(&self) -> String {
        match self {
            Self::Mount { .. } => format!("reads it {}", self.words()),
            Self::Kept => "gets it from an earlier step".to_owned(),
            Self::Written => "contains it".to_owned(),
        }
    }

    /// Returns how the step gets the secret, in words.
    pub(super) fn words(&self) -> String {
        let Self::Mount {
            target,
            variable,
            is_required,
        } = self
        else {
            return match self {
                Self::Kept => "from an earlier step".to_owned(),
                _ => "in the instruction".to_owned(),
            };
        };
        let at = target.as_ref().map(|target| format!("at {target}"));
        let within = variable
            .as_ref()
            .map(|name| format!("in ${name}, as does every process of the step"));
        let places: Vec<String> = at.into_iter().chain(within).collect();
        let need = if *is_required { "required" } else { "optional" };
        format!("{}, {need}", places.join(" and "))
    }

    /// Returns the same in a few words, for a picture.
    pub(super) fn short(&self) -> String {
        self.words()
            .replace(", as does every process of the step", "")
    }
}

impl End {
    /// Name in JSON.
    pub(super) const fn code(&self) -> &'static str {
        match self {
            Self::Nowhere => "nowhere",
            Self::Host(_) => "host",
            Self::Layer { .. } => "layer",
            Self::Log => "log",
            Self::Config => "config",
            Self::Cache(_) => "cache",
            Self::Unknown(_) => "unknown",
        }
    }

    /// Returns the host, the path, or what is not known.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Host(name) => name.as_deref(),
            Self::Layer { path: name, .. } | Self::Cache(name) | Self::Unknown(name) => {
                (!name.is_empty()).then_some(name)
            }
            Self::Nowhere | Self::Log | Self::Config => None,
        }
    }

    /// Whether the value remains after the build.
    pub(super) const fn is_leak(&self) -> bool {
        matches!(
            self,
            Self::Layer { .. } | Self::Log | Self::Config | Self::Cache(_)
        )
    }

    /// Returns the end in words.
    pub(super) fn words(&self) -> String {
        let kind = match self {
            Self::Nowhere => return "nowhere".to_owned(),
            Self::Log => return "build log".to_owned(),
            Self::Config => return "config or history of the image".to_owned(),
            Self::Host(None) => return "a host that is not known".to_owned(),
            Self::Host(Some(name)) => return format!("host {name}"),
            Self::Layer {
                builder_stage: Some(stage),
                ..
            } => format!("layer of build stage {stage}"),
            Self::Layer { .. } => "layer".to_owned(),
            Self::Cache(_) => "cache".to_owned(),
            Self::Unknown(_) => "not known".to_owned(),
        };
        self.name()
            .map_or_else(|| kind.clone(), |name| format!("{kind}: {name}"))
    }
}

impl Flow {
    /// Returns where the secret ends, with the rule that reports it.
    pub(super) fn end_words(&self) -> String {
        let mut words = self.end.words();
        if let Some(rule) = self.rule {
            words += &format!(" ({rule})");
        }
        if self.is_accepted {
            words += ", accepted";
        }
        words
    }

    /// Returns the program in words.
    pub(super) fn program_words(&self) -> &str {
        match &self.program {
            Some(program) => &program.name,
            None if self.delivery == Delivery::Written => "the text",
            None if self.rule.is_some() => "the shell",
            None => "no known program",
        }
    }
}

impl Decision {
    /// Returns where the decision is made, in words.
    pub(super) fn place(&self) -> String {
        self.line.map_or_else(
            || "dockerfile-dsl.toml".to_owned(),
            |line| format!("line {line}"),
        )
    }
}
