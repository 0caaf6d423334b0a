//! Reads GitHub workflows and composite actions: steps with `docker/build-push-action`, scripts, and calls of other workflows.
//!
//! An expression `${{ .. }}` is a value that is not known; one of `secrets` is known to be a secret.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::rc::Rc;

use dockerfile_dsl_analysis::Span;

use super::super::kind::FrontEnd;
use super::build_action::{self, BUILD, Step};
use super::carried;
use super::model::{self, Called, Callers, Folders, Include, Unread, cleaned};
use super::shell::{self, Script};
use super::tree::{Node, Value};

/// The action that builds the targets of a bake file.
const BAKE: &str = "docker/bake-action@";

pub(super) fn read(root: &Node, text: &str, folders: &Folders, found: &mut Callers) {
    found.used_secrets = used_secrets(text);
    let on = root.get("on");
    found.is_callable = on.is_some_and(|on| {
        let name = "workflow_call";
        let is_listed = on.items().iter().any(|item| item.text() == Some(name));
        on.text() == Some(name) || is_listed || on.get(name).is_some()
    });
    let optional = optional_secrets(root);
    found
        .used_secrets
        .retain(|(name, _)| !optional.contains(name));
    let mut elsewhere = Vec::new();
    let defaults = root.get("defaults");
    for (name, _, job) in root.get("jobs").map_or(Vec::new(), |jobs| jobs.entries()) {
        if let Some(uses) = job.get("uses") {
            call(name, job, uses, folders, &mut elsewhere, found);
        }
        let place = format!("job `{name}`");
        let scope = Scope {
            place,
            folder: directory(job.get("defaults")).or_else(|| directory(defaults)),
            environments: [root.get("env"), job.get("env")],
        };
        steps(job, text, folders, &scope, found);
    }
    let what = "workflows of other repositories are";
    found.unread.extend(model::elsewhere(what, &elsewhere));
    if let Some(runs) = root.get("runs") {
        let scope = Scope {
            place: "the action".to_owned(),
            folder: None,
            environments: [None, None],
        };
        steps(runs, text, folders, &scope, found);
    }
}

/// What applies to each step of a job.
struct Scope<'a> {
    place: String,
    folder: Option<Result<String, Span>>,
    environments: [Option<&'a Rc<Node>>; 2],
}

/// Returns `run.working-directory`; a span if it is an expression.
fn directory(defaults: Option<&Rc<Node>>) -> Option<Result<String, Span>> {
    written(defaults?.get("run")?.get("working-directory")?)
}

fn written(node: &Rc<Node>) -> Option<Result<String, Span>> {
    let text = node.text()?;
    Some(if text.contains("${{") {
        Err(node.span)
    } else {
        Ok(text.to_owned())
    })
}

fn steps(job: &Node, text: &str, folders: &Folders, scope: &Scope<'_>, found: &mut Callers) {
    let steps = job.get("steps").map_or(&[][..], |steps| steps.items());
    for (index, step) in steps.iter().enumerate() {
        let label = step
            .get("name")
            .or_else(|| step.get("id"))
            .and_then(|name| name.text())
            .map_or_else(
                || format!("step {}", index + 1),
                |name| format!("step `{name}`"),
            );
        let name = format!("{label} of {}", scope.place);
        if let Some(uses) = step.get("uses")
            && let Some(action) = uses.text()
        {
            let environments = scope.environments.iter().copied().flatten();
            let environments = environments.chain(step.get("env"));
            let is_set = |variable: &str| {
                environments.clone().any(|node| {
                    let value = node.get(variable).and_then(|value| value.text());
                    value.is_some_and(|value| value.eq_ignore_ascii_case("false") || value == "0")
                })
            };
            let has_record =
                !is_set("DOCKER_BUILD_RECORD_UPLOAD") && !is_set("DOCKER_BUILD_SUMMARY");
            if let Some(version) = action.strip_prefix(BUILD) {
                let step = Step {
                    name: &name,
                    uses,
                    with: step.get("with"),
                    uploads_record: has_record && build_action::has_record(version),
                };
                build_action::read(&step, text, folders, found);
            } else if action.starts_with(BAKE) {
                build_action::read_bake(&name, step.get("with"), text, found);
            } else if action.starts_with("./") {
                let folder = folders.root.join(action);
                let candidates = ["action.yml", "action.yaml"].map(|file| folder.join(file));
                let front_end = FrontEnd::Workflow;
                let include = Include::new(candidates.into(), uses.span, front_end);
                found.includes.push(include);
            }
        }
        if let Some(run) = step.get("run") {
            let folder = step.get("working-directory").and_then(written);
            let folder = folder.as_ref().or(scope.folder.as_ref());
            script(run, text, folders, folder, &name, found);
        }
    }
}

fn script(
    run: &Node,
    text: &str,
    folders: &Folders,
    folder: Option<&Result<String, Span>>,
    name: &str,
    found: &mut Callers,
) {
    let here: Vec<PathBuf> = match folder {
        None => vec![folders.root.clone()],
        Some(Ok(folder)) => vec![cleaned(&folders.root.join(folder))],
        Some(Err(_)) => Vec::new(),
    };
    let extract = run.extract(text);
    if !shell::may_build(&extract.text) {
        return;
    }
    let place = format!(" in {name}");
    let expressions = carried::expressions(&extract.text);
    let script = Script {
        extract: &extract,
        expressions: &expressions,
        place: &place,
        own: None,
    };
    shell::read(&script, &here, found);
}

/// A job that is another workflow.
fn call(
    name: &str,
    job: &Node,
    uses: &Node,
    folders: &Folders,
    elsewhere: &mut Vec<(String, Span)>,
    found: &mut Callers,
) {
    let Some(path) = uses.text() else { return };
    let Some(path) = path.strip_prefix("./") else {
        return elsewhere.push((path.to_owned(), uses.span));
    };
    let workflow = cleaned(&folders.root.join(path));
    found.includes.push(Include::new(
        vec![workflow.clone()],
        uses.span,
        FrontEnd::Workflow,
    ));
    let passed = match job.get("secrets") {
        None => Some(Vec::new()),
        Some(node) if node.text() == Some("inherit") => None,
        Some(node) => match &node.value {
            Value::Map(_) => {
                let names = node.entries().into_iter();
                Some(names.map(|(name, ..)| name.to_owned()).collect())
            }
            _ => {
                let message = "these secrets are not understood";
                return found.unread.push(Unread::new(node.span, message));
            }
        },
    };
    found.calls.push(Called {
        name: format!("job `{name}`"),
        span: uses.span,
        workflow,
        passed,
    });
}

/// Returns the secrets that a called workflow declares and does not require.
fn optional_secrets(root: &Node) -> BTreeSet<String> {
    let call = root.get("on").and_then(|on| on.get("workflow_call"));
    let declared = call.and_then(|call| call.get("secrets"));
    let declared = declared.map_or(Vec::new(), |secrets| secrets.entries());
    let is_required = |secret: &Rc<Node>| {
        let required = secret.get("required").and_then(|required| required.text());
        required == Some("true")
    };
    let optional = declared
        .into_iter()
        .filter(|(_, _, secret)| !is_required(secret));
    optional
        .map(|(name, ..)| name.to_ascii_uppercase())
        .collect()
}

/// Returns the secrets that expressions use, each with its first place. The token of the job is always there.
fn used_secrets(text: &str) -> Vec<(String, Span)> {
    let mut used: Vec<(String, Span)> = Vec::new();
    let mut names = BTreeSet::new();
    for (at, expression) in carried::expressions(text) {
        for (offset, _) in expression.match_indices("secrets.") {
            let start = offset + "secrets.".len();
            let is_word =
                |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
            let rest = &expression[start..];
            let name = &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())];
            let name = name.to_ascii_uppercase();
            if !name.is_empty() && name != "GITHUB_TOKEN" && names.insert(name.clone()) {
                let start = at + start;
                used.push((name.clone(), Span::new(start, start + name.len())));
            }
        }
    }
    used
}
