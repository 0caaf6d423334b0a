//! Text for instructions, and the types that convert to it: never a secret.
//!
//! In: strings, numbers, layer paths, and [`expand`] for variables. Out: a [`Text`], literal or expanded. The traits are sealed,
//! so that an image can keep only the types that are listed here.

use std::borrow::Cow;

use crate::LayerPath;
use crate::masked_debug::masked_debug;

/// Text of an instruction: literal, or with variables that the builder expands.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text {
    pub(crate) content: String,
    pub(crate) expanded: bool,
}

masked_debug!(Text { content, expanded });

impl Text {
    pub(crate) fn literal(content: impl Into<String>) -> Self {
        Self {
            content: content.into(),
            expanded: false,
        }
    }

    /// Returns the text as the author wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.content
    }

    /// Whether the builder expands variables in it: see [`expand`].
    #[must_use]
    pub const fn is_expanded(&self) -> bool {
        self.expanded
    }
}

/// Returns text in which the builder expands `$NAME` and `${NAME}`, also `${NAME:-default}` and the other forms of the
/// [reference](https://docs.docker.com/reference/dockerfile/#environment-replacement). `\$` is a dollar sign.
///
/// Build arguments and environment variables are expanded, which are public; a secret is neither.
///
/// ```
/// # use dockerfile_dsl::{expand, Stage};
/// let base = Stage::from_image(expand("debian:${VERSION:-bookworm}-slim"));
/// ```
#[must_use]
pub fn expand(text: impl Into<String>) -> Expand {
    Expand(text.into())
}

/// Text with variables, returned by [`expand`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Expand(pub(crate) String);

masked_debug!(Expand(0));

mod sealed {
    #[expect(unnameable_types, reason = "sealed: other crates cannot name it")]
    pub trait Sealed {}
}
pub(crate) use sealed::Sealed;

/// Text that an image may keep, where the builder expands no variable: the arguments of CMD and ENTRYPOINT, names, flags.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in an image",
    label = "ENV/LABEL/CMD values end up in the image config",
    note = "a `Secret` exists only inside one RUN step: interpolate it into `sh!(\"... {{SECRET}} \
            ...\")` instead",
    note = "strings, integers and `LayerPath` are text; `expand(\"..$NAME..\")` only where \
            BuildKit expands variables"
)]
pub trait LayerText: Sealed {
    #[doc(hidden)]
    fn into_string(self) -> String;
}

/// Text that an image may keep, where [`expand`] may ask for variables: the values of ENV, LABEL and ARG, an image, a USER.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in an image",
    label = "ENV/LABEL/CMD values end up in the image config",
    note = "a `Secret` exists only inside one RUN step: interpolate it into `sh!(\"... {{SECRET}} \
            ...\")` instead"
)]
pub trait LayerValue: Sealed {
    #[doc(hidden)]
    fn into_text(self) -> Text;
}

/// A path in an image layer: a literal, a [`LayerPath`], or [`expand`]. A literal is checked with the rest of the file;
/// [`path!`](crate::path) checks it at compile time.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a path in an image layer",
    label = "expected a literal, a `LayerPath` or `expand(\"..\")`",
    note = "write `LayerPath::parse(s)?` for a string that is known at run time",
    note = "a `Secret` is never a layer path; it can only be used inside `sh!`"
)]
pub trait IntoLayerPath: Sealed {
    #[doc(hidden)]
    fn into_path(self) -> Text;
}

macro_rules! texts {
    ($($type:ty),* $(,)?) => {$(
        impl Sealed for $type {}
        #[diagnostic::do_not_recommend]
        impl LayerText for $type {
            fn into_string(self) -> String {
                self.to_string()
            }
        }
        #[diagnostic::do_not_recommend]
        impl LayerValue for $type {
            fn into_text(self) -> Text {
                Text::literal(self.to_string())
            }
        }
    )*};
}

texts!(
    &str,
    &&str,
    String,
    &String,
    Cow<'_, str>,
    &Cow<'_, str>,
    LayerPath,
    &LayerPath,
    char,
    bool,
    u8,
    u16,
    u32,
    u64,
    u128,
    usize,
    i8,
    i16,
    i32,
    i64,
    i128,
    isize,
);

macro_rules! expanded {
    ($trait:ident :: $method:ident for $($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl $trait for $type {
            fn $method(self) -> Text {
                Text { content: self.0.clone(), expanded: true }
            }
        }
    )*};
}

// Lists are as safe as their items, which are sealed themselves.
impl<T> Sealed for &[T] {}
impl<T, const N: usize> Sealed for [T; N] {}
impl<T, const N: usize> Sealed for &[T; N] {}
impl<T> Sealed for Vec<T> {}
impl<T> Sealed for &Vec<T> {}

/// For destinations that are set later.
impl Sealed for Text {}
#[diagnostic::do_not_recommend]
impl IntoLayerPath for Text {
    fn into_path(self) -> Text {
        self
    }
}

impl Sealed for Expand {}
impl Sealed for &Expand {}
expanded!(LayerValue::into_text for Expand, &Expand);
expanded!(IntoLayerPath::into_path for Expand, &Expand);

#[diagnostic::do_not_recommend]
impl IntoLayerPath for &'static str {
    fn into_path(self) -> Text {
        Text::literal(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoLayerPath for LayerPath {
    fn into_path(self) -> Text {
        Text::literal(self.as_str())
    }
}

#[diagnostic::do_not_recommend]
impl IntoLayerPath for &LayerPath {
    fn into_path(self) -> Text {
        Text::literal(self.as_str())
    }
}
