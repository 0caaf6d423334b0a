//! `docker build`, through Buildx and before it; and the flags that podman, buildah and nerdctl share with it.
//!
//! In: a [`Plan`]. Out: the arguments, in one order: secrets first, the context last. Invariant: each value is in the argument of
//! its flag, and an id that a step mounts has exactly one `--secret`.

use super::argument::Argument;
use super::carried::Carried;
use super::plan::{Limits, Plan, Setting, Uncached};
use super::program::{Line, Program, pair};
use crate::Error;

pub(super) const BUILDX: Program = Program {
    limits: Limits {
        tool: "Buildx",
        lacks: &[],
        is_buildkit: true,
        has_no_cache_filter: true,
    },
    name: "docker",
    environment: &[],
    secret,
    line,
};

pub(super) const BEFORE_23: Program = Program {
    limits: Limits {
        tool: "Docker before 23",
        lacks: &[
            (Setting::Builder, "--builder"),
            (Setting::BuildContext, "--build-context"),
            (Setting::NoCacheFilter, "--no-cache-filter"),
            (Setting::RawJson, "--progress=rawjson"),
            (Setting::Quiet, "--progress=quiet"),
            (Setting::SecondPlatform, "a second --platform"),
        ],
        has_no_cache_filter: false,
        ..BUILDX.limits
    },
    environment: &[("DOCKER_BUILDKIT", "1")],
    ..BUILDX
};

/// Returns `id=ID,env=NAME` or `id=ID,src=PATH`, in the syntax of BuildKit's clients. Ids and names are plain by construction; a
/// path is quoted.
pub(super) fn secret(id: &str, carried: Carried<'_>) -> Result<Argument, Error> {
    let argument = Argument::text(format!("id={id},"));
    Ok(match carried {
        Carried::Env(name) => argument.push("env=").push(name),
        Carried::File(path) => argument.push_csv_path("src", path),
        Carried::FileOf(name) => argument.push("src=").push_shell(format!("${name}")),
    })
}

pub(super) fn line(program: &Program, plan: &Plan<'_>) -> Result<Line, Error> {
    let mut line = Line::new(&[program.name, "build"]);
    line.texts("--builder", plan.builder);
    for (id, carried) in &plan.secrets {
        line.flag("--secret", (program.secret)(id, *carried)?);
    }
    ssh(&mut line, plan);
    for (name, value) in &plan.build_args {
        line.flag("--build-arg", Argument::text(pair(name, *value)));
    }
    for (name, source) in &plan.build_contexts {
        let argument = Argument::text(*name).push("=").push_path(source);
        line.flag("--build-context", argument);
    }
    line.texts("--target", plan.target);
    line.texts("--platform", plan.platforms.iter().copied());
    line.texts("--tag", plan.tags.iter().copied());
    for (key, value) in &plan.labels {
        line.flag("--label", Argument::text(format!("{key}={value}")));
    }
    line.texts("--output", plan.outputs.iter().copied());
    if let Some(file) = plan.file {
        line.flag("--file", Argument::path(file));
    }
    match &plan.uncached {
        Uncached::Everything => line.word("--no-cache"),
        Uncached::Stages(stages) => line.texts("--no-cache-filter", stages.iter().copied()),
    }
    if let Some(progress) = plan.progress {
        line.flag("--progress", Argument::text(progress.to_string()));
    }
    if let Some(network) = plan.network {
        line.flag("--network", Argument::text(network.to_string()));
    }
    // `--file -` and the context `-` would read the same input twice; the context alone suffices.
    let context = if plan.context.starts_with('-') && plan.context != "-" {
        Argument::text("./").push(plan.context)
    } else {
        Argument::path(plan.context)
    };
    Ok(line.end_with_context(context))
}

/// Adds `--ssh ID=PATH[,PATH]`.
pub(super) fn ssh(line: &mut Line, plan: &Plan<'_>) {
    for (id, paths) in &plan.ssh {
        let mut argument = Argument::text(*id);
        for (index, path) in paths.iter().enumerate() {
            let before = if index == 0 { "=" } else { "," };
            argument = argument.push(before).push_path(path);
        }
        line.flag("--ssh", argument);
    }
}
