//! The name of an image in a registry: `HOST[:PORT]/PATH[:TAG][@DIGEST]`.
//!
//! In: text. Out: its parts, each safe to be passed as an argument: no part begins with `-` or contains a blank.

use std::fmt;

use crate::Error;

/// A parsed name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    /// Host and path.
    repository: String,
    tag: Option<String>,
    digest: Option<String>,
}

impl Reference {
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let invalid = |why: &str| {
            Err(Error::usage(format!(
                "invalid registry reference `{}`: {why}; the form is \
                    HOST[:PORT]/PATH[:TAG][@DIGEST]",
                text.escape_debug()
            )))
        };
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (text, None),
        };
        let (repository, tag) = match name.rsplit_once(':') {
            // The port of the host.
            Some((_, port)) if port.contains('/') => (name, None),
            Some((repository, tag)) => (repository, Some(tag)),
            None => (name, None),
        };
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let begins_well = |part: &str| part.bytes().next().is_some_and(is_word);
        let in_name = |byte: u8| is_word(byte) || byte == b'.' || byte == b'-';
        let (host, path) = match repository.split_once('/') {
            Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => {
                (Some(host), path)
            }
            _ => (None, repository),
        };
        let in_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
        if host.is_some_and(|host| host.starts_with('-') || !host.bytes().all(in_host)) {
            return invalid("its host is malformed");
        }
        let is_component = |part: &str| begins_well(part) && part.bytes().all(in_name);
        if !path.split('/').all(is_component) || path.bytes().any(|byte| byte.is_ascii_uppercase())
        {
            return invalid(
                "its path may contain lower-case letters, digits, `.`, `_`, `-` and `/`",
            );
        }
        if tag.is_some_and(|tag| !begins_well(tag) || !tag.bytes().all(in_name)) {
            return invalid("its tag may contain letters, digits, `.`, `_` and `-`");
        }
        let is_digest = |digest: &str| {
            digest.split_once(':').is_some_and(|(algorithm, hex)| {
                begins_well(algorithm)
                    && algorithm.bytes().all(in_name)
                    && hex.len() >= 32
                    && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
            })
        };
        if digest.is_some_and(|digest| !is_digest(digest)) {
            return invalid("its digest must be sha256: and 64 hexadecimal digits");
        }
        Ok(Self {
            repository: repository.to_owned(),
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
        })
    }

    /// Whether the name contains a registry. One without refers to Docker Hub.
    pub(crate) fn has_host(&self) -> bool {
        self.host()
            .is_some_and(|host| host.contains(['.', ':']) || host == "localhost")
    }

    fn host(&self) -> Option<&str> {
        Some(self.repository.split_once('/')?.0)
    }

    /// Whether the registry is on this machine: then TLS is optional, as for docker and crane.
    pub(crate) fn is_loopback(&self) -> bool {
        let host = self.host().unwrap_or_default();
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        };
        name == "localhost"
            || name
                .trim_start_matches('[')
                .trim_end_matches(']')
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }

    pub(crate) fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// Returns the host, as the log-in command of a tool takes it.
    pub(crate) fn registry(&self) -> &str {
        match self.host() {
            Some(host) if self.has_host() => host,
            _ => "docker.io",
        }
    }

    /// Returns the name of a manifest in the same repository.
    pub(crate) fn with_digest(&self, digest: &str) -> String {
        format!("{}@{digest}", self.repository)
    }

    /// Returns the form for tools: by its digest if it has one, else by its tag.
    pub(crate) fn plain(&self) -> String {
        match (&self.digest, &self.tag) {
            (Some(digest), _) => self.with_digest(digest),
            (None, tag) => format!("{}:{}", self.repository, tag.as_deref().unwrap_or("latest")),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Reference;

    const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[track_caller]
    fn check(text: &str, plain: &str, host: &str) {
        let reference = Reference::parse(text).unwrap();
        assert_eq!(reference.to_string(), text);
        assert_eq!(reference.plain(), plain, "{text}");
        assert_eq!(reference.registry(), host, "{text}");
    }

    #[test]
    fn names_of_every_form() {
        check("reg.example/app", "reg.example/app:latest", "reg.example");
        check(
            "reg.example:5000/a/b:1",
            "reg.example:5000/a/b:1",
            "reg.example:5000",
        );
        check("localhost/app:1", "localhost/app:1", "localhost");
        check(
            "[::1]:5000/app:v1.2_x",
            "[::1]:5000/app:v1.2_x",
            "[::1]:5000",
        );
        check("team/app:1", "team/app:1", "docker.io");
        let by_digest = format!("reg.example/app@{DIGEST}");
        check(&by_digest, &by_digest, "reg.example");
        let both = format!("reg.example/app:1@{DIGEST}");
        check(&both, &by_digest, "reg.example");
    }

    #[test]
    fn what_could_be_another_argument_is_refused() {
        for text in [
            "",
            "-app",
            "reg.example/-a",
            "-reg.example/a",
            "reg.example/a b",
            "reg.example/App",
            "reg.example/a:",
            "reg.example/a:-1",
            "reg.example/a@sha256:12",
            "reg.example/a@",
            "reg.example/a\n",
            "reg.example//a",
            "reg.example/",
        ] {
            let error = Reference::parse(text).unwrap_err().to_string();
            assert!(error.starts_with("invalid registry reference"), "{error}");
        }
    }

    #[test]
    fn registries_of_this_machine() {
        for (text, expected) in [
            ("localhost:5000/a", true),
            ("127.0.0.1:5000/a", true),
            ("127.9.9.9/a", true),
            ("[::1]:5000/a", true),
            ("reg.example:5000/a", false),
            ("a/b", false),
            ("10.0.0.1/a", false),
        ] {
            assert_eq!(
                Reference::parse(text).unwrap().is_loopback(),
                expected,
                "{text}"
            );
        }
    }
}
