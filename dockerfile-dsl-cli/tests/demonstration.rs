//! The demonstration repository: `check` finds the nine mistakes of its page, nothing else, and nothing at all once they are repaired.

mod place;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use place::{Place, text};

const FILES: [&str; 6] = [
    "Dockerfile",
    "compose.yml",
    "docker-bake.hcl",
    ".github/workflows/ci.yml",
    ".github/workflows/image.yml",
    "scripts/build.sh",
];

/// What repairs each mistake: the file, its text, and the better one.
const REPAIRS: [(&str, &str, &str); 9] = [
    (
        "Dockerfile",
        "id=npm_token,required=true \\\n    echo \"//registry.npmjs.org/:_authToken=$(cat \
         /run/secrets/npm_token)\" > .npmrc && npm ci",
        "id=npm_token,target=/root/.npmrc,required=true npm ci",
    ),
    (
        "Dockerfile",
        "git clone \"https://x-access-token:$(cat /run/secrets/github_token)@github.com/acme/ui\"",
        "git -c credential.helper= -c credential.https://github.com.helper='!f() { echo \
         username=x-access-token; echo \"password=$(cat /run/secrets/github_token)\"; }; f' clone \
         https://github.com/acme/ui",
    ),
    ("Dockerfile", "ARG SENTRY_AUTH_TOKEN\n", ""),
    ("compose.yml", "npm-token", "npm_token"),
    (
        "docker-bake.hcl",
        "type = \"env\", id = \"npm_token\", src",
        "id = \"npm_token\", env",
    ),
    (
        ".github/workflows/ci.yml",
        "image.yml\n",
        "image.yml\n    secrets: inherit\n",
    ),
    (
        ".github/workflows/image.yml",
        "          build-args: |\n            SENTRY_AUTH_TOKEN=${{ secrets.SENTRY_AUTH_TOKEN }}\n",
        "",
    ),
    (
        "scripts/build.sh",
        "    --build-arg SENTRY_AUTH_TOKEN=\"$SENTRY_AUTH_TOKEN\" \\\n",
        "",
    ),
    (
        "scripts/build.sh",
        "env=NPM_TOKEN \\\n",
        "env=NPM_TOKEN --secret id=github_token,env=GITHUB_TOKEN \\\n",
    ),
];

fn folder() -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../examples/repository"
    ))
}

/// Copies the repository.
fn copy() -> Place {
    let place = Place::with(&[]);
    for name in FILES {
        place.write(
            name,
            &fs::read_to_string(folder().join(name)).expect("can be read"),
        );
    }
    place
}

/// Returns place, rule and level of each finding.
fn found(place: &Place) -> BTreeSet<(String, String, String)> {
    let answer = place.json(&[]);
    let mut found = BTreeSet::new();
    for file in answer["files"].as_array().expect("is a list") {
        for finding in file["findings"].as_array().expect("is a list") {
            let word = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
            let path = file["path"].as_str().unwrap_or_default();
            let place = format!("{path}:{}", finding["line"]);
            assert!(
                found.insert((place, word("rule"), word("severity"))),
                "{finding}"
            );
        }
    }
    found
}

#[test]
fn the_nine_mistakes_of_the_page_are_found() {
    let page = fs::read_to_string(folder().join("README.md")).expect("can be read");
    let rows = page.lines().filter_map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, _, place, rule, level, _] = cells[..] else {
            return None;
        };
        let code = |cell: &str| Some(cell.strip_prefix('`')?.strip_suffix('`')?.to_owned());
        Some((code(place)?, code(rule)?, level.to_owned()))
    });
    let rows: BTreeSet<_> = rows.collect();
    assert_eq!(rows.len(), 9);
    let place = copy();
    assert_eq!(found(&place), rows);
    place.check_status(&[], 1);
    let told = text(&place.run(&[]).stderr);
    assert!(
        told.contains("5 errors and 4 warnings in 6 files"),
        "{told}"
    );
}

#[test]
fn the_repaired_repository_is_clean() {
    let place = copy();
    for (name, mistake, better) in REPAIRS {
        let before = fs::read_to_string(place.path().join(name)).expect("can be read");
        assert!(before.contains(mistake), "{name}: {mistake}");
        place.write(name, &before.replace(mistake, better));
    }
    assert_eq!(found(&place), BTreeSet::new());
    place.check_status(&["--strict"], 0);
}
