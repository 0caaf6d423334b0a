//! Whether an edit of a file in YAML changes only the part that it is about.
//!
//! In: the trees before and after. Out: whether what differs is in one build, in the keys that say what is passed to it. An edit that
//! would change another key is not applied.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::super::callers::tree::{Node, Value};
use super::super::kind::FrontEnd;

/// Max. values of a file that are compared; a larger file is not edited.
const MAX_VALUES: usize = 200_000;

/// The keys that an edit may change, below the name of a job, a service or a target.
const KEYS: [&str; 5] = ["with", "env", "secrets", "secret", "args"];

/// Whether all that differs is about what is passed to one build.
pub(crate) fn keeps_the_rest(front_end: FrontEnd, before: &[Rc<Node>], after: &[Rc<Node>]) -> bool {
    if matches!(front_end, FrontEnd::Script | FrontEnd::Makefile) {
        return true;
    }
    let (Some(before), Some(after)) = (values(before), values(after)) else {
        return false;
    };
    let changed = before
        .iter()
        .filter(|(path, value)| after.get(*path) != Some(value))
        .chain(after.iter().filter(|(path, _)| !before.contains_key(*path)));
    let mut units = BTreeSet::new();
    for (path, _) in changed {
        let is_script = path.last().is_some_and(|key| key == "run");
        let is_declaration = path.get(1).is_some_and(|key| key == "secrets");
        let is_own = |key: &String| KEYS.contains(&key.as_str()) || key == "build";
        let mut keys = path.iter().enumerate().skip(3);
        match keys.find(|(_, key)| is_own(key)) {
            Some((at, _)) => drop(units.insert(path[..at].to_vec())),
            None if front_end == FrontEnd::Compose && is_declaration => {}
            None if front_end == FrontEnd::Workflow && is_script => {}
            None if front_end == FrontEnd::GitLab => {}
            None => return false,
        }
    }
    // The id of a secret is renamed in all services.
    front_end == FrontEnd::Compose || units.len() <= 1
}

type Values = BTreeMap<Vec<String>, String>;

/// Returns the texts of a file by their paths. The first key is the number of the document.
fn values(documents: &[Rc<Node>]) -> Option<Values> {
    let mut values = Values::new();
    for (index, document) in documents.iter().enumerate() {
        let mut path = vec![index.to_string()];
        add(document, &mut path, &mut values)?;
    }
    Some(values)
}

fn add(node: &Node, path: &mut Vec<String>, values: &mut Values) -> Option<()> {
    let mut child = |key: String, node: &Node| {
        path.push(key);
        add(node, path, values)?;
        path.pop();
        Some(())
    };
    match &node.value {
        Value::List(items) => {
            let items = items.iter().enumerate();
            items
                .into_iter()
                .try_for_each(|(index, item)| child(index.to_string(), item))
        }
        Value::Map(pairs) => pairs
            .iter()
            .try_for_each(|(key, value)| child(key.text().unwrap_or_default().to_owned(), value)),
        Value::Text { text, .. } => {
            values.insert(path.clone(), text.clone());
            (values.len() < MAX_VALUES).then_some(())
        }
        Value::Computed => {
            values.insert(path.clone(), String::new());
            (values.len() < MAX_VALUES).then_some(())
        }
    }
}
