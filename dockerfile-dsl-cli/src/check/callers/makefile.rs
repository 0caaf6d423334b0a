//! Reads Makefiles: the builds in the recipes.
//!
//! Each line of a recipe is a script. A variable of make is a variable whose value is not known; `$$` is a dollar for the shell.

use dockerfile_dsl_analysis::Span;

use super::super::kind::FrontEnd;
use super::extract::Extract;
use super::model::{self, Callers, Folders, Include};
use super::shell::{self, Script};

/// `is_part` is whether the file is made to be included: its recipes run elsewhere.
pub(super) fn read(text: &str, is_part: bool, folders: &Folders, found: &mut Callers) {
    let mut at = 0;
    let mut target = String::new();
    let mut elsewhere = Vec::new();
    let mut here = vec![folders.own.clone()];
    if is_part && folders.root != folders.own {
        here.push(folders.root.clone());
    }
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let start = at;
        at += line.len();
        let Some(recipe) = line.strip_prefix('\t') else {
            include(line, start, folders, &mut elsewhere, found);
            if let Some((name, _)) = line.split_once(':')
                && !line.starts_with([' ', '#'])
            {
                target = name.trim().to_owned();
            }
            continue;
        };
        let mut extract = Extract::default();
        let prefix = recipe.len() - recipe.trim_start_matches(['@', '-', '+', ' ', '\t']).len();
        append(&mut extract, &recipe[prefix..], start + 1 + prefix);
        while extract.text.trim_end_matches(['\n', '\r']).ends_with('\\')
            && let Some(next) = lines.next()
        {
            append(&mut extract, next, at);
            at += next.len();
        }
        if !shell::may_build(&extract.text) && !extract.text.contains("build") {
            continue;
        }
        let place = format!(" in `make {target}`");
        let script = Script {
            extract: &extract,
            expressions: &[],
            place: &place,
            own: None,
        };
        shell::read(&script, &here, found);
    }
    // Makefiles of C include what their compiler wrote: without a build, that is of no interest.
    if !found.callers.is_empty() {
        let what = "included Makefiles are";
        found.unread.extend(model::elsewhere(what, &elsewhere));
    }
}

/// Reads `include FILES` of make.
fn include(
    line: &str,
    start: usize,
    folders: &Folders,
    elsewhere: &mut Vec<(String, Span)>,
    found: &mut Callers,
) {
    let line = line.split('#').next().unwrap_or_default();
    let mut words = line.split_whitespace();
    let is_optional = match words.next() {
        Some("include") => false,
        Some("-include" | "sinclude") => true,
        _ => return,
    };
    for word in words {
        let at = start + (word.as_ptr() as usize - line.as_ptr() as usize);
        let span = Span::new(at, at + word.len());
        if word.contains(['$', '*', '?', '[', '\\', '(', ')']) {
            elsewhere.push((word.to_owned(), span));
            continue;
        }
        let file = folders.own.join(word);
        if !is_optional || file.is_file() {
            let include = Include::new(vec![file], span, FrontEnd::Makefile);
            found.includes.push(include);
        }
    }
}

/// Appends a line as the shell gets it, with a variable for each part that make replaces.
fn append(extract: &mut Extract, line: &str, at: usize) {
    let mut offset = 0;
    while let Some(dollar) = line[offset..].find('$').map(|found| offset + found) {
        extract.push(&line[offset..dollar], at + offset);
        let rest = &line[dollar + 1..];
        let closing = match rest.chars().next() {
            Some('(') => Some(')'),
            Some('{') => Some('}'),
            _ => None,
        };
        let length = if rest.starts_with('$') {
            extract.push("$", at + dollar + 1);
            1
        } else if let Some(closing) = closing {
            let length = closed(rest, closing);
            let name = rest.get(1..length.saturating_sub(1)).unwrap_or_default();
            extract.push(&variable(name, length + 1), at + dollar);
            length
        } else {
            // `$@` and `$<` are names that make knows.
            let length = rest.chars().next().map_or(0, char::len_utf8);
            extract.push("${_}", at + dollar);
            length
        };
        offset = dollar + 1 + length;
    }
    extract.push(&line[offset..], at + offset);
}

/// Returns the length of `(..)`, with parentheses in it.
fn closed(text: &str, closing: char) -> usize {
    let opening = if closing == ')' { '(' } else { '{' };
    let mut depth = 0;
    for (at, character) in text.char_indices() {
        if character == opening {
            depth += 1;
        } else if character == closing {
            depth -= 1;
            if depth == 0 {
                return at + 1;
            }
        }
    }
    text.trim_end().len()
}

/// Returns a variable of the shell in the place of one of make, as long as it was. A function is a variable without a name.
fn variable(name: &str, length: usize) -> String {
    let is_name = dockerfile_dsl_analysis::shell::is_name(name);
    let name = if is_name {
        name.to_owned()
    } else {
        "_".repeat(length.saturating_sub(3).max(1))
    };
    format!("${{{name}}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_make_are_variables() {
        let mut extract = Extract::default();
        let line = "docker build -t $(TAG) $${X} $(shell pwd (x)) $@ .\n";
        append(&mut extract, line, 0);
        let mut expected = "docker build -t ${TAG} ${X} ".to_owned();
        expected += &format!("${{{}}}", "_".repeat(13));
        assert_eq!(extract.text, expected + " ${_} .\n");
    }
}
