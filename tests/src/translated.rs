//! A script of the corpus in the form of a template.

use std::fmt::Write as _;

use dockerfile_dsl::{Dialect, Error, LayerPath, Script, Secret, TmpFs};
use serde_json::Value;

/// A field that is a string, or an empty one.
#[must_use]
pub fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

/// A script of the corpus in the form of a template: a mounted file becomes a hole if it is a word, and an argument otherwise.
#[derive(Debug)]
pub struct Translated {
    /// The text, with holes.
    pub script: String,
    /// Whether the text contains the secret as `{TOK}`.
    pub hole: bool,
    /// The target of `@mount`.
    pub mount: Option<String>,
    /// The variable of `@env`.
    pub env: Option<String>,
    /// Name of the hole, mount target.
    pub tmpfs: Vec<(String, String)>,
    /// Whether it is for bash.
    pub bash: bool,
}

/// The case as a template, unless the secret is where no value can be.
#[must_use]
pub fn translate(case: &Value) -> Option<Translated> {
    let mut script = escape_holes(&text(case, "script"));
    let (mut hole, mut mount, mut env, mut tmpfs) = (false, None, None, Vec::new());
    let secret = &case["secret"];
    if text(secret, "mount") == "env" {
        env = Some(text(secret, "env"));
    } else {
        let target = text(secret, "target");
        if target.starts_with("/run/secrets/") {
            let replaced = replace_path(&script, &target, "{TOK}", |next| next != Some('/'));
            hole = replaced != script;
            script = replaced;
            // A comment cannot contain a value.
            let in_comment = |line: &str| {
                line.split_once(" # ")
                    .is_some_and(|(_, comment)| comment.contains("{TOK}"))
            };
            if script.lines().any(in_comment) {
                return None;
            }
        }
        if !hole || script.contains("/run/secrets") {
            mount = Some(target);
        }
    }
    for mount in case["extra_mounts"].as_array().into_iter().flatten() {
        let target = mount.as_str()?.strip_prefix("type=tmpfs,target=")?;
        let name = target.trim_start_matches('/').replace('/', "_");
        let replaced = replace_path(&script, target, &format!("{{{name}}}"), |_| true);
        if replaced != script {
            tmpfs.push((name, target.to_owned()));
            script = replaced;
        }
    }
    Some(Translated {
        script,
        hole,
        mount,
        env,
        tmpfs,
        bash: text(case, "shell") == "bash",
    })
}

/// Why a case may put its secret into the environment.
pub const REASON: &str = "the case says so";

impl Translated {
    /// A call of `sh!`.
    #[must_use]
    pub fn as_macro(&self) -> String {
        let mut call = format!("sh!({}", raw(&self.script));
        for (name, target) in &self.tmpfs {
            write!(call, ", {name} = TmpFs::at(path!({target:?}))").unwrap();
        }
        if let Some(target) = &self.mount {
            write!(call, ", @mount(TOK => {target:?})").unwrap();
        }
        if let Some(variable) = &self.env {
            write!(call, ", @env(TOK => {variable:?}, {REASON:?})").unwrap();
        }
        call.push_str(if self.bash { ", @shell(bash))" } else { ")" });
        call
    }

    /// Returns the result of `Script::template`, for a stage from a known image if one is given.
    ///
    /// # Errors
    ///
    /// Returns its errors.
    pub fn at_run_time(&self, base: Option<&str>) -> Result<Script, Error> {
        const TOK: Secret = Secret::env("TOK");
        let tmpfs: Vec<TmpFs> = self
            .tmpfs
            .iter()
            .map(|(_, target)| LayerPath::parse(target).map(TmpFs::at))
            .collect::<Result<_, _>>()?;
        let mut template = Script::template(&self.script);
        if self.hole {
            template.bind("TOK", &TOK);
        }
        for ((name, _), tmpfs) in self.tmpfs.iter().zip(&tmpfs) {
            template.bind(name, tmpfs);
        }
        if let Some(base) = base {
            template.base(base);
        }
        if let Some(target) = &self.mount {
            template.mount(&TOK, target);
        }
        if let Some(variable) = &self.env {
            template.env(&TOK, variable, REASON);
        }
        template
            .dialect(if self.bash {
                Dialect::Bash
            } else {
                Dialect::Posix
            })
            .parse()
    }
}

/// `{ident}` of the shell is `{{ident}}` in `sh!`.
fn escape_holes(script: &str) -> String {
    let mut escaped = String::new();
    let mut rest = script;
    while let Some(at) = rest.find('{') {
        escaped.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let end = after
            .find(|character: char| !(character.is_alphanumeric() || character == '_'))
            .unwrap_or(after.len());
        let is_name = end > 0
            && !after.starts_with(|character: char| character.is_ascii_digit())
            && &after[..end] != "_";
        if is_name && after[end..].starts_with('}') && !escaped.ends_with('$') {
            write!(escaped, "{{{{{}}}}}", &after[..end]).unwrap();
            rest = &after[end + 1..];
        } else {
            escaped.push('{');
            rest = after;
        }
    }
    escaped + rest
}

/// Replaces a path where it is not part of a longer name.
fn replace_path(
    script: &str,
    path: &str,
    by: &str,
    may_follow: impl Fn(Option<char>) -> bool,
) -> String {
    let is_part = |character: Option<char>| {
        character
            .is_some_and(|character| character.is_alphanumeric() || "_.-*?[".contains(character))
    };
    let mut replaced = String::new();
    let mut rest = script;
    while let Some(at) = rest.find(path) {
        let before = rest[..at]
            .chars()
            .next_back()
            .or_else(|| replaced.chars().next_back());
        let next = rest[at + path.len()..].chars().next();
        replaced.push_str(&rest[..at]);
        let whole = !is_part(before) && before != Some('/') && !is_part(next) && may_follow(next);
        replaced.push_str(if whole { by } else { path });
        rest = &rest[at + path.len()..];
    }
    replaced + rest
}

/// A raw string literal.
pub fn raw(text: &str) -> String {
    let hashes = (1..)
        .map(|count| "#".repeat(count))
        .find(|hashes| !text.contains(&format!("\"{hashes}")))
        .unwrap_or_default();
    format!("r{hashes}\"{text}\"{hashes}")
}
