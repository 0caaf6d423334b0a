//! The difference of two texts, line by line, for a person to read.
//!
//! In: two texts. Out: unified-diff lines with three lines of context, without a header. Invariant: every line that differs is shown; texts that
//! are equal give an empty string. The longest common subsequence is found in the part between the common head and tail, so its cost
//! is that of the change, not of the file.

use std::fmt::Write;

const CONTEXT: usize = 3;

/// Beyond this many cells the middle is shown as removed and added as a whole.
const MOST_CELLS: usize = 4_000_000;

enum Line<'a> {
    Same(&'a str),
    Removed(&'a str),
    Added(&'a str),
}

/// `-` lines stand in `old` alone, `+` lines in `new` alone.
pub(crate) fn lines(old: &str, new: &str) -> String {
    if old == new {
        return String::new();
    }
    let script = edits(&split(old), &split(new));
    let mut out = String::new();
    let mut skipped = false;
    for (at, line) in script.iter().enumerate() {
        let near = script[at.saturating_sub(CONTEXT)..(at + CONTEXT + 1).min(script.len())]
            .iter()
            .any(|line| !matches!(line, Line::Same(_)));
        if !near {
            skipped = true;
            continue;
        }
        if std::mem::take(&mut skipped) {
            out.push_str(" ...\n");
        }
        let (sign, text) = match line {
            Line::Same(text) => (' ', text),
            Line::Removed(text) => ('-', text),
            Line::Added(text) => ('+', text),
        };
        // Writing to a `String` cannot fail.
        let _ = match text.strip_suffix('\n') {
            Some(text) => writeln!(out, "{sign}{text}"),
            None => writeln!(out, "{sign}{text}\n\\ no newline at the end"),
        };
    }
    out
}

fn split(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn edits<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<Line<'a>> {
    let mut head = 0;
    let (mut old_end, mut new_end) = (old.len(), new.len());
    while head < old_end && head < new_end && old[head] == new[head] {
        head += 1;
    }
    while head < old_end && head < new_end && old[old_end - 1] == new[new_end - 1] {
        old_end -= 1;
        new_end -= 1;
    }
    let mut out = Vec::new();
    for line in &old[..head] {
        out.push(Line::Same(line));
    }
    middle(&old[head..old_end], &new[head..new_end], &mut out);
    for line in &old[old_end..] {
        out.push(Line::Same(line));
    }
    out
}

fn middle<'a>(old: &[&'a str], new: &[&'a str], out: &mut Vec<Line<'a>>) {
    let width = new.len() + 1;
    if (old.len() + 1).saturating_mul(width) > MOST_CELLS {
        for line in old {
            out.push(Line::Removed(line));
        }
        for line in new {
            out.push(Line::Added(line));
        }
        return;
    }
    // common[i * width + j]: length of the longest common subsequence of old[i..] and new[j..].
    let mut common = vec![0u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i * width + j] = if old[i] == new[j] {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            out.push(Line::Same(old[i]));
            i += 1;
            j += 1;
        } else if j == new.len()
            || (i < old.len() && common[(i + 1) * width + j] >= common[i * width + j + 1])
        {
            out.push(Line::Removed(old[i]));
            i += 1;
        } else {
            out.push(Line::Added(new[j]));
            j += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(old: &str, new: &str, expected: &str) {
        assert_eq!(lines(old, new), expected);
    }

    #[test]
    fn equal_texts_have_no_difference() {
        check("a\nb\n", "a\nb\n", "");
        check("", "", "");
    }

    #[test]
    fn one_line_with_its_context() {
        check(
            "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
            "1\n2\n3\n4\nV\n6\n7\n8\n9\n",
            " ...\n 2\n 3\n 4\n-5\n+V\n 6\n 7\n 8\n",
        );
    }

    #[test]
    fn lines_that_come_and_go() {
        check("a\nb\nc\n", "b\nc\nd\n", "-a\n b\n c\n+d\n");
        check("", "a\n", "+a\n");
        check("a\n", "", "-a\n");
    }

    #[test]
    fn a_missing_last_newline_shows() {
        check("a\n", "a", "-a\n+a\n\\ no newline at the end\n");
    }

    #[test]
    fn a_change_of_everything_is_not_slow() {
        let old: String = (0..5_000).map(|n| format!("old {n}\n")).collect();
        let new: String = (0..5_000).map(|n| format!("new {n}\n")).collect();
        assert_eq!(lines(&old, &new).lines().count(), 10_000);
    }
}
