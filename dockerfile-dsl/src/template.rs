//! `dockerfile!`: the wrapper of the procedural macro with its grammar, and the functions of its expansion.

use std::borrow::Cow;

use crate::instruction::{Add, Source};
use crate::text::{Expand, IntoLayerPath, LayerText};
use crate::{Stage, StageBuilder};

/// Builds a Dockerfile in the order and spelling of a Dockerfile, as an expression of type `Result<Dockerfile, Error>`.
///
/// It expands to calls of [`StageBuilder`](crate::StageBuilder), which has a method for each instruction: the same types and errors, with
/// spans on the mistaken token. RUN goes through [`sh!`](crate::sh).
///
/// ```
/// use dockerfile_dsl::{Secret, dockerfile};
///
/// const CARGO_TOKEN: Secret = Secret::env("CARGO_TOKEN");
///
/// let bin = "server";
/// let image = dockerfile! {
///     FROM "rust:1.95-slim" AS build
///     WORKDIR "/src"
///     COPY "." "/src/"
///     RUN [cache "/usr/local/cargo/registry"]
///         "CARGO_REGISTRIES_ACME_TOKEN=\"$(cat {CARGO_TOKEN})\" cargo build --release --locked --bin {bin}"
///
///     FROM "gcr.io/distroless/cc-debian12"
///     COPY --from=build "/src/target/release/server" "/server"
///     CMD ["/server"]
/// }?;
/// assert!(image.render().contains("COPY --from=build"));
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
///
/// # Grammar
///
/// A **value** is a string literal, a number, or `(expr)`: any expression of Rust in parentheses. In a string, `{name}` is a
/// hole, filled with the Rust value of that name; `{{name}}` is the text `{name}`, and every other brace is text. Where BuildKit
/// expands variables, a literal with a `$` is expanded, as in a Dockerfile; a value of Rust never is.
///
/// | instruction | form |
/// |---|---|
/// | FROM | `FROM [--platform=..] BASE [AS ident [= "name"]]`; BASE is a value, `scratch`, or the binding of an earlier stage |
/// | RUN | `RUN [mounts] [--network=none] "script", name = expr, @trust("prog", "reason")` as for `sh!`; `RUN ["prog", "arg"]`; `RUN (script)` |
/// | COPY | `COPY [--from=stage] [--chown=..] [--chmod=..] [--link] [--parents] [--exclude=..] SOURCE.. DESTINATION` |
/// | ADD | the same without `--from` and `--parents`, with `--checksum=.. --keep-git-dir --unpack`; `[token SECRET]` or `[header SECRET]` before a remote source |
/// | ENV, LABEL | `ENV NAME = value NAME = value` |
/// | ARG | `ARG NAME` or `ARG NAME = value`; before the first FROM it is global |
/// | CMD, ENTRYPOINT | `CMD ["prog", "arg"]`, or shell text: `CMD "prog arg"` |
/// | HEALTHCHECK | `HEALTHCHECK [--interval=30s] [--timeout=..] [--start-period=..] [--start-interval=..] [--retries=3] CMD [..]`, `HEALTHCHECK NONE` |
/// | EXPOSE | `EXPOSE 80 443/tcp 7000-7010/udp` |
/// | SHELL, VOLUME | `SHELL ["/bin/bash", "-c"]`, `VOLUME "/data"` |
/// | USER, WORKDIR, STOPSIGNAL | `USER 1000`, `WORKDIR "/src"`, `STOPSIGNAL SIGTERM` |
/// | ONBUILD | `ONBUILD RUN "make"` |
///
/// `AS build` binds `build`, a [`Stage`], for the instructions and stages below, and names it in the file (`_` becomes `-`).
/// `--from=build` is that binding, so a misspelt one is rustc's own "cannot find value"; `--from="image"` is an image. The last
/// stage is the target; `TARGETS test, app` at the end adds more.
///
/// `@programs("../programs.rows")` before the first FROM names a file of [program rows](crate::sh!) for every RUN of the file.
///
/// **Mounts** of RUN are in brackets: `[bind "/x", from = build, source = "/y", rw]`, `[cache "/x", id = "..", sharing =
/// locked]`, `[tmpfs "/x"]`, `[ssh]`, `[secret NPMRC => "/root/.npmrc"]`. A secret that the script uses, `{TOKEN}`, is mounted
/// automatically.
///
/// **Control flow** surrounds instructions of one stage: `if`, `else`, `for`, `match`, with instructions in the braces. A stage
/// that is built in a loop is an ordinary value: `FROM (stage)`, `--from=(stages[0])`. `..fragment(expr)` calls a function
/// `fn(&mut StageBuilder, ..)`, or a method with that argument first (`..style.apply(expr)`), so that pieces can be shared.
///
/// ```
/// use dockerfile_dsl::{Stage, StageBuilder, dockerfile, sh};
///
/// fn tools(stage: &mut StageBuilder, packages: &[&str]) {
///     for package in packages {
///         stage.run(sh!("apk add --no-cache {package}"));
///     }
/// }
///
/// let debug = true;
/// let base = Stage::from_image("alpine:3.20").named("base").build();
/// let image = dockerfile! {
///     FROM (&base) AS app
///     ..tools(&["tini"])
///     if debug {
///         ENV LOG = "debug"
///     } else {
///         ENV LOG = "info"
///     }
///     for port in [8080, 8081] {
///         EXPOSE (port)
///     }
///     HEALTHCHECK --interval=30s CMD ["/app", "--probe"]
///     ENTRYPOINT ["/sbin/tini", "--", "/app"]
/// }?;
/// assert!(image.render().contains("ENV LOG=\"debug\""));
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
#[macro_export]
macro_rules! dockerfile {
    ($($tokens:tt)*) => {
        $crate::__private::dockerfile! { [$crate] $($tokens)* }
    };
}

/// Returns the text of a value that an image keeps.
pub fn text(value: impl LayerText) -> String {
    value.into_string()
}

/// Returns an `ADD` of one source: git repositories and downloads are recognised by their URLs, as in BuildKit.
pub fn add(source: Source, destination: impl IntoLayerPath) -> Add {
    let Source::Path(url) = &source else {
        return Add::new(source, destination);
    };
    if ["git@", "git://", "ssh://"]
        .iter()
        .any(|scheme| url.starts_with(scheme))
    {
        return Add::git(url, destination);
    }
    let Some(rest) = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))
    else {
        return Add::new(source, destination);
    };
    if rest
        .split(['#', '?'])
        .next()
        .is_some_and(|path| path.ends_with(".git"))
    {
        Add::git(url, destination)
    } else {
        Add::http(url, destination)
    }
}

/// The argument of `FROM (expr)`: a stage or an image.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a stage nor an image",
    label = "expected a `Stage` or the name of an image"
)]
pub trait IntoBase {
    /// Returns the builder of a stage that starts from it.
    fn into_builder(self) -> StageBuilder;
}

macro_rules! bases {
    ($($type:ty: |$base:ident| $builder:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl IntoBase for $type {
            fn into_builder(self) -> StageBuilder {
                let $base = self;
                $builder
            }
        }
    )*};
}

bases! {
    Stage: |stage| Stage::from_stage(&stage);
    &Stage: |stage| Stage::from_stage(stage);
    &&Stage: |stage| Stage::from_stage(stage);
    &str: |image| Stage::from_image(image);
    String: |image| Stage::from_image(image);
    &String: |image| Stage::from_image(image);
    Cow<'_, str>: |image| Stage::from_image(image);
    Expand: |image| Stage::from_image(image);
}

/// Return type of a fragment: nothing that would be lost.
#[diagnostic::on_unimplemented(
    message = "a fragment returns nothing, and `{Self}` would be lost",
    label = "for a `Result` write `?` after the call"
)]
pub trait Spliced {}

#[diagnostic::do_not_recommend]
impl Spliced for () {}
#[diagnostic::do_not_recommend]
impl Spliced for &mut StageBuilder {}

/// Ends a `..fragment()`.
pub fn spliced(_: impl Spliced) {}

/// Begins a `FROM (expr)`.
pub fn stage_from(base: impl IntoBase) -> StageBuilder {
    base.into_builder()
}
