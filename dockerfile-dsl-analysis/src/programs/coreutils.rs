//! coreutils and busybox: what copies, shows, counts and removes files. The worked example for the other families.

use super::{
    Argument, Effect, Opt, Output, Program, Role, Row, Stdin, attached, flag, flags, value,
};
use crate::flow::{Call, Status};

/// A filter: reads its operands or standard input, writes text made from them.
const fn filter(output: Output) -> Row {
    Row::new(&[])
        .each(Role::Read)
        .stdin(Stdin::ReadWithoutOperand)
        .output(output)
}

pub(super) static PROGRAMS: &[Program] = &[
    // `echo` and `printf` are built-in commands: flow/builtins.rs.
    Program::new(
        &["cat"], // redirect/*, rm-*, enc-cat-A
        &[filter(Output::Same).options(&[
            flags("-u"),
            Opt { names: "-A -b -e -E -n -s -t -T -v --show-all --number --show-nonprinting", argument: Argument::No, effect: None },
        ])],
    ),
    Program::new(&["tac", "rev", "nl", "expand", "unexpand", "fold", "fmt"], &[filter(Output::Derived)]),
    Program::new(
        &["head", "tail"], // p-tail
        &[filter(Output::Derived).options(&[flags("-q -v -z --quiet --silent"), value("-n -c --lines --bytes", Role::Plain)])],
    ),
    Program::new(
        &["base64", "base32"], // enc-base64
        &[filter(Output::Derived).options(&[flags("-d -D -i --decode --ignore-garbage"), value("-w --wrap", Role::Plain)])],
    ),
    Program::new(
        &["wc"], // t-wc-c
        &[filter(Output::Clean).options(&[flags("-c -m -l -L -w --bytes --chars --lines --words")])],
    ),
    Program::new(
        &["md5sum", "sha1sum", "sha224sum", "sha256sum", "sha384sum", "sha512sum", "b2sum", "cksum", "sum"], // t-sha256-log, t-cksum
        &[filter(Output::Clean).options(&[flags("-b -t -z --tag --status --quiet --strict"), value("-a --algorithm", Role::Plain)])],
    ),
    Program::new(
        &["shuf"], // cp-shuf-o
        &[filter(Output::Derived).options(&[flags("-r -z"), value("-n", Role::Plain), value("-o --output", Role::Write)])],
    ),
    Program::new(
        &["tee"], // redirect/*, copy/*
        &[Row::new(&[])
            .options(&[flag("-a --append", Effect::Recursive), flags("-i -p --ignore-interrupts")])
            .each(Role::Write)
            .stdin(Stdin::Read)
            .output(Output::Same)
            .by(tee)],
    ),
    Program::new(
        &["rm", "unlink"], // rm-*
        &[Row::new(&[])
            .options(&[flag("-r -R --recursive", Effect::Recursive), flags("-f -i -I -v -d --force --verbose --dir --one-file-system --no-preserve-root")])
            .each(Role::Remove)],
    ),
    Program::new(&["rmdir"], &[Row::new(&[]).options(&[flags("-p -v --parents --ignore-fail-on-non-empty")]).each(Role::Inspect)]),
    Program::new(
        &["mkdir", "mkfifo"],
        &[Row::new(&[]).options(&[flags("-p -v --parents --verbose"), value("-m --mode", Role::Plain)]).each(Role::Create)],
    ),
    Program::new(
        &["touch"],
        &[Row::new(&[])
            .options(&[flags("-a -c -m -h --no-create"), value("-d -t --date", Role::Plain), value("-r --reference", Role::Inspect)])
            .each(Role::Create)],
    ),
    Program::new(
        &["chmod", "chown", "chgrp"],
        &[Row::new(&[])
            .options(&[flags("-R -f -v -c -h -H -L -P --recursive --silent --quiet --no-dereference"), attached("--reference", Role::Inspect)])
            .operands(&[Role::Plain], Some(Role::Inspect), &[])],
    ),
    Program::new(
        &["ls", "stat", "du", "df", "file"],
        &[Row::new(&[]).each(Role::Inspect)],
    ),
    Program::new(
        &["basename", "dirname", "realpath", "readlink"], // ln-basename
        &[Row::new(&[]).options(&[flags("-a -f -e -m -n -z -s --multiple"), value("--suffix", Role::Plain)]).each(Role::Shown).output(Output::Derived)],
    ),
    Program::new(
        &["cp"], // copy/*, link/*
        &[Row::new(&[])
            .options(&[
                flag("-r -R --recursive", Effect::Recursive),
                flag("-L --dereference", Effect::Follow),
                flag("-P -d --no-dereference", Effect::NoFollow),
                flags("-a --archive -f -i -n -p -u -v -x -T -H --force --verbose --update --no-clobber --one-file-system"),
                flags("-l --link -s --symbolic-link --parents -b"),
                attached("--preserve --no-preserve --reflink --sparse --backup", Role::Plain),
                value("-t --target-directory", Role::Plain),
                value("-S --suffix", Role::Plain),
            ])
            .each(Role::Read)
            .by(copy)],
    ),
    Program::new(
        &["mv"],
        &[Row::new(&[])
            .options(&[flags("-f -i -n -u -v -T --force --verbose --no-clobber"), value("-t --target-directory", Role::Plain)])
            .each(Role::Read)
            .by(rename)],
    ),
];

/// Writes standard input to each operand and to standard output.
fn tee(call: &mut Call<'_, '_>) {
    let input = call.stdin();
    let append = call.has("-a");
    for operand in call.operands() {
        if append {
            call.append(&operand, &input, "tee");
        } else {
            call.write(&operand, &input, "tee");
        }
    }
    call.print(&input);
}

/// Copies the first operands to the last one, or into the directory of `-t`.
fn copy(call: &mut Call<'_, '_>) {
    let tree = call.has("-r") || call.has("-a");
    let follow = call.has("-L") || !(tree || call.has("-P"));
    let Some((sources, target)) = call.sources_and_target() else {
        return call.status(Status::Failure);
    };
    for source in &sources {
        if call.has("-s") {
            call.symlink(source, &target);
        } else if call.has("-l") {
            call.hard_link(source, &target);
        } else {
            call.copy(source, &target, tree, follow);
        }
    }
}

/// Renames the first operands to the last one, or into the directory of `-t`.
fn rename(call: &mut Call<'_, '_>) {
    let Some((sources, target)) = call.sources_and_target() else {
        return call.status(Status::Failure);
    };
    for source in &sources {
        call.rename(source, &target);
    }
}
