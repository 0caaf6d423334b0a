//! Stages, settings and decisions as data, and back.

use dockerfile_dsl_analysis::Rule;
use serde::{Deserialize, Serialize};

use super::instruction::InstructionData;
use super::{Context, Index, is_default};
use crate::danger::{Decision, DecisionKind, Place};
use crate::instruction::Arg;
use crate::secret::SecretsById;
use crate::settings::{Escape, Settings};
use crate::stage::{Above, Base, Stage, Step};
use crate::syntax::{Syntax, Version};
use crate::text::Text;
use crate::{Error, Secret};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct SettingsData {
    #[serde(skip_serializing_if = "is_default")]
    syntax: Option<SyntaxData>,
    /// The escape character is a backtick.
    #[serde(skip_serializing_if = "is_default")]
    escape_backtick: bool,
    #[serde(skip_serializing_if = "is_default")]
    check: Option<String>,
    /// Why what is found in a build stage is no error.
    #[serde(skip_serializing_if = "is_default")]
    builder_stages: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    comments: Vec<String>,
    /// Build arguments before the first FROM.
    #[serde(skip_serializing_if = "is_default")]
    args: Vec<ArgData>,
    #[serde(skip_serializing_if = "is_default")]
    without_here_documents: bool,
    /// Texts of program rows.
    #[serde(skip_serializing_if = "is_default")]
    programs: Vec<String>,
    /// The ids of secrets that no build argument may be fed from.
    #[serde(skip_serializing_if = "is_default")]
    declared: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
enum SyntaxData {
    Latest,
    Labs,
    Version(u16, u16),
    Digest(String),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ArgData {
    name: String,
    #[serde(default, skip_serializing_if = "is_default")]
    default: Option<Text>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct StageData {
    #[serde(default, skip_serializing_if = "is_default")]
    name: Option<String>,
    from: BaseData,
    #[serde(default, skip_serializing_if = "is_default")]
    platform: Option<Text>,
    #[serde(default, skip_serializing_if = "is_default")]
    above: AboveData,
    #[serde(default, skip_serializing_if = "is_default")]
    instructions: Vec<StepData>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
enum BaseData {
    Image(Text),
    /// The index of a stage that stands before.
    Stage(usize),
    Scratch,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct StepData {
    #[serde(default, skip_serializing_if = "is_default")]
    above: AboveData,
    /// One key, which is the instruction in lower case.
    instruction: InstructionData,
}

/// What stands above an instruction.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct AboveData {
    #[serde(skip_serializing_if = "is_default")]
    comments: Vec<String>,
    #[serde(skip_serializing_if = "is_default")]
    checks: Vec<String>,
    #[serde(skip_serializing_if = "is_default")]
    decisions: Vec<DecisionData>,
}

/// Something that the author vouches for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct DecisionData {
    kind: DecisionKindData,
    reason: String,
    /// Where in the Rust source it was said.
    #[serde(default, skip_serializing_if = "is_default")]
    source: Option<SourceData>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct SourceData {
    file: String,
    line: u32,
    #[serde(default, skip_serializing_if = "is_default")]
    hole: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
enum DecisionKindData {
    Allow(String),
    /// Rule, and the id of the secret.
    AllowSecret(String, String),
    AllowCache,
    AllowName(String),
    Declassify(String),
    /// The rows of a program, on one line.
    Program(String),
    Trust(String),
    TrustWithOutput(String),
}

impl SettingsData {
    pub(super) fn of(settings: &Settings) -> Self {
        Self {
            syntax: settings.syntax.as_ref().map(SyntaxData::of),
            escape_backtick: settings.escape == Escape::Backtick,
            check: settings.checks.clone(),
            builder_stages: settings.builder_stages.clone(),
            comments: settings.comments.clone(),
            args: settings.arguments.iter().map(ArgData::of).collect(),
            without_here_documents: !settings.here_documents,
            programs: settings.programs.clone(),
            declared: settings
                .secrets
                .iter()
                .map(|secret| secret.id().to_owned())
                .collect(),
        }
    }

    pub(super) fn settings(&self, secrets: &SecretsById) -> Result<Settings, Error> {
        let declared: Option<Vec<Secret>> = self
            .declared
            .iter()
            .map(|id| secrets.get(id).copied())
            .collect();
        Ok(Settings {
            syntax: self.syntax.as_ref().map(SyntaxData::syntax),
            escape: if self.escape_backtick {
                Escape::Backtick
            } else {
                Escape::Backslash
            },
            checks: self.check.clone(),
            builder_stages: self.builder_stages.clone(),
            comments: self.comments.clone(),
            arguments: self.args.iter().map(ArgData::arg).collect(),
            here_documents: !self.without_here_documents,
            programs: self.programs.clone(),
            secrets: declared
                .ok_or_else(|| Error::new("a declared secret is not in the list of secrets"))?,
        })
    }
}

impl SyntaxData {
    fn of(syntax: &Syntax) -> Self {
        match syntax {
            Syntax::Latest => Self::Latest,
            Syntax::Labs => Self::Labs,
            Syntax::Version(version) => Self::Version(version.major, version.minor),
            Syntax::Digest(image) => Self::Digest(image.clone()),
        }
    }

    fn syntax(&self) -> Syntax {
        match self {
            Self::Latest => Syntax::Latest,
            Self::Labs => Syntax::Labs,
            Self::Version(major, minor) => Syntax::Version(Version::new(*major, *minor)),
            Self::Digest(image) => Syntax::Digest(image.clone()),
        }
    }
}

impl ArgData {
    pub(super) fn of(arg: &Arg) -> Self {
        Self {
            name: arg.name.clone(),
            default: arg.default.clone(),
        }
    }

    pub(super) fn arg(&self) -> Arg {
        Arg {
            name: self.name.clone(),
            default: self.default.clone(),
        }
    }
}

impl StageData {
    pub(super) fn of(stage: &Stage, index: &Index<'_>) -> Self {
        let content = stage.content();
        let steps = content.steps.iter().map(|step| StepData {
            above: AboveData::of(&step.above),
            instruction: InstructionData::of(&step.instruction, index),
        });
        Self {
            name: content.name.clone(),
            from: match &content.base {
                Base::Image(image) => BaseData::Image(image.clone()),
                Base::Stage(base) => BaseData::Stage(index.of(base)),
                Base::Scratch => BaseData::Scratch,
            },
            platform: content.platform.clone(),
            above: AboveData::of(&content.above),
            instructions: steps.collect(),
        }
    }

    pub(super) fn stage(&self, context: &Context) -> Result<Stage, Error> {
        let steps: Result<Vec<Step>, Error> = self
            .instructions
            .iter()
            .map(|step| {
                Ok(Step {
                    above: step.above.above()?,
                    instruction: step.instruction.instruction(context)?,
                })
            })
            .collect();
        let base = match &self.from {
            BaseData::Image(image) => Base::Image(image.clone()),
            BaseData::Stage(at) => Base::Stage(context.stage(*at)?),
            BaseData::Scratch => Base::Scratch,
        };
        Ok(Stage::from_parts(
            base,
            self.platform.clone(),
            self.name.clone(),
            self.above.above()?,
            steps?,
        ))
    }
}

impl AboveData {
    fn of(above: &Above) -> Self {
        Self {
            comments: above.comments.clone(),
            checks: above.checks.clone(),
            decisions: above
                .decisions
                .iter()
                .filter_map(DecisionData::of)
                .collect(),
        }
    }

    fn above(&self) -> Result<Above, Error> {
        let decisions: Result<Vec<Decision>, Error> =
            self.decisions.iter().map(DecisionData::decision).collect();
        Ok(Above {
            comments: self.comments.clone(),
            checks: self.checks.clone(),
            decisions: decisions?,
        })
    }
}

fn rule(name: &str) -> Result<Rule, Error> {
    let rule = Rule::ALL.iter().find(|rule| rule.name() == name);
    rule.copied()
        .ok_or_else(|| Error::new(format!("there is no rule `{}`", name.escape_debug())))
}

impl DecisionData {
    /// What the instruction says itself (raw text, a secret in a variable) is not said again.
    pub(super) fn of(decision: &Decision) -> Option<Self> {
        let kind = match &decision.kind {
            DecisionKind::Allow { rule, secret: None } => DecisionKindData::Allow(rule.to_string()),
            DecisionKind::Allow {
                rule,
                secret: Some(id),
            } => DecisionKindData::AllowSecret(rule.to_string(), id.clone()),
            DecisionKind::AllowCache => DecisionKindData::AllowCache,
            DecisionKind::AllowName { name } => DecisionKindData::AllowName(name.clone()),
            DecisionKind::Declassify { id } => DecisionKindData::Declassify(id.clone()),
            DecisionKind::Program { rows } => DecisionKindData::Program(rows.clone()),
            DecisionKind::Trust {
                program,
                output: false,
            } => DecisionKindData::Trust(program.clone()),
            DecisionKind::Trust {
                program,
                output: true,
            } => DecisionKindData::TrustWithOutput(program.clone()),
            DecisionKind::BuilderStages | DecisionKind::Raw | DecisionKind::Variable { .. } => {
                return None;
            }
        };
        let source = decision.place.as_ref().map(|place| SourceData {
            file: place.file.clone(),
            line: place.line,
            hole: place.hole.clone(),
        });
        Some(Self {
            kind,
            reason: decision.reason.clone(),
            source,
        })
    }

    pub(super) fn decision(&self) -> Result<Decision, Error> {
        let kind = match &self.kind {
            DecisionKindData::Allow(name) => DecisionKind::Allow {
                rule: rule(name)?,
                secret: None,
            },
            DecisionKindData::AllowSecret(name, id) => DecisionKind::Allow {
                rule: rule(name)?,
                secret: Some(id.clone()),
            },
            DecisionKindData::AllowCache => DecisionKind::AllowCache,
            DecisionKindData::AllowName(name) => DecisionKind::AllowName { name: name.clone() },
            DecisionKindData::Declassify(id) => DecisionKind::Declassify { id: id.clone() },
            DecisionKindData::Program(rows) => DecisionKind::Program { rows: rows.clone() },
            DecisionKindData::Trust(program) => DecisionKind::Trust {
                program: program.clone(),
                output: false,
            },
            DecisionKindData::TrustWithOutput(program) => DecisionKind::Trust {
                program: program.clone(),
                output: true,
            },
        };
        let place = self.source.as_ref().map(|source| Place {
            file: source.file.clone(),
            line: source.line,
            hole: source.hole.clone(),
        });
        Ok(Decision {
            kind,
            reason: self.reason.clone(),
            place,
        })
    }
}
