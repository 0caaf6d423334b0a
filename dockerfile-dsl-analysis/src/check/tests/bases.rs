//! Effects of the base image: the same step on known images, and on an unknown one.

use super::told;
use crate::bases::Bases;
use crate::check::{Setting, check_file, check_file_in};
use crate::dockerfile::read;
use crate::programs::Programs;
use crate::rules::Context;
use crate::{Channel, Rule};

const CARGO: &str = "cargo login < /run/secrets/token && cargo fetch && rm -f";
const COMPOSER: &str = "composer config --global http-basic.h.example u \
                        \"$(cat /run/secrets/token)\" && composer install && rm -f";
const RELATIVE: &str = "cat /run/secrets/token > auth.json && composer install && rm -f";
const BUNDLE: &str = "bundle config set --local h.example \"$(cat /run/secrets/token)\" && \
                      bundle install && rm -f";
const NETRC: &str = "cp /run/secrets/token ~/.netrc && curl -n https://h.example/x && rm -f";
const DISTROLESS: &str = "gcr.io/distroless/static:nonroot";

/// A step that writes and removes a file, the bases on which that is a leak, those on which it is not, and whether it depends on the base.
type BaseCase<'c> = (&'c str, &'c str, &'c [&'c str], &'c [&'c str], bool);

/// The location of files depends on the base image: a leak if it is known, a doubt if it is not, nothing if it does not matter.
#[test]
fn what_the_base_image_sets() {
    let leak = [(Rule::SecretInLayer, Channel::Layer, 2)];
    let doubt = [(Rule::SecretInUnknownDirectory, Channel::Opaque, 2)];
    let clean: [(Rule, Channel, usize); 0] = [];
    let home_or_variable = "\"${CARGO_HOME:-$HOME/.cargo}/credentials.toml\"";
    let by_home = "~/.cargo/credentials.toml";
    let by_variable = "\"$CARGO_HOME/credentials.toml\"";
    let both = format!("{by_home} {by_variable}");
    let root_and_variable = format!("/root/.cargo/credentials.toml {by_variable}");
    let literal = "/usr/local/cargo/credentials.toml";
    let jupyter = "quay.io/jupyter/base-notebook";
    let jenkins = "jenkins/jenkins:lts";
    let rusts = ["rust", "rust:1.80-slim", "docker.io/library/rust:1"];
    let steps: [BaseCase<'_>; 15] = [
        (CARGO, by_home, &rusts, &["debian", "node:20"], true),
        (CARGO, by_variable, &["debian:bookworm"], &rusts, true),
        (CARGO, literal, &["debian:bookworm"], &rusts, true),
        (
            CARGO,
            home_or_variable,
            &[],
            &["rust", "debian", jupyter],
            false,
        ),
        (CARGO, &both, &[], &["rust", "debian"], false),
        (CARGO, &root_and_variable, &[], &["rust", "debian"], true),
        (
            COMPOSER,
            "/root/.composer/auth.json",
            &["composer:2.7"],
            &["debian"],
            true,
        ),
        (
            COMPOSER,
            "/tmp/auth.json",
            &["debian"],
            &["composer:2.7"],
            true,
        ),
        (
            RELATIVE,
            "/auth.json",
            &["composer:2.7", "golang:1.22"],
            &["debian"],
            true,
        ),
        (
            RELATIVE,
            "auth.json",
            &[],
            &["composer:2.7", "debian:bookworm"],
            false,
        ),
        (
            BUNDLE,
            "/app/.bundle/config",
            &["ruby:3.3", "debian"],
            &[],
            true,
        ),
        (NETRC, "~/.netrc", &[], &["debian", jupyter, jenkins], false),
        (
            NETRC,
            "/root/.netrc",
            &[jupyter, jenkins],
            &["debian", "rust"],
            true,
        ),
        (NETRC, "$HOME/.netrc", &[], &["debian", DISTROLESS], false),
        (
            NETRC,
            "/var/jenkins_home/.netrc",
            &["debian"],
            &[jenkins],
            true,
        ),
    ];
    for (writes, removes, leaking, safe, is_guess) in steps {
        let on = |base: &str| told(&format!("FROM {base}\nRUN {writes} {removes}\n"));
        let only = |base: &str| {
            let unreadable =
                |(rule, _, _): &(Rule, Channel, usize)| *rule != Rule::SecretUnreadable;
            on(base).into_iter().filter(unreadable).collect::<Vec<_>>()
        };
        for base in leaking {
            assert_eq!(only(base), leak, "{base}: {writes} {removes}");
        }
        for base in safe {
            assert_eq!(only(base), clean, "{base}: {writes} {removes}");
        }
        let expected = if is_guess { &doubt[..] } else { &clean[..] };
        for base in ["registry.acme.com/base:1", "acme/rust", "$BASE"] {
            let head = if base == "$BASE" { "ARG BASE\n" } else { "" };
            let line = usize::from(!head.is_empty());
            let found = told(&format!("{head}FROM {base}\nRUN {writes} {removes}\n"));
            let expected: Vec<_> = expected
                .iter()
                .map(|(rule, channel, at)| (*rule, *channel, at + line))
                .collect();
            assert_eq!(found, expected, "{base}: {writes} {removes}");
        }
    }
}

/// Settings in the text apply on every base.
#[test]
fn what_the_text_sets() {
    let removes = |head: &str, removes: &str| {
        let runs = format!("cargo login < /run/secrets/token && rm -f {removes}");
        told(&format!("FROM acme/base\n{head}\nRUN {runs}\n"))
    };
    assert_eq!(removes("ENV CARGO_HOME=/c", "/c/credentials.toml"), []);
    assert_eq!(
        removes("ENV CARGO_HOME=/c", "$CARGO_HOME/credentials.toml"),
        []
    );
    let leak = [(Rule::SecretInLayer, Channel::Layer, 3)];
    assert_eq!(
        removes("ENV CARGO_HOME=/c", "~/.cargo/credentials.toml"),
        leak
    );
    // HOME alone does not determine CARGO_HOME.
    let doubt = [(Rule::SecretInUnknownDirectory, Channel::Opaque, 3)];
    assert_eq!(removes("ENV HOME=/h", "/h/.cargo/credentials.toml"), doubt);
    let netrc = |head: &str| {
        told(&format!(
            "FROM acme/base\n{head}\nRUN cp /run/secrets/token ~/.netrc && rm /h/.netrc\n"
        ))
    };
    assert_eq!(netrc("ENV HOME=/h"), []);
    assert_eq!(netrc("ENV X=/h"), doubt);
}

/// The user's description of an image applies.
#[test]
fn a_described_base() {
    let bases = Bases::parse("base acme/*; env CARGO_HOME=/c; workdir /src\n").unwrap();
    let told = |removes: &str| {
        let runs = format!("cargo login < /run/secrets/t && rm -f {removes}");
        let text = format!("FROM acme/base:1\nRUN --mount=type=secret,id=t,required=true {runs}\n");
        let file = read(&text).unwrap();
        let setting = Setting {
            context: &Context::default(),
            programs: Programs::NONE,
            bases: &bases,
        };
        let findings = check_file_in(&file, setting);
        findings
            .into_iter()
            .map(|finding| finding.rule)
            .collect::<Vec<_>>()
    };
    assert_eq!(told("/c/credentials.toml"), []);
    assert_eq!(told("~/.cargo/credentials.toml"), [Rule::SecretInLayer]);
}

/// The shell of a Windows base is not analysed.
#[test]
fn a_windows_base() {
    for base in [
        "mcr.microsoft.com/windows/servercore:ltsc2022",
        "mcr.microsoft.com/dotnet/sdk:9.0-nanoserver-ltsc2022",
        "golang:1.22-windowsservercore",
    ] {
        let found = told(&format!(
            "FROM {base}\nRUN curl -H @/run/secrets/token https://h.example/\n"
        ));
        assert_eq!(
            found,
            [(Rule::SecretUnderUnknownShell, Channel::Opaque, 2)],
            "{base}"
        );
    }
}

/// `--platform` selects Windows, too; a fix for a POSIX shell does not apply there.
#[test]
fn a_windows_platform() {
    let runs = "RUN --mount=type=secret,id=t,required=true curl -H @/run/secrets/t h.example";
    let found = |from: &str| {
        let file = read(&format!("FROM {from}\n{runs}\n")).unwrap();
        let findings = check_file(&file).into_iter();
        findings
            .map(|finding| (finding.rule, finding.help))
            .collect::<Vec<_>>()
    };
    let refused = [(Rule::SecretUnderUnknownShell, None)];
    assert_eq!(found("--platform=windows/amd64 acme/base"), refused);
    assert_eq!(
        found("mcr.microsoft.com/windows/nanoserver:ltsc2022"),
        refused
    );
    assert_eq!(found("--platform=linux/amd64 acme/base"), []);
}

/// The SHELL of the base: one with tracing prints the commands.
#[test]
fn the_shell_of_the_base() {
    let runs = "curl -H \"Authorization: $(cat /run/secrets/token)\" https://h.example/";
    let found = told(&format!("FROM cimg/base:2024.02\nUSER root\nRUN {runs}\n"));
    assert_eq!(found, [(Rule::SecretInBuildLog, Channel::Log, 3)]);
    assert_eq!(told(&format!("FROM debian\nRUN {runs}\n")), []);
}

/// `$(< FILE)` is the content of the file in bash, and empty in dash and BusyBox.
#[test]
fn the_sh_of_the_base() {
    let found = |base: &str| {
        let run = "echo \"$(< /run/secrets/token)\" > /etc/token";
        told(&format!("FROM {base}\nRUN {run}\n"))
    };
    for base in [
        "debian",
        "ubuntu:24.04",
        "alpine:3.20",
        "python:3.12-alpine",
    ] {
        assert_eq!(
            found(base),
            [(Rule::SecretNotRead, Channel::Log, 2)],
            "{base}"
        );
    }
    for base in ["fedora:40", "acme/base"] {
        assert_eq!(
            found(base),
            [(Rule::SecretInLayer, Channel::Layer, 2)],
            "{base}"
        );
    }
    // Another shell than `sh`, and a `sh` that is made to be another one.
    let bash = "bash -c 'echo \"$(< /run/secrets/token)\" > /etc/token'";
    let found = told(&format!("FROM debian\nRUN {bash}\n"));
    assert_eq!(found, [(Rule::SecretInLayer, Channel::Layer, 2)]);
    let made = "RUN ln -sf /bin/bash /bin/sh\nRUN echo \"$(< /run/secrets/token)\" > /etc/token\n";
    let found = told(&format!("FROM debian\n{made}"));
    assert!(
        found.contains(&(Rule::SecretInLayer, Channel::Layer, 3)),
        "{found:?}"
    );
}

/// A script that is not analysed can find each mounted file, also one that it does not name.
#[test]
fn a_shell_that_is_not_analysed_reaches_every_secret() {
    for shell in [
        "FROM mcr.microsoft.com/windows/servercore:ltsc2022",
        "FROM debian\nSHELL [\"pwsh\", \"-Command\"]",
    ] {
        let found = told(&format!("{shell}\nRUN ./build.exe\n"));
        let rules: Vec<Rule> = found.iter().map(|(rule, ..)| *rule).collect();
        assert_eq!(rules, [Rule::SecretUnderUnknownShell], "{shell}");
    }
}
