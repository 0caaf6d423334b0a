//! What a call prints: the forms in which a value could come out, as one text.
//!
//! In: the result of a public function. Out: its Debug form, the error with its sources, the findings, the audit, what it says about each
//! tool. The Dockerfile itself and the command line are left out: they have the text that the author wrote.

use std::fmt::{Debug, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

use dockerfile_dsl::instructions::Instruction;
use dockerfile_dsl::{BuildTool, Dockerfile, Error, Script, Stage, StageBuilder};

/// A value of the shape of a token that GitHub issues, and that it never issued.
pub(crate) const CANARY: &str = "ghp_aB3dE5fG7hJ9aB3dE5fG7hJ9aB3dE5fG7hJ9";

/// A public item, and a call of it with a value in each place that takes text.
pub(crate) struct Case {
    /// The items that the call covers, below the root of the library.
    pub(crate) items: &'static [&'static str],
    /// The code of the call.
    pub(crate) code: &'static str,
    /// The call; returns what it prints.
    pub(crate) call: fn(&'static str) -> String,
}

macro_rules! cases {
    ($($($item:path),+ => $call:expr;)+) => {
        &[$(crate::printed::Case {
            items: &[$(stringify!($item)),+],
            code: stringify!($call),
            call: $call,
        }),+]
    };
}
pub(crate) use cases;

/// Calls each case with the value as such, in a URL, and with characters that no name has. Returns what came out.
pub(crate) fn leaks(cases: &[Case]) -> Vec<String> {
    let forms: [&'static str; 4] = [
        CANARY,
        format!("https://user:{CANARY}@example.com/x").leak(),
        format!("{CANARY}\nRUN x").leak(),
        format!("/srv/ {CANARY}\0`").leak(),
    ];
    let mut found = Vec::new();
    for case in cases {
        for form in forms {
            let printed = catch_unwind(AssertUnwindSafe(|| (case.call)(form)))
                .unwrap_or_else(|panic| message(&*panic));
            if let Some(at) = printed.find(CANARY) {
                let boundary = |mut range: std::ops::RangeInclusive<usize>| {
                    range.find(|&at| printed.is_char_boundary(at)).unwrap_or(at)
                };
                let start = boundary(at.saturating_sub(200)..=at);
                let end = boundary((at + 80).min(printed.len())..=printed.len());
                found.push(format!(
                    "{:?} with {form:?}: ..{}..",
                    case.items,
                    &printed[start..end]
                ));
            }
        }
    }
    found
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or_default()
        .to_owned()
}

/// An error, all its sources, its problems and its findings.
pub(crate) fn error(error: &Error) -> String {
    let mut printed = format!("{error}\n{error:?}\n");
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        let _ = writeln!(printed, "{inner} {inner:?}");
        source = inner.source();
    }
    for problem in error.problems() {
        let _ = writeln!(
            printed,
            "{problem} {problem:?} {} {} {:?}",
            problem.place(),
            problem.message(),
            problem.source()
        );
    }
    let _ = writeln!(printed, "{:?}", error.findings());
    printed
}

pub(crate) fn result<T>(result: Result<T, Error>, ok: impl FnOnce(T) -> String) -> String {
    match result {
        Ok(value) => ok(value),
        Err(error) => self::error(&error),
    }
}

pub(crate) fn debug(value: &impl Debug) -> String {
    format!("{value:?}\n{value:#?}")
}

pub(crate) fn dockerfile(result: Result<Dockerfile, Error>) -> String {
    self::result(result, |file| {
        let mut printed = debug(&file);
        let audit = file.audit();
        let _ = writeln!(printed, "{audit} {audit:?}");
        for tool in TOOLS {
            for difference in file.portability(tool) {
                let _ = writeln!(printed, "{difference} {difference:?}");
            }
        }
        printed
    })
}

pub(crate) fn stage(builder: &StageBuilder) -> String {
    let stage: Stage = builder.build();
    debug(builder) + &debug(&stage) + &dockerfile(Dockerfile::from_stage(&stage))
}

pub(crate) fn instruction(instruction: impl Into<Instruction>) -> String {
    let instruction = instruction.into();
    debug(&instruction) + &stage(Stage::from_image("debian").instruction(instruction))
}

pub(crate) fn script(script: Result<Script, Error>) -> String {
    result(script, |script| {
        debug(&script) + &stage(Stage::from_image("debian").run(script))
    })
}

pub(crate) const TOOLS: [BuildTool; 7] = [
    BuildTool::Buildx,
    BuildTool::DockerBefore23,
    BuildTool::Podman,
    BuildTool::Buildah,
    BuildTool::Nerdctl,
    BuildTool::Kaniko,
    BuildTool::Buildctl,
];

/// An error and all its sources.
pub(crate) fn error_chain(error: &dyn std::error::Error) -> String {
    let mut printed = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(inner) = source {
        let _ = write!(printed, "{inner} {inner:?}");
        source = inner.source();
    }
    printed
}
