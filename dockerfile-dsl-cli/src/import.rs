//! `dockerfile-dsl import`: an existing Dockerfile as code of the library, or as data.
//!
//! In: a Dockerfile, and the sources of its secrets. Out: Rust on standard output, and on standard error what is left to do: raw
//! instructions, directives without a typed form, findings. With findings the status is 1, and the code does not compile.

use std::error::Error;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use dockerfile_dsl::Secret;
use dockerfile_dsl::import::{Code, Parsed};

use crate::build_arguments::{likely_source, refused};
use crate::check::configuration::Configuration;
use crate::status::Status;
use crate::{output, secret_flag, source};

#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    /// The Dockerfile; `-` is standard input
    #[arg(value_name = "FILE", default_value = "Dockerfile")]
    file: PathBuf,
    /// What to write
    #[arg(long = "to", value_enum, value_name = "FORM", default_value_t = Form::Rust)]
    form: Form,
    /// A secret that the file mounts, and the source of its value [default: the variable of its id]
    #[arg(
        long = "secret",
        value_name = "id=ID,env=NAME|src=FILE|cmd=COMMAND",
        value_parser = secret_flag::declare
    )]
    secrets: Vec<Secret>,
    /// Trusted programs: decisions in the code [default: dockerfile-dsl.toml in this directory or one above it]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Calls of the builder
    Rust,
    /// A `dockerfile!`
    Dsl,
    /// Data, which `serde` reads as a Dockerfile
    Json,
}

pub(crate) fn run(arguments: &ImportArguments) -> Result<Status, Box<dyn Error>> {
    let parsed = source::parsed(&arguments.file)?;
    let configuration = Configuration::load(arguments.config.as_deref())?;
    let secrets = &arguments.secrets;
    let noted = parsed.clone().policy(configuration.policy().clone());
    let code = match arguments.form {
        Form::Rust => noted.to_rust(secrets),
        Form::Dsl => noted.to_macro(secrets),
        // Data has the decisions that are comments in its text, and no others.
        Form::Json => return json(&parsed, secrets),
    };
    let code = code.map_err(|error| {
        let file = output::shown(&arguments.file);
        format!("{file} cannot be imported: {error}")
    })?;
    output::answer(code.as_str())?;
    tell(&code);
    Ok(if code.findings().is_empty() {
        Status::Clean
    } else {
        Status::Findings
    })
}

fn tell(code: &Code) {
    for directive in code.left_out() {
        output::tell(&format!(
            "note: `{directive}` is left out, as the code has no form for it\n"
        ));
    }
    let raw: Vec<String> = code.raw_lines().iter().map(usize::to_string).collect();
    if !raw.is_empty() {
        let count = match raw.len() {
            1 => "1 instruction is".to_owned(),
            count => format!("{count} instructions are"),
        };
        let lines = raw.join(", ");
        output::tell(&format!(
            "note: {count} imported as raw text: line {lines}\n"
        ));
    }
    let findings = code.findings();
    if !findings.is_empty() {
        let count = match findings.len() {
            1 => "1 finding is a comment in the code: mend its step".to_owned(),
            count => format!("{count} findings are comments in the code: mend their steps"),
        };
        output::tell(&format!("{count}, as the code does not compile before\n"));
    }
}

/// Writes the checked file as data. A secret without a flag gets its likely source.
fn json(parsed: &Parsed, secrets: &[Secret]) -> Result<Status, Box<dyn Error>> {
    let mut secrets = secrets.to_vec();
    for id in parsed.secret_ids() {
        if !secrets.iter().any(|secret| secret.id() == id) && !id.contains('$') {
            secrets.push(secret_flag::declare(&likely_source(&id))?);
        }
    }
    match parsed.bind(&secrets) {
        Ok(dockerfile) => {
            output::answer_json(&(serde_json::to_string_pretty(&dockerfile)? + "\n"))?;
            Ok(Status::Clean)
        }
        Err(error) => Ok(refused(&error)),
    }
}
