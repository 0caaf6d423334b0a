//! Parses an existing YAML file to a tree with byte offsets.
//!
//! In: the text. Out: keys and values with byte offsets, without comments. Features that a merge does not support (several
//! documents, keys that are not text) are errors here.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use crate::Error;

/// A value and its place.
#[derive(Debug, Clone)]
pub(super) struct Tree {
    pub(super) kind: YamlKind,
    /// Offsets of its first and after its last character; for a collection in block style, of its content.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether an alias may refer to it.
    pub(super) has_anchor: bool,
}

#[derive(Debug, Clone)]
pub(super) enum YamlKind {
    /// `*NAME`
    Alias,
    Scalar(Scalar),
    List(Collection<Tree>),
    Map(Collection<(Tree, Tree)>),
}

#[derive(Debug, Clone)]
pub(super) struct Scalar {
    pub(super) text: String,
    /// Whether it is `|` or `>`, which may end with their own line breaks.
    pub(super) is_block: bool,
    pub(super) is_plain: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Collection<T> {
    pub(super) items: Vec<T>,
    /// `[..]` or `{..}`
    pub(super) is_flow: bool,
    /// Column of its keys or dashes.
    pub(super) column: usize,
}

/// Returns the document of the text; `None` if it has none.
pub(super) fn read(text: &str) -> Result<Option<Tree>, Error> {
    let mut reader = Reader {
        text,
        offsets: text.char_indices().map(|(at, _)| at).collect(),
        parser: Parser::new_from_str(text),
    };
    let mut document = None;
    loop {
        match reader.next()? {
            (Event::StreamEnd, _) => return Ok(document),
            (Event::DocumentStart(_), span) => {
                if document.is_some() {
                    return Err(Error::new(format!(
                        "line {}: a second document begins here, and compose reads one",
                        span.start.line()
                    )));
                }
                let event = reader.next()?;
                document = Some(reader.tree(event)?);
            }
            _ => {}
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    /// Byte offset of each character.
    offsets: Vec<usize>,
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), Error> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(Error::new(format!("invalid YAML: {error}"))),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn offset(&self, character: usize) -> usize {
        let offset = self.offsets.get(character).copied();
        offset.unwrap_or(self.text.len())
    }

    /// Returns the text on the line before an offset.
    fn line(&self, at: usize) -> &'a str {
        let before = &self.text[..at];
        &before[before.rfind('\n').map_or(0, |end| end + 1)..]
    }

    fn tree(&mut self, (event, span): (Event<'a>, Span)) -> Result<Tree, Error> {
        let start = self.offset(span.start.index());
        let end = self.offset(span.end.index());
        let mut tree = Tree {
            kind: YamlKind::Alias,
            start,
            end,
            has_anchor: false,
        };
        match event {
            Event::Scalar(text, style, anchor, _) => {
                tree.has_anchor = anchor != 0;
                tree.kind = YamlKind::Scalar(Scalar {
                    text: text.into_owned(),
                    is_block: matches!(style, ScalarStyle::Literal | ScalarStyle::Folded),
                    is_plain: style == ScalarStyle::Plain,
                });
            }
            Event::SequenceStart(anchor, _) => {
                tree.has_anchor = anchor != 0;
                let is_flow = self.text[start..].starts_with('[');
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, span) => {
                            tree.end = self.offset(span.end.index());
                            break;
                        }
                        event => items.push(self.tree(event)?),
                    }
                }
                if let (false, Some(last)) = (is_flow, items.last()) {
                    tree.end = last.end;
                }
                // Of the dash: a mapping in the list begins on its line.
                let line = items.first().map_or("", |first| self.line(first.start));
                let column = line.len() - line.trim_start_matches(' ').len();
                tree.kind = YamlKind::List(Collection {
                    items,
                    is_flow,
                    column,
                });
            }
            Event::MappingStart(anchor, _) => {
                tree.has_anchor = anchor != 0;
                let is_flow = self.text[start..].starts_with('{');
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::MappingEnd, span) => {
                            tree.end = self.offset(span.end.index());
                            break;
                        }
                        event => {
                            let key = self.tree(event)?;
                            let value = self.next()?;
                            items.push((key, self.tree(value)?));
                        }
                    }
                }
                if let (false, Some((_, last))) = (is_flow, items.last()) {
                    tree.end = last.end;
                }
                let line = items.first().map_or("", |(key, _)| self.line(key.start));
                tree.kind = YamlKind::Map(Collection {
                    items,
                    is_flow,
                    column: line.chars().count(),
                });
            }
            _ => {}
        }
        Ok(tree)
    }
}

impl Tree {
    /// Returns the text of a scalar.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            YamlKind::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    /// Whether it is the value of a key without one.
    pub(super) fn is_absent(&self) -> bool {
        matches!(&self.kind, YamlKind::Scalar(scalar) if scalar.is_plain && scalar.text.is_empty())
    }

    /// Whether its last scalar is a block scalar, which determines where its lines end.
    pub(super) fn ends_in_block_scalar(&self) -> bool {
        match &self.kind {
            YamlKind::Alias => false,
            YamlKind::Scalar(scalar) => scalar.is_block,
            YamlKind::List(list) if list.is_flow => false,
            YamlKind::List(list) => list.items.last().is_some_and(Self::ends_in_block_scalar),
            YamlKind::Map(map) if map.is_flow => false,
            YamlKind::Map(map) => {
                let last = map.items.last();
                last.is_some_and(|(_, value)| value.ends_in_block_scalar())
            }
        }
    }
}
