//! Parser of base descriptions: see `grammar.md` beside this file.
//!
//! In: a text. Out: its descriptions, or all errors with their positions. Words and clauses are those of program rows.

use std::fmt;

use super::base::{Account, Base, FactSource, Image, NamePattern, best};
use crate::clauses::{ClauseWord, clauses};

/// An error in base descriptions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BasesError {
    /// Line number, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// The message.
    pub message: String,
}

impl fmt::Display for BasesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for BasesError {}

const CLAUSES: [&str; 11] = [
    "base", "like", "env", "workdir", "user", "account", "shell", "sh", "os", "unknown", "from",
];

type RowsResult<T> = std::result::Result<T, BasesError>;

fn error(word: ClauseWord<'_>, message: impl Into<String>) -> BasesError {
    BasesError {
        line: word.line,
        column: word.column,
        message: message.into(),
    }
}

/// Parses a whole text. `known`: what `like` refers to besides the descriptions above it.
pub(super) fn parse(text: &str, known: &[Base]) -> std::result::Result<Vec<Base>, Vec<BasesError>> {
    let mut bases: Vec<Base> = Vec::new();
    let mut errors = Vec::new();
    for clause in clauses(text) {
        if let Err(error) = read(&mut bases, known, &clause) {
            errors.push(error);
        }
    }
    if errors.is_empty() {
        Ok(bases)
    } else {
        Err(errors)
    }
}

/// Whether it is a valid variable name.
pub(super) fn is_variable(name: &str) -> bool {
    let starts = name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic());
    let is_part = |c: u8| c == b'_' || c.is_ascii_alphanumeric();
    starts && name.bytes().all(is_part)
}

fn read(bases: &mut Vec<Base>, known: &[Base], clause: &[ClauseWord<'_>]) -> RowsResult<()> {
    let Some((first, words)) = clause.split_first() else {
        return Ok(());
    };
    let texts = || words.iter().map(|word| word.text.to_owned());
    if !CLAUSES.contains(&first.text) {
        let near = crate::suggest::did_you_mean(first.text, &CLAUSES);
        return Err(error(
            *first,
            format!(
                "unknown clause `{}`{near} (valid: {})",
                first.text,
                CLAUSES.join(", ")
            ),
        ));
    }
    let needs = |count: usize, what: &str| {
        if words.len() < count {
            return Err(error(*first, format!("`{}` needs {what}", first.text)));
        }
        Ok(())
    };
    if first.text == "base" {
        needs(1, "the name of an image")?;
        bases.push(Base {
            names: words
                .iter()
                .map(|word| NamePattern::parse(word.text))
                .collect(),
            ..Base::default()
        });
        return Ok(());
    }
    if bases.is_empty() {
        return Err(error(*first, "expected `base NAME` first"));
    }
    if first.text == "like" {
        needs(1, "the name of an image")?;
        let image = Image::new(words[0].text);
        let found = image.and_then(|image| {
            let above = &bases[..bases.len() - 1];
            best(above, &image).or_else(|| best(known, &image)).cloned()
        });
        let Some(found) = found else {
            let message = format!("`{}` is not described above", words[0].text);
            return Err(error(words[0], message));
        };
        if let Some(base) = bases.last_mut() {
            let (names, sources) = (
                std::mem::take(&mut base.names),
                std::mem::take(&mut base.sources),
            );
            *base = Base {
                names,
                sources,
                ..found
            };
        }
        return Ok(());
    }
    let Some(base) = bases.last_mut() else {
        return Ok(());
    };
    match first.text {
        "env" => {
            needs(
                1,
                "variables: `NAME=VALUE`, or `NAME` where the value depends on the version",
            )?;
            for word in words {
                let (name, value) = match word.text.split_once('=') {
                    Some((name, value)) => (name, Some(value.to_owned())),
                    None => (word.text, None),
                };
                if !is_variable(name) {
                    return Err(error(*word, format!("invalid variable name `{name}`")));
                }
                base.env.retain(|(known, _)| known != name);
                base.env.push((name.to_owned(), value));
            }
        }
        "workdir" => {
            needs(1, "an absolute path")?;
            if base.is_windows || words[0].text.starts_with('/') {
                base.workdir = Some(words[0].text.to_owned());
            } else {
                return Err(error(
                    words[0],
                    "the working directory of an image is absolute",
                ));
            }
        }
        "user" => {
            needs(1, "a name or a number")?;
            base.user = Some(words[0].text.to_owned());
        }
        "account" => {
            needs(2, "a name, a number if that is known, and a home directory")?;
            let number = (words.len() > 2).then(|| words[1].text.to_owned());
            let name = words[0].text.to_owned();
            base.accounts.retain(|account| account.name != name);
            base.accounts.push(Account {
                name,
                number,
                home: words[words.len() - 1].text.to_owned(),
            });
        }
        "shell" => {
            needs(1, "the words of a shell")?;
            base.shell = Some(texts().collect());
        }
        "sh" => {
            needs(1, "`dash`, `ash` or `bash`")?;
            for word in words {
                if !["dash", "ash", "bash"].contains(&word.text) {
                    let message = format!("unknown `sh` `{}` (valid: dash, ash, bash)", word.text);
                    return Err(error(*word, message));
                }
            }
            base.has_plain_sh = words.iter().all(|word| word.text != "bash");
        }
        "os" => {
            needs(1, "`linux` or `windows`")?;
            base.is_windows = match words[0].text {
                "windows" => true,
                "linux" => false,
                other => {
                    let message = format!("unknown system `{other}` (valid: linux, windows)");
                    return Err(error(words[0], message));
                }
            };
        }
        "unknown" => base.is_unknown = true,
        _ => {
            needs(3, "a repository, the path in it, and a commit")?;
            base.sources.push(FactSource {
                repository: words[0].text.to_owned(),
                path: words[1].text.to_owned(),
                commit: words[2].text.to_owned(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Bases;

    #[track_caller]
    fn refused(text: &str, expected: &str) {
        let errors = Bases::parse(text).unwrap_err();
        assert_eq!(errors[0].to_string(), expected);
    }

    #[test]
    fn mistakes() {
        refused(
            "base a\n  wrokdir /x\n",
            "2:3: unknown clause `wrokdir`, did you mean `workdir`? (valid: base, like, env, \
             workdir, user, account, shell, sh, os, unknown, from)",
        );
        refused("workdir /x\n", "1:1: expected `base NAME` first");
        refused(
            "base a; workdir x\n",
            "1:17: the working directory of an image is absolute",
        );
        refused(
            "base a; like nothing\n",
            "1:14: `nothing` is not described above",
        );
        refused(
            "base a; os mac\n",
            "1:12: unknown system `mac` (valid: linux, windows)",
        );
        refused(
            "base a; sh zsh\n",
            "1:12: unknown `sh` `zsh` (valid: dash, ash, bash)",
        );
        refused("base a; env 1X=2\n", "1:13: invalid variable name `1X`");
        refused("base\n", "1:1: `base` needs the name of an image");
    }
}
