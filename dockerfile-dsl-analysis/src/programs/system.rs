//! Packages and users of the system: what is written to its files.

use super::common::{made, path};
use super::{Effect, Output, Place, Program, Role, Row, Stdin, flag, flags, value};
use crate::flow::{Argument, Call, Value};
use crate::report::Cause;

const SHADOW: &[Place] = &[Place::Path("/etc/shadow")];

pub(super) static PROGRAMS: &[Program] = &[
    Program::new(
        // sy-apt-auth-rm, sy-apt-netrc, sy-apt-mounted, sy-apt-proxy, sy-apt-install
        &["apt", "apt-get", "apt-cache", "aptitude", "apt-mark"],
        &[Row::new(&[])
            .any_option()
            .options(&[
                value("-o --option", Role::Consumed),
                value("-c --config-file", Role::ConsumedFile),
                value("-t --target-release -a", Role::Quoted),
            ])
            .each(Role::Quoted)
            .by(packages)],
    ),
    Program::new(
        // wr-install-packages, sy-ldconfig, sy-ca
        &[
            "dpkg",
            "dpkg-query",
            "dpkg-reconfigure",
            "update-alternatives",
            "update-ca-certificates",
            "ldconfig",
            "locale-gen",
            "update-locale",
            "systemctl",
            "service",
            "depmod",
            "add-apt-repository",
            "apt-key",
            "rpm",
            "gpgconf",
            "update-rc.d",
            "c_rehash",
            "update-ca-trust",
        ],
        &[Row::new(&[]).any_option().each(Role::Plain)],
    ),
    Program::new(
        &["apk", "pacman"], // sy-apk-option
        &[Row::new(&[]).any_option().each(Role::Quoted)],
    ),
    Program::new(
        // Their logs and the record of transactions keep the command line.
        &["dnf", "yum", "microdnf", "zypper", "tdnf"], // sy-dnf, sy-dnf-setopt
        &[
            Row::new(&[])
                .any_option()
                .options(&[value("--setopt --repofrompath --config -c", Role::Stored)])
                .each(Role::Stored)
                .effects(&[Effect::Store(&[Place::Path("/var/log/dnf.log")])]),
            Row::new(&["config-manager|addrepo|ar"])
                .any_option()
                .options(&[value("--add-repo --save --setopt", Role::Stored)])
                .each(Role::Stored)
                .effects(&[Effect::Store(&[Place::Path("/etc/yum.repos.d/added.repo")])]),
        ],
    ),
    Program::new(
        // ln-user-gecos, cr-useradd-p, cr-useradd-hash, cr-usermod-p, cr-usermod-hash,
        // cr-useradd-public
        &["useradd", "adduser", "usermod"],
        &[Row::new(&[])
            .any_option()
            .options(&[
                value("-p --password", Role::Stored),
                value("-c --comment --gecos", Role::Stored),
                value(
                    "-u --uid -g --gid -G --groups -d --home -h -s --shell -k --skel -b --base-dir \
                     -e --expiredate -f --inactive -K --key -l --login",
                    Role::Quoted,
                ),
            ])
            .each(Role::Stored)
            .effects(&[Effect::Store(SHADOW)])
            .by(users)],
    ),
    Program::new(
        // sy-groupadd
        &[
            "groupadd", "addgroup", "groupmod", "userdel", "deluser", "groupdel", "chsh", "chage",
            "delgroup",
        ],
        &[Row::new(&[]).any_option().each(Role::Quoted)],
    ),
    Program::new(
        // A hash is kept, unless it is told that it gets one.
        &["chpasswd"], // cr-chpasswd, cr-chpasswd-e, cr-chpasswd-mount
        &[Row::new(&[])
            .options(&[
                flags("-e --encrypted -m"),
                value("-c --crypt-method -s --sha-rounds -R", Role::Quoted),
            ])
            .stdin(Stdin::Consumed)
            .by(passwords)],
    ),
    Program::new(
        &["passwd"], // cr-chpasswd
        &[Row::new(&[])
            .options(&[flags("-d -e -l -u -q -S --stdin --delete --lock --unlock")])
            .each(Role::Quoted)
            .stdin(Stdin::Consumed)],
    ),
    Program::new(
        &["debconf-set-selections"], // sy-debconf, sy-debconf-rm, sy-debconf-public
        &[Row::new(&[])
            .options(&[flags("-v -u -c")])
            .each(Role::StoredFile)
            .stdin(Stdin::Stored)
            .effects(&[
                Effect::Store(&[Place::Path("/var/cache/debconf/config.dat")]),
                Effect::Store(&[Place::Path("/var/cache/debconf/passwords.dat")]),
            ])],
    ),
    Program::new(
        &["crontab"], // sy-cron
        &[Row::new(&[])
            .options(&[flags("-l -r -"), value("-u", Role::Quoted)])
            .each(Role::StoredFile)
            .stdin(Stdin::Stored)
            .effects(&[Effect::Store(&[Place::Path(
                "/var/spool/cron/crontabs/root",
            )])])],
    ),
    Program::new(
        &["ps", "pgrep", "pstree", "top"], // wr-sleep-argv
        &[Row::new(&[])
            .only_operands()
            .each(Role::Quoted)
            .by(processes)],
    ),
    Program::new(
        &["logger"], // sy-logger
        &[Row::new(&[])
            .options(&[
                flag("-s --stderr", Effect::PrintData),
                flags("-i"),
                value("-t --tag -p --priority -f --file", Role::Shown),
            ])
            .each(Role::Shown)
            .stdin(Stdin::Read)
            .output(Output::Clean)],
    ),
];

/// `useradd -d DIRECTORY -u NUMBER NAME`: where `~` is for this user.
fn users(call: &mut Call<'_, '_>) {
    call.by_row();
    let text = |word: Argument| word.text();
    let home = call.option("-d").or_else(|| call.option("-h"));
    let home = home.and_then(text).filter(|home| home.starts_with('/'));
    // Busybox takes a group behind the name, Debian's `adduser` too.
    let Some(name) = call.operands().first().and_then(Argument::text) else {
        return;
    };
    let number = call.option("-u").and_then(text);
    let home = home.unwrap_or_else(|| format!("/home/{name}"));
    for user in number.iter().chain([&name]) {
        call.state.files.home(user, Value::known(&home));
    }
}

/// Command lines of everything that runs; with `e` (without a dash) the environment, too.
fn processes(call: &mut Call<'_, '_>) {
    call.by_row();
    let mut shown = call.command_lines();
    let environment = |word: &crate::flow::Argument| {
        word.text()
            .is_some_and(|text| !text.starts_with('-') && text.contains('e'))
    };
    if &*call.name == "ps" && call.operands().iter().any(environment) {
        shown = shown
            .join(&call.environment().taint())
            .join(&call.state.process.aside.environments);
    }
    let shown = made(call, &shown);
    call.print(&shown);
}

/// `-o Debug::Acquire::http=true` shows requests with their headers.
fn packages(call: &mut Call<'_, '_>) {
    call.by_row();
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

fn passwords(call: &mut Call<'_, '_>) {
    let lines = call.stdin();
    if call.has("-e") || call.has("--encrypted") {
        let kept = made(call, &lines.taint());
        call.store(SHADOW, &kept, &Cause::Kept("chpasswd -e".into()));
    }
}
