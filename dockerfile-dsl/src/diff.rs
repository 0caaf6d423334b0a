//! The difference of two texts, line by line, for a person to read.
//!
//! In: two texts. Out: with the feature `diff` a unified diff (by the crate `similar`) with three lines of context and without a header;
//! without it the first line that differs. Texts that are equal give an empty string.

/// `-` lines are only in `old`, `+` lines only in `new`.
#[cfg(feature = "diff")]
pub(crate) fn lines(old: &str, new: &str) -> String {
    similar::TextDiff::from_lines(old, new)
        .unified_diff()
        .context_radius(3)
        .to_string()
}

/// The first line that differs, as `-` and `+` lines.
#[cfg(not(feature = "diff"))]
pub(crate) fn lines(old: &str, new: &str) -> String {
    let mut pairs = (1..).zip(LinePairs(
        old.split_inclusive('\n'),
        new.split_inclusive('\n'),
    ));
    let Some((line, (old, new))) = pairs.find(|(_, (old, new))| old != new) else {
        return String::new();
    };
    let shown = |sign: char, text: Option<&str>| match text {
        Some(text) => format!("{sign}{}\n", text.trim_end_matches('\n')),
        None => String::new(),
    };
    format!(
        "first difference in line {line} (the feature `diff` of dockerfile-dsl shows all):\n{}{}",
        shown('-', old),
        shown('+', new)
    )
}

/// The lines of two texts side by side, up to the end of the longer one.
#[cfg(not(feature = "diff"))]
struct LinePairs<'a>(
    std::str::SplitInclusive<'a, char>,
    std::str::SplitInclusive<'a, char>,
);

#[cfg(not(feature = "diff"))]
impl<'a> Iterator for LinePairs<'a> {
    type Item = (Option<&'a str>, Option<&'a str>);

    fn next(&mut self) -> Option<Self::Item> {
        match (self.0.next(), self.1.next()) {
            (None, None) => None,
            pair => Some(pair),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn equal_texts_have_no_difference() {
        assert_eq!(lines("a\nb\n", "a\nb\n"), "");
        assert_eq!(lines("", ""), "");
    }

    #[cfg(feature = "diff")]
    #[test]
    fn one_line_with_its_context() {
        assert_eq!(
            lines("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nV\n6\n7\n8\n9\n"),
            "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+V\n 6\n 7\n 8\n"
        );
    }

    #[cfg(not(feature = "diff"))]
    #[test]
    fn first_line_that_differs() {
        let start =
            "first difference in line 2 (the feature `diff` of dockerfile-dsl shows all):\n";
        assert_eq!(lines("a\nb\n", "a\nc\n"), format!("{start}-b\n+c\n"));
        assert_eq!(lines("a\n", "a\nc\n"), format!("{start}+c\n"));
        assert_eq!(lines("a\nb", "a\n"), format!("{start}-b\n"));
    }
}
