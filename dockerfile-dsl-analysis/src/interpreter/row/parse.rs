//! Parses the words of a call: sub-command, options as getopt_long parses them, operands.

use std::cell::Cell;

use crate::domain::Argument;
use crate::programs::{Argument as ArgumentShape, Dashes, Opt, Program, Role, Row};

/// The parsed words of a call.
#[derive(Debug, Default)]
pub(in super::super) struct Parsed<'p> {
    pub(in super::super) options: Vec<Given<'p>>,
    pub(in super::super) operands: Vec<Argument>,
    /// Options that no row covers.
    pub(in super::super) unknown: Vec<Argument>,
    /// Indices of operands directly after an uncovered option: they may be its value.
    pub(in super::super) maybe_values: Vec<usize>,
    /// Words without `--` before them that begin with a hole: they may be options.
    pub(in super::super) maybe_options: Vec<Argument>,
}

/// An option of a call.
#[derive(Debug)]
pub(in super::super) struct Given<'p> {
    pub(in super::super) shape: &'p Opt,
    /// Its spelling in the call.
    name: String,
    /// Its other spelling, if it has one: the long one that follows it in the row (`-o --output`), or the short one before it.
    other: &'p str,
    pub(in super::super) values: Vec<Argument>,
    /// Whether the program's model, or the fields of its row, used the values.
    pub(in super::super) is_used: Cell<bool>,
}

impl<'p> Given<'p> {
    fn new(shape: &'p Opt, name: String, values: Vec<Argument>) -> Self {
        let is_long = name.starts_with("--");
        let mut other = "";
        let mut before = "";
        for next in shape.names.iter().map(String::as_str) {
            if is_long && next == name && !before.starts_with("--") {
                other = before;
                break;
            }
            if !is_long && before == name && next.starts_with("--") {
                other = next;
                break;
            }
            before = next;
        }
        Self {
            shape,
            name,
            other,
            values,
            is_used: Cell::new(false),
        }
    }

    /// Whether it is the option of that spelling, or of its other one. An option with effects has one identity for all its spellings.
    pub(in super::super) fn is(&self, option: &str) -> bool {
        self.name == option
            || self.other == option
            || self.shape.effect.is_some() && self.shape.has_name(option)
    }
}

/// Max. words of a sub-command; further ones of a row would not be compared.
const MAX_WORDS: usize = 4;

/// Returns the row whose sub-command matches, and the indices of the words of the sub-command.
pub(super) fn select<'p>(
    program: &'p Program,
    arguments: &[Argument],
) -> (Option<&'p Row>, Vec<usize>) {
    let mut words: Vec<(usize, String)> = Vec::new();
    // Words after an uncovered option: they may be its value.
    let mut maybe_values: Vec<usize> = Vec::new();
    let mut is_behind_unknown = false;
    let mut at = 0;
    while at < arguments.len() && words.len() < MAX_WORDS {
        let Some(text) = arguments[at].text() else {
            // An option whose value is unknown: `--token="$T" get`.
            if arguments[at].value.known_prefix().starts_with('-') {
                at += 1;
                continue;
            }
            break;
        };
        if text.starts_with('-') && text.len() > 1 {
            let options = || {
                let of_rows = program.rows.iter().map(|row| &row.options);
                std::iter::once(&program.options).chain(of_rows)
            };
            let takes_next = options().any(|options| takes_value(options, &text));
            let is_listed = options().any(|options| options.iter().any(|opt| opt.has_name(&text)));
            is_behind_unknown = !is_listed && !text.contains('=');
            at += if takes_next { 2 } else { 1 };
        } else {
            if std::mem::take(&mut is_behind_unknown) {
                maybe_values.push(at);
            }
            words.push((at, text));
            at += 1;
        }
    }
    let mut found = longest(program, &words);
    if found.is_none_or(|row| row.command.is_empty()) && !maybe_values.is_empty() {
        let others = words.iter().filter(|(at, _)| !maybe_values.contains(at));
        let others: Vec<(usize, String)> = others.cloned().collect();
        let row = longest(program, &others);
        if row.is_some_and(|row| !row.command.is_empty()) {
            (found, words) = (row, others);
        }
    }
    words.truncate(found.map_or(0, |row| row.command.len()));
    (found, words.into_iter().map(|(at, _)| at).collect())
}

/// Returns the last one of the longest matching sub-commands.
fn longest<'p>(program: &'p Program, words: &[(usize, String)]) -> Option<&'p Row> {
    let fitting = program
        .rows
        .iter()
        .filter(|row| starts_with(words, &row.command));
    fitting.max_by_key(|row| row.command.len())
}

fn starts_with(words: &[(usize, String)], command: &[Vec<String>]) -> bool {
    for (index, want) in command.iter().enumerate() {
        let Some((_, have)) = words.get(index) else {
            return false;
        };
        if !want.contains(have) {
            return false;
        }
    }
    true
}

fn takes_value(options: &[Opt], name: &str) -> bool {
    options
        .iter()
        .any(|opt| matches!(opt.argument, ArgumentShape::Value(_)) && opt.has_name(name))
}

pub(super) fn parse<'p>(
    program: &'p Program,
    row: Option<&'p Row>,
    arguments: &[Argument],
    command: &[usize],
) -> Parsed<'p> {
    let mut parsed = Parsed::default();
    // The program's own options come before the sub-command. Its rows may spell them differently (`git -c`, `git clone -c`).
    let verb = command.first().copied().unwrap_or(0);
    let lookup = |name: &str, at: usize| {
        let own = row.map_or(&[][..], |row| &row.options);
        let (first, then) = if at < verb {
            (&program.options[..], own)
        } else {
            (own, &program.options[..])
        };
        let has = |opt: &&'p Opt| opt.has_name(name);
        first.iter().find(has).or_else(|| then.iter().find(has))
    };
    let runs_command = row.is_some_and(|row| {
        matches!(row.operands.rest, Some(Role::Command | Role::ScriptFile))
            || row
                .operands
                .first
                .first()
                .is_some_and(|role| matches!(role, Role::Command | Role::ScriptFile))
    });
    let mut only_operands = row.is_some_and(|row| row.dashes == Dashes::Operands);
    let mut is_behind_unknown = false;
    let mut at = 0;
    while at < arguments.len() {
        let argument = &arguments[at];
        let here = at;
        at += 1;
        let find = |name: &str| lookup(name, here);
        if command.contains(&(at - 1)) {
            continue;
        }
        let prefix = argument.value.known_prefix();
        if only_operands
            || prefix.is_empty()
            || !prefix.starts_with('-')
            || argument.text().as_deref() == Some("-")
        {
            if !only_operands && prefix.is_empty() && argument.value.holes().next().is_some() {
                parsed.maybe_options.push(argument.clone());
            }
            only_operands |= runs_command;
            if std::mem::take(&mut is_behind_unknown) {
                parsed.maybe_values.push(parsed.operands.len());
            }
            parsed.operands.push(argument.clone());
            continue;
        }
        if argument.text().as_deref() == Some("--") {
            only_operands = true;
            continue;
        }
        is_behind_unknown = false;
        let name = prefix.split('=').next().unwrap_or(prefix).to_owned();
        let has_equals = prefix.contains('=');
        let whole = argument.text().as_deref() == Some(&*name) || has_equals;
        if let Some(shape) = find(&name).filter(|_| whole) {
            let mut values = Vec::new();
            if has_equals {
                values.extend(argument.behind(&format!("{name}=")));
            } else {
                let wanted = match &shape.argument {
                    ArgumentShape::Value(_) => 1,
                    ArgumentShape::Several(roles) => roles.len(),
                    ArgumentShape::None | ArgumentShape::Attached(_) => 0,
                };
                values.extend(arguments.iter().skip(at).take(wanted).cloned());
                at += values.len();
            }
            parsed.options.push(Given::new(shape, name, values));
            continue;
        }
        if prefix.starts_with("--")
            || !short(&mut parsed, argument, prefix, &find, arguments, &mut at)
        {
            is_behind_unknown = !has_equals;
            parsed.unknown.push(argument.clone());
        }
    }
    parsed
}

/// Parses bundled short options: `-xzf FILE`, `-ofile`. Returns false if one of them is not covered.
fn short<'p>(
    parsed: &mut Parsed<'p>,
    argument: &Argument,
    prefix: &str,
    find: &dyn Fn(&str) -> Option<&'p Opt>,
    arguments: &[Argument],
    at: &mut usize,
) -> bool {
    let whole = argument.text().is_some();
    let mut given = Vec::new();
    for (index, letter) in prefix.char_indices().skip(1) {
        let Some(shape) = find(&format!("-{letter}")) else {
            return false;
        };
        let after = index + letter.len_utf8();
        let has_rest = after < prefix.len() || !whole;
        let mut values = Vec::new();
        if shape.argument.is_value() {
            if has_rest {
                if matches!(
                    shape.argument,
                    ArgumentShape::Value(_) | ArgumentShape::Attached(_)
                ) {
                    values.extend(argument.behind(&prefix[..after]));
                }
            } else if matches!(shape.argument, ArgumentShape::Value(_)) {
                values.extend(arguments.get(*at).cloned());
                *at += 1;
            }
            given.push(Given::new(shape, format!("-{letter}"), values));
            break;
        }
        given.push(Given::new(shape, format!("-{letter}"), values));
        if after == prefix.len() && !whole {
            return false;
        }
    }
    parsed.options.extend(given);
    true
}
