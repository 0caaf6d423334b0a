//! What each value of the model looks like in a Dockerfile, and that it is read back as what was meant.
//!
//! The text is the product: snapshots show whole files. Beside them, every instruction, flag and mount option is read back by our
//! reader, and by an independent parser where that reads rightly.

#[path = "common/script.rs"]
mod common;

use std::collections::BTreeMap;
use std::time::Duration;

use common::{script, script_and, script_with};
use dockerfile_dsl::__private::Extra;
use dockerfile_dsl::instructions::{
    Add, Arg, Copy, Env, Expose, GitDirectory, Healthcheck, Label, Network, Run, Security, Unpack,
};
use dockerfile_dsl::mounts::{
    BindMount, CacheMount, Mount, SecretMount, Sharing, SshMount, TmpfsMount,
};
use dockerfile_dsl::{
    Dockerfile, Escape, Secret, Stage, Syntax, TmpFs, Version, danger, expand, glob, inline, path,
    shell_form,
};
use dockerfile_dsl_analysis::dockerfile::{self, Environment, Kind};
use indoc::indoc;

const TOKEN: Secret = Secret::env("GITHUB_TOKEN");
const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");

/// The text, which both parsers read as the same keywords.
#[track_caller]
fn rendered(file: &Dockerfile) -> String {
    let text = file.render();
    let ours = dockerfile::read(&text).expect("a rendered file can be read");
    let ours: Vec<String> = ours
        .instructions()
        .map(|(_, _, instruction)| instruction.kind.keyword().to_owned())
        .collect();
    // The other parser knows no other escape character.
    if !text.starts_with("# escape=") {
        let theirs = parse_dockerfile::parse(&text).expect("another parser reads it, too");
        assert_eq!(theirs.instructions.len(), ours.len(), "{text}");
    }
    text
}

/// What a stage with these instructions looks like, without its FROM.
#[track_caller]
fn check(build: impl FnOnce(&mut dockerfile_dsl::StageBuilder), expected: &str) {
    let mut stage = Stage::from_image("debian");
    build(&mut stage);
    let text = rendered(&Dockerfile::target(&stage.build()).expect("nothing is wrong with it"));
    let rest = text
        .strip_prefix("FROM debian\n")
        .expect("it starts with FROM");
    assert_eq!(rest, format!("{expected}\n"));
}

#[test]
fn a_private_clone() {
    let source = Stage::from_image("debian:bookworm-slim")
        .named("source")
        .run(script("apt-get update && apt-get install -y --no-install-recommends git ca-certificates"))
        .run(script_with(
            indoc! {r#"
                git -c credential.helper= \
                    -c credential.https://github.com.helper='!f() { echo username=x-access-token; echo "password=$(cat "#},
            &TOKEN,
            indoc! {r#"
                )"; }; f' \
                    clone --depth=1 https://github.com/acme/private.git /src"#},
        ))
        .build();
    let app = Stage::from_image("debian:bookworm-slim")
        .copy_from(&source, path!("/src"), path!("/app"))
        .cmd(["/app/run"])
        .build();
    insta::assert_snapshot!(rendered(&Dockerfile::target(&app).unwrap()), @r#"
    FROM debian:bookworm-slim AS source
    RUN apt-get update && apt-get install -y --no-install-recommends git ca-certificates
    RUN --mount=type=secret,id=GITHUB_TOKEN,target=/run/secrets/GITHUB_TOKEN,required=true <<'EOF'
    git -c credential.helper= \
        -c credential.https://github.com.helper='!f() { echo username=x-access-token; echo "password=$(cat /run/secrets/GITHUB_TOKEN)"; }; f' \
        clone --depth=1 https://github.com/acme/private.git /src
    EOF

    FROM debian:bookworm-slim
    COPY --from=source ["/src", "/app"]
    CMD ["/app/run"]
    "#);
}

#[test]
fn a_whole_file_with_everything_above_the_first_stage() {
    let app = Stage::from_image(expand("debian:${VERSION}-slim"))
        .platform(expand("$BUILDPLATFORM"))
        .named("app")
        .stage_comment("The only stage.")
        .arg("VERSION")
        .comment("Two lines\nof comment.")
        .check("skip=SecretsUsedInArgOrEnv")
        .allow_name("AUTH", "a public name")
        .env("AUTH", "x")
        .build();
    let file = Dockerfile::settings()
        .syntax(Syntax::Version(Version::new(1, 21)))
        .check_options("error=true;skip=JSONArgsRecommended")
        .comment("Made by a template.")
        .global_arg(Arg::new("VERSION").default("bookworm"))
        .target(&app)
        .unwrap();
    insta::assert_snapshot!(rendered(&file), @r#"
    # syntax=docker/dockerfile:1.21
    # check=error=true;skip=JSONArgsRecommended

    # Made by a template.
    ARG VERSION="bookworm"

    # The only stage.
    FROM --platform=$BUILDPLATFORM debian:${VERSION}-slim AS app
    ARG VERSION
    # Two lines
    # of comment.
    # check=skip=SecretsUsedInArgOrEnv
    # dockerfile-dsl: allow-name=AUTH reason="a public name"
    ENV AUTH="x"
    "#);
}

#[test]
fn a_comment_on_the_first_line_is_no_directive() {
    let file = Dockerfile::settings()
        .comment("first")
        .target(&Stage::scratch().build())
        .unwrap();
    assert_eq!(file.render(), "\n# first\n\nFROM scratch\n");
}

#[test]
fn add() {
    check(
        |stage| {
            stage.add(["a b", "$x"], path!("/d/")).instruction(
                Add::http("https://example.com/x.tgz", path!("/x"))
                    .checksum(format!("sha256:{}", "0".repeat(64)))
                    .unpack(Unpack::Unpack)
                    .chmod("0644"),
            );
        },
        &format!(
            "ADD [\"a b\", \"\\\\$x\", \"/d/\"]\nADD --checksum=sha256:{} --unpack=true --chmod=0644 [\"https://example.com/x.tgz\", \"/x\"]",
            "0".repeat(64)
        ),
    );
    check(
        |stage| {
            stage.instruction(
                Add::git("https://github.com/acme/x.git#main", path!("/x"))
                    .git_directory(GitDirectory::Keep)
                    .link()
                    .chown("app:app")
                    .exclude("*.md"),
            );
        },
        r#"ADD --keep-git-dir=true --chown=app:app --link --exclude="*.md" ["https://github.com/acme/x.git#main", "/x"]"#,
    );
}

#[test]
fn copy() {
    check(
        |stage| {
            stage.copy("q\"r's\\t", path!("/d"));
        },
        r#"COPY ["q\\\"r\\'s\\\\\\\\t", "/d"]"#,
    );
    check(
        |stage| {
            stage
                .copy(glob("package*.json"), path!("/app/"))
                .copy("pages/[slug]*.tsx", path!("/app/"))
                .copy(expand("$DIR/x"), expand("/srv/${NAME:-app}/"));
        },
        indoc! {r#"
            COPY ["package*.json", "/app/"]
            COPY ["pages/\\\\[slug]\\\\*.tsx", "/app/"]
            COPY ["$DIR/x", "/srv/${NAME:-app}/"]"#},
    );
    check(
        |stage| {
            stage.instruction(
                Copy::from_image("nginx:1.27", "/etc/nginx", path!("/etc/nginx"))
                    .chown("1000:1000")
                    .chmod("u=rwX,go=rX")
                    .link()
                    .exclude("a b")
                    .exclude("c")
                    .parents(),
            );
        },
        r#"COPY --from=nginx:1.27 --chown=1000:1000 --chmod=u=rwX,go=rX --link --exclude="a b" --exclude=c --parents ["/etc/nginx", "/etc/nginx"]"#,
    );
    check(
        |stage| {
            stage.copy(
                ["<<EOF", "3<<X", "git@host:x.git"].map(|_| "<<EOF"),
                path!("/d/"),
            );
        },
        r#"COPY ["./<<EOF", "./<<EOF", "./<<EOF", "/d/"]"#,
    );
}

#[test]
fn files_that_stand_in_the_dockerfile() {
    check(
        |stage| {
            stage.copy(
                [
                    inline("motd", "hello $USER\n"),
                    inline("EOF", "# not\\\na comment\n"),
                ],
                path!("/etc/"),
            );
        },
        "COPY <<\"motd\" <<\"EOF\" /etc/\nhello $USER\nmotd\n# not\\\na comment\nEOF",
    );
    check(
        |stage| {
            stage.add(inline("empty", ""), path!("/etc/"));
        },
        "ADD <<\"empty\" /etc/\nempty",
    );
}

#[test]
fn the_instructions_of_one_line() {
    check(
        |stage| {
            stage
                .arg("A")
                .arg_or("B", "a $b \"c\" \\ d")
                .env("PATH", expand("/app/bin:$PATH"))
                .instruction(Env::new("A", "1").and("B", ""))
                .instruction(Label::new("a b", "x").and("c.d", "é"))
                .workdir(path!("/app"))
                .workdir(path!("a b"))
                .user("app")
                .user("1000:1000")
                .expose(8080)
                .instruction(Expose::new("5-7/udp").and(expand("$PORT")))
                .volume(path!("/var/lib/a b"))
                .stopsignal("SIGTERM")
                .shell(["/bin/bash", "-c"]);
        },
        indoc! {r#"
            ARG A
            ARG B="a \$b \"c\" \\ d"
            ENV PATH="/app/bin:$PATH"
            ENV A="1" B=""
            LABEL "a b"="x" c.d="é"
            WORKDIR /app
            WORKDIR "a b"
            USER app
            USER 1000:1000
            EXPOSE 8080
            EXPOSE 5-7/udp $PORT
            VOLUME ["/var/lib/a b"]
            STOPSIGNAL SIGTERM
            SHELL ["/bin/bash", "-c"]"#},
    );
}

#[test]
fn commands_in_both_forms() {
    check(
        |stage| {
            stage
                .cmd(shell_form("--weird && exec server"))
                .entrypoint(["/usr/bin/tini", "--"])
                .instruction(
                    Healthcheck::new(["curl", "-f", "http://localhost/"])
                        .interval(Duration::from_secs(90))
                        .timeout("1m30s")
                        .start_period(Duration::from_millis(1500))
                        .start_interval("5s")
                        .retries(3),
                );
        },
        indoc! {r#"
            CMD -- --weird && exec server
            ENTRYPOINT ["/usr/bin/tini", "--"]
            HEALTHCHECK --interval=90s --timeout=1m30s --start-period=1500ms --start-interval=5s --retries=3 CMD ["curl", "-f", "http://localhost/"]"#},
    );
    check(
        |stage| {
            stage.instruction(Healthcheck::new(shell_form("--x")));
        },
        "HEALTHCHECK CMD --x",
    );
    check(
        |stage| {
            stage.instruction(Healthcheck::none()).cmd([] as [&str; 0]);
        },
        "HEALTHCHECK NONE\nCMD []",
    );
}

#[test]
fn onbuild_and_raw_text() {
    check(
        |stage| {
            stage
                .onbuild(Copy::new(".", path!("/app/")))
                .onbuild(Run::new(&script("a\nb")))
                .instruction(danger::raw_instruction(
                    "EXPOSE 127.0.0.1:80:80",
                    "as in the \"old\" file",
                ));
        },
        indoc! {r#"
            ONBUILD COPY [".", "/app/"]
            ONBUILD RUN <<'EOF'
            set -e; a
            b
            EOF
            # dockerfile-dsl: raw reason="as in the \"old\" file"
            EXPOSE 127.0.0.1:80:80"#},
    );
}

#[test]
fn run_with_every_flag() {
    check(
        |stage| {
            stage
                .run_exec(["a", "b c", "\n"])
                .run(
                    Run::exec(["x"])
                        .network(Network::None)
                        .security(Security::Insecure)
                        .device("vendor.com/gpu=0"),
                )
                .run(
                    Run::new(&script("make"))
                        .mount(BindMount::at(path!("/src")))
                        .mount(TmpfsMount::at(path!("/tmp/x")).size(1024)),
                );
        },
        concat!(
            "RUN [\"a\", \"b c\", \"\\n\"]\n",
            "RUN --network=none \\\n    --security=insecure \\\n    --device=vendor.com/gpu=0 \\\n    [\"x\"]\n",
            "RUN --mount=type=bind,target=/src \\\n    --mount=type=tmpfs,target=/tmp/x,size=1024 \\\n    make",
        ),
    );
}

#[test]
fn decisions_stand_above_their_step() {
    let stage = Stage::from_image("debian")
        .run(script_and(
            "frob",
            &[
                Extra::Trust("frob", false, "reads \\ and \"writes\""),
                Extra::Trust("make", true, "ours"),
                Extra::AllowCache("no secret in it"),
            ],
        ))
        .build();
    insta::assert_snapshot!(rendered(&Dockerfile::target(&stage).unwrap()), @r#"
    FROM debian
    # dockerfile-dsl: trust=frob reason="reads \\ and \"writes\""
    # dockerfile-dsl: trust=make output reason="ours"
    # dockerfile-dsl: allow-cache reason="no secret in it"
    RUN frob
    "#);
}

/// The values of BuildKit's golden vectors, from the value to the text and back.
#[test]
fn golden_values_come_back() {
    let values = [
        "a$b\\c",
        "a\\b\\c\\n",
        "anb",
        "abc\\",
        "x",
        "a  b",
        "b  c d  ",
        "b=c",
        "",
        "$",
        "$ x",
        "ab",
        "${X}",
        "$(x)",
        "xz",
        "q\\w",
        "c`d\\e",
        "/a b",
        "/a/b c",
        "a b:c",
        "/a$b\"c",
        "q\"r's\\t",
        "<<EOF",
        "1 1 \"x\" $A \\ n q",
    ];
    let mut stage = Stage::from_image("debian");
    for value in values {
        stage.env("K", value);
    }
    let text = rendered(&Dockerfile::target(&stage.build()).unwrap());
    let file = dockerfile::read(&text).unwrap();
    for (value, instruction) in values.iter().zip(&file.stages[0].instructions) {
        let mut environment = Environment::stage(&Environment::new(&file, BTreeMap::new()), None);
        environment.apply(instruction).unwrap();
        assert_eq!(environment.variable("K"), Some(*value));
    }
    for value in ["a,b", "a\"b", "a$b", "a\\b", "a b", "/x y", "a/b"] {
        let mut stage = Stage::from_image("debian");
        stage.run(Run::exec(["x"]).mount(BindMount::at(path!("/t")).source(value)));
        let text = rendered(&Dockerfile::target(&stage.build()).unwrap());
        let file = dockerfile::read(&text).unwrap();
        let Kind::Run(run) = &file.stages[0].instructions[0].kind else {
            panic!("a RUN was written")
        };
        let environment = Environment::new(&file, BTreeMap::new());
        let dockerfile::Mount::Bind(bind) = environment.mount(&run.mounts[0]).unwrap() else {
            panic!("a bind mount was written")
        };
        assert_eq!(bind.source, value);
    }
}

/// One mount with every option that it has: the flag, and what our reader makes of it.
#[track_caller]
fn check_mount(mount: impl Into<Mount>, expected: &str) -> dockerfile::Mount {
    let build = Stage::from_image("debian").named("build").build();
    let stage = Stage::from_image("debian")
        .copy_from(&build, "x", path!("/y"))
        .run(
            Run::exec(["true"])
                .trust_with_output("true", "a test")
                .mount(mount),
        )
        .build();
    let file = Dockerfile::settings()
        .global_arg(Arg::new("N"))
        .target(&stage)
        .unwrap();
    let text = rendered(&file);
    let line = text.lines().find(|line| line.starts_with("RUN ")).unwrap();
    let flag = line.trim_end_matches(" [\"true\"]").trim_end_matches(" \\");
    assert_eq!(flag, format!("RUN {expected}"));
    let file = dockerfile::read(&text).unwrap();
    let Kind::Run(run) = &file.stages[1].instructions[1].kind else {
        panic!("a RUN was written")
    };
    let environment = Environment::new(&file, BTreeMap::from([("N".to_owned(), "v".to_owned())]));
    environment.mount(&run.mounts[0]).unwrap()
}

#[test]
fn bind_mounts() {
    let build = Stage::from_image("debian").named("build").build();
    let dockerfile::Mount::Bind(bind) = check_mount(
        BindMount::at(path!("/a,b"))
            .source("q\"r's\\t $x")
            .from_stage(&build)
            .writable(),
        r#"--mount="type=bind,\"target=/a,b\",\"source=q\\\"\"r\\'s\\\\t \\$x\",from=build,rw=true""#,
    ) else {
        panic!("a bind mount was written")
    };
    assert_eq!(
        (
            bind.target.as_str(),
            bind.source.as_str(),
            bind.from.as_deref(),
            bind.writable
        ),
        ("/a,b", "q\"r's\\t $x", Some("build"), true)
    );
    let dockerfile::Mount::Bind(bind) = check_mount(
        BindMount::at(expand("/x/$N")).from_image("nginx:1"),
        "--mount=type=bind,target=/x/$N,from=nginx:1",
    ) else {
        panic!("a bind mount was written")
    };
    assert_eq!(bind.target, "/x/v");
}

#[test]
fn cache_mounts() {
    let build = Stage::from_image("debian").named("build").build();
    let dockerfile::Mount::Cache(cache) = check_mount(
        CacheMount::at(path!("/c"))
            .id("my cache")
            .sharing(Sharing::Locked)
            .from_stage(&build)
            .source("/s")
            .mode(0o700)
            .uid(1)
            .gid(2)
            .read_only(),
        "--mount=\"type=cache,id=my cache,target=/c,sharing=locked,from=build,source=/s,mode=0700,uid=1,gid=2,ro=true\"",
    ) else {
        panic!("a cache mount was written")
    };
    assert_eq!(
        (
            cache.id.as_str(),
            cache.mode,
            cache.uid,
            cache.gid,
            cache.read_only,
            cache.sharing
        ),
        (
            "my cache",
            Some(0o700),
            Some(1),
            Some(2),
            true,
            dockerfile::Sharing::Locked
        )
    );
    for (sharing, word) in [(Sharing::Shared, "shared"), (Sharing::Private, "private")] {
        check_mount(
            CacheMount::at(path!("/c"))
                .sharing(sharing)
                .from_image("debian:12"),
            &format!("--mount=type=cache,target=/c,sharing={word},from=debian:12"),
        );
    }
}

#[test]
fn secret_mounts() {
    let dockerfile::Mount::Secret(secret) = check_mount(
        SecretMount::new(NPMRC.uid(7).gid(8).mode(0o440)).target("/root/.npmrc"),
        "--mount=type=secret,id=npmrc,target=/root/.npmrc,required=true,uid=7,gid=8,mode=0440",
    ) else {
        panic!("a secret mount was written")
    };
    assert_eq!(
        (secret.uid, secret.gid, secret.mode, secret.required),
        (7, 8, 0o440, true)
    );
    let dockerfile::Mount::Secret(secret) = check_mount(
        SecretMount::new(TOKEN.optional()).env("NODE_AUTH_TOKEN", "npm reads it"),
        "--mount=type=secret,id=GITHUB_TOKEN,env=NODE_AUTH_TOKEN,required=false",
    ) else {
        panic!("a secret mount was written")
    };
    assert_eq!(
        (secret.env.as_deref(), secret.target, secret.required),
        (Some("NODE_AUTH_TOKEN"), None, false)
    );
    check_mount(
        SecretMount::new(TOKEN).env("T", "both").target("/t"),
        "--mount=type=secret,id=GITHUB_TOKEN,target=/t,env=T,required=true",
    );
}

#[test]
fn ssh_mounts() {
    check_mount(SshMount::new(), "--mount=type=ssh,id=default,required=true");
    let dockerfile::Mount::Ssh(ssh) = check_mount(
        SshMount::new()
            .id("work")
            .target(path!("/s"))
            .optional()
            .mode(0o600)
            .uid(5)
            .gid(6),
        "--mount=type=ssh,id=work,target=/s,required=false,mode=0600,uid=5,gid=6",
    ) else {
        panic!("an ssh mount was written")
    };
    assert_eq!(
        (
            ssh.id.as_str(),
            ssh.target.as_deref(),
            ssh.uid,
            ssh.gid,
            ssh.required
        ),
        ("work", Some("/s"), 5, 6, false)
    );
}

#[test]
fn tmpfs_mounts() {
    let dockerfile::Mount::Tmpfs(tmpfs) = check_mount(
        TmpfsMount::at(path!("/t")).size(4096),
        "--mount=type=tmpfs,target=/t,size=4096",
    ) else {
        panic!("a tmpfs was written")
    };
    assert_eq!((tmpfs.target.as_str(), tmpfs.size), ("/t", Some(4096)));
}

#[test]
fn a_tmpfs_and_a_secret_of_a_script_are_mounted_with_it() {
    let stage = Stage::from_image("debian")
        .user("1000:1001")
        .run(script_with("cat ", &TOKEN, " > /dev/null"))
        .run(script_with("touch ", &TmpFs::at(path!("/tmp/creds")), ""))
        .build();
    insta::assert_snapshot!(rendered(&Dockerfile::target(&stage).unwrap()), @"
    FROM debian
    USER 1000:1001
    RUN --mount=type=secret,id=GITHUB_TOKEN,target=/run/secrets/GITHUB_TOKEN,required=true,uid=1000,gid=1001 \\
        cat /run/secrets/GITHUB_TOKEN > /dev/null
    RUN --mount=type=tmpfs,target=/tmp/creds touch /tmp/creds
    ");
}

#[test]
fn another_escape_character() {
    let stage = Stage::from_image("debian")
        .env("A", "a`b\\c$d\"e")
        .copy("a`b\\c", path!("/d"))
        .run(Run::new(&script("echo a\necho b")).mount(BindMount::at(path!("/x`y"))))
        .build();
    let file = Dockerfile::settings()
        .escape(Escape::Backtick)
        .target(&stage)
        .unwrap();
    insta::assert_snapshot!(rendered(&file), @r#"
    # escape=`

    FROM debian
    ENV A="a``b\c`$d`"e"
    COPY ["a``b\\\\c", "/d"]
    RUN --mount="type=bind,target=/x````y" <<'EOF'
    set -e; echo a
    echo b
    EOF
    "#);
}

#[test]
fn old_builders_get_the_exec_form() {
    let stage = Stage::from_image("debian")
        .shell(["/bin/bash", "-o", "pipefail", "-c"])
        .run(script("a\nb"))
        .build();
    let file = Dockerfile::settings()
        .without_here_documents()
        .target(&stage)
        .unwrap();
    assert_eq!(
        file.render(),
        "FROM debian\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\", \"set -e; a\\nb\"]\n"
    );
}

#[test]
fn stages_that_are_referred_to_get_a_name_and_stand_once() {
    let base = Stage::from_image("debian").run(script("true")).build();
    let left = Stage::from_stage(&base).copy("l", path!("/l")).build();
    let right = Stage::from_stage(&base).copy("r", path!("/r")).build();
    let app = Stage::scratch()
        .copy_from(&left, path!("/l"), path!("/"))
        .copy_from(&right, path!("/r"), path!("/"))
        .build();
    insta::assert_snapshot!(rendered(&Dockerfile::target(&app).unwrap()), @r#"
    FROM debian AS stage-0
    RUN true

    FROM stage-0 AS stage-1
    COPY ["l", "/l"]

    FROM stage-0 AS stage-2
    COPY ["r", "/r"]

    FROM scratch
    COPY --from=stage-1 ["/l", "/"]
    COPY --from=stage-2 ["/r", "/"]
    "#);
}

#[test]
fn building_twice_is_building_the_same() {
    let mut builder = Stage::from_image("debian").named("a");
    builder.run(script("true"));
    let (one, two) = (builder.build(), builder.build());
    let file = Dockerfile::targets([&one, &two]).unwrap();
    assert_eq!(file.stages().len(), 1);
}

#[test]
fn long_lines_are_continued() {
    let value = "x \\ # ".repeat(20_000);
    let stage = Stage::from_image("debian")
        .env("A", &value)
        .run(script(&format!("echo '{}'", "y # ".repeat(20_000))))
        .build();
    let text = Dockerfile::target(&stage).unwrap().render();
    assert!(text.lines().all(|line| line.len() <= 65_534));
    let file = dockerfile::read(&text).unwrap();
    let mut environment = Environment::stage(&Environment::new(&file, BTreeMap::new()), None);
    environment.apply(&file.stages[0].instructions[0]).unwrap();
    assert_eq!(environment.variable("A"), Some(value.as_str()));
    let Kind::Run(run) = &file.stages[0].instructions[1].kind else {
        panic!("a RUN was written")
    };
    assert_eq!(run.command.shell_text().unwrap().len(), 80_007);
}

#[test]
fn the_facts_are_those_of_the_file() {
    let stage = Stage::from_image("debian")
        .arg_or("V", 1)
        .add_git("https://git.example:8443/acme/x.git")
        .token(TOKEN)
        .to(path!("/src"))
        .add_git("git@git.example:acme/y.git")
        .to(path!("/y"))
        .user("app")
        .run(script_with("cat ", &NPMRC.mode(0o444), " > /dev/null"))
        .run(Run::exec(["ssh"]).mount(SshMount::new().id("work")))
        .build();
    let file = Dockerfile::target(&stage).unwrap();
    let ids: Vec<&str> = file.secrets().iter().map(|secret| secret.id()).collect();
    assert_eq!(ids, ["GIT_AUTH_TOKEN.git.example:8443", "npmrc"]);
    assert_eq!(file.ssh(), ["default", "work"]);
    assert_eq!(file.arguments()[0].name(), "V");
    assert!(file.stages()[0].uses_secrets());
    insta::assert_snapshot!(file.audit(), @"
    stage 0, line 3: reads secret `GIT_AUTH_TOKEN.git.example:8443` for the request that the builder makes
    stage 0, line 6: reads secret `npmrc` at /run/secrets/npmrc
    ");
}

#[test]
fn the_required_frontend_is_the_least_that_knows_everything() {
    let required = |build: &dyn Fn(&mut dockerfile_dsl::StageBuilder)| {
        let mut stage = Stage::from_image("debian");
        build(&mut stage);
        Dockerfile::target(&stage.build())
            .unwrap()
            .required_syntax()
            .to_string()
    };
    assert_eq!(required(&|_| {}), "1.0");
    assert_eq!(
        required(&|s| {
            s.run(Run::exec(["x"]).mount(SshMount::new()));
        }),
        "1.2"
    );
    assert_eq!(
        required(&|s| {
            s.run(Run::exec(["x"]).mount(CacheMount::at(expand("/$A"))));
        }),
        "1.3"
    );
    assert_eq!(
        required(&|s| {
            s.run(script("a\nb"));
        }),
        "1.4"
    );
    assert_eq!(
        required(&|s| {
            s.instruction(Healthcheck::new(["x"]).start_interval("5s"));
        }),
        "1.6"
    );
    assert_eq!(
        required(&|s| {
            s.run(
                Run::exec(["x"])
                    .trust_with_output("x", "a test")
                    .mount(SecretMount::new(TOKEN).env("T", "r")),
            );
        }),
        "1.10"
    );
    assert_eq!(
        required(&|s| {
            s.env("A", expand("${B-x}"));
        }),
        "1.6"
    );
    assert_eq!(
        required(&|s| {
            s.env("A", expand("${B:-x}"));
        }),
        "1.0"
    );
    assert_eq!(
        required(&|s| {
            s.workdir(expand("/${B%.*}"));
        }),
        "1.7"
    );
    assert_eq!(
        required(&|s| {
            s.check("skip=all").env("A", "1");
        }),
        "1.21"
    );
    assert_eq!(
        required(&|s| {
            s.instruction(Copy::new("a", path!("/b")).chmod("u=r"));
        }),
        "1.14"
    );
    assert_eq!(
        required(&|s| {
            s.instruction(Copy::new("a", path!("/b")).exclude("c"));
        }),
        "1.19"
    );
    assert_eq!(
        required(&|s| {
            s.instruction(Copy::new("a", path!("/b")).parents());
        }),
        "1.20"
    );
}

/// Prints a file, for [`the_same_bytes_on_another_machine`].
#[test]
fn a_file_is_printed_when_asked() {
    if std::env::var_os("DOCKERFILE_DSL_TEST_PRINT").is_none() {
        return;
    }
    let stage = Stage::from_image("debian")
        .env("A", "$HOME ~")
        .run(script_with("cat ", &NPMRC, " > /dev/null; echo ~"))
        .build();
    eprintln!("{}", Dockerfile::target(&stage).unwrap().render());
}

#[test]
fn the_same_bytes_on_another_machine() {
    let printed = |home: &str, user: &str| {
        let test = std::env::current_exe().unwrap();
        let mut command = std::process::Command::new(test);
        command.args(["--exact", "a_file_is_printed_when_asked", "--nocapture"]);
        command
            .env("DOCKERFILE_DSL_TEST_PRINT", "1")
            .env("HOME", home)
            .env("USER", user)
            .env("HOSTNAME", user)
            .current_dir("/");
        let output = command.output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let here = printed("/root", "root");
    assert!(here.contains("ENV A=\"\\$HOME ~\""), "{here}");
    assert_eq!(here, printed("/home/somebody", "somebody"));
}

#[test]
fn the_same_bytes_whoever_renders_and_in_whatever_order() {
    let render = |order: &[usize]| {
        // The caller's own map may iterate in any order; the model sorts nothing and hashes nothing.
        let values: BTreeMap<usize, &str> = order
            .iter()
            .map(|index| (*index, ["a", "b", "c", "d"][*index]))
            .collect();
        let mut stage = Stage::from_image("debian");
        for (index, value) in &values {
            stage.env(format!("K{index}"), *value);
        }
        let secrets = [TOKEN, NPMRC];
        for secret in secrets {
            stage.run(script_with("cat ", &secret, " > /dev/null"));
        }
        let file = Dockerfile::target(&stage.build()).unwrap();
        (file.render(), file.secrets().to_vec())
    };
    let first = render(&[0, 1, 2, 3]);
    for round in 0..50 {
        let mut order = [0, 1, 2, 3];
        order.rotate_left(round % 4);
        order.swap(round % 3, (round + 1) % 4);
        assert_eq!(render(&order), first);
    }
}
