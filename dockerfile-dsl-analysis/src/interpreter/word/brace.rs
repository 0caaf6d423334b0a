//! Brace expansion: `a{b,c}{1..3}` to words, before all other expansions.

use std::rc::Rc;

use crate::shell::{Brace, BraceKind, Part};

/// Returns the words of a word with braces, as rows of parts; one row if it has none.
pub(super) fn alternatives(parts: &[Part]) -> Vec<Rc<[Part]>> {
    let Some(at) = parts.iter().position(|part| matches!(part, Part::Brace(_))) else {
        return vec![parts.into()];
    };
    let Part::Brace(brace) = &parts[at] else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for middle in brace_parts(brace) {
        let mut row = parts[..at].to_vec();
        row.extend(middle);
        row.extend_from_slice(&parts[at + 1..]);
        if all.len() < 64 {
            all.extend(alternatives(&row));
        }
    }
    all
}

fn brace_parts(brace: &Brace) -> Vec<Vec<Part>> {
    match &brace.kind {
        BraceKind::Alternatives(words) => words.iter().map(|word| word.parts.clone()).collect(),
        BraceKind::Sequence(text) => {
            let literal = |text: String| {
                vec![Part::Literal(crate::shell::Literal {
                    span: brace.span,
                    text: text.into(),
                })]
            };
            let mut ends = text.split("..");
            let (from, to) = (
                ends.next().unwrap_or_default(),
                ends.next().unwrap_or_default(),
            );
            match (from.parse::<i64>(), to.parse::<i64>()) {
                (Ok(from), Ok(to)) if from <= to && to - from < 64 => {
                    (from..=to).map(|n| literal(n.to_string())).collect()
                }
                (Ok(_), Ok(_)) => vec![literal(from.to_owned()), literal(to.to_owned())],
                _ => match (from.chars().next(), to.chars().next()) {
                    (Some(from), Some(to)) if from <= to => (from..=to)
                        .take(64)
                        .map(|c| literal(c.to_string()))
                        .collect(),
                    _ => vec![literal(text.to_string())],
                },
            }
        }
    }
}
