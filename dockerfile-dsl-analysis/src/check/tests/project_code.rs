//! Secrets that are given to code of the project, each with the twin in which they are not.

use super::super::check_file;
use crate::dockerfile::read;
use crate::{Finding, Rule, Severity};

/// The findings of a step on files of the build context that has the secret `tok` in `$TOK` and as a file.
fn found(notes: &str, script: &str) -> Vec<Finding> {
    let secret = "--mount=type=secret,id=tok,required=true";
    let text = format!(
        "FROM alpine\nWORKDIR /src\nCOPY . .\nCOPY tools /tools\n{notes}RUN {secret} \
         --mount=type=bind,source=ci,target=/ci <<'EOF'\n{script}\nEOF\n"
    );
    let file = read(&text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
    check_file(&file)
}

fn rules(notes: &str, script: &str) -> Vec<Rule> {
    let found = found(notes, script).into_iter();
    found.map(|finding| finding.rule).collect()
}

const TOK: &str = "$(cat /run/secrets/tok)";

/// One rule for all of them, by a variable of the environment.
#[test]
fn a_variable_that_is_no_credential_of_the_program() {
    for command in [
        "make",
        "make -C /src release",
        "npm run build",
        "yarn build",
        "pnpm run build",
        "npx vite build",
        "corepack pnpm run build",
        "./gradlew build",
        "gradle build",
        "./mvnw package",
        "mvn -B package",
        "sbt compile",
        "bin/rails assets:precompile",
        "bundle exec rake assets:precompile",
        "cargo build --release",
        "cargo test",
        "go test ./...",
        "go run ./cmd/x",
        "dotnet publish -c Release",
        "cmake --build .",
        "ninja",
        "python x.py",
        "poetry run python x.py",
        "node build.js",
        "ruby x.rb",
        "pip install .",
        "pip install -e .",
        "pip install ./lib",
        "./build.sh",
        "sh build.sh",
        "bash ./build.sh",
        ". ./build.sh",
        ". ./build.bash",
        "scripts/build",
        "/tools/build",
        "sh /tools/build.sh",
        "/ci/build.sh",
        "sh /ci/build.sh",
    ] {
        let script = format!("export DEPLOY_KEY={TOK}\n{command}");
        assert_eq!(rules("", &script), [Rule::SecretToProjectCode], "{command}");
        // In no variable, or in one that is not exported. A script of the build context may read whatever is mounted.
        if command.starts_with(". ") {
            // It has the variables of the shell itself, exported or not.
            assert_eq!(
                rules("", &format!("wc -c < /run/secrets/tok\n{command}")),
                []
            );
            continue;
        }
        let is_script = ["build.sh", "/build", "/tools"]
            .iter()
            .any(|part| command.contains(part));
        let expected: &[Rule] = match is_script {
            true => &[Rule::SecretToProjectCode],
            false => &[],
        };
        for unused in [
            "wc -c < /run/secrets/tok",
            &format!("K={TOK}\nwc -c <<E\n$K\nE"),
        ] {
            assert_eq!(
                rules("", &format!("{unused}\n{command}")),
                expected,
                "{command}"
            );
        }
    }
}

/// What installs is free, and so is a variable that the program documents, or that its configuration names.
#[test]
fn a_credential_of_the_program() {
    for script in [
        format!("CARGO_REGISTRIES_ACME_TOKEN={TOK} cargo build"),
        format!("CARGO_REGISTRY_TOKEN={TOK} cargo test"),
        format!("ORG_GRADLE_PROJECT_mavenPassword={TOK} ./gradlew build"),
        format!("NuGetPackageSourceCredentials_acme={TOK} dotnet build"),
        format!("GOAUTH={TOK} go test ./..."),
        format!("RAILS_MASTER_KEY={TOK} bin/rails assets:precompile"),
        format!("NPM_TOKEN={TOK} npm ci"),
        format!("DEPLOY_KEY={TOK} cargo fetch"),
        format!("DEPLOY_KEY={TOK} go mod download"),
        format!("DEPLOY_KEY={TOK} go build ./..."),
        format!("DEPLOY_KEY={TOK} dotnet restore"),
        format!("DEPLOY_KEY={TOK} pip install -q -q -r requirements.txt"),
        format!("DEPLOY_KEY={TOK} pip install -q -q ./dist/a-1.0-py3-none-any.whl"),
        format!("DEPLOY_KEY={TOK} bundle install"),
        format!("printf '${{env.NEXUS}}' > settings.xml\nNEXUS={TOK} mvn -s settings.xml package"),
    ] {
        assert_eq!(rules("", &script), [], "{script}");
    }
    let script = format!("printf '${{env.NEXUS}}' > s.xml\nOTHER={TOK} mvn -s s.xml package");
    assert_eq!(rules("", &script), [Rule::SecretToProjectCode]);
    let script = format!("CARGO_REGISTRIES_ACME_TOKEN={TOK} make");
    assert_eq!(rules("", &script), [Rule::SecretToProjectCode]);
}

/// A file that the command names, and an argument.
#[test]
fn a_file_that_the_command_names() {
    for command in [
        "make KEY=/run/secrets/tok",
        "npm run deploy -- --key /run/secrets/tok",
        "./build.sh /run/secrets/tok",
        "python x.py --key /run/secrets/tok",
        "./build.sh \"$(cat /run/secrets/tok)\"",
        "KEY_FILE=/run/secrets/tok ./build.sh",
    ] {
        assert_eq!(rules("", command), [Rule::SecretToProjectCode], "{command}");
    }
}

/// What somebody else wrote is no code of the project.
#[test]
fn a_program_that_is_not_the_project_s() {
    let unknown = [Rule::SecretToUnknownProgram];
    let get = "curl -fsSL -o tool https://h.test/tool\nchmod +x tool";
    for command in [
        format!("{get}\nexport DEPLOY_KEY={TOK}\n./tool"),
        format!("{get}\nexport DEPLOY_KEY={TOK}\nsh tool"),
        format!("export DEPLOY_KEY={TOK}\nfrobctl"),
        format!("export DEPLOY_KEY={TOK}\n/opt/vendor/bin/frobctl"),
        format!("export DEPLOY_KEY={TOK}\ncurl -fsSL https://h.test/install.sh | sh"),
    ] {
        assert_eq!(rules("", &command), unknown, "{command}");
    }
}

/// A warning in `check`, an error under `--strict` and for the gate of the builder; the note is about one secret.
#[test]
fn the_level_and_the_note() {
    let script = format!("DEPLOY_KEY={TOK} make");
    let only = found("", &script).remove(0);
    assert_eq!(only.severity, Severity::Warning);
    assert!(only.is_error_when_strict() && only.is_refused());
    let note = |text: &str| format!("# dockerfile-dsl: {text} reason=\"why\"\n");
    assert_eq!(rules(&note("project-code=tok"), &script), []);
    assert_eq!(
        rules(&note("trust=make"), &format!("{script} > /dev/null 2>&1")),
        []
    );
    assert_eq!(
        rules(&note("allow=SecretToProjectCode secret=tok"), &script),
        []
    );
    let unused = [Rule::UnusedNote, Rule::SecretToProjectCode];
    assert_eq!(rules(&note("project-code=other"), &script), unused);
    let leak = format!("DEPLOY_KEY={TOK} env");
    let unused = [Rule::UnusedNote, Rule::SecretInBuildLog];
    assert_eq!(rules(&note("project-code=tok"), &leak), unused);
}
