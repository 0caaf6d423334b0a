//! Each example renders the Dockerfile and the command that are committed beside it.
//!
//! After an intended change run `DOCKERFILE_DSL_UPDATE=1 cargo test -p dockerfile-dsl-tests --test engine committed::`, and
//! review the difference.

use std::path::Path;

use dockerfile_dsl::{BuildCommand, Dockerfile, Error, Stale, keep_up_to_date};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{
    apt_private_repository, from_config, go_private_module, hello, maven_settings, model_from_s3,
    npm_private_registry, pip_private_index, private_git_add, private_git_clone, rust_server,
    signed_release,
};

pub(crate) fn trials() -> Vec<Trial> {
    trials!([
        private_git_clone_is_up_to_date,
        private_git_add_is_up_to_date,
        hello_is_up_to_date,
        rust_server_is_up_to_date,
        npm_private_registry_is_up_to_date,
        from_config_is_up_to_date,
        examples_without_an_argument_are_up_to_date
    ])
}

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

fn private_git_clone_is_up_to_date() {
    let image = private_git_clone::image("https://github.com/acme/private.git").unwrap();
    check(
        "private_git_clone",
        &image,
        &private_git_clone::command(&image),
    );
}

fn private_git_add_is_up_to_date() {
    let image = private_git_add::image("https://github.com/acme/private.git").unwrap();
    check("private_git_add", &image, &private_git_add::command(&image));
}

fn hello_is_up_to_date() {
    let image = hello::image("it's me").unwrap();
    check("hello", &image, &hello::command(&image));
}

fn rust_server_is_up_to_date() {
    let image = rust_server::image("server").unwrap();
    check("rust_server", &image, &rust_server::command(&image));
}

fn npm_private_registry_is_up_to_date() {
    let image = npm_private_registry::image().unwrap();
    check(
        "npm_private_registry",
        &image,
        &npm_private_registry::command(&image),
    );
}

fn from_config_is_up_to_date() {
    let image = from_config::image("https://artifacts.acme.test", from_config::SERVICES).unwrap();
    check("from_config", &image, &from_config::command(&image));
}

/// The command of an example.
type CommandOf = fn(&Dockerfile) -> BuildCommand;

fn examples_without_an_argument_are_up_to_date() {
    let examples: [(&str, Result<Dockerfile, Error>, CommandOf); 6] = [
        (
            "apt_private_repository",
            apt_private_repository::image(),
            apt_private_repository::command,
        ),
        (
            "go_private_module",
            go_private_module::image(),
            go_private_module::command,
        ),
        (
            "maven_settings",
            maven_settings::image(),
            maven_settings::command,
        ),
        (
            "model_from_s3",
            model_from_s3::image(),
            model_from_s3::command,
        ),
        (
            "pip_private_index",
            pip_private_index::image(),
            pip_private_index::command,
        ),
        (
            "signed_release",
            signed_release::image(),
            signed_release::command,
        ),
    ];
    for (name, image, command) in examples {
        let image = image.unwrap_or_else(|error| panic!("{name}: {error}"));
        check(name, &image, &command(&image));
    }
}
