//! What to write instead: the last line of a finding.
//!
//! In: where a secret came to rest, which way it took, and the script around it. Out: one sentence with one fix, whose code stands
//! in backquotes and works when it is pasted. `tests/it/fixes.rs` pastes them: into every leak of the corpus, and on a real builder.

use crate::flow::Way;
use crate::{Rule, Span, quote};

/// A leak, as far as its fix depends on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leak<'a> {
    pub(crate) rule: Rule,
    /// What it reaches: a program, or the path of a file, with `...` for each part of it that is not known.
    pub(crate) sink: &'a str,
    /// How it got there: `output of cat`, `set -x`; empty where the way says it.
    pub(crate) how: &'a str,
    pub(crate) way: &'a Way,
    /// The script that it happens in.
    pub(crate) script: &'a str,
    /// Where in that script.
    pub(crate) span: Option<Span>,
    pub(crate) author: Author<'a>,
}

/// What the author writes, and how the secret is called there.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Author<'a> {
    /// `sh!`, with the secret in a hole of this name.
    Hole(&'a str),
    /// `sh!`, with the secret in a mount.
    Mount,
    /// A Dockerfile, with a secret of this id.
    File(&'a str),
}

/// What to write instead.
pub(crate) fn fix(leak: &Leak<'_>) -> Option<String> {
    Some(match leak.rule {
        Rule::SecretInLayer => layer(leak),
        Rule::SecretInCacheMount => file(leak).unwrap_or_else(|| {
            "accept it above the RUN: `# dockerfile-dsl: allow-cache reason=\"...\"`".to_owned()
        }),
        Rule::SecretInBuildLog => log(leak),
        Rule::SecretToUnknownProgram => program(leak),
        Rule::SecretUnderUnknownShell => {
            "put this line before the RUN: `SHELL [\"/bin/sh\", \"-c\"]`".to_owned()
        }
        Rule::SecretInUnknownDirectory => {
            "put this line before the RUN: `WORKDIR /src`, or another directory of its own"
                .to_owned()
        }
        Rule::SecretInOpaqueSyntax => accept(leak),
        _ => return None,
    })
}

fn layer(leak: &Leak<'_>) -> String {
    if leak.way.text.starts_with("part of") {
        return name(leak);
    }
    if leak.way.text.contains("git")
        && leak.sink.ends_with("config")
        && let Some(fix) = credential_helper(leak)
    {
        return fix;
    }
    let is_public = leak.way.text.contains(crate::programs::BUNDLED);
    if is_public || matches!(leak.sink, "/etc/shadow" | "/etc/passwd" | "/etc/group") {
        return accept(leak);
    }
    file(leak).unwrap_or_else(|| in_memory(leak))
}

/// Writes it to a directory that is in memory only.
fn in_memory(leak: &Leak<'_>) -> String {
    let (directory, mount) = match leak.author {
        Author::Hole(_) | Author::Mount => (
            "{tmp}",
            "`tmp = TmpFs::at(path!(\"/tmp/secret\"))` behind the script",
        ),
        Author::File(_) => (
            "/tmp/secret",
            "`--mount=type=tmpfs,target=/tmp/secret` after RUN",
        ),
    };
    let Some(word) = written(leak).filter(|word| is_plain(word.trim_end_matches('/'))) else {
        return format!("write it beneath `{directory}`, which is in memory only: put {mount}");
    };
    // Where a program puts names of its own beneath it, it is a directory.
    let is_directory = word.ends_with('/') || leak.sink.ends_with("/...");
    let name = word.trim_matches(['"', '/']).rsplit('/').next();
    let path = name.filter(|name| !is_directory && !name.contains(['$', '{', '"']));
    let path = path.map_or_else(
        || directory.to_owned(),
        |name| format!("{directory}/{name}"),
    );
    if path == word {
        return format!("write it beneath `{directory}`, which is in memory only: put {mount}");
    }
    format!("write `{path}` instead of `{word}`, which is in memory only: put {mount}")
}

/// Removes what was written, as far as its path is known.
fn file(leak: &Leak<'_>) -> Option<String> {
    // Programs choose the names in there: all of it goes.
    const DIRECTORIES: &[&str] = &[
        "/.git/",
        "/_logs/",
        "/__pycache__/",
        "/.gnupg/",
        "/.subversion/auth/",
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
    let known = DIRECTORIES.iter().find_map(|name| {
        let at = leak.sink.find(name)?;
        Some(&leak.sink[..at + name.len() - 1])
    });
    let logs = || {
        let is_log = leak.way.text.contains("log of");
        let (directory, _) = leak.sink.rsplit_once('/').filter(|_| is_log)?;
        Some(directory)
    };
    if let Some(directory) = known.or_else(logs).filter(|path| is_known(path)) {
        let directory = quote::single_word(directory).ok()?;
        return Some(remove(leak, &format!("rm -rf {directory}")));
    }
    let path = if is_known(leak.sink) {
        quote::single_word(leak.sink).ok()?.into_owned()
    } else if let Some(name) = in_working_directory(leak) {
        quote::single_word(name).ok()?.into_owned()
    } else {
        match written(leak).filter(|word| is_plain(word) && spells(word, leak.sink)) {
            Some(word) => word.to_owned(),
            None => format!("{}*", several(leak.sink)?),
        }
    };
    Some(remove(leak, &format!("rm -f {path}")))
}

/// What the names of several files begin with, as `split` makes them.
fn several(sink: &str) -> Option<&str> {
    let start = sink.strip_suffix("...")?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    (start.starts_with('/') && !start.ends_with('/') && start.chars().all(is_plain))
        .then_some(start)
        .filter(|start| !start.contains("..."))
}

/// A name that a program chose by itself, in a working directory that nobody knows and that the script does not leave.
fn in_working_directory<'a>(leak: &Leak<'a>) -> Option<&'a str> {
    let name = leak.sink.strip_prefix(".../")?;
    let leaves = ["cd ", "pushd ", name]
        .iter()
        .any(|word| leak.script.contains(word));
    (!leaves && !name.contains("...") && !name.contains('`')).then_some(name)
}

fn remove(leak: &Leak<'_>, command: &str) -> String {
    let step = match leak.author {
        Author::Hole(_) | Author::Mount => "the last line of the script",
        Author::File(_) => "the last command of the same RUN",
    };
    format!("if only this step needs it, make this {step}: `{command}`")
}

/// Whether it is a path that is known to its last character.
fn is_known(sink: &str) -> bool {
    sink.starts_with('/') && !sink.contains("...") && !sink.contains('`')
}

/// Whether it is a word that means the same at the end of the script: a path with variables, perhaps in quotes.
fn is_plain(word: &str) -> bool {
    let plain =
        |character: char| character.is_alphanumeric() || "_./{}$\"'~:@%+,-".contains(character);
    !word.is_empty() && !word.starts_with('-') && !word.ends_with('/') && word.chars().all(plain)
}

/// Whether a word of the script can be this path, of which some parts are not known.
fn spells(word: &str, path: &str) -> bool {
    let word = word.trim_matches('"');
    let (Some((before, _)), Some((_, after))) = (path.split_once("..."), path.rsplit_once("..."))
    else {
        return false;
    };
    let is_variable = |part: &str| part.contains(['$', '{']);
    let last = word.rsplit('/').next().unwrap_or_default();
    let starts = !word.starts_with('/') || word.starts_with(before);
    let ends = if after.is_empty() {
        is_variable(last)
    } else {
        word.ends_with(after.trim_start_matches('/'))
    };
    starts && ends
}

/// What stands at the place of the leak.
fn written<'a>(leak: &Leak<'a>) -> Option<&'a str> {
    Some(leak.span?.of(leak.script))
}

/// The value is part of a name.
fn name(leak: &Leak<'_>) -> String {
    const NAME: &str = "\"$(mktemp -u)\"";
    match written(leak).filter(|word| is_one_word(word)) {
        Some(word) => format!("use a name without the value: write `{NAME}` instead of `{word}`"),
        None => format!("use a name without the value, such as `{NAME}`"),
    }
}

/// Whether it is one word of the script that stands in quotes, and nothing beside it.
fn is_one_word(text: &str) -> bool {
    let quoted = text.len() > 1 && text.starts_with('"') && text.ends_with('"');
    !text.contains(['\n', '`']) && (quoted || !text.contains(char::is_whitespace))
}

/// The value is part of a URL that git keeps: it is taken out, and git is told where to get it for this one command.
fn credential_helper(leak: &Leak<'_>) -> Option<String> {
    let span = leak.span?;
    let before = leak.script.get(..span.start)?;
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let (at, user) = user_in_url(&leak.script[line_start..])
        .map(|(at, user)| (line_start + at, user))
        .or_else(|| user_in_url(leak.script))?;
    let user = user.to_owned();
    let scheme = leak.script[..at]
        .rsplit(['"', '\'', ' ', '=', '\t', '\n'])
        .next()?;
    let after = &leak.script[at + user.len()..];
    let host = &after[..after.find(|c: char| !(c.is_ascii_alphanumeric() || ".:-".contains(c)))?];
    let command = &leak.script[..at];
    let git = command.rmatch_indices("git ").find(|(at, _)| {
        let before = command[..*at].chars().next_back();
        before.is_none_or(|character| character.is_whitespace() || ";&|(\"'/".contains(character))
    });
    let words = &command[git?.0..];
    let mut subcommand = words
        .split_whitespace()
        .nth(1)
        .filter(|word| word.starts_with(char::is_alphabetic));
    if matches!(subcommand, Some("remote" | "config")) {
        // It only stores the URL: the next command that goes there needs the value.
        const REMOTE: &[&str] = &["fetch", "pull", "push", "clone", "ls-remote", "submodule"];
        let next = after.match_indices("git ").find_map(|(at, git)| {
            let word = after[at + git.len()..].split_whitespace().next()?;
            REMOTE.contains(&word).then_some(word)
        });
        subcommand = Some(next?);
    }
    let subcommand = subcommand.map_or_else(String::new, |word| format!(" {word}"));
    if user.contains('`') || host.is_empty() {
        return None;
    }
    let name = user
        .split_once(':')
        .map(|(name, _)| name)
        .filter(|name| {
            !name.is_empty()
                && name
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
        })
        .unwrap_or("x-access-token");
    let value = value(leak)?;
    Some(format!(
        "take `{user}` out of the URL, and write `git -c credential.helper= -c credential.{scheme}{host}.helper='!f() {{ echo username={name}; echo \"password={value}\"; }}; f'{subcommand}` instead of `git{subcommand}`"
    ))
}

/// The user of the first URL with an expansion there, and where it starts.
fn user_in_url(text: &str) -> Option<(usize, &str)> {
    text.match_indices("://").find_map(|(at, _)| {
        let start = at + 3;
        let user = &text[start..start + user_length(&text[start..])?];
        let scheme = text[..at]
            .rsplit(|c: char| !c.is_ascii_alphanumeric())
            .next();
        let is_user = matches!(scheme, Some("http" | "https")) && user.contains(['$', '{']);
        is_user.then_some((start, user))
    })
}

/// The length up to and with the `@`, if nothing but a user is before it: blanks and quotes may stand in a substitution only.
fn user_length(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1)?,
            '@' if depth == 0 => return Some(at + 1),
            '/' | '"' | '\'' | ';' | '|' | '&' if depth == 0 => return None,
            '\n' => return None,
            blank if blank.is_whitespace() && depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// The secret's value, as it is read in a shell that git starts.
fn value(leak: &Leak<'_>) -> Option<String> {
    let mut oldest = leak.way;
    while let Some(previous) = &oldest.previous {
        oldest = previous;
    }
    let named = oldest.text.split('`').skip(1).step_by(2).last();
    Some(match leak.author {
        Author::Hole(name) if oldest.text.ends_with("is the secret's value") => {
            format!("{{{name}}}")
        }
        Author::Hole(name) => format!("$(cat {{{name}}})"),
        Author::Mount | Author::File(_) => match named? {
            path if path.starts_with('/') => format!("$(cat {path})"),
            variable => format!("${variable}"),
        },
    })
}

fn log(leak: &Leak<'_>) -> String {
    let written = written(leak).unwrap_or_default();
    if leak.script.contains("PS4=") && leak.how == "set -x" {
        return "leave the value out of PS4, which is printed before each command".to_owned();
    }
    if leak.how == "set -x" {
        return "put this directly before the command: `set +x &&`".to_owned();
    }
    if leak.how == "set -v" && leak.script.contains("set -v") {
        return "put this directly before the command: `set +v &&`".to_owned();
    }
    if written.starts_with("/dev/") || written.starts_with("/proc/") {
        return format!("write `/dev/null` instead of `{written}`");
    }
    // What the shell itself says is printed before it looks at a redirect of the command.
    let first = written.split_whitespace().next().unwrap_or_default();
    let is_arithmetic =
        leak.how.contains("no number") && (written.contains("$((") || first.contains(['=', '[']));
    let is_before = ["message of `${", "message about a file"]
        .iter()
        .any(|how| leak.how.starts_with(how));
    if is_before || is_arithmetic {
        return "leave the value out here: the shell quotes it in its message".to_owned();
    }
    let to_null = match leak.how.split(' ').next() {
        Some("messages" | "message") => "2> /dev/null",
        _ if written.contains("2>&1") => "> /dev/null 2>&1",
        _ => "> /dev/null",
    };
    let quoted = written
        .strip_prefix('\'')
        .and_then(|text| text.strip_suffix('\''))
        .filter(|text| !text.contains(['\'', '\n', '`', ';', '&', '|', '#']));
    match quoted {
        Some(text) => format!("write `'{text} {to_null}'` instead of `{written}`"),
        None => format!("put this directly behind the command: `{to_null}`"),
    }
}

fn program(leak: &Leak<'_>) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "_.+-".contains(character);
    if leak.sink.is_empty() || !leak.sink.chars().all(plain) {
        return accept(leak);
    }
    let sink = leak.sink;
    match leak.author {
        Author::Hole(_) | Author::Mount => format!(
            "if `{sink}` neither stores nor prints it, say so behind the script: `@trust(\"{sink}\", output, \"reason\")`"
        ),
        Author::File(_) => format!(
            "if `{sink}` neither stores nor prints it, say so above the RUN: `# dockerfile-dsl: trust={sink} output reason=\"...\"`"
        ),
    }
}

/// Where nothing else helps: the author's word.
fn accept(leak: &Leak<'_>) -> String {
    match leak.author {
        Author::Hole(name) => format!(
            "if this is no leak, say so behind the script: `{name} = {name}.declassify(\"reason\")`"
        ),
        Author::Mount => "use plain commands here, which can be followed".to_owned(),
        Author::File(id) => format!(
            "if this is no leak, say so above the RUN: `# dockerfile-dsl: declassify={id} reason=\"...\"`"
        ),
    }
}
