//! `check --unsafe-fixes` in the files that start builds: the repaired repository builds, and its image is clean.
//!
//! Before the repair the build fails since it gets no secret, or `verify` finds the value in the image.

use std::process::Output;

use dockerfile_dsl_tests::engine::Builders;
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::{Needed, Trial};

use crate::place::Place;
use crate::{VALUE, check, remove_image};

pub(crate) fn trials(builders: &Needed<Builders>) -> Vec<Trial> {
    trials!(
        builders,
        [
            flag_that_is_missing_in_a_script,
            flag_that_is_missing_in_a_makefile,
            flag_that_is_missing_in_a_workflow,
            id_of_a_script,
            id_of_a_compose_file,
            id_of_a_bake_file,
            entry_of_a_bake_file,
            build_argument_of_a_script,
            build_argument_of_a_makefile,
            build_argument_of_a_workflow,
            build_argument_of_a_compose_file,
            build_argument_of_a_bake_file,
            file_of_the_context_and_its_script,
        ]
    )
}

/// What the repository does before the repair.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// The build stops, as it gets no secret.
    Fails,
    /// The image contains the value.
    Leaks,
}

/// A repository with one mistake.
struct Repository<'a> {
    before: Before,
    /// The name of the image, which is also that of the test's folder.
    image: &'a str,
    /// The Dockerfile first, with `UNIQUE` for a word that no other build has.
    files: &'a [(&'a str, &'a str)],
    /// The shell line that builds it.
    line: &'a str,
}

/// A step that fails unless the value is there as a whole.
const MOUNTED: &str = "FROM debian:bookworm-slim\nRUN --network=none \
                       --mount=type=secret,id=npm_token,required=true test UNIQUE -a \"$(tr \
                       -d '\\n' </run/secrets/npm_token | wc -c)\" = 22\n";

/// The same with a build argument, which stays in the history of the image.
const ARGUMENT: &str = "FROM debian:bookworm-slim\nARG API_TOKEN\nRUN --network=none test UNIQUE -a -n \"$API_TOKEN\"\n";

impl Repository<'_> {
    #[track_caller]
    fn is_repaired(&self, builders: &Builders) {
        let place = Place::with(self.files);
        // A step of the cache needs no secret.
        let unique = format!("{}-{}", self.image, std::process::id());
        let dockerfile = self.files[0].1.replace("UNIQUE", &unique);
        place.write(self.files[0].0, &dockerfile);
        let tag = format!("dsl-test/{}", self.image);
        remove_image(builders, &tag);
        let built = self.build(builders, &place);
        match self.before {
            Before::Fails => assert!(!built.status.success(), "it builds before the repair"),
            Before::Leaks => {
                assert!(built.status.success(), "{}", text(&built));
                check(&verify(builders, &place, &tag), 1);
                remove_image(builders, &tag);
            }
        }
        check(&place.run(&["--unsafe-fixes"]), 0);
        place.check_status(&["--strict"], 0);
        let built = self.build(builders, &place);
        check(&built, 0);
        check(&verify(builders, &place, &tag), 0);
        remove_image(builders, &tag);
    }

    fn build(&self, builders: &Builders, place: &Place) -> Output {
        let mut shell = builders.command("sh");
        shell.args(["-euc", self.line]).current_dir(place.path());
        for variable in ["NPM_TOKEN", "NPM", "TOKEN", "API_TOKEN"] {
            shell.env(variable, VALUE);
        }
        shell.output().expect("sh is there")
    }
}

fn text(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr].concat();
    String::from_utf8_lossy(&text).replace(VALUE, "VALUE")
}

/// Searches the image for the value.
fn verify(builders: &Builders, place: &Place, image: &str) -> Output {
    let mut verify = builders.command(env!("CARGO_BIN_EXE_dockerfile-dsl"));
    let image = format!("docker:{image}");
    verify.args(["verify", "--secret", "id=value,env=VALUE", &image]);
    verify.env("VALUE", VALUE).current_dir(place.path());
    verify.output().expect("the tool is there")
}

fn flag_that_is_missing_in_a_script(builders: &Builders) {
    let script = "#!/bin/sh\nset -e\ndocker build \\\n  --tag dsl-test/flag-script .\n";
    Repository {
        before: Before::Fails,
        image: "flag-script",
        files: &[("Dockerfile", MOUNTED), ("build.sh", script)],
        line: "sh build.sh",
    }
    .is_repaired(builders);
}

fn flag_that_is_missing_in_a_makefile(builders: &Builders) {
    let makefile = "image:\n\tdocker buildx build -t dsl-test/flag-make .\n";
    Repository {
        before: Before::Fails,
        image: "flag-make",
        files: &[("Dockerfile", MOUNTED), ("Makefile", makefile)],
        line: MAKE,
    }
    .is_repaired(builders);
}

/// Runs the recipe of the only rule as `make` does, which a bare machine does not have.
const MAKE: &str = "sed -n 's/^\\t//p' Makefile | sed 's/[$][$]/$/g' | sh -e";

fn flag_that_is_missing_in_a_workflow(builders: &Builders) {
    let workflow = "on: push\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: \
                    actions/checkout@v4\n      - run: docker build --tag dsl-test/flag-workflow .\n        \
                    env:\n          NPM_TOKEN: ${{ secrets.NPM_TOKEN }}\n";
    Repository {
        before: Before::Fails,
        image: "flag-workflow",
        files: &[("Dockerfile", MOUNTED), (WORKFLOW, workflow)],
        line: RUN_LINE,
    }
    .is_repaired(builders);
}

const WORKFLOW: &str = ".github/workflows/image.yml";
/// The command of the only `run`.
const RUN_LINE: &str = "sed -n 's/^ *- run: //p' .github/workflows/image.yml | sh -e";

fn id_of_a_script(builders: &Builders) {
    let script = "docker build --secret id=npm-token,env=NPM --tag dsl-test/id-script .\n";
    Repository {
        before: Before::Fails,
        image: "id-script",
        files: &[("Dockerfile", MOUNTED), ("build.sh", script)],
        line: "sh build.sh",
    }
    .is_repaired(builders);
}

fn id_of_a_compose_file(builders: &Builders) {
    let compose = "services:\n  web:\n    image: dsl-test/id-compose\n    build:\n      context: .\n      \
                   secrets:\n        - npm-token\nsecrets:\n  npm-token:\n    environment: NPM\n";
    Repository {
        before: Before::Fails,
        image: "id-compose",
        files: &[("Dockerfile", MOUNTED), ("compose.yaml", compose)],
        line: "docker compose build",
    }
    .is_repaired(builders);
}

fn id_of_a_bake_file(builders: &Builders) {
    let bake = "target \"default\" {\n  tags = [\"dsl-test/id-bake\"]\n  secret = \
                [\"id=npm-token,env=NPM\"]\n}\n";
    Repository {
        before: Before::Fails,
        image: "id-bake",
        files: &[("Dockerfile", MOUNTED), ("docker-bake.hcl", bake)],
        line: "docker buildx bake",
    }
    .is_repaired(builders);
}

fn entry_of_a_bake_file(builders: &Builders) {
    let bake = "target \"default\" {\n  tags = [\"dsl-test/entry-bake\"]\n  secret = [{ type = \"env\", id \
                = \"npm_token\", src = \"NPM\" }]\n}\n";
    Repository {
        before: Before::Fails,
        image: "entry-bake",
        files: &[("Dockerfile", MOUNTED), ("docker-bake.hcl", bake)],
        line: "docker buildx bake",
    }
    .is_repaired(builders);
}

fn build_argument_of_a_script(builders: &Builders) {
    let script = "docker build --build-arg API_TOKEN=\"$TOKEN\" --tag dsl-test/arg-script .\n";
    Repository {
        before: Before::Leaks,
        image: "arg-script",
        files: &[("Dockerfile", ARGUMENT), ("build.sh", script)],
        line: "sh build.sh",
    }
    .is_repaired(builders);
}

fn build_argument_of_a_makefile(builders: &Builders) {
    let makefile =
        "image:\n\tdocker build --build-arg API_TOKEN=\"$${TOKEN}\" -t dsl-test/arg-make .\n";
    Repository {
        before: Before::Leaks,
        image: "arg-make",
        files: &[("Dockerfile", ARGUMENT), ("Makefile", makefile)],
        line: MAKE,
    }
    .is_repaired(builders);
}

fn build_argument_of_a_workflow(builders: &Builders) {
    let workflow = "on: push\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: \
                    actions/checkout@v4\n      - run: docker build --build-arg API_TOKEN --tag \
                    dsl-test/arg-workflow .\n        env:\n          API_TOKEN: ${{ secrets.TOKEN }}\n";
    Repository {
        before: Before::Leaks,
        image: "arg-workflow",
        files: &[("Dockerfile", ARGUMENT), (WORKFLOW, workflow)],
        line: RUN_LINE,
    }
    .is_repaired(builders);
}

fn build_argument_of_a_compose_file(builders: &Builders) {
    let compose = "services:\n  web:\n    image: dsl-test/arg-compose\n    build:\n      context: .\n      \
                   args:\n        API_TOKEN: ${TOKEN}\n";
    Repository {
        before: Before::Leaks,
        image: "arg-compose",
        files: &[("Dockerfile", ARGUMENT), ("compose.yaml", compose)],
        line: "docker compose build",
    }
    .is_repaired(builders);
}

fn build_argument_of_a_bake_file(builders: &Builders) {
    let bake = "variable \"TOKEN\" {}\ntarget \"default\" {\n  tags = [\"dsl-test/arg-bake\"]\n  args = \
                {\n    API_TOKEN = TOKEN\n  }\n}\n";
    Repository {
        before: Before::Leaks,
        image: "arg-bake",
        files: &[("Dockerfile", ARGUMENT), ("docker-bake.hcl", bake)],
        line: "docker buildx bake",
    }
    .is_repaired(builders);
}

/// The Dockerfile copies a file with the value, which becomes a mount, and the script passes that file.
fn file_of_the_context_and_its_script(builders: &Builders) {
    let dockerfile = "FROM debian:bookworm-slim\nCOPY .npmrc /root/.npmrc\nRUN --network=none grep -q \
                      _authToken /root/.npmrc && test UNIQUE\nRUN --network=none rm -f /root/.npmrc\n";
    let npmrc = format!("//registry.example.com/:_authToken={VALUE}\n");
    Repository {
        before: Before::Leaks,
        image: "file-script",
        files: &[
            ("Dockerfile", dockerfile),
            (".npmrc", &npmrc),
            ("build.sh", "docker build --tag dsl-test/file-script .\n"),
        ],
        line: "sh build.sh",
    }
    .is_repaired(builders);
}
