//! Paths: normal form, order, prefixes, and conversion to a value and back.

use std::collections::BTreeMap;

use crate::domain::allocator::Allocator;
use crate::domain::files::path::{Component, SymbolicPath, normal, spelled, text_of, value_of};
use crate::domain::symbol::{Site, SymbolId};
use crate::domain::value::{Piece, PieceKind, Taint, Text, Value};

fn known(text: &str) -> PieceKind {
    PieceKind::Known(text.into())
}

const fn hole(index: usize) -> PieceKind {
    PieceKind::Hole { index, lazy: false }
}

fn text(kinds: impl IntoIterator<Item = PieceKind>) -> Text {
    let taint = Taint::NONE;
    kinds
        .into_iter()
        .map(|kind| Piece {
            kind,
            taint: taint.clone(),
        })
        .collect()
}

fn path(kinds: impl IntoIterator<Item = PieceKind>) -> SymbolicPath {
    normal(spelled(&text(kinds)))
}

fn symbols() -> [SymbolId; 2] {
    let births = Allocator::at(Site::default());
    [births.symbol(), births.symbol()]
}

#[test]
fn literal_paths_become_normal() {
    for (spelling, is) in [
        ("/", "/"),
        ("//", "/"),
        ("/.", "/"),
        ("/..", "/"),
        ("/a//b/./c/", "/a/b/c"),
        ("/a/b/../c", "/a/c"),
        ("/a/../../c", "/c"),
        ("a/b/..", "a"),
        ("..", ""),
        (".//a", "a"),
        ("/...", "/..."),
        ("/.a/..b", "/.a/..b"),
    ] {
        let path = SymbolicPath::from(spelling);
        assert_eq!(path.as_known().as_deref(), Some(is), "{spelling}");
        assert_eq!(path.is_absolute(), is.starts_with('/'), "{spelling}");
        assert_eq!(path.is(is), is.starts_with('/'), "{spelling}");
    }
}

/// How the text is split into pieces makes no difference.
#[test]
fn the_seams_of_a_spelling_do_not_matter() {
    let spelling = "/a/.././/b..c/.d/../e";
    let whole = path([known(spelling)]);
    for cut in 0..=spelling.len() {
        let (before, after) = spelling.split_at(cut);
        assert_eq!(
            path([known(before), known(after)]),
            whole,
            "{before}|{after}"
        );
        for end in cut..=spelling.len() {
            let (middle, after) = (&spelling[cut..end], &spelling[end..]);
            assert_eq!(path([known(before), known(middle), known(after)]), whole);
        }
    }
    assert!(!path([known("./"), known("/a")]).is_absolute());
}

#[test]
fn the_parent_of_an_unknown_component_is_one_unknown_path() {
    let [a, b] = symbols();
    let above = |symbol: &SymbolId| {
        path([
            known("/x/"),
            PieceKind::Unknown(symbol.clone()),
            known("/.."),
        ])
    };
    assert!(above(&a).begins_unknown());
    assert_eq!(above(&a), above(&a));
    assert_ne!(above(&a), above(&b));
    // `..` removes a known name beneath it.
    let beneath = path([known("/x/"), PieceKind::Unknown(a.clone()), known("/y/..")]);
    assert_eq!(beneath, path([known("/x/"), PieceKind::Unknown(a)]));
}

#[test]
fn control_characters_are_text() {
    let marks = "/\u{1}b0 0 0 1 0\u{2}/\u{3}0\u{2}";
    let path = SymbolicPath::from(marks);
    assert!(!path.is_symbolic());
    assert_eq!(path.as_known().as_deref(), Some(marks));
}

#[test]
fn a_path_says_what_it_begins_with() {
    let [a, _] = symbols();
    let unknown = path([PieceKind::Unknown(a.clone()), known("/x")]);
    assert!(unknown.begins_unknown() && unknown.is_symbolic() && !unknown.is_absolute());
    assert_eq!(path([hole(3)]).hole(), Some((3, true)));
    assert_eq!(path([hole(3), known("/x")]).hole(), Some((3, true)));
    assert_eq!(path([hole(3), known("x")]).hole(), Some((3, false)));
    assert_eq!(
        path([hole(3), known("/"), hole(4)]).hole(),
        Some((3, false))
    );
    let made = SymbolId::Shell;
    for (symbol, leads_beneath) in [
        (made, true),
        (SymbolId::OtherFiles, true),
        (a.clone(), false),
    ] {
        let file = path([hole(3), known("/x."), PieceKind::Unknown(symbol)]);
        assert_eq!(file.hole(), Some((3, leads_beneath)));
    }
    assert_eq!(path([known("/"), hole(3)]).hole(), None);
    assert_eq!(path([known("/x-"), PieceKind::Unknown(a)]).show(), "/x-...");
}

#[test]
fn strip_prefix_goes_by_components() {
    let directory = SymbolicPath::from("/run/secrets");
    assert!(SymbolicPath::from("/run/secrets/a").starts_with(&directory));
    assert!(directory.starts_with(&directory));
    assert!(!SymbolicPath::from("/run/secrets-2/a").starts_with(&directory));
    let [a, b] = symbols();
    let named = |symbol: &SymbolId| path([known("/x/"), PieceKind::Unknown(symbol.clone())]);
    let inside = named(&a).join(&[Component::known("y")]);
    assert!(inside.starts_with(&named(&a)) && !inside.starts_with(&named(&b)));
    assert_eq!(inside.parent(), Some(named(&a)));
    assert_eq!(inside.file_name(), Some(&Component::known("y")));
    assert_eq!(
        inside.strip_prefix(&named(&a)).and_then(text_of).as_deref(),
        Some("y")
    );
}

#[test]
fn unknown_pieces_fit_any_text() {
    let [a, b] = symbols();
    let out = path([
        known("/out/f-"),
        PieceKind::Unknown(a.clone()),
        known(".key"),
    ]);
    assert!(out.fits(&"/out/f-1.key".into()));
    assert!(out.fits(&"/out/f-1/2.key".into()));
    assert!(!out.fits(&"/out/f-1.pem".into()));
    assert!(!out.fits(&"/out/g-1.key".into()));
    assert!(!out.fits(&"/out".into()));
    // The known texts do not overlap.
    let twice = path([known("/ab"), PieceKind::Unknown(a.clone()), known("bc")]);
    assert!(twice.fits(&"/abbc".into()) && !twice.fits(&"/abc".into()));
    let named = |symbol: &SymbolId| path([known("/x/"), PieceKind::Unknown(symbol.clone())]);
    assert!(named(&a).may_alias(&named(&b)));
    assert!(!named(&a).may_alias(&named(&a)));
    assert!(!named(&a).may_alias(&path([known("/y/"), PieceKind::Unknown(b)])));
    let name = Allocator::at(Site::default()).name();
    assert!(!named(&a).may_alias(&named(&name)));
}

/// Every sequence of up to 4 relevant pieces.
#[test]
fn every_spelling_keeps_the_invariants() {
    let [a, _] = symbols();
    let pieces = [
        known("/"),
        known("a"),
        known(".."),
        known("/a-b/."),
        PieceKind::Unknown(a),
        PieceKind::Unknown(SymbolId::Any),
        hole(0),
    ];
    let mut all = BTreeMap::new();
    for number in 0..pieces.len().pow(4) {
        let digits = (0..4).map(|place| number / pieces.len().pow(place) % pieces.len());
        let length = number % 5;
        let path = path(digits.take(length).map(|digit| pieces[digit].clone()));
        // Normal form is a fixpoint, and the value is spelled to the same path.
        assert_eq!(normal(path.components().to_vec()), path);
        let value = path.to_value(&Taint::NONE);
        let [text] = value.alternatives() else {
            panic!("{path:?} has several spellings");
        };
        assert_eq!(normal(spelled(text)), path);
        assert_eq!(path.as_known().as_deref(), value.literal().as_deref());
        assert_eq!(path.is_symbolic(), value.literal().is_none());
        let roots = path
            .components()
            .iter()
            .filter(|part| **part == Component::Root);
        assert_eq!(roots.count(), usize::from(path.is_absolute()));
        assert!(!path.components().contains(&Component::Parent));
        if let Some(parent) = path.parent() {
            assert_eq!(parent.join(path.last()), path);
            assert!(path.starts_with(&parent) && parent < path);
        }
        all.insert(path, ());
    }
    // The paths beneath a directory are one range, and the range contains all of them.
    for directory in all.keys() {
        let range: Vec<_> = all
            .range(directory.clone()..)
            .map(|(path, ())| path)
            .take_while(|path| path.starts_with(directory))
            .collect();
        let beneath: Vec<_> = all
            .keys()
            .filter(|path| path.starts_with(directory))
            .collect();
        assert_eq!(range, beneath, "{directory:?}");
    }
}

#[test]
fn a_value_reveals_its_name() {
    let nothing: &[Component] = &[];
    assert_eq!(value_of(nothing, &Taint::NONE), Value::empty());
    let path = SymbolicPath::from("/a/b");
    assert_eq!(path.to_value(&Taint::NONE), Value::known("/a/b"));
}
