//! Ready-made steps that need a secret. Each recipe is a small builder that ends in a checked [`Script`].
//!
//! ```
//! use dockerfile_dsl::recipes::git;
//! use dockerfile_dsl::{Dockerfile, Secret, Stage};
//!
//! const GITHUB_TOKEN: Secret = Secret::env("GITHUB_TOKEN");
//!
//! let clone = git::clone("https://github.com/acme/app.git").token(GITHUB_TOKEN).to("/src").script()?;
//! let stage = Stage::from_image("debian:bookworm-slim").run(clone).build();
//! let image = Dockerfile::from_stage(&stage)?;
//! # Ok::<(), dockerfile_dsl::Error>(())
//! ```
//!
//! | recipe | credential | how it reaches the program |
//! |---|---|---|
//! | [`apk::add`] | password of a repository | variable of one command |
//! | [`apt::install`] | `auth.conf` | mounted file |
//! | [`azure::download`] | signature, or key of the account | variable of one command |
//! | [`bun::install`] | token | variable of one command |
//! | [`bundler::install`] | password or token of a server | variable of one command |
//! | [`cargo::fetch`] | token of a registry or a git host | variable of one command, or credential helper |
//! | [`composer::install`] | password of a repository, or `auth.json` | variable of one command |
//! | [`conda::install`] | `.netrc` | mounted file |
//! | [`cosign::sign_blob`] | private key, password | mounted file, variable of one command |
//! | [`curl::download`] | token, header, or `.netrc` | configuration on standard input, or mounted file |
//! | [`dnf::install`] | password of a repository | variable of one command |
//! | [`gcs::download`] | key of a service account, or token | mounted file, or variable of one command |
//! | [`gem::install`] | `.gemrc` | mounted file |
//! | [`git::clone`] | token | credential helper that git runs when the server asks, for this host alone |
//! | [`git_ssh::clone`] | agent, or key | socket of the agent, or mounted file |
//! | [`go::download`] | `.netrc`, password of a proxy, or token for git | mounted file, or variables of one command |
//! | [`gpg::detach_sign`] | private key, passphrase | mounted files; the step removes the home of GnuPG |
//! | [`gradle::tasks`] | property of the project | variable of one command |
//! | [`hex::deps_get`] | key of organizations | variable of one command |
//! | [`huggingface::download`] | token | mounted file |
//! | [`jarsigner::sign`] | key store, password | mounted files |
//! | [`maven::resolve`], [`maven::go_offline`] | `settings.xml` | mounted file |
//! | [`npm::ci`], [`npm::install`] | `.npmrc`, or token | mounted file, or variable of one command |
//! | [`nuget::restore`] | password of a feed, or `NuGet.Config` | variable of one command, or mounted file |
//! | [`pip::install`], [`pip::requirements`] | `.netrc`, or password of an index | mounted file, or variable of one command |
//! | [`pnpm::fetch`] | `.npmrc`, or token | mounted file, or variable of one command |
//! | [`poetry::install`] | password of a source | variable of one command |
//! | [`r::restore`], [`r::install_github`] | token | variable of one command |
//! | [`s3::download`] | `~/.aws/credentials`, or key | mounted file, or variables of one command |
//! | [`sccache::cargo_build`] | access key of a bucket | variables of its server |
//! | [`sentry::source_maps`] | token | variable of one command |
//! | [`ubuntu_pro::install`] | file with the token | mounted file; attached for this step only |
//! | [`uv::sync`] | `.netrc`, or password of an index | mounted file, or variable of one command |
//! | [`yarn::install`], [`yarn::classic`] | token, or `.npmrc` of yarn 1 | variable of one command, or mounted file |
//!
//! A page of each module shows what it renders, and three ways that leak. The `case` of a way is the executed case of `tests/data/` in the
//! repository that shows the same leak: with the same program, or with another one that keeps the value in the same way.
//! `docs/recipes.md` has the results of building them with the real programs, against servers that require the credential, and names those
//! of which the text alone is tested.
//!
//! A recipe uses the public API only: it makes text and passes it to [`Script::template`], as your program can.
//! The flow analysis can refuse it like any other script.

mod checkout;
mod draft;
mod host;
mod names;

pub mod apk;
pub mod apt;
pub mod azure;
pub mod bun;
pub mod bundler;
pub mod cargo;
pub mod composer;
pub mod conda;
pub mod cosign;
pub mod curl;
pub mod dnf;
pub mod gcs;
pub mod gem;
pub mod git;
pub mod git_ssh;
pub mod go;
pub mod gpg;
pub mod gradle;
pub mod hex;
pub mod huggingface;
pub mod jarsigner;
pub mod maven;
pub mod npm;
pub mod nuget;
pub mod pip;
pub mod pnpm;
pub mod poetry;
pub mod r;
pub mod s3;
pub mod sccache;
pub mod sentry;
pub mod ubuntu_pro;
pub mod uv;
pub mod yarn;

#[cfg(doc)]
use crate::Script;
