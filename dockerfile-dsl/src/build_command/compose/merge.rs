//! Merges missing parts into a compose file.
//!
//! In: the file to be written, and the existing one. Out: the existing text with additions. Invariants: an existing byte is kept,
//! except in `build: DIRECTORY`; a contradiction is an error, never resolved by a guess; and the result is parsed again and has
//! to contain everything that the file contained.

use dockerfile_dsl_analysis::dockerfile::clean_path;

use super::super::node::Node;
use super::tree::{Collection, Tree, YamlKind, read};
use crate::Error;

pub(super) fn merge(ours: &Node, existing: &str) -> Result<String, Error> {
    let Some(tree) = read(existing)?.filter(|tree| !tree.is_absent()) else {
        let gap = if existing.is_empty() || existing.ends_with('\n') {
            ""
        } else {
            "\n"
        };
        return Ok(format!("{existing}{gap}{}", ours.yaml("")));
    };
    let merged = edits(ours, existing, &tree)?.apply();
    let is_complete = match read(&merged) {
        Ok(Some(again)) => holds(&again, &tree) && edits(ours, &merged, &again)?.edits.is_empty(),
        _ => false,
    };
    if !is_complete {
        return Err(Error::new(
            "nothing can be added safely to a file of this form; add the lines of `render()` by \
             hand",
        ));
    }
    Ok(merged)
}

fn edits<'a>(ours: &Node, text: &'a str, tree: &Tree) -> Result<Merger<'a>, Error> {
    let mut merger = Merger {
        text,
        edits: Vec::new(),
    };
    merger.node(&[], ours, tree)?;
    Ok(merger)
}

struct Merger<'a> {
    text: &'a str,
    /// Replacements of the bytes between two offsets.
    edits: Vec<(usize, usize, String)>,
}

impl Merger<'_> {
    /// Adds the missing parts of `ours`. `path` contains the keys down to here.
    fn node(&mut self, path: &[&str], ours: &Node, theirs: &Tree) -> Result<(), Error> {
        if let YamlKind::Alias = theirs.kind {
            return Err(complaint(path, "is an alias; write it out"));
        }
        match (ours, &theirs.kind) {
            (Node::Map(entries), YamlKind::Map(map)) => self.map(path, entries, map, theirs),
            (Node::List(items), YamlKind::List(list)) => self.list(path, items, list, theirs),
            (Node::Map(entries), YamlKind::Scalar(_)) if path.len() == 3 && path[2] == "build" => {
                self.directory(path, entries, theirs)
            }
            _ if is_same(path, ours, theirs) => Ok(()),
            (Node::Map(_), _) => Err(complaint(path, "is not a mapping")),
            (Node::List(_), _) => Err(complaint(path, "is not a list")),
            (Node::Text(text), _) => {
                let there = theirs.text().unwrap_or("something else");
                let message = format!("is `{there}`, and `{text}` here; make them agree");
                Err(complaint(path, &message))
            }
            (Node::Null | Node::Bool(_), _) => Err(complaint(path, "is something else here")),
        }
    }

    fn map(
        &mut self,
        path: &[&str],
        ours: &[(String, Node)],
        map: &Collection<(Tree, Tree)>,
        theirs: &Tree,
    ) -> Result<(), Error> {
        let is_source = path.len() == 2 && path[0] == "secrets";
        let mut missing = Vec::new();
        for (key, value) in ours {
            let known = map
                .items
                .iter()
                .find(|(known, _)| known.text() == Some(key));
            match known {
                Some((key, known)) => {
                    let path = [path, &[key.text().unwrap_or_default()]].concat();
                    match value {
                        Node::Map(_) | Node::List(_) if known.is_absent() => {
                            check_anchor(&path, known)?;
                            self.fill(value, key);
                        }
                        _ => self.node(&path, value, known)?,
                    }
                }
                None => missing.push((key.clone(), value.clone())),
            }
        }
        if is_source && (map.items.len() != 1 || !missing.is_empty()) {
            return Err(complaint(path, "has another source; make them agree"));
        }
        if missing.is_empty() {
            return Ok(());
        }
        check_anchor(path, theirs)?;
        if map.is_flow {
            let entries = missing.iter().map(|(key, value)| {
                format!("{}: {}", Node::text(key.as_str()).flow(), value.flow())
            });
            self.add_to_flow(theirs, !map.items.is_empty(), entries);
        } else {
            let indent = " ".repeat(map.column);
            self.add_lines(theirs, &Node::Map(missing).yaml(&indent));
        }
        Ok(())
    }

    fn list(
        &mut self,
        path: &[&str],
        ours: &[Node],
        list: &Collection<Tree>,
        theirs: &Tree,
    ) -> Result<(), Error> {
        let mut missing = Vec::new();
        for item in ours {
            if !list
                .items
                .iter()
                .any(|known| is_same(path, item, known) || has_source(item, known))
            {
                missing.push(item.clone());
            }
        }
        for known in &list.items {
            let is_ours = ours.iter().any(|item| has_source(item, known));
            if let Some(target) = other_target(known).filter(|_| is_ours) {
                let message = format!(
                    "has an entry with `target: {target}`, which is another id to compose than to \
                     bake; give the secret that name, and remove the target"
                );
                return Err(complaint(path, &message));
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        check_anchor(path, theirs)?;
        if list.is_flow {
            let items = missing.iter().map(Node::flow);
            self.add_to_flow(theirs, !list.items.is_empty(), items);
        } else {
            let indent = " ".repeat(list.column);
            self.add_lines(theirs, &Node::List(missing).yaml(&indent));
        }
        Ok(())
    }

    /// Adds a value to a key without one.
    fn fill(&mut self, ours: &Node, key: &Tree) {
        let line = self.text[..key.start].rfind('\n').map_or(0, |end| end + 1);
        let column = self.text[line..key.start].chars().count();
        self.add_lines(key, &ours.yaml(&" ".repeat(column + 2)));
    }

    /// Turns `build: DIRECTORY` into a mapping.
    fn directory(
        &mut self,
        path: &[&str],
        ours: &[(String, Node)],
        theirs: &Tree,
    ) -> Result<(), Error> {
        check_anchor(path, theirs)?;
        for (key, value) in ours {
            if key == "context" {
                self.node(&[path, &["context"]].concat(), value, theirs)?;
            }
        }
        let line = self.text[..theirs.start]
            .rfind('\n')
            .map_or(0, |end| end + 1);
        let before = &self.text[line..theirs.start];
        let column = before.len() - before.trim_start_matches(' ').len();
        if before.trim() != "build:" || self.text[theirs.start..theirs.end].contains('\n') {
            return Err(complaint(
                path,
                "is on a line with others; write `context:` below it",
            ));
        }
        let indent = " ".repeat(column + 2);
        let context = &self.text[theirs.start..theirs.end];
        let rest = ours.iter().filter(|(key, _)| key != "context").cloned();
        let rest = Node::Map(rest.collect()).yaml(&indent);
        let from = line + before.trim_end().len();
        self.edits.push((from, theirs.end, String::new()));
        self.add_lines(theirs, &format!("{indent}context: {context}\n{rest}"));
        Ok(())
    }

    /// Adds lines after the existing ones.
    fn add_lines(&mut self, theirs: &Tree, lines: &str) {
        let end = if theirs.ends_in_block_scalar() {
            theirs.end
        } else {
            self.text[..theirs.end]
                .trim_end()
                .len()
                .max(theirs.start.min(theirs.end))
        };
        let is_at_line = end > 0 && self.text[..end].ends_with('\n');
        let at = if is_at_line {
            end
        } else {
            let rest = self.text[end..].find('\n');
            rest.map_or(self.text.len(), |found| end + found + 1)
        };
        let is_unended = at == self.text.len() && !self.text.ends_with('\n');
        let crlf = self.text.contains("\r\n");
        let mut lines = if crlf {
            lines.replace('\n', "\r\n")
        } else {
            lines.to_owned()
        };
        if is_unended {
            lines.insert_str(0, if crlf { "\r\n" } else { "\n" });
        }
        self.edits.push((at, at, lines));
    }

    /// Adds entries before the closing bracket.
    fn add_to_flow(
        &mut self,
        theirs: &Tree,
        has_items: bool,
        entries: impl Iterator<Item = String>,
    ) {
        let entries: Vec<String> = entries.collect();
        let inside = &self.text[theirs.start..theirs.end - 1];
        let at = theirs.start + inside.trim_end().len();
        let has_comma = inside.trim_end().ends_with(',');
        let before = match (has_items, has_comma) {
            (false, _) => "",
            (true, true) => " ",
            (true, false) => ", ",
        };
        self.edits
            .push((at, at, format!("{before}{}", entries.join(", "))));
    }

    /// Applies the edits; those at the same offset keep their order.
    fn apply(mut self) -> String {
        self.edits.sort_by_key(|(from, _, _)| *from);
        let mut merged = String::new();
        let mut done = 0;
        for (from, to, text) in &self.edits {
            merged.push_str(&self.text[done..*from]);
            merged.push_str(text);
            done = *to;
        }
        merged.push_str(&self.text[done..]);
        merged
    }
}

fn complaint(path: &[&str], message: &str) -> Error {
    let place = if path.is_empty() {
        "the file".to_owned()
    } else {
        format!("`{}`", path.join("."))
    };
    Error::new(format!("{place} {message}"))
}

fn check_anchor(path: &[&str], theirs: &Tree) -> Result<(), Error> {
    if theirs.has_anchor {
        return Err(complaint(
            path,
            "has an anchor, and what is added to it would be added wherever that is used",
        ));
    }
    Ok(())
}

/// Whether both mean the same: `./a/` is the directory `a`.
fn is_same(path: &[&str], ours: &Node, theirs: &Tree) -> bool {
    let is_path = matches!(path.last(), Some(&("context" | "dockerfile" | "file")));
    match (ours, &theirs.kind) {
        (Node::Text(text), YamlKind::Scalar(scalar)) if is_path => {
            clean_path(text) == clean_path(&scalar.text)
        }
        (Node::Text(text), YamlKind::Scalar(scalar)) => *text == scalar.text,
        (Node::Bool(value), YamlKind::Scalar(scalar)) => {
            scalar.is_plain && scalar.text == value.to_string()
        }
        (Node::Null, YamlKind::Scalar(scalar)) => {
            scalar.is_plain && matches!(scalar.text.as_str(), "" | "~" | "null")
        }
        _ => false,
    }
}

/// Whether an entry of a list of secrets is this one, in its long form.
fn has_source(ours: &Node, theirs: &Tree) -> bool {
    let source = field(theirs, "source");
    matches!((ours, source), (Node::Text(id), Some(source)) if id == source)
}

fn other_target(entry: &Tree) -> Option<&str> {
    let target = field(entry, "target")?;
    (field(entry, "source") != Some(target)).then_some(target)
}

fn field<'a>(tree: &'a Tree, name: &str) -> Option<&'a str> {
    let YamlKind::Map(map) = &tree.kind else {
        return None;
    };
    let field = map.items.iter().find(|(key, _)| key.text() == Some(name));
    field?.1.text()
}

/// Whether `merged` contains everything of `before`, at the same place.
fn holds(merged: &Tree, before: &Tree) -> bool {
    match (&merged.kind, &before.kind) {
        (YamlKind::Alias, YamlKind::Alias) => true,
        (YamlKind::Scalar(merged), YamlKind::Scalar(before)) => {
            merged.text == before.text && merged.is_plain == before.is_plain
        }
        (YamlKind::List(merged), YamlKind::List(before)) => {
            let pairs = merged.items.iter().zip(&before.items);
            merged.items.len() >= before.items.len()
                && pairs
                    .into_iter()
                    .all(|(merged, before)| holds(merged, before))
        }
        (YamlKind::Map(merged), YamlKind::Map(before)) => {
            let pairs = merged.items.iter().zip(&before.items);
            merged.items.len() >= before.items.len()
                && pairs.into_iter().all(|(merged, before)| {
                    holds(&merged.0, &before.0) && holds(&merged.1, &before.1)
                })
        }
        // A key without a value may have one now, and a directory may be a context.
        (YamlKind::Map(_) | YamlKind::List(_), YamlKind::Scalar(scalar)) => {
            before.is_absent() || field(merged, "context") == Some(&scalar.text)
        }
        _ => false,
    }
}
