//! Compares a real builder's COPY with the answer of the analysis.

use std::fs;
use std::path::Path;
use std::process::Command;

use dockerfile_dsl_analysis::bases::Bases;
use dockerfile_dsl_analysis::dockerfile;
use dockerfile_dsl_analysis::rules::copies;
use dockerfile_dsl_analysis::rules::dockerignore::Dockerignore;
use dockerfile_dsl_tests::trials::Trial;

use crate::counterparts::write;
use crate::in_engine;
use crate::verify::real::{self, Engine, Folder};

pub(crate) fn trials() -> Vec<Trial> {
    in_engine!(Engine::Docker, [copied_files_match_the_analysis])
}

const FILES: &[&str] = &[
    ".env",
    ".npmrc",
    "a/.env",
    "a/.npmrc",
    "a/b/.npmrc",
    "a/b/token.txt",
    "ab/token.txt",
    "x[1]/key",
    "#note",
    "other",
];

/// A `.dockerignore` and the instructions of a stage.
const CASES: &[(&str, &str)] = &[
    ("", "COPY . /d/"),
    (".env\n", "COPY . /d/"),
    ("**/.env\n*/.npmrc\n", "COPY . /d/"),
    ("*\n!a\na/b\n", "COPY . /d/"),
    ("a/**\n!a/.npmrc\n", "COPY / /d/"),
    ("[!a]*\n", "COPY . /d/"),
    ("x\\[1]\n\\#note\n", "COPY . /d/"),
    ("", "COPY a /d/"),
    ("", "COPY ./a/b/ /d/"),
    ("", "COPY a/.* /d/"),
    ("", "COPY */.npmrc /d/"),
    ("", "COPY a* /d/"),
    ("", "COPY --exclude=.npmrc . /d/"),
    ("", "COPY --exclude=**/.npmrc a /d/"),
    ("", "COPY --exclude=.npmrc a /d/"),
    ("", "COPY --exclude=b/.npmrc a /d/"),
    ("", "ADD other a/b/token.txt /d/"),
    ("", "ENV DIR=a\nCOPY $DIR/b /d/"),
    ("", "RUN --mount=type=bind,target=/m true\nCOPY other /d/"),
];

fn copied_files_match_the_analysis() {
    let folder = Folder::new("context");
    let (context, out) = (folder.0.join("context"), folder.0.join("out"));
    for file in FILES {
        write(&context.join(file), &format!("content of {file}"));
    }
    let mut differences = Vec::new();
    for (ignore, instructions) in CASES {
        // What `RUN` needs, and nothing of the base in what is taken out.
        let text = format!(
            "FROM debian:bookworm-slim AS copied\n{instructions}\nFROM scratch\nCOPY --from=copied \
             /d /\n"
        );
        write(&context.join(".dockerignore"), ignore);
        write(&folder.0.join("Dockerfile"), &text);
        let _ = fs::remove_dir_all(&out);
        let output = Command::new("docker")
            .args(["build", "--network=host", "--quiet", "--file"])
            .arg(folder.0.join("Dockerfile"))
            .arg(format!("--output=type=local,dest={}", out.display()))
            .arg(&context)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{instructions}: {}",
            real::text(&output)
        );
        let mut found = Vec::new();
        contents(&out, &mut found);
        let file = dockerfile::read(&text).unwrap();
        let ignore_of = Dockerignore::parse(ignore).unwrap();
        for path in FILES {
            let expected = found.contains(&format!("content of {path}"));
            let said = !copies(&file, path, &ignore_of, Bases::NONE).is_empty();
            // Several files may be copied to one place, of which the last one stays.
            let is_lost = said && !expected && instructions.contains("*/.npmrc");
            if said != expected && !is_lost {
                differences.push(format!(
                    "{ignore:?} {instructions}: {path} is copied: {expected}"
                ));
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

fn contents(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            contents(&path, found);
        } else {
            found.push(fs::read_to_string(&path).unwrap());
        }
    }
}
