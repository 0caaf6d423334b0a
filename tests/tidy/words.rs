//! Banned phrases: sentences that have to be read twice.
//!
//! In: the Rust, Markdown and row files of the repository, without test data. Out: each banned phrase with file, line and what to write
//! instead. A phrase is also found across a line break of a comment or a string, and in an identifier, where `_` separates words.

use super::{files, none, read};

/// A phrase and its replacement. `|` separates the alternatives of one word, and `*` ends a prefix.
const BANNED: &[(&str, &str)] = &[
    ("nobody", "name the subject: `no program`, `unknown`"),
    ("whoever", "name the subject: `anyone who`, `the user`"),
    ("how manieth", "say `number`, `count` or `index`"),
    ("be that", "use `if` or `whether`"),
    ("as far as", "use `if` or `unless`"),
    ("of its|their own", "say `separate`, `private` or `itself`"),
    ("vouch*", "say `trust`, or `not in the program database`"),
    (
        "stand|stands|stood for|in|at|on|there|where|alone|by",
        "say `is`, `means`, `occurs` or `represents`",
    ),
    (
        "stand|stands|stood behind|before|after|above|below|beside",
        "say `is`, `precedes` or `follows`",
    ),
    (
        "behind the|a|an|it|its|that|this|each|every|one|all|them|which",
        "say `after`",
    ),
    (
        "tell|tells about|of|from|what|whether|that|which",
        "say `depends on`, `reveals` or `reports`",
    ),
    ("are|is|was|were|be told", "say `is reported` or `is known`"),
    (
        "there is|are|was|were no",
        "make the subject the subject: `X has no ..`, `X is missing`",
    ),
    (
        "the way it|that|a|to|of|through|out|in|there",
        "say `flow`, `path` or `provenance`",
    ),
    ("ways meet|out|in|of|to", "say `paths`; paths are joined"),
    ("where ways", "say `paths`; paths are joined"),
    ("has|is|have|are no way to", "say `cannot`"),
    (
        "is|are no owner|name|mount|path|file|image|word|identifier|stage",
        "say `invalid X` in a message, `is not an X` elsewhere",
    ),
    (
        "is|are no port|mode|signal|duration|digest|platform|number",
        "say `invalid X` in a message, `is not an X` elsewhere",
    ),
    ("so many", "say the unit and the consequence of a limit"),
    (
        "not reported are|is",
        "subject first: `the rule does not report ..`",
    ),
    ("nor is|are", "subject first: `X is not .. either`"),
    ("has|have this rule", "say `the rule applies to ..`"),
    ("without a word", "say `without a message`"),
];

/// Occurrences that remain in folders that are cleaned at present: lower a limit, never raise it.
const LIMITS: &[(&str, usize)] = &[("dockerfile-dsl-analysis/", 0), ("", 0)];

#[test]
fn no_banned_phrase_occurs() {
    let is_searched = |path: &String| {
        !path.starts_with("tests/data/") && path != "tests/tidy/words.rs" && path != "CHANGELOG.md"
    };
    let mut found: Vec<Vec<String>> = vec![Vec::new(); LIMITS.len()];
    for ending in [".rs", ".md", ".rows"] {
        for path in files(ending).into_iter().filter(is_searched) {
            let folder = LIMITS
                .iter()
                .position(|(folder, _)| path.starts_with(folder))
                .expect("the last folder is the root");
            for (line, phrase, instead) in banned_phrases(&read(&path)) {
                found[folder].push(format!("{path}:{line}: `{phrase}`: {instead}"));
            }
        }
    }
    let mut complaints = Vec::new();
    for (found, (folder, limit)) in found.iter_mut().zip(LIMITS) {
        let count = found.len();
        if count > *limit {
            complaints.append(found);
            complaints.push(format!(
                "`{folder}` has {count} banned phrases, and {limit} are allowed"
            ));
        }
    }
    none(complaints);
}

/// A word in lower case, its line, and whether only blanks separate it from the previous one.
struct Word {
    text: String,
    line: usize,
    follows: bool,
}

/// The banned phrases of a text: line, phrase, and replacement.
fn banned_phrases(text: &str) -> Vec<(usize, String, &'static str)> {
    let words = words(text);
    let mut found = Vec::new();
    for start in 0..words.len() {
        for &(phrase, instead) in BANNED {
            let pattern: Vec<&str> = phrase.split(' ').collect();
            let Some(candidate) = words.get(start..start + pattern.len()) else {
                continue;
            };
            let is_match = candidate.iter().skip(1).all(|word| word.follows)
                && candidate
                    .iter()
                    .zip(&pattern)
                    .all(|(word, pattern)| pattern.split('|').any(|one| is_word(one, &word.text)));
            if is_match {
                let texts: Vec<&str> = candidate.iter().map(|word| &*word.text).collect();
                found.push((candidate[0].line, texts.join(" "), instead));
            }
        }
    }
    found
}

fn is_word(pattern: &str, word: &str) -> bool {
    pattern
        .strip_suffix('*')
        .map_or(pattern == word, |prefix| word.starts_with(prefix))
}

fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let (mut line, mut end) = (1, 0);
    let mut at = 0;
    while let Some(start) = text[at..].find(char::is_alphanumeric).map(|gap| at + gap) {
        let rest = &text[start..];
        let length = rest
            .find(|c: char| !c.is_alphanumeric())
            .unwrap_or(rest.len());
        let gap = &text[end..start];
        line += gap.matches('\n').count();
        end = start + length;
        at = end;
        words.push(Word {
            text: rest[..length].to_lowercase(),
            line,
            follows: is_blank(gap),
        });
    }
    words
}

/// Whether a gap between two words is blank: spaces, `_` and `-`, or a line break with the signs of a comment or a continued string.
fn is_blank(gap: &str) -> bool {
    let mut lines = gap.split('\n');
    let first = lines.next().unwrap_or_default();
    let next: Vec<&str> = lines.map(str::trim_start).collect();
    let is_separator = |text: &str| text.chars().all(|c| " _-".contains(c));
    let comment = |line: &&str| {
        ["///", "//!", "//"]
            .iter()
            .any(|sign| line.trim_end() == *sign)
    };
    let is_one_break = next.len() <= 1 && next.iter().all(|line| line.is_empty() || comment(line));
    is_one_break && is_separator(first.trim_end_matches('\\'))
}

#[test]
fn banned_phrases_are_found() {
    let lines = |text: &str| -> Vec<usize> {
        banned_phrases(text)
            .into_iter()
            .map(|(line, ..)| line)
            .collect()
    };
    assert_eq!(lines("a\n// Nobody knows."), [2]);
    assert_eq!(lines("/// It is a value of\n/// its own."), [1]);
    assert_eq!(lines("\"the way \\\n    that it took\""), [1]);
    assert_eq!(lines("fn there_is_no_leak() {}"), [1]);
    assert_eq!(lines("`X` is vouched for"), [1]);
    assert_eq!(lines("Not reported are\n/// names."), [1]);
    // Near misses: another word, punctuation between the words, a blank line.
    assert_eq!(lines("understands in full; stands. In"), [0; 0]);
    assert_eq!(lines("of its owner"), [0; 0]);
    assert_eq!(lines("/// of its\n///\n/// own"), [0; 0]);
}
