//! A RUN as a script of `sh!` with its mounts.
//!
//! In: a RUN of the file. Out: the model's [`Run`], and the literal and arguments of the `sh!` that makes it; or why only raw text
//! is equal to it. The script is judged by the analysis that the macro asks, so that a step compiles if and only if it says so.

use std::panic::Location;

use dockerfile_dsl_analysis::dockerfile::{Command, Instruction, Mount, Run as Parsed, SourceText};

use super::model::{self, Place};
use super::secrets::Constants;
use crate::danger::Decision;
use crate::instruction::{Network, Run, Security};
use crate::mount::SecretMount;
use crate::render::script::{ScriptShell, under_set_e};
use crate::value::AnyValue;
use crate::{Dialect, Script, Secret};

/// A RUN of the model, and the `sh!` for it.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) run: Run,
    /// `None`: the exec form.
    pub(super) script: Option<ShCall>,
    pub(super) is_without_set_e: bool,
    /// Why `sh!` refuses it, if it does.
    pub(super) refusal: Option<String>,
}

/// The arguments of a `sh!`.
#[derive(Debug, Clone)]
pub(super) struct ShCall {
    /// The text with holes.
    pub(super) text: String,
    /// Where the Dockerfile has line breaks that are not part of the text.
    pub(super) breaks: Vec<usize>,
    pub(super) is_bash: bool,
    /// Constant and target.
    pub(super) mounts: Vec<(String, String)>,
    /// Constant and variable.
    pub(super) envs: Vec<(String, String)>,
    pub(super) decisions: Vec<Decision>,
}

/// Why a variable has a secret: the file says no more.
pub(super) const REASON: &str = "imported from a Dockerfile";

/// A secret mount: the name of its constant, the secret, its target, its variable.
type SecretMounts = Vec<(String, Secret, Option<String>, Option<String>)>;

/// Converts a RUN, or says why it has no typed form.
pub(super) fn step(
    instruction: &Instruction,
    run: &Parsed,
    place: &Place<'_>,
    constants: &mut Constants,
) -> Result<Step, String> {
    let (mut secrets, mut others) = (SecretMounts::new(), Vec::new());
    for flag in &run.mounts {
        if flag.has_variables() {
            return Err("a mount has a variable".to_owned());
        }
        let mount = flag
            .resolve(place.escape, &|_| None)
            .map_err(|error| error.to_string())?;
        match mount {
            Mount::Secret(mount) => {
                let (name, secret) = constants
                    .of_mount(&mount, place.has_numeric_user && mount.target.is_some())
                    .map_err(|error| error.to_string())?;
                secrets.push((name, secret, mount.target, mount.env));
            }
            mount => {
                others.push(model::mount(&mount, flag, place).ok_or("a mount has no typed form")?)
            }
        }
    }
    let decisions: Vec<Decision> = instruction
        .notes
        .iter()
        .map(|note| Decision::of_text(note.kind.clone(), &note.reason))
        .collect();
    let mut step = match &run.command {
        Command::Exec(words) => exec(words, secrets),
        Command::Executable { .. } => return Err("its body is an executable file".to_owned()),
        command => {
            let text = command
                .shell_text()
                .ok_or("its command has no typed form")?;
            script(text, &secrets, decisions, place)?
        }
    };
    for mount in others {
        step.run = step.run.mount(mount);
    }
    step.run = flags(step.run, run).ok_or("a flag has no typed form")?;
    Ok(step)
}

fn exec(words: &[SourceText], secrets: SecretMounts) -> Step {
    let mut run = Run::exec(words.iter().map(SourceText::as_str));
    for (_, secret, target, variable) in secrets {
        let mut mount = SecretMount::new(secret);
        if let Some(target) = target.filter(|target| *target != usual_target(&secret)) {
            mount = mount.target(target);
        }
        if let Some(variable) = variable {
            mount = mount.env(variable, REASON);
        }
        run = run.mount(mount);
    }
    Step {
        run,
        script: None,
        is_without_set_e: false,
        refusal: None,
    }
}

fn script(
    source: &SourceText,
    secrets: &SecretMounts,
    decisions: Vec<Decision>,
    place: &Place<'_>,
) -> Result<Step, String> {
    let shell = ScriptShell::new(&place.shell);
    if !shell.is_posix() {
        return Err(format!("`{}` is its shell", shell.program()));
    }
    let text = source.trim_matches('\n');
    let start = source.find(text).unwrap_or(0);
    let breaks = breaks(source, place.text, start);
    let mut call = ShCall {
        text: String::new(),
        breaks: Vec::new(),
        is_bash: shell.is_bash(),
        mounts: Vec::new(),
        envs: Vec::new(),
        decisions,
    };
    let mut holes: Vec<(&str, &Secret)> = Vec::new();
    let mut replaced: Vec<(String, &str)> = Vec::new();
    for (name, secret, target, variable) in secrets {
        if let Some(variable) = variable {
            if target.is_some() {
                return Err("a secret is both a file and a variable".to_owned());
            }
            call.envs.push((name.clone(), variable.clone()));
        }
        let Some(target) = target else { continue };
        if *target == usual_target(secret) && occurs(text, target) {
            holes.push((name, secret));
            replaced.push((target.clone(), name));
        } else {
            call.mounts.push((name.clone(), target.clone()));
        }
    }
    (call.text, call.breaks) = with_holes(text, &breaks, &replaced);
    let secret_of = |name: &str| {
        let found = secrets.iter().find(|(known, ..)| known == name);
        found.map(|(_, secret, ..)| secret)
    };
    let mut template = Script::template(&call.text);
    for (name, secret) in &holes {
        template.bind(name, *secret as &dyn AnyValue);
    }
    for (name, target) in &call.mounts {
        template.mount(
            secret_of(name).ok_or("a secret mount has no typed form")?,
            target,
        );
    }
    for (name, variable) in &call.envs {
        template.env(
            secret_of(name).ok_or("a secret mount has no typed form")?,
            variable,
            REASON,
        );
    }
    if call.is_bash {
        template.dialect(Dialect::Bash);
    }
    for decision in &call.decisions {
        template.decide(decision.clone());
    }
    let (script, refusal) = template
        .judged(Location::caller())
        .map_err(|error| first_line(&error.to_string()))?;
    if script.text() != text {
        return Err("`sh!` would change its text".to_owned());
    }
    let dialect = script.dialect();
    let mut run = Run::new(script);
    let is_without_set_e = under_set_e(text, dialect, &shell) != text;
    if is_without_set_e {
        run = run.without_set_e();
    }
    Ok(Step {
        run,
        script: Some(call),
        is_without_set_e,
        refusal: refusal.map(|error| first_line(&error.to_string())),
    })
}

fn flags(mut run: Run, parsed: &Parsed) -> Option<Run> {
    run = match parsed.network.as_deref() {
        None => run,
        Some("default") => run.network(Network::Default),
        Some("none") => run.network(Network::None),
        Some("host") => run.network(Network::Host),
        Some(_) => return None,
    };
    run = match parsed.security.as_deref() {
        None => run,
        Some("sandbox") => run.security(Security::Sandbox),
        Some("insecure") => run.security(Security::Insecure),
        Some(_) => return None,
    };
    Some(
        parsed
            .devices
            .iter()
            .fold(run, |run, device| run.device(device.as_str())),
    )
}

fn usual_target(secret: &Secret) -> String {
    format!("/run/secrets/{}", secret.id())
}

/// Returns the positions of a text at which the file has a line break that is not part of it.
fn breaks(source: &SourceText, file: &str, start: usize) -> Vec<usize> {
    let pieces = source.pieces();
    let pairs = pieces.iter().zip(pieces.iter().skip(1));
    pairs
        .filter(|((at, from), (next, offset))| {
            let end = from + (next - at);
            file.get(end..*offset).is_some_and(|gap| gap.contains('\n'))
        })
        .filter_map(|(_, (next, _))| next.checked_sub(start))
        .collect()
}

/// Whether a path occurs as a whole word that a hole can take the place of.
fn occurs(text: &str, path: &str) -> bool {
    text.match_indices(path)
        .any(|(at, _)| is_whole(text, at, path.len()))
}

fn is_whole(text: &str, at: usize, length: usize) -> bool {
    let before = text[..at].chars().next_back();
    let after = text[at + length..].chars().next();
    let is_of_path = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    !before.is_some_and(|c| is_of_path(c) || matches!(c, '$' | '\\' | '{'))
        && !after.is_some_and(|c| is_of_path(c) || c == '}')
}

/// Returns the text of the literal, with holes for paths and doubled braces for what would be a hole; and the moved breaks.
fn with_holes(text: &str, breaks: &[usize], paths: &[(String, &str)]) -> (String, Vec<usize>) {
    let (mut out, mut moved) = (String::new(), Vec::new());
    let mut at = 0;
    while at < text.len() {
        if breaks.contains(&at) {
            moved.push(out.len());
        }
        let rest = &text[at..];
        let path = paths
            .iter()
            .filter(|(path, _)| rest.starts_with(path) && is_whole(text, at, path.len()))
            .max_by_key(|(path, _)| path.len());
        if let Some((path, name)) = path {
            out.push_str(&format!("{{{name}}}"));
            at += path.len();
        } else if let Some(length) = braced_word(rest).filter(|_| !text[..at].ends_with('$')) {
            out.push_str(&format!("{{{}}}", &rest[..length]));
            at += length;
        } else {
            let length = rest.chars().next().map_or(1, char::len_utf8);
            out.push_str(&rest[..length]);
            at += length;
        }
    }
    (out, moved)
}

/// Returns the length of `{name}` at the start of a text.
fn braced_word(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('{')?;
    let length = inner.find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
    let is_word = length > 0
        && !inner.starts_with(|c: char| c.is_ascii_digit())
        && inner[length..].starts_with('}');
    is_word.then_some(length + 2)
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
