//! `check --unsafe-fixes` in the inputs of `docker/build-push-action`: each form of YAML beside one that stays as it is.

mod place;

use std::fs;

use place::{Place, text};

const NAME: &str = ".github/workflows/image.yml";

/// Takes a build argument, which is a secret.
const ARGUMENT: &str = "FROM alpine\nARG API_TOKEN\n\
    RUN curl -fsS -H \"Authorization: Bearer $API_TOKEN\" https://api.example.com/x -o /srv/x\n";
/// Mounts a secret.
const MOUNT: &str = "FROM alpine\n\
    RUN --mount=type=secret,id=npm_token,required=true wc -c < /run/secrets/npm_token\n";
/// Mounts a secret and a second one, which is a file.
const TWO: &str = "FROM alpine\n\
    RUN --mount=type=secret,id=kubeconfig,required=true --mount=type=secret,id=b,required=true \
    wc -c /run/secrets/kubeconfig /run/secrets/b\n";

fn workflow(step: &str) -> String {
    format!("on: push\njobs:\n  image:\n    runs-on: x\n    steps:\n{step}")
}

/// Fixes the workflow of a repository, and returns its text and what was said about the fixes.
fn fixed(dockerfile: &str, name: &str, before: &str) -> (String, String) {
    let place = Place::with(&[("Dockerfile", dockerfile), (name, before)]);
    let read = || fs::read_to_string(place.path().join(name)).expect("can be read");
    place.run(&["--fix"]);
    assert_eq!(read(), before);
    let told = text(&place.run(&["--unsafe-fixes"]).stderr);
    let after = read();
    // A second run has nothing to do.
    place.run(&["--unsafe-fixes"]);
    assert_eq!(read(), after);
    (after, told)
}

/// Checks the inputs of a step after the fix, with each kind of line break.
#[track_caller]
fn check(dockerfile: &str, before: &str, after: &str) {
    for line_break in ["\n", "\r\n"] {
        let with = |text: &str| workflow(text).replace('\n', line_break);
        let (fixed, told) = fixed(dockerfile, NAME, &with(before));
        assert_eq!(fixed, with(after), "{told}");
    }
}

/// Checks that a step stays as it is, and that the finding says why.
#[track_caller]
fn check_kept(dockerfile: &str, step: &str, why: &str) {
    let before = workflow(step);
    let (after, told) = fixed(dockerfile, NAME, &before);
    assert_eq!(after, before);
    assert!(told.contains(why), "{told}");
}

#[test]
fn last_build_argument_becomes_the_input_of_secrets() {
    check(
        ARGUMENT,
        "      - uses: docker/build-push-action@v5\n        with:\n          context: .\n          build-args: |\n            API_TOKEN=${{ secrets.API_TOKEN }}\n          push: true # yes\n",
        "      - uses: docker/build-push-action@v5\n        with:\n          context: .\n          secrets: |\n            API_TOKEN=${{ secrets.API_TOKEN }}\n          push: true # yes\n",
    );
    for (before, after) in [
        (
            "build-args: API_TOKEN=${{ secrets.A }}",
            "secrets: API_TOKEN=${{ secrets.A }}",
        ),
        (
            "'build-args':  \"API_TOKEN=${{ secrets.A }}\" # c",
            "secrets:  \"API_TOKEN=${{ secrets.A }}\" # c",
        ),
        (
            "build-args: 'API_TOKEN=${{ matrix.token }}'",
            "secrets: 'API_TOKEN=${{ matrix.token }}'",
        ),
    ] {
        let step = |input: &str| {
            format!("      - uses: docker/build-push-action@v5\n        with:\n          {input}\n")
        };
        check(ARGUMENT, &step(before), &step(after));
        let step = |input: &str| {
            format!("      - uses: docker/build-push-action@v5\n        with: {{ {input} }}\n")
        };
        // In braces, only what is quoted may hold an expression.
        if !before.contains('#') && before.contains('\'') {
            check(ARGUMENT, &step(before), &step(after));
        }
    }
}

#[test]
fn one_build_argument_of_several_becomes_a_secret() {
    check(
        ARGUMENT,
        "      - name: Build\n        uses: docker/build-push-action@v6\n        with:\n          build-args: |-\n            VERSION=1\n            API_TOKEN=${{ secrets.API_TOKEN }}\n            OTHER=2\n\n          # kept\n          secrets: |\n            x=${{ secrets.X }}\n          push: true\n",
        "      - name: Build\n        uses: docker/build-push-action@v6\n        with:\n          build-args: |-\n            VERSION=1\n            OTHER=2\n\n          # kept\n          secrets: |\n            x=${{ secrets.X }}\n            API_TOKEN=${{ secrets.API_TOKEN }}\n          push: true\n",
    );
    // Without the input, it comes after the one that the record was in; at the end of the file, too.
    check(
        ARGUMENT,
        "      - uses: docker/build-push-action@v4\n        with:\n          build-args: |\n            API_TOKEN=${{ secrets.API_TOKEN }}\n            VERSION=1\n          push: true\n",
        "      - uses: docker/build-push-action@v4\n        with:\n          build-args: |\n            VERSION=1\n          secrets: |\n            API_TOKEN=${{ secrets.API_TOKEN }}\n          push: true\n",
    );
    check(
        ARGUMENT,
        "      - uses: docker/build-push-action@v4\n        with:\n          build-args: |\n            VERSION=1\n            API_TOKEN=${{ secrets.API_TOKEN }}",
        "      - uses: docker/build-push-action@v4\n        with:\n          build-args: |\n            VERSION=1\n          secrets: |\n            API_TOKEN=${{ secrets.API_TOKEN }}",
    );
    // A value of one line becomes one of several.
    check(
        ARGUMENT,
        "      - uses: docker/build-push-action@v4\n        with:\n          build-args: API_TOKEN=${{ secrets.API_TOKEN }}\n          secrets: 'x=${{ secrets.X }}' # of x\n",
        "      - uses: docker/build-push-action@v4\n        with:\n          secrets: | # of x\n            x=${{ secrets.X }}\n            API_TOKEN=${{ secrets.API_TOKEN }}\n",
    );
}

#[test]
fn two_build_arguments_become_secrets() {
    let dockerfile = "FROM alpine\nARG API_TOKEN\nARG DB_PASSWORD\n\
        RUN curl -fsS -H \"Authorization: Bearer $API_TOKEN\" https://api.example.com/x -o /srv/x\n\
        RUN curl -fsS -H \"X: $DB_PASSWORD\" https://api.example.com/x -o /srv/y\n";
    check(
        dockerfile,
        "      - uses: docker/build-push-action@v6\n        with:\n          build-args: |\n            API_TOKEN=${{ secrets.API_TOKEN }}\n            DB_PASSWORD=${{ secrets.DB }}\n",
        "      - uses: docker/build-push-action@v6\n        with:\n          secrets: |\n            API_TOKEN=${{ secrets.API_TOKEN }}\n            DB_PASSWORD=${{ secrets.DB }}\n",
    );
}

#[test]
fn step_with_secret_envs_gets_a_variable() {
    check(
        ARGUMENT,
        "      - uses: docker/build-push-action@v6\n        env:\n          X: ${{ secrets.X }}\n        with:\n          secret-envs: |\n            x=X\n          build-args: |\n            API_TOKEN=${{ secrets.A }}\n",
        "      - uses: docker/build-push-action@v6\n        env:\n          X: ${{ secrets.X }}\n          API_TOKEN: ${{ secrets.A }}\n        with:\n          secret-envs: |\n            x=X\n            API_TOKEN=API_TOKEN\n",
    );
    // A variable of the job has the value already; the list is in one line.
    let job = |step: &str| {
        workflow(step).replace(
            "    steps:",
            "    env: {API_TOKEN: '${{ secrets.A }}'}\n    steps:",
        )
    };
    let before = job(
        "      - uses: docker/build-push-action@v6\n        with:\n          secret-envs: x=X\n          build-args: API_TOKEN=${{ secrets.A }}\n",
    );
    let after = job(
        "      - uses: docker/build-push-action@v6\n        with:\n          secret-envs: x=X,API_TOKEN=API_TOKEN\n",
    );
    assert_eq!(fixed(ARGUMENT, NAME, &before).0, after);
}

#[test]
fn what_cannot_be_kept_byte_by_byte_stays() {
    let step = |inputs: &str| {
        format!("      - uses: docker/build-push-action@v6\n        with:\n{inputs}")
    };
    check_kept(
        ARGUMENT,
        &step("          build-args: >\n            API_TOKEN=${{ secrets.A }}\n"),
        "leaves this to you: `>` folds its lines",
    );
    check_kept(
        ARGUMENT,
        &step("          build-args: &a |\n            API_TOKEN=${{ secrets.A }}\n"),
        "an anchor shares this part",
    );
    check_kept(
        ARGUMENT,
        &step("          build-args: \"V=1\\nAPI_TOKEN=${{ secrets.A }}\"\n"),
        "quoted or spelt in several lines",
    );
    check_kept(
        ARGUMENT,
        &step("          build-args: |\n            API_TOKEN=Bearer ${{ secrets.A }}\n"),
        "its value is not one expression",
    );
    let inputs = "          build-args: |\n            API_TOKEN=${{ secrets.A }}\n          secret-envs: API_KEY=X\n";
    let conflict = "      - uses: docker/build-push-action@v6\n        env:\n          API_TOKEN: other\n        with:\n";
    check_kept(
        ARGUMENT,
        &format!("{conflict}{inputs}"),
        "`env` has another value",
    );
    // A list is none of the texts that an action takes.
    check_kept(
        ARGUMENT,
        &step("          build-args: [API_TOKEN=x]\n"),
        "`build-args` is not a text",
    );
    // The near miss: a version is no secret.
    check_kept(
        "FROM alpine\nARG VERSION\nRUN echo $VERSION > /v\n",
        &step("          build-args: |\n            VERSION=${{ github.sha }}\n"),
        "applied 0 fixes",
    );
}

/// Two steps use the same inputs: an edit for one would change the other.
#[test]
fn inputs_of_an_alias_stay() {
    check_kept(
        ARGUMENT,
        "      - uses: docker/build-push-action@v6\n        with: &with\n          build-args: |\n            API_TOKEN=${{ secrets.A }}\n      - uses: docker/build-push-action@v6\n        with: *with\n",
        "an anchor shares this part",
    );
}

#[test]
fn id_is_renamed_in_its_record() {
    for (before, after) in [
        (
            "secrets: |\n            npm-token=${{ secrets.npm-token }}",
            "secrets: |\n            npm_token=${{ secrets.npm-token }}",
        ),
        (
            "secrets: '\"npm-token=${{ secrets.X }}\"'",
            "secrets: '\"npm_token=${{ secrets.X }}\"'",
        ),
        (
            "secret-envs: a=A,npm-token=X",
            "secret-envs: a=A,npm_token=X",
        ),
        (
            "secret-files: npm-token=./npm-token",
            "secret-files: npm_token=./npm-token",
        ),
    ] {
        let step = |input: &str| {
            format!("      - uses: docker/build-push-action@v6\n        with:\n          {input}\n")
        };
        check(MOUNT, &step(before), &step(after));
    }
}

#[test]
fn missing_secret_is_added() {
    check(
        MOUNT,
        "      - uses: docker/build-push-action@v6\n        id: x\n",
        "      - uses: docker/build-push-action@v6\n        with:\n          secrets: |\n            npm_token=${{ secrets.NPM_TOKEN }}\n        id: x\n",
    );
    check(
        MOUNT,
        "      - uses: docker/build-push-action@v6\n        with:\n            push: true\n            secrets: |\n                x=${{ secrets.X }}\n\n      - run: x\n",
        "      - uses: docker/build-push-action@v6\n        with:\n            push: true\n            secrets: |\n                x=${{ secrets.X }}\n                npm_token=${{ secrets.NPM_TOKEN }}\n\n      - run: x\n",
    );
    // The step has a variable of that name.
    check(
        MOUNT,
        "      - uses: docker/build-push-action@v6\n        env:\n          NPM_TOKEN: ${{ steps.x.outputs.y }}\n        with:\n          push: true\n",
        "      - uses: docker/build-push-action@v6\n        env:\n          NPM_TOKEN: ${{ steps.x.outputs.y }}\n        with:\n          push: true\n          secret-envs: |\n            npm_token=NPM_TOKEN\n",
    );
    // In braces, and a name that no secret can have.
    check_kept(
        MOUNT,
        "      - uses: docker/build-push-action@v6\n        with: {push: true}\n",
        "it is in braces",
    );
    let number = MOUNT.replace("npm_token", "1st");
    check_kept(
        &number,
        "      - uses: docker/build-push-action@v6\n",
        "no secret of GitHub can have its name",
    );
    // The near miss: it is passed.
    check_kept(
        MOUNT,
        "      - uses: docker/build-push-action@v6\n        with:\n          secrets: npm_token=${{ secrets.X }}\n",
        "applied 0 fixes",
    );
}

/// A composite action has no `secrets`: the value has to come from its caller.
#[test]
fn composite_action_is_not_guessed() {
    let step = |env: &str| {
        format!(
            "runs:\n  using: composite\n  steps:\n    - uses: docker/build-push-action@v6\n{env}"
        )
    };
    let (after, told) = fixed(MOUNT, "action.yml", &step(""));
    assert_eq!(after, step(""));
    assert!(
        told.contains("a composite action has no `secrets`"),
        "{told}"
    );
    let with = "      env:\n        NPM_TOKEN: ${{ inputs.token }}\n";
    let (after, _) = fixed(MOUNT, "action.yml", &step(with));
    let added = "      with:\n        secret-envs: |\n          npm_token=NPM_TOKEN\n";
    assert_eq!(after, step(&format!("{added}{with}")));
}

#[test]
fn records_that_their_value_would_end_are_rewritten() {
    check(
        TWO,
        "      - uses: docker/build-push-action@v6\n        with:\n          secrets: |\n            kubeconfig=${{ secrets.A }},b=${{ secrets.B }}\n",
        "      - uses: docker/build-push-action@v6\n        with:\n          secrets: |\n            kubeconfig=${{ secrets.A }}\n            b=${{ secrets.B }}\n",
    );
    check(
        TWO,
        "      - uses: docker/build-push-action@v6\n        with:\n          secrets: kubeconfig=${{ secrets.A }},b=${{ secrets.B }}\n          push: true\n",
        "      - uses: docker/build-push-action@v6\n        with:\n          secrets: |\n            kubeconfig=${{ secrets.A }}\n            b=${{ secrets.B }}\n          push: true\n",
    );
    // `KUBECONFIG` would change what the builder does.
    check(
        TWO,
        "      - uses: docker/build-push-action@v6\n        with:\n          secrets: |\n            b=${{ secrets.B }}\n            kubeconfig=${{ secrets.KUBECONFIG }}\n",
        "      - uses: docker/build-push-action@v6\n        env:\n          KUBECONFIG_SECRET: ${{ secrets.KUBECONFIG }}\n        with:\n          secrets: |\n            b=${{ secrets.B }}\n          secret-envs: |\n            kubeconfig=KUBECONFIG_SECRET\n",
    );
    check_kept(
        TWO,
        "      - uses: docker/build-push-action@v4\n        with:\n          secrets: |\n            b=${{ secrets.B }}\n            kubeconfig=${{ secrets.KUBECONFIG }}\n",
        "this version of the action has no `secret-envs`",
    );
}

#[test]
fn machines_get_the_edits() {
    let step = "      - uses: docker/build-push-action@v6\n";
    let place = Place::with(&[("Dockerfile", MOUNT), (NAME, &workflow(step))]);
    let report = place.json(&[]).to_string();
    let added = "with:\\n          secrets: |\\n            npm_token=${{ secrets.NPM_TOKEN }}";
    assert!(report.contains(added), "{report}");
}
