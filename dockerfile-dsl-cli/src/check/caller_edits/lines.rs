//! Edits of YAML by whole lines, or inside brackets of one line: every other byte stays.
//!
//! In: a text, and nodes of its tree. Out: single edits, or the reason why none of them keeps the rest of the file as it is.

use std::rc::Rc;

use dockerfile_dsl_analysis::Span;
use dockerfile_dsl_analysis::edits::Edit;

use super::super::callers::tree::{Node, Value};

/// Why a part is not edited, as the end of a sentence.
pub(super) type Why = &'static str;

pub(super) const SHARED: Why = "an anchor shares this part with others";
pub(super) const BRACES: Why = "it is in braces";
pub(super) const FOLDED: Why = "`>` folds its lines";
pub(super) const SPELT: Why = "it is quoted or spelt in several lines";

/// A key of a mapping and its value.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    pub(super) text: &'a str,
    pub(super) key: &'a Node,
    pub(super) value: &'a Node,
}

/// How a value is written.
pub(super) enum Form {
    /// `|`, with lines below the key.
    Literal,
    /// In the line of the key. The span is that of its text, without quotes.
    Scalar(Span),
    /// A mapping or list in the lines below the key.
    Block,
    /// A mapping or list in brackets.
    Brackets,
    /// Nothing.
    Empty,
    Fixed(Why),
}

/// Returns the entry of a mapping with this key, unless it is merged in from elsewhere.
pub(super) fn entry<'a>(text: &'a str, map: &'a Node, name: &str) -> Option<Entry<'a>> {
    let mut pairs = map.pairs().iter().rev();
    let (key, value) = pairs.find(|(key, _)| key.text() == Some(name))?;
    Some(Entry { text, key, value })
}

impl<'a> Entry<'a> {
    /// Returns the column of the key, if nothing but the dash of a list is before it.
    pub(super) fn column(&self) -> Option<usize> {
        let start = line_start(self.text, self.key.span.start);
        let before = &self.text[start..self.key.span.start];
        let is_free = before.chars().all(|c| c == ' ' || c == '-');
        is_free.then_some(before.len())
    }

    /// Returns the text after the colon, without comment and blanks around it.
    fn rest(&self) -> &'a str {
        let line = &self.text[self.key.span.end..line_end(self.text, self.key.span.end)];
        let rest = line.trim_start();
        rest.strip_prefix(':').unwrap_or(rest).trim()
    }

    pub(super) fn form(&self) -> Form {
        let value = self.value;
        if self.key.is_shared || value.is_shared {
            return Form::Fixed(SHARED);
        }
        match (self.rest().chars().next(), &value.value) {
            (Some('|'), Value::Text { is_block: true, .. }) => Form::Literal,
            (Some('>'), Value::Text { is_block: true, .. }) => Form::Fixed(FOLDED),
            (Some('&' | '*'), _) => Form::Fixed(SHARED),
            (Some('{' | '['), Value::List(_) | Value::Map(_)) => Form::Brackets,
            (None | Some('#'), Value::List(_) | Value::Map(_)) => Form::Block,
            (None | Some('#'), _) if value.is_empty() => Form::Empty,
            (Some(first), Value::Text { text, .. }) => {
                let source = value.span.of(self.text);
                let quote = usize::from(matches!(first, '"' | '\''));
                let inner = source.get(quote..).unwrap_or_default();
                let is_closed = quote == 0
                    || inner
                        .get(text.len()..)
                        .is_some_and(|end| end.starts_with(first));
                let start = value.span.start + quote;
                if inner.starts_with(text.as_str()) && is_closed {
                    Form::Scalar(Span::new(start, start + text.len()))
                } else {
                    Form::Fixed(SPELT)
                }
            }
            _ => Form::Fixed(SPELT),
        }
    }

    /// Returns the end of the lines of this entry, without blank lines after it.
    pub(super) fn end(&self) -> usize {
        let column = self.key.span.start - line_start(self.text, self.key.span.start);
        let is_list = matches!(self.value.value, Value::List(_));
        let mut end = line_end(self.text, self.key.span.end);
        let mut at = end;
        while at < self.text.len() {
            let next = line_end(self.text, at);
            let line = &self.text[at..next];
            let content = line.trim_start_matches(' ');
            let indent = line.len() - content.len();
            let is_item = is_list && indent == column && content.starts_with('-');
            if indent > column && !content.trim().is_empty() || is_item {
                end = next;
            } else if !content.trim().is_empty() {
                break;
            }
            at = next;
        }
        end
    }

    /// Removes the entry with its lines.
    pub(super) fn removed(&self) -> Result<Edit, Why> {
        let start = line_start(self.text, self.key.span.start);
        let before = &self.text[start..self.key.span.start];
        if !before.trim().is_empty() {
            return Err(BRACES);
        }
        Ok(Edit::new(Span::new(start, self.end()), String::new()))
    }

    /// Removes an entry of a mapping, or the mapping itself if it is the only one.
    pub(super) fn without_entry(&self, index: usize) -> Result<Edit, Why> {
        let pairs = self.value.pairs();
        let (key, value) = pairs.get(index).ok_or(SPELT)?;
        let inner = Entry {
            text: self.text,
            key,
            value,
        };
        match self.form() {
            Form::Fixed(why) => Err(why),
            _ if pairs.len() == 1 => self.removed(),
            Form::Block => inner.removed(),
            Form::Brackets => {
                let spans = pairs.iter().map(|(key, value)| key.span.to(value.span));
                without_element(self.text, &spans.collect::<Vec<_>>(), index)
            }
            _ => Err(SPELT),
        }
    }

    /// Removes an element of a list, or the list itself if it is the only one.
    pub(super) fn without_item(&self, index: usize) -> Result<Edit, Why> {
        let items = self.value.items();
        let item = items.get(index).ok_or(SPELT)?;
        match self.form() {
            Form::Fixed(why) => Err(why),
            _ if items.len() == 1 => self.removed(),
            Form::Block => {
                dash(self.text, item).ok_or(SPELT)?;
                let start = line_start(self.text, item.span.start);
                let end = line_end(self.text, item.span.start);
                Ok(Edit::new(Span::new(start, end), String::new()))
            }
            Form::Brackets => {
                let spans: Vec<Span> = items.iter().map(|item| item.span).collect();
                without_element(self.text, &spans, index)
            }
            _ => Err(SPELT),
        }
    }

    /// Adds an element to the end of a list.
    pub(super) fn with_item(&self, item: &str) -> Result<Edit, Why> {
        let last = self.value.items().last();
        match (self.form(), last) {
            (Form::Block, Some(last)) => {
                let dash = dash(self.text, last).ok_or(SPELT)?;
                let end = line_end(self.text, last.span.start);
                // An element of several lines is none that is written here.
                last.text().ok_or(SPELT)?;
                let line = format!("{}- {item}", " ".repeat(dash));
                Ok(inserted(self.text, end, &[line]))
            }
            (Form::Brackets, Some(last)) => {
                let end = element_end(self.text, last);
                Ok(Edit::insert(end, format!(", {item}")))
            }
            (Form::Brackets, None) => Ok(Edit::insert(self.value.span.start + 1, item.to_owned())),
            (Form::Fixed(why), _) => Err(why),
            _ => Err(SPELT),
        }
    }

    /// Adds an entry to the end of a mapping: `lines` if it has lines, else `inline`.
    pub(super) fn with_entry(&self, lines: &[String], inline: &str) -> Result<Edit, Why> {
        let last = self.value.pairs().last();
        match (self.form(), last) {
            (Form::Block, Some((key, value))) => {
                let last = Entry {
                    text: self.text,
                    key,
                    value,
                };
                let pad = " ".repeat(last.column().ok_or(BRACES)?);
                Ok(inserted(self.text, last.end(), &padded(&pad, lines)))
            }
            (Form::Brackets, Some((_, value))) if !inline.is_empty() => {
                let end = element_end(self.text, value);
                Ok(Edit::insert(end, format!(", {inline}")))
            }
            (Form::Brackets, _) => Err(BRACES),
            (Form::Fixed(why), _) => Err(why),
            _ => Err(SPELT),
        }
    }

    /// Adds an entry in lines below this one, in the same mapping.
    pub(super) fn followed_by(&self, lines: &[String]) -> Result<Edit, Why> {
        let pad = " ".repeat(self.column().ok_or(BRACES)?);
        Ok(inserted(self.text, self.end(), &padded(&pad, lines)))
    }
}

fn padded(pad: &str, lines: &[String]) -> Vec<String> {
    lines.iter().map(|line| format!("{pad}{line}")).collect()
}

/// Returns the column of the dash of an element in its line.
fn dash(text: &str, item: &Rc<Node>) -> Option<usize> {
    let start = line_start(text, item.span.start);
    let before = &text[start..item.span.start];
    let column = before.len() - before.trim_start_matches(' ').len();
    (before.trim() == "-" && !item.is_shared).then_some(column)
}

/// Returns the end of an element in brackets: the span of a quoted one may go on.
fn element_end(text: &str, node: &Rc<Node>) -> usize {
    let source = node.span.of(text);
    let (Some(quote @ ('"' | '\'')), Some(inner)) = (source.chars().next(), source.get(1..)) else {
        return node.span.start + source.trim_end().len();
    };
    let length = inner.find(quote).map_or(source.len(), |at| at + 2);
    node.span.start + length
}

/// Removes an element in brackets with the comma beside it.
fn without_element(text: &str, spans: &[Span], index: usize) -> Result<Edit, Why> {
    let own = spans[index];
    let span = match (index.checked_sub(1), spans.get(index + 1)) {
        (_, Some(next)) => Span::new(own.start, next.start),
        (Some(before), None) => Span::new(spans[before].end, own.end),
        (None, None) => own,
    };
    // A comment in between would go with it.
    let removed = span.of(text);
    let is_one_line = !removed.contains(['\n', '#']);
    is_one_line
        .then(|| Edit::new(span, String::new()))
        .ok_or(SPELT)
}

/// Inserts lines at the end of a line.
pub(super) fn inserted(text: &str, at: usize, lines: &[String]) -> Edit {
    let newline = newline(text);
    let joined = lines.join(newline);
    if text[..at].ends_with('\n') || at == 0 {
        Edit::insert(at, joined + newline)
    } else {
        Edit::insert(at, format!("{newline}{joined}"))
    }
}

/// Joins edits that touch, so that their order is plain.
pub(super) fn merged(mut edits: Vec<Edit>) -> Vec<Edit> {
    edits.sort();
    let mut merged: Vec<Edit> = Vec::new();
    for edit in edits {
        match merged.last_mut() {
            Some(last) if last.span.end == edit.span.start && last.span.start < last.span.end => {
                // The end of a file without a final newline: the lines follow what is left.
                let added = match (last.text.is_empty(), edit.text.strip_prefix('\n')) {
                    (true, Some(added)) => added.to_owned(),
                    _ => edit
                        .text
                        .strip_prefix("\r\n")
                        .map_or(edit.text.clone(), str::to_owned),
                };
                last.text.push_str(&added);
                last.span.end = edit.span.end;
            }
            _ => merged.push(edit),
        }
    }
    merged
}

pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// Returns the offset after the line break.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..]
        .find('\n')
        .map_or(text.len(), |newline| at + newline + 1)
}

/// Returns the line ending of the text: that of its first line.
pub(super) fn newline(text: &str) -> &'static str {
    match text.split_once('\n') {
        Some((line, _)) if line.ends_with('\r') => "\r\n",
        _ => "\n",
    }
}
