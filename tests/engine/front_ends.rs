//! The files of other tools, built by those tools: each secret arrives as it is, and each text too.

use std::path::Path;
use std::process::{Command, Output};

use dockerfile_dsl::build_command::{Bake, BuildNetwork};
use dockerfile_dsl::{BuildCommand, Dockerfile, Secret, Stage, sh};
use dockerfile_dsl_tests::trials::Trial;
use serde_json::Value;

use crate::counterparts::write;
use crate::in_engine;
use crate::verify::real::{self, Engine, Folder};

pub(crate) fn trials() -> Vec<Trial> {
    in_engine!(
        Engine::Docker,
        [
            bake_builds_the_targets_of_the_file,
            bake_takes_every_text_as_it_is,
            compose_builds_the_services_of_the_file,
            compose_takes_every_text_as_it_is,
        ]
    )
}

const ENV: Secret = Secret::env("FRONT_ENDS_TOKEN");
const FILE: Secret = Secret::file("key", "~/keys/it's, \"odd\" ${x} é");
const COMMAND: Secret = Secret::command("gh_token", &["printf", "%s", "from ${a} command"]);

/// Texts that some format reads as its own.
const TEXTS: &[(&str, &str)] = &[
    ("a", "${HOME} $HOME $$HOME %{if true} $${x} $$${x} %%{y}"),
    ("b", "quote\" ' back\\slash\\n tab\t"),
    ("c", "line\nbreak\n"),
    ("d", "yes"),
    ("e", "# no comment: {a: [b]} & * ! | > @ `"),
    ("f", "é ü 日本 \u{1f511} \u{feff}"),
    ("g", " spaces "),
    ("h", "0x1F"),
    ("i", "a,b=c;d"),
];

/// In the folder `work`, beside which the home directory is.
fn shell(folder: &Path, line: &str) -> Output {
    Command::new("sh")
        .args(["-c", line])
        .current_dir(folder.join("work"))
        .env("HOME", folder.join("home"))
        .env("FRONT_ENDS_TOKEN", "from a \"variable\"")
        .env("SSH_AUTH_SOCK", "")
        .env("TMPDIR", "/tmp")
        .output()
        .unwrap()
}

/// Each secret arrives: the step compares it with what it has to be.
fn three_sources() -> Stage {
    Stage::from_image("debian:bookworm-slim")
        .named("app")
        .run(sh!(r#"test "$(cat {ENV})" = 'from a "variable"'"#))
        .run(sh!(r#"test "$(cat {FILE})" = 'from a file'"#))
        .run(sh!(r#"test "$(cat {COMMAND})" = 'from ${{a}} command'"#))
        .build()
}

fn bake_builds_the_targets_of_the_file() {
    let folder = Folder::new("bake");
    write(
        &folder.0.join("home/keys/it's, \"odd\" ${x} é"),
        "from a file",
    );
    write(&folder.0.join("home/.docker/config.json"), "{}");
    let base = Dockerfile::from_stage(&three_sources()).unwrap();
    let mut app = Stage::from_image("base");
    app.run(sh!("test -e /etc/passwd")).arg("VERSION");
    let app = Dockerfile::from_stage(&app.build()).unwrap();
    let base = base
        .build_command()
        .file("-")
        .fresh_secrets()
        .network(BuildNetwork::Host)
        .clone();
    let app = app
        .build_command()
        .file("docker/app.Dockerfile")
        .network(BuildNetwork::Host)
        .build_context("base", "target:base")
        .tag("dsl-test/bake")
        .clone();
    write(
        &folder.0.join("work/docker/app.Dockerfile"),
        &app.dockerfile().render(),
    );
    let file = folder.0.join("work/bake.json");
    let mut bake = Bake::new();
    bake.target("base", &base)
        .target("app", &app)
        .group("default", ["app"])
        .matrix("app", "VERSION", ["1.2", "3"])
        .file(file.to_str().unwrap());
    bake.write().unwrap();
    let line = bake.shell().unwrap();
    let printed = shell(&folder.0, &format!("{line} --print"));
    assert!(printed.status.success(), "{}", real::text(&printed));
    let printed: Value = serde_json::from_slice(&printed.stdout).unwrap();
    let home = folder.0.join("home");
    assert_eq!(
        printed["target"]["base"]["secret"],
        serde_json::json!([
            {"id": "FRONT_ENDS_TOKEN", "env": "FRONT_ENDS_TOKEN"},
            {"id": "gh_token", "env": "GH_TOKEN"},
            {"id": "key", "src": format!("{}/keys/it's, \"odd\" ${{x}} é", home.display())},
        ])
    );
    // Bake refuses what it is not allowed, where it would only warn.
    let build = |line: &str| {
        shell(
            &folder.0,
            &format!("export BUILDX_BAKE_ENTITLEMENTS_FS=1\n{line}"),
        )
    };
    let built = build(&line);
    assert!(built.status.success(), "{}", real::text(&built));
    for version in ["1.2", "3"] {
        real::run(
            "docker",
            &["image", "inspect", &format!("dsl-test/bake:{version}")],
        );
    }
    // Of several targets, Buildx 0.29 asks for the paths of one, whichever that is.
    let mut alone = base.bake("base");
    alone.file(file.to_str().unwrap()).write().unwrap();
    let line = alone.shell().unwrap();
    let less = line.replace("--allow fs.read=", "--allow fs.write=");
    assert_ne!(line, less);
    let refused = build(&less);
    assert!(!refused.status.success(), "{}", real::text(&refused));
}

fn bake_takes_every_text_as_it_is() {
    let folder = Folder::new("bake-texts");
    let command = with_texts("dsl-test/bake-texts", |text| text.to_owned());
    let mut bake = command.bake("texts");
    bake.file(folder.0.join("work/bake.json").to_str().unwrap());
    bake.write().unwrap();
    let built = shell(&folder.0, &bake.shell().unwrap());
    assert!(built.status.success(), "{}", real::text(&built));
    same_labels("dsl-test/bake-texts", |text| text.to_owned());
}

/// What bake and compose have different names for.
const PLAIN: Secret = Secret::file("key", "~/keys/it's é $x");

fn compose_builds_the_services_of_the_file() {
    let folder = Folder::new("compose");
    write(&folder.0.join("home/keys/it's é $x"), "from a file");
    let stage = Stage::from_image("debian:bookworm-slim")
        .run(sh!(r#"test "$(cat {ENV})" = 'from a "variable"'"#))
        .run(sh!(r#"test "$(cat {PLAIN})" = 'from a file'"#))
        .run(sh!(r#"test "$(cat {COMMAND})" = 'from ${{a}} command'"#))
        .build();
    let image = Dockerfile::from_stage(&stage).unwrap();
    let command = image
        .build_command()
        .file("docker/Dockerfile")
        .network(BuildNetwork::Host)
        .tag("dsl-test/compose")
        .clone();
    write(&folder.0.join("work/docker/Dockerfile"), &image.render());
    write(
        &folder.0.join("work/compose.yaml"),
        "# ours\nname: shop\nservices:\n  app:\n    build: .\n    command: [\"true\"]\n",
    );
    let text = std::fs::read_to_string(folder.0.join("work/compose.yaml")).unwrap();
    let mut here = command.compose("app");
    write(
        &folder.0.join("work/compose.yaml"),
        &here.file("compose.yaml").merged_into(&text).unwrap(),
    );
    let line = here.shell().unwrap();
    let config = shell(
        &folder.0,
        "docker compose config --no-interpolate --format json",
    );
    assert!(config.status.success(), "{}", real::text(&config));
    let config: Value = serde_json::from_slice(&config.stdout).unwrap();
    assert_eq!(
        config["services"]["app"]["build"]["dockerfile"],
        "docker/Dockerfile"
    );
    let built = shell(&folder.0, &line);
    assert!(built.status.success(), "{}", real::text(&built));
    real::run("docker", &["image", "inspect", "dsl-test/compose"]);
    // The other reader of the same file has the same ids.
    let prefix = line.split(" docker ").next().unwrap();
    let line = format!(
        "{prefix} docker buildx bake --file compose.yaml --allow fs.read=\"$HOME\" \
         --allow network.host --no-cache app"
    );
    let built = shell(&folder.0, &line);
    assert!(built.status.success(), "{}", real::text(&built));
}

fn compose_takes_every_text_as_it_is() {
    let folder = Folder::new("compose-texts");
    // What compose would let bake read is refused.
    let plain = |text: &str| text.replace("${", "$(").replace("%{", "%(");
    let mut compose = with_texts("dsl-test/compose-texts", plain).compose("texts");
    write(
        &folder.0.join("work/compose.yaml"),
        &compose.file("compose.yaml").render().unwrap(),
    );
    let built = shell(&folder.0, &compose.shell().unwrap());
    assert!(built.status.success(), "{}", real::text(&built));
    same_labels("dsl-test/compose-texts", plain);
}

fn with_texts(tag: &str, form: fn(&str) -> String) -> BuildCommand {
    let mut text = "FROM debian:bookworm-slim\n".to_owned();
    for (name, _) in TEXTS {
        text.push_str(&format!("ARG {name}\nLABEL arg.{name}=${name}\n"));
    }
    // A `${` of the Dockerfile is none of bake.
    text.push_str("ARG x=1\nLABEL inline=\"${x} \\$x ");
    text.push_str(&form("%{x}\"\n"));
    let image = dockerfile_dsl::import::parse(&text).unwrap();
    let image = image.bind(&[]).unwrap();
    let mut command = image.build_command();
    command.file("-").tag(tag);
    for (name, value) in TEXTS {
        command
            .build_arg(*name, form(value))
            .label(format!("label.{name}"), form(value));
    }
    command
}

/// The texts are in the labels of the image, byte for byte.
fn same_labels(image: &str, form: fn(&str) -> String) {
    let labels = real::run(
        "docker",
        &[
            "image",
            "inspect",
            "--format",
            "{{json .Config.Labels}}",
            image,
        ],
    );
    let labels: Value = serde_json::from_str(&labels).unwrap();
    for (name, value) in TEXTS {
        assert_eq!(labels[format!("label.{name}")], form(value));
        assert_eq!(labels[format!("arg.{name}")], form(value));
    }
    assert_eq!(labels["inline"], form("1 $x %{x}"));
}
