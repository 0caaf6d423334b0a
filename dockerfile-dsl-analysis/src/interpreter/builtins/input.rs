//! `read`, `mapfile` and `getopts`: assign variables from a descriptor or from arguments.

use std::rc::Rc;

use crate::Span;
use crate::domain::Argument;
use crate::domain::state::{Elements, OpenDescriptor, State, Status, Variable};
use crate::domain::value::{Share, Taint, Value};
use crate::domain::ways::Flow;
use crate::domain::{About, Cause, Step};
use crate::interpreter::Machine;
use crate::shell::is_name;

impl Machine<'_> {
    pub(super) fn read(&mut self, state: &mut State, arguments: &[Argument], span: Span) -> Status {
        let mut names = Vec::new();
        let mut number = 0;
        let mut array = None;
        let (options, rest) = letters(arguments, "adinNptu");
        let is_by_line = options
            .iter()
            .all(|(letter, _)| matches!(letter, 'r' | 's' | 'u'));
        for (letter, value) in options {
            match letter {
                'a' => array = value,
                'u' => number = value.and_then(|value| value.parse().ok()).unwrap_or(0),
                _ => {}
            }
        }
        for word in rest {
            let text = word.text().unwrap_or_default();
            let word = std::slice::from_ref(word);
            self.quote(state, word, span, &Cause::ShellMessage(About::NotAName));
            names.push(text);
        }
        let input = state.input(number);
        let taint = input.taint().step(
            span,
            Step::Read {
                program: "read".into(),
            },
        );
        // One line, split into fields. The fields are known only if the whole text is.
        let line = match input.literal() {
            Some(text) if text.lines().count() <= 1 && names.len() <= 1 => {
                Value::tainted(text.trim_end_matches('\n'), taint.clone())
            }
            _ => self.made_of(state, &input, taint.clone()),
        };
        let fields = is_by_line
            .then(|| fields(state, &input, names.len()))
            .flatten();
        if let Some(array) = array {
            self.set_element(state, &array, &Value::nameless(Taint::NONE), &line, false);
        } else if names.is_empty() {
            self.assign(state, "REPLY", line);
        } else {
            for (index, name) in names.iter().enumerate() {
                let field = fields.as_ref().and_then(|fields| fields.get(index));
                let value = match field {
                    Some(field) => Value::tainted(field, taint.clone()),
                    None if names.len() == 1 => line.clone(),
                    None => self.made_of(state, &input, taint.clone()),
                };
                let mut value = value.step_if(span, &|| Step::Assigned {
                    variable: Rc::from(name.as_str()),
                });
                if state.process.loops > 0 {
                    // One line, or one character, of many.
                    value = value.of(Share::Fragment);
                }
                self.assign(state, name, value);
            }
        }
        // The next `read` from a pipe or a here-document gets the next line.
        if let Some(OpenDescriptor::Input(_)) = state.process.descriptors.get(&number) {
            let rest = self.unknown(input.taint());
            state.process.open(number, OpenDescriptor::Input(rest));
        }
        Status::Either
    }

    /// `mapfile`, `readarray`. The command of `-C` runs for each line.
    pub(super) fn map_file(
        &mut self,
        mut state: State,
        arguments: &[Argument],
        span: Span,
    ) -> Vec<Flow> {
        let (options, rest) = letters(arguments, "dnOsuCc");
        let behind = |letter: char| {
            let given = options.iter().rev().find(|(given, _)| *given == letter)?;
            given.1.as_ref()
        };
        let number = behind('u').and_then(|word| word.parse().ok()).unwrap_or(0);
        let name = rest
            .first()
            .and_then(Argument::text)
            .filter(|name| is_name(name))
            .unwrap_or_else(|| "MAPFILE".to_owned());
        let input = state.input(number);
        let taint = input.taint().step(
            span,
            Step::Assigned {
                variable: Rc::from(&*name),
            },
        );
        let value = self.unknown(taint.of(Share::Fragment));
        let mut variable = Variable::new(value.clone());
        variable.elements = Some(Elements::of_unknown_keys(value.clone()));
        state.process.set(&name, variable);
        match behind('C') {
            Some(callback) => {
                let text = Value::known(format!("{callback} 0 \""));
                let text = text.concat(&value).concat(&Value::known("\""));
                self.evaluate(state, &text, span)
            }
            None => vec![Flow::new(state, Status::Success)],
        }
    }

    pub(super) fn getopts(
        &mut self,
        state: &mut State,
        arguments: &[Argument],
        span: Span,
    ) -> Status {
        let values: Vec<Value> = match arguments.get(2..) {
            Some(rest) if !rest.is_empty() => rest.iter().map(|word| word.value.clone()).collect(),
            _ => state.process.positional.to_vec(),
        };
        let taint = Taint::of_all(&values);
        let argument = self.unknown(taint.step(
            span,
            Step::Assigned {
                variable: "OPTARG".into(),
            },
        ));
        self.assign(state, "OPTARG", argument);
        let name = arguments.get(1..2).unwrap_or_default();
        self.quote(state, name, span, &Cause::ShellMessage(About::NotAName));
        let options = arguments.first().and_then(Argument::text);
        let is_quiet = options
            .as_ref()
            .is_some_and(|options| options.starts_with(':'));
        let mut letter = Taint::NONE;
        for value in &values {
            // The error for an undeclared option quotes it character by character, until an option takes the rest as its value.
            let letters = value.known_prefix().strip_prefix('-');
            let takes_value = letters
                .zip(options.as_ref())
                .is_some_and(|(letters, options)| {
                    letters.starts_with('-')
                        || letters
                            .chars()
                            .any(|letter| options.contains(&format!("{letter}:")))
                });
            if letters.is_some() && !takes_value && value.taint().is_some() {
                letter = letter.join(&value.taint().of(Share::Fragment));
                if !is_quiet {
                    let how = &Cause::MessageAbout("getopts".into(), About::UnknownOption);
                    state.output(self, 2, value, span, how);
                }
            }
        }
        if let Some(name) = arguments.get(1).and_then(Argument::text) {
            let option = self.unknown(letter);
            self.assign(state, &name, option);
        }
        Status::Either
    }
}

/// Returns the fields of a line that is known, one for each of several names. The last one has the rest.
fn fields(state: &State, line: &Value, names: usize) -> Option<Vec<String>> {
    let separators = state.process.variable("IFS");
    let line = line
        .literal()
        .filter(|_| separators.is_none() && names > 1)?;
    let line = line.trim_end_matches('\n');
    if line.contains(['\n', '\\']) {
        return None;
    }
    let mut rest = line.trim_matches([' ', '\t']);
    let mut fields = Vec::new();
    while fields.len() + 1 < names {
        let (field, after) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
        fields.push(field.to_owned());
        rest = after.trim_start_matches([' ', '\t']);
    }
    fields.push(rest.to_owned());
    Some(fields)
}

/// An option letter, and its value.
type Letter = (char, Option<String>);

/// Parses leading options as getopt does, and returns them with the remaining words.
fn letters<'w>(words: &'w [Argument], with_value: &str) -> (Vec<Letter>, &'w [Argument]) {
    let mut options = Vec::new();
    let mut at = 0;
    while let Some(text) = words.get(at).and_then(Argument::text) {
        let Some(flags) = text.strip_prefix('-').filter(|flags| !flags.is_empty()) else {
            break;
        };
        at += 1;
        if flags == "-" {
            break;
        }
        let mut rest = flags.chars();
        while let Some(letter) = rest.next() {
            let takes = with_value.contains(letter);
            let value = match rest.as_str() {
                _ if !takes => None,
                "" => {
                    at += 1;
                    words.get(at - 1).and_then(Argument::text)
                }
                attached => Some(attached.to_owned()),
            };
            options.push((letter, value));
            if takes {
                break;
            }
        }
    }
    (options, words.get(at..).unwrap_or_default())
}
