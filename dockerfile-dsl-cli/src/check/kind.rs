//! What a file is, by its name.
//!
//! In: a path. Out: its kind, or nothing if the name says nothing. No file is opened.

use std::path::Path;

/// What a file of a repository is to `check`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A Dockerfile.
    Dockerfile,
    /// A Dockerfile if its first instruction is that of one: `Dockerfile.dev`, but also `Dockerfile.md`.
    PossibleDockerfile,
    /// A Dockerfile before a template engine ran: `Dockerfile.j2`.
    Template,
    /// A file that may start builds.
    Caller(FrontEnd),
}

/// The kinds of files that start builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FrontEnd {
    /// `compose.yml`, `docker-compose.prod.yaml`
    Compose,
    /// `docker-bake.hcl`, `docker-bake.json`
    Bake,
    /// `.github/workflows/*.yml`, `action.yml`
    Workflow,
    /// `.gitlab-ci.yml`
    GitLab,
    /// `*.sh`
    Script,
    /// `Makefile`, `*.mk`
    Makefile,
}

impl FrontEnd {
    /// Returns the front end with files of this name, which is in lower case.
    fn of(path: &Path, name: &str) -> Option<Self> {
        let (stem, end) = name.rsplit_once('.').unwrap_or((name, ""));
        let is_yaml = matches!(end, "yml" | "yaml");
        let folder = path.parent().unwrap_or(Path::new(""));
        let is_compose = |part: &str| {
            let rest = stem.strip_prefix(part);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
        };
        if is_yaml && (is_compose("compose") || is_compose("docker-compose")) {
            Some(Self::Compose)
        } else if matches!(end, "hcl" | "json") && stem.starts_with("docker-bake")
            || end == "hcl" && stem.contains("bake")
        {
            Some(Self::Bake)
        } else if is_yaml && (folder.ends_with(".github/workflows") || stem == "action") {
            Some(Self::Workflow)
        } else if is_yaml && stem.ends_with(".gitlab-ci") {
            Some(Self::GitLab)
        } else if matches!(end, "sh" | "bash") {
            Some(Self::Script)
        } else if matches!(name, "makefile" | "gnumakefile") || end == "mk" {
            Some(Self::Makefile)
        } else {
            None
        }
    }
}

/// Names of template engines, as the end of a file name.
const TEMPLATES: &[&str] = &[
    "erb", "ejs", "gotmpl", "hbs", "in", "j2", "jinja", "jinja2", "m4", "mustache", "template",
    "tmpl", "tpl",
];

impl Kind {
    /// Returns the kind of the file with this name.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_lowercase();
        let (stem, end) = name.rsplit_once('.').unwrap_or((&name, ""));
        let is_word = |text: &str| matches!(text, "dockerfile" | "containerfile");
        if is_word(&name) {
            return Some(Self::Dockerfile);
        }
        let is_named = is_word(end) || name.split('.').next().is_some_and(is_word);
        if TEMPLATES.contains(&end) && (is_named || stem.ends_with(".dockerfile")) {
            return Some(Self::Template);
        }
        if let Some(front_end) = FrontEnd::of(path, &name) {
            return Some(Self::Caller(front_end));
        }
        if end == "dockerignore" || !is_named {
            return None;
        }
        Some(if is_word(end) {
            Self::Dockerfile
        } else {
            Self::PossibleDockerfile
        })
    }
}

/// Whether the first instruction of a text is `FROM` or `ARG`, as in every Dockerfile.
pub(super) fn begins_like_a_dockerfile(bytes: &[u8]) -> bool {
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let first = lines
        .map(|line| line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line))
        .find(|line| !line.is_empty() && !line.starts_with(b"#"));
    first.is_some_and(|line| {
        let word = line.split(u8::is_ascii_whitespace).next();
        word.is_some_and(|word| {
            word.eq_ignore_ascii_case(b"FROM") || word.eq_ignore_ascii_case(b"ARG")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_a_file_is() {
        let kinds = [
            ("Dockerfile", Some(Kind::Dockerfile)),
            ("a/dockerfile", Some(Kind::Dockerfile)),
            ("Containerfile", Some(Kind::Dockerfile)),
            ("web.Dockerfile", Some(Kind::Dockerfile)),
            ("web.dockerfile", Some(Kind::Dockerfile)),
            ("Dockerfile.dev", Some(Kind::PossibleDockerfile)),
            ("Dockerfile.j2", Some(Kind::Template)),
            ("web.Dockerfile.tmpl", Some(Kind::Template)),
            ("Dockerfile.dockerignore", None),
            ("Dockerfile.dev.dockerignore", None),
            ("Dockerfiles", None),
            ("notes.md", None),
            ("compose.yaml", Some(Kind::Caller(FrontEnd::Compose))),
            (
                "a/docker-compose.prod.yml",
                Some(Kind::Caller(FrontEnd::Compose)),
            ),
            ("composer.yml", None),
            ("docker-bake.hcl", Some(Kind::Caller(FrontEnd::Bake))),
            (
                "docker-bake.override.json",
                Some(Kind::Caller(FrontEnd::Bake)),
            ),
            ("package.json", None),
            (
                ".github/workflows/ci.yml",
                Some(Kind::Caller(FrontEnd::Workflow)),
            ),
            ("workflows/ci.yml", None),
            (".gitlab-ci.yml", Some(Kind::Caller(FrontEnd::GitLab))),
            ("ci/build.sh", Some(Kind::Caller(FrontEnd::Script))),
            ("Makefile", Some(Kind::Caller(FrontEnd::Makefile))),
        ];
        for (path, kind) in kinds {
            assert_eq!(Kind::of(Path::new(path)), kind, "{path}");
        }
    }

    #[test]
    fn a_dockerfile_begins_with_from_or_arg() {
        for text in ["FROM x", "# a\n\n  from x\n", "\u{feff}ARG A\n"] {
            assert!(begins_like_a_dockerfile(text.as_bytes()), "{text}");
        }
        for text in ["", "# Title\nText\n", "FROMAGE x\n"] {
            assert!(!begins_like_a_dockerfile(text.as_bytes()), "{text}");
        }
    }
}
