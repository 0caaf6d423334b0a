//! git and other repositories: clones, remotes, submodules, and what git stores or prints of a URL.

use super::config::{entry, has_key, lines, repository, rewrite, run_hooks};
use super::credentials::{ask, remember};
use super::local::{add_module, fetch, local_objects, named_after, receive, send};
use crate::domain::Argument;
use crate::domain::{Cause, Doubt};
use crate::domain::{Status, Taint, Value};
use crate::interpreter::Call;
use crate::programs::common::{InUrl, begins_with, in_url, inside, made, path};

/// Prints a message with the URL. git redacts the password.
fn quote(call: &mut Call<'_, '_>, url: &Argument) {
    if matches!(in_url(&url.value), InUrl::Elsewhere | InUrl::Host) {
        call.print_error(&url.value);
    }
}

pub(super) fn clone(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    let Some(url) = operands.first() else { return };
    let before = call.state.clone();
    let bare = call.has("--bare") || call.has("--mirror");
    let directory = match operands.get(1) {
        Some(directory) => directory.clone(),
        None => match named_after(url) {
            Some(name) if bare => path(call, format!("{name}.git")),
            Some(name) => path(call, name),
            // The name is derived from an unknown text, and has its taint.
            None => {
                let unknown = if in_url(&url.value) == InUrl::Elsewhere {
                    made(call, &url.value.taint())
                } else {
                    call.fresh()
                };
                Argument::new(unknown, url.span)
            }
        },
    };
    quote(call, url);
    for option in call.options("-b").into_iter().chain(call.options("-o")) {
        if option.value.taint().is_some() {
            call.print_error(&option.value);
        }
    }
    call.create(&directory, true);
    let git_directory = match call.option("--separate-git-dir") {
        Some(separate) => separate,
        None if bare => directory.clone(),
        None => inside(&directory, ".git"),
    };
    call.create(&git_directory, true);
    super::from_template(call, &git_directory);
    let origin = call
        .option("-o")
        .and_then(|name| name.text())
        .unwrap_or_else(|| "origin".to_owned());
    let file = inside(&git_directory, "config");
    let mut written = vec![entry(
        &Value::known(format!("remote.{origin}.url")),
        &url.value,
    )];
    // `-c` after the verb is stored; before it, it applies to this command only.
    for option in call.options_of_row(&["-c", "--config"]) {
        written.push(option.value);
    }
    rewrite(call, &file, &|_| true, &written);
    let objects = local_objects(call, url);
    if objects.is_some() {
        let has_files = !bare && !call.has("-n");
        receive(
            call,
            &objects,
            &git_directory,
            has_files.then_some(&directory),
        );
    }
    remember(call, &url.value.taint());
    ask(call);
    run_hooks(call, &["post-checkout"]);
    // git removes the files of a failed clone.
    call.fails_as(before);
}

pub(super) fn network(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    if let Some(url) = operands.first() {
        quote(call, url);
        remember(call, &url.value.taint());
    }
    for operand in operands.iter().skip(1) {
        if operand.value.taint().is_some() {
            call.print_error(&operand.value);
        }
    }
    fetch(call, operands.first());
    ask(call);
    keep_in_reflog(call);
    let output = call.fresh();
    call.print(&output);
}

/// `git pull` writes its whole command line to the log of the branch; `git fetch` removes the user from a URL in it.
fn keep_in_reflog(call: &mut Call<'_, '_>) {
    let is_pull = |word: &Argument| word.text().as_deref() == Some("pull");
    let Some(at) = call.arguments.iter().position(is_pull) else {
        return;
    };
    let given = Taint::of_all(&call.arguments[at..]);
    if given.is_some() {
        let line = made(call, &given);
        let log = inside(&repository(call), "logs/HEAD");
        call.append(&log, &line, &Cause::ArgumentLog);
    }
}

/// `git push -u URL BRANCH` stores the URL as the branch's remote.
pub(super) fn push(call: &mut Call<'_, '_>) {
    network(call);
    send(call, call.operands().first());
    let keeps = call.has("-u") || call.has("--set-upstream");
    if let (true, false, Some(url)) = (keeps, call.has("--dry-run"), call.operands().first()) {
        let line = entry(&Value::known("branch.pushed.remote"), &url.value);
        let file = inside(&repository(call), "config");
        rewrite(call, &file, &|_| true, &[line]);
    }
}

pub(super) fn remote(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    let file = inside(&repository(call), "config");
    let verb = operands
        .first()
        .and_then(Argument::text)
        .unwrap_or_default();
    let key = |name: &Argument, rest: &str| {
        Value::known("remote.")
            .concat(&name.value)
            .concat(&Value::known(rest))
    };
    match (verb.as_str(), operands.get(1..).unwrap_or_default()) {
        ("add", [name, url, ..]) => {
            let line = entry(&key(name, ".url"), &url.value);
            rewrite(call, &file, &|_| true, &[line]);
        }
        ("set-url", [name, url, ..]) => {
            let key = key(
                name,
                if call.has("--push") {
                    ".pushurl"
                } else {
                    ".url"
                },
            );
            let line = entry(&key, &url.value);
            let exists = lines(call, &file).iter().any(|line| has_key(line, &key));
            if call.has("--add") {
                rewrite(call, &file, &|_| true, &[line]);
            } else {
                rewrite(call, &file, &|line| !has_key(line, &key), &[line]);
            }
            if exists {
                call.status(Status::Success);
            }
        }
        ("remove" | "rm", [name, ..]) => {
            let section = key(name, ".");
            rewrite(call, &file, &|line| !begins_with(line, &section), &[]);
        }
        ("update", _) => fetch(call, None),
        ("rename", [_, _]) | ("prune" | "set-branches" | "set-head", _) => {}
        ("get-url" | "show" | "-v" | "", _) => {
            let shown = made(call, &call.peek(&file).taint());
            if !verb.is_empty() || call.has("-v") {
                call.print(&shown);
            }
        }
        _ => call.opaque(Doubt::SubCommand),
    }
}

pub(super) fn submodule(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    match (
        operands.first().and_then(Argument::text).as_deref(),
        operands.get(1..).unwrap_or_default(),
    ) {
        (Some("add" | "set-url"), [url, rest @ ..]) => {
            for url in std::iter::once(url).chain(rest) {
                let line = entry(&Value::known("submodule.url"), &url.value);
                for file in [
                    path(call, ".gitmodules"),
                    inside(&repository(call), "config"),
                ] {
                    rewrite(call, &file, &|_| true, std::slice::from_ref(&line));
                }
            }
            add_module(call, url, rest.first());
            ask(call);
        }
        (Some("foreach"), [command, ..]) => {
            let span = command.span;
            call.shell(&command.value.clone(), span, &[]);
        }
        (
            Some("update" | "init" | "sync" | "status" | "deinit" | "summary" | "absorbgitdirs"),
            rest,
        ) => {
            let taint = Taint::of_all(rest);
            call.opaque_for(&taint, Doubt::Operand);
            ask(call);
        }
        _ => call.opaque(Doubt::SubCommand),
    }
}
