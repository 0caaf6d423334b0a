//! `dockerfile-dsl verify`: searches images for the values of secrets.
//!
//! In: the secrets in the syntax of `docker build`, and images: archives, directories, streams, in a local engine or a registry.
//! Out: the report. Values are read here, searched for, and wiped; neither the report nor an error contains one.

use std::error::Error;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use dockerfile_dsl_analysis::printable::printable_lines;
use dockerfile_dsl_verify::{Image, Names, Progress, Reason, Report, Secret, Verdict, Verify};

use crate::status::Status;
use crate::{canary, output, secret_flag};

mod progress;

/// What to search for, in which images, and the output format.
#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    /// A secret that was given to the build, in the syntax of `docker build`
    #[arg(
        long = "secret",
        value_name = "id=ID[,src=FILE|,env=NAME]",
        required_unless_present = "canary",
        value_parser = secret_flag::parse
    )]
    secrets: Vec<Secret>,
    /// A folder of decoys from `canary new` that were given to the build
    #[arg(long, value_name = "FOLDER")]
    canary: Option<PathBuf>,
    /// A docker or OCI archive, the directory of an OCI layout or of an exported cache, a build record, a log; `-` is standard
    /// input; any other name is an image of the engine's store. Several images, such as the targets of a bake group, get one
    /// report
    #[arg(value_name = "IMAGE", required = true, long_help = image_help())]
    images: Vec<String>,
    /// The engine that stores the image
    #[arg(long, value_name = "PROGRAM", default_value = "docker")]
    engine: PathBuf,
    /// The platform to search in a registry's image [default: all]
    #[arg(long, value_name = "OS/ARCH[/VARIANT]")]
    platform: Option<String>,
    /// The program that reads registries, crane or skopeo [default: the one on PATH, crane first]
    #[arg(long, value_name = "PROGRAM")]
    registry_tool: Option<PathBuf>,
    /// A layer of the base image, by diff id or digest: parts of a secret that also occur there are known text
    #[arg(long = "base-layer", value_name = "DIGEST", value_parser = digest)]
    base_layers: Vec<String>,
    /// The base image, in the engine's store or as an archive: its layers are base layers
    #[arg(
        long = "base",
        value_name = "IMAGE",
        long_help = "The base image, in any form of IMAGE: its layers are base layers"
    )]
    bases: Vec<String>,
    /// Compare the diff ids of compressed layers, too
    #[arg(long)]
    diff_ids: bool,
    /// Accept an incomplete search for this reason
    #[arg(long = "allow-incomplete", value_name = "REASON", value_parser = reasons())]
    allowed: Vec<Reason>,
    /// Output format
    #[arg(long, value_enum, default_value_t = VerifyFormat::Human)]
    format: VerifyFormat,
}

/// Format of a report about an image.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum VerifyFormat {
    /// For people, on stderr
    Human,
    /// One object
    Json,
    /// SARIF 2.1.0, for code hosts
    Sarif,
    /// Workflow commands, which GitHub Actions shows as annotations
    Github,
    /// One HTML file, to be read in a browser and forwarded
    Html,
}

/// Parses a reason; lists all for help and errors.
fn reasons() -> impl TypedValueParser<Value = Reason> {
    let values = Reason::ALL.iter().map(|reason| {
        PossibleValue::new(reason.name()).help(reason.explanation().trim_end_matches('.'))
    });
    PossibleValuesParser::new(values).try_map(|name| name.parse::<Reason>())
}

/// Checks that a digest is whole: a part of one would match no layer.
fn digest(text: &str) -> Result<String, String> {
    let is_digest = text.strip_prefix("sha256:").is_some_and(|digits| {
        digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    is_digest.then(|| text.to_owned()).ok_or_else(|| {
        "expected `sha256:` and 64 hexadecimal digits, as `docker image inspect` shows them in \
         `RootFS`"
            .to_owned()
    })
}

/// Renders the help text for image names.
fn image_help() -> String {
    let text = "The image: a docker or OCI archive, the directory of an OCI layout or of an \
                exported cache, a build record, a log; `-` is standard input; any other name is \
                an image of the engine's store. Several images, such as the targets of a bake \
                group, get one report.\n\nA scheme is unambiguous; a path begins with ./ or /:";
    Names::schemes()
        .iter()
        .fold(text.to_owned(), |text, (scheme, what)| {
            format!("{text}\n  {scheme:<16} {what}")
        })
}

pub(crate) fn run(arguments: &VerifyArguments) -> Result<Status, Box<dyn Error>> {
    let progress = Progress::default();
    let decoys = match &arguments.canary {
        Some(folder) => canary::read(folder)?,
        None => Vec::new(),
    };
    let mut verify = Verify::new(arguments.secrets.iter().cloned().chain(decoys))
        .base_layers(&arguments.base_layers)
        .progress(progress.clone());
    if arguments.diff_ids {
        verify = verify.check_diff_ids();
    }
    for base in &arguments.bases {
        verify = verify.base_image(arguments.base(base)?)?;
    }
    let mut images = Vec::new();
    for name in &arguments.images {
        let image = arguments.names(arguments.platform.as_deref()).find(name)?;
        if let Some(note) = image.note() {
            output::tell(&format!("note: {note}\n"));
        }
        images.push((name.clone(), image));
    }
    let mut report = progress::shown(&progress, || {
        // A single image is not listed as one of several targets.
        match images.pop() {
            Some((_, image)) if images.is_empty() => verify.run(image),
            last => verify.run_all(images.into_iter().chain(last)),
        }
    })?;
    for &reason in &arguments.allowed {
        report.accept(reason);
    }
    arguments.format.answer(&report)
}

impl VerifyArguments {
    fn names(&self, platform: Option<&str>) -> Names {
        let mut names = Names::new().engine(&self.engine);
        if let Some(platform) = platform {
            names = names.platform(platform);
        }
        if let Some(tool) = &self.registry_tool {
            names = names.registry_tool(tool);
        }
        names
    }

    /// Opens a base image, for the platform if it has several.
    fn base(&self, name: &str) -> Result<Image, dockerfile_dsl_verify::Error> {
        let is_in_registry = name.starts_with("registry:") || name.starts_with("docker://");
        let platform = self.platform.as_deref().filter(|_| is_in_registry);
        self.names(platform).find(name)
    }
}

impl VerifyFormat {
    /// Writes the report, and returns its verdict as a status.
    pub(crate) fn answer(self, report: &Report) -> Result<Status, Box<dyn Error>> {
        match self {
            Self::Human => output::tell_styled(&human(report)),
            Self::Json => output::answer_json(&(report.json() + "\n"))?,
            Self::Sarif => output::answer_json(&(report.sarif() + "\n"))?,
            Self::Github => output::answer(&report.github())?,
            Self::Html => output::answer(&report.html())?,
        }
        Ok(match report.verdict() {
            Verdict::Clean => Status::Clean,
            Verdict::Leaked => Status::Findings,
            Verdict::Incomplete => Status::Incomplete,
        })
    }
}

/// Renders the report, with the colour of its verdict.
fn human(report: &Report) -> String {
    let text = printable_lines(&report.human());
    let verdict = report.verdict();
    let colour = match verdict {
        Verdict::Clean => 32,
        Verdict::Leaked => 31,
        Verdict::Incomplete => 33,
    };
    match text.strip_prefix(verdict.name()) {
        Some(rest) if output::has_colour() => format!("\x1b[1;{colour}m{verdict}\x1b[0m{rest}"),
        _ => text,
    }
}
