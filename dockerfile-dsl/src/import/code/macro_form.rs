//! A planned file as a `dockerfile!`.
//!
//! In: a [`Plan`]. Out: the text of a module, whose function `image` is one `dockerfile!`. What its grammar cannot say is an
//! expression in parentheses, or a call of the builder as a fragment.

use dockerfile_dsl_analysis::template::Template;

use super::expression::{Names, value};
use super::layout::{Expr, literal};
use super::plan::{BasePlan, Form, Plan, StagePlan, Step};
use super::rust_form::{findings, is_whole, module, refusal_message, variables};
use super::script::{self, ShCall};
use crate::instruction::{
    Arg, CommandLine, GitDirectory, Healthcheck, Instruction, Network, Origin, Run, RunCommand,
    Security, Source, Transfer, Unpack,
};
use crate::mount::{Mount, Sharing};
use crate::text::Text;
use crate::{Error, Escape};

/// Indentation inside the macro.
const INDENT: &str = "        ";

/// Returns the text of the module, and the directives that the macro has no syntax for.
pub(super) fn print(plan: &Plan) -> Result<(String, Vec<String>), Error> {
    let settings = &plan.settings;
    let steps = plan.stages.iter().flat_map(|stage| &stage.steps);
    let has_raw = steps.clone().any(|step| matches!(step.form, Form::Raw(..)));
    if !settings.secrets.is_empty()
        || !settings.programs.is_empty()
        || !settings.decisions.is_empty()
        || settings.escape == Escape::Backtick && has_raw
    {
        return Err(Error::new(
            "it needs settings of the whole file, for which `dockerfile!` has no syntax: write \
             calls of the builder (`--to rust`, `to_rust`)",
        ));
    }
    let mut left_out = plan.left_out.clone();
    left_out.extend(settings.directives());
    let stages = variables(plan, |index| format!("stage_{index}"));
    let printer = Printer {
        names: Names {
            constants: &plan.constants.all,
            stages: &stages,
        },
    };
    let mut body = String::new();
    for directive in &left_out {
        body.push_str(&format!(
            "    // left out, as `dockerfile!` has no syntax for it: {directive}\n"
        ));
    }
    body.push_str("    dockerfile! {\n");
    for arg in &settings.arguments {
        body.push_str(&format!("{INDENT}{}\n", argument(arg)));
    }
    for (index, stage) in plan.stages.iter().enumerate() {
        if index > 0 || !settings.arguments.is_empty() {
            body.push('\n');
        }
        let is_bound = stage.name.is_some() || index + 1 < plan.stages.len() || !is_whole(plan);
        let name = is_bound.then(|| stages[index].0.as_str());
        body.push_str(&printer.stage(stage, name));
    }
    body.push_str(&comments(&plan.end));
    if !is_whole(plan) {
        let names: Vec<&str> = stages.iter().map(|(name, _)| name.as_str()).collect();
        body.push_str(&format!("\n{INDENT}TARGETS {}\n", names.join(", ")));
    }
    body.push_str("    }\n");
    Ok((module(plan, &body), left_out))
}

struct Printer<'a> {
    names: Names<'a>,
}

impl Printer<'_> {
    fn stage(&self, stage: &StagePlan, name: Option<&str>) -> String {
        let mut text = comments(&stage.comments) + &findings(&stage.findings, INDENT.len());
        let platform = stage
            .platform
            .as_ref()
            .map_or_else(String::new, |platform| {
                format!("--platform={} ", word(platform))
            });
        let base = match &stage.base {
            BasePlan::Image(image) => word(image),
            BasePlan::Stage(index) => self.names.stages[*index].0.clone(),
            BasePlan::Scratch => "scratch".to_owned(),
        };
        let binding = name.map_or_else(String::new, |name| {
            let own = stage.name.as_deref().unwrap_or_default();
            if own.is_empty() || own == name.replace('_', "-") {
                format!(" AS {name}")
            } else {
                format!(" AS {name} = \"{own}\"")
            }
        });
        text.push_str(&format!("{INDENT}FROM {platform}{base}{binding}\n"));
        text + &stage
            .steps
            .iter()
            .map(|step| self.step(step))
            .collect::<String>()
    }

    fn step(&self, step: &Step) -> String {
        let mut text = comments(&step.comments);
        let mut line = |line: &str| text.push_str(&format!("{INDENT}{line}\n"));
        match &step.form {
            Form::LeftOut(keyword) => {
                let at = step.line;
                line(&format!(
                    "// left out: a later {keyword} replaces the one in line {at}"
                ));
                return text;
            }
            Form::Raw(_, reason) => line(&format!("// raw: {}", reason.replace('\n', " "))),
            Form::Typed(_) | Form::Script(_) => {}
        }
        if !matches!(step.form, Form::Script(_)) {
            for decision in step
                .decisions
                .iter()
                .filter_map(|one| self.names.decision(one))
            {
                line(&fragment("decide", &decision));
            }
        }
        text.push_str(&findings(&step.findings, INDENT.len()));
        let mut line = |line: &str| text.push_str(&format!("{INDENT}{line}\n"));
        if !step.findings.is_empty() && !step.is_refused_by_macro() {
            let message = literal(&refusal_message(step));
            let refusal = Expr::call("compile_error!", vec![message]);
            line(&fragment("comment", &refusal));
        }
        match &step.form {
            Form::Typed(all) => all.iter().for_each(|one| line(&self.instruction(one))),
            Form::Script(step) => line(&self.run(&step.run, step)),
            Form::Raw(..) => {
                for (_, arguments) in self.names.calls(step) {
                    arguments
                        .iter()
                        .for_each(|one| line(&fragment("instruction", one)));
                }
            }
            Form::LeftOut(_) => {}
        }
        text
    }

    fn instruction(&self, instruction: &Instruction) -> String {
        let mut parts = vec![instruction.keyword().to_owned()];
        match instruction {
            Instruction::Workdir(workdir) => parts.push(word(&workdir.directory)),
            Instruction::User(user) => parts.push(word(&user.user)),
            Instruction::Stopsignal(signal) => parts.push(word(&signal.signal)),
            Instruction::Shell(shell) => parts.push(words(&shell.arguments)),
            Instruction::Cmd(cmd) => parts.push(command(&cmd.command)),
            Instruction::Entrypoint(entrypoint) => parts.push(command(&entrypoint.command)),
            Instruction::Arg(arg) => return argument(arg),
            Instruction::Env(env) => parts.extend(pairs(&env.pairs)),
            Instruction::Label(label) => parts.extend(pairs(&label.pairs)),
            Instruction::Expose(expose) => parts.extend(expose.ports.iter().map(word)),
            Instruction::Volume(volume) => parts.extend(volume.paths.iter().map(word)),
            Instruction::Copy(copy) => {
                let from = copy.from.iter();
                parts.extend(from.map(|from| format!("--from={}", self.origin(from))));
                parts.extend(copy.parents.then(|| "--parents".to_owned()));
                parts.extend(transfer(&copy.transfer));
            }
            Instruction::Add(add) => {
                let checksum = add.checksum.iter();
                parts.extend(checksum.map(|it| format!("--checksum={}", word(it))));
                let unpack = add.unpack.iter();
                parts.extend(unpack.map(|it| format!("--unpack={}", *it == Unpack::Unpack)));
                let keeps = |it: &GitDirectory| *it == GitDirectory::Keep;
                let git = add.git_directory.iter();
                parts.extend(git.map(|it| format!("--keep-git-dir={}", keeps(it))));
                parts.extend(transfer(&add.transfer));
            }
            Instruction::Healthcheck(check) => parts.extend(healthcheck(check)),
            other => return fragment("instruction", &self.names.expression(other)),
        }
        wrapped(&parts)
    }

    fn origin(&self, origin: &Origin) -> String {
        match origin {
            Origin::Stage(stage) => {
                let reference = self.names.stage(stage).line();
                reference.trim_start_matches('&').to_owned()
            }
            Origin::Image(image) => text(image),
        }
    }

    /// Writes a RUN. A script that keeps its way of failing is an expression.
    fn run(&self, run: &Run, step: &script::Step) -> String {
        let has_secret = run
            .mounts
            .iter()
            .any(|mount| matches!(mount, Mount::Secret(_)));
        let is_expression = step.is_without_set_e || !run.devices.is_empty();
        let command = match (&run.command, &step.script) {
            (RunCommand::Exec(_), _) if has_secret || is_expression => {
                return fragment("instruction", &self.names.run(run, step));
            }
            (RunCommand::Exec(arguments), _) => words(arguments),
            (_, Some(_)) if is_expression => {
                return format!(
                    "RUN ({})",
                    self.names.run(run, step).layout_in(INDENT.len())
                );
            }
            (_, Some(call)) => {
                // A secret mount has brackets here.
                let call = ShCall {
                    mounts: Vec::new(),
                    ..call.clone()
                };
                let arguments = self.names.sh_arguments(&call);
                let arguments: Vec<String> = arguments.iter().map(Expr::line).collect();
                arguments.join(", ")
            }
            (RunCommand::Script { .. }, None) => String::new(),
        };
        let secrets = step.script.iter().flat_map(|call| &call.mounts);
        let mut flags: Vec<String> = secrets
            .map(|(constant, target)| format!("[secret {constant} => {}]", text(target)))
            .collect();
        flags.extend(run.mounts.iter().filter_map(|mount| self.mount(mount)));
        if let Some(network) = run.network {
            flags.push(format!(
                "--network={}",
                match network {
                    Network::Default => "default",
                    Network::None => "none",
                    Network::Host => "host",
                }
            ));
        }
        if let Some(security) = run.security {
            flags.push(format!(
                "--security={}",
                match security {
                    Security::Sandbox => "sandbox",
                    Security::Insecure => "insecure",
                }
            ));
        }
        flags.insert(0, "RUN".to_owned());
        flags.push(command);
        wrapped(&flags)
    }

    /// Writes a mount in brackets. A secret is an argument of the script.
    fn mount(&self, mount: &Mount) -> Option<String> {
        let mut parts = Vec::new();
        let (mut from, mut owner) = (None, (None, None, None));
        match mount {
            Mount::Bind(bind) => {
                parts.push(format!("bind {}", word(&bind.target)));
                from = bind.from.as_ref();
                parts.extend(option("source", bind.source.as_ref()));
                parts.extend(bind.writable.then(|| "rw".to_owned()));
            }
            Mount::Cache(cache) => {
                parts.push(format!("cache {}", word(&cache.target)));
                from = cache.from.as_ref();
                parts.extend(option("id", cache.id.as_ref()));
                parts.extend(cache.sharing.map(|sharing| {
                    let word = match sharing {
                        Sharing::Shared => "shared",
                        Sharing::Private => "private",
                        Sharing::Locked => "locked",
                    };
                    format!("sharing = {word}")
                }));
                parts.extend(option("source", cache.source.as_ref()));
                parts.extend(cache.read_only.then(|| "ro".to_owned()));
                owner = (cache.mode, cache.uid, cache.gid);
            }
            Mount::Ssh(ssh) => {
                parts.push("ssh".to_owned());
                if ssh.id != "default" {
                    parts.push(format!("id = {}", text(&ssh.id)));
                }
                parts.extend(option("target", ssh.target.as_ref()));
                parts.extend(ssh.optional.then(|| "optional".to_owned()));
                owner = (ssh.mode, ssh.uid, ssh.gid);
            }
            Mount::Tmpfs(tmpfs) => {
                parts.push(format!("tmpfs {}", word(&tmpfs.target)));
                parts.extend(tmpfs.size.map(|size| format!("size = {size}")));
                parts.extend(tmpfs.read_only.then(|| "ro".to_owned()));
            }
            Mount::Secret(_) => return None,
        }
        parts.extend(from.map(|from| format!("from = {}", self.origin(from))));
        let (mode, uid, gid) = owner;
        parts.extend(mode.map(|mode| format!("mode = \"{mode:o}\"")));
        parts.extend(uid.map(|uid| format!("uid = {uid}")));
        parts.extend(gid.map(|gid| format!("gid = {gid}")));
        Some(format!("[{}]", parts.join(", ")))
    }
}

/// Joins the keyword and the parts of an instruction: on one line, or with each part after the first on its own.
fn wrapped(parts: &[String]) -> String {
    let line = parts.join(" ");
    let first = line.lines().next().map_or(0, str::len);
    if INDENT.len() + first <= 100 {
        return line;
    }
    let (keyword, parts) = parts.split_at(1);
    format!(
        "{} {}",
        keyword.concat(),
        parts.join(&format!("\n{INDENT}    "))
    )
}

fn option(name: &str, value: Option<&Text>) -> Option<String> {
    value.map(|value| format!("{name} = {}", word(value)))
}

/// Writes a call of the builder.
fn fragment(method: &str, argument: &Expr) -> String {
    let call = Expr::call(format!("..StageBuilder::{method}"), vec![argument.clone()]);
    call.layout_in(INDENT.len())
}

fn comments(comments: &[String]) -> String {
    comments
        .iter()
        .map(|it| format!("{INDENT}// {it}\n"))
        .collect()
}

/// Writes a word in which BuildKit expands variables: in a literal with a `$` it does.
fn word(word: &Text) -> String {
    let has_hole = !Template::value(&word.content).holes.is_empty();
    let has_braces = word.content.contains("{{");
    if has_hole || has_braces || word.content.contains('$') != word.expanded {
        format!("({})", value(word).line())
    } else {
        literal(&word.content).line()
    }
}

/// Writes a text in which nothing is expanded.
fn text(text: &str) -> String {
    let template = Template::value(text);
    let literal = literal(text).line();
    if template.holes.is_empty() && !text.contains("{{") {
        literal
    } else {
        format!("({literal})")
    }
}

fn words(all: &[String]) -> String {
    let all: Vec<String> = all.iter().map(|one| text(one)).collect();
    format!("[{}]", all.join(", "))
}

fn command(line: &CommandLine) -> String {
    match line {
        CommandLine::Exec(arguments) => words(arguments),
        CommandLine::Shell(line) => text(line),
    }
}

fn healthcheck(check: &Healthcheck) -> Vec<String> {
    let Some(line) = &check.command else {
        return vec!["NONE".to_owned()];
    };
    let mut parts = Vec::new();
    for (name, duration) in [
        ("interval", &check.interval),
        ("timeout", &check.timeout),
        ("start-period", &check.start_period),
        ("start-interval", &check.start_interval),
    ] {
        let duration = duration.iter();
        parts.extend(duration.map(|duration| format!("--{name}={}", text(duration))));
    }
    let retries = check.retries.iter();
    parts.extend(retries.map(|retries| format!("--retries={retries}")));
    parts.push(format!("CMD {}", command(line)));
    parts
}

fn argument(arg: &Arg) -> String {
    match &arg.default {
        None => format!("ARG {}", arg.name),
        Some(default) => format!("ARG {} = {}", arg.name, word(default)),
    }
}

fn pairs(pairs: &[(String, Text)]) -> Vec<String> {
    let is_name = |key: &str| {
        key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !key.starts_with(|c: char| c.is_ascii_digit())
            && key != "_"
    };
    let pair = |(key, value): &(String, Text)| {
        let key = if is_name(key) { key.clone() } else { text(key) };
        format!("{key} = {}", word(value))
    };
    pairs.iter().map(pair).collect()
}

fn transfer(transfer: &Transfer) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(owner) = &transfer.chown {
        parts.push(format!("--chown={}", word(owner)));
    }
    if let Some(mode) = &transfer.chmod {
        parts.push(format!("--chmod={}", word(mode)));
    }
    parts.extend(transfer.link.then(|| "--link".to_owned()));
    let excludes = transfer.excludes.iter();
    parts.extend(excludes.map(|exclude| format!("--exclude={}", text(exclude))));
    parts.extend(transfer.sources.iter().map(source));
    parts.push(word(&transfer.destination));
    parts
}

fn source(source: &Source) -> String {
    match source {
        Source::Path(path) | Source::Remote(path) | Source::Glob(path) => {
            let literal = Text::literal(path);
            if matches!(source, Source::Glob(_)) && path.contains(['$', '{']) {
                return format!("({})", Expr::call("glob", vec![self::literal(path)]).line());
            }
            word(&literal)
        }
        Source::Expand(content) => word(&Text {
            content: content.clone(),
            expanded: true,
        }),
        Source::Inline(file) => {
            let arguments = vec![literal(&file.name), literal(&file.content)];
            format!("({})", Expr::call("inline", arguments).line())
        }
    }
}
