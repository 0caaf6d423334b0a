//! Identity: which unknown text, and which content of a file or pipe, is which.
//!
//! In: the command that is executed, and how often this state has executed it. Out: [`SymbolId`]s and [`ContentId`]s.
//! Invariant: within one execution of a script an identity is handed out once. So equal concrete identities *must* alias (a strong
//! update is sound), and different ones *may* alias. Nothing here is computed from a text, a hash or a number that was mixed by hand:
//! an identity is compared by its fields.

use std::cell::Cell;
use std::rc::Rc;

use crate::Span;
use crate::domain::files::{Files, SymbolicPath};

/// A place in the file, as one stage executes it: an ONBUILD instruction is executed by every stage that is based on its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Site {
    /// The index of the stage.
    pub(crate) stage: usize,
    pub(crate) span: Span,
}

/// Where something came into being: a command (the allocation site), which execution of it, and the how-manieth thing that this
/// execution made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Birth {
    pub(crate) site: Site,
    /// Executions are counted in the state, so the count survives calls, loops, subshells and texts that are run again.
    pub(crate) execution: u32,
    pub(crate) ordinal: u32,
}

/// An unknown text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum SymbolId {
    /// One text: the same wherever this symbol is.
    One(Birth),
    /// The same, of `mktemp`: no other file has this name, whatever other symbols stand for.
    Name(Birth),
    /// `$$`: one text for all of a step.
    Shell,
    /// What a variable held before the step there.
    Initial(Rc<(Site, String)>),
    /// The directory above a path that ends in an unknown component, as long as no link on it changes.
    Above(SymbolicPath),
    /// A summary: files that a pattern matched and that the script did not make. Two occurrences may be two texts.
    OtherFiles,
    /// A summary: too many alternatives, too long a text, what one of several files holds. Two occurrences may be two texts.
    Any,
}

impl SymbolId {
    /// What the variable held before the step.
    pub(crate) fn initial(step: Site, name: &str) -> Self {
        Self::Initial(Rc::new((step, name.to_owned())))
    }
}

/// The content of a file or of a pipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ContentId(Birth);

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
