//! `mix deps.get` with a credential: what is rendered, and what is refused.

use dockerfile_dsl::recipes::hex;
use dockerfile_dsl::{Secret, Stage, sh};

use super::renders_as_its_page;

#[test]
fn page_shows_what_is_rendered() {
    let mut elixir = Stage::from_image("elixir:1.18-slim");
    let deps = hex::deps_get().key(Secret::env("HEX_KEY"));
    elixir
        .workdir("/app")
        .copy(["mix.exs", "mix.lock"], "./")
        .run(sh!("mix local.hex --force && mix local.rebar --force"))
        .run(deps.script().unwrap())
        .copy(".", "./")
        .run(sh!("MIX_ENV=prod mix release"));
    renders_as_its_page("hex", &mut elixir);
}
