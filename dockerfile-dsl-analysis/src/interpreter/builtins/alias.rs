//! `alias`: replaces the first word of a command by a text. sh expands aliases, bash only after `shopt -s expand_aliases`.

use crate::Span;
use crate::domain::Argument;
use crate::domain::state::{State, Variable};
use crate::domain::value::{PieceKind, Taint, Value};
use crate::domain::ways::Flow;
use crate::domain::{About, Cause};
use crate::interpreter::Machine;

/// No variable has such a name.
pub(in super::super) const PREFIX: &str = "alias ";

impl Machine<'_> {
    pub(super) fn alias(&mut self, state: &mut State, arguments: &[Argument], span: Span) {
        let mut shown = Taint::NONE;
        for word in arguments {
            let prefix = word.value.known_prefix();
            match prefix.split_once('=') {
                Some((name, _)) => {
                    let text = word.behind(&format!("{name}="));
                    let text = text.map_or_else(Value::empty, |word| word.value);
                    let variable = Variable::new(text);
                    state.process.set(&format!("{PREFIX}{name}"), variable);
                    self.seen.aliases = true;
                }
                None => {
                    let one = word
                        .text()
                        .and_then(|name| state.process.variable(&format!("{PREFIX}{name}")));
                    shown = shown.join(&one.map_or(Taint::NONE, Variable::taint));
                    let word = std::slice::from_ref(word);
                    self.quote(state, word, span, &Cause::ShellMessage(About::UnknownAlias));
                }
            }
        }
        if arguments.is_empty() {
            for (name, variable) in state.process.variables.iter() {
                if name.starts_with(PREFIX) {
                    shown = shown.join(&variable.taint());
                }
            }
        }
        let value = self.unknown(shown);
        state.output(self, 1, &value, span, &Cause::Output("alias".into()));
    }

    pub(super) fn unalias(&mut self, state: &mut State, arguments: &[Argument]) {
        for name in arguments.iter().filter_map(Argument::text) {
            state.process.unset(&format!("{PREFIX}{name}"));
        }
    }

    /// Runs the text of an alias, followed by the words of the command.
    pub(in super::super) fn run_alias(
        &mut self,
        state: &State,
        words: &[Argument],
    ) -> Option<Vec<Flow>> {
        let (first, rest) = words.split_first()?;
        let name = format!("{PREFIX}{}", first.text()?);
        let expands = self.seen.expands_aliases || !state.process.options.bash;
        if !self.seen.aliases || !expands || self.frame.calls(&name) > 0 {
            return None;
        }
        let mut text = state.process.variable(&name)?.value.clone();
        for word in rest {
            let quote = Value::known(if word.splits { "" } else { "\"" });
            text = text.concat(&Value::known(" ")).concat(&quote);
            text = text.concat(&quoted(&word.value)).concat(&quote);
        }
        Some(self.within(
            |frame| frame.call(&name),
            |machine| machine.evaluate(state.clone(), &text, first.span),
        ))
    }
}

/// Quotes the text for double quotes.
fn quoted(value: &Value) -> Value {
    let mut all = Vec::new();
    for text in value.alternatives() {
        let mut pieces = text.to_vec();
        for piece in &mut pieces {
            if let PieceKind::Known(known) = &piece.kind
                && known.contains(['"', '$', '`', '\\'])
            {
                let mut escaped = String::new();
                for character in known.chars() {
                    if matches!(character, '"' | '$' | '`' | '\\') {
                        escaped.push('\\');
                    }
                    escaped.push(character);
                }
                piece.kind = PieceKind::Known(escaped.into());
            }
        }
        all.push(pieces.into());
    }
    Value::from_alternatives(all)
}
