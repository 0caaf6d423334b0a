//! What is assumed of a base image that nobody describes.
//!
//! In: nothing. Out: alternatives, each a world in which such an image sets certain things. What leaks in all of them leaks on every
//! base; what leaks in one of them leaks under a guess.

use crate::domain::MARK;

/// Variables of programs' own directories that images do set.
const TOOL_HOMES: [&str; 10] = [
    "BUNDLE_APP_CONFIG",
    "CARGO_HOME",
    "COMPOSER_HOME",
    "GEM_HOME",
    "GOPATH",
    "GRADLE_USER_HOME",
    "HF_HOME",
    "MAVEN_CONFIG",
    "npm_config_globalconfig",
    "npm_config_userconfig",
];

/// One of the worlds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guess {
    /// Nothing is set: root's home, the root directory.
    Plain,
    /// Another home and directory, and every program has a directory of its own.
    Other,
    /// Another home and directory, and nothing else.
    OtherHome,
}

impl Guess {
    /// The variables that an image may set and that decide where programs keep things.
    pub(crate) fn tool_homes() -> impl Iterator<Item = &'static str> {
        TOOL_HOMES.into_iter()
    }

    /// The home directory that nobody told.
    pub(crate) fn home(self, usual: &str) -> String {
        match self {
            Self::Plain => usual.to_owned(),
            Self::Other | Self::OtherHome => place("HOME"),
        }
    }

    /// The working directory that nobody told; it is one, and not assumed, unless this is `None`.
    pub(crate) fn workdir(self) -> Option<String> {
        match self {
            Self::Plain => None,
            Self::Other | Self::OtherHome => Some(place("WORKDIR")),
        }
    }

    /// The value of one of the [`tool_homes`](Self::tool_homes).
    pub(crate) fn tool_home(self, name: &str) -> Option<String> {
        match self {
            Self::Other => Some(place(name)),
            Self::Plain | Self::OtherHome => None,
        }
    }
}

fn place(name: &str) -> String {
    format!("/{MARK}{name}")
}

/// The variables whose places a text names.
pub(crate) fn named(text: &str) -> impl Iterator<Item = &str> {
    text.split(MARK).skip(1).map(|rest| {
        let is_name = |c: char| c == '_' || c.is_ascii_alphanumeric();
        rest.split(|c| !is_name(c)).next().unwrap_or_default()
    })
}

/// The text with each such place as an author writes it: `$CARGO_HOME/x`, `~/x`, `x` in the working directory.
pub(crate) fn shown(text: &str) -> Option<String> {
    text.contains(MARK).then(|| {
        let text = text.replace(&place("HOME"), "~");
        let text = text.replace(&(place("WORKDIR") + "/"), "./");
        let text = text.replace(&place("WORKDIR"), ".");
        text.replace(&format!("/{MARK}"), "$")
    })
}
