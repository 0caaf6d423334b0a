//! Reads compose files: the secrets and build arguments of each service with a `build`.
//!
//! `extends` is followed, also into other files. What `include` names is read by itself. A value with a variable in it is not known.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use dockerfile_dsl_analysis::{Finding, Rule, Span, suggest};

use super::super::input;
use super::super::kind::FrontEnd;
use super::carried;
use super::model::{
    self, BuildArgument, Caller, Callers, Folders, Include, Passed, Target, UNKNOWN, Unread,
    is_remote, locate,
};
use super::tree::Node;
use super::yaml;

/// Max. length of a chain of `extends`.
const MAX_CHAIN: usize = 16;

/// The services of a file by their names.
type Services<'a> = BTreeMap<&'a str, &'a Rc<Node>>;

pub(super) fn read(root: &Node, folders: &Folders, found: &mut Callers) {
    if let Some(includes) = root.get("include") {
        include(includes, folders, found);
    }
    let Some(services) = root.get("services") else {
        return;
    };
    let entries = services.entries();
    let names: Services<'_> = entries
        .iter()
        .map(|(name, _, service)| (*name, *service))
        .collect();
    let declared = declared(root);
    for (name, key, service) in entries {
        let (chain, unread) = chain(&names, service, &folders.own);
        let builds: Vec<Build<'_>> = chain
            .iter()
            .filter_map(|link| Some((link.service.get("build")?, link.folder.as_path())))
            .collect();
        if builds.is_empty() {
            continue;
        }
        let mut caller = build(name, key, &builds, found);
        if let Some(declared) = &declared {
            undeclared(&caller, declared, found);
        }
        caller.unread.extend(unread);
        found.callers.push(caller);
    }
}

/// Returns the names of the secrets that the file declares; `None` if another file may declare more.
fn declared(root: &Node) -> Option<BTreeSet<&str>> {
    if root.get("include").is_some() {
        return None;
    }
    let secrets = root.get("secrets").map(|secrets| secrets.entries());
    let names = secrets.into_iter().flatten();
    Some(names.map(|(name, ..)| name).collect())
}

/// Reports the secrets of a service that the file does not declare.
fn undeclared(caller: &Caller, declared: &BTreeSet<&str>, found: &mut Callers) {
    for passed in &caller.secrets {
        let Some(id) = passed.ids.first() else {
            continue;
        };
        if declared.contains(id.as_str()) {
            continue;
        }
        let names: Vec<&str> = declared.iter().copied().collect();
        let message = format!(
            "{} uses the secret `{id}`, which the file does not declare{}",
            caller.name,
            suggest::did_you_mean(id, &names)
        );
        let mut finding = Finding::new(Rule::SecretNotDeclared, passed.span, message);
        finding.secret = Some(id.clone());
        finding.help = Some(format!(
            "add it to `secrets` at the top level, with its source: `{id}: {{environment: NAME}}` \
             or `{id}: {{file: PATH}}`"
        ));
        found.findings.push(finding);
    }
}

/// A service, and the folder that its paths are relative to.
struct Link {
    service: Rc<Node>,
    folder: PathBuf,
}

/// The `build` of a service, and the folder that its paths are relative to.
type Build<'a> = (&'a Rc<Node>, &'a Path);

/// Returns the service and those that it extends, nearest first, and what cannot be followed.
fn chain(
    services: &Services<'_>,
    service: &Rc<Node>,
    folder: &Path,
) -> (Vec<Link>, Option<Unread>) {
    let link = |service: &Rc<Node>, folder: &Path| Link {
        service: Rc::clone(service),
        folder: folder.to_owned(),
    };
    let mut chain = vec![link(service, folder)];
    // The other file that the last service is in.
    let mut other: Option<Rc<Node>> = None;
    loop {
        let Some(last) = chain.last() else {
            return (chain, None);
        };
        let Some(extends) = last.service.get("extends").cloned() else {
            return (chain, None);
        };
        let mut folder = last.folder.clone();
        if let Some(file) = extends.get("file") {
            let path = value(file);
            let read = (!path.contains(UNKNOWN)).then(|| folder.join(&path));
            let read = read.as_deref().and_then(|path| load(path, extends.span));
            let Some(root) = read else {
                let path = path.replace(UNKNOWN, "..");
                let message = format!("`{path}`, which this extends, cannot be read");
                return (chain, Some(Unread::new(extends.span, message)));
            };
            folder = folder.join(&path);
            folder.pop();
            other = Some(root);
        }
        let base = extends
            .text()
            .or_else(|| extends.get("service").and_then(|name| name.text()));
        let next = base.and_then(|name| match &other {
            Some(root) => root.get("services")?.get(name),
            None => services.get(name).copied(),
        });
        match next {
            Some(next) if chain.len() < MAX_CHAIN => chain.push(link(next, &folder)),
            _ => {
                let message = "the service that this extends is not followed";
                return (chain, Some(Unread::new(extends.span, message)));
            }
        }
    }
}

/// Reads another compose file. All of it is at the place that names it.
fn load(path: &Path, span: Span) -> Option<Rc<Node>> {
    let bytes = input::bytes(path).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let document = yaml::read(&text).ok()?.into_iter().next()?;
    Some(document.moved(span))
}

/// Reads which other files are part of this one.
fn include(includes: &Node, folders: &Folders, found: &mut Callers) {
    let mut elsewhere = Vec::new();
    for item in includes.items() {
        let paths = item.get("path").unwrap_or(item);
        let paths = match paths.items() {
            [] => std::slice::from_ref(paths),
            paths => paths,
        };
        for path in paths {
            let written = value(path);
            if written.contains(UNKNOWN) || is_remote(&written) {
                elsewhere.push((written, path.span));
            } else {
                let file = vec![folders.own.join(written)];
                let include = Include::new(file, path.span, FrontEnd::Compose);
                found.includes.push(include);
            }
        }
    }
    found
        .unread
        .extend(model::elsewhere("included compose files are", &elsewhere));
}

fn build(name: &str, key: &Node, builds: &[Build<'_>], found: &mut Callers) -> Caller {
    let field = |field: &str| {
        let mut values = builds.iter().filter_map(|(build, _)| build.get(field));
        values.next()
    };
    let is_short = |build: &Node| !build.is_map() && !build.is_empty();
    let (context, folder) = builds
        .iter()
        .find_map(|(build, folder)| {
            let short = is_short(build).then_some(*build);
            Some((build.get("context").or(short)?, *folder))
        })
        .map_or((None, builds[0].1), |(context, folder)| {
            (Some(context), folder)
        });
    let context_text = context.map_or_else(|| ".".to_owned(), |node| value(node));
    let file = field("dockerfile");
    let file_text = file.map(|node| value(node));
    let place = file.or(context).map_or(key.span, |node| node.span);
    let location = match field("dockerfile_inline") {
        Some(inline) => super::model::Location::Unread(Unread::new(
            inline.span,
            "a Dockerfile inside of a compose file is not compared",
        )),
        None => locate(folder, &context_text, file_text.as_deref(), place),
    };
    let mut caller = Caller::new(format!("service `{name}`"), key.span, location);
    if let Some(target) = field("target") {
        caller.target = Target::named(value(target), target.span);
    }
    for (build, _) in builds {
        if let Some(arguments) = build.get("args") {
            add_arguments(&mut caller, arguments);
        }
        for secret in build
            .get("secrets")
            .map_or(&[][..], |secrets| secrets.items())
        {
            add_secret(&mut caller, secret, found);
        }
    }
    caller
}

/// Returns the text of a scalar, with [`UNKNOWN`] for each variable that compose replaces.
fn value(node: &Node) -> String {
    let Some(text) = node.text() else {
        return UNKNOWN.to_string();
    };
    let mut value = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        value.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            value.push('$');
            rest = after;
            continue;
        }
        value.push(UNKNOWN);
        rest = match after.strip_prefix('{') {
            Some(inner) => inner.split_once('}').map_or("", |(_, rest)| rest),
            None => after.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_'),
        };
    }
    value + rest
}

fn add_arguments(caller: &mut Caller, arguments: &Node) {
    for (name, key, node) in arguments.entries() {
        let text = node.text().unwrap_or_default();
        // A key without a value takes the variable of its name.
        add_argument(caller, name, (!node.is_empty()).then_some(text), key);
    }
    for item in arguments.items() {
        let text = item.text().unwrap_or_default();
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        add_argument(caller, name, value, item);
    }
}

fn add_argument(caller: &mut Caller, name: &str, value: Option<&str>, node: &Node) {
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let variables = value.into_iter().flat_map(|value| {
        let pieces = value.split('$').skip(1);
        pieces.filter_map(|piece| piece.trim_start_matches('{').split(|c| !is_word(c)).next())
    });
    let known = value.filter(|value| !value.contains('$'));
    caller.arguments.push(BuildArgument {
        name: name.to_owned(),
        span: node.span,
        secret: carried::by_argument(name, known, variables),
    });
}

fn add_secret(caller: &mut Caller, secret: &Node, found: &mut Callers) {
    if let Some(name) = secret.text() {
        caller.secrets.push(Passed::new(name, secret.span));
        return;
    }
    let Some(source) = secret.get("source").and_then(|source| source.text()) else {
        let message = "this secret has no `source` that is written here";
        caller.unread.push(Unread::new(secret.span, message));
        return;
    };
    let mut passed = Passed::new(source, secret.span);
    if let Some(node) = secret.get("target")
        && let Some(target) = node.text()
        && target != source
    {
        passed.ids.push(target.to_owned());
        let mut finding = Finding::new(
            Rule::AmbiguousSecretId,
            node.span,
            format!(
                "{} passes the secret `{source}` as `{target}` with `docker compose build`, and as \
                 `{source}` with `docker buildx bake`",
                caller.name
            ),
        );
        finding.secret = Some(source.to_owned());
        finding.help = Some(format!(
            "remove `target`, and call the secret `{target}` at the top level as well"
        ));
        found.findings.push(finding);
    }
    caller.secrets.push(passed);
}
