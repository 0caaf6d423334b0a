//! The files beneath `/dev`, which are the builder's.

use crate::domain::{Files, SymbolicPath};

/// Removes what a step left among the devices, which are the builder's.
pub(super) fn restore_devices(files: &mut Files) {
    let (dev, usual) = (SymbolicPath::from("/dev"), Files::new());
    files.remove(&dev);
    // Most steps leave nothing.
    if files.beneath(&dev).eq(usual.beneath(&dev)) {
        return;
    }
    let mut devices = Files::new().take_tree(&dev);
    devices.retain(|(rest, _)| !rest.is_empty());
    files.take_tree(&dev);
    files.put_tree(&dev, &devices, &usual);
}
