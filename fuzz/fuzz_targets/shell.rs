//! Any text, with and without holes, in both dialects: no panic, spans inside the text, nothing swallowed.
#![no_main]

#[path = "../../dockerfile-dsl-analysis/tests/shell/cover.rs"]
mod cover;

use dockerfile_dsl_analysis::Span;
use dockerfile_dsl_analysis::holes::Hole;
use dockerfile_dsl_analysis::shell::{Dialect, Options, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    // `@@` is a hole.
    let holes: Vec<Hole<'_>> = text
        .match_indices("@@")
        .map(|(at, _)| Hole::new("x", Span::new(at, at + 2)))
        .collect();
    for dialect in [Dialect::Sh, Dialect::Bash] {
        for holes in [&[][..], &holes] {
            match parse(
                text,
                &Options {
                    dialect,
                    holes,
                    ..Options::default()
                },
            ) {
                Ok(script) => assert_eq!(cover::swallowed(text, &script), None),
                Err(error) => assert!(
                    error.span.start <= error.span.end && error.span.end <= text.len() + 2,
                    "{error:?}"
                ),
            }
        }
    }
});
