//! Files that others include: those of the repository are read, the others are reported once.

mod place;

use place::Place;

const NPM: &str =
    "FROM node\nRUN --mount=type=secret,id=npm,target=/root/.npmrc,required=true npm ci\n";
const MISSING: &str = "MountedSecretNotPassed";
const UNKNOWN: &str = "CallerNotUnderstood";

/// Checks one file of a repository, and the findings in all files that were read: path, rule, and a part of the message.
#[track_caller]
fn check(files: &[(&str, &str)], argument: &[&str], expected: &[(&str, &str, &str)]) {
    let place = Place::with(files);
    place.write("Dockerfile", NPM);
    let answer = place.json(argument);
    let mut found = Vec::new();
    for file in answer["files"].as_array().expect("is a list") {
        assert!(file.get("error").is_none(), "{file}");
        let path = file["path"].as_str().expect("is text").to_owned();
        for finding in file["findings"].as_array().expect("is a list") {
            let word = |key: &str| finding[key].as_str().expect("is text").to_owned();
            found.push((path.clone(), word("rule"), word("message")));
        }
    }
    let places: Vec<_> = found
        .iter()
        .map(|(path, rule, _)| (path.as_str(), rule.as_str()))
        .collect();
    let wanted: Vec<_> = expected
        .iter()
        .map(|(path, rule, _)| (*path, *rule))
        .collect();
    assert_eq!(places, wanted, "{found:#?}");
    for ((.., message), (.., part)) in found.iter().zip(expected) {
        assert!(message.contains(part), "{message}");
    }
}

const WORKFLOW: &str = ".github/workflows/ci.yml";
const CALLED: &str = ".github/workflows/image.yml";

#[test]
fn called_workflow_of_the_repository_is_read() {
    let caller =
        "on: push\njobs:\n  a:\n    uses: ./.github/workflows/image.yml\n    secrets: inherit\n";
    let build = |step: &str| {
        format!("on: workflow_call\njobs:\n  b:\n    runs-on: x\n    steps:\n      - run: {step}\n")
    };
    let wrong = build("docker build .");
    let right = build("docker build --secret id=npm,env=NPM .");
    check(
        &[(WORKFLOW, caller), (CALLED, &wrong)],
        &[WORKFLOW],
        &[(CALLED, MISSING, "does not pass the secret `npm`")],
    );
    check(&[(WORKFLOW, caller), (CALLED, &right)], &[WORKFLOW], &[]);
    check(
        &[(WORKFLOW, caller)],
        &[],
        &[(
            WORKFLOW,
            UNKNOWN,
            "image.yml`, which this uses, is not there",
        )],
    );
    // What is excluded stays so.
    check(
        &[(WORKFLOW, caller), (CALLED, &wrong)],
        &[WORKFLOW, "--exclude", "image.yml"],
        &[(
            WORKFLOW,
            UNKNOWN,
            "image.yml`, which this uses, was not read",
        )],
    );
}

#[test]
fn workflows_of_other_repositories_are_reported_once() {
    let other = "on: push\njobs:\n  a:\n    uses: o/r/.github/workflows/x.yml@v1\n  b:\n    uses: o/r/.github/workflows/y.yml@v1\n    secrets: inherit\n";
    check(
        &[(WORKFLOW, other)],
        &[],
        &[(
            WORKFLOW,
            UNKNOWN,
            "not read: `o/r/.github/workflows/x.yml@v1`, `o/r/.github/workflows/y.yml@v1`",
        )],
    );
    // The near miss: an action is not a workflow.
    let action = "on: push\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n";
    check(&[(WORKFLOW, action)], &[], &[]);
}

#[test]
fn composite_action_of_the_repository_is_read() {
    let caller = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: ./.github/actions/image\n";
    let action = |step: &str| {
        format!("runs:\n  using: composite\n  steps:\n    - run: {step}\n      shell: bash\n")
    };
    let path = ".github/actions/image/action.yaml";
    check(
        &[(WORKFLOW, caller), (path, &action("docker build ."))],
        &[WORKFLOW],
        &[(path, MISSING, "does not pass the secret `npm`")],
    );
    check(
        &[
            (WORKFLOW, caller),
            (path, &action("docker build --secret id=npm .")),
        ],
        &[WORKFLOW],
        &[],
    );
    check(
        &[(WORKFLOW, caller), (path, &action("cargo test"))],
        &[],
        &[],
    );
    check(
        &[(WORKFLOW, caller)],
        &[],
        &[(
            WORKFLOW,
            UNKNOWN,
            "image/action.yml`, which this uses, is not there",
        )],
    );
}

#[test]
fn parts_of_a_pipeline_are_read() {
    let part = |script: &str| format!("image:\n  script:\n    - {script}\n");
    for include in [
        "include: /ci/build.yml\n",
        "include: [ci/build.yml]\n",
        "include:\n  - local: /ci/build.yml\n",
        "include: {local: [ci/build.yml]}\n",
    ] {
        check(
            &[
                (".gitlab-ci.yml", include),
                ("ci/build.yml", &part("docker build .")),
            ],
            &[],
            &[("ci/build.yml", MISSING, "in job `image`")],
        );
        check(
            &[
                (".gitlab-ci.yml", include),
                ("ci/build.yml", &part("docker build --secret id=npm .")),
            ],
            &[],
            &[],
        );
    }
    // Parts of parts, also in a circle.
    let circle = "include: /.gitlab-ci.yml\nimage:\n  script: [docker build .]\n";
    check(
        &[
            (".gitlab-ci.yml", "include: a.yml\n"),
            ("a.yml", "include: b.yml\n"),
            ("b.yml", circle),
        ],
        &[],
        &[("b.yml", MISSING, "in job `image`")],
    );
    let others = "include:\n  - template: Security/SAST.gitlab-ci.yml\n  - project: g/p\n    file: /x.yml\n  - remote: https://example.com/x.yml\n  - component: h/c@1\n  - ci/*.yml\n";
    check(
        &[(".gitlab-ci.yml", others)],
        &[],
        &[(
            ".gitlab-ci.yml",
            UNKNOWN,
            "not read: `template: Security/SAST.gitlab-ci.yml`, `project: g/p`, `remote: \
             https://example.com/x.yml` and 2 more",
        )],
    );
    check(
        &[(".gitlab-ci.yml", "include: absent.yml\n")],
        &[],
        &[(
            ".gitlab-ci.yml",
            UNKNOWN,
            "`absent.yml`, which this uses, is not there",
        )],
    );
}

#[test]
fn included_compose_files_are_read() {
    let web = "services:\n  web:\n    build: ..\n";
    for include in [
        "include: [web/services.yml]\n",
        "include:\n  - path: web/services.yml\n",
        "include:\n  - path: [./web/services.yml]\n",
    ] {
        check(
            &[("compose.yml", include), ("web/services.yml", web)],
            &[],
            &[("web/services.yml", MISSING, "service `web`")],
        );
    }
    check(
        &[("compose.yml", "include: ['oci://example.com/x:1', $FILE]\n")],
        &[],
        &[(
            "compose.yml",
            UNKNOWN,
            "not read: `oci://example.com/x:1`, `..`",
        )],
    );
}

/// The paths of a service are relative to the file that it is in.
#[test]
fn service_of_another_compose_file_is_extended() {
    let base = |secrets: &str| {
        format!(
            "services:\n  base:\n    extends: inner\n  inner:\n    build:\n      context: ..\n{secrets}"
        )
    };
    let main = "services:\n  web:\n    extends: {file: base/services.yml, service: base}\n";
    check(
        &[("compose.yml", main), ("base/services.yml", &base(""))],
        &[],
        &[("compose.yml", MISSING, "service `web` does not pass")],
    );
    let declared = format!("{main}secrets: {{npm: {{file: x}}}}\n");
    check(
        &[
            ("compose.yml", &declared),
            ("base/services.yml", &base("      secrets: [npm]\n")),
        ],
        &[],
        &[],
    );
    // No chain through files goes on forever.
    let circle =
        "services:\n  web:\n    build: .\n    extends: {file: compose.yml, service: web}\n";
    check(
        &[("compose.yml", circle)],
        &[],
        &[("compose.yml", UNKNOWN, "is not followed")],
    );
}

#[test]
fn included_makefiles_are_read() {
    let part = "image:\n\tdocker build .\n";
    check(
        &[
            ("Makefile", "include build/rules.make # ours\n"),
            ("build/rules.make", part),
        ],
        &[],
        &[("build/rules.make", MISSING, "in `make image`")],
    );
    check(
        &[(
            "Makefile",
            "include $(RULES) x.mk\nimage:\n\tdocker build --secret id=npm .\n",
        )],
        &[],
        &[
            (
                "Makefile",
                UNKNOWN,
                "included Makefiles are not read: `$(RULES)`",
            ),
            ("Makefile", UNKNOWN, "`x.mk`, which this uses, is not there"),
        ],
    );
    // The near misses: no build, and a file that may be absent.
    check(
        &[(
            "Makefile",
            "-include $(OBJECTS:.o=.d)\n-include local.mk\nall:\n\tcc x.c\n",
        )],
        &[],
        &[],
    );
}
