//! Reads bake files: the secrets and build arguments of each target.
//!
//! In: the tree of a file, in HCL or JSON. `inherits` is followed; a value that is computed is not known.

use std::collections::BTreeMap;
use std::rc::Rc;

use dockerfile_dsl_analysis::{Finding, Rule, Span};

use super::carried;
use super::model::{
    BuildArgument, Caller, Callers, Folders, Passed, Target, UNKNOWN, Unread, locate,
};
use super::secret_flag;
use super::tree::{Node, Value};

/// The targets of a file by their names.
type Targets<'a> = BTreeMap<&'a str, &'a Rc<Node>>;

pub(super) fn read(root: &Node, text: &str, folders: &Folders, found: &mut Callers) {
    let Some(targets) = root.get("target") else {
        return;
    };
    let entries = targets.entries();
    let names: Targets<'_> = entries
        .iter()
        .map(|(name, _, target)| (*name, *target))
        .collect();
    for (name, key, target) in entries {
        let mut chain = Vec::new();
        inherited(&names, target, &mut chain);
        // A target that only others use has no use of secrets by itself.
        let is_base = name.starts_with('_');
        if is_base {
            own_mistakes(target, found);
            continue;
        }
        let mut caller = build(name, key.span, &chain, text, folders);
        own_mistakes(target, found);
        if let Some(matrix) = target.get("matrix") {
            let message = "the matrix of this target is not expanded";
            caller.unread.push(Unread::new(matrix.span, message));
        }
        found.callers.push(caller);
    }
}

/// Collects the target and those that it inherits, the nearest first, each once.
fn inherited<'a>(targets: &Targets<'a>, target: &'a Rc<Node>, chain: &mut Vec<&'a Rc<Node>>) {
    if chain.iter().any(|known| Rc::ptr_eq(known, target)) {
        return;
    }
    chain.push(target);
    let bases = target
        .get("inherits")
        .map_or(&[][..], |bases| bases.items());
    for base in bases.iter().rev() {
        if let Some(base) = base.text().and_then(|name| targets.get(name).copied()) {
            inherited(targets, base, chain);
        }
    }
}

fn build(name: &str, span: Span, chain: &[&Rc<Node>], text: &str, folders: &Folders) -> Caller {
    let field = |field: &str| chain.iter().find_map(|target| target.get(field));
    let (context, file) = (field("context"), field("dockerfile"));
    let place = file.or(context).map_or(span, |node| node.span);
    let context_text = context.map_or_else(|| ".".to_owned(), |node| value(node));
    let file_text = file.map(|node| value(node));
    let location = match field("dockerfile-inline") {
        Some(inline) => super::model::Location::Unread(Unread::new(
            inline.span,
            "a Dockerfile inside of a bake file is not compared",
        )),
        None => locate(&folders.own, &context_text, file_text.as_deref(), place),
    };
    let mut caller = Caller::new(format!("target `{name}`"), span, location);
    if let Some(target) = field("target") {
        caller.target = Target::named(value(target), target.span);
    }
    for target in chain {
        if let Some(secrets) = target.get("secret") {
            match &secrets.value {
                Value::List(items) => items.iter().for_each(|item| add_secret(&mut caller, item)),
                _ => {
                    let message = "these secrets are computed";
                    caller.unread.push(Unread::new(secrets.span, message));
                }
            }
        }
        for (name, key, node) in target.get("args").map_or(Vec::new(), |args| args.entries()) {
            let known = node.text().filter(|text| !text.contains("${"));
            let written = node.span.of(text);
            let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
            let variables = known.is_none().then(|| written.split(move |c| !is_word(c)));
            let variables = variables.into_iter().flatten();
            caller.arguments.push(BuildArgument {
                name: name.to_owned(),
                span: key.span.to(node.span),
                secret: carried::by_argument(name, known, variables),
            });
        }
    }
    caller
}

/// Returns the text of a value, with [`UNKNOWN`] for what is computed. Text is also interpolated in JSON.
fn value(node: &Node) -> String {
    match node.text() {
        Some(text) if !text.contains("${") && !text.contains("%{") => text.to_owned(),
        _ => UNKNOWN.to_string(),
    }
}

fn add_secret(caller: &mut Caller, secret: &Node) {
    let id = match &secret.value {
        Value::Text { .. } => secret_flag::id(&value(secret)),
        Value::Map(_) => secret.get("id").map(|id| value(id)),
        _ => None,
    };
    match id {
        Some(id) if !id.contains(UNKNOWN) => caller.secrets.push(Passed::new(id, secret.span)),
        _ => {
            let message = "the id of this secret is not written here";
            caller.unread.push(Unread::new(secret.span, message));
        }
    }
}

/// Reports the keys of a secret's object that bake drops without a message.
fn own_mistakes(target: &Node, found: &mut Callers) {
    let secrets = target
        .get("secret")
        .map_or(&[][..], |secrets| secrets.items());
    for secret in secrets {
        let id = secret.get("id").map(|id| value(id)).unwrap_or_default();
        let source = secret.get("src").and_then(|source| source.text());
        let kind = secret.get("type").and_then(|kind| kind.text());
        let (node, message, help) = if let (Some("env"), Some(source)) = (kind, source) {
            (
                secret.get("type"),
                format!(
                    "bake ignores `type` in an object: the secret `{id}` is the file `{source}`, \
                     not the variable of that name"
                ),
                format!("write `{{ id = \"{id}\", env = \"{source}\" }}`"),
            )
        } else if let Some(source) = secret.get("source") {
            let path = value(source).replace(UNKNOWN, "..");
            (
                Some(source),
                format!(
                    "bake ignores `source` in an object: the secret `{id}` is read from a file \
                     called `{id}`"
                ),
                format!("write `{{ id = \"{id}\", src = \"{path}\" }}`"),
            )
        } else {
            continue;
        };
        let span = node.map_or(secret.span, |node| node.span);
        let mut finding = Finding::new(Rule::IgnoredSecretOption, span, message);
        finding.secret = Some(id);
        finding.help = Some(help);
        found.findings.push(finding);
    }
}
