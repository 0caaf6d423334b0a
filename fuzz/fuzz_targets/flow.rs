//! Any text as a Dockerfile whose steps are checked: no panic, no hang, the same answer twice.
#![no_main]

use dockerfile_dsl_analysis::check::check_file;
use dockerfile_dsl_analysis::dockerfile::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(file) = read(text) {
        let findings = check_file(&file);
        for finding in &findings {
            let span = finding.span;
            assert!(
                span.start <= span.end && span.end <= text.len(),
                "{finding:?}"
            );
        }
        assert_eq!(findings, check_file(&file));
    }
});
