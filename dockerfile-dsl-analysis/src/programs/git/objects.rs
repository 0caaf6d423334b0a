//! What git adds to the objects of a repository, and what it prints of them.

use super::config::{repository, run_hooks};
use super::has_word;
use crate::domain::Argument;
use crate::domain::Cause;
use crate::domain::{Share, Taint};
use crate::interpreter::Call;
use crate::programs::common::{at, inside, made, path, some_file};

/// Adds content to the objects. It stays there when the file is removed.
fn keep(call: &mut Call<'_, '_>, taint: &Taint) {
    if taint.is_some() {
        let object = made(call, taint);
        let file = some_file(call, &inside(&repository(call), "objects"));
        call.append(&file, &object, &Cause::GitObject);
    }
}

/// Returns the taint of everything beneath a directory. If it may be one of several, the root counts only if it is a repository.
fn tree(call: &mut Call<'_, '_>, operand: &Argument) -> Taint {
    let places = call.paths(operand);
    let mut taint = Taint::NONE;
    for place in &places {
        if !place.key.is_root() || call.state.files.entry(&"/.git".into()).is_some() {
            taint = taint.join(&call.read_tree(&at(call, &place.key)).taint());
        }
    }
    taint
}

pub(super) fn add(call: &mut Call<'_, '_>) {
    let mut operands = call.operands();
    if verb(call).as_deref() == Some("stash") {
        if has_word(call, &["pop", "apply", "branch"]) {
            check_out(call);
        }
        let message = Taint::of_all(&call.options("-m"));
        keep(call, &message);
        summary(call, &message);
        operands.clear();
    }
    if operands.is_empty() {
        operands.push(path(call, "."));
    }
    let taint: Taint = operands.iter().map(|operand| tree(call, operand)).collect();
    keep(call, &taint);
}

pub(super) fn commit(call: &mut Call<'_, '_>) {
    let mut taint = Taint::NONE;
    let mut message = Taint::NONE;
    for option in ["-m", "-c", "-F"] {
        for given in call.options(option) {
            message = message.join(&given.value.taint());
            if option == "-F" {
                message = message.join(&call.peek(&given).taint());
            }
        }
    }
    let author = super::identity(call);
    let operands = call.operands();
    for operand in &operands {
        taint = taint.join(&operand.value.taint());
    }
    if call.has("-a") || call.has("--all") {
        taint = taint.join(&call.read_tree(&path(call, ".")).taint());
    }
    let verb = verb(call).unwrap_or_default();
    match verb.as_str() {
        "commit" if !call.has("--no-verify") => run_hooks(
            call,
            &[
                "pre-commit",
                "prepare-commit-msg",
                "commit-msg",
                "post-commit",
            ],
        ),
        "commit" => run_hooks(call, &["post-commit", "post-merge"]),
        "merge" => {
            check_out(call);
            run_hooks(call, &["post-commit", "post-merge"]);
        }
        "cherry-pick" | "revert" | "rebase" | "am" => check_out(call),
        "checkout" | "switch" | "worktree" => {
            check_out(call);
            run_hooks(call, &["post-checkout"]);
        }
        _ => {}
    }
    let names = made(call, &taint);
    let signs = !matches!(
        verb.as_str(),
        "branch" | "checkout" | "switch" | "worktree" | "update-ref" | "symbolic-ref"
    );
    let author = if signs { author } else { Taint::NONE };
    keep(call, &taint.join(&message).join(&author));
    call.print_error(&names);
    if !matches!(verb.as_str(), "tag" | "notes" | "branch" | "merge") {
        summary(call, &message);
    }
}

/// Restores the files of a commit.
pub(super) fn check_out(call: &mut Call<'_, '_>) {
    let objects = inside(&repository(call), "objects");
    let taint = call.read_tree(&objects).taint();
    if taint.is_none() {
        return;
    }
    let content = made(call, &taint);
    let added = Some(()).filter(|()| verb(call).as_deref() == Some("worktree"));
    let directory = added.and_then(|()| added_tree(call));
    let file = some_file(call, &directory.unwrap_or_else(|| work_tree(call)));
    call.append(&file, &content, &Cause::CheckedOut("git".into()));
}

/// Returns the directory of `git worktree add -b BRANCH DIRECTORY COMMIT`.
fn added_tree(call: &Call<'_, '_>) -> Option<Argument> {
    let pairs = call.arguments.windows(2);
    let branches = pairs.filter(|pair| matches!(pair[0].text().as_deref(), Some("-b" | "-B")));
    let branches: Vec<_> = branches.map(|pair| pair[1].span).collect();
    let mut operands = call.operands().into_iter().skip(1);
    operands.find(|operand| !branches.contains(&operand.span))
}

/// Returns the directory to which git writes the files of a commit.
fn work_tree(call: &Call<'_, '_>) -> Argument {
    let chosen = || Some(Argument::new(call.env("GIT_WORK_TREE")?, call.span));
    let option = call.option("--work-tree").or_else(chosen);
    option.unwrap_or_else(|| path(call, "."))
}

/// Prints the subject of a commit message.
fn summary(call: &mut Call<'_, '_>, message: &Taint) {
    if !call.has("-q") && !call.has("--quiet") {
        let summary = made(call, message);
        call.print(&summary);
    }
}

/// Returns the verb of its row that the call uses.
fn verb(call: &Call<'_, '_>) -> Option<String> {
    call.arguments
        .iter()
        .filter_map(Argument::text)
        .find(|word| call.is_verb(word))
}

pub(super) fn hash(call: &mut Call<'_, '_>) {
    let mut taint = if call.has("--stdin") {
        call.stdin().taint()
    } else {
        Taint::NONE
    };
    for operand in call.operands() {
        taint = taint.join(&call.read(&operand).taint());
    }
    if call.has("-w") {
        keep(call, &taint);
    }
    let digest = call.answer(&taint, Share::Fragment);
    call.print(&digest);
}

/// Prints objects, or the difference of two files.
pub(super) fn show(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    let objects = inside(&repository(call), "objects");
    let mut taint = call.read_tree(&objects).taint();
    // Files that are not in the objects yet are compared with them, or searched.
    if matches!(verb(call).as_deref(), Some("diff" | "grep")) && !call.has("--cached") {
        taint = taint.join(&tree(call, &path(call, ".")));
    }
    for operand in &operands {
        taint = taint.join(&operand.value.taint());
        if call.has("--no-index") {
            taint = taint.join(&call.read(operand).taint());
        }
    }
    let counts = [
        "--stat",
        "--name-only",
        "--name-status",
        "--shortstat",
        "--numstat",
    ];
    let is_diff = verb(call).as_deref() == Some("diff");
    let quiet = call.has("-q")
        || call.has("--quiet")
        || call.has("-s")
        || is_diff && !call.has("-p") && counts.iter().any(|option| call.has(option));
    let output = if quiet {
        call.fresh()
    } else {
        made(call, &taint)
    };
    let bundle = operands.first().and_then(Argument::text).as_deref() == Some("create");
    if let Some(file) = call.option("-o") {
        let data = made(call, &taint);
        call.write(&file, &data, &Cause::Program("git".into()));
    } else if let (true, Some(file)) = (bundle, operands.get(1)) {
        let data = made(call, &taint);
        call.write(file, &data, &Cause::Program("git bundle".into()));
    } else {
        call.print(&output);
    }
}
