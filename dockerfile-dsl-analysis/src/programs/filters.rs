//! coreutils' filters, and what is like them: what reads files or standard input and writes text made from it.
//! Behind the names of each program: the executed cases that back its row.

use super::common::{made, path};
use super::{Effect, Output, Program, Role, Row, Stdin, attached, flag, flags, value};
use crate::flow::{Argument, Call, Descriptor, Share, Taint, Value};
use crate::report::Cause;

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
        &["cat"], // enc-cat-A, co-cat-n, co-cat-two, co-cat-dash, co-cat-null, err-cat-as-file
        &[filter(Output::Same).options(&[flags(
            "-u -A -b -e -E -n -s -t -T -v --show-all --number --show-ends --show-nonprinting",
        )])],
    ),
    Program::new(
        // co-more, co-col, co-ptx, co-tac, co-rev, co-nl, co-expand, co-fold, co-fmt, co-pr,
        // tx-column, co-pv
        &[
            "tac", "rev", "nl", "expand", "unexpand", "fold", "fmt", "pr", "column", "strings",
            "pv", "more", "less", "col", "colrm", "ul", "ptx", "tsort",
        ],
        &[filter(Output::Derived).options(&[
            flags("-a -t -q -r -s --tabs -e -c -u -x -n"),
            value("-w --width -b -f -h -d -i -l -v -N -o -R", Role::Quoted),
        ])],
    ),
    Program::new(
        // p-tail, co-head-c, co-head-n-log, co-head-null, co-head-value, co-tail-c
        &["head", "tail"],
        &[filter(Output::Derived)
            .options(&[
                flags("-q -v -z -f -F -0 -1 -2 -3 -4 -5 -6 -7 -8 -9 --quiet --silent --follow"),
                value("-n --lines -c --bytes", Role::Quoted),
            ])
            .by(beginning)],
    ),
    Program::new(
        // enc-base64, co-base32, co-basenc, co-base64-d-shm
        &["base64", "base32", "basenc", "uuencode"],
        &[filter(Output::Derived).options(&[
            flags(
                "-d -D -i --decode --ignore-garbage --base64 --base64url --base32 --base16 \
                 --base2msbf --z85",
            ),
            value("-w --wrap", Role::Quoted),
        ])],
    ),
    Program::new(
        &["wc"], // t-wc-c, co-wc-l, co-wc-files0, co-sort-wc
        &[filter(Output::Clean).options(&[flags(
            "-c -m -l -L -w --bytes --chars --lines --words --max-line-length",
        )])],
    ),
    Program::new(
        // t-sha256-log, t-cksum, co-sha256-check, co-sha256-file
        &[
            "md5sum",
            "sha1sum",
            "sha224sum",
            "sha256sum",
            "sha384sum",
            "sha512sum",
            "b2sum",
            "cksum",
            "sum",
        ],
        &[filter(Output::Clean).options(&[
            flags("-b -c -t -z -w --check --tag --status --quiet --strict --ignore-missing"),
            value("-a -l --algorithm", Role::Quoted),
        ])],
    ),
    Program::new(
        &["shuf"], // cp-shuf-o, co-shuf-e
        &[filter(Output::Derived)
            .options(&[
                flags("-e --echo -r --repeat -z --zero-terminated"),
                value("-n --head-count -i --input-range", Role::Quoted),
                value("--random-source", Role::ConsumedFile),
                value("-o --output", Role::Write),
            ])
            .by(shuffle)],
    ),
    Program::new(
        &["sort"], // co-sort-o, co-sort-o-null, co-sort-output, co-sort-u-log
        &[filter(Output::Derived).options(&[
            flags(
                "-b -c -C -d -f -g -h -i -m -M -n -r -R -s -u -V -z --unique --reverse \
                 --numeric-sort --version-sort --check --stable --human-numeric-sort",
            ),
            value(
                "-k -t -S -T --key --field-separator --buffer-size --temporary-directory \
                 --parallel",
                Role::Quoted,
            ),
            value("-o --output", Role::Write),
        ])],
    ),
    Program::new(
        &["uniq"], // co-uniq-out, co-uniq-c
        &[Row::new(&[])
            .options(&[
                flags("-c -d -D -i -u -z --count --repeated --unique --ignore-case"),
                value("-f -s -w", Role::Quoted),
            ])
            .operands(&[Role::Read, Role::Write], None, &[])
            .stdin(Stdin::ReadWithoutOperand)
            .output(Output::Derived)],
    ),
    Program::new(
        &["cut"], // de-values, enc-two-halves, co-cut-c, tx-cut-d-dotenv
        &[filter(Output::Derived).options(&[
            flags("-s -n -z --complement --only-delimited"),
            value(
                "-b -c -d -f --bytes --characters --delimiter --fields --output-delimiter",
                Role::Quoted,
            ),
        ])],
    ),
    Program::new(
        &["paste", "join", "comm"], // co-paste, co-join, co-comm
        &[filter(Output::Derived).options(&[
            flags(
                "-s -z -1 -2 -3 -i -12 -13 -23 --nocheck-order --serial --zero-terminated --header",
            ),
            value(
                "-d -a -e -j -o -t -v --delimiters --output-delimiter",
                Role::Quoted,
            ),
        ])],
    ),
    Program::new(
        &["tr"], // enc-tr, tx-tr-newline, co-tr-lower
        &[Row::new(&[])
            .options(&[flags(
                "-c -C -d -s -t --complement --delete --squeeze-repeats",
            )])
            .each(Role::Plain)
            .stdin(Stdin::Read)
            .output(Output::Derived)],
    ),
    Program::new(
        &["od", "hexdump", "hd"], // enc-hex-od, co-od-c, co-hexdump
        &[filter(Output::Derived).options(&[
            flags("-a -b -c -C -d -h -i -o -O -x -X -v --output-duplicates --traditional"),
            value(
                "-A -e -f -j -N -n -s -t --address-radix --format --skip-bytes --read-bytes",
                Role::Quoted,
            ),
            attached("-w --width", Role::Quoted),
        ])],
    ),
    Program::new(
        &["xxd"], // co-xxd, co-xxd-out
        &[Row::new(&[])
            .options(&[
                flags("-a -b -C -d -e -E -i -p -ps -plain -postscript -r -revert -u -v"),
                value(
                    "-c -cols -g -groupsize -l -len -n -name -o -s -seek -R",
                    Role::Quoted,
                ),
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
                flags(
                    "-a -b -B -c -d -e -E -i -N -p -r -s -T -t -u -w -y -Z --unified --color \
                     --recursive --new-file --report-identical-files --text",
                ),
                value("-C -U -x -I -F -L -W --exclude --label", Role::Quoted),
            ])
            .each(Role::ReadTree)
            .stdin(Stdin::ReadWithoutOperand)
            .output(Output::Derived)],
    ),
    Program::new(
        // co-tee, co-tee-tmpfs, co-tee-tmpfs-log, co-tee-a, co-tee-two, co-tee-stderr,
        // co-tee-public
        &["tee"],
        &[Row::new(&[])
            .options(&[
                flags("-a --append -i -p --ignore-interrupts"),
                attached("--output-error", Role::Plain),
            ])
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
                flags(
                    "-d -e -k -q -s -u -x -z --verbose --numeric-suffixes --quiet --silent \
                     --keep-files --elide-empty-files",
                ),
                value("--filter", Role::Plain),
                value(
                    "-f --prefix -b --bytes -C --line-bytes -l --lines -n --number --digits -a \
                     --suffix-length -t --separator --additional-suffix --suffix-format",
                    Role::Quoted,
                ),
            ])
            .operands(&[Role::Read], Some(Role::Quoted), &[])
            .by(pieces)],
    ),
    Program::new(
        &["numfmt"], // co-numfmt
        &[Row::new(&[])
            .any_option()
            .each(Role::Quoted)
            .stdin(Stdin::Read)
            .output(Output::Derived)],
    ),
    Program::new(
        &["iconv"], // tx-iconv
        &[filter(Output::Derived).options(&[
            flags("-c -s"),
            value("-f -t --from-code --to-code", Role::Quoted),
            value("-o --output", Role::Write),
        ])],
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
    let count = call.option("-c").or_else(|| call.option("-n"));
    if &*call.name == "head" && count.and_then(|count| count.text()).as_deref() == Some("0") {
        let nothing = call.fresh();
        return call.print(&nothing);
    }
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
        match call.option("-o") {
            Some(file) => call.write(&file, &shown, &Cause::Program("shuf".into())),
            None => call.print(&shown),
        }
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
            call.append(&operand, &input, &Cause::Program("tee".into()));
        } else {
            call.write(&operand, &input, &Cause::Program("tee".into()));
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
        let listed = made(call, &data.taint().of(Share::Found));
        call.print(&listed);
    } else {
        data = data.concat(&call.peek_stdin());
        // Whether something is all of the secret is not worth more the second time.
        let data = data.taint();
        let asked = if data.share() > Share::Whole {
            data
        } else {
            Taint::NONE
        };
        let answer = call.answer(&asked, Share::Piece);
        if !call.has("-s") {
            call.print(&answer);
        }
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
    if let Some(filter) = call.option("--filter") {
        // Each piece is its standard input, and the name of the file is in a variable.
        let before = call.state.process.clone();
        let input = made(call, &data.taint());
        call.state.process.open(0, Descriptor::Input(input));
        call.export_word(&Argument::new(Value::known("FILE=xaa"), filter.span));
        call.shell(&filter.value, filter.span, &[]);
        return call.restore(&before);
    }
    let prefix = if context {
        call.option("-f").unwrap_or_else(|| path(call, "xx"))
    } else {
        operands.get(1).cloned().unwrap_or_else(|| path(call, "x"))
    };
    let name = Argument::new(prefix.value.concat(&call.fresh()), prefix.span);
    let data = made(call, &data.taint()).of(Share::Piece);
    let how = Cause::Program(call.name.clone());
    call.write(&name, &data, &how);
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
        call.write(&to, &output, &Cause::Program("dos2unix".into()));
    }
}
