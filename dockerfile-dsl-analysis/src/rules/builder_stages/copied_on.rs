//! Files of the build context that a build stage copies, and that a later `COPY --from` may bring into the image.
//!
//! The rules about the build context follow no files. So this asks about paths only, and what is not known counts as copied.

use crate::dockerfile::{File, Instruction, Kind, Source, Transfer};
use crate::domain::{Component, SymbolicPath};

/// Whether the image may get what an instruction of a build stage copies: all of it, or what is `inside` of it.
pub(super) fn reaches_image(
    file: &File,
    in_image: &[bool],
    stage: usize,
    copy: usize,
    inside: Option<&str>,
) -> bool {
    let Some(Kind::Copy(transfer) | Kind::Add(transfer)) =
        (file.stages[stage].instructions.get(copy)).map(|one| &one.kind)
    else {
        return false;
    };
    let target = directory_of(&file.stages[stage].instructions[..copy], transfer);
    let target = target.map(|directory| match inside {
        Some(name) => directory.join(&[Component::known(name)]),
        None => directory,
    });
    is_copied_on(file, in_image, stage, target.as_ref())
}

/// The same for a file or directory of a stage; `None` is any.
fn is_copied_on(file: &File, in_image: &[bool], stage: usize, path: Option<&SymbolicPath>) -> bool {
    let later = file.stages.iter().enumerate().skip(stage + 1);
    later.into_iter().any(|(index, content)| {
        let is_based_on = file.stage_named(content.base.as_str(), index) == Some(stage);
        if is_based_on && is_copied_on(file, in_image, index, path) {
            return true;
        }
        let transfers = content
            .instructions
            .iter()
            .filter_map(|one| match &one.kind {
                Kind::Copy(transfer) => Some(transfer),
                _ => None,
            });
        let mut from_here = transfers.filter(|transfer| takes_from(file, transfer, index, stage));
        from_here.any(|transfer| may_take(transfer, path))
            && (in_image[index] || is_copied_on(file, in_image, index, None))
    })
}

fn takes_from(file: &File, transfer: &Transfer, index: usize, stage: usize) -> bool {
    transfer.from.as_ref().is_some_and(|from| {
        let from = from.as_str();
        file.stage_named(from, index) == Some(stage) || from.parse() == Ok(stage)
    })
}

/// Whether one of the sources may be the path, above it, or beneath it.
fn may_take(transfer: &Transfer, path: Option<&SymbolicPath>) -> bool {
    let Some(path) = path else { return true };
    transfer.sources.iter().any(|source| match source {
        Source::Path(written) if written.contains(['$', '*', '?', '[', '\\']) => true,
        Source::Path(written) => {
            let source = SymbolicPath::from(&*format!("/{}", written.as_str()));
            source.is_within(path) || path.is_within(&source)
        }
        _ => false,
    })
}

/// Returns the absolute destination of a copy; `None` if it is not known.
fn directory_of(before: &[Instruction], transfer: &Transfer) -> Option<SymbolicPath> {
    let mut path = transfer.destination.as_str().to_owned();
    for instruction in before.iter().rev() {
        if path.starts_with('/') {
            break;
        }
        if let Kind::Workdir(directory) = &instruction.kind {
            path = format!("{}/{path}", directory.as_str());
        }
    }
    let is_known = path.starts_with('/') && !path.contains('$');
    is_known.then(|| SymbolicPath::from(&*path))
}
