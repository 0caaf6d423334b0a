//! Helpers for several families: texts with gaps for unknown parts, URLs with credentials, files that a text names.

use crate::domain::Argument;
use crate::domain::{Entry, OpenDescriptor, PieceKind, SymbolicPath, Taint, Text, Value};
use crate::interpreter::Call;
use crate::programs::mention::mentioned;

use crate::domain::Cause;

/// A gap for a secret piece. Parsers of other languages (awk, sed, Python, URLs) read a text with gaps, so a gap is a private-use
/// character: no such language assigns it a meaning. A text that contains one itself is treated as if it had a gap there.
pub(super) const SECRET: char = '\u{e000}';
/// A gap for an unknown piece.
pub(super) const UNKNOWN: char = '\u{e001}';

/// Whether a text of [`spellings`] has a gap.
pub(super) fn has_gap(text: &str) -> bool {
    text.contains(is_gap)
}

/// Whether a character of such a text is a gap.
pub(crate) fn is_gap(character: char) -> bool {
    character == SECRET || character == UNKNOWN
}

/// Returns every alternative of the value as one text, with [`SECRET`] and [`UNKNOWN`] for gaps.
pub(crate) fn spellings(value: &Value) -> Vec<String> {
    let spelling = |text: &Text| {
        text.iter()
            .map(|piece| match &piece.kind {
                _ if piece.taint.is_some() => SECRET.to_string(),
                PieceKind::Known(known) => known.to_string(),
                _ => UNKNOWN.to_string(),
            })
            .collect()
    };
    value.alternatives().iter().map(spelling).collect()
}

/// Creates an unknown text that was derived from something with this taint.
pub(super) fn made(call: &Call<'_, '_>, taint: &Taint) -> Value {
    call.fresh().with(taint)
}

/// Creates an argument for a known path.
pub(super) fn path(call: &Call<'_, '_>, text: impl AsRef<str>) -> Argument {
    Argument::new(Value::known(text), call.span)
}

/// Creates an argument for a symbolic path.
pub(super) fn at(call: &Call<'_, '_>, path: &SymbolicPath) -> Argument {
    Argument::new(path.to_value(&Taint::NONE), call.span)
}

/// Returns the path of a file in the directory that an argument names.
pub(super) fn inside(directory: &Argument, name: &str) -> Argument {
    let value = directory.value.concat(&Value::known(format!("/{name}")));
    Argument {
        value,
        ..directory.clone()
    }
}

/// Returns a file of unknown name in the directory that an argument names.
pub(super) fn some_file(call: &Call<'_, '_>, directory: &Argument) -> Argument {
    let value = directory.value.concat(&Value::known("/"));
    Argument {
        value: value.concat(&call.fresh_part()),
        ..directory.clone()
    }
}

/// The position of a secret in a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum InUrl {
    /// The URL contains no secret.
    Nothing,
    /// `://:SECRET@`, `://user:SECRET@`: most programs mask it where they print the URL.
    Password,
    /// `://SECRET@`: some programs mask only a password.
    UserAlone,
    /// `://SECRET:x@`.
    User,
    /// After the authority, or the whole URL.
    Elsewhere,
    /// In the name of the host.
    Host,
}

/// Returns the position of the secret in a URL.
pub(super) fn in_url(value: &Value) -> InUrl {
    let place = |text: &String| {
        let Some(first) = text.find(SECRET) else {
            return InUrl::Nothing;
        };
        let Some((scheme, rest)) = text.split_once("://") else {
            return InUrl::Elsewhere;
        };
        let first = first.saturating_sub(scheme.len() + 3);
        let authority = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let user_information = rest[..authority].rfind('@');
        match user_information {
            _ if scheme.contains(SECRET) || rest[authority..].contains(SECRET) => InUrl::Elsewhere,
            Some(end) if first > end => InUrl::Host,
            Some(end) => match rest[..end].split_once(':') {
                Some((user, _)) if user.contains(SECRET) => InUrl::User,
                Some(_) => InUrl::Password,
                None => InUrl::UserAlone,
            },
            None => InUrl::Host,
        }
    };
    spellings(value)
        .iter()
        .map(place)
        .max()
        .unwrap_or(InUrl::Nothing)
}

/// Returns the key of a settings file that a word represents; an empty one for no word, `None` for an unknown text.
pub(super) fn setting_key(word: Option<&Argument>) -> Option<String> {
    word.map_or_else(|| Some(String::new()), Argument::text)
}

/// Stores a value in a settings file under a key, replacing the previous value.
pub(super) fn keep(
    call: &mut Call<'_, '_>,
    places: &str,
    key: Option<&str>,
    kept: &Taint,
    how: &Cause,
) {
    forget(call, places, key);
    if kept.is_some() {
        let key = key.unwrap_or("?");
        let line = Value::known(format!("\n{key}=")).concat(&made(call, kept));
        call.store(places, &line.concat(&Value::known("\n")), how);
    }
}

/// Whether a settings file has a value under that key.
pub(super) fn is_kept(call: &Call<'_, '_>, places: &str, key: &str) -> bool {
    let file = call.place(places);
    file.is_some_and(|file| {
        let lines = lines(&call.peek(&file));
        lines.iter().any(|line| is_of_key(line, key))
    })
}

fn is_of_key(line: &Value, key: &str) -> bool {
    let rest = line.known_prefix().strip_prefix(key);
    rest.is_some_and(|rest| rest.starts_with('='))
}

/// Removes the value that [`keep`] stored under a key. Other settings stay.
pub(super) fn forget(call: &mut Call<'_, '_>, places: &str, key: Option<&str>) {
    let (Some(file), Some(key)) = (call.place(places), key) else {
        return;
    };
    let old = lines(&call.peek(&file));
    let is_kept = |line: &Value| is_of_key(line, key);
    if !old.iter().any(is_kept) {
        return;
    }
    let newline = Value::known("\n");
    let rest = old
        .iter()
        .filter(|line| !is_kept(line))
        .fold(Value::empty(), |all, line| {
            all.concat(line).concat(&newline)
        });
    call.write(&file, &rest, &Cause::Settings);
}

/// Hides the files beneath the sources for which `left_out` holds. Its arguments: the source, its directory, and the file's path.
pub(super) fn take_away(
    call: &mut Call<'_, '_>,
    sources: &[Argument],
    left_out: &dyn Fn(&Argument, &SymbolicPath, &SymbolicPath) -> bool,
) -> Vec<(SymbolicPath, Entry)> {
    let mut taken = Vec::new();
    for source in sources {
        for place in call.paths(source) {
            let directory = call.state.files.follow(&place.key);
            let files = call.state.files.beneath(&directory);
            taken.extend(
                files
                    .filter(|(key, _)| left_out(source, &directory, key))
                    .map(|(key, entry)| (key.clone(), entry.clone())),
            );
        }
    }
    for (key, _) in &taken {
        call.state.files.remove(key);
    }
    taken
}

/// Restores the hidden files.
pub(super) fn put_back(call: &mut Call<'_, '_>, taken: Vec<(SymbolicPath, Entry)>) {
    for (key, entry) in taken {
        call.state.files.insert(&key, entry);
    }
}

/// Whether a text in a programming language reads the environment, or starts other programs.
pub(super) fn uses_environment(text: &str) -> bool {
    [
        "environ",
        "getenv",
        "ENV",
        "process.env",
        "subprocess",
        "system",
        "popen",
        "exec",
        "spawn",
        "printenv",
        "`",
    ]
    .iter()
    .any(|word| text.contains(word))
}

/// Splits a text into lines without line ends; a text with several alternatives is one line with the joined taint.
pub(super) fn lines(content: &Value) -> Vec<Value> {
    let [text] = content.alternatives() else {
        return vec![content.clone()];
    };
    let mut lines = vec![Vec::new()];
    for piece in text.iter() {
        let PieceKind::Known(known) = &piece.kind else {
            lines
                .last_mut()
                .expect("there is always one")
                .push(piece.clone());
            continue;
        };
        for (index, part) in known.split('\n').enumerate() {
            if index > 0 {
                lines.push(Vec::new());
            }
            if !part.is_empty() {
                let mut piece = piece.clone();
                piece.kind = PieceKind::Known(part.into());
                lines.last_mut().expect("there is always one").push(piece);
            }
        }
    }
    lines
        .into_iter()
        .filter(|line| !line.is_empty())
        .map(|line| Value::from_alternatives(vec![line.into()]))
        .collect()
}

/// Whether a text begins with another, piece by piece.
pub(super) fn begins_with(text: &Value, prefix: &Value) -> bool {
    let ([text], [prefix]) = (text.alternatives(), prefix.alternatives()) else {
        return false;
    };
    let mut pieces = text
        .iter()
        .map(|piece| piece.kind.clone())
        .collect::<std::collections::VecDeque<_>>();
    for piece in prefix.iter() {
        match (pieces.pop_front(), &piece.kind) {
            (Some(PieceKind::Known(have)), PieceKind::Known(want)) => {
                if let Some(rest) = have.strip_prefix(&**want) {
                    if !rest.is_empty() {
                        pieces.push_front(PieceKind::Known(rest.into()));
                    }
                } else {
                    return false;
                }
            }
            (Some(have), want) if have == *want => {}
            _ => return false,
        }
    }
    true
}

/// Returns the text after its first bytes, which are known.
pub(super) fn behind(text: &Value, bytes: usize) -> Option<Value> {
    let [text] = text.alternatives() else {
        return None;
    };
    let mut pieces = text.to_vec();
    let first = pieces.first_mut()?;
    let PieceKind::Known(known) = &first.kind else {
        return None;
    };
    let rest = known.get(bytes..)?;
    if rest.is_empty() {
        pieces.remove(0);
    } else {
        first.kind = PieceKind::Known(rest.into());
    }
    Some(Value::of_pieces(pieces))
}

/// Runs a program whose output another one reads (`GIT_ASKPASS`), and returns the taint of the output.
pub(super) fn answer_of(call: &mut Call<'_, '_>, program: &Argument) -> Taint {
    let text = call.peek(program);
    let descriptors = call.state.process.descriptors.clone();
    call.state.process.open(1, OpenDescriptor::Null);
    if text.literal().is_some() || call.is_of_project(program) {
        call.run_file(program, &[]);
    }
    call.state.process.descriptors = descriptors;
    let spelled = spellings(&text).join("\n");
    text.taint().join(&mentioned(call, &spelled))
}

#[cfg(test)]
mod tests {
    use super::{SECRET, UNKNOWN, has_gap, spellings};
    use crate::domain::Value;

    #[test]
    fn private_use_character_of_a_text_is_a_gap() {
        for mark in [SECRET, UNKNOWN] {
            let text = spellings(&Value::known(format!("print('{mark}')")));
            assert!(text.iter().all(|text| has_gap(text)), "{text:?}");
        }
        assert!(
            !spellings(&Value::known("print('...')"))
                .iter()
                .any(|text| has_gap(text))
        );
    }
}
