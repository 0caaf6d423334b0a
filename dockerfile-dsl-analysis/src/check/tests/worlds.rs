//! If worlds are skipped, the verdict of the first world is that of all worlds.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::super::{Copied, Record, Skip, is_open, programs, walk, worlds};
use crate::Span;
use crate::bases::{Bases, Guess};
use crate::dockerfile::{File, read};
use crate::interpreter::{Precision, on_its_own_stack};
use crate::programs::Programs;

/// Returns whether the other worlds are skipped, and checks that the findings are those of all worlds.
#[track_caller]
fn skips(name: &str, file: &File) -> bool {
    let programs = programs(file, Programs::NONE);
    on_its_own_stack(|| {
        let one = walk(
            file,
            &programs,
            (Bases::NONE, Guess::Other),
            &mut record(&mut Vec::new(), &mut BTreeSet::new(), &mut 0),
        );
        let is_skipped = !is_open(&one);
        if is_skipped {
            let (mut used, mut copied, mut steps) = (Vec::new(), BTreeSet::new(), 0);
            let record = record(&mut used, &mut copied, &mut steps);
            let all = worlds(file, &programs, Bases::NONE, record, Skip::Never);
            assert_eq!(one.0, all, "{name}");
        }
        is_skipped
    })
}

fn record<'a>(
    used: &'a mut Vec<Span>,
    copied: &'a mut BTreeSet<Copied>,
    steps: &'a mut u64,
) -> Record<'a> {
    Record {
        used,
        copied,
        steps,
        first: Precision::first,
    }
}

fn data(name: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> = paths.filter(|path| path.is_file()).collect();
    files.sort();
    let read = |path: PathBuf| Some((path.clone(), fs::read_to_string(path).ok()?));
    files.into_iter().filter_map(read).collect()
}

/// Converts a case to a Dockerfile on an unknown base.
fn case(text: &str) -> Option<File> {
    let (head, script) = text.split_once("\n---\n")?;
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    let mounts = lines.filter(|(key, _)| *key == "mount");
    let mounts: String = mounts
        .map(|(_, mount)| format!(" --mount={mount}"))
        .collect();
    let secret = "--mount=type=secret,id=tok,env=TOK --mount=type=secret,id=tok";
    let text = format!("FROM x\nRUN {secret}{mounts} <<'E_O_F'\n{script}\nE_O_F\n");
    read(&text).ok()
}

#[test]
fn a_world_that_is_skipped_has_the_same_verdict() {
    let (mut all, mut skipped) = (0, 0);
    for (path, text) in data("../tests/data/cases") {
        for text in text.split("=== ") {
            let Some(file) = case(text) else { continue };
            let name = text.lines().next().unwrap_or_default();
            all += 1;
            skipped += usize::from(skips(&format!("{path:?}: {name}"), &file));
        }
    }
    for (path, text) in data("../tests/data/wholefile") {
        let Ok(file) = read(&text) else { continue };
        all += 1;
        skipped += usize::from(skips(&format!("{path:?}"), &file));
    }
    assert!(all > 1500 && skipped * 4 > all * 3, "{skipped} of {all}");
}

/// Lookups in a directory that only the base image knows, also under another name.
#[test]
fn a_world_is_walked_where_the_base_image_decides() {
    let open = |script: &str| {
        let text = format!("FROM x\nRUN --mount=type=secret,id=tok <<'E'\n{script}\nE\n");
        !skips(script, &read(&text).expect("it can be read"))
    };
    const TOK: &str = "/run/secrets/tok";
    for (decides, does_not) in [
        (
            format!("cat {TOK} >x\nrm -f /x"),
            format!("cat {TOK} >x\nrm -f x"),
        ),
        (
            format!("cat {TOK} >x\nrm -f /*"),
            format!("cat {TOK} >y/x\nrm -f y/*"),
        ),
        (
            format!("echo 'cat {TOK}' >x\nsh /x"),
            format!("echo 'cat {TOK}' >x\nsh ./x"),
        ),
        (
            format!("test \"$HOME\" = /root || cat {TOK}"),
            format!("test \"$A\" = b || cat {TOK}"),
        ),
        (
            format!("test $(pwd) = / || cat {TOK}"),
            format!("test $(id) = / || cat {TOK}"),
        ),
        (
            format!("test ~ = /root || cat {TOK}"),
            format!("test a = /root || cat {TOK}"),
        ),
        (
            format!("${{CARGO_HOME:-cat}} {TOK}"),
            format!("${{CARGO_NAME:-cat}} {TOK}"),
        ),
        ("cat run/secrets/tok".into(), "cat src/secrets/tok".into()),
        (
            format!("cat {TOK} >x\nawk '{{print}}' /x\nrm x"),
            format!("cat {TOK} >x\nwc -c x\nrm x"),
        ),
        (
            format!("cat {TOK} >x\npython3 -c 'import a; a.b(\"/x\")'\nrm x"),
            format!("cat {TOK} >/srv/x\npython3 -c 'import a; a.b(\"/srv/x\")'\nrm /srv/x"),
        ),
        (
            format!("git config --global a.b c\ncat {TOK} >/root/.gitconfig"),
            format!("git config --global a.b c\ncat {TOK} >/root/.wgetrc"),
        ),
        (
            format!("cargo login <{TOK}\nrm -f ~/.cargo/*"),
            format!("wc -c <{TOK}\ncargo build"),
        ),
    ] {
        assert!(open(&decides), "{decides}");
        assert!(!open(&does_not), "{does_not}");
    }
    // The mount is in a directory that only the image knows.
    for (target, is_open) in [("x", true), ("/y", false)] {
        let mount = format!("--mount=type=secret,id=tok,target={target}");
        let text = format!("FROM x\nRUN {mount} cat /x\n");
        assert_eq!(
            !skips(target, &read(&text).expect("it can be read")),
            is_open
        );
    }
}
