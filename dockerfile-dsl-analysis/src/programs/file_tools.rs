//! What copies, renames, links, makes and removes files.
//! Behind the names of each program: the executed cases that back its row.

use super::common::{inside, path};
use super::{Effect, Output, Program, Role, Row, attached, flag, flags, value};
use crate::flow::{Argument, Call, State, Status, Taint, Value};
use crate::gather::Gather as _;

pub(super) static PROGRAMS: &[Program] = &[
    Program::new(
        &["dd"], // cp-dd, cp-dd-null, co-dd-log, co-dd-stdin, co-dd-tmpfs, co-dd-bs, co-dd-zero-short
        &[Row::new(&[]).only_operands().each(Role::Plain).by(convert)],
    ),
    Program::new(
        &["rm", "unlink"], // rm-same-run, rm-hardlink-left, co-rm-dir, co-rm-dashdash, co-rm-dir-no-r, co-unlink
        &[Row::new(&[])
            .options(&[
                flag("-r -R --recursive", Effect::Recursive),
                flags("-f -i -I -v -d --force --verbose --dir --one-file-system --no-preserve-root --interactive --help --version"),
            ])
            .each(Role::Remove)
            .output(Output::Nothing)
            .by(remove)],
    ),
    Program::new(
        &["shred"], // co-shred-u, co-shred
        &[Row::new(&[])
            .options(&[flags("-f -v -x -z -u --force --verbose --zero --remove"), value("-n -s --iterations --size", Role::Quoted)])
            .each(Role::Inspect)
            .by(shred)],
    ),
    Program::new(
        &["rmdir"], // co-rmdir
        &[Row::new(&[]).options(&[flags("-p -v --parents --verbose --ignore-fail-on-non-empty")]).each(Role::Inspect).output(Output::Nothing)],
    ),
    Program::new(
        &["mkdir"], // co-mkdir-name, co-mkdir-id
        &[Row::new(&[])
            .options(&[flags("-p -v -Z --parents --verbose"), value("-m --mode", Role::Quoted)])
            .each(Role::Create)
            .output(Output::Nothing)],
    ),
    Program::new(
        &["touch", "mkfifo"], // co-touch-name, co-touch-r, co-touch-d, co-mknod-name
        &[Row::new(&[])
            .options(&[
                flags("-a -c -f -m -h --no-create --no-dereference"),
                value("-d -t --date --time --mode", Role::Quoted),
                value("-r --reference", Role::Inspect),
            ])
            .each(Role::Create)
            .by(make_files)],
    ),
    Program::new(
        &["mktemp"], // co-mktemp-rm, co-mktemp-kept, co-mktemp-d-rm, co-mktemp-shm, co-mktemp-tmpdir, co-mktemp-name
        &[Row::new(&[])
            .options(&[
                flags("-d -u -q -t --directory --dry-run --quiet"),
                value("-p --suffix", Role::Quoted),
                attached("--tmpdir", Role::Quoted),
            ])
            .each(Role::Quoted)
            .by(temporary)],
    ),
    Program::new(
        &["truncate"], // rm-truncate, co-truncate, co-truncate-less, co-truncate-value
        &[Row::new(&[])
            .options(&[flags("-c -o --no-create --io-blocks"), value("-s --size", Role::Quoted), value("-r --reference", Role::Inspect)])
            .each(Role::Inspect)
            .by(truncate)],
    ),
    Program::new(
        &["chmod", "chown", "chgrp"], // rm-same-run, co-chmod-tmpfs, co-chmod-value, co-chown-value, co-chmod-000
        &[Row::new(&[])
            .options(&[
                flags("-R -f -v -c -h -H -L -P --recursive --silent --quiet --changes --verbose --no-dereference -x -w -r -rwx -rw"),
                value("--reference --from", Role::Inspect),
            ])
            .each(Role::Quoted)
            .output(Output::Nothing)
            .by(change)],
    ),
    Program::new(
        &["cp"], // cp-plain, ln-cp-L, ln-cp-P, ln-cp-s, mo-rename-dir-over, co-cp-t, co-cp-backup, co-cp-parents, co-cp-parents-rm, co-cp-run, co-cp-glob, co-cp-value-name
        &[Row::new(&[])
            .options(&[
                flag("-r -R --recursive", Effect::Recursive),
                flag("-L --dereference", Effect::Follow),
                flag("-P -d --no-dereference", Effect::NoFollow),
                flags("-a --archive -f -i -n -p -u -v -x -T -H -Z --force --verbose --update --no-clobber --one-file-system --no-target-directory --remove-destination"),
                flags("-l --link -s --symbolic-link --parents -b --copy-contents --strip-trailing-slashes"),
                attached("--preserve --no-preserve --reflink --sparse --backup --update", Role::Plain),
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
                flags("-f -i -n -u -v -T -b -Z --force --verbose --no-clobber --no-target-directory"),
                attached("--backup --update", Role::Plain),
                value("-t --target-directory", Role::Quoted),
                value("-S --suffix", Role::Plain),
            ])
            .each(Role::Read)
            .by(rename)],
    ),
    Program::new(
        &["ln", "link"], // ln-symlink, rm-hardlink-left, ln-value-as-target, co-ln-cat, co-ln-sf-dir, co-ln-sr
        &[Row::new(&[])
            .options(&[
                flags("-s --symbolic -f --force -n --no-dereference -r --relative -T --no-target-directory -v --verbose -L -P -i -b --logical --physical"),
                value("-t --target-directory", Role::Quoted),
            ])
            .each(Role::Plain)
            .by(link)],
    ),
    Program::new(
        &["install", "ginstall"], // co-install-mode, co-install-D, co-install-Dm, co-install-t, co-install-stdin, co-install-d
        &[Row::new(&[])
            .options(&[
                flags("-d --directory -D -b -c -C -p -s -T -v --compare --preserve-timestamps --strip --verbose --no-target-directory"),
                value("-m --mode -o --owner -g --group -S --suffix", Role::Quoted),
                value("-t --target-directory", Role::Quoted),
            ])
            .each(Role::Read)
            .by(install)],
    ),
    Program::new(
        &["rsync"], // co-rsync, co-rsync-dir, co-rsync-dir-rm, co-rsync-tmpfs
        &[Row::new(&[])
            .options(&[
                flags("-a -r -v -z -h -l -L -p -t -g -o -D -H -A -X -x -u -n -P -q -c -W -R --archive --recursive --links --copy-links --perms --times --delete --progress --verbose --quiet --relative --checksum --stats"),
                value("-e --rsh --exclude --include --chmod --chown --filter -f", Role::Quoted),
                value("--exclude-from --include-from --password-file", Role::ConsumedFile),
            ])
            .each(Role::Read)
            .by(synchronise)],
    ),
    Program::new(
        &["mknod"], // co-mknod-name
        &[Row::new(&[]).options(&[value("-m --mode", Role::Quoted)]).operands(&[Role::Create], Some(Role::Quoted), &[])],
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
        Some(file) if partial => call.append(&file, &data, "`dd`"),
        Some(file) => call.write(&file, &data, "`dd`"),
        None => call.print(&data),
    }
}

/// Overwrites, and with `-u` removes.
fn shred(call: &mut Call<'_, '_>) {
    for operand in call.operands() {
        if call.has("-u") {
            call.remove(&operand, false);
        } else {
            let noise = call.fresh();
            call.write(&operand, &noise, "`shred`");
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
    let fresh = call.fresh();
    let mut name = match &template {
        Some(template) => match template.text() {
            Some(text) => Value::known(text.trim_end_matches('X')).concat(&fresh),
            None => template.value.concat(&fresh),
        },
        None => Value::known("tmp.").concat(&fresh),
    };
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
            call.write(&place, &empty, "`mktemp`");
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
            call.write(&operand, &Value::empty(), "`truncate`");
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
        call.by_row();
    }
}

/// Where what is there may stay as it is, it does: `-n`, `-u`, `-i`.
fn keeps_targets(call: &Call<'_, '_>) -> bool {
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

/// The files that the sources would replace, and a secret in what they hold.
fn replaced(
    call: &Call<'_, '_>,
    sources: &[Argument],
    target: &Argument,
) -> Vec<(Argument, Value)> {
    let targets: Vec<Argument> = if call.is_directory(target) {
        let names = sources.iter().filter_map(Argument::text);
        names
            .map(|name| inside(target, name.rsplit('/').next().unwrap_or(&name)))
            .gather()
    } else {
        vec![target.clone()]
    };
    targets
        .into_iter()
        .map(|target| {
            let old = call.peek(&target);
            (target, old)
        })
        .filter(|(_, old)| old.taint().is_some())
        .gather()
}

/// Whether it may fail: nobody knows that all of the sources are there, or the directory of the target.
fn may_fail(call: &Call<'_, '_>, sources: &[Argument], target: &Argument) -> bool {
    !sources.iter().all(|source| call.exists(source))
        || !call.exists(target) && !call.is_directory(target) && !call.has_parent(target)
}

/// What stands before the files are touched, where it counts that it may stay so: a secret in what is replaced.
fn if_it_fails(call: &Call<'_, '_>, sources: &[Argument], target: &Argument) -> Option<State> {
    let counts = !replaced(call, sources, target).is_empty();
    (counts && may_fail(call, sources, target)).then(|| call.state.clone())
}

/// Copies the first operands to the last one, or into the directory of `-t`.
fn copy(call: &mut Call<'_, '_>) {
    let tree = call.has("-r") || call.has("-a");
    let follow = call.has("-L") || !(tree || call.has("-P"));
    let Some((sources, target)) = call.sources_and_target() else {
        return call.status(Status::Failure);
    };
    let before = if_it_fails(call, &sources, &target);
    backup(call, &sources, &target);
    let kept = if keeps_targets(call) {
        replaced(call, &sources, &target)
    } else {
        Vec::new()
    };
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
        call.append(&target, &old, "kept by `cp`");
    }
    if let Some(before) = before {
        call.fails_as(before);
    }
}

/// What was there before stays under another name, with `-b` or `--backup`.
fn backup(call: &mut Call<'_, '_>, sources: &[Argument], target: &Argument) {
    if !(call.has("-b") || call.has("--backup")) {
        return;
    }
    let suffix = call
        .option("-S")
        .and_then(|suffix| suffix.text())
        .unwrap_or_else(|| "~".to_owned());
    for (target, old) in replaced(call, sources, target) {
        let kept = Argument::new(target.value.concat(&Value::known(&suffix)), target.span);
        call.write(&kept, &old, "backup");
    }
}

/// Renames the first operands to the last one, or into the directory of `-t`.
fn rename(call: &mut Call<'_, '_>) {
    let Some((sources, target)) = call.sources_and_target() else {
        return call.status(Status::Failure);
    };
    // What is moved out of the image may also stay where it is.
    let stays = !call.leads_to_layer(&target)
        && sources.iter().any(|source| call.holds_secret(source))
        && may_fail(call, &sources, &target);
    let before = if_it_fails(call, &sources, &target).or_else(|| stays.then(|| call.state.clone()));
    backup(call, &sources, &target);
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
        call.append(&file, &old, "kept by `mv`");
    }
    if let Some(before) = before {
        call.fails_as(before);
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
        for operand in call.operands() {
            call.create(&operand, true);
        }
        return;
    }
    let Some((sources, target)) = call.sources_and_target() else {
        return call.status(Status::Failure);
    };
    let before = if_it_fails(call, &sources, &target);
    backup(call, &sources, &target);
    for source in &sources {
        call.copy(source, &target, false, true);
    }
    if let Some(before) = before {
        call.fails_as(before);
    }
}

/// Between directories like `cp -r`; a name with a colon is on another machine.
fn synchronise(call: &mut Call<'_, '_>) {
    let Some((sources, target)) = call.sources_and_target() else {
        return;
    };
    let remote = |argument: &Argument| {
        argument.text().is_some_and(|text| {
            text.split('/')
                .next()
                .is_some_and(|first| first.contains(':'))
        })
    };
    for source in sources.iter().filter(|source| !remote(source)) {
        if remote(&target) {
            continue;
        }
        // `a/` is what is in it; `a` comes with its name, also to a directory that is not there yet.
        let text = source.text().unwrap_or_default();
        if text.ends_with('/') {
            let value = source.value.concat(&Value::known("."));
            let contents = Argument {
                value,
                ..source.clone()
            };
            call.copy(&contents, &target, true, call.has("-L"));
        } else if call.is_directory(source) && !call.is_directory(&target) {
            let name = text.rsplit('/').next().unwrap_or_default();
            call.copy(source, &inside(&target, name), true, call.has("-L"));
        } else {
            call.copy(source, &target, true, call.has("-L"));
        }
    }
    if call.has("-v") || call.has("-P") {
        let names = call.fresh();
        call.print(&names);
    }
}
