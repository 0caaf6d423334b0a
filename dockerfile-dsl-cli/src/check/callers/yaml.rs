//! Reads YAML, and JSON, which is YAML.
//!
//! In: a text. Out: the documents in it, or the first error with its place. Collections are nested at most [`MAX_DEPTH`] deep. A bracket that
//! closes a list at the indentation of its key is read, as the parsers of the front ends do, although YAML does not allow it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

use dockerfile_dsl_analysis::Span;
use dockerfile_dsl_analysis::dockerfile::ReadError;
use saphyr_parser::{Event, Parser, ScalarStyle, StrInput};

use super::tree::{Node, Value};

/// Max. nesting of collections; a deeper one is an error.
const MAX_DEPTH: usize = 100;

/// Max. bytes that are read again because of brackets.
const MAX_AGAIN: usize = 64 << 20;

/// Returns the documents of a text.
pub(super) fn read(text: &str) -> Result<Vec<Rc<Node>>, ReadError> {
    let mut text = Cow::Borrowed(text);
    let mut bytes = 0;
    loop {
        let error = match read_strictly(&text) {
            Ok(documents) => return Ok(documents),
            Err(error) => error,
        };
        bytes += text.len();
        match joined(&text, error.span.start) {
            Some(better) if bytes < MAX_AGAIN => text = Cow::Owned(better),
            _ => return Err(error),
        }
    }
}

/// Returns the text with a bracket at the start of its line joined to the line before, with the same offsets.
fn joined(text: &str, at: usize) -> Option<String> {
    let start = text.get(..at)?.rfind('\n')?;
    let is_bracket = text[at..].starts_with([']', '}']);
    if !is_bracket || !text[start..at].trim().is_empty() {
        return None;
    }
    let line = text[..start].rfind('\n').map_or(0, |end| end + 1);
    let before = &text[line..start];
    // A comment would hide the bracket.
    let comment = match before.trim_start().starts_with('#') {
        true => Some(before.len() - before.trim_start().len()),
        false => before.find(" #"),
    };
    let end = comment.map_or(before.trim_end_matches('\r').len(), |comment| comment);
    if comment.is_some_and(|comment| before[comment..].contains(['"', '\''])) {
        return None;
    }
    let blanks = " ".repeat(start + 1 - line - end);
    Some([&text[..line + end], &blanks, &text[start + 1..]].concat())
}

fn read_strictly(text: &str) -> Result<Vec<Rc<Node>>, ReadError> {
    let mut reader = Reader {
        text,
        offsets: text.char_indices().map(|(at, _)| at).collect(),
        parser: Parser::new_from_str(text),
        anchors: BTreeMap::new(),
    };
    let mut documents = Vec::new();
    loop {
        match reader.next()? {
            (Event::StreamEnd, _) => return Ok(documents),
            (Event::DocumentStart(_), _) => {
                let event = reader.next()?;
                documents.push(reader.node(event, 0)?);
            }
            _ => {}
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    /// Byte offset of each character.
    offsets: Vec<usize>,
    parser: Parser<'a, StrInput<'a>>,
    anchors: BTreeMap<usize, Rc<Node>>,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), ReadError> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => {
                let place = Span::new(
                    self.offset(span.start.index()),
                    self.offset(span.end.index()),
                );
                Ok((event, place))
            }
            Some(Err(error)) => {
                let at = self.offset(error.marker().index());
                let message = format!("invalid YAML: {}", error.info());
                Err(ReadError::new(Span::new(at, at), message))
            }
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn offset(&self, character: usize) -> usize {
        let offset = self.offsets.get(character).copied();
        offset.unwrap_or(self.text.len())
    }

    fn node(
        &mut self,
        (event, span): (Event<'a>, Span),
        depth: usize,
    ) -> Result<Rc<Node>, ReadError> {
        if depth > MAX_DEPTH {
            let message = format!("more than {MAX_DEPTH} collections inside each other");
            return Err(ReadError::new(span, message));
        }
        let mut span = span;
        let (value, anchor) = match event {
            Event::Alias(anchor) => {
                // An anchor inside its own value is not complete: it has no value.
                let known = self.anchors.get(&anchor).cloned();
                return Ok(known.unwrap_or_else(|| {
                    Rc::new(Node {
                        is_shared: true,
                        ..Node::new(span, Value::Computed)
                    })
                }));
            }
            Event::Scalar(text, style, anchor, tag) => {
                let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                let text = text.into_owned();
                let value = if is_custom(tag.as_deref()) {
                    Value::Computed
                } else {
                    Value::Text { text, is_block }
                };
                (value, anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, end) => {
                            span.end = end.end.max(span.end);
                            break;
                        }
                        event => items.push(self.node(event, depth + 1)?),
                    }
                }
                let value = if is_custom(tag.as_deref()) {
                    Value::Computed
                } else {
                    Value::List(items)
                };
                (value, anchor)
            }
            Event::MappingStart(anchor, _) => {
                let mut pairs = Vec::new();
                loop {
                    match self.next()? {
                        (Event::MappingEnd, end) => {
                            span.end = end.end.max(span.end);
                            break;
                        }
                        event => {
                            let key = self.node(event, depth + 1)?;
                            let event = self.next()?;
                            pairs.push((key, self.node(event, depth + 1)?));
                        }
                    }
                }
                (Value::Map(pairs), anchor)
            }
            _ => (Value::Computed, 0),
        };
        let node = Rc::new(Node {
            is_shared: anchor != 0,
            ..Node::new(span, value)
        });
        if anchor != 0 {
            self.anchors.insert(anchor, Rc::clone(&node));
        }
        Ok(node)
    }
}

/// Whether a tag is one of an application, as GitLab's `!reference`.
fn is_custom(tag: Option<&saphyr_parser::Tag>) -> bool {
    tag.is_some_and(|tag| tag.handle == "!" && !tag.suffix.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn one(text: &str) -> Rc<Node> {
        read(text)
            .unwrap_or_else(|error| panic!("{error}"))
            .remove(0)
    }

    #[test]
    fn anchors_and_merges_are_followed() {
        let text = "a: &a {x: 1, y: 2}\nb: &b\n  <<: *a\n  y: 3\nc:\n  <<: [*b, *a]\n  z: 4\n";
        let root = one(text);
        let text_of = |map: &str, key: &str| {
            let value = root.get(map)?.get(key)?;
            value.text().map(str::to_owned)
        };
        assert_eq!(text_of("b", "x").as_deref(), Some("1"));
        assert_eq!(text_of("b", "y").as_deref(), Some("3"));
        assert_eq!(text_of("c", "y").as_deref(), Some("3"));
        let names = root.get("c").map(|node| {
            let entries = node.entries();
            entries
                .iter()
                .map(|(name, ..)| (*name).to_owned())
                .collect::<Vec<_>>()
        });
        assert_eq!(names.unwrap_or_default(), ["z", "y", "x"]);
    }

    /// Each level would double the size of the one before it.
    #[test]
    fn merges_of_merges_are_as_large_as_their_text() {
        let mut text = "a0: &a0 {x: 1}\n".to_owned();
        for level in 1..90 {
            let before = level - 1;
            text += &format!("a{level}: &a{level}\n  <<: [*a{before}, *a{before}]\n");
        }
        let root = one(&text);
        let last = root.get("a89").map(|node| node.entries().len());
        assert_eq!(last, Some(1));
        assert!(
            root.get("a89")
                .and_then(|node| node.get("absent"))
                .is_none()
        );
    }

    #[test]
    fn block_texts_have_places() {
        let text = "run: |\n  docker build \\\n    --secret id=a .\nother: >-\n  a\n  b\n";
        let root = one(text);
        let run = root.get("run").expect("is there").extract(text);
        assert_eq!(run.text, "docker build \\\n  --secret id=a .\n");
        let at = run.text.find("--secret").expect("is there");
        let place = run.place(Span::new(at, at + 13));
        assert_eq!(place.of(text), "--secret id=a");
        let plain = one("a: [x, \"y z\"]\n");
        assert_eq!(plain.get("a").map(|list| list.items().len()), Some(2));
    }

    #[test]
    fn a_bracket_may_close_at_the_indentation_of_its_key() {
        for text in [
            "a:\n  b: [\n    x, # é\n    # y\n    \"z\"\n  ]\n  c: d\n",
            "a:\n  b: [\n    x,\n    z # last\n  ]\n  c: d\n",
            "a:\n  b: [\r\n    x,\r\n    # none\r\n  ]\r\n  c: d\n",
            "a:\n  b: {\n    x: {\n      y: z\n    }\n  }\n  c: d\n",
        ] {
            let root = one(text);
            let c = root.get("a").and_then(|a| a.get("c")).expect("is there");
            assert_eq!(c.span.of(text), "d", "{text}");
        }
    }

    #[test]
    fn mistakes_have_a_place() {
        let error = read("a: [b\n").expect_err("is wrong");
        assert!(error.message.starts_with("invalid YAML: "), "{error}");
        assert!(read(&"[".repeat(5000)).is_err());
        let error = read(&"[".repeat(150)).expect_err("is deep");
        assert!(error.message.contains("inside each other"), "{error}");
        let own = one("a: &a [*a, b]\n");
        assert_eq!(own.get("a").map(|list| list.items().len()), Some(2));
    }
}
