//! `nerdctl build`, which passes secrets and agents on to `buildctl` unchanged.
//!
//! In: a [`Plan`](super::plan::Plan). Out: the arguments of `docker build` that it supports. According to its
//! `cmd/nerdctl/builder/builder_build.go`, a context is a directory, and only one output is used.

use super::docker;
use super::plan::{Limits, Plan, Setting};
use super::program::{Line, Program};
use crate::Error;

pub(super) const NERDCTL: Program = Program {
    limits: Limits {
        tool: "nerdctl",
        lacks: &[
            (
                Setting::Builder,
                "--builder; BUILDKIT_HOST names the daemon",
            ),
            (
                Setting::NoCacheFilter,
                "--no-cache-filter; `.fresh_secrets()` passes --no-cache",
            ),
            (Setting::RawJson, "--progress=rawjson"),
            (Setting::Quiet, "--progress=quiet"),
        ],
        has_no_cache_filter: false,
        ..docker::BUILDX.limits
    },
    name: "nerdctl",
    line,
    ..docker::BUILDX
};

fn line(program: &Program, plan: &Plan<'_>) -> Result<Line, Error> {
    if plan.context == "-" || plan.context.contains("://") {
        return Err(Error::new(format!(
            "nerdctl builds from a directory, and the context is `{}`; name a directory, or use \
             Buildx",
            plan.context
        )));
    }
    if plan.outputs.len() > 1 {
        return Err(Error::new(
            "nerdctl takes one --output, and several are given; keep one, or use Buildx",
        ));
    }
    docker::line(program, plan)
}
