//! `check --unsafe-fixes` in the files that start builds.

mod place;

use std::fs;

use place::{Place, text};

const DOCKERFILE: &str = "FROM alpine\n\
    RUN --mount=type=secret,id=npm_token,required=true wc -c < /run/secrets/npm_token\n";

/// Fixes a repository of a Dockerfile and another file, and returns the text of that afterwards.
fn fixed(dockerfile: &str, name: &str, before: &str) -> String {
    let place = Place::with(&[("Dockerfile", dockerfile), (name, before)]);
    // They are for review: not even shown without `--unsafe-fixes`.
    place.run(&["--fix"]);
    let read = || fs::read_to_string(place.path().join(name)).expect("can be read");
    assert_eq!(read(), before);
    let shown = place.run(&["--unsafe-fixes", "--diff"]);
    assert_eq!(read(), before);
    place.run(&["--unsafe-fixes"]);
    let after = read();
    assert_eq!(
        after != before,
        text(&shown.stdout).contains(&format!("+++ b/{name}"))
    );
    // A second run has nothing to do.
    place.run(&["--unsafe-fixes"]);
    assert_eq!(read(), after);
    after
}

#[track_caller]
fn check(name: &str, before: &str, after: &str) {
    assert_eq!(fixed(DOCKERFILE, name, before), after);
}

#[test]
fn flag_is_added_to_a_command() {
    check(
        "build.sh",
        "docker build \\\n  --tag web .\n",
        "docker build --secret id=npm_token,env=NPM_TOKEN \\\n  --tag web .\n",
    );
    check(
        "Makefile",
        "image:\n\tdocker buildx build -t web .",
        "image:\n\tdocker buildx build --secret id=npm_token,env=NPM_TOKEN -t web .",
    );
    // The near miss: it passes the secret.
    let right = "docker build --secret id=npm_token,src=npm.txt .\n";
    check("build.sh", right, right);
    // What is not understood may pass it.
    let open = "docker build $FLAGS .\n";
    check("build.sh", open, open);
}

#[test]
fn id_is_renamed() {
    check(
        "build.sh",
        "docker build --secret id=npm-token,env=NPM .\n",
        "docker build --secret id=npm_token,env=NPM .\n",
    );
    check(
        "compose.yml",
        "services:\n  web:\n    build:\n      context: .\n      secrets:\n        - npm-token\nsecrets:\n  npm-token:\n    environment: NPM # npm-token\n",
        "services:\n  web:\n    build:\n      context: .\n      secrets:\n        - npm_token\nsecrets:\n  npm_token:\n    environment: NPM # npm-token\n",
    );
}

#[test]
fn entry_of_bake_is_replaced() {
    check(
        "docker-bake.hcl",
        "target \"web\" {\n  secret = [{ type = \"env\", id = \"npm_token\", src = \"NPM\" }]\n}\n",
        "target \"web\" {\n  secret = [{ id = \"npm_token\", env = \"NPM\" }]\n}\n",
    );
}

/// A Dockerfile with a build argument that is a secret.
const ARGUMENT: &str = "FROM alpine\nARG API_TOKEN\n\
    RUN curl -fsS -H \"Authorization: Bearer $API_TOKEN\" https://api.example.com/x -o /srv/x\n";

/// The Dockerfile gets a mount, and the command that builds it a secret instead of the argument.
#[test]
fn build_argument_becomes_a_secret_in_both_files() {
    let before = "docker build --build-arg API_TOKEN=\"$TOKEN\" .\n";
    let after = "docker build --secret id=API_TOKEN,env=TOKEN .\n";
    assert_eq!(fixed(ARGUMENT, "build.sh", before), after);
    // Another value than that of one variable is the author's business.
    let other = "docker build --build-arg API_TOKEN=\"$(pass api)\" .\n";
    assert!(fixed(ARGUMENT, "build.sh", other).contains("--build-arg API_TOKEN"));
}

/// In a Makefile a variable of the shell has two dollars.
#[test]
fn build_argument_of_a_makefile() {
    let before = "image:\n\tdocker build --build-arg API_TOKEN=\"$$TOKEN\" .\n";
    let after = "image:\n\tdocker build --secret id=API_TOKEN,env=TOKEN .\n";
    assert_eq!(fixed(ARGUMENT, "Makefile", before), after);
    let of_make = "image:\n\tdocker build --build-arg API_TOKEN=\"$(TOKEN)\" .\n";
    assert!(fixed(ARGUMENT, "Makefile", of_make).contains("--build-arg API_TOKEN"));
}

/// A file that the Dockerfile copied is the source of the secret.
#[test]
fn file_beside_the_script_is_passed() {
    let dockerfile = "FROM alpine\nCOPY .npmrc /root/.npmrc\nRUN npm ci && rm /root/.npmrc\n";
    for (is_there, expected) in [(true, "src=.npmrc"), (false, "env=NPMRC")] {
        let place = Place::with(&[("Dockerfile", dockerfile), ("build.sh", "docker build .\n")]);
        if is_there {
            place.write(".npmrc", "//registry.example.com/:_authToken=x\n");
        }
        place.run(&["--unsafe-fixes"]);
        let after = fs::read_to_string(place.path().join("build.sh")).expect("can be read");
        assert_eq!(
            after,
            format!("docker build --secret id=npmrc,{expected} .\n")
        );
    }
}

#[test]
fn build_argument_of_compose_becomes_a_secret() {
    let service = |build: &str, rest: &str| {
        format!(
            "services:\n  web:\n    build:\n      context: .\n{build}    restart: always\n{rest}"
        )
    };
    let declared = "secrets:\n  API_TOKEN:\n    environment: TOKEN\n";
    let added = "      secrets:\n        - API_TOKEN\n";
    for build in [
        "      args:\n        API_TOKEN: ${TOKEN}\n",
        "      args: {API_TOKEN: \"$TOKEN\"}\n",
        "      args:\n        - API_TOKEN=${TOKEN:?is missing} # c\n",
        "      args: [API_TOKEN=$TOKEN]\n",
    ] {
        let after = service(added, declared);
        assert_eq!(fixed(ARGUMENT, "compose.yml", &service(build, "")), after);
        let windows = service(build, "").replace('\n', "\r\n");
        let after = after.replace('\n', "\r\n");
        assert_eq!(fixed(ARGUMENT, "compose.yml", &windows), after);
    }
    for (before, after) in [
        (
            "      args:\n        A: 1\n        API_TOKEN:\n        # c\n        B: 2\n      secrets: [x]\n",
            "      args:\n        A: 1\n        # c\n        B: 2\n      secrets: [x, API_TOKEN]\n",
        ),
        (
            "      args: [A=1, API_TOKEN]\n      secrets:\n      - x\n",
            "      args: [A=1]\n      secrets:\n      - x\n      - API_TOKEN\n",
        ),
        (
            "      args: {API_TOKEN: $API_TOKEN, B: 2}\n      secrets: [x]\n",
            "      args: {B: 2}\n      secrets: [x, API_TOKEN]\n",
        ),
    ] {
        for (old, new) in [
            (
                "secrets: {x: {file: x}}\n",
                "secrets: {x: {file: x}, API_TOKEN: {environment: API_TOKEN}}\n",
            ),
            (
                "secrets:\n    x:\n        file: x",
                "secrets:\n    x:\n        file: x\n    API_TOKEN:\n      environment: API_TOKEN",
            ),
        ] {
            let before = service(before, old);
            assert_eq!(fixed(ARGUMENT, "compose.yml", &before), service(after, new));
        }
    }
    // What is not one variable, or shared, stays.
    for other in [
        "      args:\n        API_TOKEN: Bearer ${TOKEN}\n",
        "      args:\n        API_TOKEN: ${TOKEN:-x}\n",
        "      args: &args\n        API_TOKEN: ${TOKEN}\n",
        "      args: &args\n        API_TOKEN: ${TOKEN}\n        V: 1\n",
    ] {
        let before = service(other, "");
        assert_eq!(fixed(ARGUMENT, "compose.yml", &before), before);
    }
}

#[test]
fn missing_secret_is_added_to_a_service() {
    check(
        "compose.yml",
        "services:\n  web:\n    build: . # here\n    ports: []\n",
        "services:\n  web:\n    build:\n      context: . # here\n      secrets:\n        - npm_token\n    ports: []\nsecrets:\n  npm_token:\n    environment: NPM_TOKEN\n",
    );
    check(
        "compose.yml",
        "services:\n  web:\n    build: {context: .}\nsecrets:\n  npm_token: {file: x}\n",
        "services:\n  web:\n    build: {context: ., secrets: [npm_token]}\nsecrets:\n  npm_token: {file: x}\n",
    );
    // The build of another service.
    let shared = "x-b: &b\n  context: .\nservices:\n  web:\n    build: *b\n  api:\n    build: *b\n";
    check("compose.yml", shared, shared);
    let extended = "services:\n  web:\n    extends: base\n  base: &base\n    build: .\n";
    check("compose.yml", extended, extended);
}

#[test]
fn targets_of_bake_get_secrets() {
    let target = |body: &str| format!("variable \"TOKEN\" {{}}\ntarget \"web\" {{\n{body}}}\n");
    let fix = |before: &str, after: &str| {
        check("docker-bake.hcl", &target(before), &target(after));
    };
    let entry = "{ id = \"npm_token\", env = \"NPM_TOKEN\" }";
    fix(
        "  context = \".\" # here\n",
        &format!("  context = \".\" # here\n  secret = [{entry}]\n"),
    );
    fix(
        "  secret = [{ id = \"x\", env = \"X\" }]\n",
        &format!("  secret = [{{ id = \"x\", env = \"X\" }}, {entry}]\n"),
    );
    fix(
        "  secret = [\n    \"id=x,env=X\",\n  ]\n",
        "  secret = [\n    \"id=x,env=X\",\n    \"id=npm_token,env=NPM_TOKEN\",\n  ]\n",
    );
    let secret = "  secret = [{ id = \"API_TOKEN\", env = \"TOKEN\" }]\n";
    for (before, after) in [
        ("  args = { API_TOKEN = TOKEN }\n", secret.to_owned()),
        (
            "  args = {\n    API_TOKEN = \"${TOKEN}\"\n    V = \"1\"\n  }\n  context = \".\"\n",
            format!("  args = {{\n    V = \"1\"\n  }}\n{secret}  context = \".\"\n"),
        ),
        (
            "  args = { V = \"1\", API_TOKEN = TOKEN }\n",
            format!("  args = {{ V = \"1\" }}\n{secret}"),
        ),
    ] {
        let after = target(&after);
        assert_eq!(fixed(ARGUMENT, "docker-bake.hcl", &target(before)), after);
    }
    // A default, a computed value, and JSON stay.
    let default = target("  args = { API_TOKEN = TOKEN }\n").replace("{}", "{ default = \"x\" }");
    for other in [default, target("  args = { API_TOKEN = f(TOKEN) }\n")] {
        assert_eq!(fixed(ARGUMENT, "docker-bake.hcl", &other), other);
    }
    let json = "{\"target\": {\"web\": {\"args\": {\"API_TOKEN\": \"${TOKEN}\"}}}}";
    assert_eq!(fixed(ARGUMENT, "docker-bake.json", json), json);
}

#[test]
fn called_workflow_inherits() {
    let called = "on: workflow_call\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: docker build --secret id=npm_token,env=T .\n        env:\n          T: ${{ secrets.T }}\n";
    let caller = "on: push\njobs:\n  b:\n    uses: ./.github/workflows/image.yml\n";
    let place = Place::with(&[
        ("Dockerfile", DOCKERFILE),
        (".github/workflows/image.yml", called),
        (".github/workflows/ci.yml", caller),
    ]);
    place.run(&["--unsafe-fixes"]);
    let after = fs::read_to_string(place.path().join(".github/workflows/ci.yml"));
    let expected = format!("{caller}    secrets: inherit\n");
    assert_eq!(after.expect("can be read"), expected);
    place.check_status(&["--strict"], 0);
}

#[test]
fn machines_get_the_edits() {
    let place = Place::with(&[("Dockerfile", DOCKERFILE), ("build.sh", "docker build .\n")]);
    let report = place.json(&[]).to_string();
    assert!(
        report.contains(" --secret id=npm_token,env=NPM_TOKEN\""),
        "{report}"
    );
}

/// The file is not replaced if it cannot be.
#[cfg(unix)]
#[test]
fn read_only_file_stays() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::with(&[("Dockerfile", DOCKERFILE), ("build.sh", "docker build .\n")]);
    let path = place.path().join("build.sh");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).expect("can be set");
    let output = place.run(&["--unsafe-fixes"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("build.sh is read-only"));
    assert_eq!(
        fs::read_to_string(&path).expect("can be read"),
        "docker build .\n"
    );
}
