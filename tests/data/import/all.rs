use dockerfile_dsl::instructions::{
    Add, Arg, CopyFiles, Env, Expose, GitDirectory, Healthcheck, Label, Network, Run, Source,
    Volume,
};
use dockerfile_dsl::mounts::{BindMount, CacheMount, SecretMount, Sharing, SshMount, TmpfsMount};
use dockerfile_dsl::{
    Dockerfile, Error, Secret, Stage, Syntax, danger, expand, inline, sh, shell_form,
};

const NPMRC: Secret = Secret::env_as("npmrc", "NPMRC").mode(0o444);
const NPMRC_2: Secret = Secret::env_as("npmrc", "NPMRC").optional();

/// The image of the Dockerfile that was imported.
pub fn image() -> Result<Dockerfile, Error> {
    let mut settings = Dockerfile::settings();
    settings.syntax(Syntax::Latest);
    settings.check_options("skip=JSONArgsRecommended");
    settings.global_arg(Arg::new("VERSION").default("1.2"));
    settings.global_arg(Arg::new("BASE"));

    let mut stage = Stage::from_image(expand("golang:${VERSION}"));
    stage.named("build");
    stage.platform(expand("$BUILDPLATFORM"));
    stage.stage_comment("The version of everything\nBuild it");
    stage.arg("TARGETOS");
    stage.arg_or("TARGETARCH", "amd64");
    stage.shell(["/bin/bash", "-eo", "pipefail", "-c"]);
    stage.instruction(
        Env::new("A", "1")
            .and("B", "two words")
            .and("C", expand("$A/x")),
    );
    stage.instruction(Label::new("org.opencontainers.image.title", "it's").and("x", "y"));
    stage.workdir("/src");
    stage.copy(["go.mod", "go.sum"], "./");
    stage.instruction(
        CopyFiles::new(
            [
                Source::Glob("package*.json".into()),
                Source::Path("src/".into()),
            ],
            "./",
        )
        .chown("1000:1000")
        .chmod("755")
        .link(),
    );
    stage.copy(
        [
            Source::Inline(inline("motd", "hello $USER\n")),
            Source::Inline(inline("plain", "a\n")),
        ],
        "/etc/",
    );
    stage.instruction(
        Add::http("https://example.com/a.tgz", "/a.tgz")
            .checksum("sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d"),
    );
    stage.instruction(Add::git(
        "https://github.com/moby/buildkit.git#v0.10.1",
        "/buildkit",
    ));
    stage.instruction(
        Add::git("https://github.com/moby/buildkit.git#v0.10.1", "/bk")
            .git_directory(GitDirectory::Keep),
    );
    stage.instruction(Add::new("rootfs.tar", "/"));
    stage.instruction(
        Run::new(sh!("go build ./...", @shell(bash)))
            .mount(
                CacheMount::at("/root/.cache")
                    .id("c")
                    .sharing(Sharing::Locked),
            )
            .mount(BindMount::at("/ctx").source(".").writable())
            .mount(TmpfsMount::at("/tmp").size(1000))
            .mount(SshMount::new().optional())
            .network(Network::None),
    );
    stage.run(sh!("npm ci", @mount(NPMRC => "/root/.npmrc"), @shell(bash)));
    stage.instruction(
        Run::exec(["npm", "ci"])
            .mount(SecretMount::new(NPMRC_2).env("NPM_X", "imported from a Dockerfile")),
    );
    stage.comment("a comment\ninside");
    stage.run(sh!(
        "apt-get update     \
         && apt-get install -y curl \"a b\"     \
         && rm -rf /var/lib/apt/lists/*",
        @shell(bash)
    ));
    stage.run(sh!(
        r#"
set -e
echo "${A}" {{x}}
awk '{print $1}' f
"#,
        @shell(bash)
    ));
    stage.run(sh!("false; true", @shell(bash)));
    stage.user("1000:1000");
    stage.instruction(Expose::new("80").and("443/tcp"));
    stage.instruction(Volume::new("/data").and("/logs"));
    stage.stopsignal("SIGTERM");
    stage.instruction(
        Healthcheck::new(shell_form("curl -f http://localhost/ || exit 1"))
            .interval("30s")
            .timeout("5s")
            .retries(3),
    );
    // raw: this ONBUILD has no typed form
    stage.instruction(danger::raw_instruction(
        "ONBUILD RUN make",
        "imported as it was: this ONBUILD has no typed form",
    ));
    // raw: this MAINTAINER has no typed form
    stage.instruction(danger::raw_instruction(
        "MAINTAINER me",
        "imported as it was: this MAINTAINER has no typed form",
    ));
    // left out: a later CMD replaces the one in line 47
    stage.entrypoint(shell_form("exec /app"));
    stage.cmd(["b", r#"c"d"#]);
    let build = stage.build();

    let mut stage = Stage::scratch();
    stage.copy_from(&build, "/a", "/b");
    stage.copy_from(&build, "/a", "/c");
    stage.copy_from_image("busybox:1", "/bin/sh", "/sh");
    let app = stage.build();

    // end
    settings.dockerfile(&app)
}
