//! Which instructions copy a file of the build context into a layer: "does `COPY . .` take this secret?".
//!
//! In: a file of the context, and its `.dockerignore`. Out: the spans of the `COPY` and `ADD` that copy it. A source that depends on a
//! build argument counts as everything. A `bind` mount of the context copies nothing by itself.

use super::dockerignore::Dockerignore;
use crate::Span;
use crate::bases::Bases;
use crate::dockerfile::{self, File, Kind, Source, Transfer};

/// Returns the instructions that copy the file at that path, relative to the root of the context, into a layer.
#[must_use]
pub fn copies(file: &File, path: &str, ignore: &Dockerignore, bases: &Bases) -> Vec<Span> {
    let path = dockerfile::clean_path(path);
    let path = path.trim_start_matches('/');
    let mut found = Vec::new();
    if ignore.excludes(path) {
        return found;
    }
    dockerfile::walk(file, bases, |visited| {
        let (Kind::Copy(transfer) | Kind::Add(transfer)) = &visited.instruction.kind else {
            return;
        };
        let takes = |source: &Source| match source {
            Source::Path(written) => match visited.environment.expand(written) {
                Ok(source) => takes(transfer, &source, path),
                Err(_) => true,
            },
            Source::HereDocument(_) => false,
        };
        if transfer.from.is_none() && transfer.sources.iter().any(takes) {
            found.push(visited.instruction.span);
        }
    });
    found.dedup();
    found
}

fn takes(transfer: &Transfer, source: &str, path: &str) -> bool {
    let source = dockerfile::clean_path(source);
    let source = source.trim_start_matches('/');
    if matches!(source, "" | ".") {
        return !is_excluded(transfer, path);
    }
    // A pattern, or the path of the file or of a directory above it. The build ends at a malformed one.
    let is_named = Dockerignore::parse(&escaped(source)).is_ok_and(|named| named.excludes(path));
    // Patterns of `--exclude` are relative to the copied directory.
    let inside = path
        .strip_prefix(source)
        .and_then(|rest| rest.strip_prefix('/'));
    is_named && !inside.is_some_and(|inside| is_excluded(transfer, inside))
}

/// Escapes a leading character that is special in a `.dockerignore`.
fn escaped(source: &str) -> String {
    if source.starts_with(['#', '!']) {
        format!("\\{source}")
    } else {
        source.to_owned()
    }
}

fn is_excluded(transfer: &Transfer, path: &str) -> bool {
    let patterns: Vec<&str> = transfer
        .excludes
        .iter()
        .map(|pattern| pattern.as_str())
        .collect();
    Dockerignore::parse(&patterns.join("\n")).is_ok_and(|ignore| ignore.excludes(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(instruction: &str, ignore: &str, path: &str, expected: bool) {
        let text = format!("FROM x\n{instruction}\n");
        let file = dockerfile::read(&text).expect("is right");
        let ignore = Dockerignore::parse(ignore).expect("is right");
        let found = copies(&file, path, &ignore, Bases::NONE);
        assert_eq!(!found.is_empty(), expected, "{instruction} takes {path}");
    }

    #[test]
    fn directories_files_and_patterns() {
        check("COPY . .", "", "a/.npmrc", true);
        check("COPY / /app", "", "a/.npmrc", true);
        check("COPY a /app", "", "a/.npmrc", true);
        check("COPY ./a/ /app", "", "a/.npmrc", true);
        check("COPY a/.npmrc b /app/", "", "a/.npmrc", true);
        check("COPY a/.np* /app/", "", "a/.npmrc", true);
        check("COPY * /app/", "", ".npmrc", true);
        check("ADD src /app", "", "a/.npmrc", false);
        check("COPY ab /app", "", "a/.npmrc", false);
        check("COPY --from=x . .", "", ".npmrc", false);
        check("COPY <<a /app/\n.npmrc\na", "", ".npmrc", false);
        check("ENV D=a\nCOPY $D /app", "", "a/.npmrc", true);
    }

    #[test]
    fn what_is_left_out_is_not_taken() {
        check("COPY . .", "**/.npmrc", "a/.npmrc", false);
        check("COPY . .", ".npmrc", "a/.npmrc", true);
        check("COPY . .", "*\n!a", "a/.npmrc", true);
        check("COPY --exclude=**/.npmrc . .", "", "a/.npmrc", false);
        check("COPY --exclude=.npmrc a /app", "", "a/.npmrc", false);
        check("COPY --exclude=.npmrc . /app", "", "a/.npmrc", true);
    }
}
