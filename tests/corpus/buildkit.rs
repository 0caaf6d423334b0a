//! The reader beside BuildKit's own frontend, in bulk: real Dockerfiles with mutations, words that are
//! put together by their grammar, and rendered models with arbitrary text.
//!
//! In: files from a seed. Out: for both, the same verdict, instructions, flags, values, mounts, here-documents and image config.
//! `BUILDKIT_CASES` reads more files than 4 000, `BUILDKIT_SEED` others. Each intended difference is in [`KNOWN`], with its reason.

mod frontend;
mod known;
mod models;
mod mutants;
mod slots;
mod words;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::Path;

use dockerfile_dsl_analysis::dockerfile::{self, Environment, File, Kind};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::{ThirdParty, Trial, both, third_party};
use frontend::{Answer, Frontend};
use known::KNOWN;
use mutants::Mutants;
use proptest::test_runner::{RngAlgorithm, TestRng};

use crate::differential;

/// Files per process of the frontend.
const BATCH: usize = 1_000;

/// Max. differences that are made smaller and shown.
const MOST_SHOWN: usize = 12;

pub(crate) fn trials() -> Vec<Trial> {
    let frontend = Frontend::find();
    let mut trials = trials!(
        &frontend,
        [
            files_as_they_are,
            mutated_files,
            words_by_grammar,
            rendered_models
        ]
    );
    let needed = both(&frontend, &third_party("real"));
    trials.extend(trials!(&needed, [mutated_real_files]));
    trials
}

/// The files that the tests of the reader are about, and those of BuildKit's refusals.
fn own_files() -> Vec<String> {
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

fn files_as_they_are(frontend: &Frontend) {
    let texts = own_files();
    let mut all = texts.iter().cloned();
    compare(frontend, "own files", texts.len(), |_| {
        all.next().expect("one each")
    });
}

fn mutated_files(frontend: &Frontend) {
    let mutants = Mutants::of(own_files());
    compare(frontend, "mutated own files", cases(), |rng| {
        mutants.next(rng)
    });
}

fn mutated_real_files((frontend, real): &(Frontend, ThirdParty)) {
    let mut texts = dockerfiles(real.path());
    for other in ["real-2", "wholefile", "wholefile-2"] {
        texts.extend(dockerfiles(&real.path().with_file_name(other)));
    }
    let mutants = Mutants::of(texts);
    compare(frontend, "mutated real files", cases(), |rng| {
        mutants.next(rng)
    });
}

fn words_by_grammar(frontend: &Frontend) {
    compare(frontend, "words by grammar", cases(), slots::file);
}

fn rendered_models(frontend: &Frontend) {
    compare(frontend, "rendered models", cases(), models::rendered);
}

/// The cases of one trial: there are four kinds.
fn cases() -> usize {
    number_of("BUILDKIT_CASES", 4_000) / 4
}

fn number_of(variable: &str, usual: usize) -> usize {
    let number = |text: String| text.parse().expect("it is a number");
    env::var(variable).map_or(usual, number)
}

/// Counts of one trial.
#[derive(Debug, Default)]
struct Counts {
    /// Files that both accept.
    accepted: usize,
    /// Files that both refuse.
    refused: usize,
    /// Files of which `parse-dockerfile` says the same, too.
    agreed: usize,
    /// Files that `parse-dockerfile` misreads: BuildKit has the other answer.
    misread: usize,
    known: BTreeMap<&'static str, usize>,
}

fn compare(
    frontend: &Frontend,
    name: &str,
    cases: usize,
    mut next: impl FnMut(&mut TestRng) -> String,
) {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&number_of("BUILDKIT_SEED", 0).to_le_bytes());
    let mut rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut counts = Counts::default();
    let mut found = Vec::new();
    let mut left = cases;
    while left > 0 && found.len() < MOST_SHOWN {
        let texts: Vec<String> = (0..left.min(BATCH)).map(|_| next(&mut rng)).collect();
        left -= texts.len();
        for (text, answer) in texts.iter().zip(frontend.answers(&texts)) {
            counts.count(text, &answer);
            if let Some(difference) = difference(text, &answer) {
                match known(text, &answer, &difference) {
                    Some(name) => *counts.known.entry(name).or_default() += 1,
                    None => found.push((text.clone(), difference)),
                }
            }
        }
    }
    eprintln!("{name}: {cases} files, {counts:?}");
    for known in KNOWN
        .iter()
        .filter(|known| counts.known.contains_key(known.name))
    {
        eprintln!("    {}: {}", known.name, known.reason);
    }
    let shown = found
        .into_iter()
        .take(MOST_SHOWN)
        .map(|(text, difference)| {
            let (text, difference) = smaller(frontend, text, difference);
            format!("{difference}\n{text:?}\n{text}\n")
        });
    let shown: Vec<String> = shown.collect();
    assert!(shown.is_empty(), "{name}:\n{}", shown.join("\n"));
    let share = counts.accepted * 100 / cases;
    assert!(
        share >= 15,
        "{name}: only {share} % of the files are accepted"
    );
}

impl Counts {
    fn count(&mut self, text: &str, answer: &Answer) {
        match answer.refused() {
            None => self.accepted += 1,
            Some(_) => {
                self.refused += 1;
                return;
            }
        }
        if differential::is_misread(text) {
            return;
        }
        if let (Some(ours), Some(theirs)) = (differential::ours(text), differential::theirs(text)) {
            match ours == theirs {
                true => self.agreed += 1,
                false => self.misread += 1,
            }
        }
    }
}

/// Returns the intended difference that this is.
fn known(text: &str, answer: &Answer, difference: &Difference) -> Option<&'static str> {
    let known = KNOWN.iter();
    let mut known = known.filter(|known| (known.is_it)(text, answer, difference));
    known.next().map(|known| known.name)
}

/// What the two say differently.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Difference {
    /// We accept what BuildKit refuses, for this reason.
    WeAccept(String),
    /// We refuse what BuildKit accepts, for this reason.
    WeRefuse(String),
    /// Both accept it with other parts.
    Parts { ours: String, theirs: String },
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::WeAccept(reason) => write!(f, "BuildKit refuses this: {reason}"),
            Self::WeRefuse(reason) => write!(f, "BuildKit accepts this, and we say: {reason}"),
            Self::Parts { ours, theirs } => {
                write!(f, "BuildKit: {theirs}\n     we: {ours}")
            }
        }
    }
}

fn difference(text: &str, answer: &Answer) -> Option<Difference> {
    let syntax = match (dockerfile::read(text), answer.refused()) {
        (Ok(_), Some(reason)) => return Some(Difference::WeAccept(reason.to_owned())),
        (Err(errors), None) => return Some(Difference::WeRefuse(errors[0].to_string())),
        (Ok(file), None) => file,
        (Err(_), Some(_)) => dockerfile::read_syntax(text).ok()?,
    };
    if !answer.is_parsed() {
        return None;
    }
    let ours = words::of(&syntax);
    let theirs = answer.instructions();
    for (ours, theirs) in ours.iter().zip(&theirs) {
        if ours != theirs {
            return parts(ours, theirs);
        }
    }
    if ours.len() != theirs.len() {
        return parts(&ours.len(), &theirs.len());
    }
    if answer.refused().is_none() {
        return config(&syntax, answer);
    }
    None
}

fn parts<T: std::fmt::Debug>(ours: &T, theirs: &T) -> Option<Difference> {
    Some(Difference::Parts {
        ours: format!("{ours:?}"),
        theirs: format!("{theirs:?}"),
    })
}

/// Compares what the last stage sets.
fn config(file: &File, answer: &Answer) -> Option<Difference> {
    let last = last_environment(file);
    let mut env: BTreeMap<String, String> = answer.env();
    let pairs = last.env().map(|(name, value)| format!("{name}={value}"));
    let ours = frontend::pairs(pairs.collect());
    if !ours.contains_key("PATH") {
        // BuildKit sets it for a base image without it.
        env.remove("PATH");
    }
    if ours != env {
        return parts(&ours, &env);
    }
    let ours = (last.workdir(), last.user(), last.shell().join(" "));
    let directory = dockerfile::clean_path(answer.workdir());
    let theirs = (directory.as_str(), answer.user(), answer.shell());
    if ours == theirs {
        None
    } else {
        parts(&ours, &theirs)
    }
}

/// Returns the state at the end of the last stage, with images that set nothing.
fn last_environment(file: &File) -> Environment {
    let global = Environment::new(file, Vec::new());
    let mut ends: Vec<Environment> = Vec::new();
    for (at, stage) in file.stages.iter().enumerate() {
        let base = global.expand(&stage.base).expect("BuildKit builds it");
        let base = file.stage_named(&base, at);
        let mut environment = Environment::stage(&global, base.map(|base| &ends[base]));
        let triggers = base.map(|base| &file.stages[base].instructions);
        let triggers = triggers.into_iter().flatten();
        let triggers = triggers.filter_map(|instruction| match &instruction.kind {
            Kind::Onbuild(inner) => Some(&**inner),
            _ => None,
        });
        for instruction in triggers.chain(&stage.instructions) {
            let _ = environment.apply(instruction);
        }
        ends.push(environment);
    }
    ends.pop().expect("a file has a stage")
}

/// Removes lines and characters as long as a difference that is not known is left.
fn smaller(
    frontend: &Frontend,
    mut text: String,
    mut difference: Difference,
) -> (String, Difference) {
    loop {
        let shorter = shorter(&text);
        let answers = frontend.answers(&shorter);
        let next = shorter.into_iter().zip(answers).find_map(|(text, answer)| {
            let difference = self::difference(&text, &answer)?;
            known(&text, &answer, &difference)
                .is_none()
                .then_some((text, difference))
        });
        match next {
            Some(next) => (text, difference) = next,
            None => return (text, difference),
        }
    }
}

/// The text without each half, line and character.
fn shorter(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let without = |start: usize, length: usize| -> String {
        let rest = characters[start..].iter().skip(length);
        characters[..start].iter().chain(rest).collect()
    };
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let length = line.chars().count();
        lines.push(without(start, length));
        start += length;
    }
    let half = characters.len() / 2;
    let mut all = vec![without(0, half), without(half, half + 1)];
    all.extend(lines);
    if characters.len() < 400 {
        all.extend((0..characters.len()).map(|at| without(at, 1)));
    }
    all
}
