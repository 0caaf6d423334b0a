//! `build_and_verify` and `verify` with real builders: Docker Engine with both of its image stores, podman, buildah.
//!
//! Needs `.ci/engine start`. Without it the tests say so and pass; where `CI=true` is set they fail.

#[path = "verify_engine/containerd.rs"]
mod containerd;
#[path = "verify_engine/docker.rs"]
mod docker;
#[path = "verify_engine/podman.rs"]
mod podman;
#[path = "verify_engine/real.rs"]
mod real;
