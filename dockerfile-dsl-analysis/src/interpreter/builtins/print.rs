//! `echo` and `printf`: the text that they print.

use crate::Span;
use crate::domain::Argument;
use crate::domain::state::{State, Status};
use crate::domain::value::{PieceKind, Taint, Value};
use crate::domain::{About, Cause, Step};
use crate::interpreter::Machine;
use crate::interpreter::parameter::all_text;

impl Machine<'_> {
    pub(super) fn echo(&mut self, state: &mut State, arguments: &[Argument], span: Span) {
        let mut words = arguments;
        let mut newline = true;
        while let Some(text) = words.first().and_then(Argument::text) {
            match &*text {
                "-n" => newline = false,
                "-e" | "-E" | "-en" | "-ne" => newline &= !text.contains('n'),
                _ => break,
            }
            words = &words[1..];
        }
        let mut value = all_text(words);
        // dash's echo interprets escapes.
        if let Some(text) = value.literal()
            && text.contains('\\')
            && (arguments.len() != words.len() || !state.process.options.bash)
        {
            value = Value::tainted(unescape(&text), value.taint());
        }
        if newline {
            value = value.concat(&Value::known("\n"));
        }
        state.output(self, 1, &value, span, &Cause::Output("echo".into()));
    }

    pub(super) fn printf(
        &mut self,
        state: &mut State,
        arguments: &[Argument],
        span: Span,
    ) -> Status {
        let mut words = arguments;
        let mut variable = None;
        if words.first().and_then(Argument::text).as_deref() == Some("-v") && words.len() > 2 {
            variable = Some(words[1].clone());
            words = &words[2..];
        }
        if words.first().and_then(Argument::text).as_deref() == Some("--") {
            words = &words[1..];
        }
        let Some((format, values)) = words.split_first() else {
            return Status::Failure;
        };
        let value = self.formatted(state, format, values, span);
        match variable {
            Some(target) => match target.text() {
                Some(text) => match text.split_once('[') {
                    Some((name, key)) => {
                        let key = Value::known(key.trim_end_matches(']'));
                        self.set_element(state, name, &key, &value, false);
                    }
                    None => self.assign(
                        state,
                        &text,
                        value.step_if(span, &|| Step::Assigned {
                            variable: text.as_str().into(),
                        }),
                    ),
                },
                None => {
                    let word = std::slice::from_ref(&target);
                    self.quote(state, word, span, &Cause::ShellMessage(About::NotAName));
                    state.process.set_unknown(&value.taint(), false);
                }
            },
            None => state.output(self, 1, &value, span, &Cause::Output("printf".into())),
        }
        let is_number =
            |word: &Argument| word.text().is_some_and(|text| text.parse::<f64>().is_ok());
        match takes_number(format) && !values.iter().all(is_number) {
            true => Status::Either,
            false => Status::Success,
        }
    }

    /// Returns the output of printf. The error for an invalid number quotes the value.
    pub(super) fn formatted(
        &mut self,
        state: &mut State,
        format: &Argument,
        values: &[Argument],
        span: Span,
    ) -> Value {
        let mut value = Value::empty();
        let mut next = 0;
        let all_taint = Taint::of_all(values);
        // The format, or which value is at which conversion, is not known.
        let moves = |word: &Argument| word.splits && word.value.literal().is_none();
        let is_known = format.value.is_known_in_part() || format.value.is_empty_text();
        if all_taint.is_some() && (!is_known || values.len() > 1 && values.iter().any(moves)) {
            return self.unknown(all_taint.join(&format.value.taint()));
        }
        let mut rounds = 0;
        loop {
            let before = next;
            for piece in format
                .value
                .alternatives()
                .first()
                .map(|text| text.to_vec())
                .unwrap_or_default()
            {
                let PieceKind::Known(text) = &piece.kind else {
                    value = value.concat(&Value::piece(piece));
                    continue;
                };
                let mut rest: &str = text;
                while let Some(at) = rest.find('%') {
                    value =
                        value.concat(&Value::tainted(unescape(&rest[..at]), piece.taint.clone()));
                    let spec = &rest[at + 1..];
                    let end = spec
                        .find(|c: char| c.is_ascii_alphabetic() || c == '%')
                        .unwrap_or(spec.len().saturating_sub(1));
                    let plain = spec.starts_with(['s', 'b']);
                    for _ in spec[..end].matches('*') {
                        if let Some(word) = values.get(next) {
                            let word = std::slice::from_ref(word);
                            let how = &Cause::MessageAbout("printf".into(), About::NotANumber);
                            self.quote(state, word, span, how);
                        }
                        next += 1;
                    }
                    match spec.as_bytes().get(end) {
                        Some(b'%') => value = value.concat(&Value::known("%")),
                        Some(b's' | b'b' | b'c' | b'q') => {
                            if let Some(word) = values.get(next) {
                                let piece = if plain || word.value.literal().is_none() {
                                    word.value.clone()
                                } else {
                                    Value::nameless(word.value.taint())
                                };
                                // `%.0s` prints an empty string.
                                if !spec[..end].ends_with(".0") {
                                    value = value.concat(&piece);
                                }
                                // A word that may be several fills the following conversions, too.
                                next += usize::from(!word.splits);
                            }
                        }
                        Some(_) => {
                            if let Some(word) = values.get(next) {
                                // `'c` is the code of the character.
                                let letter = word.value.known_prefix().starts_with(['\'', '"']);
                                if word.value.taint().is_some() && !letter {
                                    state.output(
                                        self,
                                        2,
                                        &word.value,
                                        span,
                                        &Cause::MessageAbout("printf".into(), About::NotANumber),
                                    );
                                }
                                value = value.concat(&if letter {
                                    self.unknown(word.value.taint())
                                } else {
                                    word.value.clone()
                                });
                                next += 1;
                            }
                        }
                        None => {}
                    }
                    rest = spec.get(end + 1..).unwrap_or_default();
                }
                value = value.concat(&Value::tainted(unescape(rest), piece.taint.clone()));
            }
            rounds += 1;
            if next >= values.len() || next == before || rounds > 64 {
                break;
            }
        }
        if format.value.alternatives().len() > 1 || rounds > 64 {
            let taint = all_taint.join(&format.value.taint());
            return self.unknown(taint);
        }
        value
    }
}

/// Interprets the escapes of printf's format and dash's echo.
fn unescape(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('0') => {
                let mut code = 0_u32;
                while let Some(digit) = chars
                    .peek()
                    .and_then(|c| c.to_digit(8))
                    .filter(|_| code < 32)
                {
                    code = code * 8 + digit;
                    chars.next();
                }
                out.extend(char::from_u32(code));
            }
            Some('c') => break,
            Some(other @ ('\\' | '"' | '\'')) => out.push(other),
            Some(other) => {
                out.push('\\');
                out.push(other);
            }
            None => out.push('\\'),
        }
    }
    out
}

/// Whether the format of printf has a conversion of a number, which fails for other texts.
fn takes_number(format: &Argument) -> bool {
    let is_option = |c: char| c.is_ascii_digit() || "-+ #.*".contains(c);
    let is_number = |after: &str| {
        let conversion = after.trim_start_matches(is_option);
        conversion.starts_with(|c| "diouxXeEfFgGaA".contains(c))
    };
    let text = format.text();
    text.is_none_or(|text| text.split('%').skip(1).any(is_number))
}
