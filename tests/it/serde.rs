//! A Dockerfile as data: it comes back as it was, and what was tampered with does not come back.

use crate::script::{script, script_and, script_with};
use dockerfile_dsl::__private::Extra;
use dockerfile_dsl::instructions::{
    Add, Arg, Copy, Env, GitDirectory, Healthcheck, Network, Run, Security,
};
use dockerfile_dsl::mounts::{BindMount, CacheMount, Sharing, SshMount, TmpfsMount};
use dockerfile_dsl::{
    Dockerfile, Secret, Stage, Syntax, Version, danger, expand, glob, import, inline, path,
    shell_form,
};
use serde_json::{Value, json};

const TOKEN: Secret = Secret::env("GITHUB_TOKEN");
const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc").mode(0o444);

/// A file with everything in it.
fn everything() -> Dockerfile {
    let build = Stage::from_image(expand("debian:${V}"))
        .platform("linux/amd64")
        .named("build")
        .stage_comment("builds")
        .instruction(
            Add::git("https://example.com/x.git", path!("/src"))
                .token(TOKEN)
                .git_directory(GitDirectory::Keep),
        )
        .arg_or("A", expand("$B"))
        .comment("why")
        .check("skip=all")
        .copy(["a", "b"], path!("/d/"))
        .copy(glob("*.c"), path!("/d/"))
        .copy(inline("f", "x\n"), path!("/d/"))
        .run(script_with("cat ", &TOKEN, " > /dev/null"))
        .run(script_and(
            "cat x",
            &[
                Extra::Mount(&NPMRC, "/root/.npmrc"),
                Extra::AllowCache("none in it"),
            ],
        ))
        .run(
            Run::new(&script("a\nb"))
                .mount(CacheMount::at(path!("/c")).sharing(Sharing::Locked).uid(1))
                .network(Network::None)
                .security(Security::Sandbox),
        )
        .run(
            Run::exec(["x"])
                .mount(SshMount::new().optional())
                .mount(TmpfsMount::at(path!("/t")).size(1))
                .device("a.b/c=d"),
        )
        .build();
    let app = Stage::from_stage(&build)
        .instruction(Env::new("A", "1").and("B", expand("$A")))
        .label("a b", "c")
        .allow_name("API_KEY", "an id of a button")
        .env("API_KEY", "x")
        .run(
            Run::exec(["y"]).mount(
                BindMount::at(path!("/m"))
                    .from_stage(&build)
                    .source("/src")
                    .writable(),
            ),
        )
        .instruction(
            Copy::from_stage(&build, "/x", path!("/x"))
                .chown("1:1")
                .chmod("644")
                .link()
                .exclude("y")
                .parents(),
        )
        .workdir(path!("/w"))
        .user("1:2")
        .expose("80-81/udp")
        .volume(path!("/v"))
        .stopsignal(9)
        .shell(["/bin/bash", "-c"])
        .run(script_and("[[ -f x ]]", &[Extra::Bash]))
        .cmd(shell_form("a b"))
        .entrypoint(["c"])
        .instruction(Healthcheck::new(["d"]).interval("5s").retries(2))
        .onbuild(Copy::new("a", path!("/b")))
        .instruction(danger::raw_instruction("LABEL x=y", "kept"))
        .build();
    Dockerfile::settings()
        .syntax(Syntax::Version(Version::new(1, 21)))
        .check_options("error=true")
        .comment("head")
        .global_arg(Arg::new("V").default("12"))
        .target(&app)
        .expect("nothing is wrong with it")
}

fn to_json(file: &Dockerfile) -> Value {
    serde_json::to_value(file).expect("a Dockerfile is data")
}

#[track_caller]
fn check_refused(data: &Value, expected: &str) {
    let error = serde_json::from_value::<Dockerfile>(data.clone())
        .expect_err("it is refused")
        .to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn what_goes_comes_back() {
    let file = everything();
    let back: Dockerfile = serde_json::from_value(to_json(&file)).unwrap();
    assert_eq!(back.render(), file.render());
    assert_eq!(back.secrets(), file.secrets());
    assert_eq!(back.audit(), file.audit());
    assert_eq!(to_json(&back), to_json(&file));
}

#[test]
fn an_existing_file_travels_as_its_text() {
    let text = "FROM debian\nRUN --mount=type=secret,id=GITHUB_TOKEN,required=true cat \
                /run/secrets/GITHUB_TOKEN > /dev/null\n";
    let file = import::parse(text).unwrap().bind(&[TOKEN]).unwrap();
    let data = to_json(&file);
    assert_eq!(
        data,
        json!({
            "version": 1,
            "secrets": [{"id": "GITHUB_TOKEN", "env": "GITHUB_TOKEN", "used-by": [[0, 0]]}],
            "content": {"text": text},
        })
    );
    let back: Dockerfile = serde_json::from_value(data).unwrap();
    assert_eq!(back.render(), text);
}

/// The file of the tampering tests, small enough to be read.
fn small() -> Value {
    let source = Stage::from_image("debian")
        .named("source")
        .run(script_with("cat ", &TOKEN, " > /dev/null"))
        .build();
    let app = Stage::from_image("debian")
        .copy_from(&source, "/x", path!("/x"))
        .run(script("true"))
        .build();
    to_json(&Dockerfile::target(&app).unwrap())
}

#[test]
fn a_tampered_script_is_refused() {
    let mut data = small();
    data["content"]["stages"]["stages"][0]["instructions"][0]["instruction"]["run"]["command"] =
        json!({"script": "cat /run/secrets/GITHUB_TOKEN > /x"});
    check_refused(&data, "SecretInLayer");
}

#[test]
fn an_added_mount_is_refused() {
    let mut data = small();
    let mount =
        data["content"]["stages"]["stages"][0]["instructions"][0]["instruction"]["run"]["mounts"]
            .clone();
    data["content"]["stages"]["stages"][1]["instructions"][1]["instruction"]["run"]["mounts"] =
        mount;
    check_refused(&data, "a mount was added, moved or taken away");
    data["content"]["stages"]["stages"][1]["instructions"][1]["instruction"]["run"]["mounts"][0]
        ["secret"]["secret"]["id"] = json!("OTHER");
    check_refused(
        &data,
        "secret `OTHER` is used, and not in the list of secrets",
    );
}

#[test]
fn reordered_stages_are_refused() {
    let mut data = small();
    let stages = data["content"]["stages"]["stages"].as_array_mut().unwrap();
    stages.reverse();
    check_refused(
        &data,
        "stage 0 is made of stage 0, which does not stand before it",
    );
}

#[test]
fn stages_that_nobody_needs_are_refused() {
    let mut data = small();
    data["content"]["stages"]["targets"] = json!([0]);
    check_refused(&data, "one of them is part of no target");
}

#[test]
fn paths_are_checked_again() {
    let mut data = small();
    data["content"]["stages"]["stages"][1]["instructions"][0]["instruction"]["copy"]["transfer"]
        ["destination"] = json!("/run/secrets/x");
    check_refused(&data, "inside the secret mount directory");
}

#[test]
fn unknown_fields_and_versions_are_refused() {
    let mut data = small();
    data["content"]["stages"]["stages"][0]["privileged"] = json!(true);
    check_refused(&data, "unknown field `privileged`");
    let mut data = small();
    data["version"] = json!(2);
    check_refused(
        &data,
        "version 2 of the format is not known here: this library reads version 1",
    );
    let mut data = small();
    data["secrets"][0]["file"] = json!("/x");
    check_refused(
        &data,
        "secret `GITHUB_TOKEN` has exactly one of `env` and `file`",
    );
    let mut data = small();
    data["secrets"][0]["id"] = json!("a,b");
    check_refused(&data, "secret ids may contain only");
}

/// A file of each version keeps loading, and means the same.
#[test]
fn version_1_keeps_loading() {
    let committed = include_str!("../data/dockerfile/v1.json");
    let file: Dockerfile = serde_json::from_str(committed).unwrap();
    assert_eq!(
        file.render(),
        include_str!("../data/dockerfile/v1.Dockerfile")
    );
    let now = format!("{}\n", serde_json::to_string_pretty(&everything()).unwrap());
    // The places in the Rust source are those of today.
    let without_lines = |text: &str| -> String {
        text.lines()
            .filter(|line| !line.contains("\"line\":"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_eq!(
        without_lines(&now),
        without_lines(committed),
        "the format changed: that needs a new version"
    );
}

#[test]
fn the_schema_is_that_of_the_format() {
    let schema = format!(
        "{}\n",
        serde_json::to_string_pretty(&dockerfile_dsl::json_schema()).unwrap()
    );
    let committed = include_str!("../data/dockerfile/v1.schema.json");
    assert!(
        schema == committed,
        "tests/data/dockerfile/v1.schema.json is not the schema of today"
    );
}

/// Writes the files that are compared above, when asked to: `DOCKERFILE_DSL_UPDATE=1`.
#[test]
fn the_committed_files_are_written_when_asked() {
    if dockerfile_dsl::Stale::from_environment() != dockerfile_dsl::Stale::Rewrite {
        return;
    }
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/data/dockerfile");
    let file = everything();
    let write =
        |name: &str, text: String| std::fs::write(format!("{directory}/{name}"), text).unwrap();
    write(
        "v1.json",
        format!("{}\n", serde_json::to_string_pretty(&file).unwrap()),
    );
    write("v1.Dockerfile", file.render());
    write(
        "v1.schema.json",
        format!(
            "{}\n",
            serde_json::to_string_pretty(&dockerfile_dsl::json_schema()).unwrap()
        ),
    );
}
