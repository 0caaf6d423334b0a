//! Finds the builds that a shell script starts.
//!
//! In: a script and the folders that it may start in. Out: a caller per `docker build` and the like. Scripts are read by the parser of
//! the analysis; a `cd` is followed where its folder is written.

use std::path::{Path, PathBuf};

use dockerfile_dsl_analysis::Span;
use dockerfile_dsl_analysis::shell::{
    self, Command, CommandKind, Dialect, Options, Part, Visit, walk_command, walk_part,
};

use super::build_flags::{self, Builder};
use super::extract::Extract;
use super::model::{Caller, Callers, Location, Target, Unread, cleaned};
use super::words::{Rendered, Source, covered, render};

/// A script in a file.
pub(super) struct Script<'a> {
    pub(super) extract: &'a Extract,
    /// Expressions of another language in it, each with its offset.
    pub(super) expressions: &'a [(usize, &'a str)],
    /// What the builds are called in messages, after their command: " in job `x`".
    pub(super) place: &'a str,
    /// The folder of the script itself, for `$(dirname "$0")`.
    pub(super) own: Option<&'a Path>,
}

/// Words without which a text starts no build.
const PROGRAMS: [&str; 6] = [
    "docker", "podman", "buildah", "nerdctl", "buildctl", "kaniko",
];

/// Whether a text may start a build.
pub(super) fn may_build(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    PROGRAMS.iter().any(|program| lower.contains(program))
}

/// Adds the builds of a script. Returns the folders in which it ends.
pub(super) fn read(script: &Script<'_>, folders: &[PathBuf], found: &mut Callers) -> Vec<PathBuf> {
    if !may_build(&script.extract.text) && !script.extract.text.contains("cd") {
        return folders.to_vec();
    }
    let text = covered(&script.extract.text, script.expressions);
    let options = Options {
        dialect: Dialect::Bash,
        ..Options::default()
    };
    let tree = match shell::parse(&text, &options) {
        Ok(tree) => tree,
        Err(error) => {
            if may_build(&text) {
                let span = script.extract.place(error.span);
                let message = format!("the script is not understood: {}", error.message);
                found.unread.push(Unread::new(span, message));
            }
            return folders.to_vec();
        }
    };
    let mut finder = Finder {
        script,
        source: Source {
            text: &text,
            expressions: script.expressions,
        },
        folders: folders.to_vec(),
        found,
    };
    finder.list(&tree.list);
    finder.folders
}

struct Finder<'a> {
    script: &'a Script<'a>,
    source: Source<'a>,
    /// Where it may be; empty if that is not known.
    folders: Vec<PathBuf>,
    found: &'a mut Callers,
}

impl Visit for Finder<'_> {
    fn command(&mut self, command: &Command) {
        match &command.kind {
            CommandKind::Subshell(_) => {
                let before = self.folders.clone();
                walk_command(self, command);
                self.folders = before;
            }
            CommandKind::Simple(simple) => {
                walk_command(self, command);
                let words: Vec<Rendered> = simple
                    .words
                    .iter()
                    .map(|word| render(word, self.source))
                    .collect();
                self.simple(&words, command.span);
            }
            _ => walk_command(self, command),
        }
    }

    fn part(&mut self, part: &Part) {
        let before = self.folders.clone();
        walk_part(self, part);
        // A substitution is a subshell.
        self.folders = before;
    }
}

impl Finder<'_> {
    fn simple(&mut self, words: &[Rendered], span: Span) {
        let Some(first) = words.first() else { return };
        match first.text.as_str() {
            "cd" | "pushd" => return self.change_folder(words.get(1)),
            "echo" | "printf" | "grep" | ":" | "type" | "which" => return,
            _ => {}
        }
        let start = words.iter().enumerate().find_map(|(at, word)| {
            let builder = program(word)?;
            Some((at, builder, subcommand(builder, &words[at + 1..])?))
        });
        let Some((at, builder, length)) = start else {
            return self.other_file(words, span);
        };
        let mut command = words[at].clone();
        command.span = span;
        let shown: Vec<&str> = words[at..=at + length]
            .iter()
            .map(|word| word.text.as_str())
            .filter(|word| !word.starts_with('-'))
            .collect();
        let shown = shown.join(" ").replace(super::model::UNKNOWN, "docker");
        let name = format!("`{shown}`{}", self.script.place);
        let arguments = &words[at + 1 + length..];
        let caller = build_flags::read(builder, &name, &command, arguments, &self.folders);
        let caller = self.placed(caller);
        self.found.callers.push(caller);
    }

    /// `docker compose build` and `docker buildx bake`, which read another file, with further build arguments.
    fn other_file(&mut self, words: &[Rendered], span: Span) {
        let is_engine = |word: &Rendered| {
            let name = word.text.rsplit('/').next();
            matches!(
                name,
                Some("docker" | "podman" | "nerdctl" | "docker-compose" | "podman-compose")
            )
        };
        let Some(at) = words.iter().position(is_engine) else {
            return;
        };
        let has = |word: &str| words[at..].iter().any(|other| other.text == word);
        let is_compose = has("compose") || words[at].text.ends_with("-compose");
        let name = match (is_compose && has("build"), has("bake")) {
            (true, _) => "`docker compose build`",
            (_, true) => "`docker buildx bake`",
            _ => return,
        };
        let name = format!("{name}{}", self.script.place);
        let caller = build_flags::read_other_file(&name, span, &words[at..]);
        let caller = self.placed(caller);
        self.found.callers.push(caller);
    }

    fn change_folder(&mut self, word: Option<&Rendered>) {
        let Some(word) = word else { return };
        if word.is_known() && !word.text.starts_with(['-', '~']) {
            for folder in &mut self.folders {
                *folder = cleaned(&folder.join(&word.text));
            }
            return;
        }
        // `cd "$(dirname "$0")/.."` and its like.
        let written = word.span.of(self.source.text);
        let is_own =
            written.contains("dirname") && written.contains(['0', 'S']) || written.contains("%/*");
        let rest = word.text.trim_start_matches(super::model::UNKNOWN);
        self.folders = match self.script.own {
            Some(own) if is_own && !rest.contains(super::model::UNKNOWN) => {
                vec![cleaned(&own.join(rest.trim_start_matches('/')))]
            }
            _ => Vec::new(),
        };
    }

    /// Returns the caller with places in the file instead of the script.
    fn placed(&self, mut caller: Caller) -> Caller {
        let place = |span: &mut Span| *span = self.script.extract.place(*span);
        place(&mut caller.span);
        if let Location::Candidates(paths) = &caller.dockerfile
            && paths.is_empty()
        {
            let message = "the folder in which this runs is not written here";
            caller.dockerfile = Location::Unread(Unread::new(caller.span, message));
        } else if let Location::Unread(unread) = &mut caller.dockerfile {
            place(&mut unread.span);
        }
        if let Target::Unread(unread) = &mut caller.target {
            place(&mut unread.span);
        }
        caller
            .secrets
            .iter_mut()
            .for_each(|secret| place(&mut secret.span));
        caller
            .arguments
            .iter_mut()
            .for_each(|argument| place(&mut argument.span));
        caller
            .unread
            .iter_mut()
            .for_each(|unread| place(&mut unread.span));
        caller
    }
}

/// Returns how a program reads its arguments, if it builds images.
fn program(word: &Rendered) -> Option<Builder> {
    if !word.is_known() {
        // `$DOCKER build`, `$(CONTAINER_ENGINE) build`
        let is_engine = word.variables.iter().any(|name| {
            let name = name.to_ascii_lowercase();
            ["docker", "podman", "container", "engine"]
                .iter()
                .any(|part| name.contains(part))
        });
        return is_engine.then_some(Builder::Docker);
    }
    match word.text.rsplit('/').next()? {
        "docker" | "nerdctl" | "docker.exe" => Some(Builder::Docker),
        "podman" | "buildah" => Some(Builder::Podman),
        "buildctl" | "buildctl-daemonless.sh" => Some(Builder::Buildctl),
        "executor" if word.text.contains("kaniko") => Some(Builder::Kaniko),
        _ => None,
    }
}

/// Returns the number of words up to and with the sub-command that builds.
fn subcommand(builder: Builder, words: &[Rendered]) -> Option<usize> {
    const VALUED: [&str; 14] = [
        "-H",
        "--host",
        "--context",
        "-c",
        "--config",
        "-l",
        "--log-level",
        "--builder",
        "--namespace",
        "-n",
        "--address",
        "-a",
        "--root",
        "--addr",
    ];
    if builder == Builder::Kaniko {
        return Some(0);
    }
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        match word.text.as_str() {
            "build" | "b" | "bud" | "build-using-dockerfile" => return Some(at),
            "image" | "builder" | "buildx" => {}
            text if VALUED.contains(&text) => at += 1,
            text if text.starts_with('-') => {}
            _ => return None,
        }
    }
    None
}
