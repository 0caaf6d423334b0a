//! Reads the inputs of `docker/build-push-action` and `docker/bake-action`.
//!
//! `secrets`, `secret-files` and `build-args` have a record per line, `secret-envs` one per line or comma.

use std::rc::Rc;

use dockerfile_dsl_analysis::{Finding, Rule, Span};

use super::carried;
use super::model::{
    BuildArgument, Caller, Callers, Carried, Folders, Location, Passed, Target, UNKNOWN, Unread,
    is_remote, locate,
};
use super::secret_flag;
use super::tree::Node;

/// The action that builds an image.
pub(crate) const BUILD: &str = "docker/build-push-action@";

/// A step that builds.
pub(super) struct Step<'a> {
    pub(super) name: &'a str,
    pub(super) uses: &'a Node,
    pub(super) with: Option<&'a Rc<Node>>,
    pub(super) uploads_record: bool,
}

/// Whether a version of the action uploads the record of the build: from 6 on. A commit may be any version.
pub(super) fn has_record(version: &str) -> bool {
    let digits = version.trim_start_matches('v').split('.').next();
    let is_commit = version.len() == 40;
    let major = digits.and_then(|digits| digits.parse::<u32>().ok());
    is_commit || major.is_none_or(|major| major >= 6)
}

/// Whether a version of the action has the input `secret-envs`: from 5.1 on. A commit may be any version.
pub(crate) fn has_secret_envs(version: &str) -> bool {
    if version.len() == 40 {
        return true;
    }
    let mut parts = version.trim_start_matches('v').split('.');
    let mut number = || parts.next().and_then(|part| part.parse::<u32>().ok());
    match (number(), number()) {
        (Some(5), Some(minor)) => minor >= 1,
        (Some(major), _) => major >= 5,
        (None, _) => true,
    }
}

pub(super) fn read(step: &Step<'_>, text: &str, folders: &Folders, found: &mut Callers) {
    let input = |name: &str| step.with.and_then(|with| with.get(name));
    let (context, file) = (input("context"), input("file"));
    let place = file.or(context).map_or(step.uses.span, |node| node.span);
    let value = |node: &Rc<Node>| opaque(node.text().unwrap_or_default());
    let context = context.map_or_else(|| ".".to_owned(), value);
    // `file` is relative to the working directory, not to the context.
    let location = match file.map(value) {
        Some(file) if !is_remote(&context) => locate(&folders.root, ".", Some(&file), place),
        _ => locate(&folders.root, &context, None, place),
    };
    let mut caller = Caller::new(step.name, step.uses.span, location);
    if step.uploads_record {
        caller.record = Some(step.uses.span);
    }
    if let Some(target) = input("target") {
        let text = value(target);
        caller.target = match text.as_str() {
            "" => Target::Last,
            _ => Target::named(text, target.span),
        };
    }
    for name in ["build-args", "secrets", "secret-envs", "secret-files"] {
        let node = input(name).filter(|node| node.text().is_none());
        caller.unread.extend(node.map(|node| {
            let message = format!("`{name}` is not a text, and the inputs of an action are texts");
            Unread::new(node.span, message)
        }));
    }
    for (line, span) in input("build-args").map_or(Vec::new(), |node| lines(node, text)) {
        add_argument(&mut caller, &line, span);
    }
    for (record, span) in input("secrets").map_or(Vec::new(), |node| records(node, text)) {
        add_secret(&mut caller, &record, span, found);
    }
    for (line, span) in input("secret-envs").map_or(Vec::new(), |node| lines(node, text)) {
        let fields = secret_flag::fields(&line).unwrap_or_default();
        let mut at = span.start;
        for field in &fields {
            // Quotes and escapes move what follows them.
            let end = at + field.len();
            let is_there = span.end >= end && text.get(at..end) == Some(field);
            let blank = field.len() - field.trim_start().len();
            let own = Span::new(at + blank, at + field.trim_end().len());
            add_record(&mut caller, field.trim(), if is_there { own } else { span });
            at = end + 1;
        }
    }
    for (record, span) in input("secret-files").map_or(Vec::new(), |node| lines(node, text)) {
        add_record(&mut caller, record.trim_matches('"'), span);
    }
    found.callers.push(caller);
}

/// Reads `set` of the bake action, which changes the targets of a file.
pub(super) fn read_bake(name: &str, with: Option<&Rc<Node>>, text: &str, found: &mut Callers) {
    let Some(set) = with.and_then(|with| with.get("set")) else {
        return;
    };
    let mut caller = Caller::new(name, set.span, Location::OtherFile);
    for (line, span) in lines(set, text) {
        let (key, value) = line.split_once('=').unwrap_or((&line, ""));
        if let Some((_, argument)) = key.split_once(".args.") {
            add_argument(&mut caller, &format!("{argument}={value}"), span);
        }
        if key.contains("secret") {
            let message = "the secrets that a bake action adds to targets are not compared";
            found.unread.push(Unread::new(span, message));
        }
    }
    found.callers.push(caller);
}

/// Returns the text with [`UNKNOWN`] for each expression, also for `{{defaultContext}}` of the action itself.
fn opaque(text: &str) -> String {
    if text.starts_with("{{") {
        return UNKNOWN.to_string();
    }
    let mut opaque = String::new();
    let mut end = 0;
    for (at, expression) in carried::expressions(text) {
        opaque.push_str(&text[end..at]);
        opaque.push(UNKNOWN);
        end = at + expression.len();
    }
    opaque.push_str(&text[end..]);
    opaque
}

/// Returns the lines that are not empty, with their places.
pub(crate) fn lines(node: &Node, text: &str) -> Vec<(String, Span)> {
    let extract = node.extract(text);
    let lines = extract.lines().filter(|(line, _)| !line.trim().is_empty());
    lines
        .map(|(line, span)| {
            let indent = line.len() - line.trim_start().len();
            let span = Span::new(span.start + indent, span.start + line.trim_end().len());
            (line.trim().to_owned(), extract.place(span))
        })
        .collect()
}

/// Returns the records of `secrets`: a quoted one may have several lines.
pub(crate) fn records(node: &Node, text: &str) -> Vec<(String, Span)> {
    let mut records: Vec<(String, Span)> = Vec::new();
    let mut is_open = false;
    for (line, span) in lines(node, text) {
        let continues = is_open;
        is_open ^= line.matches('"').count() % 2 == 1;
        match records.last_mut() {
            Some((record, place)) if continues => {
                record.push('\n');
                record.push_str(&line);
                *place = place.to(span);
            }
            _ => records.push((line, span)),
        }
    }
    records
}

fn add_argument(caller: &mut Caller, line: &str, span: Span) {
    let (name, value) = match line.split_once('=') {
        Some((name, value)) => (name.trim(), Some(value)),
        None => (line, None),
    };
    let expressions = carried::expressions(line);
    let known = value.filter(|_| expressions.is_empty());
    let inside = expressions
        .iter()
        .filter_map(|(_, expression)| carried::by_expression(expression));
    // A store is more certain than a name.
    let mut inside: Vec<Carried> = inside.collect();
    inside.sort_by_key(|carried| !matches!(carried, Carried::Store(_)));
    let secret = inside.into_iter().next();
    let secret = secret.or_else(|| carried::by_argument(name, known, []));
    caller.arguments.push(BuildArgument {
        name: opaque(name).replace(UNKNOWN, ".."),
        span,
        secret,
    });
}

fn add_record(caller: &mut Caller, record: &str, span: Span) {
    match opaque(record).split_once('=') {
        Some((id, _)) if !id.contains(UNKNOWN) => {
            caller.secrets.push(Passed::new(id.trim(), span));
        }
        _ => {
            let message = "the id of this secret is not written here";
            caller.unread.push(Unread::new(span, message));
        }
    }
}

/// Names of values that usually have more than one line.
const LONG: [&str; 14] = [
    "CERT",
    "CERTIFICATE",
    "CONFIG",
    "CREDENTIALS",
    "GPG",
    "JSON",
    "KEYFILE",
    "KUBECONFIG",
    "NETRC",
    "NPMRC",
    "PEM",
    "PRIVATE",
    "SETTINGS",
    "SSH",
];

fn add_secret(caller: &mut Caller, record: &str, span: Span, found: &mut Callers) {
    let is_quoted = record.starts_with('"');
    let unquoted = record.trim_matches('"');
    add_record(caller, unquoted, span);
    let expressions = carried::expressions(unquoted);
    let stores: Vec<&(usize, &str)> = expressions
        .iter()
        .filter(|(_, text)| text.contains("secrets"))
        .collect();
    let Some((_, expression)) = stores.first() else {
        return;
    };
    let id = opaque(unquoted);
    let id = id.split_once('=').map_or("", |(id, _)| id).trim();
    let is_long = expression
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| LONG.contains(&word.to_ascii_uppercase().as_str()));
    let (message, help) = if comma_records(unquoted).is_some() {
        (
            format!(
                "a comma does not end a record of `secrets`: all of this line is the value of \
                 `{id}`"
            ),
            "write each record in a line of the input".to_owned(),
        )
    } else if is_long && !is_quoted {
        (
            format!(
                "`{expression}` is pasted into the list: a line break or a quote in the value ends \
                 the secret `{id}` there"
            ),
            format!(
                "pass it by a variable: `secret-envs: {id}=VALUE`, with `env: VALUE: {expression}` \
                 in the step"
            ),
        )
    } else {
        return;
    };
    let mut finding = Finding::new(Rule::InlineSecretValue, span, message);
    finding.secret = Some(id.to_owned());
    finding.help = Some(help);
    found.findings.push(finding);
}

/// Returns the records of a line in which `,ID=` follows an expression: all after the first are none to the action.
pub(crate) fn comma_records(line: &str) -> Option<Vec<String>> {
    let is_id = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let mut records = Vec::new();
    let mut start = 0;
    for (at, expression) in carried::expressions(line) {
        let end = at + expression.len();
        let next = line[end..]
            .strip_prefix(',')
            .and_then(|rest| rest.split_once('='));
        if next.is_some_and(|(id, _)| !id.trim().is_empty() && id.trim().chars().all(is_id)) {
            records.push(line[start..end].to_owned());
            start = end + 1;
        }
    }
    records.push(line[start..].trim_start().to_owned());
    (records.len() > 1).then_some(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_uploaded_from_version_6_on() {
        for version in ["v6", "v7.1.0", "6", "main", &"a".repeat(40)] {
            assert!(has_record(version), "{version}");
        }
        for version in ["v5", "v5.4.0", "v2"] {
            assert!(!has_record(version), "{version}");
        }
    }

    #[test]
    fn secret_envs_exist_from_version_5_1_on() {
        for version in ["v6", "v5", "v5.1.0", "5.4", "main", &"a".repeat(40)] {
            assert!(has_secret_envs(version), "{version}");
        }
        for version in ["v4", "v5.0.0", "v2.10.0"] {
            assert!(!has_secret_envs(version), "{version}");
        }
    }

    #[test]
    fn a_comma_before_an_id_is_a_mistake() {
        let two = comma_records("a=${{ secrets.A }}, b=${{ secrets.B }}").unwrap_or_default();
        assert_eq!(two, ["a=${{ secrets.A }}", "b=${{ secrets.B }}"]);
        assert_eq!(comma_records("a=${{ secrets.A }},${{ secrets.B }}"), None);
        assert_eq!(comma_records("a=${{ secrets.A }}"), None);
    }
}
