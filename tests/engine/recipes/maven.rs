//! Artifacts of a repository that requires a password.

use std::path::Path;
use std::process::Command;

use dockerfile_dsl::recipes::maven;
use dockerfile_dsl::{Secret, Stage};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{Proof, TOKEN};
use crate::builders::{Engine, folder};
use crate::counterparts;
use crate::server::Server;

pub(super) fn trials() -> Vec<Trial> {
    trials!(&Engine::find(), [resolve])
}

/// A repository with one artifact, `test.acme:greeting` 1.0.0.
pub(super) fn repository(folder: &Path) -> Server {
    let pom = "<project><modelVersion>4.0.0</modelVersion><groupId>test.acme</groupId>\
               <artifactId>greeting</artifactId><version>1.0.0</version></project>\n";
    let jar = counterparts::zip(&[("greeting.txt", "hello from the private repository\n")]);
    let mut files = Vec::new();
    for (ending, content) in [("pom", pom.as_bytes()), ("jar", jar.as_slice())] {
        let path = folder.join(ending);
        std::fs::write(&path, content).unwrap();
        let sum = counterparts::run(Command::new("sha1sum").arg(&path))[..40].to_owned();
        let address = format!("/test/acme/greeting/1.0.0/greeting-1.0.0.{ending}");
        files.push((format!("{address}.sha1"), sum.into_bytes()));
        files.push((address, content.to_vec()));
    }
    counterparts::tree("reader", TOKEN, files)
}

fn resolve(engine: &Engine) {
    let server = repository(&folder("recipe-maven-repository"));
    let context = folder("recipe-maven-context");
    let central = "<id>central</id><url>file:///usr/share/maven-repo</url>";
    counterparts::write(
        &context.join("pom.xml"),
        &format!(
            "<project><modelVersion>4.0.0</modelVersion>\n<groupId>test.acme</groupId>\
             <artifactId>app</artifactId><version>1</version>\n<dependencies><dependency>\
             <groupId>test.acme</groupId><artifactId>greeting</artifactId>\
             <version>1.0.0</version></dependency></dependencies>\n<repositories><repository>\
             <id>acme</id><url>{}/</url></repository>\n<repository>{central}</repository>\
             </repositories>\n<pluginRepositories><pluginRepository>{central}\
             </pluginRepository></pluginRepositories>\n<build><plugins><plugin>\
             <artifactId>maven-dependency-plugin</artifactId><version>3.5.0</version></plugin>\
             </plugins></build></project>\n",
            server.origin()
        ),
    );
    let resolve = maven::resolve().settings(Secret::env("SETTINGS"));
    let mut stage = Stage::from_image("maven:3.8-openjdk-17-slim");
    stage
        .workdir("/app")
        .copy("pom.xml", "./")
        .run(resolve.script().unwrap());
    let proof = Proof {
        recipe: "maven",
        call: "maven::resolve().settings(..)",
        has_page: true,
        stage,
        server: &server,
        host: "maven.acme.test",
        context: &context,
        variable: "SETTINGS",
        content: &|token| {
            format!(
                "<settings><servers><server><id>acme</id><username>reader</username>\
                 <password>{token}</password></server></servers></settings>\n"
            )
        },
        refusal: "authentication failed for",
    };
    proof.prove(engine);
}
