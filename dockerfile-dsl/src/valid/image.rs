//! Image references and platforms.

use super::Check;

/// Checks `--platform`: `os[(version)][/arch[/variant]]`, or one well-known name of either.
pub(crate) fn platform(text: &str) -> Check {
    const KNOWN: &[&str] = &[
        "aix",
        "android",
        "darwin",
        "macos",
        "dragonfly",
        "freebsd",
        "hurd",
        "illumos",
        "ios",
        "js",
        "linux",
        "nacl",
        "netbsd",
        "openbsd",
        "plan9",
        "solaris",
        "windows",
        "zos",
        "386",
        "i386",
        "amd64",
        "x86_64",
        "x86-64",
        "amd64p32",
        "arm",
        "armhf",
        "armel",
        "armbe",
        "arm64",
        "aarch64",
        "arm64be",
        "ppc64",
        "ppc64le",
        "loong64",
        "mips",
        "mipsle",
        "mips64",
        "mips64le",
        "mips64p32",
        "mips64p32le",
        "ppc",
        "riscv",
        "riscv64",
        "s390",
        "s390x",
        "sparc",
        "sparc64",
        "wasm",
    ];
    let component = |part: &str| !part.is_empty() && is_alphanumeric_or(part, b"_.-");
    let parts: Vec<&str> = text.split('/').collect();
    let (system, version) = match parts[0]
        .strip_suffix(')')
        .and_then(|rest| rest.split_once('('))
    {
        Some((system, version)) => (system, Some(version)),
        None => (parts[0], None),
    };
    let well_formed = component(system)
        && !(version.is_some() && system.contains('.'))
        && version.is_none_or(|version| {
            version
                .split('+')
                .all(|part| part.is_empty() || component(part))
        })
        && parts.len() <= 3
        && parts[1..].iter().all(|part| component(part));
    if !well_formed {
        return Err(format!(
            "invalid platform `{}`: write `os/arch` or `os/arch/variant`, as in `linux/arm64`",
            text.escape_debug()
        ));
    }
    if parts.len() == 1 && !KNOWN.contains(&system.to_ascii_lowercase().as_str()) {
        return Err(format!(
            "`{text}` is neither a known operating system nor a known architecture: write `os/arch`"
        ));
    }
    Ok(())
}

/// Checks an image: `[registry/]path[:tag][@digest]`, as the distribution reference defines it.
pub(crate) fn image(text: &str) -> Check {
    match image_problem(text) {
        None => Ok(()),
        Some(why) => Err(format!(
            "invalid image reference `{}`: {why}",
            text.escape_debug()
        )),
    }
}

fn image_problem(text: &str) -> Option<&'static str> {
    if text.contains('$') {
        return Some("for a variable of a global build argument, write `expand(\"..\")` around it");
    }
    let (named, digest) = text
        .split_once('@')
        .map_or((text, None), |(named, digest)| (named, Some(digest)));
    if digest.is_some_and(|digest| !is_digest(digest)) {
        return Some("after `@`, write a digest: `sha256:` and 64 hexadecimal digits");
    }
    let tag = named.rfind(':').filter(|at| !named[*at..].contains('/'));
    let (name, tag) = tag.map_or((named, None), |at| (&named[..at], Some(&named[at + 1..])));
    if tag.is_some_and(|tag| !is_tag(tag)) {
        return Some(
            "a tag is up to 128 letters, digits, `_`, `.` and `-`, neither of the last two first",
        );
    }
    if name.is_empty() {
        return Some("the name is empty");
    }
    if name.len() > 255 {
        return Some("the name is longer than 255 bytes");
    }
    let (registry, path) = match name.split_once('/') {
        Some((first, rest))
            if first.contains(['.', ':'])
                || first == "localhost"
                || first != first.to_ascii_lowercase() =>
        {
            (Some(first), rest)
        }
        _ => (None, name),
    };
    if registry.is_some_and(|registry| !is_registry(registry)) {
        return Some("the text before the first `/` is not a host name");
    }
    if name.len() == 64 && is_lower_hexadecimal(name) {
        return Some("64 hexadecimal digits are an image id, which FROM does not take");
    }
    if !path.split('/').all(is_path_component) {
        return Some(
            "the path is lowercase letters and digits, with `.`, `_`, `__` or `-` between them",
        );
    }
    None
}

fn is_tag(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 128
        && !text.starts_with(['.', '-'])
        && is_alphanumeric_or(text, b"_.-")
}

/// Whether it is `algorithm:hexadecimal digits`.
fn is_digest(text: &str) -> bool {
    let Some((algorithm, hexadecimal)) = text.split_once(':') else {
        return false;
    };
    for part in algorithm.split(['+', '.', '-', '_']) {
        if !part.starts_with(|c: char| c.is_ascii_alphabetic()) || !is_alphanumeric_or(part, b"") {
            return false;
        }
    }
    let has_length = match algorithm {
        "sha256" => hexadecimal.len() == 64,
        "sha512" => hexadecimal.len() == 128,
        _ => hexadecimal.len() >= 32,
    };
    has_length && is_lower_hexadecimal(hexadecimal)
}

fn is_lower_hexadecimal(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'))
}

/// Whether it contains only ASCII letters, digits, and these.
fn is_alphanumeric_or(text: &str, others: &[u8]) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
}

fn is_registry(text: &str) -> bool {
    let (host, port) = match text.rfind(':').filter(|at| !text[*at..].contains(']')) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let port =
        port.is_none_or(|port| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()));
    let address = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let host = match address {
        Some(address) => {
            !address.is_empty()
                && address
                    .bytes()
                    .all(|byte| byte.is_ascii_hexdigit() || byte == b':')
        }
        None => host.split('.').all(is_label),
    };
    host && port
}

/// Whether it is a part of a host name.
fn is_label(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with('-')
        && !text.ends_with('-')
        && is_alphanumeric_or(text, b"-")
}

/// Whether it is `alnum (separator alnum)*`, where a separator is `.`, `_`, `__` or any number of `-`.
fn is_path_component(text: &str) -> bool {
    let alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if !text.starts_with(alphanumeric) || !text.ends_with(alphanumeric) {
        return false;
    }
    for separator in text.split(alphanumeric) {
        if !matches!(separator, "" | "." | "_" | "__") && !separator.trim_matches('-').is_empty() {
            return false;
        }
    }
    true
}
