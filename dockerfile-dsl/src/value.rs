//! Values for the holes of a script, with a label for each kind.
//!
//! In: Rust values. Out: their [`label`], which `sh!` compares with the place of the hole, and their text, quoted for that place.
//! The traits are sealed: a type of another crate cannot claim a label that it does not keep.

use std::borrow::Cow;
use std::fmt;

use dockerfile_dsl_analysis::dockerfile::Danger;
use dockerfile_dsl_analysis::holes::Label;

use crate::checked_text::checked_text;
use crate::masked_debug::masked_debug;
use crate::{Error, LayerPath, Secret};

pub(crate) use mount::ScriptMount;
pub(crate) use word::is_word;
pub(crate) use writer::HolePlace;
#[doc(hidden)]
pub use writer::Writer;

mod mount;
mod word;
mod writer;

/// Kinds of values in a hole, as types without values.
pub mod label {
    use dockerfile_dsl_analysis::holes::Label as Kind;

    /// One of the types of this module.
    pub trait Label: super::sealed::Sealed {
        #[doc(hidden)]
        const KIND: Kind;
    }

    macro_rules! labels {
        ($($(#[$doc:meta])* $name:ident;)*) => {$(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub enum $name {}

            impl super::sealed::Sealed for $name {}
            impl Label for $name {
                const KIND: Kind = Kind::$name;
            }
        )*};
    }

    labels! {
        /// Any text: it is quoted for its place.
        Public;
        /// A word that means the same in every context of a shell.
        Word;
        /// A path that becomes part of an image layer.
        LayerPath;
        /// A path inside a tmpfs mount of the step.
        TmpPath;
        /// A path inside a cache mount of the step.
        CachePath;
        /// The path of a file that holds a secret.
        SecretFile;
        /// A secret's value itself.
        SecretValue;
    }
}

mod sealed {
    #[expect(unnameable_types, reason = "sealed: other crates cannot name it")]
    pub trait Sealed {}
}

/// A value for a hole of `sh!`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used in a script",
    label = "not a value for a script",
    note = "in a generic function, say whether it is public or secret: `impl PublicValue` or \
            `impl SecretValue`",
    note = "strings and integers become one quoted word, `words(&list)` several; `Word`, \
            `LayerPath`, `TmpFs`, `CacheDir` and `Secret` keep their meaning; convert anything \
            else to a string first: `name = value.to_string()`"
)]
pub trait Value: AnyValue {
    /// Kind of the value: it decides in which places it is allowed.
    type Label: label::Label;
}

/// A [`Value`] as a trait object: its label is known at run time only. For [`ScriptTemplate::bind`](crate::ScriptTemplate::bind).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used in a script",
    label = "not a value for a script",
    note = "strings and integers become one quoted word, `words(&list)` several; `Word`, \
            `LayerPath`, `TmpFs`, `CacheDir` and `Secret` keep their meaning"
)]
pub trait AnyValue: sealed::Sealed {
    #[doc(hidden)]
    fn label(&self) -> Label;

    #[doc(hidden)]
    fn write(&self, out: &mut Writer);
}

/// Any public text: the bound for functions that put a caller's string into a script.
pub trait PublicValue: Value<Label = label::Public> {}
impl<V: Value<Label = label::Public> + ?Sized> PublicValue for V {}

/// The file of a secret: the bound for functions that put a caller's [`Secret`] into a script.
///
/// ```
/// # use dockerfile_dsl::{PublicValue, Script, Secret, SecretValue, sh};
/// fn download(url: impl PublicValue, header: impl SecretValue) -> Script {
///     sh!("curl -fsS -H @{header} {url} -o /srv/x")
/// }
/// # const TOKEN: Secret = Secret::env("TOKEN");
/// let script = download("https://example.com/x", TOKEN);
/// ```
pub trait SecretValue: Value<Label = label::SecretFile> {}
impl<V: Value<Label = label::SecretFile> + ?Sized> SecretValue for V {}

macro_rules! values {
    ($($label:ident: $($type:ty),+ => |$self:ident, $out:ident| $write:expr;)*) => {$($(
        impl sealed::Sealed for $type {}
        #[diagnostic::do_not_recommend]
        impl Value for $type {
            type Label = label::$label;
        }
        #[diagnostic::do_not_recommend]
        impl AnyValue for $type {
            fn label(&self) -> Label {
                Label::$label
            }
            fn write(&self, $out: &mut Writer) {
                let $self = self;
                $write
            }
        }
    )+)*};
}

values! {
    Public: str, String, Cow<'_, str> => |text, out| out.public(text);
    Public: Words => |words, out| out.words(&words.0);
    Word: u8, u16, u32, u64, u128, usize => |number, out| out.public(&number.to_string());
    Word: Word => |word, out| out.public(word.as_str());
    LayerPath: LayerPath => |path, out| out.public(path.as_str());
    TmpPath: TmpFs => |tmp, out| {
        out.mount(ScriptMount::Tmpfs { target: tmp.0.clone() });
        out.public(tmp.0.as_str());
    };
    CachePath: CacheDir => |cache, out| {
        out.mount(ScriptMount::Cache { target: cache.target.clone(), id: cache.id.clone() });
        out.public(cache.target.as_str());
    };
    SecretFile: Secret => |secret, out| out.secret_file(secret);
    SecretValue: SecretExpansion => |expansion, out| out.secret_value(&expansion.0);
    Public: Declassified => |declassified, out| {
        let id = declassified.secret.id().to_owned();
        out.decide(Danger::Declassify { id }, &declassified.reason);
        match declassified.form {
            Form::File => out.secret_file(&declassified.secret),
            Form::Value => out.secret_value(&declassified.secret),
        }
    };
}

/// Signed integers are not words: a leading `-` could be parsed as an option.
macro_rules! signed {
    ($($type:ty),*) => {
        values! { Public: $($type),* => |number, out| out.public(&number.to_string()); }
    };
}
signed!(i8, i16, i32, i64, i128, isize);

impl<T: sealed::Sealed + ?Sized> sealed::Sealed for &T {}
#[diagnostic::do_not_recommend]
impl<T: Value + ?Sized> Value for &T {
    type Label = T::Label;
}
#[diagnostic::do_not_recommend]
impl<T: AnyValue + ?Sized> AnyValue for &T {
    fn label(&self) -> Label {
        (**self).label()
    }
    fn write(&self, out: &mut Writer) {
        (**self).write(out);
    }
}

/// A word of `[A-Za-z0-9_./:@%+=,-]` that does not start with `-`. It means the same in every context of a shell, also in text
/// that a program evaluates later (`sh -c '..{word}..'`).
///
/// ```
/// # use dockerfile_dsl::{Word, sh};
/// const PACKAGE: Word = Word::literal("ca-certificates");
/// let script = sh!("apk add {PACKAGE}");
/// assert!(Word::parse("a; rm -rf /").is_err());
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Word(Cow<'static, str>);

masked_debug!(Word(0));

impl Word {
    /// Parses a string.
    ///
    /// # Errors
    /// Returns an error if the text is empty, starts with `-`, or contains a character with a meaning for a shell.
    pub fn parse(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        if is_word(text.as_bytes()) {
            return Ok(Self(Cow::Owned(text)));
        }
        Err(Error::new(format!(
            "`{}` is not a word: write at least one of [A-Za-z0-9_./:@%+=,-], not `-` first",
            text.escape_debug()
        )))
    }

    /// Checks a literal; in a `const` item, at compile time.
    ///
    /// # Panics
    /// Panics where [`Word::parse`] returns an error.
    #[must_use]
    pub const fn literal(text: &'static str) -> Self {
        assert!(
            is_word(text.as_bytes()),
            "not a word: write at least one of [A-Za-z0-9_./:@%+=,-], not `-` first"
        );
        Self(Cow::Borrowed(text))
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

checked_text!(Word);

/// Several words, each quoted separately: see [`words`].
#[derive(Clone, PartialEq, Eq)]
pub struct Words(Vec<String>);

masked_debug!(Words(0));

/// Returns a list of public words. In a hole that is a whole word outside quotes, each item becomes a separate word; elsewhere
/// they are joined with spaces, as the shell's `"$*"` does.
///
/// ```
/// # use dockerfile_dsl::{Dockerfile, Stage, sh, words};
/// let packages = words(["curl", "git"]);
/// let stage = Stage::from_image("alpine:3.20").run(sh!("apk add {packages}")).build();
/// assert!(Dockerfile::from_stage(&stage)?.as_str().ends_with("RUN apk add curl git\n"));
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
pub fn words<I>(list: I) -> Words
where
    I: IntoIterator,
    I::Item: AsRef<str>,
{
    Words(
        list.into_iter()
            .map(|word| word.as_ref().to_owned())
            .collect(),
    )
}

/// A directory in memory, for this step only: the place for files that contain a secret. A hole mounts it.
///
/// ```
/// # use dockerfile_dsl::{Dockerfile, Secret, Stage, TmpFs, path, sh};
/// const TOKEN: Secret = Secret::env("TOKEN");
/// let work = TmpFs::at(path!("/work"));
/// let stage = Stage::from_image("debian").run(sh!("cp {TOKEN} {work}/token")).build();
/// assert!(Dockerfile::from_stage(&stage)?.as_str().contains("--mount=type=tmpfs,target=/work"));
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TmpFs(LayerPath);

impl TmpFs {
    /// A tmpfs with this mount target.
    #[must_use]
    pub const fn at(target: LayerPath) -> Self {
        Self(target)
    }
}

/// A cache directory that outlives the build and must not contain secrets. A hole mounts it.
///
/// ```
/// # use dockerfile_dsl::{CacheDir, Dockerfile, Stage, path, sh};
/// let cache = CacheDir::at(path!("/root/.cache/pip"));
/// let stage = Stage::from_image("python:3.13").run(sh!("pip install --cache-dir {cache} flask")).build();
/// assert!(Dockerfile::from_stage(&stage)?.as_str().contains("--mount=type=cache,target=/root/.cache/pip"));
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CacheDir {
    target: LayerPath,
    id: Option<String>,
}

masked_debug!(CacheDir { target, id });

impl CacheDir {
    /// A cache mount with this target; its id is the target.
    #[must_use]
    pub const fn at(target: LayerPath) -> Self {
        Self { target, id: None }
    }

    /// Sets an id, so that mounts with other targets share the cache.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }
}

impl Secret {
    /// Returns the value itself for a place that the author chooses: expands to `"$(cat /run/secrets/ID)"`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Secret, Stage, sh};
    /// const TOKEN: Secret = Secret::env("NPM_TOKEN");
    /// let stage = Stage::from_image("node:22").run(sh!("NODE_AUTH_TOKEN={token} npm ci", token = TOKEN.value())).build();
    /// assert!(Dockerfile::from_stage(&stage)?.as_str().contains("NODE_AUTH_TOKEN=\"$(cat /run/secrets/NPM_TOKEN)\""));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[must_use]
    pub fn value(&self) -> SecretExpansion {
        SecretExpansion(*self)
    }

    /// Returns the path of the secret's file, exempted from the check in this hole: the author declares that it does not leak.
    /// The reason is rendered as a comment above the step and listed by the audit.
    #[must_use]
    pub fn declassify(&self, reason: impl Into<Cow<'static, str>>) -> Declassified {
        Declassified {
            secret: *self,
            reason: reason.into(),
            form: Form::File,
        }
    }
}

/// A secret's value in a script, returned by [`Secret::value`].
#[derive(Debug, Clone)]
pub struct SecretExpansion(Secret);

impl SecretExpansion {
    /// Exempts the value from the check in this hole: the author declares that it does not leak.
    #[must_use]
    pub fn declassify(&self, reason: impl Into<Cow<'static, str>>) -> Declassified {
        Declassified {
            secret: self.0,
            reason: reason.into(),
            form: Form::Value,
        }
    }
}

/// A secret that is exempted from the check in one hole, returned by [`Secret::declassify`].
#[derive(Clone)]
pub struct Declassified {
    secret: Secret,
    reason: Cow<'static, str>,
    form: Form,
}

masked_debug!(Declassified {
    secret,
    reason,
    form
});

#[derive(Debug, Clone, Copy)]
enum Form {
    File,
    Value,
}
