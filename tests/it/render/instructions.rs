//! Each instruction, in all its forms and with all its flags.

use std::collections::BTreeSet;

use dockerfile_dsl_analysis::dockerfile::{Kind, spec};

use super::*;

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
            "ADD [\"a b\", \"\\\\$x\", \"/d/\"]\nADD --checksum=sha256:{} --unpack=true \
             --chmod=0644 https://example.com/x.tgz /x",
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
                CopyFiles::from_image("nginx:1.27", "/etc/nginx", path!("/etc/nginx"))
                    .chown("1000:1000")
                    .chmod("u=rwX,go=rX")
                    .link()
                    .exclude("a b")
                    .exclude("c")
                    .parents(),
            );
        },
        r#"COPY --from=nginx:1.27 --chown=1000:1000 --chmod=u=rwX,go=rX --link --exclude="a b" --exclude=c --parents /etc/nginx /etc/nginx"#,
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
    // Only what both forms read alike is plain: no flag, no variable, no quote, no pattern of BuildKit's.
    check(
        |stage| {
            stage
                .copy("a~b+c,d=e@f:g%h", path!("/d"))
                .copy("--from=x", path!("/d"))
                .copy("é", path!("/d"))
                .copy("a\tb", path!("/d"))
                .copy("a#b", path!("/d"));
        },
        indoc! {r#"
            COPY ./a~b+c,d=e@f:g%h /d
            COPY ["--from=x", "/d"]
            COPY ["é", "/d"]
            COPY ["a\tb", "/d"]
            COPY ["a#b", "/d"]"#},
    );
}

#[test]
fn inline_files() {
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
                .onbuild(CopyFiles::new(".", path!("/app/")))
                .onbuild(Run::new(script("a\nb")))
                .instruction(danger::raw_instruction(
                    "EXPOSE 127.0.0.1:80:80",
                    "as in the \"old\" file",
                ));
        },
        indoc! {r#"
            ONBUILD COPY . /app/
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
                    Run::new(script("make"))
                        .mount(BindMount::at(path!("/src")))
                        .mount(TmpfsMount::at(path!("/tmp/x")).size(1024)),
                );
        },
        concat!(
            "RUN [\"a\", \"b c\", \"\\n\"]\n",
            "RUN --network=none \\\n    --security=insecure \\\n    --device=vendor.com/gpu=0 \
             \\\n    [\"x\"]\n",
            "RUN --mount=type=bind,target=/src \\\n    --mount=type=tmpfs,target=/tmp/x,size=1024 \
             \\\n    make",
        ),
    );
}

#[test]
fn decisions_are_above_their_step() {
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
    insta::assert_snapshot!(rendered(&Dockerfile::from_stage(&stage).unwrap()), @r#"
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
    let text = rendered(&Dockerfile::from_stage(&stage.build()).unwrap());
    let file = dockerfile::read(&text).unwrap();
    for (value, instruction) in values.iter().zip(&file.stages[0].instructions) {
        let mut environment = Environment::stage(&Environment::new(&file, Vec::new()), None);
        environment.apply(instruction).unwrap();
        assert_eq!(environment.variable("K"), Some(*value));
    }
    for value in ["a,b", "a\"b", "a$b", "a\\b", "a b", "/x y", "a/b"] {
        let mut stage = Stage::from_image("debian");
        stage.run(Run::exec(["x"]).mount(BindMount::at(path!("/t")).source(value)));
        let text = rendered(&Dockerfile::from_stage(&stage.build()).unwrap());
        let file = dockerfile::read(&text).unwrap();
        let Kind::Run(run) = &file.stages[0].instructions[0].kind else {
            panic!("a RUN was written")
        };
        let environment = Environment::new(&file, Vec::new());
        let dockerfile::Mount::Bind(bind) = environment.mount(&run.mounts[0]).unwrap() else {
            panic!("a bind mount was written")
        };
        assert_eq!(bind.source, value);
    }
}

/// A flag is a row of the table and a method of the builder; so is an option of a mount.
#[test]
fn every_row_of_the_table_has_a_method() {
    let builder = Stage::from_image("debian").build();
    let stage = Stage::from_image("debian")
        .platform("linux/amd64")
        .instruction(
            Add::git("https://example.com/x.git", path!("/src"))
                .git_directory(GitDirectory::Keep)
                .checksum("0".repeat(40)),
        )
        .instruction(
            Add::http("https://example.com/x.tgz", path!("/x"))
                .unpack(Unpack::Unpack)
                .chown("1")
                .chmod("644")
                .link()
                .exclude("y"),
        )
        .instruction(
            CopyFiles::from_stage(&builder, "/x", path!("/x"))
                .chown("1")
                .chmod("644")
                .link()
                .parents()
                .exclude("y"),
        )
        .instruction(
            Healthcheck::new(["true"])
                .interval("1s")
                .timeout("1s")
                .start_period("1s")
                .start_interval("1s")
                .retries(1),
        )
        .run(
            Run::exec(["true"])
                .network(Network::None)
                .security(Security::Sandbox)
                .device("a.b/c=d")
                .mount(
                    BindMount::at(path!("/a"))
                        .from_stage(&builder)
                        .source("/x")
                        .writable(),
                )
                .mount(
                    CacheMount::at(path!("/b"))
                        .id("b")
                        .sharing(Sharing::Locked)
                        .mode(0o700)
                        .uid(1)
                        .gid(1)
                        .read_only(),
                )
                .mount(TmpfsMount::at(path!("/c")).size(1))
                .mount(SshMount::new().optional())
                .mount(
                    SecretMount::new(Secret::env("TOKEN"))
                        .env("TOKEN_OF_X", "the program asks for it"),
                ),
        )
        .build();
    let text = Dockerfile::from_stage(&stage).unwrap().render();
    let file = dockerfile_dsl_analysis::dockerfile::read(&text).unwrap();
    let (mut flags, mut options) = (BTreeSet::new(), BTreeSet::new());
    for (_, _, instruction) in file.instructions() {
        let keyword = instruction.keyword.of(&text);
        flags.extend(
            instruction
                .flags
                .iter()
                .map(|flag| format!("{keyword} --{}", flag.name)),
        );
        if let Kind::Run(run) = &instruction.kind {
            let fields = run.mounts.iter().flat_map(|mount| &mount.fields);
            options.extend(fields.map(|field| field.key.clone()));
        }
    }
    let rows = spec::INSTRUCTIONS.iter().flat_map(|instruction| {
        let flags = instruction.flags.iter();
        flags.map(|flag| format!("{} --{}", instruction.keyword, flag.name))
    });
    assert_eq!(flags, rows.collect());
    // Each option by one of its names.
    let missing: Vec<&str> = (spec::MOUNT_OPTIONS.iter())
        .filter(|option| !option.names.iter().any(|name| options.contains(*name)))
        .map(spec::MountOption::name)
        .collect();
    assert_eq!(missing, Vec::<&str>::new(), "{text}");
}
