//! What the reader says about the default target of a file: what BuildKit prints as its outline, and keeps as its image config.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use dockerfile_dsl_analysis::dockerfile::expand::{expand, expand_words};
use dockerfile_dsl_analysis::dockerfile::{
    Argument, Command, Environment, File, Healthcheck, Instruction, Kind, Mount,
};

/// A name, and what it has in each of the stages: BuildKit takes one of them.
pub type Options<T> = BTreeMap<String, BTreeSet<T>>;

/// The parameters of a build.
#[derive(Debug, Default)]
pub struct Outline {
    /// Build arguments, with their values.
    pub arguments: Options<String>,
    /// Secrets, and whether they are required.
    pub secrets: Options<bool>,
    /// Agents, and whether they are required.
    pub agents: Options<bool>,
}

/// The image config of a stage.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Config {
    /// The variables.
    pub env: BTreeMap<String, String>,
    /// `WORKDIR`
    pub workdir: String,
    /// `USER`
    pub user: String,
    /// `CMD`, with the shell.
    pub cmd: Vec<String>,
    /// `ENTRYPOINT`, with the shell.
    pub entrypoint: Vec<String>,
    /// `SHELL`
    pub shell: Vec<String>,
    /// `LABEL`
    pub labels: BTreeMap<String, String>,
    /// `VOLUME`
    pub volumes: BTreeSet<String>,
    /// `EXPOSE`, as `80/tcp`.
    pub ports: BTreeSet<String>,
    /// `STOPSIGNAL`
    pub signal: String,
    /// The command of `HEALTHCHECK`, after its kind.
    pub healthcheck: Vec<String>,
    /// How many instructions `ONBUILD` stores.
    pub triggers: usize,
}

/// A build argument.
#[derive(Debug, Default, Clone)]
struct Declared {
    value: String,
    /// The arguments in its default.
    names: BTreeSet<String>,
}

/// The end of a stage.
#[derive(Debug, Clone)]
struct Stage {
    environment: Environment,
    base: Option<usize>,
    /// The stages that its instructions take files from.
    sources: Vec<usize>,
    declared: BTreeMap<String, Declared>,
    used: BTreeSet<String>,
    /// The first mount of each id, and whether it is required.
    secrets: BTreeMap<String, bool>,
    agents: BTreeMap<String, bool>,
    config: Config,
    has_cmd: bool,
}

/// Returns the outline and the config of the last stage of a file that can be built, with images that set nothing.
///
/// # Panics
///
/// If the file has no stage.
#[must_use]
pub fn default_target(file: &File) -> (Outline, Config) {
    let stages = stages(file);
    let last = stages.last().expect("a file has a stage");
    let environment = &last.environment;
    let config = Config {
        env: owned(environment.env()).collect(),
        workdir: environment.workdir().to_owned(),
        user: environment.user().to_owned(),
        ..last.config.clone()
    };
    (outline(&stages), config)
}

/// Returns the state at the end of the last stage, with images that set nothing.
///
/// # Panics
///
/// If the file has no stage.
#[must_use]
pub fn last_environment(file: &File) -> Environment {
    let last = stages(file).pop();
    last.expect("a file has a stage").environment
}

fn stages(file: &File) -> Vec<Stage> {
    let global = Environment::new(file, Vec::new());
    let declared = global_arguments(file);
    let mut stages: Vec<Stage> = Vec::new();
    for (at, content) in file.stages.iter().enumerate() {
        let mut stage = first(file, at, &global, &declared, &stages);
        let base = stage.base.map(|base| &file.stages[base].instructions);
        let triggers = base.into_iter().flatten();
        let triggers = triggers.filter_map(|instruction| match &instruction.kind {
            Kind::Onbuild(inner) => Some(&**inner),
            _ => None,
        });
        for instruction in triggers.chain(&content.instructions) {
            stage.visit(instruction, &global, file);
            let _ = stage.environment.apply(instruction);
        }
        stages.push(stage);
    }
    stages
}

fn owned<'e>(
    pairs: impl Iterator<Item = (&'e str, &'e str)>,
) -> impl Iterator<Item = (String, String)> {
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned()))
}

/// Returns the build arguments before the first FROM.
fn global_arguments(file: &File) -> BTreeMap<String, Declared> {
    let mut before = file.clone();
    before.global_args.clear();
    let predefined = Environment::new(&before, Vec::new());
    let mut values: BTreeMap<String, String> = owned(predefined.variables()).collect();
    let mut all: BTreeMap<String, Declared> = BTreeMap::new();
    for instruction in &file.global_args {
        let Kind::Arg(arguments) = &instruction.kind else {
            continue;
        };
        for Argument { name, default, .. } in arguments {
            let mut declared = Declared::default();
            if let Some(default) = default {
                let lookup = |name: &str| values.get(name).cloned();
                (declared.value, declared.names) = with_names(default, file, &lookup);
                if declared.names.remove(name.as_str()) {
                    let old = all.get(name.as_str()).map(|old| old.names.clone());
                    declared.names.extend(old.into_iter().flatten());
                }
                values.insert(name.to_string(), declared.value.clone());
            }
            all.insert(name.to_string(), declared);
        }
    }
    all
}

/// Expands a word, and returns the variables in it that have a value.
fn with_names(
    word: &str,
    file: &File,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> (String, BTreeSet<String>) {
    let names = RefCell::new(BTreeSet::new());
    let value = expand(word, file.escape, &|name| {
        let value = lookup(name);
        if value.is_some() {
            names.borrow_mut().insert(name.to_owned());
        }
        value
    });
    (value.unwrap_or_default(), names.into_inner())
}

/// Returns a stage after its FROM.
fn first(
    file: &File,
    at: usize,
    global: &Environment,
    declared: &BTreeMap<String, Declared>,
    before: &[Stage],
) -> Stage {
    let lookup = |name: &str| global.variable(name).map(str::to_owned);
    let content = &file.stages[at];
    let (name, mut used) = with_names(&content.base, file, &lookup);
    if let Kind::From(image) = &content.from.kind
        && let Some(platform) = &image.platform
    {
        used.extend(with_names(platform, file, &lookup).1);
    }
    let base = file.stage_named(&name, at);
    let of_base = base.map(|base| &before[base]);
    Stage {
        environment: Environment::stage(global, of_base.map(|base| &base.environment)),
        base,
        sources: Vec::new(),
        declared: declared.clone(),
        used,
        secrets: BTreeMap::new(),
        agents: BTreeMap::new(),
        config: Config {
            triggers: 0,
            ..of_base.map(|base| base.config.clone()).unwrap_or_default()
        },
        has_cmd: false,
    }
}

impl Stage {
    fn visit(&mut self, instruction: &Instruction, global: &Environment, file: &File) {
        let environment = &self.environment.clone();
        let value = |word: &str| environment.expand(word).unwrap_or_default();
        let command = |command: &Command| match command {
            Command::Exec(arguments) => arguments.iter().map(ToString::to_string).collect(),
            line => {
                let shell = environment.shell().iter().cloned();
                let line = line.shell_text().map(ToString::to_string);
                shell.chain(line).collect::<Vec<String>>()
            }
        };
        let config = &mut self.config;
        match &instruction.kind {
            Kind::Arg(arguments) => self.arguments(arguments, environment, global, file),
            Kind::Copy(transfer) => {
                let from = transfer.from.as_ref().map(ToString::to_string);
                self.sources
                    .extend(from.and_then(|from| number_or_name(&from, file)));
            }
            Kind::Run(run) => {
                for flag in &run.mounts {
                    if let Ok(mount) = environment.mount(flag) {
                        self.mount(mount, file);
                    }
                }
            }
            Kind::Cmd(line) => (config.cmd, self.has_cmd) = (command(line), true),
            Kind::Entrypoint(line) => {
                config.entrypoint = command(line);
                if !self.has_cmd {
                    config.cmd.clear();
                }
            }
            Kind::Shell(arguments) => {
                config.shell = arguments.iter().map(ToString::to_string).collect();
            }
            Kind::Label(pairs) => {
                let pairs = pairs.iter();
                config
                    .labels
                    .extend(pairs.map(|pair| (value(&pair.key), value(&pair.value))));
            }
            Kind::Volume(paths) => config.volumes.extend(paths.iter().map(|path| value(path))),
            Kind::Stopsignal(signal) => config.signal = value(signal),
            Kind::Healthcheck(Healthcheck::None) => config.healthcheck = vec!["NONE".to_owned()],
            Kind::Healthcheck(Healthcheck::Command(line)) => {
                let (kind, line) = match line {
                    Command::Exec(_) => ("CMD", command(line)),
                    line => (
                        "CMD-SHELL",
                        line.shell_text()
                            .map(ToString::to_string)
                            .into_iter()
                            .collect(),
                    ),
                };
                config.healthcheck = std::iter::once(kind.to_owned()).chain(line).collect();
            }
            Kind::Expose(words) => {
                let lookup = |name: &str| environment.variable(name).map(str::to_owned);
                let words = words
                    .iter()
                    .map(|word| expand_words(word, file.escape, &lookup));
                config
                    .ports
                    .extend(words.flatten().flatten().flat_map(|port| ports(&port)));
            }
            Kind::Onbuild(_) => config.triggers += 1,
            _ => {}
        }
    }

    fn arguments(
        &mut self,
        arguments: &[Argument],
        environment: &Environment,
        global: &Environment,
        file: &File,
    ) {
        let mut values: BTreeMap<String, String> = owned(environment.variables()).collect();
        for Argument { name, default, .. } in arguments {
            self.used.insert(name.to_string());
            let lookup = |name: &str| values.get(name).cloned();
            let value = match (default, global.variable(name)) {
                // BuildKit lists the one from before the first FROM.
                (None, Some(_)) => continue,
                (None, None) => String::new(),
                (Some(default), _) => with_names(default, file, &lookup).0,
            };
            if default.is_some() {
                values.insert(name.to_string(), value.clone());
            }
            let names = BTreeSet::new();
            self.declared
                .insert(name.to_string(), Declared { value, names });
        }
    }

    fn mount(&mut self, mount: Mount, file: &File) {
        let from = match mount {
            Mount::Secret(secret) => {
                self.secrets.entry(secret.id).or_insert(secret.required);
                return;
            }
            Mount::Ssh(ssh) => {
                self.agents.entry(ssh.id).or_insert(ssh.required);
                return;
            }
            Mount::Bind(bind) => bind.from,
            Mount::Cache(cache) => cache.from,
            Mount::Tmpfs(_) => None,
        };
        let from = from.and_then(|from| file.stage_named(&from, file.stages.len()));
        self.sources.extend(from);
    }
}

fn number_or_name(from: &str, file: &File) -> Option<usize> {
    let count = file.stages.len();
    match from.parse::<usize>() {
        Ok(number) => Some(number).filter(|number| *number < count),
        Err(_) => file.stage_named(from, count),
    }
}

/// Returns the ports of a word: `8000-8001` is two.
fn ports(word: &str) -> Vec<String> {
    let (ports, protocol) = word.split_once('/').unwrap_or((word, ""));
    let protocol = match protocol {
        "" => "tcp".to_owned(),
        protocol => protocol.to_ascii_lowercase(),
    };
    let ports = ports.rsplit(':').next().unwrap_or_default();
    let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
    match (first.parse::<u16>(), last.parse::<u16>()) {
        (Ok(first), Ok(last)) => (first..=last)
            .map(|port| format!("{port}/{protocol}"))
            .collect(),
        _ => Vec::new(),
    }
}

/// Joins the parameters of the stages that the last one needs.
fn outline(stages: &[Stage]) -> Outline {
    let mut outline = Outline::default();
    let mut next = vec![stages.len() - 1];
    let mut visited = BTreeSet::new();
    while let Some(at) = next.pop() {
        if !visited.insert(at) {
            continue;
        }
        let stage = &stages[at];
        next.extend(stage.base.iter().chain(&stage.sources));
        let mut names: Vec<&String> = stage.used.iter().collect();
        let mut used = BTreeSet::new();
        while let Some(name) = names.pop() {
            if let Some(declared) = stage.declared.get(name)
                && used.insert(name)
            {
                names.extend(&declared.names);
                let values = outline.arguments.entry(name.clone()).or_default();
                values.insert(declared.value.clone());
            }
        }
        for (id, is_required) in &stage.secrets {
            outline
                .secrets
                .entry(id.clone())
                .or_default()
                .insert(*is_required);
        }
        for (id, is_required) in &stage.agents {
            outline
                .agents
                .entry(id.clone())
                .or_default()
                .insert(*is_required);
        }
    }
    outline
}
