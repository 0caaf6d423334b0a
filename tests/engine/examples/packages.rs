//! The examples that install packages of a private registry, of npm and of Python, built with the real programs.

use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{TOKEN, npm_private_registry, pip_private_index};
use crate::builders::{Build, Engine, folder};
use crate::counterparts::{self, write};

pub(crate) fn trials() -> Vec<Trial> {
    trials!(
        &Engine::find(),
        [
            packages_of_a_private_npm_registry,
            packages_of_a_private_python_index
        ]
    )
}

fn packages_of_a_private_npm_registry(engine: &Engine) {
    let server = counterparts::npm(&folder("npm"), TOKEN);
    let (context, home) = (folder("npm-context"), folder("npm-home"));
    counterparts::npm_project(&context, &server);
    let npmrc = |token: &str| {
        write(
            &home.join(".npmrc"),
            &format!(
                "registry={}/\n//127.0.0.1:{}/:_authToken={token}\n",
                server.origin(),
                server.port
            ),
        )
    };
    let image = npm_private_registry::image().unwrap();
    let home = home.display().to_string();
    let build = || {
        engine.build(Build {
            context: &context,
            variables: &[("HOME", &home)],
            ..Build::of(npm_private_registry::command(&image))
        })
    };
    build().expect_failure(".npmrc");
    npmrc("wrong");
    build().expect_failure("401");
    npmrc(TOKEN);
    let built = build().expect_success();
    assert_eq!(engine.run(&built), "hello from the private registry\n");
    engine.holds_no(&built, TOKEN);
}

fn packages_of_a_private_python_index(engine: &Engine) {
    let server = counterparts::pip("reader", TOKEN);
    let context = folder("pip-context");
    write(&context.join("requirements.txt"), "acme-greeting==1.0.0\n");
    let image = pip_private_index::image().unwrap();
    let index = format!("127.0.0.1:{}/simple", server.port);
    let text = image
        .render()
        .replace("pypi.acme.test/simple", &index)
        .replace("https:", "http:");
    let build = |password| {
        engine.build(Build {
            text: &text,
            context: &context,
            variables: &[("PYPI_PASSWORD", password)],
            ..Build::of(pip_private_index::command(&image))
        })
    };
    build("wrong").expect_failure("No matching distribution");
    let built = build(TOKEN).expect_success();
    assert_eq!(engine.run(&built), "");
    engine.holds_no(&built, TOKEN);
}
