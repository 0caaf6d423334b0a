//! sed, awk, grep, envsubst, jq and others that make text from text.
//! What a script of sed or awk writes, reads and runs is found in the script itself; one that is not understood is not vouched for.

use super::common::{UNKNOWN, made, mentioned, path, spellings, uses_environment};
use super::{Effect, Output, Program, Role, Row, Stdin, attached, flag, flags, several, value};
use crate::flow::{Argument, Call, Taint, Value};

pub(super) static PROGRAMS: &[Program] = &[
    Program::new(
        &["sed", "gsed"], // tx-sed-template, tx-sed-i, tx-sed-i-bak, tx-sed-w, tx-sed-r, tx-sed-e, tx-sed-count, cp-sed-i-symlink, cp-sed-s-w
        &[Row::new(&[])
            .options(&[
                flags("-n -E -r -s -u -z --quiet --silent --regexp-extended --separate --null-data --posix --sandbox"),
                value("-e --expression", Role::Plain),
                value("-f --file", Role::Plain),
                attached("-i --in-place", Role::Plain),
                flags("-l"),
            ])
            .each(Role::Read)
            .by(sed)],
    ),
    Program::new(
        &["awk", "gawk", "mawk", "nawk"], // tx-awk-print, tx-awk-print-to, tx-awk-getline, tx-awk-nr, tx-awk-assign-operand, cp-awk-system, cp-awk-v, cp-awk-environ
        &[Row::new(&[])
            .options(&[value("-F -v -f -i --field-separator --assign --file --include", Role::Plain), flags("-b -c -n -r -s -S -P --posix --re-interval")])
            .each(Role::Read)
            .by(awk)],
    ),
    Program::new(
        &["grep", "egrep", "fgrep", "zgrep", "rg", "ack"], // enc-grep-dot, t-grep-q, t-grep-c, tx-grep-o, tx-grep-l, tx-grep-r, tx-grep-qF, tx-grep-self-check, tx-grep-file-patterns, tx-grep-print-match
        &[Row::new(&[])
            .options(&[
                flag("-q -c -l -L --quiet --silent --count --files-with-matches --files-without-match", Effect::CleanOutput),
                flags("-a -b -E -F -G -h -H -i -I -n -o -P -r -R -s -T -U -v -w -x -z -Z -y --ignore-case --invert-match --only-matching --recursive --no-messages --text --extended-regexp --fixed-strings --perl-regexp --line-number --with-filename --no-filename --word-regexp --line-regexp --null"),
                flags("-0 -1 -2 -3 -4 -5"),
                value("-e --regexp", Role::Consumed),
                value("-f --file", Role::ConsumedFile),
                value("-m -A -B -C -d -D --max-count --after-context --before-context --context", Role::Quoted),
                value("--include --exclude --exclude-dir --color --colour --binary-files -g", Role::Plain),
            ])
            .each(Role::Read)
            .by(grep)],
    ),
    Program::new(
        &["envsubst"], // env-envsubst-all, env-envsubst-some, tx-envsubst-list, tx-envsubst-other, tx-envsubst-v, tx-envsubst-tmpfs, de-envsubst-all
        &[Row::new(&[]).options(&[flags("-v --variables")]).each(Role::Plain).stdin(Stdin::Read).by(substitute)],
    ),
    Program::new(
        &["jq", "gojq", "jaq"], // cp-jq-arg, cp-jq-len, cp-jq-rawfile, tx-jq-r, tx-jq-empty, tx-jq-keys, tx-jq-env, tx-jq-args, tx-jq-slurpfile, tx-jq-stdin, tx-jq-program
        &[Row::new(&[])
            .options(&[
                flags("-n -r -e -c -s -S -M -C -a -j -R --tab --null-input --raw-output --exit-status --compact-output --slurp --sort-keys --monochrome-output --color-output --ascii-output --join-output --raw-input --seq --stream --unbuffered"),
                flags("--args --jsonargs"),
                value("--indent", Role::Quoted),
                value("-f --from-file -L", Role::Plain),
                several("--arg --argjson", &[Role::Plain, Role::Shown]),
                several("--rawfile --slurpfile", &[Role::Plain, Role::Read]),
            ])
            .each(Role::Read)
            .by(query)],
    ),
    Program::new(
        &["yq"], // tx-yq-log
        &[Row::new(&[])
            .options(&[
                flags("-r -n -e -j -y -Y -P -C -M -c -s -N --null-input --raw-output --prettyPrint --no-colors --exit-status"),
                flags("-i --inplace"),
                value("-o -p -I --output-format --input-format --indent", Role::Quoted),
                several("--arg --argjson", &[Role::Plain, Role::Shown]),
            ])
            .each(Role::Read)
            .by(query_yaml)],
    ),
    Program::new(
        &["xmlstarlet", "xmllint"], // tx-xmlstarlet, tx-xmllint
        &[
            Row::new(&[])
                .options(&[flags("--format --noout --html --nonet"), value("--xpath", Role::Shown), value("--output", Role::Write)])
                .each(Role::Read)
                .output(Output::Derived),
            Row::new(&["ed"])
                .options(&[flags("-L --inplace -P -S -O"), value("-u --update -d --delete -s -i -a -t -n -x -r -m -N", Role::Plain), value("-v --value", Role::Shown)])
                .each(Role::Read)
                .stdin(Stdin::ReadWithoutOperand)
                .output(Output::Derived)
                .by(in_place_by_flag),
            Row::new(&["sel"]).options(&[flags("-t -T -B -n"), value("-v -m -N -c -o", Role::Plain)]).each(Role::Read).output(Output::Derived),
        ],
    ),
    Program::new(
        &["m4", "gettext", "ngettext"], // tx-m4
        &[Row::new(&[]).options(&[flags("-P -E -s"), value("-D -I -U", Role::Shown)]).each(Role::Read).stdin(Stdin::ReadWithoutOperand).output(Output::Derived)],
    ),
    Program::new(
        &["ed", "ex"], // tx-ed
        &[Row::new(&[]).options(&[flags("-s -E -r -G -l -v")]).each(Role::Read).stdin(Stdin::Read).output(Output::Derived).effects(&[Effect::InPlace])],
    ),
];

// sed

/// One thing that a script of sed does besides changing text.
#[derive(Debug, PartialEq, Eq)]
enum SedEffect {
    Reads(String),
    Writes(String),
    Runs(String),
    RunsResult,
    /// It cannot be told.
    NotUnderstood,
}

/// What a script of sed does, and whether nothing of its input is in its output.
fn sed_effects(script: &str) -> (Vec<SedEffect>, bool) {
    let mut effects = Vec::new();
    let mut clean = true;
    let mut rest = script.chars().peekable();
    let line = |rest: &mut std::iter::Peekable<std::str::Chars<'_>>| -> String {
        let text: String = std::iter::from_fn(|| rest.next_if(|c| *c != '\n')).collect();
        text.trim().to_owned()
    };
    let delimited =
        |rest: &mut std::iter::Peekable<std::str::Chars<'_>>, end: char| -> Option<()> {
            // In brackets the delimiter is a character like others, and so is a `]` that stands first.
            let mut class = false;
            loop {
                match rest.next()? {
                    '\\' => {
                        rest.next()?;
                    }
                    '[' if !class => {
                        class = true;
                        rest.next_if_eq(&'^');
                        rest.next_if_eq(&']');
                    }
                    ']' if class => class = false,
                    c if c == end && !class => return Some(()),
                    '\n' => return None,
                    _ => {}
                }
            }
        };
    loop {
        while rest
            .next_if(|c| c.is_whitespace() || matches!(c, ';' | '{' | '}'))
            .is_some()
        {}
        // The address.
        loop {
            match rest.peek() {
                Some('/') => {
                    rest.next();
                    if delimited(&mut rest, '/').is_none() {
                        effects.push(SedEffect::NotUnderstood);
                        return (effects, false);
                    }
                    while rest.next_if(|c| matches!(c, 'I' | 'M')).is_some() {}
                }
                Some('\\') => {
                    rest.next();
                    if rest
                        .next()
                        .and_then(|end| delimited(&mut rest, end))
                        .is_none()
                    {
                        effects.push(SedEffect::NotUnderstood);
                        return (effects, false);
                    }
                }
                Some(c)
                    if c.is_ascii_digit()
                        || matches!(
                            c,
                            '$' | ',' | '~' | '+' | '!' | ' ' | '\t' | '{' | &UNKNOWN
                        ) =>
                {
                    rest.next();
                }
                _ => break,
            }
        }
        let Some(command) = rest.next() else {
            return (effects, clean);
        };
        match command {
            '=' | 'd' | 'D' | '}' | '\n' | ';' => {}
            'g' | 'G' | 'h' | 'H' | 'n' | 'N' | 'p' | 'P' | 'x' | 'z' | 'F' => clean = false,
            'l' | 'q' | 'Q' => {
                clean = false;
                while rest.next_if(char::is_ascii_digit).is_some() {}
            }
            'a' | 'i' | 'c' => {
                clean = false;
                loop {
                    let text = line(&mut rest);
                    if !text.ends_with('\\') || rest.next().is_none() {
                        break;
                    }
                }
            }
            'b' | 't' | 'T' | ':' => {
                while rest.next_if(|c| !matches!(c, ';' | '\n' | '}')).is_some() {}
            }
            'r' | 'R' => {
                clean = false;
                effects.push(SedEffect::Reads(line(&mut rest)));
            }
            'w' | 'W' => effects.push(SedEffect::Writes(line(&mut rest))),
            'e' => {
                clean = false;
                effects.push(SedEffect::Runs(line(&mut rest)));
            }
            's' | 'y' => {
                clean = false;
                let Some(end) = rest.next() else { break };
                if delimited(&mut rest, end).is_none() || replacement(&mut rest, end).is_none() {
                    break;
                }
                while let Some(option) = rest.next_if(|c| c.is_ascii_alphanumeric()) {
                    match option {
                        'w' => effects.push(SedEffect::Writes(line(&mut rest))),
                        'e' => effects.push(SedEffect::RunsResult),
                        _ => {}
                    }
                }
            }
            _ => break,
        }
    }
    effects.push(SedEffect::NotUnderstood);
    (effects, false)
}

/// The replacement of `s`: newlines behind a backslash belong to it, brackets mean nothing.
fn replacement(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, end: char) -> Option<()> {
    loop {
        match rest.next()? {
            '\\' => {
                rest.next()?;
            }
            c if c == end => return Some(()),
            _ => {}
        }
    }
}

fn sed(call: &mut Call<'_, '_>) {
    let mut operands = call.operands();
    let mut scripts = call.options("-e");
    for file in call.options("-f") {
        let text = call.read(&file);
        scripts.push(Argument::new(text, file.span));
    }
    if scripts.is_empty() && !operands.is_empty() {
        scripts.push(operands.remove(0));
    }
    let mut data = Value::empty();
    for operand in &operands {
        data = data.concat(&call.read(operand));
    }
    if operands.is_empty() {
        data = call.stdin();
    }
    let mut taint = data.taint();
    let mut clean = !scripts.is_empty();
    for script in &scripts {
        taint = taint.join(&script.value.taint());
    }
    for script in &scripts {
        for text in spellings(&script.value) {
            let (effects, nothing) = sed_effects(&text);
            clean &= nothing;
            for effect in effects {
                match effect {
                    SedEffect::Reads(file) => {
                        let content = call.read(&path(call, file));
                        taint = taint.join(&content.taint());
                    }
                    SedEffect::Writes(file) => {
                        let output = made(call, &taint);
                        call.write(&path(call, file), &output, "`sed`");
                    }
                    SedEffect::Runs(command) => {
                        let span = call.span;
                        call.shell(&Value::known(command), span, &[]);
                    }
                    SedEffect::RunsResult | SedEffect::NotUnderstood => {
                        call.opaque_for(&taint.clone(), "a script that is not understood")
                    }
                }
            }
        }
    }
    // Without `-n` every line is printed that is not deleted.
    let deletes_all = scripts.len() == 1
        && scripts[0]
            .text()
            .is_some_and(|script| matches!(script.trim(), "d" | "$!d;d"));
    let output = if deletes_all || (clean && call.has("-n")) {
        call.fresh()
    } else {
        made(call, &taint)
    };
    if call.has("-i") {
        for operand in &operands {
            if let Some(suffix) = call
                .option("-i")
                .and_then(|suffix| suffix.text())
                .filter(|suffix| !suffix.is_empty())
            {
                let old = call.peek(operand);
                let kept = Argument::new(operand.value.concat(&Value::known(suffix)), operand.span);
                call.write(&kept, &old, "backup of `sed -i`");
            }
            let own = call.peek(operand).taint();
            let script = scripts
                .iter()
                .fold(Taint::NONE, |all, script| all.join(&script.value.taint()));
            let output = if own.is_none() && script.is_none() {
                output.clone()
            } else {
                made(call, &own.join(&script))
            };
            call.write_in_place(operand, &output, "`sed -i`");
        }
    } else {
        call.print(&output);
    }
}

// awk

/// What a program of awk shows of its input.
fn awk_prints(program: &str) -> bool {
    // What stands outside of braces and has none behind it prints whole lines.
    let mut depth = 0_u32;
    let mut pattern = String::new();
    let mut statements = String::new();
    let mut text = program.chars();
    while let Some(c) = text.next() {
        match c {
            '"' => {
                if depth > 0 {
                    statements.push('"');
                } else {
                    pattern.push('"');
                }
                while let Some(inner) = text.next() {
                    match inner {
                        '\\' => {
                            text.next();
                        }
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '{' => {
                depth += 1;
                pattern.clear();
            }
            '}' => {
                depth = depth.saturating_sub(1);
                statements.push(';');
            }
            ';' | '\n' if depth == 0 => {
                if !pattern.trim().is_empty() {
                    return true;
                }
            }
            c if depth == 0 => pattern.push(c),
            c => statements.push(c),
        }
    }
    if !pattern.trim().is_empty() {
        return true;
    }
    let mut rest = statements.as_str();
    while let Some(at) = rest.find("print") {
        let arguments = rest[at + 5..].trim_start_matches('f');
        let end = arguments
            .find([';', '\n', '>', '|'])
            .unwrap_or(arguments.len());
        let harmless = |word: &str| {
            matches!(
                word.trim(),
                "NR" | "FNR" | "NF" | "length" | "length()" | "length($0)" | "\"" | "\"\""
            )
        };
        let shown = arguments[..end].trim();
        let shown = shown
            .strip_prefix('(')
            .and_then(|shown| shown.strip_suffix(')'))
            .unwrap_or(shown);
        if shown.is_empty()
            || !shown
                .split([',', ' '])
                .filter(|word| !word.trim().is_empty())
                .all(harmless)
        {
            return true;
        }
        rest = &arguments[end..];
    }
    false
}

fn awk(call: &mut Call<'_, '_>) {
    let mut operands = call.operands();
    let mut programs = Vec::new();
    for file in call.options("-f") {
        let text = call.read(&file);
        programs.push(Argument::new(text, file.span));
    }
    if programs.is_empty() && !operands.is_empty() {
        programs.push(operands.remove(0));
    }
    let mut taint = Taint::NONE;
    for option in ["-v", "-F"] {
        for assigned in call.options(option) {
            taint = taint.join(&assigned.value.taint());
        }
    }
    let mut files = Vec::new();
    for operand in &operands {
        let assignment = operand
            .value
            .known_prefix()
            .split_once('=')
            .is_some_and(|(name, _)| !name.contains('/'));
        if assignment {
            taint = taint.join(&operand.value.taint());
        } else {
            taint = taint.join(&call.read(operand).taint());
            files.push(operand.clone());
        }
    }
    if files.is_empty() {
        taint = taint.join(&call.stdin().taint());
    }
    let mut prints = programs.is_empty();
    let mut outputs: Vec<(String, bool)> = Vec::new();
    for program in &programs {
        taint = taint.join(&program.value.taint());
        for text in spellings(&program.value) {
            taint = taint
                .join(&mentioned(call, &text))
                .join(&call.held_in_holes(&program.value));
            if uses_environment(&text) {
                taint = taint.join(&call.environment().taint());
            }
            prints |= awk_prints(&text);
            let runs = text.contains("system(")
                || text.contains("| \"")
                || text.contains("|\"")
                || text.contains("|&")
                || text.contains("\" |")
                || text.contains("\"|");
            if runs {
                call.opaque_for(&taint.clone(), "it runs other programs");
            }
            outputs.extend(awk_files(&text));
        }
    }
    let output = if prints {
        made(call, &taint)
    } else {
        call.fresh()
    };
    for (file, append) in &outputs {
        let target = if file.is_empty() {
            Argument::new(call.fresh(), call.span)
        } else {
            path(call, file)
        };
        if *append {
            call.append(&target, &output, "`awk`");
        } else {
            call.write(&target, &output, "`awk`");
        }
    }
    let to_output = outputs.is_empty()
        || programs
            .iter()
            .flat_map(|program| spellings(&program.value))
            .any(|text| text.matches("print").count() > outputs.len());
    if call.options("-i").iter().any(|include| {
        include
            .text()
            .is_some_and(|name| name.starts_with("inplace"))
    }) {
        for file in &files {
            call.write_in_place(file, &output, "`awk -i inplace`");
        }
    } else if to_output {
        call.print(&output);
    }
}

/// The files behind `>` and `>>` in a program of awk; an empty name where it is not a text.
fn awk_files(program: &str) -> Vec<(String, bool)> {
    let mut files = Vec::new();
    let mut rest = program;
    while let Some(at) = rest.find("print") {
        let statement = &rest[at..];
        let mut end = statement.len();
        let mut quoted = false;
        let mut target = None;
        for (index, c) in statement.char_indices() {
            match c {
                '"' if !statement[..index].ends_with('\\') => quoted = !quoted,
                ';' | '}' | '\n' if !quoted => {
                    end = index;
                    break;
                }
                '>' if !quoted && target.is_none() => target = Some(index),
                _ => {}
            }
        }
        if let Some(target) = target {
            let behind = &statement[target + 1..end];
            let append = behind.starts_with('>');
            let name = behind.trim_start_matches('>').trim();
            let literal = name
                .strip_prefix('"')
                .and_then(|name| name.split('"').next());
            let only = name.matches('"').count() == 2 && name.ends_with('"');
            files.push((
                literal.filter(|_| only).unwrap_or_default().to_owned(),
                append,
            ));
        }
        rest = &statement[end.max(5).min(statement.len())..];
    }
    files
}

// grep

fn grep(call: &mut Call<'_, '_>) {
    let mut operands = call.operands();
    if !call.has("-e") && !call.has("-f") && !operands.is_empty() {
        operands.remove(0);
    }
    let recursive = call.has("-r") || call.has("-R") || &*call.name == "rg";
    if recursive && operands.is_empty() {
        operands.push(path(call, "."));
    }
    let mut data = Value::empty();
    for operand in &operands {
        let content = if recursive {
            call.read_tree(operand)
        } else {
            call.read(operand)
        };
        data = data.concat(&content);
    }
    if operands.is_empty() {
        data = call.stdin();
    }
    let clean = call.has("-q") || call.has("-c") || call.has("-l") || call.has("-L");
    let output = if clean {
        call.fresh()
    } else {
        made(call, &data.taint())
    };
    call.print(&output);
}

// envsubst

/// Standard input with the values of exported variables: those of the list, or those that it names.
fn substitute(call: &mut Call<'_, '_>) {
    if call.has("-v") {
        let names = call.fresh();
        return call.print(&names);
    }
    let input = call.stdin();
    let list = call.operands().first().cloned();
    let template = input.literal().map(std::borrow::Cow::into_owned);
    let names = match &list {
        Some(list) => list.text(),
        None => template,
    };
    let mut taint = input.taint();
    match names {
        Some(names) => {
            for name in names.split('$').skip(1) {
                let name: String = name
                    .trim_start_matches('{')
                    .chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                    .collect();
                if let Some(value) = call.env(&name) {
                    taint = taint.join(&value.taint());
                }
            }
            taint = taint.join(&call.any_variable().taint());
        }
        None => taint = taint.join(&call.environment().taint()),
    }
    let output = made(call, &taint);
    call.print(&output);
}

// jq and yq

/// Whether a filter shows nothing of the variable but its length.
fn only_length(filter: &str, name: &str) -> bool {
    let filter: String = filter.chars().filter(|c| !c.is_whitespace()).collect();
    let variable = format!("${name}");
    !filter
        .replace(&format!("{variable}|length"), "")
        .contains(&variable)
        && !filter.contains("$ARGS")
        && !filter.contains("$__prog_args")
}

/// Whether a filter shows nothing of its input.
fn shows_nothing(filter: &str) -> bool {
    matches!(
        filter.trim(),
        "empty"
            | "length"
            | "type"
            | "keys"
            | "keys_unsorted"
            | "-e"
            | "keys|length"
            | "keys | length"
            | ".[]|empty"
    )
}

fn query(call: &mut Call<'_, '_>) {
    let mut operands = call.operands();
    let mut filter = call
        .option("-f")
        .map(|file| Argument::new(call.read(&file), file.span));
    if filter.is_none() && !operands.is_empty() {
        filter = Some(operands.remove(0));
    }
    let text = filter
        .as_ref()
        .map(|filter| spellings(&filter.value).join("\n"))
        .unwrap_or_default();
    let mut taint = Taint::NONE;
    if let Some(filter) = &filter
        && filter.value.taint().is_some()
    {
        // A filter that is not understood is quoted in the message.
        call.print_error(&filter.value);
        taint = taint.join(&filter.value.taint());
    }
    for option in ["--arg", "--argjson", "--rawfile", "--slurpfile"] {
        for pair in call.options(option).chunks(2) {
            let [name, given] = pair else { continue };
            let content = if option.ends_with("file") {
                call.read(given).taint()
            } else {
                given.value.taint()
            };
            let hidden = name.text().is_some_and(|name| only_length(&text, &name));
            if !hidden {
                taint = taint.join(&content);
            }
        }
    }
    let arguments = call.has("--args") || call.has("--jsonargs");
    let mut read = false;
    let mut input = Taint::NONE;
    for operand in &operands {
        if arguments {
            taint = taint.join(&operand.value.taint());
        } else {
            read = true;
            input = input.join(&call.read(operand).taint());
        }
    }
    if !read && !call.has("-n") {
        input = input.join(&call.stdin().taint());
    }
    if !shows_nothing(&text) {
        taint = taint.join(&input);
    }
    if text.contains("env.")
        || text.contains("$ENV")
        || text.trim() == "env"
        || text.contains("env|")
        || text.contains("env[")
    {
        taint = taint.join(&call.environment().taint());
    }
    let output = made(call, &taint);
    call.print(&output);
}

fn query_yaml(call: &mut Call<'_, '_>) {
    let operands: Vec<Argument> = call
        .operands()
        .into_iter()
        .filter(|operand| {
            !operand
                .text()
                .is_some_and(|text| matches!(&*text, "e" | "eval" | "ea" | "eval-all"))
        })
        .collect();
    let mut taint = call
        .options("--arg")
        .iter()
        .fold(Taint::NONE, |all, given| all.join(&given.value.taint()));
    let Some((filter, files)) = operands.split_first() else {
        return;
    };
    let text = spellings(&filter.value).join("\n");
    taint = taint.join(&filter.value.taint());
    if text.contains("env") || text.contains("$ENV") {
        taint = taint.join(&call.environment().taint());
    }
    if text.contains("load") {
        taint = taint.join(&mentioned(call, &text));
    }
    for file in files {
        taint = taint.join(&call.read(file).taint());
    }
    if files.is_empty() && !call.has("-n") {
        taint = taint.join(&call.stdin().taint());
    }
    let output = made(call, &taint);
    if call.has("-i") {
        for file in files {
            call.write_in_place(file, &output, "`yq -i`");
        }
    } else {
        call.print(&output);
    }
}

/// `xmlstarlet ed -L FILE`.
fn in_place_by_flag(call: &mut Call<'_, '_>) {
    if !call.has("-L") {
        return call.by_row();
    }
    let mut taint = call
        .options("-v")
        .iter()
        .fold(Taint::NONE, |all, given| all.join(&given.value.taint()));
    for file in call.operands() {
        taint = taint.join(&call.read(&file).taint());
        let output = made(call, &taint);
        call.write_in_place(&file, &output, "`xmlstarlet ed -L`");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_sed(script: &str, effects: &[SedEffect], clean: bool) {
        assert_eq!(
            sed_effects(script),
            (effects.iter().map(clone).collect(), clean),
            "{script}"
        );
    }

    fn clone(effect: &SedEffect) -> SedEffect {
        match effect {
            SedEffect::Reads(file) => SedEffect::Reads(file.clone()),
            SedEffect::Writes(file) => SedEffect::Writes(file.clone()),
            SedEffect::Runs(command) => SedEffect::Runs(command.clone()),
            SedEffect::RunsResult => SedEffect::RunsResult,
            SedEffect::NotUnderstood => SedEffect::NotUnderstood,
        }
    }

    #[test]
    fn sed_scripts() {
        check_sed("s/a/b/g", &[], false);
        check_sed("s|a/b|c;w x|;/x/d", &[], false);
        check_sed("$=", &[], true);
        check_sed("1,/x y/{d}", &[], true);
        check_sed(
            "s/^/k=/w /srv/x",
            &[SedEffect::Writes("/srv/x".into())],
            false,
        );
        check_sed("s/[/]/x/e", &[SedEffect::RunsResult], false);
        check_sed("1r /f\n$!N;P;D", &[SedEffect::Reads("/f".into())], false);
        check_sed(
            "w /a\nw /b",
            &[
                SedEffect::Writes("/a".into()),
                SedEffect::Writes("/b".into()),
            ],
            true,
        );
        check_sed("1e cat f", &[SedEffect::Runs("cat f".into())], false);
        check_sed("s/a/\u{1}/", &[], false);
        check_sed("s/a", &[SedEffect::NotUnderstood], false);
        check_sed("\u{1}", &[SedEffect::NotUnderstood], false);
    }

    #[track_caller]
    fn check_awk(program: &str, prints: bool) {
        assert_eq!(awk_prints(program), prints, "{program}");
    }

    #[test]
    fn awk_programs() {
        check_awk("{print}", true);
        check_awk("{print $1}", true);
        check_awk("END{print NR}", false);
        check_awk("{n++} END{print \"lines\", NR}", false);
        check_awk("BEGIN{exit t==\"\"}", false);
        check_awk("/x/", true);
        check_awk("{gsub(/a/, t)}1", true);
        check_awk("{print length($0)}", false);
        check_awk("{s = s $0} END{printf \"%s\", s}", true);
    }

    #[test]
    fn awk_redirections() {
        assert_eq!(
            awk_files("{print > \"/srv/x\"}"),
            [("/srv/x".to_owned(), false)]
        );
        assert_eq!(
            awk_files("{print $0 >> \"/srv/\" $1}"),
            [(String::new(), true)]
        );
        assert_eq!(awk_files("{print \"a > b\"}"), []);
    }

    #[test]
    fn filters_of_jq() {
        assert!(only_length("{len:($t | length)}", "t"));
        assert!(!only_length("{t:$t, len:($t|length)}", "t"));
        assert!(shows_nothing("empty"));
        assert!(!shows_nothing(".key"));
    }
}
