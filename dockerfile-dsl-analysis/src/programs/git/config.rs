//! git's configuration: files of lines `KEY=VALUE`, so that `--unset`, `remote set-url` and `--remove-section` remove what was set.
//! In: the call of git. Out: writes to the files, output, and the hooks that they name.

use crate::domain::Argument;
use crate::domain::Cause;
use crate::domain::{SymbolicPath, Taint, Value};
use crate::interpreter::Call;
use crate::programs::common::{at, begins_with, behind, has_gap, inside, made, path, spellings};

/// Returns the directory of the repository of this call, which contains its `config`.
pub(super) fn repository(call: &Call<'_, '_>) -> Argument {
    match call.option("--git-dir") {
        Some(directory) => directory,
        None => match call.env("GIT_DIR") {
            Some(directory) => Argument::new(directory, call.span),
            None => around(call).unwrap_or_else(|| path(call, ".git")),
        },
    }
}

/// Returns the repository of the working directory: a bare one, or the `.git` of a directory around it.
fn around(call: &Call<'_, '_>) -> Option<Argument> {
    let own = call.paths(&path(call, ".git"));
    let [own] = own.as_slice() else { return None };
    let name = own.key.last();
    let directories = std::iter::successors(own.key.parent(), SymbolicPath::parent);
    let mut repositories = directories.filter_map(|directory| {
        let inner = directory.join(name);
        if call.state.files.entry(&inner).is_some() {
            return Some(inner);
        }
        let objects = directory.join(SymbolicPath::from("objects").last());
        let mut kept = call.state.files.beneath(&objects);
        kept.next().is_some().then_some(directory)
    });
    let found = repositories.next()?;
    (found != own.key).then(|| at(call, &found))
}

/// Returns the configuration file that the options select.
fn config_file(call: &Call<'_, '_>) -> Argument {
    if let Some(file) = call.option("-f") {
        return file;
    }
    if call.has("--system") {
        return path(call, "/etc/gitconfig");
    }
    if call.has("--global") {
        return global(call);
    }
    inside(&repository(call), "config")
}

/// Returns `~/.gitconfig`, unless a variable selects another file.
pub(super) fn global(call: &Call<'_, '_>) -> Argument {
    match call.env("GIT_CONFIG_GLOBAL") {
        Some(file) => Argument::new(file, call.span),
        None => Argument::new(call.home().concat(&Value::known("/.gitconfig")), call.span),
    }
}

/// Returns the lines of a configuration file, each a key and a value.
pub(super) fn lines(call: &Call<'_, '_>, file: &Argument) -> Vec<Value> {
    let content = call.peek(file);
    crate::programs::common::lines(&content)
}

/// Writes the lines for which `keep` holds, followed by `added`.
pub(super) fn rewrite(
    call: &mut Call<'_, '_>,
    file: &Argument,
    keep: &dyn Fn(&Value) -> bool,
    added: &[Value],
) {
    let old = lines(call, file);
    let removes = old.iter().any(|line| !keep(line));
    let newline = Value::known("\n");
    if removes {
        let kept = old
            .into_iter()
            .filter(|line| keep(line))
            .chain(added.iter().cloned());
        let content = kept.fold(Value::empty(), |all, line| {
            all.concat(&line).concat(&newline)
        });
        call.write(file, &content, &Cause::Configuration("git".into()));
    } else {
        // The previous content may not end with a line break.
        for line in added {
            let line = newline.concat(line).concat(&newline);
            call.append(file, &line, &Cause::Configuration("git".into()));
        }
    }
}

/// Returns `KEY=VALUE`, with section and name of the key in lower case.
pub(super) fn entry(key: &Value, value: &Value) -> Value {
    key.concat(&Value::known("=")).concat(value)
}

pub(super) fn has_key(line: &Value, key: &Value) -> bool {
    begins_with(line, &key.concat(&Value::known("=")))
}

pub(super) fn config(call: &mut Call<'_, '_>) {
    let mut operands = call.operands();
    let file = config_file(call);
    let mut mode = [
        "--unset",
        "--unset-all",
        "--remove-section",
        "--rename-section",
        "--list",
        "-l",
        "--get",
        "--get-all",
        "--get-regexp",
        "--get-urlmatch",
        "--edit",
    ]
    .into_iter()
    .find(|option| call.has(option))
    .unwrap_or_default();
    // `git config set KEY VALUE` of newer versions.
    if mode.is_empty()
        && let Some(verb) = operands.first().and_then(Argument::text)
        && operands.len() > 1
    {
        mode = match verb.as_str() {
            "unset" => "--unset",
            "remove-section" => "--remove-section",
            "get" => "--get",
            "set" => "set",
            _ => "",
        };
        if !mode.is_empty() {
            operands.remove(0);
        }
    }
    let given = Taint::of_all(&call.options("-c"));
    // git neither removes nor replaces one value of a key that is set twice.
    let is_set_twice = |key: &Argument| {
        let old = lines(call, &file);
        let set = old.iter().filter(|line| has_key(line, &key.value));
        set.count() > 1 && !call.has("--replace-all")
    };
    match (mode, operands.as_slice()) {
        ("--unset", [key, ..]) if is_set_twice(key) => {}
        ("" | "set", [key, _, ..]) if !call.has("--add") && is_set_twice(key) => {}
        ("--unset" | "--unset-all", [key, ..]) => {
            let key = key.value.clone();
            rewrite(call, &file, &|line| !has_key(line, &key), &[]);
        }
        ("--remove-section", [section, ..]) => {
            let section = section.value.concat(&Value::known("."));
            rewrite(call, &file, &|line| !begins_with(line, &section), &[]);
        }
        ("--rename-section", [_, new, ..]) => {
            rewrite(call, &file, &|_| true, std::slice::from_ref(&new.value))
        }
        ("" | "set", [key, value, ..]) => {
            let line = entry(&key.value, &value.value);
            if call.has("--add") {
                rewrite(call, &file, &|_| true, &[line]);
            } else {
                let key = key.value.clone();
                rewrite(call, &file, &|line| !has_key(line, &key), &[line]);
            }
        }
        _ => {
            let files = if call.has("--global") || call.has("--system") || call.has("-f") {
                vec![file]
            } else {
                vec![path(call, "/etc/gitconfig"), global(call), file]
            };
            let all = ["--get-regexp", "--list", "-l"].contains(&mode);
            let key = operands.first().and_then(Argument::text).filter(|_| !all);
            let shown = files.iter().fold(given, |all, file| {
                all.join(&values_of(call, file, key.as_deref()))
            });
            let shown = if call.has("--name-only") {
                Taint::NONE
            } else {
                shown.join(&configured_by_environment(call))
            };
            let shown = operands
                .iter()
                .fold(shown, |all, key| all.join(&key.value.taint()));
            let output = made(call, &shown);
            call.print(&output);
        }
    }
}

/// Returns the taint of the values of a key, or of all keys.
fn values_of(call: &Call<'_, '_>, file: &Argument, key: Option<&str>) -> Taint {
    let Some(key) = key else {
        return call.peek(file).taint();
    };
    let may_be = |line: &Value| {
        spellings(line)
            .iter()
            .any(|line| match line.split_once('=') {
                Some((name, _)) => name == key || has_gap(name),
                None => true,
            })
    };
    lines(call, file)
        .iter()
        .filter(|line| may_be(line))
        .fold(Taint::NONE, |all, line| all.join(&line.taint()))
}

/// Returns the value of a key; the last one wins.
pub(super) fn setting(call: &Call<'_, '_>, key: &str) -> Option<Value> {
    let files = [
        path(call, "/etc/gitconfig"),
        global(call),
        inside(&repository(call), "config"),
    ];
    let configured = files.iter().flat_map(|file| lines(call, file));
    let given = (call.options("-c").into_iter()).map(|option| option.value);
    let of_key = |line: Value| {
        let (name, _) = line.known_prefix().split_once('=')?;
        let is_key = name.eq_ignore_ascii_case(key);
        is_key.then(|| behind(&line, name.len() + 1)).flatten()
    };
    configured.chain(given).filter_map(of_key).last()
}

/// Runs the hooks that git starts by itself.
pub(super) fn run_hooks(call: &mut Call<'_, '_>, names: &[&str]) {
    let chosen = setting(call, "core.hooksPath");
    let is_chosen = chosen.is_some();
    let directory = match chosen {
        Some(directory) => Argument::new(directory, call.span),
        None => inside(&repository(call), "hooks"),
    };
    for name in names {
        let hook = inside(&directory, name);
        let text = call.peek(&hook).literal().map(|text| text.is_empty());
        // A directory of the project that is named here has hooks.
        let is_unseen = text.is_none() && is_chosen && call.is_of_project(&hook);
        if text == Some(false) || is_unseen {
            call.run_file(&hook, &[]);
        }
    }
}

/// `GIT_CONFIG_COUNT` and `GIT_CONFIG_VALUE_n`, which `git config` prints like other settings.
fn configured_by_environment(call: &Call<'_, '_>) -> Taint {
    (0..8).fold(Taint::NONE, |all, n| {
        let of = |name: &str| {
            call.env(&format!("{name}_{n}"))
                .map_or(Taint::NONE, |value| value.taint())
        };
        all.join(&of("GIT_CONFIG_KEY"))
            .join(&of("GIT_CONFIG_VALUE"))
    })
}
