//! What copies, renames, links, makes and removes files.
//! Behind the names of each program: the executed cases that back its row.

mod copies;
mod rsync;

use copies::{backup, copy, if_it_fails, rename, tell, unlink_targets};
use rsync::synchronise;

use super::common::{made, path};
use super::{Effect, Output, Program, Role, Row, attached, flag, flags, value};
use crate::flow::{Argument, Call, Status, Taint, Value};
use crate::report::{Cause, Step};

pub(super) static PROGRAMS: &[Program] = &[
    Program::new(
        // cp-dd, cp-dd-null, co-dd-log, co-dd-stdin, co-dd-tmpfs, co-dd-bs, co-dd-zero-short
        &["dd"],
        &[Row::new(&[]).only_operands().each(Role::Plain).by(convert)],
    ),
    Program::new(
        // rm-same-run, rm-hardlink-left, co-rm-dir, co-rm-dashdash, co-rm-dir-no-r, co-unlink
        &["rm", "unlink"],
        &[Row::new(&[])
            .options(&[
                flag("-r -R --recursive", Effect::Recursive),
                flags(
                    "-f -i -I -d -v --verbose --force --dir --one-file-system --no-preserve-root \
                     --interactive --help --version",
                ),
            ])
            .each(Role::Remove)
            .output(Output::Nothing)
            .by(remove)],
    ),
    Program::new(
        &["shred"], // co-shred-u, co-shred
        &[Row::new(&[])
            .options(&[
                flags("-f --force -v --verbose -x --exact -z --zero -u"),
                attached("--remove", Role::Quoted),
                value("-n -s --iterations --size", Role::Quoted),
            ])
            .each(Role::Inspect)
            .by(shred)],
    ),
    Program::new(
        &["rmdir"], // co-rmdir
        &[Row::new(&[])
            .options(&[flags(
                "-p -v --parents --verbose --ignore-fail-on-non-empty",
            )])
            .each(Role::Inspect)
            .output(Output::Nothing)],
    ),
    Program::new(
        &["mkdir"], // co-mkdir-name, co-mkdir-id
        &[Row::new(&[])
            .options(&[
                flags("-p -Z --parents"),
                flags("-v --verbose"),
                value("-m --mode", Role::Quoted),
            ])
            .each(Role::Create)
            .by(make_directories)],
    ),
    Program::new(
        &["touch", "mkfifo"], // co-touch-name, co-touch-r, co-touch-d, co-mknod-name
        &[Row::new(&[])
            .options(&[
                flags("-a -c -f -m -h --no-create --no-dereference"),
                value("-d --date -t", Role::Quoted),
                value("-m --mode", Role::Quoted),
                value("--time", Role::Quoted),
                value("-r --reference", Role::Inspect),
            ])
            .each(Role::Create)
            .by(make_files)],
    ),
    Program::new(
        // co-mktemp-rm, co-mktemp-kept, co-mktemp-d-rm, co-mktemp-shm, co-mktemp-tmpdir,
        // co-mktemp-name
        &["mktemp"],
        &[Row::new(&[])
            .options(&[
                flags("-d --directory -u --dry-run -q --quiet -t"),
                value("-p", Role::Quoted),
                value("--suffix", Role::Quoted),
                attached("--tmpdir", Role::Quoted),
            ])
            .each(Role::Quoted)
            .by(temporary)],
    ),
    Program::new(
        &["truncate"], // rm-truncate, co-truncate, co-truncate-less, co-truncate-value
        &[Row::new(&[])
            .options(&[
                flags("-c -o --no-create --io-blocks"),
                value("-s --size", Role::Quoted),
                value("-r --reference", Role::Inspect),
            ])
            .each(Role::Inspect)
            .by(truncate)],
    ),
    Program::new(
        // rm-same-run, co-chmod-tmpfs, co-chmod-value, co-chown-value, co-chmod-000
        &["chmod", "chown", "chgrp"],
        &[Row::new(&[])
            .options(&[
                flags(
                    "-R -f -v -c -h -H -L -P --recursive --silent --quiet --changes --verbose \
                     --no-dereference -x -w -r -rwx -rw",
                ),
                value("--reference --from", Role::Inspect),
            ])
            .each(Role::Quoted)
            .output(Output::Nothing)
            .by(change)],
    ),
    Program::new(
        // cp-plain, ln-cp-L, ln-cp-P, ln-cp-s, mo-rename-dir-over, co-cp-t, co-cp-backup,
        // co-cp-parents, co-cp-parents-rm, co-cp-run, co-cp-glob, co-cp-value-name
        &["cp"],
        &[Row::new(&[])
            .options(&[
                flag("-r -R --recursive", Effect::Recursive),
                flag("-L --dereference", Effect::Follow),
                flag("-P -d --no-dereference", Effect::NoFollow),
                flags(
                    "-a --archive -f -i -n -p -u -x -T -H -Z --force --update --no-clobber \
                     --one-file-system --no-target-directory --remove-destination",
                ),
                flags(
                    "-l --link -s --symbolic-link --parents --copy-contents \
                     --strip-trailing-slashes -v --verbose -b",
                ),
                attached(
                    "--preserve --no-preserve --reflink --sparse --backup --update",
                    Role::Plain,
                ),
                value("-t --target-directory", Role::Quoted),
                value("-S --suffix", Role::Plain),
            ])
            .each(Role::Read)
            .by(copy)],
    ),
    Program::new(
        &["mv"], // tm-mv-dir-back, co-mv-back, co-mv-away, co-mv-t, co-mv-rename-rm, co-mv-b
        &[Row::new(&[])
            .options(&[
                flags(
                    "-f -i -n -u -T -Z --force --no-clobber --no-target-directory -v --verbose -b",
                ),
                attached("--backup --update", Role::Plain),
                value("-t --target-directory", Role::Quoted),
                value("-S --suffix", Role::Plain),
            ])
            .each(Role::Read)
            .by(rename)],
    ),
    Program::new(
        // ln-symlink, rm-hardlink-left, ln-value-as-target, co-ln-cat, co-ln-sf-dir, co-ln-sr
        &["ln", "link"],
        &[Row::new(&[])
            .options(&[
                flags(
                    "-s --symbolic -f --force -n --no-dereference -r --relative -T \
                     --no-target-directory -v --verbose -L --logical -P --physical -i -b",
                ),
                attached("--backup", Role::Plain),
                value("-t --target-directory", Role::Quoted),
                value("-S --suffix", Role::Plain),
            ])
            .each(Role::Plain)
            .by(link)],
    ),
    Program::new(
        // co-install-mode, co-install-D, co-install-Dm, co-install-t, co-install-stdin,
        // co-install-d
        &["install", "ginstall"],
        &[Row::new(&[])
            .options(&[
                flags(
                    "-d --directory -D -c -C -p -s -T --compare --preserve-timestamps --strip \
                     --no-target-directory -v --verbose -b",
                ),
                attached("--backup", Role::Plain),
                value("-m --mode -o --owner -g --group", Role::Quoted),
                value("-S --suffix", Role::Plain),
                value("-t --target-directory", Role::Quoted),
            ])
            .each(Role::Read)
            .by(install)],
    ),
    Program::new(
        &["rsync"], // co-rsync, co-rsync-dir, co-rsync-dir-rm, co-rsync-tmpfs
        &[Row::new(&[])
            .options(&[
                flags(
                    "-L --copy-links -k --copy-dirlinks --copy-unsafe-links -a -r -z -h -l -p -t \
                     -g -o -D -H -A -X -x -u -n -P -q -c -W -R --archive --recursive --links \
                     --perms --times --delete --progress --quiet --relative --checksum --stats \
                     --itemize-changes --ignore-existing --prune-empty-dirs -m -E --inplace \
                     --partial -s --delete-after --delete-excluded --no-owner --no-group \
                     --no-perms --numeric-ids",
                ),
                flags("-v --verbose"),
                flags("-i"),
                value(
                    "-e --rsh --exclude --include --chmod --chown --filter -f",
                    Role::Quoted,
                ),
                value(
                    "--exclude-from --include-from --password-file",
                    Role::ConsumedFile,
                ),
            ])
            .each(Role::Read)
            .by(synchronise)],
    ),
    Program::new(
        &["mknod"], // co-mknod-name
        &[Row::new(&[])
            .options(&[value("-m --mode", Role::Quoted)])
            .operands(&[Role::Create], Some(Role::Quoted), &[])],
    ),
];

/// `dd if=FILE of=FILE`.
fn convert(call: &mut Call<'_, '_>) {
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

/// Overwrites, and with `-u` removes.
fn shred(call: &mut Call<'_, '_>) {
    for operand in call.operands() {
        if call.has("-u") || call.has("--remove") {
            call.remove(&operand, false);
        } else {
            let noise = call.fresh();
            call.write(&operand, &noise, &Cause::Program("shred".into()));
        }
    }
}

/// Makes files that are empty, or leaves those that are there.
fn make_files(call: &mut Call<'_, '_>) {
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

/// Makes a file or directory of a name that nobody knows, and prints the name.
fn temporary(call: &mut Call<'_, '_>) {
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

/// `-s 0` empties; any other size may keep what was there.
fn truncate(call: &mut Call<'_, '_>) {
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
fn change(call: &mut Call<'_, '_>) {
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

/// What asks first may not remove anything, and `unlink` takes one name.
fn remove(call: &mut Call<'_, '_>) {
    let asks = ["-i", "-I", "--interactive", "--help", "--version"]
        .iter()
        .any(|option| call.has(option));
    if asks || &*call.name == "unlink" && call.operands().len() != 1 {
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

/// `mkdir`, `install -d`; `-v` names them.
fn make_directories(call: &mut Call<'_, '_>) {
    for operand in call.operands() {
        if call.has("-v") {
            call.print(&operand.value);
        }
        call.create(&operand, true);
    }
}

/// `ln TARGET NAME`, `ln TARGET.. DIRECTORY`, `ln TARGET`: links, symbolic ones with `-s`.
fn link(call: &mut Call<'_, '_>) {
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
fn install(call: &mut Call<'_, '_>) {
    if call.has("-d") {
        return make_directories(call);
    }
    let Some((sources, target)) = call.sources_and_target() else {
        return call.status(Status::Failure);
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
