//! `sh!` and `sh_file!`, and the items of their expansion.
//!
//! The macros are wrappers: they pass `$crate` to the procedural ones, so that a renamed dependency and a re-export work.

use std::fmt;

use crate::value::Value;

/// A shell script for RUN that does not compile if it would leak a secret.
///
/// Paste the script as it was in the Dockerfile, and put values of Rust in braces. rustc reports mistakes, with the script's line
/// and the fix.
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
/// A string literal, plain or raw. Common indentation is removed, and so is an empty first line.
///
/// | written | is |
/// |---|---|
/// | `{name}` | the value of the Rust variable, constant or argument `name` |
/// | `{{name}}` | the text `{name}` |
/// | `${NAME}` | a variable of the shell |
/// | every other brace | text: `awk '{print $1}'`, `{ a; b; }`, `{a,b}`, `find -exec rm {} +` |
///
/// # Values
///
/// | type | meaning | allowed place |
/// |---|---|---|
/// | strings, signed integers | public text, quoted for its place | where text can be quoted; in a command that receives a secret, only as an operand |
/// | [`Word`](crate::Word), unsigned integers | a plain word | also in text that is evaluated later (`sh -c '..'`, arithmetic) |
/// | [`words(list)`](crate::words) | several words, each quoted | as strings |
/// | [`LayerPath`](crate::LayerPath) | a path in a layer | where no secret is written |
/// | [`TmpFs`](crate::TmpFs) | a directory in memory, mounted by this hole | everywhere: the place for files with a secret |
/// | [`CacheDir`](crate::CacheDir) | a directory that outlives the build, mounted by this hole | where no secret is written |
/// | [`Secret`](crate::Secret) | the path of its file, mounted by this hole | where its content reaches no layer, log, config or unknown program |
/// | [`Secret::value`](crate::Secret::value) | the value itself, `"$(cat /run/secrets/ID)"` | likewise |
/// | [`Secret::declassify`](crate::Secret::declassify) | the same, exempted from the check | as strings |
///
/// A function that is generic over values states which ones it takes, unless the place is safe for all of them: `impl
/// PublicValue`, `impl SecretValue`, or `V: Value<Label = ..>`.
///
/// # Arguments
///
/// - `name = expr`: the value of `{name}`, any expression of Rust.
/// - `@mount(SECRET => "/root/.npmrc")`: mounts the secret at a path that a program reads.
/// - `@env(SECRET => "NAME", "reason")`: the value as an environment variable, which *every* process of the step can read.
/// - `@trust("prog", "reason")`: `prog` may receive secrets and writes them nowhere; `@trust("prog", output, "reason")`: its
///   output is public, too. Not for programs in the program database.
/// - `@declassify(SECRET, "prog", "reason")`: the output that `prog` decrypts, fetches or issues with the secret is public.
/// - `@project_code(SECRET, "reason")`: code of the project (`make`, `npm run`, a script of the build context) may have the secret.
/// - `@allow_cache("reason")`: secrets may be written to a cache mount.
/// - `@programs("../programs.rows")`: a file of rows for unknown programs, found as [`sh_file!`](crate::sh_file) finds its file,
///   in the [language of program
///   rows](https://github.com/dockerfile-dsl/dockerfile-dsl/blob/main/dockerfile-dsl-analysis/src/programs/grammar.md). A change
///   of the file recompiles the crate. The script carries the rows of the programs that it names: its Dockerfile has them as
///   comments at its head, where the check at run time and `dockerfile-dsl check` read them.
/// - `@base("rust:1.80")`: the base image of the stage. If its environment is known, a credential that is removed from another
///   path than the one that image uses is refused at compile time, not only by the check of the whole Dockerfile.
/// - `@shell(bash)`: the step runs under bash.
///
/// Reasons are rendered as comments above the step and listed by the audit.
#[macro_export]
macro_rules! sh {
    ($($tokens:tt)*) => {
        $crate::__private::sh! { [$crate] $($tokens)* }
    };
}

/// [`sh!`](crate::sh) for a script in a separate file, whose path is relative to the source file.
///
/// The file is plain shell: braces are not holes. Values are variables assigned before its first line: `sh_file!("fetch.sh",
/// TOKEN = GITHUB_TOKEN)` runs the file after `TOKEN=/run/secrets/GITHUB_TOKEN`. Errors name the file's line and column, and a
/// change of the file recompiles the crate. A `#!` line only names the shell.
#[macro_export]
macro_rules! sh_file {
    ($($tokens:tt)*) => {
        $crate::__private::sh_file! { [$crate] $($tokens)* }
    };
}

/// Accessors of a script's values for the expansion. It is imported as a glob, so its names must not clash with an author's.
pub mod slot {
    use crate::value::AnyValue;

    /// A value in the expansion of a script. It has a method `any` even for a type that is not a [`Value`](crate::value::Value),
    /// so that only the error that names the hole is reported.
    #[derive(Debug)]
    pub struct __Slot<'a, T>(pub &'a T);

    /// [`__Slot::any`] for values.
    pub trait __ValueSlot<'a> {
        /// Returns the value as a trait object.
        fn any(&self) -> &'a dyn AnyValue;
    }

    impl<'a, T: AnyValue> __ValueSlot<'a> for __Slot<'a, T> {
        fn any(&self) -> &'a dyn AnyValue {
            self.0
        }
    }

    /// [`__Slot::any`] for types that are not values; such code does not compile anyway.
    pub trait __AnySlot<'a> {
        /// Returns a placeholder value.
        fn any(&self) -> &'a dyn AnyValue;
    }

    impl<'a, T> __AnySlot<'a> for &__Slot<'a, T> {
        fn any(&self) -> &'a dyn AnyValue {
            &""
        }
    }
}

/// Every label but one; two of these bounds mean every label but two.
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
