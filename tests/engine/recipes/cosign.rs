//! A signature by a key of Cosign that is a file, and by its password.

use dockerfile_dsl::recipes::cosign;
use dockerfile_dsl::{BuildTool, Secret, Stage};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{Others, Proof, TOKEN, itself};
use crate::builders::{Built, Engine, folder};
use crate::counterparts;
use crate::server::{Response, Server};

pub(super) fn trials() -> Vec<Trial> {
    trials!(&Engine::find(), [sign_blob])
}

const IMAGE: &str = "acme/debian-cosign:2.5";

/// Makes a private key that the password opens.
fn key(engine: &Engine) -> String {
    let text = format!(
        "FROM {IMAGE}\nRUN cd /srv && COSIGN_PASSWORD={TOKEN} cosign generate-key-pair\n\
         CMD [\"cat\", \"/srv/cosign.key\"]\n"
    );
    let tag = "dsl-test/recipe-cosign-key";
    let line = format!("docker build --progress plain --network host --tag {tag} --file - .");
    let context = folder("recipe-cosign-key");
    let built = engine.build_line(&line, BuildTool::Buildx, &text, &context, &[]);
    let tag = tag.to_owned();
    engine.run(&Built { tag, ..built }.expect_success())
}

fn sign_blob(engine: &Engine) {
    let context = folder("recipe-cosign-context");
    counterparts::write(&context.join("cosign.key"), &key(engine));
    // Cosign asks no server here. Its port makes the file another one in each run: the cache of builds does not see secrets.
    let server = Server::start(|_| Response::new(404, ""));
    let content = format!("what is signed, {}\n", server.port);
    counterparts::write(&context.join("app.tgz"), &content);
    let key = Secret::file("cosign-key", "cosign.key");
    let sign = cosign::sign_blob("/srv/app.tgz").key(key, Secret::env("COSIGN_PASSWORD"));
    let mut stage = Stage::from_image(IMAGE);
    stage.copy("app.tgz", "/srv/").run(sign.script().unwrap());
    let proof = Proof {
        recipe: "cosign",
        call: "cosign::sign_blob(..).key(..)",
        has_page: true,
        stage,
        server: &server,
        host: "no host",
        context: &context,
        variable: "COSIGN_PASSWORD",
        content: &itself,
        refusal: "decryption failed",
    };
    let others = Others {
        variables: &[],
        files: &[("cosign-key", "cosign.key")],
    };
    proof.prove_with(engine, others);
}
