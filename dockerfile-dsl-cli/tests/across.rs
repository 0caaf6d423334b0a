//! What Dockerfiles mount against what their builds pass: a trap per front end, each beside its honest twin.
//! One file, because each test is a few lines over the same check.

mod place;

use std::fs;

use place::{Place, text};
use serde_json::Value;

/// Returns the findings in files that start builds: rule, path, and the text at their place.
fn found(place: &Place) -> Vec<(String, String)> {
    let answer = place.json(&[]);
    let files = answer["files"].as_array().cloned().unwrap_or_default();
    let mut found = Vec::new();
    for file in &files {
        assert!(file.get("error").is_none(), "{file}");
        let path = file["path"].as_str().unwrap_or_default();
        if path.ends_with("Dockerfile") || path.ends_with("Containerfile") {
            continue;
        }
        for finding in file["findings"].as_array().cloned().unwrap_or_default() {
            let rule = finding["rule"].as_str().unwrap_or_default().to_owned();
            let message = finding["message"].as_str().unwrap_or_default().to_owned();
            found.push((rule, message));
        }
    }
    found
}

const NPM: &str =
    "FROM node\nRUN --mount=type=secret,id=npm,target=/root/.npmrc,required=true npm ci\n";
const OPTIONAL: &str = "FROM node\nRUN --mount=type=secret,id=npm,target=/root/.npmrc npm ci\n";

/// Checks the findings of one file beside a Dockerfile: each expected rule, with a part of its message.
#[track_caller]
fn check(dockerfile: &str, name: &str, text: &str, expected: &[(&str, &str)]) {
    let place = Place::with(&[("Dockerfile", dockerfile), (name, text)]);
    let found = found(&place);
    let rules: Vec<&str> = found.iter().map(|(rule, _)| rule.as_str()).collect();
    let wanted: Vec<&str> = expected.iter().map(|(rule, _)| *rule).collect();
    assert_eq!(rules, wanted, "{text}\n{found:#?}");
    for ((_, message), (_, part)) in found.iter().zip(expected) {
        assert!(message.contains(part), "{message}");
    }
}

const MISSING: &str = "MountedSecretNotPassed";
const UNUSED: &str = "PassedSecretNotMounted";
const ARGUMENT: &str = "SecretInBuildArg";
const UNKNOWN: &str = "CallerNotUnderstood";

#[test]
fn compose() {
    let file = |build: &str| {
        format!(
            "services:\n  web:\n    build:\n{build}secrets: {{npm: {{file: .npmrc}}, npn: {{file: x}}, other: {{file: x}}, key: {{file: x}}, \
         GIT_AUTH_TOKEN: {{environment: X}}}}\n"
        )
    };
    let check = |dockerfile: &str, build: &str, expected: &[(&str, &str)]| {
        check(dockerfile, "compose.yml", &file(build), expected);
    };
    check(NPM, "      context: .\n      secrets: [npm]\n", &[]);
    check(
        NPM,
        "      context: .\n",
        &[(MISSING, "the build stops there")],
    );
    check(
        OPTIONAL,
        "      context: .\n",
        &[(MISSING, "runs without it")],
    );
    check(
        NPM,
        "      context: .\n      secrets: [npn]\n",
        &[(MISSING, "did you mean `npm`?")],
    );
    check(
        NPM,
        "      context: .\n      secrets: [npm, GIT_AUTH_TOKEN, other]\n",
        &[(UNUSED, "`other`")],
    );
    check(
        NPM,
        "      context: .\n      secrets:\n        - {source: key, target: npm}\n",
        &[("AmbiguousSecretId", "as `npm` with `docker compose build`")],
    );
    check(
        NPM,
        "      context: .\n      secrets:\n        - {source: npm, target: npm}\n",
        &[],
    );
    check(
        NPM,
        "      context: .\n      secrets: [npm]\n      args:\n        NPM_TOKEN: ${NPM_TOKEN}\n        \
         VERSION: \"1\"\n        PUBLIC_KEY: x\n",
        &[(ARGUMENT, "`NPM_TOKEN`")],
    );
    check(
        NPM,
        "      context: .\n      secrets: [npm]\n      args: [API_TOKEN, V=$API_TOKEN, A=b]\n",
        &[(ARGUMENT, "`API_TOKEN`"), (ARGUMENT, "`V`")],
    );
    check(
        NPM,
        "      context: ${DIR}\n",
        &[(UNKNOWN, "which Dockerfile is built")],
    );
    check(
        NPM,
        "      context: ./other\n",
        &[(UNKNOWN, "is not there")],
    );
    check(
        NPM,
        "      context: https://example.com/x.git\n",
        &[(UNKNOWN, "not in this repository")],
    );
}

#[test]
fn compose_with_anchors_merges_and_extends() {
    let merged = "x-build: &build\n  context: .\n  secrets: [npm]\nsecrets: {npm: {file: x}}\nservices:\n  a:\n    build:\n      \
                  <<: *build\n  b:\n    build: *build\n  c:\n    extends: a\n  d:\n    extends: {service: a}\n    \
                  build: {target: x}\n";
    let dockerfile = format!("{NPM}FROM scratch AS x\n");
    let dockerfile = dockerfile.replace("FROM node", "FROM node AS n") + "COPY --from=n /a /a\n";
    check(&dockerfile, "compose.yml", merged, &[]);
    let without = merged.replace("  secrets: [npm]\n", "");
    let expected = ["`a`", "`b`", "`c`", "`d`"].map(|name| (MISSING, name));
    check(&dockerfile, "compose.yml", &without, &expected);
    check(
        NPM,
        "compose.yml",
        "services:\n  a:\n    extends: {file: base.yml, service: x}\n    build: .\n",
        &[(UNKNOWN, "`base.yml`, which this extends, cannot be read")],
    );
    // No chain of services goes on forever.
    check(
        NPM,
        "compose.yml",
        "services:\n  a: {extends: b, build: .}\n  b: {extends: a}\n",
        &[(UNKNOWN, "service `a` and 1 more build")],
    );
}

#[test]
fn only_the_stages_of_the_target_count() {
    let dockerfile =
        format!("{NPM}FROM scratch AS plain\nCOPY x /\n").replace("FROM node", "FROM node AS deps");
    let file =
        |target: &str| format!("services:\n  web:\n    build: {{context: ., target: {target}}}\n");
    check(&dockerfile, "compose.yml", &file("plain"), &[]);
    check(
        &dockerfile,
        "compose.yml",
        &file("deps"),
        &[(MISSING, "`npm`")],
    );
    check(
        &dockerfile,
        "compose.yml",
        &file("absent"),
        &[(UNKNOWN, "has no stage `absent`")],
    );
    check(
        &dockerfile,
        "compose.yml",
        &file("$STAGE"),
        &[(UNKNOWN, "target stage")],
    );
    // A secret that another target mounts has a use.
    let both = "services:\n  web:\n    build: {context: ., target: plain, secrets: [npm]}\nsecrets: {npm: {file: x}}\n";
    check(&dockerfile, "compose.yml", both, &[]);
}

#[test]
fn bake() {
    let check = |body: &str, expected: &[(&str, &str)]| {
        let text = format!("variable \"V\" {{ default = \"x\" }}\ntarget \"web\" {{\n{body}\n}}\n");
        check(NPM, "docker-bake.hcl", &text, expected);
    };
    check("secret = [\"id=npm,src=.npmrc\"]", &[]);
    check("secret = [{ id = \"npm\", env = \"NPM\" }]", &[]);
    check("", &[(MISSING, "target `web`")]);
    check("secret = [\"id=nmp\"]", &[(MISSING, "did you mean")]);
    check(
        "secret = [{ type = \"env\", id = \"npm\", src = \"NPM\" }]",
        &[("IgnoredSecretOption", "is the file `NPM`")],
    );
    check(
        "secret = [{ type = \"env\", id = \"npm\", env = \"NPM\" }]",
        &[],
    );
    check("secret = [\"type=env,id=npm,src=NPM\"]", &[]);
    check(
        "secret = [{ id = \"npm\", source = \".npmrc\" }]",
        &[("IgnoredSecretOption", "ignores `source`")],
    );
    check(
        "secret = concat([\"id=npm\"], [])",
        &[(UNKNOWN, "computed")],
    );
    check(
        "dockerfile = \"${V}/Dockerfile\"",
        &[(UNKNOWN, "which Dockerfile")],
    );
    check(
        "secret = [\"id=npm\"]\nargs = { NPM_TOKEN = V, N = \"1\", X = \"${NPM_TOKEN}\" }",
        &[(ARGUMENT, "`NPM_TOKEN`"), (ARGUMENT, "`X`")],
    );
}

#[test]
fn bake_inherits_secrets_and_reads_json() {
    let hcl = "target \"_common\" {\n  secret = [\"id=npm\"]\n}\ntarget \"web\" {\n  inherits = \
               [\"_common\"]\n}\n";
    check(NPM, "docker-bake.hcl", hcl, &[]);
    let json = r#"{"target": {"web": {"dockerfile": "Dockerfile", "secret": ["id=other"]}}}"#;
    let expected = [(MISSING, "`npm`"), (UNUSED, "`other`")];
    check(NPM, "docker-bake.json", json, &expected);
    check(NPM, "docker-bake.json", &json.replace("other", "npm"), &[]);
}

fn workflow(steps: &str) -> String {
    format!("on: push\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n{steps}")
}

#[test]
fn build_push_action() {
    let check = |with: &str, expected: &[(&str, &str)]| {
        let step = format!(
            "      - uses: docker/build-push-action@v5\n        with:\n          push: true\n{with}"
        );
        check(NPM, ".github/workflows/ci.yml", &workflow(&step), expected);
    };
    check("          secret-envs: npm=NPM\n", &[]);
    check("          secret-files: |\n            npm=.npmrc\n", &[]);
    check(
        "          secrets: |\n            npm=${{ secrets.NPM }}\n",
        &[],
    );
    check("", &[(MISSING, "step 1 of job `image`")]);
    check(
        "          secret-envs: nmp=NPM\n",
        &[(MISSING, "did you mean")],
    );
    check(
        "          secrets: |\n            npm=${{ secrets.NPMRC }}\n",
        &[("InlineSecretValue", "a line break")],
    );
    check(
        "          secrets: |\n            \"npm=${{ secrets.NPMRC }}\"\n",
        &[],
    );
    check(
        "          secrets: npm=${{ secrets.A }},b=${{ secrets.B }}\n",
        &[("InlineSecretValue", "a comma does not end")],
    );
    check(
        "          secret-envs: npm=NPM,other=B\n",
        &[(UNUSED, "`other`")],
    );
    check(
        "          file: ${{ matrix.file }}\n",
        &[(UNKNOWN, "which Dockerfile")],
    );
    check(
        "          secrets: ${{ inputs.secrets }}\n",
        &[(UNKNOWN, "id of this secret")],
    );
    check(
        "          secret-envs: npm=NPM\n          build-args: |\n            V=${{ github.sha }}\n            \
         T=${{ secrets.X }}\n",
        &[(ARGUMENT, "`${{ secrets.X }}`")],
    );
}

#[test]
fn the_record_of_a_build_is_uploaded() {
    let steps = |version: &str, env: &str| {
        workflow(&format!(
            "      - uses: docker/build-push-action@{version}\n{env}        with:\n          secret-envs: \
             npm=NPM\n          build-args: T=${{{{ secrets.X }}}}\n"
        ))
    };
    let name = ".github/workflows/ci.yml";
    let record = ("SecretInBuildRecord", "with the build argument `T`");
    check(NPM, name, &steps("v6", ""), &[record, (ARGUMENT, "`T`")]);
    check(NPM, name, &steps("v5", ""), &[(ARGUMENT, "`T`")]);
    let off = "        env:\n          DOCKER_BUILD_RECORD_UPLOAD: false\n";
    check(NPM, name, &steps("v6", off), &[(ARGUMENT, "`T`")]);
    // Without a secret in it, the record is none of our business.
    let clean = steps("v6", "").replace("T=${{ secrets.X }}", "T=${{ github.sha }}");
    check(NPM, name, &clean, &[]);
    let logged = NPM.replace("npm ci", "cat /root/.npmrc");
    let expected = [("SecretInBuildRecord", "in which a secret is printed")];
    check(&logged, name, &clean, &expected);
}

#[test]
fn scripts_in_workflows() {
    let name = ".github/workflows/ci.yml";
    let run = |lines: &str| workflow(&format!("      - name: Build\n        run: |\n{lines}"));
    check(
        NPM,
        name,
        &run("          docker build \\\n            --secret id=npm,env=NPM .\n"),
        &[],
    );
    check(
        NPM,
        name,
        &run("          docker build -t x:${{ github.sha }} .\n"),
        &[(MISSING, "`docker build` in step `Build` of job `image`")],
    );
    check(
        NPM,
        name,
        &run("          docker build --secret id=npm --build-arg T=${{ secrets.T }} .\n"),
        &[(ARGUMENT, "`${{ secrets.T }}`")],
    );
    check(
        NPM,
        name,
        &run("          docker build ${{ inputs.options }} -f Dockerfile .\n"),
        &[(UNKNOWN, "further options")],
    );
    let elsewhere = workflow(
        "      - run: docker build .\n        working-directory: app\n      - run: cd app/..; docker build \
         --secret id=npm .\n",
    );
    check(
        NPM,
        name,
        &elsewhere,
        &[(UNKNOWN, "`app/Dockerfile` is not there")],
    );
}

#[test]
fn called_workflows_get_their_secrets() {
    let called = workflow("      - run: echo ${{ secrets.NPM }} ${{ secrets.GITHUB_TOKEN }}\n");
    let check = |on: &str, secrets: &str, expected: &[&str]| {
        let caller = format!(
            "on: push\njobs:\n  image:\n    uses: ./.github/workflows/called.yml\n{secrets}"
        );
        let called = called.replace("on: push", on);
        let place = Place::with(&[
            (".github/workflows/ci.yml", &caller),
            (".github/workflows/called.yml", &called),
        ]);
        let rules: Vec<String> = found(&place).into_iter().map(|(rule, _)| rule).collect();
        assert_eq!(rules, expected, "{on} {secrets}");
    };
    let on = "on: workflow_call";
    let missing = ["SecretNotInherited"];
    check(on, "", &missing);
    check(on, "    secrets: inherit\n", &[]);
    check(on, "    secrets:\n      NPM: ${{ secrets.X }}\n", &[]);
    check(
        on,
        "    secrets:\n      OTHER: ${{ secrets.X }}\n",
        &missing,
    );
    // What the called workflow declares and does not require may be absent.
    let declared = "on: {workflow_call: {secrets: {npm: {required: false}}}}";
    check(declared, "", &[]);
    check(&declared.replace("false", "true"), "", &missing);
}

#[test]
fn shell_scripts() {
    let check = |script: &str, expected: &[(&str, &str)]| check(NPM, "build.sh", script, expected);
    check("docker build --secret id=npm,src=$HOME/.npmrc .\n", &[]);
    check("docker buildx build --secret=id=npm,src=x --load .\n", &[]);
    check(
        "sudo -E docker --context x image build --secret id=npm .\n",
        &[],
    );
    check(
        "DOCKER_BUILDKIT=1 docker build -t x .\n",
        &[(MISSING, "`docker build`")],
    );
    check(
        "podman build --secret id=nmp,type=env .\n",
        &[(MISSING, "did you mean")],
    );
    check(
        "buildah bud -f ./Dockerfile .\n",
        &[(MISSING, "`buildah bud`")],
    );
    check(
        "nerdctl build --secret id=npm --secret id=x .\n",
        &[(UNUSED, "`x`")],
    );
    check(
        "buildctl build --frontend dockerfile.v0 --local context=. --local dockerfile=. --secret \
         id=npm,env=A --opt build-arg:API_TOKEN=$T\n",
        &[(ARGUMENT, "`API_TOKEN`")],
    );
    check(
        "/kaniko/executor --context . --dockerfile Dockerfile\n",
        &[(MISSING, "`/kaniko/executor`")],
    );
    check(
        "docker build --secret id=npm --build-arg NPM_TOKEN=$NPM_TOKEN .\n",
        &[(ARGUMENT, "a secret as the build argument")],
    );
    check(
        "docker build --secret id=npm --build-arg \"RC=$(cat ~/.netrc)\" .\n",
        &[(ARGUMENT, "the content of `~/.netrc`")],
    );
    check(
        "docker build --secret id=npm --build-arg COMMIT=$(git rev-parse HEAD) .\n",
        &[],
    );
    check("docker build \"$@\" .\n", &[(UNKNOWN, "further options")]);
    check(
        "docker build -f \"$FILE\" .\n",
        &[(UNKNOWN, "which Dockerfile")],
    );
    check(
        "docker build - < Dockerfile\n",
        &[(UNKNOWN, "standard input")],
    );
    check(
        "cd \"$(dirname \"$0\")\" && docker build --secret id=npm .\n",
        &[],
    );
    check("cd \"$ROOT\"\ndocker build .\n", &[(UNKNOWN, "the folder")]);
    check(
        "echo docker build .\ndocker run x\ndocker compose build\n",
        &[],
    );
    check("$DOCKER build .\n", &[(MISSING, "`docker build`")]);
    check(
        "if docker build .; then\n",
        &[(UNKNOWN, "the script is not understood")],
    );
}

#[test]
fn makefiles() {
    let check = |recipe: &str, expected: &[(&str, &str)]| {
        check(
            NPM,
            "Makefile",
            &format!("TAG := x\nimage: deps\n{recipe}"),
            expected,
        );
    };
    check(
        "\t@docker build -t $(TAG) --secret id=npm,src=$$HOME/.npmrc .\n",
        &[],
    );
    check(
        "\tdocker build -t $(TAG) \\\n\t  .\n",
        &[(MISSING, "in `make image`")],
    );
    check(
        "\t$(DOCKER) build $(ARGS) .\n",
        &[(UNKNOWN, "further options")],
    );
    check(
        "\tdocker build --secret id=npm --build-arg TOKEN=$(TOKEN) .\n",
        &[(ARGUMENT, "`TOKEN`")],
    );
    check(
        "\tdocker build --secret id=npm --build-arg V=$(shell git rev-parse HEAD) .\n",
        &[],
    );
}

#[test]
fn gitlab_ci() {
    let check = |script: &str, expected: &[(&str, &str)]| {
        let text = format!("stages: [build]\nimage:\n  stage: build\n  script:\n{script}");
        check(NPM, ".gitlab-ci.yml", &text, expected);
    };
    check("    - docker build --secret id=npm,env=NPM .\n", &[]);
    check(
        "    - docker build -t $CI_REGISTRY_IMAGE .\n",
        &[(MISSING, "in job `image`")],
    );
    check(
        "    - docker build --secret id=npm --build-arg T=$CI_JOB_TOKEN .\n",
        &[(ARGUMENT, "`T`")],
    );
    check(
        "    - !reference [.setup, script]\n    - cd app\n    - docker build .\n",
        &[(UNKNOWN, "is elsewhere"), (UNKNOWN, "`app/Dockerfile`")],
    );
}

#[test]
fn findings_point_into_both_files() {
    let compose =
        "services:\n  web:\n    build: {context: ., secrets: [npn]}\nsecrets: {npn: {file: x}}\n";
    let place = Place::with(&[("Dockerfile", NPM), ("compose.yml", compose)]);
    let told = text(&place.run(&[]).stderr);
    for part in [
        "compose.yml:3:",
        "Dockerfile:2:",
        "mounts the secret `npm`",
        "did you mean `npm`?",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let answer = place.json(&["compose.yml"]);
    let finding = &answer["files"][0]["findings"][0];
    assert_eq!(
        (&finding["line"], &finding["column"]),
        (&3.into(), &35.into())
    );
    let place_in_dockerfile = &finding["elsewhere"][0];
    assert_eq!(place_in_dockerfile["path"], "Dockerfile");
    assert_eq!(
        (&place_in_dockerfile["line"], &place_in_dockerfile["column"]),
        (&2.into(), &5.into())
    );
    let output = place.run(&["--format", "sarif"]);
    let log: Value = serde_json::from_slice(&output.stdout).expect("is JSON");
    let results = log["runs"][0]["results"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let result = results
        .iter()
        .find(|result| result["ruleId"] == MISSING)
        .expect("is there");
    let related = &result["relatedLocations"][0]["physicalLocation"];
    assert_eq!(related["artifactLocation"]["uri"], "Dockerfile");
    assert_eq!(related["region"]["startLine"], 2);
}

#[test]
fn levels_comments_and_configuration_apply() {
    let compose = "services:\n  web:\n    build: .\n";
    let place = Place::with(&[("Dockerfile", OPTIONAL), ("compose.yml", compose)]);
    place.check_status(&[], 0);
    place.write("Dockerfile", NPM);
    place.check_status(&[], 1);
    place.write(
        "dockerfile-dsl.toml",
        "[rules]\nMountedSecretNotPassed = \"off\"\n",
    );
    place.check_status(&[], 0);
    place.write("dockerfile-dsl.toml", "");
    let note = |reason: &str| {
        format!(
            "services:\n  # dockerfile-dsl: allow=MountedSecretNotPassed reason=\"{reason}\"\n  web:\n    build: .\n"
        )
    };
    place.write("compose.yml", &note("an override passes it"));
    place.check_status(&[], 0);
    place.write("compose.yml", &note(""));
    place.check_status(&[], 1);
    // A value with a name that marks a secret is only worth a warning, except under --strict.
    place.write(
        "compose.yml",
        "services:\n  web:\n    build: {context: ., secrets: [npm], args: {API_TOKEN: $T}}\nsecrets: {npm: {file: x}}\n",
    );
    place.check_status(&[], 0);
    place.check_status(&["--strict"], 1);
    place.write("compose.yml", "services:\n  web:\n    build: $X\n");
    place.check_status(&["--strict"], 0);
}

#[test]
fn files_that_are_merged_complete_each_other() {
    let service = |build: &str| format!("services:\n  web:\n    build: {{context: .{build}}}\n");
    let place = Place::with(&[
        ("Dockerfile", NPM),
        ("compose.yml", &service("")),
        ("compose.override.yml", &service(", secrets: [npm]")),
    ]);
    let told: Vec<(String, String)> = found(&place);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, UNKNOWN);
    assert!(
        told[0]
            .1
            .contains("`compose.override.yml` may pass what is missing"),
        "{told:?}"
    );
    // By itself, either has its mistake.
    fs::remove_file(place.path().join("compose.yml")).expect("can be removed");
    assert_eq!(found(&place)[0].0, "SecretNotDeclared");
    let place = Place::with(&[("Dockerfile", NPM), ("compose.yml", &service(""))]);
    assert_eq!(found(&place)[0].0, MISSING);
}

#[test]
fn undeclared_secrets_of_compose() {
    let file = |declared: &str| {
        format!("services:\n  web:\n    build: {{context: ., secrets: [npm]}}\n{declared}")
    };
    let declared = "secrets: {npm: {file: x}}\n";
    check(NPM, "compose.yml", &file(declared), &[]);
    // The other file may declare it.
    let include = file("include: [other.yml]\n");
    let expected = [(UNKNOWN, "`other.yml`, which this uses, is not there")];
    check(NPM, "compose.yml", &include, &expected);
    let near = declared.replace("npm", "nmp");
    let expected = [("SecretNotDeclared", "did you mean `nmp`?")];
    check(NPM, "compose.yml", &file(&near), &expected);
}

#[test]
fn commands_that_read_another_file() {
    let check = |script: &str, expected: &[(&str, &str)]| check(NPM, "build.sh", script, expected);
    check("docker compose build\ndocker buildx bake web\n", &[]);
    check(
        "docker compose -f x.yml build --build-arg API_TOKEN=$T\n",
        &[(ARGUMENT, "`docker compose build` passes a secret")],
    );
    check(
        "docker buildx bake --set '*.args.V=1' --set \"web.args.T=$NPM_TOKEN\"\n",
        &[(ARGUMENT, "as the build argument `T`")],
    );
}

#[test]
fn what_is_not_understood_is_reported_once() {
    let targets = "target \"a\" {\n  dockerfile = F\n}\ntarget \"b\" {\n  dockerfile = F\n}\n";
    check(
        NPM,
        "docker-bake.hcl",
        targets,
        &[(UNKNOWN, "target `a` and 1 more build: which Dockerfile")],
    );
}

#[test]
fn values_of_build_arguments_are_not_shown() {
    let place = Place::with(&[
        ("Dockerfile", "FROM x\n"),
        (
            "compose.yml",
            "services:\n  web:\n    build: {context: ., args: {API_TOKEN: swordfish9, DB_PASSWORD: 'swordfish9'}}\n",
        ),
        (
            "build.sh",
            "docker build --build-arg API_TOKEN=swordfish9 --build-arg \"DB_PASSWORD=swordfish9\" .\n",
        ),
    ]);
    for format in ["human", "json", "sarif"] {
        let output = place.run(&["--format", format]);
        let told = text(&output.stdout) + &text(&output.stderr);
        assert!(
            told.contains("API_TOKEN") && !told.contains("swordfish9"),
            "{told}"
        );
    }
}

#[test]
fn bad_input_has_a_place() {
    for (name, text, expected) in [
        (
            "compose.yml",
            "- build\n",
            "a compose file is a mapping, and this is not",
        ),
        ("compose.yml", "build: [\n", "invalid YAML"),
        (
            ".gitlab-ci.yml",
            "docker build\n",
            "a GitLab CI file is a mapping",
        ),
        ("docker-bake.hcl", "target {\n", "invalid HCL"),
        (
            "docker-bake.json",
            "[\"target\"]",
            "a bake file is a mapping",
        ),
    ] {
        let place = Place::with(&[(name, text)]);
        place.check_status(&[], 2);
        let told = self::text(&place.run(&[]).stderr);
        assert!(
            told.contains(expected) && told.contains(&format!("{name}:")),
            "{told}"
        );
    }
    let place = Place::with(&[
        ("compose.yml", "# build\n"),
        ("docker-bake.hcl", "# target\n"),
    ]);
    place.check_status(&[], 0);
}

#[test]
fn files_without_builds_are_not_counted() {
    let place = Place::with(&[
        ("compose.yml", "services:\n  db:\n    image: postgres\n"),
        ("run.sh", "docker run --rm x\n"),
        ("Makefile", "all:\n\tcargo build\n"),
        (
            ".github/workflows/ci.yml",
            "on: push\njobs:\n  a:\n    steps:\n      - run: cargo test\n",
        ),
    ]);
    assert_eq!(place.files(&[]), [""; 0]);
    assert_eq!(place.files(&["compose.yml"]), ["compose.yml"]);
}
