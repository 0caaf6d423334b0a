//! The secrets that a build needs: all of the file, or with a target stage those of the stages that it is made of.

use super::BuildCommand;
use crate::{BuildSecret, Error};

pub(super) fn secrets(command: &BuildCommand) -> Result<Vec<&BuildSecret>, Error> {
    Ok(command.dockerfile.secrets().iter().collect())
}
