//! The files that a program in another language may open by its text: Python, awk, Perl, SQL.
//!
//! In: the text of the program. Out: the secrets in the files that it names. The languages are not parsed, so each way to write a path counts:
//! as it is, with `\/`, in parts (`"/run" + "/secrets"`, `os.path.join`), relative to HOME, by a directory above it that is listed.

use crate::domain::{FilePlace, Node, SymbolicPath, Taint, Value, text_of};
use crate::interpreter::Call;

/// Functions of Python, Node.js, Perl, Ruby and PHP that list a directory.
const LISTING: [&str; 11] = [
    "Dir",
    "File::Find",
    "glob",
    "iterdir",
    "listdir",
    "opendir",
    "readdir",
    "readdirSync",
    "rglob",
    "scandir",
    "walk",
];

/// Returns the content of the files that a text names.
pub(super) fn mentioned(call: &Call<'_, '_>, text: &str) -> Taint {
    let text = text.replace("\\/", "/");
    let cwd = call.state.process.cwd.literal();
    let cwd = cwd.map_or_else(SymbolicPath::root, |cwd| SymbolicPath::from(&*cwd));
    let mut taint = Taint::NONE;
    for (key, entry) in call.state.files.tainted_entries() {
        let Node::File(number) = entry.node else {
            continue;
        };
        let content = call.state.files.content(number).map(Value::taint);
        let Some(content) = content.filter(Taint::is_some) else {
            continue;
        };
        call.state.files.ask_name(key);
        let relative = key.strip_prefix(&cwd).and_then(text_of);
        let is_relative = relative.is_some_and(|name| !name.is_empty() && text.contains(&name));
        let is_named = || {
            let is_mounted = call.state.files.place(key) == FilePlace::Secret;
            key.as_known()
                .is_some_and(|path| names(&text, &path, is_mounted))
        };
        if is_relative || is_named() {
            taint = taint.join(&content);
        }
    }
    taint
}

/// Returns the content of the files that only several statements together name.
pub(super) fn mentioned_in_pieces(call: &Call<'_, '_>, text: &str) -> Taint {
    let statements = text.split(['\n', ';']);
    let alone: Taint = statements
        .map(|statement| mentioned(call, statement))
        .collect();
    mentioned(call, text).without(&alone)
}

/// Whether a text names an absolute path. Of a mounted secret, also the directories above it count: nothing else is in them for sure.
fn names(text: &str, path: &str, is_mounted: bool) -> bool {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        return false;
    }
    let is_in_parts = parts.len() > 1 && parts.iter().all(|part| has_name(text, part));
    let is_above = || {
        let mut directories = path.match_indices('/').skip(1).map(|(end, _)| &path[..end]);
        directories.any(|directory| has_name(text, directory))
    };
    let lists_the_root = || {
        let is_root = text.contains("\"/\"") || text.contains("'/'");
        is_root && LISTING.iter().any(|function| has_name(text, function))
    };
    text.contains(path)
        || is_in_parts
        || of_home(path).is_some_and(|rest| text.contains(rest))
        || is_mounted && (is_above() || lists_the_root())
}

/// Returns the part of a path that programs join to HOME: from the first hidden name on.
fn of_home(path: &str) -> Option<&str> {
    path.find("/.").map(|at| &path[at + 1..])
}

/// Whether the text contains a name or a path, and not a longer one that contains it.
fn has_name(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        !before.ends_with(is_of_name) && !after.starts_with(is_of_name)
    })
}

fn is_of_name(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-')
}

#[cfg(test)]
mod tests {
    use super::names;

    #[track_caller]
    fn check(text: &str, path: &str, expected: bool) {
        assert_eq!(names(text, path, true), expected, "{text}: {path}");
    }

    #[test]
    fn a_path_in_parts() {
        let path = "/run/secrets/tok";
        check("open('/run/secrets/tok')", path, true);
        check("open('/run/' + 'secrets/tok')", path, true);
        check("os.path.join('/run', 'secrets', 'tok')", path, true);
        check("Path('/run') / 'secrets' / 'tok'", path, true);
        check("os.chdir('/run'); open('secrets/tok')", path, true);
        check("open('/srv/tok')", path, false);
        check("open('/srv/secrets/token')", path, false);
        check("open('/srv/run/secrets.tok.txt')", "/run/secrets/to", false);
    }

    #[test]
    fn a_directory_above_it() {
        let path = "/run/secrets/tok";
        check("glob.glob('/run/*/*')", path, true);
        check("os.listdir('/run')", path, true);
        check("os.walk('/')", path, true);
        check("open('/runtime/x'); open('/srv/run-1')", path, false);
        check("'a/b'.split('/')", path, false);
        assert!(!names("os.walk('/')", "/srv/tok", false));
    }

    #[test]
    fn a_file_of_home() {
        check("expanduser('~/.npmrc')", "/root/.npmrc", true);
        check(
            "$ENV{HOME} . '/.aws/credentials'",
            "/root/.aws/credentials",
            true,
        );
        check("open('.npmrc.example.d/x')", "/root/.netrc", false);
        check("open('settings.xml')", "/root/.m2/settings.xml", false);
    }
}
