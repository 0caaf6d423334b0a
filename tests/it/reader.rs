//! The Dockerfile reader against the answers of BuildKit's own code: each test is one row of the table of golden vectors.

mod arg;
mod forms;
mod here_documents;
mod hostile;
mod lexing;
mod mounts;
mod paths;
mod places;
mod refused_files;
mod values;

use dockerfile_dsl_analysis::dockerfile::{
    self, Command, Environment, File, Instruction, Kind, Mount, ReadError, Run, Secret, Source,
    Transfer, expand,
};

#[track_caller]
fn read(text: &str) -> File {
    dockerfile::read(text).unwrap_or_else(|errors| panic!("{text}\n{errors:#?}"))
}

#[track_caller]
fn errors(text: &str) -> Vec<ReadError> {
    dockerfile::read(text).expect_err("BuildKit refuses this")
}

#[track_caller]
fn refused(text: &str, expected: &str) {
    let errors = errors(text);
    assert!(
        errors
            .iter()
            .any(|error| error.to_string().contains(expected)),
        "{errors:#?}"
    );
}

/// The instructions of a file with one stage.
#[track_caller]
fn stage(instructions: &str) -> Vec<Instruction> {
    read(&format!("FROM x\n{instructions}"))
        .stages
        .remove(0)
        .instructions
}

#[track_caller]
fn runs(instructions: &str) -> Vec<Run> {
    let run = |instruction: Instruction| match instruction.kind {
        Kind::Run(run) => *run,
        other => panic!("{other:?} is no RUN"),
    };
    stage(instructions).into_iter().map(run).collect()
}

#[track_caller]
fn check_shell_texts(instructions: &str, expected: &[&str]) {
    let runs = runs(instructions);
    let texts: Vec<&str> = runs
        .iter()
        .map(|run| {
            run.command
                .shell_text()
                .expect("goes through the shell")
                .as_str()
        })
        .collect();
    assert_eq!(texts, expected);
}

/// What is known after the last instruction of the last stage.
#[track_caller]
fn environment_with(text: &str, build_args: &[(&str, &str)]) -> Environment {
    let file = read(text);
    let build_args: Vec<_> = build_args
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let global = Environment::new(&file, build_args);
    let mut states: Vec<Environment> = Vec::new();
    for (index, stage) in file.stages.iter().enumerate() {
        let base = file
            .stage_named(&stage.base, index)
            .map(|base| &states[base]);
        let mut state = Environment::stage(&global, base);
        for instruction in &stage.instructions {
            state.apply(instruction).expect("can be expanded");
        }
        states.push(state);
    }
    states.pop().expect("there is a stage")
}

#[track_caller]
fn environment(instructions: &str) -> Environment {
    environment_with(&format!("FROM x\n{instructions}"), &[])
}

#[track_caller]
fn check_values(instructions: &str, expected: &[(&str, &str)]) {
    let environment = environment(instructions);
    for (name, value) in expected {
        assert_eq!(environment.variable(name), Some(*value), "{name}");
    }
}

#[track_caller]
fn labels(text: &str, build_args: &[(&str, &str)]) -> Vec<String> {
    let file = read(text);
    let build_args: Vec<_> = build_args
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let mut state = Environment::stage(&Environment::new(&file, build_args), None);
    let mut labels = Vec::new();
    for instruction in &file.stages[0].instructions {
        if let Kind::Label(pairs) = &instruction.kind {
            labels.extend(pairs.iter().map(|pair| {
                format!(
                    "{}={}",
                    pair.key,
                    state.expand(&pair.value).expect("is right")
                )
            }));
        }
        state.apply(instruction).expect("is right");
    }
    labels
}
