//! rsync: what it copies, what it excludes, and which names it prints.

use crate::domain::Argument;
use crate::domain::Step;
use crate::domain::{Component, Entry, SymbolicPath, Taint, Value};
use crate::interpreter::Call;
use crate::programs::common::{inside, made, put_back, take_away};

/// Copies between directories like `cp -r`; a name with a colon is on another machine.
pub(in crate::programs) fn synchronise(call: &mut Call<'_, '_>) {
    for operand in call.operands() {
        call.quote_in_errors(&operand);
    }
    let Some((sources, target)) = call.sources_and_target() else {
        return;
    };
    let remote = |argument: &Argument| {
        argument.text().is_some_and(|text| {
            text.split('/')
                .next()
                .is_some_and(|first| first.contains(':'))
        })
    };
    let hidden = excluded(call, &sources);
    for source in sources.iter().filter(|source| !remote(source)) {
        if remote(&target) {
            continue;
        }
        // `a/` copies the content of the directory; `a` copies it with its name, also to a directory that does not exist yet.
        let text = source.text().unwrap_or_default();
        if text.ends_with('/') {
            let value = source.value.concat(&Value::known("."));
            let contents = Argument {
                value,
                ..source.clone()
            };
            call.copy(&contents, &target, true, call.has("-L"));
        } else if call.is_directory(source) && !call.is_directory(&target) {
            let name = text.rsplit('/').next().unwrap_or_default();
            call.copy(source, &inside(&target, name), true, call.has("-L"));
        } else {
            call.copy(source, &target, true, call.has("-L"));
        }
    }
    if call.has("-v") || call.has("-P") || call.has("-i") {
        let taint = sources.iter().fold(Taint::NONE, |all, source| {
            all.join(&call.listed(source, usize::MAX, true))
        });
        let names = made(call, &taint).step(
            call.span,
            Step::ListedBy {
                program: "rsync".into(),
            },
        );
        call.print(&names);
    }
    put_back(call, hidden);
}

/// Hides the files that `--exclude` leaves out, during the copy: names, and `/name` at the root of the copied tree. With any `--include`,
/// nothing is considered excluded.
fn excluded(call: &mut Call<'_, '_>, sources: &[Argument]) -> Vec<(SymbolicPath, Entry)> {
    let patterns: Vec<String> = call
        .options("--exclude")
        .iter()
        .filter_map(Argument::text)
        .collect();
    let others = ["--include", "--filter", "-f", "--include-from"];
    if patterns.is_empty() || others.iter().any(|option| call.has(option)) {
        return Vec::new();
    }
    let fits = |parts: &[Component]| {
        patterns.iter().any(|pattern| {
            let name = pattern.trim_matches('/');
            let at_root = pattern.starts_with('/');
            if name.contains('/') {
                let names: Vec<_> = name.split('/').filter(|name| !name.is_empty()).collect();
                let is_within = parts.len() >= names.len()
                    && parts.iter().zip(&names).all(|(part, name)| part.is(name));
                return at_root && !name.contains(['*', '?', '[']) && is_within;
            }
            let counts = if at_root { 1 } else { parts.len() };
            let mut parts = parts.iter().take(counts);
            parts.any(|part| part.matches(name) == Some(true))
        })
    };
    let left_out = |source: &Argument, directory: &SymbolicPath, path: &SymbolicPath| {
        let inside = source.text().is_some_and(|text| text.ends_with('/'));
        let parent = directory.parent().filter(|_| !inside);
        let rest = path.strip_prefix(parent.as_ref().unwrap_or(directory));
        rest.is_some_and(fits)
    };
    take_away(call, sources, &left_out)
}
