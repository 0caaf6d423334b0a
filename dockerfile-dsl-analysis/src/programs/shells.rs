//! Shells, and programs whose last arguments are another command: `sh -c`, `env`, `xargs`, `timeout`, `nohup`, ...

use super::{Argument, Effect, Opt, Program, Role, Row, Stdin, attached, flag, flags, value};
use crate::flow::{Argument as Word, Call, Value};

pub(super) static PROGRAMS: &[Program] = &[
    Program::new(
        &["sh", "bash", "dash", "ash", "zsh", "ksh"], // functions/f-sh-c-arg, f-sh-stdin, x-bash-x-c
        &[Row::new(&[])
            .options(&[
                flags("-c -e -u -x -v -i -l -s -f -a -b -h -m -n -B -C -E -H -P -T --login --norc --noprofile --posix"),
                value("-o -O +o +O", Role::Plain),
            ])
            .operands(&[], Some(Role::ScriptFile), &[])
            .by(shell)],
    ),
    Program::new(
        &["env"], // env/*, de-env-xargs-cmd
        &[Row::new(&[])
            .options(&[flags("-i -0 -v --ignore-environment --null --debug"), value("-u --unset -C --chdir -S --split-string", Role::Plain)])
            .operands(&[], Some(Role::Command), &[])
            .by(environment)],
    ),
    Program::new(
        &["printenv"], // de-export-xargs
        &[Row::new(&[]).options(&[flags("-0 --null")]).each(Role::Plain).by(print_variables)],
    ),
    Program::new(&["nohup", "setsid", "time", "catchsegv", "fakeroot", "dumb-init", "tini"], &[runs(&[])]),
    Program::new(&["nice", "ionice", "chrt"], &[runs(&[value("-n -c -p --adjustment", Role::Plain)])]),
    Program::new(&["stdbuf", "unbuffer"], &[runs(&[value("-i -o -e --input --output --error", Role::Plain)])]),
    Program::new(
        &["timeout"], // p-timeout
        &[Row::new(&[])
            .options(&[flags("-v --foreground --preserve-status --verbose"), value("-k -s --kill-after --signal", Role::Plain)])
            .operands(&[Role::Plain], Some(Role::Command), &[])],
    ),
    Program::new(
        &["xargs"], // p-xargs-n1, f-xargs-sh, err-xargs, err-xargs-t
        &[Row::new(&[])
            .options(&[
                flag("-t --verbose", Effect::PrintArguments),
                flags("-r -0 -x -p --no-run-if-empty --null --exit"),
                value("-I -n -P -L -s -d -E -a --max-args --max-procs --max-lines --delimiter --arg-file --replace", Role::Plain),
                Opt { names: "-i -l -e", argument: Argument::Attached(Role::Plain), effect: None },
                attached("--max-chars", Role::Plain),
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
            Some((text, rest)) => call.shell(&text.value, text.span, rest),
            None => call.opaque("`-c` without a text"),
        }
    } else if let (Some((file, rest)), false) = (operands.split_first(), call.has("-s")) {
        call.run_file(file, rest);
    } else {
        let text = call.stdin();
        let span = call.span;
        call.shell(&text, span, &[]);
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
            call.state.process.unset(&name);
        }
    }
    if let Some(directory) = call.option("-C") {
        call.directory_is(&directory);
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
            value: input.without_final_newlines(),
            span: call.span,
            splits,
        }],
    };
    if command.is_empty() {
        command.push(Word::new(Value::known("echo"), call.span));
    }
    if let Some(place) = call.option("-I").and_then(|place| place.text()) {
        for item in &items {
            let words: Vec<Word> = command
                .iter()
                .map(|word| replace(word, &place, item))
                .collect();
            call.trace_arguments(&words);
            call.run(&words);
        }
    } else {
        command.extend(items);
        call.trace_arguments(&command);
        call.run(&command);
    }
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
        ..word.clone()
    }
}
