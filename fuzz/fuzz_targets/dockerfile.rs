//! Any text as a Dockerfile: no panic, spans inside the text, nothing swallowed, every value expandable or refused.
#![no_main]

use dockerfile_dsl_analysis::Span;
use dockerfile_dsl_analysis::dockerfile::{Environment, Instruction, Kind, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let file = match read(text) {
        Ok(file) => file,
        Err(errors) => {
            assert!(!errors.is_empty());
            errors.iter().for_each(|error| inside(text, error.span));
            return;
        }
    };
    let mut end = 0;
    for (_, _, instruction) in file.instructions() {
        inside(text, instruction.span);
        // Between two instructions there is nothing but comments and blank lines.
        let between = text[end..instruction.span.start].trim_start_matches('\u{feff}');
        let rest = between
            .lines()
            .map(str::trim)
            .find(|line| !line.is_empty() && !line.starts_with('#') && !is_escape(line));
        assert_eq!(rest, None, "swallowed");
        end = instruction.span.end;
        places(text, instruction);
    }
    let global = Environment::new(&file, Vec::new());
    for stage in &file.stages {
        let mut environment = Environment::stage(&global, None);
        for instruction in &stage.instructions {
            if let Kind::Run(run) = &instruction.kind {
                for flag in &run.mounts {
                    let _ = environment.mount(flag);
                }
            }
            let _ = environment.apply(instruction);
        }
    }
});

/// A line that is only the escape character starts an instruction, and is not part of its span.
fn is_escape(line: &str) -> bool {
    matches!(line, "\\" | "`")
}

fn inside(text: &str, span: Span) {
    assert!(text.get(span.start..span.end).is_some(), "{span:?}");
}

fn places(text: &str, instruction: &Instruction) {
    inside(text, instruction.keyword);
    instruction
        .flags
        .iter()
        .for_each(|flag| inside(text, flag.span));
    match &instruction.kind {
        Kind::Run(run) => {
            let Some(script) = run.command.shell_text() else {
                return;
            };
            // Each character of the script is at its recorded place.
            for (at, character) in script.char_indices() {
                let place = script.span(Span::new(at, at + character.len_utf8()));
                assert_eq!(
                    text.get(place.start..place.end),
                    Some(&script[at..at + character.len_utf8()])
                );
            }
        }
        Kind::Onbuild(inner) => places(text, inner),
        _ => {}
    }
}
