//! `dockerfile-dsl check` as users and machines see it: exit statuses, output formats, decisions, baseline, configuration.
//! One file, because each test is a few lines over the same `Place`.

mod place;

use std::{fs, io::Write, process::Stdio};

use place::{Place, text};
use serde_json::Value;

const CLEAN: &str = "FROM alpine\nRUN true\n";
const SECRET_NAME: &str = "FROM alpine\nARG API_TOKEN\n";
const SECRET_FILE: &str = "FROM alpine\nCOPY .netrc /root/\n";
const WARNING: &str =
    "FROM alpine\nRUN --mount=type=secret,id=tok test \"$(cat /run/secrets/tok)\" = x\n";

#[test]
fn exit_statuses() {
    let place = Place::with(&[
        ("clean", CLEAN),
        ("error", SECRET_FILE),
        ("warning", WARNING),
        ("malformed", "FROM x\nRUNN y\n"),
    ]);
    place.check_status(&["clean"], 0);
    place.check_status(&["warning"], 0);
    place.check_status(&["clean", "error"], 1);
    place.check_status(&["malformed"], 2);
    place.check_status(&["error", "malformed"], 2);
    place.check_status(&["absent"], 2);
    place.check_status(&["--nonsense"], 2);
    place.check_status(&["--update-baseline", "clean"], 2);
    place.check_status(&[], 0);
    place.write("Dockerfile", SECRET_FILE);
    place.check_status(&[], 1);
}

/// npm keeps the URL of a package in four files, and one fix mends all of them.
#[test]
fn findings_with_one_fix_are_shown_once() {
    let install = |url: &str| {
        format!("FROM node:22\nWORKDIR /app\nRUN --mount=type=secret,id=tok,required=true {url}\n")
    };
    let place = Place::with(&[(
        "Dockerfile",
        &install("npm install git+https://x:$(cat /run/secrets/tok)@h.example/a.git"),
    )]);
    let shown = text(&place.run(&["Dockerfile"]).stderr);
    assert_eq!(shown.matches("error[").count(), 1, "{shown}");
    assert_eq!(shown.matches("instead of").count(), 1, "{shown}");
    let expected = "\
note: these are 4 findings with one fix: also `/app/package-lock.json`, `/app/package.json`, \
`/root/.npm/_logs/debug-0.log`
";
    assert!(shown.contains(expected), "{shown}");
    for file in [
        "node_modules/.package-lock.json",
        "package-lock.json",
        "package.json",
    ] {
        let step = format!("written to `/app/{file}` (kept as the source of the package)");
        assert!(shown.contains(&step), "{shown}");
    }
    assert!(shown.contains("4 errors and 0 warnings"), "{shown}");

    // Two commands with two fixes, and leaks without a fix.
    place.write(
        "Dockerfile",
        &install("cp /run/secrets/tok /a && cp /run/secrets/tok /b"),
    );
    let shown = text(&place.run(&["Dockerfile"]).stderr);
    assert_eq!(shown.matches("error[").count(), 2, "{shown}");
    assert!(!shown.contains("with one fix"), "{shown}");
}

#[test]
fn human_output_goes_to_stderr_without_colours() {
    let place = Place::with(&[("Dockerfile", SECRET_NAME)]);
    let output = place.run(&["Dockerfile"]);
    assert_eq!(text(&output.stdout), "");
    let expected = "\
warning[SecretsUsedInArgOrEnv]: `ARG API_TOKEN` is stored in the history of the image, \
and its name is that of a secret
 --> Dockerfile:2:5
  |
2 | ARG API_TOKEN
  |     ^^^^^^^^^
  |
help: remove it, and put this right after the word RUN of the step that needs it: \
`--mount=type=secret,id=API_TOKEN,env=API_TOKEN,required=true`
note: to accept it, put this above the instruction: \
`# dockerfile-dsl: allow=SecretsUsedInArgOrEnv reason=\"..\"`
note: read more: `dockerfile-dsl explain SecretsUsedInArgOrEnv`

0 errors and 1 warning in 1 file; --strict makes it an error
";
    assert_eq!(text(&output.stderr), expected);
}

#[test]
fn every_finding_says_how_to_read_more() {
    let place = Place::with(&[("a", SECRET_NAME), ("b", SECRET_NAME), ("c", SECRET_FILE)]);
    let told = text(&place.run(&["a", "b", "c"]).stderr);
    for (rule, findings) in [("SecretsUsedInArgOrEnv", 2), ("SecretFileInContext", 1)] {
        let line = format!("note: read more: `dockerfile-dsl explain {rule}`\n");
        assert_eq!(told.matches(&line).count(), findings, "{told}");
    }
}

#[test]
fn json_has_the_documented_form() {
    let place = Place::with(&[
        ("a", SECRET_NAME),
        ("b", "FROM x\nRUNN y\n"),
        ("c", WARNING),
    ]);
    let answer = place.json(&["a", "b", "c", "absent"]);
    assert_eq!(answer["version"], 1);
    let files = answer["files"].as_array().expect("is a list");
    let paths: Vec<_> = files.iter().map(|file| file["path"].as_str()).collect();
    assert_eq!(paths, [Some("a"), Some("b"), Some("c"), Some("absent")]);
    for file in files {
        for finding in file["findings"].as_array().expect("is a list") {
            assert!(matches!(
                finding["severity"].as_str(),
                Some("error" | "warning")
            ));
            let channels = ["layer", "log", "config", "context", "cache", "opaque"];
            assert!(channels.contains(&finding["channel"].as_str().expect("is text")));
            assert!(
                finding["stage"].is_u64() && finding["line"].is_u64() && finding["column"].is_u64()
            );
            assert!(finding["message"].is_string() && finding["rule"].is_string());
            assert!(finding["help"].is_string() || finding["help"].is_null());
            assert!(finding["secret"].is_string() || finding["secret"].is_null());
        }
    }
    let finding = &files[0]["findings"][0];
    assert_eq!(
        (finding["line"].as_u64(), finding["column"].as_u64()),
        (Some(2), Some(5))
    );
    assert_eq!(
        files[1]["error"],
        "2:1: unknown instruction `RUNN`, did you mean `RUN`?"
    );
    assert_eq!(files[1]["findings"], Value::Array(Vec::new()));
    assert!(files[0].get("error").is_none());
    assert!(
        files[3]["error"]
            .as_str()
            .is_some_and(|error| error.contains("does not exist"))
    );
}

#[test]
fn sarif_names_rules_places_and_failures() {
    let place = Place::with(&[("with blank", SECRET_NAME), ("b", "FROM x\nRUNN y\n")]);
    let output = place.run(&["--format", "sarif", "with blank", "b"]);
    assert_eq!(output.status.code(), Some(2));
    let log: Value = serde_json::from_slice(&output.stdout).expect("is JSON");
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let result = &run["results"][0];
    let rules = run["tool"]["driver"]["rules"]
        .as_array()
        .expect("is a list");
    let index =
        usize::try_from(result["ruleIndex"].as_u64().expect("is a number")).expect("is small");
    assert_eq!(rules[index]["id"], result["ruleId"]);
    // The page of a rule occurs once, and only for a rule with a result.
    assert_eq!(rules.len(), 1);
    let text = text(&output.stdout);
    let title = "# SecretsUsedInArgOrEnv";
    assert_eq!(text.matches(title).count(), 1, "{text}");
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "with%20blank");
    assert_eq!(
        (
            &place["region"]["startLine"],
            &place["region"]["startColumn"]
        ),
        (&2.into(), &5.into())
    );
    assert_eq!(place["region"]["endColumn"], 14);
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(
        invocation["toolExecutionNotifications"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
}

#[test]
fn standard_input_is_checked() {
    let place = Place::with(&[]);
    let mut command = place.command(&["--format", "json", "-"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("can be run");
    child
        .stdin
        .take()
        .expect("is piped")
        .write_all(SECRET_NAME.as_bytes())
        .expect("is read");
    let output = child.wait_with_output().expect("ends");
    assert_eq!(output.status.code(), Some(0));
    let answer: Value = serde_json::from_slice(&output.stdout).expect("is JSON");
    assert_eq!(
        (
            &answer["files"][0]["path"],
            &answer["files"][0]["findings"][0]["line"]
        ),
        (&"-".into(), &2.into())
    );
}

#[test]
fn invalid_utf_8_is_reported() {
    let place = Place::with(&[("a", CLEAN)]);
    fs::write(place.path().join("latin"), b"FROM x\n# caf\xe9\n").expect("can be written");
    fs::write(place.path().join("run"), b"FROM x\nRUN echo \xe9\n").expect("can be written");
    let answer = place.json(&["latin", "run"]);
    assert_eq!(answer["files"][0]["findings"][0]["rule"], "InvalidUtf8");
    assert!(answer["files"][0].get("error").is_none());
    assert!(
        answer["files"][1]["error"]
            .as_str()
            .is_some_and(|error| error.starts_with("2:10: this byte is not UTF-8"))
    );
    place.check_status(&["--strict", "latin"], 0);
}

#[test]
fn malformed_file_is_not_called_unreadable() {
    let place = Place::with(&[("a", "FRM debian\n")]);
    let told = text(&place.run(&["a"]).stderr);
    assert!(told.contains("did you mean `FROM`?"), "{told}");
    assert!(
        told.ends_with(
            "0 errors and 0 warnings in 0 files; not checked: 1 file that cannot be built as written\n"
        ),
        "{told}"
    );
    let told = text(&place.run(&["absent"]).stderr);
    assert!(told.contains("could not be read"), "{told}");
}

#[test]
fn decision_needs_a_reason_and_an_effect() {
    let decided =
        |comment: &str| format!("FROM alpine\n# dockerfile-dsl: {comment}\nARG API_TOKEN\n");
    let place = Place::with(&[
        (
            "reason",
            &decided("allow=SecretsUsedInArgOrEnv reason=\"public\""),
        ),
        ("none", &decided("allow=SecretsUsedInArgOrEnv")),
        ("unused", &decided("allow=SecretInLayer reason=\"public\"")),
    ]);
    place.check_status(&["--strict", "reason"], 0);
    assert_eq!(place.rules(&["reason"]), [""; 0]);
    assert_eq!(
        place.rules(&["none"]),
        ["MalformedNote", "SecretsUsedInArgOrEnv"]
    );
    assert_eq!(
        place.rules(&["unused"]),
        ["UnusedNote", "SecretsUsedInArgOrEnv"]
    );
}

#[test]
fn baseline_matches_moved_lines() {
    let place = Place::with(&[("Dockerfile", SECRET_NAME)]);
    place.check_status(&["--baseline", "known.json", "Dockerfile"], 2);
    place.check_status(
        &[
            "--baseline",
            "known.json",
            "--update-baseline",
            "Dockerfile",
        ],
        0,
    );
    place.check_status(&["--baseline", "known.json", "Dockerfile"], 0);
    place.check_status(&["--baseline", "known.json", "./Dockerfile"], 0);
    place.write(
        "Dockerfile",
        "# a comment\nFROM alpine\nRUN true\n\nARG   API_TOKEN\n",
    );
    place.check_status(&["--baseline", "known.json", "Dockerfile"], 0);
}

#[test]
fn baseline_counts_equal_findings() {
    let place = Place::with(&[("Dockerfile", SECRET_NAME), ("other", SECRET_NAME)]);
    place.check_status(
        &[
            "--baseline",
            "known.json",
            "--update-baseline",
            "Dockerfile",
        ],
        0,
    );
    place.check_status(&["--strict", "--baseline", "known.json", "other"], 1);
    place.write("Dockerfile", "FROM alpine\nARG API_TOKEN\nARG API_TOKEN\n");
    place.check_status(&["--strict", "--baseline", "known.json", "Dockerfile"], 1);
    place.write("Dockerfile", "FROM alpine\nARG API_TOKEN OTHER_TOKEN\n");
    assert_eq!(
        place.rules(&["--baseline", "known.json", "Dockerfile"]),
        ["SecretsUsedInArgOrEnv"]
    );
}

#[test]
fn stale_baseline_is_reported() {
    let place = Place::with(&[("Dockerfile", SECRET_NAME)]);
    place.check_status(
        &[
            "--baseline",
            "known.json",
            "--update-baseline",
            "Dockerfile",
        ],
        0,
    );
    place.write("Dockerfile", CLEAN);
    let output = place.run(&["--baseline", "known.json", "Dockerfile"]);
    assert!(text(&output.stderr).contains("1 baseline entry no longer matches"));
    place.write("known.json", "{\"version\":99,\"findings\":[]}");
    place.check_status(&["--baseline", "known.json", "Dockerfile"], 2);
    place.write("known.json", "nonsense");
    place.check_status(&["--baseline", "known.json", "Dockerfile"], 2);
}

#[test]
fn configuration_sets_levels_and_names() {
    let place = Place::with(&[("Dockerfile", SECRET_NAME), ("warning", WARNING)]);
    assert_eq!(place.rules(&["warning"]), ["SecretNotRequired"]);
    place.write(
        "dockerfile-dsl.toml",
        "[rules]\nSecretNotRequired = \"error\"\nSecretsUsedInArgOrEnv = \"error\"\n",
    );
    place.check_status(&["warning"], 1);
    place.check_status(&["Dockerfile"], 1);
    place.write(
        "dockerfile-dsl.toml",
        "[rules]\nSecretNotRequired = \"off\"\n",
    );
    assert_eq!(place.rules(&["warning"]), [""; 0]);
    place.write(
        "dockerfile-dsl.toml",
        "[[allow-name]]\nname = \"API_TOKEN\"\nreason = \"public\"\n",
    );
    place.check_status(&["--strict", "Dockerfile"], 0);
    place.write(
        "dockerfile-dsl.toml",
        "[[allow-name]]\nname = \"API_TOKEN\"\nreason = \"\"\n",
    );
    place.check_status(&["Dockerfile"], 2);
    place.write("other.toml", "");
    place.check_status(&["--strict", "--config", "other.toml", "Dockerfile"], 1);
    place.check_status(&["--config", "absent.toml", "Dockerfile"], 2);
}

#[test]
fn strict_makes_errors_of_unknown_programs_only() {
    let unknown = "FROM alpine\nRUN --mount=type=secret,id=tok,required=true fetch-models \
                   /run/secrets/tok > /dev/null 2>&1\n";
    let place = Place::with(&[
        ("unknown", unknown),
        ("warning", WARNING),
        (
            "leak",
            "FROM alpine\nRUN --mount=type=secret,id=tok,required=true cp /run/secrets/tok \
             /etc/tok\n",
        ),
    ]);
    place.check_status(&["unknown"], 0);
    assert_eq!(place.rules(&["unknown"]), ["SecretToUnknownProgram"]);
    place.check_status(&["--strict", "unknown"], 1);
    place.check_status(&["--strict", "warning"], 0);
    place.check_status(&["leak"], 1);
    let finding = &place.json(&["leak"])["files"][0]["findings"][0];
    assert_eq!(
        (&finding["rule"], &finding["channel"], &finding["secret"]),
        (&"SecretInLayer".into(), &"layer".into(), &"tok".into())
    );
    assert!(finding["way"].as_array().is_some_and(|way| !way.is_empty()));
    assert!(text(&place.run(&["leak"]).stderr).contains("/etc/tok"));
}

#[test]
fn trusted_program_applies_to_every_file() {
    let unknown = "FROM alpine\nRUN --mount=type=secret,id=tok,required=true fetch-models \
                   /run/secrets/tok > /dev/null 2>&1\n";
    let place = Place::with(&[("unknown", unknown), ("clean", CLEAN)]);
    place.write(
        "dockerfile-dsl.toml",
        "[[trust]]\nprogram = \"fetch-models\"\nreason = \"writes models only\"\n",
    );
    place.check_status(&["--strict", "unknown", "clean"], 0);
    assert_eq!(place.rules(&["unknown"]), [""; 0]);
    assert_eq!(place.rules(&["clean"]), [""; 0]);
}

#[test]
fn configuration_describes_a_base_image() {
    let text = "FROM registry.acme.com/base-rust:1\nRUN --mount=type=secret,id=tok,required=true \
                cargo login < /run/secrets/tok && rm -f ~/.cargo/credentials.toml\n";
    let place = Place::with(&[("Dockerfile", text)]);
    place.check_status(&["Dockerfile"], 0);
    place.check_status(&["--strict", "Dockerfile"], 1);
    assert_eq!(place.rules(&["Dockerfile"]), ["SecretInUnknownDirectory"]);
    let image = "[bases.\"registry.acme.com/base*\"]\nworkdir = \"/src\"\n";
    place.write("dockerfile-dsl.toml", image);
    assert_eq!(place.rules(&["Dockerfile"]), [""; 0]);
    let exact = "[bases.\"registry.acme.com/base-rust\"]\nenv = { CARGO_HOME = \"/c\" }\n";
    place.write("dockerfile-dsl.toml", &format!("{image}{exact}"));
    assert_eq!(place.rules(&["Dockerfile"]), ["SecretInLayer"]);
    place.write("dockerfile-dsl.toml", "[bases.a]\nwrokdir = \"/\"\n");
    let output = place.run(&["Dockerfile"]);
    let error = self::text(&output.stderr);
    assert!(
        error.contains("dockerfile-dsl.toml") && error.contains("line 2"),
        "{error}"
    );
    assert!(
        error.contains("expected one of `env`, `workdir`, `user`"),
        "{error}"
    );
}

#[test]
fn ignore_file_beside_the_dockerfile_is_used() {
    let place = Place::with(&[("Dockerfile", "FROM alpine\nCOPY .env /app/\n")]);
    place.check_status(&["Dockerfile"], 1);
    place.write(".dockerignore", ".env\n");
    place.check_status(&["Dockerfile"], 0);
    place.write("Dockerfile.dockerignore", "# nothing\n");
    place.check_status(&["Dockerfile"], 1);
    place.write("Dockerfile.dockerignore", "[a\n");
    let output = place.run(&["Dockerfile"]);
    assert!(
        text(&output.stderr).contains("malformed pattern"),
        "{}",
        text(&output.stderr)
    );
}

/// A secret that is read into a variable, printed and stored by a program.
const FLOWS: &str = "FROM alpine\nRUN --mount=type=secret,id=tok,required=true T=$(cat \
                     /run/secrets/tok) && npm config set token $T && set -x && : $T\n";

#[test]
fn json_names_sinks_and_steps_by_codes() {
    let place = Place::with(&[("flows", FLOWS), ("name", SECRET_NAME)]);
    let answer = place.json(&["flows", "name"]);
    let findings = answer["files"][0]["findings"].as_array();
    let findings = findings.expect("is a list");
    let sinks: Vec<_> = findings
        .iter()
        .map(|finding| finding["sink"]["code"].as_str().expect("is text"))
        .collect();
    assert!(sinks.contains(&"tool-configuration"), "{sinks:?}");
    assert!(sinks.contains(&"tool-log"), "{sinks:?}");
    assert!(sinks.contains(&"build-log-xtrace"), "{sinks:?}");
    for finding in findings {
        let (flow, way) = (&finding["flow"], &finding["way"]);
        let (flow, way) = (flow.as_array(), way.as_array());
        let pairs = flow.expect("is a list").iter().zip(way.expect("is a list"));
        for (step, told) in pairs {
            assert_eq!(step["message"], told["text"]);
            assert_eq!(step["line"], told["line"]);
            assert_eq!(step["column"], told["column"]);
        }
        assert_eq!(finding["flow"][0]["code"], "source");
        assert_eq!(finding["flow"][0]["path"], "/run/secrets/tok");
        assert_eq!(finding["flow"][1]["code"], "read");
        assert_eq!(finding["flow"][1]["program"], "cat");
        assert_eq!(finding["flow"][2]["code"], "assign");
        assert_eq!(finding["flow"][2]["variable"], "T");
    }
    let is_configuration =
        |finding: &&Value| finding["sink"]["code"].as_str() == Some("tool-configuration");
    let stored = findings.iter().find(is_configuration).expect("is there");
    assert_eq!(stored["sink"]["name"], "/root/.npmrc");
    let last = stored["flow"].as_array().and_then(|flow| flow.last());
    let last = last.expect("has steps");
    assert_eq!(
        (&last["code"], &last["cause"], &last["path"]),
        (
            &"write".into(),
            &"configuration".into(),
            &"/root/.npmrc".into()
        )
    );
    let named = &answer["files"][1]["findings"][0];
    assert_eq!(named["sink"]["code"], "image-config");
    assert_eq!(named["flow"], Value::Array(Vec::new()));
}

#[test]
fn sarif_names_sinks_and_steps_by_codes() {
    let place = Place::with(&[("flows", FLOWS)]);
    let output = place.run(&["--format", "sarif", "flows"]);
    let log: Value = serde_json::from_slice(&output.stdout).expect("is JSON");
    let results = log["runs"][0]["results"].as_array().expect("is a list");
    for result in results {
        assert!(result["properties"]["sink"].is_string(), "{result}");
        let locations = &result["codeFlows"][0]["threadFlows"][0]["locations"];
        for location in locations.as_array().expect("is a list") {
            assert!(location["properties"]["code"].is_string(), "{location}");
            assert!(location["location"]["message"]["text"].is_string());
        }
        assert_eq!(locations[1]["properties"]["program"], "cat");
    }
}

/// Returns the rows of the recipe in ARCHITECTURE.
fn recipe() -> String {
    let page = include_str!("../../ARCHITECTURE.md");
    let (_, recipes) = page.split_once("\n## Recipes\n").expect("has recipes");
    let (_, recipe) = recipes
        .split_once("- **A program's row.**")
        .expect("is one");
    let (_, block) = recipe.split_once("```text\n").expect("has rows");
    let (block, _) = block.split_once("```").expect("ends");
    let lines = block
        .lines()
        .map(|line| line.strip_prefix("  ").unwrap_or(line));
    lines
        .filter(|line| !line.is_empty())
        .map(|line| format!("{line}\n"))
        .collect()
}

/// The recipe of ARCHITECTURE: a log-in that stores a token and a sub-command that uses it.
#[test]
fn rows_of_the_author_describe_a_program() {
    let file = |command: &str| {
        format!("FROM debian\nWORKDIR /\nRUN --mount=type=secret,id=tok,required=true {command}\n")
    };
    let place = Place::with(&[
        (
            "dockerfile-dsl.toml",
            "programs = [\"rows/programs.rows\"]\n",
        ),
        (
            "get",
            &file("frobctl --token \"$(cat /run/secrets/tok)\" get x"),
        ),
        ("login", &file("frobctl login \"$(cat /run/secrets/tok)\"")),
        (
            "removed",
            &file("frobctl login \"$(cat /run/secrets/tok)\" && rm -f ~/.frob/token"),
        ),
    ]);
    fs::create_dir(place.path().join("rows")).expect("can be made");
    let rows = recipe();
    assert_eq!(rows.lines().count(), 5, "{rows}");
    place.write("rows/programs.rows", &rows);
    place.check_status(&["--strict", "get"], 0);
    place.check_status(&["--strict", "removed"], 0);
    place.check_status(&["login"], 1);
    place.write("dockerfile-dsl.toml", "");
    place.check_status(&["--strict", "get"], 1);
    place.write(
        "dockerfile-dsl.toml",
        "programs = [\"rows/programs.rows\"]\n",
    );
    place.write("rows/programs.rows", "program frobctl\n  stdin reed\n");
    let output = place.run(&["get"]);
    assert_eq!(output.status.code(), Some(2));
    let error = text(&output.stderr);
    assert!(
        error.contains("rows/programs.rows:2:9: unknown stdin `reed`, did you mean `read`?"),
        "{error}"
    );
}

#[test]
fn no_output_format_shows_a_value() {
    let token = format!("ghp{}aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5", '_');
    let files = [
        "FROM alpine\nENV DB_PASSWORD=swordfish9 A=b\nARG NPM_TOKEN='swordfish9 x'\n".to_owned(),
        format!("FROM alpine\nENV A={token}\nRUN wget --password=swordfish9 https://h\n"),
        "FROM alpine\nENV DB_PASSWORD=my swordfish9\n".to_owned(),
        format!("FROM alpine\nRUNN {token}\n"),
        format!(
            "FROM alpine\nRUN --mount=type=secret,id=t,required=true cp /run/secrets/t /{token}\n"
        ),
        format!("FROM {token}:x:y\n"),
    ];
    for file in files {
        let place = Place::with(&[("Dockerfile", &file)]);
        for format in ["human", "json", "sarif"] {
            let output = place.run(&["--strict", "--format", format, "Dockerfile"]);
            let said = text(&output.stdout) + &text(&output.stderr);
            assert!(
                !said.contains("swordfish9") && !said.contains(&token),
                "{said}"
            );
            assert_ne!(output.status.code(), Some(0), "{said}");
        }
        place.run(&[
            "--baseline",
            "known.json",
            "--update-baseline",
            "Dockerfile",
        ]);
    }
}

#[test]
fn strict_makes_errors_of_secret_names() {
    let place = Place::with(&[
        ("Dockerfile", SECRET_NAME),
        ("advice", "FROM x\nENV API_TOKEN=/t\n"),
    ]);
    place.check_status(&["Dockerfile"], 0);
    place.check_status(&["--strict", "Dockerfile"], 1);
    place.check_status(&["--strict", "advice"], 0);
    let told = |arguments: &[&str]| text(&place.run(arguments).stderr);
    assert!(
        told(&["Dockerfile"])
            .contains("0 errors and 1 warning in 1 file; --strict makes it an error\n")
    );
    assert!(
        told(&["Dockerfile", "advice"])
            .contains("2 warnings in 2 files; --strict makes 1 warning an error\n")
    );
    assert!(told(&["advice"]).contains("0 errors and 1 warning in 1 file\n"));
}

#[test]
fn copying_the_context_includes_secret_files() {
    let place = Place::with(&[
        ("Dockerfile", "FROM alpine\nCOPY . /app\n"),
        ("some", "FROM alpine\nCOPY src /app\n"),
        (".env", "A=b"),
        (".env.example", "A="),
    ]);
    fs::create_dir_all(place.path().join("deploy")).expect("can be made");
    place.write("deploy/id_rsa", "key");
    let answer = place.json(&["Dockerfile", "some"]);
    let finding = &answer["files"][0]["findings"][0];
    assert_eq!(finding["rule"], "SecretFileInContext");
    assert_eq!(
        finding["message"],
        "this copies the build context into a layer, with `.env` and `deploy/id_rsa`, which are \
         secrets by their names"
    );
    assert_eq!(answer["files"][1]["findings"], Value::Array(Vec::new()));
    place.write(".dockerignore", ".env\n**/id_rsa\n");
    assert_eq!(place.rules(&["Dockerfile"]), [""; 0]);
}

#[test]
fn builder_stages_have_a_configurable_level() {
    let leak = "RUN --mount=type=secret,id=tok,required=true cp /run/secrets/tok /etc/tok\n";
    let place = Place::with(&[
        (
            "builder",
            &format!("FROM alpine AS build\n{leak}FROM scratch\nCOPY --from=build /a /a\n"),
        ),
        ("image", &format!("FROM alpine\n{leak}")),
    ]);
    place.check_status(&["builder"], 1);
    let finding = &place.json(&["builder"])["files"][0]["findings"][0];
    assert_eq!(finding["builder_stage"], "build");
    assert!(
        text(&place.run(&["builder"]).stderr).contains("ends up in a layer of build stage `build`")
    );
    place.write("dockerfile-dsl.toml", "builder-stages = \"warning\"\n");
    place.check_status(&["--strict", "builder"], 0);
    place.check_status(&["image"], 1);
    place.write("dockerfile-dsl.toml", "builder-stages = \"sometimes\"\n");
    let told = text(&place.run(&["builder"]).stderr);
    assert!(told.contains("`off`, `warning`, `error`"), "{told}");
}

#[test]
fn one_line_is_reported_once() {
    let mount = "RUN --mount=type=secret,id=tok,required=true";
    let twice = "set -x; T=$(cat /run/secrets/tok); : $T; : $T";
    let place = Place::with(&[
        ("one", &format!("FROM alpine\n{mount} {twice}\n")),
        (
            "two",
            &format!(
                "FROM alpine\n{mount} {}\n",
                twice.replacen(": $T", "\\\n : $T", 1)
            ),
        ),
    ]);
    let messages = |file: &str| {
        let answer = place.json(&[file]);
        let findings = answer["files"][0]["findings"].as_array().cloned();
        let told = findings.expect("is a list").into_iter();
        let told: Vec<(u64, String)> = told
            .map(|finding| {
                (
                    finding["line"].as_u64().unwrap_or(0),
                    finding["message"].to_string(),
                )
            })
            .collect();
        told
    };
    for file in ["one", "two"] {
        let told = messages(file);
        let mut unique = told.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(told.len(), unique.len(), "{told:?}");
    }
    // The same words on another line are another finding.
    assert!(messages("two").len() > messages("one").len());
}

#[test]
fn each_finding_shows_its_accepting_comment() {
    let leak = "RUN --mount=type=secret,id=tok,required=true cp /run/secrets/tok /etc/tok\n";
    let place = Place::with(&[("Dockerfile", &format!("FROM alpine\n{leak}"))]);
    let finding = &place.json(&["Dockerfile"])["files"][0]["findings"][0];
    let comment = finding["accept"].as_str().expect("is text").to_owned();
    assert_eq!(
        comment,
        "# dockerfile-dsl: allow=SecretInLayer secret=tok reason=\"..\""
    );
    place.write("Dockerfile", &format!("FROM alpine\n{comment}\n{leak}"));
    assert_eq!(place.rules(&["Dockerfile"]), [""; 0]);
    let other = comment.replace("secret=tok", "secret=other");
    place.write("Dockerfile", &format!("FROM alpine\n{other}\n{leak}"));
    assert_eq!(
        place.rules(&["Dockerfile"]),
        ["UnusedNote", "SecretInLayer"]
    );
    place.write(
        "Dockerfile",
        &format!("FROM alpine\n# dockerfile-dsl: ignore=SecretInLayer reason=x\n{leak}"),
    );
    let told = text(&place.run(&["Dockerfile"]).stderr);
    assert!(
        told.contains("did you mean `allow`? There are `allow=RULE`"),
        "{told}"
    );
}

#[test]
fn fixes_are_edits_in_json_and_sarif() {
    let leak = "FROM debian\nRUN --mount=type=secret,id=tok,required=true \\\n    \
                cp /run/secrets/tok /etc/tök && wc /x\n";
    let place = Place::with(&[("Dockerfile", leak)]);
    let finding = &place.json(&["Dockerfile"])["files"][0]["findings"][0];
    let fix = &finding["fixes"][0];
    assert_eq!(fix["applicability"], "safe", "{finding}");
    assert_eq!(fix["message"], finding["help"]);
    let added = " \\\n    && rm -f '/etc/tök'";
    let expected = serde_json::json!([{
        "line": 3, "column": 42, "end_line": 3, "end_column": 42, "text": added,
    }]);
    assert_eq!(fix["edits"], expected, "{finding}");
    let output = place.run(&["--format", "sarif", "Dockerfile"]);
    let log: Value = serde_json::from_slice(&output.stdout).expect("is JSON");
    let fix = &log["runs"][0]["results"][0]["fixes"][0];
    assert_eq!(fix["properties"]["applicability"], "safe");
    let change = &fix["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "Dockerfile");
    let replacement = &change["replacements"][0];
    assert_eq!(replacement["deletedRegion"]["startColumn"], 42);
    assert_eq!(replacement["insertedContent"]["text"], added);
}

/// The output of a file whose secret is read this number of lines before it leaks.
fn shown_with_lines_between(number: usize) -> String {
    let between: String = (0..number)
        .map(|number| format!("echo between {number:03} > /dev/null\n"))
        .collect();
    let file = format!(
        "FROM debian:12\nRUN --mount=type=secret,id=t,required=true <<END\n\
         T=$(cat /run/secrets/t)\n{between}echo \"$T\" > /f\nEND\n"
    );
    let place = Place::with(&[("Dockerfile", &file)]);
    text(&place.run(&["Dockerfile"]).stderr).to_owned()
}

#[test]
fn a_flow_that_begins_far_above_is_shown_in_pieces() {
    let shown = shown_with_lines_between(600);
    for line in [
        " --> Dockerfile:604:",
        "604 | echo \"$T\" > /f",
        " ::: Dockerfile:2:",
        "  3 | T=$(cat /run/secrets/t)",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    assert!(!shown.contains("between 300"), "{shown}");
}

#[test]
fn a_flow_that_begins_near_is_shown_in_one_piece() {
    let shown = shown_with_lines_between(3);
    assert!(shown.contains(" --> Dockerfile:7:"), "{shown}");
    assert!(!shown.contains(":::"), "{shown}");
}
