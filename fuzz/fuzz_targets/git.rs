//! Any bytes as objects of a git repository, packed and loose: no panic, no hang, and the value is found where it stands as it is.
#![no_main]

use libfuzzer_sys::fuzz_target;

mod scan;

fuzz_target!(|content: &[u8]| {
    scan::file("objects/pack/a.pack", content);
    // A pack whose header and checksum need not be guessed.
    scan::file(
        "objects/pack/b.pack",
        &[b"PACK\0\0\0\x02\0\0\0\x10", content].concat(),
    );
    let object = "repository.git/objects/ab/cdef0123456789abcdef0123456789abcdef01";
    scan::file("layer.tar", &scan::archive(&[(object, content)]));
});
