//! A file that is signed during the build: the key is imported into a folder in memory, and the image gets the signature alone.

use dockerfile_dsl::{BuildCommand, Dockerfile, Error, Secret, Stage, TmpFs, path, sh};

/// The secret key, as `gpg --export-secret-keys` writes it, without a passphrase.
const SIGNING_KEY: Secret = Secret::file("signing-key", "~/.config/acme/signing-key.gpg");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let sign = Stage::from_image("debian:bookworm-slim")
        .named("sign")
        .run(sh!(
            "apt-get update && apt-get install -y --no-install-recommends gpg gpg-agent"
        ))
        .copy("app.tar", "/release/")
        .run(sh!(
            "export GNUPGHOME={memory}
gpg --batch --import {SIGNING_KEY}
gpg --batch --output {signature} --detach-sign /release/app.tar",
            memory = TmpFs::at(path!("/run/gnupg")),
            signature = path!("/release/app.tar.sig"),
        ))
        .build();
    let release = Stage::scratch().copy_from(&sign, "/release", "/").build();
    Dockerfile::from_stage(&release)
}

pub(crate) fn command(image: &Dockerfile) -> BuildCommand {
    let mut command = image.build_command();
    command.tag("release");
    command
}

fn main() -> Result<(), Error> {
    dockerfile_dsl_examples::show(&command(&image()?))
}
