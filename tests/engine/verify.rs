//! `build_and_verify` and `verify` with real builders: Docker Engine with both of its image stores, podman, buildah; and with a
//! real registry.

mod canary;
mod containerd;
mod docker;
mod images;
mod podman;
pub(crate) mod real;
mod registry;

use dockerfile_dsl_tests::trials::Trial;

pub(crate) fn trials() -> Vec<Trial> {
    let trials = [
        canary::trials(),
        containerd::trials(),
        docker::trials(),
        images::trials(),
        podman::trials(),
        registry::trials(),
    ];
    trials.into_iter().flatten().collect()
}
