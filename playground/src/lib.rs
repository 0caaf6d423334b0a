//! The analysis for the page of the playground, as WebAssembly.
//!
//! In: a request in JSON, in the memory of the module. Out: an answer in JSON, there as well. The page asks [`request`] for a place,
//! writes the request there, and reads the answer at the place that [`answer`] returns. Nothing else leaves the module: it imports
//! no function, so it has no clock, no files and no network.

#![deny(unsafe_code, missing_docs)]

mod answers;
mod check;
mod command;
mod place;

/// The audit of the command line, from its own sources: those modules need the analysis alone, and a program has no library.
#[path = "../../dockerfile-dsl-cli/src/audit"]
mod audit {
    mod collect;
    mod human;
    #[expect(
        dead_code,
        reason = "the other formats of the command line use the rest"
    )]
    mod model;
    mod svg;

    use dockerfile_dsl_analysis::dockerfile::File;
    use dockerfile_dsl_analysis::{LineIndex, policy::Policy, rules::Context};
    use serde::Serialize;

    /// The flow of each secret.
    #[derive(Debug, Serialize)]
    pub(crate) struct Graph {
        /// The secrets, in the order of their colours.
        secrets: Vec<String>,
        summary: String,
        words: String,
        svg: String,
    }

    /// Returns the graph of a file; `None` if it has no secret.
    pub(crate) fn graph(file: File, lines: &LineIndex) -> Option<Graph> {
        let model = collect::collect(collect::Examined {
            path: "Dockerfile",
            lines,
            file,
            context: &Context::default(),
            policy: &Policy::default(),
            decisions: Vec::new(),
        });
        if model.secrets.is_empty() {
            return None;
        }
        let secrets = model.secrets.iter().map(|secret| secret.id.clone());
        Some(Graph {
            secrets: secrets.collect(),
            summary: model.summary(),
            svg: svg::render(&model),
            words: human::render(&[model]),
        })
    }
}

use std::cell::RefCell;

thread_local! {
    static REQUEST: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static ANSWER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Returns the place for a request of this many bytes, up to the next call of a function.
#[expect(
    unsafe_code,
    reason = "the page calls it by this name; no other symbol has it"
)]
#[unsafe(no_mangle)]
pub extern "C" fn request(length: usize) -> *mut u8 {
    REQUEST.with_borrow_mut(|request| {
        *request = vec![0; length];
        request.as_mut_ptr()
    })
}

/// Returns the place of the answer to the request: four bytes with its length, the lowest first, then the answer.
#[expect(
    unsafe_code,
    reason = "the page calls it by this name; no other symbol has it"
)]
#[unsafe(no_mangle)]
pub extern "C" fn answer() -> *const u8 {
    let json = REQUEST.with_borrow(|request| answers::answer(request));
    let length = u32::try_from(json.len()).expect("an address has 32 bits");
    ANSWER.with_borrow_mut(|answer| {
        *answer = length.to_le_bytes().to_vec();
        answer.extend(json.into_bytes());
        answer.as_ptr()
    })
}
