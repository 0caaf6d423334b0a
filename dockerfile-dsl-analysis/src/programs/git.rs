//! git: what it keeps in its configuration and its objects, what it shows.
//!
//! A configuration file is kept as lines `KEY=VALUE`, so that `--unset`, `remote set-url` and `--remove-section` take away what was set.
//! `git -c KEY=VALUE VERB` is for one command; `git VERB -c KEY=VALUE` of `clone` is written down.

mod config;
mod credentials;
mod objects;
mod remote;

use config::{config, setting};
use credentials::credential;
use objects::{add, check_out, commit, hash, show};
use remote::{clone, network, remote, submodule};

use super::common::{inside, made, path, spellings};
use super::{Output, Program, Role, Row, Stdin, attached, flags, value};
use crate::flow::{Argument, Call, Taint, Value};
use crate::report::{Cause, Doubt};

const QUIET: super::Opt =
    flags("-q --quiet -v --verbose --progress --no-progress -4 -6 --ipv4 --ipv6");
const MESSAGE: super::Opt = value(
    "-m --message --author --date -F --file -S --gpg-sign --trailer -u --local-user --reason",
    Role::Plain,
);

/// Sub-commands that keep messages and names.
const WITH_MESSAGES: &str = "commit|tag|notes|branch|checkout|switch|merge|rebase|cherry-pick|\
                             revert|am|worktree|update-ref|symbolic-ref";

/// Sub-commands that show what is in the repository.
const SHOWING: &str = "diff|show|log|cat-file|blame|grep|format-patch|shortlog|whatchanged|archive|\
                       bundle|reflog";

/// Sub-commands that keep and show nothing of their arguments but names.
const OTHERS: &str = "init|status|rev-parse|rev-list|describe|ls-files|ls-tree|show-ref|reset|\
                      restore|clean|rm|mv|gc|prune|fsck|repack|count-objects|lfs|sparse-checkout|\
                      update-server-info|version|help|check-ignore|name-rev|merge-base|\
                      for-each-ref|maintenance|bisect|var|diff-index|diff-tree|write-tree|\
                      read-tree|commit-tree";

pub(super) static PROGRAMS: &[Program] = &[Program::new(
    // git-clone-token, git-clone-rm-dotgit, git-clone-set-url, git-minus-c-before,
    // git-clone-minus-c, git-config-count, git-config-local, git-insteadof-two,
    // git-insteadof-remove-section, git-askpass-lazy, git-trace
    &["git"],
    &[
        row(&[], VERSION, None, Output::Clean),
        // git-clone-token, git-clone-bare, git-clone-separate, git-clone-tmpfs, err-git-clone-path,
        // git-clone-no-server-log
        row(&["clone"], CLONE, Some(Role::Plain), Output::Clean),
        // git-config-global-file, git-config-system, git-config-unset-other, git-config-list,
        // git-config-get, git-helper-lazy
        row(&["config"], CONFIG, Some(Role::Plain), Output::Clean),
        // git-remote-add, git-remote-set-url, git-clone-set-url-push, git-clone-remote-rm
        row(&["remote"], REMOTE, Some(Role::Plain), Output::Clean),
        // git-ls-remote, git-fetch-url, git-pull-url, git-push-url, git-ls-remote-wrong
        row(
            &["fetch|pull|push|ls-remote|fetch-pack"],
            NETWORK,
            Some(Role::Plain),
            Output::Clean,
        ),
        // git-submodule-add
        row(&["submodule"], NETWORK, Some(Role::Plain), Output::Clean),
        // git-add-commit, git-blob-deleted, git-stash
        row(
            &["add|stage|stash|update-index"],
            TREE,
            Some(Role::ReadTree),
            Output::Clean,
        ),
        // git-commit-msg, git-author, git-commit-prints, git-tag-m, git-notes, git-branch-name,
        // git-checkout-value
        row(&[WITH_MESSAGES], TREE, Some(Role::Quoted), Output::Clean),
        // git-hash-object, git-hash-object-w
        row(
            &["hash-object"],
            &[
                flags("--stdin -w --no-filters --stdin-paths --literally"),
                value("-t --path", Role::Quoted),
            ],
            Some(Role::Read),
            Output::Clean,
        ),
        // git-diff-no-index, git-log-message, git-archive, git-bundle
        row(&[SHOWING], SHOW, Some(Role::Quoted), Output::Clean),
        // git-credential-fill, git-store-approve
        row(
            &["credential|credential-store|credential-cache"],
            &[value("--file --timeout", Role::Plain)],
            Some(Role::Plain),
            Output::Clean,
        ),
        // git-apply, git-apply-stat
        row(&["apply"], APPLY, Some(Role::Plain), Output::Clean),
        // git-rev-parse, git-init (git-config-local), git-version
        row(&[OTHERS], TREE, Some(Role::Quoted), Output::Clean),
    ],
)
.options(&[
    value("-C", Role::Directory),
    value("-c", Role::Consumed),
    value("--config-env", Role::Plain),
    value(
        "--git-dir --work-tree --namespace --exec-path --super-prefix",
        Role::Plain,
    ),
    flags(
        "-P --no-pager -p --paginate --bare --no-replace-objects --literal-pathspecs --version \
         --help --html-path --no-optional-locks",
    ),
])];

const VERSION: &[super::Opt] = &[];

const CLONE: &[super::Opt] = &[
    QUIET,
    flags(
        "-l --local --no-hardlinks -s --shared -n --no-checkout --bare --mirror --single-branch \
         --no-single-branch --no-tags --recursive --recurse-submodules --shallow-submodules \
         --no-shallow-submodules --remote-submodules --sparse --dissociate --reject-shallow",
    ),
    value("-c --config", Role::Plain),
    value(
        "-b --branch --depth -o --origin -j --jobs --filter --reference --reference-if-able \
         --template --separate-git-dir -u --upload-pack --shallow-since --shallow-exclude \
         --server-option --bundle-uri --revision",
        Role::Quoted,
    ),
];

const CONFIG: &[super::Opt] = &[
    flags(
        "--global --system --local --worktree --add --replace-all --unset --unset-all --get \
         --get-all --get-regexp --get-urlmatch --list -l --remove-section --rename-section \
         --name-only --show-origin --show-scope -z --null --bool --int --path -e --edit \
         --fixed-value --includes --no-includes",
    ),
    value("-f --file --blob --type --default", Role::Plain),
];

const REMOTE: &[super::Opt] = &[
    flags(
        "-v --verbose --push --add --delete --all -f --tags --no-tags --prune --dry-run -n -a \
         --auto -d",
    ),
    value("-t -m --mirror", Role::Quoted),
];

const NETWORK: &[super::Opt] = &[
    QUIET,
    flags(
        "-a --all --append --atomic --dry-run -f --force -k --keep --multiple -n --no-tags -p \
         --prune --tags -t -u --update-shallow --unshallow --recurse-submodules \
         --no-recurse-submodules --rebase --no-rebase --ff-only --ff --no-ff --no-edit --squash \
         --set-upstream --heads --refs --symref --get-url --exit-code --init --recursive --remote \
         --merge --mirror --delete -d --porcelain --autostash --no-verify --update-head-ok \
         --write-fetch-head --no-write-fetch-head --single-branch --no-single-branch",
    ),
    value(
        "-b --branch --depth --deepen --filter -j --jobs -o --push-option --server-option \
         --shallow-since --upload-pack --refmap --sort --name --reference --refetch",
        Role::Quoted,
    ),
    attached("--force-with-lease --signed", Role::Quoted),
];

const TREE: &[super::Opt] = &[
    QUIET,
    MESSAGE,
    flags(
        "-a -A -b -B -c -d -D -e -f -i -k -K -l -M -n -N -p -r -R -s -t -x -X -z --all \
         --allow-empty --allow-empty-message --amend --annotate --cached --no-edit --no-verify \
         --signoff --intent-to-add --update --force --hard --soft --mixed --keep --orphan --detach \
         --track --no-track --quiet --delete --list --move --initial --bare --shared \
         --ignore-errors --dry-run --porcelain --short --abbrev-ref --show-toplevel --verify \
         --tags --always --long --dirty --staged --worktree --source --include-untracked --no-ff \
         --ff-only --continue --abort --aggressive --keep-index --index --no-commit \
         --is-inside-work-tree --git-dir --all --count --no-merges --abbrev --local --system \
         --skip-smudge --skip-repo --cone --no-cone --stdin --set --no-track --guess --no-guess \
         --theirs --ours --chmod --refresh --recursive --merge --others --exclude-standard \
         --error-unmatch --fixed",
    ),
    value(
        "--initial-branch --template --separate-git-dir --exclude --match --format \
         --pathspec-from-file --cleanup --ref --strategy --object-format --max-count --contains \
         --points-at --sort",
        Role::Quoted,
    ),
];

const APPLY: &[super::Opt] = &[
    QUIET,
    flags(
        "--stat --numstat --summary --check --apply --index --cached -3 --3way -R --reverse \
         --reject -z --unidiff-zero --recount --no-add --ignore-space-change --ignore-whitespace \
         --inaccurate-eof --allow-empty --unsafe-paths --binary -N --intent-to-add",
    ),
    value(
        "-p -C --exclude --include --whitespace --directory --build-fake-ancestor",
        Role::Quoted,
    ),
];

const SHOW: &[super::Opt] = &[
    QUIET,
    flags(
        "--no-index --cached --staged --stat --name-only --name-status --oneline -p --patch -u -s \
         --no-patch --graph --exit-code --all --color --no-color --shortstat --numstat --raw -w -z \
         -t -e -i -n -l -c -h -E -F -I --no-pager --decorate --no-decorate --reverse --stdout \
         --list --follow --no-merges --merges -0 -1 -2 -3 -4 -5 -6 -7 -8 -9 --batch --batch-check \
         --create --keep-subject --minimal --no-renames --full-index --binary --no-prefix \
         --diff-filter",
    ),
    value("-o --output", Role::Plain),
    value(
        "--format --pretty --max-count --since --until --after --before --author --grep -S -G -L \
         --date --prefix --remote --abbrev --add-file -U --unified",
        Role::Quoted,
    ),
];

/// A row of git: all go through [`git`].
const fn row(
    command: &'static [&'static str],
    options: &'static [super::Opt],
    rest: Option<Role>,
    output: Output,
) -> Row {
    Row::new(command)
        .options(options)
        .operands(&[], rest, &[])
        .output(output)
        .stdin(Stdin::Unused)
        .by(git)
}

/// What git's variables make it say is said, then the sub-command does its work.
fn git(call: &mut Call<'_, '_>) {
    for variable in [
        "GIT_TRACE",
        "GIT_TRACE2",
        "GIT_TRACE2_EVENT",
        "GIT_TRACE2_PERF",
        "GIT_TRACE_SETUP",
    ] {
        trace(call, variable, false);
    }
    for variable in ["GIT_TRACE_CURL", "GIT_CURL_VERBOSE", "GIT_TRACE_PACKET"] {
        trace(call, variable, true);
    }
    match call.command().first().copied().unwrap_or_default() {
        "clone" => clone(call),
        "config" => config(call),
        "remote" => remote(call),
        "submodule" => submodule(call),
        verb if verb.starts_with("fetch") => network(call),
        verb if verb.starts_with("add") => add(call),
        verb if verb.starts_with("commit") => commit(call),
        "hash-object" => hash(call),
        verb if verb.starts_with("diff") => show(call),
        verb if verb.starts_with("credential") => credential(call),
        "apply" => apply(call),
        "" => alias(call),
        verb => {
            if call
                .arguments
                .iter()
                .any(|word| word.text().as_deref() == Some("var"))
            {
                let shown = made(call, &identity(call));
                call.print(&shown);
            }
            if verb.starts_with("init") {
                initialise(call);
                let restores = |word: &Argument| {
                    word.text()
                        .is_some_and(|word| matches!(&*word, "restore" | "reset" | "read-tree"))
                };
                if call.arguments.iter().any(restores) {
                    check_out(call);
                }
            }
            call.by_row();
        }
    }
}

/// A sub-command of the author's own: `alias.NAME`, by `-c` or in the configuration. Another one is a program of its own.
fn alias(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    let Some((name, rest)) = operands.split_first() else {
        return call.by_row();
    };
    let text = name
        .text()
        .and_then(|name| setting(call, &format!("alias.{name}")));
    match text
        .as_deref()
        .map(|text| text.strip_prefix('!').ok_or(text))
    {
        Some(Ok(command)) => {
            let arguments: Vec<Argument> = call.arguments.to_vec();
            let at = arguments.iter().position(|word| word == name).unwrap_or(0);
            // What stands behind the name are its last words.
            let text = Value::known(format!("{command} \"$@\""));
            call.shell(&text, name.span, &arguments[at..]);
        }
        Some(Err(words)) => {
            let mut command = vec![path(call, "git")];
            command.extend(words.split_whitespace().map(|word| path(call, word)));
            command.extend_from_slice(rest);
            call.run(&command);
        }
        None => {
            let shown = name.text().is_none_or(|name| name.starts_with("--"));
            if shown {
                call.by_row();
            } else {
                call.opaque(Doubt::SubCommand);
            }
        }
    }
}

/// Who commits, as far as variables and `-c` say it.
fn identity(call: &Call<'_, '_>) -> Taint {
    let variables = [
        "GIT_AUTHOR_NAME",
        "GIT_AUTHOR_EMAIL",
        "GIT_COMMITTER_NAME",
        "GIT_COMMITTER_EMAIL",
        "EMAIL",
    ];
    let given = call.options("-c").into_iter().map(|option| option.value);
    variables
        .iter()
        .filter_map(|name| call.env(name))
        .chain(given)
        .fold(Taint::NONE, |all, value| all.join(&value.taint()))
}

/// What a patch adds is in files that it names.
fn apply(call: &mut Call<'_, '_>) {
    let patches = call.operands().into_iter();
    let mut taint: Taint = patches.map(|patch| call.read(&patch).taint()).collect();
    if call.operands().is_empty() {
        taint = call.stdin().taint();
    }
    let inspects = ["--stat", "--numstat", "--summary", "--check"];
    if inspects.iter().any(|option| call.has(option)) && !call.has("--apply") {
        let report = call.fresh();
        return call.print(&report);
    }
    let patched = made(call, &taint);
    let file = Argument::new(call.fresh(), call.span);
    call.append(&file, &patched, &Cause::Patched("git apply".into()));
}

/// `git init DIRECTORY` makes a repository.
fn initialise(call: &mut Call<'_, '_>) {
    if call
        .arguments
        .iter()
        .any(|word| word.text().as_deref() == Some("init"))
    {
        let directory = call
            .operands()
            .first()
            .cloned()
            .unwrap_or_else(|| path(call, "."));
        let directory = if call.has("--bare") {
            directory
        } else {
            inside(&directory, ".git")
        };
        call.create(&directory, true);
        from_template(call, &directory);
    }
}

/// A new repository begins as a copy of its template.
fn from_template(call: &mut Call<'_, '_>, repository: &Argument) {
    let template = call.option("--template").or_else(|| {
        let variable = call.env("GIT_TEMPLATE_DIR");
        let configured = || setting(call, "init.templateDir").map(Value::known);
        let value = variable.or_else(configured)?;
        Some(Argument::new(value, call.span))
    });
    if let Some(template) = template {
        call.copy(&inside(&template, "."), repository, true, true);
    }
}

/// `GIT_TRACE=1` prints the arguments on standard error, an absolute path appends them to a file.
fn trace(call: &mut Call<'_, '_>, variable: &str, requests: bool) {
    let Some(value) = call.env(variable) else {
        return;
    };
    let mut all = call
        .arguments
        .iter()
        .fold(Value::empty(), |all, argument| all.concat(&argument.value));
    if requests {
        // Only headers that git does not know: it hides Authorization and Cookie.
        let hidden = |argument: &Argument| {
            spellings(&argument.value).iter().all(|text| {
                let text = text.to_ascii_lowercase();
                text.contains("authorization:") || text.contains("cookie:") || text.contains("://")
            })
        };
        let shown = call
            .env("GIT_TRACE_REDACT")
            .is_some_and(|redact| matches!(redact.literal().as_deref(), Some("0" | "false")));
        if !shown
            && call
                .arguments
                .iter()
                .filter(|argument| argument.value.taint().is_some())
                .all(hidden)
        {
            return;
        }
        all = made(call, &all.taint().join(&call.environment().taint()));
    }
    match value.literal().as_deref() {
        Some("" | "0" | "false") => {}
        Some(file) if file.starts_with('/') => {
            let file = path(call, file);
            call.append(&file, &all, &Cause::Trace("git".into()));
        }
        _ => call.print_error(&all),
    }
}
