//! The demonstration repository: `check` finds the nine mistakes of its page and nothing else, and `--unsafe-fixes` repairs all of them.

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
fn the_fixes_repair_all_nine() {
    let place = copy();
    place.check_status(&["--unsafe-fixes"], 0);
    assert_eq!(found(&place), BTreeSet::new());
    place.check_status(&["--strict"], 0);
    let builds = [
        ("Dockerfile", "rm -f /app/.npmrc", true),
        ("Dockerfile", "ARG SENTRY_AUTH_TOKEN", false),
        ("compose.yml", "- npm_token", true),
        ("docker-bake.hcl", "type =", false),
        (".github/workflows/ci.yml", "secrets: inherit", true),
        (".github/workflows/image.yml", "build-args", false),
        (
            "scripts/build.sh",
            "--secret id=github_token,env=GITHUB_TOKEN",
            true,
        ),
        ("scripts/build.sh", "--build-arg", false),
    ];
    for (name, part, is_there) in builds {
        let text = fs::read_to_string(place.path().join(name)).expect("can be read");
        assert_eq!(text.contains(part), is_there, "{name}: {part}\n{text}");
    }
    // A second time there is nothing to do.
    let told = self::text(&place.run(&["--unsafe-fixes"]).stderr);
    assert!(!told.contains("fix: "), "{told}");
}
