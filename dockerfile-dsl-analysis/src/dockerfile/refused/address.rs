//! Addresses that ADD downloads or clones, as BuildKit's `dfgitutil.ParseGitRef` and Go's `net/url` take them apart.
//!
//! In: a source after expansion. Out: whether it is a git repository, and what its query sets.

use std::net::Ipv6Addr;

/// A git repository with the settings of its query.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct GitAddress {
    /// The commit that the query names.
    pub(super) checksum: Option<String>,
    /// Whether the query keeps the `.git` folder.
    pub(super) keeps_git_dir: Option<bool>,
    /// A path of the build context may have the same name: BuildKit takes it for a path.
    pub(super) is_like_a_path: bool,
    reference: String,
    folder: String,
}

/// Whether ADD downloads or clones it.
pub(super) fn is_remote(value: &str) -> bool {
    let is_git = |address: GitAddress| !address.is_like_a_path;
    is_http(value) || git_address(value).is_ok_and(|address| address.is_some_and(is_git))
}

/// Whether ADD downloads it as a file.
pub(super) fn is_http(value: &str) -> bool {
    let is_web = value.starts_with("http://") || value.starts_with("https://");
    is_web && git_address(value) == Ok(None)
}

/// Parses a git address. `None`: a path or another address. An error: a git address with an invalid query.
pub(super) fn git_address(value: &str) -> Result<Option<GitAddress>, String> {
    let scheme = value.split_once("://").map(|(scheme, _)| scheme);
    let scheme = scheme.filter(|scheme| !scheme.is_empty() && is_made_of(scheme, b""));
    let is_like_a_path = value.starts_with("github.com/");
    let url = match scheme {
        _ if value.starts_with("./") || value.starts_with("../") => None,
        _ if is_like_a_path => Url::parse(value),
        Some(scheme) => {
            let url = Url::parse(value);
            match scheme.to_ascii_lowercase().as_str() {
                "ssh" | "git" => url,
                "http" | "https" => url.filter(|url| url.path.ends_with(b".git")),
                _ => None,
            }
        }
        None => scp_style(value),
    };
    let Some(url) = url else {
        return Ok(None);
    };
    let (reference, folder) = url.fragment.split_once(':').unwrap_or((&url.fragment, ""));
    let mut address = GitAddress {
        is_like_a_path,
        reference: reference.to_owned(),
        folder: super::super::mount::clean(&format!("/{folder}"))[1..].to_owned(),
        ..GitAddress::default()
    };
    address.read_query(url.query)?;
    Ok(Some(address))
}

impl GitAddress {
    /// Applies the names and values of a query.
    fn read_query(&mut self, query: Vec<(String, String)>) -> Result<(), String> {
        let (mut tag, mut branch) = (String::new(), String::new());
        let is_twice = |at: usize| query[..at].iter().any(|(name, _)| *name == query[at].0);
        for (at, (name, value)) in query.iter().enumerate() {
            if is_twice(at) {
                return Err(format!("its query has `{name}` twice"));
            }
            let is_flag = matches!(name.as_str(), "submodules" | "keep-git-dir");
            if value.is_empty() && !is_flag {
                return Err(format!("`{name}` in its query has no value"));
            }
            match name.as_str() {
                "ref" => set(&mut self.reference, name, value.clone())?,
                "tag" => tag = with_prefix("refs/tags/", value),
                "branch" => branch = with_prefix("refs/heads/", value),
                "subdir" => set(&mut self.folder, name, value.clone())?,
                "checksum" | "commit" => self.checksum = Some(value.clone()),
                _ if is_flag => {
                    let is_set = value.is_empty()
                        || is_true(value)
                            .ok_or_else(|| format!("`{name}` in its query is `true` or `false`"))?;
                    if name == "keep-git-dir" {
                        self.keeps_git_dir = Some(is_set);
                    }
                }
                _ => return Err(format!("its query has the unknown name `{name}`")),
            }
        }
        if !tag.is_empty() {
            set(&mut self.reference, "tag", tag.clone())?;
        }
        if !branch.is_empty() && !tag.is_empty() {
            return Err("its query has a tag and a branch".to_owned());
        }
        if !branch.is_empty() {
            set(&mut self.reference, "branch", branch)?;
        }
        Ok(())
    }
}

/// Sets a value that may be there already, but not another one.
fn set(known: &mut String, name: &str, value: String) -> Result<(), String> {
    if !known.is_empty() && *known != value {
        return Err(format!(
            "`{name}` in its query is not what is there already"
        ));
    }
    *known = value;
    Ok(())
}

fn with_prefix(prefix: &str, name: &str) -> String {
    match name.starts_with(prefix) {
        true => name.to_owned(),
        false => format!("{prefix}{name}"),
    }
}

/// Go's `strconv.ParseBool`.
fn is_true(value: &str) -> Option<bool> {
    match value {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// The parts of an address that BuildKit looks at.
struct Url {
    path: Vec<u8>,
    query: Vec<(String, String)>,
    fragment: String,
}

impl Url {
    /// Go's `url.Parse`: `[scheme://[user@]host[:port]]path[?query][#fragment]`.
    fn parse(text: &str) -> Option<Self> {
        let (address, fragment) = text.split_once('#').unwrap_or((text, ""));
        if address.bytes().any(|byte| byte.is_ascii_control()) {
            return None;
        }
        let (address, query) = address.split_once('?').unwrap_or((address, ""));
        let path = match address.split_once("://") {
            Some((scheme, rest)) if is_made_of(scheme, b"") => {
                let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                if !is_authority(authority) {
                    return None;
                }
                path
            }
            _ => address,
        };
        Some(Self {
            path: unescaped(path, Place::Elsewhere)?,
            query: pairs(query).0,
            fragment: String::from_utf8_lossy(&unescaped(fragment, Place::Elsewhere)?).into_owned(),
        })
    }
}

/// `user@host:path[?query][#fragment]`, as git and scp take it.
fn scp_style(value: &str) -> Option<Url> {
    let (user, rest) = value.split_once('@')?;
    let (host, rest) = rest.split_once(':')?;
    let is_name = |name: &str, others| !name.is_empty() && is_made_of(name, others);
    if !is_name(user, b"-_") || !is_name(host, b"-.") || rest.contains('\n') {
        return None;
    }
    // The path ends at the first `?` or `#`, and the fragment begins at the first `#` after it.
    let (before, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (path, query) = before.split_once('?').unwrap_or((before, ""));
    let (query, is_valid) = pairs(query);
    is_valid.then(|| Url {
        path: path.as_bytes().to_vec(),
        query,
        fragment: fragment.to_owned(),
    })
}

fn is_made_of(text: &str, others: &[u8]) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
}

/// Returns the names and values of a query, without the invalid ones, and whether there are none of these.
fn pairs(query: &str) -> (Vec<(String, String)>, bool) {
    let (mut pairs, mut is_valid) = (Vec::new(), true);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let text = |text: &str| unescaped(&text.replace('+', " "), Place::Elsewhere);
        match (text(name), text(value)) {
            (Some(name), Some(value)) if !pair.contains(';') => {
                let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
                pairs.push((text(name), text(value)));
            }
            _ => is_valid = false,
        }
    }
    (pairs, is_valid)
}

/// Where a text is in an address: which bytes it may have, as they are and as `%41`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Host,
    /// The zone of an IPv6 address.
    Zone,
    Elsewhere,
}

impl Place {
    fn allows(self, byte: u8) -> bool {
        self == Self::Elsewhere || !byte.is_ascii() || is_host_byte(byte)
    }

    fn allows_escaped(self, byte: u8) -> bool {
        match self {
            Self::Host => !byte.is_ascii() || byte == b'%',
            Self::Zone => byte == b'%' || byte == b' ' || is_host_byte(byte),
            Self::Elsewhere => true,
        }
    }
}

fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~!$&'()*+,;=:[]<>\"".contains(&byte)
}

/// Replaces `%41` by its byte.
fn unescaped(text: &str, place: Place) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        let is_allowed = match first {
            b'%' => {
                let (digits, after) = after.split_at_checked(2)?;
                rest = after;
                let digit = |at: usize| char::from(digits[at]).to_digit(16);
                bytes.push(u8::try_from(digit(0)? * 16 + digit(1)?).ok()?);
                place.allows_escaped(bytes[bytes.len() - 1])
            }
            byte => {
                bytes.push(byte);
                place.allows(byte)
            }
        };
        if !is_allowed {
            return None;
        }
    }
    Some(bytes)
}

/// `[user@]host[:port]`
fn is_authority(authority: &str) -> bool {
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    is_made_of(user, b"-._:~!$&'()*+,;=%@")
        && unescaped(user, Place::Elsewhere).is_some()
        && is_host(host)
}

fn is_host(host: &str) -> bool {
    if let Some(at) = host.rfind('[') {
        return at == 0
            && host[1..]
                .rsplit_once(']')
                .is_some_and(|(address, port)| is_port(port) && is_ip_literal(address));
    }
    let (name, port) = host.split_at(host.rfind(':').unwrap_or(host.len()));
    is_port(port) && unescaped(name, Place::Host).is_some()
}

fn is_port(port: &str) -> bool {
    let digits = port.strip_prefix(':');
    port.is_empty() || digits.is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// An IPv6 address, with a zone after `%25`.
fn is_ip_literal(text: &str) -> bool {
    let (address, zone) = text.split_at(text.find("%25").unwrap_or(text.len()));
    let has_zone =
        zone.is_empty() || unescaped(zone, Place::Zone).is_some_and(|zone| zone.len() > "%".len());
    has_zone && address.parse::<Ipv6Addr>().is_ok()
}
