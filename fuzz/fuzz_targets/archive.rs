//! Any bytes as an image: no panic, no hang, and the same answer whether it comes as a file or as a stream.
#![no_main]

use std::io::{Seek as _, Write as _};

use dockerfile_dsl_verify::Image;
use libfuzzer_sys::fuzz_target;

mod scan;

fuzz_target!(|image: &[u8]| {
    let streamed = scan::scan(image.to_vec());
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file can be made");
    file.write_all(image).expect("it can be written");
    file.rewind().expect("it can be read");
    let from_file = scan::verify().run(Image::path(file.path()));
    match (streamed, from_file) {
        (Ok(streamed), Ok(from_file)) => {
            assert_eq!(
                streamed.verdict(),
                from_file.verdict(),
                "{}\n{}",
                streamed.human(),
                from_file.human()
            );
            assert_eq!(streamed.findings, from_file.findings);
            scan::found(image, &streamed);
        }
        (streamed, from_file) => assert_eq!(streamed.is_err(), from_file.is_err()),
    }
});
