//! Python modules that are programs: most have rows under another name.

use crate::domain::Argument;
use crate::domain::Doubt;
use crate::domain::{Taint, Value};
use crate::interpreter::Call;

/// `python -m MODULE ARG..`
pub(super) fn run_module(call: &mut Call<'_, '_>, module: &str, arguments: &[Argument]) {
    let word = |text: &str| Argument::new(Value::known(text), call.span);
    match module {
        "pip" | "pipenv" | "poetry" | "twine" | "uv" | "pytest" | "tox" | "nox" | "coverage"
        | "flask" | "alembic" | "uvicorn" | "gunicorn" | "celery" | "mkdocs" | "dvc" | "mlflow"
        | "pdm" | "hatch" | "dotenv" | "mypy" | "pylint" => {
            let mut command = vec![word(module)];
            command.extend_from_slice(arguments);
            call.run(&command);
        }
        "base64" | "gzip" | "zipfile" | "tarfile" => {
            let words = match (module, arguments) {
                ("zipfile" | "tarfile", [option, rest @ ..]) => {
                    let creates = matches!(option.text().as_deref(), Some("-c" | "--create"));
                    let extracts = matches!(option.text().as_deref(), Some("-e" | "--extract"));
                    let program: &[&str] = match (module, creates, extracts) {
                        ("zipfile", true, _) => &["zip", "-r"],
                        ("tarfile", true, _) => &["tar", "-cf"],
                        ("tarfile", _, true) => &["tar", "-xf"],
                        ("zipfile", _, true) => &["unzip"],
                        ("zipfile", ..) => &["unzip", "-l"],
                        _ => &["tar", "-tf"],
                    };
                    // The target directory of an extraction is the last word.
                    let rest = if extracts {
                        rest.get(..1).unwrap_or_default()
                    } else {
                        rest
                    };
                    let program: Vec<Argument> = program.iter().map(|text| word(text)).collect();
                    [program.as_slice(), rest].concat()
                }
                ("gzip", [_, ..]) => [&[word("gzip"), word("-kf")], arguments].concat(),
                _ => {
                    let decodes = |argument: &&Argument| argument.text().as_deref() != Some("-e");
                    let rest: Vec<Argument> = arguments.iter().filter(decodes).cloned().collect();
                    [&[word(module)], rest.as_slice()].concat()
                }
            };
            call.run(&words);
        }
        "json.tool" => {
            let mut command = vec![word("cat")];
            command.extend_from_slice(arguments);
            call.run(&command);
        }
        // These ignore their arguments.
        "http.server" | "venv" | "ensurepip" | "compileall" | "site" | "sysconfig" => {
            let taint = Taint::of_all(arguments);
            call.opaque_for(&taint, Doubt::Argument);
        }
        // They download what their arguments name.
        "spacy" | "nltk.downloader" => {
            let taint = Taint::of_all(arguments);
            call.opaque_for(&taint, Doubt::Argument);
        }
        "build" => call.runs_project(),
        _ => call.opaque(Doubt::Module),
    }
}
