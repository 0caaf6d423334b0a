//! One argument of a command line: text, with placeholders for the home directory.
//!
//! In: text, paths, fields of a `--secret`. Out: the argument itself, or its quoted form for a POSIX shell. Invariant: a shell
//! parses the quoted form as this one argument, whatever its bytes are.

use std::env;
use std::ffi::{OsStr, OsString};

use crate::Error;

/// Text, with placeholders for the home directory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Argument(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Home,
    /// What only a shell expands, in double quotes.
    Shell(String),
}

/// Returns the home directory of the user who builds.
pub(crate) fn home() -> Option<OsString> {
    env::var_os("HOME").filter(|home| !home.is_empty())
}

impl Argument {
    /// A literal text.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self(vec![Part::Text(text.into())])
    }

    /// A path; a leading `~` alone or before `/` is the home directory.
    pub(crate) fn path(path: &str) -> Self {
        Self::default().push_path(path)
    }

    pub(crate) fn push(mut self, text: &str) -> Self {
        match self.0.last_mut() {
            Some(Part::Text(last)) => last.push_str(text),
            _ => self.0.push(Part::Text(text.to_owned())),
        }
        self
    }

    pub(crate) fn push_path(mut self, path: &str) -> Self {
        match path.strip_prefix('~') {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => {
                self.0.push(Part::Home);
                if rest.is_empty() {
                    self
                } else {
                    self.push(rest)
                }
            }
            _ => self.push(path),
        }
    }

    /// Appends the folder of the script that contains the line.
    pub(crate) fn push_script_folder(self) -> Self {
        self.push_shell("$(dirname -- \"$0\")")
    }

    /// Appends text that a shell expands in double quotes.
    pub(crate) fn push_shell(mut self, text: impl Into<String>) -> Self {
        self.0.push(Part::Shell(text.into()));
        self
    }

    /// Appends a CSV field `KEY=PATH` for BuildKit: quoted as a whole if the path has a comma or a quote.
    pub(crate) fn push_csv_path(self, key: &str, path: &str) -> Self {
        if path.contains([',', '"']) || path.ends_with(char::is_whitespace) {
            self.push("\"")
                .push(key)
                .push("=")
                .push_path(&path.replace('"', "\"\""))
                .push("\"")
        } else {
            self.push(key).push("=").push_path(path)
        }
    }

    /// Returns the argument itself.
    pub(crate) fn expand(&self, home: Option<&OsStr>) -> Result<OsString, Error> {
        let mut expanded = OsString::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => expanded.push(text),
                Part::Home => expanded.push(home.ok_or_else(|| {
                    Error::new(
                        "`~` cannot be replaced: the environment variable HOME is not set; set it, \
                         or write the whole path",
                    )
                })?),
                Part::Shell(text) => {
                    return Err(Error::new(format!("only a shell can expand `{text}`")));
                }
            }
        }
        Ok(expanded)
    }

    /// Returns the quoted form for a POSIX shell.
    pub(crate) fn quote(&self) -> String {
        let mut quoted = String::new();
        for part in &self.0 {
            match part {
                Part::Home => quoted.push_str("\"$HOME\""),
                Part::Shell(text) => quoted.push_str(&format!("\"{text}\"")),
                Part::Text(text) if is_plain(text) => quoted.push_str(text),
                Part::Text(text) => {
                    quoted.push('\'');
                    quoted.push_str(&text.replace('\'', r"'\''"));
                    quoted.push('\'');
                }
            }
        }
        if quoted.is_empty() {
            "''".to_owned()
        } else {
            quoted
        }
    }
}

/// Words with a meaning for a shell at the start of a command.
const SHELL_WORDS: &[&str] = &[
    "case", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if", "in", "select",
    "then", "time", "until", "while",
];

/// Quotes a command for a POSIX shell: a program and its arguments.
pub(crate) fn quote_command(command: &[&str]) -> String {
    let mut quoted: Vec<String> = command
        .iter()
        .map(|word| Argument::text(*word).quote())
        .collect();
    if let Some(program) = quoted.first_mut()
        && (SHELL_WORDS.contains(&program.as_str()) || is_plain(program) && program.contains('='))
    {
        // Otherwise it would be a keyword of the shell, or an assignment.
        *program = format!("'{program}'");
    }
    quoted.join(" ")
}

/// Whether a shell reads it literally, anywhere in a word of an argument list.
fn is_plain(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_./:=@%+,-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[track_caller]
    fn check(argument: &Argument, expanded: &str, quoted: &str) {
        assert_eq!(
            argument.expand(Some(OsStr::new("/home/a b"))).unwrap(),
            expanded
        );
        assert_eq!(argument.quote(), quoted);
    }

    #[test]
    fn text_is_quoted_where_it_has_to_be() {
        check(&Argument::text("id=A,env=A"), "id=A,env=A", "id=A,env=A");
        check(&Argument::text("a b"), "a b", "'a b'");
        check(
            &Argument::text("it's $HOME `x`"),
            "it's $HOME `x`",
            r"'it'\''s $HOME `x`'",
        );
        check(&Argument::text(""), "", "''");
        check(&Argument::text("~"), "~", "'~'");
    }

    #[test]
    fn only_a_leading_tilde_is_the_home_directory() {
        check(
            &Argument::path("~/.npmrc"),
            "/home/a b/.npmrc",
            "\"$HOME\"/.npmrc",
        );
        check(&Argument::path("~"), "/home/a b", "\"$HOME\"");
        check(&Argument::path("~user/x"), "~user/x", "'~user/x'");
        check(&Argument::path("/a/~/x"), "/a/~/x", "'/a/~/x'");
        check(
            &Argument::text("src=").push_path("~/it's"),
            "src=/home/a b/it's",
            r#"src="$HOME"'/it'\''s'"#,
        );
    }

    #[test]
    fn a_field_is_quoted_as_a_whole() {
        let field = |path| Argument::text("id=x,").push_csv_path("src", path);
        check(&field("/a=b"), "id=x,src=/a=b", "id=x,src=/a=b");
        check(&field("/a,b"), r#"id=x,"src=/a,b""#, r#"'id=x,"src=/a,b"'"#);
        check(
            &field("/a\"b"),
            r#"id=x,"src=/a""b""#,
            r#"'id=x,"src=/a""b"'"#,
        );
        check(
            &field("~/a,b"),
            r#"id=x,"src=/home/a b/a,b""#,
            r#"'id=x,"src='"$HOME"'/a,b"'"#,
        );
    }

    #[test]
    fn no_home_is_said() {
        let error = Argument::path("~/x").expand(None).unwrap_err().to_string();
        assert!(error.contains("HOME is not set"), "{error}");
    }

    /// The shell itself is asked what it reads.
    #[test]
    fn a_shell_reads_one_argument() {
        for text in [
            "",
            "a",
            " ",
            "'",
            "\"",
            "a'b\"c",
            "$HOME",
            "`id`",
            "\\",
            "a\nb",
            "*",
            "~",
            "#x",
            "-n",
            "é ü",
            "!!",
            "{a,b}",
            "a=b;c&d|e<f>g(h)",
        ] {
            let line = format!("printf '%s.' {}", Argument::text(text).quote());
            let output = Command::new("sh").arg("-c").arg(&line).output().unwrap();
            assert_eq!(
                String::from_utf8(output.stdout).unwrap(),
                format!("{text}."),
                "{line}"
            );
        }
    }
}
