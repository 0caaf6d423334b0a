//! cargo, go, maven, gradle, dotnet, composer, bundler and others: builds with a token in the environment are legitimate; log-ins are
//! stored.

use super::common::{forget, is_gap, is_kept, keep, lines, made, path, setting_key, spellings};
use crate::domain::Argument;
use crate::domain::Cause;
use crate::domain::{Taint, Value};
use crate::interpreter::Call;

const CARGO_FILE: &str = "$CARGO_HOME/credentials.toml ~/.cargo/credentials.toml";
const GO_FILE: &str = "$GOENV $XDG_CONFIG_HOME/go/env ~/.config/go/env";
const NUGET_FILE: &str = "--configfile -ConfigFile ~/.nuget/NuGet/NuGet.Config";

/// `cargo login` stores a token, `cargo logout` removes it.
pub(super) fn cargo_login(call: &mut Call<'_, '_>) {
    let key = setting_key(call.option("--registry").as_ref());
    if verb_is(call, "logout") {
        return forget(call, CARGO_FILE, key.as_deref());
    }
    let input = call.stdin().taint();
    let words = call.operands();
    let given = words
        .iter()
        .fold(input, |all, word| all.join(&word.value.taint()));
    keep(
        call,
        CARGO_FILE,
        key.as_deref(),
        &given,
        &Cause::Stored("cargo".into()),
    );
}

/// Whether the word is among the arguments.
fn verb_is(call: &Call<'_, '_>, verb: &str) -> bool {
    call.arguments
        .iter()
        .any(|word| word.text().as_deref() == Some(verb))
}

/// Stores sources under their names, with their passwords.
pub(super) fn nuget_source(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    if verb_is(call, "remove") {
        let key = setting_key(operands.first());
        return forget(call, NUGET_FILE, key.as_deref());
    }
    // `add source URL --name NAME`, `update source NAME`.
    let name = call.option("--name");
    let key = setting_key(name.as_ref().or(operands.first()));
    let given =
        Taint::of_all(&call.all_options(&["-p", "-u", "-s"])).join(&Taint::of_all(&call.arguments));
    let named = key.as_deref().filter(|_| verb_is(call, "update"));
    if let (Some(name), None) = (named, call.option("--configfile"))
        && !is_kept(call, NUGET_FILE, name)
    {
        // The nearest file that has the source, which is that of the project.
        let how = Cause::Stored("dotnet".into());
        keep(call, "nuget.config", Some(name), &given, &how);
    }
    keep(
        call,
        NUGET_FILE,
        key.as_deref(),
        &given,
        &Cause::Stored("dotnet".into()),
    );
}

/// `--env-var NAME` stores the name of a variable, not its value.
pub(super) fn pub_token(call: &mut Call<'_, '_>) {
    let given = call.operands();
    let mut given = Taint::of_all(&given);
    if !call.has("--env-var") {
        given = given.join(&call.stdin().taint());
    }
    let kept = made(call, &given);
    let file = "~/.config/dart/pub-tokens.json";
    call.store(file, &kept, &Cause::Kept("dart pub token".into()));
}

/// Goals of the help plugin print settings and properties.
/// Goals that only download do not run code of the project.
pub(super) fn maven(call: &mut Call<'_, '_>) {
    const DOWNLOADS: [&str; 10] = [
        "go-offline",
        "resolve",
        "resolve-plugins",
        "resolve-sources",
        "sources",
        "get",
        "copy",
        "copy-dependencies",
        "unpack",
        "unpack-dependencies",
    ];
    call.by_row();
    let goals = call.operands();
    let downloads = |goal: &Argument| {
        let goal = goal.text().unwrap_or_default();
        let plugin = goal.rsplit_once(':').map_or("", |(plugin, _)| plugin);
        let name = goal.rsplit(':').next().unwrap_or_default();
        let is_dependency = plugin == "dependency" || plugin.contains(":maven-dependency-plugin");
        is_dependency && DOWNLOADS.contains(&name)
    };
    if goals.is_empty() || !goals.iter().all(downloads) {
        call.runs_project();
    }
    let helps = |operand: &Argument| operand.value.known_prefix().contains("help:");
    if call.operands().iter().any(helps) {
        let shown = made(call, &call.consumed.join(&call.environment().taint()));
        call.print(&shown);
    }
}

/// The task `properties` prints all properties, including those from the environment.
pub(super) fn gradle(call: &mut Call<'_, '_>) {
    call.by_row();
    let shows = |operand: &Argument| {
        operand
            .text()
            .is_some_and(|task| task.rsplit(':').next() == Some("properties"))
    };
    if call.operands().iter().any(shows) {
        let shown = made(call, &call.consumed.join(&call.environment().taint()));
        call.print(&shown);
    }
}

/// Diagnostic and binary logs begin with the environment.
pub(super) fn msbuild(call: &mut Call<'_, '_>) {
    call.by_row();
    let words: Vec<String> = call.arguments.iter().filter_map(Argument::text).collect();
    let environment = made(call, &call.environment().taint());
    let mut verbose = false;
    for word in &words {
        let name = word.trim_start_matches(['-', '/']).to_ascii_lowercase();
        let is_option = word.starts_with(['-', '/']);
        let value = name.split_once([':', '=']).map_or("", |(_, value)| value);
        if verbose && word.starts_with("diag")
            || is_option
                && (name.starts_with("v:") || name.starts_with("verbosity"))
                && value.starts_with("diag")
        {
            call.print(&environment);
        }
        verbose = is_option && (name == "v" || name == "verbosity");
        if is_option
            && matches!(name.split(':').next(), Some("bl" | "binarylogger"))
            && environment.taint().is_some()
        {
            call.append(
                &path(call, "msbuild.binlog"),
                &environment,
                &Cause::BinaryLog("dotnet".into()),
            );
        }
    }
}

/// `go env` prints variables, `go env -w` stores them.
pub(super) fn go_environment(call: &mut Call<'_, '_>) {
    let given = Taint::of_all(&call.operands());
    if call.has("-w") {
        let kept = made(call, &given);
        call.store(GO_FILE, &kept, &Cause::Kept("go env -w".into()));
        return;
    }
    let mut shown = given;
    let names = call.operands();
    if names.is_empty() {
        shown = shown.join(&call.environment().taint());
    }
    for name in names.iter().filter_map(Argument::text) {
        shown = shown.join(&call.env(&name).map_or(Taint::NONE, |value| value.taint()));
    }
    let shown = made(call, &shown);
    call.print(&shown);
}

/// Linker flags become part of the built program.
pub(super) fn go_build(call: &mut Call<'_, '_>) {
    let given = Taint::of_all(&call.all_options(&["-ldflags", "-gcflags", "-asmflags", "-tags"]));
    let given = given.join(&flags_of_compiler(
        call,
        &["GOFLAGS", "CGO_CFLAGS", "CGO_LDFLAGS"],
    ));
    if given.is_none() {
        return;
    }
    let built = made(call, &given);
    let output = call.option("-o").unwrap_or_else(|| path(call, "app"));
    call.append(&output, &built, &Cause::Linked("go build".into()));
}

/// `cargo build` and the like: compiler flags become part of the built program.
pub(super) fn cargo_build(call: &mut Call<'_, '_>) {
    call.by_row();
    let variables = [
        "RUSTFLAGS",
        "CARGO_BUILD_RUSTFLAGS",
        "CARGO_ENCODED_RUSTFLAGS",
        "RUSTDOCFLAGS",
    ];
    let given = flags_of_compiler(call, &variables);
    if given.is_some() {
        let built = made(call, &given);
        let output = path(call, "target/app");
        call.append(&output, &built, &Cause::Linked("cargo".into()));
    }
}

/// Returns the taint of the variables with compiler flags.
fn flags_of_compiler(call: &Call<'_, '_>, variables: &[&str]) -> Taint {
    let values = variables.iter().filter_map(|name| call.env(name));
    values.map(|value| value.taint()).collect()
}

/// Stores credentials in auth.json.
pub(super) fn composer_config(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    let key = setting_key(operands.first());
    let places: &str = if call.has("-g") || call.has("--global") {
        "$COMPOSER_HOME/auth.json ~/.composer/auth.json"
    } else {
        "auth.json"
    };
    if call.has("--unset") {
        return forget(call, places, key.as_deref());
    }
    if operands.len() == 1 && key.as_deref() == Some("home") {
        let home = call.env("COMPOSER_HOME");
        let home = home.unwrap_or_else(|| call.home().concat(&Value::known("/.composer")));
        return call.print(&home.concat(&Value::known("\n")));
    }
    let given = Taint::of_all(&operands);
    keep(
        call,
        places,
        key.as_deref(),
        &given,
        &Cause::Kept("composer config".into()),
    );
    let file = call.place("$COMPOSER_HOME/auth.json ~/.composer/auth.json");
    if call.operands().len() < 2
        && let Some(file) = file
    {
        let given = call.env("COMPOSER_AUTH");
        let given = given.map_or(Taint::NONE, |value| value.taint());
        let shown = made(call, &call.peek(&file).taint().join(&given));
        call.print(&shown);
    }
}

/// The settings of a project for Bundler.
const BUNDLE_PROJECT: &str = "$BUNDLE_APP_CONFIG/config .bundle/config";
/// The settings of a user of Bundler.
const BUNDLE_FILE: &str = "$BUNDLE_USER_CONFIG $BUNDLE_USER_HOME/config ~/.bundle/config";

/// Prints the settings. Bundler hides what follows the `:` of a credential, and nothing of a token alone.
pub(super) fn bundle_environment(call: &mut Call<'_, '_>) {
    let mut kept = Taint::NONE;
    for file in [BUNDLE_PROJECT, BUNDLE_FILE]
        .iter()
        .filter_map(|places| call.place(places))
    {
        for line in lines(&call.peek(&file)) {
            let is_shown = spellings(&line).iter().any(|text| {
                let value = text.split_once(": ").or(text.split_once('='));
                let value = value.map_or(&**text, |(_, value)| value);
                !value.split(is_gap).next().unwrap_or_default().contains(':')
            });
            if is_shown {
                kept = kept.join(&line.taint());
            }
        }
    }
    let variables = call.state.process.variables.iter();
    let shown = variables
        .filter(|(name, variable)| variable.exported && name.starts_with("BUNDLE_"))
        .filter(|(_, variable)| !variable.value.known_prefix().contains(':'))
        .map(|(_, variable)| variable.taint());
    let shown = shown.fold(kept, |all, taint| all.join(&taint));
    let shown = made(call, &shown);
    call.print(&shown);
}

/// `bundle config set KEY VALUE`, and the older `bundle config KEY VALUE`.
pub(super) fn bundle_config(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    let verb = operands
        .first()
        .and_then(Argument::text)
        .unwrap_or_default();
    let file: &str = if call.has("--local") {
        BUNDLE_PROJECT
    } else {
        BUNDLE_FILE
    };
    // `set KEY VALUE`, `KEY VALUE`, `unset KEY`, `--delete KEY`.
    let named = usize::from(matches!(&*verb, "set" | "unset" | "get"));
    let key = setting_key(operands.get(named));
    if verb == "unset" || call.has("--delete") {
        return forget(call, file, key.as_deref());
    }
    match verb.as_str() {
        "list" | "" => bundle_environment(call),
        "get" => {
            let shown = call
                .place(file)
                .map_or(Taint::NONE, |file| call.peek(&file).taint())
                .join(&call.environment().taint());
            let shown = made(call, &shown);
            call.print(&shown);
        }
        _ => {
            let given = Taint::of_all(&operands);
            keep(
                call,
                file,
                key.as_deref(),
                &given,
                &Cause::Kept("bundle config".into()),
            );
        }
    }
}
