//! Each example renders the Dockerfile and the command that are committed beside it.
//!
//! After a change that is meant: `DOCKERFILE_DSL_UPDATE=1 cargo test --test examples`, and look at the difference.

use std::path::Path;

use dockerfile_dsl::{BuildCommand, Dockerfile, Stale, keep_up_to_date};

#[path = "../examples/from_config.rs"]
#[expect(dead_code, reason = "its main function is for people")]
mod from_config;
#[path = "../examples/hello.rs"]
#[expect(dead_code, reason = "its main function is for people")]
mod hello;
#[path = "../examples/npm_private_registry.rs"]
#[expect(dead_code, reason = "its main function is for people")]
mod npm_private_registry;
#[path = "../examples/private_git_add.rs"]
#[expect(dead_code, reason = "its main function is for people")]
mod private_git_add;
#[path = "../examples/private_git_clone.rs"]
#[expect(dead_code, reason = "its main function is for people")]
mod private_git_clone;
#[path = "../examples/rust_server.rs"]
#[expect(dead_code, reason = "its main function is for people")]
mod rust_server;

#[track_caller]
fn check(name: &str, image: &Dockerfile, command: &BuildCommand) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    keep_up_to_date(
        image,
        folder.join(format!("{name}.Dockerfile")),
        Stale::from_environment(),
    )
    .unwrap();
    let script = format!("{}\n", command.shell().unwrap());
    let path = folder.join(format!("{name}.sh"));
    if Stale::from_environment() == Stale::Rewrite {
        std::fs::write(&path, &script).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        script,
        "{}",
        path.display()
    );
}

#[test]
fn private_git_clone_is_up_to_date() {
    let image = private_git_clone::image("https://github.com/acme/private.git").unwrap();
    check(
        "private_git_clone",
        &image,
        &private_git_clone::command(&image),
    );
}

#[test]
fn private_git_add_is_up_to_date() {
    let image = private_git_add::image("https://github.com/acme/private.git").unwrap();
    check("private_git_add", &image, &private_git_add::command(&image));
}

#[test]
fn hello_is_up_to_date() {
    let image = hello::image("it's me").unwrap();
    check("hello", &image, &hello::command(&image));
}

#[test]
fn rust_server_is_up_to_date() {
    let image = rust_server::image("server").unwrap();
    check("rust_server", &image, &rust_server::command(&image));
}

#[test]
fn npm_private_registry_is_up_to_date() {
    let image = npm_private_registry::image().unwrap();
    check(
        "npm_private_registry",
        &image,
        &npm_private_registry::command(&image),
    );
}

#[test]
fn from_config_is_up_to_date() {
    let image = from_config::image(&from_config::services()).unwrap();
    check("from_config", &image, &from_config::command(&image));
}

/// The first screen of the README is the example, its Dockerfile and its command.
#[test]
fn the_readme_shows_private_git_clone() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |path: &str| std::fs::read_to_string(folder.join(path)).unwrap();
    let readme = read("README.md");
    for (language, file) in [("dockerfile", "Dockerfile"), ("sh", "sh")] {
        let shown = format!(
            "```{language}\n{}```",
            read(&format!("examples/private_git_clone.{file}"))
        );
        assert!(readme.contains(&shown), "README.md does not show {shown}");
    }
    let shown = readme
        .split("```rust\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .unwrap();
    let example = read("examples/private_git_clone.rs").replace("pub(crate) ", "");
    let example: Vec<&str> = example
        .lines()
        .filter(|line| !line.trim_start().starts_with("// "))
        .collect();
    for line in shown.lines().filter(|line| !line.starts_with("use ")) {
        assert!(example.contains(&line), "not in the example: {line}");
    }
}
