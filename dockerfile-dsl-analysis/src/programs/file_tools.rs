//! Programs that copy, rename, link, create and remove files.
//! After the names of each program: the executed cases that back its row.

pub(super) mod copies;
pub(super) mod rsync;

use copies::{backup, if_it_fails, tell, unlink_targets, without_target};

use super::common::{made, path};
use crate::domain::Argument;
use crate::domain::{Cause, Step};
use crate::domain::{Status, Taint, Value};
use crate::interpreter::Call;

/// `dd if=FILE of=FILE`.
pub(super) fn convert(call: &mut Call<'_, '_>) {
    let (mut input, mut output, mut partial) = (None, None, false);
    for operand in call.operands() {
        let prefix = operand.value.known_prefix().to_owned();
        if let Some(file) = operand.behind("if=") {
            input = Some(file);
        } else if let Some(file) = operand.behind("of=") {
            output = Some(file);
        } else if operand.value.taint().is_some() {
            call.print_error(&operand.value);
        } else {
            partial |= prefix.contains("notrunc")
                || prefix.contains("excl")
                || prefix.starts_with("seek=")
                || prefix.starts_with("oseek=")
                || prefix.contains("append");
        }
    }
    let data = match &input {
        Some(file) => call.read(file),
        None => call.stdin(),
    };
    match output {
        Some(file) if partial => call.append(&file, &data, &Cause::Program("dd".into())),
        Some(file) => call.write(&file, &data, &Cause::Program("dd".into())),
        None => call.print(&data),
    }
}

/// Overwrites a file, and removes it with `-u`.
pub(super) fn shred(call: &mut Call<'_, '_>) {
    for operand in call.operands() {
        if call.has("-u") || call.has("--remove") {
            call.remove(&operand, false);
        } else {
            let noise = call.fresh();
            call.write(&operand, &noise, &Cause::Program("shred".into()));
        }
    }
}

/// Creates empty files, and does not change existing ones.
pub(super) fn make_files(call: &mut Call<'_, '_>) {
    let mut shown = Taint::NONE;
    for option in ["-d", "-m"] {
        if let Some(value) = call
            .option(option)
            .filter(|value| value.value.taint().is_some())
        {
            call.print_error(&value.value);
            shown = shown.join(&call.small(&value));
        }
    }
    for operand in call.operands() {
        call.create(&operand, false);
        call.shows_in(&operand, &shown);
    }
}

/// Creates a file or directory with an unknown name, and prints the name.
pub(super) fn temporary(call: &mut Call<'_, '_>) {
    let template = call.operands().pop();
    let directory = call.option("-p").or_else(|| call.option("--tmpdir"));
    let in_temporary =
        directory.is_some() || call.has("-t") || call.has("--tmpdir") || template.is_none();
    let fresh = call.fresh_name();
    let mut name = match &template {
        Some(template) => match template.text() {
            Some(text) => Value::known(text.trim_end_matches('X')).concat(&fresh),
            None => template.value.concat(&fresh),
        },
        None => Value::known("tmp.").concat(&fresh),
    };
    if let Some(suffix) = call.option("--suffix") {
        name = name.concat(&suffix.value);
    }
    if in_temporary {
        let directory = directory
            .map(|directory| directory.value)
            .or_else(|| call.env("TMPDIR"))
            .unwrap_or_else(|| Value::known("/tmp"));
        name = directory.concat(&Value::known("/")).concat(&name);
    }
    let place = Argument::new(name.clone(), call.span);
    if !call.has("-u") {
        if call.has("-d") {
            call.create(&place, true);
        } else {
            let empty = Value::empty();
            call.write(&place, &empty, &Cause::Program("mktemp".into()));
        }
    }
    call.print(&name.concat(&Value::known("\n")));
}

/// `-s 0` empties the file; any other size may keep its content.
pub(super) fn truncate(call: &mut Call<'_, '_>) {
    let size = call.option("-s");
    let mut shown = Taint::NONE;
    if let Some(size) = &size
        && size.value.taint().is_some()
    {
        call.print_error(&size.value);
        shown = call.small(size);
    }
    let empties = size
        .and_then(|size| size.text())
        .is_some_and(|size| size == "0");
    for operand in call.operands() {
        if empties {
            call.write(
                &operand,
                &Value::empty(),
                &Cause::Program("truncate".into()),
            );
        } else {
            call.create(&operand, false);
        }
        call.shows_in(&operand, &shown);
    }
}

/// `chmod MODE FILE..` and the like.
pub(super) fn change(call: &mut Call<'_, '_>) {
    call.by_row();
    let operands = call.operands();
    let Some((mode, files)) = operands.split_first() else {
        return;
    };
    let shown = call.small(mode);
    for file in files {
        call.shows_in(file, &shown);
    }
}

/// `unlink` removes one name.
pub(super) fn remove_one(call: &mut Call<'_, '_>) {
    let takes_it = call.operands().len() == 1;
    remove_unless(call, !takes_it);
}

/// Removes files. With a prompt it may remove nothing.
pub(super) fn remove(call: &mut Call<'_, '_>) {
    let asks = call.has("-i") || call.has("-I") || call.has("--interactive");
    remove_unless(call, asks);
}

fn remove_unless(call: &mut Call<'_, '_>, keeps: bool) {
    if keeps || call.has("--help") || call.has("--version") {
        for operand in call.operands() {
            if operand.value.taint().is_some() {
                call.print_error(&operand.value);
            }
        }
    } else {
        if call.has("-v") {
            let taint = call.operands().iter().fold(Taint::NONE, |all, operand| {
                all.join(&call.listed(operand, usize::MAX, false))
            });
            let names = made(call, &taint).step(
                call.span,
                Step::ListedBy {
                    program: "-v".into(),
                },
            );
            call.print(&names);
        }
        call.by_row();
    }
}

/// `mkdir`, `install -d`: creates directories; `-v` prints them.
pub(super) fn make_directories(call: &mut Call<'_, '_>) {
    for operand in call.operands() {
        if call.has("-v") {
            call.print(&operand.value);
        }
        call.create(&operand, true);
    }
}

/// `ln TARGET NAME`, `ln TARGET.. DIRECTORY`, `ln TARGET`: creates links, symbolic ones with `-s`.
pub(super) fn link(call: &mut Call<'_, '_>) {
    let (sources, name) = match call.sources_and_target() {
        Some(both) => both,
        None => match call.operands().pop() {
            Some(only) => (vec![only], path(call, ".")),
            None => return call.status(Status::Failure),
        },
    };
    backup(call, &sources, &name);
    tell(call, &sources, &name);
    let is_free =
        call.has("-f") || call.has("-b") || !call.exists(&name) || call.is_directory(&name);
    for source in &sources {
        if call.has("-s") && is_free {
            call.symlink(source, &name);
        } else if is_free {
            call.hard_link(source, &name, false);
        }
    }
}

/// `install -d DIRECTORY..`, `install SOURCE.. TARGET`.
pub(super) fn install(call: &mut Call<'_, '_>) {
    if call.has("-d") {
        return make_directories(call);
    }
    let Some((sources, target)) = call.sources_and_target() else {
        return without_target(call);
    };
    let before = if_it_fails(call, &sources, &target);
    backup(call, &sources, &target);
    tell(call, &sources, &target);
    unlink_targets(call, &sources, &target);
    for source in &sources {
        call.copy(source, &target, false, true);
    }
    if let Some(before) = before {
        call.fails_as(before);
    }
}
