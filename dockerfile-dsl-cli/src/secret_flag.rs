//! Parses `--secret id=ID,src=FILE|env=NAME|cmd=COMMAND`: the syntax of `docker build`, and a command that prints the value.
//!
//! In: the flag. Out: the secret with its value, for a search; or its id and source alone, for a build.

use std::path::Path;

use dockerfile_dsl_analysis::masked;
use dockerfile_dsl_verify::Secret;
use zeroize::Zeroizing;

/// Fields of the flag.
#[derive(Debug, Default, PartialEq, Eq)]
struct Flag {
    id: String,
    file: Option<String>,
    variable: Option<String>,
    command: Option<String>,
}

/// Parses the flag for a build, which reads the value later.
pub(crate) fn declare(text: &str) -> Result<dockerfile_dsl::Secret, String> {
    let flag = Flag::parse(text)?;
    let id = &flag.id;
    let secret = match (&flag.variable, &flag.file, &flag.command) {
        (Some(variable), None, None) => dockerfile_dsl::Secret::try_env(id, variable),
        (None, Some(file), None) => dockerfile_dsl::Secret::try_file(id, file),
        (None, None, Some(command)) => {
            let words = words(command)?;
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            dockerfile_dsl::Secret::try_command(id, &words)
        }
        (None, None, None) => {
            return Err(format!(
                "secret `{id}` has no source: add `,env=NAME`, `,src=FILE` or `,cmd=COMMAND`"
            ));
        }
        _ => {
            return Err(format!(
                "secret `{id}` has several sources: write one of env, src and cmd"
            ));
        }
    };
    secret.map_err(|error| error.to_string())
}

/// Splits a command into words. No shell runs it, so its syntax is refused.
fn words(command: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for character in command.chars() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (None, '\'' | '"') => {
                word.get_or_insert_default();
                quote = Some(character);
            }
            (None, ' ' | '\t') => words.extend(word.take()),
            (None | Some('"'), '$' | '`' | '\\') | (None, '|' | '&' | ';' | '<' | '>' | '*') => {
                return Err(format!(
                    "no shell runs the command of a secret, and `{character}` is of a shell: \
                     quote it with '..', or write `sh -c '..'`"
                ));
            }
            (_, character) => word.get_or_insert_default().push(character),
        }
    }
    if quote.is_some() {
        return Err("a quote in the command of a secret is not closed".to_owned());
    }
    words.extend(word);
    Ok(words)
}

/// Parses the flag, and reads the value from its source.
pub(crate) fn parse(text: &str) -> Result<Secret, String> {
    let Flag {
        id, file, variable, ..
    } = Flag::without_command(text)?;
    if let Some(variable) = &variable
        && std::env::var_os(variable).is_none()
        && !is_usual(variable)
    {
        return Err(unset(&id, variable));
    }
    let secret = match (variable, file) {
        // Docker uses the variable if both are given.
        (Some(variable), _) => Secret::from_env(id, &variable),
        (None, Some(file)) => Secret::from_file(id, home(&file)),
        (None, None) if std::env::var_os(&id).is_some() => Secret::from_env(id.clone(), &id),
        (None, None) if !Path::new(&id).exists() => {
            return Err(format!(
                "secret `{id}` has no source, and no variable and no file has that name: add \
                 `,env=NAME` or `,src=FILE`"
            ));
        }
        (None, None) => Secret::from_file(id.clone(), Path::new(&id)),
    };
    secret.map_err(|error| error.to_string())
}

/// A real value, wiped on drop.
pub(crate) struct Real {
    pub(crate) id: String,
    pub(crate) value: Zeroizing<Vec<u8>>,
    /// Name of its file.
    pub(crate) name: Option<String>,
}

/// Parses the flag, and reads the value from its source.
pub(crate) fn read(text: &str) -> Result<Real, String> {
    let Flag {
        id, file, variable, ..
    } = Flag::without_command(text)?;
    let name = variable.or_else(|| file.is_none().then(|| id.clone()));
    if let Some(name) = &name
        && let Some(value) = std::env::var_os(name)
    {
        let value = Zeroizing::new(value.into_encoded_bytes());
        let name = None;
        return Ok(Real { id, value, name });
    }
    let Some(file) = file else {
        return Err(match name {
            Some(name) if name != id => unset(&id, &name),
            _ => format!("secret `{id}` has no source that is set: add `,env=NAME` or `,src=FILE`"),
        });
    };
    let path = home(&file);
    let value = std::fs::read(&path).map_err(|error| format!("cannot read {path}: {error}"))?;
    let name = Path::new(&path)
        .file_name()
        .and_then(|name| name.to_str())
        .map(str::to_owned);
    let value = Zeroizing::new(value);
    Ok(Real { id, value, name })
}

/// Whether the name of a variable is one by its letters. Anything else may be the value of `env=$TOKEN`.
fn is_usual(variable: &str) -> bool {
    let is_usual = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    variable.bytes().all(is_usual)
}

/// Returns the error for a variable that is not set. It does not repeat what may be a value.
fn unset(id: &str, variable: &str) -> String {
    if is_usual(variable) {
        format!("secret `{id}`: the variable `{variable}` is not set")
    } else {
        no_variable(id)
    }
}

/// Returns the error for a value in place of the name of a variable.
fn no_variable(id: &str) -> String {
    format!(
        "secret `{id}`: no variable has the name after `env=`; write the name, as in `env=TOKEN`, \
         and not the value"
    )
}

/// Expands a leading `~`, which no shell does after `src=`.
fn home(file: &str) -> String {
    match (file.strip_prefix("~/"), std::env::var("HOME")) {
        (Some(rest), Ok(home)) => format!("{home}/{rest}"),
        _ => file.to_owned(),
    }
}

impl Flag {
    /// Parses a flag of a search, which runs no program.
    fn without_command(text: &str) -> Result<Self, String> {
        let flag = Self::parse(text)?;
        match flag.command {
            Some(_) => Err(format!(
                "secret `{}`: only `command` and `build` know `cmd`; put its output into a \
                 variable or a file, and name that",
                flag.id
            )),
            None => Ok(flag),
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut flag = Self::default();
        let mut is_variable = false;
        for field in fields(text)? {
            let (key, value) = field
                .split_once('=')
                .ok_or("expected `key=value`: write `id=ID,env=NAME` or `id=ID,src=FILE`")?;
            match &key.to_lowercase()[..] {
                "id" => value.clone_into(&mut flag.id),
                "src" | "source" => flag.file = Some(value.to_owned()),
                "env" => flag.variable = Some(value.to_owned()),
                "cmd" => flag.command = Some(value.to_owned()),
                "type" if value == "env" => is_variable = true,
                "type" if value == "file" => is_variable = false,
                _ => {
                    return Err(format!(
                        "unexpected `{key}` in a secret: the keys are id, src, env, cmd and type"
                    ));
                }
            }
        }
        if flag.id.is_empty() {
            return Err(
                "a secret needs an id: id=NAME,src=FILE or id=NAME,env=VARIABLE".to_owned(),
            );
        }
        if is_variable && flag.variable.is_none() {
            flag.variable = flag.file.take();
        }
        if let Some(variable) = &flag.variable
            && masked(variable) != *variable
        {
            return Err(no_variable(&flag.id));
        }
        Ok(flag)
    }
}

/// Splits a CSV record of one line: a quoted field may contain commas and doubled quotes.
fn fields(text: &str) -> Result<Vec<String>, String> {
    let mut fields = Vec::new();
    let mut rest = text;
    loop {
        let (field, after) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let mut field = String::new();
                let mut tail = quoted;
                loop {
                    let (piece, after) = tail
                        .split_once('"')
                        .ok_or("a quote in a secret is not closed")?;
                    field.push_str(piece);
                    match after.strip_prefix('"') {
                        Some(after) => {
                            field.push('"');
                            tail = after;
                        }
                        None => break (field, after),
                    }
                }
            }
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                if rest[..end].contains('"') {
                    return Err("a quote in a secret must begin its field".to_owned());
                }
                (rest[..end].to_owned(), &rest[end..])
            }
        };
        fields.push(field);
        match after.strip_prefix(',') {
            Some(after) => rest = after,
            None if after.is_empty() => return Ok(fields),
            None => {
                return Err(
                    "a quoted field of a secret continues after its closing quote".to_owned(),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, id: &str, file: Option<&str>, variable: Option<&str>) {
        let expected = Flag {
            id: id.to_owned(),
            file: file.map(str::to_owned),
            variable: variable.map(str::to_owned),
            command: None,
        };
        assert_eq!(Flag::parse(text), Ok(expected), "{text}");
    }

    #[test]
    fn fields_as_docker_build_reads_them() {
        check(
            "id=npmrc,src=/root/.npmrc",
            "npmrc",
            Some("/root/.npmrc"),
            None,
        );
        check("ID=a,source=b", "a", Some("b"), None);
        check("id=T,env=TOKEN", "T", None, Some("TOKEN"));
        check("type=env,id=T,src=TOKEN", "T", None, Some("TOKEN"));
        check("id=a,\"src=/a,\"\"b\"", "a", Some("/a,\"b"), None);
        check("id=a", "a", None, None);
    }

    #[test]
    fn what_docker_build_refuses_is_refused() {
        for text in [
            "",
            "src=a",
            "id=a,sorce=b",
            "id=a,src=\"b",
            "id",
            "id=a, src=b",
            "\"id=a\"b",
        ] {
            assert!(Flag::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn value_in_place_of_a_variable_is_not_repeated() {
        let value = concat!("ghp_9fQ2xZk7LmN4pRtVw8Yb", "C3dE6gH1jK5s0uXa");
        let error = Flag::parse(&format!("id=a,env={value}")).unwrap_err();
        assert_eq!(
            error,
            "secret `a`: no variable has the name after `env=`; write the name, as in \
             `env=TOKEN`, and not the value"
        );
        assert!(Flag::parse("id=a,env=GITHUB_TOKEN").is_ok());
    }

    #[test]
    fn source_of_a_build_secret() {
        use dockerfile_dsl::SecretSource::{Command, Env, File};
        for (text, expected) in [
            ("id=a,env=A", Env("A")),
            ("id=a,src=~/.a", File("~/.a")),
            ("id=a,cmd=gh auth token", Command(&["gh", "auth", "token"])),
            (
                "id=a,\"cmd=sh -c 'a | b' \"\"c d\"\"\"",
                Command(&["sh", "-c", "a | b", "c d"]),
            ),
            ("id=a,cmd=pass ''", Command(&["pass", ""])),
        ] {
            assert_eq!(declare(text).map(|secret| secret.source()), Ok(expected));
        }
        for (text, expected) in [
            ("id=a", "has no source"),
            ("id=a,env=A,src=b", "several sources"),
            ("id=a,cmd=", "the command of a secret is a program"),
            ("id=a,cmd=a | b", "no shell runs"),
            ("id=a,\"cmd=echo \"\"$A\"\"\"", "no shell runs"),
            ("id=a,cmd='a", "not closed"),
            ("id=a b,env=A", "secret ids may contain only"),
        ] {
            let error = declare(text).expect_err(text);
            assert!(error.contains(expected), "{error}");
        }
        assert!(parse("id=a,cmd=gh").is_err());
    }
}
