//! Module cycles: which files use names of each other, directly or indirectly.
//!
//! In: the sources of each crate, as tokens. An edge goes from a file to the file that defines a name it uses; re-exports are followed
//! to the definition. Method calls and macros are not seen. `cargo test -p dockerfile-dsl-tests --test tidy modules -- --nocapture`
//! counts the cycles; each is shown with its edges.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};

use super::{files, read};

/// Each crate, with the path prefixes of files that may use each other, because their subject is recursive.
const CRATES: &[(&str, &[&str])] = &[
    // A stage is made of instructions, and COPY or a mount may take files from a stage.
    (
        "dockerfile-dsl",
        &["stage.rs", "instruction", "mount", "pen.rs"],
    ),
    // A command calls a program, and a program runs commands.
    ("dockerfile-dsl-analysis", &["interpreter", "programs"]),
    ("dockerfile-dsl-cli", &[]),
    ("dockerfile-dsl-macros", &[]),
    ("dockerfile-dsl-verify", &[]),
];

type Path = Vec<String>;

/// The names of a file.
#[derive(Default)]
struct Module {
    file: String,
    defines: BTreeSet<String>,
    /// Local name, and the path that it refers to.
    exports: Vec<(String, Path)>,
    globs: Vec<Path>,
    /// Absolute paths, each with the first segment `crate`.
    uses: BTreeSet<Path>,
}

#[test]
fn modules_have_no_cycles_but_recursion() {
    let mut complaints = Vec::new();
    for (package, recursive) in CRATES {
        let edges = edges(&modules(package));
        let mut cycles = cycles(&edges);
        let is_recursion = |file: &String| recursive.iter().any(|start| file.starts_with(start));
        cycles.retain(|cycle| !cycle.iter().all(is_recursion));
        eprintln!("{package}: {} module cycles", cycles.len());
        for cycle in &cycles {
            let is_inside =
                |(from, to): &(String, String)| cycle.contains(from) && cycle.contains(to);
            let inside = edges.iter().filter(|(ends, _)| is_inside(ends));
            let lines: Vec<String> = inside
                .map(|((from, to), names)| format!("    {from} -> {to}: {names:?}"))
                .collect();
            let files = cycle.len();
            complaints.push(format!(
                "{package}: a cycle of {files} files\n{}",
                lines.join("\n")
            ));
        }
    }
    super::none(complaints);
}

fn modules(package: &str) -> BTreeMap<Path, Module> {
    let folder = format!("{package}/src/");
    let mut modules = BTreeMap::new();
    for file in files(".rs") {
        let Some(name) = file.strip_prefix(&folder) else {
            continue;
        };
        if name.ends_with("tests.rs") || name.contains("/tests/") {
            continue;
        }
        let mut path = vec!["crate".to_owned()];
        let stem = name.trim_end_matches(".rs");
        if !matches!(stem, "lib" | "main") {
            path.extend(stem.split('/').map(str::to_owned));
        }
        let text = read(&file);
        let tokens: TokenStream = text.parse().expect("a source file is made of tokens");
        let mut module = Module {
            file: name.to_owned(),
            ..Module::default()
        };
        scan(&mut module, &path, &tokens, true);
        modules.insert(path, module);
    }
    modules
}

/// The names that tokens define, export and use.
fn scan(module: &mut Module, here: &Path, tokens: &TokenStream, is_top: bool) {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut at = 0;
    let mut is_public = false;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Ident(word) => {
                let word = word.to_string();
                let next = tokens.get(at + 1);
                match word.as_str() {
                    "use" => {
                        let end = (at..tokens.len())
                            .find(|end| is_punct(&tokens[*end], ';'))
                            .unwrap_or(tokens.len());
                        let mut found = Vec::new();
                        tree(&tokens[at + 1..end], &Vec::new(), &mut found);
                        for (path, name) in found {
                            let path = absolute(here, path, true);
                            match (path, is_public && is_top) {
                                (Some(path), true) if name == "*" => module.globs.push(path),
                                (Some(path), true) => module.exports.push((name, path)),
                                (Some(path), false) => drop(module.uses.insert(path)),
                                (None, _) => {}
                            }
                        }
                        at = end;
                        is_public = false;
                        continue;
                    }
                    "pub" => is_public = true,
                    "fn" | "struct" | "enum" | "trait" | "type" | "const" | "static" | "union"
                    | "macro_rules" => {
                        if let (true, Some(TokenTree::Ident(name))) = (is_top, next) {
                            module.defines.insert(name.to_string());
                        }
                        is_public = false;
                    }
                    "mod" => {
                        // A module of tests has its own users.
                        if let Some(TokenTree::Group(_)) = tokens.get(at + 2) {
                            at += 3;
                            continue;
                        }
                        is_public = false;
                    }
                    "crate" | "super" | "self" if next.is_some_and(|next| is_punct(next, ':')) => {
                        let (path, end) = path(&tokens, at);
                        if let Some(path) = absolute(here, path, false) {
                            module.uses.insert(path);
                        }
                        at = end;
                        continue;
                    }
                    _ if next.is_some_and(|next| is_punct(next, ':'))
                        && !(at > 0 && is_punct(&tokens[at - 1], ':')) =>
                    {
                        // A child of this module, if there is one of that name.
                        let (path, end) = path(&tokens, at);
                        let mut whole = here.clone();
                        whole.extend(path);
                        module.uses.insert(whole);
                        at = end;
                        continue;
                    }
                    _ => {}
                }
            }
            TokenTree::Group(group) => scan(module, here, &group.stream(), false),
            _ => {}
        }
        at += 1;
    }
}

fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

/// `a::b::c`, and where it ends.
fn path(tokens: &[TokenTree], start: usize) -> (Path, usize) {
    let mut path = Vec::new();
    let mut at = start;
    while let Some(TokenTree::Ident(word)) = tokens.get(at) {
        path.push(word.to_string());
        at += 1;
        let is_more = (at..at + 2).all(|at| tokens.get(at).is_some_and(|next| is_punct(next, ':')));
        if !is_more {
            break;
        }
        at += 2;
    }
    (path, at.max(start + 1))
}

/// The leaves of a use tree: each a path, and the name that it gets.
fn tree(tokens: &[TokenTree], prefix: &Path, found: &mut Vec<(Path, String)>) {
    for branch in tokens.split(|token| is_punct(token, ',')) {
        let (words, end) = path(branch, 0);
        let mut whole = prefix.clone();
        whole.extend(words.into_iter().filter(|_| !branch.is_empty()));
        match branch.get(end.min(branch.len())) {
            Some(TokenTree::Group(group)) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                tree(&inner, &whole, found);
            }
            Some(token) if is_punct(token, '*') => found.push((whole, "*".to_owned())),
            Some(TokenTree::Ident(word)) if word == "as" => {
                let name = branch.get(end + 1).map(ToString::to_string);
                found.push((whole, name.unwrap_or_default()));
            }
            _ => {
                if let Some(TokenTree::Group(group)) = branch.first() {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    tree(&inner, &whole, found);
                } else if let Some(name) = whole.last().cloned() {
                    found.push((whole, name));
                }
            }
        }
    }
}

/// Returns the path from the root of the crate; `None` if it leads out of it, or may.
fn absolute(here: &Path, path: Path, is_import: bool) -> Option<Path> {
    let mut base = here.clone();
    let mut rest = path.as_slice();
    match rest.first()?.as_str() {
        "crate" => return Some(path),
        "self" => rest = &rest[1..],
        "super" => {
            while rest.first().is_some_and(|word| word == "super") {
                base.pop();
                rest = &rest[1..];
            }
        }
        _ if is_import => {}
        _ => return None,
    }
    base.extend_from_slice(rest);
    Some(base)
}

/// Returns the file that defines the name of a path.
fn resolve(modules: &BTreeMap<Path, Module>, path: &Path, depth: usize) -> Option<Path> {
    let known = (1..=path.len())
        .rev()
        .find(|end| modules.contains_key(&path[..*end]))?;
    let (at, rest) = path.split_at(known);
    let module = &modules[at];
    let Some(name) = rest.first().filter(|_| depth < 8) else {
        return Some(at.to_vec());
    };
    if module.defines.contains(name) {
        return Some(at.to_vec());
    }
    let export = module.exports.iter().find(|(export, _)| export == name);
    if let Some((_, path)) = export {
        return resolve(modules, path, depth + 1);
    }
    let from_glob = module.globs.iter().find_map(|glob| {
        let mut path = glob.clone();
        path.push(name.clone());
        let found = resolve(modules, &path, depth + 1)?;
        modules[&found].defines.contains(name).then_some(found)
    });
    from_glob.or_else(|| (known > 1).then(|| at.to_vec()))
}

type Edges = BTreeMap<(String, String), BTreeSet<String>>;

fn edges(modules: &BTreeMap<Path, Module>) -> Edges {
    let mut edges = Edges::new();
    for (from, module) in modules {
        for path in &module.uses {
            // A path that names a module uses its members, which other paths name. A type whose path begins in this file is not
            // one of its children.
            let is_foreign = path.starts_with(from) && path.len() > from.len() && {
                !modules.contains_key(&path[..from.len() + 1])
                    && !module
                        .exports
                        .iter()
                        .any(|(name, _)| *name == path[from.len()])
            };
            let target = resolve(modules, path, 0).filter(|to| to != from && !is_foreign);
            let Some(to) = target else {
                continue;
            };
            let name = path.last().cloned().unwrap_or_default();
            let key = (module.file.clone(), modules[&to].file.clone());
            edges.entry(key).or_default().insert(name);
        }
    }
    edges
}

/// The sets of files that all reach each other, of two files and more.
fn cycles(edges: &Edges) -> Vec<BTreeSet<String>> {
    let mut next: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, to) in edges.keys() {
        next.entry(from).or_default().insert(to);
    }
    let reachable = |start: &str| {
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let mut todo = vec![start];
        while let Some(file) = todo.pop() {
            for to in next.get(file).into_iter().flatten() {
                if seen.insert((*to).to_owned()) {
                    todo.push(to);
                }
            }
        }
        seen
    };
    let reach: BTreeMap<&str, BTreeSet<String>> =
        next.keys().map(|file| (*file, reachable(file))).collect();
    let mut cycles: BTreeSet<BTreeSet<String>> = BTreeSet::new();
    for (file, seen) in &reach {
        if seen.contains(*file) {
            let cycle = seen.iter().filter(|other| {
                reach
                    .get(other.as_str())
                    .is_some_and(|back| back.contains(*file))
            });
            cycles.insert(cycle.cloned().collect());
        }
    }
    cycles.into_iter().collect()
}
