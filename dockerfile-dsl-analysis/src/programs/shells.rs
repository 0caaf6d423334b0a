//! Shells, and programs whose last arguments are another command: `sh -c`, `env`, `xargs`, `timeout`, `nohup`, ...

use super::common::{at, path, spellings};
use super::mention::mentioned;
use crate::domain::Argument as Word;
use crate::domain::Doubt;
use crate::domain::{PieceKind, Share, Value};
use crate::interpreter::Call;
use crate::programs::Effect;

/// `sh -c TEXT NAME ARG..`, `sh FILE ARG..`, `sh < TEXT`.
pub(super) fn shell(call: &mut Call<'_, '_>) {
    if call.arguments.first().and_then(Word::text).as_deref() == Some("--version") {
        return;
    }
    let operands = call.operands();
    startup_of_project(call);
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
        // `sh -s ARG..`: the first argument is not the name of a script.
        let text = call.stdin();
        let span = call.span;
        let mut positional = vec![Word::new(Value::known("sh"), span)];
        positional.extend(operands);
        unseen(call, &text);
        call.shell(&text, span, &positional);
    }
}

/// `env -i -u NAME A=1 COMMAND..`; without a command it prints the environment.
pub(super) fn environment(call: &mut Call<'_, '_>) {
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
        // A text with quotes is parsed as shell syntax.
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
    if call.has("-v") {
        for word in words.iter().chain(&command) {
            call.print_error(&word.value);
        }
    }
    for word in &words {
        // The word of a file without a `=` is taken for the command, which is not found.
        if word.splits && call.state.is_whole_secret(&word.value) {
            call.print_error(&word.value);
        }
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

/// bash runs the file that `BASH_ENV` names before a script, and an interactive sh that of `ENV`; one of the project is not known.
fn startup_of_project(call: &mut Call<'_, '_>) {
    let name = match call.has_effect(Effect::RunsBash) {
        true => "BASH_ENV",
        false if call.has_effect(Effect::ShellOptions) && call.has("-i") => "ENV",
        false => return,
    };
    let Some(file) = call.env(name) else {
        return;
    };
    let file = Word::new(file, call.span);
    if !file.value.is_empty_text() && call.is_of_project(&file) {
        let received = call.received().join(&call.context_secrets(&file));
        call.opaque_for(&received, Doubt::LoadedCode(name.into()));
    }
}

/// Runs a script with unknown content (`curl .. | sh`), which can access the environment and its arguments.
fn unseen(call: &mut Call<'_, '_>, text: &Value) {
    let taint = text.taint();
    // A script that begins with known text is parsed: its unknown parts are words.
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

/// `newgrp GROUP` reads commands from standard input.
pub(super) fn new_group(call: &mut Call<'_, '_>) {
    for group in call.operands() {
        call.quote_in_errors(&group);
    }
    let text = call.stdin();
    unseen(call, &text);
    call.shell(&text, call.span, &[]);
}

/// `flock FILE COMMAND..`, `flock FILE -c TEXT`.
pub(super) fn locked(call: &mut Call<'_, '_>) {
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

/// Another root directory is unknown; `/` is the same one.
pub(super) fn other_root(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    if operands.first().and_then(Word::text).as_deref() == Some("/") {
        call.run(&operands[1..]);
    } else {
        call.opaque(Doubt::RootDirectory);
    }
}

/// Runs a command without the environment, unless `-E` is given.
pub(super) fn as_root(call: &mut Call<'_, '_>) {
    let keeps_environment = call.has("-E") || call.has("--preserve-env");
    let home = ["-H", "--set-home", "-i", "--login"];
    let sets_home = !keeps_environment || home.iter().any(|option| call.has(option));
    run_as_root(call, keeps_environment, sets_home);
}

/// Runs a command with the environment, if the configuration may pass it on.
pub(super) fn as_root_with_environment(call: &mut Call<'_, '_>) {
    run_as_root(call, true, true);
}

fn run_as_root(call: &mut Call<'_, '_>, keeps_environment: bool, sets_home: bool) {
    let mut words = call.operands();
    let before = call.state.process.clone();
    let user = call.option("-u");
    if !keeps_environment {
        call.clear_environment();
    }
    if sets_home {
        at_home_of(call, user.as_ref());
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
pub(super) fn as_user(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    let before = call.state.process.clone();
    if let Some(user) = call.option("-u") {
        at_home_of(call, Some(&user));
        call.run(&operands);
        return call.restore(&before);
    }
    let mut text = call.option("-c");
    let keeps_home = ["-m", "-p", "--preserve-environment"];
    let keeps_home = keeps_home.iter().any(|option| call.has(option));
    let mut is_login = call.has("-l") || call.has("--login");
    let mut rest = Vec::new();
    let mut words = operands.into_iter();
    while let Some(word) = words.next() {
        match word.text().as_deref() {
            Some("-c" | "--command") => text = words.next(),
            Some("-s" | "--shell" | "-g" | "-G" | "--group") => drop(words.next()),
            Some(option) if option.starts_with("--command=") => text = word.behind("--command="),
            Some("-" | "-l" | "--login") => is_login = true,
            Some(option) if option.starts_with('-') => {}
            _ => rest.push(word),
        }
    }
    if is_login || !keeps_home {
        at_home_of(call, rest.first());
    }
    if is_login {
        call.state.process.cwd = call.home();
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
    call.restore(&before);
}

/// `gosu USER COMMAND ARG..`
pub(super) fn at_home(call: &mut Call<'_, '_>) {
    let before = call.state.process.clone();
    let operands = call.operands();
    at_home_of(call, operands.first());
    call.by_row();
    call.restore(&before);
}

/// Sets HOME to that of a user, as these programs do: `USER`, or `USER:GROUP`.
fn at_home_of(call: &mut Call<'_, '_>, user: Option<&Word>) {
    let name = match user {
        None => Some("root".to_owned()),
        Some(user) => user.text(),
    };
    let name = name.map(|name| name.split(':').next().unwrap_or_default().to_owned());
    let home = match name.as_deref() {
        Some("root" | "0") => Value::known("/root"),
        Some(name) => Value::known(format!("/home/{name}")),
        None => call.fresh_part(),
    };
    let word = Value::known("HOME=").concat(&home);
    call.export_word(&Word::new(word, call.span));
}

/// Runs every script in a directory.
pub(super) fn run_parts(call: &mut Call<'_, '_>) {
    let Some(directory) = call.operands().pop() else {
        return;
    };
    call.quote_in_errors(&directory);
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

/// Runs make. Its recipes are opaque if they can access a secret: by a variable, by the environment, or by its path.
pub(super) fn make(call: &mut Call<'_, '_>) {
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
            .join(&call.state.reached_by_code(text.alternatives()))
            .join(&mentioned(call, &spelled));
    }
    call.opaque_for(&received, Doubt::Recipes);
}

/// `script -c TEXT FILE` writes the output to the file, too.
pub(super) fn record(call: &mut Call<'_, '_>) {
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

/// Whether it is `NAME=..`, including a word with an unknown name that may be several.
fn is_assignment(word: &Word) -> bool {
    let prefix = word.value.known_prefix();
    match prefix.split_once('=') {
        // A path with a `=` in it is rarer than npm's `npm_config_//host/:_authToken=`.
        Some((name, _)) => !name.is_empty() && !name.starts_with(['/', '.']),
        None => word.splits && prefix.is_empty() && word.value.taint().is_some(),
    }
}

/// Prints the named variables, or all of them.
pub(super) fn print_variables(call: &mut Call<'_, '_>) {
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

/// Runs its command with words from standard input; `-I R` replaces R by them.
pub(super) fn arguments_from_input(call: &mut Call<'_, '_>) {
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
            ..Word::new(
                input.without_final_newlines().of(Share::Fragment),
                call.span,
            )
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
            match splits {
                true => call.may_run_often(&words),
                false => call.run_often(&words, often),
            }
        }
    } else {
        command.extend(items.into_iter().map(|item| Word {
            varies: true,
            ..item
        }));
        call.trace_arguments(&command);
        // GNU xargs runs its command once without input, others do not.
        match splits {
            true => call.may_run_often(&command),
            false => call.run_often(&command, often),
        }
    }
}

/// Splits a text whose blanks are known into words; its unknown parts are holes.
fn split_at_blanks(text: &Value) -> Option<Vec<Value>> {
    let [pieces] = text.alternatives() else {
        return None;
    };
    let mut words = Vec::new();
    let mut word: Option<Value> = None;
    for piece in pieces.iter() {
        match &piece.kind {
            PieceKind::Known(known) => {
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
            PieceKind::Hole { .. } => {
                let part = Value::piece(piece.clone());
                word = Some(word.unwrap_or_else(Value::empty).concat(&part));
            }
            PieceKind::Unknown(_) => return None,
        }
    }
    words.extend(word);
    Some(words)
}

/// Replaces each occurrence of `place` in the word by the item.
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
