//! Assumptions about a base image without a description.
//!
//! In: nothing. Out: alternatives, each a world in which such an image has certain settings. A leak in all of them is a leak on every base;
//! a leak in one of them is reported as a doubt.

use std::rc::Rc;

use crate::domain::MARK;
use crate::domain::map::PersistentMap;

/// Variables with directories of programs that some images set.
const TOOL_HOMES: [&str; 17] = [
    "BUNDLE_APP_CONFIG",
    "BUNDLE_USER_HOME",
    "CARGO_HOME",
    "COMPOSER_HOME",
    "DOCKER_CONFIG",
    "GEM_HOME",
    "GNUPGHOME",
    "GOPATH",
    "GRADLE_USER_HOME",
    "HF_HOME",
    "MAVEN_CONFIG",
    "NPM_CONFIG_USERCONFIG",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "npm_config_globalconfig",
    "npm_config_userconfig",
];

/// An assumption about the settings of an unknown image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guess {
    /// It sets nothing: root's home, the root directory.
    Plain,
    /// It sets another home and working directory, and a directory for every program.
    Other,
    /// It sets another home and working directory, and nothing else.
    OtherHome,
}

impl Guess {
    /// Returns the variables with directories of programs.
    pub(crate) fn tool_homes() -> impl Iterator<Item = &'static str> {
        TOOL_HOMES.into_iter()
    }

    /// Returns these variables as those that were unset.
    pub(crate) fn unset_tool_homes() -> PersistentMap<Rc<str>, bool> {
        thread_local! {
            static ALL: PersistentMap<Rc<str>, bool> = {
                let mut all = PersistentMap::default();
                TOOL_HOMES.iter().for_each(|name| all.insert((*name).into(), true));
                all
            };
        }
        ALL.with(PersistentMap::clone)
    }

    /// Returns the unknown home directory.
    pub(crate) fn home(self, usual: &str) -> String {
        match self {
            Self::Plain => usual.to_owned(),
            Self::Other | Self::OtherHome => place("HOME"),
        }
    }

    /// Returns the unknown working directory; `None` if it is assumed to be the root.
    pub(crate) fn workdir(self) -> Option<String> {
        match self {
            Self::Plain => None,
            Self::Other | Self::OtherHome => Some(place("WORKDIR")),
        }
    }

    /// Returns the value of one of the [`tool_homes`](Self::tool_homes).
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

/// Returns the variables whose directories a text names.
pub(crate) fn named(text: &str) -> impl Iterator<Item = &str> {
    text.split(MARK).skip(1).map(|rest| {
        let is_name = |c: char| c == '_' || c.is_ascii_alphanumeric();
        rest.split(|c| !is_name(c)).next().unwrap_or_default()
    })
}

/// Replaces each such directory by the author's spelling: `$CARGO_HOME/x`, `~/x`, `x` in the working directory.
pub(crate) fn shown(text: &str) -> Option<String> {
    text.contains(MARK).then(|| {
        let text = text.replace(&place("HOME"), "~");
        let text = text.replace(&(place("WORKDIR") + "/"), "./");
        let text = text.replace(&place("WORKDIR"), ".");
        text.replace(&format!("/{MARK}"), "$")
    })
}
