//! Packages and users of the system: files that they write.

use super::common::{made, path};
use crate::domain::Argument;
use crate::domain::Cause;
use crate::domain::Value;
use crate::interpreter::Call;

const SHADOW: &str = "/etc/shadow";

/// `useradd -d DIRECTORY -u NUMBER NAME`: sets the home directory of a user.
pub(super) fn users(call: &mut Call<'_, '_>) {
    call.by_row();
    let text = |word: Argument| word.text();
    let home = call.option("-d").or_else(|| call.option("-h"));
    let home = home.and_then(text).filter(|home| home.starts_with('/'));
    // Busybox, and Debian's `adduser`, accept a group after the name.
    let Some(name) = call.operands().first().and_then(Argument::text) else {
        return;
    };
    let number = call.option("-u").and_then(text);
    let home = home.unwrap_or_else(|| format!("/home/{name}"));
    for user in number.iter().chain([&name]) {
        call.state.files.home(user, Value::known(&home));
    }
}

/// Prints the command lines of all running processes.
pub(super) fn processes(call: &mut Call<'_, '_>) {
    call.by_row();
    let shown = call.command_lines();
    let shown = made(call, &shown);
    call.print(&shown);
}

/// The same; with `e` (without a dash) the environment, too.
pub(super) fn processes_with_environment(call: &mut Call<'_, '_>) {
    call.by_row();
    let mut shown = call.command_lines();
    let environment = |word: &crate::domain::Argument| {
        word.text()
            .is_some_and(|text| !text.starts_with('-') && text.contains('e'))
    };
    if call.operands().iter().any(environment) {
        shown = shown
            .join(&call.environment().taint())
            .join(&call.state.process.aside.environments);
    }
    let shown = made(call, &shown);
    call.print(&shown);
}

/// What the client of Ubuntu Pro stores; the removal of its package with its configuration removes it.
const PRO: &str = "/var/lib/ubuntu-advantage/private/machine-token.json+/etc/apt/auth.conf.d/\
                   90ubuntu-advantage";
const PRO_PACKAGES: &[&str] = &[
    "ubuntu-pro-client",
    "ubuntu-advantage-tools",
    "ubuntu-advantage-pro",
];

/// `-o Debug::Acquire::http=true` prints requests with their headers.
pub(super) fn packages(call: &mut Call<'_, '_>) {
    call.by_row();
    let words: Vec<String> = call.arguments.iter().filter_map(Argument::text).collect();
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&&**word));
    let purges = has(&["purge"]) || has(&["--purge"]) && has(&["remove", "autoremove"]);
    if purges && has(PRO_PACKAGES) {
        call.forget(PRO);
    }
    let debugs = |option: &Argument| option.value.known_prefix().starts_with("Debug::Acquire");
    if call.options("-o").iter().any(debugs) {
        let settings = call.read_tree(&path(call, "/etc/apt")).taint();
        let sent = call
            .consumed
            .join(&call.environment().taint())
            .join(&settings);
        let shown = made(call, &sent);
        call.print_error(&shown);
    }
}

pub(super) fn passwords(call: &mut Call<'_, '_>) {
    let lines = call.stdin();
    if call.has("-e") || call.has("--encrypted") {
        let kept = made(call, &lines.taint());
        call.store(SHADOW, &kept, &Cause::Kept("chpasswd -e".into()));
    }
}
