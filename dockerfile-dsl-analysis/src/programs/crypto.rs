//! openssl, gpg, age and password hashes. Using a secret as a key does not reveal it. A digest does not reveal the value. A text encrypted
//! with a key that is in the script counts as the text itself.

use super::common::{inside, made, some_file};
use crate::domain::Argument;
use crate::domain::Cause;
use crate::domain::{Taint, Value};
use crate::interpreter::Call;

/// The ciphertext of a secret counts as the secret, whatever the key; a public text encrypted with a secret key is public.
pub(super) fn encipher(call: &mut Call<'_, '_>) {
    // `-p` and `-P` print the key: one that was derived from a password, or that of `-K`.
    let is_shown = |option: &Argument| matches!(option.text().as_deref(), Some("-p" | "-P"));
    if call.unknown_options().iter().any(is_shown) {
        let keys = Taint::of_all(&call.options("-K"));
        let shown = made(call, &keys);
        call.print(&shown);
    }
    if call
        .unknown_options()
        .iter()
        .any(|option| option.text().as_deref() == Some("-P"))
    {
        let key = call.fresh();
        call.print(&key);
    } else {
        call.by_row();
    }
}

/// Prints a hash; `-table` and `-reverse` print the password as well.
pub(super) fn hash_password(call: &mut Call<'_, '_>) {
    let shows = |option: &Argument| {
        let text = option.text();
        matches!(text.as_deref(), Some("-table" | "-reverse"))
    };
    let shows = call.unknown_options().iter().any(shows);
    call.by_row();
    if shows {
        let passwords = made(call, &call.data.taint().join(&call.consumed));
        call.print(&passwords);
    }
}

/// Converts a key. A public key does not reveal the private one.
/// `-text` of a key command prints all parts of a private key, regardless of `-noout` and `-pubout`.
pub(super) fn converts(call: &mut Call<'_, '_>) {
    // The subject and the text of a request or certificate are printed regardless of `-noout`, too.
    let is_shown = |option: &Argument| {
        let text = option.text();
        matches!(
            text.as_deref(),
            Some("-subject" | "-issuer" | "-ext" | "-email")
        )
    };
    let shows_names = call.has("-text") || call.unknown_options().iter().any(is_shown);
    call.by_row();
    if shows_names {
        let names = Taint::of_all(&call.all_options(&["-subj", "-addext", "-name"]));
        let shown = made(call, &names);
        call.print(&shown);
    }
    let is_for_keys = |word: &Argument| {
        let text = word.text();
        matches!(text.as_deref(), Some("rsa" | "ec" | "dsa" | "pkey"))
    };
    if !call.has("-text") || call.has("-pubin") || !call.arguments.first().is_some_and(is_for_keys)
    {
        return;
    }
    let shown = made(call, &call.data.taint());
    match call.option("-out") {
        Some(file) => call.append(&file, &shown, &Cause::Program("openssl".into())),
        None => call.print(&shown),
    }
}

// gpg

const GPG_HOME: &str = "--homedir $GNUPGHOME ~/.gnupg";

/// The commands of gpg whose output is not the content of its input.
const LOOKS: [&str; 13] = [
    "-k",
    "-K",
    "--export",
    "--verify",
    "--recv-keys",
    "--fetch-keys",
    "--delete-key",
    "--delete-keys",
    "--card-status",
    "--print-md",
    "--list-keys",
    "--list-secret-keys",
    "--edit-key",
];

pub(super) fn gpg(call: &mut Call<'_, '_>) {
    let Some(home) = call.place(GPG_HOME) else {
        return;
    };
    let operands = call.operands();
    let input = |call: &mut Call<'_, '_>| {
        if operands.is_empty() {
            return call.stdin().taint();
        }
        operands.iter().fold(Taint::NONE, |all, operand| {
            all.join(&call.read(operand).taint())
        })
    };
    let exports_secret = call.has("--export-secret-keys") || call.has("--export-secret-subkeys");
    let makes_key = [
        "--gen-key",
        "--generate-key",
        "--full-gen-key",
        "--full-generate-key",
        "--quick-gen-key",
        "--quick-generate-key",
        "--quick-add-uid",
    ];
    if makes_key.iter().any(|option| call.has(option)) {
        // Names are arguments or in a settings file; they are stored with the key.
        let names = operands
            .iter()
            .fold(input(call), |all, operand| all.join(&operand.value.taint()));
        if names.is_some() {
            let kept = made(call, &names);
            let cause = Cause::Kept("gpg".into());
            call.append(&inside(&home, "pubring.kbx"), &kept, &cause);
            // The certificate that revokes a new key names its user.
            if !call.has("--quick-add-uid") {
                let file = some_file(call, &inside(&home, "openpgp-revocs.d"));
                call.append(&file, &kept, &cause);
            }
        }
        return;
    }
    let taint = if call.has("--import") || call.has("--fast-import") {
        let keys = input(call);
        let kept = made(call, &keys);
        if keys.is_some() {
            call.append(
                &inside(&home, "private-keys-v1.d/key"),
                &kept,
                &Cause::Kept("gpg --import".into()),
            );
        }
        return;
    } else if exports_secret {
        call.read_tree(&home).taint()
    } else if [
        "--delete-secret-keys",
        "--delete-secret-key",
        "--delete-secret-and-public-key",
    ]
    .iter()
    .any(|option| call.has(option))
    {
        // The agent removes the file of the key.
        if !operands.is_empty() {
            call.remove(&inside(&home, "private-keys-v1.d/key"), false);
        }
        return;
    } else if LOOKS
        .iter()
        // A detached signature does not contain the text.
        .chain(&["-b", "--detach-sig"])
        .any(|option| call.has(option))
    {
        Taint::NONE
    } else {
        input(call)
    };
    let mut output = made(call, &taint);
    // Without a command gpg guesses: it decrypts what is encrypted, to a file without the suffix.
    let makes = [
        "-c",
        "-e",
        "-s",
        "-b",
        "--detach-sign",
        "--detach-sig",
        "--clearsign",
        "--clear-sign",
        "--dearmor",
        "--enarmor",
    ];
    let mut commands = makes.iter().chain(&LOOKS).chain(&["-d"]);
    let is_guessed =
        !exports_secret && !operands.is_empty() && !commands.any(|option| call.has(option));
    if call.has("-d") || is_guessed {
        output = output.with(&call.issued(&taint));
    }
    if let Some(file) = call.option("-o") {
        return call.write(&file, &output, &Cause::Program("gpg".into()));
    }
    if is_guessed && let Some(file) = operands.first() {
        let plain = file.text().and_then(|name| {
            let suffixes = [".gpg", ".asc", ".pgp"];
            let plain = suffixes.iter().find_map(|suffix| name.strip_suffix(suffix));
            plain.map(str::to_owned)
        });
        let plain = plain.map_or_else(|| call.fresh(), Value::known);
        let plain = Argument::new(plain, file.span);
        return call.write(&plain, &output, &Cause::Program("gpg".into()));
    }
    let has = |options: &[&str]| options.iter().any(|option| call.has(option));
    let is_detached = has(&["-b", "--detach-sign", "--detach-sig"]);
    let has_target = is_detached || has(&["-c", "-e", "-s"]);
    let suffix = match (has(&["--clearsign", "--clear-sign"]), has_target) {
        (true, _) => Some(".asc"),
        (false, true) if call.has("-a") => Some(".asc"),
        (false, true) if is_detached => Some(".sig"),
        (false, true) => Some(".gpg"),
        (false, false) => None,
    };
    match (suffix, operands.first()) {
        (Some(suffix), Some(file)) => {
            let target = Argument::new(file.value.concat(&Value::known(suffix)), file.span);
            call.write(&target, &output, &Cause::Program("gpg".into()));
        }
        _ => call.print(&output),
    }
}

/// `htpasswd FILE USER PASSWORD`: stores a hash, or with `-p` the password itself.
pub(super) fn web_password(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    let shows = call.has("-n");
    let given = operands
        .iter()
        .skip(usize::from(!shows))
        .fold(Taint::NONE, |all, operand| all.join(&operand.value.taint()));
    let user = operands
        .get(usize::from(!shows))
        .map_or(Taint::NONE, |user| user.value.taint());
    let plain = if call.has("-p") {
        given.join(&call.stdin().taint())
    } else {
        user
    };
    let line = made(call, &plain);
    match operands.first() {
        Some(file) if !shows => call.append(file, &line, &Cause::Program("htpasswd".into())),
        _ => call.print(&line),
    }
}
