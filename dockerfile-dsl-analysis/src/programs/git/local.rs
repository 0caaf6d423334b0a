//! Objects that git takes from a repository or bundle of the same file system, or puts there: clone, fetch, pull, push, submodule.
//!
//! In: the call, and its URL or remote. Out: the objects in the other repository, and the files that are checked out from them.

use super::config::{lines, repository, setting};
use super::objects::check_out;
use crate::domain::Argument;
use crate::domain::{Cause, Taint, Value};
use crate::interpreter::Call;
use crate::programs::common::{behind, has_gap, inside, made, path, some_file, spellings};

/// Returns the directory name that git derives from the URL.
pub(super) fn named_after(url: &Argument) -> Option<String> {
    let text = spellings(&url.value).pop()?;
    let text = text.trim_end_matches('/');
    let text = text.strip_suffix("/.git").unwrap_or(text);
    let name = text.rsplit(['/', ':']).next()?;
    let name = name.strip_suffix(".git").unwrap_or(name);
    let known = !name.is_empty() && !has_gap(name);
    known.then(|| name.to_owned())
}

/// Returns the path of a URL, if it is one of the file system.
fn local(url: &Argument) -> Option<Argument> {
    if let Some(place) = url.behind("file://") {
        return Some(place);
    }
    let known = url.value.known_prefix();
    let first = known.split('/').next().unwrap_or_default();
    (!known.is_empty() && !first.contains(':')).then(|| url.clone())
}

/// Returns the taint of the objects of a local repository or bundle.
pub(super) fn local_objects(call: &mut Call<'_, '_>, url: &Argument) -> Taint {
    let Some(place) = local(url) else {
        return Taint::NONE;
    };
    let bundle = call.peek(&place).taint();
    [".git/objects", "objects"]
        .iter()
        .fold(bundle, |all, objects| {
            all.join(&call.read_tree(&inside(&place, objects)).taint())
        })
}

/// Adds objects to a repository, and their files to its working tree if it gets them.
pub(super) fn receive(
    call: &mut Call<'_, '_>,
    objects: &Taint,
    repository: &Argument,
    tree: Option<&Argument>,
) {
    if objects.is_none() {
        return;
    }
    let content = made(call, objects);
    let objects = inside(repository, "objects");
    for directory in std::iter::once(&objects).chain(tree) {
        let file = some_file(call, directory);
        call.append(&file, &content, &Cause::Cloned("git".into()));
    }
}

/// Returns the URLs of a remote: of all without a name.
fn remotes(call: &Call<'_, '_>, named: Option<&Argument>) -> Vec<Argument> {
    let url = |value: Value| Argument::new(value, call.span);
    if let Some(named) = named {
        let name = named.text().unwrap_or_default();
        let keys = [
            format!("remote.{name}.url"),
            format!("remote.{name}.pushurl"),
        ];
        let urls = keys.iter().filter_map(|key| setting(call, key));
        return urls.map(url).chain([named.clone()]).collect();
    }
    let of_remote = |line: Value| {
        let (key, _) = line.known_prefix().split_once('=')?;
        let is_url = key.starts_with("remote.") && key.ends_with("url");
        let start = key.len() + 1;
        is_url.then(|| behind(&line, start)).flatten()
    };
    let settings = lines(call, &inside(&repository(call), "config"));
    settings
        .into_iter()
        .filter_map(of_remote)
        .map(url)
        .collect()
}

/// Adds the objects of local remotes to this repository. `git pull` checks them out.
pub(super) fn fetch(call: &mut Call<'_, '_>, named: Option<&Argument>) {
    let verbs = call.arguments.iter().filter_map(Argument::text);
    let verb = verbs
        .into_iter()
        .find(|word| call.is_verb(word))
        .unwrap_or_default();
    if matches!(verb.as_str(), "push" | "ls-remote") {
        return;
    }
    let mut taint = Taint::NONE;
    for url in remotes(call, named) {
        taint = taint.join(&local_objects(call, &url));
    }
    let own = repository(call);
    receive(call, &taint, &own, None);
    if verb == "pull" {
        check_out(call);
    }
}

/// Adds the objects of this repository to local remotes.
pub(super) fn send(call: &mut Call<'_, '_>, named: Option<&Argument>) {
    let own = inside(&repository(call), "objects");
    let taint = call.read_tree(&own).taint();
    if taint.is_none() || call.has("--dry-run") {
        return;
    }
    for url in remotes(call, named) {
        let Some(place) = local(&url).filter(|place| !is_name(call, place)) else {
            continue;
        };
        let inner = inside(&place, ".git");
        let has_tree =
            (call.paths(&inner).iter()).any(|path| call.state.files.entry(&path.key).is_some());
        receive(call, &taint, if has_tree { &inner } else { &place }, None);
    }
}

/// Whether a word names a remote, not a directory.
fn is_name(call: &Call<'_, '_>, word: &Argument) -> bool {
    let text = word.text().unwrap_or_default();
    !text.contains('/') && setting(call, &format!("remote.{text}.url")).is_some()
}

/// `git submodule add URL DIRECTORY` clones it.
pub(super) fn add_module(call: &mut Call<'_, '_>, url: &Argument, given: Option<&Argument>) {
    let objects = local_objects(call, url);
    let named = || named_after(url).map(|name| path(call, name));
    let Some(directory) = given.cloned().or_else(named) else {
        return;
    };
    let modules = inside(&repository(call), "modules");
    let own = some_file(call, &modules);
    receive(call, &objects, &own, Some(&directory));
}
