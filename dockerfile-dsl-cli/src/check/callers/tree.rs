//! Texts, lists and mappings with their places: what YAML, JSON and HCL have in common.
//!
//! An alias of YAML is the same node as its anchor, so a tree is as large as its text. The merge key `<<` is followed when a key is
//! looked up.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use dockerfile_dsl_analysis::Span;

use super::extract::Extract;

/// A value and its place.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) value: Value,
    /// Whether other parts of the file refer to it, by an anchor.
    pub(crate) is_shared: bool,
}

#[derive(Debug)]
pub(crate) enum Value {
    Text {
        text: String,
        /// Whether it is `|` or `>`.
        is_block: bool,
    },
    List(Vec<Rc<Node>>),
    Map(Vec<(Rc<Node>, Rc<Node>)>),
    /// A value that is computed.
    Computed,
}

impl Node {
    pub(crate) const fn new(span: Span, value: Value) -> Self {
        Self {
            span,
            value,
            is_shared: false,
        }
    }

    /// Returns the text of a scalar.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text { text, .. } => Some(text),
            _ => None,
        }
    }

    pub(crate) fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }

    /// Whether it is an empty scalar, as after a key without a value.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self.text(), Some("" | "~" | "null"))
    }

    /// Returns the elements of a list.
    pub(crate) fn items(&self) -> &[Rc<Self>] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// Returns the keys and values of a mapping, without those that are merged in.
    pub(crate) fn pairs(&self) -> &[(Rc<Self>, Rc<Self>)] {
        match &self.value {
            Value::Map(pairs) => pairs,
            _ => &[],
        }
    }

    /// Returns the value of a key, also of one that is merged in.
    pub(crate) fn get(&self, key: &str) -> Option<&Rc<Self>> {
        self.find(key, &mut BTreeSet::new())
    }

    fn find<'a>(&'a self, key: &str, seen: &mut BTreeSet<*const Self>) -> Option<&'a Rc<Self>> {
        let Value::Map(pairs) = &self.value else {
            return None;
        };
        if !seen.insert(std::ptr::from_ref(self)) {
            return None;
        }
        let own = pairs.iter().rfind(|(name, _)| name.text() == Some(key));
        own.map(|(_, value)| value).or_else(|| {
            let mut merged = merged(pairs);
            merged.find_map(|node| node.find(key, seen))
        })
    }

    /// Returns the keys and values of a mapping, also those that are merged in.
    pub(crate) fn entries(&self) -> Vec<(&str, &Rc<Self>, &Rc<Self>)> {
        let mut entries = Vec::new();
        self.collect(&mut entries, &mut BTreeSet::new(), &mut BTreeSet::new());
        entries
    }

    fn collect<'a>(
        &'a self,
        entries: &mut Vec<(&'a str, &'a Rc<Self>, &'a Rc<Self>)>,
        names: &mut BTreeSet<&'a str>,
        seen: &mut BTreeSet<*const Self>,
    ) {
        let Value::Map(pairs) = &self.value else {
            return;
        };
        if !seen.insert(std::ptr::from_ref(self)) {
            return;
        }
        for (key, value) in pairs {
            if let Some(name) = key.text()
                && name != "<<"
                && names.insert(name)
            {
                entries.push((name, key, value));
            }
        }
        for node in merged(pairs) {
            node.collect(entries, names, seen);
        }
    }

    /// Returns the tree with all of it at one place: that in another file which names this one.
    pub(super) fn moved(&self, span: Span) -> Rc<Self> {
        self.moved_once(span, &mut BTreeMap::new())
    }

    fn moved_once(&self, span: Span, known: &mut BTreeMap<*const Self, Rc<Self>>) -> Rc<Self> {
        let place = std::ptr::from_ref(self);
        if let Some(moved) = known.get(&place) {
            return Rc::clone(moved);
        }
        let mut of = |node: &Rc<Self>| node.moved_once(span, known);
        let value = match &self.value {
            Value::Text { text, .. } => Value::Text {
                text: text.clone(),
                is_block: false,
            },
            Value::List(items) => Value::List(items.iter().map(&mut of).collect()),
            Value::Map(pairs) => {
                let pairs = pairs.iter();
                Value::Map(pairs.map(|(key, value)| (of(key), of(value))).collect())
            }
            Value::Computed => Value::Computed,
        };
        let moved = Rc::new(Self {
            is_shared: true,
            ..Self::new(span, value)
        });
        known.insert(place, Rc::clone(&moved));
        moved
    }

    /// Returns the text of a scalar with the place of each line of it in the file.
    pub(super) fn extract(&self, file: &str) -> Extract {
        let Value::Text { text, is_block } = &self.value else {
            return Extract::default();
        };
        let source = self.span.of(file);
        if !is_block {
            let inner = source.find(text.as_str()).unwrap_or(0);
            return Extract::whole(text, self.span.start + inner);
        }
        let mut extract = Extract::default();
        let mut at = self.span.start;
        let mut lines = file[at..].split_inclusive('\n');
        if source.starts_with(['|', '>']) {
            at += lines.next().map_or(0, str::len);
        }
        for line in text.split_inclusive('\n') {
            let content = line.trim_end_matches('\n');
            let place = lines.next().unwrap_or_default();
            let end = place.trim_end_matches(['\n', '\r']).len();
            // Of a folded text, a line is more than one of the file.
            let indent = end.saturating_sub(content.len());
            let is_same = place.get(indent..end) == Some(content);
            extract.push(line, at + if is_same { indent } else { 0 });
            at += place.len();
        }
        extract
    }
}

/// Returns the mappings that `<<` merges into this one.
fn merged(pairs: &[(Rc<Node>, Rc<Node>)]) -> impl Iterator<Item = &Rc<Node>> {
    let merges = pairs
        .iter()
        .filter(|(key, _)| key.text() == Some("<<"))
        .map(|(_, value)| value);
    merges.flat_map(|value| match &value.value {
        Value::List(items) => items.iter().collect(),
        _ => vec![value],
    })
}
