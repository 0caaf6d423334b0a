//! The first screen of the README: its code renders its Dockerfile and its command, and the mistake below them is that of the picture.

use std::path::Path;

use dockerfile_dsl::{Rule, import};

mod example {
    use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, glob, sh};

    const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");

    pub(super) fn image() -> Result<Dockerfile, Error> {
        let app = Stage::from_image("node:22")
            .workdir("/app")
            .copy(glob("package*.json"), "./")
            .run(sh!("NPM_CONFIG_USERCONFIG={NPMRC} npm ci"))
            .build();
        Dockerfile::from_stage(&app)
    }
}

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::read_to_string(root.join(path)).unwrap()
}

/// The first block of a language.
fn block<'a>(readme: &'a str, language: &str) -> &'a str {
    let start = format!("```{language}\n");
    let (_, rest) = readme.split_once(&start).expect("has such a block");
    rest.split("```").next().unwrap_or_default()
}

#[test]
fn code_of_the_readme_is_that_of_this_test() {
    let own = include_str!("readme.rs");
    let (_, own) = own.split_once("mod example {\n").unwrap();
    let (own, _) = own.split_once("\n}\n").unwrap();
    let own = own.replace("pub(super) ", "");
    let lines: Vec<&str> = own
        .lines()
        .map(|line| line.strip_prefix("    ").unwrap_or(line))
        .collect();
    assert_eq!(
        block(&read("README.md"), "rust").trim_end(),
        lines.join("\n")
    );
}

#[test]
fn readme_shows_the_dockerfile_and_the_command_of_its_code() {
    let readme = read("README.md");
    let image = example::image().unwrap();
    assert_eq!(block(&readme, "dockerfile"), image.render());
    let command = image.build_command().tag("app").shell().unwrap();
    assert_eq!(block(&readme, "sh").trim_end(), command);
}

/// The same mistake in the Dockerfile is what `check` reports.
#[test]
fn mistake_of_the_picture_is_one_of_the_check_too() {
    let mistake = read("tests/ui/leak/npmrc_copied.rs");
    let (_, script) = mistake.split_once("sh!(\"").unwrap();
    let (script, _) = script.split_once('"').unwrap();
    assert!(read("README.md").contains(&format!("sh!(\"{script}\")")));
    let script = script.replace("{NPMRC}", "/run/secrets/npmrc");
    let text = format!("FROM node:22\nRUN --mount=type=secret,id=npmrc,required=true {script}\n");
    let findings = import::parse(&text).unwrap().check();
    let rules: Vec<Rule> = findings.iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, [Rule::SecretInLayer]);
}

/// The figures about refused scripts are those of the last long run.
#[test]
fn figures_are_the_measured_ones() {
    let measured = read("docs/measured.md");
    let line = measured.lines().find(|line| line.contains(" scripts: "));
    let numbers: Vec<&str> = line
        .unwrap()
        .split(|c: char| !c.is_ascii_digit())
        .filter(|text| !text.is_empty())
        .collect();
    let [scripts, leaking, missed, safe, accepted] = numbers[..] else {
        panic!("the line of docs/measured.md has another form: {numbers:?}");
    };
    assert_eq!(missed, "0");
    let readme = read("README.md").replace('\n', " ");
    for words in [
        format!("{scripts} generated scripts"),
        format!("{leaking} leave the value"),
        format!("the other {safe}, it accepts {accepted}"),
    ] {
        assert!(readme.contains(&words), "README.md does not say {words}");
    }
}
