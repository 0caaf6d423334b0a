//! `.dockerignore`: the paths that are excluded from the build context.
//!
//! In: the text of the file. Out: for a path, whether it is excluded, by the rules of moby's `patternmatcher`: patterns start at the root
//! of the context, the last match wins, and a path is excluded if a directory above it is.

/// The patterns of a `.dockerignore`, or of `--exclude`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dockerignore {
    patterns: Vec<IgnorePattern>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct IgnorePattern {
    tokens: Vec<IgnoreToken>,
    includes: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum IgnoreToken {
    Literal(char),
    /// `?`
    Any,
    /// `*`
    Star,
    /// `**` before a slash: any number of whole directories, including none.
    Directories,
    /// `**` at the end, or before plain text: any text.
    Everything,
    /// `[a-c]`
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

/// A pattern that the builder rejects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    /// The line, from 1.
    pub line: usize,
}

impl std::fmt::Display for PatternError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "line {} of the ignore file holds a malformed pattern",
            self.line
        )
    }
}

impl std::error::Error for PatternError {}

impl Dockerignore {
    /// Parses the text of a `.dockerignore`.
    ///
    /// # Errors
    ///
    /// A malformed pattern, at which the build ends.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut patterns = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let pattern = line.trim();
            if line.starts_with('#') || pattern.is_empty() {
                continue;
            }
            let (includes, pattern) = match pattern.strip_prefix('!') {
                Some(rest) => (true, rest.trim()),
                None => (false, pattern),
            };
            let malformed = PatternError { line: index + 1 };
            if pattern.is_empty() {
                return Err(malformed);
            }
            let cleaned = crate::dockerfile::clean_path(pattern);
            let cleaned = cleaned.strip_prefix('/').unwrap_or(&cleaned);
            if !matches!(cleaned, "." | "") {
                patterns.push(IgnorePattern {
                    tokens: tokens(cleaned).ok_or(malformed)?,
                    includes,
                });
            }
        }
        Ok(Self { patterns })
    }

    /// Whether a path, relative to the root of the context, is excluded.
    #[must_use]
    pub fn excludes(&self, path: &str) -> bool {
        let path = crate::dockerfile::clean_path(path);
        let path = path.trim_start_matches('/');
        let mut excluded = false;
        for pattern in &self.patterns {
            if pattern.includes == excluded && pattern.matches_or_parent(path) {
                excluded = !pattern.includes;
            }
        }
        excluded
    }
}

impl IgnorePattern {
    fn matches_or_parent(&self, path: &str) -> bool {
        let chars: Vec<char> = path.chars().collect();
        let is_end = |end: usize| end == chars.len() || chars[end] == '/';
        // `reached[i]`: the tokens before `i` match the characters so far. `whole[i]`: at the end of a directory, or with none.
        let mut reached = vec![false; self.tokens.len() + 1];
        let mut whole = reached.clone();
        (reached[0], whole[0]) = (true, true);
        for at in 0..=chars.len() {
            for index in 0..self.tokens.len() {
                let skips = match self.tokens[index] {
                    IgnoreToken::Star | IgnoreToken::Everything => true,
                    IgnoreToken::Directories => whole[index],
                    _ => false,
                };
                if reached[index] && skips {
                    (reached[index + 1], whole[index + 1]) = (true, true);
                }
            }
            if reached[self.tokens.len()] && is_end(at) {
                return true;
            }
            let Some(&char) = chars.get(at) else { break };
            for index in (0..=self.tokens.len()).rev() {
                let stays = match self.tokens.get(index) {
                    Some(IgnoreToken::Star) => reached[index] && char != '/',
                    Some(IgnoreToken::Directories | IgnoreToken::Everything) => reached[index],
                    _ => false,
                };
                let advances =
                    index > 0 && reached[index - 1] && self.tokens[index - 1].matches(char);
                reached[index] = stays || advances;
                whole[index] = advances || stays && char == '/';
            }
        }
        false
    }
}

impl IgnoreToken {
    fn matches(&self, char: char) -> bool {
        match self {
            Self::Literal(literal) => *literal == char,
            Self::Any => char != '/',
            Self::Class { negated, ranges } => {
                ranges
                    .iter()
                    .any(|(low, high)| (*low..=*high).contains(&char))
                    != *negated
            }
            Self::Star | Self::Directories | Self::Everything => false,
        }
    }
}

/// Splits a pattern into tokens; `None` if a `[` has no end.
fn tokens(pattern: &str) -> Option<Vec<IgnoreToken>> {
    let mut tokens = Vec::new();
    // moby compares `**text` with the end of the path, at the end of any directory.
    let is_suffix = pattern
        .strip_prefix("**")
        .is_some_and(|rest| !rest.contains(['*', '?', '[', '\\']));
    let mut chars = pattern.chars().peekable();
    while let Some(char) = chars.next() {
        tokens.push(match char {
            '*' if is_suffix && tokens.is_empty() && !pattern.starts_with("**/") => {
                chars.next();
                IgnoreToken::Everything
            }
            '?' => IgnoreToken::Any,
            '*' if chars.next_if_eq(&'*').is_some() => {
                chars.next_if_eq(&'/');
                IgnoreToken::Directories
            }
            '*' => IgnoreToken::Star,
            '[' => {
                let negated = chars.next_if_eq(&'^').is_some();
                let mut ranges = Vec::new();
                loop {
                    let low = match chars.next()? {
                        ']' if !ranges.is_empty() => break,
                        '\\' => chars.next()?,
                        char => char,
                    };
                    let high = if chars.next_if_eq(&'-').is_some() {
                        chars.next()?
                    } else {
                        low
                    };
                    ranges.push((low, high));
                }
                IgnoreToken::Class { negated, ranges }
            }
            '\\' => IgnoreToken::Literal(chars.next().unwrap_or('\\')),
            char => IgnoreToken::Literal(char),
        });
    }
    if let Some(last @ IgnoreToken::Directories) = tokens.last_mut() {
        *last = IgnoreToken::Everything;
    }
    Some(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ignore: &str, excluded: &[&str], kept: &[&str]) {
        let patterns = Dockerignore::parse(ignore).expect("is right");
        for path in excluded {
            assert!(patterns.excludes(path), "{ignore:?} leaves out {path}");
        }
        for path in kept {
            assert!(!patterns.excludes(path), "{ignore:?} keeps {path}");
        }
    }

    #[test]
    fn patterns_start_at_the_root() {
        check("foo", &["foo", "foo/bar", "./foo"], &["a/foo", "foobar"]);
        check("/foo/", &["foo"], &["a/foo"]);
        check("*.md", &["a.md"], &["b/a.md"]);
        check("**/*.md", &["a.md", "b/a.md", "b/c/a.md"], &["a.mdx"]);
        check(
            "**/foo",
            &["foo", "a/foo", "a/b/foo/c"],
            &["afoo", "afoo/x"],
        );
        check("a/**/b*", &["a/b", "a/x/bc"], &["a/xb"]);
    }

    #[test]
    fn wildcards() {
        check("a?c", &["abc"], &["a/c", "ac"]);
        check("[a-c]x", &["ax", "cx"], &["dx"]);
        check("[^a]x", &["bx"], &["ax"]);
        check("[!a]x", &["ax", "!x"], &["bx"]);
        check("a/**", &["a/b", "a/b/c"], &["a"]);
        check("**a", &["a", "ba", "c/ba"], &["b"]);
        check("**a*", &["a", "c/ab"], &["ba"]);
        check("a**", &["a", "ab", "a/b"], &["b"]);
        check("\\#x\n\\!a", &["#x", "!a"], &["a"]);
    }

    #[test]
    fn the_last_match_wins() {
        check("*\n!a/b", &["a/c", "x"], &["a/b", "a/b/c"]);
        check("a\n!a\na", &["a"], &[]);
    }

    #[test]
    fn what_means_nothing() {
        check("# a\n\n.\n/\n", &[], &["a", "# a"]);
        check(" #x", &["#x"], &[]);
        assert_eq!(Dockerignore::parse("a\n!\n"), Err(PatternError { line: 2 }));
        assert_eq!(Dockerignore::parse("[a"), Err(PatternError { line: 1 }));
    }
}
