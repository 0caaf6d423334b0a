//! Values with a grammar: platforms, image references, ports, signals, modes, checksums.
//!
//! In: a value after expansion. Out: whether BuildKit accepts it, or why not.

/// `os`, `architecture`, `os/architecture` or `os/architecture/variant`.
pub(super) fn platform(value: &str) -> Result<(), &'static str> {
    const KNOWN: [&str; 33] = [
        "linux",
        "windows",
        "darwin",
        "freebsd",
        "netbsd",
        "openbsd",
        "dragonfly",
        "solaris",
        "illumos",
        "plan9",
        "aix",
        "android",
        "js",
        "wasip1",
        "ios",
        "amd64",
        "x86_64",
        "x86-64",
        "i386",
        "386",
        "arm",
        "armhf",
        "armel",
        "arm64",
        "aarch64",
        "ppc64",
        "ppc64le",
        "mips",
        "mipsle",
        "mips64",
        "mips64le",
        "riscv64",
        "s390x",
    ];
    let is_part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    let parts: Vec<&str> = value.split('/').collect();
    // The version of an operating system may follow in brackets, with features after a `+` each.
    let (system, version) = parts[0]
        .strip_suffix(')')
        .and_then(|rest| rest.split_once('('))
        .unwrap_or((parts[0], ""));
    let is_version_part = |part: &str| {
        part.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.%-".contains(&byte))
    };
    let mut features = version.split('+').skip(1);
    let is_version = version.split('+').all(is_version_part) && features.all(|it| !it.is_empty());
    if value.is_empty() {
        return Err("it is empty");
    }
    if !is_version {
        return Err("the version of its operating system has other characters");
    }
    if !is_part(system) || !parts[1..].iter().all(|part| is_part(part)) {
        return Err("its parts are letters and digits between slashes");
    }
    match parts.len() {
        1 if KNOWN.contains(&system.to_ascii_lowercase().as_str())
            || matches!(system, "loong64" | "sparc64" | "wasm" | "zos") =>
        {
            Ok(())
        }
        1 => Err("it is neither an operating system nor an architecture"),
        2 | 3 => Ok(()),
        _ => Err("it has more than three parts"),
    }
}

/// `[registry/]path[:tag][@digest]`, by the grammar of the distribution project.
pub(super) fn reference(value: &str) -> Result<(), &'static str> {
    let (rest, digest) = match value.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (value, None),
    };
    if digest.is_some_and(|digest| !is_digest(digest)) {
        return Err("invalid digest after the `@`");
    }
    let last = rest.rfind('/').map_or(0, |at| at + 1);
    let (name, tag) = match rest[last..].find(':') {
        Some(at) => (&rest[..last + at], Some(&rest[last + at + 1..])),
        None => (rest, None),
    };
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_tag = |tag: &str| {
        (1..=128).contains(&tag.len())
            && tag.bytes().next().is_some_and(is_word)
            && tag
                .bytes()
                .all(|byte| is_word(byte) || matches!(byte, b'.' | b'-'))
    };
    if tag.is_some_and(|tag| !is_tag(tag)) {
        return Err("its tag is made of letters, digits, `_`, `.` and `-`");
    }
    let path = match name.split_once('/') {
        Some((host, path))
            if host.contains(['.', ':'])
                || host == "localhost"
                || host.chars().any(char::is_uppercase) =>
        {
            if !is_host(host) {
                return Err("invalid host before its first slash");
            }
            path
        }
        _ => name,
    };
    if path.chars().any(|char| char.is_ascii_uppercase()) {
        return Err("its name must be in lower case");
    }
    if path.split('/').all(is_component) {
        Ok(())
    } else {
        Err(
            "its name is made of lower-case letters and digits, with `.`, `_`, `__` or `-` \
             between them, and slashes",
        )
    }
}

/// A name or an address, with an optional port.
fn is_host(host: &str) -> bool {
    if host.starts_with('[') {
        return host.contains(']');
    }
    let (name, port) = host.split_once(':').unwrap_or((host, "1"));
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    name.split('.').all(is_label)
        && !port.is_empty()
        && port.bytes().all(|byte| byte.is_ascii_digit())
}

/// Letters and digits, with one separator between two of them: `.`, `_`, `__`, or any number of `-`.
fn is_component(part: &str) -> bool {
    let is_plain = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit();
    let is_separator =
        |text: &str| matches!(text, "" | "." | "_" | "__") || text.bytes().all(|byte| byte == b'-');
    part.starts_with(is_plain) && part.ends_with(is_plain) && part.split(is_plain).all(is_separator)
}

fn is_digest(digest: &str) -> bool {
    digest.split_once(':').is_some_and(|(algorithm, hex)| {
        !algorithm.is_empty() && hex.len() >= 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
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
    let ip = ip.trim_start_matches('[').trim_end_matches(']');
    if !ip.is_empty() && ip.parse::<std::net::IpAddr>().is_err() {
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
    match (first.parse::<u16>(), last.parse::<u16>()) {
        (Ok(first), Ok(last)) if first <= last => Ok((last - first).saturating_add(1)),
        (Ok(_), Ok(_)) => Err("the range ends before it begins"),
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
    let upper = value.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let offset = |rest: &str, most: u8| {
        rest.parse::<u8>()
            .is_ok_and(|offset| (1..=most).contains(&offset))
    };
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

/// Whether ADD downloads it.
pub(super) fn is_remote(value: &str) -> bool {
    value.starts_with("http://") || value.starts_with("https://") || is_git(value)
}

/// Whether ADD clones it.
pub(super) fn is_git(value: &str) -> bool {
    let Some((scheme, rest)) = value.split_once("://") else {
        return is_scp_style(value);
    };
    if scheme.is_empty() || !scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return is_scp_style(value);
    }
    if value.bytes().any(|byte| byte.is_ascii_control()) {
        return false;
    }
    if !is_url(rest) {
        return false;
    }
    let address = rest.split(['#', '?']).next().unwrap_or(rest);
    match scheme.to_ascii_lowercase().as_str() {
        "ssh" | "git" => true,
        "http" | "https" => address
            .split_once('/')
            .is_some_and(|(_, path)| path.ends_with(".git")),
        _ => false,
    }
}

/// Whether Go's `net/url` reads what follows the scheme: `[user@]host[:port][/path][?query][#fragment]`.
fn is_url(rest: &str) -> bool {
    let has_valid_escapes = |text: &str| {
        text.split('%').skip(1).all(|after| {
            let digits = after.as_bytes().get(..2);
            digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        })
    };
    let made_of = |text: &str, others: &[u8]| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
    };
    let (address, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let address = address.split('?').next().unwrap_or(address);
    let (authority, path) = address.split_once('/').unwrap_or((address, ""));
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (name, port) = match host.starts_with('[') {
        true => match host.rsplit_once(']') {
            Some((name, port)) => (name, port),
            None => return false,
        },
        false => host.split_at(host.rfind(':').unwrap_or(host.len())),
    };
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let is_host = |byte: u8| {
        !byte.is_ascii()
            || byte.is_ascii_alphanumeric()
            || b"-_.~!$&'()*+,;=:[]<>\"".contains(&byte)
    };
    [path, fragment, user]
        .iter()
        .all(|text| has_valid_escapes(text))
        && made_of(user, b"-._:~!$&'()*+,;=%@")
        && name.bytes().all(is_host)
        && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
}

/// `user@host:path`, as git and scp take it.
fn is_scp_style(value: &str) -> bool {
    let is_name = |part: &str, others: &[u8]| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
    };
    let Some((user, rest)) = value.split_once('@') else {
        return false;
    };
    rest.split_once(':')
        .is_some_and(|(host, _)| is_name(user, b"-_") && is_name(host, b"-."))
}

/// The digest of a file.
pub(super) fn checksum(value: &str) -> Result<(), &'static str> {
    let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let length = |algorithm| match algorithm {
        "sha256" => Some(64),
        "sha384" => Some(96),
        "sha512" => Some(128),
        _ => None,
    };
    match value.split_once(':') {
        _ if value.is_empty() => Ok(()),
        Some((algorithm, hex))
            if length(algorithm) == Some(hex.len()) && hex.bytes().all(is_hex) =>
        {
            Ok(())
        }
        _ => Err("invalid digest"),
    }
}
