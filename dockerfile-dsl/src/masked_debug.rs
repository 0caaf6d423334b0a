//! The `Debug` form of types that hold text of the author: credentials in it are masked, as in all that people see.
//!
//! In: a type and its fields. Out: what `derive(Debug)` would print, with `*` in place of each credential. A text that has no format of a
//! credential is shown: the type cannot know that it is one. The value of a variable with the name of a secret is masked by
//! [`Variable`].

use std::borrow::Cow;
use std::fmt::{self, Debug, Formatter};

use dockerfile_dsl_analysis::{masked, masked_dockerfile};

/// Implements `Debug` for a struct.
macro_rules! masked_debug {
    ($name:ident { $($field:ident),+ $(,)? }) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name))
                    $(.field(stringify!($field), &$crate::masked_debug::Masked(&self.$field)))+
                    .finish()
            }
        }
    };
    ($name:ident { $($field:ident),+; $variables:ident }) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name))
                    $(.field(stringify!($field), &$crate::masked_debug::Masked(&self.$field)))+
                    .field(
                        stringify!($variables),
                        &$crate::masked_debug::Variables(&self.$variables),
                    )
                    .finish()
            }
        }
    };
    ($name:ident(0)) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($name))
                    .field(&$crate::masked_debug::Masked(&self.0))
                    .finish()
            }
        }
    };
    ($name:ident => $($variant:ident)|+) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $(Self::$variant(content) => f
                        .debug_tuple(stringify!($variant))
                        .field(&$crate::masked_debug::Masked(content))
                        .finish(),)+
                }
            }
        }
    };
}
pub(crate) use masked_debug;

/// A value whose `Debug` form is printed masked.
pub(crate) struct Masked<'a, T>(pub(crate) &'a T);

impl<T: Debug> Debug for Masked<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let text = if f.alternate() {
            format!("{:#?}", self.0)
        } else {
            format!("{:?}", self.0)
        };
        f.write_str(&without_credentials(&text))
    }
}

/// Masks the `Debug` form of texts: a line break in it is written `\\n`, which would be part of the word that follows.
fn without_credentials(text: &str) -> String {
    let unescaped = text.replace("\\n", "\n\n").replace("\\0", "\n\n");
    let masked = masked(&unescaped);
    let (before, after) = (unescaped.as_bytes(), masked.as_bytes());
    let mut shown = String::with_capacity(text.len());
    for (at, char) in text.char_indices() {
        if before[at] == after[at] {
            shown.push(char);
        } else {
            shown.push('*');
        }
    }
    shown
}

/// Variables with their values.
pub(crate) struct Variables<'a>(pub(crate) &'a [(String, Option<String>)]);

impl Debug for Variables<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let pairs = self.0.iter();
        f.debug_list()
            .entries(pairs.map(|(name, value)| Variable(name, value.as_deref())))
            .finish()
    }
}

/// A variable and its value, which is masked if the name is that of a secret.
pub(crate) struct Variable<'a>(pub(crate) &'a str, pub(crate) Option<&'a str>);

impl Debug for Variable<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(name, value) = *self;
        let line = format!(
            "ENV {name}=\"{}\"",
            value.unwrap_or_default().escape_default()
        );
        let is_secret = matches!(masked_dockerfile(&line), Cow::Owned(_));
        let value = value.map(|value| if is_secret { "***" } else { value });
        Masked(&(name, value)).fmt(f)
    }
}
