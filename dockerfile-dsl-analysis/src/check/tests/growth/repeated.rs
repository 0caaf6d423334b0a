//! Parts that are repeated: the work grows with the number of repetitions, whatever the parts leave behind.
//!
//! The work is the number of executed commands and of visited entries of states. A generator makes every pair of parts.

use super::super::super::{Setting, check_by, many};
use crate::bases::Bases;
use crate::dockerfile::read;
use crate::domain::map::visits;
use crate::interpreter::Precision;
use crate::programs::Programs;
use crate::rules::Context;

/// Parts of a script. `%` is the number of the repetition.
const COMMANDS: [&str; 19] = [
    "test -e /f% && V%=1 || W%=$X",
    "true && V%=1 || false || W%=$X",
    "if test -e /f%; then I%=1; fi",
    "if test -e /f%; then V=1; elif test -e /g%; then E%=$X; else V=2; fi",
    "case \"$X\" in a%) C%=1;; b) D%=2;; esac",
    "[[ $X == a% ]] && B%=1",
    "L%=$X",
    "export P%=$X",
    "unset U%",
    "S%=$(echo x)",
    "( V%=1 )",
    "for i in a b; do F%=$i; done",
    "f%() { G%=1; }; f%",
    "echo x > /srv/f%",
    "echo \"$T\" > /tmp/t%; rm /tmp/t%",
    "mkdir -p /srv/d%",
    "echo x > /srv/j% &",
    "sleep 1 & wait",
    "set -- \"$@\" x%",
];

/// Parts of a Dockerfile.
const INSTRUCTIONS: [&str; 17] = [
    "RUN --mount=type=secret,id=t wc -c < /run/secrets/t",
    "RUN --mount=type=secret,id=t cp /run/secrets/t /f%",
    "RUN --mount=type=secret,id=t% wc -c < /run/secrets/t%",
    "RUN --mount=type=secret,id=t --mount=type=cache,id=c%,target=/c wc -c < /run/secrets/t",
    "RUN --mount=type=secret,id=t wc -c < /run/secrets/t > /n%",
    "RUN --mount=type=secret,id=t <<E\nwc -c < /run/secrets/t\nE",
    "# dockerfile-dsl: declassify=t reason=\"reason %\"\n\
     RUN --mount=type=secret,id=t cp /run/secrets/t /r%",
    "ENV V%=x",
    "ARG A%=x",
    "LABEL l%=x",
    "WORKDIR /w%",
    "USER u%",
    "COPY a% /b%",
    "COPY --from=first /t /t%",
    "COPY <<E /h%\nx\nE",
    "ONBUILD RUN true",
    "FROM debian:12 AS s%",
];

/// Returns the work of a check.
fn work(text: &str) -> u64 {
    // The count is that of one thread.
    many(|| {
        let file = read(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
        let setting = Setting {
            context: &Context::default(),
            programs: Programs::NONE,
            bases: Bases::NONE,
        };
        let before = visits();
        let (_, steps) = check_by(&file, setting, Precision::first);
        steps + visits() - before
    })
}

fn repeated(parts: [&str; 2], number: usize) -> String {
    let each = |number: usize| {
        let parts = parts.map(|part| part.replace('%', &number.to_string()));
        parts.join("\n") + "\n"
    };
    (0..number).map(each).collect()
}

/// Max. factor between the work that the two doublings add, in tenths: 2 for linear growth, 4 for quadratic, and some more than 2 for the
/// depth of the trees.
const MAX_FACTOR: u64 = 30;

/// Returns the work for each number, if it grows faster.
fn too_much(numbers: [usize; 3], text: impl Fn(usize) -> String) -> Option<[u64; 3]> {
    let works = numbers.map(|number| work(&text(number)));
    let [few, more, many] = works;
    (10 * (many - more) > MAX_FACTOR * (more - few)).then_some(works)
}

/// Numbers of repetitions.
const NUMBERS: [usize; 3] = [30, 60, 120];

#[track_caller]
fn assert_pairs_are_linear(parts: &[&str], text: impl Fn(String) -> String) {
    let pairs = (parts.iter().enumerate())
        .flat_map(|(index, one)| parts[index..].iter().map(|other| [*one, *other]));
    let found = pairs.filter_map(|pair| {
        let works = too_much(NUMBERS, |number| text(repeated(pair, number)))?;
        Some(format!("{works:?} {pair:?}"))
    });
    let found: Vec<String> = found.collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn work_grows_with_the_number_of_commands() {
    let text = |commands| {
        format!(
            "FROM debian:12\nSHELL [\"/bin/bash\", \"-c\"]\nRUN --mount=type=secret,id=t \
             <<'END'\nT=$(cat /run/secrets/t)\n{commands}END\n"
        )
    };
    assert_pairs_are_linear(&COMMANDS, text);
}

#[test]
fn work_grows_with_the_number_of_instructions() {
    let text = |instructions| {
        format!(
            "FROM debian:12 AS first\nRUN --mount=type=secret,id=t cp /run/secrets/t /t\n\
             FROM debian:12\n{instructions}"
        )
    };
    assert_pairs_are_linear(&INSTRUCTIONS, text);
}
