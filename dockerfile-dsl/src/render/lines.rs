//! Physical lines: BuildKit accepts max. 65534 bytes per line.
//!
//! In: an instruction on one line. Out: the same instruction, continued over as many lines as it needs. BuildKit joins them to
//! the same text, byte for byte, as only escape characters and line ends are added.

/// Max. length of a line in bytes, without its end.
const LONGEST: usize = 65_534;

/// Whether every line of the text is short enough for BuildKit.
pub(crate) fn fit(text: &str) -> bool {
    text.split('\n').all(|line| line.len() <= LONGEST)
}

/// Splits an instruction into lines of valid length; `None` if it cannot be split.
pub(crate) fn fold(text: &str, escape: char) -> Option<String> {
    let mut folded = String::new();
    for line in text.split_inclusive('\n') {
        let mut rest = line;
        while rest.trim_end_matches('\n').len() > LONGEST {
            let cut = cut(rest, escape)?;
            let (before, after) = rest.split_at(cut);
            folded.push_str(before);
            folded.push(escape);
            folded.push('\n');
            rest = after;
        }
        folded.push_str(rest);
    }
    Some(folded)
}

/// Returns the last place where the line can be split: not after an escape character, which would cancel the new one, and not
/// before a blank or a `#`, which would make the next line a comment or an empty one.
fn cut(line: &str, escape: char) -> Option<usize> {
    let mut at = LONGEST - 1;
    while at > 0 {
        if line.is_char_boundary(at) {
            let before = line[..at].chars().next_back();
            let after = line[at..].chars().next();
            let safe = before.is_some_and(|c| c != escape)
                && after.is_some_and(|c| c != '#' && c != escape && !c.is_whitespace());
            if safe {
                return Some(at);
            }
        }
        at -= 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut_and_joins_to_the_same_text() {
        let text = format!("RUN echo {}", "# \\é x".repeat(30_000));
        let folded = fold(&text, '\\').unwrap();
        assert!(fit(&folded));
        assert_eq!(folded.replace("\\\n", ""), text);
        for line in folded.split('\n').skip(1) {
            assert!(!line.starts_with(['#', ' ', '\\']), "{:?}", &line[..4]);
        }
    }

    #[test]
    fn a_short_line_stays() {
        assert_eq!(fold("RUN a", '\\').as_deref(), Some("RUN a"));
        assert_eq!(fold(&"\\".repeat(70_000), '\\'), None);
    }
}
