//! The differences of `podman build` and `buildah build` from `docker build`.
//!
//! In: a [`Plan`]. Out: the arguments of `docker build` with their syntax of a secret. Invariant: they split a `--secret` at
//! every comma, even inside quotes, so a path with one is refused.

use super::BuildNetwork;
use super::argument::Argument;
use super::carried::Carried;
use super::docker;
use super::plan::{Limits, Plan, Setting};
use super::program::{Line, Program};
use crate::Error;

pub(super) const PODMAN: Program = Program {
    limits: Limits {
        tool: "podman",
        lacks: &[
            (Setting::Builder, "--builder"),
            (
                Setting::NoCacheFilter,
                "--no-cache-filter; `.fresh_secrets()` passes --no-cache",
            ),
            (Setting::Progress, "--progress"),
            (
                Setting::SecondPlatform,
                "a second --platform without a manifest list",
            ),
        ],
        is_buildkit: false,
        has_no_cache_filter: false,
    },
    name: "podman",
    environment: &[],
    secret,
    line,
};

pub(super) const BUILDAH: Program = Program {
    limits: Limits {
        tool: "buildah",
        ..PODMAN.limits
    },
    name: "buildah",
    ..PODMAN
};

/// Returns `id=ID,type=env,env=NAME` or `id=ID,type=file,src=PATH`. Without the type, a path would be parsed as the name of a
/// variable if a variable has the name of the id.
fn secret(id: &str, carried: Carried<'_>) -> Result<Argument, Error> {
    let argument = Argument::text(format!("id={id},"));
    match carried {
        Carried::Env(name) => Ok(argument.push("type=env,env=").push(name)),
        Carried::File(path) if path.contains(',') => Err(Error::new(format!(
            "secret `{id}`: podman and buildah split a --secret at every comma, and the path \
             `{path}` has one; use a link without one"
        ))),
        Carried::File(path) => Ok(argument.push("type=file,src=").push_path(path)),
        Carried::FileOf(name) => {
            let argument = argument.push("type=file,src=");
            Ok(argument.push_shell(format!("${name}")))
        }
    }
}

fn line(program: &Program, plan: &Plan<'_>) -> Result<Line, Error> {
    let network = plan.network;
    // `default` would be a network with that name.
    let network = network.filter(|network| *network != BuildNetwork::Default);
    docker::line(
        program,
        &Plan {
            network,
            ..plan.clone()
        },
    )
}
