//! Text that was taken out of a file piece by piece: a script in YAML, a recipe of a Makefile.
//!
//! In: pieces of the file, each with its place. Out: one text, and the place in the file of each part of it.

use dockerfile_dsl_analysis::Span;

/// A text, and where its pieces come from.
#[derive(Debug, Clone, Default)]
pub(super) struct Extract {
    pub(super) text: String,
    /// Offset in the text, and the offset in the file where this piece is.
    pieces: Vec<(usize, usize)>,
}

impl Extract {
    /// Returns a text that is in the file as it is.
    pub(super) fn whole(text: &str, at: usize) -> Self {
        let mut extract = Self::default();
        extract.push(text, at);
        extract
    }

    /// Appends a piece.
    pub(super) fn push(&mut self, text: &str, at: usize) {
        self.pieces.push((self.text.len(), at));
        self.text.push_str(text);
    }

    /// Returns the place in the file.
    pub(super) fn place(&self, span: Span) -> Span {
        let start = self.offset(span.start);
        let last = self.offset(span.end.saturating_sub(1).max(span.start));
        let length = usize::from(span.end > span.start);
        Span::new(start, last.max(start) + length)
    }

    fn offset(&self, offset: usize) -> usize {
        let index = self.pieces.partition_point(|(start, _)| *start <= offset);
        let piece = index
            .checked_sub(1)
            .and_then(|index| self.pieces.get(index));
        piece.map_or(0, |(start, at)| at + (offset - start))
    }

    /// Returns the lines, without their line ends, each with its span in the text.
    pub(super) fn lines(&self) -> impl Iterator<Item = (&str, Span)> {
        let mut at = 0;
        self.text.split('\n').map(move |line| {
            let span = Span::new(at, at + line.len());
            at = span.end + 1;
            (line, span)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_pieces() {
        let file = "  ab\n  cd\n";
        let mut extract = Extract::default();
        extract.push("ab\n", 2);
        extract.push("cd\n", 7);
        assert_eq!(extract.text, "ab\ncd\n");
        assert_eq!(extract.place(Span::new(1, 4)).of(file), "b\n  c");
        assert_eq!(extract.place(Span::new(3, 5)).of(file), "cd");
        let lines: Vec<_> = extract.lines().map(|(line, _)| line).collect();
        assert_eq!(lines, ["ab", "cd", ""]);
    }
}
