//! Clones of a private repository, from `git http-backend`: with the user names of the hosts, with submodules and with LFS.

use dockerfile_dsl::recipes::git;
use dockerfile_dsl::{Secret, Stage};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{Proof, TOKEN, itself};
use crate::builders::{Engine, folder};
use crate::counterparts;
use crate::server::Server;

pub(super) fn trials() -> Vec<Trial> {
    trials!(
        &Engine::find(),
        [
            clone,
            clone_from_gitlab,
            clone_in_a_job_of_gitlab,
            clone_from_bitbucket,
            clone_from_gitea,
            clone_with_submodules,
            clone_with_lfs,
        ]
    )
}

/// A clone from a host that accepts the token with one user name only.
#[derive(Clone, Copy)]
struct Forge<'a> {
    call: &'a str,
    host: &'a str,
    variable: &'static str,
    image: &'a str,
}

const GITHUB: Forge<'_> = Forge {
    call: "git::clone(..).token(..)",
    host: "github.com",
    variable: "GITHUB_TOKEN",
    image: "debian:bookworm-slim",
};

impl Forge<'_> {
    #[track_caller]
    fn prove(self, engine: &Engine, server: &Server, options: impl Fn(git::Clone) -> git::Clone) {
        let clone = git::clone(format!("https://{}/acme/private.git", self.host));
        let clone = options(clone.token(Secret::env(self.variable)).to("/src"));
        let mut stage = Stage::from_image(self.image);
        stage.run(clone.script().unwrap()).cmd(["/src/run"]);
        let context = folder(&format!("recipe-git-{}-context", self.variable));
        let proof = Proof {
            recipe: "git",
            call: self.call,
            has_page: self.call == GITHUB.call,
            stage,
            server,
            host: self.host,
            context: &context,
            variable: self.variable,
            content: &itself,
            refusal: "Authentication failed",
        };
        proof.prove(engine);
    }

    #[track_caller]
    fn prove_user(self, engine: &Engine, user: &str) {
        let folder = folder(&format!("recipe-git-{}", self.variable));
        let server = counterparts::git_of(&folder, user, TOKEN);
        self.prove(engine, &server, |clone| clone);
    }
}

fn clone(engine: &Engine) {
    GITHUB.prove_user(engine, "x-access-token");
}

fn clone_from_gitlab(engine: &Engine) {
    let gitlab = Forge {
        call: "git::clone(\"https://gitlab.com/..\").token(..)",
        host: "gitlab.com",
        variable: "GITLAB_TOKEN",
        ..GITHUB
    };
    gitlab.prove_user(engine, "oauth2");
}

fn clone_in_a_job_of_gitlab(engine: &Engine) {
    let gitlab = Forge {
        call: "git::clone(\"https://gitlab.com/..\").token(CI_JOB_TOKEN)",
        host: "gitlab.com",
        variable: "CI_JOB_TOKEN",
        ..GITHUB
    };
    gitlab.prove_user(engine, "gitlab-ci-token");
}

fn clone_from_bitbucket(engine: &Engine) {
    let bitbucket = Forge {
        call: "git::clone(\"https://bitbucket.org/..\").token(..)",
        host: "bitbucket.org",
        variable: "BITBUCKET_TOKEN",
        ..GITHUB
    };
    bitbucket.prove_user(engine, "x-token-auth");
}

fn clone_from_gitea(engine: &Engine) {
    let gitea = Forge {
        call: "git::clone(\"https://gitea.acme.test/..\").token(..)",
        host: "gitea.acme.test",
        variable: "GITEA_TOKEN",
        ..GITHUB
    };
    gitea.prove_user(engine, "x-access-token");
}

fn clone_with_submodules(engine: &Engine) {
    let folder = folder("recipe-git-submodules");
    let commit = counterparts::make_repository_of(&folder, "lib", &[("lib.txt", "a library\n")]);
    counterparts::make_repository(&folder, &[("run", "#!/bin/sh\ncat /src/lib/lib.txt\n")]);
    counterparts::add_submodule(&folder, "lib", &commit);
    let server = counterparts::git_in(&folder, "x-access-token", TOKEN);
    let forge = Forge {
        call: "git::clone(..).token(..).submodules()",
        variable: "SUBMODULES_TOKEN",
        ..GITHUB
    };
    forge.prove(engine, &server, git::Clone::submodules);
    let requests = server.requests();
    let mut of_lib = requests
        .iter()
        .filter(|request| request.path.starts_with("/acme/lib.git"));
    assert!(of_lib.any(|request| request.header("authorization").is_some()));
}

fn clone_with_lfs(engine: &Engine) {
    let server = counterparts::git_lfs(&folder("recipe-git-lfs"), "x-access-token", TOKEN);
    let forge = Forge {
        call: "git::clone(..).token(..).lfs()",
        variable: "LFS_TOKEN",
        image: "buildpack-deps:bookworm-scm",
        ..GITHUB
    };
    forge.prove(engine, &server, git::Clone::lfs);
    let requests = server.requests();
    let mut objects = requests
        .iter()
        .filter(|request| request.path.starts_with("/objects/"));
    assert!(objects.any(|request| request.header("authorization").is_some()));
}
