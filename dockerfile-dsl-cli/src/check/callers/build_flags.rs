//! The arguments of a build: `docker build`, `podman build`, `buildah build`, `nerdctl build`, `buildctl build`, kaniko.
//!
//! In: the words after the sub-command. Out: a [`Caller`]. A word that may be several options makes the build [`Unread`].

use std::path::{Path, PathBuf};

use dockerfile_dsl_analysis::Span;

use super::carried;
use super::model::{
    BuildArgument, Caller, Location, Passed, Target, UNKNOWN, Unread, is_remote, locate,
};
use super::secret_flag;
use super::words::Rendered;

/// The programs that build images, by how they read their arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Builder {
    Docker,
    /// podman and buildah: `Containerfile` comes first.
    Podman,
    Buildctl,
    Kaniko,
}

/// The options with a value in the next word.
const VALUED: &[&str] = &[
    "add-host",
    "allow",
    "annotation",
    "arch",
    "attest",
    "authfile",
    "build-arg",
    "build-arg-file",
    "build-context",
    "builder",
    "cache-from",
    "cache-to",
    "cache-ttl",
    "call",
    "cap-add",
    "cap-drop",
    "cert-dir",
    "cgroup-parent",
    "cgroupns",
    "context",
    "cpp-flag",
    "cpu-period",
    "cpu-quota",
    "cpu-shares",
    "cpuset-cpus",
    "cpuset-mems",
    "creds",
    "custom-platform",
    "decryption-key",
    "destination",
    "device",
    "digest-file",
    "dns",
    "dns-option",
    "dns-search",
    "dockerfile",
    "env",
    "export-cache",
    "file",
    "format",
    "from",
    "frontend",
    "git",
    "hooks-dir",
    "iidfile",
    "ignorefile",
    "import-cache",
    "ipc",
    "isolation",
    "jobs",
    "label",
    "layer-label",
    "local",
    "log-format",
    "logfile",
    "manifest",
    "memory",
    "memory-swap",
    "metadata-file",
    "network",
    "no-cache-filter",
    "opt",
    "os",
    "os-feature",
    "os-version",
    "output",
    "pid",
    "platform",
    "policy",
    "progress",
    "provenance",
    "registry-mirror",
    "retry",
    "retry-delay",
    "runtime",
    "runtime-flag",
    "sbom",
    "secret",
    "security-opt",
    "shm-size",
    "sign-by",
    "ssh",
    "tag",
    "target",
    "timestamp",
    "ulimit",
    "unsetenv",
    "unsetlabel",
    "userns",
    "userns-gid-map",
    "userns-uid-map",
    "uts",
    "variant",
    "verbosity",
    "volume",
];

/// The short options with a value.
const SHORT: &[char] = &['f', 't', 'o', 'm', 'c', 'v', 'l'];

/// Options as they are written, and what is none.
struct Arguments {
    options: Vec<(String, Rendered)>,
    operands: Vec<Rendered>,
    open: Vec<Rendered>,
}

fn parse(words: &[Rendered]) -> Arguments {
    let mut parsed = Arguments {
        options: Vec::new(),
        operands: Vec::new(),
        open: Vec::new(),
    };
    let mut words = words.iter().peekable();
    let mut is_operand = false;
    while let Some(word) = words.next() {
        if is_operand || word.text == "-" {
            parsed.operands.push(word.clone());
        } else if word.is_open() {
            parsed.open.push(word.clone());
        } else if word.text == "--" {
            is_operand = true;
        } else if let Some(long) = word.text.strip_prefix("--") {
            match long.split_once('=') {
                Some((name, _)) => {
                    let value = word.after(name.len() + 3);
                    parsed.options.push((name.to_owned(), value));
                }
                None if VALUED.contains(&long) => {
                    if let Some(value) = words.next() {
                        parsed.options.push((long.to_owned(), value.clone()));
                    }
                }
                None => {}
            }
        } else if let Some(short) = word.text.strip_prefix('-') {
            let mut letters = short.char_indices();
            if let Some((at, letter)) = letters.find(|(_, letter)| SHORT.contains(letter)) {
                let rest = word.after(1 + at + letter.len_utf8());
                let value = if rest.text.is_empty() {
                    words.next().cloned()
                } else {
                    Some(rest)
                };
                let value = value.map(|value| (letter.to_string(), value));
                parsed.options.extend(value);
            }
        } else {
            parsed.operands.push(word.clone());
        }
    }
    parsed
}

/// Reads a build that starts in one of these folders.
pub(super) fn read(
    builder: Builder,
    name: &str,
    command: &Rendered,
    words: &[Rendered],
    folders: &[PathBuf],
) -> Caller {
    let arguments = parse(words);
    let value = |names: &[&str]| {
        let mut options = arguments.options.iter().rev();
        let found = options.find(|(name, _)| names.contains(&name.as_str()));
        found.map(|(_, value)| value)
    };
    let opt = |key: &str| {
        let mut options = arguments.options.iter().rev();
        options.find_map(|(name, value)| {
            let is_this = name == "opt" || name == "local";
            let text = value.text.strip_prefix(key)?;
            is_this.then(|| value.after(value.text.len() - text.len()))
        })
    };
    let (file, target, context) = match builder {
        Builder::Docker | Builder::Podman => (
            value(&["file", "f"]).cloned(),
            value(&["target"]).cloned(),
            arguments.operands.last().cloned(),
        ),
        Builder::Kaniko => (
            value(&["dockerfile", "f"]).cloned(),
            value(&["target"]).cloned(),
            value(&["context", "c"]).cloned(),
        ),
        Builder::Buildctl => (opt("filename="), opt("target="), opt("dockerfile=")),
    };
    let dockerfile = dockerfile(builder, &arguments, file, context, command, folders);
    let mut caller = Caller::new(name, command.span, dockerfile);
    if let Some(target) = target {
        caller.target = Target::named(target.text, target.span);
    }
    for word in &arguments.open {
        let message = "this may hold further options, such as `--secret`";
        caller.unread.push(Unread::new(word.span, message));
    }
    for (name, value) in &arguments.options {
        match name.as_str() {
            "secret" => add_secret(&mut caller, value),
            "build-arg" => add_argument(&mut caller, value),
            "opt" => {
                if let Some(rest) = value.text.strip_prefix("build-arg:") {
                    add_argument(&mut caller, &value.after(value.text.len() - rest.len()));
                }
            }
            _ => {}
        }
    }
    caller
}

/// Reads the build arguments of a command whose builds are in another file: `--build-arg N=V`, `--set TARGET.args.N=V`.
pub(super) fn read_other_file(name: &str, span: Span, words: &[Rendered]) -> Caller {
    let mut caller = Caller::new(name, span, Location::OtherFile);
    for (at, word) in words.iter().enumerate() {
        for option in ["--build-arg", "--set"] {
            let value = match word.text.strip_prefix(option) {
                Some("") => words.get(at + 1).cloned(),
                Some(rest) if rest.starts_with('=') => Some(word.after(option.len() + 1)),
                _ => None,
            };
            let Some(value) = value else { continue };
            if option == "--build-arg" {
                add_argument(&mut caller, &value);
            } else if let Some((target, _)) = value.text.split_once(".args.") {
                add_argument(&mut caller, &value.after(target.len() + ".args.".len()));
            }
        }
    }
    caller
}

fn dockerfile(
    builder: Builder,
    arguments: &Arguments,
    file: Option<Rendered>,
    context: Option<Rendered>,
    command: &Rendered,
    folders: &[PathBuf],
) -> Location {
    let here = Rendered {
        text: ".".to_owned(),
        span: command.span,
        ..Rendered::default()
    };
    let unread = |span, message: &str| Location::Unread(Unread::new(span, message));
    let context = match context {
        Some(context) => context,
        // Which of the words is the context is not known.
        None if file.is_none() && !arguments.open.is_empty() => {
            return unread(
                command.span,
                "which Dockerfile is built is not written here",
            );
        }
        None => here,
    };
    if context.text == "-" || file.as_ref().is_some_and(|file| file.text == "-") {
        return unread(context.span, "the Dockerfile comes from standard input");
    }
    if file.is_none() || is_remote(&context.text) {
        let mut candidates = Vec::new();
        for folder in folders {
            match locate(folder, &context.text, None, context.span) {
                Location::Candidates(paths) => {
                    if builder == Builder::Podman {
                        let folder = paths.iter().filter_map(|path| path.parent());
                        candidates.extend(folder.map(|folder| folder.join("Containerfile")));
                    }
                    candidates.extend(paths);
                }
                elsewhere => return elsewhere,
            }
        }
        return Location::Candidates(candidates);
    }
    let file = file.unwrap_or_default();
    if !file.is_known() {
        let message = "which Dockerfile is built depends on a value that is not written here";
        return unread(file.span, message);
    }
    let mut candidates: Vec<PathBuf> = folders
        .iter()
        .map(|folder| folder.join(&file.text))
        .collect();
    if builder != Builder::Docker && !context.text.contains(UNKNOWN) {
        let contexts = folders.iter().map(|folder| folder.join(&context.text));
        candidates.extend(contexts.map(|folder| folder.join(Path::new(&file.text))));
    }
    Location::Candidates(candidates)
}

fn add_secret(caller: &mut Caller, value: &Rendered) {
    match secret_flag::id(&value.text) {
        Some(id) if !id.contains(UNKNOWN) => caller.secrets.push(Passed::new(id, value.span)),
        _ => caller.unread.push(Unread::new(
            value.span,
            "the id of this secret is not written here",
        )),
    }
}

fn add_argument(caller: &mut Caller, argument: &Rendered) {
    let (name, value) = match argument.text.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        // `--build-arg NAME` takes the variable of that name.
        None => (argument.text.as_str(), None),
    };
    let known = value.filter(|value| !value.contains(UNKNOWN));
    let variables = argument.variables.iter().map(String::as_str);
    let secret = argument
        .carried
        .clone()
        .or_else(|| carried::by_argument(name, known, variables));
    caller.arguments.push(BuildArgument {
        name: name.replace(UNKNOWN, ".."),
        span: argument.span,
        secret,
    });
}
