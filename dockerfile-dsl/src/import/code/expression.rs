//! Instructions of the model as expressions of Rust.
//!
//! In: an instruction. Out: the expression that makes it, or the method of a stage that adds it.

use super::layout::{Expr, folded, lines, literal, raw};
mod mounts;
mod names;

use dockerfile_dsl_analysis::dockerfile::Danger;

use super::plan::{Form, Step};
use super::script::{REASON, ShCall};
use crate::danger::Decision;
use crate::instruction::{
    Add, Arg, CommandLine, CopyFiles, GitDirectory, Healthcheck, Instruction, Network, Origin, Run,
    RunCommand, Security, Source, Transfer, Unpack,
};
use crate::mount::Mount;
use crate::text::Text;
use crate::{Secret, SecretSource};
use mounts::owner;
pub(super) use names::{Names, value};

/// A method of a stage with its arguments.
pub(super) type Call = (&'static str, Vec<Expr>);

impl Names<'_> {
    /// Returns the calls of a stage that add the instruction of a step.
    pub(super) fn calls(&self, step: &Step) -> Vec<Call> {
        match &step.form {
            Form::Typed(all) => all.iter().map(|one| self.call(one)).collect(),
            Form::Script(step) => match (&step.script, self.run(&step.run, step)) {
                (Some(call), Expr::Call(..)) => vec![("run", vec![self.sh(call)])],
                (_, run) => vec![("instruction", vec![run])],
            },
            Form::Raw(text, reason) => {
                let arguments = vec![lines(text), literal(&as_reason(reason))];
                let made = Expr::call("danger::raw_instruction", arguments);
                vec![("instruction", vec![made])]
            }
            Form::LeftOut(_) => Vec::new(),
        }
    }

    /// Returns the shortest call for an instruction.
    fn call(&self, instruction: &Instruction) -> Call {
        match instruction {
            Instruction::Workdir(workdir) => ("workdir", vec![value(&workdir.directory)]),
            Instruction::User(user) => ("user", vec![value(&user.user)]),
            Instruction::Stopsignal(signal) => ("stopsignal", vec![value(&signal.signal)]),
            Instruction::Shell(shell) => ("shell", vec![list(&shell.arguments)]),
            Instruction::Cmd(cmd) => ("cmd", vec![command(&cmd.command)]),
            Instruction::Entrypoint(entry) => ("entrypoint", vec![command(&entry.command)]),
            Instruction::Arg(Arg { name, default }) => match default {
                None => ("arg", vec![literal(name)]),
                Some(default) => ("arg_or", vec![literal(name), value(default)]),
            },
            Instruction::Env(env) if env.pairs.len() == 1 => ("env", pair(&env.pairs[0])),
            Instruction::Label(label) if label.pairs.len() == 1 => ("label", pair(&label.pairs[0])),
            Instruction::Expose(expose) if expose.ports.len() == 1 => {
                ("expose", vec![value(&expose.ports[0])])
            }
            Instruction::Volume(volume) if volume.paths.len() == 1 => {
                ("volume", vec![value(&volume.paths[0])])
            }
            Instruction::Copy(copy) if is_plain(copy) => match &copy.from {
                None => ("copy", self.transfer(&copy.transfer)),
                Some(Origin::Stage(stage)) => {
                    ("copy_from", self.from(self.stage(stage), &copy.transfer))
                }
                Some(Origin::Image(image)) => {
                    ("copy_from_image", self.from(literal(image), &copy.transfer))
                }
            },
            other => ("instruction", vec![self.expression(other)]),
        }
    }

    /// Returns the expression that makes an instruction.
    pub(super) fn expression(&self, instruction: &Instruction) -> Expr {
        let several = |name: &str, values: Vec<Vec<Expr>>| {
            let mut values = values.into_iter();
            let first = Expr::call(format!("{name}::new"), values.next().unwrap_or_default());
            values.fold(first, |made, next| made.method("and", next))
        };
        match instruction {
            Instruction::Add(add) => self.add(add),
            Instruction::Copy(copy) => self.copy(copy),
            Instruction::Env(env) => several("Env", env.pairs.iter().map(pair).collect()),
            Instruction::Label(label) => several("Label", label.pairs.iter().map(pair).collect()),
            Instruction::Expose(expose) => {
                let ports = expose.ports.iter().map(|port| vec![value(port)]);
                several("Expose", ports.collect())
            }
            Instruction::Volume(volume) => {
                let paths = volume.paths.iter().map(|path| vec![value(path)]);
                several("Volume", paths.collect())
            }
            Instruction::Healthcheck(check) => healthcheck(check),
            Instruction::Arg(arg) => argument(arg),
            // Every other kind has a method of its name.
            other => {
                let (_, arguments) = self.call(other);
                let (first, rest) = other.keyword().split_at(1);
                Expr::call(format!("{first}{}::new", rest.to_lowercase()), arguments)
            }
        }
    }

    fn copy(&self, copy: &CopyFiles) -> Expr {
        let made = match &copy.from {
            None => Expr::call("CopyFiles::new", self.transfer(&copy.transfer)),
            Some(Origin::Stage(stage)) => {
                let arguments = self.from(self.stage(stage), &copy.transfer);
                Expr::call("CopyFiles::from_stage", arguments)
            }
            Some(Origin::Image(image)) => {
                let arguments = self.from(literal(image), &copy.transfer);
                Expr::call("CopyFiles::from_image", arguments)
            }
        };
        let made = flags(made, &copy.transfer);
        if copy.parents {
            made.method("parents", Vec::new())
        } else {
            made
        }
    }

    fn add(&self, add: &Add) -> Expr {
        let destination = value(&add.transfer.destination);
        let mut made = match &add.transfer.sources[..] {
            [Source::Remote(url)] => {
                let head = match crate::instruction::is_git(url) {
                    true => "Add::git",
                    false => "Add::http",
                };
                Expr::call(head, vec![literal(url), destination])
            }
            _ => Expr::call("Add::new", self.transfer(&add.transfer)),
        };
        made = flags(made, &add.transfer);
        if let Some(checksum) = &add.checksum {
            made = made.method("checksum", vec![value(checksum)]);
        }
        if let Some(unpack) = add.unpack {
            let word = match unpack {
                Unpack::Unpack => "Unpack::Unpack",
                Unpack::Keep => "Unpack::Keep",
            };
            made = made.method("unpack", vec![Expr::atom(word)]);
        }
        if let Some(directory) = add.git_directory {
            let word = match directory {
                GitDirectory::Keep => "GitDirectory::Keep",
                GitDirectory::Remove => "GitDirectory::Remove",
            };
            made = made.method("git_directory", vec![Expr::atom(word)]);
        }
        made
    }

    fn from(&self, from: Expr, transfer: &Transfer) -> Vec<Expr> {
        let mut arguments = vec![from];
        arguments.extend(self.transfer(transfer));
        arguments
    }

    fn transfer(&self, transfer: &Transfer) -> Vec<Expr> {
        let is_mixed = transfer
            .sources
            .iter()
            .any(|source| !matches!(source, Source::Path(_)));
        let sources = match &transfer.sources[..] {
            [one] => source(one),
            all if is_mixed => Expr::List(all.iter().map(variant).collect()),
            all => Expr::List(all.iter().map(source).collect()),
        };
        vec![sources, value(&transfer.destination)]
    }

    /// Returns a RUN with its mounts and flags. Without any, a script is the call of `sh!` alone.
    pub(super) fn run(&self, run: &Run, step: &super::script::Step) -> Expr {
        let extras = usize::from(step.is_without_set_e)
            + usize::from(run.network.is_some())
            + usize::from(run.security.is_some())
            + run.devices.len();
        let is_secret = |mount: &&Mount| matches!(mount, Mount::Secret(_));
        let others = run.mounts.iter().filter(|mount| !is_secret(mount)).count();
        let mut made = match (&run.command, &step.script) {
            (_, Some(call)) if extras + others == 0 => return self.sh(call),
            (_, Some(call)) => {
                let mut script = self.sh_arguments(call);
                // rustfmt moves a literal of several lines to the right each time, if an `@argument` follows it in a chain.
                if script.len() > 1 {
                    script[0] = literal(&call.text);
                }
                Expr::call("Run::new", vec![Expr::call("sh!", script)])
            }
            (RunCommand::Exec(words), None) => Expr::call("Run::exec", vec![list(words)]),
            (RunCommand::Script { .. }, None) => return Expr::atom("()"),
        };
        for mount in &run.mounts {
            if step.script.is_some() && is_secret(&mount) {
                continue;
            }
            made = made.method("mount", vec![self.mount(mount)]);
        }
        if let Some(network) = run.network {
            let word = match network {
                Network::Default => "Network::Default",
                Network::None => "Network::None",
                Network::Host => "Network::Host",
            };
            made = made.method("network", vec![Expr::atom(word)]);
        }
        if let Some(security) = run.security {
            let word = match security {
                Security::Sandbox => "Security::Sandbox",
                Security::Insecure => "Security::Insecure",
            };
            made = made.method("security", vec![Expr::atom(word)]);
        }
        for device in &run.devices {
            made = made.method("device", vec![literal(device)]);
        }
        if step.is_without_set_e {
            made = made.method("without_set_e", Vec::new());
        }
        // A RUN in exec form has a chain, so that it is no call of `sh!`.
        match made {
            Expr::Call(..) => Expr::Chain(Box::new(made), Vec::new()),
            chain => chain,
        }
    }

    /// Returns the call of `sh!`.
    pub(super) fn sh(&self, call: &ShCall) -> Expr {
        Expr::call("sh!", self.sh_arguments(call))
    }

    pub(super) fn sh_arguments(&self, call: &ShCall) -> Vec<Expr> {
        let text = if call.text.contains('\n') {
            Expr::atom(raw(&format!("\n{}\n", call.text)))
        } else {
            folded(&call.text, &call.breaks, 8)
        };
        let mut arguments = vec![text];
        let mut add = |text: String| arguments.push(Expr::atom(text));
        for (constant, target) in &call.mounts {
            add(format!("@mount({constant} => {})", literal(target).line()));
        }
        for (constant, variable) in &call.envs {
            add(format!("@env({constant} => \"{variable}\", \"{REASON}\")"));
        }
        if call.is_bash {
            add("@shell(bash)".to_owned());
        }
        for decision in &call.decisions {
            let reason = literal(&decision.reason).line();
            let constant = |id: &str| {
                let known = self.constants.iter().find(|(_, secret)| secret.id() == id);
                known.map_or_else(|| id.to_owned(), |(name, _)| name.clone())
            };
            match &decision.danger {
                Danger::Trust { program, output } => {
                    let output = if *output { ", output" } else { "" };
                    add(format!(
                        "@trust({}{output}, {reason})",
                        literal(program).line()
                    ));
                }
                Danger::AllowCache => add(format!("@allow_cache({reason})")),
                Danger::ProjectCode { id } => {
                    add(format!("@project_code({}, {reason})", constant(id)));
                }
                Danger::Declassify { id } => {
                    if let Some((id, program)) = id.rsplit_once('/') {
                        let program = literal(program).line();
                        add(format!(
                            "@declassify({}, {program}, {reason})",
                            constant(id)
                        ));
                    }
                }
                _ => {}
            }
        }
        arguments
    }

    /// Returns a decision of trust.
    pub(super) fn decision(&self, decision: &Decision) -> Option<Expr> {
        let reason = literal(&decision.reason);
        let secret = |id: &str| {
            let known = self.constants.iter().find(|(_, secret)| secret.id() == id);
            known.map(|(name, _)| Expr::atom(format!("&{name}")))
        };
        Some(match &decision.danger {
            Danger::Allow { rule, secret: None } => Expr::call(
                "danger::allow",
                vec![Expr::atom(format!("Rule::{rule}")), reason],
            ),
            Danger::Allow {
                rule,
                secret: Some(id),
            } => Expr::call(
                "danger::allow_for",
                vec![secret(id)?, Expr::atom(format!("Rule::{rule}")), reason],
            ),
            Danger::AllowName { name } => {
                Expr::call("danger::allow_name", vec![literal(name), reason])
            }
            Danger::AllowCache => Expr::call("danger::allow_cache", vec![reason]),
            Danger::Trust { program, output } => {
                let head = match output {
                    true => "danger::trust_with_output",
                    false => "danger::trust",
                };
                Expr::call(head, vec![literal(program), reason])
            }
            Danger::Declassify { id } => {
                let (id, program) = id.rsplit_once('/')?;
                let arguments = vec![secret(id)?, literal(program), reason];
                Expr::call("danger::declassify_issued", arguments)
            }
            Danger::ProjectCode { id } => {
                Expr::call("danger::project_code", vec![secret(id)?, reason])
            }
            Danger::BuilderStages => {
                Expr::call("danger::builder_stages_are_warnings", vec![reason])
            }
            _ => return None,
        })
    }
}

/// Returns the declaration of a secret.
pub(super) fn declaration(secret: &Secret) -> Expr {
    let id = literal(secret.id());
    let mut made = match secret.source() {
        SecretSource::Env(variable) if variable == secret.id() => {
            Expr::call("Secret::env", vec![id])
        }
        SecretSource::Env(variable) => Expr::call("Secret::env_as", vec![id, literal(variable)]),
        SecretSource::File(path) => Expr::call("Secret::file", vec![id, literal(path)]),
        SecretSource::Command(words) => {
            let words: Vec<Expr> = words.iter().map(|word| literal(word)).collect();
            let words = Expr::atom(format!("&{}", Expr::List(words).line()));
            Expr::call("Secret::command", vec![id, words])
        }
    };
    if secret.is_optional() {
        made = made.method("optional", Vec::new());
    }
    let (uid, gid, mode) = secret.owner();
    owner(made, mode, uid, gid)
}

/// Returns the argument of a build.
pub(super) fn argument(arg: &Arg) -> Expr {
    let made = Expr::call("Arg::new", vec![literal(&arg.name)]);
    match &arg.default {
        Some(default) => made.method("default", vec![value(default)]),
        None => made,
    }
}

fn as_reason(reason: &str) -> String {
    format!("imported as it was: {}", reason.replace(['\n', '\t'], " "))
}

fn healthcheck(check: &Healthcheck) -> Expr {
    let mut made = match &check.command {
        None => return Expr::call("Healthcheck::none", Vec::new()),
        Some(line) => Expr::call("Healthcheck::new", vec![command(line)]),
    };
    for (name, duration) in [
        ("interval", &check.interval),
        ("timeout", &check.timeout),
        ("start_period", &check.start_period),
        ("start_interval", &check.start_interval),
    ] {
        if let Some(duration) = duration {
            made = made.method(name, vec![literal(duration)]);
        }
    }
    if let Some(retries) = check.retries {
        made = made.method("retries", vec![Expr::atom(retries.to_string())]);
    }
    made
}

/// Whether it has no flag but `--from`.
fn is_plain(copy: &CopyFiles) -> bool {
    let transfer = &copy.transfer;
    !copy.parents
        && !transfer.link
        && transfer.chown.is_none()
        && transfer.chmod.is_none()
        && transfer.excludes.is_empty()
}

fn flags(mut made: Expr, transfer: &Transfer) -> Expr {
    if let Some(owner) = &transfer.chown {
        made = made.method("chown", vec![value(owner)]);
    }
    if let Some(mode) = &transfer.chmod {
        made = made.method("chmod", vec![value(mode)]);
    }
    if transfer.link {
        made = made.method("link", Vec::new());
    }
    for exclude in &transfer.excludes {
        made = made.method("exclude", vec![literal(exclude)]);
    }
    made
}

pub(super) fn list<T: AsRef<str>>(words: &[T]) -> Expr {
    Expr::List(words.iter().map(|word| literal(word.as_ref())).collect())
}

fn command(line: &CommandLine) -> Expr {
    match line {
        CommandLine::Exec(words) => list(words),
        CommandLine::Shell(line) => Expr::call("shell_form", vec![literal(line)]),
    }
}

fn pair((key, text): &(String, Text)) -> Vec<Expr> {
    vec![literal(key), value(text)]
}

fn source(source: &Source) -> Expr {
    match source {
        Source::Path(path) | Source::Remote(path) => literal(path),
        Source::Glob(pattern) => Expr::call("glob", vec![literal(pattern)]),
        Source::Expand(text) => Expr::call("expand", vec![literal(text)]),
        Source::Inline(file) => {
            Expr::call("inline", vec![literal(&file.name), lines(&file.content)])
        }
    }
}

/// Returns a source in a list of several kinds.
fn variant(one: &Source) -> Expr {
    let into = |text: &str| Expr::atom(format!("{}.into()", literal(text).line()));
    match one {
        Source::Path(path) | Source::Remote(path) => Expr::call("Source::Path", vec![into(path)]),
        Source::Glob(pattern) => Expr::call("Source::Glob", vec![into(pattern)]),
        Source::Expand(text) => Expr::call("Source::Expand", vec![into(text)]),
        Source::Inline(_) => Expr::call("Source::Inline", vec![source(one)]),
    }
}
