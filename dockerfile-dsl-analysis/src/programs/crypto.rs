//! openssl, gpg, age and password hashes. Using a secret as a key is not telling it; a digest is not the value; a text enciphered
//! under a key that stands in the script is as good as the text.

use super::common::{inside, made};
use super::{Effect, Opt, Output, Place, Program, Role, Row, Stdin, flag, flags, value};
use crate::flow::{Argument, Call, Taint, Value};
use crate::report::Cause;

const PASS: Opt = value(
    "-pass -passin -passout -k -K -kfile -iv -S -hmac -macopt -mac -passargs",
    Role::Consumed,
);
const KEYS: Opt = value(
    "-key -CAkey -signkey -sign -prverify -verify -inkey -CA -CAfile -cert -certfile -signer \
     -recip -CAserial -config -extfile -rand -certs -peerkey -rkey -issuer",
    Role::ConsumedFile,
);
const FILES: Opt = value("-in", Role::Read);
const OUT: Opt = value("-out -keyout", Role::Write);
const NAMES: Opt = value("-subj -addext -name -caname -genstr", Role::Shown);
const CLEAN: Opt = flag(
    "-noout -pubout -check -verify_return_error",
    Effect::CleanOutput,
);
const NUMBERS: Opt = value(
    "-days -newkey -algorithm -pkeyopt -inform -outform -salt -md -digest -extensions -set_serial \
     -iter -bufsize -sigopt -nameopt -curves -cipher -connect -servername -host -port -keyform \
     -keypbe -certpbe -macalg -starttls -starttime -x509_strict",
    Role::Quoted,
);

/// A sub-command that makes its output from its input.
const fn makes(command: &'static [&'static str]) -> Row {
    Row::new(command)
        .any_option()
        .options(&[PASS, KEYS, FILES, OUT, NAMES, CLEAN, NUMBERS])
        .each(Role::Read)
        .stdin(Stdin::ReadWithoutOperand)
        .output(Output::Derived)
}

/// A sub-command whose output tells nothing of what it is given.
const fn hides(command: &'static [&'static str]) -> Row {
    Row::new(command)
        .any_option()
        .options(&[PASS, KEYS, FILES, OUT, NUMBERS])
        .each(Role::Consumed)
}

pub(super) static PROGRAMS: &[Program] = &[
    Program::new(
        // gp-openssl-d, gp-derive-password, enc-kdf, t-openssl-keyfile, cr-enc-pass-arg,
        // cr-base64-stdin, cr-base64-d, cr-passwd-log, cr-dgst-hmac, cr-req-subj, cr-genrsa-pass,
        // cr-rand, cr-rsa-out, cr-pkey-pubout, cr-pkcs12, cr-x509-sign
        &["openssl"],
        &[
            // `-P` says which key was derived: a derived hash.
            makes(&["enc|base64|aes-256-cbc|aes-128-cbc|des3"]).by(encipher),
            // Also a new certificate or a signature: from names and public input.
            makes(&[
                "req|x509|ca|crl|pkcs7|rsa|ec|dsa|pkey|pkcs8|smime|cms|pkeyutl|rsautl|asn1parse|\
                 verify|storeutl",
            ])
            .by(converts),
            // The private key itself goes in, under a password that stands in the script.
            makes(&["pkcs12"]).options(&[
                value("-inkey", Role::Read),
                PASS,
                KEYS,
                FILES,
                OUT,
                NAMES,
                CLEAN,
                NUMBERS,
            ]),
            hides(&["dgst|sha256|sha512|sha1|md5|mac"])
                .each(Role::Read)
                .stdin(Stdin::ReadWithoutOperand),
            // The password that is hashed.
            hides(&["passwd"])
                .each(Role::Shown)
                .stdin(Stdin::Read)
                .by(hash_password),
            hides(&["genrsa|genpkey|ecparam|dhparam|gendsa|rand|prime|kdf"]),
            hides(&["s_client|s_server|version|ciphers|list|speed|help|errstr|ocsp"]),
        ],
    ),
    Program::new(
        // cr-gpg-passphrase-file, cr-gpg-symmetric-k, cr-gpg-import, cr-gpg-import-stdin,
        // cr-gpg-import-tmpfs, cr-gpg-import-rm, cr-gpg-public
        &["gpg", "gpg2"],
        &[Row::new(&[])
            .any_option()
            .options(&[
                flags(
                    "--import --fast-import -c --symmetric -e --encrypt -d --decrypt -s --sign -b \
                     --detach-sign --clearsign --clear-sign -a --armor --dearmor --enarmor \
                     --export --export-secret-keys --export-secret-subkeys --verify -k --list-keys \
                     -K --list-secret-keys --recv-keys --fetch-keys --delete-key --batch --yes -q \
                     --quiet -v --no-tty --print-md --card-status --gen-key --generate-key \
                     --full-gen-key --full-generate-key --quick-gen-key --quick-generate-key \
                     --quick-add-uid",
                ),
                value("--passphrase", Role::Consumed),
                value("--passphrase-file", Role::ConsumedFile),
                value("-o --output", Role::Plain),
                value("--homedir", Role::Plain),
                value(
                    "-r --recipient -u --local-user --default-key --keyserver --pinentry-mode \
                     --passphrase-fd --cipher-algo --digest-algo --trust-model --keyring \
                     --no-default-keyring --status-fd --command-fd --options --set-filename \
                     --s2k-mode --s2k-digest-algo --s2k-count --compress-algo --keyserver-options \
                     --primary-keyring --import-options --export-options --with-colons --edit-key \
                     --logger-file",
                    Role::Quoted,
                ),
            ])
            .each(Role::Read)
            .by(gpg)],
    ),
    Program::new(
        &["age", "rage"], // cr-age, cr-age-i
        &[Row::new(&[])
            .options(&[
                flags("-e --encrypt -d --decrypt -a --armor -p --passphrase"),
                value("-i --identity -R --recipients-file", Role::ConsumedFile),
                value("-r --recipient", Role::Quoted),
                value("-o --output", Role::Write),
            ])
            .each(Role::Read)
            .stdin(Stdin::ReadWithoutOperand)
            .output(Output::Derived)],
    ),
    Program::new(
        &["htpasswd"], // cr-htpasswd, cr-htpasswd-p, cr-htpasswd-i
        &[Row::new(&[])
            .options(&[
                flags("-c -n -b -i -m -B -2 -5 -d -s -p -D -v"),
                value("-C -r", Role::Quoted),
            ])
            .operands(&[Role::Plain], Some(Role::Consumed), &[])
            .stdin(Stdin::Consumed)
            .by(web_password)],
    ),
    Program::new(
        &["mkpasswd"], // cr-mkpasswd
        &[Row::new(&[])
            .options(&[
                flags("-s --stdin"),
                value("-m --method -S --salt -R --rounds", Role::Quoted),
            ])
            .each(Role::Consumed)
            .stdin(Stdin::Consumed)],
    ),
];

/// Ciphertext of a secret is the secret, under whatever key; a public text under a secret key is public.
fn encipher(call: &mut Call<'_, '_>) {
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

/// A hash; `-table` and `-reverse` put the password beside it.
fn hash_password(call: &mut Call<'_, '_>) {
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

/// A public key is not the private one.
fn converts(call: &mut Call<'_, '_>) {
    call.by_row();
}

// gpg

const GPG_HOME: &[Place] = &[
    Place::Option("--homedir"),
    Place::Env("GNUPGHOME"),
    Place::Path("~/.gnupg"),
];

fn gpg(call: &mut Call<'_, '_>) {
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
        // Names are words or in a file of settings; they are kept with the key.
        let names = operands
            .iter()
            .fold(input(call), |all, operand| all.join(&operand.value.taint()));
        if names.is_some() {
            let kept = made(call, &names);
            call.append(
                &inside(&home, "pubring.kbx"),
                &kept,
                &Cause::Kept("gpg".into()),
            );
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
        "-k",
        "-K",
        "--export",
        "--verify",
        "--recv-keys",
        "--fetch-keys",
        "--delete-key",
        "--card-status",
        "--print-md",
        "--list-keys",
        "--list-secret-keys",
    ]
    .iter()
    .any(|option| call.has(option))
    {
        Taint::NONE
    } else {
        input(call)
    };
    let output = made(call, &taint);
    if let Some(file) = call.option("-o") {
        return call.write(&file, &output, &Cause::Program("gpg".into()));
    }
    let suffix = if call.has("-b") || call.has("--detach-sign") {
        Some(".sig")
    } else if call.has("-c") || call.has("-e") || call.has("-s") {
        Some(".gpg")
    } else {
        None
    };
    match (suffix, operands.first()) {
        (Some(suffix), Some(file)) => {
            let target = Argument::new(file.value.concat(&Value::known(suffix)), file.span);
            call.write(&target, &output, &Cause::Program("gpg".into()));
        }
        _ => call.print(&output),
    }
}

/// `htpasswd FILE USER PASSWORD`: a hash, or with `-p` the password itself.
fn web_password(call: &mut Call<'_, '_>) {
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
