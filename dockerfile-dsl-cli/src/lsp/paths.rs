//! The paths of `file:` URIs, also those of Windows: `file:///c%3A/app/Dockerfile`.

use std::path::PathBuf;

use super::protocol::InitializeParams;

/// Returns the path of a URI; `None` for a document that is not a file of this machine.
pub(super) fn path_of(uri: &str) -> Option<PathBuf> {
    local(uri, cfg!(windows)).map(PathBuf::from)
}

/// Returns the first folder of the workspace.
pub(super) fn workspace(parameters: &InitializeParams) -> Option<PathBuf> {
    let folders = parameters.workspace_folders.iter().flatten();
    let first = folders.map(|folder| folder.uri.as_str()).next();
    // Older clients have no folders.
    path_of(first.or(parameters.root_uri.as_deref())?)
}

fn local(uri: &str, is_windows: bool) -> Option<String> {
    let rest = uri.strip_prefix("file://")?;
    let path = decoded(rest)?;
    if !is_windows {
        let path = path.strip_prefix("localhost").unwrap_or(&path);
        return path.starts_with('/').then(|| path.to_owned());
    }
    match path.strip_prefix('/') {
        // `/c:/app`
        Some(drive) => Some(drive.replace('/', "\\")),
        // A server: `//server/share`
        None => Some(format!("\\\\{}", path.replace('/', "\\"))),
    }
}

/// Decodes percent signs. `None` if the bytes are not UTF-8 or end inside.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn uris_are_paths() {
        let unix = |uri| local(uri, false);
        assert_eq!(unix("file:///a%20b/%C3%BC").as_deref(), Some("/a b/ü"));
        assert_eq!(unix("untitled:Untitled-1"), None);
        assert_eq!(unix("file:///a%2"), None);
        assert_eq!(unix("file:///a%ff"), None);
        let windows = |uri| local(uri, true);
        let app = Some("c:\\app\\Dockerfile");
        assert_eq!(windows("file:///c%3A/app/Dockerfile").as_deref(), app);
        assert_eq!(windows("file:///c:/app/Dockerfile").as_deref(), app);
        assert_eq!(windows("file://server/a").as_deref(), Some("\\\\server\\a"));
    }
}
