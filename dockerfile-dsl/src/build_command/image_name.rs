//! Checks image names before the build, so that it does not fail at the end.
//!
//! In: a name, `registry.example:5000/team/app:1`. Out: an error for what every engine refuses.

use crate::Error;

pub(crate) fn check(name: &str) -> Result<(), Error> {
    let complain = |message: &str| {
        Err(Error::new(format!(
            "--tag `{}`: {message}",
            name.escape_debug()
        )))
    };
    if name.contains('@') {
        return complain("a digest is computed, not given: remove `@..`");
    }
    let (path, tag) = match name.rsplit_once(':') {
        // The port of a registry.
        Some((_, port)) if port.contains('/') => (name, None),
        Some((path, tag)) => (path, Some(tag)),
        None => (name, None),
    };
    if let Some(tag) = tag {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let mut bytes = tag.bytes();
        if !bytes.next().is_some_and(is_word)
            || !bytes.all(|byte| is_word(byte) || byte == b'.' || byte == b'-')
            || tag.len() > 128
        {
            return complain(
                "after the `:` a tag has letters, digits, `_`, `.` and `-`, at most 128, and \
                 begins with neither `.` nor `-`",
            );
        }
    }
    let (host, rest) = match path.split_once('/') {
        Some((host, rest)) if host.contains(['.', ':']) || host == "localhost" => {
            (Some(host), rest)
        }
        _ => (None, path),
    };
    let in_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    if host.is_some_and(|host| host.starts_with('-') || !host.bytes().all(in_host)) {
        return complain("the registry is a host with or without a port");
    }
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_component = |part: &str| {
        part.bytes()
            .all(|byte| is_plain(byte) || b"._-".contains(&byte))
            && part.bytes().next().is_some_and(is_plain)
            && part.bytes().next_back().is_some_and(is_plain)
    };
    if !rest.split('/').all(is_component) {
        return complain(
            "a name has lower-case letters, digits, `.`, `_` and `-` between its slashes, and \
             begins and ends with a letter or digit",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn names_that_engines_take() {
        for name in [
            "app",
            "app:1",
            "team/app:v1.2-rc_3",
            "localhost:5000/app",
            "registry.example:5000/team/app:1",
            "[::1]:5000/app:1",
            "localhost/x__y",
            "UPPER.example/app",
        ] {
            assert!(check(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn names_that_no_engine_takes() {
        for name in [
            "",
            "App",
            "app:",
            "app:-1",
            "app: 1",
            "app@sha256:1234",
            "-app",
            "team//app",
            "/app",
            "app/",
            "a b",
            "reg_istry.example/app",
        ] {
            let error = check(name).unwrap_err().to_string();
            assert!(error.starts_with("--tag `"), "{error}");
        }
    }
}
