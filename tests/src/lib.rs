//! Shared parts of the integration tests.

pub mod busy;
pub mod cases;
pub mod compiler;
pub mod engine;
pub mod fields;
pub mod generated;
pub mod imported;
pub mod options;
pub mod pages;
pub mod paste;
pub mod sandbox;
pub mod terminal;
pub mod translated;
pub mod trials;

/// How many cases a property is tried with: `PROPTEST_CASES` if it is more, as in `.ci/long`.
///
/// # Panics
///
/// If the variable is not a number.
#[must_use]
pub fn property_cases(least: u32) -> u32 {
    std::env::var("PROPTEST_CASES").map_or(least, |cases| {
        let cases: u32 = cases.parse().expect("PROPTEST_CASES is a number");
        cases.max(least)
    })
}
