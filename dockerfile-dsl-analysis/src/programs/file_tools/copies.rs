//! cp and mv: destinations, overwrites and `-v` output.

use crate::domain::Argument;
use crate::domain::{Cause, Doubt, Step};
use crate::domain::{State, Status, Value};
use crate::interpreter::Call;
use crate::programs::common::{inside, made};

/// Whether an existing target may stay as it is: `-n`, `-u`, `-i`.
pub(super) fn keeps_targets(call: &Call<'_, '_>) -> bool {
    [
        "-n",
        "-u",
        "-i",
        "--no-clobber",
        "--update",
        "--interactive",
    ]
    .iter()
    .any(|option| call.has(option))
        && !call.has("-f")
}

/// Returns the target path of each source.
fn targets(call: &Call<'_, '_>, sources: &[Argument], target: &Argument) -> Vec<Argument> {
    if !call.is_directory(target) {
        return vec![target.clone()];
    }
    let names = sources.iter().filter_map(Argument::text);
    names
        .map(|name| inside(target, name.rsplit('/').next().unwrap_or(&name)))
        .collect()
}

/// Removes the target names first: their other hard links keep the content, and no write goes through a symbolic link.
pub(super) fn unlink_targets(call: &mut Call<'_, '_>, sources: &[Argument], target: &Argument) {
    for target in targets(call, sources, target) {
        if call.exists(&target) && !call.is_directory(&target) {
            call.remove(&target, false);
        }
    }
}

/// Returns the files that the sources would replace, with the secrets in them.
pub(super) fn replaced(
    call: &Call<'_, '_>,
    sources: &[Argument],
    target: &Argument,
) -> Vec<(Argument, Value)> {
    targets(call, sources, target)
        .into_iter()
        .map(|target| {
            let old = call.peek(&target);
            (target, old)
        })
        .filter(|(_, old)| old.taint().is_some())
        .collect()
}

/// Whether it may fail: the sources or the target's directory are not known to exist.
fn may_fail(call: &Call<'_, '_>, sources: &[Argument], target: &Argument) -> bool {
    let is_there = |source: &Argument| {
        call.exists(source)
            || source.value.known_prefix().starts_with("/dev/")
            || call.comes_with_context(source)
    };
    !sources.iter().all(is_there)
        || !call.exists(target) && !call.is_directory(target) && !call.has_parent(target)
}

/// Returns the state before the copy, if a failure would keep a secret in a replaced file.
pub(super) fn if_it_fails(
    call: &Call<'_, '_>,
    sources: &[Argument],
    target: &Argument,
) -> Option<State> {
    let counts = !replaced(call, sources, target).is_empty();
    (counts && may_fail(call, sources, target)).then(|| call.state.clone())
}

/// Copies the first operands to the last one, or into the directory of `-t`.
pub(in crate::programs) fn copy(call: &mut Call<'_, '_>) {
    let tree = call.has("-r") || call.has("-a");
    let follow = call.has("-L") || !(tree || call.has("-P"));
    let Some((sources, target)) = call.sources_and_target() else {
        return without_target(call);
    };
    let before = if_it_fails(call, &sources, &target);
    backup(call, &sources, &target);
    tell(call, &sources, &target);
    let kept = if keeps_targets(call) {
        replaced(call, &sources, &target)
    } else {
        Vec::new()
    };
    if call.has("--remove-destination") {
        unlink_targets(call, &sources, &target);
    }
    for source in &sources {
        if call.has("-s") {
            call.symlink(source, &target);
        } else if call.has("-l") {
            call.hard_link(source, &target, tree);
        } else if call.has("--parents") {
            // The whole path of the source, beneath the target.
            let value = target
                .value
                .concat(&Value::known("/"))
                .concat(&source.value);
            call.copy(
                source,
                &Argument {
                    value,
                    ..target.clone()
                },
                tree,
                follow,
            );
        } else {
            call.copy(source, &target, tree, follow);
        }
    }
    for (target, old) in kept {
        call.append(&target, &old, &Cause::Kept("cp".into()));
    }
    if let Some(before) = before {
        call.fails_as(before);
    }
}

/// Fails: the message about a missing target quotes the operand.
pub(super) fn without_target(call: &mut Call<'_, '_>) {
    for operand in call.operands() {
        call.quote_in_errors(&operand);
    }
    call.status(Status::Failure);
}

/// `-v` prints the names of what is copied, renamed or linked, and the names beneath it.
pub(super) fn tell(call: &mut Call<'_, '_>, sources: &[Argument], target: &Argument) {
    if !call.has("-v") {
        return;
    }
    let taint = sources.iter().fold(target.value.taint(), |all, source| {
        all.join(&source.value.taint())
            .join(&call.listed(source, usize::MAX, false))
    });
    let names = made(call, &taint).step(
        call.span,
        Step::ListedBy {
            program: "-v".into(),
        },
    );
    call.print(&names);
}

/// Keeps the previous file under another name, with `-b` or `--backup`.
pub(super) fn backup(call: &mut Call<'_, '_>, sources: &[Argument], target: &Argument) {
    if !(call.has("-b") || call.has("--backup")) {
        return;
    }
    let suffix = call.option("-S").map(|suffix| suffix.value);
    let suffix = suffix.unwrap_or_else(|| Value::known("~"));
    // The target may exist in the base image.
    call.opaque_for(&suffix.taint(), Doubt::Argument);
    for (target, old) in replaced(call, sources, target) {
        let kept = Argument::new(target.value.concat(&suffix), target.span);
        call.write(&kept, &old, &Cause::Backup);
    }
}

/// Renames the first operands to the last one, or into the directory of `-t`.
pub(in crate::programs) fn rename(call: &mut Call<'_, '_>) {
    let Some((sources, target)) = call.sources_and_target() else {
        return without_target(call);
    };
    // A file that is moved out of the image may also stay if the move fails.
    let stays = !call.leads_to_layer(&target)
        && sources.iter().any(|source| call.holds_secret(source))
        && may_fail(call, &sources, &target);
    let before = if_it_fails(call, &sources, &target).or_else(|| stays.then(|| call.state.clone()));
    backup(call, &sources, &target);
    tell(call, &sources, &target);
    let mut kept = Vec::new();
    if keeps_targets(call) {
        // Then the source stays, too.
        kept = replaced(call, &sources, &target);
        for source in &sources {
            let content = call.peek(source);
            if content.taint().is_some() && call.exists(&target) {
                kept.push((source.clone(), content));
            }
        }
    }
    for source in &sources {
        call.rename(source, &target);
    }
    for (file, old) in kept {
        call.append(&file, &old, &Cause::Kept("mv".into()));
    }
    if let Some(before) = before {
        call.fails_as(before);
    }
}
