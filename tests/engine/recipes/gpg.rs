//! A signature by a key that is mounted, and by its passphrase.

use dockerfile_dsl::recipes::gpg;
use dockerfile_dsl::{BuildTool, Secret, Stage};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{Others, Proof, TOKEN, itself};
use crate::builders::{Built, Engine, folder};
use crate::counterparts;
use crate::server::{Response, Server};

pub(super) fn trials() -> Vec<Trial> {
    trials!(&Engine::find(), [detach_sign])
}

/// Makes a private key that the passphrase opens.
fn key(engine: &Engine) -> String {
    let text = format!(
        "FROM buildpack-deps:bookworm-curl\nRUN gpg --batch --quiet --pinentry-mode loopback \
         --passphrase {TOKEN} --quick-generate-key test@example.com ed25519 sign never\n\
         CMD [\"gpg\", \"--batch\", \"--pinentry-mode\", \"loopback\", \"--passphrase\", \
         \"{TOKEN}\", \"--armor\", \"--export-secret-keys\"]\n"
    );
    let tag = "dsl-test/recipe-gpg-key";
    let line = format!("docker build --progress plain --network host --tag {tag} --file - .");
    let context = folder("recipe-gpg-key");
    let built = engine.build_line(&line, BuildTool::Buildx, &text, &context, &[]);
    let tag = tag.to_owned();
    engine.run(&Built { tag, ..built }.expect_success())
}

fn detach_sign(engine: &Engine) {
    let key = key(engine);
    let context = folder("recipe-gpg-context");
    // GnuPG asks no server. Its port makes the file another one in each run: the cache of builds does not see secrets.
    let server = Server::start(|_| Response::new(404, ""));
    let content = format!("what is signed, {}\n", server.port);
    counterparts::write(&context.join("app.tgz"), &content);
    let sign = gpg::detach_sign("/srv/app.tgz").key(Secret::env("GPG_KEY"));
    let sign = sign.passphrase(Secret::env("GPG_PASSPHRASE"));
    let mut stage = Stage::from_image("buildpack-deps:bookworm-curl");
    stage.copy("app.tgz", "/srv/").run(sign.script().unwrap());
    let proof = Proof {
        recipe: "gpg",
        call: "gpg::detach_sign(..).key(..).passphrase(..)",
        has_page: true,
        stage,
        server: &server,
        host: "no host",
        context: &context,
        variable: "GPG_PASSPHRASE",
        content: &itself,
        refusal: "Bad passphrase",
    };
    let others = Others {
        variables: &[("GPG_KEY", &key)],
        files: &[],
    };
    proof.prove_with(engine, others);
}
