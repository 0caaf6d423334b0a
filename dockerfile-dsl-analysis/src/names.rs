//! Valid names and paths in a script's arguments: one definition for `sh!` and for scripts that are parsed at run time.

/// Whether it is a valid mount target for the analysis: absolute, normal, of plain characters.
#[must_use]
pub fn is_mount_target(path: &str) -> bool {
    let plain = path
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"/_.:@%+=~-".contains(&byte));
    let normal = path.len() > 1
        && path.starts_with('/')
        && !path[1..]
            .split('/')
            .any(|part| matches!(part, "" | "." | ".."));
    plain && normal
}

/// Describes what [`is_mount_target`] requires.
pub const MOUNT_TARGET: &str = "the target of a mount is an absolute path of [A-Za-z0-9_.:@%+=~-], \
                                without `..`, that does not end in `/` (`~` and variables are not \
                                expanded there: write `/root/..`)";

/// Whether no secret may be in this variable, because it decides what runs, how it is found, or where it connects.
#[must_use]
pub fn changes_programs(variable: &str) -> bool {
    const NAMES: &[&str] = &[
        "PATH",
        "HOME",
        "IFS",
        "ENV",
        "BASH_ENV",
        "PS4",
        "SHELLOPTS",
        "PWD",
        "TMPDIR",
    ];
    NAMES.contains(&variable)
        || variable.starts_with("LD_")
        || variable.to_ascii_lowercase().ends_with("_proxy")
}

/// Whether a variable of this name is a setting of programs that is no credential: a language, a directory, a log, options. Messages quote
/// it, or it names a file. By the names of POSIX, Chapter 8, of the programs' manuals, and by the usual endings.
#[must_use]
pub(crate) fn is_setting(variable: &str) -> bool {
    const NAMES: &[&str] = &[
        "BZIP",
        "BZIP2",
        "CDPATH",
        "COLUMNS",
        "EDITOR",
        "GH_HOST",
        "GIT_WORK_TREE",
        "GZIP",
        "HOME",
        "LANG",
        "LANGUAGE",
        "LINES",
        "LOGNAME",
        "MAKEFLAGS",
        "NODE_OPTIONS",
        "OLDPWD",
        "PAGER",
        "PATH",
        "PERL5LIB",
        "PERL5OPT",
        "PIP_LOG",
        "PWD",
        "PYTHONHOME",
        "PYTHONPATH",
        "RUBYLIB",
        "RUBYOPT",
        "SHELL",
        "TAR_OPTIONS",
        "TEMP",
        "TERM",
        "TMP",
        "TMPDIR",
        "TZ",
        "UNZIP",
        "UNZIPOPT",
        "USER",
        "UV_PYTHON",
        "VISUAL",
        "XZ_DEFAULTS",
        "XZ_OPT",
        "ZIPINFO",
        "ZIPOPT",
    ];
    const ENDS: &[&str] = &[
        "_CACHE",
        "_DIR",
        "_HOME",
        "_LOG",
        "_LOG_FILE",
        "_PREFIX",
        "_RSH",
    ];
    let upper = variable.to_ascii_uppercase();
    NAMES.contains(&variable)
        || variable.starts_with("LC_")
        || variable.starts_with("LD_")
        || ENDS.iter().any(|end| upper.ends_with(end))
}

/// Returns the indices of the first two mounts of which one is at or beneath the other.
#[must_use]
pub fn overlapping(targets: &[&str]) -> Option<(usize, usize)> {
    let within = |inner: &str, outer: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    for (second, target) in targets.iter().enumerate() {
        for (first, other) in targets[..second].iter().enumerate() {
            if within(target, other) || within(other, target) {
                return Some((first, second));
            }
        }
    }
    None
}

/// Returns the message for [`overlapping`] mounts.
#[must_use]
pub fn overlap(first: &str, second: &str) -> String {
    format!(
        "the mounts at `{first}` and `{second}` overlap, and one would hide the other: give each \
         another target"
    )
}

/// Whether a variable of this name may be assigned before a script without changing the behaviour of the shell.
#[must_use]
pub fn is_assignable(name: &str) -> bool {
    const SPECIAL: &[&str] = &[
        "CDPATH",
        "ENV",
        "GLOBIGNORE",
        "HOME",
        "IFS",
        "LANG",
        "OLDPWD",
        "OPTARG",
        "OPTIND",
        "PATH",
        "PPID",
        "PS1",
        "PS2",
        "PS4",
        "PWD",
        "SHELL",
        "SHELLOPTS",
        "TMPDIR",
        "UID",
        "EUID",
    ];
    let lower = name.to_ascii_lowercase();
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && name.starts_with(|character: char| !character.is_ascii_digit());
    plain
        && !SPECIAL.contains(&name)
        && !["LD_", "LC_", "BASH"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
        && !lower.ends_with("_proxy")
}

/// Returns the message for a variable that cannot hold a secret, because it is not [assignable](is_assignable).
#[must_use]
pub fn not_for_a_secret(name: &str) -> String {
    format!(
        "invalid variable `{}` for a secret: a name is [A-Za-z_][A-Za-z0-9_]* and does not change \
         how programs run",
        name.escape_debug()
    )
}

/// Returns the message for an image that is not among the known bases.
#[must_use]
pub fn unknown_base(image: &str) -> String {
    format!(
        "what `{}` sets is not known: leave `@base` out, and describe the image where its \
         Dockerfile is checked",
        image.escape_debug()
    )
}

/// Whether it is a valid reason: one line that a reviewer can judge.
#[must_use]
pub fn is_reason(text: &str) -> bool {
    !text.trim().is_empty() && !text.contains(['\n', '\r', '\0'])
}

/// Describes what [`is_reason`] requires.
pub const REASON: &str = "a reason is one line that a reviewer can judge";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mount_targets_are_plain_absolute_paths() {
        for path in ["/root/.npmrc", "/a", "/a-b/c@2"] {
            assert!(is_mount_target(path), "{path}");
        }
        for path in [
            "", "/", "a", "~/.npmrc", "/a/", "/a//b", "/a/../b", "/a/.", "/$HOME/x", "/a b", "/a*",
            "/a,b", "/a\n",
        ] {
            assert!(!is_mount_target(path), "{path}");
        }
    }

    #[test]
    fn one_mount_inside_another_is_found() {
        assert_eq!(overlapping(&["/a", "/b", "/a/c"]), Some((0, 2)));
        assert_eq!(overlapping(&["/a", "/a"]), Some((0, 1)));
        assert_eq!(overlapping(&["/a/b", "/a"]), Some((0, 1)));
        assert_eq!(overlapping(&["/a", "/ab", "/b"]), None);
    }

    #[test]
    fn names_that_change_the_shell_are_not_assignable() {
        for name in ["TOKEN", "version", "_x"] {
            assert!(is_assignable(name), "{name}");
        }
        for name in [
            "PATH",
            "LD_PRELOAD",
            "https_proxy",
            "BASH_ENV",
            "IFS",
            "",
            "a-b",
            "1a",
            "größe",
        ] {
            assert!(!is_assignable(name), "{name}");
        }
    }
}
