//! Relative paths for tools that resolve them from the build context, or from the folder of their file.
//!
//! In: paths relative to the current directory, as for `docker build`. Out: the same paths relative to another folder.

use dockerfile_dsl_analysis::dockerfile::clean_path;

use crate::Error;

/// Returns the path of the Dockerfile relative to the context, where bake and compose look for it.
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
            "--file `{file}`: {tool} resolves it from the context `{context}`; write the whole \
             path of the Dockerfile"
        )));
    }
    Ok("../".repeat(context.split('/').count()) + &file)
}

/// Returns a path relative to another folder; absolute paths and those in the home directory are unchanged.
pub(super) fn from(folder: &str, path: &str) -> Result<String, Error> {
    let folder = clean_path(folder);
    if path.starts_with(['/', '~']) || matches!(folder.as_str(), "." | "") {
        return Ok(path.to_owned());
    }
    if folder.starts_with(['/', '~']) || folder.starts_with("..") {
        return Err(Error::new(format!(
            "the path `{path}` is relative to the current directory, and the file will be in \
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

/// Whether the builder fetches it from a remote source.
pub(super) fn is_remote(source: &str) -> bool {
    source.contains("://") || source.starts_with("git@") || source.starts_with("target:")
}

/// Whether its text leads outside the current directory.
pub(super) fn is_outside(path: &str) -> bool {
    let clean = clean_path(path);
    path.starts_with(['/', '~']) || clean == ".." || clean.starts_with("../")
}
