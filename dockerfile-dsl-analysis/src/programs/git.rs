//! git: what it stores in its configuration and its objects, and what it prints.
//!
//! A configuration file is modelled as lines `KEY=VALUE`, so that `--unset`, `remote set-url` and `--remove-section` remove what was set.
//! `git -c KEY=VALUE VERB` applies to one command; `git clone -c KEY=VALUE` is stored.

mod config;
mod credentials;
mod local;
mod objects;
mod remote;

use config::{config, repository, setting};
use credentials::credential;
use objects::{add, check_out, commit, hash, show};
use remote::{clone, network, push, remote, submodule};

use super::common::{behind, inside, made, path, spellings};
use crate::domain::Argument;
use crate::domain::{Cause, Doubt};
use crate::domain::{Taint, Value};
use crate::interpreter::Call;

/// Handles the trace variables of git, then the sub-command.
pub(super) fn git(call: &mut Call<'_, '_>) {
    for variable in [
        "GIT_TRACE",
        "GIT_TRACE2",
        "GIT_TRACE2_EVENT",
        "GIT_TRACE2_PERF",
        "GIT_TRACE_SETUP",
    ] {
        trace(call, variable, false);
    }
    for variable in ["GIT_TRACE_CURL", "GIT_CURL_VERBOSE", "GIT_TRACE_PACKET"] {
        trace(call, variable, true);
    }
    run_named_programs(call);
    match call.verb_of_row() {
        "clone" => clone(call),
        "config" => config(call),
        "remote" => remote(call),
        "submodule" => submodule(call),
        "fetch" => network(call),
        "push" => push(call),
        "add" => {
            if call.has("-v") || call.has("--verbose") {
                let operands = call.operands();
                call.print_names(&operands, usize::MAX);
            }
            add(call);
        }
        "commit" | "rebase" => {
            if has_word(call, &["commit"]) && !call.has("-q") && !call.has("--quiet") {
                print_names(call);
            }
            commit(call);
        }
        "hash-object" => hash(call),
        "diff" => show(call),
        "credential" => credential(call),
        "apply" => apply(call),
        "" => alias(call),
        verb => {
            if call
                .arguments
                .iter()
                .any(|word| word.text().as_deref() == Some("var"))
            {
                let shown = made(call, &identity(call));
                call.print(&shown);
            }
            if verb == "init" {
                initialise(call);
            }
            if verb == "status" && has_word(call, &["status", "ls-files", "clean", "rm"]) {
                let operands = call.operands();
                if operands.is_empty() {
                    print_names(call);
                } else {
                    call.print_names(&operands, usize::MAX);
                }
            }
            if verb == "status" {
                let restores = |word: &Argument| {
                    word.text()
                        .is_some_and(|word| matches!(&*word, "restore" | "reset" | "read-tree"))
                };
                if call.arguments.iter().any(restores) {
                    check_out(call);
                }
            }
            call.by_row();
        }
    }
}

/// Runs the programs that settings and variables name for what git itself does not do. `ssh` is known.
fn run_named_programs(call: &mut Call<'_, '_>) {
    // Of the directories, the commands and the hooks are run. A pager is not: the output of a build is no terminal.
    const NAMED: [(&str, &str); 11] = [
        ("GIT_SSH_COMMAND", "core.sshCommand"),
        ("GIT_SSH", ""),
        ("GIT_EXTERNAL_DIFF", "diff.external"),
        ("GIT_EDITOR", "core.editor"),
        ("GIT_SEQUENCE_EDITOR", "sequence.editor"),
        ("VISUAL", ""),
        ("EDITOR", ""),
        ("SSH_ASKPASS", ""),
        ("GIT_EXEC_PATH", ""),
        ("GIT_TEMPLATE_DIR", "init.templateDir"),
        ("GIT_PROXY_COMMAND", "core.gitProxy"),
    ];
    for (variable, key) in NAMED {
        let setting = || setting(call, key).filter(|_| !key.is_empty());
        let Some(text) = call.env(variable).or_else(setting) else {
            continue;
        };
        let spelled = spellings(&text).pop().unwrap_or_default();
        let program = spelled.split_whitespace().next().unwrap_or_default();
        let program = Argument::new(Value::known(program), call.span);
        if call.exists(&program) && call.peek(&program).literal().is_some() {
            call.run_file(&program, &[]);
        } else if program.text().is_some_and(|name| name.contains('/'))
            && call.is_of_project(&program)
        {
            let named = call.named_content(&Argument::new(text, call.span));
            let received = call.received().join(&named);
            let received = received.join(&call.context_secrets(&program));
            call.opaque_for(&received, Doubt::LoadedCode(variable.into()));
        }
    }
}

fn has_word(call: &Call<'_, '_>, words: &[&str]) -> bool {
    let texts = call.arguments.iter().filter_map(Argument::text);
    texts.into_iter().any(|text| words.contains(&text.as_str()))
}

/// Prints the names of all files of the working tree.
fn print_names(call: &mut Call<'_, '_>) {
    let tree = path(call, ".");
    call.print_names(&[tree], usize::MAX);
}

/// Runs a sub-command that the author defined: `alias.NAME`, by `-c` or in the configuration. Any other unknown sub-command is a program.
fn alias(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    let Some((name, rest)) = operands.split_first() else {
        return call.by_row();
    };
    let text = name
        .text()
        .and_then(|name| setting(call, &format!("alias.{name}")));
    let command = text.as_ref().and_then(|text| {
        let is_shell = text.known_prefix().starts_with('!');
        is_shell.then(|| behind(text, 1)).flatten()
    });
    let words = text.as_ref().map(Value::literal);
    match (command, words) {
        (Some(command), _) => {
            let arguments: Vec<Argument> = call.arguments.to_vec();
            let at = arguments.iter().position(|word| word == name).unwrap_or(0);
            // The words after the name are appended.
            let text = command.concat(&Value::known(" \"$@\""));
            call.shell(&text, name.span, &arguments[at..]);
        }
        (None, Some(Some(words))) => {
            let mut command = vec![path(call, "git")];
            command.extend(words.split_whitespace().map(|word| path(call, word)));
            command.extend_from_slice(rest);
            call.run(&command);
        }
        (None, Some(None)) => call.opaque(Doubt::SubCommand),
        (None, None) => {
            let shown = name.text().is_none_or(|name| name.starts_with("--"));
            if shown {
                call.by_row();
            } else {
                // It may write the objects of the repository.
                let objects = inside(&repository(call), "objects");
                let kept = call.read_tree(&objects).taint();
                call.opaque_for(&kept, Doubt::SubCommand);
                call.opaque(Doubt::SubCommand);
            }
        }
    }
}

/// Returns the taint of the committer's identity, from variables and `-c`.
fn identity(call: &Call<'_, '_>) -> Taint {
    let variables = [
        "GIT_AUTHOR_NAME",
        "GIT_AUTHOR_EMAIL",
        "GIT_COMMITTER_NAME",
        "GIT_COMMITTER_EMAIL",
        "EMAIL",
    ];
    let given = call.options("-c").into_iter().map(|option| option.value);
    variables
        .iter()
        .filter_map(|name| call.env(name))
        .chain(given)
        .fold(Taint::NONE, |all, value| all.join(&value.taint()))
}

/// Applies a patch: its text is added to the files that it names.
fn apply(call: &mut Call<'_, '_>) {
    let patches = call.operands().into_iter();
    let mut taint: Taint = patches.map(|patch| call.read(&patch).taint()).collect();
    if call.operands().is_empty() {
        taint = call.stdin().taint();
    }
    let inspects = ["--stat", "--numstat", "--summary", "--check"];
    if inspects.iter().any(|option| call.has(option)) && !call.has("--apply") {
        let report = call.fresh();
        return call.print(&report);
    }
    let patched = made(call, &taint);
    let file = Argument::new(call.fresh(), call.span);
    call.append(&file, &patched, &Cause::Patched("git apply".into()));
}

/// `git init DIRECTORY` creates a repository.
fn initialise(call: &mut Call<'_, '_>) {
    if call
        .arguments
        .iter()
        .any(|word| word.text().as_deref() == Some("init"))
    {
        let directory = call
            .operands()
            .first()
            .cloned()
            .unwrap_or_else(|| path(call, "."));
        let directory = if call.has("--bare") {
            directory
        } else {
            inside(&directory, ".git")
        };
        call.create(&directory, true);
        from_template(call, &directory);
    }
}

/// Copies the template to a new repository.
fn from_template(call: &mut Call<'_, '_>, repository: &Argument) {
    let template = call.option("--template").or_else(|| {
        let variable = call.env("GIT_TEMPLATE_DIR");
        let configured = || setting(call, "init.templateDir");
        let value = variable.or_else(configured)?;
        Some(Argument::new(value, call.span))
    });
    if let Some(template) = template {
        call.copy(&inside(&template, "."), repository, true, true);
    }
}

/// `GIT_TRACE=1` prints the arguments to standard error, an absolute path appends them to a file.
fn trace(call: &mut Call<'_, '_>, variable: &str, requests: bool) {
    let Some(value) = call.env(variable) else {
        return;
    };
    let mut all = call
        .arguments
        .iter()
        .fold(Value::empty(), |all, argument| all.concat(&argument.value));
    if requests {
        // Only headers that git does not redact: it redacts Authorization and Cookie.
        let hidden = |argument: &Argument| {
            spellings(&argument.value).iter().all(|text| {
                let text = text.to_ascii_lowercase();
                text.contains("authorization:") || text.contains("cookie:") || text.contains("://")
            })
        };
        let shown = call
            .env("GIT_TRACE_REDACT")
            .is_some_and(|redact| matches!(redact.literal().as_deref(), Some("0" | "false")));
        if !shown
            && call
                .arguments
                .iter()
                .filter(|argument| argument.value.taint().is_some())
                .all(hidden)
        {
            return;
        }
        all = made(call, &all.taint().join(&call.environment().taint()));
    }
    match value.literal().as_deref() {
        Some("" | "0" | "false") => {}
        Some(file) if file.starts_with('/') => {
            let file = path(call, file);
            call.append(&file, &all, &Cause::Trace("git".into()));
        }
        _ => call.print_error(&all),
    }
}
