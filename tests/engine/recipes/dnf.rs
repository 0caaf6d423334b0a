//! RPM packages of a repository that requires a password.

use dockerfile_dsl::recipes::dnf;
use dockerfile_dsl::{Secret, Stage};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::apt::protected;
use super::{Proof, TOKEN, itself};
use crate::builders::{Engine, folder, with_input};
use crate::counterparts::write;

pub(super) fn trials() -> Vec<Trial> {
    trials!(&Engine::find(), [install])
}

fn install(engine: &Engine) {
    let repository = folder("recipe-dnf-repository");
    // Debian's tools make it, in an image: rpmbuild and createrepo.
    let output = with_input(
        engine
            .docker()
            .args(["build", "--quiet", "--output"])
            .args([repository.as_os_str(), "-".as_ref()]),
        "FROM acme/rpm-repository:1\n",
    );
    assert!(output.status.success(), "{output:?}");
    let server = protected(repository, TOKEN);
    let context = folder("recipe-dnf-context");
    let repo = format!(
        "[acme]\nname=acme\nbaseurl={}/\ngpgcheck=0\nusername=reader\npassword=$ACME_PASSWORD\n",
        server.origin()
    );
    write(&context.join("acme.repo"), &repo);
    let install = dnf::install(["acme-greeting"]);
    let install = install.password("ACME_PASSWORD", Secret::env("RPM_PASSWORD"));
    let mut stage = Stage::from_image("almalinux:9");
    stage
        .copy("acme.repo", "/etc/yum.repos.d/")
        .run(install.script().unwrap())
        .cmd(["acme-greeting"]);
    let proof = Proof {
        recipe: "dnf",
        call: "dnf::install(..).password(..)",
        has_page: true,
        stage,
        server: &server,
        host: "rpm.acme.test",
        context: &context,
        variable: "RPM_PASSWORD",
        content: &itself,
        refusal: "Status code: 401",
    };
    proof.prove(engine);
}
