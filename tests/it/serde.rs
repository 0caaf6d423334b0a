//! A Dockerfile as data: it is read back unchanged, and tampered data is refused.

use crate::script::{script, script_and, script_with};
use dockerfile_dsl::__private::Extra;
use dockerfile_dsl::instructions::{
    Add, Arg, CopyFiles, Env, GitDirectory, Healthcheck, Network, Run, Security,
};
use dockerfile_dsl::mounts::{BindMount, CacheMount, Sharing, SshMount, TmpfsMount};
use dockerfile_dsl::{
    Dockerfile, Secret, Stage, Syntax, danger, expand, glob, import, inline, path, shell_form,
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
            Run::new(script("a\nb"))
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
        .decide(danger::allow_name("API_KEY", "an id of a button"))
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
            CopyFiles::from_stage(&build, "/x", path!("/x"))
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
        .onbuild(CopyFiles::new("a", path!("/b")))
        .instruction(danger::raw_instruction("LABEL x=y", "kept"))
        .build();
    Dockerfile::settings()
        .syntax(Syntax::Labs)
        .check_options("error=true")
        .comment("head")
        .global_arg(Arg::new("V").default("12"))
        .dockerfile(&app)
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
fn data_round_trip_is_equal() {
    let file = everything();
    let back: Dockerfile = serde_json::from_value(to_json(&file)).unwrap();
    assert_eq!(back.render(), file.render());
    let command = |file: &Dockerfile| file.build_command().shell().unwrap();
    assert_eq!(command(&back), command(&file));
    let uses = |file: &Dockerfile| -> Vec<_> {
        file.secrets()
            .iter()
            .map(|secret| secret.uses().to_vec())
            .collect()
    };
    assert_eq!(uses(&back), uses(&file));
    assert_eq!(to_json(&back), to_json(&file));
    // The places in the Rust source are not in the text.
    let decisions = |file: &Dockerfile| -> Vec<String> {
        let audit = to_text(&file.audit().to_string());
        audit.lines().map(str::to_owned).collect()
    };
    assert_eq!(decisions(&back), decisions(&file));
}

/// Without the places in the Rust source.
fn to_text(audit: &str) -> String {
    let lines = audit
        .lines()
        .map(|line| match line.split_once(" (tests/it/") {
            Some((before, _)) => before,
            None => line,
        });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_file_travels_as_its_text_and_its_secrets() {
    let text = "FROM debian\nRUN --mount=type=secret,id=GITHUB_TOKEN,required=true cat \
                /run/secrets/GITHUB_TOKEN > /dev/null\n";
    let file = import::parse(text).unwrap().bind(&[TOKEN]).unwrap();
    let data = to_json(&file);
    assert_eq!(
        data,
        json!({
            "version": 2,
            "secrets": [{"id": "GITHUB_TOKEN", "env": "GITHUB_TOKEN", "used-by": [[0, 0]]}],
            "text": text,
        })
    );
    let back: Dockerfile = serde_json::from_value(data).unwrap();
    assert_eq!(back.render(), text);
}

#[test]
fn unused_secret_stays_declared() {
    let stage = Stage::from_image("debian").build();
    let file = Dockerfile::settings()
        .declare(TOKEN)
        .dockerfile(&stage)
        .unwrap();
    let mut data = to_json(&file);
    let declared = json!([{"id": "GITHUB_TOKEN", "env": "GITHUB_TOKEN", "used-by": []}]);
    assert_eq!(data["secrets"], declared);
    let back: Dockerfile = serde_json::from_value(data.clone()).unwrap();
    assert_eq!(to_json(&back), data);
    // So no build argument can be fed from it.
    data["text"] = json!("FROM debian\nARG GITHUB_TOKEN\n");
    check_refused(&data, "is the variable that holds secret `GITHUB_TOKEN`");
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
    to_json(&Dockerfile::from_stage(&app).unwrap())
}

/// The small file with one text of it replaced.
fn with(from: &str, to: &str) -> Value {
    let mut data = small();
    let text = data["text"].as_str().unwrap();
    assert!(text.contains(from), "{text}");
    data["text"] = json!(text.replace(from, to));
    data
}

#[test]
fn a_tampered_script_is_refused() {
    check_refused(&with("> /dev/null", "> /x"), "SecretInLayer");
}

#[test]
fn an_added_mount_is_refused() {
    let mount = "RUN --mount=type=secret,id=GITHUB_TOKEN,required=true true";
    check_refused(
        &with("RUN true", mount),
        "a mount was added, moved or removed",
    );
    let other = mount.replace("GITHUB_TOKEN", "OTHER");
    check_refused(&with("RUN true", &other), "`OTHER`");
}

#[test]
fn unknown_fields_and_versions_are_refused() {
    let mut data = small();
    data["privileged"] = json!(true);
    check_refused(&data, "unknown field `privileged`");
    let mut data = small();
    data["version"] = json!(1);
    check_refused(&data, "version 1 of the format is no longer read");
    data["version"] = json!(3);
    check_refused(
        &data,
        "version 3 of the format is unknown: this library reads version 2",
    );
    let mut data = small();
    data["secrets"][0]["file"] = json!("/x");
    check_refused(
        &data,
        "secret `GITHUB_TOKEN` needs exactly one of `env`, `file` and `command`",
    );
    let mut data = small();
    data["secrets"][0]["id"] = json!("a,b");
    check_refused(&data, "secret ids may contain only");
    let mut data = small();
    let again = data["secrets"][0].clone();
    data["secrets"].as_array_mut().unwrap().push(again);
    check_refused(&data, "secret `GITHUB_TOKEN` is declared twice");
}

/// A file of each version keeps loading, and means the same.
#[test]
fn version_2_keeps_loading() {
    let committed = include_str!("../data/dockerfile/v2.json");
    let file: Dockerfile = serde_json::from_str(committed).unwrap();
    assert_eq!(
        file.render(),
        include_str!("../data/dockerfile/v2.Dockerfile")
    );
    let now = format!("{}\n", serde_json::to_string_pretty(&everything()).unwrap());
    assert_eq!(
        now, committed,
        "the format changed: that needs a new version"
    );
}

#[test]
fn the_schema_is_that_of_the_format() {
    let schema = format!(
        "{}\n",
        serde_json::to_string_pretty(&dockerfile_dsl::json_schema()).unwrap()
    );
    let committed = include_str!("../data/dockerfile/v2.schema.json");
    assert!(
        schema == committed,
        "tests/data/dockerfile/v2.schema.json is not the schema of today"
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
        "v2.json",
        format!("{}\n", serde_json::to_string_pretty(&file).unwrap()),
    );
    write("v2.Dockerfile", file.render());
    write(
        "v2.schema.json",
        format!(
            "{}\n",
            serde_json::to_string_pretty(&dockerfile_dsl::json_schema()).unwrap()
        ),
    );
}
