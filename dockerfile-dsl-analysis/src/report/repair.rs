//! Selects the fix of a leak.
//!
//! In: the sink of a secret, the steps to it, the script around it. Out: a [`Fix`], or none if only the author can decide.

use super::fix::{Fix, WrittenIn};
use super::git_url::credential_helper;
use super::leak::{Author, Leak};
use crate::code::{CauseCode, SinkCode};
use crate::domain::{About, Cause, Keeper, Sink};
use crate::domain::{Component, SymbolicPath};
use crate::quote;

impl Author<'_> {
    const fn written_in(self) -> WrittenIn {
        match self {
            Self::Hole(_) | Self::Mount => WrittenIn::Sh,
            Self::File(_) => WrittenIn::Dockerfile,
        }
    }
}

/// Returns the fix.
pub(super) fn fix(leak: &Leak<'_>) -> Option<Fix> {
    let hole = || leak.hole.map(str::to_owned);
    Some(match leak.sink {
        Sink::File {
            keeper: Keeper::Cache,
            path,
            ..
        } => file(leak, path).unwrap_or(Fix::AllowCache),
        Sink::File { path, .. } => layer(leak, path),
        Sink::BuildLog(cause) => log(leak, cause),
        Sink::Program { program: name, .. } => program(leak, name),
        Sink::ProjectCode { .. } => Fix::ProjectCode {
            secret: leak.secret.to_owned(),
            written_in: leak.author.written_in(),
        },
        Sink::Shell(_) => Fix::SetShell,
        Sink::Directory(_) => Fix::SetDirectory,
        Sink::Syntax { .. } => accept(leak),
        Sink::Choice { .. } => Fix::CheckedWord { name: hole()? },
        Sink::Alias(_) => Fix::LiteralPath { name: hole()? },
        // Only the author knows whether the host or the list is wrong.
        Sink::Host { .. } => return None,
    })
}

fn layer(leak: &Leak<'_>, path: &SymbolicPath) -> Fix {
    if leak.sink.form() == SinkCode::FileName {
        return name(leak);
    }
    let cause = leak.way.step.cause();
    let names_git = |name: &Component| name.known_texts().any(|text| text.contains("git"));
    let is_git =
        path.components().iter().any(names_git) || cause.and_then(Cause::program) == Some("git");
    if is_git
        && path
            .file_name()
            .is_some_and(|name| name.ends_with("config"))
        && let Some(fix) = credential_helper(leak, path)
    {
        return fix;
    }
    let is_public = cause == Some(&Cause::Bundled);
    if is_public
        || ["/etc/shadow", "/etc/passwd", "/etc/group"]
            .iter()
            .any(|accounts| path.is(accounts))
    {
        return accept(leak);
    }
    file(leak, path).unwrap_or_else(|| in_memory(leak, path))
}

/// Writes to a directory in memory instead.
fn in_memory(leak: &Leak<'_>, path: &SymbolicPath) -> Fix {
    let written_in = leak.author.written_in();
    let directory = written_in.directory();
    let word = written(leak).filter(|word| is_plain(word.trim_end_matches('/')));
    let paths = word.and_then(|word| {
        // A program that chooses the names beneath it needs a directory.
        let is_directory = word.ends_with('/') || path.has_unknown_name();
        let name = word.trim_matches(['"', '/']).rsplit('/').next();
        let name = name.filter(|name| !is_directory && !name.contains(['$', '{', '"']));
        let path = name.map_or_else(
            || directory.to_owned(),
            |name| format!("{directory}/{name}"),
        );
        (path != word).then(|| (word.to_owned(), path))
    });
    Fix::WriteInMemory { paths, written_in }
}

/// Removes the written file, if its path is known.
fn file(leak: &Leak<'_>, path: &SymbolicPath) -> Option<Fix> {
    // Programs choose the names in these directories: remove them as a whole.
    const DIRECTORIES: &[&[&str]] = &[
        &[".git"],
        &["_logs"],
        &["__pycache__"],
        &[".gnupg"],
        &[".subversion", "auth"],
    ];
    let last = leak
        .script
        .trim_end()
        .rsplit('\n')
        .next()
        .unwrap_or_default();
    let runs_on = ["trap ", "exec >"]
        .iter()
        .any(|word| leak.script.contains(word));
    if runs_on || last.trim_start().starts_with("exec ") {
        // Something is written after the last line, or nothing runs there.
        return None;
    }
    let known = DIRECTORIES.iter().find_map(|names| path.up_to(names));
    let logs = || {
        let cause = leak.way.step.cause()?;
        let is_log = matches!(cause, Cause::Log(_) | Cause::ArgumentLog);
        path.parent().filter(|_| is_log)
    };
    let directory = known.or_else(logs);
    if let Some(directory) = directory.as_ref().and_then(absolute) {
        let directory = quote::single_word(&directory).ok()?;
        return Some(remove(leak, &format!("rm -rf {directory}"), None));
    }
    let file = absolute(path);
    let path = if let Some(known) = absolute(path).or_else(|| in_working_directory(leak, path)) {
        quote::single_word(&known).ok()?.into_owned()
    } else {
        match written(leak).filter(|word| is_plain(word) && spells(word, path)) {
            Some(word) => word.to_owned(),
            None => format!("{}*", several(path)?),
        }
    };
    Some(remove(leak, &format!("rm -f {path}"), file))
}

/// Returns the common prefix of the names of several files, such as those of `split`.
fn several(path: &SymbolicPath) -> Option<String> {
    let (directory, name) = (path.parent()?, path.file_name()?);
    let start = format!("{}/{}", absolute(&directory)?, name.as_beginning()?);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    start.chars().all(is_plain).then_some(start)
}

/// Returns a name that a program chose, in an unknown working directory that the script does not leave.
fn in_working_directory(leak: &Leak<'_>, path: &SymbolicPath) -> Option<String> {
    let name = path.beneath_unknown()?;
    let leaves = ["cd ", "pushd ", &name]
        .iter()
        .any(|word| leak.script.contains(word));
    (!leaves && !name.contains('`')).then_some(name)
}

fn remove(leak: &Leak<'_>, command: &str, file: Option<String>) -> Fix {
    Fix::Remove {
        command: command.to_owned(),
        file,
        written_in: leak.author.written_in(),
    }
}

/// Returns a wholly known path, if a fix can spell it.
fn absolute(path: &SymbolicPath) -> Option<String> {
    let known = path.as_known().filter(|_| path.is_absolute())?;
    (!known.contains('`')).then_some(known)
}

/// Whether the word has the same meaning at the end of the script: a path with variables, perhaps in quotes.
fn is_plain(word: &str) -> bool {
    let plain =
        |character: char| character.is_alphanumeric() || "_./{}$\"'~:@%+,-".contains(character);
    !word.is_empty() && !word.starts_with('-') && !word.ends_with('/') && word.chars().all(plain)
}

/// Whether a word of the script may be this path, which has unknown parts.
fn spells(word: &str, path: &SymbolicPath) -> bool {
    let word = word.trim_matches('"');
    let Some((before, after)) = path.known_ends() else {
        return false;
    };
    let is_variable = |part: &str| part.contains(['$', '{']);
    let last = word.rsplit('/').next().unwrap_or_default();
    let starts = !word.starts_with('/') || word.starts_with(&before);
    let ends = if after.is_empty() {
        is_variable(last)
    } else {
        word.ends_with(after.trim_start_matches('/'))
    };
    starts && ends
}

/// Returns the text at the span of the leak.
fn written<'a>(leak: &Leak<'a>) -> Option<&'a str> {
    Some(leak.place?.of(leak.script))
}

/// Fix for a value that is part of a name.
fn name(leak: &Leak<'_>) -> Fix {
    let word = written(leak).filter(|word| is_one_word(word));
    Fix::RandomName {
        word: word.map(str::to_owned),
    }
}

/// Whether it is exactly one word of the script, perhaps in quotes.
fn is_one_word(text: &str) -> bool {
    let quoted = text.len() > 1 && text.starts_with('"') && text.ends_with('"');
    !text.contains(['\n', '`']) && (quoted || !text.contains(char::is_whitespace))
}

fn log(leak: &Leak<'_>, cause: &Cause) -> Fix {
    let written = written(leak).unwrap_or_default();
    match cause {
        Cause::Xtrace if leak.script.contains("PS4=") => return Fix::PlainPs4,
        Cause::Xtrace => {
            return Fix::StopTracing {
                command: "set +x &&",
            };
        }
        Cause::Verbose if leak.script.contains("set -v") => {
            return Fix::StopTracing {
                command: "set +v &&",
            };
        }
        _ => {}
    }
    if written.starts_with("/dev/") || written.starts_with("/proc/") {
        return Fix::NullDevice {
            written: written.to_owned(),
        };
    }
    // The shell prints its own messages before it performs the redirects of the command.
    let first = written.split_whitespace().next().unwrap_or_default();
    let is_arithmetic = cause.about() == Some(About::NotANumber)
        && (written.contains("$((") || first.contains(['=', '[']));
    let is_before = matches!(
        cause,
        Cause::ParameterMessage | Cause::ShellMessage(About::MissingFile | About::UnwritableFile)
    );
    if is_before || is_arithmetic {
        return Fix::LeaveOut;
    }
    let redirect = match cause.code() {
        CauseCode::Messages | CauseCode::ShellMessage => "2> /dev/null",
        _ if written.contains("2>&1") => "> /dev/null 2>&1",
        _ => "> /dev/null",
    };
    let quoted = written
        .strip_prefix('\'')
        .and_then(|text| text.strip_suffix('\''))
        .filter(|text| !text.contains(['\'', '\n', '`', ';', '&', '|', '#']));
    Fix::Silence {
        redirect,
        quoted: quoted.map(str::to_owned),
    }
}

fn program(leak: &Leak<'_>, name: &str) -> Fix {
    let plain = |character: char| character.is_ascii_alphanumeric() || "_.+-".contains(character);
    if name.is_empty() || !name.chars().all(plain) {
        return accept(leak);
    }
    Fix::Trust {
        program: name.to_owned(),
        written_in: leak.author.written_in(),
    }
}

/// The last resort: a decision of the author.
fn accept(leak: &Leak<'_>) -> Fix {
    if leak.is_derived
        && let Some(program) = leak
            .issued_by()
            .and_then(|program| program.split(' ').next())
    {
        return match leak.author {
            Author::File(id) => Fix::DeclassifyId {
                id: format!("{id}/{program}"),
            },
            Author::Hole(name) => issued(name, program),
            Author::Mount => issued(leak.secret, program),
        };
    }
    match leak.author {
        Author::Hole(name) => Fix::DeclassifyHole {
            name: name.to_owned(),
        },
        Author::Mount => Fix::PlainCommands,
        Author::File(id) => Fix::DeclassifyId { id: id.to_owned() },
    }
}

/// Returns the fix for a public value that may be arbitrary text.
pub(crate) fn word(name: &str) -> String {
    let name = name.to_owned();
    Fix::CheckedWord { name }.to_string()
}

fn issued(name: &str, program: &str) -> Fix {
    Fix::DeclassifyIssued {
        name: name.to_owned(),
        program: program.to_owned(),
    }
}

/// Returns the fix that writes the secret itself instead of its mount path.
pub(crate) fn secret_at(path: &str) -> String {
    let id = path
        .rsplit("/run/secrets")
        .next()
        .unwrap_or_default()
        .trim_matches('/');
    let is_id = !id.is_empty()
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
    let name = if is_id {
        id.to_ascii_uppercase().replace(['.', '-'], "_")
    } else {
        "SECRET".to_owned()
    };
    Fix::SecretItself { name }.to_string()
}
