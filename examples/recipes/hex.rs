//! Packages of a private organization of Hex.

use dockerfile_dsl::recipes::hex;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, sh};

const HEX_KEY: Secret = Secret::env("HEX_KEY");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let deps = hex::deps_get().key(HEX_KEY).script()?;
    let stage = Stage::from_image("elixir:1.18-slim")
        .workdir("/app")
        .copy(["mix.exs", "mix.lock"], "./")
        .run(sh!("mix local.hex --force && mix local.rebar --force"))
        .run(deps)
        .copy(".", "./")
        .run(sh!("MIX_ENV=prod mix release"))
        .build();
    Dockerfile::from_stage(&stage)
}
