//! A gem of a server that requires a password, by a `.gemrc` that is mounted.

use std::path::Path;
use std::process::Command;

use dockerfile_dsl::recipes::gem;
use dockerfile_dsl::{BuildTool, Secret, Stage};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{Proof, TOKEN};
use crate::builders::{Built, Engine, folder, with_input};
use crate::counterparts;
use crate::server::Server;

pub(super) fn trials() -> Vec<Trial> {
    trials!(&Engine::find(), [install])
}

const RUBY: &str = "ruby:3.1-slim-bookworm";

/// The files that the server has: `/` says that it has an index of its gems, and the others are the index that Ruby itself made.
const FILES: &[&str] = &[
    "/",
    "/specs.4.8.gz",
    "/latest_specs.4.8.gz",
    "/prerelease_specs.4.8.gz",
    "/quick/Marshal.4.8/acme-greeting-1.0.0.gemspec.rz",
    "/gems/acme-greeting-1.0.0.gem",
];

/// A server with one gem, `acme-greeting` 1.0.0.
fn gems(engine: &Engine, folder: &Path) -> Server {
    let specification = "Gem::Specification.new { |s| s.name = 'acme-greeting'; \
                         s.version = '1.0.0'; s.summary = 'greeting'; s.authors = ['test']; \
                         s.files = ['greeting.rb'] }\n";
    counterparts::write(&folder.join("acme-greeting.gemspec"), specification);
    counterparts::write(&folder.join("greeting.rb"), "GREETING = 'hello'\n");
    let text = format!(
        "FROM {RUBY}\nWORKDIR /srv\nCOPY acme-greeting.gemspec greeting.rb ./\n\
         RUN gem build --quiet --silent acme-greeting.gemspec && mkdir -p site/gems \
         && mv *.gem site/gems && gem generate_index --silent --directory site\n\
         CMD [\"sh\", \"-c\", \"tar -c -C site . | base64\"]\n"
    );
    let tag = "dsl-test/recipe-gem-server".to_owned();
    let line = format!("docker build --progress plain --network host --tag {tag} --file - .");
    let built = engine.build_line(&line, BuildTool::Buildx, &text, folder, &[]);
    let archive = engine.run(&Built { tag, ..built }.expect_success());
    let site = folder.join("site");
    std::fs::create_dir(&site).unwrap();
    let mut unpack = Command::new("sh");
    unpack
        .args(["-c", "base64 --decode | tar -x -C \"$1\"", "sh"])
        .arg(&site);
    assert!(with_input(&mut unpack, &archive).status.success());
    let file = |path: &str| match path {
        "/" => Vec::new(),
        _ => std::fs::read(site.join(&path[1..])).unwrap(),
    };
    counterparts::tree(
        "reader",
        TOKEN,
        FILES.iter().map(|path| (*path, file(path))),
    )
}

fn install(engine: &Engine) {
    let server = gems(engine, &folder("recipe-gem-server"));
    let context = folder("recipe-gem-context");
    // The cache of builds does not see secrets: this file is another one in each run.
    counterparts::write(&context.join("server.txt"), &server.origin());
    let install = gem::install("acme-greeting").version("1.0.0");
    let install = install.gemrc(Secret::env("GEMRC"));
    let mut stage = Stage::from_image(RUBY);
    stage
        .workdir("/app")
        .copy("server.txt", "./")
        .run(install.script().unwrap());
    let authority = server.origin().replace("http://", "");
    let proof = Proof {
        recipe: "gem",
        call: "gem::install(..).gemrc(..)",
        has_page: true,
        stage,
        server: &server,
        host: "gems.acme.test",
        context: &context,
        variable: "GEMRC",
        content: &|token| format!(":sources:\n- http://reader:{token}@{authority}/\n"),
        refusal: "Could not find a valid gem",
    };
    proof.prove(engine);
}
