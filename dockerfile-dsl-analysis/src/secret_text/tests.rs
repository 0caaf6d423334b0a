//! The parts of values in every format, and the values of JSON documents.

use std::ops::{Deref, DerefMut};

use super::json::{Scalar, visit};
use super::*;

/// Memory that is not wiped, because no test value is secret, and that must not grow: growing leaves a copy elsewhere.
#[derive(Debug)]
pub(super) struct Plain {
    bytes: Vec<u8>,
    capacity: usize,
}

impl From<Vec<u8>> for Plain {
    fn from(bytes: Vec<u8>) -> Self {
        let capacity = bytes.capacity();
        Self { bytes, capacity }
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        assert_eq!(self.bytes.capacity(), self.capacity, "the buffer grew");
    }
}

impl Deref for Plain {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.bytes
    }
}

impl DerefMut for Plain {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }
}

/// The pieces of a text, one per line, with `*` if fragments of it count.
#[track_caller]
fn check(value: &str, expected: &[&str]) {
    let parts: Parts<Plain> = parts(value.as_bytes(), None);
    let mut pieces: Vec<String> = parts
        .pieces
        .iter()
        .map(|piece| {
            format!(
                "{}{}",
                String::from_utf8_lossy(&piece.text),
                if piece.need == Need::Fragment {
                    "*"
                } else {
                    ""
                }
            )
        })
        .collect();
    pieces.extend((0..parts.too_short).map(|_| "(too short)".to_owned()));
    assert_eq!(pieces, expected, "{value}");
}

#[test]
fn a_token_is_one_piece_and_each_16_bytes_of_it_count() {
    check(
        "ghp_9aXk2LmQ7vRt4WbY6NcJ1sDf8GhP3zEo5Tu0\n",
        &["ghp_9aXk2LmQ7vRt4WbY6NcJ1sDf8GhP3zEo5Tu0*"],
    );
    check(
        "d41d8cd98f00b204e9800998ecf8427e",
        &[
            "d41d8cd98f00b204e9800998ecf8427e*",
            "\u{fffd}\u{1d}\u{fffd}\u{64f}\0\u{fffd}\u{4}\u{fffd}\t\u{fffd}\u{fffd}\u{fffd}B~*",
        ],
    );
}

#[test]
fn words_must_be_seen_whole() {
    check(
        "correct-horse-battery-staple",
        &["correct-horse-battery-staple"],
    );
    check(
        "abcdefghijklmnopqrstuvwxyz012345",
        &["abcdefghijklmnopqrstuvwxyz012345"],
    );
}

#[test]
fn a_short_value_is_counted() {
    check("hunter2", &["(too short)"]);
    check("hunter22", &["hunter22"]);
    check("", &["(too short)"]);
}

#[test]
fn padding_of_base64_is_no_short_value() {
    let encoded = "q83vASNFZ4mrze8BpwdFZ4mrze8BI0VniavN7wEjRQ==";
    let parts: Parts<Plain> = parts(encoded.as_bytes(), None);
    assert_eq!(parts.too_short, 0, "its letters contain `pwd`");
    check("db_pwd==", &["db_pwd==", "(too short)"]);
    check("pwd=x", &["(too short)"]);
}

#[test]
fn npmrc_yields_its_token() {
    check(
        "registry=https://registry.npmjs.org/\n\
         //registry.npmjs.org/:_authToken=npm_Ab3dE5gH7jK9mN1pQ3sT5vX7zA9cE1gI3kM5\n\
         always-auth=true\n",
        &["npm_Ab3dE5gH7jK9mN1pQ3sT5vX7zA9cE1gI3kM5*"],
    );
}

#[test]
fn settings_xml_yields_its_password() {
    check(
        "<settings xmlns=\"http://maven.apache.org/SETTINGS/1.0.0\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"\n \
         xsi:schemaLocation=\"http://maven.apache.org/SETTINGS/1.0.0 \
         http://maven.apache.org/xsd/settings-1.0.0.xsd\">\n\
         <servers><server><id>central</id><username>deploy</username><password>p&amp;ss \
         w0rd!</password></server></servers></settings>\n",
        &["p&amp;ss w0rd!", "p&ss w0rd!"],
    );
}

#[test]
fn netrc_yields_its_passwords() {
    check(
        "machine github.com\n  login me\n  password tr0ub4dor-and-3\nmachine a.b login x password \
         y\n",
        &["tr0ub4dor-and-3", "(too short)"],
    );
}

#[test]
fn dotenv_yields_credentials_and_passwords_in_urls() {
    check(
        "NODE_ENV=production\nexport DB_PASSWORD='s3cr3t-pa55'\n\
         DATABASE_URL=postgres://app:kJ8f-2lQx@db.internal:5432/app\nDEBUG=false\n",
        &["kJ8f-2lQx", "s3cr3t-pa55"],
    );
}

#[test]
fn docker_config_yields_the_field_and_the_password_in_it() {
    // base64("robot:Zq7-vT2_pLx9")
    check(
        "{\n\t\"auths\": {\n\t\t\"registry.example.com\": {\n\t\t\t\"auth\": \
         \"cm9ib3Q6WnE3LXZUMl9wTHg5\"\n\t\t}\n\t}\n}\n",
        &["cm9ib3Q6WnE3LXZUMl9wTHg5*", "Zq7-vT2_pLx9"],
    );
}

#[test]
fn a_placeholder_is_no_credential() {
    check(
        "//registry.npmjs.org/:_authToken=${NPM_TOKEN}\npassword_file=/run/secrets/x\n\
         _password=Zm9vYmFyYmF6cXV4\n",
        &["Zm9vYmFyYmF6cXV4*", "foobarbazqux"],
    );
}

#[test]
fn the_samples_of_mavens_own_file_are_no_credentials() {
    check(
        "<settings>\n<!-- <privateKey>/path/to/private/key</privateKey>\n<passphrase>optional; \
         leave empty if not used.</passphrase>\nusername/password OR privateKey, see 'id' or \
         'name'\n<password>repopwd</password> -->\n<password>kJ8f-2lQx/a/b</password></settings>\n",
        &["kJ8f-2lQx/a/b"],
    );
}

#[test]
fn what_a_value_is_the_digits_of() {
    // base64("-----BEGIN X-----\n..") has the head of every such document.
    check(
        "cGFzc3dvcmQ9dHIwdWI0ZG9yLWFuZC0zCnVzZXI9bWUK",
        &["tr0ub4dor-and-3"],
    );
    // The same in lines.
    check(
        "cGFzc3dvcmQ9dHIwdWI0\nZG9yLWFuZC0zCnVzZXI9bWUK\n",
        &["tr0ub4dor-and-3"],
    );
    check(
        "Ym90OlpxNy12VDJfcEx4OQ==",
        &["Ym90OlpxNy12VDJfcEx4OQ==*", "Zq7-vT2_pLx9"],
    );
    // Keys of `openssl rand`.
    let decoded = |value: &str| {
        let parts: Parts<Plain> = parts(value.as_bytes(), None);
        let forms = parts
            .pieces
            .iter()
            .map(|piece| (piece.text.len(), piece.forms));
        assert_eq!(parts.groups, 1, "{value}");
        forms.collect::<Vec<_>>()
    };
    assert_eq!(
        decoded("q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA="),
        [(44, Forms::All), (32, Forms::Raw)]
    );
    assert_eq!(
        decoded("d41d8cd98f00b204e9800998ecf8427e"),
        [(32, Forms::All), (16, Forms::Raw)]
    );
    assert_eq!(decoded("correct-horse-battery-staple"), [(28, Forms::All)]);
}

#[test]
fn an_unknown_text_is_searched_for_as_a_whole() {
    check(
        "three blind mice\nsee how they run\n",
        &[
            "three blind micesee how they run",
            "three blind mice\nsee how they run",
            "three blind mice\r\nsee how they run",
        ],
    );
}

#[test]
fn a_url_is_its_password_and_the_whole() {
    check(
        "postgres://app:kJ8f-2lQx@db/app",
        &["kJ8f-2lQx", "postgres://app:kJ8f-2lQx@db/app"],
    );
}

#[test]
fn json_strings_and_numbers_with_their_keys() {
    let read = |text: &str| {
        let mut seen = String::new();
        let is_json = visit::<Plain>(text.as_bytes(), &mut |key, value| {
            let (Scalar::String(value) | Scalar::Number(value)) = value;
            seen += &format!("{key}={value};");
        });
        is_json.then_some(seen)
    };
    let check = |text: &str, expected: Option<&str>| {
        assert_eq!(read(text).as_deref(), expected, "{text}");
    };
    check(
        r#" {"a": [1, -2.5e+3, {"b": "x\n\"\u00e9\ud83d\ude00"}], "c": null, "d": {}, "e": []} "#,
        Some("a=1;a=-2.5e+3;b=x\n\"\u{e9}\u{1f600};"),
    );
    check("[]", Some(""));
    for broken in [
        "",
        "{",
        "[1,]",
        "[01]",
        "{\"a\"}",
        "{a: 1}",
        "[\"\t\"]",
        "[\"\\ud83d\"]",
        "[1] x",
        "[1.]",
        "[\"a]",
    ] {
        check(broken, None);
    }
    check(&("[".repeat(127) + &"]".repeat(127)), Some(""));
    check(&("[".repeat(129) + &"]".repeat(129)), None);
}

#[test]
fn every_spelling_fits_into_its_buffer() {
    let values: [&[u8]; 4] = [
        b"a&b<c>\"d'e\\\x01/f~",
        "\u{e9}\u{20ac}\u{1f600}+`".as_bytes(),
        b"\xff\xfe\x00\x80\xc3\x28\x10\x20",
        b"one\ntwo\r\nthree four\n",
    ];
    for value in values {
        let parts: Parts<Plain> = parts(value, Some(Format::Opaque));
        let count: usize = parts
            .pieces
            .iter()
            .map(|piece| spellings(piece).len())
            .sum();
        assert!(count > 20, "{count}");
    }
}
