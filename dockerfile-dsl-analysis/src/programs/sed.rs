//! sed: side effects of a script, i.e. files that it reads and writes, and commands that it runs.
//! In: the call. Out: its effects; a script that cannot be parsed is opaque.

use super::common::{UNKNOWN, made, path, spellings};
use super::mention::mentioned;
use crate::domain::Argument;
use crate::domain::{Cause, Doubt};
use crate::domain::{Share, Taint, Value};
use crate::interpreter::Call;

/// A side effect of a sed script.
#[derive(Debug, PartialEq, Eq)]
enum SedEffect {
    /// `F`: the name of the file.
    PrintsNames,
    Reads(String),
    Writes(String),
    Runs(String),
    RunsResult,
    /// The script cannot be parsed.
    NotUnderstood,
}

/// Returns the effects of a sed script, and whether its output is independent of its input.
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
            // Inside a bracket expression the delimiter is an ordinary character, and so is a `]` in the
            // first position.
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
            'g' | 'G' | 'h' | 'H' | 'n' | 'N' | 'p' | 'P' | 'x' | 'z' => clean = false,
            'F' => {
                clean = false;
                effects.push(SedEffect::PrintsNames);
            }
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

/// Parses the replacement of `s`: it may contain escaped newlines, and brackets are ordinary characters.
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

/// `sed SCRIPT FILE..`
pub(super) fn sed(call: &mut Call<'_, '_>) {
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
    if call.has("-f")
        && scripts
            .iter()
            .any(|script| script.value.literals().is_none())
    {
        call.opaque_for(&taint, Doubt::UnseenScript);
    }
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
                    SedEffect::PrintsNames => taint = taint.join(&call.names(&operands, 0)),
                    SedEffect::Writes(file) => {
                        let output = made(call, &taint);
                        call.write(&path(call, file), &output, &Cause::Program("sed".into()));
                    }
                    SedEffect::Runs(command) => {
                        let span = call.span;
                        call.shell(&Value::known(command), span, &[]);
                    }
                    SedEffect::RunsResult => {
                        // The edited line is a command.
                        let text = text.replace("\\/", "/");
                        let received = taint
                            .join(&taint.reached(false))
                            .join(&mentioned(call, &text))
                            .join(&call.environment().taint());
                        call.opaque_for(&received, Doubt::RunsLine);
                    }
                    SedEffect::NotUnderstood => call.opaque_for(&taint.clone(), Doubt::Unreadable),
                }
            }
        }
    }
    // Without `-n` every line that is not deleted is printed.
    let deletes_all = scripts.len() == 1
        && scripts[0]
            .text()
            .is_some_and(|script| matches!(script.trim(), "d" | "$!d;d"));
    let answer = call.answer(&taint, Share::Fragment);
    let output = if deletes_all || (clean && call.has("-n")) {
        answer
    } else {
        made(call, &taint).with(&answer.taint())
    };
    if call.has("-i") {
        for operand in &operands {
            let suffix = call.option("-i");
            if let Some(suffix) = suffix.filter(|suffix| suffix.text().as_deref() != Some("")) {
                let old = call.peek(operand);
                let kept = Argument::new(operand.value.concat(&suffix.value), operand.span);
                call.write(&kept, &old, &Cause::BackupOf("sed -i".into()));
            }
            let own = call.peek(operand).taint();
            let script = Taint::of_all(&scripts);
            let output = if own.is_none() && script.is_none() {
                output.clone()
            } else {
                made(call, &own.join(&script))
            };
            call.write_in_place(operand, &output, &Cause::Program("sed -i".into()));
        }
    } else {
        call.print(&output);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programs::common::SECRET;

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
            SedEffect::PrintsNames => SedEffect::PrintsNames,
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
        check_sed(&format!("s/a/{SECRET}/"), &[], false);
        check_sed("s/a", &[SedEffect::NotUnderstood], false);
        check_sed(&SECRET.to_string(), &[SedEffect::NotUnderstood], false);
    }
}
