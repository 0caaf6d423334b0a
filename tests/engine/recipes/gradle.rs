//! Artifacts of a Maven repository that requires a password, by Gradle.

use dockerfile_dsl::recipes::gradle;
use dockerfile_dsl::{Secret, Stage};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{Proof, itself, maven};
use crate::builders::{Engine, folder};
use crate::counterparts;

pub(super) fn trials() -> Vec<Trial> {
    trials!(&Engine::find(), [tasks])
}

fn tasks(engine: &Engine) {
    let server = maven::repository(&folder("recipe-gradle-repository"));
    let context = folder("recipe-gradle-context");
    let credentials = "username \"reader\"; password findProperty(\"acmePassword\")";
    // Without a plugin: those of Java would want a compiler.
    counterparts::write(
        &context.join("build.gradle"),
        &format!(
            "repositories {{ maven {{ url \"{}/\"; credentials {{ {credentials} }} }} }}\n\
             configurations {{ greeting }}\n\
             dependencies {{ greeting \"test.acme:greeting:1.0.0\" }}\n\
             task build(type: Copy) {{ from configurations.greeting; into \"lib\" }}\n",
            server.origin()
        ),
    );
    let build = gradle::tasks(["build"]).property("acmePassword", Secret::env("ACME_PASSWORD"));
    let mut stage = Stage::from_image("gradle:8-jdk17");
    stage
        .workdir("/app")
        .copy(".", "./")
        .run(build.script().unwrap());
    let proof = Proof {
        recipe: "gradle",
        call: "gradle::tasks(..).property(..)",
        has_page: true,
        stage,
        server: &server,
        host: "maven.acme.test",
        context: &context,
        variable: "ACME_PASSWORD",
        content: &itself,
        refusal: "Received status code 401 from server",
    };
    proof.prove(engine);
}
