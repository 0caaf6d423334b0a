//! The table of instructions, flags and mount options: for the parser, the macros, the minimum frontend version and the docs.
//!
//! A flag is one row here and one method of the builder, with the same name. Sources: the
//! [reference](https://docs.docker.com/reference/dockerfile/) and the release notes of the frontend. Where they are silent, the parser's
//! tests document BuildKit's behaviour.

/// An instruction.
#[derive(Debug, Clone, Copy)]
pub struct InstructionSpec {
    /// The keyword, in upper case.
    pub keyword: &'static str,
    /// Its flags, in the order of the reference.
    pub flags: &'static [FlagSpec],
    /// Whether only the last one in a stage takes effect.
    pub last_counts: bool,
}

/// A flag of an instruction, `--name=value`.
#[derive(Debug, Clone, Copy)]
pub struct FlagSpec {
    /// Without the dashes.
    pub name: &'static str,
    /// The type of its value.
    pub takes: Takes,
    /// The first minor version of the frontend 1.x that supports it.
    pub since: u16,
    /// Whether only the labs channel of the frontend supports it, `docker/dockerfile:1-labs`.
    pub is_labs: bool,
    /// The platforms on which it has an effect.
    pub platform: Platform,
}

/// An option of `RUN --mount`, `name=value`.
#[derive(Debug, Clone, Copy)]
pub struct MountOption {
    /// Its names; the first one is the canonical one.
    pub names: &'static [&'static str],
    /// The type of its value. For a switch, `name` alone is `name=true`.
    pub takes: Takes,
    /// The types of mounts that it applies to.
    pub types: &'static [&'static str],
    /// The first minor version of the frontend 1.x that supports it.
    pub since: u16,
}

/// The type of the value of a flag or an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// `true`, `false`, or nothing for `true`.
    Switch,
    /// Text, once.
    Text,
    /// Text, repeatable.
    Texts,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A duration in the form of Go, `1m30s`.
    Duration,
    /// A number in decimal digits.
    Number,
    /// A number in octal digits.
    Mode,
}

/// The platforms on which a flag has an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// Everywhere.
    Any,
    /// In Linux containers.
    Linux,
}

use Platform::{Any, Linux};
use Takes::{Duration, Mode, Number, OneOf, Switch, Text, Texts};

const fn flag(name: &'static str, takes: Takes, since: u16, platform: Platform) -> FlagSpec {
    FlagSpec {
        name,
        takes,
        since,
        is_labs: false,
        platform,
    }
}

const fn labs(name: &'static str, takes: Takes, since: u16, platform: Platform) -> FlagSpec {
    FlagSpec {
        is_labs: true,
        ..flag(name, takes, since, platform)
    }
}

const fn instruction(keyword: &'static str, flags: &'static [FlagSpec]) -> InstructionSpec {
    InstructionSpec {
        keyword,
        flags,
        last_counts: false,
    }
}

const fn once(keyword: &'static str, flags: &'static [FlagSpec]) -> InstructionSpec {
    InstructionSpec {
        keyword,
        flags,
        last_counts: true,
    }
}

/// Every instruction.
pub const INSTRUCTIONS: &[InstructionSpec] = &[
    instruction("FROM", &[flag("platform", Text, 0, Any)]),
    instruction(
        "RUN",
        &[
            flag("mount", Texts, 2, Any),
            flag("network", OneOf(&["default", "none", "host"]), 3, Any),
            flag("security", OneOf(&["sandbox", "insecure"]), 20, Linux),
            labs("device", Texts, 14, Linux),
        ],
    ),
    once("CMD", &[]),
    instruction("LABEL", &[]),
    instruction("MAINTAINER", &[]),
    instruction("EXPOSE", &[]),
    instruction("ENV", &[]),
    instruction(
        "ADD",
        &[
            flag("keep-git-dir", Switch, 6, Any),
            flag("checksum", Text, 6, Any),
            flag("chown", Text, 0, Linux),
            flag("chmod", Text, 2, Linux),
            flag("link", Switch, 4, Any),
            flag("unpack", Switch, 17, Any),
            flag("exclude", Texts, 19, Any),
        ],
    ),
    instruction(
        "COPY",
        &[
            flag("from", Text, 0, Any),
            flag("chown", Text, 0, Linux),
            flag("chmod", Text, 2, Linux),
            flag("link", Switch, 4, Any),
            flag("parents", Switch, 20, Any),
            flag("exclude", Texts, 19, Any),
        ],
    ),
    once("ENTRYPOINT", &[]),
    instruction("VOLUME", &[]),
    instruction("USER", &[]),
    instruction("WORKDIR", &[]),
    instruction("ARG", &[]),
    instruction("ONBUILD", &[]),
    instruction("STOPSIGNAL", &[]),
    once(
        "HEALTHCHECK",
        &[
            flag("interval", Duration, 0, Any),
            flag("timeout", Duration, 0, Any),
            flag("start-period", Duration, 0, Any),
            flag("start-interval", Duration, 6, Any),
            flag("retries", Number, 0, Any),
        ],
    ),
    instruction("SHELL", &[]),
];

/// The types of a mount; the first one is the default.
pub const MOUNT_TYPES: &[&str] = &["bind", "cache", "tmpfs", "secret", "ssh"];

const fn option(
    names: &'static [&'static str],
    takes: Takes,
    types: &'static [&'static str],
    since: u16,
) -> MountOption {
    MountOption {
        names,
        takes,
        types,
        since,
    }
}

/// Every option of a mount. `type` comes first in a flag: the validation of some others depends on it.
pub const MOUNT_OPTIONS: &[MountOption] = &[
    option(&["type"], OneOf(MOUNT_TYPES), MOUNT_TYPES, 2),
    option(&["id"], Text, &["cache", "secret", "ssh"], 2),
    option(&["source", "src"], Text, &["bind", "cache", "secret"], 2),
    option(&["target", "dst", "destination"], Text, MOUNT_TYPES, 2),
    option(&["from"], Text, &["bind", "cache"], 2),
    option(&["readonly", "ro"], Switch, &["bind", "cache", "tmpfs"], 2),
    option(&["readwrite", "rw"], Switch, &["bind", "cache"], 2),
    option(
        &["sharing"],
        OneOf(&["shared", "private", "locked"]),
        &["cache"],
        2,
    ),
    option(&["required"], Switch, &["secret", "ssh"], 2),
    option(&["env"], Text, &["secret"], 10),
    option(&["mode"], Mode, &["cache", "secret", "ssh"], 2),
    option(&["uid"], Number, &["cache", "secret", "ssh"], 2),
    option(&["gid"], Number, &["cache", "secret", "ssh"], 2),
    option(&["size"], Number, &["tmpfs"], 2),
];

impl InstructionSpec {
    /// Returns the instruction of a keyword in upper case.
    #[must_use]
    pub fn of(keyword: &str) -> Option<&'static Self> {
        INSTRUCTIONS
            .iter()
            .find(|instruction| instruction.keyword == keyword)
    }

    /// Returns its flag with this name.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<&'static FlagSpec> {
        self.flags.iter().find(|flag| flag.name == name)
    }

    /// Returns the names of its flags.
    #[must_use]
    pub fn flag_names(&self) -> Vec<&'static str> {
        self.flags.iter().map(|flag| flag.name).collect()
    }
}

/// Returns the keywords of all instructions.
#[must_use]
pub fn keywords() -> Vec<&'static str> {
    let all = INSTRUCTIONS.iter();
    all.map(|instruction| instruction.keyword).collect()
}

impl MountOption {
    /// Returns the option with a name, in lower case.
    #[must_use]
    pub fn of(name: &str) -> Option<&'static Self> {
        MOUNT_OPTIONS
            .iter()
            .find(|option| option.names.contains(&name))
    }

    /// Returns the canonical name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.names[0]
    }

    /// Returns every name of every option.
    pub fn all_names() -> impl Iterator<Item = &'static str> {
        MOUNT_OPTIONS
            .iter()
            .flat_map(|option| option.names.iter().copied())
    }
}

impl Takes {
    /// Describes the type for a table.
    fn words(self) -> String {
        match self {
            Self::Switch => "`true`, `false`".to_owned(),
            Self::Text => "text".to_owned(),
            Self::Texts => "text, any number of times".to_owned(),
            Self::OneOf(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
                words.join(", ")
            }
            Self::Duration => "a duration, `1m30s`".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Mode => "an octal number".to_owned(),
        }
    }
}

/// Renders the table as a Markdown page.
#[must_use]
pub fn page() -> String {
    let mut page = String::from(
        "# Flags and mount options\n\nThe table that the reader, the macros and the least frontend \
         version use: `dockerfile-dsl-analysis/src/dockerfile/spec.rs`. This page is made from \
         it.\n\n## Flags\n\n| flag | value | frontend | where |\n\
         |---|---|---|---|\n",
    );
    for instruction in INSTRUCTIONS {
        for flag in instruction.flags {
            let platform = match flag.platform {
                Any => "everywhere",
                Linux => "Linux containers",
            };
            page.push_str(&format!(
                "| `{} --{}` | {} | 1.{}{} | {platform} |\n",
                instruction.keyword,
                flag.name,
                flag.takes.words(),
                flag.since,
                if flag.is_labs { "-labs" } else { "" }
            ));
        }
    }
    page.push_str(
        "\n## Options of `RUN --mount`\n\n| option | value | types | frontend |\n\
         |---|---|---|---|\n",
    );
    for option in MOUNT_OPTIONS {
        let names: Vec<String> = option
            .names
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        page.push_str(&format!(
            "| {} | {} | {} | 1.{} |\n",
            names.join(", "),
            option.takes.words(),
            option.types.join(", "),
            option.since
        ));
    }
    page
}
