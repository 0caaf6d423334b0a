//! Parses `--secret id=ID,src=FILE|env=NAME` in the syntax of `docker build`, and reads the value.

use std::path::Path;

use dockerfile_dsl_verify::Secret;
use zeroize::Zeroizing;

/// Fields of the flag.
#[derive(Debug, Default, PartialEq, Eq)]
struct Flag {
    id: String,
    file: Option<String>,
    variable: Option<String>,
}

/// Parses the flag, and reads the value from its source.
pub(super) fn parse(text: &str) -> Result<Secret, String> {
    let Flag { id, file, variable } = Flag::parse(text)?;
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
    let Flag { id, file, variable } = Flag::parse(text)?;
    let name = variable.or_else(|| file.is_none().then(|| id.clone()));
    if let Some(name) = name
        && let Some(value) = std::env::var_os(&name)
    {
        let value = Zeroizing::new(value.into_encoded_bytes());
        let name = None;
        return Ok(Real { id, value, name });
    }
    let Some(file) = file else {
        return Err(format!(
            "secret `{id}` has no source that is set: add `,env=NAME` or `,src=FILE`"
        ));
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

/// Expands a leading `~`, which no shell does after `src=`.
fn home(file: &str) -> String {
    match (file.strip_prefix("~/"), std::env::var("HOME")) {
        (Some(rest), Ok(home)) => format!("{home}/{rest}"),
        _ => file.to_owned(),
    }
}

impl Flag {
    fn parse(text: &str) -> Result<Self, String> {
        let mut flag = Self::default();
        let mut is_variable = false;
        for field in fields(text)? {
            let (key, value) = field
                .split_once('=')
                .ok_or_else(|| format!("expected `key=value`, not `{field}`"))?;
            match &key.to_lowercase()[..] {
                "id" => value.clone_into(&mut flag.id),
                "src" | "source" => flag.file = Some(value.to_owned()),
                "env" => flag.variable = Some(value.to_owned()),
                "type" if value == "env" => is_variable = true,
                "type" if value == "file" => is_variable = false,
                _ => {
                    return Err(format!(
                        "unexpected `{key}` in a secret: the keys are id, src, env and type"
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
}
