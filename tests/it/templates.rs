//! The templates of `cargo generate`: each is filled in as that program does, compiled, and run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// A template with values for its placeholders.
struct Template {
    name: &'static str,
    values: &'static [(&'static str, &'static str)],
}

const TOKEN: (&str, &str) = ("token", "CARGO_REGISTRIES_ACME_TOKEN");
const BASE: (&str, &str) = ("base_image", "debian:bookworm-slim");

const BUILD_SCRIPT: Template = Template {
    name: "build-script",
    values: &[BASE, TOKEN],
};
const XTASK: Template = Template {
    name: "xtask",
    values: &[BASE, TOKEN],
};
const TOOL: Template = Template {
    name: "tool",
    values: &[
        ("repository", "https://github.com/acme/private.git"),
        ("token", "GITHUB_TOKEN"),
    ],
};

/// What the first two templates describe.
const SERVER: &str = r#"FROM rust:1-slim-bookworm AS build
WORKDIR /src
COPY . /src/
RUN --mount=type=secret,id=CARGO_REGISTRIES_ACME_TOKEN,target=/run/secrets/CARGO_REGISTRIES_ACME_TOKEN,required=true \
    <<'EOF'
set -e; CARGO_REGISTRIES_ACME_TOKEN="$(cat /run/secrets/CARGO_REGISTRIES_ACME_TOKEN)" cargo build --release --locked
cp target/release/my-app /usr/local/bin/app
EOF

FROM debian:bookworm-slim
COPY --from=build /usr/local/bin/app /usr/local/bin/app
USER 65532
CMD ["app"]
"#;

const PRIVATE: &str = r#"FROM debian:bookworm-slim AS source
RUN apt-get update && apt-get install -y --no-install-recommends git ca-certificates
RUN --mount=type=secret,id=GITHUB_TOKEN,target=/run/secrets/GITHUB_TOKEN,required=true <<'EOF'
git -c credential.helper= \
-c credential.https://github.com.helper='!f() { echo username=x-access-token; echo "password=$(cat /run/secrets/GITHUB_TOKEN)"; }; f' \
clone --depth=1 -- https://github.com/acme/private.git /src
EOF

FROM debian:bookworm-slim
COPY --from=source /src /app
USER 65532
CMD ["/app/run"]
"#;

/// One test, so that the three share what they compile.
#[test]
fn templates_write_their_dockerfiles() {
    let project = BUILD_SCRIPT.instantiate();
    assert_eq!(cargo(&project, &["run", "--quiet"]), SERVER);

    let project = XTASK.instantiate();
    let command = cargo(&project, &["xtask"]);
    assert_eq!(
        command,
        "docker build --secret id=CARGO_REGISTRIES_ACME_TOKEN,env=CARGO_REGISTRIES_ACME_TOKEN \
         --tag my-app .\n"
    );
    let dockerfile = project.join("Dockerfile");
    assert_eq!(fs::read_to_string(&dockerfile).unwrap(), SERVER);
    assert_eq!(cargo(&project, &["xtask", "--check"]), command);
    fs::write(&dockerfile, "FROM scratch\n").unwrap();
    let stale = run(&project, &["xtask", "--check"]);
    assert!(!stale.status.success(), "{stale:?}");

    let project = TOOL.instantiate();
    assert_eq!(cargo(&project, &["run", "--quiet"]), PRIVATE);
    assert_eq!(
        cargo(&project, &["run", "--quiet", "--", "command"]),
        "docker build --secret id=GITHUB_TOKEN,env=GITHUB_TOKEN --tag my-app .\n"
    );
}

#[test]
fn templates_declare_the_placeholders_that_they_use() {
    for template in [BUILD_SCRIPT, XTASK, TOOL] {
        let folder = root().join("templates").join(template.name);
        let declared = fs::read_to_string(folder.join("cargo-generate.toml")).unwrap();
        let mut files = Vec::new();
        list(&folder, &mut files);
        let texts = files.iter().map(|file| fs::read_to_string(file).unwrap());
        let text: String = texts.collect();
        for (name, _) in template.values {
            let table = format!("[placeholders.{name}]");
            assert!(declared.contains(&table), "{}: {table}", template.name);
            assert!(
                text.contains(&format!("{{{{{name}}}}}")),
                "{name} is unused"
            );
        }
        assert_eq!(
            declared.matches("[placeholders.").count(),
            template.values.len(),
            "{}",
            template.name
        );
        let readme = fs::read_to_string(folder.join("README.md")).unwrap();
        assert_eq!(readme.lines().count(), 5, "{}", template.name);
    }
}

impl Template {
    /// Fills in the template as `cargo generate --name my-app` does; the dependency is this checkout.
    fn instantiate(&self) -> PathBuf {
        let from = root().join("templates").join(self.name);
        let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("template-{}", self.name));
        let _ = fs::remove_dir_all(&to);
        let library = root().join("dockerfile-dsl").canonicalize().unwrap();
        let mut files = Vec::new();
        list(&from, &mut files);
        for file in files {
            let path = file.strip_prefix(&from).unwrap();
            if path == Path::new("cargo-generate.toml") {
                continue;
            }
            let mut text = fs::read_to_string(&file).unwrap();
            text = text.replace("{{project-name}}", "my-app");
            for (name, value) in self.values {
                text = text.replace(&format!("{{{{{name}}}}}"), value);
            }
            assert!(!text.contains("{{"), "{}: {text}", file.display());
            text = text.replace(
                "git = \"https://github.com/dockerfile-dsl/dockerfile-dsl\"",
                &format!("path = {:?}", library.display().to_string()),
            );
            // The target folder is in our own workspace.
            if path == Path::new("Cargo.toml") && !text.contains("[workspace]") {
                text += "\n[workspace]\n";
            }
            let path = to.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        // The versions that are on this machine.
        fs::copy(root().join("Cargo.lock"), to.join("Cargo.lock")).unwrap();
        to
    }
}

#[track_caller]
fn cargo(project: &Path, arguments: &[&str]) -> String {
    let output = run(project, arguments);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn run(project: &Path, arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(project)
        .env("CARGO_NET_OFFLINE", "true")
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("templates"),
        )
        .output()
        .unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            list(&path, files);
        } else {
            files.push(path);
        }
    }
}
