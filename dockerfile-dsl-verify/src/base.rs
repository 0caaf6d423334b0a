//! Layer ids of a base image, which identify its layers in derived images.
//!
//! In: an image, in any searchable form. Out: diff ids. Nothing is searched here, and an engine is only queried.

use std::collections::HashSet;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::Error;
use crate::contents::Contents;
use crate::layout::{self, Role};

/// Returns the diff ids of the layers that were read.
pub(crate) fn layers(name: &str, contents: &Contents) -> Result<HashSet<String>, Error> {
    let (roles, _) = layout::roles(contents);
    let ids = roles.into_iter().filter_map(|role| match role {
        Role::Layer(layer) => layer.diff_id,
        _ => None,
    });
    some(name, ids.collect())
}

/// Returns the diff ids of an image in an engine's store.
pub(crate) fn layers_in_engine(engine: &Path, name: &str) -> Result<HashSet<String>, Error> {
    let arguments: &[&str] = match engine.file_name().and_then(|name| name.to_str()) {
        Some("buildah") => &[
            "inspect",
            "--type",
            "image",
            "--format",
            "{{range .OCIv1.RootFS.DiffIDs}}{{println .}}{{end}}",
        ],
        _ => &[
            "image",
            "inspect",
            "--format",
            "{{range .RootFS.Layers}}{{println .}}{{end}}",
        ],
    };
    if name.starts_with('-') {
        return Err(Error::usage(format!("invalid image name `{name}`")));
    }
    let output = Command::new(engine)
        .args(arguments)
        .arg(name)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Error::no_engine(engine, error))?;
    let engine = engine.display();
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr);
        return Err(Error::usage(format!(
            "`{engine}` does not know the base image {name} ({}): {}",
            output.status,
            message.trim()
        )));
    }
    let lines = String::from_utf8_lossy(&output.stdout);
    some(name, lines.split_whitespace().map(str::to_owned).collect())
}

fn some(name: &str, layers: HashSet<String>) -> Result<HashSet<String>, Error> {
    if layers.is_empty() {
        return Err(Error::usage(format!(
            "the base image {name} has no layers, so it has no known text"
        )));
    }
    Ok(layers)
}
