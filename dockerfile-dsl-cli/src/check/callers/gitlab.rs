//! Reads GitLab CI files: the builds in the scripts of the jobs.

use std::rc::Rc;

use super::super::kind::FrontEnd;
use super::model::{self, Callers, Folders, Include, Unread};
use super::shell::{self, Script};
use super::tree::{Node, Value};

pub(super) fn read(root: &Node, text: &str, folders: &Folders, found: &mut Callers) {
    if let Some(includes) = root.get("include") {
        include(includes, folders, found);
    }
    for (name, _, job) in root.entries() {
        let mut here = vec![folders.root.clone()];
        for part in ["before_script", "script", "after_script"] {
            let Some(script) = job.get(part) else {
                continue;
            };
            // `after_script` is another shell.
            if part == "after_script" {
                here = vec![folders.root.clone()];
            }
            let mut lines = Vec::new();
            flatten(script, &mut lines, 0);
            for line in lines {
                if let Value::Computed = line.value {
                    let message = format!("a part of the script of job `{name}` is elsewhere");
                    found.unread.push(Unread::new(line.span, message));
                    continue;
                }
                let extract = line.extract(text);
                let place = format!(" in job `{name}`");
                let script = Script {
                    extract: &extract,
                    expressions: &[],
                    place: &place,
                    own: None,
                };
                here = shell::read(&script, &here, found);
            }
        }
    }
}

/// Reads which other files are part of the pipeline: those of the repository are read by themselves.
fn include(includes: &Rc<Node>, folders: &Folders, found: &mut Callers) {
    let items = match &includes.value {
        Value::List(items) => items.iter().collect(),
        _ => vec![includes],
    };
    let mut elsewhere = Vec::new();
    for item in items {
        let of = |key: &str| item.get(key);
        let files = match (item.text(), of("local")) {
            (Some(_), _) => item,
            (None, Some(local)) => local,
            (None, None) => {
                let kinds = ["component", "template", "remote", "project"];
                let name = kinds
                    .iter()
                    .find_map(|kind| Some((*kind, of(kind)?.text()?)));
                let name = name.map_or("..".to_owned(), |(kind, name)| format!("{kind}: {name}"));
                elsewhere.push((name, item.span));
                continue;
            }
        };
        let paths = match &files.value {
            Value::List(paths) => paths.iter().collect(),
            _ => vec![files],
        };
        for path in paths {
            let written = path.text().unwrap_or("..");
            // A pattern or a variable is only known when the pipeline starts.
            if written.contains(['*', '$']) || written.contains("://") || path.text().is_none() {
                elsewhere.push((written.to_owned(), path.span));
                continue;
            }
            let file = folders.root.join(written.trim_start_matches('/'));
            let include = Include::new(vec![file], path.span, FrontEnd::GitLab);
            found.includes.push(include);
        }
    }
    let what = "includes of the pipeline are";
    found.unread.extend(model::elsewhere(what, &elsewhere));
}

/// Collects the lines of a script, which may be lists of lists.
fn flatten<'a>(script: &'a Rc<Node>, lines: &mut Vec<&'a Rc<Node>>, depth: usize) {
    match &script.value {
        // GitLab's own limit.
        Value::List(items) if depth < 10 => {
            items
                .iter()
                .for_each(|item| flatten(item, lines, depth + 1));
        }
        _ => lines.push(script),
    }
}
