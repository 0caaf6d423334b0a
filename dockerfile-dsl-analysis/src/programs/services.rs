//! Command lines of single services: what a log-in leaves in files, and settings that are stored and removed.

use super::common::{forget, has_gap, inside, keep, made, path, spellings};
use crate::domain::{Argument, Cause, Taint};
use crate::interpreter::Call;

/// Stores what the service issues for the credentials: a ticket, a session, a configuration.
pub(super) fn keeps_issued(call: &mut Call<'_, '_>) {
    call.by_row();
    let issued = call.issued(&Taint::NONE);
    let kept = made(call, &issued);
    if issued.is_some() {
        let how = Cause::Stored(call.name.clone());
        call.store(call.stores(), &kept, &how);
    }
}

/// The file of a cache of tickets: `KRB5CCNAME=FILE:/tmp/cache`. Other types (`MEMORY:`, `KEYRING:`, `KCM:`) are no files.
fn tickets(call: &Call<'_, '_>) -> Option<Argument> {
    let place = call.option("-c");
    let place = place.or_else(|| Some(Argument::new(call.env("KRB5CCNAME")?, call.span)));
    let Some(place) = place else {
        return call.place("/tmp/krb5cc_0");
    };
    let Some(text) = place.text() else {
        return Some(place);
    };
    match text.split_once(':') {
        Some(("FILE" | "DIR", file)) => Some(path(call, file)),
        Some((kind, _)) if kind.len() > 2 && kind.chars().all(|c| c.is_ascii_uppercase()) => None,
        _ => Some(place),
    }
}

/// `kinit` stores the ticket that it gets for a key or a password.
pub(super) fn keeps_ticket(call: &mut Call<'_, '_>) {
    call.by_row();
    let issued = call.issued(&Taint::NONE);
    if let Some(file) = tickets(call).filter(|_| issued.is_some()) {
        let kept = made(call, &issued);
        let how = Cause::Stored(call.name.clone());
        call.append(&file, &kept, &how);
    }
}

/// `kdestroy` removes it.
pub(super) fn removes_ticket(call: &mut Call<'_, '_>) {
    if let Some(file) = tickets(call) {
        call.remove(&file, false);
    }
}

/// Stores the credentials that it finds in its variables.
pub(super) fn keeps_credentials(call: &mut Call<'_, '_>) {
    call.by_row();
    let found = call.credentials();
    let kept = made(call, &found);
    if found.is_some() {
        let how = Cause::Stored(call.name.clone());
        call.store(call.stores(), &kept, &how);
    }
}

/// What is in the files that the call names, or in `.env`.
fn of_dotenv(call: &Call<'_, '_>) -> Taint {
    let mut files = call.all_options(&["-e", "-f", "--file", "--env-file"]);
    if files.is_empty() {
        files.push(path(call, ".env"));
    }
    files.iter().map(|file| call.peek(file).taint()).collect()
}

/// `dotenv -e FILE -- COMMAND`: the variables of the file are in the environment of the command.
pub(super) fn runs_with_dotenv(call: &mut Call<'_, '_>) {
    let before = call.state.process.clone();
    let settings = of_dotenv(call);
    call.state.process.set_unknown(&settings, true);
    call.by_row();
    call.state.process.variables = before.variables;
    call.state.process.any_variable = before.any_variable;
}

/// `dotenv list` and `dotenv get NAME` print what is in the file.
pub(super) fn shows_dotenv(call: &mut Call<'_, '_>) {
    call.by_row();
    let settings = of_dotenv(call);
    let shown = made(call, &settings);
    call.print(&shown);
}

/// `dotenvx decrypt -f FILE`: the opened text takes the place of the encrypted one.
pub(super) fn opens_dotenv(call: &mut Call<'_, '_>) {
    call.by_row();
    if call.has("--stdout") {
        return;
    }
    let issued = call.issued(&Taint::NONE);
    if issued.is_some() {
        let opened = made(call, &issued);
        let file = call.option("-f").unwrap_or_else(|| path(call, ".env"));
        call.append(&file, &opened, &Cause::InPlace(call.name.clone()));
    }
}

/// `--set FILE SECTION NAME VALUE`, `--get FILE ..`, `--del FILE SECTION [NAME]`, `--merge FILE` with settings from standard input.
pub(super) fn crudini(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    let Some((file, given)) = operands.split_first() else {
        return;
    };
    let names: Vec<String> = given.iter().take(2).filter_map(Argument::text).collect();
    let key = (names.len() == given.len().min(2)).then(|| names.join("."));
    let how = Cause::Settings;
    if call.has("--get") {
        let content = call.read(file);
        return call.print(&content);
    }
    if call.has("--merge") {
        let settings = call.stdin();
        return call.append(file, &settings, &how);
    }
    let Some(place) = file.text() else {
        let taint = Taint::of_all(given);
        let kept = made(call, &taint);
        return call.append(file, &kept, &how);
    };
    if call.has("--set") {
        keep(call, &place, key.as_deref(), &Taint::of_all(given), &how);
    } else if call.has("--del") {
        forget(call, &place, key.as_deref());
    }
}

/// `hg clone URL [FOLDER]`: the URL becomes the default path of the clone, with its password.
pub(super) fn mercurial(call: &mut Call<'_, '_>) {
    call.by_row();
    let operands = call.operands();
    let Some(url) = operands.first().filter(|url| url.value.taint().is_some()) else {
        return;
    };
    let kept = made(call, &url.value.taint());
    let folder = operands.get(1).cloned();
    let folder = folder.unwrap_or_else(|| {
        let text = spellings(&url.value).pop().unwrap_or_default();
        let name = text.trim_end_matches('/').rsplit('/').next();
        path(
            call,
            name.filter(|name| !has_gap(name)).unwrap_or("repository"),
        )
    });
    let settings = inside(&folder, ".hg/hgrc");
    call.append(&settings, &kept, &Cause::Kept("hg clone".into()));
}

/// `hg config` and `hg paths` print the settings of the user, of the repository and of the call.
pub(super) fn mercurial_config(call: &mut Call<'_, '_>) {
    call.by_row();
    let given = Taint::of_all(&call.all_options(&["--config"]));
    let shown = given.join(&call.credentials());
    let shown = made(call, &shown);
    call.print(&shown);
}
