//! Follows the files that start builds to those that they include.
//!
//! In: the files that were found. Out: the same, and after them the files of the repository that they name: called workflows, composite
//! actions, parts of a pipeline, of a compose file or of a Makefile. What was excluded stays so; a name that is not there is reported when
//! its file is compared.

use super::callers;
use super::discover::Found;
use super::input;

/// Max. bytes of a text that is looked at for includes.
const MAX_BYTES: usize = 16 << 20;

/// Adds the included files, each once.
pub(super) fn follow(found: &mut Found) {
    let mut at = 0;
    while let Some(file) = found.callers.get(at) {
        at += 1;
        let Ok(bytes) = input::bytes(&file.path) else {
            continue;
        };
        let text = String::from_utf8_lossy(&bytes);
        let may_include = text.contains("include") || text.contains("uses:");
        if !may_include || text.len() > MAX_BYTES {
            continue;
        }
        // A file that cannot be read is reported when it is examined.
        let Ok(callers) = callers::read(&file.path, file.front_end, &text) else {
            continue;
        };
        for include in callers.includes {
            let mut candidates = include.candidates.iter();
            if let Some(path) = candidates.find(|path| path.is_file()) {
                found.add_included(path, include.front_end);
            }
        }
    }
}
