//! Values with a grammar: platforms, image references, ports, signals, modes, checksums.
//!
//! In: a value after expansion. Out: whether BuildKit accepts it, or why not.

/// `os`, `architecture`, `os/architecture` or `os/architecture/variant`, by the grammar of containerd.
pub(super) fn platform(value: &str) -> Result<(), &'static str> {
    let mut parts = value.splitn(4, '/');
    let system = parts.next().unwrap_or_default();
    let others: Vec<&str> = parts.collect();
    if value.is_empty() {
        return Err("it is empty");
    }
    // The version of an operating system may follow in brackets, with features after a `+` each.
    let (name, version) = match system.split_once('(') {
        Some((name, rest)) => (name, rest.strip_suffix(')').unwrap_or("(")),
        None => (system, ""),
    };
    let mut features = version.split('+').skip(1);
    let is_version = version
        .split('+')
        .all(|part| is_word(part, b"_.%-") && has_valid_escapes(part));
    if !is_version || features.any(str::is_empty) {
        return Err("the version of its operating system has other characters");
    }
    let is_part = |part: &&str| !part.is_empty() && is_word(part, b"_.-");
    if name.is_empty() || !is_word(name, b"_-") || !others.iter().all(is_part) {
        return Err("its parts are letters and digits between slashes");
    }
    match others.len() {
        0 if is_system(name) || is_architecture(system) => Ok(()),
        0 => Err("it is neither an operating system nor an architecture"),
        1 | 2 => Ok(()),
        _ => Err("it has more than three parts"),
    }
}

fn is_word(text: &str, others: &[u8]) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
}

/// Whether two hexadecimal digits follow each `%`.
fn has_valid_escapes(text: &str) -> bool {
    text.split('%').skip(1).all(|after| {
        let digits = after.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

fn is_system(name: &str) -> bool {
    const KNOWN: &[&str] = &[
        "aix",
        "android",
        "darwin",
        "dragonfly",
        "freebsd",
        "hurd",
        "illumos",
        "ios",
        "js",
        "linux",
        "macos",
        "nacl",
        "netbsd",
        "openbsd",
        "plan9",
        "solaris",
        "windows",
        "zos",
    ];
    KNOWN.contains(&name.to_ascii_lowercase().as_str())
}

fn is_architecture(name: &str) -> bool {
    const KNOWN: &[&str] = &[
        "386",
        "aarch64",
        "amd64",
        "amd64p32",
        "arm",
        "arm64",
        "arm64be",
        "armbe",
        "armel",
        "armhf",
        "i386",
        "loong64",
        "mips",
        "mips64",
        "mips64le",
        "mips64p32",
        "mips64p32le",
        "mipsle",
        "ppc",
        "ppc64",
        "ppc64le",
        "riscv",
        "riscv64",
        "s390",
        "s390x",
        "sparc",
        "sparc64",
        "wasm",
        "x86-64",
        "x86_64",
    ];
    KNOWN.contains(&name.to_ascii_lowercase().as_str())
}

/// The longest name of an image, without its registry.
const MAX_NAME: usize = 255;

/// `[registry/]path[:tag][@digest]`, by the grammar of the distribution project.
pub(super) fn reference(value: &str) -> Result<(), &'static str> {
    let (rest, digest) = match value.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (value, None),
    };
    if digest.is_some_and(|digest| digest.is_empty() || checksum(digest).is_err()) {
        return Err("invalid digest after the `@`");
    }
    if value.len() == 64 && value.bytes().all(is_lower_hexadecimal) {
        return Err("64 hexadecimal digits are the start of an id");
    }
    let last = rest.rfind('/').map_or(0, |at| at + 1);
    let (name, tag) = match rest[last..].find(':') {
        Some(at) => (&rest[..last + at], Some(&rest[last + at + 1..])),
        None => (rest, None),
    };
    let is_tag = |tag: &str| {
        (1..=128).contains(&tag.len()) && is_word(tag, b"_.-") && !tag.starts_with(['.', '-'])
    };
    if tag.is_some_and(|tag| !is_tag(tag)) {
        return Err("its tag is made of letters, digits, `_`, `.` and `-`");
    }
    let (host, path) = match name.split_once('/') {
        Some((host, path))
            if host.contains(['.', ':'])
                || host == "localhost"
                || host.chars().any(char::is_uppercase) =>
        {
            match is_host(host) {
                true => (host, path),
                // The grammar then takes it for a part of the path.
                false if is_component(host) => ("", name),
                false => return Err("invalid host before its first slash"),
            }
        }
        _ => (name, name),
    };
    if path.chars().any(|char| char.is_ascii_uppercase()) {
        return Err("its name must be in lower case");
    }
    // Names without a registry and without a slash are in `library/`.
    let is_official = !path.contains('/') && [path, "docker.io", "index.docker.io"].contains(&host);
    if path.len() + usize::from(is_official) * "library/".len() > MAX_NAME {
        Err("its name is longer than 255 characters")
    } else if path.split('/').all(is_component) {
        Ok(())
    } else {
        Err(
            "its name is made of lower-case letters and digits, with `.`, `_`, `__` or `-` \
             between them, and slashes",
        )
    }
}

/// A name or an IPv6 address in brackets, with an optional port.
fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && is_word(label, b"-")
    };
    let (is_name, port) = match host.strip_prefix('[').map(|rest| rest.split_once(']')) {
        Some(Some((address, port))) => {
            let is_part = |byte: u8| byte.is_ascii_hexdigit() || byte == b':';
            (!address.is_empty() && address.bytes().all(is_part), port)
        }
        Some(None) => return false,
        None => {
            let (name, port) = host.split_at(host.find(':').unwrap_or(host.len()));
            (name.split('.').all(is_label), port)
        }
    };
    let digits = port.strip_prefix(':').unwrap_or_default();
    let is_port = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_name && (port.is_empty() || is_port)
}

/// Letters and digits, with one separator between two of them: `.`, `_`, `__`, or any number of `-`.
fn is_component(part: &str) -> bool {
    let is_plain = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit();
    let is_separator =
        |text: &str| matches!(text, "" | "." | "_" | "__") || text.bytes().all(|byte| byte == b'-');
    part.starts_with(is_plain) && part.ends_with(is_plain) && part.split(is_plain).all(is_separator)
}

/// `[[ip:]host:]port[-port][/protocol]`.
pub(super) fn port(value: &str) -> Result<(), &'static str> {
    let (ports, protocol) = value.split_once('/').unwrap_or((value, ""));
    if !["", "tcp", "udp", "sctp"].contains(&protocol.to_ascii_lowercase().as_str()) {
        return Err("the protocol is `tcp`, `udp` or `sctp`");
    }
    let mut parts: Vec<&str> = ports.split(':').collect();
    let container = parts.pop().unwrap_or_default();
    let host = parts.pop().unwrap_or_default();
    let ip = parts.join(":");
    let inner = match ip.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']').unwrap_or("["),
        None => &ip,
    };
    if !inner.is_empty() && inner.parse::<std::net::IpAddr>().is_err() {
        return Err("invalid IP address before the two ports");
    }
    let count = range(container)?;
    if host.is_empty() || count == 1 || range(host)? == count {
        if !host.is_empty() {
            range(host)?;
        }
        Ok(())
    } else {
        Err("the two ranges are not equally long")
    }
}

/// Returns the number of ports.
fn range(ports: &str) -> Result<u16, &'static str> {
    let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
    // Signs are allowed: `-0` is 0.
    let port = |text: &str| u16::try_from(text.parse::<i64>().ok()?).ok();
    match (port(first), port(last)) {
        (Some(first), Some(last)) if first <= last => Ok((last - first).saturating_add(1)),
        (Some(_), Some(_)) => Err("the range ends before it begins"),
        _ => Err("a port is a number up to 65535"),
    }
}

/// Whether it is a signal of Go's table for Linux, or a number other than 0.
pub(super) fn is_signal(value: &str) -> bool {
    const NAMES: [&str; 35] = [
        "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT",
        "KILL", "PIPE", "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM",
        "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ",
        "RTMIN",
    ];
    if let Ok(number) = value.parse::<i64>() {
        return number != 0;
    }
    let upper = value.to_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let offset = |rest: &str, most: u8| (1..=most).any(|offset| rest == offset.to_string());
    NAMES.contains(&name)
        || name == "RTMAX"
        || name
            .strip_prefix("RTMIN+")
            .is_some_and(|rest| offset(rest, 15))
        || name
            .strip_prefix("RTMAX-")
            .is_some_and(|rest| offset(rest, 14))
}

/// Whether it is an octal number up to 7777, or symbolic as in chmod.
pub(super) fn is_mode(value: &str) -> bool {
    if value.starts_with(|char: char| char.is_ascii_digit()) {
        return u32::from_str_radix(value, 8).is_ok_and(|mode| mode <= 0o7777);
    }
    let is_clause = |clause: &str| {
        let actions = clause.trim_start_matches(['u', 'g', 'o', 'a']);
        actions.starts_with(['-', '+', '='])
            && actions.bytes().all(|byte| b"-+=rwxXstugo".contains(&byte))
    };
    value.is_empty() || value.split(',').all(is_clause)
}

/// The digest of a file.
pub(super) fn checksum(value: &str) -> Result<(), &'static str> {
    let length = |algorithm| match algorithm {
        "sha256" => Some(64),
        "sha384" => Some(96),
        "sha512" => Some(128),
        _ => None,
    };
    match value.split_once(':') {
        _ if value.is_empty() => Ok(()),
        Some((algorithm, hex))
            if length(algorithm) == Some(hex.len()) && hex.bytes().all(is_lower_hexadecimal) =>
        {
            Ok(())
        }
        _ => Err("invalid digest"),
    }
}

const fn is_lower_hexadecimal(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}
