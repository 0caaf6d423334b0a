//! `buildctl build`: BuildKit's own client, for which the Dockerfile is one of many frontends.
//!
//! In: a [`Plan`]. Out: `--local` for directories, `--opt` for the options of the frontend; a secret has the same syntax as for
//! `docker build`. Invariant: an `--opt` is split at its first `=` only, so its value needs no quoting.

use super::BuildNetwork;
use super::argument::Argument;
use super::docker;
use super::in_context::is_remote;
use super::plan::{Limits, Plan, Setting, Uncached};
use super::program::{Line, Program, pair};
use crate::Error;

pub(super) const BUILDCTL: Program = Program {
    limits: Limits {
        tool: "buildctl",
        lacks: &[
            (
                Setting::Builder,
                "--builder; BUILDKIT_HOST names the daemon",
            ),
            (Setting::Quiet, "--progress=quiet"),
            (Setting::Stdin, "a Dockerfile on standard input"),
        ],
        ..docker::BUILDX.limits
    },
    name: "buildctl",
    line,
    ..docker::BUILDX
};

fn line(program: &Program, plan: &Plan<'_>) -> Result<Line, Error> {
    let mut line = Line::new(&[program.name, "build", "--frontend", "dockerfile.v0"]);
    for (id, carried) in &plan.secrets {
        line.flag("--secret", (program.secret)(id, *carried)?);
    }
    docker::ssh(&mut line, plan);
    files(&mut line, plan)?;
    for (name, value) in &plan.build_args {
        option(&mut line, &format!("build-arg:{}", pair(name, *value)));
    }
    for (name, source) in &plan.build_contexts {
        if is_remote(source) {
            option(&mut line, &format!("context:{name}={source}"));
        } else {
            line.flag("--local", Argument::text(*name).push("=").push_path(source));
            option(&mut line, &format!("context:{name}=local:{name}"));
        }
    }
    if let Some(target) = plan.target {
        option(&mut line, &format!("target={target}"));
    }
    if !plan.platforms.is_empty() {
        option(&mut line, &format!("platform={}", plan.platforms.join(",")));
    }
    for (key, value) in &plan.labels {
        option(&mut line, &format!("label:{key}={value}"));
    }
    match &plan.uncached {
        Uncached::Everything => line.word("--no-cache"),
        Uncached::Stages(stages) if stages.is_empty() => {}
        Uncached::Stages(stages) => option(&mut line, &format!("no-cache={}", stages.join(","))),
    }
    if let Some(progress) = plan.progress {
        line.flag("--progress", Argument::text(progress.to_string()));
    }
    match plan.network {
        None | Some(BuildNetwork::Default) => {}
        Some(BuildNetwork::None) => option(&mut line, "force-network-mode=none"),
        Some(BuildNetwork::Host) => {
            option(&mut line, "force-network-mode=host");
            line.flag("--allow", Argument::text("network.host"));
        }
    }
    outputs(&mut line, plan)?;
    Ok(line)
}

/// Adds the places of the context and the Dockerfile.
fn files(line: &mut Line, plan: &Plan<'_>) -> Result<(), Error> {
    let (folder, name) = match plan.file {
        Some(file) => match file.rsplit_once('/') {
            Some(("", name)) => (Some("/"), Some(name)),
            Some((folder, name)) => (Some(folder), Some(name)),
            None => (Some("."), Some(file)),
        },
        None => (None, None),
    };
    if is_remote(plan.context) {
        if plan.file.is_some() || plan.is_beside_script {
            return Err(Error::new(format!(
                "buildctl reads the Dockerfile from the context, and that is `{}`; omit --file \
                 or name a directory as context",
                plan.context
            )));
        }
        option(line, &format!("context={}", plan.context));
        return Ok(());
    }
    let context = Argument::text("context=").push_path(plan.context);
    line.flag("--local", context);
    let dockerfile = Argument::text("dockerfile=");
    let dockerfile = if plan.is_beside_script {
        dockerfile.push_script_folder()
    } else {
        dockerfile.push_path(folder.unwrap_or(plan.context))
    };
    line.flag("--local", dockerfile);
    if let Some(name) = name {
        option(line, &format!("filename={name}"));
    }
    Ok(())
}

/// Adds the outputs. The name of an image is part of its output.
fn outputs(line: &mut Line, plan: &Plan<'_>) -> Result<(), Error> {
    if let Some(output) = plan.outputs.iter().find(|output| !output.contains("type=")) {
        return Err(Error::new(format!(
            "--output `{output}`: buildctl needs the type, as in `type=local,dest={output}`"
        )));
    }
    match (plan.tags.as_slice(), plan.outputs.as_slice()) {
        ([], outputs) => line.texts("--output", outputs.iter().copied()),
        ([tag], []) => {
            line.flag("--output", Argument::text(format!("type=image,name={tag}")));
        }
        (tags, []) => {
            let output = format!("type=image,\"name={}\"", tags.join(","));
            line.flag("--output", Argument::text(output));
        }
        (_, _) => {
            return Err(Error::new(
                "buildctl takes the name of an image from its output, as in \
                 `.output(\"type=image,name=app,push=true\")`; leave `.tag(..)` out",
            ));
        }
    }
    Ok(())
}

fn option(line: &mut Line, option: &str) {
    line.flag("--opt", Argument::text(option));
}
