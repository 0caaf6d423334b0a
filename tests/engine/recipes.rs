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
use dockerfile_dsl_tests::pages::Page;
use dockerfile_dsl_tests::trials::Trial;

use crate::builders::{Build, Built, Engine};
use crate::server::Server;

// A file for each recipe: its server, and its proofs.
mod apt;
mod bun;
mod bundler;
mod cargo;
mod composer;
mod curl;
mod dnf;
mod git;
mod git_ssh;
mod go;
mod gpg;
mod huggingface;
mod maven;
mod npm;
mod pip;
mod pnpm;
mod poetry;
mod s3;
mod sentry;
mod uv;
mod yarn;

pub(crate) fn trials() -> Vec<Trial> {
    let trials = [
        apt::trials(),
        bun::trials(),
        bundler::trials(),
        cargo::trials(),
        composer::trials(),
        curl::trials(),
        dnf::trials(),
        git::trials(),
        git_ssh::trials(),
        go::trials(),
        gpg::trials(),
        huggingface::trials(),
        maven::trials(),
        npm::trials(),
        pip::trials(),
        pnpm::trials(),
        poetry::trials(),
        s3::trials(),
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
    /// The host in the page, which the server replaces.
    host: &'a str,
    context: &'a Path,
    /// The variable that the credential comes from.
    variable: &'a str,
    /// What is in it for a token.
    content: &'a dyn Fn(&str) -> String,
    /// What the program says to a wrong credential.
    refusal: &'a str,
}

impl Proof<'_> {
    /// Builds the recipe with the right credential, with a wrong one, and without.
    #[track_caller]
    fn prove(&self, engine: &Engine) {
        self.prove_with(engine, &[]);
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
    fn prove_with(&self, engine: &Engine, others: &[(&str, &str)]) {
        let image = Dockerfile::from_stage(&self.stage.build()).unwrap();
        let text = self.on_loopback(&image.render());
        let build = |token: Option<&str>| {
            let content = token.map(self.content);
            let variables: Vec<(&str, &str)> = content
                .iter()
                .map(|content| (self.variable, content.as_str()))
                .chain(others.iter().copied())
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
        let report = search(engine, &built, TOKEN);
        assert_eq!(report.verdict(), Verdict::Clean, "{report:?}");
        let mistakes = if self.has_page {
            let on_loopback = |text: &str| self.on_loopback(text);
            let content = (self.content)(TOKEN);
            let whole = [("LEAKING", TOKEN), ("LEAKING_CONTENT", content.as_str())];
            let variables = [&whole, others].concat();
            let (recipe, context) = (self.recipe, self.context);
            mistakes_with(engine, recipe, context, TOKEN, &variables, &on_loopback)
        } else {
            Vec::new()
        };
        keep_row(&row(self.call, &mistakes));
    }

    /// Returns the text with the server in the place of its host.
    fn on_loopback(&self, text: &str) -> String {
        let (host, address) = (self.host, format!("127.0.0.1:{}", self.server.port));
        text.replace("https://", &format!("{}://", self.server.scheme))
            // A word that is the host alone, as in a line of `.netrc`, has no port.
            .replace(&format!(" {host} "), " 127.0.0.1 ")
            .replace(host, &address)
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
    let variables = [("LEAKING", value)];
    mistakes_with(engine, recipe, context, value, &variables, on_loopback)
}

/// Does so with several variables: a secret of the honest Dockerfile is `LEAKING_CONTENT`, of which the value may be a part; any other has the
/// variable of its name, or is `LEAKING`.
#[track_caller]
fn mistakes_with(
    engine: &Engine,
    recipe: &str,
    context: &Path,
    value: &str,
    variables: &[(&str, &str)],
    on_loopback: &dyn Fn(&str) -> String,
) -> Vec<(String, String)> {
    let page = Page::of(recipe);
    let has = |variable: &str| variables.iter().any(|(name, _)| *name == variable);
    let mut mistakes = Vec::new();
    for (index, (sentence, text)) in page.leaks.iter().enumerate() {
        let parsed = import::parse(text).unwrap();
        let findings = parsed.check();
        let mut refused = findings.iter();
        let refused = refused.find(|finding| finding.severity == Severity::Error);
        let rule = refused.expect(sentence).rule.to_string();
        let tag = format!("dsl-test/recipe-{recipe}-{index}");
        let mut line = format!("docker build --network host --progress plain --tag {tag} --file -");
        for id in parsed.secret_ids() {
            let is_honest = page.rendered.contains(&format!("id={id},"));
            let variable = match id.as_str() {
                id if has(id) => id,
                _ if is_honest && has("LEAKING_CONTENT") => "LEAKING_CONTENT",
                _ => "LEAKING",
            };
            line += &format!(" --secret id={id},env={variable}");
        }
        line += " .";
        let text = on_loopback(text);
        let built = engine.build_line(&line, BuildTool::Buildx, &text, context, variables);
        let report = search(engine, &Built { tag, ..built }.expect_success(), value);
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
fn search(engine: &Engine, built: &Built, value: &str) -> Report {
    let value = Value::new("credential", value).unwrap();
    let verify = Verify::new([value]);
    let saved = Image::reader("image", Cursor::new(engine.save(built)));
    let mut report = verify.run(saved).unwrap();
    let log = Image::log("log", Cursor::new(built.log.clone().into_bytes()));
    report.extend(verify.run(log).unwrap());
    report
}

/// Returns a path without the time of the run, which npm has in the names of its logs.
fn stable(path: &str) -> String {
    match path.split_once("/_logs/") {
        Some((folder, _)) => format!("{folder}/_logs/"),
        None => path.to_owned(),
    }
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
