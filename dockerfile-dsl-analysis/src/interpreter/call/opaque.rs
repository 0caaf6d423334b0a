//! Commands that no row covers: which secrets reach the program, and the finding.

use crate::domain::Argument;
use crate::domain::files::{FilePlace, Node};
use crate::domain::state::OpenDescriptor;
use crate::domain::value::{Piece, PieceKind, Taint, Value};
use crate::domain::{Cause, Doubt, Sink, Step};
use crate::interpreter::call::Call;
use crate::uses::Host;

impl Call<'_, '_> {
    /// Returns the taint that reaches the program through argv, stdin or the environment.
    pub(crate) fn received(&mut self) -> Taint {
        let given = self.given();
        self.state.process.environment().join(&given)
    }

    /// The same without the variables that the row documents as the program's credentials.
    pub(crate) fn received_besides_credentials(&mut self) -> Taint {
        let all = self.state.process.variables.clone();
        let others = all.iter().filter(|(name, _)| !self.is_credential(name));
        let others = others.map(|(name, value)| (name.clone(), value.clone()));
        self.state.process.variables = others.collect();
        let received = self.received();
        self.state.process.variables = all;
        received
    }

    fn may_have(&self, part: &str) -> bool {
        !part.is_empty() && self.state.files.may_have(part)
    }

    /// The same without the environment.
    pub(crate) fn given(&mut self) -> Taint {
        let mut taint = Taint::NONE;
        for argument in self.arguments.clone().iter() {
            taint = taint.join(&argument.value.taint());
            taint = taint.join(&self.named_content(argument));
        }
        taint = taint.join(&self.peek_stdin().taint());
        // Names of files with a secret: an unknown program may read them.
        taint.join(&taint.reached(false))
    }

    /// Returns the content of files that the argument may name: as a whole, after `=`, after `@`.
    pub(crate) fn named_content(&self, argument: &Argument) -> Taint {
        let literal = argument.value.literal();
        // Most arguments are plain options.
        let is_option = |text: &str| {
            text.starts_with('-') && text.len() > 1 && !text.contains(['=', '@', ':', ',', '/'])
        };
        if literal
            .as_deref()
            .is_some_and(|text| is_option(text) && !self.state.files.may_have(text))
        {
            return Taint::NONE;
        }
        let mut taint = self
            .peek(argument)
            .taint()
            .join(&self.held_in_holes(&argument.value));
        let literal = literal.unwrap_or_default();
        for (at, _) in literal.match_indices(['=', '@', ':', ',']) {
            let part = Argument::new(Value::known(&literal[at + 1..]), argument.span);
            taint = taint.join(&self.peek(&part).taint());
        }
        // A text in another language: `read("/run/secrets/token")`.
        let is_part = |c: char| c.is_alphanumeric() || "_./~+%-".contains(c);
        for part in literal.split(|c| !is_part(c)) {
            let part = part.trim_end_matches('.');
            if part.len() < literal.len() && (part.contains('/') || self.may_have(part)) {
                let part = Argument::new(Value::known(part), argument.span);
                taint = taint.join(&self.peek(&part).taint());
            }
        }
        // A directory whose purpose is to hold secrets.
        for path in self.paths(argument) {
            let key = self.state.files.follow(&path.key);
            for (beneath, entry) in self.state.files.beneath(&key) {
                let direct = beneath
                    .strip_prefix(&key)
                    .is_some_and(|rest| rest.len() == 1);
                if let Node::File(number) = entry.node
                    && direct
                    && self.state.files.place(beneath) == FilePlace::Secret
                {
                    taint = taint.join(
                        &self
                            .state
                            .files
                            .content(number)
                            .map_or(Taint::NONE, Value::taint),
                    );
                }
            }
        }
        taint
    }

    /// Rejects a secret in the file that a text names: the row says only what is done with the text. Every program has its working directory,
    /// so `.` names nothing more.
    pub(crate) fn refuse_named_content(&mut self, argument: &Argument) {
        if argument.value.literal().as_deref() == Some(".") {
            return;
        }
        let content = self.named_content(argument);
        self.opaque_for(&content, Doubt::Argument);
    }

    /// Rejects a secret in an argument that is not looked at, or in the file that it names.
    pub(crate) fn refuse_argument(&mut self, argument: &Argument) {
        let received = argument.value.taint().join(&self.named_content(argument));
        self.opaque_for(&received, Doubt::Argument);
    }

    /// Returns the content of the files that the holes in a text lead to, at any position: `@{token}`, `open('{tmp}/x')`.
    pub(crate) fn held_in_holes(&self, value: &Value) -> Taint {
        let mut taint = Taint::NONE;
        for text in value.alternatives() {
            for (at, piece) in text.iter().enumerate() {
                if !matches!(piece.kind, PieceKind::Hole { .. }) {
                    continue;
                }
                let mut path = Value::piece(piece.clone());
                taint = taint.join(&self.peek(&Argument::new(path.clone(), self.span)).taint());
                if let Some(Piece {
                    kind: PieceKind::Known(known),
                    ..
                }) = text.get(at + 1)
                {
                    let end = known
                        .find(|c: char| !(c.is_ascii_alphanumeric() || "_./+@%-".contains(c)))
                        .unwrap_or(known.len());
                    path = path.concat(&Value::known(&known[..end]));
                    taint = taint.join(&self.peek(&Argument::new(path, self.span)).taint());
                }
            }
        }
        taint
    }

    /// Reports an unknown command if a secret reaches it, and taints its output.
    pub(crate) fn opaque(&mut self, why: Doubt) {
        let received = self
            .received()
            .join(&self.data.taint())
            .join(&self.consumed)
            .join(&self.stored.taint());
        self.opaque_for(&received, why);
    }

    /// The output of a program that nothing is known of is unknown, too: `if [ -n "$(./version)" ]`.
    fn prints_something(&mut self, is_whole: bool) {
        if is_whole {
            let output = self.fresh();
            self.print_read(&output);
        }
    }

    /// Returns whether the author trusts the program's output; `None` if not even the program.
    fn trust(&mut self) -> Option<bool> {
        let mut trusted = self.machine.config.trusted.iter();
        let (program, output) = trusted.find(|(program, _)| **program == *self.name)?;
        if !self.machine.log.trust_used.contains(&program.as_str()) {
            self.machine.log.trust_used.push(program);
        }
        Some(*output)
    }

    /// Reports a known build that runs code of the project: for the secrets in its environment that are not among the credentials of
    /// its row. Its output is that of the build.
    pub(crate) fn runs_project(&mut self) {
        let variables = self.state.process.variables.iter();
        let other = variables
            .filter(|(_, variable)| variable.exported)
            .map(|(name, variable)| (name, variable.taint().told()))
            .filter(|(name, taint)| taint.is_some() && !self.is_credential(name))
            .map(|(_, taint)| taint);
        let given: Taint = other.collect();
        if given.is_some() && self.trust().is_none() {
            let sink = Sink::ProjectCode {
                program: self.name.clone(),
                why: Doubt::ProjectBuild,
            };
            self.machine.event(sink, &given, self.span, None);
        }
    }

    /// The same for the given secrets.
    pub(crate) fn opaque_for(&mut self, received: &Taint, why: Doubt) {
        self.opaque_with_output(received, received, why);
    }

    /// The same, with the secrets on which the output depends. A secret that is only in the environment of a program is probably not what
    /// the program prints: the finding about the program is the one that asks.
    pub(crate) fn opaque_with_output(&mut self, received: &Taint, shown: &Taint, why: Doubt) {
        let received = &received.told();
        let is_whole = why.is_of_whole_program();
        if received.is_none() {
            return self.prints_something(is_whole);
        }
        self.record(received.clone(), vec![Host::Unknown]);
        match self.trust() {
            Some(true) => self.prints_something(is_whole),
            Some(false) => {
                let output = self.machine.unknown(received.step(
                    self.span,
                    Step::Given {
                        program: self.name.clone(),
                    },
                ));
                self.print(&output);
                self.print_error(&output);
            }
            None => {
                let name = self.name.clone();
                let program = name.clone();
                let sink = match why.is_project_code() {
                    true => Sink::ProjectCode { program, why },
                    false => Sink::Program { program, why },
                };
                self.machine.event(sink, received, self.span, None);
                let shown = shown.told();
                if shown.is_none() {
                    return self.prints_something(is_whole);
                }
                let output = self.machine.unknown(shown.step(
                    self.span,
                    Step::Given {
                        program: name.clone(),
                    },
                ));
                // The finding above already names the log.
                for number in [1, 2] {
                    if self.state.process.descriptors.get(&number) != Some(&OpenDescriptor::Log) {
                        self.state.output(
                            self.machine,
                            number,
                            &output,
                            self.span,
                            &Cause::Output(name.clone()),
                        );
                    }
                }
            }
        }
    }
}
