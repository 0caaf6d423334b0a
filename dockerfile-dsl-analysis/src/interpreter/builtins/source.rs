//! `. FILE`, `eval TEXT`: a file as a part of the script, or as a list of settings.

use std::rc::Rc;

use crate::Span;
use crate::domain::Argument;
use crate::domain::state::{State, Status};
use crate::domain::value::{Piece, PieceKind, Taint, Text, Value};
use crate::domain::ways::{Flow, Jump};
use crate::domain::{About, Cause, Doubt, Sink, Step};
use crate::interpreter::Machine;
use crate::interpreter::evaluate::positional;

impl Machine<'_> {
    /// Rejects the secrets of the shell if `eval` runs a text that begins with the content of an unknown file.
    pub(super) fn refuse_unseen_text(&mut self, state: &State, text: &Value, span: Span) {
        let is_unseen = |text: &Text| {
            let is_blank = |piece: &&Piece| match &piece.kind {
                PieceKind::Known(known) => known.trim().is_empty(),
                _ => false,
            };
            let first = text.iter().find(|piece| !is_blank(piece));
            first.is_some_and(|piece| {
                matches!(piece.kind, PieceKind::Unknown(_)) && piece.taint.is_none()
            })
        };
        if text.alternatives().iter().any(is_unseen) {
            let reached = state.process.all_variables();
            self.event(Sink::syntax(Doubt::Evaluated), &reached, span, None);
        }
    }

    /// `. FILE`
    pub(super) fn source(
        &mut self,
        mut state: State,
        arguments: &[Argument],
        span: Span,
    ) -> Vec<Flow> {
        let Some(file) = arguments.first() else {
            return vec![Flow::new(state, Status::Failure)];
        };
        if file.value.taint().is_some() {
            state.output(
                self,
                2,
                &file.value,
                file.span,
                &Cause::ShellMessage(About::MissingFile),
            );
        }
        let cwd = state.process.cwd.clone();
        let mut all: Option<Value> = None;
        for path in state.files.paths(&file.value, &cwd) {
            let content = state
                .read(&path.key)
                .unwrap_or_else(|| self.unknown(Taint::NONE));
            all = Some(all.map_or_else(|| content.clone(), |all| all.join(&content)));
        }
        let text = all.unwrap_or_else(Value::empty);
        let taint = text.taint();
        // If it begins with text of the script, the position of the secret in it is known.
        let is_known = |piece: &Piece| match &piece.kind {
            PieceKind::Known(known) => !known.trim().is_empty(),
            _ => false,
        };
        let begins = (text.alternatives().iter()).all(|text| text.first().is_some_and(is_known));
        if text.literal().is_none() && taint.is_some() && !begins {
            let taint = taint.step(file.span, Step::AssignedByFile);
            let exported = state.process.options.allexport;
            state.process.set_unknown(&taint, exported);
            // `set -a` is for settings.
            let known_as_settings = exported || file.text().is_some_and(|path| is_settings(&path));
            if !known_as_settings {
                let sink = Sink::Syntax {
                    construct: ".".into(),
                    why: Doubt::SourcedSecret,
                };
                self.event(sink, &taint, span, None);
            }
            return vec![Flow::new(state, Status::Either)];
        }
        if let Some(name) = script_of_project(&state, file, &text) {
            // What it defines stays: it may read a mounted secret, or replace the command that gets it.
            let mut paths = state.files.paths(&file.value, &cwd).into_iter();
            let mounted = match paths.any(|path| state.files.is_of_context(&path.key)) {
                true => state.mounted_secrets(),
                false => Taint::NONE,
            };
            let reached = state.process.all_variables().join(&mounted);
            let given = arguments[1..].iter().map(|word| word.value.taint());
            let taint = given.fold(reached, |all, taint| all.join(&taint));
            let sink = Sink::ProjectCode {
                program: name.into(),
                why: Doubt::ScriptOfContext,
            };
            self.event(sink, &taint, span, None);
        }
        let outer = (arguments.len() > 1).then(|| {
            std::mem::replace(
                &mut state.process.positional,
                Rc::new(positional(&arguments[1..])),
            )
        });
        // In a sourced file, dash forgets that the exit status of `.` is tested.
        let bash = state.process.options.bash;
        let flows = self.within(
            |frame| frame.exempt &= bash,
            |machine| machine.evaluate(state, &text, file.span),
        );
        let mut flows = self.run_return_trap(flows);
        for flow in &mut flows {
            if flow.jump == Jump::Return {
                flow.jump = Jump::None;
            }
            if let Some(outer) = &outer {
                flow.state.process.positional = outer.clone();
            }
        }
        flows
    }
}

/// Returns the name of a script of the project, whose content is unknown: a relative path, or a path in a copy of the build context,
/// that the step did not create.
fn script_of_project(state: &State, file: &Argument, text: &Value) -> Option<String> {
    let path = file.text()?;
    let name = path.rsplit('/').next().unwrap_or(&path);
    let ends = [".sh", ".bash", ".ksh", ".zsh"];
    // `activate` of a virtual environment comes from Python.
    let is_script = ends.iter().any(|end| name.ends_with(end))
        || !name.trim_start_matches('.').contains('.') && name != "activate";
    if text.literal().is_some() || !is_script || is_settings(&path) {
        return None;
    }
    let files = &state.files;
    let mut paths = files.paths(&file.value, &state.process.cwd).into_iter();
    let is_relative = !path.starts_with(['/', '~']);
    let is_here = paths.any(|path| {
        let key = files.follow(&path.key);
        files.entry(&key).is_none() && (is_relative || files.is_of_context(&path.key))
    });
    is_here.then(|| name.to_owned())
}

/// Whether the name of a file suggests `NAME=value` lines.
fn is_settings(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    name == "env"
        || name.starts_with(".env")
        || name.ends_with(".env")
        || name.ends_with("_env")
        || name.ends_with("-env")
        || name.starts_with("env.")
        || name.contains("dotenv")
}
