//! What `podman build` and `buildah build` read in another way than `docker build`.
//!
//! In: a [`BuildCommand`]. Out: an error for what they do not have, and their spelling of a secret.
//! Invariant: they split a `--secret` at every comma, whatever is quoted, so a path with one is refused.

use super::BuildCommand;
use super::argument::Argument;
use super::carried::Carried;
use crate::{Delivery, Error};

/// `id=ID,type=env,env=NAME` or `id=ID,type=file,src=PATH`. Without the type, a path would be taken for the name of a variable
/// wherever a variable has the name of the id.
pub(super) fn secret_argument(id: &str, carried: Carried<'_>) -> Result<Argument, Error> {
    let argument = Argument::text(format!("id={id},"));
    match carried {
        Carried::Env(name) => Ok(argument.push("type=env,env=").push(name)),
        Carried::File(path) if path.contains(',') => Err(Error::new(format!(
            "secret `{id}`: podman and buildah split a --secret at every comma, and the path \
             `{path}` has one; use a link without one"
        ))),
        Carried::File(path) => Ok(argument.push("type=file,src=").push_path(path)),
    }
}

/// What they do not have.
pub(super) fn check(command: &BuildCommand) -> Result<(), Error> {
    let program = command.tool.program();
    let missing = if command.builder.is_some() {
        "--builder"
    } else if !command.no_cache_filter.is_empty() {
        "--no-cache-filter; `.fresh_secrets()` passes --no-cache"
    } else if command.progress.is_some() {
        "--progress"
    } else if command.platforms.len() > 1 {
        "a second --platform without a manifest list"
    } else {
        for secret in command.needed_secrets()? {
            let is_header = |used: &&crate::SecretUse| used.delivery == Delivery::Header;
            if let Some(used) = secret.uses().iter().find(is_header) {
                return Err(Error::new(format!(
                    "{program} does not authenticate an ADD with the secret `{}` (line {}); clone \
                     or fetch in a RUN that mounts it, or use Buildx",
                    secret.id(),
                    used.line
                )));
            }
        }
        return Ok(());
    };
    Err(Error::new(format!(
        "{program} does not have {missing}; leave it out, or use Buildx"
    )))
}
