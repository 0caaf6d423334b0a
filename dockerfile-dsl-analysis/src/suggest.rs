//! "Did you mean": the nearest name to a misspelled one, and the likely source of a secret.
//!
//! In: a word and the known names. Out: the end of an error message. The macros use it, too, so that there is a single edit distance.

/// Returns ``, did you mean `NAME`?`` for the nearest of `names`, or an empty text if none is near.
pub fn did_you_mean(word: &str, names: &[&str]) -> String {
    nearest(word, names).map_or_else(String::new, |name| format!(", did you mean `{name}`?"))
}

fn nearest<'a>(word: &str, names: &[&'a str]) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).max(1);
    if word.len() > 64 {
        return None;
    }
    let word = word.to_lowercase();
    let distances = names
        .iter()
        .map(|name| (distance(&word, &name.to_lowercase()), *name));
    distances
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= limit)
        .map(|(_, name)| name)
}

/// Where the value of a secret most likely comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LikelySource {
    /// The variable of this name.
    Variable(String),
    /// The file at this path.
    File(&'static str),
}

/// Files that usually hold the secret of this id.
const USUAL_FILES: &[(&str, &str)] = &[
    ("npmrc", "~/.npmrc"),
    ("netrc", "~/.netrc"),
    ("pypirc", "~/.pypirc"),
    ("aws", "~/.aws/credentials"),
    ("gitconfig", "~/.gitconfig"),
];

/// Returns the most likely source of a secret, by its id.
#[must_use]
pub fn likely_source(id: &str) -> LikelySource {
    let name = id.trim_start_matches('.').to_lowercase();
    if let Some((_, file)) = USUAL_FILES.iter().find(|(usual, _)| *usual == name) {
        return LikelySource::File(file);
    }
    let variable: String = id
        .to_uppercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    let digit = variable.starts_with(|c: char| c.is_ascii_digit());
    let before = if digit { "_" } else { "" };
    LikelySource::Variable(format!("{before}{variable}"))
}

/// The restricted Damerau-Levenshtein distance: insertions, deletions, substitutions, and swaps of adjacent characters.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = match (i, j) {
                (0, _) | (_, 0) => i + j,
                _ => {
                    let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    let least = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                    let swaps = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                    if swaps {
                        least.min(rows[i - 2][j - 2] + 1)
                    } else {
                        least
                    }
                }
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    const INSTRUCTIONS: [&str; 4] = ["RUN", "WORKDIR", "ENTRYPOINT", "COPY"];

    #[test]
    fn a_misspelt_word_is_recognised_and_a_foreign_one_is_not() {
        assert_eq!(
            did_you_mean("WORKDRI", &INSTRUCTIONS),
            ", did you mean `WORKDIR`?"
        );
        assert_eq!(did_you_mean("run", &INSTRUCTIONS), ", did you mean `RUN`?");
        assert_eq!(
            did_you_mean("ENTRY_POINT", &INSTRUCTIONS),
            ", did you mean `ENTRYPOINT`?"
        );
        assert_eq!(did_you_mean("INSTALL", &INSTRUCTIONS), "");
    }
}
