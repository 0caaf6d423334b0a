//! npm, yarn, pnpm and bun: installing with a token is honest work; what they keep, and the log in which npm keeps its arguments, is not.
//! What they run from package.json is not known: with a secret in the environment it is not vouched for.

mod bundle;
mod config;

use bundle::{pack, script};
use config::config;

use super::common::{InUrl, has_gap, in_url, inside, made, path, spellings};
use super::{Opt, Program, Role, Row, flags, value};
use crate::flow::{Argument, Call, Taint, Value};
use crate::report::{Cause, Doubt};

pub(super) static PROGRAMS: &[Program] = &[
    Program::new(
        // nj-config-set, nj-config-set-rm, nj-set, nj-npmrc-rm, nj-npmrc-placeholder,
        // nj-npmrc-userconfig, nj-flag, nj-pkg-set, nj-run-arg, npm-config-get,
        // npm-config-set-userconfig-tmpfs, npm-script-env-dump
        &["npm"],
        &[
            row(&[]),
            row(&["config|c|set|get"]),
            row(&["login|adduser|add-user|token"]),
            row(&["pkg"]),
            row(&["pack"]),
            executes(&["exec|x"]),
            row(&["run|run-script|rum|urn|test|t|start|stop|restart|create|init|innit"]),
            row(&[
                "install|i|in|ins|add|ci|clean-install|ic|install-clean|install-test|it|cit|update|\
                 up|upgrade|rebuild|rb|link|ln|dedupe|ddp|prune|uninstall|remove|rm|un|publish|\
                 audit|cache|view|info|show|v|whoami|ping|ls|list|outdated|version|fund|doctor|\
                 root|prefix|bin|shrinkwrap|dist-tag|access|owner|team|org|search|explain|query|\
                 unpublish|deprecate",
            ]),
        ],
    )
    .options(OPTIONS),
    Program::new(
        &["pnpm"], // nj-pnpm-config, nj-pnpm-set-rm, nj-pnpm-install, nj-pnpm-env
        &[
            row(&[]),
            row(&["config|c|set|get"]),
            row(&["login|adduser|token"]),
            row(&["pack"]),
            executes(&["exec|dlx"]),
            row(&["run|run-script|test|t|start|create|init|build|dev|generate|lint"]),
            row(&[
                "install|i|add|ci|fetch|update|up|rebuild|rb|link|ln|dedupe|prune|remove|rm|\
                 uninstall|un|publish|audit|store|view|info|whoami|ls|list|outdated|root|bin|\
                 import|deploy|patch|env|setup|server|why|licenses|cache|self-update",
            ]),
        ],
    )
    .options(OPTIONS),
    Program::new(
        &["yarn", "yarnpkg"], // nj-yarn-config, nj-yarn-env, nj-yarn-berry-config, npm-yarnrc
        &[
            row(&[]),
            row(&["config"]),
            row(&["login"]),
            row(&["pack"]),
            executes(&["exec|dlx"]),
            row(&["run|test|start|create|init|build|dev|generate|lint|node"]),
            row(&[
                "install|add|remove|up|upgrade|link|unlink|dedupe|publish|npm|audit|cache|info|\
                 list|outdated|why|workspaces|workspace|set|plugin|import|rebuild|version|versions|\
                 global|bin|autoclean|check|help|policies",
            ]),
        ],
    )
    .options(OPTIONS),
    Program::new(
        &["bun"], // nj-bun-env, nj-bunfig, nj-bun-run
        &[
            row(&[]),
            executes(&["exec|x"]),
            row(&["run|test|create|build|dev|start"]),
            row(&[
                "install|i|add|a|remove|rm|update|link|unlink|pm|outdated|publish|audit|patch|info|\
                 why|upgrade|init",
            ]),
        ],
    )
    .options(OPTIONS),
    Program::new(
        &["npx", "pnpx", "bunx"], // nj-npx, cl-sentry
        &[Row::new(&[])
            .options(&[
                flags("-y --yes --no --no-install -q --quiet --version --ignore-existing"),
                value("-p --package -c --call", Role::Plain),
            ])
            .operands(&[], Some(Role::Command), &[])
            .by(package_command)],
    ),
    Program::new(
        // nj-dotenv-script
        &[
            "vite",
            "next",
            "nuxt",
            "nuxi",
            "astro",
            "gatsby",
            "react-scripts",
            "vue-cli-service",
            "remix",
            "svelte-kit",
            "webpack",
            "parcel",
            "expo",
            "ng",
            "nx",
            "turbo",
            "rollup",
            "esbuild",
            "tsup",
            "storybook",
        ],
        &[Row::new(&[])
            .any_option()
            .operands(&[], Some(Role::Plain), &[])
            .by(script)],
    ),
    Program::new(
        // What they build is run by them.
        // nj-vercel, nj-vercel-build
        &[
            "vercel",
            "netlify",
            "netlify-cli",
            "firebase",
            "firebase-tools",
            "datadog-ci",
            "wrangler",
        ],
        &[
            Row::new(&[])
                .any_option()
                .options(&[value("-t --token --auth --api-key", Role::Consumed)])
                .each(Role::Quoted),
            Row::new(&["build|dev|functions|exec"])
                .any_option()
                .operands(&[], Some(Role::Plain), &[])
                .by(script),
            Row::new(&["login|link|init|env|secret|secrets|config"])
                .any_option()
                .each(Role::Plain)
                .effects(&[super::Effect::Opaque]),
        ],
    ),
    Program::new(
        &["corepack", "nvm", "n", "fnm"], // nj-corepack
        &[Row::new(&[]).any_option().each(Role::Quoted)],
    ),
    Program::new(
        &["sentry-cli"], // cl-sentry
        &[Row::new(&[])
            .any_option()
            .options(&[value("--auth-token --api-key", Role::Consumed)])
            .each(Role::Quoted)],
    ),
];

const OPTIONS: &[Opt] = &[
    value(
        "--userconfig --globalconfig --registry --logs-dir --logs-max --cache --loglevel --prefix \
         -C --dir --cwd --location -w --workspace --filter -F --store-dir",
        Role::Plain,
    ),
    flags("-g --global -d -dd -ddd --verbose --home -H"),
];

const fn row(command: &'static [&'static str]) -> Row {
    Row::new(command)
        .any_option()
        .operands(&[], Some(Role::Plain), &[])
        .by(run)
}

const EXECUTES: &[Opt] = &[
    value("-c --call -p --package", Role::Plain),
    flags("-y --yes -s --silent"),
];

/// Runs a command of a package.
const fn executes(command: &'static [&'static str]) -> Row {
    Row::new(command)
        .any_option()
        .options(EXECUTES)
        .operands(&[], Some(Role::Command), &[])
        .by(execute)
}

/// The variable in any of its spellings.
fn setting(call: &Call<'_, '_>, name: &str) -> Option<Value> {
    [
        format!("npm_config_{name}"),
        format!("NPM_CONFIG_{}", name.to_uppercase()),
        format!("NPM_CONFIG_{name}"),
    ]
    .iter()
    .find_map(|name| call.env(name))
}

/// An option, or the variable of that name.
fn configured(call: &Call<'_, '_>, option: &str) -> Option<Argument> {
    call.option(option).or_else(|| {
        setting(call, &option.trim_start_matches('-').replace('-', "_"))
            .map(|value| Argument::new(value, call.span))
    })
}

fn run(call: &mut Call<'_, '_>) {
    let verb = call.command().first().copied().unwrap_or_default();
    let given = Taint::of_all(&call.arguments);
    if &*call.name == "npm" {
        log(call, &given);
    }
    let operands = call.operands();
    match verb {
        "config|c|set|get" | "config" => config(call),
        "login|adduser|add-user|token" | "login|adduser|token" | "login" => {
            let input = call.stdin().taint().join(&given);
            let kept = made(call, &input);
            let file = user_file(call);
            call.append(&file, &kept, &Cause::LogIn);
        }
        "pkg" => {
            let kept = made(call, &given);
            let file = path(call, "package.json");
            if given.is_some() {
                call.append(&file, &kept, &Cause::Program("npm pkg set".into()));
            }
        }
        "pack" => pack(call),
        verb if verb.starts_with("run") => {
            // npm and yarn show the command with its arguments.
            let shown = made(call, &given);
            call.print(&shown);
            script(call);
        }
        "" if operands.is_empty() => {
            for option in call.unknown_options().to_vec() {
                call.opaque_for(&option.value.taint(), Doubt::Option);
            }
        }
        // `yarn build`: a script of package.json.
        "" => script(call),
        _ => {
            for operand in &operands {
                // A package by its URL is written to package.json and the lock file.
                if operand.value.taint().is_some() {
                    let kept = made(call, &operand.value.taint());
                    call.append(&path(call, "package.json"), &kept, &Cause::Manifest);
                }
            }
            if verb.starts_with("install")
                && let Some(registry) = call.option("--registry")
                && in_url(&registry.value) > InUrl::Password
            {
                call.print_error(&registry.value);
            }
            let output = call.fresh();
            call.print(&output);
        }
    }
}

/// npm keeps its arguments in a file of its own, and prints them if it is to be verbose.
fn log(call: &mut Call<'_, '_>, given: &Taint) {
    if given.is_none() {
        return;
    }
    let arguments = made(call, given);
    let directory = match (configured(call, "--logs-dir"), configured(call, "--cache")) {
        (Some(logs), _) => logs,
        (None, Some(cache)) => inside(&cache, "_logs"),
        (None, None) => Argument::new(call.home().concat(&Value::known("/.npm/_logs")), call.span),
    };
    let logs_max = configured(call, "--logs-max").and_then(|number| number.text());
    if logs_max.as_deref() != Some("0") {
        call.append(
            &inside(&directory, "debug-0.log"),
            &arguments,
            &Cause::ArgumentLog,
        );
    }
    let level = configured(call, "--loglevel")
        .map(|level| level.text().unwrap_or_else(|| "silly".to_owned()));
    if matches!(level.as_deref(), Some("verbose" | "silly"))
        || call.has("-d") && call.has("-dd")
        || call.has("-dd")
        || call.has("-ddd")
        || call.has("--verbose")
    {
        call.print_error(&arguments);
    }
}

/// Where a user's settings are kept.
fn user_file(call: &Call<'_, '_>) -> Argument {
    let home = |name: &str| Argument::new(call.home().concat(&Value::known(name)), call.span);
    if let Some(file) = configured(call, "--userconfig") {
        return file;
    }
    let project = call
        .option("--location")
        .and_then(|location| location.text())
        .is_some_and(|location| location == "project");
    if project {
        return path(call, ".npmrc");
    }
    if call.has("-g") || call.has("--global") {
        return path(call, "/usr/local/etc/npmrc");
    }
    home("/.npmrc")
}

/// `npm exec PACKAGE ARG..`, `npm exec -c TEXT`.
fn execute(call: &mut Call<'_, '_>) {
    if &*call.name == "npm" {
        let given = Taint::of_all(&call.arguments);
        log(call, &given);
    }
    package_command(call);
}

/// `npx PACKAGE ARG..`: a package that has rows under the name of its command, or none.
fn package_command(call: &mut Call<'_, '_>) {
    if let Some(text) = call.option("-c") {
        let span = text.span;
        return call.shell(&text.value, span, &[]);
    }
    let mut words = call.operands();
    let Some(first) = words.first_mut() else {
        return;
    };
    let name = spellings(&first.value).pop().unwrap_or_default();
    let bare = name.trim_start_matches('@');
    let bare = match bare.rsplit_once('@') {
        Some((bare, _)) => bare,
        None => bare,
    };
    match bare {
        "sentry/cli" => first.value = Value::known("sentry-cli"),
        _ if has_gap(bare) => {
            return call.opaque(Doubt::Package);
        }
        _ => first.value = Value::known(bare),
    }
    call.run(&words);
}
