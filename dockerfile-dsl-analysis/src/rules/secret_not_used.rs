//! `SecretNotUsed`: a secret is mounted at its default path, and no command of the RUN reads it.
//!
//! Reported only if certain: the script can be parsed, each of its commands is a program that reads no path besides its arguments, and
//! nothing else in the file names the secret's file.

use super::steps::RuleStep;
use super::steps::texts;
use std::collections::BTreeSet;
use std::ops::Deref;

use crate::dockerfile::{Command, File};
use crate::shell::{self, Options, Visit, walk_command};
use crate::{Finding, Rule};

/// Programs that neither read `/run/secrets` by themselves nor run code of the project.
const PLAIN: [&str; 38] = [
    ":",
    "[",
    "add-apt-repository",
    "apk",
    "apt",
    "apt-cache",
    "apt-get",
    "cd",
    "chmod",
    "chown",
    "curl",
    "date",
    "dnf",
    "dpkg",
    "echo",
    "export",
    "gem",
    "groupadd",
    "id",
    "microdnf",
    "mkdir",
    "npm",
    "pip",
    "pip3",
    "pnpm",
    "printf",
    "pwd",
    "rm",
    "rmdir",
    "set",
    "sleep",
    "test",
    "touch",
    "true",
    "useradd",
    "wget",
    "yarn",
    "yum",
];
/// Sub-commands of Node.js package managers that run scripts of the project.
const SCRIPTS: [&str; 8] = [
    "run",
    "run-script",
    "exec",
    "start",
    "test",
    "x",
    "dlx",
    "build",
];

/// Returns the paths in `/run/secrets` that any instruction names: in a credential helper, in a configuration file.
pub(super) fn named(file: &File) -> BTreeSet<String> {
    let instructions = file.instructions();
    instructions
        .flat_map(|(_, _, instruction)| super::literal_credential::texts(&instruction.kind))
        .flat_map(|text| {
            let starts: Vec<usize> = text
                .match_indices("/run/secrets/")
                .map(|(at, _)| at)
                .collect();
            let path = |at: &usize| {
                let rest = &text[*at..];
                let end = rest
                    .find(|char: char| !(char.is_ascii_alphanumeric() || "/_-.".contains(char)));
                rest[..end.unwrap_or(rest.len())].to_owned()
            };
            starts.iter().map(path).collect::<Vec<String>>()
        })
        .collect()
}

pub(super) fn check(
    step: &RuleStep,
    named: &impl Deref<Target = BTreeSet<String>>,
) -> Vec<Finding> {
    let Some(run) = step.run() else {
        return Vec::new();
    };
    let unused: Vec<Finding> = step
        .secrets()
        .filter_map(|(secret, span)| {
            let target = step.environment.absolute(secret.target.as_deref()?);
            if secret.env.is_some() || !target.starts_with("/run/secrets/") {
                return None;
            }
            let name = target.rsplit('/').next().unwrap_or_default();
            let is_named = |text: &str| {
                text.contains("/run") || text.contains(&*secret.id) || text.contains(name)
            };
            if texts(run).iter().any(|text| is_named(text)) || named.contains(&target) {
                return None;
            }
            let id = &secret.id;
            let message = format!(
                "the secret `{id}` is mounted at `{target}`, and no command of this RUN reads it"
            );
            let finding = step.finding(Rule::SecretNotUsed, span, message);
            Some(Finding {
                secret: Some(id.clone()),
                sink: target,
                help: Some(
                    "mount it where the program reads it, as in `target=/root/.npmrc` or \
                 `env=NAME`, or remove the mount"
                        .to_owned(),
                ),
                is_advice: true,
                ..finding
            })
        })
        .collect();
    if unused.is_empty() || !is_plain(&run.command) {
        return Vec::new();
    }
    unused
}

fn is_plain(command: &Command) -> bool {
    let Some(text) = command.shell_text() else {
        return false;
    };
    let Ok(mut script) = shell::Stream::new(text, &Options::default()) else {
        return false;
    };
    let mut commands = Commands(true);
    script.visit(&mut commands).is_ok() && commands.0
}

/// Visitor that checks whether all commands are plain.
struct Commands(bool);

impl Visit for Commands {
    fn command(&mut self, command: &shell::Command) {
        if let shell::CommandKind::Simple(simple) = &command.kind {
            let mut words = simple.words.iter().map(shell::Word::literal);
            self.0 &= match words.next() {
                None => true,
                Some(Some(name)) => {
                    let runs_scripts = matches!(&*name, "npm" | "pnpm" | "yarn")
                        && words.any(|word| word.is_none_or(|word| SCRIPTS.contains(&&*word)));
                    PLAIN.contains(&&*name) && !runs_scripts
                }
                Some(None) => false,
            };
        } else if matches!(&command.kind, shell::CommandKind::Function(..)) {
            self.0 = false;
        }
        walk_command(self, command);
    }
}

#[cfg(test)]
mod tests {
    use super::{super::testing, *};

    const MOUNT: &str = "--mount=type=secret,id=tok,required=true";

    #[track_caller]
    fn check(instructions: &str, expected: &[&str]) {
        testing::check(Rule::SecretNotUsed, instructions, expected);
    }

    #[test]
    fn nothing_looks_there() {
        check(&format!("RUN {MOUNT} npm ci"), &[MOUNT]);
        check(
            &format!("RUN {MOUNT} apt-get update && apt-get install -y git"),
            &[MOUNT],
        );
    }

    #[test]
    fn something_may_look_there() {
        for script in [
            "npm ci --token=$(cat /run/secrets/tok)",
            "make",
            "./build.sh",
            "npm run build",
            "python setup.py install",
            "git clone https://h/a",
            "for f in /run/*/*; do cat $f; done > /dev/null",
            "$BUILD",
        ] {
            check(&format!("RUN {MOUNT} {script}"), &[]);
        }
        check(
            "RUN --mount=type=secret,id=tok,target=/root/.npmrc npm ci",
            &[],
        );
        check("RUN --mount=type=secret,id=tok,env=TOK npm ci", &[]);
        check(
            &format!(
                "COPY <<EOF /etc/pip.conf\n# /run/secrets/tok\nEOF\nRUN {MOUNT} pip install x"
            ),
            &[],
        );
    }
}
