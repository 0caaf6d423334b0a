//! Settings of npm, pnpm and yarn: where they are stored, and which of them are printed.

use super::{Manager, Settings, configured, setting, user_file};
use crate::domain::Argument;
use crate::domain::{Cause, Doubt};
use crate::domain::{Taint, Value};
use crate::interpreter::Call;
use crate::programs::common::{has_gap, lines, made, path, spellings};

/// `npm config` and the like.
pub(super) fn config(call: &mut Call<'_, '_>, manager: &Manager) {
    let operands = call.operands();
    let berry = operands.iter().any(|operand| {
        operand.value.known_prefix().starts_with("npm")
            && !operand.value.known_prefix().contains('/')
    });
    let file = match manager.settings {
        // yarn 1 stores root's settings there, regardless of HOME.
        Settings::Yarnrc if !berry => path(call, "/usr/local/share/.yarnrc"),
        Settings::Yarnrc if call.has("-H") || call.has("--home") => {
            Argument::new(call.home().concat(&Value::known("/.yarnrc.yml")), call.span)
        }
        Settings::Yarnrc => path(call, ".yarnrc.yml"),
        Settings::Npmrc => user_file(call),
    };
    let texts: Vec<String> = operands.iter().filter_map(Argument::text).collect();
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
            if manager.settings == Settings::Npmrc {
                shown = shown.join(&values_of(call, &path(call, ".npmrc"), &key));
                let given = setting(call, &key.replace('-', "_"));
                shown = shown.join(&given.map_or(Taint::NONE, |value| value.taint()));
            }
            for operand in &operands {
                shown = shown.join(&operand.value.taint());
            }
            let shown = made(call, &shown);
            call.print(&shown);
        }
        "list" | "ls" if manager.settings == Settings::Yarnrc => {
            // npm prints settings with the values of their variables.
            let home = Argument::new(call.home().concat(&Value::known("/.npmrc")), call.span);
            let shown = [file, home, path(call, ".npmrc")]
                .iter()
                .fold(call.environment().taint(), |all, file| {
                    all.join(&call.peek(file).taint())
                });
            let shown = made(call, &shown);
            call.print(&shown);
        }
        "list" | "ls" => {
            for option in ["--userconfig", "--globalconfig"] {
                if let Some(file) = configured(call, option) {
                    let unknown = unknown_lines(call, &file);
                    call.opaque_for(&unknown, Doubt::SettingsFile);
                }
            }
            let shown = [file, path(call, ".npmrc")]
                .iter()
                .fold(settings_by_variables(call), |all, file| {
                    all.join(&shown_settings(call, file))
                });
            let shown = made(call, &shown);
            call.print(&shown);
        }
        "fix" | "edit" => {
            let output = call.fresh();
            call.print(&output);
        }
        // The file is rewritten; its other lines stay.
        "delete" | "rm" | "unset" => {}
        _ => {
            let mut kept = Taint::of_all(&operands);
            for option in call.unknown_options().to_vec() {
                kept = kept.join(&option.value.taint());
            }
            let kept = made(call, &kept);
            if kept.taint().is_some() {
                if manager.settings == Settings::Npmrc && !names_file(call) {
                    // Debian's npm 9.2 writes the file of the project, and others that of the user.
                    let project = path(call, ".npmrc");
                    if call.exists(&path(call, "package.json")) {
                        call.append(&project, &kept, &Cause::UserSettings);
                    }
                }
                call.append(&file, &kept, &Cause::UserSettings);
                if manager.prints_settings {
                    call.print(&kept);
                }
            }
        }
    }
}

/// Whether an option says which file the setting is written to.
fn names_file(call: &Call<'_, '_>) -> bool {
    let options = ["--userconfig", "--location", "-L", "--global", "-g"];
    options.iter().any(|option| call.has(option))
}

/// Whether npm redacts the setting: the names of credentials begin like this.
fn is_protected(name: &str) -> bool {
    name.starts_with('_') || name.starts_with("//")
}

/// Returns the taint of `npm config list` for a file: all settings but credentials, with the values of their variables.
fn shown_settings(call: &Call<'_, '_>, file: &Argument) -> Taint {
    let mut shown = Taint::NONE;
    for line in lines(&call.peek(file)) {
        for text in spellings(&line) {
            let Some((name, value)) = text.split_once('=') else {
                continue;
            };
            let name = name.trim();
            if is_protected(name) || has_gap(name) {
                continue;
            }
            shown = shown.join(&line.taint());
            for variable in value.split("${").skip(1) {
                let variable = variable.split('}').next().and_then(|name| call.env(name));
                shown = shown.join(&variable.map_or(Taint::NONE, |value| value.taint()));
            }
        }
    }
    shown
}

/// Returns the taint of the lines of a file that may be any setting. npm also shows a line that is none: of a bare token, the token.
fn unknown_lines(call: &Call<'_, '_>, file: &Argument) -> Taint {
    let is_unknown = |line: &Value| {
        let texts = spellings(line);
        let mut names = texts
            .iter()
            .map(|text| text.split('=').next().unwrap_or(text));
        names.any(has_gap)
    };
    let lines = lines(&call.peek(file));
    let unknown = lines.iter().filter(|line| is_unknown(line));
    unknown.fold(Taint::NONE, |all, line| all.join(&line.taint()))
}

/// Returns the taint of the printed settings from variables `npm_config_NAME`.
fn settings_by_variables(call: &Call<'_, '_>) -> Taint {
    let variables = call.state.process.variables.iter();
    let settings = variables.filter(|(name, variable)| {
        variable.exported
            && name
                .get(..11)
                .is_some_and(|prefix| prefix.eq_ignore_ascii_case("npm_config_"))
            && !is_protected(&name[11..])
    });
    settings.fold(Taint::NONE, |all, (_, variable)| {
        all.join(&variable.taint())
    })
}

/// Returns the taint of a key's value. Of a file with unknown lines only settings that are not secret are printed.
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
                Some((name, _)) if !has_gap(name) => name.trim() == key,
                _ => !public,
            })
    };
    lines(&call.peek(file))
        .iter()
        .filter(|line| may_be(line))
        .fold(Taint::NONE, |all, line| all.join(&line.taint()))
}
