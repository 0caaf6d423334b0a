//! Allocator of identities: every symbol and content of an execution gets a new one.

use std::cell::Cell;

use super::files::Files;
use super::symbol::{Birth, ContentId, Site, SymbolId};
use crate::Span;

/// Allocates identities for one execution of one command.
#[derive(Debug)]
pub(crate) struct Allocator {
    site: Site,
    execution: u32,
    ordinal: Cell<u32>,
}

impl Allocator {
    /// For code that is executed once: an instruction, the script of a step.
    pub(crate) const fn at(site: Site) -> Self {
        Self {
            site,
            execution: 0,
            ordinal: Cell::new(0),
        }
    }

    /// For a command that may be executed again: counts one more execution in this state.
    pub(crate) const fn again(site: Site, files: &Files) -> Self {
        Self {
            execution: files.execution(),
            ..Self::at(site)
        }
    }

    /// For a command that is executed in the join of its states: all its executions share their identities.
    pub(crate) const fn for_all_executions(site: Site) -> Self {
        Self {
            execution: Birth::EVERY,
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

    /// Allocates an unknown text.
    pub(crate) fn symbol(&self) -> SymbolId {
        self.one_or(SymbolId::One, SymbolId::Any)
    }

    /// Allocates an unknown text without `..`.
    pub(crate) fn simple(&self) -> SymbolId {
        self.one_or(SymbolId::Simple, SymbolId::AnySimple)
    }

    /// Allocates the name of a pipe: only one of the command exists at a time.
    pub(crate) fn pipe_name(&self) -> SymbolId {
        SymbolId::Simple(self.birth())
    }

    /// An identity of all executions is a summary.
    fn one_or(&self, one: fn(Birth) -> SymbolId, summary: SymbolId) -> SymbolId {
        if self.execution == Birth::EVERY {
            return summary;
        }
        one(self.birth())
    }

    /// Allocates a file name that no other file has.
    pub(crate) fn name(&self) -> SymbolId {
        self.one_or(SymbolId::Name, SymbolId::AnySimple)
    }

    /// Returns the site of another command in the same stage.
    pub(crate) const fn beside(&self, span: Span) -> Site {
        Site {
            stage: self.site.stage,
            span,
        }
    }

    /// Allocates a content that no other file or pipe has.
    pub(crate) fn content(&self) -> ContentId {
        ContentId(self.birth())
    }

    /// The same for a new file among these. If a file still has the content of another execution, it becomes a summary.
    pub(crate) fn content_among(&self, files: &Files) -> ContentId {
        let content = self.content();
        if self.execution == Birth::EVERY && files.has_name(content) {
            return content.of_every_file();
        }
        content
    }

    /// Returns a mark, so that an alternative can be executed on the same state from here.
    pub(crate) fn mark(&self) -> u32 {
        self.ordinal.get()
    }

    /// Returns to the mark: what follows is the alternative to everything executed since.
    pub(crate) fn rewind(&self, mark: u32) {
        self.ordinal.set(mark);
    }
}
