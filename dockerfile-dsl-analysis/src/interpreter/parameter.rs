//! Parameter expansion: `$x`, `${x:-y}`, `${x#p}`, `"$@"`, and arithmetic expansion.
//!
//! An operation on an unknown text yields another unknown text with the same taint. A length has no taint.

mod fallback;

use std::rc::Rc;

use crate::domain::Argument;
use crate::domain::pattern;
use crate::domain::state::State;
use crate::domain::symbol::SymbolId;
use crate::domain::value::{Piece, PieceKind, Share, Taint, Value};
use crate::interpreter::Machine;
use crate::interpreter::builtins::{ALIAS, HASHED, directory};
use crate::shell::{
    CaseChange, Extent, Operation, Parameter, ParameterForm, ParameterName, ReplaceScope, Side,
    Subscript, Word,
};

/// The value of a parameter at this point.
struct Lookup {
    value: Value,
    /// Whether it may be unset.
    unset: bool,
    maybe_unset: bool,
}

impl Machine<'_> {
    /// The fields of `$@`, `$*`, `${a[@]}`, one for each element; `None` for every other parameter, and for `"$*"`.
    pub(super) fn all_fields(
        &mut self,
        state: &mut State,
        parameter: &Parameter,
        quoted: bool,
    ) -> Option<Vec<Value>> {
        if parameter.form != ParameterForm::Value {
            return None;
        }
        let is_all = |c: char| c == '@' || (c == '*' && !quoted);
        match (&parameter.name, &parameter.subscript, &parameter.operation) {
            (ParameterName::Special(c), None, None) if is_all(*c) => {
                Some(state.process.positional.to_vec())
            }
            (ParameterName::Special(c), None, Some(Operation::Slice(offset, length)))
                if is_all(*c) =>
            {
                // From a known offset; `$0` counts, too.
                let from = self.arithmetic(state, offset);
                let from = from.literal().and_then(|from| from.parse::<usize>().ok());
                let length = length.as_ref().map(|length| self.arithmetic(state, length));
                let length = length.map(|length| length.literal()?.parse::<usize>().ok());
                let all = state.process.positional.to_vec();
                Some(match (from.filter(|from| *from > 0), length) {
                    (Some(from), None) => all.into_iter().skip(from - 1).collect(),
                    (Some(from), Some(Some(length))) => {
                        all.into_iter().skip(from - 1).take(length).collect()
                    }
                    _ => all,
                })
            }
            (ParameterName::Variable(name), Some(subscript), None) => {
                let all = matches!(subscript, Subscript::All)
                    || (matches!(subscript, Subscript::Joined) && !quoted);
                if !all {
                    return None;
                }
                let variable = state.process.variable(name)?;
                Some(match &variable.elements {
                    Some(elements) => elements.values().cloned().collect(),
                    None => vec![variable.value.clone()],
                })
            }
            _ => None,
        }
    }

    /// Expands a parameter with its operation.
    pub(super) fn parameter(
        &mut self,
        state: &mut State,
        parameter: &Parameter,
        quoted: bool,
    ) -> Value {
        let mut found = self.find(state, parameter);
        match parameter.form {
            ParameterForm::Length => {
                return match found.value.literal() {
                    Some(text) if parameter.subscript.is_none() && !found.unset => {
                        Value::known(text.chars().count().to_string())
                    }
                    // The length of a probe: in a loop, the position of a match in the secret.
                    _ if found.value.taint().share() == Share::Probe
                        && state.process.is_often_repeated() =>
                    {
                        self.unknown_name(found.value.taint())
                    }
                    _ => self.unknown_name(Taint::NONE),
                };
            }
            ParameterForm::NamesWithPrefix => return self.unknown(Taint::NONE),
            ParameterForm::Indirect => found = self.indirect(state, parameter, &found),
            ParameterForm::Value => {}
        }
        let Some(operation) = &parameter.operation else {
            return found.value;
        };
        let span = parameter.span;
        match operation {
            Operation::Fallback(kind, test, word) => {
                self.fallback(state, parameter, found, *kind, *test, word, quoted)
            }
            Operation::Remove(side, extent, word) => {
                let (text, taint) = self.pattern(state, word);
                let share = share_of(word);
                let known = text.as_ref().and_then(|text| {
                    let mut understood = true;
                    let value = found.value.map_known(&mut |value| {
                        pattern::removed(
                            text,
                            value,
                            *side == Side::Prefix,
                            *extent == Extent::Most,
                        )
                        .unwrap_or_else(|| {
                            understood = false;
                            String::new()
                        })
                    });
                    value.filter(|_| understood)
                });
                known.unwrap_or_else(|| {
                    let taint = found.value.taint().join(&taint).of(share);
                    match (text.as_deref(), side, extent) {
                        (Some("*/"), Side::Prefix, Extent::Most) => self.unknown_name(taint),
                        _ => self.made_of(state, &found.value, taint),
                    }
                })
            }
            Operation::Replace(scope, word, with) => {
                let (text, taint) = self.pattern(state, word);
                let with = with.as_ref().map_or_else(Value::empty, |with| {
                    self.value_of_parts(state, &with.parts, quoted)
                });
                // `&` represents the match, since bash 5.2.
                let has_match = |piece: &Piece| match &piece.kind {
                    PieceKind::Known(text) => text.contains('&'),
                    _ => false,
                };
                let keeps = with
                    .alternatives()
                    .iter()
                    .any(|text| text.iter().any(has_match));
                // `${x//?/*}` keeps only the length.
                if *scope == ReplaceScope::All
                    && matches!(text.as_deref(), Some("?" | "*"))
                    && !keeps
                {
                    return self.unknown(with.taint());
                }
                let with_text = with.literal().filter(|_| !keeps);
                let known = text.zip(with_text).and_then(|(text, with)| {
                    let mut understood = true;
                    let value = found.value.map_known(&mut |value| {
                        let made = match scope {
                            ReplaceScope::First => pattern::replaced(&text, value, &with, false),
                            ReplaceScope::All => pattern::replaced(&text, value, &with, true),
                            ReplaceScope::Prefix | ReplaceScope::Suffix => None,
                        };
                        made.unwrap_or_else(|| {
                            understood = false;
                            String::new()
                        })
                    });
                    value.filter(|_| understood)
                });
                known.unwrap_or_else(|| {
                    let mut taint = found.value.taint().join(&taint);
                    if share_of(word) == Share::Probe {
                        taint = taint.of(Share::Probe);
                    }
                    self.made_of(state, &found.value, taint.join(&with.taint()))
                })
            }
            Operation::Slice(offset, length) => {
                let from = self.arithmetic(state, offset);
                let length = length.as_ref().map(|length| self.arithmetic(state, length));
                if (length.as_ref()).is_some_and(|length| length.literal().as_deref() == Some("0"))
                {
                    return Value::empty();
                }
                let known = from
                    .literal()
                    .and_then(|from| from.parse::<usize>().ok())
                    .and_then(|from| {
                        let length = match &length {
                            Some(length) => length.literal()?.parse::<usize>().ok()?,
                            None => usize::MAX,
                        };
                        found
                            .value
                            .map_known(&mut |text| text.chars().skip(from).take(length).collect())
                    });
                let offsets =
                    length.map_or(from.taint(), |length| from.taint().join(&length.taint()));
                let piece =
                    known.unwrap_or_else(|| self.made_of(state, &found.value, found.value.taint()));
                piece.with(&offsets).of(Share::Fragment)
            }
            Operation::ChangeCase(change, extent, None) if *extent == Extent::Most => {
                let known = found.value.map_known(&mut |text| match change {
                    CaseChange::Upper => text.to_uppercase(),
                    CaseChange::Lower => text.to_lowercase(),
                    CaseChange::Toggle => text.to_owned(),
                });
                known.unwrap_or_else(|| self.made_of(state, &found.value, found.value.taint()))
            }
            Operation::ChangeCase(..) => self.made_of(state, &found.value, found.value.taint()),
            // `@P` and `@E` expand the text; the others quote it or print its attributes.
            Operation::Transform('a') => self.unknown(Taint::NONE),
            Operation::Transform('P') => self.as_prompt(state, &found.value, span),
            Operation::Transform(_) => self.unknown(found.value.taint()),
        }
    }

    fn find(&mut self, state: &mut State, parameter: &Parameter) -> Lookup {
        let set = |value: Value| Lookup {
            value,
            unset: false,
            maybe_unset: false,
        };
        match &parameter.name {
            ParameterName::Variable(name) => {
                self.find_variable(state, name, parameter.subscript.as_ref())
            }
            ParameterName::Positional(0) => set(state.process.name.clone()),
            ParameterName::Positional(number) => {
                match state.process.positional.get(*number as usize - 1) {
                    Some(value) => set(value.clone()),
                    None => Lookup {
                        value: Value::empty(),
                        unset: true,
                        maybe_unset: true,
                    },
                }
            }
            ParameterName::Special('@' | '*') => {
                let mut all = Value::empty();
                let separator = state
                    .process
                    .variable("IFS")
                    .map_or_else(|| Value::known(" "), |ifs| ifs.value.clone());
                let between = match separator.literal() {
                    Some(text) => {
                        Value::known(text.chars().next().map(String::from).unwrap_or_default())
                    }
                    None => separator,
                };
                for (index, value) in state.process.positional.clone().iter().enumerate() {
                    if index > 0 {
                        all = all.concat(&between);
                    }
                    all = all.concat(value);
                }
                set(all)
            }
            ParameterName::Special('_') => set(state.process.last_argument.clone()),
            // The process number is constant.
            ParameterName::Special('$') => set(Value::unknown(SymbolId::Shell, Taint::NONE)),
            ParameterName::Special('#') => {
                set(Value::known(state.process.positional.len().to_string()))
            }
            ParameterName::Special(c) => {
                let taint = match c {
                    '?' if state.process.is_often_repeated() => state.process.status_taint.clone(),
                    _ => Taint::NONE,
                };
                set(self.unknown_name(taint))
            }
        }
    }

    fn find_variable(
        &mut self,
        state: &mut State,
        name: &str,
        subscript: Option<&Subscript>,
    ) -> Lookup {
        if name == "_" {
            return Lookup {
                value: state.process.last_argument.clone(),
                unset: false,
                maybe_unset: false,
            };
        }
        let mut name: Rc<str> = name.into();
        for _ in 0..4 {
            match state
                .process
                .variable(&name)
                .and_then(|variable| variable.refers_to.clone())
            {
                Some(other) => name = other,
                None => break,
            }
        }
        let Some(variable) = state.process.variable(&name).cloned() else {
            return match &*name {
                "PWD" => {
                    let value = directory(state);
                    state.files.ask_value(&value);
                    Lookup {
                        value,
                        unset: false,
                        maybe_unset: false,
                    }
                }
                "BASH_ALIASES" | "BASH_CMDS" | "DIRSTACK" | "BASH_ARGV" => {
                    let process = &state.process;
                    let of_named = |prefix| {
                        let all = process.named(prefix);
                        all.fold(Taint::NONE, |taint, (_, known)| taint.join(&known.taint()))
                    };
                    let taint = match &*name {
                        "BASH_ALIASES" => of_named(ALIAS),
                        "BASH_CMDS" => of_named(HASHED),
                        "DIRSTACK" => process.stack_taint(),
                        _ => Taint::of_all(&process.positional),
                    };
                    Lookup {
                        value: self.unknown(taint),
                        unset: false,
                        maybe_unset: true,
                    }
                }
                // These are constant.
                "PPID" | "UID" | "EUID" | "HOSTNAME" => Lookup {
                    value: Value::unknown(
                        SymbolId::initial(state.process.step, &name),
                        Taint::NONE,
                    ),
                    unset: false,
                    maybe_unset: false,
                },
                "RANDOM" | "SECONDS" | "LINENO" | "EPOCHSECONDS" | "EPOCHREALTIME" | "BASHPID" => {
                    Lookup {
                        value: self.unknown_name(Taint::NONE),
                        unset: false,
                        maybe_unset: false,
                    }
                }
                name => Lookup {
                    value: match state.process.aside.taken.get(name) {
                        None => Value::unknown(
                            SymbolId::initial(state.process.step, name),
                            state.process.any_variable.clone(),
                        ),
                        Some(true) if state.process.any_variable.is_none() => Value::empty(),
                        Some(_) => self.unknown(state.process.any_variable.clone()),
                    },
                    unset: true,
                    maybe_unset: true,
                },
            };
        };
        state.files.ask_value(&variable.value);
        let value = match (subscript, &variable.elements) {
            (None, _) => variable.value.clone(),
            (Some(Subscript::Index(index)), Some(elements)) => {
                let index = self.value(state, index);
                let key = index.literal().map(|key| key.into_owned());
                // A table with a text for each letter.
                let chosen = match state.process.is_often_repeated() {
                    true => index.taint(),
                    false => Taint::NONE,
                };
                let is_key =
                    |key: &&str| variable.associative || key.bytes().all(|b| b.is_ascii_digit());
                match key
                    .as_deref()
                    .filter(is_key)
                    .and_then(|key| elements.get(key))
                {
                    Some(value) => value.with(&chosen),
                    None => self.unknown(variable.taint().join(&chosen)),
                }
            }
            (Some(Subscript::Index(_)), None) => variable.value.clone(),
            (Some(Subscript::All | Subscript::Joined), Some(elements)) => {
                let mut all = Value::empty();
                for (index, (_, value)) in elements.iter().enumerate() {
                    if index > 0 {
                        all = all.concat(&Value::known(" "));
                    }
                    all = all.concat(value);
                }
                all
            }
            (Some(_), None) => variable.value.clone(),
        };
        Lookup {
            value,
            unset: false,
            maybe_unset: variable.maybe_unset,
        }
    }

    fn indirect(&mut self, state: &mut State, parameter: &Parameter, found: &Lookup) -> Lookup {
        if matches!(
            parameter.subscript,
            Some(Subscript::All | Subscript::Joined)
        ) {
            // Unknown keys have the taint of the text that they were computed from, and so does the element.
            let elements = match &parameter.name {
                ParameterName::Variable(name) => state.process.variable(name),
                _ => None,
            }
            .and_then(|variable| variable.elements.as_ref());
            let unknown = elements.and_then(|elements| elements.get("?"));
            let taint = unknown.map_or(Taint::NONE, Value::taint);
            return Lookup {
                value: self.unknown(taint),
                unset: false,
                maybe_unset: false,
            };
        }
        let names: Option<Vec<String>> = found
            .value
            .literals()
            .map(|names| names.into_iter().map(|name| name.into_owned()).collect());
        match names {
            Some(names) if !found.unset => {
                let mut all: Option<Lookup> = None;
                for name in names {
                    let next = match name.parse::<usize>() {
                        Ok(number) => Lookup {
                            value: state
                                .process
                                .positional
                                .get(number.wrapping_sub(1))
                                .cloned()
                                .unwrap_or_else(Value::empty),
                            unset: false,
                            maybe_unset: true,
                        },
                        Err(_) => self.find_variable(state, &name, None),
                    };
                    all = Some(match all {
                        None => next,
                        Some(all) => Lookup {
                            value: all.value.join(&next.value),
                            unset: all.unset && next.unset,
                            maybe_unset: true,
                        },
                    });
                }
                all.unwrap_or(Lookup {
                    value: Value::empty(),
                    unset: true,
                    maybe_unset: true,
                })
            }
            _ => Lookup {
                value: self.unknown(state.process.all_variables()),
                unset: false,
                maybe_unset: true,
            },
        }
    }
}

/// Returns the share of a secret that remains after removing a pattern: `${x#?}` leaves a fragment, `${x#*=}` leaves the value of a line.
fn share_of(pattern: &Word) -> Share {
    match pattern.literal() {
        Some(text) if text.contains(['?', '[']) => Share::Fragment,
        Some(_) => Share::Whole,
        None => Share::Probe,
    }
}

/// Joins words into the text that a message quotes.
pub(crate) fn all_text(words: &[Argument]) -> Value {
    let mut all = Value::empty();
    // Known untainted text is collected in one string: one value for each word would copy all text before it.
    let mut plain = String::new();
    for (index, word) in words.iter().enumerate() {
        if index > 0 {
            plain.push(' ');
        }
        match word.value.literal() {
            Some(text) if word.value.taint().is_none() => plain.push_str(&text),
            _ => {
                all = all.concat(&Value::known(&plain)).concat(&word.value);
                plain.clear();
            }
        }
    }
    all.concat(&Value::known(&plain))
}
