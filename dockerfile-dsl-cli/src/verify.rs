//! `dockerfile-dsl verify`: is any of these values in the image?
//!
//! In: the secrets as `docker build` takes them, and an image: archive, directory, stream, or one of a local engine's.
//! Out: the report. Values are read here, searched for, and wiped; neither the report nor an error holds one.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use clap::{Args, ValueEnum};
use dockerfile_dsl_verify::{Image, Progress, Reason, Report, Secret, Verdict, Verify};
use indicatif::{ProgressBar, ProgressStyle};

use crate::{Status, output};

mod secret_flag;

/// What to search for, where, and how to say it.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A secret that was given to the build, as `docker build` takes it
    #[arg(
        long = "secret",
        value_name = "id=ID[,src=FILE|,env=NAME]",
        required = true,
        value_parser = secret_flag::parse
    )]
    secrets: Vec<Secret>,
    /// A docker or OCI archive, the directory of an OCI layout or of an exported cache, a build record, a log; `-` is standard
    /// input; what is no file is an image of the engine's store
    #[arg(value_name = "IMAGE")]
    image: String,
    /// The engine that has the image
    #[arg(long, value_name = "PROGRAM", default_value = "docker")]
    engine: PathBuf,
    /// A layer of the base image, by diff id or digest: a part of a secret that also stands there is known text
    #[arg(long = "base-layer", value_name = "DIGEST")]
    base_layers: Vec<String>,
    /// The base image, in the engine's store or as an archive: its layers are base layers
    #[arg(long = "base", value_name = "IMAGE")]
    bases: Vec<String>,
    /// Compare the diff ids of compressed layers too
    #[arg(long)]
    diff_ids: bool,
    /// Accept what could not be searched for this reason
    #[arg(long = "allow-incomplete", value_name = "REASON", value_parser = str::parse::<Reason>)]
    allowed: Vec<Reason>,
    /// How to report
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// For people, on stderr
    Human,
    /// One object
    Json,
    /// SARIF 2.1.0, for code hosts
    Sarif,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Status, Box<dyn Error>> {
    let progress = Progress::default();
    let mut verify = Verify::new(arguments.secrets.iter().cloned())
        .base_layers(&arguments.base_layers)
        .progress(progress.clone());
    if arguments.diff_ids {
        verify = verify.check_diff_ids();
    }
    for base in &arguments.bases {
        verify = verify.base_image(arguments.image(base))?;
    }
    let mut report =
        with_progress_bar(&progress, || verify.run(arguments.image(&arguments.image)))?;
    for &reason in &arguments.allowed {
        report.accept(reason);
    }
    arguments.answer(&report)?;
    Ok(match report.verdict() {
        Verdict::Clean => Status::Clean,
        Verdict::Leaked => Status::Findings,
        Verdict::Incomplete => Status::Incomplete,
    })
}

impl Arguments {
    fn image(&self, image: &str) -> Image {
        // No image's name begins like the path of a file.
        let is_path = |text: &str| text.starts_with(['.', '/']) || text.ends_with(".tar");
        match image {
            "-" => Image::reader("standard input", std::io::stdin()),
            path if Path::new(path).exists() || is_path(path) => Image::path(path),
            name => Image::in_engine(&self.engine, name),
        }
    }

    fn answer(&self, report: &Report) -> std::io::Result<()> {
        match self.format {
            Format::Human => {
                output::tell(&report.human());
                Ok(())
            }
            Format::Json => output::answer(&(report.json() + "\n")),
            Format::Sarif => output::answer(&(report.sarif() + "\n")),
        }
    }
}

/// Shows on a terminal how far the work has come; elsewhere only does it.
fn with_progress_bar<T>(progress: &Progress, work: impl FnOnce() -> T) -> T {
    // Hidden by itself where stderr is no terminal.
    let bar = ProgressBar::no_length();
    if bar.is_hidden() {
        return work();
    }
    let style = ProgressStyle::with_template("{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    std::thread::scope(|scope| {
        let (done, is_done) = channel::<()>();
        let (bar, shown) = (bar.clone(), progress.clone());
        scope.spawn(move || {
            while is_done.recv_timeout(Duration::from_millis(100)) == Err(RecvTimeoutError::Timeout)
            {
                if let Some(total) = shown.total() {
                    bar.set_length(total);
                }
                bar.set_position(shown.read());
            }
            bar.finish_and_clear();
        });
        let result = work();
        drop(done);
        result
    })
}
