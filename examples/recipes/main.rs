//! The page of each recipe as a program: `cargo run --example recipes -- npm` prints the Dockerfile and the command that
//! builds it.

use std::env;
use std::io::{self, Write};

use dockerfile_dsl::{BuildCommand, Dockerfile, Error};

mod apk;
mod apt;
mod azure;
mod bun;
mod bundler;
mod cargo;
mod composer;
mod conda;
mod cosign;
mod curl;
mod dnf;
mod gcs;
mod gem;
mod git;
mod git_ssh;
mod go;
mod gpg;
mod gradle;
mod hex;
mod huggingface;
mod jarsigner;
mod maven;
mod npm;
mod nuget;
mod pip;
mod pnpm;
mod poetry;
mod r;
mod s3;
mod sccache;
mod sentry;
mod ubuntu_pro;
mod uv;
mod yarn;

/// Returns the image of a page.
pub(crate) type ImageOf = fn() -> Result<Dockerfile, Error>;

/// The image of each page, by the name of its module.
pub(crate) const ALL: &[(&str, ImageOf)] = &[
    ("apk", apk::image),
    ("apt", apt::image),
    ("azure", azure::image),
    ("bun", bun::image),
    ("bundler", bundler::image),
    ("cargo", cargo::image),
    ("composer", composer::image),
    ("conda", conda::image),
    ("cosign", cosign::image),
    ("curl", curl::image),
    ("dnf", dnf::image),
    ("gcs", gcs::image),
    ("gem", gem::image),
    ("git", git::image),
    ("git_ssh", git_ssh::image),
    ("go", go::image),
    ("gpg", gpg::image),
    ("gradle", gradle::image),
    ("hex", hex::image),
    ("huggingface", huggingface::image),
    ("jarsigner", jarsigner::image),
    ("maven", maven::image),
    ("npm", npm::image),
    ("nuget", nuget::image),
    ("pip", pip::image),
    ("pnpm", pnpm::image),
    ("poetry", poetry::image),
    ("r", r::image),
    ("s3", s3::image),
    ("sccache", sccache::image),
    ("sentry", sentry::image),
    ("ubuntu_pro", ubuntu_pro::image),
    ("uv", uv::image),
    ("yarn", yarn::image),
];

pub(crate) fn command(name: &str, image: &Dockerfile) -> BuildCommand {
    let mut command = image.build_command();
    command.tag(name);
    command
}

fn main() -> Result<(), Error> {
    let wanted = env::args().skip(1).find(|argument| argument != "--build");
    match ALL
        .iter()
        .find(|(name, _)| Some(*name) == wanted.as_deref())
    {
        Some((name, image)) => dockerfile_dsl_examples::show(&command(name, &image()?)),
        None => {
            let names: Vec<&str> = ALL.iter().map(|(name, _)| *name).collect();
            let _ = writeln!(io::stdout(), "Name a recipe: {}", names.join(", "));
            Ok(())
        }
    }
}
