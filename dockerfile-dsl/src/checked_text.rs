//! The conversions of a text that is checked when it is made.
//!
//! In: a tuple struct of one text with `parse(impl Into<String>) -> Result<Self, Error>`. Out: `AsRef`, `FromStr` and `TryFrom`, as the
//! guidelines for Rust APIs ask.

/// Implements the conversions by `parse`.
macro_rules! checked_text {
    ($name:ident) => {
        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = Error;

            /// Returns what `parse` does.
            fn from_str(text: &str) -> Result<Self, Error> {
                Self::parse(text)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = Error;

            /// Returns what `parse` does.
            fn try_from(text: &str) -> Result<Self, Error> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = Error;

            /// Returns what `parse` does.
            fn try_from(text: String) -> Result<Self, Error> {
                Self::parse(text)
            }
        }
    };
}
pub(crate) use checked_text;
