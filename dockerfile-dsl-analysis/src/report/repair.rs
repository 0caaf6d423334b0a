//! Selects the fix of a leak.
//!
//! In: the sink of a secret, the steps to it, the script around it. Out: a [`Fix`], or none if only the author can decide.

use super::environment;
use super::file_name;
use super::fix::{Fix, WrittenIn};
use super::git_url::credential_helper;
use super::leak::{Author, Leak};
use super::project_file;
use super::settings_place;
use super::url_user;
use crate::code::{CauseCode, SinkCode};
use crate::domain::{About, Cause, Doubt, Keeper, Sink};
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
        // What it prints is the secret: the word of the author that it does not is no fix.
        Sink::Program {
            why: Doubt::SettingsFile,
            ..
        } => accept(leak),
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
        return file_name::fix(leak).unwrap_or_else(|| accept(leak));
    }
    let cause = leak.way.step.cause();
    let names_git = |name: &Component| name.known_texts().any(|text| text.contains("git"));
    let is_git =
        path.components().iter().any(names_git) || cause.and_then(Cause::program) == Some("git");
    if is_git
        && path
            .file_name()
            .is_some_and(|name| name.ends_with("config") || name.is("HEAD"))
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
    if let Some(fix) = environment(leak).or_else(|| settings_in_memory(leak)) {
        return fix;
    }
    if let Some(name) = project_file::changed(leak, path) {
        return Fix::ProjectFile { name };
    }
    file(leak, path).unwrap_or_else(|| in_memory(leak, path))
}

/// Passes the value in a variable, if the command only stores it.
fn environment(leak: &Leak<'_>) -> Option<Fix> {
    let is_stored = matches!(
        leak.way.step.cause()?.code(),
        CauseCode::Credentials | CauseCode::Configuration | CauseCode::Log
    );
    let (old, after) = single_command(leak)?;
    let stored = || environment::instead_of(old, after).filter(|_| is_stored);
    let new = stored().or_else(|| url_user::git_url(old))?;
    // Another value of the same variable would be lost, too.
    let names = new.split(' ').filter_map(|word| word.split_once('='));
    let mut names = names.map(|(name, _)| name);
    let is_used = |name: &str| {
        let is_name = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        is_name && leak.script.contains(&format!("{name}="))
    };
    let sets_git = new.starts_with("export GIT_") || new.contains(" GIT_CONFIG_COUNT=1 ");
    let is_new = !names.any(is_used) && !sets_git
        || sets_git && {
            leak.script.matches("git config").count() <= 1
                && !leak.script.contains("GIT_CONFIG_COUNT")
        };
    is_new.then(|| Fix::Environment {
        old: old.to_owned(),
        new,
    })
}

/// Returns the command at the leak and the text that follows it, if it is no part of a pipeline: an `export` there is lost.
fn single_command<'a>(leak: &Leak<'a>) -> Option<(&'a str, &'a str)> {
    let (old, place) = (leak.written()?, leak.place?);
    let (before, after) = (&leak.script[..place.start], &leak.script[place.end..]);
    let is_piped = before.trim_end().ends_with('|') && !before.trim_end().ends_with("||");
    let end = after.find(['\n', ';', '&', '|']).unwrap_or(after.len());
    let is_pipe = after[end..].starts_with('|') && !after[end..].starts_with("||");
    (!is_piped && !is_pipe).then_some((old, after))
}

/// Lets a program that logs in keep its settings in memory, by the variable that it has for their place.
fn settings_in_memory(leak: &Leak<'_>) -> Option<Fix> {
    let (old, _) = single_command(leak)?;
    let written_in = leak.author.written_in();
    let variable = settings_place::of_settings(old)?;
    let new = format!("export {variable} && {old}");
    let new = new.replacen("DIRECTORY", written_in.directory(), 1);
    let name = variable.split('=').next()?;
    (!leak.script.contains(name)).then(|| Fix::WriteInMemory {
        paths: Some((old.to_owned(), new)),
        written_in,
    })
}

/// Writes to a directory in memory instead.
fn in_memory(leak: &Leak<'_>, path: &SymbolicPath) -> Fix {
    let written_in = leak.author.written_in();
    let directory = written_in.directory();
    // The file that has the secret is read, not written.
    let source = leak.source().path().and_then(SymbolicPath::as_known);
    let word = leak
        .written()
        .filter(|word| is_plain(word.trim_end_matches('/')))
        .filter(|word| Some(word.trim_matches('"')) != source.as_deref());
    let is_beneath = path.components().iter().all(Component::stays_beneath);
    let is_in_word = || leak.written().is_some_and(|word| word.contains(['$', '`']));
    if path.is_absolute() && !is_beneath && is_in_word() {
        return Fix::WriteInMemoryByName { written_in };
    }
    let paths = word.and_then(|word| {
        let place = match place_in(word, path)? {
            Place::Directory => directory.to_owned(),
            Place::Name(name) => format!("{directory}/{name}"),
        };
        let is_quoted = word.starts_with('"') && place.contains('$');
        let place = if is_quoted {
            format!("\"{place}\"")
        } else {
            place
        };
        (place != word).then(|| (word.to_owned(), place))
    });
    Fix::WriteInMemory { paths, written_in }
}

/// What takes the place of a word that names a file.
enum Place<'a> {
    /// A directory, in which a program chooses the names.
    Directory,
    /// A file of this name, which may have variables.
    Name(&'a str),
}

/// Returns the place of a word of the script in another directory. A variable alone may contain slashes: no name is known then.
fn place_in<'a>(word: &'a str, path: &SymbolicPath) -> Option<Place<'a>> {
    let is_directory = word.ends_with('/');
    let word = word.trim_matches(['"', '/']);
    let name = word.rsplit('/').next()?;
    let is_variable = name.contains(['$', '{']);
    let is_whole = name.matches('{').count() == name.matches('}').count();
    let has_variable_name = path.file_name().is_some_and(Component::is_symbolic);
    Some(if is_directory {
        Place::Directory
    } else if is_variable {
        // A variable before a known name is a directory.
        if !has_variable_name {
            Place::Directory
        } else {
            Place::Name((name != word && is_whole).then_some(name)?)
        }
    } else if !matches!(name, "." | "..") && !may_name(path, name) {
        // The word names something else, as a git alias does.
        return None;
    } else if path.has_unknown_name() {
        Place::Directory
    } else {
        Place::Name(name)
    })
}

/// Whether a word with this last component may name the path or a directory of it.
fn may_name(path: &SymbolicPath, name: &str) -> bool {
    let mut known = path.components().iter().filter_map(Component::as_known);
    known.clone().next().is_none() || known.any(|own| own == name)
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
    if leak.goes_on() {
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
        let command = format!("rm -rf {directory}");
        return leak
            .is_removed_by(&command, path)
            .then(|| remove(leak, &command, None));
    }
    let known = absolute(path).or_else(|| in_working_directory(leak, path));
    let known = known.and_then(|known| Some(quote::single_word(&known).ok()?.into_owned()));
    let word = leak
        .written()
        .filter(|word| is_plain(word) && spells(word, path));
    // Variables of the script give other names than a program does, and a pattern may take files that are not of this step.
    let names_itself = leak.written().is_some_and(|word| word.contains('$'));
    let glob = || Some(format!("{}*", several(path).filter(|_| !names_itself)?));
    let words = [known, word.map(str::to_owned)].into_iter().flatten();
    let mut commands = words
        .chain(std::iter::once_with(glob).flatten())
        .map(|word| format!("rm -f {word}"));
    let command = commands.find(|command| leak.is_removed_by(command, path))?;
    Some(remove(leak, &command, absolute(path)))
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

fn log(leak: &Leak<'_>, cause: &Cause) -> Fix {
    let written = leak.written().unwrap_or_default();
    let is_quoted = written.starts_with(['\'', '"']) && is_script(leak);
    let command = match cause {
        _ if is_script(leak) && !is_quoted => None,
        Cause::Xtrace if leak.script.contains("PS4=") => return Fix::PlainPs4,
        Cause::Xtrace if sets(leak.script, 'x') || !starts_traced(leak.script, 'x') => {
            Some("set +x &&")
        }
        Cause::Verbose if sets(leak.script, 'v') => Some("set +v &&"),
        _ => None,
    };
    if let Some(command) = command {
        return Fix::StopTracing { command, is_quoted };
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
    // Another shell traces, to its standard error.
    let is_trace = matches!(cause, Cause::Xtrace | Cause::Verbose);
    let redirect = match cause.code() {
        _ if is_trace => "2> /dev/null",
        CauseCode::Messages | CauseCode::ShellMessage => "2> /dev/null",
        _ if written.contains("2>&1") => "> /dev/null 2>&1",
        _ => "> /dev/null",
    };
    let quoted = Some(written)
        .filter(|_| !is_trace)
        .and_then(|text| text.strip_prefix('\''))
        .and_then(|text| text.strip_suffix('\''))
        .filter(|text| !text.contains(['\'', '\n', '`', ';', '&', '|', '#']));
    Fix::Silence {
        redirect,
        quoted: quoted.map(str::to_owned),
    }
}

/// Whether the text at the leak is an argument that another shell, or `eval`, runs.
fn is_script(leak: &Leak<'_>) -> bool {
    let before = leak.place.map_or("", |place| &leak.script[..place.start]);
    let word = before.split_whitespace().next_back().unwrap_or_default();
    let is_option = word.starts_with('-') && !word.starts_with("--") && word.ends_with('c');
    before.ends_with([' ', '\t']) && (is_option || word == "eval")
}

/// Whether the script sets this option of its shell.
fn sets(script: &str, option: char) -> bool {
    let long = if option == 'x' { "xtrace" } else { "verbose" };
    script.split("set -").skip(1).any(|rest| {
        let flags = rest.split_whitespace().next().unwrap_or_default();
        flags.contains(option) || rest.starts_with('o') && rest.contains(long)
    })
}

/// Whether the script starts another shell with this option.
fn starts_traced(script: &str, option: char) -> bool {
    script.split("sh -").skip(1).any(|rest| {
        let is_flag = |c: &char| c.is_ascii_alphabetic();
        rest.chars().take_while(is_flag).any(|flag| flag == option)
    })
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
