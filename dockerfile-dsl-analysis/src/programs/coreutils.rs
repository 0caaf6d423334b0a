//! coreutils, busybox and what is like them: what copies, shows, counts and removes files.
//! Behind the names of each program: the executed cases that back its row.

use super::common::{inside, made, path};
use super::{Effect, Output, Program, Role, Row, Stdin, attached, flag, flags, value};
use crate::flow::{Argument, Call, Status, Value};

/// A filter: reads its operands or standard input, writes text made from them.
const fn filter(output: Output) -> Row {
    Row::new(&[])
        .each(Role::Read)
        .stdin(Stdin::ReadWithoutOperand)
        .output(output)
}

/// Shows its arguments in its messages, and nothing else of them.
const fn quotes() -> Row {
    Row::new(&[]).each(Role::Quoted).only_operands()
}

pub(super) static PROGRAMS: &[Program] = &[
    // `echo` and `printf` are built-in commands: flow/builtins.rs.
    Program::new(
        &["cat"], // enc-cat-A, co-cat-n, co-cat-two, co-cat-dash, co-cat-null, err-cat-as-file
        &[filter(Output::Same).options(&[flags("-u -A -b -e -E -n -s -t -T -v --show-all --number --show-ends --show-nonprinting")])],
    ),
    Program::new(
        &["tac", "rev", "nl", "expand", "unexpand", "fold", "fmt", "pr", "column", "strings", "pv"], // co-tac, co-rev, co-nl, co-expand, co-fold, co-fmt, co-pr, tx-column, co-pv
        &[filter(Output::Derived).options(&[
            flags("-a -t -q -r -s --tabs -e -c -u -x -n"),
            value("-w --width -b -f -h -d -i -l -v -N -o -R", Role::Quoted),
        ])],
    ),
    Program::new(
        &["head", "tail"], // p-tail, co-head-c, co-head-n-log, co-head-null, co-head-value, co-tail-c
        &[filter(Output::Derived)
            .options(&[
                flags("-q -v -z -f -F -0 -1 -2 -3 -4 -5 -6 -7 -8 -9 --quiet --silent --follow"),
                value("-n -c --lines --bytes", Role::Quoted),
            ])
            .by(beginning)],
    ),
    Program::new(
        &["base64", "base32", "basenc", "uuencode"], // enc-base64, co-base32, co-basenc, co-base64-d-shm
        &[filter(Output::Derived).options(&[
            flags("-d -D -i --decode --ignore-garbage --base64 --base64url --base32 --base16 --base2msbf --z85"),
            value("-w --wrap", Role::Quoted),
        ])],
    ),
    Program::new(
        &["wc"], // t-wc-c, co-wc-l, co-wc-files0, co-sort-wc
        &[filter(Output::Clean).options(&[flags("-c -m -l -L -w --bytes --chars --lines --words --max-line-length")])],
    ),
    Program::new(
        &["md5sum", "sha1sum", "sha224sum", "sha256sum", "sha384sum", "sha512sum", "b2sum", "cksum", "sum"], // t-sha256-log, t-cksum, co-sha256-check, co-sha256-file
        &[filter(Output::Clean).options(&[flags("-b -c -t -z -w --check --tag --status --quiet --strict --ignore-missing"), value("-a -l --algorithm", Role::Quoted)])],
    ),
    Program::new(
        &["shuf"], // cp-shuf-o, co-shuf-e
        &[filter(Output::Derived).options(&[
            flags("-e -r -z --echo --repeat"),
            value("-n --head-count -i --input-range", Role::Quoted),
            value("--random-source", Role::ConsumedFile),
            value("-o --output", Role::Write),
        ])
        .by(shuffle)],
    ),
    Program::new(
        &["sort"], // co-sort-o, co-sort-o-null, co-sort-output, co-sort-u-log
        &[filter(Output::Derived).options(&[
            flags("-b -c -C -d -f -g -h -i -m -M -n -r -R -s -u -V -z --unique --reverse --numeric-sort --version-sort --check --stable --human-numeric-sort"),
            value("-k -t -S -T --key --field-separator --buffer-size --temporary-directory --parallel", Role::Quoted),
            value("-o --output", Role::Write),
        ])],
    ),
    Program::new(
        &["uniq"], // co-uniq-out, co-uniq-c
        &[Row::new(&[])
            .options(&[flags("-c -d -D -i -u -z --count --repeated --unique --ignore-case"), value("-f -s -w", Role::Quoted)])
            .operands(&[Role::Read, Role::Write], None, &[])
            .stdin(Stdin::ReadWithoutOperand)
            .output(Output::Derived)],
    ),
    Program::new(
        &["cut"], // de-values, enc-two-halves, co-cut-c, tx-cut-d-dotenv
        &[filter(Output::Derived).options(&[
            flags("-s -n -z --complement --only-delimited"),
            value("-b -c -d -f --bytes --characters --delimiter --fields --output-delimiter", Role::Quoted),
        ])],
    ),
    Program::new(
        &["paste", "join", "comm"], // co-paste, co-join, co-comm
        &[filter(Output::Derived).options(&[
            flags("-s -z -1 -2 -3 -i -12 -13 -23 --nocheck-order --serial --zero-terminated --header"),
            value("-d -a -e -j -o -t -v --delimiters --output-delimiter", Role::Quoted),
        ])],
    ),
    Program::new(
        &["tr"], // enc-tr, tx-tr-newline, co-tr-lower
        &[Row::new(&[])
            .options(&[flags("-c -C -d -s -t --complement --delete --squeeze-repeats")])
            .each(Role::Plain)
            .stdin(Stdin::Read)
            .output(Output::Derived)],
    ),
    Program::new(
        &["od", "hexdump", "hd"], // enc-hex-od, co-od-c, co-hexdump
        &[filter(Output::Derived).options(&[
            flags("-a -b -c -C -d -h -i -o -O -x -X -v --output-duplicates --traditional"),
            value("-A -e -f -j -N -n -s -t --address-radix --format --skip-bytes --read-bytes", Role::Quoted),
            attached("-w --width", Role::Quoted),
        ])],
    ),
    Program::new(
        &["xxd"], // co-xxd, co-xxd-out
        &[Row::new(&[])
            .options(&[
                flags("-a -b -C -d -e -E -i -p -ps -plain -postscript -r -revert -u -v"),
                value("-c -cols -g -groupsize -l -len -n -name -o -s -seek -R", Role::Quoted),
            ])
            .operands(&[Role::Read, Role::Write], None, &[])
            .stdin(Stdin::ReadWithoutOperand)
            .output(Output::Derived)],
    ),
    Program::new(
        &["cmp"], // t-cmp-silent, err-cmp-l, co-cmp-value, co-cmp-names
        &[Row::new(&[])
            .options(&[
                flags("-s -z --quiet --silent"),
                flag("-l -b --verbose --print-bytes", Effect::PrintData),
                value("-i -n --bytes --ignore-initial", Role::Quoted),
            ])
            .each(Role::Read)
            .stdin(Stdin::ReadWithoutOperand)
            .by(compare)],
    ),
    Program::new(
        &["diff", "diff3", "sdiff"], // log-diff, t-diff-q, tx-patch-diff, tx-diff-q-value
        &[Row::new(&[])
            .options(&[
                flag("-q --brief", Effect::CleanOutput),
                flags("-a -b -B -c -d -e -E -i -N -p -r -s -T -t -u -w -y -Z --unified --color --recursive --new-file --report-identical-files --text"),
                value("-C -U -x -I -F -L -W --exclude --label", Role::Quoted),
            ])
            .each(Role::ReadTree)
            .stdin(Stdin::ReadWithoutOperand)
            .output(Output::Derived)],
    ),
    Program::new(
        &["tee"], // co-tee, co-tee-tmpfs, co-tee-tmpfs-log, co-tee-a, co-tee-two, co-tee-stderr, co-tee-public
        &[Row::new(&[])
            .options(&[flags("-a --append -i -p --ignore-interrupts"), attached("--output-error", Role::Plain)])
            .each(Role::Write)
            .stdin(Stdin::Read)
            .output(Output::Same)
            .by(tee)],
    ),
    Program::new(
        &["sponge"], // co-sponge
        &[Row::new(&[])
            .options(&[flags("-a")])
            .operands(&[Role::Write], None, &[])
            .stdin(Stdin::Read)
            .output(Output::Same)],
    ),
    Program::new(
        &["split", "csplit"], // co-split, co-split-tmpfs, co-split-cwd, co-csplit
        &[Row::new(&[])
            .options(&[
                flags("-d -e -k -q -s -u -x -z --verbose --numeric-suffixes --quiet --silent --keep-files --elide-empty-files"),
                value("-a -b -C -l -n -t -f --bytes --lines --number --suffix-length --prefix --digits --additional-suffix", Role::Quoted),
            ])
            .operands(&[Role::Read], Some(Role::Quoted), &[])
            .by(pieces)],
    ),
    Program::new(
        &["dd"], // cp-dd, cp-dd-null, co-dd-log, co-dd-stdin, co-dd-tmpfs, co-dd-bs, co-dd-zero-short
        &[Row::new(&[]).only_operands().each(Role::Plain).by(convert)],
    ),
    Program::new(
        &["rm", "unlink"], // rm-same-run, rm-hardlink-left, co-rm-dir, co-rm-dashdash, co-rm-dir-no-r, co-unlink
        &[Row::new(&[])
            .options(&[
                flag("-r -R --recursive", Effect::Recursive),
                flags("-f -i -I -v -d --force --verbose --dir --one-file-system --no-preserve-root --interactive"),
            ])
            .each(Role::Remove)],
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
        &[Row::new(&[]).options(&[flags("-p -v --parents --verbose --ignore-fail-on-non-empty")]).each(Role::Inspect)],
    ),
    Program::new(
        &["mkdir"], // co-mkdir-name, co-mkdir-id
        &[Row::new(&[])
            .options(&[flags("-p -v -Z --parents --verbose"), value("-m --mode", Role::Quoted)])
            .each(Role::Create)],
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
            .each(Role::Quoted)],
    ),
    Program::new(
        &["ls", "stat", "du", "df", "file", "dir", "vdir", "tree", "getfacl", "lsattr", "namei"], // co-ls-l, co-ls-value, co-ls-value-quiet, co-stat, co-du, co-ls-awk
        &[Row::new(&[]).any_option().each(Role::Inspect)],
    ),
    Program::new(
        &["basename", "dirname"], // ln-basename, co-basename-value, co-dirname
        &[Row::new(&[])
            .options(&[flags("-a -z --multiple --zero"), value("-s --suffix", Role::Quoted)])
            .each(Role::Shown)
            .by(component)],
    ),
    Program::new(
        &["realpath", "readlink"], // co-readlink, co-realpath-value
        &[Row::new(&[])
            .options(&[flags("-e -f -m -n -q -s -v -z -L -P --canonicalize --canonicalize-existing --canonicalize-missing --no-newline --quiet --strip"), value("--relative-to --relative-base", Role::Quoted)])
            .each(Role::Shown)
            .by(resolved)],
    ),
    Program::new(
        &["cp"], // cp-plain, ln-cp-L, ln-cp-P, ln-cp-s, mo-rename-dir-over, co-cp-t, co-cp-backup, co-cp-run, co-cp-glob, co-cp-value-name
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
        &["rsync"], // co-rsync, co-rsync-dir, co-rsync-tmpfs
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
        &["date"], // co-date-d, co-date-format, co-date-f, co-date-r, cp-logger-file
        &[Row::new(&[])
            .options(&[
                flags("-u -R --utc --universal --rfc-email"),
                attached("-I --iso-8601 --rfc-3339", Role::Quoted),
                value("-d --date -s --set", Role::Quoted),
                value("-f --file", Role::Read),
                value("-r --reference", Role::Inspect),
            ])
            .each(Role::Shown)
            .output(Output::Derived)],
    ),
    Program::new(
        &["yes"], // co-yes
        &[Row::new(&[]).only_operands().each(Role::Shown).output(Output::Derived)],
    ),
    Program::new(
        &["expr"], // co-expr-match, co-expr-length, co-expr-colon
        &[Row::new(&[]).only_operands().each(Role::Plain).by(expression)],
    ),
    Program::new(
        &["seq", "sleep", "factor", "kill", "id", "groups"], // co-seq, co-sleep, co-factor, co-kill, co-id
        &[quotes()],
    ),
    Program::new(
        &["numfmt"], // co-numfmt
        &[Row::new(&[]).any_option().each(Role::Quoted).stdin(Stdin::Read).output(Output::Derived)],
    ),
    Program::new(
        // Say something of the machine, not of what they are given.
        &["uname", "arch", "nproc", "hostname", "whoami", "logname", "who", "users", "tty", "uptime", "sync", "free", "getconf", "locale", "lsb_release", "dmesg", "lscpu", "lsblk", "findmnt", "getent"], // sy-unknown-public, f-case-arm
        &[quotes()],
    ),
    Program::new(
        &["mknod"], // co-mknod-name
        &[Row::new(&[]).options(&[value("-m --mode", Role::Quoted)]).operands(&[Role::Create], Some(Role::Quoted), &[])],
    ),
    Program::new(
        &["iconv"], // tx-iconv
        &[filter(Output::Derived).options(&[flags("-c -s"), value("-f -t --from-code --to-code", Role::Quoted), value("-o --output", Role::Write)])],
    ),
    Program::new(
        &["dos2unix", "unix2dos"], // tx-dos2unix
        &[Row::new(&[])
            .options(&[flags("-q -k -b -f"), flags("-n --newfile")])
            .each(Role::Read)
            .stdin(Stdin::ReadWithoutOperand)
            .output(Output::Derived)
            .by(line_ends)],
    ),
];

/// `head`, `tail`: a single line stays what it is.
fn beginning(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    let one_line = |value: &Value| {
        value
            .literals()
            .is_some_and(|texts| texts.iter().all(|text| text.lines().count() <= 1))
    };
    if operands.is_empty() && !call.has("-c") && one_line(&call.peek_stdin()) {
        let line = call.stdin();
        call.print(&line);
    } else {
        call.by_row();
    }
}

/// `shuf -e WORD..` shows its operands.
fn shuffle(call: &mut Call<'_, '_>) {
    if call.has("-e") {
        let all = call
            .operands()
            .iter()
            .fold(Value::empty(), |all, operand| all.concat(&operand.value));
        let shown = made(call, &all.taint());
        call.print(&shown);
    } else {
        call.by_row();
    }
}

/// Writes standard input to each operand and to standard output.
fn tee(call: &mut Call<'_, '_>) {
    let input = call.stdin();
    let append = call.has("-a");
    for operand in call.operands() {
        if append {
            call.append(&operand, &input, "`tee`");
        } else {
            call.write(&operand, &input, "`tee`");
        }
    }
    call.print(&input);
}

/// `cmp`: says at most where the files differ, unless it is to list the bytes.
fn compare(call: &mut Call<'_, '_>) {
    let mut data = Value::empty();
    for operand in call.operands() {
        data = data.concat(&call.read(&operand));
    }
    if call.has("-l") {
        data = data.concat(&call.peek_stdin());
        let listed = made(call, &data.taint());
        call.print(&listed);
    } else {
        let fresh = call.fresh();
        call.print(&fresh);
    }
}

/// `split FILE PREFIX`, `csplit -f PREFIX FILE PATTERN..`: files whose names begin with the prefix.
fn pieces(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    let context = &*call.name == "csplit";
    let data = match operands.first() {
        Some(file) => call.read(file),
        None => call.stdin(),
    };
    let prefix = if context {
        call.option("-f").unwrap_or_else(|| path(call, "xx"))
    } else {
        operands.get(1).cloned().unwrap_or_else(|| path(call, "x"))
    };
    let name = Argument::new(prefix.value.concat(&call.fresh()), prefix.span);
    let data = made(call, &data.taint());
    let how = format!("`{}`", call.name);
    call.write(&name, &data, &how);
}

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
    for option in ["-d", "-m"] {
        if let Some(value) = call
            .option(option)
            .filter(|value| value.value.taint().is_some())
        {
            call.print_error(&value.value);
        }
    }
    for operand in call.operands() {
        call.create(&operand, false);
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
    if let Some(size) = &size
        && size.value.taint().is_some()
    {
        call.print_error(&size.value);
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
    }
}

/// The last component of a path, or what stands before it.
fn component(call: &mut Call<'_, '_>) {
    let last = &*call.name == "basename";
    let suffix = call
        .option("-s")
        .or_else(|| call.operands().get(1).cloned())
        .and_then(|suffix| suffix.text());
    let mut operands = call.operands();
    if !call.has("-a") && !call.has("-s") && last {
        operands.truncate(1);
    }
    for operand in operands {
        let part = match operand.text() {
            Some(text) if last => {
                let text = text.trim_end_matches('/');
                let name = text.rsplit('/').next().unwrap_or(text);
                let name = suffix
                    .as_deref()
                    .and_then(|suffix| name.strip_suffix(suffix))
                    .unwrap_or(name);
                Value::tainted(name, operand.value.taint())
            }
            Some(text) => match text.trim_end_matches('/').rsplit_once('/') {
                Some(("", _)) => Value::tainted("/", operand.value.taint()),
                Some((directory, _)) => Value::tainted(directory, operand.value.taint()),
                None => Value::tainted(".", operand.value.taint()),
            },
            None => made(call, &operand.value.taint()),
        };
        call.print(&part.concat(&Value::known("\n")));
    }
}

/// The path itself: links are followed by whoever uses it.
fn resolved(call: &mut Call<'_, '_>) {
    for operand in call.operands() {
        let absolute = operand.text().is_some_and(|text| text.starts_with('/'));
        let value = if absolute {
            operand.value.clone()
        } else {
            made(call, &operand.value.taint())
        };
        call.print(&value.concat(&Value::known("\n")));
    }
}

/// Copies the first operands to the last one, or into the directory of `-t`.
fn copy(call: &mut Call<'_, '_>) {
    let tree = call.has("-r") || call.has("-a");
    let follow = call.has("-L") || !(tree || call.has("-P"));
    let Some((sources, target)) = call.sources_and_target() else {
        return call.status(Status::Failure);
    };
    backup(call, &sources, &target);
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

/// What was there before stays under another name, with `-b` or `--backup`.
fn backup(call: &mut Call<'_, '_>, sources: &[Argument], target: &Argument) {
    if !(call.has("-b") || call.has("--backup")) {
        return;
    }
    let suffix = call
        .option("-S")
        .and_then(|suffix| suffix.text())
        .unwrap_or_else(|| "~".to_owned());
    let targets: Vec<Argument> = if call.is_directory(target) {
        let names = sources.iter().filter_map(|source| source.text());
        names
            .map(|name| inside(target, name.rsplit('/').next().unwrap_or(&name)))
            .collect()
    } else {
        vec![target.clone()]
    };
    for target in targets {
        let old = call.peek(&target);
        if old.taint().is_some() {
            let kept = Argument::new(target.value.concat(&Value::known(&suffix)), target.span);
            call.write(&kept, &old, "backup");
        }
    }
}

/// Renames the first operands to the last one, or into the directory of `-t`.
fn rename(call: &mut Call<'_, '_>) {
    let Some((sources, target)) = call.sources_and_target() else {
        return call.status(Status::Failure);
    };
    backup(call, &sources, &target);
    for source in &sources {
        call.rename(source, &target);
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
    for source in &sources {
        if call.has("-s") {
            call.symlink(source, &name);
        } else {
            call.hard_link(source, &name);
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
    backup(call, &sources, &target);
    for source in &sources {
        call.copy(source, &target, false, true);
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
        if !remote(&target) {
            call.copy(source, &target, true, call.has("-L"));
        }
    }
    if call.has("-v") || call.has("-P") {
        let names = call.fresh();
        call.print(&names);
    }
}

/// Prints what a group matched, a length, or an operand.
fn expression(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    let text = |index: usize| {
        operands
            .get(index)
            .and_then(Argument::text)
            .unwrap_or_default()
    };
    let count = text(0) == "length"
        || text(0) == "index"
        || (text(1) == ":"
            && operands
                .get(2)
                .and_then(Argument::text)
                .is_some_and(|pattern| !pattern.contains("\\(")));
    let comparison =
        operands.len() == 3 && matches!(&*text(1), "=" | "==" | "!=" | "<" | ">" | "<=" | ">=");
    let output = if count || comparison {
        call.fresh()
    } else {
        let all = operands
            .iter()
            .fold(Value::empty(), |all, operand| all.concat(&operand.value));
        made(call, &all.taint())
    };
    call.print(&output);
}

/// In place, or with `-n` from the first to the second.
fn line_ends(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    if operands.is_empty() {
        let input = call.stdin();
        let output = made(call, &input.taint());
        return call.print(&output);
    }
    let pairs: Vec<(Argument, Argument)> = if call.has("-n") {
        operands
            .chunks_exact(2)
            .map(|pair| (pair[0].clone(), pair[1].clone()))
            .collect()
    } else {
        operands
            .iter()
            .map(|operand| (operand.clone(), operand.clone()))
            .collect()
    };
    for (from, to) in pairs {
        let data = call.read(&from);
        let output = made(call, &data.taint());
        call.write(&to, &output, "`dos2unix`");
    }
}
