//! The tool as a shell, a manual and a code host see it: completions, man pages, version, annotations, and paths that steer no terminal.

mod place;

use place::{Place, text};
use serde_json::Value;

#[test]
fn every_shell_gets_completions() {
    let place = Place::with(&[]);
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = place.tool(&["completions", shell]);
        assert_eq!(output.status.code(), Some(0), "{shell}");
        let script = text(&output.stdout);
        assert!(
            script.contains("dockerfile-dsl") && script.contains("update-baseline"),
            "{shell}"
        );
    }
    assert_eq!(place.tool(&["completions", "tcsh"]).status.code(), Some(2));
}

#[test]
fn every_subcommand_has_a_manual_page() {
    let place = Place::with(&[]);
    let page = |name: &[&str]| text(&place.tool(&[&["man"], name].concat()).stdout);
    let main = page(&[]);
    assert!(
        main.contains(".TH dockerfile-dsl 1") && main.contains("Exit status"),
        "{main}"
    );
    for name in ["check", "verify", "canary", "explain"] {
        assert!(main.contains(name), "{name}: {main}");
        let page = page(&[name]);
        assert!(
            page.contains(&format!("dockerfile\\-dsl\\-{name}")),
            "{page}"
        );
    }
    let output = place.tool(&["man", "chekc"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("did you mean `check`?"));
}

#[test]
fn the_version_has_the_name_of_the_tool() {
    let output = Place::with(&[]).tool(&["--version"]);
    let expected = concat!("dockerfile-dsl ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(text(&output.stdout), expected);
}

#[test]
fn github_gets_annotations() {
    let place = Place::with(&[
        ("a,b/Dockerfile", "FROM x\n\nARG API_TOKEN\n"),
        ("c/Dockerfile", "FROM x\nRUNN y\n"),
        (
            "d/Dockerfile",
            "FROM x\nRUN --mount=type=secret,id=t,required=true cat /run/secrets/t\n",
        ),
    ]);
    let output = place.run(&["--format", "github"]);
    assert_eq!(output.status.code(), Some(2));
    let told = text(&output.stdout);
    let lines: Vec<&str> = told.lines().collect();
    assert!(
        lines[0].starts_with(
            "::warning file=a%2Cb/Dockerfile,line=3,col=5,title=SecretsUsedInArgOrEnv::`ARG \
             API_TOKEN` is stored"
        ) && lines[0].contains("%0AFix: remove it"),
        "{told}"
    );
    assert!(
        lines[1].starts_with("::error file=c/Dockerfile,line=2,col=1,"),
        "{told}"
    );
    assert!(
        lines[2].starts_with("::error file=d/Dockerfile,line=2,"),
        "{told}"
    );
    assert_eq!(lines.len(), 3);
    // No text of a file begins another command.
    place.write("a,b/Dockerfile", "FROM x\nARG API_TOKEN=a%0A::error::x\n");
    let told = text(&place.run(&["--format", "github", "a,b"]).stdout);
    assert_eq!(told.matches("::error").count(), 0, "{told}");
}

#[test]
fn gitlab_gets_unique_fingerprints() {
    let token = "FROM x\nARG API_TOKEN\nARG API_TOKEN\n";
    let place = Place::with(&[("a/Dockerfile", token), ("b/Dockerfile", token)]);
    let issues = |place: &Place| -> Vec<Value> {
        let output = place.run(&["--format", "gitlab"]);
        let issues: Value = serde_json::from_slice(&output.stdout).expect("is JSON");
        issues.as_array().cloned().expect("is a list")
    };
    let before = issues(&place);
    assert_eq!(before.len(), 4);
    let prints = |issues: &[Value]| -> Vec<String> {
        let prints = issues.iter().map(|issue| issue["fingerprint"].to_string());
        prints.collect()
    };
    let mut unique = prints(&before);
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), 4);
    assert_eq!(before[0]["check_name"], "SecretsUsedInArgOrEnv");
    assert_eq!(before[0]["severity"], "minor");
    assert_eq!(before[0]["location"]["path"], "a/Dockerfile");
    assert_eq!(before[0]["location"]["lines"]["begin"], 2);
    place.write("a/Dockerfile", &format!("# moved\n{token}"));
    assert_eq!(prints(&issues(&place)), prints(&before));
    place.write("a/Dockerfile", "RUNN\n");
    assert_eq!(issues(&place)[0]["severity"], "blocker");
}

#[cfg(unix)]
#[test]
fn paths_of_options_do_not_steer_a_terminal() {
    let place = Place::with(&[("Dockerfile", "FROM x\n"), ("bad\n\x1b[2J.toml", "x = 1\n")]);
    for arguments in [
        ["--config", "absent\n\x1b[2J.toml"],
        ["--config", "bad\n\x1b[2J.toml"],
        ["--baseline", "absent\n\x1b[2J.json"],
        ["--exclude", "a{\x1b[2J"],
    ] {
        let output = place.run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let told = text(&output.stderr);
        assert!(
            !told.contains('\x1b') && told.contains("\\u{1b}"),
            "{told:?}"
        );
        assert!(
            !told.contains("absent\n") && !told.contains("bad\n"),
            "{told:?}"
        );
    }
}

#[test]
fn paths_of_files_do_not_steer_a_terminal() {
    let place = Place::with(&[("Dockerfile", "FROM x\n"), ("bad\n\x1b[2J", "FRM x\n")]);
    let flags = ["--secret", "id=a,env=A"];
    let commands: [&[&str]; 6] = [
        &["check"],
        &["check", "--fix"],
        &["command"],
        &["build"],
        &["import", "--to", "rust"],
        &["audit"],
    ];
    for command in commands {
        for file in ["absent\n\x1b[2J", "bad\n\x1b[2J"] {
            let of_build = if command == ["build"] {
                &flags[..]
            } else {
                &[]
            };
            let output = place.tool(&[command, of_build, &[file]].concat());
            assert_eq!(output.status.code(), Some(2), "{command:?}");
            let told = text(&output.stderr);
            assert!(
                !told.contains('\x1b') && !told.contains("absent\n") && !told.contains("bad\n"),
                "{command:?} {told:?}"
            );
        }
    }
}

/// Opening a FIFO would wait for a writer.
#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_not_opened() {
    let place = Place::with(&[("Dockerfile", "FROM x\nCOPY . .\n")]);
    let make = |name: &str| {
        let path = place.path().join(name);
        let status = std::process::Command::new("mkfifo").arg(path).status();
        assert!(status.expect("can be run").success());
    };
    make("fifo");
    for arguments in [
        &["--baseline", "fifo"][..],
        &["--config", "fifo"],
        &["--baseline", "fifo", "--fix"],
    ] {
        let output = place.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let told = text(&output.stderr);
        let has_place = told.contains("fifo") && told.contains("it is not a regular file");
        assert!(has_place, "{told}");
    }
    place.write("dockerfile-dsl.toml", "programs = [\"fifo\"]\n");
    place.check_status(&[], 2);
    place.write("dockerfile-dsl.toml", "");
    make(".dockerignore");
    let told = text(&place.run(&[]).stderr);
    let warning = ".dockerignore cannot be read: it is not a regular file; it is ignored";
    assert!(told.contains(warning), "{told}");
    // The fix would be a line in it.
    place.write(".env", "A=b\n");
    place.check_status(&["--fix"], 2);
}

/// A file of one line is shown in part, with the place of the finding in all of it.
#[test]
fn long_line_is_shown_in_part() {
    let target =
        |index: usize| format!("\"é{index}\": {{\"args\": {{\"API_TOKEN\": \"${{T}}\"}}}}");
    let targets: Vec<String> = (0..300).map(target).collect();
    let bake = format!("{{\"target\": {{{}}}}}", targets.join(", "));
    let place = Place::with(&[("docker-bake.json", &bake)]);
    let output = place.run(&["docker-bake.json"]);
    let told = text(&output.stderr);
    let places = bake.match_indices("\"API_TOKEN\"");
    let columns: Vec<usize> = places
        .map(|(at, _)| bake[..at].chars().count() + 1)
        .collect();
    assert_eq!(columns.len(), 300);
    for column in columns {
        let place = format!("docker-bake.json:1:{column}\n");
        assert!(told.contains(&place), "{place}");
    }
}
