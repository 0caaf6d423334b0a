//! npm, yarn, pnpm and bun: installing with a token is legitimate; settings that they store, and npm's log of its arguments, are leaks.
//! The scripts that they run from package.json are unknown, so they are opaque if the environment contains a secret.

pub(super) mod bundle;
mod config;

use bundle::{pack, script};
use config::config;

use super::common::{InUrl, has_gap, in_url, inside, made, path, spellings};
use crate::domain::Argument;
use crate::domain::{Cause, Doubt};
use crate::domain::{Taint, Value};
use crate::interpreter::Call;

/// Returns the variable in any of its spellings.
fn setting(call: &Call<'_, '_>, name: &str) -> Option<Value> {
    [
        format!("npm_config_{name}"),
        format!("NPM_CONFIG_{}", name.to_uppercase()),
        format!("NPM_CONFIG_{name}"),
    ]
    .iter()
    .find_map(|name| call.env(name))
}

/// Returns the value of an option, or of the variable with that name.
fn configured(call: &Call<'_, '_>, option: &str) -> Option<Argument> {
    call.option(option).or_else(|| {
        setting(call, &option.trim_start_matches('-').replace('-', "_"))
            .map(|value| Argument::new(value, call.span))
    })
}

/// Differences between the package managers.
struct Manager {
    /// Whether it logs its arguments, and caches the packages that it packs.
    keeps_log: bool,
    settings: Settings,
    /// Whether it prints a setting when it is set.
    prints_settings: bool,
    /// The files with the URL of a package, besides package.json.
    lock_files: &'static [&'static str],
}

/// The format and location of a user's settings.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Settings {
    Npmrc,
    Yarnrc,
}

const NPM: Manager = Manager {
    keeps_log: true,
    settings: Settings::Npmrc,
    prints_settings: false,
    lock_files: &["package-lock.json", "node_modules/.package-lock.json"],
};

pub(super) fn npm(call: &mut Call<'_, '_>) {
    let given = Taint::of_all(&call.arguments);
    log(call, &given);
    run(call, &NPM);
}

pub(super) fn pnpm(call: &mut Call<'_, '_>) {
    let pnpm = Manager {
        keeps_log: false,
        lock_files: &["pnpm-lock.yaml", "node_modules/.pnpm/lock.yaml"],
        ..NPM
    };
    // It calls npm.
    if call.verb_of_row() == "config" {
        let given = Taint::of_all(&call.arguments);
        log(call, &given);
    }
    run(call, &pnpm);
}

pub(super) fn yarn(call: &mut Call<'_, '_>) {
    let yarn = Manager {
        keeps_log: false,
        settings: Settings::Yarnrc,
        prints_settings: true,
        lock_files: &["yarn.lock", "node_modules/.yarn-integrity"],
    };
    run(call, &yarn);
}

pub(super) fn bun(call: &mut Call<'_, '_>) {
    let bun = Manager {
        keeps_log: false,
        settings: Settings::Npmrc,
        prints_settings: true,
        lock_files: &["bun.lock"],
    };
    run(call, &bun);
}

fn run(call: &mut Call<'_, '_>, manager: &Manager) {
    let verb = call.verb_of_row();
    let given = Taint::of_all(&call.arguments);
    let operands = call.operands();
    match verb {
        "config" => config(call, manager),
        "login" => {
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
        "pack" => pack(call, manager.keeps_log),
        "run" => {
            // npm and yarn print the command with its arguments.
            let shown = made(call, &given);
            call.print(&shown);
            script(call);
        }
        "" if operands.is_empty() => {
            for option in call.unknown_options().to_vec() {
                call.opaque_for(&option.value.taint(), Doubt::Option);
            }
        }
        // `yarn turbo run build`: the command of a package.
        "" if operands.first().is_some_and(is_package_command) => {
            let words = call.arguments.clone();
            let at = words.iter().position(|word| Some(word) == operands.first());
            call.run(&words[at.unwrap_or_default()..]);
        }
        // `yarn build`: a script of package.json.
        "" => script(call),
        _ => {
            let given_words: Vec<String> =
                call.arguments.iter().filter_map(Argument::text).collect();
            for operand in &operands {
                // A package given by URL is stored in package.json and the lock file.
                if operand.value.taint().is_some() {
                    let kept = made(call, &operand.value.taint());
                    let is_saved = !given_words.iter().any(|word| word == "--no-save");
                    for file in ["package.json"].iter().chain(manager.lock_files) {
                        // The list of the installed packages is written in any case.
                        if is_saved || file.starts_with("node_modules/") {
                            call.append(&path(call, *file), &kept, &Cause::Manifest);
                        }
                    }
                }
            }
            if verb == "install"
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

/// Whether it is the command of a known package, which no script of package.json is called like.
fn is_package_command(word: &Argument) -> bool {
    const COMMANDS: &[&str] = &[
        "turbo",
        "nx",
        "prisma",
        "drizzle-kit",
        "sentry-cli",
        "datadog-ci",
        "eas",
        "wrangler",
        "next",
        "vite",
    ];
    word.text().is_some_and(|text| COMMANDS.contains(&&*text))
}

/// npm logs its arguments to a file, and prints them if it is verbose.
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

/// Returns the file of a user's settings.
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
pub(super) fn npm_execute(call: &mut Call<'_, '_>) {
    let given = Taint::of_all(&call.arguments);
    log(call, &given);
    package_command(call);
}

/// `corepack pnpm ARG..`
pub(super) fn corepack(call: &mut Call<'_, '_>) {
    let all = call.arguments.clone();
    call.run(&all);
}

/// `npx PACKAGE ARG..`: runs a package, by the row of its command if there is one.
pub(super) fn package_command(call: &mut Call<'_, '_>) {
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
        // The command of `@scope/name` is called `name`.
        _ if !has_gap(bare) && bare.contains('/') && name.starts_with('@') => {
            first.value = Value::known(bare.rsplit('/').next().unwrap_or(bare));
        }
        _ if has_gap(bare) => {
            return call.opaque(Doubt::Package);
        }
        _ => first.value = Value::known(bare),
    }
    call.run(&words);
}
