//! `check --fix` on one leak of each kind, built before and after: the step still works, and neither the image nor the log has the value.

use dockerfile_dsl::BuildTool;
use dockerfile_dsl_analysis::check::check_file;
use dockerfile_dsl_analysis::dockerfile;
use dockerfile_dsl_analysis::edits::{Applicability, Checked, Settling};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use crate::builders::{Built, Engine, contains, folder};
use crate::counterparts;

const VALUE: &str = "x7KqZt9RmW2vB4nD8sF1pL";

/// Where the value is before the fix.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leak {
    Image,
    Log,
    /// Nowhere, and without the fix the build fails.
    Neither,
}

/// A Dockerfile after its FROM, with `ORIGIN` for the git server.
struct Kind {
    name: &'static str,
    leak: Leak,
    applicability: Applicability,
    script: &'static str,
}

const KINDS: &[Kind] = &[
    Kind {
        name: "remove",
        leak: Leak::Image,
        applicability: Applicability::Safe,
        script: "RUN --mount=type=secret,id=TOKEN,required=true cp /run/secrets/TOKEN /srv/a && \
                 wc -c /srv/a && touch /srv/b\nENV A=b\n",
    },
    Kind {
        name: "clone",
        leak: Leak::Image,
        applicability: Applicability::Safe,
        script: "RUN --mount=type=secret,id=TOKEN,required=true git clone -q \
                 http://x-access-token:$(cat /run/secrets/TOKEN)@ORIGIN/acme/private.git \
                 /srv/clone && test -s /srv/clone/run\n",
    },
    Kind {
        name: "trace",
        leak: Leak::Log,
        applicability: Applicability::Safe,
        script: "RUN --mount=type=secret,id=TOKEN,required=true set -x; T=$(cat \
                 /run/secrets/TOKEN) && test -n \"$T\"\n",
    },
    Kind {
        name: "argument",
        leak: Leak::Image,
        applicability: Applicability::Unsafe,
        script: "ARG TOKEN\nRUN git clone -q \
                 http://x-access-token:$TOKEN@ORIGIN/acme/private.git /srv/clone && test -s \
                 /srv/clone/run\n",
    },
    Kind {
        name: "file",
        leak: Leak::Image,
        applicability: Applicability::Unsafe,
        script: "COPY .netrc /root/.netrc\nRUN git clone -q http://ORIGIN/acme/private.git \
                 /srv/clone && test -s /srv/clone/run\nRUN rm -f /root/.netrc\n",
    },
    Kind {
        name: "copy",
        leak: Leak::Image,
        applicability: Applicability::Unsafe,
        script: "RUN --mount=type=secret,id=netrc,required=true cp /run/secrets/netrc \
                 /root/.netrc && git clone -q http://ORIGIN/acme/private.git /srv/clone\nRUN rm \
                 /root/.netrc && test -s /srv/clone/run\n",
    },
    Kind {
        name: "written",
        leak: Leak::Image,
        applicability: Applicability::Unsafe,
        script: "RUN --mount=type=secret,id=TOKEN,required=true printf 'machine 127.0.0.1 login \
                 x-access-token password %s\\n' \"$(cat /run/secrets/TOKEN)\" > /root/.netrc\nRUN \
                 git clone -q http://ORIGIN/acme/private.git /srv/clone && test -s \
                 /srv/clone/run\nRUN rm -f /root/.netrc\n",
    },
    Kind {
        name: "options",
        leak: Leak::Neither,
        applicability: Applicability::Unsafe,
        script: "USER 1000\nRUN --mount=type=secret,id=TOKEN test -n \"$(cat \
                 /run/secrets/TOKEN)\"\n",
    },
    Kind {
        name: "output",
        leak: Leak::Log,
        applicability: Applicability::Unsafe,
        script: "RUN --mount=type=secret,id=TOKEN,env=TOKEN,required=true printenv TOKEN\n",
    },
];

const FROM: &str = "FROM debian:bookworm-slim\n";

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = trials!([every_kind_is_fixed]);
    trials.extend(trials!(
        &Engine::find(),
        [fixed_files_build_and_leak_nothing]
    ));
    trials
}

/// Applies all fixes up to this kind.
fn fixed(text: &str, applicability: Applicability) -> String {
    let check = |text: &str, _: &[String]| {
        let file = dockerfile::read(text).ok()?;
        let findings = check_file(&file);
        Some((file, findings))
    };
    let settling = Settling {
        applicability,
        check: &check,
        wanted: &|checked| checked.findings.clone(),
    };
    let (file, findings) = check(text, &[]).unwrap_or_else(|| panic!("{text}"));
    let (after, applied) = settling.settle(Checked {
        text: text.to_owned(),
        file,
        findings,
        ignore: Vec::new(),
    });
    assert!(!applied.is_empty(), "no fix of\n{text}");
    assert!(
        after.findings.is_empty(),
        "{:#?}\n{}",
        after.findings,
        after.text
    );
    after.text
}

fn every_kind_is_fixed() {
    for kind in KINDS {
        fixed(&format!("{FROM}{}", kind.script), kind.applicability);
    }
}

fn fixed_files_build_and_leak_nothing(engine: &Engine) {
    let server = counterparts::git(&folder("fix-git"), VALUE);
    let origin = server.origin().trim_start_matches("http://").to_owned();
    let host = origin.split(':').next().unwrap_or_default().to_owned();
    let context = folder("fix-context");
    let netrc = format!("machine {host} login x-access-token password {VALUE}\n");
    counterparts::write(&context.join(".netrc"), &netrc);
    let build = |text: &str, name: &str, argument: &str| -> Built {
        let tag = format!("dsl-test/fix-{name}");
        let line = format!(
            "docker build --no-cache --network host --progress plain --tag {tag} --file - --secret \
             id=TOKEN,env=TOKEN --secret id=netrc,src=.netrc{argument} ."
        );
        let mut built = engine.build_line(
            &line,
            BuildTool::Buildx,
            text,
            &context,
            &[("TOKEN", VALUE)],
        );
        built.tag = tag;
        built.expect_success()
    };
    for kind in KINDS {
        let before = format!("{FROM}{}", kind.script.replace("ORIGIN", &origin));
        let after = fixed(&before, kind.applicability);
        if kind.leak != Leak::Neither {
            let name = format!("{}-before", kind.name);
            let (in_image, in_log) = places(engine, &build(&before, &name, " --build-arg TOKEN"));
            match kind.leak {
                Leak::Image => assert!(in_image, "the value is not in the image:\n{before}"),
                _ => assert!(in_log, "the value is not in the log:\n{before}"),
            }
        }
        let built = build(&after, kind.name, "");
        let found = places(engine, &built);
        assert_eq!(found, (false, false), "image, log:\n{after}\n{}", built.log);
    }
}

/// Whether the value is in the image, and in the log.
fn places(engine: &Engine, built: &Built) -> (bool, bool) {
    let image = engine.save(built);
    (
        contains(&image, VALUE),
        contains(built.log.as_bytes(), VALUE),
    )
}
