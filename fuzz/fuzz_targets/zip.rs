//! Any bytes as a zip archive, and after a script: no panic, no hang, and a raw value is found.
#![no_main]

use libfuzzer_sys::fuzz_target;

mod scan;

fuzz_target!(|content: &[u8]| {
    scan::file("a.jar", content);
    scan::file("a.sh", &[b"#!/bin/sh\n", content].concat());
});
