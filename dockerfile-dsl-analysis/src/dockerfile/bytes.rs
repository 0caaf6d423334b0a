//! Files that are not UTF-8: BuildKit reads them, with U+FFFD for each invalid byte.
//!
//! In: the bytes of a file. Out: its text, and its syntax tree. In the script of a RUN an invalid byte is an error.

use super::{Command, File, Instruction, Kind, ReadError, SourceText, read};
use crate::Span;

/// Parses the bytes of a Dockerfile as BuildKit does. Spans refer to the returned text.
///
/// # Errors
///
/// As [`read`], and if a RUN contains a byte that is not UTF-8.
pub fn read_bytes(bytes: &[u8]) -> (String, Result<File, Vec<ReadError>>) {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let error =
            ReadError::new(Span::new(0, 0), "the file is UTF-16").with_help("save it as UTF-8");
        return (String::new(), Err(vec![error]));
    }
    let (text, wrong) = decode(bytes);
    let file = read(&text).and_then(|file| {
        let errors = in_scripts(&file, &wrong);
        if errors.is_empty() {
            Ok(file)
        } else {
            Err(errors)
        }
    });
    (text, file)
}

/// Decodes the text, and returns the offsets of the replaced bytes.
fn decode(bytes: &[u8]) -> (String, Vec<usize>) {
    let mut text = String::with_capacity(bytes.len());
    let mut wrong = Vec::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        // Go replaces each invalid byte separately.
        for _ in chunk.invalid() {
            wrong.push(text.len());
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    (text, wrong)
}

fn in_scripts(file: &File, wrong: &[usize]) -> Vec<ReadError> {
    let error = |at: &usize| {
        ReadError::new(
            Span::new(*at, *at + char::REPLACEMENT_CHARACTER.len_utf8()),
            "this byte is not UTF-8, and BuildKit does not pass it to a RUN",
        )
        .with_help("save the file as UTF-8")
    };
    let scripts: Vec<&SourceText> = file
        .instructions()
        .flat_map(|(_, _, instruction)| scripts(instruction))
        .collect();
    wrong
        .iter()
        .filter(|at| scripts.iter().any(|script| holds(script, **at)))
        .map(error)
        .collect()
}

/// Returns the texts that a RUN passes to its shell or program, without comments inside a continuation.
fn scripts(instruction: &Instruction) -> Vec<&SourceText> {
    let Kind::Run(run) = &instruction.kind else {
        return Vec::new();
    };
    match &run.command {
        Command::Exec(words) => words.iter().collect(),
        Command::Executable { document, .. } => vec![&document.body],
        command => command.shell_text().into_iter().collect(),
    }
}

fn holds(script: &SourceText, at: usize) -> bool {
    let whole = script.whole();
    (whole.start..whole.end).contains(&at)
        && script
            .match_indices(char::REPLACEMENT_CHARACTER)
            .any(|(offset, _)| script.offset(offset) == at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn read(bytes: &[u8]) -> (String, Result<File, Vec<ReadError>>) {
        read_bytes(&[b"FROM x\n", bytes].concat())
    }

    #[test]
    fn latin_1_is_read_where_buildkit_reads_it() {
        for bytes in [
            b"# caf\xe9\nENV A=1".as_slice(),
            b"ENV A=caf\xe9",
            b"LABEL a=\"\xe9\xe8\"",
            b"RUN a \\\n# caf\xe9\n  b",
            b"COPY <<\"EOF\" /x\ncaf\xe9\nEOF",
        ] {
            let (text, file) = read(bytes);
            assert!(file.is_ok(), "{text}: {file:?}");
        }
        let (text, _) = read(b"ENV A=\xe9\xe8");
        assert_eq!(text, "FROM x\nENV A=\u{fffd}\u{fffd}");
    }

    #[test]
    fn in_a_run_it_ends_the_build() {
        for bytes in [
            b"RUN echo caf\xe9".as_slice(),
            b"RUN [\"echo\", \"\xe9\"]",
            b"RUN <<EOF\necho \xe9\nEOF",
        ] {
            let errors = read(bytes).1.expect_err("BuildKit refuses it");
            assert!(errors[0].message.contains("is not UTF-8"), "{errors:?}");
        }
        // Valid UTF-8, including a literal replacement character.
        for text in ["RUN echo café", "RUN echo \u{fffd}"] {
            assert!(read(text.as_bytes()).1.is_ok(), "{text}");
        }
    }

    #[test]
    fn utf_16_is_said() {
        let (_, errors) = read_bytes(b"\xff\xfeF\0R\0");
        assert_eq!(
            errors.expect_err("not a Dockerfile")[0].message,
            "the file is UTF-16"
        );
    }

    #[test]
    fn another_file_is_one_error() {
        for text in ["# Title\n\nhello world\nmore text\n", "{\n  \"a\": 1\n}\n"] {
            let errors = read_bytes(text.as_bytes()).1.expect_err("not a Dockerfile");
            let [error] = errors.as_slice() else {
                panic!("{errors:?}");
            };
            let shown = error.to_string();
            assert!(shown.starts_with("unknown instruction"), "{shown}");
            assert!(
                shown.contains("no line begins with an instruction"),
                "{shown}"
            );
        }
        // A misspelt instruction says that it is a Dockerfile.
        let (_, errors) = read_bytes(b"hello world\nFRM x\nRUN y\n");
        assert!(errors.expect_err("unknown instructions").len() > 1);
    }
}
