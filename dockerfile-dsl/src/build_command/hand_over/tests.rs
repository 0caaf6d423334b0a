//! The value that a process receives through each carrier.

use std::fs;
use std::process::Command;

use super::*;

#[track_caller]
fn read(values: &Values, place: &HandOver) -> Vec<u8> {
    let mut process = Command::new("sh");
    values.give_to(&mut process);
    match place {
        HandOver::FileOf(name) => panic!("nothing is read from `{name}`"),
        HandOver::Variable(name) => process.args(["-c", &format!("printf %s \"${name}\"")]),
        // Twice, as a builder checks it and reads it later.
        HandOver::File(path) => process.args(["-c", "wc -c <\"$0\" >&2; cat \"$0\"", path]),
    };
    process.output().unwrap().stdout
}

#[test]
fn every_carrier_gives_the_same_bytes() {
    let value = SecretBytes::new("a'b\"c\n\n$x\u{e9}\n");
    for carrier in [Carrier::Any, Carrier::Variable] {
        let mut values = Values::default();
        let place = values.add("x", &value, carrier).unwrap();
        assert_eq!(read(&values, &place), value.bytes(), "{carrier:?}");
    }
}

#[test]
fn a_variable_carries_no_nul_and_no_long_value() {
    let mut values = Values::default();
    for value in [
        SecretBytes::new("a\0b"),
        SecretBytes::new("x".repeat(128 * 1024)),
    ] {
        let error = values.add("x", &value, Carrier::Variable).unwrap_err();
        assert!(error.to_string().contains("declare `Secret::file(..)`"));
        let place = values.add("x", &value, Carrier::Any).unwrap();
        assert_eq!(read(&values, &place), value.bytes());
        let HandOver::File(place) = values.add_file("x", value.bytes()).unwrap() else {
            panic!("a file");
        };
        assert_eq!(fs::read(&place).unwrap(), value.bytes());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn memory_goes_with_its_owner() {
    let mut values = Values::default();
    let HandOver::File(path) = values
        .add("x", &SecretBytes::new("token"), Carrier::Any)
        .unwrap()
    else {
        panic!("memory is a file");
    };
    assert!(path.starts_with("/proc/"), "{path}");
    assert_eq!(fs::read(&path).unwrap(), b"token");
    drop(values);
    assert!(!fs::read(&path).is_ok_and(|read| read == b"token"));
}

#[test]
fn the_header_of_basic_authentication() {
    // printf 'oauth2:abcd' | base64
    let header = |value: &str| SecretBytes::new(value).header("oauth2").bytes().to_vec();
    assert_eq!(header("abcd"), b"Basic b2F1dGgyOmFiY2Q=");
    assert_eq!(header("abcde"), b"Basic b2F1dGgyOmFiY2Rl");
    assert_eq!(header("abc"), b"Basic b2F1dGgyOmFiYw==");
}
