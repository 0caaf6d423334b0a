//! The table of values and tools: the path of a secret arrives byte for byte, or it is refused with the reason.
//!
//! Each spelling is read back by the grammar of its tool, written here a second time from the tool's own source.

use dockerfile_dsl::{BuildCommand, BuildTool, Dockerfile, Secret, Stage, sh};
use serde_json::Value;

const PATHS: &[&str] = &[
    "/plain",
    "/a b",
    "/a=b",
    "/a'b",
    "/a\\b",
    "/é 日本 \u{1f511}",
    "/$HOME",
    "/#x",
    "/*?[x]",
    "/-x",
    "/a,b",
    "/a\"b",
    "/${x}",
    "/%{x}",
    "/${{ x }}",
    "/end ",
    "~/x",
    "~user/x",
    "keys/x",
];

/// A letter for each path, in their order: `=` arrives as it is, `-` is refused.
const TABLE: &[(&str, &str)] = &[
    ("docker", "==================="),
    ("docker before 23", "==================="),
    ("nerdctl", "==================="),
    ("buildctl", "==================="),
    ("podman", "==========-========"),
    ("buildah", "==========-========"),
    ("kaniko", "==========-=======-"),
    ("bake", "==================="),
    ("compose", "==========-----===="),
    ("github", "==========--==---=="),
    ("gitlab", "================-=="),
];

fn command(path: &'static str) -> BuildCommand {
    let secret = Secret::try_file("key", path).unwrap();
    let mut stage = Stage::from_image("debian");
    stage.run(sh!("test -s {secret}"));
    let image = Dockerfile::from_stage(&stage.build()).unwrap();
    image.build_command()
}

/// The path that the tool reads, where the home directory is `/h`.
fn arrives(form: &str, path: &'static str) -> Result<String, String> {
    let mut command = command(path);
    let line = |tool: BuildTool, command: &mut BuildCommand| -> Result<String, String> {
        let argv = command.tool(tool).argv();
        let argv = argv.map_err(|error| error.to_string())?;
        let argv: Vec<String> = argv
            .into_iter()
            .map(|word| word.into_string().unwrap())
            .collect();
        let at = argv.iter().position(|word| word == "--secret").unwrap();
        Ok(argv[at + 1].clone())
    };
    let home = std::env::var("HOME").unwrap();
    let read = match form {
        "docker" => csv(&line(BuildTool::Buildx, &mut command)?),
        "docker before 23" => csv(&line(BuildTool::DockerBefore23, &mut command)?),
        "nerdctl" => csv(&line(BuildTool::Nerdctl, &mut command)?),
        "buildctl" => csv(&line(BuildTool::Buildctl, &mut command)?),
        "podman" => commas(&line(BuildTool::Podman, &mut command)?, "src"),
        "buildah" => commas(&line(BuildTool::Buildah, &mut command)?, "src"),
        "kaniko" => commas(&line(BuildTool::Kaniko, &mut command)?, "src"),
        "bake" => {
            let text = command.bake("x").render();
            let text = text.map_err(|error| error.to_string())?;
            let file: Value = serde_json::from_str(&text).unwrap();
            let path = file["target"]["x"]["secret"][0]["src"].as_str().unwrap();
            template(path, &home)
        }
        "compose" => {
            let text = command.compose("x").render();
            let text = text.map_err(|error| error.to_string())?;
            let file: Value = yaml_serde::from_str(&text).unwrap();
            let path = file["secrets"]["key"]["file"].as_str().unwrap();
            let path = path.replace("${HOME}", &home).replace("$$", "$");
            // What bake gets from it: a template, and a record without quotes.
            let path = template(&path, &home);
            csv(&format!("id=key,type=file,src={path}"))
        }
        "github" => {
            let text = command.github_step().render();
            let text = text.map_err(|error| error.to_string())?;
            assert!(!text.contains("${{"));
            let file: Value = yaml_serde::from_str(&text).unwrap();
            let record = file[0]["with"]["secret-files"].as_str().unwrap();
            let (id, path) = record.trim().split_once('=').unwrap();
            csv(&format!("id={id},src={path}"))
        }
        "gitlab" => {
            let text = command.gitlab_job("x").render();
            let text = text.map_err(|error| error.to_string())?;
            let file: Value = yaml_serde::from_str(&text).unwrap();
            let line = file["x"]["script"][0].as_str().unwrap();
            let script = format!("docker() {{ printf %s \"$3\"; }}\n{line}");
            let output = std::process::Command::new("sh")
                .args(["-c", &script])
                .output();
            csv(&String::from_utf8(output.unwrap().stdout).unwrap())
        }
        other => panic!("{other} is no form"),
    };
    Ok(read)
}

/// One record as BuildKit's `csvvalue` reads it: fields in quotes, in which a quote is doubled.
fn csv(record: &str) -> String {
    let mut fields = vec![String::new()];
    let mut characters = record.chars().peekable();
    let mut is_quoted = false;
    while let Some(character) = characters.next() {
        let field = fields.last_mut().unwrap();
        match character {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                field.push('"');
            }
            '"' if is_quoted => is_quoted = false,
            '"' if field.is_empty() => is_quoted = true,
            '"' => panic!("a bare quote in {record}"),
            ',' if !is_quoted => fields.push(String::new()),
            other => field.push(other),
        }
    }
    let mut path = None;
    for field in &fields {
        let (key, value) = field.split_once('=').expect("each field is a pair");
        match key {
            "id" => assert_eq!(value, "key"),
            "type" => assert_eq!(value, "file"),
            "src" => path = Some(value.to_owned()),
            other => panic!("{other} in {record}"),
        }
    }
    path.unwrap()
}

/// Split at every comma.
fn commas(record: &str, wanted: &str) -> String {
    let fields = record.split(',').map(|field| field.split_once('='));
    let fields = fields.map(|field| field.expect("each field is a pair"));
    let mut found = fields.filter(|(key, _)| *key == wanted);
    found.next().unwrap().1.to_owned()
}

/// A template of HCL, in which only `${HOME}` is replaced.
fn template(text: &str, home: &str) -> String {
    let mut read = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("$${") {
            read.push_str("${");
            rest = after;
        } else if let Some(after) = rest.strip_prefix("%%{") {
            read.push_str("%{");
            rest = after;
        } else if let Some(after) = rest.strip_prefix("${HOME}") {
            read.push_str(home);
            rest = after;
        } else {
            assert!(!rest.starts_with("${") && !rest.starts_with("%{"), "{text}");
            read.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    read
}

#[test]
fn each_path_arrives_or_is_refused() {
    let home = std::env::var("HOME").unwrap();
    let mut wrong = Vec::new();
    for (form, expected) in TABLE {
        let mut row = String::new();
        for path in PATHS {
            let whole = path
                .strip_prefix("~/")
                .map_or((*path).to_owned(), |rest| format!("{home}/{rest}"));
            match arrives(form, path) {
                Ok(read) => {
                    row.push('=');
                    assert_eq!(read, whole, "{form}");
                }
                Err(reason) => {
                    row.push('-');
                    assert!(reason.contains(path), "{form}, {path}: {reason}");
                }
            }
        }
        if row != *expected {
            wrong.push(format!("{form}: {row}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Ids are plain by construction, so that no tool reads them otherwise.
#[test]
fn an_odd_id_is_no_id() {
    for id in [
        "", "a b", "a,b", "a=b", "a\"b", "a'b", "$x", "~", "é", "a/b", "..", "a\nb",
    ] {
        assert!(Secret::try_file(id, "/x").is_err(), "{id}");
    }
    for id in ["a", "A_b.c-1", "GIT_AUTH_TOKEN.github.com"] {
        assert!(Secret::try_file(id, "/x").is_ok(), "{id}");
    }
}
