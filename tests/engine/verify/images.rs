//! Whole images of python, node, java and git: as they are, and with values that their own programs have written.

use std::collections::BTreeSet;
use std::process::Command;

use dockerfile_dsl::verify::{Names, Report, Secret, Verdict, Verify};
use dockerfile_dsl_tests::trials::Trial;

use super::real::{self, A, B, Engine, Folder};
use crate::in_engine;

/// Short, and no three letters or digits of it stand together.
const PASSWORD: &str = "p4$$w'rd\"x\\y&z";
const OTHER_PASSWORD: &str = "q5%%v\"se'y/z<&w";

/// Folders whose files are called by a digest or a date.
const FOLDERS: &[&str] = &["/objects/pack", "/objects", "/_cacache", "/_logs"];

pub(crate) fn trials() -> Vec<Trial> {
    in_engine!(
        Engine::Docker,
        [
            an_image_of_python,
            an_image_of_node,
            an_image_of_java,
            an_image_of_git
        ]
    )
}

fn an_image_of_python() {
    let files = "pyc pickle repr json marshal.z db whl tar.xz yaml ini url";
    let mut expected = of_both("srv/app/", files);
    expected.insert(("token".to_owned(), "etc/pip.conf".to_owned()));
    check(
        "python:3.11-slim-bookworm",
        include_str!("plant/python.sh"),
        &expected,
    );
}

fn an_image_of_node() {
    let files = "js js.gz js.br js.map cache inspect buffer query utf16 html data";
    let mut expected = of_both("srv/app/", files);
    for name in ["token", "password"] {
        expected.insert((name.to_owned(), format!("srv/app/pack-{name}-1.0.0.tgz")));
    }
    for name in ["token", "password"] {
        expected.insert((name.to_owned(), "root/.npm/_cacache".to_owned()));
    }
    // It logs its arguments.
    expected.insert(("token".to_owned(), "root/.npm/_logs".to_owned()));
    expected.insert(("token".to_owned(), "etc/npmrc".to_owned()));
    check(
        "node:22-bookworm-slim",
        include_str!("plant/node.sh"),
        &expected,
    );
}

fn an_image_of_java() {
    let files = "properties xml ser hprof.gz basic form bytes jar war";
    let mut expected = of_both("srv/app/", files);
    for name in ["token", "password"] {
        expected.insert((name.to_owned(), format!("srv/app/{name}/Settings.class")));
    }
    check(
        "openjdk:17-jdk-slim-bookworm",
        include_str!("plant/java.sh"),
        &expected,
    );
}

fn an_image_of_git() {
    let mut expected = BTreeSet::new();
    for name in ["token", "password"] {
        for path in [
            "loose/.git/objects",
            "packed/.git/objects/pack",
            "all.bundle",
            "patches/0001-first.patch",
            "patches/0002-removed-again.patch",
            "archive.tgz",
            "bare.git/objects/pack",
            "settings/.git/config",
            "message/.git/objects",
            "message/.git/COMMIT_EDITMSG",
            "message/.git/logs/HEAD",
            "message/.git/logs/refs/heads/master",
            "deltas/.git/objects/pack",
        ] {
            expected.insert((name.to_owned(), format!("srv/{name}/{path}")));
        }
    }
    check(
        "debian:bookworm-slim",
        include_str!("plant/git.sh"),
        &expected,
    );
}

/// One file for each ending and value.
fn of_both(folder: &str, endings: &str) -> BTreeSet<(String, String)> {
    let names = ["token", "password"];
    let paths = names.iter().flat_map(|name| {
        let path = move |ending| ((*name).to_owned(), format!("{folder}{name}.{ending}"));
        endings.split(' ').map(path)
    });
    paths.collect()
}

/// Searches for the two values, and for two others that are nowhere.
fn search(tag: &str) -> Report {
    let secrets = [
        ("token", A),
        ("password", PASSWORD),
        ("other token", B),
        ("other password", OTHER_PASSWORD),
    ];
    let image = Names::new().find(&format!("docker:{tag}")).unwrap();
    Verify::new(secrets.map(|(id, value)| Secret::new(id, value).unwrap()))
        .run(image)
        .unwrap()
}

/// Searches the image, and one in which a script of its programs leaves two values.
#[track_caller]
fn check(base: &str, script: &str, expected: &BTreeSet<(String, String)>) {
    let report = search(base);
    assert_eq!(report.verdict(), Verdict::Clean, "{}", report.human());
    assert!(report.scanned.files > 3000, "{}", report.human());

    let folder = Folder::new("images");
    folder.write("token", A);
    folder.write("password", PASSWORD);
    folder.write(".dockerignore", "*\n");
    let name = base.split(':').next().unwrap();
    let tag = format!("verify-planted-{name}:1");
    folder.write(
        "Dockerfile",
        &format!(
            "FROM {base}\nRUN --mount=type=secret,id=token --mount=type=secret,id=password \
             <<'SCRIPT'\nset -e\nexport T=\"$(cat /run/secrets/token)\" \
             P=\"$(cat /run/secrets/password)\"\n{script}SCRIPT\n"
        ),
    );
    let output = Command::new("docker")
        .args(["build", "--no-cache", "--network=none", "--tag", &tag])
        .args(["--secret", "id=token,src=token"])
        .args(["--secret", "id=password,src=password", "."])
        .current_dir(&folder.0)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", real::text(&output));

    let report = search(&tag);
    real::run("docker", &["image", "rm", &tag]);
    assert_eq!(report.incomplete, [], "{}", report.human());
    let found: BTreeSet<(String, String)> = report
        .findings
        .iter()
        .map(|finding| {
            let file = finding.path.split('!').next().unwrap_or_default();
            // Up to what is called by a digest or a date.
            let folder = FOLDERS.iter().find_map(|folder| {
                let at = file.find(folder)?;
                Some(&file[..at + folder.len()])
            });
            let file = folder.unwrap_or(file).to_owned();
            (finding.secret.clone(), file)
        })
        .collect();
    let missed: Vec<_> = expected.difference(&found).collect();
    assert!(missed.is_empty(), "missed {missed:#?} of {found:#?}");
    let extra: Vec<_> = found.difference(expected).collect();
    assert!(extra.is_empty(), "{extra:#?}");
}
