//! Words of a simple command, as they are written.
//!
//! In: the text of a command. Out: its words with their quotes, or none if it is more than a simple command with an input.

/// Splits a simple command into words, and what follows from its input redirect on. `None`: it has more than that.
pub(super) fn words(command: &str) -> Option<(Vec<&str>, &str)> {
    let mut all = Vec::new();
    let (mut start, mut depth, mut quote) = (None, 0_usize, None);
    for (at, character) in command.char_indices() {
        let is_open = depth > 0 || quote.is_some();
        match character {
            ' ' | '\t' if !is_open => {
                if let Some(start) = start.take() {
                    all.push(&command[start..at]);
                }
                continue;
            }
            '<' if !is_open && start.is_none() => {
                let rest = &command[at..];
                return (!rest.contains([';', '&', '|', '>', '#'])).then_some((all, rest));
            }
            ';' | '&' | '|' | '<' | '>' | '#' if !is_open => return None,
            '"' | '\'' if depth == 0 => match quote {
                None => quote = Some(character),
                Some(open) if open == character => quote = None,
                Some(_) => {}
            },
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        start.get_or_insert(at);
    }
    if let Some(start) = start {
        all.push(&command[start..]);
    }
    (depth == 0 && quote.is_none()).then_some((all, ""))
}
