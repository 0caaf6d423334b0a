//! A Dockerfile and its command as one text, for snapshot tests.
//!
//! In: a build command. Out: a stable text: the same on every machine, and on request without digests and versions. For a
//! committed Dockerfile see [`keep_up_to_date`](crate::keep_up_to_date).

use std::fmt;

use crate::masked_debug::masked_debug;
use crate::{BuildCommand, Error};

/// Text for a snapshot test, returned by [`BuildCommand::snapshot`].
#[derive(Clone, PartialEq, Eq)]
pub struct Snapshot {
    text: String,
}

masked_debug!(Snapshot { text });

impl BuildCommand {
    /// Returns the Dockerfile and the command as one text for a snapshot test.
    ///
    /// With [insta](https://insta.rs), a test is one line, `cargo test` shows the changes, and `cargo insta review` lets you
    /// accept each of them:
    ///
    /// ```text
    /// insta::assert_snapshot!(image(8080)?.build_command().tag("app").snapshot()?.redact_digests());
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`shell`](Self::shell).
    pub fn snapshot(&self) -> Result<Snapshot, Error> {
        let text = format!("{}\n$ {}\n", self.dockerfile().render(), self.shell()?);
        Ok(Snapshot { text })
    }
}

impl Snapshot {
    /// Replaces every digest by `sha256:[digest]`: a new base image does not change the snapshot.
    #[must_use]
    pub fn redact_digests(self) -> Self {
        let mut text = String::with_capacity(self.text.len());
        let mut rest = self.text.as_str();
        while let Some(at) = rest.find("sha256:") {
            let (before, after) = rest.split_at(at + "sha256:".len());
            let length = after
                .find(|c: char| !c.is_ascii_hexdigit())
                .unwrap_or(after.len());
            text.push_str(before);
            text.push_str(if length == 64 {
                "[digest]"
            } else {
                &after[..length]
            });
            rest = &after[length..];
        }
        text.push_str(rest);
        Self { text }
    }

    /// Replaces every number with dots by `[version]`, as in `node:22.4.1-slim`: an update does not change the snapshot. IPv4
    /// addresses are kept.
    #[must_use]
    pub fn redact_versions(self) -> Self {
        let mut text = String::with_capacity(self.text.len());
        let mut rest = self.text.as_str();
        while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
            let (before, number) = rest.split_at(at);
            let length = number
                .find(|c: char| !(c.is_ascii_digit() || c == '.'))
                .unwrap_or(number.len());
            let number = number[..length].trim_end_matches('.');
            text.push_str(before);
            text.push_str(if is_version(before, number) {
                "[version]"
            } else {
                number
            });
            rest = &rest[at + number.len()..];
        }
        text.push_str(rest);
        Self { text }
    }
}

/// Whether it is a version: two or three parts, and not the end of a name such as `a1.2`; `v1.2` is a version.
fn is_version(before: &str, number: &str) -> bool {
    let starts = match before.chars().next_back() {
        Some('v') => !before[..before.len() - 1].ends_with(|c: char| c.is_ascii_alphanumeric()),
        Some(last) => !(last.is_ascii_alphanumeric() || last == '_'),
        None => true,
    };
    let parts: Vec<&str> = number.split('.').collect();
    starts && matches!(parts.len(), 2 | 3) && parts.iter().all(|part| !part.is_empty())
}

impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(redact: fn(Snapshot) -> Snapshot, text: &str, expected: &str) {
        assert_eq!(
            redact(Snapshot {
                text: text.to_owned()
            })
            .to_string(),
            expected
        );
    }

    #[test]
    fn digests_are_redacted_and_nothing_else() {
        let digest = "0123456789abcdef".repeat(4);
        check(
            Snapshot::redact_digests,
            &format!("FROM a@sha256:{digest}\nsha256:12 x"),
            "FROM a@sha256:[digest]\nsha256:12 x",
        );
    }

    #[test]
    fn versions_are_redacted_and_nothing_else() {
        check(
            Snapshot::redact_versions,
            "node:22.4.1-slim v1.2 a1.2 127.0.0.1 8080 3. x_1.5",
            "node:[version]-slim v[version] a1.2 127.0.0.1 8080 3. x_1.5",
        );
    }
}
