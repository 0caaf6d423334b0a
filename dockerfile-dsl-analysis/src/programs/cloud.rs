//! aws, gcloud, gh, docker and other programs that log in: a log-in is stored, a request is not. Also database clients.

use super::common::{forget, keep, made, setting_key, spellings};
use crate::domain::Argument;
use crate::domain::{Cause, Doubt};
use crate::domain::{Taint, Value};
use crate::interpreter::Call;

const AWS_SETTINGS: &str = "$AWS_CONFIG_FILE ~/.aws/config";
const AWS_FILE: &str = "$AWS_SHARED_CREDENTIALS_FILE ~/.aws/credentials";
const GH_FILE: &str =
    "$GH_CONFIG_DIR/hosts.yml $XDG_CONFIG_HOME/gh/hosts.yml ~/.config/gh/hosts.yml";
/// The key of the host that a program has without an option.
const DEFAULT_HOST: &str = "default";

/// Stores a log-in under the server's name, until a logout there.
pub(super) fn log_in(call: &mut Call<'_, '_>) {
    let places = call.stores();
    let host = call.option("-h");
    let operands = call.operands();
    let server = match host.as_ref().or(operands.first()) {
        None => Some(DEFAULT_HOST.to_owned()),
        given => setting_key(given),
    };
    let server = server.map(|server| match &*server {
        "github.com" | "gitlab.com" => DEFAULT_HOST.to_owned(),
        _ => server,
    });
    let verbs = ["logout", "remove", "rm"];
    let words: Vec<String> = call.arguments.iter().filter_map(Argument::text).collect();
    if words.iter().any(|word| verbs.contains(&&**word)) {
        return forget(call, places, server.as_deref());
    }
    let input = call.stdin().taint();
    let given = call
        .arguments
        .iter()
        .fold(input, |all, word| all.join(&word.value.taint()));
    let how = Cause::Stored(call.name.clone());
    keep(call, places, server.as_deref(), &given, &how);
}

/// `vault login` and `gem sources --add` store what they are given, and print it.
pub(super) fn stores_and_shows(call: &mut Call<'_, '_>) {
    let input = call.stdin().taint();
    let words = call.arguments.iter();
    let given = words.fold(input, |all, word| all.join(&word.value.taint()));
    let given = made(call, &given);
    let is_removed = call.has("-r") || call.has("--remove");
    if !is_removed {
        let places = call.stores();
        call.store(places, &given, &Cause::Stored(call.name.clone()));
    }
    if !call.has("-no-print") {
        call.print(&given);
    }
}

/// `configure set NAME VALUE` stores a value, `configure get NAME` prints it.
pub(super) fn aws_configure(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    match operands.first().and_then(Argument::text).as_deref() {
        Some("get" | "export-credentials") => {
            let kept = call
                .place(AWS_FILE)
                .map_or(Taint::NONE, |file| call.peek(&file).taint());
            let variables = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]
                .iter()
                .filter_map(|name| call.env(name));
            let shown = variables.fold(kept, |all, value| all.join(&value.taint()));
            let shown = made(call, &shown);
            call.print(&shown);
        }
        _ => {
            let given = operands
                .iter()
                .fold(Value::empty(), |all, operand| all.concat(&operand.value));
            let taint = given.taint().join(&call.stdin().taint());
            let kept = made(call, &taint);
            // An unlisted option may leave its value before the verb.
            let mut words = operands.iter().map(Argument::text);
            let set = words.find(|word| word.as_deref() == Some("set"));
            let key = set.and_then(|_| words.next().flatten());
            let is_setting = key.is_some_and(|key| !is_key_of_aws(&key));
            let file = if is_setting { AWS_SETTINGS } else { AWS_FILE };
            call.store(file, &kept, &Cause::Kept("aws configure".into()));
        }
    }
}

/// Whether `aws configure set` writes this key to the file of the credentials, and not to that of the other settings.
fn is_key_of_aws(key: &str) -> bool {
    let keys = [
        "aws_access_key_id",
        "aws_secret_access_key",
        "aws_session_token",
    ];
    keys.contains(&key.rsplit('.').next().unwrap_or_default())
}

/// `codeartifact login --tool NAME`: the issued token is stored where that tool looks for it.
pub(super) fn aws_log_in(call: &mut Call<'_, '_>) {
    call.by_row();
    let issued = call.issued(&Taint::NONE);
    if issued.is_none() {
        return;
    }
    let kept = made(call, &issued);
    let tool = call.option("--tool").and_then(|tool| tool.text());
    let places: &[&str] = match tool.as_deref() {
        Some("pip") => &["$PIP_CONFIG_FILE ~/.config/pip/pip.conf"],
        Some("twine") => &["~/.pypirc"],
        Some("npm") => &["$NPM_CONFIG_USERCONFIG $npm_config_userconfig ~/.npmrc"],
        Some("dotnet" | "nuget") => &["~/.nuget/NuGet/NuGet.Config"],
        Some("swift") => &["~/.netrc"],
        _ => &["~/.config/pip/pip.conf", "~/.pypirc", "~/.npmrc"],
    };
    for place in places {
        call.store(place, &kept, &Cause::Kept("aws codeartifact login".into()));
    }
}

/// `kubectl config view --raw` prints the whole configuration; without the option, a placeholder replaces each credential.
pub(super) fn kube_view(call: &mut Call<'_, '_>) {
    call.by_row();
    if call.has("--raw") {
        show_stored(call);
    }
}

/// `kubectl get secret -o FORMAT` prints its content; the default table has only its name and age.
pub(super) fn kube_get(call: &mut Call<'_, '_>) {
    call.by_row();
    let operands = call.operands();
    let is_secret = |operand: &Argument| {
        let kind = operand.value.known_prefix();
        let kind = kind.split(['/', '.']).next().unwrap_or_default();
        matches!(kind, "secret" | "secrets" | "all")
    };
    let names = |format: &Argument| matches!(format.text().as_deref(), Some("name" | "wide"));
    let formats = call
        .options("-o")
        .into_iter()
        .chain(call.options("--template"));
    if operands.first().is_some_and(is_secret) && formats.into_iter().any(|format| !names(&format))
    {
        let issued = call.issued(&Taint::NONE);
        let shown = made(call, &issued);
        call.print(&shown);
    }
}

/// `doppler run -- COMMAND`: the program exports the fetched secrets to the command, as variables of unknown names.
pub(super) fn runs_with_issued(call: &mut Call<'_, '_>) {
    let before = call.state.process.clone();
    let issued = call.issued(&Taint::NONE);
    call.state.process.set_unknown(&issued, true);
    call.by_row();
    call.state.process.variables = before.variables;
    call.state.process.any_variable = before.any_variable;
    call.state.process.initial = before.initial;
}

/// Gives what it opens to a command, in a file.
pub(super) fn gives_issued(call: &mut Call<'_, '_>) {
    let issued = call.issued(&Taint::NONE);
    call.opaque_for(&issued, Doubt::RunsPrograms);
}

/// Prints the stored value.
pub(super) fn show_stored(call: &mut Call<'_, '_>) {
    if let Some(file) = call.place(call.stores()) {
        let content = call.read(&file);
        let shown = made(call, &content.taint());
        call.print(&shown);
    }
}

/// Runs statements, and the client's own commands: `\\! COMMAND` and `system COMMAND` run a program, `\\getenv` reads a variable.
pub(super) fn sql_client(call: &mut Call<'_, '_>) {
    call.by_row();
    let text = spellings(&call.data).join("\n");
    let leaves = ["\\!", "\\getenv"].iter().any(|word| text.contains(word))
        || text
            .lines()
            .any(|line| line.trim_start().starts_with("system "));
    if leaves {
        let environment = call.environment().taint();
        call.opaque_for(&environment, Doubt::RunsPrograms);
    }
}

pub(super) fn gh_token(call: &mut Call<'_, '_>) {
    let mut shown = call
        .place(GH_FILE)
        .map_or(Taint::NONE, |file| call.peek(&file).taint());
    for name in [
        "GH_TOKEN",
        "GITHUB_TOKEN",
        "GH_ENTERPRISE_TOKEN",
        "GITLAB_TOKEN",
    ] {
        shown = shown.join(&call.env(name).map_or(Taint::NONE, |value| value.taint()));
    }
    let shown = made(call, &shown);
    call.print(&shown);
}

/// Stores passwords, unless an option forbids it, and the URL in the working copy.
pub(super) fn subversion(call: &mut Call<'_, '_>) {
    let urls = Taint::of_all(&call.operands());
    let mut given = Taint::of_all(&call.all_options(&["--username", "--password"]));
    if call.has("--no-auth-cache") {
        given = Taint::NONE;
    }
    let kept = made(call, &given.join(&urls));
    call.store(
        "~/.subversion/auth/password",
        &kept,
        &Cause::Kept("svn".into()),
    );
    if urls.is_some() {
        call.print_error(&kept);
    }
}

/// `dvc remote modify NAME OPTION VALUE`, `dvc config NAME VALUE`: the settings of this copy, of the user, or of the repository.
pub(super) fn dvc(call: &mut Call<'_, '_>) {
    let given = Taint::of_all(&call.operands()).join(&call.stdin().taint());
    let place = match () {
        () if call.has("--local") => ".dvc/config.local",
        () if call.has("--global") => "~/.config/dvc/config",
        () if call.has("--system") => "/etc/xdg/dvc/config",
        () => ".dvc/config",
    };
    let kept = made(call, &given);
    call.store(place, &kept, &Cause::Stored(call.name.clone()));
}
