//! `InvalidUtf8`: the file contains bytes that are not UTF-8. BuildKit replaces them, so the image gets a different text.

use crate::{Finding, Rule, dockerfile::File};

/// Reports one finding for the whole file, at the first invalid byte.
pub(super) fn check(file: &File) -> Option<Finding> {
    let (first, rest) = file.replaced_bytes.split_first()?;
    let more = match rest.len() {
        0 => String::new(),
        more => format!(" ({more} more follow)"),
    };
    let holds = |span: crate::Span| (span.start..=span.end).contains(&first.start);
    let (stage, instruction) = file
        .instructions()
        .find(|(_, _, instruction)| holds(instruction.span))
        .map_or((0, None), |(stage, index, _)| (stage, index));
    let message = format!("this byte is not UTF-8, and BuildKit replaces it by `\u{fffd}`{more}");
    Some(Finding {
        stage,
        instruction,
        help: Some("save the file as UTF-8, and write the character again".to_owned()),
        ..Finding::new(Rule::InvalidUtf8, *first, message)
    })
}

#[cfg(test)]
mod tests {
    use super::{super::testing, *};

    #[test]
    fn one_finding_for_a_file() {
        let found = testing::findings("FROM x\n# caf\u{fffd}\nENV A=\u{fffd}\n");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].rule, Rule::InvalidUtf8);
        assert!(
            found[0].message.ends_with("(1 more follow)"),
            "{}",
            found[0].message
        );
        assert_eq!(testing::findings("FROM x\n# café\nENV A=é\n"), []);
    }
}
