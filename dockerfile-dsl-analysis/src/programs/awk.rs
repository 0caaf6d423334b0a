//! awk: what a program prints of its input, and the files that it writes.
//! A few rules read the program's text. They overestimate what is printed; a program that runs other programs is opaque.

use super::common::{made, path, spellings, uses_environment};
use super::mention::mentioned;
use crate::domain::Argument;
use crate::domain::{Cause, Doubt};
use crate::domain::{Share, Taint};
use crate::interpreter::Call;

/// Whether an awk program prints parts of its input.
fn awk_prints(program: &str) -> bool {
    // A pattern without an action in braces prints whole lines.
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
            let word = word.trim().trim_end_matches("+0");
            matches!(word, "NR" | "FNR" | "NF" | "length" | "\"" | "\"\"")
                || word.starts_with("length(")
                    && word.ends_with(')')
                    && word.matches('(').count() == 1
                || is_counter(word, &statements)
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

/// Whether a name is only ever incremented, or set to a number.
fn is_counter(name: &str, statements: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let sets_number = |behind: &str| {
        let behind = behind.trim_start();
        let given = behind.strip_prefix("+=").or_else(|| {
            behind
                .strip_prefix('=')
                .filter(|rest| !rest.starts_with('='))
        });
        given.is_some_and(|given| {
            let end = given.find([';', '\n', ')']).unwrap_or(given.len());
            given[..end].trim().parse::<u64>().is_ok()
        })
    };
    let mut counted = false;
    let only = statements.match_indices(name).all(|(at, _)| {
        let (before, behind) = (&statements[..at], &statements[at + name.len()..]);
        if before.ends_with(is_part) || behind.starts_with(is_part) {
            return true;
        }
        let counts = behind.starts_with("++") || before.ends_with("++") || sets_number(behind);
        counted |= counts;
        let printed = before
            .rsplit([';', '\n'])
            .next()
            .is_some_and(|statement| statement.trim_start().starts_with("print"));
        counts || printed
    });
    !name.is_empty() && name.chars().all(is_part) && only && counted
}

/// `awk PROGRAM FILE..`
pub(super) fn awk(call: &mut Call<'_, '_>) {
    let mut operands = call.operands();
    let files = call.options("-f").into_iter();
    let mut programs: Vec<Argument> = files
        .map(|file| Argument::new(call.read(&file), file.span))
        .collect();
    if programs.is_empty() && !operands.is_empty() {
        programs.push(operands.remove(0));
    }
    let mut taint = Taint::of_all(&call.all_options(&["-v", "-F"]));
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
        call.reads_code(&program.value);
        taint = taint.join(&program.value.taint());
        for text in spellings(&program.value) {
            taint = taint
                .join(&mentioned(call, &text))
                .join(&call.held_in_holes(&program.value))
                .join(&call.state.reached_by_code(program.value.alternatives()));
            if uses_environment(&text) {
                taint = taint.join(&call.environment().taint());
            }
            if text.contains("FILENAME") || text.contains("ARGV") {
                taint = taint.join(&call.names(&files, 0));
            }
            prints |= awk_prints(&text) || text.contains("FILENAME");
            let runs = text.contains("system(")
                || text.contains("| \"")
                || text.contains("|\"")
                || text.contains("|&")
                || text.contains("\" |")
                || text.contains("\"|");
            if runs {
                let received = taint.join(&taint.reached(false));
                call.opaque_for(&received, Doubt::RunsPrograms);
            }
            outputs.extend(awk_files(&text));
        }
    }
    // Output for each line, or in a loop, is a sequence of answers.
    let often = taint.share() > Share::Whole
        || programs
            .iter()
            .flat_map(|program| spellings(&program.value))
            .any(|text| text.contains("for") || text.contains("while"));
    prints |= often
        && programs
            .iter()
            .flat_map(|program| spellings(&program.value))
            .any(|text| text.contains("print"));
    let answer = call.answer(&taint, Share::Fragment);
    let output = if prints {
        made(call, &taint).with(&answer.taint())
    } else {
        call.made_of_code().unwrap_or(answer)
    };
    for (file, append) in &outputs {
        let target = if file.is_empty() {
            Argument::new(call.fresh(), call.span)
        } else {
            path(call, file)
        };
        if *append {
            call.append(&target, &output, &Cause::Program("awk".into()));
        } else {
            call.write(&target, &output, &Cause::Program("awk".into()));
        }
    }
    let to_output = outputs.is_empty()
        || programs.iter().any(|program| {
            let spelled = spellings(&program.value);
            let mut prints = spelled.iter().map(|text| text.matches("print").count());
            prints.any(|prints| prints > outputs.len())
        });
    if call.options("-i").iter().any(|include| {
        include
            .text()
            .is_some_and(|name| name.starts_with("inplace"))
    }) {
        for file in &files {
            call.write_in_place(file, &output, &Cause::Program("awk -i inplace".into()));
        }
    } else if to_output {
        call.print(&output);
    }
}

/// Returns the files after `>` and `>>` in an awk program; an empty name if it is not a literal.
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

#[cfg(test)]
mod tests {
    use super::*;

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
        check_awk("BEGIN{getline t < \"\"; print length(t)}", false);
        check_awk("/x/{n++} END{print n}", false);
        check_awk("{n += $1} END{print n}", true);
        check_awk("{n++; n = $0} END{print n}", true);
        check_awk("{print length($0) $0}", true);
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
}
