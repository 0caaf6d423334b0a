//! git: what it keeps in its configuration and its objects, what it shows.
//!
//! A configuration file is kept as lines `KEY=VALUE`, so that `--unset`, `remote set-url` and `--remove-section` take away what was set.
//! `git -c KEY=VALUE VERB` is for one command; `git VERB -c KEY=VALUE` of `clone` is written down.

use super::common::{InUrl, answer_of, begins_with, in_url, inside, made, path, spellings};
use super::git_config::{config, entry, global, has_key, lines, repository, rewrite, run_hooks};
use super::{Output, Place, Program, Role, Row, Stdin, attached, flags, value};
use crate::flow::{Argument, Call, Taint, Value};

const QUIET: super::Opt =
    flags("-q --quiet -v --verbose --progress --no-progress -4 -6 --ipv4 --ipv6");
const MESSAGE: super::Opt = value(
    "-m --message --author --date -F --file -S --gpg-sign --trailer -u --local-user --reason",
    Role::Plain,
);

pub(super) static PROGRAMS: &[Program] = &[Program::new(
    &["git"], // git-clone-token, git-clone-rm-dotgit, git-clone-set-url, git-minus-c-before, git-clone-minus-c, git-config-count, git-config-local, git-insteadof-two, git-insteadof-remove-section, git-askpass-lazy, git-trace
    &[
        row(&[], VERSION, None, Output::Clean),
        // git-clone-token, git-clone-bare, git-clone-separate, git-clone-tmpfs, err-git-clone-path, git-clone-no-server-log
        row(&["clone"], CLONE, Some(Role::Plain), Output::Clean),
        // git-config-global-file, git-config-system, git-config-unset-other, git-config-list, git-config-get, git-helper-lazy
        row(&["config"], CONFIG, Some(Role::Plain), Output::Clean),
        // git-remote-add, git-remote-set-url, git-clone-set-url-push, git-clone-remote-rm
        row(&["remote"], REMOTE, Some(Role::Plain), Output::Clean),
        // git-ls-remote, git-fetch-url, git-pull-url, git-push-url, git-ls-remote-wrong
        row(&["fetch|pull|push|ls-remote|fetch-pack"], NETWORK, Some(Role::Plain), Output::Clean),
        // git-submodule-add
        row(&["submodule"], NETWORK, Some(Role::Plain), Output::Clean),
        // git-add-commit, git-blob-deleted, git-stash
        row(&["add|stage|stash|update-index"], TREE, Some(Role::ReadTree), Output::Clean),
        // git-commit-msg, git-author, git-commit-prints, git-tag-m, git-notes, git-branch-name, git-checkout-value
        row(&["commit|tag|notes|branch|checkout|switch|merge|rebase|cherry-pick|revert|am|worktree|update-ref|symbolic-ref"], TREE, Some(Role::Quoted), Output::Clean),
        // git-hash-object, git-hash-object-w
        row(&["hash-object"], &[flags("-w --stdin --no-filters"), value("-t --path", Role::Quoted)], Some(Role::Read), Output::Clean),
        // git-diff-no-index, git-log-message, git-archive, git-bundle
        row(&["diff|show|log|cat-file|blame|grep|format-patch|shortlog|whatchanged|archive|bundle|reflog"], SHOW, Some(Role::Quoted), Output::Clean),
        // git-credential-fill, git-store-approve
        row(&["credential|credential-store|credential-cache"], &[value("--file --timeout", Role::Plain)], Some(Role::Plain), Output::Clean),
        // git-rev-parse, git-init (git-config-local), git-version
        row(&["init|status|rev-parse|rev-list|describe|ls-files|ls-tree|show-ref|reset|restore|clean|rm|mv|gc|prune|fsck|repack|count-objects|lfs|sparse-checkout|update-server-info|version|help|check-ignore|name-rev|merge-base|for-each-ref|maintenance|bisect|var|diff-index|diff-tree|write-tree|read-tree|commit-tree"], TREE, Some(Role::Quoted), Output::Clean),
    ],
)
.options(&[
    value("-C", Role::Directory),
    value("-c", Role::Consumed),
    value("--config-env", Role::Plain),
    value("--git-dir --work-tree --namespace --exec-path --super-prefix", Role::Plain),
    flags("-P --no-pager -p --paginate --bare --no-replace-objects --literal-pathspecs --version --help --html-path --no-optional-locks"),
])];

const VERSION: &[super::Opt] = &[];

const CLONE: &[super::Opt] = &[
    QUIET,
    flags(
        "-l --local --no-hardlinks -s --shared -n --no-checkout --bare --mirror --single-branch --no-single-branch --no-tags --recursive --recurse-submodules --shallow-submodules --no-shallow-submodules --remote-submodules --sparse --dissociate --reject-shallow",
    ),
    value("-c --config", Role::Plain),
    value(
        "-b --branch --depth -o --origin -j --jobs --filter --reference --reference-if-able --template --separate-git-dir -u --upload-pack --shallow-since --shallow-exclude --server-option --bundle-uri --revision",
        Role::Quoted,
    ),
];

const CONFIG: &[super::Opt] = &[
    flags(
        "--global --system --local --worktree --add --replace-all --unset --unset-all --get --get-all --get-regexp --get-urlmatch --list -l --remove-section --rename-section --name-only --show-origin --show-scope -z --null --bool --int --path -e --edit --fixed-value --includes --no-includes",
    ),
    value("-f --file --blob --type --default", Role::Plain),
];

const REMOTE: &[super::Opt] = &[
    flags(
        "-v --verbose --push --add --delete --all -f --tags --no-tags --prune --dry-run -n -a --auto -d",
    ),
    value("-t -m --mirror", Role::Quoted),
];

const NETWORK: &[super::Opt] = &[
    QUIET,
    flags(
        "-a --all --append --atomic --dry-run -f --force -k --keep --multiple -n --no-tags -p --prune --tags -t -u --update-shallow --unshallow --recurse-submodules --no-recurse-submodules --rebase --no-rebase --ff-only --ff --no-ff --no-edit --squash --set-upstream --heads --refs --symref --get-url --exit-code --init --recursive --remote --merge --mirror --delete -d --porcelain --autostash --no-verify --update-head-ok --write-fetch-head --no-write-fetch-head --single-branch --no-single-branch",
    ),
    value(
        "-b --branch --depth --deepen --filter -j --jobs -o --push-option --server-option --shallow-since --upload-pack --refmap --sort --name --reference --refetch",
        Role::Quoted,
    ),
    attached("--force-with-lease --signed", Role::Quoted),
];

const TREE: &[super::Opt] = &[
    QUIET,
    MESSAGE,
    flags(
        "-a -A -b -B -c -d -D -e -f -i -k -K -l -M -n -N -p -r -R -s -t -x -X -z --all --allow-empty --allow-empty-message --amend --annotate --cached --no-edit --no-verify --signoff --intent-to-add --update --force --hard --soft --mixed --keep --orphan --detach --track --no-track --quiet --delete --list --move --initial --bare --shared --ignore-errors --dry-run --porcelain --short --abbrev-ref --show-toplevel --verify --tags --always --long --dirty --staged --worktree --source --include-untracked --no-ff --ff-only --continue --abort --aggressive --keep-index --index --no-commit --is-inside-work-tree --git-dir --all --count --no-merges --abbrev --local --system --skip-smudge --skip-repo --cone --no-cone --stdin --set --no-track --guess --no-guess --theirs --ours --chmod --refresh --recursive --merge --others --exclude-standard --error-unmatch --fixed",
    ),
    value(
        "--initial-branch --template --separate-git-dir --exclude --match --format --pathspec-from-file --cleanup --ref --strategy --object-format --max-count --contains --points-at --sort",
        Role::Quoted,
    ),
];

const SHOW: &[super::Opt] = &[
    QUIET,
    flags(
        "--no-index --cached --staged --stat --name-only --name-status --oneline -p -u --patch --no-patch -s --exit-code --graph --all --color --no-color --shortstat --numstat --raw -w -z -t -e -i -n -l -c -h -E -F -I --no-pager --decorate --no-decorate --reverse --stdout --list --follow --no-merges --merges -0 -1 -2 -3 -4 -5 -6 -7 -8 -9 --batch --batch-check --create --keep-subject --minimal --no-renames --full-index --binary --no-prefix --diff-filter",
    ),
    value("-o --output", Role::Plain),
    value(
        "--format --pretty --max-count --since --until --after --before --author --grep -S -G -L --date --prefix --remote --abbrev --add-file -U --unified",
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
        verb => {
            if verb.starts_with("init") {
                initialise(call);
            }
            call.by_row();
        }
    }
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
            call.append(&file, &all, "trace of `git`");
        }
        _ => call.print_error(&all),
    }
}

// Remotes and the network.

/// The URL is kept where it is written down; in messages git hides the password.
fn quote(call: &mut Call<'_, '_>, url: &Argument) {
    if matches!(in_url(&url.value), InUrl::Elsewhere | InUrl::Host) {
        call.print_error(&url.value);
    }
}

/// What the last component of the URL names.
fn named_after(url: &Argument) -> Option<String> {
    let text = spellings(&url.value).pop()?;
    let text = text.trim_end_matches('/');
    let text = text.strip_suffix("/.git").unwrap_or(text);
    let name = text.rsplit(['/', ':']).next()?;
    let name = name.strip_suffix(".git").unwrap_or(name);
    let known = !name.is_empty() && !name.contains(['\u{1}', '\u{2}']);
    known.then(|| name.to_owned())
}

fn clone(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    let Some(url) = operands.first() else { return };
    let bare = call.has("--bare") || call.has("--mirror");
    let directory = match operands.get(1) {
        Some(directory) => directory.clone(),
        None => match named_after(url) {
            Some(name) if bare => path(call, format!("{name}.git")),
            Some(name) => path(call, name),
            // Named by a text that is not known: what that text tells about is then in the name.
            None => {
                let unknown = if in_url(&url.value) == InUrl::Elsewhere {
                    made(call, &url.value.taint())
                } else {
                    call.fresh()
                };
                Argument::new(unknown, url.span)
            }
        },
    };
    quote(call, url);
    for option in call.options("-b").into_iter().chain(call.options("-o")) {
        if option.value.taint().is_some() {
            call.print_error(&option.value);
        }
    }
    call.create(&directory, true);
    let git_directory = match call.option("--separate-git-dir") {
        Some(separate) => separate,
        None if bare => directory,
        None => inside(&directory, ".git"),
    };
    call.create(&git_directory, true);
    let origin = call
        .option("-o")
        .and_then(|name| name.text())
        .unwrap_or_else(|| "origin".to_owned());
    let file = inside(&git_directory, "config");
    let mut written = vec![entry(
        &Value::known(format!("remote.{origin}.url")),
        &url.value,
    )];
    // `-c` behind the verb is written down; before it, it is for this command only.
    for option in options_behind_verb(call, &["-c", "--config"]) {
        written.push(option.value);
    }
    rewrite(call, &file, |_| true, &written);
    remember(call, &url.value.taint());
    ask(call);
    run_hooks(call, &["post-checkout"]);
}

/// The values of options that stand behind the sub-command.
fn options_behind_verb(call: &Call<'_, '_>, names: &[&str]) -> Vec<Argument> {
    let words = &call.arguments;
    let verb = words.iter().position(|word| {
        word.text().is_some_and(|text| {
            call.command()
                .first()
                .is_some_and(|command| command.split('|').any(|name| name == text))
        })
    });
    let mut found = Vec::new();
    let mut at = verb.map_or(words.len(), |verb| verb + 1);
    while let Some(word) = words.get(at) {
        at += 1;
        for name in names {
            if word.text().as_deref() == Some(name) {
                found.extend(words.get(at).cloned());
                at += 1;
            } else if let Some(value) = word.behind(&format!("{name}=")) {
                found.push(value);
            }
        }
    }
    found
}

/// `credential.helper=store`, from the configuration that is known, writes down what was used.
fn remember(call: &mut Call<'_, '_>, credentials: &Taint) {
    let Some(file) = store(call) else { return };
    let credentials = made(call, credentials);
    if credentials.taint().is_some() {
        call.append(&file, &credentials, "stored by git's credential helper");
    }
}

/// The file of the store helper, if it is configured.
fn store(call: &Call<'_, '_>) -> Option<Argument> {
    let mut helpers: Vec<String> = Vec::new();
    let files = [
        path(call, "/etc/gitconfig"),
        global(call),
        inside(&repository(call), "config"),
    ];
    for line in files.iter().flat_map(|file| lines(call, file)) {
        if let Some((key, helper)) = line.literal().and_then(|line| {
            line.split_once('=')
                .map(|(key, helper)| (key.to_owned(), helper.to_owned()))
        }) && key.starts_with("credential.")
            && key.ends_with("helper")
        {
            helpers.push(helper);
        }
    }
    for option in call.options("-c") {
        let text = option.text().unwrap_or_default();
        if let Some((key, helper)) = text.split_once('=')
            && key.starts_with("credential.")
            && key.ends_with("helper")
        {
            if helper.is_empty() {
                helpers.clear();
            } else {
                helpers.push(helper.to_owned());
            }
        }
    }
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

/// The program of `GIT_ASKPASS` is run; what it prints, git reads.
fn ask(call: &mut Call<'_, '_>) {
    if let Some(program) = call
        .env("GIT_ASKPASS")
        .filter(|program| !program.is_empty_text())
    {
        let program = Argument::new(program, call.span);
        let answer = answer_of(call, &program);
        remember(call, &answer);
    }
}

fn network(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    if let Some(url) = operands.first() {
        quote(call, url);
        remember(call, &url.value.taint());
    }
    for operand in operands.iter().skip(1) {
        if operand.value.taint().is_some() {
            call.print_error(&operand.value);
        }
    }
    ask(call);
    let output = call.fresh();
    call.print(&output);
}

fn remote(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    let file = inside(&repository(call), "config");
    let verb = operands
        .first()
        .and_then(Argument::text)
        .unwrap_or_default();
    let key = |name: &Argument, rest: &str| {
        Value::known("remote.")
            .concat(&name.value)
            .concat(&Value::known(rest))
    };
    match (verb.as_str(), operands.get(1..).unwrap_or_default()) {
        ("add", [name, url, ..]) => {
            let line = entry(&key(name, ".url"), &url.value);
            rewrite(call, &file, |_| true, &[line]);
        }
        ("set-url", [name, url, ..]) => {
            let key = key(
                name,
                if call.has("--push") {
                    ".pushurl"
                } else {
                    ".url"
                },
            );
            let line = entry(&key, &url.value);
            if call.has("--add") {
                rewrite(call, &file, |_| true, &[line]);
            } else {
                rewrite(call, &file, |line| !has_key(line, &key), &[line]);
            }
        }
        ("remove" | "rm", [name, ..]) => {
            let section = key(name, ".");
            rewrite(call, &file, |line| !begins_with(line, &section), &[]);
        }
        ("rename", [_, _]) | ("prune" | "update" | "set-branches" | "set-head", _) => {}
        ("get-url" | "show" | "-v" | "", _) => {
            let shown = made(call, &call.peek(&file).taint());
            if !verb.is_empty() || call.has("-v") {
                call.print(&shown);
            }
        }
        _ => call.opaque("no row covers this sub-command"),
    }
}

fn submodule(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    match (
        operands.first().and_then(Argument::text).as_deref(),
        operands.get(1..).unwrap_or_default(),
    ) {
        (Some("add" | "set-url"), [url, rest @ ..]) => {
            for url in std::iter::once(url).chain(rest) {
                let line = entry(&Value::known("submodule.url"), &url.value);
                for file in [
                    path(call, ".gitmodules"),
                    inside(&repository(call), "config"),
                ] {
                    rewrite(call, &file, |_| true, std::slice::from_ref(&line));
                }
            }
            ask(call);
        }
        (Some("foreach"), [command, ..]) => {
            let span = command.span;
            call.shell(&command.value.clone(), span, &[]);
        }
        (
            Some("update" | "init" | "sync" | "status" | "deinit" | "summary" | "absorbgitdirs"),
            rest,
        ) => {
            let taint = rest
                .iter()
                .fold(Taint::NONE, |all, operand| all.join(&operand.value.taint()));
            call.opaque_for(&taint, "an operand that no row covers");
            ask(call);
        }
        _ => call.opaque("no row covers this sub-command"),
    }
}

// Objects.

/// Whatever is put among the objects stays, also when the file is removed.
fn keep(call: &mut Call<'_, '_>, taint: &Taint) {
    if taint.is_some() {
        let object = made(call, taint);
        let file = inside(&inside(&repository(call), "objects"), "object");
        call.append(&file, &object, "kept in git's objects");
    }
}

/// Everything beneath; of several directories that it may be, the root is one only where it is a repository.
fn tree(call: &mut Call<'_, '_>, operand: &Argument) -> Taint {
    let places = call.paths(operand);
    let mut taint = Taint::NONE;
    for place in &places {
        if &*place.key != "/" || call.state.files.entry("/.git").is_some() {
            taint = taint.join(&call.read_tree(&path(call, &place.key)).taint());
        }
    }
    taint
}

fn add(call: &mut Call<'_, '_>) {
    let mut operands = call.operands();
    let verb = call
        .arguments
        .iter()
        .filter_map(Argument::text)
        .find(|word| matches!(word.as_str(), "add" | "stage" | "stash" | "update-index"));
    if verb.as_deref() == Some("stash") {
        let message = call
            .options("-m")
            .iter()
            .fold(Taint::NONE, |all, option| all.join(&option.value.taint()));
        keep(call, &message);
        operands.clear();
    }
    if operands.is_empty() {
        operands.push(path(call, "."));
    }
    let mut taint = Taint::NONE;
    for operand in &operands {
        taint = taint.join(&tree(call, operand));
    }
    keep(call, &taint);
}

fn commit(call: &mut Call<'_, '_>) {
    let mut taint = Taint::NONE;
    let mut message = Taint::NONE;
    for option in ["-m", "-c", "-F"] {
        for given in call.options(option) {
            message = message.join(&given.value.taint());
            if option == "-F" {
                message = message.join(&call.peek(&given).taint());
            }
        }
    }
    let operands = call.operands();
    for operand in &operands {
        taint = taint.join(&operand.value.taint());
    }
    if call.has("-a") || call.has("--all") {
        taint = taint.join(&call.read_tree(&path(call, ".")).taint());
    }
    match call
        .arguments
        .iter()
        .filter_map(Argument::text)
        .find(|word| call.command()[0].split('|').any(|verb| verb == word))
        .as_deref()
    {
        Some("commit") if !call.has("--no-verify") => run_hooks(
            call,
            &[
                "pre-commit",
                "prepare-commit-msg",
                "commit-msg",
                "post-commit",
            ],
        ),
        Some("commit" | "merge") => run_hooks(call, &["post-commit", "post-merge"]),
        Some("checkout" | "switch" | "worktree") => run_hooks(call, &["post-checkout"]),
        _ => {}
    }
    let names = made(call, &taint);
    keep(call, &taint.join(&message));
    call.print_error(&names);
    if !call.has("-q") && !call.has("--quiet") {
        let summary = made(call, &message);
        call.print(&summary);
    }
}

fn hash(call: &mut Call<'_, '_>) {
    if call.has("-w") {
        let mut taint = if call.has("--stdin") {
            call.stdin().taint()
        } else {
            Taint::NONE
        };
        for operand in call.operands() {
            taint = taint.join(&call.read(&operand).taint());
        }
        keep(call, &taint);
    }
    let digest = call.fresh();
    call.print(&digest);
}

/// Shows what is among the objects, or two files.
fn show(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    let mut taint = call.read_tree(&repository(call)).taint();
    for operand in &operands {
        taint = taint.join(&operand.value.taint());
        if call.has("--no-index") {
            taint = taint.join(&call.read(operand).taint());
        }
    }
    let quiet = call.has("-q") || call.has("--quiet") || call.has("-s");
    let output = if quiet {
        call.fresh()
    } else {
        made(call, &taint)
    };
    let bundle = operands.first().and_then(Argument::text).as_deref() == Some("create");
    if let Some(file) = call.option("-o") {
        let data = made(call, &taint);
        call.write(&file, &data, "`git`");
    } else if let (true, Some(file)) = (bundle, operands.get(1)) {
        let data = made(call, &taint);
        call.write(file, &data, "`git bundle`");
    } else {
        call.print(&output);
    }
}

/// `fill` shows what the helpers say, `approve` gives it to them.
fn credential(call: &mut Call<'_, '_>) {
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
        }
        Some("approve" | "store") => {
            // `git credential-store store` is the helper itself.
            let helper = call
                .arguments
                .iter()
                .any(|word| word.text().as_deref() == Some("credential-store"));
            if helper {
                let kept = made(call, &input.taint());
                call.store(
                    &[Place::Option("--file"), Place::Path("~/.git-credentials")],
                    &kept,
                    "stored by git's credential helper",
                );
            } else {
                remember(call, &input.taint());
            }
        }
        Some("reject" | "erase" | "exit") => {}
        _ => call.opaque("no row covers this sub-command"),
    }
}
