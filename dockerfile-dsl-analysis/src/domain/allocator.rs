//! Hands out identities: every symbol and content of an execution is a new one.

use std::cell::Cell;

use super::files::Files;
use super::symbol::{Birth, ContentId, Site, SymbolId};
use crate::Span;

/// Hands out identities on behalf of one execution of one command.
#[derive(Debug)]
pub(crate) struct Allocator {
    site: Site,
    execution: u32,
    ordinal: Cell<u32>,
}

impl Allocator {
    /// For what is executed once: an instruction, the script of a step.
    pub(crate) const fn at(site: Site) -> Self {
        Self {
            site,
            execution: 0,
            ordinal: Cell::new(0),
        }
    }

    /// For a command that may be executed again: this is one more execution in this state.
    pub(crate) const fn again(site: Site, files: &Files) -> Self {
        Self {
            execution: files.execution(),
            ..Self::at(site)
        }
    }

    fn birth(&self) -> Birth {
        let ordinal = self.ordinal.get();
        self.ordinal.set(ordinal + 1);
        Birth {
            site: self.site,
            execution: self.execution,
            ordinal,
        }
    }

    /// A text that is not known.
    pub(crate) fn symbol(&self) -> SymbolId {
        SymbolId::One(self.birth())
    }

    /// The name of a file, which no other file has.
    pub(crate) fn name(&self) -> SymbolId {
        SymbolId::Name(self.birth())
    }

    /// A command in the same stage.
    pub(crate) const fn beside(&self, span: Span) -> Site {
        Site {
            stage: self.site.stage,
            span,
        }
    }

    /// A content that no other file or pipe has.
    pub(crate) fn content(&self) -> ContentId {
        ContentId(self.birth())
    }

    /// To execute the same thing once more on the same state, as an alternative.
    pub(crate) fn mark(&self) -> u32 {
        self.ordinal.get()
    }

    /// Back to the mark: what follows is the alternative to what was executed since.
    pub(crate) fn rewind(&self, mark: u32) {
        self.ordinal.set(mark);
    }
}
