//! Where files are for tools that look for them in the build context, or from the folder of their own file.
//!
//! In: paths as `docker build` takes them, from the current directory. Out: the same paths from elsewhere.

use dockerfile_dsl_analysis::dockerfile::clean_path;

use crate::Error;

/// The Dockerfile, from the context: bake and compose look for it there.
pub(super) fn dockerfile(tool: &str, context: &str, file: &str) -> Result<String, Error> {
    if is_remote(context) || file.starts_with(['/', '~']) {
        return Ok(file.to_owned());
    }
    let context = clean_path(context);
    let file = clean_path(file);
    if matches!(context.as_str(), "." | "") {
        return Ok(file);
    }
    if let Some(inside) = file
        .strip_prefix(context.as_str())
        .and_then(|rest| rest.strip_prefix('/'))
    {
        return Ok(inside.to_owned());
    }
    if context.starts_with(['/', '~']) || context.starts_with("..") {
        return Err(Error::new(format!(
            "--file `{file}`: {tool} looks for it from the context `{context}`; write the whole \
             path of the Dockerfile"
        )));
    }
    Ok("../".repeat(context.split('/').count()) + &file)
}

/// A path from another folder than the current directory; absolute ones and those in the home directory stay.
pub(super) fn from(folder: &str, path: &str) -> Result<String, Error> {
    let folder = clean_path(folder);
    if path.starts_with(['/', '~']) || matches!(folder.as_str(), "." | "") {
        return Ok(path.to_owned());
    }
    if folder.starts_with(['/', '~']) || folder.starts_with("..") {
        return Err(Error::new(format!(
            "the path `{path}` is one of the current directory, and the file will be in \
             `{folder}`; write the whole path"
        )));
    }
    let path = clean_path(path);
    let ups = "../".repeat(folder.split('/').count());
    Ok(if path == "." {
        ups.trim_end_matches('/').to_owned()
    } else {
        ups + &path
    })
}

/// Whether the builder gets it from elsewhere.
pub(super) fn is_remote(source: &str) -> bool {
    source.contains("://") || source.starts_with("git@") || source.starts_with("target:")
}

/// Whether it is outside of the current directory, as far as its text says.
pub(super) fn is_outside(path: &str) -> bool {
    let clean = clean_path(path);
    path.starts_with(['/', '~']) || clean == ".." || clean.starts_with("../")
}
