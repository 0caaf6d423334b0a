//! Tries the options of the programs in `tests/data/options/` and writes `docs/options.md` and `tests/data/options/leaks.tsv`.
//!
//! ```sh
//! .ci/engine options                                              # once: the system with the programs
//! cargo run -p dockerfile-dsl-tests --example options             # all, in about an hour on two cores
//! cargo run -p dockerfile-dsl-tests --example options -- git tar  # some
//! cargo run -p dockerfile-dsl-tests --example options -- --again  # none: the verdicts of what was run before
//! ```
//!
//! Needs root. `JOBS=1` uses one core. The status is 1 if a leak was missed.

use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use dockerfile_dsl_tests::options::{
    self, Block, Outcome, Report, Sandbox, Verdict, data, leaks, load, page, store,
};

fn main() -> io::Result<ExitCode> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let engine = env::var_os("DOCKERFILE_DSL_ENGINE")
        .map_or_else(|| repository.join("target/engine"), PathBuf::from);
    let root = engine.join("options.root");
    if !engine.join("options.root.done").exists() {
        return Err(io::Error::other(format!(
            "{} is missing: run `.ci/engine options`",
            root.display()
        )));
    }
    let stored = engine.join("options.run/reports");
    fs::create_dir_all(&stored)?;
    let names: Vec<String> = env::args().skip(1).collect();
    let is_wanted = |block: &&Block| {
        let is_named = |name: &String| *name == block.name || *name == block.program();
        names.is_empty() || names.iter().any(is_named)
    };
    let blocks = options::all();
    let wanted: Vec<&Block> = blocks.iter().filter(is_wanted).collect();
    let sandbox = Sandbox::new(&root, &engine.join("options.run"))?;
    run_all(&sandbox, &wanted, &stored)?;

    let mut reports = Vec::new();
    let is_shown = |block: &Block| names == ["--again"] || is_wanted(&block);
    for block in &blocks {
        let Ok(text) = fs::read_to_string(stored.join(file_name(block))) else {
            continue;
        };
        let report = load(&text).ok_or_else(|| io::Error::other(format!("{text} is no report")))?;
        if is_shown(block) {
            show(&report)?;
        }
        reports.push(report);
    }
    let missed = reports.iter().flat_map(|report| &report.runs);
    let missed = missed.filter(|run| run.is_missed()).count();
    writeln!(io::stdout(), "{missed} missed")?;
    if names.is_empty() || names == ["--again"] {
        let names: Vec<&str> = blocks.iter().map(|block| block.name.as_str()).collect();
        fs::write(repository.join("docs/options.md"), page(&reports, &names))?;
        fs::write(data().join("leaks.tsv"), leaks(&reports))?;
    }
    Ok(ExitCode::from(u8::from(missed > 0)))
}

fn file_name(block: &Block) -> String {
    block.name.replace([' ', '/'], "-")
}

/// Prints what is to be judged.
fn show(report: &Report) -> io::Result<()> {
    let mut output = io::stdout().lock();
    for problem in &report.problems {
        writeln!(output, "{}: {problem}", report.name)?;
    }
    for run in &report.runs {
        match (&run.outcome, run.verdict) {
            (Outcome::Clean, Verdict::Leak) => writeln!(output, "wrong   {}", run.call)?,
            (Outcome::Clean, Verdict::NotDescribed) => writeln!(output, "unknown {}", run.call)?,
            (Outcome::Layer(path), Verdict::Accepted) => {
                writeln!(output, "MISSED  {}    # {path}", run.call)?;
            }
            (Outcome::Log, Verdict::Accepted) => writeln!(output, "MISSED  {}    # log", run.call)?,
            _ => {}
        }
    }
    Ok(())
}

/// Runs the blocks on all cores, and stores their reports.
fn run_all(sandbox: &Sandbox, blocks: &[&Block], stored: &Path) -> io::Result<()> {
    let jobs = env::var("JOBS").ok().and_then(|jobs| jobs.parse().ok());
    let jobs = jobs.or_else(|| thread::available_parallelism().ok().map(Into::into));
    let next = AtomicUsize::new(0);
    let work = || -> io::Result<()> {
        while let Some(block) = blocks.get(next.fetch_add(1, Ordering::Relaxed)) {
            let report = options::run(sandbox, block)?;
            eprintln!(
                "{}: {} of {} options, {} runs count, {} do not",
                report.name,
                report.exercised.len(),
                report.exercised.len() + report.others.len(),
                report.runs.len(),
                report.failed
            );
            fs::write(stored.join(file_name(block)), store(&report))?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs.unwrap_or(1)).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().expect("no thread panics"))
    })
}
