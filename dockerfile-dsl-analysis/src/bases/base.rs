//! One description, and the name patterns of its images.
//!
//! In: name patterns. Out: the most specific description of an image.

use std::fmt;
use std::sync::LazyLock;

use crate::domain::pattern_matches;

/// The settings of a base image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Base {
    /// Patterns of its names.
    pub(super) names: Vec<NamePattern>,
    /// Each variable, with its value unless that depends on the version.
    pub(crate) env: Vec<(String, Option<String>)>,
    pub(crate) workdir: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) shell: Option<Vec<String>>,
    pub(crate) accounts: Vec<Account>,
    pub(crate) is_windows: bool,
    /// Whether its `sh` is dash or the ash of BusyBox, for which `$(< FILE)` is empty.
    pub(crate) has_plain_sh: bool,
    /// Whether a row marks it as unknown.
    pub(super) is_unknown: bool,
    pub(super) sources: Vec<FactSource>,
}

/// A user in the image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) number: Option<String>,
    pub(crate) home: String,
}

/// The source of a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactSource {
    /// `owner/name`.
    pub repository: String,
    /// Path in the repository.
    pub path: String,
    /// The commit.
    pub commit: String,
}

/// `NAME` or `NAME:TAG`; `*` matches any text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NamePattern {
    repository: String,
    tag: Option<String>,
}

impl fmt::Display for NamePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repository)?;
        self.tag.iter().try_for_each(|tag| write!(f, ":{tag}"))
    }
}

/// The name of an image, without a default registry and namespace.
pub(super) struct Image {
    repository: String,
    tag: String,
}

impl Image {
    /// Returns the name without the tag.
    pub(super) fn repository(&self) -> &str {
        &self.repository
    }

    pub(super) fn new(name: &str) -> Option<Self> {
        if name.is_empty() || name.contains('$') {
            return None;
        }
        let name = name.split('@').next().unwrap_or(name);
        let last = name.rfind('/').map_or(0, |at| at + 1);
        let (repository, tag) = match name[last..].split_once(':') {
            Some((_, tag)) => (&name[..name.len() - tag.len() - 1], tag),
            None => (name, "latest"),
        };
        Some(Self {
            repository: usual(repository).to_owned(),
            tag: tag.to_owned(),
        })
    }
}

/// Removes Docker's default registry and namespace from the name.
fn usual(repository: &str) -> &str {
    let hubs = ["docker.io/", "index.docker.io/", "registry-1.docker.io/"];
    let name = (hubs.iter()).find_map(|hub| repository.strip_prefix(hub));
    let name = name.unwrap_or(repository);
    name.strip_prefix("library/").unwrap_or(name)
}

/// How specific a match is: whether it has no `*`, then the number of literal characters in the name and in the tag.
type Exactness = (bool, usize, usize);

impl NamePattern {
    pub(super) fn parse(text: &str) -> Self {
        let last = text.rfind('/').map_or(0, |at| at + 1);
        let (repository, tag) = match text[last..].split_once(':') {
            Some((_, tag)) => (&text[..text.len() - tag.len() - 1], Some(tag)),
            None => (text, None),
        };
        Self {
            repository: usual(repository).to_owned(),
            tag: tag.map(str::to_owned),
        }
    }

    /// Returns the name without the tag, if it is no pattern.
    pub(super) fn literal(&self) -> Option<&str> {
        let is_literal = !self.repository.contains(['*', '?', '[', '\\']);
        is_literal.then_some(&self.repository)
    }

    fn exactness(&self, image: &Image) -> Option<Exactness> {
        let fits = |pattern: &str, text: &str| pattern_matches(pattern, text) == Some(true);
        let is_here = fits(&self.repository, &image.repository)
            && (self.tag.as_ref()).is_none_or(|tag| fits(tag, &image.tag));
        let literal = |text: &str| text.chars().filter(|letter| *letter != '*').count();
        is_here.then(|| {
            let tag = self.tag.as_deref().map_or(0, |tag| literal(tag) + 1);
            (
                !self.repository.contains('*'),
                literal(&self.repository),
                tag,
            )
        })
    }
}

/// Returns the most specific of these descriptions.
pub(super) fn best<'b>(
    bases: impl IntoIterator<Item = &'b Base>,
    image: &Image,
) -> Option<&'b Base> {
    let mut best: Option<(Exactness, &Base)> = None;
    for base in bases {
        let exactness = base.names.iter().filter_map(|name| name.exactness(image));
        let Some(exactness) = exactness.max() else {
            continue;
        };
        if best.is_none_or(|(known, _)| exactness > known) {
            best = Some((exactness, base));
        }
    }
    best.map(|(_, base)| base)
}

/// The default shell of Windows.
static WINDOWS_SHELL: LazyLock<Vec<String>> =
    LazyLock::new(|| ["cmd", "/S", "/C"].map(str::to_owned).to_vec());

impl Base {
    /// Creates the description of a Windows image about which nothing else is known.
    pub(crate) fn windows() -> Self {
        Self {
            is_windows: true,
            ..Self::default()
        }
    }

    /// Returns the shell, if it is not the default.
    pub(crate) fn shell(&self) -> Option<&[String]> {
        let usual = self.is_windows.then_some(&*WINDOWS_SHELL);
        self.shell.as_ref().or(usual).map(Vec::as_slice)
    }

    /// Whether it sets a variable to any value.
    pub(crate) fn sets(&self, name: &str) -> bool {
        self.env.iter().any(|(known, _)| known == name)
    }

    /// Returns the home directory of the image's user, if it is not the default.
    pub(crate) fn home(&self) -> Option<&str> {
        let user = self.user.as_deref()?.split(':').next()?;
        self.home_of(user)
    }

    /// Returns the home directory of a user by name or number, if the image has that user.
    pub(crate) fn home_of(&self, user: &str) -> Option<&str> {
        let is_this =
            |account: &&Account| account.name == user || account.number.as_deref() == Some(user);
        let account = self.accounts.iter().find(is_this);
        account.map(|account| account.home.as_str())
    }
}
