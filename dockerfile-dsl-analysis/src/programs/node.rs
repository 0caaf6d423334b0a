//! npm, yarn, pnpm and bun: installing with a token is honest work; what they keep, and the log in which npm keeps its arguments, is not.
//! What they run from package.json is not known: with a secret in the environment it is not vouched for.

use super::common::{InUrl, at, in_url, inside, lines, made, path, spellings};
use super::{Opt, Program, Role, Row, flags, value};
use crate::flow::{Argument, Call, Taint, Value};
use crate::gather::Gather as _;

pub(super) static PROGRAMS: &[Program] = &[
    Program::new(
        &["npm"], // nj-config-set, nj-config-set-rm, nj-set, nj-npmrc-rm, nj-npmrc-placeholder, nj-npmrc-userconfig, nj-flag, nj-pkg-set, nj-run-arg, npm-config-get, npm-config-set-userconfig-tmpfs, npm-script-env-dump
        &[
            row(&[]),
            row(&["config|c|set|get"]),
            row(&["login|adduser|add-user|token"]),
            row(&["pkg"]),
            row(&["run|run-script|rum|urn|test|t|start|stop|restart|exec|x|create|init|innit"]),
            row(&["install|i|in|ins|add|ci|clean-install|ic|install-clean|install-test|it|cit|update|up|upgrade|rebuild|rb|link|ln|dedupe|ddp|prune|uninstall|remove|rm|un|publish|pack|audit|cache|view|info|show|v|whoami|ping|ls|list|outdated|version|fund|doctor|root|prefix|bin|shrinkwrap|dist-tag|access|owner|team|org|search|explain|query|unpublish|deprecate"]),
        ],
    )
    .options(OPTIONS),
    Program::new(
        &["pnpm"], // nj-pnpm-config, nj-pnpm-set-rm, nj-pnpm-install, nj-pnpm-env
        &[
            row(&[]),
            row(&["config|c|set|get"]),
            row(&["login|adduser|token"]),
            row(&["run|run-script|test|t|start|exec|dlx|create|init|build|dev|generate|lint"]),
            row(&["install|i|add|ci|fetch|update|up|rebuild|rb|link|ln|dedupe|prune|remove|rm|uninstall|un|publish|pack|audit|store|view|info|whoami|ls|list|outdated|root|bin|import|deploy|patch|env|setup|server|why|licenses|cache|self-update"]),
        ],
    )
    .options(OPTIONS),
    Program::new(
        &["yarn", "yarnpkg"], // nj-yarn-config, nj-yarn-env, nj-yarn-berry-config, npm-yarnrc
        &[
            row(&[]),
            row(&["config"]),
            row(&["login"]),
            row(&["run|test|start|exec|dlx|create|init|build|dev|generate|lint|node"]),
            row(&["install|add|remove|up|upgrade|link|unlink|dedupe|publish|npm|pack|audit|cache|info|list|outdated|why|workspaces|workspace|set|plugin|import|rebuild|version|versions|global|bin|autoclean|check|help|policies"]),
        ],
    )
    .options(OPTIONS),
    Program::new(
        &["bun"], // nj-bun-env, nj-bunfig, nj-bun-run
        &[
            row(&[]),
            row(&["run|test|exec|x|create|build|dev|start"]),
            row(&["install|i|add|a|remove|rm|update|link|unlink|pm|outdated|publish|audit|patch|info|why|upgrade|init"]),
        ],
    )
    .options(OPTIONS),
    Program::new(
        &["npx", "pnpx", "bunx"], // nj-npx, cl-sentry
        &[Row::new(&[]).options(&[flags("-y --yes --no --no-install -q --quiet --version --ignore-existing"), value("-p --package -c --call", Role::Plain)]).operands(&[], Some(Role::Command), &[]).by(package_command)],
    ),
    Program::new(
        &["vite", "next", "nuxt", "nuxi", "astro", "gatsby", "react-scripts", "vue-cli-service", "remix", "svelte-kit", "webpack", "parcel"], // nj-dotenv-script
        &[Row::new(&[]).any_option().operands(&[], Some(Role::Plain), &[]).by(script)],
    ),
    Program::new(
        &["corepack", "nvm", "n", "fnm"], // nj-corepack
        &[Row::new(&[]).any_option().each(Role::Quoted)],
    ),
    Program::new(
        &["sentry-cli"], // cl-sentry
        &[Row::new(&[]).any_option().options(&[value("--auth-token --api-key", Role::Consumed)]).each(Role::Quoted)],
    ),
];

const OPTIONS: &[Opt] = &[
    value(
        "--userconfig --globalconfig --registry --logs-dir --logs-max --cache --loglevel --prefix -C --dir --cwd --location -w --workspace --filter -F --store-dir",
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
            call.append(&file, &kept, "stored by the log-in");
        }
        "pkg" => {
            let kept = made(call, &given);
            let file = path(call, "package.json");
            if given.is_some() {
                call.append(&file, &kept, "`npm pkg set`");
            }
        }
        verb if verb.starts_with("run") => {
            // npm and yarn show the command with its arguments.
            let shown = made(call, &given);
            call.print(&shown);
            script(call);
        }
        "" if operands.is_empty() => {
            for option in call.unknown_options().to_vec() {
                call.opaque_for(&option.value.taint(), "an option that is not known here");
            }
        }
        // `yarn build`: a script of package.json.
        "" => script(call),
        _ => {
            for operand in &operands {
                // A package by its URL is written to package.json and the lock file.
                if operand.value.taint().is_some() {
                    let kept = made(call, &operand.value.taint());
                    call.append(&path(call, "package.json"), &kept, "kept in package.json");
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
            "npm's log of its arguments",
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

fn config(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    let berry = operands.iter().any(|operand| {
        operand.value.known_prefix().starts_with("npm")
            && !operand.value.known_prefix().contains('/')
    });
    let file = match &*call.name {
        // For root, yarn 1 keeps its settings there, whatever HOME says.
        "yarn" | "yarnpkg" if !berry => path(call, "/usr/local/share/.yarnrc"),
        "yarn" | "yarnpkg" if call.has("-H") || call.has("--home") => {
            Argument::new(call.home().concat(&Value::known("/.yarnrc.yml")), call.span)
        }
        "yarn" | "yarnpkg" => path(call, ".yarnrc.yml"),
        _ => user_file(call),
    };
    let texts: Vec<String> = operands.iter().filter_map(Argument::text).gather();
    let first = texts.first().map(String::as_str).unwrap_or_default();
    let verb = call
        .arguments
        .iter()
        .filter_map(Argument::text)
        .find(|word| {
            matches!(
                word.as_str(),
                "set" | "get" | "delete" | "rm" | "list" | "ls" | "fix" | "edit" | "unset"
            )
        });
    match verb.as_deref().unwrap_or(first) {
        "get" => {
            let key = operands
                .iter()
                .filter_map(Argument::text)
                .find(|word| word != "get")
                .unwrap_or_default();
            let mut shown = values_of(call, &file, &key);
            for operand in &operands {
                shown = shown.join(&operand.value.taint());
            }
            let shown = made(call, &shown);
            call.print(&shown);
        }
        "list" | "ls" if call.name.starts_with("yarn") => {
            // npm's settings are shown as they are, with what their variables hold.
            let home = Argument::new(call.home().concat(&Value::known("/.npmrc")), call.span);
            let shown = [file, home, path(call, ".npmrc")]
                .iter()
                .fold(call.environment().taint(), |all, file| {
                    all.join(&call.peek(file).taint())
                });
            let shown = made(call, &shown);
            call.print(&shown);
        }
        "list" | "ls" | "fix" | "edit" => {
            let output = call.fresh();
            call.print(&output);
        }
        // The file is written again; what was in it is taken to stay.
        "delete" | "rm" | "unset" => {}
        _ => {
            let mut kept = Taint::of_all(&operands);
            for option in call.unknown_options().to_vec() {
                kept = kept.join(&option.value.taint());
            }
            let kept = made(call, &kept);
            if kept.taint().is_some() {
                call.append(&file, &kept, "kept in the settings");
                if &*call.name != "npm" && &*call.name != "pnpm" {
                    call.print(&kept);
                }
            }
        }
    }
}

/// A script of package.json, which nobody knows, or a bundler. Bundlers (Vite, Next.js, Create React App, ..) read the `.env` files of the folder by
/// themselves, and write variables of theirs into the bundle.
fn script(call: &mut Call<'_, '_>) {
    let mut dotenv = Taint::NONE;
    for folder in call.paths(&path(call, ".")) {
        let names: Vec<String> = call
            .state
            .files
            .beneath(&folder.key)
            .map(|(key, _)| key.to_string())
            .filter(|key| {
                let name = key[folder.key.len()..].trim_start_matches('/');
                name.starts_with(".env") && !name.contains('/')
            })
            .gather();
        for name in names {
            let file = at(call, &name);
            dotenv = dotenv.join(&call.peek(&file).taint());
        }
    }
    let why = "a script of package.json may write what a `.env` file holds into the bundle";
    call.opaque_for(&dotenv, why);
    call.opaque("a script of package.json");
}

/// What a key's value tells about. Of a file that nobody knows the lines of, only settings that are no secret are shown.
fn values_of(call: &Call<'_, '_>, file: &Argument, key: &str) -> Taint {
    let public = matches!(
        key,
        "registry"
            | "prefix"
            | "cache"
            | "userconfig"
            | "globalconfig"
            | "loglevel"
            | "init-module"
    ) || key.ends_with(":registry");
    let may_be = |line: &Value| {
        spellings(line)
            .iter()
            .any(|line| match line.split_once('=') {
                Some((name, _)) if !name.contains(['\u{1}', '\u{2}']) => name.trim() == key,
                _ => !public,
            })
    };
    lines(&call.peek(file))
        .iter()
        .filter(|line| may_be(line))
        .fold(Taint::NONE, |all, line| all.join(&line.taint()))
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
        _ if bare.contains('\u{1}') || bare.contains('\u{2}') => {
            return call.opaque("a package that is not known");
        }
        _ => first.value = Value::known(bare),
    }
    call.run(&words);
}
