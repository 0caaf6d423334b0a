//! python, node, perl, ruby, php: a script is opaque, unless it is a recognized idiom or cannot access the secret.

mod artisan;
mod database;
mod harmless;
mod module;
mod perl;
mod r;

pub(super) use database::database;
use module::run_module;

use harmless::{downloads, is_harmless, statements};

use super::common::{SECRET, UNKNOWN, made, path, spellings, uses_environment};
use super::idioms::{self, Statement};
use super::mention::{mentioned, mentioned_in_pieces};
use crate::domain::Argument;
use crate::domain::{Cause, Doubt};
use crate::domain::{PieceKind, Taint, Value};
use crate::interpreter::Call;

/// The parsed command line of an interpreter.
struct CommandLine {
    /// The script of `-c`, `-e` and the like.
    text: Option<Argument>,
    /// The module of `-m`.
    module: Option<String>,
    /// The script file; `-` is standard input.
    file: Option<Argument>,
    /// The arguments after the script.
    arguments: Vec<Argument>,
    /// The options before the script.
    options: Vec<String>,
}

/// Parses the command line; `texts` are the options with a script.
fn given(call: &mut Call<'_, '_>, language: ScriptLanguage) -> CommandLine {
    let texts = language.text_options();
    let mut given = CommandLine {
        text: None,
        module: None,
        file: None,
        arguments: Vec::new(),
        options: Vec::new(),
    };
    let words = call.operands();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        let Some(option) = word
            .text()
            .filter(|text| text.starts_with('-') && text.len() > 1)
        else {
            if word.value.known_prefix().starts_with('-') && word.text().is_none() {
                call.opaque_for(&word.value.taint(), Doubt::Option);
                continue;
            }
            given.file = Some(word.clone());
            break;
        };
        let long = match option.as_str() {
            "--eval" | "--print" => true,
            value if language.value_options().contains(&value) => {
                if let Some(value) = words.get(at) {
                    call.refuse_argument(value);
                }
                at += 1;
                continue;
            }
            "-X" | "-W" | "-r" | "-I" | "-M" | "--require" | "--import"
                if !texts.contains(&option.chars().nth(1).unwrap_or(' ')) =>
            {
                if let Some(value) = words.get(at) {
                    call.refuse_argument(value);
                }
                at += 1;
                false
            }
            _ => false,
        };
        let short = !option.starts_with("--")
            && option.chars().skip(1).any(|c| texts.contains(&c))
            && option.len() <= 5;
        if long || short {
            given.options.push(option);
            let text = words.get(at).cloned();
            at += 1;
            given.text = joined(given.text.take(), text);
            // `-e TEXT -e TEXT` is one program.
            let next = words.get(at).and_then(Argument::text);
            match next.as_deref() {
                Some("-e" | "-E") if texts.contains(&'e') => continue,
                _ => break,
            }
        }
        if option == "-m" {
            given.module = words.get(at).and_then(Argument::text);
            if let Some(module) = words.get(at) {
                call.quote_in_errors(module);
            }
            at += 1;
            break;
        }
        given.options.push(option);
    }
    given.arguments = words.get(at..).unwrap_or_default().to_vec();
    given
}

/// Returns the lines of both texts.
fn joined(first: Option<Argument>, second: Option<Argument>) -> Option<Argument> {
    match (first, second) {
        (Some(first), Some(second)) => {
            let text = first.value.concat(&Value::known("\n"));
            Some(Argument::new(text.concat(&second.value), first.span))
        }
        (first, second) => first.or(second),
    }
}

/// Returns the taint that reaches a script besides its environment and its text: arguments, the files that they name, standard input.
fn reaches(call: &mut Call<'_, '_>, text: &Value, input: bool) -> Taint {
    let input = input.then(|| call.stdin().taint());
    let mut taint = input.unwrap_or(Taint::NONE);
    for word in call.operands().iter().filter(|word| word.value != *text) {
        taint = taint
            .join(&word.value.taint())
            .join(&call.named_content(word));
    }
    taint
}

/// Runs a script, which is opaque if it can access a secret.
fn run_text(call: &mut Call<'_, '_>, text: &Value, input: bool) {
    let spelled = spellings(text).join("\n");
    let mut taint = text
        .taint()
        .join(&mentioned(call, &spelled))
        .join(&call.held_in_holes(text))
        .join(&call.state.reached_by_code(text.alternatives()))
        .join(&reaches(call, text, input));
    let environment = call.environment().taint();
    if text.literal().is_none()
        || !statements(&spelled)
            .iter()
            .all(|statement| downloads(statement))
    {
        taint = taint.join(&environment);
    }
    call.opaque_for(&taint, Doubt::InterpreterText);
}

fn asks_version(given: &CommandLine) -> bool {
    given.file.is_none()
        && given.text.is_none()
        && given.module.is_none()
        && given
            .options
            .iter()
            .any(|option| matches!(&**option, "-v" | "-V" | "--version" | "--help" | "-h"))
}

/// Languages whose scripts are analysed in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ScriptLanguage {
    JavaScript,
    Perl,
    Php,
    Python,
    R,
    /// A language whose scripts are not analysed.
    Other,
}

impl ScriptLanguage {
    /// Returns the options with a script.
    fn text_options(self) -> &'static [char] {
        match self {
            Self::JavaScript => &['e', 'p'],
            Self::Php => &['r'],
            Self::Python => &['c'],
            Self::R => &['e'],
            Self::Perl | Self::Other => &['e', 'E'],
        }
    }

    /// Returns more options with a value in the next word.
    const fn value_options(self) -> &'static [&'static str] {
        match self {
            Self::Php => &["-c", "-d", "-S", "-t", "-z"],
            _ => &[],
        }
    }
}

pub(super) fn javascript(call: &mut Call<'_, '_>) {
    run_language(call, ScriptLanguage::JavaScript);
}

pub(super) fn perl(call: &mut Call<'_, '_>) {
    run_language(call, ScriptLanguage::Perl);
}

pub(super) fn php(call: &mut Call<'_, '_>) {
    run_language(call, ScriptLanguage::Php);
}

pub(super) fn r_script(call: &mut Call<'_, '_>) {
    run_language(call, ScriptLanguage::R);
}

/// Runs an interpreter whose scripts are not analysed.
pub(super) fn script(call: &mut Call<'_, '_>) {
    run_language(call, ScriptLanguage::Other);
}

fn run_language(call: &mut Call<'_, '_>, language: ScriptLanguage) {
    let given = given(call, language);
    if asks_version(&given) {
        return;
    }
    status_of(call, &given);
    if language == ScriptLanguage::Php {
        let informs = |option: &String| matches!(&**option, "-i" | "--info");
        if given.options.iter().any(informs) {
            let all = call.environment();
            return call.print(&all);
        }
        artisan::caches_settings(call, given.file.as_ref(), &given.arguments);
    }
    match (&given.text, &given.file) {
        (Some(text), _) if language == ScriptLanguage::Perl && perl::runs(call, &given, text) => {}
        (Some(text), _) => {
            let prints = given.options.iter().any(|option| option.contains('p'));
            run_known_text(call, language, &text.value.clone(), prints);
        }
        (None, Some(file)) if file.text().as_deref() != Some("-") => {
            run_script(call, language, file);
        }
        _ => {
            let text = call.stdin();
            run_known_text(call, language, &text, false);
        }
    }
}

/// The exit status depends on the arguments of the script.
fn status_of(call: &mut Call<'_, '_>, given: &CommandLine) {
    let input = call.peek_stdin().taint();
    let arguments = given.arguments.iter();
    let asked = arguments.fold(input, |all, word| all.join(&word.value.taint()));
    call.status_answers(&asked);
}

/// Runs a script. JavaScript is parsed statement by statement; other languages are not.
fn run_known_text(call: &mut Call<'_, '_>, language: ScriptLanguage, text: &Value, prints: bool) {
    call.reads_code(text);
    let spelled = spellings(text).join("\n");
    if language == ScriptLanguage::R && text.taint().is_none() && r::installs(&spelled) {
        let output = call.fresh();
        return call.print(&output);
    }
    let statements = match language {
        ScriptLanguage::JavaScript if prints => idioms::printed(&spelled),
        ScriptLanguage::JavaScript => idioms::javascript(&spelled),
        _ => None,
    };
    if let Some(statements) = statements
        && run_idioms(call, text, &spelled, &statements)
    {
        return;
    }
    run_text(call, text, true);
}

/// Runs a script file, by its text if that is known.
fn run_script(call: &mut Call<'_, '_>, language: ScriptLanguage, file: &Argument) {
    call.quote_in_errors(file);
    let text = call.peek(file);
    if text.has_commands() {
        return match language {
            ScriptLanguage::Python => run_python(call, &text, true, false),
            _ => run_known_text(call, language, &text, false),
        };
    }
    let taint = text
        .taint()
        .join(&reaches(call, &file.value, true))
        .join(&call.environment().taint());
    let why = match call.is_of_project(file) {
        true => Doubt::ScriptOfContext,
        false => Doubt::Script,
    };
    call.opaque_for(&taint, why);
}

// python

pub(super) fn python(call: &mut Call<'_, '_>) {
    let given = given(call, ScriptLanguage::Python);
    if asks_version(&given) {
        return;
    }
    if let Some(module) = &given.module {
        return run_module(call, module, &given.arguments);
    }
    status_of(call, &given);
    let keeps_bytecode = !given
        .options
        .iter()
        .any(|option| !option.starts_with("--") && option.contains('B'))
        && !call.env_says_yes("PYTHONDONTWRITEBYTECODE");
    match (&given.text, &given.file) {
        (Some(text), _) => run_python(call, &text.value.clone(), true, keeps_bytecode),
        (None, Some(file)) if file.text().as_deref() != Some("-") => {
            run_script(call, ScriptLanguage::Python, file);
        }
        _ => {
            let text = call.stdin();
            run_python(call, &text, false, keeps_bytecode);
        }
    }
}

fn run_python(call: &mut Call<'_, '_>, text: &Value, input: bool, keeps_bytecode: bool) {
    call.reads_code(text);
    if let Some(known) = known_but_for_a_hole(text) {
        let statements = statements(&known);
        if keeps_bytecode {
            for statement in &statements {
                imported(call, statement);
            }
        }
        if statements.iter().all(|statement| is_harmless(statement))
            || idioms::only_in_strings(&known, UNKNOWN) && idioms::shows_nothing(&known)
        {
            let output = call.fresh();
            call.print(&output);
            // A hole for the secret's file is a path; a hole for its value is a part of the script.
            return call.opaque_for(&text.taint(), Doubt::InterpreterText);
        }
    }
    let spelled = spellings(text).join("\n");
    if let Some(statements) = idioms::python(&spelled)
        && run_idioms(call, text, &spelled, &statements)
    {
        return;
    }
    run_text(call, text, input);
}

/// Applies the statements. Returns false if one is not recognized, or if the secret is in the script itself.
fn run_idioms(
    call: &mut Call<'_, '_>,
    text: &Value,
    spelled: &str,
    statements: &[Statement<'_>],
) -> bool {
    let is_code = |c: char| !idioms::only_in_strings(spelled, c);
    if text.alternatives().len() != 1
        || is_code(SECRET)
        || is_code(UNKNOWN)
        || mentioned_in_pieces(call, spelled).is_some()
    {
        return false;
    }
    let mut names: Vec<(&str, Taint)> = Vec::new();
    let mut files: Vec<(&str, &str)> = Vec::new();
    let mut seen = Taint::NONE;
    for statement in statements {
        let (expression, file) = match statement {
            Statement::Quiet => continue,
            Statement::PrintError(expression) => {
                let taint = value_of(call, text, expression, &names);
                seen = seen.join(&taint);
                let value = made(call, &taint);
                call.print_error(&value);
                continue;
            }
            Statement::Open(name, file) => {
                files.push((name, file));
                continue;
            }
            Statement::Assign(name, expression) => {
                let taint = value_of(call, text, expression, &names);
                names.push((name, taint));
                continue;
            }
            Statement::Print(expression) => (expression, None),
            Statement::Write(file, expression) => (expression, Some(*file)),
            Statement::WriteTo(name, expression) => {
                let opened = files.iter().rev().find(|(known, _)| known == name);
                let Some((_, file)) = opened else {
                    return false;
                };
                (expression, Some(*file))
            }
        };
        let taint = value_of(call, text, expression, &names);
        seen = seen.join(&taint);
        let value = made(call, &taint);
        match file {
            Some(file) if file.contains([SECRET, UNKNOWN]) => return false,
            Some(file) if taint.is_some() => {
                let how = Cause::Written(call.name.clone());
                call.append(&path(call, file), &value, &how);
            }
            Some(_) => {}
            None => call.print(&value),
        }
    }
    let output = call.fresh();
    call.print(&output);
    text.taint().is_none() || seen.is_some()
}

/// Returns the taint of an expression's value.
fn value_of(
    call: &mut Call<'_, '_>,
    text: &Value,
    expression: &str,
    names: &[(&str, Taint)],
) -> Taint {
    let mut taint = mentioned(call, expression);
    for (name, held) in names {
        if idioms::uses(expression, name) {
            taint = taint.join(held);
        }
    }
    if expression.contains([SECRET, UNKNOWN]) {
        taint = taint.join(&text.taint()).join(&call.held_in_holes(text));
    }
    if uses_environment(expression) {
        let words = expression.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        let named: Vec<Value> = words.filter_map(|word| call.env(word)).collect();
        taint = taint.join(&Taint::of_all(&named));
        taint = taint.join(&call.any_variable().taint());
        if named.is_empty() {
            taint = taint.join(&call.environment().taint());
        }
    }
    if ["argv", "stdin", "input("]
        .iter()
        .any(|word| expression.contains(word))
    {
        taint = taint.join(&reaches(call, text, true));
    }
    taint
}

/// Returns the text with a letter in the place of a hole. Only one hole is allowed, so that none can change what happens to another.
fn known_but_for_a_hole(text: &Value) -> Option<String> {
    let [pieces] = text.alternatives() else {
        return None;
    };
    let first = text.holes().next();
    if text.holes().any(|hole| Some(hole) != first) {
        return None;
    }
    let mut known_text = String::new();
    for piece in pieces.iter() {
        match &piece.kind {
            PieceKind::Known(known) if piece.taint.is_none() => known_text.push_str(known),
            PieceKind::Hole { .. } => known_text.push(UNKNOWN),
            _ => return None,
        }
    }
    Some(known_text)
}

/// Imports a module from the step's own files: its bytecode stays in a cache directory.
fn imported(call: &mut Call<'_, '_>, statement: &str) {
    let names = statement.strip_prefix("import ").or_else(|| {
        statement
            .strip_prefix("from ")
            .and_then(|rest| rest.split(" import ").next())
    });
    let Some(names) = names else { return };
    for name in names
        .split(',')
        .filter_map(|name| name.split_whitespace().next())
    {
        let source = path(call, format!("{}.py", name.replace('.', "/")));
        let content = call.peek(&source);
        if content.taint().is_some() {
            let compiled = path(call, format!("__pycache__/{name}.cpython.pyc"));
            let compiled = match call.env("PYTHONPYCACHEPREFIX") {
                Some(prefix) => Argument::new(
                    prefix.concat(&Value::known(format!("/{name}.pyc"))),
                    call.span,
                ),
                None => compiled,
            };
            let bytecode = made(call, &content.taint());
            call.write(&compiled, &bytecode, &Cause::Compiled("python".into()));
        }
    }
}
