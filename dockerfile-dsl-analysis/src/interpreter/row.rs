//! Runs a program by its row: options as getopt_long parses them, each operand by its role, then the effects.

mod issued;
mod loaded;
pub(super) mod parse;
mod printed;
mod public;
mod quoted;
mod sent;
mod unused;

use parse::{Parsed, parse, select};
use public::{refuse_public_options, refuse_public_subcommand};
use quoted::quote_subcommand;
use unused::{is_trusted_with, is_value_of_unlisted, refuse_unused_values};

use crate::Span;
use crate::domain::Argument;
use crate::domain::files::Node;
use crate::domain::state::{State, Status};
use crate::domain::value::{Share, Taint, Value};
use crate::domain::{Cause, Doubt, Step};
use crate::interpreter::Machine;
use crate::interpreter::call::Call;
use crate::interpreter::evaluate::Outcome;
use crate::programs::{
    Argument as ArgumentShape, Dashes, Effect, Opt, Output, Program, Role, Row, Stdin,
};

/// Runs a program of the database; `words` is the whole command.
pub(crate) fn run<'m>(
    machine: &mut Machine<'m>,
    state: State,
    program: &'m Program,
    words: &[Argument],
    span: Span,
) -> Outcome {
    let arguments = &words[1..];
    let (row, rest) = select(program, arguments);
    let parsed = parse(program, row, arguments, &rest);
    let mut call = Call::new(machine, state, words, span);
    (call.row, call.parsed) = (row.unwrap_or(&NO_ROW), parsed);
    // The directory first: other paths are relative to it.
    for given in std::mem::take(&mut call.parsed.options) {
        if given.shape.argument == ArgumentShape::Value(Role::Directory)
            && let Some(value) = given.values.first()
        {
            call.directory = Some(call.in_directory(value));
        }
        call.parsed.options.push(given);
    }
    match row {
        None => call.opaque(Doubt::SubCommand),
        Some(Row {
            model: Some(model), ..
        }) => {
            model(&mut call);
            unknown_options(&mut call);
        }
        Some(_) => by_fields(&mut call),
    }
    quote_subcommand(program, &mut call);
    refuse_unused_values(&mut call);
    call.record_use();
    call.print_names_of_row();
    call.loads_project(&program.loads);
    call.quotes_settings();
    call.prints_anything();
    if call.has_effect(Effect::RunsProject) {
        call.runs_project();
    }
    if call.row.effects.contains(&Effect::NeverFails) {
        call.status = Status::Success;
    }
    refuse_public_subcommand(program, &mut call);
    refuse_public_options(&mut call);
    Outcome {
        state: call.state,
        status: call.status,
        failed: call.failed,
    }
}

/// Handles options that no row covers.
fn unknown_options(call: &mut Call<'_, '_>) {
    if call.row.dashes == Dashes::Any {
        for option in std::mem::take(&mut call.parsed.unknown) {
            let received = option.value.taint().join(&call.named_content(&option));
            call.opaque_for(&received, Doubt::Option);
        }
    } else if !call.parsed.unknown.is_empty() {
        call.opaque(Doubt::Option);
    }
}

/// Runs a program without a row.
pub(crate) fn run_unknown(
    machine: &mut Machine<'_>,
    state: State,
    words: &[Argument],
    span: Span,
) -> Outcome {
    let mut call = Call::new(machine, state, words, span);
    let mut received = call.received();
    let mut shown = call.given();
    let mut why = Doubt::Program;
    if let Some(program) = words
        .first()
        .filter(|word| word.text().is_some_and(|text| text.contains('/')))
    {
        received = received.join(&call.context_secrets(program));
        if call.is_of_project(program) {
            why = Doubt::ScriptOfContext;
            shown = received.clone();
        }
        shown = shown.join(&call.context_secrets(program));
    }
    received = received.join(&call.state.files_in_environment());
    call.opaque_with_output(&received, &shown, why);
    call.prints_messages();
    Outcome {
        state: call.state,
        status: call.status,
        failed: call.failed,
    }
}

static NO_ROW: Row = Row::new();

impl<'c, 'm> Call<'c, 'm> {
    /// Creates the call of a command without a row.
    fn new(machine: &'c mut Machine<'m>, state: State, words: &[Argument], span: Span) -> Self {
        let name = words.first().and_then(Argument::text).unwrap_or_default();
        Self {
            machine,
            state,
            name: name.rsplit('/').next().unwrap_or_default().into(),
            span,
            arguments: words.get(1..).unwrap_or_default().into(),
            row: &NO_ROW,
            parsed: Parsed::default(),
            data: Value::empty(),
            consumed: Taint::NONE,
            amount: Taint::NONE,
            stored: Value::empty(),
            sent: Taint::NONE,
            status: Status::Either,
            failed: None,
            directory: None,
            code: Vec::new(),
            has_printed: false,
        }
    }
}

/// Applies the fields of the row.
pub(super) fn by_fields(call: &mut Call<'_, '_>) {
    let row = call.row;
    let mut outputs: Vec<Argument> = Vec::new();
    let mut reads: Vec<Argument> = Vec::new();
    let mut reads_operand = false;
    let options: Vec<(&Opt, Vec<Argument>)> = call
        .parsed
        .options
        .iter()
        .inspect(|given| given.is_used.set(true))
        .map(|given| (given.shape, given.values.clone()))
        .collect();

    for (shape, values) in &options {
        let roles: &[Role] = match &shape.argument {
            ArgumentShape::None => &[],
            ArgumentShape::Value(role) | ArgumentShape::Attached(role) => {
                std::slice::from_ref(role)
            }
            ArgumentShape::Several(roles) => roles,
        };
        for (role, value) in roles.iter().zip(values) {
            if *role == Role::Quoted {
                call.refuse_named_content(value);
            }
            play(
                call,
                *role,
                value,
                &mut outputs,
                &mut reads,
                &mut reads_operand,
            );
        }
    }
    let operands = call.operands();
    let shape = &row.operands;
    let first = shape.first.len().min(operands.len());
    let last = shape.last.len().min(operands.len() - first);
    let is_catch_all = row.dashes != Dashes::Listed;
    for (index, operand) in operands.iter().enumerate() {
        let role = if index < first {
            Some(shape.first[index])
        } else if index >= operands.len() - last {
            Some(shape.last[index - (operands.len() - last)])
        } else {
            shape.rest
        };
        match role {
            Some(Role::Command) => {
                let is_end_of_options = operand.text().as_deref() == Some("--");
                call.run(&operands[index + usize::from(is_end_of_options)..]);
                break;
            }
            Some(Role::ScriptFile) => {
                call.run_file(operand, &operands[index + 1..]);
                break;
            }
            Some(role) => {
                let is_text = matches!(role, Role::Plain | Role::Credential | Role::Quoted);
                if is_catch_all && is_text && !is_trusted_with(call, index, operand) {
                    continue;
                }
                let may_be_file = role == Role::CredentialOrFile;
                if is_catch_all && may_be_file && is_value_of_unlisted(call, index, operand) {
                    continue;
                }
                // `file -f LIST`
                let may_be_value = call.parsed.maybe_values.contains(&index);
                if role == Role::Inspect && may_be_value && operand.value.is_known_in_part() {
                    call.refuse_named_content(operand);
                }
                play(
                    call,
                    role,
                    operand,
                    &mut outputs,
                    &mut reads,
                    &mut reads_operand,
                );
            }
            None => {
                let received = operand.value.taint().join(&call.peek(operand).taint());
                call.opaque_for(&received, Doubt::Operand);
            }
        }
    }
    let reads_input = row.stdin.is_read(reads_operand);
    if reads_input {
        call.data = call.data.clone().concat(&call.stdin());
    }
    match row.stdin {
        Stdin::Credential => {
            let taint = call.stdin().taint();
            call.consumed = call.consumed.join(&taint);
        }
        Stdin::Stored => {
            let input = call.stdin();
            call.stored = call.stored.concat(&input);
        }
        Stdin::Read | Stdin::ReadWithoutOperand | Stdin::Unused => {}
    }
    unknown_options(call);
    let effects: Vec<Effect> = row
        .effects
        .iter()
        .copied()
        .chain(options.iter().filter_map(|(shape, _)| shape.effect))
        .collect();
    let clean = effects.contains(&Effect::CleanOutput);
    let says = !reads_input && reads.is_empty() && call.data.is_simple();
    let mut output = match row.output {
        Output::Nothing | Output::Clean | Output::Count => Value::empty(),
        Output::Same => call.data.clone(),
        // A program's own words, as an architecture or a date.
        Output::Derived if says => call.machine.unknown_name(call.data.taint()),
        Output::Derived | Output::Issued => call.fresh().with(&call.data.taint()),
    };
    if output.taint().is_some() && !matches!(row.output, Output::Same) {
        output = output.step(
            call.span,
            Step::Changed {
                program: call.name.clone(),
            },
        );
    }
    let data = call.data.taint();
    if clean || matches!(row.output, Output::Clean | Output::Count) {
        // The length of a fragment is independent of its content.
        let least = match row.output {
            Output::Count => Share::Probe,
            _ => Share::Fragment,
        };
        output = call.answer(&data, least);
    } else {
        call.status_answers(&data);
        if reads.len() > 1 && data.share() == Share::Fragment {
            output = output.of(Share::Probe);
        }
    }
    // Its length is computed from fragments: `head -c $n`.
    output = output.with(&call.amount);
    if row.output == Output::Issued || effects.contains(&Effect::Issues) && !clean {
        output = output.with(&call.issued(&data));
    }
    if effects.contains(&Effect::InPlace) && outputs.is_empty() {
        let how = Cause::InPlace(call.name.clone());
        for path in &reads {
            call.write_in_place(path, &output, &how);
        }
    } else if outputs.is_empty() {
        if row.output != Output::Nothing {
            call.print(&output);
        }
    } else {
        let how = Cause::Program(call.name.clone());
        for path in &outputs {
            call.write(path, &output, &how);
        }
    }
    for effect in effects {
        apply(call, effect);
    }
}

fn play(
    call: &mut Call<'_, '_>,
    role: Role,
    argument: &Argument,
    outputs: &mut Vec<Argument>,
    reads: &mut Vec<Argument>,
    reads_operand: &mut bool,
) {
    let text = argument.value.taint();
    match role {
        Role::Plain => {
            if text.is_some() {
                call.opaque_for(&text, Doubt::Argument);
            }
        }
        Role::Credential => {
            call.consumed = call.consumed.join(&text.step(
                argument.span,
                Step::Given {
                    program: call.name.clone(),
                },
            ))
        }
        Role::CredentialFile => {
            let content = call.read(argument).taint();
            call.consumed = call.consumed.join(&content);
        }
        Role::CredentialOrFile => {
            let file = argument.behind("@").or_else(|| argument.behind("<"));
            let taint = match file {
                Some(file) => call.read(&file).taint(),
                None => text.step(
                    argument.span,
                    Step::Given {
                        program: call.name.clone(),
                    },
                ),
            };
            call.consumed = call.consumed.join(&taint);
        }
        Role::Read => {
            *reads_operand = true;
            reads.push(argument.clone());
            let content = call.read(argument);
            call.data = call.data.concat(&content);
        }
        Role::ReadTree => {
            *reads_operand = true;
            reads.push(argument.clone());
            let content = call.read_tree(argument);
            call.data = call.data.concat(&content);
        }
        Role::Inspect | Role::Quoted => {
            if role == Role::Inspect {
                call.amount = call.amount.join(&call.size(argument));
            }
            if text.is_some() {
                call.print_error(&argument.value);
                call.amount = call.amount.join(&call.small(argument));
            }
        }
        Role::Shown => call.data = call.data.concat(&argument.value),
        Role::Write => outputs.push(argument.clone()),
        Role::Stored => call.stored = call.stored.concat(&argument.value),
        Role::StoredFile => {
            let content = call.read(argument);
            call.stored = call.stored.concat(&content);
        }
        Role::Create => call.create(argument, true),
        Role::Remove => {
            let tree = call
                .parsed
                .options
                .iter()
                .any(|given| given.shape.effect == Some(Effect::Recursive))
                || call.row.effects.contains(&Effect::Recursive);
            call.remove(argument, tree);
        }
        Role::Directory => {}
        Role::Script => call.shell(&argument.value, argument.span, &[]),
        // Only as operands, where they take the words after them.
        Role::Command => call.run(std::slice::from_ref(argument)),
        Role::ScriptFile => call.run_file(argument, &[]),
    }
}

fn apply(call: &mut Call<'_, '_>, effect: Effect) {
    let arguments = || {
        call.arguments
            .iter()
            .fold(Value::empty(), |all, argument| all.concat(&argument.value))
    };
    match effect {
        Effect::Store => {
            let places = &call.row.stores;
            let stored = call.stored.clone();
            let how = Cause::Stored(call.name.clone());
            call.store(places, &stored, &how);
        }
        Effect::Forgets => {
            let places = call.row.stores.as_str();
            call.forget(places);
        }
        Effect::PrintArguments => {
            let all = arguments();
            call.print_error(&all);
        }
        Effect::PrintCredentials => {
            let value = Value::nameless(call.consumed.clone());
            call.print_error(&value);
        }
        Effect::PrintEnvironment => {
            let value = Value::nameless(call.state.process.environment());
            call.print(&value);
        }
        Effect::PrintData => {
            let data = call.data.clone();
            call.print_error(&data);
        }
        Effect::Opaque => call.opaque(Doubt::OpaqueOption),
        Effect::CleanOutput
        | Effect::InPlace
        | Effect::PrintsNames
        | Effect::PrintsNamesOfSeveral
        | Effect::HidesNames
        | Effect::Recursive
        | Effect::FollowLinks
        | Effect::KeepLinks
        | Effect::CutsBytes
        | Effect::Cuts
        | Effect::SelectsLines
        | Effect::EditsInPlace
        | Effect::Issues
        | Effect::RunsProject
        | Effect::ShellOptions
        | Effect::RunsBash
        | Effect::RunsPosix
        | Effect::NeverFails
        | Effect::TargetIsFile
        | Effect::TargetIsLink => {}
    }
}

impl Call<'_, '_> {
    /// Resolves the directory of an option, relative to the one before.
    fn in_directory(&self, argument: &Argument) -> Value {
        let paths = self.paths(argument);
        let mut all: Option<Value> = None;
        for path in &paths {
            let value = crate::interpreter::call::path_value(path);
            all = Some(all.map_or_else(|| value.clone(), |all| all.join(&value)));
        }
        all.unwrap_or_else(|| self.state.process.cwd.clone())
    }

    /// Replaces a file by a new one, as `sed -i` does: a symbolic link becomes a regular file.
    pub(crate) fn write_in_place(&mut self, path: &Argument, content: &Value, how: &Cause) {
        for path in self.paths(path) {
            let key = self.state.files.follow_parent(&path.key);
            if self
                .state
                .files
                .entry(&key)
                .is_some_and(|entry| !matches!(entry.node, Node::File(_)))
            {
                self.state.files.remove(&key);
            }
            self.state
                .write_to(self.machine, &path, content, self.span, how, false);
        }
    }
}
