//! File identity: generated scripts of functions, loops, copies and file names that are only known at run time.
//!
//! In: choices of proptest. Out: a script, which `sh` runs in a folder of the test. The analysis has to find the files that the
//! run leaves: a script that leaves the value is not accepted. `IDENTITY_CASES` runs more of them than the default.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use dockerfile_dsl_analysis::{check::check_file, dockerfile};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::{Needed, Trial};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

/// Nothing else holds this.
const VALUE: &str = "vQ7pXk2mWz9rTb4n";

/// Min. share of clean scripts that are accepted: otherwise the test would prove nothing.
const ACCEPTED: u32 = 4;

/// The functions that a script may call: each makes, names or fills a file.
const FUNCTIONS: &str = r#"new() { mktemp /srv/XXXXXX; }
stamp() { echo "/srv/$(date +%s%N)"; }
save() { out=$(mktemp /srv/XXXXXX); cat > "$out"; }
put() { f="/srv/$(date +%s%N)"; cp "$1" "$f"; }
work() { dir=$(mktemp -d /srv/XXXXXX); cp "$1" "$dir/x"; f="$dir/x"; }
pick() { read -r p rest < "$1"; }
keep() { local t; t=$(new); cat "$1" > "$t"; last=$t; }
deep() { if [ "$1" -gt 0 ]; then deep $(($1 - 1)) "$2"; fi; e=$(mktemp /srv/XXXXXX); cp "$2" "$e"; }
a=/srv/k0 b=/srv/k1 c=/srv/k0 d=/srv/k2 f=/srv/k2 out=/srv/k1 p=k1 last=/srv/k0 e=/srv/k1 dir=/srv/k9
"#;

pub(crate) fn trials() -> Vec<Trial> {
    trials!(&shell(), [files_left_by_a_run_are_found])
}

/// A shell with the programs that the scripts call.
fn shell() -> Needed<&'static str> {
    let works = |shell: &&str| {
        let script = "test \"$(date +%N)\" != N && rm \"$(mktemp)\"";
        let mut command = Command::new(shell);
        command.args(["-c", script]).stdin(Stdio::null());
        command.output().is_ok_and(|output| output.status.success())
    };
    let found = ["dash", "sh"].into_iter().find(works);
    Arc::new(found.ok_or_else(|| "no sh with date and mktemp".into()))
}

/// Choices, which get simpler as they get smaller.
struct Choices<'c> {
    left: std::slice::Iter<'c, u8>,
    depth: u32,
}

impl Choices<'_> {
    fn of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all[usize::from(*self.left.next().unwrap_or(&0)) % all.len()]
    }

    fn variable(&mut self) -> &'static str {
        self.of(&["a", "b", "c", "d", "f", "out", "last", "e"])
    }

    fn source(&mut self) -> String {
        match self.of(&["secret", "public", "file", "public", "file"]) {
            "secret" => "/run/secrets/tok".to_owned(),
            "public" => "/etc/public".to_owned(),
            _ => format!("\"${}\"", self.variable()),
        }
    }

    /// Statements, one a line.
    fn body(&mut self, most: u32, script: &mut String) {
        let statements = 1 + u32::from(*self.left.next().unwrap_or(&0)) % most;
        for _ in 0..statements {
            self.statement(script);
        }
    }

    fn statement(&mut self, script: &mut String) {
        let kinds = [
            "remove",
            "write",
            "name",
            "call",
            "copy",
            "overwrite",
            "alias",
            "remove",
            "name",
            "append",
            "move",
            "for",
            "while",
            "words",
            "if",
            "eval",
            "subshell",
            "link",
            "read",
            "empty",
            "until",
            "remove",
            "overwrite",
        ];
        let kind = self.of(&kinds);
        let (x, y) = (self.variable(), self.variable());
        let nests = matches!(
            kind,
            "for" | "while" | "words" | "if" | "eval" | "subshell" | "until"
        );
        if nests && self.depth >= 2 {
            let _ = writeln!(script, "{x}=${y}");
            return;
        }
        self.depth += u32::from(nests);
        let _ = match kind {
            "write" => writeln!(script, "cat {} > \"${x}\"", self.source()),
            "remove" => writeln!(script, "rm -f \"${x}\""),
            "name" => {
                let name = self.of(&[
                    "$(mktemp /srv/XXXXXX)",
                    "/srv/$(date +%s%N)",
                    "$(new)",
                    "$(stamp)",
                    "/srv/k0",
                    "/srv/$p",
                    "$(mktemp -d /srv/XXXXXX)/y",
                    "/srv/$(cat /etc/list | head -n 1)",
                ]);
                writeln!(script, "{x}={name}")
            }
            "call" => {
                let source = self.source();
                match self.of(&["save", "put", "work", "keep", "pick", "deep"]) {
                    "save" => writeln!(script, "save < {source}"),
                    "pick" => {
                        let list = self.of(&["/etc/list", "/etc/list2"]);
                        writeln!(script, "pick {list}\n{x}=/srv/$p")
                    }
                    "deep" => writeln!(script, "deep 2 {source}"),
                    function => writeln!(script, "{function} {source}"),
                }
            }
            "copy" => writeln!(script, "cp \"${x}\" \"${y}\""),
            "overwrite" => writeln!(script, "echo public > \"${x}\""),
            "alias" => writeln!(script, "{x}=${y}"),
            "append" => writeln!(script, "cat \"${x}\" >> \"${y}\""),
            "move" => writeln!(script, "mv -f \"${x}\" \"${y}\""),
            "link" => writeln!(script, "ln -f \"${x}\" \"${y}\""),
            "read" => writeln!(script, "read -r q p < /etc/list\n{x}=/srv/$q"),
            "empty" => writeln!(script, ": > \"${x}\""),
            "for" => {
                script.push_str("for i in 1 2 3; do\n");
                self.body(4, script);
                writeln!(script, "done")
            }
            "while" => {
                script.push_str("while read -r p; do\n");
                self.body(4, script);
                writeln!(script, "done < /etc/list")
            }
            "until" => {
                script.push_str("n=0; until [ \"$n\" = 3 ]; do n=$((n + 1))\n");
                self.body(4, script);
                writeln!(script, "done")
            }
            "words" => {
                script.push_str("for p in $(cat /etc/list2); do\n");
                self.body(4, script);
                writeln!(script, "done")
            }
            "if" => {
                let _ = writeln!(script, "if [ -s \"${x}\" ]; then");
                self.body(3, script);
                script.push_str("else\n");
                self.body(3, script);
                writeln!(script, "fi")
            }
            "eval" => {
                script.push_str("eval '");
                self.body(3, script);
                writeln!(script, "'")
            }
            _ => {
                script.push_str("(\n");
                self.body(3, script);
                writeln!(script, ")")
            }
        };
        self.depth -= u32::from(nests);
    }
}

/// The script that the choices make; no text in `eval` is in another.
fn script(choices: &[u8]) -> String {
    let mut choices = Choices {
        left: choices.iter(),
        depth: 0,
    };
    let mut script = FUNCTIONS.to_owned();
    let mut removed = String::new();
    for _ in 0..usize::from(*choices.left.next().unwrap_or(&0)) % 7 {
        let _ = write!(removed, " \"${}\"", choices.variable());
    }
    while choices.left.len() > 0 {
        choices.statement(&mut script);
    }
    // Most of what is there is taken away again: what counts is whether it is all of it.
    let _ = write!(script, "rm -f{removed}\ntrue\n");
    script
}

/// Whether a run of the script leaves the value in a file or in the log.
fn leaves(shell: &str, script: &str, folder: &Path) -> bool {
    let _ = fs::remove_dir_all(folder);
    for directory in ["srv", "etc", "run/secrets"] {
        fs::create_dir_all(folder.join(directory)).expect("it can be made");
    }
    let write =
        |name: &str, text: &str| fs::write(folder.join(name), text).expect("it can be written");
    write("run/secrets/tok", VALUE);
    write("etc/public", "public\n");
    write("etc/list", "l1 m1\nl2 m2\nl3 m3\n");
    write("etc/list2", "m1\nl2\n");
    let mut moved = script.to_owned();
    for directory in ["/srv", "/etc", "/run/secrets"] {
        moved = moved.replace(directory, &format!("{}{directory}", folder.display()));
    }
    let output = Command::new(shell)
        .args(["-c", &moved])
        .stdin(Stdio::null())
        .output()
        .expect("it runs");
    let holds = |bytes: &[u8]| {
        bytes
            .windows(VALUE.len())
            .any(|part| part == VALUE.as_bytes())
    };
    let found =
        holds(&output.stdout) || holds(&output.stderr) || holds_in(&folder.join("srv"), &holds);
    let _ = fs::remove_dir_all(folder);
    found
}

fn holds_in(folder: &Path, holds: &dyn Fn(&[u8]) -> bool) -> bool {
    let entries = fs::read_dir(folder).expect("it can be read");
    entries
        .map(|entry| entry.expect("it can be read").path())
        .any(|path: PathBuf| {
            if path.is_dir() {
                holds_in(&path, holds)
            } else {
                holds(&fs::read(&path).expect("it can be read"))
            }
        })
}

fn is_accepted(script: &str) -> bool {
    let text = format!(
        "FROM debian\nRUN --mount=type=secret,id=tok,required=true <<'END_OF_CASE'\n\
         {script}END_OF_CASE\n"
    );
    let file = dockerfile::read(&text).unwrap_or_else(|errors| panic!("{errors:?}\n{text}"));
    check_file(&file).is_empty()
}

fn files_left_by_a_run_are_found(shell: &&'static str) {
    let cases = match std::env::var("IDENTITY_CASES") {
        Ok(cases) => cases.parse().expect("a number"),
        Err(_) => 60,
    };
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let folder =
        std::env::temp_dir().join(format!("dockerfile-dsl-identity-{}", std::process::id()));
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let (mut clean, mut accepted) = (0_u32, 0_u32);
    let choices = prop::collection::vec(any::<u8>(), 10..48);
    let counts = std::cell::RefCell::new((&mut clean, &mut accepted));
    let result = TestRunner::new_with_rng(config, rng).run(&choices, |choices| {
        let script = script(&choices);
        let is_accepted = is_accepted(&script);
        if leaves(shell, &script, &folder) {
            prop_assert!(!is_accepted, "accepted, and leaves the value:\n{}", script);
        } else {
            let mut counts = counts.borrow_mut();
            *counts.0 += 1;
            *counts.1 += u32::from(is_accepted);
            if !is_accepted && std::env::var_os("IDENTITY_REFUSED").is_some() {
                eprintln!("refused, and leaves nothing:\n{script}");
            }
        }
        Ok::<(), TestCaseError>(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    eprintln!("{clean} of {cases} scripts leave nothing, {accepted} of them are accepted");
    assert!(
        accepted * ACCEPTED >= clean,
        "{accepted} of {clean} clean scripts are accepted"
    );
}
