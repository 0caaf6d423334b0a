//! Each recipe is built with the real program, against a server on loopback that requires the credential; and so are the three mistakes of its
//! page.
//!
//! The right credential builds, without it or with another one the build fails, and `verify` finds nothing in the image or in the log. Each
//! mistake is refused by the analysis, builds, and is found by `verify`. The table of it is `docs/recipes.md`.

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use dockerfile_dsl::finding::Severity;
use dockerfile_dsl::verify::{Image, Place, Report, Secret as Value, Verdict, Verify};
use dockerfile_dsl::{BuildTool, Dockerfile, StageBuilder, Stale, import};
use dockerfile_dsl_tests::pages::{Mistake, Page};
use dockerfile_dsl_tests::trials::Trial;

use crate::builders::{Build, Built, Engine};
use crate::server::Server;

// A file for each recipe: its server, and its proofs.
mod apt;
mod azure;
mod bun;
mod bundler;
mod cargo;
mod composer;
mod cosign;
mod curl;
mod dnf;
mod gem;
mod git;
mod git_ssh;
mod go;
mod gpg;
mod gradle;
mod hex;
mod huggingface;
mod jarsigner;
mod maven;
mod npm;
mod nuget;
mod pip;
mod pnpm;
mod poetry;
mod r;
mod s3;
mod sccache;
mod sentry;
mod uv;
mod yarn;

pub(crate) fn trials() -> Vec<Trial> {
    let trials = [
        apt::trials(),
        azure::trials(),
        bun::trials(),
        bundler::trials(),
        cargo::trials(),
        composer::trials(),
        cosign::trials(),
        curl::trials(),
        dnf::trials(),
        gem::trials(),
        git::trials(),
        git_ssh::trials(),
        go::trials(),
        gpg::trials(),
        gradle::trials(),
        hex::trials(),
        huggingface::trials(),
        jarsigner::trials(),
        maven::trials(),
        npm::trials(),
        nuget::trials(),
        pip::trials(),
        pnpm::trials(),
        poetry::trials(),
        r::trials(),
        s3::trials(),
        sccache::trials(),
        sentry::trials(),
        uv::trials(),
        yarn::trials(),
    ];
    trials.into_iter().flatten().collect()
}

const TOKEN: &str = "x7KqZt9RmW2vB4nD8sF1pLcY";

/// A recipe in an image with nothing else.
struct Proof<'a> {
    /// The module, whose page has the mistakes.
    recipe: &'a str,
    /// The call, for the table.
    call: &'a str,
    /// Whether the mistakes of the page are built here, and not with another credential.
    has_page: bool,
    stage: StageBuilder,
    server: &'a Server,
    /// The host in the page, which the server replaces; several with `|` between them.
    host: &'a str,
    context: &'a Path,
    /// The variable that the credential comes from.
    variable: &'a str,
    /// What is in it for a token.
    content: &'a dyn Fn(&str) -> String,
    /// What the program says to a wrong credential.
    refusal: &'a str,
}

/// The secrets of a build beside the credential.
#[derive(Clone, Copy, Default)]
struct Others<'a> {
    /// The variable that each comes from, and its value.
    variables: &'a [(&'a str, &'a str)],
    /// The ids of those that come from a file, and its name in the context.
    files: &'a [(&'a str, &'a str)],
}

impl Proof<'_> {
    /// Builds the recipe with the right credential, with a wrong one, and without.
    #[track_caller]
    fn prove(&self, engine: &Engine) {
        self.prove_with(engine, Others::default());
        let requests = self.server.requests();
        let mut shown = requests
            .iter()
            .map(|request| request.header("authorization"));
        assert!(
            shown.any(|header| header.is_some()),
            "no credential was shown"
        );
    }

    /// Does so for a program that asks no server, with other secrets that are always right.
    #[track_caller]
    fn prove_with(&self, engine: &Engine, others: Others<'_>) {
        let files = others.files.iter().map(|(_, name)| self.context.join(name));
        let mut values: Vec<Vec<u8>> = files.map(|file| fs::read(file).unwrap()).collect();
        values.push(TOKEN.into());
        let image = Dockerfile::from_stage(&self.stage.build()).unwrap();
        let text = self.on_loopback(&image.render());
        let build = |token: Option<&str>| {
            let content = token.map(self.content);
            let variables: Vec<(&str, &str)> = content
                .iter()
                .map(|content| (self.variable, content.as_str()))
                .chain(others.variables.iter().copied())
                .collect();
            engine.build(Build {
                text: &text,
                context: self.context,
                variables: &variables,
                ..Build::of(image.build_command())
            })
        };
        assert!(!build(None).success, "it builds without a credential");
        build(Some("wrong-credential-0815")).expect_failure(self.refusal);
        let built = build(Some(TOKEN)).expect_success();
        let report = search(engine, &built, &values);
        assert_eq!(report.verdict(), Verdict::Clean, "{report:?}");
        let mistakes = if self.has_page {
            let on_loopback = |text: &str| self.on_loopback(text);
            let content = (self.content)(TOKEN);
            let whole = [("LEAKING", TOKEN), ("LEAKING_CONTENT", content.as_str())];
            let variables = [&whole, others.variables].concat();
            let others = Others {
                variables: &variables,
                files: others.files,
            };
            let (recipe, context) = (self.recipe, self.context);
            mistakes_with(engine, recipe, context, &values, others, &on_loopback)
        } else {
            Vec::new()
        };
        keep_row(&row(self.call, &mistakes));
    }

    /// Returns the text with the server in the place of its host.
    fn on_loopback(&self, text: &str) -> String {
        let mut text = text.replace("https://", &format!("{}://", self.server.scheme));
        for host in self.host.split('|') {
            text = text
                // A word that is the host alone, as in a line of `.netrc`, has no port.
                .replace(&format!(" {host} "), " 127.0.0.1 ")
                .replace(host, &format!("127.0.0.1:{}", self.server.port));
        }
        text
    }
}

/// Builds the mistakes of a page with a value; returns the rule that refuses each, and the file in which the value is found.
#[track_caller]
fn mistakes(
    engine: &Engine,
    recipe: &str,
    context: &Path,
    value: &str,
    on_loopback: &dyn Fn(&str) -> String,
) -> Vec<(String, String)> {
    let others = Others {
        variables: &[("LEAKING", value)],
        files: &[],
    };
    let values = [value.as_bytes().to_vec()];
    mistakes_with(engine, recipe, context, &values, others, on_loopback)
}

/// Does so with several values, one of which is found, and with files. A secret that is not a file is `LEAKING_CONTENT` if it is in the honest
/// Dockerfile, where the value may be a part of it; any other has the variable of its name, or is `LEAKING`.
#[track_caller]
fn mistakes_with(
    engine: &Engine,
    recipe: &str,
    context: &Path,
    values: &[Vec<u8>],
    others: Others<'_>,
    on_loopback: &dyn Fn(&str) -> String,
) -> Vec<(String, String)> {
    let page = Page::of(recipe);
    let variables = others.variables;
    let has = |variable: &str| variables.iter().any(|(name, _)| *name == variable);
    let mut mistakes = Vec::new();
    for (index, mistake) in page.leaks.iter().enumerate() {
        let Mistake {
            sentence,
            dockerfile,
            ..
        } = mistake;
        let parsed = import::parse(dockerfile).unwrap();
        let findings = parsed.check();
        let mut refused = findings.iter();
        let refused = refused.find(|finding| finding.severity == Severity::Error);
        let rule = refused.expect(sentence).rule.to_string();
        let tag = format!("dsl-test/recipe-{recipe}-{index}");
        let mut line = format!("docker build --network host --progress plain --tag {tag} --file -");
        for id in parsed.secret_ids() {
            let file = others.files.iter().find(|(known, _)| *known == id.as_str());
            if let Some((_, file)) = file {
                line += &format!(" --secret id={id},src={file}");
                continue;
            }
            let is_honest = page.rendered.contains(&format!("id={id},"));
            let variable = match id.as_str() {
                id if has(id) => id,
                _ if is_honest && has("LEAKING_CONTENT") => "LEAKING_CONTENT",
                _ => "LEAKING",
            };
            line += &format!(" --secret id={id},env={variable}");
        }
        line += " .";
        let text = on_loopback(dockerfile);
        let built = engine.build_line(&line, BuildTool::Buildx, &text, context, variables);
        let report = search(engine, &Built { tag, ..built }.expect_success(), values);
        assert_eq!(report.verdict(), Verdict::Leaked, "{sentence}");
        let found = report
            .findings
            .iter()
            .find(|finding| finding.place == Place::Layer);
        mistakes.push((rule, stable(&found.expect(sentence).path)));
    }
    mistakes
}

/// Returns the row of a recipe that was proven. Without mistakes they are those of the row above.
fn row(call: &str, mistakes: &[(String, String)]) -> String {
    let mut row = format!("| `{call}` | yes | no | no | clean | clean |");
    for (rule, path) in mistakes {
        row += &format!(" {rule}: `{path}` |");
    }
    if mistakes.is_empty() {
        row += " as above | as above | as above |";
    }
    row
}

/// Searches the image and the log of its build.
fn search(engine: &Engine, built: &Built, values: &[Vec<u8>]) -> Report {
    let values = values.iter().enumerate();
    let verify = Verify::new(values.map(|(index, value)| {
        let id = format!("credential {index}");
        Value::new(id, value.clone()).unwrap()
    }));
    let saved = Image::reader("image", Cursor::new(engine.save(built)));
    let mut report = verify.run(saved).unwrap();
    let log = Image::log("log", Cursor::new(built.log.clone().into_bytes()));
    report.extend(verify.run(log).unwrap());
    report
}

/// Returns a path without what differs from run to run: npm has the time in the names of its logs, and Gradle the number of its process.
fn stable(path: &str) -> String {
    for folder in ["/_logs/", "/daemon/"] {
        if let Some((before, _)) = path.split_once(folder) {
            return format!("{before}{folder}");
        }
    }
    path.to_owned()
}

/// Compares a row with that of `docs/recipes.md`, or writes it there.
#[track_caller]
fn keep_row(row: &str) {
    static WRITING: Mutex<()> = Mutex::new(());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/recipes.md");
    let _guard = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let text = fs::read_to_string(&path).unwrap();
    let is_same = |line: &str| line.split('|').nth(1) == row.split('|').nth(1);
    if Stale::from_environment() == Stale::Rewrite {
        let (head, rows) = text.split_once("|---|\n").unwrap();
        let mut rows: Vec<&str> = rows.lines().filter(|line| !is_same(line)).collect();
        rows.push(row);
        rows.sort_unstable();
        fs::write(&path, format!("{head}|---|\n{}\n", rows.join("\n"))).unwrap();
    } else {
        assert_eq!(text.lines().find(|line| is_same(line)), Some(row));
    }
}

fn itself(token: &str) -> String {
    token.to_owned()
}
