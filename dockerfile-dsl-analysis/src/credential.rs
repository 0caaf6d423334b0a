//! Literal credentials in a text, by the formats that their issuers publish; and the text without them.
//!
//! In: any text. Out: the span of each credential, or the text with `*` in their place and unchanged offsets.
//! All code that shows a text to people shows it [`masked`].

use crate::Span;
use std::borrow::Cow;

mod formats;
mod names;

pub(crate) use formats::Credential;
pub(crate) use names::{is_placeholder, is_public_key, is_secret_name};

/// Returns all credentials in a text, in order, without overlaps.
pub(crate) fn find(text: &str) -> Vec<Credential> {
    let mut found = formats::tokens(text);
    found.extend(formats::private_keys(text));
    found.extend(formats::json_web_tokens(text));
    found.extend(formats::addresses(text));
    found.extend(formats::options(text));
    found.sort_by_key(|credential| (credential.span.start, !credential.is_certain));
    let mut end = 0;
    found.retain(|credential| {
        let is_outside = credential.span.start >= end;
        end = end.max(credential.span.end);
        is_outside
    });
    found
}

/// Replaces each credential in a text by `*`, with unchanged offsets.
#[must_use]
pub fn masked(text: &str) -> Cow<'_, str> {
    let spans = find(text).into_iter().map(|credential| credential.span);
    cover(text, spans.collect())
}

/// Masks the text of a Dockerfile: its credentials, and the values of ENV and ARG with the name of a secret.
#[must_use]
pub fn masked_dockerfile(text: &str) -> Cow<'_, str> {
    let mut spans: Vec<Span> = find(text)
        .into_iter()
        .map(|credential| credential.span)
        .collect();
    spans.extend(names::values(text));
    cover(text, spans)
}

fn cover(text: &str, mut spans: Vec<Span>) -> Cow<'_, str> {
    if spans.is_empty() {
        return Cow::Borrowed(text);
    }
    spans.sort();
    let mut covered = String::with_capacity(text.len());
    for span in spans {
        if span.end <= covered.len() {
            continue;
        }
        let start = span.start.max(covered.len());
        covered.push_str(&text[covered.len()..start]);
        for char in text[start..span.end].chars() {
            match char {
                '\n' | '\r' => covered.push(char),
                _ => covered.extend(std::iter::repeat_n('*', char.len_utf8())),
            }
        }
    }
    covered.push_str(&text[covered.len()..]);
    Cow::Owned(covered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> = find(text)
            .iter()
            .map(|credential| credential.span.of(text))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    /// A body of this length that no issuer has issued.
    fn body(length: usize) -> String {
        "aB3dE5fG7hJ9".chars().cycle().take(length).collect()
    }

    #[test]
    fn the_formats_of_the_big_issuers() {
        for (prefix, length) in [
            ("ghp_", 36),
            ("gho_", 36),
            ("ghs_", 36),
            ("ghu_", 36),
            ("ghr_", 36),
            ("github_pat_", 82),
            ("glpat-", 20),
            ("npm_", 36),
            ("pypi-", 60),
            ("xoxb-", 40),
            ("xoxp-", 40),
            ("xoxa-", 40),
            ("sk_live_", 24),
            ("rk_live_", 24),
            ("hf_", 34),
        ] {
            let token = format!("{prefix}{}", body(length));
            check(&format!("RUN x \"{token}\" y"), &[&token]);
            // A truncated token does not match, and neither does one inside a longer word.
            check(&format!("RUN x {prefix}{}", body(6)), &[]);
            check(&format!("RUN my{token}"), &[]);
        }
        let hex: String = "0123456789abcdef".chars().cycle().take(64).collect();
        check(&format!("dop_v1_{hex}"), &[&format!("dop_v1_{hex}")]);
        let mail = format!("SG.{}.{}", body(22), body(43));
        check(&mail, &[&mail]);
        check("SG.short.x", &[]);
        check("AKIAQ3EGMOSVKXTN5ZWA", &["AKIAQ3EGMOSVKXTN5ZWA"]);
        check("ASIAQ3EGMOSVKXTN5ZWA", &["ASIAQ3EGMOSVKXTN5ZWA"]);
        check(
            "AKIAIOSFODNN7EXAMPLE AKIAQ3EGMOSVKXTN5ZWAQQ xAKIAQ3EGMOSVKXTN5ZWA",
            &[],
        );
    }

    #[test]
    fn placeholders_are_no_tokens() {
        check(&format!("ghp_{}", "x".repeat(36)), &[]);
        check("ghp_yourTokenGoesHereyourTokenGoesHere123", &[]);
        check("grep -E 'ghp_[A-Za-z0-9]{36}' .", &[]);
    }

    #[test]
    fn private_keys_are_more_than_their_first_line() {
        let key = format!("-----BEGIN RSA PRIVATE KEY-----\\n{}", body(64));
        assert_eq!(find(&format!("RUN echo '{key}'")).len(), 1);
        let key = format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{}\n", body(64));
        assert_eq!(find(&key).len(), 1);
        check("grep -r -e '-----BEGIN RSA PRIVATE KEY-----' /srv", &[]);
        check(&format!("-----BEGIN PUBLIC KEY-----\n{}", body(64)), &[]);
    }

    #[test]
    fn json_web_tokens() {
        let token = format!("eyJ{}.eyJ{}.{}", body(20), body(30), body(43));
        check(&format!("-H 'Authorization: Bearer {token}'"), &[&token]);
        check(&format!("eyJ{}", body(60)), &[]);
    }

    #[test]
    fn passwords_in_addresses() {
        check("ADD https://user:s3cr3t@host.org/x /x", &["s3cr3t"]);
        check("postgres://app:pw123@db.internal/prod", &["pw123"]);
        check(
            "git clone https://oauth2:abc%40def@gitlab.com/a/b",
            &["abc%40def"],
        );
        check(
            "https://user:$PW@host https://user:${PW}@host https://x:$(cat f)@host",
            &[],
        );
        check(
            "https://host:8080/a@b https://user@host git@host:a/b https://{user}:{pw}@h",
            &[],
        );
        check(
            "postgres://postgres:postgres@db/x redis://:dummy@localhost:6379",
            &[],
        );
        check("http://user:password@localhost/x", &[]);
    }

    #[test]
    fn passwords_in_options() {
        check("wget --password=hunter2 https://h", &["hunter2"]);
        check("wget --http-password='hun ter2' https://h", &["hun ter2"]);
        check("x --api-key=\"abc123\"", &["abc123"]);
        check(
            "x --password=$P --password=\"$P\" --token=$(cat /t) --password=`cat /t`",
            &[],
        );
        check(
            "x --password-file=/a --password= --password --disabled-password",
            &[],
        );
        check(
            "x --password=/run/secrets/a --token=@/t --token=changeme",
            &[],
        );
    }

    #[test]
    fn what_is_masked_keeps_its_offsets() {
        let text = "ENV A=1\nRUN wget --password=hünter2 https://h\n";
        let masked = masked(text);
        assert_eq!(masked, "ENV A=1\nRUN wget --password=******** https://h\n");
        assert_eq!(masked.len(), text.len());
        assert_eq!(super::masked("RUN x"), "RUN x");
    }

    #[test]
    fn values_of_secret_names_are_masked() {
        for (text, expected) in [
            ("ENV DB_PASSWORD=abc A=b", "ENV DB_PASSWORD=*** A=b"),
            (
                "ENV A=b \\\n  DB_PASSWORD='a b' \\\n  C=d",
                "ENV A=b \\\n  DB_PASSWORD=***** \\\n  C=d",
            ),
            ("env API_KEY abc def", "env API_KEY *** ***"),
            ("ARG TOKEN=abc", "ARG TOKEN=***"),
            ("ONBUILD ENV TOKEN=abc", "ONBUILD ENV TOKEN=***"),
            ("ENV TOKEN=\"a\\\"b\" A=b", "ENV TOKEN=****** A=b"),
            (
                "ENV A=b DB_PASSWORD=my word \\\n more C=d",
                "ENV A=b DB_PASSWORD=** **** \\\n **** C=d",
            ),
            ("ARG TOKEN=abc OTHER", "ARG TOKEN=*** OTHER"),
            // Text without credentials is unchanged.
            ("ENV TOKEN=$A TOKEN_FILE=abc", "ENV TOKEN=$A TOKEN_FILE=abc"),
            (
                "ARG TOKEN\nENV TOKEN=/run/secrets/t",
                "ARG TOKEN\nENV TOKEN=/run/secrets/t",
            ),
            ("RUN TOKEN=abc x", "RUN TOKEN=abc x"),
        ] {
            assert_eq!(masked_dockerfile(text), expected);
        }
    }

    /// Any text keeps its length, its line ends and its characters.
    #[test]
    fn no_text_is_too_odd() {
        const PIECES: [&str; 16] = [
            "ENV ",
            "ARG",
            "TOKEN",
            "=",
            " ",
            "\u{a0}",
            "é",
            "\\\n",
            "\n",
            "\"",
            "'",
            "ghp_aB3",
            "://a:b@",
            "--password=",
            "-----BEGIN RSA PRIVATE KEY-----",
            "eyJ",
        ];
        let mut state: u64 = 7;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..8 {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                text.push_str(PIECES[usize::try_from(state >> 60).expect("is small")]);
            }
            let masked = masked_dockerfile(&text);
            assert_eq!(masked.len(), text.len(), "{text:?}");
            assert_eq!(
                masked.matches('\n').count(),
                text.matches('\n').count(),
                "{text:?}"
            );
        }
    }
}
