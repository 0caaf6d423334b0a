//! `sh!` and `sh_file!`, and what their expansion uses.
//!
//! The macros are wrappers: they hand `$crate` to the procedural ones, so that a renamed dependency and a re-export work.

use std::fmt;

use crate::value::Value;

/// A shell script for RUN that does not compile if it would leak a secret.
///
/// The script is pasted as it stood in the Dockerfile; values of Rust go in braces. What is wrong is said by rustc, with the
/// script's line and what to write instead.
///
/// ```
/// use dockerfile_dsl::{Secret, path, sh};
///
/// const GITHUB_TOKEN: Secret = Secret::env("GITHUB_TOKEN");
///
/// let package = "curl";
/// let install = sh!("apt-get update && apt-get install -y --no-install-recommends {package}");
/// let fetch = sh!(
///     r#"
///         curl -fsS -H "Authorization: Bearer $(cat {GITHUB_TOKEN})" -o {to} https://example.com/bundle.tgz
///     "#,
///     to = path!("/srv/bundle.tgz"),
/// );
/// ```
///
/// ```compile_fail
/// # use dockerfile_dsl::{Secret, sh};
/// # const GITHUB_TOKEN: Secret = Secret::env("GITHUB_TOKEN");
/// let leak = sh!("cat {GITHUB_TOKEN} > /root/.netrc");
/// ```
///
/// # Text
///
/// A string literal, plain or raw. Indentation that all lines share is removed, and so is an empty first line.
///
/// | written | is |
/// |---|---|
/// | `{name}` | the value of the Rust variable, constant or argument `name` |
/// | `{{name}}` | the text `{name}` |
/// | `${NAME}` | the shell's own variable, as everywhere |
/// | every other brace | text: `awk '{print $1}'`, `{ a; b; }`, `{a,b}`, `find -exec rm {} +` |
///
/// # Values
///
/// | type | stands for | may stand |
/// |---|---|---|
/// | strings, signed integers | public text, quoted for its place | where text can be quoted; in a command that receives a secret, only as an operand |
/// | [`Word`](crate::Word), unsigned integers | a plain word | also in text that is evaluated later (`sh -c '..'`, arithmetic) |
/// | [`words(list)`](crate::words) | several words, each quoted | as strings |
/// | [`LayerPath`](crate::LayerPath) | a path in a layer | where no secret is written |
/// | [`TmpFs`](crate::TmpFs) | a directory in memory, mounted by standing here | everywhere: the place for files with a secret |
/// | [`CacheDir`](crate::CacheDir) | a directory that outlives the build, mounted by standing here | where no secret is written |
/// | [`Secret`](crate::Secret) | the path of its file, mounted by standing here | where its content reaches no layer, log, config or unknown program |
/// | [`Secret::value`](crate::Secret::value) | the value itself, `"$(cat /run/secrets/ID)"` | likewise |
/// | [`Secret::declassify`](crate::Secret::declassify) | the same, on the author's word | as strings |
///
/// A function that is generic over values says which ones it takes, unless the place is safe for all of them:
/// `impl PublicValue`, `impl SecretValue`, or `V: Value<Label = ..>`.
///
/// # Arguments
///
/// - `name = expr`: the value of `{name}`, any expression of Rust.
/// - `@mount(SECRET => "/root/.npmrc")`: mounts the secret where a program looks for it.
/// - `@env(SECRET => "NAME", "reason")`: the value as an environment variable, which *every* process of the step can read.
/// - `@trust("prog", "reason")`: `prog` may receive secrets and writes them nowhere by itself; `@trust("prog", output, "reason")`:
///   nor do they come out of it. Not for programs whose behaviour is known.
/// - `@declassify(SECRET, "prog", "reason")`: what `prog` opens, fetches or issues with the secret is none itself.
/// - `@allow_cache("reason")`: secrets may be written to a cache mount.
/// - `@programs("../programs.rows")`: a file of rows for programs that are not known, found as [`sh_file!`](crate::sh_file) finds its
///   file, in the [language of program rows](https://github.com/dockerfile-dsl/dockerfile-dsl/blob/main/dockerfile-dsl-analysis/src/programs/grammar.md).
///   A change of it compiles again. The script carries the rows of the programs that it names: a Dockerfile that runs it has them as
///   comments at its head, where the check at run time and `dockerfile-dsl check` read them.
/// - `@base("rust:1.80")`: the base image of the stage, where what it sets is known: a credential that is removed from another place
///   than that image has it at is refused at once, not by the check of the whole Dockerfile.
/// - `@shell(bash)`: the step runs under bash.
///
/// Reasons are rendered as comments above the step and listed by the audit.
#[macro_export]
macro_rules! sh {
    ($($tokens:tt)*) => {
        $crate::__private::sh! { [$crate] $($tokens)* }
    };
}

/// [`sh!`](crate::sh) for a script in a file of its own, whose path is relative to the source file.
///
/// The file is plain shell: no brace is a hole. Values arrive as variables that are assigned before its first line:
/// `sh_file!("fetch.sh", TOKEN = GITHUB_TOKEN)` runs the file after `TOKEN=/run/secrets/GITHUB_TOKEN`. Errors name the file's
/// line and column, and a change of the file compiles again. A `#!` line only says which shell it is for.
#[macro_export]
macro_rules! sh_file {
    ($($tokens:tt)*) => {
        $crate::__private::sh_file! { [$crate] $($tokens)* }
    };
}

/// What the expansion of a script reaches its values through: imported as a whole, so its names are none that an author has.
pub mod slot {
    use crate::value::AnyValue;

    /// A value in the expansion of a script. For a type that is no [`Value`](crate::value::Value), it still has a method `any`: so there
    /// is one error about that type, the one that says where it stands.
    #[derive(Debug)]
    pub struct __Slot<'a, T>(pub &'a T);

    /// [`__Slot::any`] for values.
    pub trait __ValueSlot<'a> {
        /// The value behind a pointer.
        fn any(&self) -> &'a dyn AnyValue;
    }

    impl<'a, T: AnyValue> __ValueSlot<'a> for __Slot<'a, T> {
        fn any(&self) -> &'a dyn AnyValue {
            self.0
        }
    }

    /// [`__Slot::any`] for what does not compile anyway.
    pub trait __AnySlot<'a> {
        /// Some value.
        fn any(&self) -> &'a dyn AnyValue;
    }

    impl<'a, T> __AnySlot<'a> for &__Slot<'a, T> {
        fn any(&self) -> &'a dyn AnyValue {
            &""
        }
    }
}

/// Every label but one: a bound of two of them is every label but two.
pub mod not {
    use crate::value::label;

    macro_rules! not {
        ($($name:ident: $($other:ident)*;)*) => {$(
            /// Every label but this one.
            pub trait $name {}
            $(impl $name for label::$other {})*
        )*};
    }

    not! {
        Public: Word LayerPath TmpPath CachePath SecretFile SecretValue;
        Word: Public LayerPath TmpPath CachePath SecretFile SecretValue;
        LayerPath: Public Word TmpPath CachePath SecretFile SecretValue;
        TmpPath: Public Word LayerPath CachePath SecretFile SecretValue;
        CachePath: Public Word LayerPath TmpPath SecretFile SecretValue;
        SecretFile: Public Word LayerPath TmpPath CachePath SecretValue;
        SecretValue: Public Word LayerPath TmpPath CachePath SecretFile;
    }
}

/// A value in a hole where every label is safe.
#[derive(Debug)]
pub struct Checked<'a, T: ?Sized>(pub &'a T);

impl<T: Value + ?Sized> fmt::Display for Checked<'_, T> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}
