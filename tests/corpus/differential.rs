//! The Dockerfile reader beside an independent one, on files that both read rightly: instructions, flags, commands, here-documents.
//!
//! If `parse-dockerfile` is known to misread a file (a word after `<<EOF`, two here-documents on a line, a line that ends in
//! `\\`), BuildKit decides: those files are skipped here, and are rows of `it/reader/`.

use std::{fs, path::Path};

use dockerfile_dsl_analysis::dockerfile::{self, Command, Instruction, Kind};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::{ThirdParty, Trial, third_party};
use parse_dockerfile::Instruction as Other;
use proptest::prelude::*;

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = trials!([our_files, written_files]);
    trials.extend(trials!(&third_party("real"), [real_files]));
    trials
}

/// Keyword, flags with their values, and what is run.
pub(crate) type Summary = (String, Vec<(String, Option<String>)>, Vec<String>);

pub(crate) fn ours(text: &str) -> Option<Vec<Summary>> {
    let file = dockerfile::read(text).ok()?;
    let summary = |instruction: &Instruction| {
        let flags = instruction.flags.iter().map(|flag| {
            (
                flag.name.to_string(),
                flag.value.as_ref().map(ToString::to_string),
            )
        });
        let words = match &instruction.kind {
            Kind::From(base) => {
                let name = base.name.as_ref().map(|name| name.name.clone());
                std::iter::once(base.image.to_string())
                    .chain(name)
                    .collect()
            }
            Kind::Run(run) => command(text, &run.command),
            Kind::Cmd(line) | Kind::Entrypoint(line) => command(text, line),
            Kind::Copy(transfer) | Kind::Add(transfer) => vec![transfer.destination.to_string()],
            Kind::Expose(words) | Kind::Shell(words) => {
                words.iter().map(ToString::to_string).collect()
            }
            _ => Vec::new(),
        };
        (
            instruction.kind.keyword().to_owned(),
            flags.collect(),
            words,
        )
    };
    Some(
        file.instructions()
            .map(|(_, _, instruction)| summary(instruction))
            .collect(),
    )
}

/// Returns the text of the file, or the arguments, or the bodies.
fn command(text: &str, command: &Command) -> Vec<String> {
    match command {
        Command::Shell(line) => vec![line.whole().of(text).trim().to_owned()],
        Command::HereDocument(document) | Command::Executable { document, .. } => {
            vec![document.body.to_string()]
        }
        Command::ShellWithHereDocuments { documents, .. } => {
            documents.iter().map(|each| each.body.to_string()).collect()
        }
        Command::Exec(arguments) => arguments.iter().map(ToString::to_string).collect(),
    }
}

pub(crate) fn theirs(text: &str) -> Option<Vec<Summary>> {
    let file = parse_dockerfile::parse(text).ok()?;
    let flags = |flags: &[parse_dockerfile::Flag]| {
        flags
            .iter()
            .map(|flag| {
                (
                    flag.name.value.to_string(),
                    flag.value.as_ref().map(|value| value.value.to_string()),
                )
            })
            .collect::<Vec<_>>()
    };
    let line = |command: &parse_dockerfile::Command| match command {
        parse_dockerfile::Command::Exec(arguments) => arguments
            .value
            .iter()
            .map(|each| each.value.to_string())
            .collect(),
        parse_dockerfile::Command::Shell(text) => vec![text.value.trim().to_owned()],
        other => panic!("{other:?} is new"),
    };
    let words = |words: &[parse_dockerfile::UnescapedString]| {
        words
            .iter()
            .map(|word| word.value.to_string())
            .collect::<Vec<_>>()
    };
    let summary = |instruction: &Other| {
        let (keyword, flags, words): (&str, Vec<_>, Vec<String>) = match instruction {
            Other::From(from) => {
                let name = from.as_.as_ref().map(|(_, name)| name.value.to_lowercase());
                (
                    "FROM",
                    flags(&from.options),
                    std::iter::once(from.image.value.to_string())
                        .chain(name)
                        .collect(),
                )
            }
            Other::Run(run) if run.here_docs.is_empty() => {
                ("RUN", flags(&run.options), line(&run.arguments))
            }
            Other::Run(run) => (
                "RUN",
                flags(&run.options),
                run.here_docs
                    .iter()
                    .map(|each| each.value.to_string())
                    .collect(),
            ),
            Other::Cmd(cmd) => ("CMD", Vec::new(), line(&cmd.arguments)),
            Other::Entrypoint(entrypoint) => {
                ("ENTRYPOINT", Vec::new(), line(&entrypoint.arguments))
            }
            Other::Copy(copy) => (
                "COPY",
                flags(&copy.options),
                vec![copy.dest.value.to_string()],
            ),
            Other::Add(add) => ("ADD", flags(&add.options), vec![add.dest.value.to_string()]),
            Other::Expose(expose) => ("EXPOSE", Vec::new(), words(&expose.arguments)),
            Other::Shell(shell) => ("SHELL", Vec::new(), words(&shell.arguments)),
            Other::Arg(_) => ("ARG", Vec::new(), Vec::new()),
            Other::Env(_) => ("ENV", Vec::new(), Vec::new()),
            Other::Healthcheck(check) => ("HEALTHCHECK", flags(&check.options), Vec::new()),
            Other::Label(_) => ("LABEL", Vec::new(), Vec::new()),
            Other::Maintainer(_) => ("MAINTAINER", Vec::new(), Vec::new()),
            Other::Onbuild(_) => ("ONBUILD", Vec::new(), Vec::new()),
            Other::Stopsignal(_) => ("STOPSIGNAL", Vec::new(), Vec::new()),
            Other::User(_) => ("USER", Vec::new(), Vec::new()),
            Other::Volume(_) => ("VOLUME", Vec::new(), Vec::new()),
            Other::Workdir(_) => ("WORKDIR", Vec::new(), Vec::new()),
            other => panic!("{other:?} is new"),
        };
        (keyword.to_owned(), flags, words)
    };
    Some(file.instructions.iter().map(summary).collect())
}

/// Whether the other reader is known to misread the file, or reads less of it.
pub(crate) fn is_misread(text: &str) -> bool {
    let here_document = |line: &str| {
        line.matches("<<").count() > 1 || line.contains("<<") && !is_plain_here_document(line)
    };
    let two_escapes = |line: &str| line.trim_end().ends_with("\\\\");
    // Flags: it neither unquotes them, nor joins them over lines, nor ends them at `--`.
    let flag = |line: &str| {
        line.split_whitespace()
            .any(|word| word == "--" || word.starts_with("--") && word.contains(['"', '\'', '\\']))
    };
    text.contains(['\r', '`'])
        || text
            .lines()
            .any(|line| here_document(line) || two_escapes(line) || flag(line))
}

/// `RUN <<EOF` or `COPY <<EOF dest`.
fn is_plain_here_document(line: &str) -> bool {
    let mut words = line
        .split_whitespace()
        .filter(|word| !word.starts_with("--"))
        .skip(1);
    words.next().is_some_and(|word| word.starts_with("<<"))
        && (line.trim_start().starts_with("COPY") || words.next().is_none())
}

/// How many of the files were compared.
fn compare_folder(folder: &Path) -> usize {
    let mut compared = 0;
    let mut entries: Vec<_> = fs::read_dir(folder)
        .expect("is a folder")
        .map(|entry| entry.expect("can be read").path())
        .collect();
    entries.sort();
    for path in entries.iter().filter(|path| {
        path.extension()
            .is_some_and(|ending| ending == "Dockerfile")
    }) {
        let text = fs::read_to_string(path).expect("is text");
        if is_misread(&text) {
            continue;
        }
        if let Some(theirs) = theirs(&text) {
            assert_eq!(ours(&text), Some(theirs), "{}", path.display());
            compared += 1;
        }
    }
    compared
}

fn our_files() {
    let compared = compare_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data/wholefile"));
    assert!(compared > 60, "{compared} files were compared");
}

fn real_files(text: &ThirdParty) {
    let compared = compare_folder(text.path());
    assert!(compared > 40, "{compared} files were compared");
}

/// Instructions as people write them, continued, commented, in both forms.
fn instruction() -> impl Strategy<Value = String> {
    let word = "[a-z0-9/._-]{1,8}";
    // An image reference that BuildKit takes: our reader refuses others.
    let image = "[a-z0-9]{1,4}(/[a-z0-9]{1,4})?";
    prop_oneof![
        (word, word).prop_map(|(a, b)| format!("RUN x{a} \\\n    y{b}")),
        (word, word).prop_map(|(a, b)| format!("RUN x{a} && \\\n  # a comment\n  y{b}")),
        (word, word)
            .prop_map(|(a, b)| format!("RUN --mount=type=secret,id={a} --network=none x{b}")),
        (word, word).prop_map(|(a, b)| format!("RUN [\"x{a}\", \"{b} \\\"q\\\" \\u00e9\"]")),
        (word, word).prop_map(|(a, b)| format!("RUN <<EOF\n{a}\n  {b} $X\nEOF")),
        (word, word).prop_map(|(a, b)| format!("RUN <<'E_O'\n#{a}\n{b}\nE_O")),
        (image, word).prop_map(|(a, b)| format!("COPY --from=s{a} /{a} /{b}")),
        (word, word).prop_map(|(a, b)| format!("COPY [\"/{a} b\", \"/{b} c\"]")),
        (word, word).prop_map(|(a, b)| format!("ADD --chown=1:1 x{a} /{b}")),
        (word, word).prop_map(|(a, b)| format!("CMD x{a} {b}")),
        (word, word).prop_map(|(a, b)| format!("ENTRYPOINT [\"{a}\",\"{b}\"]")),
        word.prop_map(|a| format!("# {a}\n\nUSER u{a}")),
        word.prop_map(|a| format!("ENV A=\"{a} b\" C='{a}'")),
        image.prop_map(|a| format!("from --platform=linux/amd64 i{a} as n")),
        Just("EXPOSE 80 443/tcp".to_owned()),
        Just("SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]".to_owned()),
    ]
}

proptest! {
    fn written_files(instructions in prop::collection::vec(instruction(), 0..8)) {
        let text = format!("FROM base AS first\n{}\n", instructions.join("\n"));
        if let Some(theirs) = theirs(&text) {
            prop_assert_eq!(ours(&text), Some(theirs), "{}", text);
        }
    }
}
