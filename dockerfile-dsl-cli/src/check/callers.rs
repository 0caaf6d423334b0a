//! Files that start builds: compose, bake, GitHub workflows, GitLab CI, shell scripts, Makefiles.
//!
//! In: the text of one file and its kind. Out: what its builds pass to their Dockerfiles. One reader per front end; the comparison with
//! the Dockerfiles is in `across`.

use std::path::Path;
use std::rc::Rc;

use dockerfile_dsl_analysis::dockerfile::ReadError;

mod bake;
pub(super) mod build_action;
mod build_flags;
pub(super) mod carried;
mod compose;
mod extract;
mod gitlab;
mod hcl;
mod makefile;
pub(super) mod model;
mod secret_flag;
mod shell;
pub(super) mod tree;
mod words;
mod workflow;
mod yaml;

use super::kind::FrontEnd;
use model::{Callers, Folders};
use tree::Node;

/// Whether a file with this text may start a build at all.
pub(super) fn may_build(front_end: FrontEnd, text: &str) -> bool {
    match front_end {
        FrontEnd::Compose => ["build", "include", "extends"]
            .iter()
            .any(|word| text.contains(word)),
        FrontEnd::Bake => text.contains("target"),
        // A called workflow may use secrets.
        FrontEnd::Workflow => {
            shell::may_build(text)
                || text.contains("./")
                || text.contains("/.github/workflows/")
                || text.contains("workflow_call")
        }
        FrontEnd::GitLab if text.contains("include") => true,
        FrontEnd::Makefile if text.contains("include ") => true,
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
            found.documents = mappings(text, "a compose file")?;
            for document in found.documents.clone() {
                compose::read(&document, &folders, &mut found);
            }
        }
        FrontEnd::Bake if path.extension().is_some_and(|end| end == "hcl") => {
            let document = Rc::new(hcl::read(text)?);
            bake::read(&document, text, &folders, &mut found);
            found.documents.push(document);
        }
        FrontEnd::Bake => {
            found.documents = mappings(text, "a bake file")?;
            for document in found.documents.clone() {
                bake::read(&document, text, &folders, &mut found);
            }
        }
        FrontEnd::Workflow => {
            found.documents = mappings(text, "a workflow")?;
            for document in found.documents.clone() {
                workflow::read(&document, text, &folders, &mut found);
            }
        }
        FrontEnd::GitLab => {
            found.documents = mappings(text, "a GitLab CI file")?;
            for document in found.documents.clone() {
                gitlab::read(&document, text, &folders, &mut found);
            }
        }
        FrontEnd::Makefile => {
            let name = path.file_name().unwrap_or_default().to_ascii_lowercase();
            let is_part = name != "makefile" && name != "gnumakefile";
            makefile::read(text, is_part, &folders, &mut found);
        }
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
fn mappings(text: &str, what: &str) -> Result<Vec<Rc<Node>>, ReadError> {
    let documents = yaml::read(text)?;
    for document in &documents {
        if !document.is_map() && !document.is_empty() {
            let message = format!("{what} is a mapping, and this is not");
            return Err(ReadError::new(document.span, message));
        }
    }
    Ok(documents)
}
