//! Parser from the text of a value to the components of a path.
//!
//! In: pieces of text, split anywhere. Out: components between slashes without `.` and empty ones, then without `..`.

use crate::domain::symbol::{Component, PathPiece, SymbolId, SymbolicPath};
use crate::domain::value::{self, PieceKind, Text};

/// A text that is being split into components.
#[derive(Default)]
pub(crate) struct Spelling {
    done: Vec<Component>,
    /// The pieces since the last slash. A trailing known text is in `known`.
    pieces: Vec<PathPiece>,
    known: String,
    /// Whether anything was read, if only `./`.
    begun: bool,
}

impl Spelling {
    pub(crate) fn push_known(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if !self.begun && text.starts_with('/') {
            self.done.push(Component::Root);
        }
        self.begun = true;
        let mut parts = text.split('/').peekable();
        while let Some(part) = parts.next() {
            let ends = parts.peek().is_some();
            // Most components are one part of one text.
            if ends && self.pieces.is_empty() && self.known.is_empty() {
                match part {
                    "" | "." => {}
                    ".." => self.done.push(Component::Parent),
                    name => self.done.push(Component::known(name)),
                }
                continue;
            }
            self.known.push_str(part);
            if ends {
                self.end();
            }
        }
    }

    fn push(&mut self, piece: PathPiece) {
        self.begun = true;
        if !self.known.is_empty() {
            self.pieces
                .push(PathPiece::Known(self.known.as_str().into()));
            self.known.clear();
        }
        self.pieces.push(piece);
    }

    /// Ends a component, at a slash or at the end.
    fn end(&mut self) {
        if self.pieces.is_empty() {
            match self.known.as_str() {
                "" | "." => {}
                ".." => self.done.push(Component::Parent),
                name => self.done.push(Component::known(name)),
            }
        } else {
            if !self.known.is_empty() {
                self.pieces
                    .push(PathPiece::Known(self.known.as_str().into()));
            }
            let pieces = std::mem::take(&mut self.pieces);
            self.done.push(Component::Mixed(pieces.into()));
        }
        self.known.clear();
    }

    pub(crate) fn into_components(mut self) -> Vec<Component> {
        self.end();
        self.done
    }
}

/// Returns the components of a text, before `..` is resolved.
pub(crate) fn spelled(text: &Text) -> Vec<Component> {
    let mut spelling = Spelling::default();
    for value::Piece { kind, taint } in text.iter() {
        match kind {
            PieceKind::Known(known) => spelling.push_known(known),
            PieceKind::Unknown(symbol) if taint.is_some() => {
                spelling.push(PathPiece::Secret(symbol.clone()));
            }
            PieceKind::Unknown(symbol) => spelling.push(PathPiece::Symbol(symbol.clone())),
            PieceKind::Hole { index, .. } => spelling.push(PathPiece::Hole(*index)),
        }
    }
    spelling.into_components()
}

/// Whether the path begins, or may begin, at the root. An unknown text after `./` does not.
pub(crate) fn may_be_absolute(text: &Text) -> bool {
    let mut kinds = text.iter().map(|piece| &piece.kind);
    let first = kinds.find(|kind| !matches!(kind, PieceKind::Known(known) if known.is_empty()));
    first.is_some_and(|kind| match kind {
        PieceKind::Known(known) => known.starts_with('/'),
        PieceKind::Unknown(_) | PieceKind::Hole { .. } => true,
    })
}

/// Resolves `..`.
pub(crate) fn normal(spelling: Vec<Component>) -> SymbolicPath {
    if !spelling.contains(&Component::Parent) {
        return SymbolicPath::of(spelling);
    }
    let mut normal: Vec<Component> = Vec::with_capacity(spelling.len());
    for component in &spelling {
        if *component != Component::Parent {
            normal.push(component.clone());
            continue;
        }
        match normal.last() {
            // The parent of an unknown component is unknown.
            Some(Component::Mixed(_)) => {
                let above = SymbolId::Above(SymbolicPath::of(spelling));
                return SymbolicPath::of([Component::symbol(above)]);
            }
            Some(Component::Known(_)) => {
                normal.pop();
            }
            Some(Component::Root | Component::Parent) | None => {}
        }
    }
    SymbolicPath::of(normal)
}

/// `/proc/$$/root` and its like lead to the same directory as `/proc/self/root`: every process of a step has the same root, and what is
/// known of descriptors and of the working directory is that of the shell.
pub(crate) fn of_this_process(spelling: &mut [Component]) {
    if let [Component::Root, proc, process, shared, ..] = spelling
        && proc.is("proc")
        && (["root", "cwd", "fd"].iter()).any(|name| shared.is(name))
        && *process != Component::Parent
        && !process.is("self")
    {
        *process = Component::known("self");
    }
}
