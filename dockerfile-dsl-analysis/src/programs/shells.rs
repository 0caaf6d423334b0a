//! Shells, and programs whose last arguments are another command: `sh -c`, `env`, `xargs`, `timeout`, `nohup`, ...
//! One file, because the rows of a family are one table.

use super::common::{at, mentioned, path, spellings};
use super::{Opt, Program, Role, Row, Stdin, attached, flags, value};
use crate::flow::{Argument as Word, Call, Kind, Share, Value};
use crate::report::Doubt;

pub(super) static PROGRAMS: &[Program] = &[
    Program::new(
        // f-sh-c-arg, f-sh-stdin, x-bash-x-c, wr-sh-e-c, wr-sh-ec, wr-bash-lc, wr-sh-file, wr-sh-s
        &["sh", "bash", "dash", "ash", "zsh", "ksh"],
        &[Row::new(&[])
            .options(&[
                flags(
                    "-c -e -u -x -v -i -l -s -f -a -b -h -m -n -B -C -E -H -P -T --login --norc \
                     --noprofile --posix",
                ),
                value("-o -O +o +O", Role::Plain),
            ])
            .operands(&[], Some(Role::ScriptFile), &[])
            .by(shell)],
    ),
    Program::new(
        // env-dump, env-dump-i, env-dump-u, de-env-xargs-cmd, wr-env-cp, wr-env-S, wr-env-C,
        // ev-env-dash, ev-env-i-given
        &["env"],
        &[Row::new(&[])
            .options(&[
                flags("-i --ignore-environment -0 --null -v --debug"),
                value("-u --unset -C --chdir -S --split-string", Role::Plain),
            ])
            .operands(&[], Some(Role::Command), &[])
            .by(environment)],
    ),
    Program::new(
        &["printenv"], // de-export-xargs, ev-printenv-one, ev-printenv-other, ev-printenv-null
        &[Row::new(&[])
            .options(&[flags("-0 --null")])
            .each(Role::Plain)
            .by(print_variables)],
    ),
    Program::new(
        // wr-nohup, co-nohup-log, f-nohup-log
        &[
            "nohup",
            "catchsegv",
            "fakeroot",
            "eatmydata",
            "chronic",
            "systemd-cat",
            "unbuffer",
            "faketime",
        ],
        &[runs(&[])],
    ),
    Program::new(
        &["setsid", "tini", "dumb-init"], // wr-setsid, wr-tini
        &[runs(&[
            flags("-c -f -w -s -g -v --ctty --fork --wait"),
            value("-p -e", Role::Quoted),
        ])],
    ),
    Program::new(
        &["time"], // wr-time
        &[runs(&[
            flags("-p -v -a -q --portability --verbose --append --quiet"),
            value("-f --format", Role::Quoted),
            value("-o --output", Role::Quoted),
        ])],
    ),
    Program::new(
        &["nice", "ionice", "chrt", "taskset"], // wr-nice, wr-nice-short, wr-ionice, co-nice
        &[runs(&[
            flags("-t -b -f -i -r -m"),
            value("-n -c -p --adjustment --class --classdata", Role::Quoted),
        ])],
    ),
    Program::new(
        &["stdbuf"], // wr-stdbuf, wr-stdbuf-wc
        &[runs(&[value(
            "-i -o -e --input --output --error",
            Role::Quoted,
        )])],
    ),
    Program::new(
        &["timeout"], // p-timeout, wr-timeout, wr-timeout-k, wr-timeout-s, co-timeout-value
        &[Row::new(&[])
            .options(&[
                flags("-v --foreground --preserve-status --verbose"),
                value("-k -s --kill-after --signal", Role::Quoted),
            ])
            .operands(&[Role::Quoted], Some(Role::Command), &[])],
    ),
    Program::new(
        &["chroot"], // wr-chroot
        &[Row::new(&[])
            .options(&[
                value("--userspec --groups", Role::Quoted),
                flags("--skip-chdir"),
            ])
            .operands(&[Role::Plain], Some(Role::Command), &[])
            .by(other_root)],
    ),
    Program::new(
        &["setpriv", "capsh"], // wr-setpriv
        &[Row::new(&[])
            .any_option()
            .options(&[value(
                "--reuid --regid --groups --ambient-caps --inh-caps --bounding-set --securebits",
                Role::Quoted,
            )])
            .operands(&[], Some(Role::Command), &[])],
    ),
    Program::new(
        &["unshare", "nsenter"], // wr-unshare
        &[Row::new(&[])
            .any_option()
            .operands(&[], Some(Role::Command), &[])],
    ),
    Program::new(
        &["flock"], // wr-flock, wr-flock-c, wr-flock-test
        &[Row::new(&[])
            .options(&[
                flags("-e -n -o -s -u -x -F -v --exclusive --nonblock --shared --unlock"),
                value("-w -E --timeout --wait --conflict-exit-code", Role::Quoted),
                value("-c --command", Role::Script),
            ])
            .operands(&[], Some(Role::Inspect), &[])
            .by(locked)],
    ),
    Program::new(
        &["sudo", "doas"], // wr-sudo, wr-sudo-E, wr-sudo-reset, wr-sudo-u, wr-sudo-tee
        &[Row::new(&[])
            .options(&[
                flags(
                    "-E -H -n -k -K -S -b -i -s -P --preserve-env --set-home --non-interactive \
                     --login --stdin",
                ),
                value(
                    "-u -g -p -C -D -R -T --user --group --prompt --chdir",
                    Role::Quoted,
                ),
            ])
            .operands(&[], Some(Role::Command), &[])
            .by(as_root)],
    ),
    Program::new(
        &["gosu", "su-exec"], // wr-gosu, wr-gosu-test
        &[Row::new(&[]).operands(&[Role::Quoted], Some(Role::Command), &[])],
    ),
    Program::new(
        &["su", "runuser"], // wr-su-c, wr-su-user, wr-su-test
        &[Row::new(&[])
            .options(&[
                flags("-l -m -p -f --login --preserve-environment --pty -P"),
                value("-c --command", Role::Script),
                value("-s --shell -g -G -w --group", Role::Quoted),
                value("-u --user", Role::Quoted),
            ])
            .operands(&[], Some(Role::Command), &[])
            .by(as_user)],
    ),
    Program::new(
        &["busybox", "toybox"], // wr-busybox, wr-busybox-wc, wr-busybox-sh
        &[runs(&[])],
    ),
    Program::new(
        &["run-parts"], // wr-run-parts
        &[Row::new(&[])
            .any_option()
            .options(&[value("-a --arg --regex -u --umask", Role::Quoted)])
            .each(Role::Plain)
            .by(run_parts)],
    ),
    Program::new(
        &["make", "gmake"], // wr-make-file, wr-make-var
        &[Row::new(&[])
            .any_option()
            .options(&[
                value("-C --directory", Role::Directory),
                value("-f --file --makefile", Role::Plain),
            ])
            .each(Role::Plain)
            .by(make)],
    ),
    Program::new(
        &["script"], // co-script, co-script-null
        &[Row::new(&[])
            .options(&[
                flags("-a -e -f -q --append --return --flush --quiet"),
                value("-c --command", Role::Plain),
                value("-E -o -T -O -B -I", Role::Plain),
            ])
            .each(Role::Plain)
            .by(record)],
    ),
    Program::new(
        // p-xargs-n1, f-xargs-sh, err-xargs, err-xargs-t, xa-I-file, xa-touch, xa-echo, xa-a,
        // xa-curl, fd-xargs-0
        &["xargs"],
        &[Row::new(&[])
            .options(&[
                flags("-t --verbose"),
                flags(
                    "-r --no-run-if-empty -0 --null -x --exit -p --interactive -o --open-tty \
                     --show-limits",
                ),
                value("-I", Role::Plain),
                value(
                    "-a --arg-file -n --max-args -P --max-procs -L -s --max-chars -d --delimiter \
                     -E --process-slot-var",
                    Role::Plain,
                ),
                attached("-i --replace -l --max-lines -e --eof", Role::Plain),
            ])
            .operands(&[], Some(Role::Command), &[])
            .stdin(Stdin::Read)
            .by(arguments_from_input)],
    ),
];

/// A program that runs the rest of its arguments.
const fn runs(options: &'static [Opt]) -> Row {
    Row::new(&[])
        .options(options)
        .operands(&[], Some(Role::Command), &[])
}

/// `sh -c TEXT NAME ARG..`, `sh FILE ARG..`, `sh < TEXT`.
fn shell(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    if call.has("-c") {
        match operands.split_first() {
            Some((text, rest)) => {
                unseen(call, &text.value);
                call.shell(&text.value, text.span, rest);
            }
            None => call.opaque(Doubt::CommandWithoutText),
        }
    } else if let (Some((file, rest)), false) = (operands.split_first(), call.has("-s")) {
        call.run_file(file, rest);
    } else {
        // `sh -s ARG..`: what would be the name of the script is the shell's own.
        let text = call.stdin();
        let span = call.span;
        let mut positional = vec![Word::new(Value::known("sh"), span)];
        positional.extend(operands);
        unseen(call, &text);
        call.shell(&text, span, &positional);
    }
}

/// `env -i -u NAME A=1 COMMAND..`; without a command it prints the environment.
fn environment(call: &mut Call<'_, '_>) {
    let mut words = call.operands();
    let assigned = words.iter().take_while(|word| is_assignment(word)).count();
    let command = words.split_off(assigned);
    let before = call.state.process.clone();
    if call.has("-i") || call.text_has_dash(0) {
        call.clear_environment();
    }
    for name in call.options("-u") {
        if let Some(name) = name.text() {
            call.state.process.take(&name);
        }
    }
    if let Some(directory) = call.option("-C") {
        call.directory_is(&directory);
    }
    // `-S 'A=1 COMMAND ARG'`: the text is split at blanks.
    let mut command = command;
    if let Some(text) = call.option("-S") {
        // With quotes it is read as a shell would.
        if text.text().is_some_and(|text| text.contains(['"', '\''])) {
            call.shell(&text.value, text.span, &[]);
            return call.restore(&before);
        }
        let Some(words_of_text) = split_at_blanks(&text.value) else {
            return call.opaque(Doubt::SplitText);
        };
        let mut split: Vec<Word> = words_of_text
            .into_iter()
            .map(|word| Word::new(word, call.span))
            .collect();
        let assigned = split.iter().take_while(|word| is_assignment(word)).count();
        let rest = split.split_off(assigned);
        words = split.into_iter().chain(words).collect();
        command = rest.into_iter().chain(command).collect();
    }
    for word in &words {
        call.export_word(word);
    }
    if command.is_empty() {
        let all = call.environment();
        call.print(&all);
    } else {
        call.run(&command);
    }
    call.restore(&before);
}

/// A text that nobody has seen (`curl .. | sh`) gets at the environment and at its arguments.
fn unseen(call: &mut Call<'_, '_>, text: &Value) {
    let taint = text.taint();
    // What begins with a known text is read: what is not known in it are words.
    let begins = !text.known_prefix().trim().is_empty();
    let is_known = begins || text.literals().is_some() || text.holes().next().is_some();
    if !is_known && taint.told().is_none() {
        let given = call.operands();
        let given = given.iter().map(|word| word.value.taint());
        let given = given.chain([taint.reached(false)]);
        let received = given.fold(call.environment().taint(), |all, taint| all.join(&taint));
        call.opaque_for(&received, Doubt::UnseenScript);
    }
}

/// `flock FILE COMMAND..`, `flock FILE -c TEXT`.
fn locked(call: &mut Call<'_, '_>) {
    if call.has("-c") {
        return call.by_row();
    }
    let words = call.arguments.clone();
    let Some(file) = call.operands().first().cloned() else {
        return;
    };
    let Some(at) = words.iter().position(|word| *word == file) else {
        return;
    };
    call.create(&file, false);
    if at + 1 < words.len() {
        call.run(&words[at + 1..]);
    }
}

/// Another root directory is not known; the same one is.
fn other_root(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    if operands.first().and_then(Word::text).as_deref() == Some("/") {
        call.run(&operands[1..]);
    } else {
        call.opaque(Doubt::RootDirectory);
    }
}

/// The environment is not passed on, unless `-E` says so.
fn as_root(call: &mut Call<'_, '_>) {
    let mut words = call.operands();
    let before = call.state.process.clone();
    if !(call.has("-E") || call.has("--preserve-env") || &*call.name == "doas") {
        call.clear_environment();
    }
    let assigned = words.iter().take_while(|word| is_assignment(word)).count();
    let command = words.split_off(assigned);
    for word in &words {
        call.export_word(word);
    }
    if !command.is_empty() {
        call.run(&command);
    }
    call.restore(&before);
}

/// `su -c TEXT USER`, `su - USER -c TEXT`, `su USER SCRIPT ARG..`, `runuser -u USER -- COMMAND ARG..`.
fn as_user(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    if call.has("-u") {
        return call.run(&operands);
    }
    let mut text = call.option("-c");
    let mut rest = Vec::new();
    let mut words = operands.into_iter();
    while let Some(word) = words.next() {
        match word.text().as_deref() {
            Some("-c" | "--command") => text = words.next(),
            Some("-s" | "--shell" | "-g" | "-G" | "--group") => drop(words.next()),
            Some(option) if option.starts_with("--command=") => text = word.behind("--command="),
            Some(option) if option.starts_with('-') => {}
            _ => rest.push(word),
        }
    }
    if let Some(user) = rest.first().filter(|user| user.value.taint().is_some()) {
        call.print_error(&user.value);
    }
    match (text, rest.get(1..).unwrap_or_default()) {
        (Some(text), arguments) => call.shell(&text.value, text.span, arguments),
        (None, [script, arguments @ ..]) => call.run_file(script, arguments),
        (None, []) => {
            let text = call.stdin();
            call.shell(&text, call.span, &[]);
        }
    }
}

/// Runs every script of a directory.
fn run_parts(call: &mut Call<'_, '_>) {
    let Some(directory) = call.operands().pop() else {
        return;
    };
    let mut scripts = Vec::new();
    for path in call.paths(&directory) {
        let key = call.state.files.follow(&path.key);
        for (key, _) in call.state.files.beneath(&key) {
            scripts.push(at(call, key));
        }
    }
    for script in scripts {
        call.run_file(&script, &[]);
    }
}

/// What the recipes do with a secret is not vouched for, if they get at it: by a variable, by the environment, or by its path.
fn make(call: &mut Call<'_, '_>) {
    let mut received = call.received();
    let files = match call.option("-f") {
        Some(file) => vec![file],
        None => ["GNUmakefile", "makefile", "Makefile"]
            .map(|name| path(call, name))
            .to_vec(),
    };
    for file in files {
        let text = call.peek(&file);
        let spelled = spellings(&text).join("\n");
        received = received
            .join(&text.taint())
            .join(&mentioned(call, &spelled));
    }
    call.opaque_for(&received, Doubt::Recipes);
}

/// `script -c TEXT FILE` writes what is printed to the file, too.
fn record(call: &mut Call<'_, '_>) {
    let Some(text) = call.option("-c") else {
        return call.opaque(Doubt::WithoutCommand);
    };
    let file = call
        .operands()
        .pop()
        .map_or(Some("typescript".to_owned()), |file| file.text());
    let Some(file) = file.filter(|file| {
        file.chars()
            .all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c))
    }) else {
        return call.opaque(Doubt::File);
    };
    let recorded = Value::known("( ")
        .concat(&text.value)
        .concat(&Value::known(format!("\n) 2>&1 | tee {file}")));
    call.shell(&recorded, text.span, &[]);
}

/// `NAME=..`, also where the name is not known because the word stands for several.
fn is_assignment(word: &Word) -> bool {
    let prefix = word.value.known_prefix();
    match prefix.split_once('=') {
        Some((name, _)) => !name.is_empty() && !name.contains('/'),
        None => word.splits && prefix.is_empty() && word.value.taint().is_some(),
    }
}

/// Prints the named variables, or all.
fn print_variables(call: &mut Call<'_, '_>) {
    let names = call.operands();
    let mut all = Value::empty();
    if names.is_empty() {
        all = call.environment();
    }
    for name in names {
        let value = match name.text() {
            Some(name) => call.env(&name).unwrap_or_else(|| call.any_variable()),
            None => call.environment(),
        };
        all = all.concat(&value);
    }
    call.print(&all);
}

/// Runs its command with words from standard input; `-I R` puts them where R stands.
fn arguments_from_input(call: &mut Call<'_, '_>) {
    let input = match call.option("-a") {
        Some(file) => call.read(&file),
        None => call.stdin(),
    };
    let mut command = call.operands();
    let splits = input.literal().is_none();
    let items: Vec<Word> = match input.literal() {
        Some(text) => text
            .split_whitespace()
            .map(|item| Word::new(Value::tainted(item, input.taint()), call.span))
            .collect(),
        None => vec![Word {
            splits,
            ..Word::new(input.without_final_newlines().of(Share::Piece), call.span)
        }],
    };
    let often = if splits { u32::MAX } else { items.len() as u32 };
    if command.is_empty() {
        command.push(Word::new(Value::known("echo"), call.span));
    }
    let braces = || call.has("-i").then(|| "{}".to_owned());
    let place = call.option("-I").or_else(|| call.option("-i"));
    if let Some(place) = place.and_then(|place| place.text()).or_else(braces) {
        for item in &items {
            let words: Vec<Word> = command
                .iter()
                .map(|word| replace(word, &place, item))
                .collect();
            call.trace_arguments(&words);
            call.run_often(&words, often);
        }
    } else {
        command.extend(items.into_iter().map(|item| Word {
            varies: true,
            ..item
        }));
        call.trace_arguments(&command);
        call.run_often(&command, often);
    }
}

/// The words of a text whose blanks are known: what else there is in it are holes.
fn split_at_blanks(text: &Value) -> Option<Vec<Value>> {
    let [pieces] = text.alternatives() else {
        return None;
    };
    let mut words = Vec::new();
    let mut word: Option<Value> = None;
    for piece in pieces.iter() {
        match &piece.kind {
            Kind::Known(known) => {
                for (index, part) in known.split(char::is_whitespace).enumerate() {
                    if index > 0 {
                        words.extend(word.take());
                    }
                    if !part.is_empty() {
                        let part = Value::tainted(part, piece.taint.clone());
                        word = Some(word.unwrap_or_else(Value::empty).concat(&part));
                    }
                }
            }
            Kind::Hole { .. } => {
                let part = Value::piece(piece.clone());
                word = Some(word.unwrap_or_else(Value::empty).concat(&part));
            }
            Kind::Unknown(_) => return None,
        }
    }
    words.extend(word);
    Some(words)
}

/// The word, with the item in each place.
fn replace(word: &Word, place: &str, item: &Word) -> Word {
    let Some(text) = word
        .text()
        .filter(|text| !place.is_empty() && text.contains(place))
    else {
        return word.clone();
    };
    let mut value = Value::empty();
    for (index, piece) in text.split(place).enumerate() {
        if index > 0 {
            value = value.concat(&item.value);
        }
        value = value.concat(&Value::tainted(piece, word.value.taint()));
    }
    Word {
        value,
        varies: true,
        ..word.clone()
    }
}
