//! One-liners of Perl that substitute in a text, or print it and variables.
//!
//! In: the words of `perl -e TEXT`. Out: the effects, or `false` for a script that does more than that.

use super::CommandLine;
use crate::domain::{Argument, Cause};
use crate::interpreter::Call;
use crate::programs::common::{made, spellings};
use crate::programs::idioms;
use crate::programs::interpreters::value_of;

/// Functions whose result depends on their arguments alone.
const FUNCTIONS: [&str; 9] = [
    "print", "scalar", "reverse", "length", "lc", "uc", "lcfirst", "ucfirst", "join",
];

/// Runs a one-liner. Returns false if its effects are not known.
pub(super) fn runs(call: &mut Call<'_, '_>, given: &CommandLine, text: &Argument) -> bool {
    substitutes(call, given, text) || prints(call, given, text)
}

fn has(given: &CommandLine, letter: char) -> bool {
    let mut options = given.options.iter();
    options.any(|option| !option.starts_with("--") && option.contains(letter))
}

/// `perl -pi -e 's/A/B/' FILE..`: edits the files in place. Returns false if the script does more than that.
fn substitutes(call: &mut Call<'_, '_>, given: &CommandLine, text: &Argument) -> bool {
    let has = |letter| has(given, letter);
    let spelled = spellings(&text.value).join(";");
    if !has('p') || !spelled.split(';').all(idioms::is_substitution) {
        return false;
    }
    let mut taint = text.value.taint();
    if spelled.contains("ENV") {
        taint = taint.join(&value_of(call, &text.value, &spelled, &[]));
    }
    if given.arguments.is_empty() {
        taint = taint.join(&call.stdin().taint());
    }
    let mut printed = taint.clone();
    for file in &given.arguments {
        let content = call.read(file).taint();
        if has('i') {
            let changed = made(call, &taint.join(&content));
            call.write_in_place(file, &changed, &Cause::Program("perl -i".into()));
        }
        printed = printed.join(&content);
    }
    if !has('i') {
        let printed = made(call, &printed);
        call.print(&printed);
    }
    // `-i.bak` keeps the previous file.
    !given.options.iter().any(|option| option.contains("i."))
}

/// `perl -ne 'print lc $_' FILE..`, `perl -e 'print $ENV{NAME}'`: prints lines and variables. Returns false if the script does more.
fn prints(call: &mut Call<'_, '_>, given: &CommandLine, text: &Argument) -> bool {
    let is_plain = |option: &String| {
        let letters = option.strip_prefix('-');
        letters.is_some_and(|letters| letters.chars().all(|letter| "nple".contains(letter)))
    };
    let spelled = spellings(&text.value);
    let [spelled] = spelled.as_slice() else {
        return false;
    };
    let mut statements = spelled.split(';').map(str::trim);
    let is_known = statements.all(is_pure);
    if text.value.taint().is_some() || !is_known || !given.options.iter().all(is_plain) {
        return false;
    }
    let mut taint = value_of(call, &text.value, spelled, &[]);
    if has(given, 'n') || has(given, 'p') {
        if given.arguments.is_empty() {
            taint = taint.join(&call.stdin().taint());
        }
        for file in &given.arguments {
            taint = taint.join(&call.read(file).taint());
        }
    }
    let printed = made(call, &taint);
    call.print(&printed);
    true
}

/// Whether a statement prints only, to standard output: lines, variables of the environment, and literals.
fn is_pure(statement: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut rest = statement;
    let mut is_first = true;
    while let Some(first) = rest.chars().next() {
        let end = if let Some(name) = rest.strip_prefix("$ENV{") {
            let length = name.find(|c| !is_word(c)).unwrap_or(name.len());
            if !name[length..].starts_with('}') {
                return false;
            }
            "$ENV{".len() + length + 1
        } else if let Some(after) = rest.strip_prefix("$_") {
            if after.starts_with(is_word) {
                return false;
            }
            2
        } else if first == '"' || first == '\'' {
            let Some(length) = rest[1..].find(first) else {
                return false;
            };
            let is_interpolated = |c| matches!(c, '$' | '@' | '\\');
            // `\n` is the only escape.
            let inner = rest[1..=length].replace("\\n", "");
            if inner.contains(is_interpolated) || !inner.is_ascii() {
                return false;
            }
            length + 2
        } else if is_word(first) {
            let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            let word = &rest[..length];
            let is_number = word.chars().all(|c| c.is_ascii_digit());
            // `print F $_` writes to a file.
            if !is_number && !FUNCTIONS.contains(&word)
                || is_first && !(is_number || word == "print")
            {
                return false;
            }
            length
        } else if matches!(first, ' ' | ',' | '.' | '(' | ')') {
            first.len_utf8()
        } else {
            return false;
        };
        is_first = false;
        rest = &rest[end..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::is_pure;

    #[test]
    fn a_statement_prints_only_or_does_more() {
        for pure in [
            "",
            "1",
            "print",
            "print scalar reverse $_",
            "print $ENV{T}",
            "print lc($_), \"\\n\"",
            "print 'a', length $ENV{T}",
        ] {
            assert!(is_pure(pure), "{pure}");
        }
        for other in [
            "print F $_",
            "print STDERR $_",
            "print `id`",
            "print \"@{[system('id')]}\"",
            "system 'id'",
            "open F, '>/srv/x'",
            "print $ENV{T} > 1",
            "print $x",
            "$_ = 1",
            "print <F>",
            "print {$f} $_",
        ] {
            assert!(!is_pure(other), "{other}");
        }
    }
}
