//! Reads HCL as bake files have it: blocks become mappings by their name and label.
//!
//! In: a text. Out: the same tree as of a bake file in JSON. Text with an interpolation, functions and conditions are computed values.

use std::rc::Rc;

use dockerfile_dsl_analysis::dockerfile::ReadError;
use dockerfile_dsl_analysis::{LineIndex, Span};
use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Block, Body};

use super::tree::{Node, Value};

/// Returns the tree of a text.
pub(super) fn read(text: &str) -> Result<Node, ReadError> {
    let body = hcl_edit::parser::parse_body(text).map_err(|error| {
        let location = error.location();
        let start = LineIndex::new(text).start(location.line()).unwrap_or(0);
        let at = (start + location.column().saturating_sub(1)).min(text.len());
        ReadError::new(
            Span::new(at, at),
            format!("invalid HCL: {}", error.message()),
        )
    })?;
    let mut root = mapping(&body);
    for kind in ["target", "group", "variable", "function"] {
        let blocks: Vec<_> = body.get_blocks(kind).map(labelled).collect();
        let span = Span::new(0, text.len());
        root.push((
            text_node(kind, span),
            Rc::new(Node::new(span, Value::Map(blocks))),
        ));
    }
    Ok(Node::new(Span::new(0, text.len()), Value::Map(root)))
}

type Pair = (Rc<Node>, Rc<Node>);

fn text_node(text: &str, span: Span) -> Rc<Node> {
    let value = Value::Text {
        text: text.to_owned(),
        is_block: false,
    };
    Rc::new(Node::new(span, value))
}

fn place(span: Option<std::ops::Range<usize>>) -> Span {
    span.map_or_else(Span::default, Span::from)
}

fn labelled(block: &Block) -> Pair {
    let name = block.labels.first().map_or("", |label| label.as_str());
    let span = block.labels.first().and_then(hcl_edit::Span::span);
    let node = Node::new(place(block.span()), Value::Map(mapping(&block.body)));
    (
        text_node(name, place(span.or_else(|| block.span()))),
        Rc::new(node),
    )
}

fn mapping(body: &Body) -> Vec<Pair> {
    let attributes = body.attributes().map(|attribute| {
        let key = text_node(attribute.key.as_str(), place(attribute.key.span()));
        (key, Rc::new(expression(&attribute.value)))
    });
    attributes.collect()
}

fn expression(expression: &Expression) -> Node {
    let text = |text: String| Value::Text {
        text,
        is_block: false,
    };
    let value = match expression {
        Expression::String(value) => text(value.value().clone()),
        Expression::Bool(value) => text(value.value().to_string()),
        Expression::Number(value) => text(value.value().to_string()),
        Expression::Null(_) => text(String::new()),
        Expression::Array(items) => Value::List(
            items
                .iter()
                .map(|item| Rc::new(self::expression(item)))
                .collect(),
        ),
        Expression::Object(pairs) => {
            let pairs = pairs.iter().map(|(key, value)| {
                let name = match key {
                    ObjectKey::Ident(name) => text_node(name.as_str(), place(name.span())),
                    ObjectKey::Expression(key) => Rc::new(self::expression(key)),
                };
                (name, Rc::new(self::expression(value.expr())))
            });
            Value::Map(pairs.collect())
        }
        Expression::Parenthesis(inner) => return self::expression(inner.inner()),
        _ => Value::Computed,
    };
    Node::new(place(expression.span()), value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_mappings_with_places() {
        let text = "variable \"V\" { default = \"1\" }\ntarget \"app\" {\n  secret = [{ id = \
                    \"a\", env = \"A\" }, \"id=b\"]\n  args = { X = V, Y = \"${V}\" }\n}\n";
        let root = read(text).unwrap_or_else(|error| panic!("{error}"));
        let app = root.get("target").and_then(|targets| targets.get("app"));
        let app = app.expect("is there");
        let secrets = app.get("secret").expect("is there").items();
        assert_eq!(secrets[0].get("id").and_then(|id| id.text()), Some("a"));
        assert_eq!(secrets[1].span.of(text), "\"id=b\"");
        let args = app.get("args").expect("is there");
        for name in ["X", "Y"] {
            let value = args.get(name).map(|node| &node.value);
            assert!(matches!(value, Some(Value::Computed)), "{name}");
        }
    }

    #[test]
    fn mistakes_have_a_place() {
        let error = read("target \"a\" {\n  x = \n}\n").expect_err("is wrong");
        assert!(error.message.starts_with("invalid HCL"), "{error}");
        assert!(error.span.start >= 13, "{error:?}");
        assert!(read(&format!("a = {}", "[".repeat(5000))).is_err());
    }
}
