//! One leak for each kind of fix, built for real. With the fix, the step still works, and neither the image nor the log has the
//! value. Without it they have, if the leak is one that a builder can show.
//!
//! Each leak has a separate secret, so that one build covers all of them.

use dockerfile_dsl::{BuildTool, CacheDir, Dockerfile, Secret, Stage, path, sh};

use crate::builders::{Engine, contains, folder};
use crate::counterparts;
use dockerfile_dsl_tests::paste::{Pasted, compile, findings_of, paste_into_file};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

/// Where the value is without the fix.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leak {
    Image,
    Log,
    /// In a cache mount, or nowhere: the step was refused because the destination was unknown.
    Neither,
}

/// A leak, in a script with the secret `{TOK}`: after the work that needs the value is shown to be done.
struct Kind {
    secret: Secret,
    leak: Leak,
    script: &'static str,
    /// What the fix has to say, so that each kind of it is here.
    fix: &'static str,
}

const fn kind(id: &'static str, leak: Leak, fix: &'static str, script: &'static str) -> Kind {
    Kind {
        secret: Secret::env(id),
        leak,
        script,
        fix,
    }
}

const KINDS: &[Kind] = &[
    kind(
        "FILE",
        Leak::Image,
        "rm -f /root/.netrc",
        "echo \"password $(cat {TOK})\" > /root/.netrc\ngrep -q password /root/.netrc",
    ),
    kind(
        "HOLE",
        Leak::Image,
        "rm -f {dest}",
        "cp {TOK} {dest}\ntest -s {dest}",
    ),
    kind(
        "VARIABLE",
        Leak::Image,
        "rm -f \"$file\"",
        "file=$(mktemp)\ncp {TOK} \"$file\"\ntest -s \"$file\"",
    ),
    kind(
        "REPOSITORY",
        Leak::Image,
        "rm -rf /srv/r/.git",
        "git init -q /srv/r\ncd /srv/r\ncp {TOK} f\ngit add f\ngit -c user.name=n -c \
         user.email=e@x commit -q -m m\ntest -d .git",
    ),
    kind(
        "MEMORY",
        Leak::Image,
        "write `{tmp}` instead of `/srv/memory/`",
        "mkdir /srv/memory\ncp {TOK} /srv/memory/",
    ),
    kind(
        "NAME",
        Leak::Image,
        "mktemp -u",
        "mkdir -p /srv/names\ncd /srv/names\necho public > \"/srv/names/$(cat {TOK})\"",
    ),
    kind(
        "GIT",
        Leak::Image,
        "out of the URL",
        "git clone -q http://x-access-token:$(cat {TOK})@ORIGIN/acme/private.git /srv/clone\ntest \
         -s /srv/clone/run",
    ),
    kind(
        "TRACE",
        Leak::Log,
        "set +x &&",
        "set -x\nT=$(cat {TOK})\ntest -n \"$T\"",
    ),
    kind(
        "OUTPUT",
        Leak::Log,
        "command: `> /dev/null`",
        "cat {TOK} | tr a-z a-z\ntest -s {TOK}",
    ),
    kind(
        "MESSAGES",
        Leak::Log,
        "command: `2> /dev/null`",
        "ls \"/nowhere/$(cat {TOK})\" || true",
    ),
    kind(
        "BOTH",
        Leak::Log,
        "> /dev/null 2>&1",
        "cat {TOK} 2>&1\ntest -s {TOK}",
    ),
    kind(
        "DEVICE",
        Leak::Log,
        "write `/dev/null` instead",
        "tee /dev/stderr < {TOK} > /dev/null",
    ),
    kind(
        "TRAP",
        Leak::Log,
        "> /dev/null'` instead",
        "T=$(cat {TOK})\ntrap 'echo \"done with $T\"' EXIT",
    ),
    kind(
        "PROGRAM",
        Leak::Neither,
        "@trust(\"frobnicate\"",
        "frobnicate {TOK}",
    ),
    kind(
        "OPAQUE",
        Leak::Neither,
        "declassify",
        "eval \"$(sed 's/^/T=/' {TOK})\"",
    ),
    kind(
        "OPTION",
        Leak::Neither,
        "Word::parse",
        "sort {option} {TOK} > /dev/null",
    ),
    kind(
        "LATER",
        Leak::Neither,
        "Word::parse",
        "sh -c 'test -n {option}' && test -s {TOK}",
    ),
    kind(
        "LITERAL",
        Leak::Neither,
        "write the secret itself",
        "test -s /run/secrets/LITERAL",
    ),
    kind(
        "CACHE",
        Leak::Neither,
        "rm -f {cache}/x",
        "cp {TOK} {cache}/x\ntest -s {cache}/x",
    ),
];

/// The same for a Dockerfile: the RUN, with the secret's mount.
const FILES: &[Kind] = &[
    kind(
        "A",
        Leak::Image,
        "rm -f /srv/a",
        "RUN --mount=type=secret,id=A,required=true cp /run/secrets/A /srv/a && test -s /srv/a",
    ),
    kind(
        "B",
        Leak::Image,
        "/tmp/secret",
        "RUN --mount=type=secret,id=B,required=true exec cp /run/secrets/B /srv/b",
    ),
    kind(
        "C",
        Leak::Image,
        "mktemp -u",
        "RUN --mount=type=secret,id=C,required=true mkdir /srv/c && echo x > \"/srv/c/$(cat \
         /run/secrets/C)\"",
    ),
    kind(
        "D",
        Leak::Image,
        "out of the URL",
        "RUN --mount=type=secret,id=D,required=true git clone -q \"http://x-access-token:$(cat \
         /run/secrets/D)@ORIGIN/acme/private.git\" /srv/d && test -s /srv/d/run",
    ),
    kind(
        "E",
        Leak::Log,
        "> /dev/null",
        "RUN --mount=type=secret,id=E,env=E,required=true printenv E",
    ),
    kind(
        "F",
        Leak::Log,
        "set +x &&",
        "RUN --mount=type=secret,id=F,required=true set -x && test -n \"$(cat /run/secrets/F)\"",
    ),
    kind(
        "G",
        Leak::Neither,
        "trust=frobnicate",
        "RUN --mount=type=secret,id=G,required=true frobnicate /run/secrets/G",
    ),
    kind(
        "H",
        Leak::Neither,
        "declassify=H",
        "RUN --mount=type=secret,id=H,required=true eval \"$(sed 's/^/T=/' /run/secrets/H)\"",
    ),
    kind(
        "I",
        Leak::Neither,
        "rm -f /cache/i",
        "RUN --mount=type=secret,id=I,required=true --mount=type=cache,target=/cache cp \
         /run/secrets/I /cache/i",
    ),
    kind(
        "J",
        Leak::Neither,
        ",required=true",
        "RUN --mount=type=secret,id=J test -n \"$(cat /run/secrets/J)\"",
    ),
    kind(
        "K",
        Leak::Neither,
        ",uid=1000",
        "USER 1000\nRUN --mount=type=secret,id=K,required=true test -n \"$(cat /run/secrets/K)\"",
    ),
    kind(
        "L",
        Leak::Neither,
        ",mode=0444",
        "USER daemon\nRUN --mount=type=secret,id=L,required=true test -n \"$(cat /run/secrets/L)\"",
    ),
    kind(
        "M",
        Leak::Neither,
        "after RUN",
        "USER root\nRUN test -n \"$(cat /run/secrets/M)\"",
    ),
    kind(
        "N",
        Leak::Neither,
        "env=N,",
        "RUN --mount=type=secret,id=N,env=PWD,required=true true",
    ),
    kind(
        "O",
        Leak::Neither,
        "target=/run/build/O",
        "RUN --mount=type=secret,id=O,required=true --mount=type=tmpfs,target=/run/secrets/O true",
    ),
    kind(
        "API_TOKEN",
        Leak::Neither,
        "env=API_TOKEN",
        "ARG API_TOKEN\nRUN test -n \"$API_TOKEN\" > /dev/null",
    ),
    kind(
        "env",
        Leak::Neither,
        "target=/srv/.env",
        "COPY .env /srv/.env\nRUN test -s /srv/.env",
    ),
    kind(
        "P",
        Leak::Neither,
        "SHELL [",
        "SHELL [\"/usr/bin/fish\", \"-c\"]\nRUN --mount=type=secret,id=P,required=true test -s \
         /run/secrets/P",
    ),
];

const BASE: &str = "FROM debian:bookworm-slim\nRUN printf '#!/bin/sh\\ntest -s \"$1\"\\n' > \
                    /usr/local/bin/frobnicate && chmod +x /usr/local/bin/frobnicate && mkdir \
                    /app\n";

/// The value of a secret, and its place in the environment of a build.
fn value(kind: &Kind) -> String {
    format!(
        "{}x7KqZt9RmW2vB4nD8sF1pL",
        kind.secret.id().replace('_', "")
    )
}

/// Pastes each fix, until no finding is left.
fn settled<T>(
    kind: &Kind,
    subject: &mut T,
    findings: impl Fn(&T) -> Vec<dockerfile_dsl_analysis::Finding>,
    paste: impl Fn(&mut T, &dockerfile_dsl_analysis::Finding) -> Option<()>,
) {
    let id = kind.secret.id();
    let mut said = Vec::new();
    for _ in 0..4 {
        let found = findings(subject);
        if found.is_empty() {
            break;
        }
        let pasted = found
            .iter()
            .find(|finding| paste(subject, finding).is_some());
        let help = pasted.and_then(|finding| finding.help.clone());
        said.push(help.unwrap_or_else(|| panic!("{id} has no fix that can be pasted: {found:#?}")));
    }
    assert!(
        findings(subject).is_empty(),
        "{id} is not repaired by {said:#?}: {:#?}",
        findings(subject)
    );
    assert!(
        said.iter().any(|help| help.contains(kind.fix)),
        "{id} is repaired by {said:#?}"
    );
}

pub(crate) fn trials() -> Vec<Trial> {
    let pasted = trials!([applied_fix_compiles]);
    let built = trials!(&Engine::find(), [applied_fix_builds_and_leaks_nothing]);
    pasted.into_iter().chain(built).collect()
}

fn applied_fix_compiles() {
    paste_and_build(None);
}

fn applied_fix_builds_and_leaks_nothing(engine: &Engine) {
    paste_and_build(Some(engine));
}

fn paste_and_build(engine: Option<&Engine>) {
    let origin = |origin: &str| origin.trim_start_matches("http://").to_owned();
    let git = |id: &str, kinds: &[Kind]| {
        let kind = kinds
            .iter()
            .find(|kind| kind.secret.id() == id)
            .expect("it is there");
        counterparts::git(
            &folder(&format!("fixes-{id}-{}", engine.is_some())),
            &value(kind),
        )
    };
    // The scripts of `sh!`.
    let server = git("GIT", KINDS);
    let mut stage = Stage::from_image("debian:bookworm-slim");
    stage.run(sh!(r#"
        printf '#!/bin/sh\ntest -s "$1"\n' > /usr/local/bin/frobnicate
        chmod +x /usr/local/bin/frobnicate
        mkdir /app
        "#));
    let mut leaking = String::from(BASE);
    let mut functions = Vec::new();
    for kind in KINDS {
        let script = kind.script.replace("ORIGIN", &origin(&server.origin()));
        let id = kind.secret.id();
        let raw = script
            .replace("{TOK}", &format!("/run/secrets/{id}"))
            .replace("{dest}", "/app/dest")
            .replace("{cache}", "/cache")
            .replace("{option}", "/etc/hostname");
        if kind.leak != Leak::Neither {
            leaking.push_str(&format!(
                "RUN --mount=type=secret,id={id},required=true --mount=type=cache,target=/cache \
                 <<'SCRIPT'\nset -e\n{raw}\nSCRIPT\n"
            ));
        }
        let mut pasted = Pasted::new(kind.secret, &script);
        pasted.give("dest", path!("/app/dest"));
        pasted.give("cache", CacheDir::at(path!("/cache")));
        pasted.give_text("option", "/etc/hostname");
        settled(kind, &mut pasted, Pasted::findings, Pasted::paste);
        let given = format!(
            "const TOK: Secret = Secret::env({id:?});\nlet (dest, cache, option) = \
             (path!(\"/app/dest\"), CacheDir::at(path!(\"/cache\")), \"/etc/hostname\");"
        );
        functions.push(pasted.as_function(&id.to_lowercase(), &given));
        stage.run(pasted.parse().expect("nothing is found in it"));
    }
    compile(
        concat!(env!("CARGO_TARGET_TMPDIR"), "/fixes"),
        "kinds",
        "",
        &functions,
    );
    let repaired = Dockerfile::from_stage(&stage.build()).unwrap_or_else(|error| panic!("{error}"));

    // The Dockerfiles.
    let server_of_files = git("D", FILES);
    let (mut bad, mut good) = (String::from(BASE), String::from(BASE));
    for kind in FILES {
        let text = kind
            .script
            .replace("ORIGIN", &origin(&server_of_files.origin()));
        if kind.leak != Leak::Neither {
            bad.push_str(&format!("{text}\n"));
        }
        let mut file = format!("FROM debian:bookworm-slim\n{text}\n");
        settled(kind, &mut file, findings_of, paste_into_file);
        good.push_str(&file["FROM debian:bookworm-slim\n".len()..]);
    }

    let Some(engine) = engine else { return };
    let values = |kinds: &[Kind]| -> Vec<(String, String)> {
        kinds
            .iter()
            .map(|kind| (kind.secret.id().to_owned(), value(kind)))
            .collect()
    };
    let context = folder("fixes-context");
    counterparts::write(&context.join(".env"), "A=1\n");
    let build = |text: &str, kinds: &[Kind], tag: &str| {
        let values = values(kinds);
        let variables: Vec<(&str, &str)> = values
            .iter()
            .map(|(id, value)| (id.as_str(), value.as_str()))
            .collect();
        let secrets: String = kinds
            .iter()
            .map(|kind| format!(" --secret id={0},env={0}", kind.secret.id()))
            .collect();
        let line = format!(
            "docker build --no-cache --network host --progress plain --tag dsl-test/fixes-{tag} \
             --file -{secrets} ."
        );
        let mut built = engine.build_line(&line, BuildTool::Buildx, text, &context, &variables);
        built.tag = format!("dsl-test/fixes-{tag}");
        built.expect_success()
    };
    for (tag, text, kinds) in [("sh", repaired.render(), KINDS), ("check", good, FILES)] {
        let built = build(&text, kinds, tag);
        let image = engine.save(&built);
        for kind in kinds {
            let id = kind.secret.id();
            assert!(
                !contains(&image, &value(kind)),
                "the value of {id} is in the image:\n{text}"
            );
            assert!(
                !contains(built.log.as_bytes(), &value(kind)),
                "the value of {id} is in the log:\n{text}"
            );
        }
    }
    for (tag, text, kinds) in [("sh-bad", leaking, KINDS), ("check-bad", bad, FILES)] {
        let built = build(&text, kinds, tag);
        let image = engine.save(&built);
        for kind in kinds {
            let id = kind.secret.id();
            let (in_image, in_log) = (
                contains(&image, &value(kind)),
                contains(built.log.as_bytes(), &value(kind)),
            );
            match kind.leak {
                Leak::Image => assert!(in_image, "{id} is not in the image:\n{text}"),
                Leak::Log => assert!(in_log, "{id} is not in the log:\n{text}"),
                Leak::Neither => {}
            }
        }
    }
}
