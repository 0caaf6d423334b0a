//! Paths as keys: `/`-separated, absolute and without `.` and `..` as far as it is known. An unknown piece is a symbol between marks, so
//! that the same unknown text is the same path.

use std::fmt::Write as _;
use std::rc::Rc;

use super::super::symbol::{Birth, Site, SymbolId};
use super::super::value::{Kind, Piece, Taint, Text, Value};
use crate::Span;

/// A path as the machine knows it.
pub(crate) type Key = Rc<str>;

const UNKNOWN: char = '\u{1}';
const HOLE: char = '\u{3}';
const END: char = '\u{2}';

/// Whether a directory of `/proc` is that of the shell itself: `$$`, or the first process of the step.
pub(crate) fn is_shell(process: &str) -> bool {
    process == "1" || process == unknown(&SymbolId::Shell)
}

/// The key of one spelling, before it is made normal.
pub(crate) fn key_of(text: &Text) -> String {
    let mut key = String::new();
    for Piece { kind, .. } in text.iter() {
        match kind {
            Kind::Known(known) => {
                // What looks like a mark is some text: it is no other file's name.
                for (index, plain) in known.split([UNKNOWN, HOLE, END]).enumerate() {
                    if index > 0 {
                        key.push_str(&unknown(&SymbolId::Any));
                    }
                    key.push_str(plain);
                }
            }
            Kind::Unknown(symbol) => key.push_str(&unknown(symbol)),
            Kind::Hole { index, .. } => key.push_str(&format!("{HOLE}{index}{END}")),
        }
    }
    key
}

/// The value that a key stands for.
pub(crate) fn value_of(key: &str, name: &Taint) -> Value {
    let mut value = Value::empty();
    let mut rest = key;
    while let Some(at) = rest.find([UNKNOWN, HOLE]) {
        let (known, marked) = rest.split_at(at);
        value = value.concat(&Value::tainted(known, name.clone()));
        let is_hole = marked.starts_with(HOLE);
        let (number, after) = marked[1..].split_once(END).unwrap_or((&marked[1..], ""));
        let kind = if is_hole {
            Kind::Hole {
                index: number.parse().unwrap_or(usize::MAX),
                lazy: false,
            }
        } else {
            Kind::Unknown(symbol_of(number))
        };
        value = value.concat(&Value::piece(Piece {
            kind,
            taint: name.clone(),
        }));
        rest = after;
    }
    value.concat(&Value::tainted(rest, name.clone()))
}

/// How a key is shown in a message.
pub(crate) fn show(key: &str) -> String {
    let mut shown = String::new();
    let mut rest = key;
    while let Some(at) = rest.find([UNKNOWN, HOLE]) {
        shown.push_str(&rest[..at]);
        shown.push_str("...");
        rest = rest[at..].split_once(END).map_or("", |(_, after)| after);
    }
    shown.push_str(rest);
    shown
}

/// Without `.`, `..`, doubled and final slashes.
pub(super) fn normal(path: &str) -> Key {
    let absolute = path.starts_with('/');
    // Each part with the slash before it.
    let mut normal = String::with_capacity(path.len() + 1);
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                let last = normal.rfind('/').unwrap_or(0);
                // What an unknown component's parent is nobody knows.
                if normal[last..].contains([UNKNOWN, HOLE]) {
                    return unknown(&SymbolId::Above(path.into())).into();
                }
                normal.truncate(last);
            }
            part => {
                normal.push('/');
                normal.push_str(part);
            }
        }
    }
    if normal.is_empty() {
        return if absolute { "/".into() } else { "".into() };
    }
    normal[usize::from(!absolute)..].into()
}

/// `/proc/$$/root` and its like lead where `/proc/self/root` does: every process of a step has the same root, and what is known of
/// descriptors and of the working directory is that of the shell.
pub(super) fn of_this_process(key: String) -> String {
    let Some((process, rest)) = key
        .strip_prefix("/proc/")
        .and_then(|key| key.split_once('/'))
    else {
        return key;
    };
    let shared = ["root", "cwd", "fd"].iter().any(|name| {
        rest.strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    if shared && process != "self" {
        format!("/proc/self/{rest}")
    } else {
        key
    }
}

/// Whether a path is the directory or in it.
pub(crate) fn is_within(key: &str, directory: &str) -> bool {
    directory == "/"
        || key
            .strip_prefix(directory)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether nothing that tells names apart is known of a key: at most a few letters of it.
pub(super) fn is_bare(key: &str) -> bool {
    let mut known = 0;
    let mut rest = key;
    while let Some(at) = rest.find([UNKNOWN, HOLE]) {
        known += rest[..at].chars().filter(|c| c.is_alphanumeric()).count();
        rest = rest[at..].split_once(END).map_or("", |(_, after)| after);
    }
    known + rest.chars().filter(|c| c.is_alphanumeric()).count() < 3
}

/// Whether the path can be one that the pattern, a key with unknown pieces, stands for.
pub(super) fn fits(pattern: &str, key: &str) -> bool {
    let mut pieces = Vec::new();
    let mut rest = pattern;
    while let Some(at) = rest.find([UNKNOWN, HOLE]) {
        pieces.push(&rest[..at]);
        rest = rest[at..].split_once(END).map_or("", |(_, after)| after);
    }
    let Some(mut key) = pieces.first().and_then(|first| key.strip_prefix(*first)) else {
        return false;
    };
    for piece in &pieces[1..] {
        let Some(at) = key.find(piece) else {
            return false;
        };
        key = &key[at + piece.len()..];
    }
    key.ends_with(rest)
}

/// A piece of a key that stands for an unknown text.
pub(super) fn unknown(symbol: &SymbolId) -> String {
    let mut piece = String::from(UNKNOWN);
    let digits = |text: &str, piece: &mut String| {
        for byte in text.bytes() {
            let _ = write!(piece, "{byte:02x}");
        }
    };
    let _ = match symbol {
        SymbolId::One(birth) => birth_digits('b', birth, &mut piece),
        SymbolId::Name(birth) => birth_digits(NAME, birth, &mut piece),
        SymbolId::Shell => write!(piece, "s"),
        SymbolId::Initial(initial) => {
            let (step, name) = &**initial;
            let _ = write!(
                piece,
                "i{} {} {} ",
                step.stage, step.span.start, step.span.end
            );
            digits(name, &mut piece);
            Ok(())
        }
        SymbolId::Above(path) => {
            piece.push('a');
            digits(path, &mut piece);
            Ok(())
        }
        SymbolId::OtherFiles => write!(piece, "{OTHER_FILES}"),
        SymbolId::Any => write!(piece, "{ANY}"),
    };
    piece.push(END);
    piece
}

fn birth_digits(kind: char, birth: &Birth, piece: &mut String) -> std::fmt::Result {
    let Birth {
        site,
        execution,
        ordinal,
    } = birth;
    let (stage, start, end) = (site.stage, site.span.start, site.span.end);
    write!(piece, "{kind}{stage} {start} {end} {execution} {ordinal}")
}

const NAME: char = 'n';
const OTHER_FILES: char = 'o';
const ANY: char = 'x';

/// The symbol of such a piece, without its marks.
fn symbol_of(piece: &str) -> SymbolId {
    let text = |digits: &str| {
        let bytes = (0..digits.len() / 2)
            .map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).ok());
        String::from_utf8(bytes.collect::<Option<_>>()?).ok()
    };
    let symbol = match piece.split_at_checked(1) {
        Some((kind @ ("b" | "n"), rest)) => {
            let mut numbers = rest.split(' ').map(|number| number.parse::<usize>().ok());
            let mut next = || numbers.next().flatten();
            (|| {
                let stage = next()?;
                let span = Span::new(next()?, next()?);
                let site = Site { stage, span };
                let (execution, ordinal) =
                    (u32::try_from(next()?).ok()?, u32::try_from(next()?).ok()?);
                let birth = Birth {
                    site,
                    execution,
                    ordinal,
                };
                Some(match kind {
                    "b" => SymbolId::One(birth),
                    _ => SymbolId::Name(birth),
                })
            })()
        }
        Some(("s", _)) => Some(SymbolId::Shell),
        Some(("i", rest)) => (|| {
            let mut fields = rest.split(' ');
            let stage = fields.next()?.parse().ok()?;
            let start = fields.next()?.parse().ok()?;
            let end = fields.next()?.parse().ok()?;
            let span = Span::new(start, end);
            Some(SymbolId::initial(
                Site { stage, span },
                &text(fields.next()?)?,
            ))
        })(),
        Some(("a", rest)) => text(rest).map(|path| SymbolId::Above(path.into())),
        Some(("o", _)) => Some(SymbolId::OtherFiles),
        _ => None,
    };
    symbol.unwrap_or(SymbolId::Any)
}

/// Whether one path is meant wherever the key is: no symbol in it is a summary.
pub(super) fn is_one(key: &str) -> bool {
    !is_of_other_files(key) && !key.contains(&[UNKNOWN, ANY].iter().collect::<String>())
}

/// Whether a pattern matched files that the script did not make.
pub(super) fn is_of_other_files(key: &str) -> bool {
    key.contains(&[UNKNOWN, OTHER_FILES].iter().collect::<String>())
}

/// Whether two paths with unknown pieces can be the same one.
pub(super) fn may_alias(a: &str, b: &str) -> bool {
    // From the first component that differs.
    let common = (a.split('/').zip(b.split('/')))
        .take_while(|(a, b)| a == b)
        .map(|(part, _)| part.len() + 1)
        .sum::<usize>();
    let (Some(a), Some(b)) = (a.get(common..), b.get(common..)) else {
        return false;
    };
    let is_unknown = |rest: &str| {
        rest.contains(UNKNOWN) && !rest.contains(&[UNKNOWN, NAME].iter().collect::<String>())
    };
    is_unknown(a) && is_unknown(b) && (fits(a, b) || fits(b, a))
}

/// Whether something in a path, or in a part of one, is not known: a symbol or a hole.
pub(crate) fn is_symbolic(path: &str) -> bool {
    path.contains([UNKNOWN, HOLE])
}

/// Whether it begins with a symbol or a hole.
pub(crate) fn begins_symbolic(path: &str) -> bool {
    path.starts_with([UNKNOWN, HOLE])
}

/// Whether there is a symbol in it.
pub(super) fn has_unknown(path: &str) -> bool {
    path.contains(UNKNOWN)
}

/// Whether it begins with a symbol.
pub(super) fn begins_unknown(path: &str) -> bool {
    path.starts_with(UNKNOWN)
}

/// Whether there is a hole in it.
pub(super) fn has_hole(path: &str) -> bool {
    path.contains(HOLE)
}

/// The hole that a key begins with, and the rest of the key.
pub(super) fn hole_of(key: &str) -> Option<(usize, &str)> {
    let (index, rest) = key.strip_prefix(HOLE)?.split_once(END)?;
    Some((index.parse().ok()?, rest))
}
