//! USER: the user of the following instructions.
//!
//! In: names or numbers. Out: the line. A number also becomes the owner of secret mounts.

use crate::masked_debug::masked_debug;
use crate::pen::Pen;
use crate::problem::Problems;
use crate::render;
use crate::text::{LayerValue, Text};
use crate::valid;

/// The user of the following instructions and of the container.
///
/// ```dockerfile
/// USER 1000:1000
/// ```
///
/// See [USER](https://docs.docker.com/reference/dockerfile/#user).
///
/// ```
/// # use dockerfile_dsl::instructions::{Instruction, User};
/// let user = User::new("app:app");
/// assert_eq!(Instruction::from(user).to_string(), "USER app:app");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    pub(crate) user: Text,
}

masked_debug!(User { user });

impl User {
    pub(super) const KEYWORD: &str = "USER";

    /// `user[:group]`, names or numbers. A secret is readable for a numeric user; for a named user only if the secret sets an
    /// owner.
    #[must_use]
    pub fn new(user: impl LayerValue) -> Self {
        Self {
            user: user.into_text(),
        }
    }

    pub(crate) fn user(&self) -> &Text {
        &self.user
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        problems.word("the user", &self.user, valid::owner);
    }

    pub(super) fn write(&self, pen: &Pen<'_>) -> String {
        render::instruction(Self::KEYWORD, &[], &pen.word(&self.user))
    }
}
