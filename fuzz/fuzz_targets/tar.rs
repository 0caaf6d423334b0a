//! Any bytes as a layer, and as an archive in one: no panic, no hang, and the value is found where it stands as it is.
#![no_main]

use libfuzzer_sys::fuzz_target;

mod scan;

fuzz_target!(|content: &[u8]| {
    scan::file("layer.tar", content);
    scan::file("layer.tar", &scan::archive(&[("inner.tar", content)]));
});
