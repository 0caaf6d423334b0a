//! No text is skipped: everything that is not in the tree is punctuation, a reserved word, or a comment.

use dockerfile_dsl_analysis::Span;
use dockerfile_dsl_analysis::shell::*;

const RESERVED: &[&str] = &[
    "if", "then", "elif", "else", "fi", "for", "in", "do", "done", "while", "until", "case",
    "esac", "select", "function", "coproc", "time", "p",
];

/// Returns the first word of `text` that is nowhere in `script`, its tree.
pub(crate) fn swallowed<'t>(text: &'t str, script: &Script) -> Option<&'t str> {
    let mut cover = Cover {
        text,
        covered: vec![false; text.len()],
    };
    cover.list(&script.list);
    let Cover { covered, .. } = cover;
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if covered[at]
            || !(bytes[at].is_ascii_alphanumeric()
                || bytes[at] == b'_'
                || bytes[at] == b'#'
                || !bytes[at].is_ascii())
        {
            at += 1;
            continue;
        }
        if bytes[at] == b'#' {
            let starts_comment =
                at == 0 || b" \t\n;&|()".contains(&bytes[at - 1]) || text[..at].ends_with('`');
            at += if starts_comment {
                text[at..].find('\n').unwrap_or(text.len() - at)
            } else {
                1
            };
            continue;
        }
        let length = (at..bytes.len())
            .take_while(|&one| {
                !covered[one]
                    && (bytes[one].is_ascii_alphanumeric()
                        || bytes[one] == b'_'
                        || !bytes[one].is_ascii())
            })
            .count();
        let word = &text[at..at + length];
        let is_transform =
            length == 1 && bytes[..at].ends_with(b"@") && bytes[at + 1..].starts_with(b"}");
        if !RESERVED.contains(&word) && !is_transform {
            return Some(word);
        }
        at += length;
    }
    None
}

struct Cover<'t> {
    text: &'t str,
    covered: Vec<bool>,
}

impl Cover<'_> {
    fn mark(&mut self, span: Span) {
        assert!(
            span.start <= span.end && self.text.get(span.start..span.end).is_some(),
            "{span:?} is no place in the text"
        );
        self.covered[span.start..span.end].fill(true);
    }
}

impl Visit for Cover<'_> {
    fn command(&mut self, command: &Command) {
        match &command.kind {
            CommandKind::For(one) => self.mark(one.variable.span),
            CommandKind::Function(one) => self.mark(one.name.span),
            CommandKind::Opaque(one) => {
                if let Some(variable) = &one.variable {
                    self.mark(variable.span);
                }
            }
            _ => {}
        }
        walk_command(self, command);
    }

    fn redirect(&mut self, redirect: &Redirect) {
        match &redirect.descriptor {
            Descriptor::Default => {}
            Descriptor::Number(_) => {
                let digits = redirect
                    .span
                    .of(self.text)
                    .bytes()
                    .take_while(u8::is_ascii_digit)
                    .count();
                self.mark(Span::new(redirect.span.start, redirect.span.start + digits));
            }
            Descriptor::Variable(name) => self.mark(name.span),
        }
        walk_redirect(self, redirect);
    }

    fn here_document(&mut self, document: &HereDocument) {
        self.mark(document.delimiter.span);
        if document.terminated {
            let end = document.body.span.end;
            let line = self.text[end..]
                .find(['\n', '`'])
                .unwrap_or(self.text.len() - end);
            self.mark(Span::new(end, end + line));
        }
        walk_here_document(self, document);
    }

    fn assignment(&mut self, assignment: &Assignment) {
        self.mark(assignment.name.span);
        walk_assignment(self, assignment);
    }

    fn conditional(&mut self, test: &Conditional) {
        if let ConditionalKind::Unary(operator, _) | ConditionalKind::Binary(_, operator, _) =
            &test.kind
        {
            self.mark(operator.span);
        }
        walk_conditional(self, test);
    }

    fn part(&mut self, part: &Part) {
        match part {
            Part::Literal(literal) | Part::Escaped(literal) => self.mark(literal.span),
            Part::Brace(brace) if matches!(brace.kind, BraceKind::Sequence(_)) => {
                self.mark(brace.span)
            }
            _ => {}
        }
        walk_part(self, part);
    }

    fn parameter(&mut self, parameter: &Parameter) {
        self.mark(parameter.name_span);
        walk_parameter(self, parameter);
    }

    fn hole(&mut self, hole: &HolePart) {
        self.mark(hole.span);
    }
}
