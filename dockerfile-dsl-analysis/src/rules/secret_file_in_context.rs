//! `SecretFileInContext`: `COPY` or `ADD` of a file from the build context whose well-known name marks a secret.
//!
//! Checks the written sources. The files that `COPY . .` copies are known only if the context is.

use super::context::Context;
use super::dockerignore::Dockerignore;
use super::steps::RuleStep;
use crate::credential::is_secret_name;
use crate::report::Fix;
use crate::{
    Finding, Rule, Severity,
    dockerfile::{Kind, Source, Transfer},
};

/// Names that always mark secrets, as the ends of paths.
const SECRETS: [&str; 34] = [
    ".env",
    ".env.local",
    ".netrc",
    "_netrc",
    ".git-credentials",
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    ".pypirc",
    ".pgpass",
    ".my.cnf",
    ".htpasswd",
    ".dockercfg",
    ".docker/config.json",
    ".aws/credentials",
    ".kube/config",
    ".vault-token",
    ".boto",
    ".s3cfg",
    ".cargo/credentials",
    ".cargo/credentials.toml",
    ".gem/credentials",
    ".composer/auth.json",
    ".config/gh/hosts.yml",
    ".config/composer/auth.json",
    "credentials.tfrc.json",
    ".ssh",
    ".gnupg",
    ".aws",
    ".azure",
    "application_default_credentials.json",
    ".config/gcloud",
    "service-account-key.json",
];

/// Where secrets are mounted.
const SECRETS_DIRECTORY: &str = "/run/secrets";

/// Names of files that contain a secret, or only the name of a variable.
const PERHAPS: [&str; 10] = [
    ".git",
    ".npmrc",
    ".yarnrc.yml",
    ".env.production",
    ".env.development",
    ".env.staging",
    ".m2/settings.xml",
    "auth.json",
    "credentials.json",
    "kubeconfig",
];

const WILDCARDS: [char; 4] = ['*', '?', '[', '\\'];

pub(super) fn check(step: &RuleStep, context: &Context) -> Vec<Finding> {
    let ignore = &context.ignore;
    let (Kind::Copy(transfer) | Kind::Add(transfer)) = &step.instruction.kind else {
        return Vec::new();
    };
    if transfer.from.is_some() {
        return Vec::new();
    }
    let is_for_secrets = step
        .environment
        .expand(&transfer.destination)
        .is_ok_and(|to| {
            let to = step.environment.absolute(&to);
            to == SECRETS_DIRECTORY || to.starts_with(&format!("{SECRETS_DIRECTORY}/"))
        });
    let findings = transfer.sources.iter().filter_map(|source| {
        let Source::Path(written) = source else {
            return None;
        };
        let path = step.environment.expand(written).ok()?;
        let known = well_known(&path);
        if known.is_none() && !is_for_secrets {
            return None;
        }
        let (name, severity) = known.unwrap_or((SECRETS_DIRECTORY, Severity::Error));
        let path = path.trim_start_matches("./").trim_start_matches('/');
        if ignore.excludes(path) || is_excluded(transfer, path) {
            return None;
        }
        let message = match severity {
            _ if known.is_none() => format!(
                "`{path}` is a secret by its destination `{SECRETS_DIRECTORY}`, and this copies it \
                 into a layer"
            ),
            Severity::Error => {
                format!("`{name}` is a secret by its name, and this copies it into a layer")
            }
            Severity::Warning => {
                format!("`{name}` often holds a secret, and this copies it into a layer")
            }
        };
        let credential = context.repository.credential().filter(|_| path == ".git");
        let severity = credential.map_or(severity, |_| Severity::Error);
        let (message, fix) = if name == ".git" {
            let message = match credential {
                None => "`.git` holds the URLs of its remotes, often with a token, and every file \
                         that was ever committed; this copies it into a layer"
                    .to_owned(),
                Some(what) => format!(
                    "the `config` in `.git` contains {what}, and this copies it into a layer, with \
                     every file that was ever committed"
                ),
            };
            let path = path.to_owned();
            (message, Fix::HideRepository { path })
        } else {
            (message, mount(step, transfer, path))
        };
        let finding = step.finding(Rule::SecretFileInContext, written.whole(), message);
        Some(Finding {
            severity,
            sink: path.to_owned(),
            ..finding.with_fix(fix)
        })
    });
    let named: Vec<Finding> = findings.collect();
    let swept = swept(step, transfer, context);
    named.into_iter().chain(swept).collect()
}

/// Reports the files of the context that a directory contains.
fn swept(step: &RuleStep, transfer: &Transfer, context: &Context) -> Option<Finding> {
    for source in &transfer.sources {
        let Source::Path(written) = source else {
            continue;
        };
        let Ok(path) = step.environment.expand(written) else {
            continue;
        };
        let directory = path.trim_start_matches("./").trim_matches('/');
        let directory = if matches!(directory, "." | "*") {
            ""
        } else {
            directory
        };
        let files: Vec<&str> = context
            .secret_files
            .iter()
            .map(String::as_str)
            .filter(|file| {
                let is_within = directory.is_empty()
                    || file
                        .strip_prefix(directory)
                        .is_some_and(|rest| rest.starts_with('/'));
                is_within && !context.ignore.excludes(file) && !is_excluded(transfer, file)
            })
            .collect();
        if files.is_empty() {
            continue;
        }
        let what = match directory {
            "" => "the build context".to_owned(),
            directory => format!("`{directory}`"),
        };
        let shown: Vec<String> = files
            .iter()
            .take(5)
            .map(|file| format!("`{file}`"))
            .collect();
        let more = match files.len() - shown.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let (last, rest) = shown.split_last()?;
        let list = match rest {
            [] => last.clone(),
            rest if more.is_empty() => format!("{} and {last}", rest.join(", ")),
            _ => shown.join(", "),
        };
        let verb = if files.len() == 1 {
            "which is a secret by its name"
        } else {
            "which are secrets by their names"
        };
        let message = format!("this copies {what} into a layer, with {list}{more}, {verb}");
        let finding = step.finding(Rule::SecretFileInContext, written.whole(), message);
        return Some(Finding {
            severity: Severity::Warning,
            sink: files[0].to_owned(),
            ..finding.with_fix(Fix::Ignore {
                paths: files.into_iter().map(str::to_owned).collect(),
            })
        });
    }
    None
}

/// Returns the names of files and directories that always mark secrets, as the ends of paths.
pub fn secret_file_names() -> impl Iterator<Item = &'static str> {
    SECRETS.into_iter()
}

/// Whether the name of a path in the build context marks a secret.
#[must_use]
pub fn is_secret_file(path: &str) -> bool {
    matches!(well_known(path), Some((_, Severity::Error)))
}

/// Returns the fix that mounts the file where this instruction copies it.
fn mount(step: &RuleStep, transfer: &Transfer, path: &str) -> Fix {
    let plain = |character: char| {
        if character.is_ascii_alphanumeric() {
            character
        } else {
            '_'
        }
    };
    let name = path
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or(path);
    let id: String = name.trim_start_matches('.').chars().map(plain).collect();
    let destination = step
        .environment
        .expand(&transfer.destination)
        .unwrap_or_default();
    let is_directory = destination.ends_with(['/', '.']) || transfer.sources.len() > 1;
    let mut target = step.environment.absolute(&destination);
    if is_directory {
        target = step.environment.absolute(&format!("{target}/{name}"));
    }
    Fix::MountFile {
        path: path.to_owned(),
        id,
        target,
    }
}

pub(super) fn is_excluded(transfer: &Transfer, path: &str) -> bool {
    let patterns: Vec<&str> = transfer
        .excludes
        .iter()
        .map(|pattern| pattern.as_str())
        .collect();
    Dockerignore::parse(&patterns.join("\n")).is_ok_and(|ignore| ignore.excludes(path))
}

/// Returns the well-known name that a source, with its wildcards, may match; or its own name, if that of a text file is a secret's.
fn well_known(path: &str) -> Option<(&str, Severity)> {
    let path = path.trim_end_matches('/');
    let has_wildcard = path.contains(WILDCARDS);
    let is_this = |name: &str| match path.strip_suffix(name) {
        _ if has_wildcard => is_named(path, name),
        before => before.is_some_and(|before| before.is_empty() || before.ends_with('/')),
    };
    let find = |names: &[&'static str]| names.iter().copied().find(|name| is_this(name));
    let secret = find(&SECRETS).map(|name| (name, Severity::Error));
    let perhaps = find(&PERHAPS).or_else(|| text_of_a_secret(path));
    secret.or_else(|| perhaps.map(|name| (name, Severity::Warning)))
}

/// Returns the name of a text file that is named as a variable with a secret would be: `token.txt`, `db-password.txt`.
fn text_of_a_secret(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next()?;
    let stem = name.strip_suffix(".txt")?;
    is_secret_name(&stem.replace(['-', '.'], "_")).then_some(name)
}

/// Whether the last components of the path are the components of the name.
fn is_named(path: &str, name: &str) -> bool {
    let mut parts = path.rsplit('/');
    name.rsplit('/')
        .all(|expected| parts.next().is_some_and(|part| is_part(part, expected)))
}

/// Whether a component of a path matches `expected`. Wildcards are allowed after its first three characters.
fn is_part(part: &str, expected: &str) -> bool {
    match part.find(WILDCARDS) {
        None => part == expected,
        Some(literal) => {
            literal >= 3
                && expected.starts_with(&part[..literal])
                && Dockerignore::parse(part).is_ok_and(|pattern| pattern.excludes(expected))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::testing, *};
    use crate::dockerfile;

    #[track_caller]
    fn check(instructions: &str, expected: &[&str]) {
        testing::check(Rule::SecretFileInContext, instructions, expected);
    }

    #[test]
    fn well_known_names() {
        check("COPY .env /app/", &[".env"]);
        check(
            "ADD a ./deploy/id_rsa .aws/credentials b/",
            &["./deploy/id_rsa", ".aws/credentials"],
        );
        check("COPY [\".netrc\", \"/root/\"]", &[".netrc"]);
        check(
            "COPY credentials.json ci/kubeconfig /app/",
            &["credentials.json", "ci/kubeconfig"],
        );
        check("COPY .env* /app/", &[".env*"]);
        check("COPY id_* /root/.ssh/", &["id_*"]);
        check("ENV F=.env\nCOPY $F /app/", &["$F"]);
    }

    #[test]
    fn a_text_file_that_is_named_for_a_secret() {
        check(
            "COPY token.txt conf/db-password.txt requirements.txt /app/",
            &["token.txt", "conf/db-password.txt"],
        );
        check("COPY token.rs tokens secrets/ passwords.md /app/", &[]);
        assert_eq!(
            testing::severity(Rule::SecretFileInContext, "COPY token.txt /app/"),
            Some(Severity::Warning)
        );
    }

    #[test]
    fn whatever_is_copied_where_secrets_are_mounted() {
        check(
            "COPY gitlab.token /run/secrets/gitlab.token",
            &["gitlab.token"],
        );
        check("WORKDIR /run\nCOPY a b secrets/", &["a", "b"]);
        check("COPY gitlab.token /run/secret/gitlab.token", &[]);
        check("COPY --from=build /a /run/secrets/a", &[]);
        assert_eq!(
            testing::severity(Rule::SecretFileInContext, "COPY a /run/secrets/a"),
            Some(Severity::Error)
        );
    }

    #[test]
    fn the_repository_is_a_warning() {
        check("COPY .git .git", &[".git"]);
        check("COPY .github .gitignore ./", &[]);
        assert_eq!(
            testing::severity(Rule::SecretFileInContext, "COPY .git /src/.git"),
            Some(Severity::Warning)
        );
    }

    #[test]
    fn names_that_are_none() {
        check("COPY . .", &[]);
        check("COPY * /app/", &[]);
        check("COPY .env.example src/env id_rsa.pub credentials app/", &[]);
        check("COPY --from=build /app/.env /app/", &[]);
        check("COPY --exclude=.env .env /app/", &[]);
        check("COPY <<.env /app/\n.env", &[]);
    }

    #[test]
    fn what_only_may_be_one_is_a_warning() {
        let severity =
            |name| testing::severity(Rule::SecretFileInContext, &format!("COPY {name} ./"));
        assert_eq!(
            (severity(".npmrc"), severity(".git-credentials")),
            (Some(Severity::Warning), Some(Severity::Error))
        );
    }

    #[test]
    fn what_is_ignored_is_not_copied() {
        let file = dockerfile::read("FROM x\nCOPY .env a/.env /app/").expect("is right");
        let count = |ignore: &str| {
            let ignore = Dockerignore::parse(ignore).expect("is right");
            super::super::whole_file(&file, &Context::of(ignore), crate::bases::Bases::NONE).len()
        };
        assert_eq!(
            (
                count("**/.env"),
                count(".env"),
                count("**/.env\n!a/.env"),
                count("")
            ),
            (0, 1, 1, 2)
        );
    }
}
