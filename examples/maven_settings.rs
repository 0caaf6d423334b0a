//! A Java program with artifacts of a private Maven repository: a mounted `settings.xml`, and a cache of the artifacts.

use dockerfile_dsl::instructions::Run;
use dockerfile_dsl::mounts::CacheMount;
use dockerfile_dsl::{BuildCommand, Dockerfile, Error, Secret, Stage, path, sh};

/// Has the repositories, with their users and passwords.
const SETTINGS: Secret = Secret::file("maven-settings", "~/.m2/settings.xml");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let package = sh!(
        "mvn --batch-mode --settings {SETTINGS} package && cp target/app.jar {jar}",
        jar = path!("/app.jar"),
    );
    let build = Stage::from_image("maven:3.9-eclipse-temurin-21")
        .named("build")
        .workdir("/src")
        .copy(".", "./")
        .run(Run::new(&package).mount(CacheMount::at(path!("/root/.m2/repository"))))
        .build();
    let app = Stage::from_image("eclipse-temurin:21-jre")
        .copy_from(&build, "/app.jar", "/app.jar")
        .user("65532")
        .cmd(["java", "-jar", "/app.jar"])
        .build();
    Dockerfile::from_stage(&app)
}

pub(crate) fn command(image: &Dockerfile) -> BuildCommand {
    let mut command = image.build_command();
    command.tag("app");
    command
}

fn main() -> Result<(), Error> {
    dockerfile_dsl_examples::show(&command(&image()?))
}
