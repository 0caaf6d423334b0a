//! The environment that a preflight looks at.

use std::ffi::OsString;

/// The environment of this process, as far as it is looked at; tests have one of their own.
pub(crate) struct Environment<'a> {
    pub(crate) variable: &'a dyn Fn(&str) -> Option<OsString>,
    pub(crate) home: Option<OsString>,
}
