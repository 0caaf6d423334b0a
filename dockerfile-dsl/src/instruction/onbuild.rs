//! ONBUILD: instructions for images that are built from this one.
//!
//! In: another instruction. Out: the line. The instruction runs in another build, which has neither these stages nor these
//! secrets.

use super::Instruction;
use super::Origin;
use crate::pen::Pen;
use crate::problem::Problems;
use crate::render::Written;

/// An instruction for images that are built from this one: it runs right after their FROM.
///
/// ```dockerfile
/// ONBUILD COPY . /app/
/// ```
///
/// See [ONBUILD](https://docs.docker.com/reference/dockerfile/#onbuild).
///
/// ```
/// # use dockerfile_dsl::instructions::{Instruction, Onbuild, Workdir};
/// let onbuild = Onbuild::new(Workdir::new("/app"));
/// assert_eq!(Instruction::from(onbuild).to_string(), "ONBUILD WORKDIR /app");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Onbuild {
    pub(crate) instruction: Box<Instruction>,
}

impl Onbuild {
    pub(super) const KEYWORD: &str = "ONBUILD";

    /// Wraps the instruction that runs later.
    #[must_use]
    pub fn new(instruction: impl Into<Instruction>) -> Self {
        Self {
            instruction: Box::new(instruction.into()),
        }
    }

    pub(super) fn instruction(&self) -> &Instruction {
        &self.instruction
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        if matches!(*self.instruction, Instruction::Onbuild(_)) {
            problems.unwritable("ONBUILD ONBUILD is not allowed");
            return;
        }
        self.instruction.check(problems);
        if self
            .instruction
            .origins()
            .iter()
            .any(|origin| matches!(origin, Origin::Stage(_)))
        {
            problems.wrong(
                "the instruction runs in another build, which does not have this stage: copy the \
                 files from an image",
            );
        }
        let secrets = match &*self.instruction {
            Instruction::Run(run) => run
                .mounts()
                .iter()
                .any(|mount| matches!(mount, crate::mount::Mount::Secret(_))),
            Instruction::Add(add) => !add.implicit_secrets().is_empty(),
            _ => false,
        };
        if secrets {
            problems.wrong(
                "the instruction runs in another build, which cannot get a secret of this one",
            );
        }
    }

    pub(super) fn write(&self, pen: &Pen<'_>) -> Written {
        self.instruction.write(pen).after(Self::KEYWORD, &[])
    }
}
