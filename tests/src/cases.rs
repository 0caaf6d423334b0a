//! Scripts with a known verdict, as blocks that a person can review. In: the text of `data/cases/*.cases` and
//! `data/general.cases`. Out: one JSON object per case, with the fields of a JSON Lines corpus (`cargo run -p
//! dockerfile-dsl-tests --example cases` prints them). The script of a case is verbatim; an unknown or repeated key, or a case
//! without a verdict, is an error with its line. The labels of `data/wholefile` are JSON Lines and are read as they are.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

/// Begins a case. A line of a script that begins like this is escaped with a backslash.
const HEADER: &str = "=== ";

/// Ends the keys of a case.
const SCRIPT: &str = "---";

/// All cases, those of the families first.
///
/// # Panics
///
/// If a file cannot be read or has another form.
#[must_use]
pub fn all() -> Vec<Value> {
    families()
        .iter()
        .chain([&general_file()])
        .flat_map(|file| read(file))
        .collect()
}

/// The cases about the shell and the sinks, which belong to no family of programs.
///
/// # Panics
///
/// If the file cannot be read or has another form.
#[must_use]
pub fn general() -> Vec<Value> {
    read(&general_file())
}

/// The files of the families, sorted by name.
///
/// # Panics
///
/// If the folder cannot be read.
#[must_use]
pub fn families() -> Vec<PathBuf> {
    let folder = data().join("cases");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.extension().is_some_and(|it| it == "cases"))
        .collect();
    files.sort();
    files
}

/// The cases of one file.
///
/// # Panics
///
/// If the file cannot be read or has another form.
#[must_use]
pub fn read(file: &Path) -> Vec<Value> {
    let text =
        fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let family = file.file_stem().unwrap_or_default().to_string_lossy();
    parse(&text, &family).unwrap_or_else(|error| panic!("{}:{error}", file.display()))
}

/// The labels of our whole Dockerfiles: `file` is the name of one, the verdict is as in a case.
///
/// # Panics
///
/// If the file cannot be read or has another form.
#[must_use]
pub fn whole_files() -> Vec<Value> {
    lines(&data().join("wholefile/labels.jsonl"))
}

/// The objects of a JSON Lines file.
///
/// # Panics
///
/// If the file cannot be read or has another form.
#[must_use]
pub fn lines(file: &Path) -> Vec<Value> {
    let text =
        fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| serde_json::from_str(line).expect("is JSON"))
        .collect()
}

fn data() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/data"))
}

fn general_file() -> PathBuf {
    data().join("general.cases")
}

/// Parses blocks. `family` is the group of a case that names none.
///
/// # Errors
///
/// `LINE: what is wrong`, of the first mistake.
pub fn parse(text: &str, family: &str) -> Result<Vec<Value>, String> {
    let mut cases = Vec::new();
    let mut lines = text.lines().enumerate().peekable();
    while let Some((index, line)) = lines.next() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let at = |index: usize, message: &str| format!("{}: {message}", index + 1);
        let name = line
            .strip_prefix(HEADER)
            .filter(|name| !name.is_empty() && !name.contains(char::is_whitespace))
            .ok_or_else(|| at(index, "expected `=== name`"))?;
        let mut case = Case::new(name, family);
        loop {
            match lines.next() {
                Some((_, SCRIPT)) => break,
                Some((index, line)) => {
                    let (key, value) = line
                        .split_once(": ")
                        .ok_or_else(|| at(index, "expected `key: value` or `---`"))?;
                    case.set(key, value).map_err(|error| at(index, &error))?;
                }
                None => return Err(at(index, "expected `---` and a script")),
            }
        }
        let mut script = Vec::new();
        while let Some((_, line)) = lines.next_if(|(_, line)| !line.starts_with(HEADER)) {
            script.push(unescape(line));
        }
        while script.last().is_some_and(|line| line.is_empty()) {
            script.pop();
        }
        let case = case.finish(&script.join("\n"));
        cases.push(case.map_err(|error| at(index, &error))?);
    }
    Ok(cases)
}

/// Without the backslash that keeps a line of the script from being a header.
fn unescape(line: &str) -> &str {
    match line.strip_prefix('\\') {
        Some(rest) if rest.trim_start_matches('\\').starts_with(HEADER) => rest,
        _ => line,
    }
}

/// A case whose keys are being read.
struct Case {
    fields: Map<String, Value>,
    id: String,
    env: Option<String>,
    target: Option<String>,
    content: Option<Value>,
}

impl Case {
    fn new(name: &str, family: &str) -> Self {
        let fields = json!({"name": name, "group": family, "shell": "sh"});
        Self {
            fields: fields.as_object().expect("it is one").clone(),
            id: "tok".to_owned(),
            env: None,
            target: None,
            content: None,
        }
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let once = |is_new: bool| {
            if is_new {
                Ok(())
            } else {
                Err(format!("`{key}` is there twice"))
            }
        };
        match key {
            "group" | "shell" => {
                let old = self.fields.insert(key.to_owned(), json!(value));
                if old.is_some_and(|old| old == value) {
                    return Err(format!("`{key}: {value}` is the default: leave it out"));
                }
            }
            "established" | "tier" | "pair" | "why" | "note" => {
                once(self.fields.insert(key.to_owned(), json!(value)).is_none())?;
            }
            "expect" => {
                let (verdict, rest) = match value.split_once(", ") {
                    Some((verdict, rest)) => (verdict, Some(rest)),
                    None => (value, None),
                };
                match (verdict, rest) {
                    ("safe", None) => self.fields.insert("accept".to_owned(), json!("required")),
                    ("safe", Some("or refused")) => {
                        self.fields.insert("accept".to_owned(), json!("optional"))
                    }
                    ("leak-layer" | "leak-log", None) => None,
                    ("leak-layer", Some("leak-log")) => {
                        self.fields.insert("also".to_owned(), json!(["leak-log"]))
                    }
                    _ => {
                        return Err(format!(
                            "`{value}` is not one of `safe`, `safe, or refused`, `leak-layer`, \
                             `leak-log`, `leak-layer, leak-log`"
                        ));
                    }
                };
                once(
                    self.fields
                        .insert("verdict".to_owned(), json!(verdict))
                        .is_none(),
                )?;
            }
            "mount" => {
                let mounts = self
                    .fields
                    .entry("extra_mounts")
                    .or_insert_with(|| json!([]));
                mounts.as_array_mut().expect("it is one").push(json!(value));
            }
            "secret-id" => self.id = value.to_owned(),
            "secret-env" => once(self.env.replace(value.to_owned()).is_none())?,
            "secret-target" => once(self.target.replace(value.to_owned()).is_none())?,
            "secret-content" => {
                let content: Value = serde_json::from_str(value)
                    .map_err(|error| format!("`{value}` is not a JSON string: {error}"))?;
                once(self.content.replace(content).is_none())?;
            }
            _ => return Err(format!("unknown key `{key}`")),
        }
        Ok(())
    }

    fn finish(mut self, script: &str) -> Result<Value, String> {
        if !self.fields.contains_key("verdict") {
            return Err("a case says what is expected: `expect: ..`".to_owned());
        }
        if !matches!(
            self.fields.get("established").and_then(Value::as_str),
            Some("run" | "reasoned")
        ) {
            return Err(
                "a case says how its verdict is known: `established: run`, or `reasoned`"
                    .to_owned(),
            );
        }
        if script.is_empty() {
            return Err("a case has a script".to_owned());
        }
        let mount = match (&self.env, &self.target) {
            (None, _) => "file",
            (Some(_), None) => "env",
            (Some(_), Some(_)) => "both",
        };
        let mut secret = json!({"id": self.id, "mount": mount});
        if mount != "env" {
            let target = self
                .target
                .unwrap_or_else(|| format!("/run/secrets/{}", self.id));
            secret["target"] = json!(target);
        }
        if let Some(env) = self.env {
            secret["env"] = json!(env);
        }
        if let Some(content) = self.content {
            secret["template"] = content;
        }
        self.fields.insert("secret".to_owned(), secret);
        self.fields.insert("script".to_owned(), json!(script));
        Ok(Value::Object(self.fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_its_keys_and_its_script() {
        let text = "# About the file.\n\n=== a-leak\nexpect: leak-layer\nestablished: run\n---\n\
                    cat a\n\n  b\n\n=== safe-one\ngroup: other\nexpect: safe, or refused\n\
                    established: reasoned\nshell: bash\nmount: type=tmpfs,target=/a\nmount: \
                    type=tmpfs,target=/b\npair: a-leak\nwhy: x: y\n---\ntrue\n";
        let expected = json!([
            {
                "name": "a-leak",
                "group": "family",
                "shell": "sh",
                "verdict": "leak-layer",
                "established": "run",
                "secret": {"id": "tok", "mount": "file", "target": "/run/secrets/tok"},
                "script": "cat a\n\n  b",
            },
            {
                "name": "safe-one",
                "group": "other",
                "shell": "bash",
                "verdict": "safe",
                "accept": "optional",
                "established": "reasoned",
                "extra_mounts": ["type=tmpfs,target=/a", "type=tmpfs,target=/b"],
                "pair": "a-leak",
                "why": "x: y",
                "secret": {"id": "tok", "mount": "file", "target": "/run/secrets/tok"},
                "script": "true",
            },
        ]);
        assert_eq!(
            parse(text, "family"),
            Ok(expected.as_array().unwrap().clone())
        );
    }

    #[track_caller]
    fn secret(keys: &str, expected: &Value) {
        let text = format!("=== a\nexpect: safe\nestablished: run\n{keys}---\ntrue\n");
        assert_eq!(&parse(&text, "").unwrap()[0]["secret"], expected);
    }

    #[test]
    fn a_secret_is_a_file_a_variable_or_both() {
        secret(
            "secret-id: key\n",
            &json!({"id": "key", "mount": "file", "target": "/run/secrets/key"}),
        );
        secret(
            "secret-env: TOK\n",
            &json!({"id": "tok", "mount": "env", "env": "TOK"}),
        );
        secret(
            "secret-env: T\nsecret-target: /t\n",
            &json!({"id": "tok", "mount": "both", "env": "T", "target": "/t"}),
        );
        secret(
            "secret-content: \"a=%s\\n\"\n",
            &json!({
                "id": "tok",
                "mount": "file",
                "target": "/run/secrets/tok",
                "template": "a=%s\n",
            }),
        );
    }

    #[test]
    fn a_line_like_a_header_is_escaped() {
        let text =
            "=== a\nexpect: safe\nestablished: run\n---\n\\=== b\n\\\\=== c\n\\x\n===\n==== d\n";
        assert_eq!(
            parse(text, "").unwrap()[0]["script"],
            "=== b\n\\=== c\n\\x\n===\n==== d"
        );
    }

    #[track_caller]
    fn refused(text: &str, expected: &str) {
        let error = parse(text, "family").unwrap_err();
        assert!(error.starts_with(expected), "{error}");
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        refused("cat\n", "1: expected `=== name`");
        refused("=== a b\n", "1: expected `=== name`");
        refused("=== a\nexpect: safe\n", "1: expected `---`");
        refused("=== a\ncat\n---\n", "2: expected `key: value`");
        refused("=== a\nexpekt: safe\n---\nx\n", "2: unknown key `expekt`");
        refused("=== a\nexpect: leak\n---\nx\n", "2: `leak` is not one of");
        refused(
            "=== a\nexpect: safe\nexpect: leak-log\n---\nx\n",
            "3: `expect` is there twice",
        );
        refused("=== a\nwhy: b\nwhy: c\n---\nx\n", "3: `why` is there twice");
        refused(
            "=== a\ngroup: family\n---\nx\n",
            "2: `group: family` is the default",
        );
        refused(
            "\n=== a\nestablished: run\n---\nx\n",
            "2: a case says what is expected",
        );
        refused(
            "=== a\nexpect: safe\n---\nx\n",
            "1: a case says how its verdict",
        );
        refused(
            "=== a\nexpect: safe\nestablished: run\n---\n\n",
            "1: a case has a script",
        );
        refused(
            "=== a\nsecret-content: x\n---\n",
            "2: `x` is not a JSON string",
        );
    }
}
