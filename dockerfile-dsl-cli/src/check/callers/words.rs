//! Words of a shell command: the text that is written in the script, and marks for what is only known at run time.

use dockerfile_dsl_analysis::Span;
use dockerfile_dsl_analysis::shell::{ParameterName, Part, Subscript, Word};

use super::carried;
use super::model::{Carried, UNKNOWN};

/// The character that takes the place of an expression of another language, byte for byte.
pub(super) const COVER: char = '§';

/// A word after quote removal, with [`UNKNOWN`] in the place of each value that is only known at run time.
#[derive(Debug, Clone, Default)]
pub(super) struct Rendered {
    pub(super) text: String,
    pub(super) span: Span,
    /// Whether it may become several words.
    pub(super) may_split: bool,
    /// The variables in it.
    pub(super) variables: Vec<String>,
    /// The secret that it is known to carry.
    pub(super) carried: Option<Carried>,
}

impl Rendered {
    pub(super) fn is_known(&self) -> bool {
        !self.text.contains(UNKNOWN)
    }

    /// Whether the whole word is one value that may become several words, or none.
    pub(super) fn is_open(&self) -> bool {
        self.may_split && self.text.starts_with(UNKNOWN)
    }

    /// Returns the part after these bytes.
    pub(super) fn after(&self, length: usize) -> Self {
        Self {
            text: self.text[length..].to_owned(),
            ..self.clone()
        }
    }
}

/// A script, and the expressions of another language in it, each with its place in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
    pub(super) expressions: &'a [(usize, &'a str)],
}

pub(super) fn render(word: &Word, source: Source<'_>) -> Rendered {
    let mut rendered = Rendered {
        span: word.span,
        ..Rendered::default()
    };
    rendered.add(&word.parts, false, source);
    rendered
}

impl Rendered {
    fn add(&mut self, parts: &[Part], is_quoted: bool, source: Source<'_>) {
        for part in parts {
            match part {
                Part::Literal(literal) | Part::Escaped(literal) => {
                    self.add_literal(&literal.text, literal.span, is_quoted, source);
                }
                Part::Quoted(quoted) => self.add(&quoted.parts, true, source),
                Part::Parameter(parameter) => {
                    self.text.push(UNKNOWN);
                    let is_list = matches!(parameter.subscript, Some(Subscript::All));
                    match &parameter.name {
                        ParameterName::Variable(name) => self.variables.push(name.to_string()),
                        ParameterName::Special('@') => self.may_split = true,
                        ParameterName::Special('*')
                        | ParameterName::Positional(_)
                        | ParameterName::Special(_) => {}
                    }
                    self.may_split |= !is_quoted || is_list;
                }
                other => {
                    self.text.push(UNKNOWN);
                    self.may_split |= !is_quoted;
                    let carried = carried::by_command(other.span().of(source.text));
                    self.carried = self.carried.take().or(carried);
                }
            }
        }
    }

    fn add_literal(&mut self, text: &str, span: Span, is_quoted: bool, source: Source<'_>) {
        if !text.contains(COVER) {
            self.text.push_str(text);
            return;
        }
        let mut was_cover = false;
        for character in text.chars() {
            let is_cover = character == COVER;
            if is_cover && !was_cover {
                self.text.push(UNKNOWN);
                self.may_split |= !is_quoted;
            } else if !is_cover {
                self.text.push(character);
            }
            was_cover = is_cover;
        }
        let expressions = source.expressions;
        let start = expressions.partition_point(|(at, _)| *at < span.start);
        let inside = expressions[start..]
            .iter()
            .take_while(|(at, _)| *at < span.end);
        for (_, expression) in inside {
            let carried = carried::by_expression(expression);
            self.carried = self.carried.take().or(carried);
        }
    }
}

/// Covers the expressions in a script, so that the text has the same length and a shell could read it.
pub(super) fn covered(text: &str, expressions: &[(usize, &str)]) -> String {
    let mut covered = text.to_owned();
    for (at, expression) in expressions {
        let width = COVER.len_utf8();
        let mut cover = COVER.to_string().repeat(expression.len() / width);
        // The braces are longer than one character.
        cover.extend(std::iter::repeat_n('_', expression.len() % width));
        covered.replace_range(*at..at + expression.len(), &cover);
    }
    covered
}
