use dockerfile_dsl::instructions::{Arg, Run};
use dockerfile_dsl::mounts::{CacheMount, SshMount};
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, expand, sh};

const TOOLS_TOKEN: Secret = Secret::env("TOOLS_TOKEN");
const NPMRC: Secret = Secret::env_as("npmrc", "NPMRC").optional();

/// The image of the Dockerfile that was imported.
pub fn image() -> Result<Dockerfile, Error> {
    let mut settings = Dockerfile::settings();
    settings.global_arg(Arg::new("BASE").default("debian:bookworm-slim"));

    let mut stage = Stage::from_image(expand("${BASE}"));
    stage.named("tools");
    stage.arg_or("CHANNEL", "stable");
    stage.instruction(
        Run::new(sh!("test -s {TOOLS_TOKEN} && mkdir -p /tools/${CHANNEL}"))
            .mount(CacheMount::at("/var/cache/tools").id("tools")),
    );
    let tools = stage.build();

    let mut stage = Stage::from_image("debian:bookworm-slim");
    stage.named("app");
    stage.copy_from(&tools, "/tools", "/tools");
    stage.instruction(
        Run::new(sh!(
            "set -e\ntest -f /root/.npmrc || true",
            @mount(NPMRC => "/root/.npmrc")
        ))
        .mount(SshMount::new()),
    );
    stage.cmd(["cat", "/etc/hostname"]);
    let app = stage.build();

    settings.dockerfile(&app)
}
