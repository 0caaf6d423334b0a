//! The program of `tests/data/buildkit`, which `.ci/engine buildkit` compiles: BuildKit's parser and the conversion to its steps.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;

use dockerfile_dsl_tests::engine;
use dockerfile_dsl_tests::trials::{Missing, Needed};
use serde_json::Value;

use super::words::Words;

/// The program.
#[derive(Debug, Clone)]
pub(super) struct Frontend(PathBuf);

impl Frontend {
    pub(super) fn find() -> Needed<Self> {
        let program = engine::folder().join("bin/buildkit-frontend");
        Arc::new(if program.exists() {
            Ok(Self(program))
        } else {
            Err(Missing::accepted(
                "needs BuildKit's frontend: `.ci/engine buildkit` (Debian)",
            ))
        })
    }

    /// Returns an answer per file.
    pub(super) fn answers(&self, texts: &[String]) -> Vec<Answer> {
        let mut child = Command::new(&self.0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Go's scanner reports each NUL there.
            .stderr(Stdio::null())
            .spawn()
            .expect("it was compiled for this machine");
        let stdin = child.stdin.take().expect("it is piped");
        let stdout = child.stdout.take().expect("it is piped");
        let answers: Vec<Answer> = thread::scope(|scope| {
            // It answers before it has read everything.
            scope.spawn(move || {
                let mut stdin = BufWriter::new(stdin);
                for text in texts {
                    let length = u32::try_from(text.len()).expect("files are short");
                    let written = stdin.write_all(&length.to_be_bytes());
                    let written = written.and_then(|()| stdin.write_all(text.as_bytes()));
                    written.expect("it reads everything");
                }
            });
            let lines = BufReader::new(stdout).lines();
            let answer = |line: String| Answer(serde_json::from_str(&line).expect("it is JSON"));
            lines
                .map(|line| answer(line.expect("it is text")))
                .collect()
        });
        assert!(child.wait().expect("it was started").success());
        assert_eq!(answers.len(), texts.len());
        answers
    }
}

/// What BuildKit says about a file.
#[derive(Debug)]
pub(super) struct Answer(Value);

impl Answer {
    /// Returns why BuildKit builds nothing.
    pub(super) fn refused(&self) -> Option<&str> {
        self.text("Refused").filter(|reason| !reason.is_empty())
    }

    /// Whether the text has instructions.
    pub(super) fn is_parsed(&self) -> bool {
        self.text("Unparsed") == Some("")
    }

    pub(super) fn instructions(&self) -> Vec<Words> {
        let instructions = self.0["Instructions"].as_array().into_iter().flatten();
        instructions
            .map(|instruction| Words {
                keyword: instruction["Keyword"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
                flags: strings(&instruction["Flags"]),
                words: strings(&instruction["Words"]),
                values: instruction["Values"]
                    .is_array()
                    .then(|| strings(&instruction["Values"])),
            })
            .collect()
    }

    pub(super) fn env(&self) -> BTreeMap<String, String> {
        pairs(strings(&self.0["Env"]))
    }

    pub(super) fn workdir(&self) -> &str {
        let directory = self.text("WorkingDir").filter(|path| !path.is_empty());
        directory.unwrap_or("/")
    }

    pub(super) fn user(&self) -> &str {
        self.text("User").unwrap_or_default()
    }

    pub(super) fn shell(&self) -> String {
        match &self.0["Shell"] {
            Value::Null => "/bin/sh -c".to_owned(),
            shell => strings(shell).join(" "),
        }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0[name].as_str()
    }
}

/// Splits `NAME=value`; of a name that is there twice the last one counts.
pub(super) fn pairs(all: Vec<String>) -> BTreeMap<String, String> {
    let pairs = all.into_iter();
    pairs
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) => (name.to_owned(), value.to_owned()),
            None => (pair, String::new()),
        })
        .collect()
}

fn strings(value: &Value) -> Vec<String> {
    let values = value.as_array().into_iter().flatten();
    values
        .map(|value| value.as_str().unwrap_or_default().to_owned())
        .collect()
}
