//! The reader beside BuildKit's own frontend, in bulk: real Dockerfiles with mutations, words that are
//! put together by their grammar, and rendered models with arbitrary text.
//!
//! In: files from a seed. Out: for both, the same verdict, instructions, flags, values, mounts, here-documents and image config.
//! `BUILDKIT_CASES` reads more files than 4 000, `BUILDKIT_SEED` others. Each intended difference is in [`KNOWN`], with its reason.

mod frontend;
mod words;

use std::collections::BTreeMap;

use dockerfile_dsl_analysis::dockerfile::{self, File};
use dockerfile_dsl_tests::generated::known::{Difference, KNOWN, known};
use dockerfile_dsl_tests::generated::mutants::Mutants;
use dockerfile_dsl_tests::generated::target::last_environment;
use dockerfile_dsl_tests::generated::{
    choices, models, number_of, own_files, real_files, slots, stages,
};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::{ThirdParty, Trial, both, third_party};
use frontend::{Answer, Frontend};
use proptest::test_runner::TestRng;

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
            rendered_models,
            rendered_stages
        ]
    );
    let needed = both(&frontend, &third_party("real"));
    trials.extend(trials!(&needed, [mutated_real_files]));
    trials
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
    compare(frontend, "mutated own files", cases(25), |rng| {
        mutants.next(rng)
    });
}

fn mutated_real_files((frontend, real): &(Frontend, ThirdParty)) {
    let mutants = Mutants::of(real_files(real.path()));
    compare(frontend, "mutated real files", cases(25), |rng| {
        mutants.next(rng)
    });
}

fn words_by_grammar(frontend: &Frontend) {
    compare(frontend, "words by grammar", cases(25), slots::file);
}

fn rendered_models(frontend: &Frontend) {
    compare(frontend, "rendered models", cases(15), models::rendered);
}

fn rendered_stages(frontend: &Frontend) {
    compare(frontend, "rendered stages", cases(10), stages::rendered);
}

/// The cases of a trial, from its share of all in percent. Models of several stages take the most time.
fn cases(percent: usize) -> usize {
    number_of("BUILDKIT_CASES", 4_000) * percent / 100
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
    let mut rng = choices();
    let mut counts = Counts::default();
    let mut found = Vec::new();
    let mut left = cases;
    while left > 0 && found.len() < MOST_SHOWN {
        let texts: Vec<String> = (0..left.min(BATCH)).map(|_| next(&mut rng)).collect();
        left -= texts.len();
        for (text, answer) in texts.iter().zip(frontend.answers(&texts)) {
            counts.count(text, &answer);
            if let Some(difference) = difference(text, &answer) {
                match known(text, &difference) {
                    Some(known) => *counts.known.entry(known.name).or_default() += 1,
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
        if let Some(difference) = Difference::of_parts(ours, theirs) {
            return Some(difference);
        }
    }
    if ours.len() != theirs.len() {
        return Difference::of_parts(&ours.len(), &theirs.len());
    }
    if answer.refused().is_none() {
        return config(&syntax, answer);
    }
    None
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
        return Difference::of_parts(&ours, &env);
    }
    let ours = (last.workdir(), last.user(), last.shell().join(" "));
    let directory = dockerfile::clean_path(answer.workdir());
    let theirs = (directory.as_str(), answer.user(), answer.shell());
    Difference::of_parts(&ours, &theirs)
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
            known(&text, &difference)
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
