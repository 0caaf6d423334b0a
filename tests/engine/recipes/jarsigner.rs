//! A signature of a JAR, by a key store that is a file and by its password.

use std::path::Path;
use std::process::Command;

use dockerfile_dsl::recipes::jarsigner;
use dockerfile_dsl::{BuildTool, Dockerfile, Secret, Stage};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{Others, Proof, TOKEN, itself};
use crate::builders::{Build, Built, Engine, folder, with_input};
use crate::counterparts;
use crate::server::{Response, Server};

const JAVA: &str = "openjdk:17-jdk-slim-bookworm";
const PASSWORD: &str = "KEYSTORE_PASSWORD";

pub(super) fn trials() -> Vec<Trial> {
    trials!(&Engine::find(), [sign])
}

/// Writes a key store with one key, `release`, which this password opens.
fn keystore(engine: &Engine, password: &str, file: &Path) {
    let text = format!(
        "FROM {JAVA}\nRUN keytool -genkeypair -alias release -keyalg EC -dname CN=test \
         -validity 3650 -storepass {password} -keystore /release.p12\n\
         CMD [\"base64\", \"/release.p12\"]\n"
    );
    let tag = format!("dsl-test/recipe-jarsigner-{password}").to_lowercase();
    let line = format!("docker build --progress plain --network host --tag {tag} --file - .");
    let context = folder("recipe-jarsigner-keystore");
    let built = engine.build_line(&line, BuildTool::Buildx, &text, &context, &[]);
    let encoded = engine.run(&Built { tag, ..built }.expect_success());
    let mut decode = Command::new("sh");
    decode
        .args(["-c", "base64 --decode > \"$1\"", "sh"])
        .arg(file);
    assert!(with_input(&mut decode, &encoded).status.success());
}

fn sign(engine: &Engine) {
    let context = folder("recipe-jarsigner-context");
    let file = context.join("release.p12");
    keystore(engine, TOKEN, &file);
    // Jarsigner asks no server. Its port makes the JAR another one in each run: the cache of builds does not see secrets.
    let server = Server::start(|_| Response::new(404, ""));
    let content = format!("what is signed, {}\n", server.port);
    let jar = counterparts::zip(&[("greeting.txt", &content)]);
    std::fs::write(context.join("app.jar"), jar).unwrap();
    let keystore_secret = Secret::file("keystore", "release.p12");
    let sign = jarsigner::sign("/srv/app.jar", "release");
    let sign = sign.keystore(keystore_secret, Secret::env(PASSWORD));
    let mut stage = Stage::from_image(JAVA);
    stage.copy("app.jar", "/srv/").run(sign.script().unwrap());
    let image = Dockerfile::from_stage(&stage.build()).unwrap();
    let proof = Proof {
        recipe: "jarsigner",
        call: "jarsigner::sign(..).keystore(..)",
        has_page: true,
        stage,
        server: &server,
        host: "no host",
        context: &context,
        variable: PASSWORD,
        content: &itself,
        refusal: "keystore password was incorrect",
    };
    let others = Others {
        variables: &[],
        files: &[("keystore", "release.p12")],
    };
    proof.prove_with(engine, others);
    // The same for the other secret: with the right password, another key store, and none.
    // At another path, which the cache of builds does not have.
    let text = image.render().replace("/srv/", "/opt/");
    let build = || {
        engine.build(Build {
            text: &text,
            context: &context,
            variables: &[(PASSWORD, TOKEN)],
            ..Build::of(image.build_command())
        })
    };
    keystore(engine, "another-password", &file);
    build().expect_failure("keystore password was incorrect");
    std::fs::remove_file(&file).unwrap();
    build().expect_failure("release.p12");
}
