//! coreutils that print, list and compute, and write no file.
//! After the names of each program: the executed cases that back its row.

use super::common::{made, path};
use crate::domain::Argument;
use crate::domain::Step;
use crate::domain::{Node, Share, Taint, Value};
use crate::interpreter::Call;

/// Prints the last component of a path.
pub(super) fn last_component(call: &mut Call<'_, '_>) {
    component(call, true);
}

/// Prints the path before its last component.
pub(super) fn parent_directory(call: &mut Call<'_, '_>) {
    component(call, false);
}

fn component(call: &mut Call<'_, '_>, last: bool) {
    let suffix = call
        .option("-s")
        .or_else(|| call.operands().get(1).cloned())
        .and_then(|suffix| suffix.text());
    let mut operands = call.operands();
    if !call.has("-a") && !call.has("-s") && last {
        operands.truncate(1);
    }
    for operand in operands {
        let part = match operand.text() {
            Some(text) if last => {
                let text = text.trim_end_matches('/');
                let name = text.rsplit('/').next().unwrap_or(text);
                let name = suffix
                    .as_deref()
                    .and_then(|suffix| name.strip_suffix(suffix))
                    .unwrap_or(name);
                Value::tainted(name, operand.value.taint())
            }
            Some(text) => match text.trim_end_matches('/').rsplit_once('/') {
                Some(("", _)) => Value::tainted("/", operand.value.taint()),
                Some((directory, _)) => Value::tainted(directory, operand.value.taint()),
                None => Value::tainted(".", operand.value.taint()),
            },
            None if last => call.machine.unknown_name(operand.value.taint()),
            None => made(call, &operand.value.taint()),
        };
        call.print(&part.concat(&Value::known("\n")));
    }
}

/// `ls`: prints the names in a directory; with `-l` also link targets.
pub(super) fn list_directory(call: &mut Call<'_, '_>) {
    list_names(call, false);
}

/// `ls -l`.
pub(super) fn list_directory_long(call: &mut Call<'_, '_>) {
    list_names(call, true);
}

fn list_names(call: &mut Call<'_, '_>, is_long: bool) {
    let words = dashed(call);
    let links =
        is_long || has_letter(&words, 'l') || words.iter().any(|word| word.starts_with("--format"));
    let depth = if has_letter(&words, 'd') {
        0
    } else if has_letter(&words, 'R') || words.iter().any(|word| word == "--recursive") {
        usize::MAX
    } else {
        1
    };
    list(call, depth, links);
}

/// Prints all names beneath a directory, and link targets.
pub(super) fn list_tree(call: &mut Call<'_, '_>) {
    list(call, usize::MAX, true);
}

/// Prints all names beneath a directory, with sizes.
pub(super) fn list_usage(call: &mut Call<'_, '_>) {
    list(call, usize::MAX, false);
}

/// Prints the metadata of a file. A format without `%N` does not print link targets.
pub(super) fn list_status(call: &mut Call<'_, '_>) {
    let words = dashed(call);
    let links = !has_letter(&words, 'c') || words.iter().any(|word| word.contains("%N"));
    list(call, 0, links);
}

/// Prints the operands themselves, and link targets.
pub(super) fn list_links(call: &mut Call<'_, '_>) {
    list(call, 0, true);
}

fn dashed(call: &Call<'_, '_>) -> Vec<String> {
    let words = call.arguments.iter().filter_map(Argument::text);
    words.filter(|word| word.starts_with('-')).collect()
}

fn has_letter(words: &[String], letter: char) -> bool {
    let mut short = words.iter().filter(|word| !word.starts_with("--"));
    short.any(|word| word.contains(letter))
}

/// Prints the names of files down to a depth, and link targets.
fn list(call: &mut Call<'_, '_>, depth: usize, links: bool) {
    call.by_row();
    let mut operands = call.operands();
    if operands.is_empty() {
        operands.push(path(call, "."));
    }
    let taint = operands.iter().fold(Taint::NONE, |all, operand| {
        all.join(&call.listed(operand, depth, links))
    });
    if taint.is_some() {
        let names = made(call, &taint).step(call.span, Step::Listed);
        call.print(&names);
    }
}

/// Prints the path itself. Links are followed when a program uses it.
pub(super) fn resolved_path(call: &mut Call<'_, '_>) {
    resolved(call, true);
}

/// Prints the target of a link; with `-f` and similar options, the path itself.
pub(super) fn link_target(call: &mut Call<'_, '_>) {
    let follows = [
        "-e",
        "-f",
        "-m",
        "--canonicalize",
        "--canonicalize-existing",
        "--canonicalize-missing",
    ]
    .iter()
    .any(|option| call.has(option));
    resolved(call, follows);
}

fn resolved(call: &mut Call<'_, '_>, follows: bool) {
    for operand in call.operands() {
        let places = call.paths(&operand);
        let mut led = Taint::NONE;
        let mut says = None;
        for place in &places {
            let key = call.state.files.follow_parent(&place.key);
            if let Some(Node::Link(target)) = call.state.files.entry(&key).map(|entry| &entry.node)
            {
                led = led.join(&target.taint());
                says = Some(target.clone());
            }
        }
        if let (false, [_], Some(says)) = (follows, places.as_slice(), says) {
            call.print(&says.concat(&Value::known("\n")));
            continue;
        }
        let absolute = operand.text().is_some_and(|text| text.starts_with('/'));
        let value = if absolute {
            operand.value.clone()
        } else {
            made(call, &operand.value.taint())
        };
        call.print(&value.with(&led).concat(&Value::known("\n")));
    }
}

/// Prints the match of a group, a length, or an operand.
pub(super) fn expression(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    let text = |index: usize| {
        operands
            .get(index)
            .and_then(Argument::text)
            .unwrap_or_default()
    };
    let count = text(0) == "length"
        || text(0) == "index"
        || (text(1) == ":"
            && operands
                .get(2)
                .and_then(Argument::text)
                .is_some_and(|pattern| !pattern.contains("\\(")));
    let comparison =
        operands.len() == 3 && matches!(&*text(1), "=" | "==" | "!=" | "<" | ">" | "<=" | ">=");
    let taint = Taint::of_all(&operands);
    let output = if count || comparison {
        let least = if text(0) == "length" {
            Share::Probe
        } else {
            Share::Fragment
        };
        call.answer(&taint, least)
    } else {
        call.status_answers(&taint);
        made(call, &taint)
    };
    call.print(&output);
}
