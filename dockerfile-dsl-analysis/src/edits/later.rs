//! What may read a file of a stage after the instruction that wrote it.
//!
//! In: a file, an instruction, a path. Out: whether a later step, the container, or a stage that takes files from this one may read it.
//! Fails closed: a step is harmless only if all of its programs are in a short list and nothing in it names the file.

use crate::Span;
use crate::dockerfile::{Environment, File, Healthcheck, Instruction, Kind, Run, Source, Stage};
use crate::rules::steps::texts;
use crate::shell::{self, Options, Visit, walk_command};

/// Programs that open no file besides those of their package or user database and those in their arguments.
const INERT: [&str; 16] = [
    ":", "addgroup", "adduser", "chmod", "date", "echo", "export", "groupadd", "id", "mkdir",
    "printf", "pwd", "set", "touch", "true", "useradd",
];

/// Package managers, which read their configuration in `/etc`.
const PACKAGES: [&str; 6] = ["apk", "apt", "apt-get", "dnf", "microdnf", "yum"];

/// Programs that a step runs on a file that it prepares for later.
const PREPARING: [&str; 10] = [
    "[", "cat", "cd", "chown", "exit", "ls", "rm", "stat", "sync", "test",
];

/// The commands of a script that may use a file which an earlier one wrote.
#[derive(Debug, Default)]
pub(super) struct Users {
    /// The simple commands outside of branches and loops, in order. In a branch or loop, which command follows is unknown.
    straight: Vec<Span>,
    /// Start of the last command that may use a file outside of `/etc`, other than to prepare it.
    last: Option<usize>,
    /// The same for a file in `/etc`.
    last_in_etc: Option<usize>,
}

impl Users {
    pub(super) fn of(script: &shell::Script) -> Self {
        let pipelines = script.list.items.iter().flat_map(|item| {
            let rest = item.and_or.rest.iter().map(|(_, pipeline)| pipeline);
            std::iter::once(&item.and_or.first).chain(rest)
        });
        let commands = pipelines.flat_map(|pipeline| &pipeline.commands);
        let is_simple =
            |command: &&shell::Command| matches!(command.kind, shell::CommandKind::Simple(_));
        let mut users = Self {
            straight: commands
                .filter(is_simple)
                .map(|command| command.span)
                .collect(),
            ..Self::default()
        };
        users.list(&script.list);
        users
    }

    /// Whether a command that begins after `at` uses the file that the command at `at` wrote.
    pub(super) fn is_used(&self, at: usize, path: &str) -> bool {
        let here = self.straight.partition_point(|span| span.end < at);
        let is_straight = (self.straight.get(here)).is_some_and(|span| span.start < at);
        let last = if is_in_etc(path) {
            self.last_in_etc
        } else {
            self.last
        };
        is_straight && last.is_some_and(|last| last >= at)
    }
}

impl Visit for Users {
    fn command(&mut self, command: &shell::Command) {
        if let shell::CommandKind::Simple(simple) = &command.kind
            && let Some(word) = simple.words.first()
        {
            let name = word.literal();
            let is_user = |path: &str| {
                let is_harmless =
                    |name: &str| PREPARING.contains(&name) || is_inert_program(name, path);
                !name.as_deref().is_some_and(is_harmless)
            };
            let start = Some(command.span.start);
            if is_user("/") {
                self.last = self.last.max(start);
            }
            if is_user("/etc/") {
                self.last_in_etc = self.last_in_etc.max(start);
            }
        }
        walk_command(self, command);
    }
}

fn is_in_etc(path: &str) -> bool {
    path.contains("/etc/")
}

fn is_inert_program(name: &str, path: &str) -> bool {
    INERT.contains(&name) || PACKAGES.contains(&name) && !is_in_etc(path)
}

/// Returns whether each stage sets what its container runs.
pub(super) fn containers(file: &File) -> Vec<bool> {
    let sets_it = |stage: &Stage| {
        let mut instructions = stage.instructions.iter();
        instructions.any(|instruction| is_for_container(&instruction.kind))
    };
    file.stages.iter().map(sets_it).collect()
}

/// Whether something after instruction `index` of the stage may read the file at `path`. `containers`: what [`containers`] returns.
pub(super) fn may_be_read(
    file: &File,
    containers: &[bool],
    (stage, index): (usize, usize),
    path: &str,
) -> bool {
    let mut after = file.stages[stage].instructions.iter().skip(index + 1);
    // What the container runs may be set before.
    if containers[stage] || after.any(|instruction| may_read(instruction, path)) {
        return true;
    }
    let global = Environment::new(file, Vec::new());
    // Stages that begin with the files of this one.
    let mut derived = vec![stage];
    for (number, other) in file.stages.iter().enumerate().skip(stage + 1) {
        let Ok(base) = global.expand(&other.base) else {
            return true;
        };
        let is_derived = file
            .stage_named(&base, number)
            .is_some_and(|base| derived.contains(&base));
        for instruction in &other.instructions {
            let copies = copies_from(file, number, instruction, &derived, path);
            if copies || is_derived && may_read(instruction, path) {
                return true;
            }
        }
        if is_derived {
            if containers[number] {
                return true;
            }
            derived.push(number);
        }
    }
    // A stage that is a base may have set what its image runs.
    (bases(file, stage).into_iter()).any(|base| containers[base])
}

/// Returns the stages that this one is based on.
fn bases(file: &File, stage: usize) -> Vec<usize> {
    let global = Environment::new(file, Vec::new());
    let mut bases = Vec::new();
    let mut at = stage;
    while let Ok(name) = global.expand(&file.stages[at].base)
        && let Some(base) = file.stage_named(&name, at)
    {
        bases.push(base);
        at = base;
    }
    bases
}

/// Whether the instruction decides what a container runs.
fn is_for_container(kind: &Kind) -> bool {
    match kind {
        Kind::Cmd(_) | Kind::Entrypoint(_) | Kind::Healthcheck(Healthcheck::Command(_)) => true,
        Kind::Onbuild(inner) => is_for_container(&inner.kind) || matches!(inner.kind, Kind::Run(_)),
        _ => false,
    }
}

fn may_read(instruction: &Instruction, path: &str) -> bool {
    match &instruction.kind {
        Kind::Run(run) => !is_inert(run, path),
        _ => false,
    }
}

/// Whether a RUN opens no file that it does not name, and does not name this one or a directory of it.
fn is_inert(run: &Run, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let directory = path.strip_suffix(name).unwrap_or_default();
    let directory = directory.trim_end_matches('/');
    let names = |text: &str| {
        let is_beneath = !directory.is_empty() && text.contains(directory);
        is_beneath || text.contains(name) || text.contains(['*', '?', '`', '<', '~', '$'])
    };
    let mounts_a_stage = run
        .mounts
        .iter()
        .any(|flag| flag.fields.iter().any(|field| field.key == "from"));
    if mounts_a_stage || texts(run).iter().any(|text| names(text)) {
        return false;
    }
    let Some(text) = run.command.shell_text() else {
        return false;
    };
    let Ok(mut script) = shell::Stream::new(text, &Options::default()) else {
        return false;
    };
    let mut commands = Inert {
        path,
        is_inert: true,
    };
    script.visit(&mut commands).is_ok() && commands.is_inert
}

/// Visitor that checks whether all commands are inert.
struct Inert<'a> {
    path: &'a str,
    is_inert: bool,
}

impl Visit for Inert<'_> {
    fn command(&mut self, command: &shell::Command) {
        self.is_inert &= match &command.kind {
            shell::CommandKind::Simple(simple) => match simple.words.first() {
                None => true,
                Some(word) => word
                    .literal()
                    .is_some_and(|name| is_inert_program(&name, self.path)),
            },
            shell::CommandKind::Function(_) | shell::CommandKind::Opaque(_) => false,
            _ => true,
        };
        walk_command(self, command);
    }
}

/// Whether an instruction takes the file, or a directory of it, from one of these stages.
fn copies_from(
    file: &File,
    number: usize,
    instruction: &Instruction,
    stages: &[usize],
    path: &str,
) -> bool {
    let is_one = |from: &str| {
        let index = from.parse().ok();
        let stage = file.stage_named(from, number).or(index);
        from.contains('$') || stage.is_some_and(|stage| stages.contains(&stage))
    };
    match &instruction.kind {
        Kind::Copy(transfer) | Kind::Add(transfer) => {
            let from = transfer.from.as_ref().is_some_and(|from| is_one(from));
            from && transfer.sources.iter().any(|source| match source {
                Source::Path(source) => covers(source, path),
                Source::HereDocument(_) => false,
            })
        }
        Kind::Run(run) => run.mounts.iter().any(|flag| {
            let mut fields = flag.fields.iter();
            let from = fields.find(|field| field.key == "from");
            from.and_then(|field| field.value.as_ref())
                .is_some_and(|from| is_one(from))
        }),
        Kind::Onbuild(inner) => copies_from(file, number, inner, stages, path),
        _ => false,
    }
}

/// Whether a source of COPY may be the path or a directory above it.
fn covers(source: &str, path: &str) -> bool {
    // `~/.netrc` may be anywhere.
    let is_unknown = !path.starts_with('/') || source.contains("..");
    if is_unknown || source.contains(['*', '?', '[', '$', '\\']) {
        return true;
    }
    let source = source.trim_start_matches("./").trim_matches('/');
    let source = if source == "." { "" } else { source };
    let path = path.trim_start_matches('/');
    source.is_empty()
        || path
            .strip_prefix(source)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::{containers, may_be_read};
    use crate::dockerfile::{self, Kind};

    /// Whether the path may be read after the first RUN.
    #[track_caller]
    fn check(after: &str, expected: bool) {
        let text = format!("FROM a AS one\nRUN write\n{after}\n");
        let file = dockerfile::read(&text).unwrap_or_else(|errors| panic!("{errors:?}"));
        assert!(matches!(file.stages[0].instructions[0].kind, Kind::Run(_)));
        let found = may_be_read(&file, &containers(&file), (0, 0), "/root/.netrc");
        assert_eq!(found, expected, "{after}");
    }

    #[test]
    fn a_later_step_may_read_it() {
        check("", false);
        check("ENV A=b\nWORKDIR /root\nUSER x\nEXPOSE 80", false);
        check("RUN apt-get update && apt-get install -y git", false);
        check("RUN git pull", true);
        check("RUN echo /root/.netrc", true);
        check("RUN chmod -R 700 /root", true);
        check("RUN echo $(cat x)", true);
        check("RUN [\"ls\"]", true);
        check("RUN f() { true; }; f", true);
    }

    #[test]
    fn package_managers_read_their_configuration() {
        let text = "FROM a\nRUN write\nRUN apt-get update\n";
        let file = dockerfile::read(text).unwrap_or_else(|errors| panic!("{errors:?}"));
        assert!(may_be_read(
            &file,
            &containers(&file),
            (0, 0),
            "/etc/apt/auth.conf"
        ));
        assert!(!may_be_read(
            &file,
            &containers(&file),
            (0, 0),
            "/root/.npmrc"
        ));
    }

    #[test]
    fn the_container_may_read_it() {
        check("CMD [\"app\"]", true);
        check("ENTRYPOINT app", true);
        check("HEALTHCHECK CMD true", true);
        check("HEALTHCHECK NONE", false);
        check("ONBUILD RUN make", true);
        check("ONBUILD ENV A=b", false);
    }

    #[test]
    fn a_stage_may_take_it() {
        check("FROM b\nCOPY --from=one /app /app\nCMD x", false);
        check("FROM b\nCOPY --from=one /root /root", true);
        check("FROM b\nCOPY --from=0 /root/.netrc /x", true);
        check("FROM b\nCOPY --from=one /r* /x", true);
        check("FROM b\nCOPY --from=one . /x", true);
        check("FROM b\nCOPY --from=one /rootfs /x", false);
        check(
            "FROM b\nRUN --mount=type=bind,from=one,target=/x true",
            true,
        );
        check("FROM one\nRUN make", true);
        check("FROM one AS two\nRUN true\nFROM two\nCMD x", true);
        check("FROM one AS two\nRUN true\nFROM b\nCMD x", false);
    }

    #[test]
    fn what_a_base_stage_runs_may_read_it() {
        let text = "FROM a AS one\nCMD app\nFROM one\nRUN write\n";
        let file = dockerfile::read(text).unwrap_or_else(|errors| panic!("{errors:?}"));
        assert!(may_be_read(
            &file,
            &containers(&file),
            (1, 0),
            "/root/.netrc"
        ));
    }
}
