//! kaniko, the fork that mounts secrets (osscontainertools/kaniko 1.26.3 and later).
//!
//! In: a [`Plan`]. Out: the arguments of its executor, which has no sub-command and takes the context as a flag. Invariant: it
//! splits a `--secret` at every comma and reads a file from `/`, so a path with a comma and a relative one are refused.

use super::argument::Argument;
use super::carried::Carried;
use super::docker;
use super::plan::{Limits, Plan, Setting};
use super::program::{Line, Program, pair};
use crate::Error;

pub(super) const KANIKO: Program = Program {
    limits: Limits {
        tool: "kaniko",
        lacks: &[
            (Setting::Builder, "--builder"),
            (Setting::Ssh, "a mount of an SSH agent"),
            (Setting::BuildContext, "--build-context"),
            (Setting::SecondPlatform, "a second --platform"),
            (Setting::Output, "--output; a tag is where it pushes to"),
            (
                Setting::NoCacheFilter,
                "--no-cache-filter; it has no cache unless --cache is given",
            ),
            (Setting::Progress, "--progress"),
            (Setting::Network, "--network"),
            (Setting::Stdin, "a Dockerfile on standard input"),
        ],
        is_buildkit: false,
        has_no_cache_filter: false,
    },
    name: "/kaniko/executor",
    secret,
    line,
    ..docker::BUILDX
};

/// Its prefixes for contexts that are not directories.
const CONTEXTS: &[&str] = &["dir://", "tar://", "git://", "gs://", "s3://"];

/// Returns `id=ID,env=NAME` or `id=ID,src=PATH`.
fn secret(id: &str, carried: Carried<'_>) -> Result<Argument, Error> {
    let argument = Argument::text(format!("id={id},"));
    match carried {
        Carried::Env(name) => Ok(argument.push("env=").push(name)),
        Carried::File(path) if path.contains(',') => Err(Error::new(format!(
            "secret `{id}`: kaniko splits a --secret at every comma, and the path `{path}` has \
             one; use a link without one"
        ))),
        Carried::File(path) if !path.starts_with(['/', '~']) => Err(Error::new(format!(
            "secret `{id}`: kaniko reads secrets from `/`, where `{path}` is a different file; \
             write the whole path"
        ))),
        Carried::File(path) => Ok(argument.push("src=").push_path(path)),
        Carried::FileOf(name) => Ok(argument.push("src=").push_shell(format!("${name}"))),
    }
}

fn line(program: &Program, plan: &Plan<'_>) -> Result<Line, Error> {
    let is_its_own = CONTEXTS
        .iter()
        .any(|prefix| plan.context.starts_with(prefix));
    if plan.context.contains("://") && !is_its_own {
        return Err(Error::new(format!(
            "kaniko does not read the context `{}`; name a directory, or begin with one of {}",
            plan.context,
            CONTEXTS.join(", ")
        )));
    }
    let mut line = Line::new(&[program.name]);
    for (id, carried) in &plan.secrets {
        line.flag("--secret", secret(id, *carried)?);
    }
    for (name, value) in &plan.build_args {
        line.flag("--build-arg", Argument::text(pair(name, *value)));
    }
    line.texts("--target", plan.target);
    line.texts("--custom-platform", plan.platforms.iter().copied());
    line.texts("--destination", plan.tags.iter().copied());
    if plan.tags.is_empty() {
        line.word("--no-push");
    }
    for (key, value) in &plan.labels {
        line.flag("--label", Argument::text(format!("{key}={value}")));
    }
    if plan.is_beside_script {
        let file = Argument::default().push_script_folder().push("/Dockerfile");
        line.flag("--dockerfile", file);
    } else if let Some(file) = plan.file {
        line.flag("--dockerfile", Argument::path(file));
    } else if plan.context != "." && !is_its_own {
        // Otherwise it would use one of the current directory first.
        let file = Argument::path(plan.context).push("/Dockerfile");
        line.flag("--dockerfile", file);
    }
    line.flag("--context", Argument::path(plan.context));
    Ok(line)
}
