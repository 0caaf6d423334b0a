//! Files that start builds: compose, bake, GitHub workflows, GitLab CI, shell scripts, Makefiles.
//!
//! In: the text of one file and its kind. Out: what its builds pass to their Dockerfiles. One reader per front end; the comparison with
//! the Dockerfiles is in `across`.

use std::path::Path;

use dockerfile_dsl_analysis::dockerfile::ReadError;

mod bake;
mod build_action;
mod build_flags;
mod carried;
mod compose;
mod extract;
mod gitlab;
mod hcl;
mod makefile;
pub(super) mod model;
mod secret_flag;
mod shell;
mod tree;
mod words;
mod workflow;
mod yaml;

use super::kind::FrontEnd;
use model::{Callers, Folders};
use tree::Node;

/// Whether a file with this text may start a build at all.
pub(super) fn may_build(front_end: FrontEnd, text: &str) -> bool {
    match front_end {
        FrontEnd::Compose => text.contains("build"),
        FrontEnd::Bake => text.contains("target"),
        // A called workflow may use secrets.
        FrontEnd::Workflow => {
            shell::may_build(text) || text.contains("uses: ./") || text.contains("workflow_call")
        }
        FrontEnd::GitLab | FrontEnd::Script | FrontEnd::Makefile => {
            shell::may_build(text) && (text.contains("bu") || text.contains("kaniko"))
        }
    }
}

/// Reads the builds of a file.
pub(super) fn read(path: &Path, front_end: FrontEnd, text: &str) -> Result<Callers, ReadError> {
    let folders = Folders::of(path);
    let mut found = Callers::default();
    match front_end {
        FrontEnd::Compose => {
            for document in mappings(text, "a compose file")? {
                compose::read(&document, &folders, &mut found);
            }
        }
        FrontEnd::Bake if path.extension().is_some_and(|end| end == "hcl") => {
            bake::read(&hcl::read(text)?, text, &folders, &mut found);
        }
        FrontEnd::Bake => {
            for document in mappings(text, "a bake file")? {
                bake::read(&document, text, &folders, &mut found);
            }
        }
        FrontEnd::Workflow => {
            for document in mappings(text, "a workflow")? {
                workflow::read(&document, text, &folders, &mut found);
            }
        }
        FrontEnd::GitLab => {
            for document in mappings(text, "a GitLab CI file")? {
                gitlab::read(&document, text, &folders, &mut found);
            }
        }
        FrontEnd::Makefile => makefile::read(text, &folders, &mut found),
        FrontEnd::Script => {
            let extract = extract::Extract::whole(text, 0);
            let script = shell::Script {
                extract: &extract,
                expressions: &[],
                place: "",
                own: Some(&folders.own),
            };
            let mut start = vec![folders.root.clone()];
            if folders.own != folders.root {
                start.push(folders.own.clone());
            }
            shell::read(&script, &start, &mut found);
        }
    }
    Ok(found)
}

/// Returns the documents of YAML or JSON, which have to be mappings.
fn mappings(text: &str, what: &str) -> Result<Vec<std::rc::Rc<Node>>, ReadError> {
    let documents = yaml::read(text)?;
    for document in &documents {
        if !document.is_map() && !document.is_empty() {
            let message = format!("{what} is a mapping, and this is not");
            return Err(ReadError::new(document.span, message));
        }
    }
    Ok(documents)
}
