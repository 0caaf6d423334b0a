//! File names that a pattern matches, as far as the files are known.

use std::rc::Rc;

use super::super::call::Argument;
use super::super::files::{Files, Node, Place, begins_symbolic, is_symbolic, key_of, value_of};
use super::super::state::State;
use super::super::symbol::SymbolId;
use super::super::value::{Taint, Value};
use super::super::{Machine, pattern};
use super::Field;
use crate::Span;

impl Machine<'_> {
    pub(super) fn push_field(
        &mut self,
        state: &mut State,
        field: Field,
        span: Span,
        all: &mut Vec<Argument>,
    ) {
        if field.glob && !state.process.options.noglob && is_glob(&field.pattern) {
            self.budget = self.budget.saturating_sub(state.files.size() as u64 / 4);
            let matches = names(&state.files, &field.pattern, &state.process.cwd);
            if !matches.is_empty() {
                all.extend(matches.into_iter().map(|value| Argument {
                    matched: true,
                    ..Argument::new(value, span)
                }));
                return;
            }
            // Files that nobody knows: none of those that the script made.
            let taint = field.value.taint();
            let (directory, rest) = field
                .pattern
                .rsplit_once('/')
                .unwrap_or(("", &field.pattern));
            let suffix = rest.rsplit(['*', '?', ']']).next().unwrap_or_default();
            if !directory.contains(['*', '?', '['])
                && !is_symbolic(directory)
                && field.value.literal().is_some()
            {
                let directory = if directory.is_empty() && !field.pattern.starts_with('/') {
                    String::new()
                } else {
                    format!("{directory}/")
                };
                let value = Value::known(directory)
                    .concat(&Value::unknown(SymbolId::OtherFiles, taint))
                    .concat(&Value::known(suffix));
                all.push(Argument {
                    value,
                    span,
                    splits: true,
                    matched: true,
                    varies: false,
                });
                return;
            }
        }
        all.push(Argument {
            value: field.value,
            span,
            splits: field.splits,
            matched: false,
            varies: false,
        });
    }
}

impl Files {
    /// A pattern with the part before its first special character as it is after following links and `..`; `None` if that is no other.
    fn literal_part_followed(&self, glob: &str) -> Option<String> {
        let special = glob.find(['*', '?', '[', '\\'])?;
        let end = glob[..special].rfind('/')?;
        let literal = &glob[..end];
        let paths = self.paths(&value_of(literal, &Taint::NONE), &Value::known("/"));
        let [path] = paths.as_slice() else {
            return None;
        };
        let followed = self.follow(&path.key);
        let plain = literal.replace("/./", "/");
        if *followed == *plain.trim_end_matches("/.") || literal.is_empty() {
            return None;
        }
        Some(format!(
            "{}{}",
            followed.trim_end_matches('/'),
            &glob[end..]
        ))
    }
}

/// Whether file names can fit: a lone `[` is only itself.
fn is_glob(pattern: &str) -> bool {
    let mut escaped = false;
    let mut open = false;
    for c in pattern.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '*' | '?' => return true,
            '[' => open = true,
            ']' if open => return true,
            _ => {}
        }
    }
    false
}

/// The known names that fit a pattern, in their order.
fn names(files: &Files, glob: &str, cwd: &Value) -> Vec<Value> {
    let absolute = if glob.starts_with('/') || begins_symbolic(glob) {
        glob.to_owned()
    } else {
        match cwd.alternatives() {
            [cwd] => format!("{}/{glob}", key_of(cwd).trim_end_matches('/')),
            _ => return Vec::new(),
        }
    };
    // What a relative pattern finds is relative, too, as long as it goes straight down.
    let mut directory = absolute.len() - glob.len();
    let absolute = match files.literal_part_followed(&absolute) {
        Some(followed) => {
            directory = 0;
            followed
        }
        None => absolute,
    };
    let mut wanted: Vec<&str> = Vec::new();
    for part in absolute.split('/') {
        if wanted.is_empty() || !matches!(part, "" | ".") {
            wanted.push(part);
        }
    }
    // Which letters a set with an unknown text in it matches is not known.
    let is_unknown_set =
        |part: &&str| (part.split_once('[')).is_some_and(|(_, set)| is_symbolic(set));
    if wanted.iter().any(is_unknown_set) {
        return Vec::new();
    }
    let only_directories = glob.ends_with('/');
    let mut found: Vec<String> = Vec::new();
    let mut names: Vec<(Rc<str>, Taint)> = Vec::new();
    for (key, entry) in files.entries() {
        if matches!(entry.node, Node::Directory) && files.beneath(key).next().is_some() {
            continue;
        }
        let have: Vec<&str> = key.split('/').collect();
        if have.len() < wanted.len() {
            continue;
        }
        // A mount of a name that is not known yet has the name that is looked for. Of other files, that may be removed, nobody says so.
        let is_mount = files.place(key) == Place::Secret;
        let may_be_any = |name: &str| is_mount && is_symbolic(name);
        let fits = wanted.iter().zip(&have).all(|(want, have)| {
            let hidden = have.starts_with('.') && !want.starts_with('.');
            want == have
                || (!hidden
                    && want.contains(['*', '?', '[', '\\'])
                    && (may_be_any(have) || pattern::matches(want, have) == Some(true)))
        });
        if !fits {
            continue;
        }
        if only_directories && have.len() == wanted.len() && matches!(entry.node, Node::File(_)) {
            continue;
        }
        let name = have[..wanted.len()].join("/");
        if !found.contains(&name) {
            found.push(name.clone());
            let shown = name.get(directory..).unwrap_or(&name);
            names.push((shown.into(), entry.name.clone()));
        }
    }
    names
        .into_iter()
        .map(|(name, taint)| value_of(&name, &taint))
        .collect()
}
