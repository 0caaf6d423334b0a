//! Files of the corpora as code: imported, compiled in one crate, rendered, and compared with the original.
//!
//! A file that the library refuses to import is in a list here, with the reason. A file with findings does not compile, and rustc
//! reports exactly the steps with findings.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use dockerfile_dsl::import::{self, Code};
use dockerfile_dsl_tests::compiler::Compiler;
use dockerfile_dsl_tests::imported::{Files, Imported, crate_of, rendered};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::{ThirdParty, Trial, third_party};
use serde_json::Value;

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = trials!([own_files]);
    trials.extend(trials!(&third_party("real"), [real]));
    trials.extend(trials!(&third_party("real-2"), [real_2]));
    trials.extend(trials!(&third_party("wholefile"), [wholefile]));
    trials.extend(trials!(&third_party("wholefile-2"), [wholefile_2]));
    trials
}

fn own_files() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/wholefile");
    check(&data, "own", REFUSED);
}

/// Files that no code is equal to.
const REFUSED: &[(&str, &str)] = &[("152-stage-same-name", "two stages have the same name")];

fn real(folder: &ThirdParty) {
    check(folder.path(), "real", &[]);
}

fn real_2(folder: &ThirdParty) {
    check(folder.path(), "real_2", &[]);
}

fn wholefile(folder: &ThirdParty) {
    check(folder.path(), "wholefile", REFUSED);
}

fn wholefile_2(folder: &ThirdParty) {
    check(folder.path(), "wholefile_2", &[]);
}

/// Imports every file of a folder, with the given refusals: the name of a file and a part of the reason.
fn check(folder: &Path, name: &str, refusals: &[(&str, &str)]) {
    let Files {
        imported,
        mut refused,
    } = Files::of(folder);
    let count = imported.len() + refused.len();
    let raw: usize = imported
        .iter()
        .map(|file| file.code.raw_lines().len())
        .sum();
    let macros = imported.iter().filter(|file| file.as_macro.is_some());
    let macros = macros.count();
    let (clean, leaky): (Vec<_>, Vec<_>) = imported.iter().partition(|file| file.is_clean());
    eprintln!(
        "import of {name}: {} files, {} clean, {} with findings, {} refused; {raw} raw steps; \
         {macros} as `dockerfile!`, too",
        count,
        clean.len(),
        leaky.len(),
        refused.len(),
    );
    for (name, reason) in &refused {
        eprintln!("    {name}: {reason}");
    }
    let scratch = Compiler::beside_this_test(concat!(env!("CARGO_TARGET_TMPDIR"), "/import"));
    renders_the_same(&scratch, name, &clean);
    fails_at_its_findings(&scratch, name, &leaky);
    formatted(&scratch, name, &imported);
    for (name, reason) in refusals {
        let why = refused.remove(*name).unwrap_or_default();
        assert!(why.contains(reason), "{name}: {why}");
    }
    assert!(refused.is_empty(), "{refused:#?}");
}

/// Compiles the clean files in one program, and compares the definition of what each renders with that of the original.
fn renders_the_same(compiler: &Compiler, name: &str, files: &[&Imported]) {
    for (file, rendered) in rendered(compiler, name, files) {
        let read = import::parse(&rendered)
            .unwrap_or_else(|error| panic!("{}: {error}\n{rendered}", file.name));
        assert_eq!(
            read.definition(),
            file.parsed.definition(),
            "{}\n{rendered}",
            file.name
        );
    }
}

/// A step with findings: its module, and its first and last line there.
type Step = (String, usize, usize);

fn steps(module: String, code: &Code) -> Vec<Step> {
    let lines: Vec<&str> = code.as_str().lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_finding = |line: &str| line.trim_start().starts_with("// finding ");
    let is_first = |at: &usize| is_finding(lines[*at]) && !is_finding(lines[at - 1]);
    let step = |at: usize| {
        // The statement below the comments, up to the next one.
        let statement = at
            + lines[at..]
                .iter()
                .take_while(|line| is_finding(line))
                .count();
        let starts = |line: &&str| !line.is_empty() && indent(line) == indent(lines[at]);
        let rest = &lines[statement + 1..];
        let length = rest.iter().position(starts).unwrap_or(rest.len());
        (module.clone(), at + 1, statement + 1 + length)
    };
    (0..lines.len()).filter(is_first).map(step).collect()
}

/// Checks that rustc refuses the steps with findings, and no other line.
fn fails_at_its_findings(compiler: &Compiler, name: &str, files: &[&Imported]) {
    let modules: Vec<&Code> = files.iter().flat_map(|file| file.forms()).collect();
    let source = crate_of(compiler, &format!("{name}_leaky"), &modules, "");
    let all: Vec<Step> = modules
        .iter()
        .enumerate()
        .flat_map(|(index, code)| steps(format!("file_{index}.rs"), code))
        .collect();
    assert!(!all.is_empty());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = compiler.check(folder, &source, name, &["--error-format=json"]);
    let mut refused = BTreeSet::new();
    let mut elsewhere = Vec::new();
    for line in String::from_utf8_lossy(&output.stderr).lines() {
        let Ok(diagnostic) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        let message = diagnostic["message"].as_str().unwrap_or_default();
        if diagnostic["level"] != "error" || message.starts_with("aborting") {
            continue;
        }
        let spans = diagnostic["spans"].as_array().into_iter().flatten();
        let primary = spans.into_iter().find(|span| span["is_primary"] == true);
        let place = primary.and_then(|span| {
            let line = usize::try_from(span["line_start"].as_u64()?).ok()?;
            Some((span["file_name"].as_str()?, line))
        });
        let at = place.and_then(|(file, line)| {
            all.iter().position(|(module, first, last)| {
                Path::new(file).ends_with(module) && (*first..=*last).contains(&line)
            })
        });
        match at {
            Some(step) => {
                refused.insert(step);
            }
            None => elsewhere.push(format!("{place:?}: {message}")),
        }
    }
    assert!(elsewhere.is_empty(), "{}: {elsewhere:#?}", source.display());
    let compiled: Vec<&Step> = (0..all.len())
        .filter(|step| !refused.contains(step))
        .map(|step| &all[step])
        .collect();
    assert!(compiled.is_empty(), "{}: {compiled:#?}", source.display());
}

/// Checks that rustfmt, which is part of the toolchain, changes nothing.
fn formatted(compiler: &Compiler, name: &str, files: &[Imported]) {
    if !compiler.is_pinned {
        eprintln!("another toolchain may lay out code otherwise: the layout is not compared");
        return;
    }
    let folder = compiler.scratch(&format!("{name}_formatted"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the folder above was made");
    fs::write(folder.join("rustfmt.toml"), "").expect("the folder was made");
    let mut paths = Vec::new();
    for file in files {
        let path = folder.join(format!("{}.rs", file.name));
        fs::write(&path, file.code.as_str()).expect("the folder was made");
        paths.push(path);
    }
    let output = Command::new("rustfmt")
        .args(["--check", "--edition", "2024"])
        .args(&paths)
        .current_dir(&folder)
        .output();
    let Ok(output) = output else {
        eprintln!("rustfmt is not installed: the layout is not compared");
        return;
    };
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
