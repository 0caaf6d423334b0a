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

/// A variable names code that a program loads.
#[test]
fn code_that_a_variable_names() {
    for variable in [
        "LD_PRELOAD=/src/x.so curl",
        "LD_PRELOAD=libc.so.6:./x.so curl",
        "LD_AUDIT=/ci/x.so curl",
        "LD_LIBRARY_PATH=/usr/lib:/src/lib curl",
        "PYTHONPATH=/src/lib http",
        "PYTHONPATH=lib http",
        "SSH_ASKPASS=/src/ask ssh",
        "NODE_OPTIONS='--require ./hook.js' npm view",
        "RUBYOPT=-r/src/x.rb gem fetch",
        "PERL5LIB=/src/lib cpanm",
        "JAVA_TOOL_OPTIONS=-javaagent:/src/x.jar keytool -list",
        "GIT_SSH_COMMAND=/src/ssh git ls-remote",
        "EDITOR=./ed git commit",
        "GIT_TEMPLATE_DIR=/src/t git clone",
        "BASH_ENV=/src/e bash -c 'test -n \"$K\"'",
    ] {
        let script = format!("export K={TOK}\n{variable}");
        let found = rules("", &script);
        assert!(
            found.contains(&Rule::SecretToProjectCode),
            "{variable}: {found:?}"
        );
    }
    for variable in [
        "LD_PRELOAD=libc.so.6 curl",
        "LD_PRELOAD=/usr/lib/x.so curl",
        "LD_LIBRARY_PATH=/usr/local/lib:$LD_LIBRARY_PATH curl",
        "PYTHONPATH=/usr/lib/python http",
        "PYTHONPATH=/src/lib curl",
        "SSH_ASKPASS=ask ssh",
        "NODE_OPTIONS=--max-old-space-size=4096 npm view",
        "NODE_OPTIONS='--require dotenv/config' npm view",
        "RUBYOPT=-W0 gem fetch",
        "JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=/src/tmp keytool -list",
        "GIT_SSH_COMMAND='ssh -o UserKnownHostsFile=/src/hosts' git ls-remote",
        "PAGER=/src/p GIT_PAGER=/src/p git log",
        "BASH_ENV=/src/e sh -c 'test -n \"$K\"'",
    ] {
        let found = rules("", &format!("export K={TOK}\n{variable}"));
        assert!(
            !found.contains(&Rule::SecretToProjectCode),
            "{variable}: {found:?}"
        );
    }
}

/// A text of an unknown file, and a library of functions from another stage.
#[test]
fn a_text_that_the_shell_itself_runs() {
    let opaque = [Rule::SecretInOpaqueSyntax];
    let script = format!("T={TOK}\neval \"$(cat env.sh)\"\ntest -n \"$T\"");
    assert_eq!(rules("", &script), opaque);
    let script = format!("T={TOK}\neval \"$(ssh-agent -s)\"\ntest -n \"$T\"");
    assert_eq!(rules("", &script), []);
    let of = |mount: &str, script: &str| {
        let text = format!(
            "FROM alpine AS lib\nFROM alpine\nRUN --mount=type=secret,id=tok,required=true \
             --mount=type=bind,{mount}target=/lib2 <<'EOF'\n{script}\ntest -n {TOK}\nEOF\n"
        );
        let file = read(&text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
        let found = check_file(&file).into_iter();
        found.map(|finding| finding.rule).collect::<Vec<_>>()
    };
    let project = [Rule::SecretToProjectCode];
    for mount in ["", "from=lib,"] {
        for script in [". /lib2/x.sh", ". /lib2/functions", "/lib2/run"] {
            assert_eq!(of(mount, script), project, "{mount}{script}");
        }
        for script in [". /lib2/build.env", ". /lib2/bin/activate", "ls /lib2"] {
            assert_eq!(of(mount, script), [], "{mount}{script}");
        }
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
