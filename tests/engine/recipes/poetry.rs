//! Packages of an index that requires a password, by poetry.

use dockerfile_dsl::recipes::poetry;
use dockerfile_dsl::{Secret, Stage};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{Proof, TOKEN, itself};
use crate::builders::{Engine, folder};
use crate::counterparts;

pub(super) fn trials() -> Vec<Trial> {
    trials!(&Engine::find(), [install])
}

fn install(engine: &Engine) {
    let server = counterparts::pip("reader", TOKEN);
    let context = folder("recipe-poetry-context");
    let index = format!("{}/simple/", server.origin());
    counterparts::write(
        &context.join("pyproject.toml"),
        &format!(
            "[tool.poetry]\npackage-mode = false\n\n[tool.poetry.dependencies]\npython = \
             \"^3.11\"\nacme-greeting = {{ version = \"1.0.0\", source = \"acme\" \
             }}\n\n[[tool.poetry.source]]\nname = \"acme\"\nurl = \"{index}\"\npriority = \
             \"primary\"\n"
        ),
    );
    // The lock file has the digest of these parts, in the spelling of Python's json.dumps.
    let locked = context.join("locked.json");
    counterparts::write(
        &locked,
        &format!(
            "{{\"dependencies\": {{\"acme-greeting\": {{\"source\": \"acme\", \"version\": \
             \"1.0.0\"}}, \"python\": \"^3.11\"}}, \"dev-dependencies\": null, \"extras\": null, \
             \"source\": [{{\"name\": \"acme\", \"priority\": \"primary\", \"url\": \
             \"{index}\"}}]}}"
        ),
    );
    let digest = counterparts::sha256(&locked);
    counterparts::write(
        &context.join("poetry.lock"),
        &format!(
            "[[package]]\nname = \"acme-greeting\"\nversion = \"1.0.0\"\ndescription = \
             \"\"\noptional = false\npython-versions = \"*\"\nfiles = []\n\n[package.source]\ntype \
             = \"legacy\"\nurl = \"{}\"\nreference = \"acme\"\n\n[metadata]\nlock-version = \
             \"2.0\"\npython-versions = \"^3.11\"\ncontent-hash = \"{digest}\"\n",
            index.trim_end_matches('/')
        ),
    );
    let install = poetry::install().password("acme", "reader", Secret::env("PYPI_PASSWORD"));
    let mut stage = Stage::from_image("acme/poetry:1.8");
    stage
        .workdir("/app")
        .copy(["pyproject.toml", "poetry.lock"], "./")
        .run(install.script().unwrap());
    let proof = Proof {
        recipe: "poetry",
        call: "poetry::install().password(..)",
        has_page: true,
        stage,
        server: &server,
        host: "pypi.acme.test",
        context: &context,
        variable: "PYPI_PASSWORD",
        content: &itself,
        refusal: "Authorization error",
    };
    proof.prove(engine);
}
