//! The words that an instruction starts with, and what somebody may have meant.

use proc_macro::Ident;

use crate::errors::Mistake;

/// The instructions of the Dockerfile reference; FROM starts a stage.
pub(crate) const INSTRUCTIONS: &[&str] = &[
    "FROM",
    "RUN",
    "CMD",
    "LABEL",
    "MAINTAINER",
    "EXPOSE",
    "ENV",
    "ADD",
    "COPY",
    "ENTRYPOINT",
    "VOLUME",
    "USER",
    "WORKDIR",
    "ARG",
    "ONBUILD",
    "STOPSIGNAL",
    "HEALTHCHECK",
    "SHELL",
];

/// Whether an instruction, control flow or the list of targets starts with this word.
pub(crate) fn starts_node(word: &str) -> bool {
    INSTRUCTIONS.contains(&word) || ["TARGETS", "if", "for", "match"].contains(&word)
}

pub(crate) fn is_instruction(word: &Ident) -> bool {
    INSTRUCTIONS.contains(&word.to_string().as_str())
}

pub(crate) fn unknown_instruction(word: &Ident) -> Mistake {
    let name = word.to_string();
    Mistake::new(
        word.span(),
        format!(
            "unknown instruction `{name}`{}",
            did_you_mean(&name, INSTRUCTIONS)
        ),
    )
}

/// `, did you mean `X`?`, or nothing where no word is near.
pub(crate) fn did_you_mean(word: &str, known: &[&str]) -> String {
    let nearest = known
        .iter()
        .map(|known| (distance(&word.to_lowercase(), &known.to_lowercase()), known))
        .min();
    match nearest {
        Some((distance, known)) if distance <= 1 + known.len() / 4 => {
            format!(", did you mean `{known}`?")
        }
        _ => String::new(),
    }
}

/// Edits of one character, or of two neighbours that changed places.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let differs = usize::from(a[i - 1] != b[j - 1]);
            let mut cost = (rows[i - 1][j - 1] + differs)
                .min(rows[i - 1][j] + 1)
                .min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cost = cost.min(rows[i - 2][j - 2] + 1);
            }
            row.push(cost);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_word_is_recognised_and_a_foreign_one_is_not() {
        assert_eq!(
            did_you_mean("WORKDRI", INSTRUCTIONS),
            ", did you mean `WORKDIR`?"
        );
        assert_eq!(did_you_mean("run", INSTRUCTIONS), ", did you mean `RUN`?");
        assert_eq!(
            did_you_mean("ENTRY_POINT", INSTRUCTIONS),
            ", did you mean `ENTRYPOINT`?"
        );
        assert_eq!(did_you_mean("INSTALL", INSTRUCTIONS), "");
    }
}
