//! Dockerfiles from choices: mutated files, words that are put together by their grammar, and rendered models with arbitrary text; and
//! what the reader says about them, for a comparison with BuildKit.

pub mod known;
pub mod models;
pub mod mutants;
pub mod slots;
pub mod stages;
pub mod target;

use std::env;
use std::fs;
use std::path::Path;

use proptest::test_runner::{RngAlgorithm, TestRng};

/// Returns the files that the tests of the reader are about, and those of BuildKit's refusals.
///
/// # Panics
///
/// If one of them cannot be read.
#[must_use]
pub fn own_files() -> Vec<String> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let mut texts = dockerfiles(&data.join("wholefile"));
    texts.extend(dockerfiles(&data.join("import")));
    let answers = fs::read_to_string(data.join("buildkit_refuses.tsv")).expect("it is there");
    texts.extend(answers.lines().filter_map(|row| {
        let (_, file) = row.split_once('\t')?;
        Some(format!("{}\n", file.replace('|', "\n")))
    }));
    texts
}

/// Returns the files of the third-party text: `folder` is its `real`.
#[must_use]
pub fn real_files(folder: &Path) -> Vec<String> {
    let mut texts = dockerfiles(folder);
    for other in ["real-2", "wholefile", "wholefile-2"] {
        texts.extend(dockerfiles(&folder.with_file_name(other)));
    }
    texts
}

fn dockerfiles(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("it is a folder");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|ending| ending == "Dockerfile")
        })
        .collect();
    paths.sort();
    let read = |path: &_| fs::read_to_string(path).expect("it is text");
    paths.iter().map(read).collect()
}

/// Returns the number in a variable of the environment.
///
/// # Panics
///
/// If it is something else.
#[must_use]
pub fn number_of(variable: &str, usual: usize) -> usize {
    let number = |text: String| text.parse().expect("it is a number");
    env::var(variable).map_or(usual, number)
}

/// Returns the choices of the seed in `BUILDKIT_SEED`, of 0 without.
#[must_use]
pub fn choices() -> TestRng {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&number_of("BUILDKIT_SEED", 0).to_le_bytes());
    TestRng::from_seed(RngAlgorithm::ChaCha, &seed)
}
