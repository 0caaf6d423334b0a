//! The check of the whole file refuses every script that `sh!` refuses: it knows the values, and may only refuse more. Holes with
//! a public value are the exception: `sh!` considers *every* value, the file has one.

use dockerfile_dsl::{Error, Script, Secret, TmpFs, path, value::AnyValue};
use dockerfile_dsl_analysis::{Finding, Rule, check, dockerfile};
use dockerfile_dsl_tests::{cases, property_cases};
use proptest::prelude::*;
use serde_json::Value;

use dockerfile_dsl_tests::translated::{text, translate};

const TOKEN: Secret = Secret::env("TOKEN");

/// Commands without a public hole: the verdicts have to agree in one direction. All paths are absolute, as `sh!` does not know
/// the working directory, and the tmpfs is only written to: the file knows that it is empty, so a step that reads it fails.
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
    #![proptest_config(ProptestConfig::with_cases(property_cases(512)))]

    #[test]
    fn file_refuses_what_the_macro_refuses(
        commands in prop::collection::vec(prop::sample::select(COMMANDS), 1..7),
    ) {
        let text = commands.join("\n");
        if let Err(error) = twin(&text) {
            prop_assert!(
                !whole_file(&text).is_empty(),
                "only `sh!` refuses:\n{text}\n\n{error}"
            );
        }
    }
}

/// The scripts of all cases, and each of them after and before another: the file refuses what `sh!` refuses. Only `sh!` refuses
/// the literal text of a path below `/run/secrets`, which the secret has to replace.
#[test]
fn file_refuses_what_the_macro_refuses_in_the_corpus() {
    let cases = cases::all();
    let plain: Vec<&Value> = cases.iter().filter(|case| is_plain(case)).collect();
    let mut only_here = Vec::new();
    let (mut refused, mut asked) = (0, 0);
    for (index, case) in plain.iter().enumerate() {
        let other = text(plain[(index * 7 + 3) % plain.len()], "script");
        let own = text(case, "script");
        for script in [
            own.clone(),
            format!("{own}\n{other}"),
            format!("{other}\n{own}"),
        ] {
            asked += 1;
            let mut case = (*case).clone();
            case["script"] = Value::String(script);
            let Some(translated) = translate(&case) else {
                continue;
            };
            let Err(error) = translated.at_run_time(None) else {
                continue;
            };
            let is_only_here = |finding: &Finding| finding.rule == Rule::LiteralSecretPath;
            if error.findings().is_empty() || error.findings().iter().any(is_only_here) {
                continue;
            }
            refused += 1;
            if findings(&case).is_empty() {
                only_here.push(format!("{}\n{error}", text(&case, "script")));
            }
        }
    }
    eprintln!(
        "{asked} scripts, {refused} refused by `sh!`, {} of them by it alone",
        only_here.len()
    );
    assert!(
        refused > 1000 && only_here.is_empty(),
        "only `sh!` refuses:\n{}",
        only_here.join("\n\n")
    );
}

/// Scripts without their own shell that do not exit by themselves: they can be concatenated.
fn is_plain(case: &Value) -> bool {
    let script = text(case, "script");
    text(case, "shell") != "bash"
        && text(&case["secret"], "target") == "/run/secrets/tok"
        && case["extra_mounts"].is_null()
        // What is mounted cannot be renamed: only the file sees that it is mounted.
        && !script.contains("mv /run/secrets/tok")
        && !["<<", "exit", "exec", "set ", "cd ", "trap"]
            .iter()
            .any(|word| script.contains(word))
}

/// Returns the findings of the case as a RUN of a file.
fn findings(case: &Value) -> Vec<Finding> {
    let script = text(case, "script");
    let file = format!(
        "FROM debian\nRUN --mount=type=secret,id=tok,required=true <<'CASE_END'\nset -e\n{script}\n\
         CASE_END\n"
    );
    check::check_file(&dockerfile::read(&file).expect("a plain Dockerfile"))
}

#[test]
fn honest_script_is_accepted_by_both() {
    let text = "cp {TOKEN} {tmp}/x\nsha256sum < {tmp}/x > /app/sum";
    assert!(twin(text).is_ok(), "{:?}", twin(text).err());
    assert_eq!(whole_file(text), []);
}
