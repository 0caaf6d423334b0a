//! Words and clauses: the common syntax of program rows and base descriptions.
//!
//! In: a text. Out: its clauses, each a row of words with their positions. Their meaning is up to the caller.

/// A word with its position.
#[derive(Clone, Copy)]
pub(crate) struct ClauseWord<'a> {
    pub(crate) text: &'a str,
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// Returns the clauses of a text, each with at least one word.
pub(crate) fn clauses(text: &str) -> impl Iterator<Item = Vec<ClauseWord<'_>>> {
    let mut lines = text.lines().enumerate();
    std::iter::from_fn(move || {
        let mut clauses = vec![Vec::new()];
        loop {
            let (index, line) = lines.next()?;
            let continues = add_words(&mut clauses, index + 1, line);
            if !continues {
                break;
            }
        }
        clauses.retain(|clause| !clause.is_empty());
        Some(clauses)
    })
    .flatten()
}

/// Adds the words of a line to the last clause, or to new ones after `;`. Returns whether the next line continues it.
fn add_words<'a>(
    clauses: &mut Vec<Vec<ClauseWord<'a>>>,
    line_number: usize,
    line: &'a str,
) -> bool {
    for text in line.split_whitespace() {
        if text.starts_with('#') {
            return false;
        }
        if text == "\\" {
            return true;
        }
        let offset = text.as_ptr().addr() - line.as_ptr().addr();
        let (text, ends) = match text.strip_suffix(';') {
            Some(text) => (text, true),
            None => (text, false),
        };
        if let (false, Some(last)) = (text.is_empty(), clauses.last_mut()) {
            last.push(ClauseWord {
                text,
                line: line_number,
                column: line[..offset].chars().count() + 1,
            });
        }
        if ends {
            clauses.push(Vec::new());
        }
    }
    false
}
