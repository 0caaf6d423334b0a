//! git's credentials: what helpers store, what askpass prints, and what `git credential` prints.

use super::config::{global, lines, repository};
use crate::domain::Argument;
use crate::domain::{OpenDescriptor, Taint, Value};
use crate::interpreter::Call;

use crate::domain::{Cause, Doubt};
use crate::programs::common::{answer_of, inside, made, path};

/// `credential.helper=store` writes the used credentials to a file, if the known configuration has it.
pub(super) fn remember(call: &mut Call<'_, '_>, credentials: &Taint) {
    let Some(file) = store(call) else { return };
    let credentials = made(call, credentials);
    if credentials.taint().is_some() {
        call.append(&file, &credentials, &Cause::CredentialHelper);
    }
}

/// Returns the configured helpers whose texts are known.
fn helpers(call: &Call<'_, '_>) -> Vec<String> {
    let files = [
        path(call, "/etc/gitconfig"),
        global(call),
        inside(&repository(call), "config"),
    ];
    let mut configured: Vec<Value> = files.iter().flat_map(|file| lines(call, file)).collect();
    for option in call.options("-c") {
        configured.push(option.value);
    }
    let mut helpers: Vec<String> = Vec::new();
    for line in configured {
        let line = line.literal().unwrap_or_default();
        if let Some((key, helper)) = line.split_once('=')
            && key.starts_with("credential.")
            && key.ends_with("helper")
        {
            // An empty entry clears those before it.
            if helper.is_empty() {
                helpers.clear();
            } else {
                helpers.push(helper.to_owned());
            }
        }
    }
    helpers
}

/// Returns the file of the store helper, if it is configured.
fn store(call: &Call<'_, '_>) -> Option<Argument> {
    let helpers = helpers(call);
    let helper = helpers
        .iter()
        .find(|helper| helper.as_str() == "store" || helper.starts_with("store "))?;
    let file = helper
        .split_once("--file")
        .map(|(_, file)| file.trim_start_matches(['=', ' ']));
    Some(match file {
        Some(file) => path(call, file),
        None => Argument::new(
            call.home().concat(&Value::known("/.git-credentials")),
            call.span,
        ),
    })
}

/// Runs the helpers that are shell commands; their output goes to standard output.
fn run_helpers(call: &mut Call<'_, '_>, verb: &str) {
    for helper in helpers(call) {
        if let Some(command) = helper.strip_prefix('!') {
            let text = Value::known(format!("{command} {verb}"));
            call.shell(&text, call.span, &[]);
        }
    }
}

/// Runs the helpers and the program of `GIT_ASKPASS`; git reads their output.
pub(super) fn ask(call: &mut Call<'_, '_>) {
    let descriptors = call.state.process.descriptors.clone();
    let answer = call.machine.births.content();
    call.state.files.set_content(answer, Value::empty());
    call.state.process.open(0, OpenDescriptor::Null);
    call.state.process.open(1, OpenDescriptor::Content(answer));
    run_helpers(call, "get");
    call.state.process.descriptors = descriptors;
    let answer = call.state.files.content(answer).map(Value::taint);
    call.sent = call.sent.join(&answer.unwrap_or_default());
    if let Some(program) = call
        .env("GIT_ASKPASS")
        .filter(|program| !program.is_empty_text())
    {
        let program = Argument::new(program, call.span);
        let answer = answer_of(call, &program);
        call.sent = call.sent.join(&answer);
        remember(call, &answer);
    }
}

/// `fill` prints the helpers' answers, `approve` passes a credential to the helpers.
pub(super) fn credential(call: &mut Call<'_, '_>) {
    let input = call.stdin();
    match call.operands().last().and_then(Argument::text).as_deref() {
        Some("fill" | "get") => {
            let given = call
                .options("-c")
                .iter()
                .fold(input.taint(), |all, option| all.join(&option.value.taint()));
            let mut shown = given;
            if let Some(program) = call
                .env("GIT_ASKPASS")
                .filter(|program| !program.is_empty_text())
            {
                let program = Argument::new(program, call.span);
                shown = shown.join(&answer_of(call, &program));
            }
            if let Some(file) = store(call) {
                shown = shown.join(&call.read(&file).taint());
            }
            let shown = made(call, &shown);
            call.print(&shown);
            run_helpers(call, "get");
        }
        Some("approve" | "store") => {
            // `git credential-store store` is the helper itself.
            let helper = call
                .arguments
                .iter()
                .any(|word| word.text().as_deref() == Some("credential-store"));
            if helper {
                let kept = made(call, &input.taint());
                call.store("--file ~/.git-credentials", &kept, &Cause::CredentialHelper);
            } else {
                remember(call, &input.taint());
                run_helpers(call, "store");
            }
        }
        Some("reject" | "erase" | "exit") => {}
        _ => call.opaque(Doubt::SubCommand),
    }
}
