//! Reads GitLab CI files: the builds in the scripts of the jobs.

use std::rc::Rc;

use super::model::{Callers, Folders, Unread};
use super::shell::{self, Script};
use super::tree::{Node, Value};

pub(super) fn read(root: &Node, text: &str, folders: &Folders, found: &mut Callers) {
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
