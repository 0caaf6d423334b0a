//! What `sh!` refuses, the check of the whole file refuses as well: it knows the values, and may only refuse more.
//! The exception are holes whose value is public: `sh!` refuses what *some* value could do, the file has one value.

use dockerfile_dsl::{AnyValue, Error, Script, Secret, TmpFs, path};
use dockerfile_dsl_analysis::{Finding, check, dockerfile};
use proptest::prelude::*;

const TOKEN: Secret = Secret::env("TOKEN");

/// Commands without a public hole: the verdicts have to agree in one direction. All paths are absolute, as `sh!` does not know
/// the working directory, and the tmpfs is only written to: where the file knows that nothing is there, a step that reads it fails.
const COMMANDS: &[&str] = &[
    "cat {TOKEN} > /app/x",
    "cat {TOKEN} > /dev/null",
    "T=$(cat {TOKEN})",
    "export T",
    "echo \"$T\" > /app/y",
    "echo \"$T\" | base64 >> /app/y",
    "echo \"$T\" | sha256sum > /app/sum",
    "T=public",
    "unset T",
    "cp {TOKEN} {tmp}/x",
    "rm -f /app/x /app/y",
    "rm -rf /app",
    "curl -fsS -H @{TOKEN} -o /app/bundle https://example.com/bundle",
    "if test -s {TOKEN}; then echo yes > /app/yes; fi",
    "for f in {TOKEN} /etc/hostname; do cp \"$f\" /app/; done",
    "frobnicate {TOKEN}",
    "save() { cat \"$1\" > /app/saved; }",
    "save {TOKEN}",
    "save /etc/hostname",
    "exec 3> /app/three",
    "cat {TOKEN} >&3",
    "set -x",
    "set +x",
    "tar cf /app/all.tar /run",
    "npm ci",
    "true",
];

fn twin(text: &str) -> Result<Script, Error> {
    let tmp = TmpFs::at(path!("/tmp/creds"));
    let values: [(&str, &dyn AnyValue); 2] = [("TOKEN", &TOKEN), ("tmp", &tmp)];
    let used: Vec<_> = values
        .into_iter()
        .filter(|(name, _)| text.contains(&format!("{{{name}}}")))
        .collect();
    Script::parse(text, &used)
}

/// The same script with its values, in a Dockerfile.
fn whole_file(text: &str) -> Vec<Finding> {
    let mut run = String::from("RUN");
    if text.contains("{TOKEN}") {
        run.push_str(" --mount=type=secret,id=TOKEN,required=true");
    }
    if text.contains("{tmp}") {
        run.push_str(" --mount=type=tmpfs,target=/tmp/creds");
    }
    let script = text
        .replace("{TOKEN}", "/run/secrets/TOKEN")
        .replace("{tmp}", "/tmp/creds");
    let file = format!("FROM debian\n{run} <<'EOF'\n{script}\nEOF\n");
    let file = dockerfile::read(&file).expect("a plain Dockerfile");
    check::check_file(&file)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_the_macro_refuses_the_file_refuses(commands in prop::collection::vec(prop::sample::select(COMMANDS), 1..7)) {
        let text = commands.join("\n");
        if let Err(error) = twin(&text) {
            prop_assert!(!whole_file(&text).is_empty(), "only `sh!` refuses:\n{}\n\n{}", text, error);
        }
    }
}

#[test]
fn both_accept_an_honest_script() {
    let text = "cp {TOKEN} {tmp}/x\nsha256sum < {tmp}/x > /app/sum";
    assert!(twin(text).is_ok(), "{:?}", twin(text).err());
    assert_eq!(whole_file(text), []);
}
