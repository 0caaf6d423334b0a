//! The environment that a preflight checks.

use std::ffi::OsString;

/// The relevant part of this process's environment; tests substitute another.
pub(crate) struct Environment<'a> {
    pub(crate) variable: &'a dyn Fn(&str) -> Option<OsString>,
    pub(crate) home: Option<OsString>,
}
