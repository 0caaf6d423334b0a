//! pip, pipenv, poetry, uv, conda, twine, and the logins of Hugging Face and Weights & Biases.

use super::common::{InUrl, forget, in_url, keep, made, path, setting_key};
use crate::domain::Argument;
use crate::domain::{Cause, Doubt};
use crate::domain::{FilePlace, Taint, Text, Value};
use crate::interpreter::Call;

/// A file that pip only reads.
const PIP_READ_FILE: &str = "$PIP_CONFIG_FILE";
const PIP_USER_FILE: &str = "$XDG_CONFIG_HOME/pip/pip.conf ~/.config/pip/pip.conf";
const PIP_SITE_FILE: &str = "$VIRTUAL_ENV/pip.conf /usr/pip.conf";
const POETRY_FILE: &str =
    "$POETRY_CONFIG_DIR/auth.toml $XDG_CONFIG_HOME/pypoetry/auth.toml ~/.config/pypoetry/auth.toml";

/// Returns the taint of an index URL as pip prints it. A URL that is wholly a secret contains its password.
fn shown_of_index(url: &Value) -> Taint {
    let is_whole = |text: &Text| text.len() == 1 && text[0].taint.is_some();
    if url.alternatives().iter().all(is_whole) {
        return Taint::NONE;
    }
    shown_of_url(url)
}

/// Returns the taint of a URL as pip prints it: without the password.
fn shown_of_url(url: &Value) -> Taint {
    let mut shown = Taint::NONE;
    for text in url.alternatives() {
        for (index, piece) in text.iter().enumerate() {
            let mut alone = text.to_vec();
            for (other, piece) in alone.iter_mut().enumerate() {
                if other != index {
                    piece.taint = Taint::NONE;
                }
            }
            if in_url(&Value::from_alternatives(vec![alone.into()])) > InUrl::UserAlone {
                shown = shown.join(&piece.taint);
            }
        }
    }
    shown
}

pub(super) fn run_pip(call: &mut Call<'_, '_>) {
    match call.verb_of_row() {
        "config" => config(call),
        "debug" => {
            let all = call.environment();
            call.print(&all);
        }
        _ => install(call),
    }
}

/// Whether it is a folder of the project, whose build runs its code: `.`, `./lib[extra]`, `/app`.
fn names_folder(operand: &Argument) -> bool {
    let prefix = operand.value.known_prefix();
    let is_file = [".whl", ".gz", ".zip", ".txt"];
    prefix.starts_with(['.', '/']) && !is_file.iter().any(|end| prefix.ends_with(end))
}

fn install(call: &mut Call<'_, '_>) {
    let indexes = call.all_options(&["-i", "--index-url", "--extra-index-url", "-f"]);
    let indexes = indexes.iter().map(|url| shown_of_index(&url.value));
    let mut shown: Taint = indexes.collect();
    for variable in ["PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"] {
        if let Some(url) = call.env(variable) {
            shown = shown.join(&shown_of_index(&url));
        }
    }
    let operands: Vec<Argument> = call
        .operands()
        .into_iter()
        .chain(call.options("-e"))
        .collect();
    if operands.iter().any(names_folder) {
        call.runs_project();
    }
    for operand in &operands {
        shown = shown.join(&shown_of_url(&operand.value));
    }
    // An editable package keeps its repository, including the URL.
    for url in call
        .options("-e")
        .iter()
        .filter(|url| url.value.taint().is_some())
    {
        let kept = made(call, &url.value.taint());
        call.append(
            &path(call, "src/package/.git/config"),
            &kept,
            &Cause::Kept("pip install -e".into()),
        );
    }
    for file in call.options("-r") {
        let is_secret = call.paths(&file).iter().any(|path| {
            call.state.files.place(&call.state.files.follow(&path.key)) == FilePlace::Secret
        });
        if is_secret {
            let content = call.read(&file).taint();
            call.opaque_for(&content, Doubt::RequirementsFile);
        }
    }
    let shown = made(call, &shown);
    if !(call.has("-q") || call.has("--quiet")) {
        call.print(&shown);
    }
    let log = call.option("--log").or_else(|| {
        call.env("PIP_LOG")
            .map(|file| Argument::new(file, call.span))
    });
    if let Some(file) = log {
        call.append(&file, &shown, &Cause::Log("pip".into()));
    }
}

fn config(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    match operands.first().and_then(Argument::text).as_deref() {
        Some("set" | "unset") => {
            let places: &str = if call.has("--global") {
                "/etc/pip.conf"
            } else if call.has("--site") {
                PIP_SITE_FILE
            } else {
                PIP_USER_FILE
            };
            let key = setting_key(operands.get(1));
            if operands.first().and_then(Argument::text).as_deref() == Some("unset") {
                return forget(call, places, key.as_deref());
            }
            let kept = Taint::of_all(&operands);
            keep(
                call,
                places,
                key.as_deref(),
                &kept,
                &Cause::Kept("pip config set".into()),
            );
        }
        Some("edit") => {}
        _ => {
            let mut shown = call.environment().taint();
            for places in [PIP_READ_FILE, PIP_USER_FILE] {
                if let Some(own) = call.place(places) {
                    shown = shown.join(&call.peek(&own).taint());
                }
            }
            let global = path(call, "/etc/pip.conf");
            shown = shown.join(&call.peek(&global).taint());
            let shown = made(call, &shown);
            call.print(&shown);
        }
    }
}

/// `poetry config KEY VALUE..` stores a setting, `--unset KEY` removes it.
pub(super) fn poetry_config(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    let key = setting_key(operands.first());
    if call.has("--unset") {
        return forget(call, POETRY_FILE, key.as_deref());
    }
    let given = Taint::of_all(&operands);
    keep(
        call,
        POETRY_FILE,
        key.as_deref(),
        &given,
        &Cause::Kept("poetry config".into()),
    );
}

/// `poetry export --with-credentials` writes credentials to its output.
pub(super) fn export(call: &mut Call<'_, '_>) {
    let output = if call
        .unknown_options()
        .iter()
        .any(|option| option.text().as_deref() == Some("--with-credentials"))
    {
        let stored = call
            .place(POETRY_FILE)
            .map_or(Taint::NONE, |file| call.peek(&file).taint());
        made(call, &call.environment().taint().join(&stored))
    } else {
        call.fresh()
    };
    match call.option("-o") {
        Some(file) => call.write(&file, &output, &Cause::Program("poetry export".into())),
        None => call.print(&output),
    }
}

/// The compiled list begins with the URLs of the indexes as they were given.
pub(super) fn compile(call: &mut Call<'_, '_>) {
    call.by_row();
    let mut urls = call.consumed.clone();
    for variable in ["PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"] {
        urls = urls.join(&call.env(variable).map_or(Taint::NONE, |url| url.taint()));
    }
    if urls.is_none() || call.has("--no-emit-index-url") {
        return;
    }
    let list = made(call, &urls);
    let output = call
        .option("-o")
        .unwrap_or_else(|| path(call, "requirements.txt"));
    call.write(&output, &list, &Cause::Program("pip-compile".into()));
    call.print_error(&list);
}

/// uv redacts credentials in its messages; a compiled list of packages contains its index URL.
pub(super) fn uv(call: &mut Call<'_, '_>) {
    let compiles = call.operands().first().and_then(Argument::text).as_deref() == Some("compile");
    let mut taint = Taint::NONE;
    for option in [
        "-i",
        "--index-url",
        "--extra-index-url",
        "--default-index",
        "--index",
    ] {
        for url in call.options(option) {
            taint = taint.join(&url.value.taint());
        }
    }
    for variable in [
        "UV_INDEX_URL",
        "UV_EXTRA_INDEX_URL",
        "UV_DEFAULT_INDEX",
        "UV_INDEX",
    ] {
        let emits = |option: &Argument| option.text().as_deref() == Some("--emit-index-url");
        if call.unknown_options().iter().any(emits) {
            taint = taint.join(&call.env(variable).map_or(Taint::NONE, |url| url.taint()));
        }
    }
    let output = if compiles {
        made(call, &taint)
    } else {
        call.fresh()
    };
    match call.option("-o") {
        Some(file) => call.write(&file, &output, &Cause::Program("uv".into())),
        None => call.print(&output),
    }
}
