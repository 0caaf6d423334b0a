//! Models of several stages with arbitrary text in all fields of their instructions at once, rendered.
//!
//! In: choices. Out: a text that the library accepts. A text that no field of its kind can have makes it choose again.

use dockerfile_dsl::instructions::{
    Add, Arg, Cmd, CopyFiles, Entrypoint, Env, Expose, GitDirectory, Healthcheck, Instruction,
    Label, Network, Run, Shell, Unpack, User, Volume,
};
use dockerfile_dsl::mounts::{BindMount, CacheMount, SecretMount, Sharing, SshMount, TmpfsMount};
use dockerfile_dsl::{
    Dockerfile, Escape, LayerPath, Secret, Stage, StageBuilder, glob, inline, path, shell_form,
};
use dockerfile_dsl_analysis::dockerfile;
use proptest::prelude::*;
use proptest::test_runner::TestRng;

use super::models::text;

/// Returns the text of a model that the library accepts.
///
/// # Panics
///
/// If it cannot be read back, or has other instructions.
pub fn rendered(rng: &mut TestRng) -> String {
    loop {
        let name = or(rng, &["base", "a.b-c_d"]);
        let mut base = match rng.random_bool(0.5) {
            true => Stage::scratch(),
            false => Stage::from_image(or(rng, &["debian", "h.io:5000/a/b:1", "a@sha256:x"])),
        };
        base.named(&name);
        let counts = [rng.random_range(1..4), rng.random_range(1..4)];
        for _ in 0..counts[0] {
            add(&mut base, rng);
        }
        let base = base.build();
        let mut last = match rng.random_bool(0.5) {
            true => Stage::from_stage(&base),
            false => Stage::scratch(),
        };
        last.copy_from(&base, text(rng), path!("/from/"));
        for _ in 0..counts[1] {
            add(&mut last, rng);
        }
        if rng.random_bool(0.1) {
            last.platform(or(rng, &["linux/amd64", "linux/arm/v7"]));
        }
        let mut settings = Dockerfile::settings();
        if rng.random_bool(0.3) {
            settings.escape(Escape::Backtick);
        }
        if rng.random_bool(0.1) {
            settings.check_options(or(rng, &["skip=all", "error=false;skip=A,B"]));
        }
        let Ok(file) = settings.dockerfile(&last.build()) else {
            continue;
        };
        let rendered = file.render();
        let read = dockerfile::read(&rendered).unwrap_or_else(|errors| {
            panic!("{rendered:?} cannot be read: {errors:?}");
        });
        let found: Vec<usize> = read.stages.iter().map(|it| it.instructions.len()).collect();
        assert_eq!(found, [counts[0], counts[1] + 1], "{rendered:?}");
        return rendered;
    }
}

/// Returns an ordinary value, or seldom arbitrary text: for fields that few texts are valid in.
fn or(rng: &mut TestRng, ordinary: &[&str]) -> String {
    match rng.random_bool(0.2) {
        true => text(rng),
        false => ordinary[rng.random_range(0..ordinary.len())].to_owned(),
    }
}

/// Returns an absolute path with arbitrary text, if one can have it.
fn at(rng: &mut TestRng) -> LayerPath {
    LayerPath::parse(format!("/{}", text(rng))).unwrap_or_else(|_| path!("/p"))
}

fn add(stage: &mut StageBuilder, rng: &mut TestRng) {
    if rng.random_bool(0.1) {
        stage.comment(text(rng));
    }
    let instruction = instruction(rng);
    match rng.random_bool(0.1) {
        true => stage.onbuild(instruction),
        false => stage.instruction(instruction),
    };
}

fn instruction(rng: &mut TestRng) -> Instruction {
    match rng.random_range(0..15) {
        0 => Env::new(text(rng), text(rng)).and("B", text(rng)).into(),
        1 => Label::new(text(rng), text(rng)).and(text(rng), "b").into(),
        2 => Arg::new(or(rng, &["A", "B_1"])).default(text(rng)).into(),
        3 => Expose::new(or(rng, &["80", "53/udp"]))
            .and(or(rng, &["1-2"]))
            .into(),
        4 => Volume::new(at(rng)).and(at(rng)).into(),
        5 => Shell::new([text(rng), text(rng)]).into(),
        6 => check(rng).into(),
        7 | 8 => copy(rng).into(),
        9 => add_address(rng).into(),
        10 => Cmd::new(shell_form(text(rng))).into(),
        11 => Entrypoint::new([text(rng), text(rng)]).into(),
        12 => User::new(text(rng)).into(),
        _ => run(rng).into(),
    }
}

fn check(rng: &mut TestRng) -> Healthcheck {
    let check = Healthcheck::new(shell_form(text(rng)));
    let check = check.interval(or(rng, &["1m30s", "1.5h"]).as_str());
    check
        .timeout(or(rng, &["3s"]).as_str())
        .retries(rng.random())
}

fn copy(rng: &mut TestRng) -> CopyFiles {
    let sources = [text(rng), text(rng)];
    let destination = LayerPath::parse(format!("/{}/", text(rng))).unwrap_or_else(|_| path!("/d/"));
    let mut copy = match rng.random_range(0..4) {
        0 => CopyFiles::from_image(or(rng, &["debian", "a/b:c"]), sources, destination),
        1 => CopyFiles::new(glob(text(rng)), destination),
        2 => CopyFiles::new(
            inline(or(rng, &["f"]), format!("{}\n", text(rng))),
            destination,
        ),
        _ => CopyFiles::new(sources, destination),
    };
    if rng.random_bool(0.5) {
        copy = copy.chown(text(rng)).exclude(text(rng)).exclude(text(rng));
    }
    if rng.random_bool(0.3) {
        copy = copy.chmod(or(rng, &["0644", "u+x"])).link();
    }
    copy
}

fn add_address(rng: &mut TestRng) -> Add {
    let end = text(rng);
    match rng.random_bool(0.5) {
        true => {
            let add = Add::http(format!("https://h/{end}"), at(rng));
            let digest = "sha256:".to_owned() + &"0a".repeat(32);
            add.unpack(Unpack::Keep).checksum(or(rng, &[&digest]))
        }
        false => {
            let query = or(rng, &["", "?ref=v1", "?keep-git-dir=1#b:c", "#v1"]);
            let add = Add::git(format!("https://h/{end}.git{query}"), at(rng));
            add.git_directory(GitDirectory::Keep).chown(text(rng))
        }
    }
}

fn run(rng: &mut TestRng) -> Run {
    let mut run = Run::exec([text(rng), text(rng)]);
    for _ in 0..rng.random_range(0..3) {
        run = match rng.random_range(0..5) {
            0 => run.mount(
                BindMount::at(at(rng))
                    .source(text(rng))
                    .from_image(or(rng, &["a"])),
            ),
            1 => {
                let cache = CacheMount::at(at(rng)).id(text(rng)).source(text(rng));
                let cache = cache.from_image(or(rng, &["a:b"])).sharing(Sharing::Locked);
                run.mount(cache.mode(rng.random_range(0..0o10000)).uid(rng.random()))
            }
            2 => run.mount(TmpfsMount::at(at(rng)).size(rng.random_range(0..1 << 50))),
            3 => run.mount(SshMount::new().id(text(rng)).target(at(rng)).uid(1)),
            _ => {
                let secret = Secret::env("S");
                run.mount(SecretMount::new(secret).target(format!("/{}", text(rng))))
            }
        };
    }
    match rng.random_bool(0.2) {
        true => run.network(Network::None),
        false => run,
    }
}
