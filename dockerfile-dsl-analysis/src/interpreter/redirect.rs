//! Redirects: the targets of a command's descriptors.

use crate::Span;
use crate::domain::files::FilePlace;
use crate::domain::state::{OpenDescriptor, State, Variable};
use crate::domain::value::{Taint, Value};
use crate::domain::{About, Cause, Step};
use crate::interpreter::Machine;
use crate::shell::{self, HereDocument, Redirect, RedirectOperator, RedirectTarget};

impl Machine<'_> {
    /// Performs redirects and returns the previous descriptors.
    pub(crate) fn redirect_and_save(
        &mut self,
        state: &mut State,
        redirects: &[crate::shell::Redirect],
    ) -> Vec<(u32, Option<OpenDescriptor>)> {
        if redirects.is_empty() {
            return Vec::new();
        }
        let before = state.process.descriptors.clone();
        self.redirect(state, redirects);
        let after = &state.process.descriptors;
        let is_changed =
            |(number, descriptor): &(&u32, &OpenDescriptor)| after.get(number) != Some(descriptor);
        let mut changed: Vec<(u32, Option<OpenDescriptor>)> = before
            .iter()
            .filter(is_changed)
            .map(|(number, descriptor)| (*number, Some(descriptor.clone())))
            .collect();
        for (number, _) in after.iter() {
            // A descriptor that the shell chose (`{fd}>`) stays open.
            let chosen = *number >= 10;
            if !chosen && !before.contains_key(number) {
                changed.push((*number, None));
            }
        }
        changed
    }

    /// Performs the redirects in order.
    pub(crate) fn redirect(&mut self, state: &mut State, redirects: &[Redirect]) {
        for redirect in redirects {
            self.redirect_one(state, redirect);
        }
    }

    fn redirect_one(&mut self, state: &mut State, redirect: &Redirect) {
        let number = match &redirect.descriptor {
            shell::Descriptor::Number(number) => Some(*number),
            shell::Descriptor::Default => None,
            shell::Descriptor::Variable(name) => {
                let number = (10..)
                    .find(|number| !state.process.descriptors.contains_key(number))
                    .unwrap_or(10);
                // `{fd}>&-` closes the existing one.
                let given = state
                    .process
                    .variable(&name.text)
                    .and_then(|variable| variable.value.literal()?.parse().ok());
                let closes = matches!(
                    &redirect.target,
                    RedirectTarget::Word(word) if word.literal().as_deref() == Some("-")
                );
                if closes && let Some(given) = given {
                    state.process.close(given);
                    return;
                }
                state
                    .process
                    .set(&name.text, Variable::new(Value::known(number.to_string())));
                Some(number)
            }
        };
        let word = match &redirect.target {
            RedirectTarget::HereDocument(document) => {
                let value = self.here_document(state, document);
                state
                    .process
                    .open(number.unwrap_or(0), OpenDescriptor::Input(value));
                return;
            }
            RedirectTarget::Word(word) => word,
        };
        let target = self.value(state, word);
        match redirect.operator {
            RedirectOperator::HereString => {
                let value = target.concat(&Value::known("\n"));
                state
                    .process
                    .open(number.unwrap_or(0), OpenDescriptor::Input(value));
            }
            RedirectOperator::HereDocument => {}
            RedirectOperator::Read => {
                self.open_for_reading(state, number.unwrap_or(0), &target, word.span)
            }
            RedirectOperator::Write | RedirectOperator::Clobber => {
                let keeps =
                    redirect.operator == RedirectOperator::Write && state.process.options.noclobber;
                self.open_for_writing(state, &[number.unwrap_or(1)], &target, word.span, keeps)
            }
            RedirectOperator::Append => {
                self.open_for_writing(state, &[number.unwrap_or(1)], &target, word.span, true)
            }
            RedirectOperator::ReadWrite => {
                self.open_for_writing(state, &[number.unwrap_or(0)], &target, word.span, true)
            }
            RedirectOperator::WriteBoth => {
                self.open_for_writing(state, &[1, 2], &target, word.span, false)
            }
            RedirectOperator::AppendBoth => {
                self.open_for_writing(state, &[1, 2], &target, word.span, true)
            }
            RedirectOperator::DuplicateInput => {
                self.duplicate(state, number.unwrap_or(0), &target, word.span)
            }
            RedirectOperator::DuplicateOutput => {
                let text = target.literal().map(|text| text.into_owned());
                let is_number = text.as_ref().is_some_and(|text| {
                    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'-')
                });
                if number.is_none() && text.is_some() && !is_number {
                    self.open_for_writing(state, &[1, 2], &target, word.span, false);
                } else {
                    self.duplicate(state, number.unwrap_or(1), &target, word.span);
                }
            }
        }
    }

    /// Expands the text of a here-document.
    pub(crate) fn here_document(&mut self, state: &mut State, document: &HereDocument) -> Value {
        if document.quoted {
            let mut value = Value::empty();
            for part in &document.body.parts {
                value = match part {
                    shell::Part::Hole(hole) => {
                        value.concat(&self.hole(hole.index, hole.span, true))
                    }
                    part => value.concat(&Value::known(part.literal().unwrap_or_default())),
                };
            }
            return value;
        }
        self.value_of_parts(state, &document.body.parts, true)
    }

    fn open_for_reading(&mut self, state: &mut State, number: u32, target: &Value, span: Span) {
        let taint = target.taint();
        if taint.is_some() {
            state.output(
                self,
                2,
                target,
                span,
                &Cause::ShellMessage(About::MissingFile),
            );
        }
        let cwd = state.process.cwd.clone();
        let mut all: Option<Value> = None;
        for path in state.files.paths(target, &cwd) {
            let key = state.files.follow(&path.key);
            // The shell itself opens it: this is the shell's initial environment.
            let value = if key.is("/proc/self/environ") {
                Value::nameless(state.process.aside.initial_environment.clone())
            } else {
                state
                    .read(&path.key)
                    .unwrap_or_else(|| self.unknown(Taint::NONE))
            };
            let value = value
                .with(&path.reached(false))
                .step_if(span, &|| Step::Opened {
                    path: path.key.clone(),
                });
            all = Some(all.map_or_else(|| value.clone(), |all| all.join(&value)));
        }
        let value = all.unwrap_or_else(Value::empty);
        state.process.open(number, OpenDescriptor::Input(value));
    }

    fn open_for_writing(
        &mut self,
        state: &mut State,
        numbers: &[u32],
        target: &Value,
        span: Span,
        append: bool,
    ) {
        if target.taint().is_some() {
            state.output(
                self,
                2,
                target,
                span,
                &Cause::ShellMessage(About::UnwritableFile),
            );
        }
        let cwd = state.process.cwd.clone();
        let paths = state.files.paths(target, &cwd);
        let certain = paths.len() == 1 && paths.iter().all(|path| state.files.names_one(&path.key));
        let mut opened: Option<OpenDescriptor> = None;
        for path in &paths {
            let key = state.files.follow(&path.key);
            let descriptor = if key.is_sink() || state.files.place(&key) == FilePlace::Secret {
                OpenDescriptor::Null
            } else if let Some(number) = key.descriptor() {
                state
                    .process
                    .descriptors
                    .get(&number)
                    .cloned()
                    .unwrap_or(OpenDescriptor::Null)
            } else {
                let number = state.make_file(self, path, &key, span, &Cause::Redirect);
                if certain && !append {
                    state.files.overwrite(number, Value::empty());
                }
                OpenDescriptor::File {
                    number,
                    name: key.clone(),
                    span,
                }
            };
            opened = Some(match opened {
                None => descriptor,
                // Either: a write goes to both, by one content that the names share.
                Some(first) => self.both(state, first, descriptor, span),
            });
        }
        let descriptor = opened.unwrap_or(OpenDescriptor::Null);
        for number in numbers {
            state.process.open(*number, descriptor.clone());
        }
    }

    /// Merges 2 possible targets into one descriptor: the names of both files lead to one content.
    fn both(
        &self,
        state: &mut State,
        first: OpenDescriptor,
        second: OpenDescriptor,
        span: Span,
    ) -> OpenDescriptor {
        match (first, second) {
            (
                OpenDescriptor::File {
                    number: a,
                    name,
                    span,
                },
                OpenDescriptor::File { number: b, .. },
            ) => {
                let number = state.files.merge(a, b);
                OpenDescriptor::File { number, name, span }
            }
            (file @ OpenDescriptor::File { .. }, _) | (_, file @ OpenDescriptor::File { .. }) => {
                file
            }
            (OpenDescriptor::Log, _) | (_, OpenDescriptor::Log) => OpenDescriptor::Log,
            (first, _) => {
                let _ = span;
                first
            }
        }
    }

    fn duplicate(&mut self, state: &mut State, number: u32, target: &Value, span: Span) {
        let Some(text) = target.literal() else {
            if target.taint().is_some() {
                state.output(
                    self,
                    2,
                    target,
                    span,
                    &Cause::ShellMessage(About::ClosedDescriptor),
                );
            }
            // Any of the open ones: the log is the strictest.
            let file = state
                .process
                .descriptors
                .iter()
                .find(|(_, descriptor)| matches!(descriptor, OpenDescriptor::File { .. }));
            let descriptor = file.map_or(OpenDescriptor::Log, |(_, file)| file.clone());
            state.process.open(number, descriptor);
            return;
        };
        if text == "-" {
            return state.process.close(number);
        }
        let moves = text.ends_with('-');
        let Ok(from) = text.trim_end_matches('-').parse::<u32>() else {
            return;
        };
        match state.process.descriptors.get(&from).cloned() {
            Some(descriptor) => state.process.open(number, descriptor),
            None => state.process.close(number),
        }
        if moves && from != number {
            state.process.close(from);
        }
    }
}

pub(crate) fn restore(state: &mut State, saved: &[(u32, Option<OpenDescriptor>)]) {
    for (number, descriptor) in saved {
        match descriptor {
            Some(descriptor) => state.process.open(*number, descriptor.clone()),
            None => state.process.close(*number),
        }
    }
}
