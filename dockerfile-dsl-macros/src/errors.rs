//! The mistakes in one macro call: collected, each at its tokens, all of them in one compile.

use proc_macro::{Span, TokenStream};

use crate::code::code;

/// Mistakes, in the order in which they were found.
#[derive(Debug, Default)]
pub(crate) struct Errors(Vec<(Span, String)>);

impl Errors {
    pub(crate) fn push(&mut self, span: Span, message: impl Into<String>) {
        self.0.push((span, message.into()));
    }

    pub(crate) fn add(&mut self, mistake: Mistake) {
        self.push(mistake.span, mistake.message);
    }

    pub(crate) fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Statements that report them.
    pub(crate) fn report(&self) -> TokenStream {
        let mut report = TokenStream::new();
        for (span, message) in &self.0 {
            report.extend(code!(*span => "::core::compile_error!(#message);", message));
        }
        report
    }
}

/// One mistake that ends the reading of what it is in.
#[derive(Debug)]
pub(crate) struct Mistake {
    pub(crate) span: Span,
    pub(crate) message: String,
}

impl Mistake {
    pub(crate) fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
        }
    }
}

impl From<Mistake> for Errors {
    fn from(mistake: Mistake) -> Self {
        Self(vec![(mistake.span, mistake.message)])
    }
}
