//! A crate that publishes pieces of Dockerfiles: what every image of a company has in common.
//!
//! A piece is a function over `&mut StageBuilder`, or one that yields a value (a [`Stage`], a [`Run`]). Pieces are checked where they
//! are compiled, and once more in every file that they become part of. The macros are re-exported, so that a crate that uses the
//! pieces needs no other dependency, and never another version.

pub use dockerfile_dsl;
pub use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, StageBuilder, dockerfile, path, sh};

use dockerfile_dsl::instructions::{CopyFiles, Healthcheck, Run};
use dockerfile_dsl::mounts::{CacheMount, Sharing};
use dockerfile_dsl::{LayerPath, PublicValue, glob};

/// Packages of Debian, without their lists in the layer.
pub fn debian_packages<'a>(stage: &'a mut StageBuilder, packages: &[&str]) -> &'a mut StageBuilder {
    let packages = dockerfile_dsl::words(packages);
    stage.run(sh!(
        "apt-get update && apt-get install -y --no-install-recommends {packages} && rm -rf /var/lib/apt/lists/*"
    ))
}

/// The packages of a `package.json`, from the registry in `npmrc`: a secret of the caller, whatever its id and source.
pub fn npm_packages<'a>(stage: &'a mut StageBuilder, npmrc: &Secret) -> &'a mut StageBuilder {
    let cache = CacheMount::at(path!("/root/.npm/_cacache")).sharing(Sharing::Locked);
    stage
        .copy(glob("package*.json"), "./")
        .run(Run::new(&sh!("NPM_CONFIG_USERCONFIG={npmrc} npm ci")).mount(cache))
}

/// A stage with one static program of the company in `/`.
#[must_use]
pub fn program(name: impl PublicValue) -> Stage {
    Stage::from_image("registry.example/tools:1")
        .named("program")
        .run(sh!("install -m 0755 /tools/{name} /program"))
        .build()
}

/// The program of [`program`] as the one that watches over the others, and the check of the container that it answers.
pub fn supervised<'a>(
    stage: &'a mut StageBuilder,
    program: &Stage,
    target: &LayerPath,
) -> &'a mut StageBuilder {
    stage
        .instruction(CopyFiles::from_stage(program, "/program", target).link())
        .instruction(Healthcheck::new([target.as_str(), "check"]).interval("30s"))
        .entrypoint([target.as_str(), "run"])
}
