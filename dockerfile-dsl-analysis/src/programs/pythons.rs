//! pip, pipenv, poetry, uv, conda, twine, and the log-ins of Hugging Face and Weights & Biases.
//! One file, because the rows of a family are one table.

use super::common::{InUrl, forget, in_url, keep, made, path, setting_key};
use super::{Effect, Place, Program, Role, Row, Stdin, flags, value};
use crate::flow::{Argument, Call, FilePlace, Taint, Text, Value};
use crate::report::{Cause, Doubt};

const PIP_FILE: &[Place] = &[
    Place::Env("PIP_CONFIG_FILE"),
    Place::EnvDir("XDG_CONFIG_HOME", "pip/pip.conf"),
    Place::Path("~/.config/pip/pip.conf"),
];
const PIP_SITE_FILE: &[Place] = &[
    Place::EnvDir("VIRTUAL_ENV", "pip.conf"),
    Place::Path("/usr/pip.conf"),
];
const POETRY_FILE: &[Place] = &[
    Place::EnvDir("POETRY_CONFIG_DIR", "auth.toml"),
    Place::EnvDir("XDG_CONFIG_HOME", "pypoetry/auth.toml"),
    Place::Path("~/.config/pypoetry/auth.toml"),
];

pub(super) static PROGRAMS: &[Program] = &[
    Program::new(
        // pip-index-pw, pip-index-user, pip-index-user-only, py-index-env, py-index-arg,
        // py-config-set, py-pip-log, py-pip-config-list, py-pip-version, py-pip-config-file
        &["pip", "pip3"],
        &[
            Row::new(&[]).any_option().operands(&[], None, &[]),
            pip(&["install|download|wheel|index|search|lock"]),
            Row::new(&["uninstall|list|show|check|cache|hash|freeze|inspect|help|completion"])
                .any_option()
                .each(Role::Quoted),
            pip(&["config"]),
            pip(&["debug"]),
        ],
    )
    .options(&[
        value("-i --index-url --extra-index-url --pypi-url", Role::Plain),
        value("-f --find-links", Role::Plain),
        value(
            "--cert --client-cert -c --constraint --build-constraint",
            Role::ConsumedFile,
        ),
        value("-r --requirement", Role::Plain),
        value("-e --editable", Role::Plain),
        value("--log --log-file --local-log", Role::Plain),
        value(
            "--proxy --trusted-host --keyring-provider --config-settings",
            Role::Consumed,
        ),
        value(
            "-d --dest -t --target --prefix --root --src -w --wheel-dir --cache-dir --timeout \
             --retries --platform --python-version --implementation --abi --python --exists-action \
             --only-binary --no-binary --progress-bar --upgrade-strategy --report --use-feature \
             --use-deprecated --global-option",
            Role::Quoted,
        ),
        flags("-q --quiet -v --verbose --user --global --site"),
    ]),
    Program::new(
        &["pip-compile"], // py-pip-compile, py-pip-compile-no-emit
        &[Row::new(&[])
            .any_option()
            .options(&[
                flags("--no-emit-index-url --no-emit-find-links"),
                value(
                    "-i --index-url --extra-index-url -f --find-links",
                    Role::Consumed,
                ),
                value("-o --output-file", Role::Quoted),
            ])
            .each(Role::Quoted)
            .by(compile)],
    ),
    Program::new(
        &["pip-sync"], // py-pip-sync
        &[Row::new(&[])
            .any_option()
            .options(&[value(
                "-i --index-url --extra-index-url -f --find-links",
                Role::Consumed,
            )])
            .each(Role::Quoted)],
    ),
    Program::new(
        &["pipenv"], // py-pipenv-env
        &[
            Row::new(&[]).any_option().operands(&[], None, &[]),
            Row::new(&["install|sync|update|lock|uninstall|clean|check|graph|verify|upgrade"])
                .any_option()
                .options(&[value(
                    "-i --index --pypi-mirror --extra-pip-args",
                    Role::Stored,
                )])
                .each(Role::Stored)
                .effects(&[Effect::Store(&[Place::Path("Pipfile")])]),
            // Sources are written with the values of their variables.
            Row::new(&["requirements"])
                .any_option()
                .effects(&[Effect::PrintEnvironment]),
            Row::new(&["run|shell"]).operands(&[], Some(Role::Command), &[]),
        ],
    ),
    Program::new(
        &["pdm", "hatch", "rye"], // py-pdm, py-pdm-config
        &[
            Row::new(&[]).any_option().operands(&[], None, &[]),
            Row::new(&["config"])
                .any_option()
                .each(Role::Stored)
                .effects(&[Effect::Store(&[Place::Path("~/.config/pdm/config.toml")])]),
            Row::new(&[
                "install|sync|lock|update|build|remove|list|info|venv|cache|self|export|use|init|\
                 env|dep",
            ])
            .any_option()
            .each(Role::Quoted),
            Row::new(&["add"])
                .any_option()
                .each(Role::Stored)
                .effects(&[Effect::Store(&[Place::Path("pyproject.toml")])]),
            Row::new(&["publish"]).any_option().options(&[
                value("-u --username -P --password", Role::Consumed),
                value("-r --repository", Role::Quoted),
            ]),
            Row::new(&["run"]).operands(&[], Some(Role::Command), &[]),
        ],
    ),
    Program::new(
        // py-poetry-config, py-poetry-pypi-token, py-poetry-config-rm, py-poetry-env-prefix,
        // py-poetry-source, pip-poetry-env
        &["poetry"],
        &[
            Row::new(&[]).any_option().operands(&[], None, &[]),
            Row::new(&["config"])
                .options(&[flags(
                    "--local --list --unset -n --no-interaction -q -v --ansi --no-ansi",
                )])
                .each(Role::Stored)
                .by(poetry_config),
            Row::new(&["source"])
                .any_option()
                .each(Role::Stored)
                .effects(&[Effect::Store(&[Place::Path("pyproject.toml")])]),
            Row::new(&["add"])
                .any_option()
                .options(&[value("--source", Role::Plain)])
                .each(Role::Stored)
                .effects(&[Effect::Store(&[Place::Path("pyproject.toml")])]),
            Row::new(&["export"])
                .any_option()
                .options(&[
                    value("-o --output", Role::Write),
                    value("-f --format --only --with --without", Role::Plain),
                ])
                .by(export),
            Row::new(&["publish"]).any_option().options(&[
                value("-u --username -p --password", Role::Consumed),
                value("-r --repository", Role::Quoted),
            ]),
            Row::new(&[
                "install|update|lock|build|show|check|version|env|cache|remove|self|search|about|\
                 init|new|list|sync",
            ])
            .any_option()
            .each(Role::Quoted),
            Row::new(&["run"]).operands(&[], Some(Role::Command), &[]),
        ],
    ),
    Program::new(
        // py-uv-env, py-uv-index-url, py-uv-index-url-log, py-uv-version, py-uv-toml-rm
        &["uv", "uvx"],
        &[
            Row::new(&[]).any_option().operands(&[], None, &[]),
            Row::new(&["pip"])
                .any_option()
                .operands(&[], Some(Role::Consumed), &[])
                .by(uv),
            Row::new(&["sync|venv|python|build|cache|tree|version|self|init|export|help"])
                .any_option()
                .each(Role::Quoted)
                .by(uv),
            Row::new(&["publish"])
                .any_option()
                .options(&[
                    value("-u --username -p --password -t --token", Role::Consumed),
                    value("--publish-url", Role::Consumed),
                ])
                .each(Role::Quoted),
            // Some versions write an index's credentials to the lock file and to pyproject.toml.
            Row::new(&["add|lock|remove|tool"])
                .any_option()
                .options(&[value(
                    "--index-url --extra-index-url --default-index --index",
                    Role::Stored,
                )])
                .each(Role::Stored)
                .effects(&[Effect::Store(&[Place::Path("uv.lock")])]),
            Row::new(&["auth"])
                .any_option()
                .each(Role::Stored)
                .stdin(Stdin::Stored)
                .options(&[value(
                    "-u --username -p --password -t --token",
                    Role::Stored,
                )])
                .effects(&[Effect::Store(&[
                    Place::EnvDir("UV_CREDENTIALS_DIR", "credentials.toml"),
                    Place::Path("~/.local/share/uv/credentials/credentials.toml"),
                ])]),
            Row::new(&["run"])
                .any_option()
                .operands(&[], Some(Role::Command), &[]),
        ],
    )
    .options(&[
        value(
            "-i --index-url --extra-index-url --default-index --index --find-links -f",
            Role::Consumed,
        ),
        value(
            "-r --requirement -c --constraint --requirements",
            Role::ConsumedFile,
        ),
        value("--config-file", Role::ConsumedFile),
        value(
            "--python -p --project --directory --cache-dir --group --extra --link-mode \
             --keyring-provider --index-strategy --allow-insecure-host --only-group --no-group \
             --package --prefix --target",
            Role::Quoted,
        ),
        value("-o --output-file", Role::Write),
        flags(
            "--system --offline --frozen --locked --no-dev --no-cache -n -q --quiet -v --verbose \
             --no-install-project --all-extras --upgrade -U",
        ),
    ]),
    Program::new(
        &["conda", "mamba", "micromamba"], // py-conda-token, py-conda-channel
        &[
            Row::new(&[]).any_option().operands(&[], None, &[]),
            Row::new(&["token|config"])
                .any_option()
                .options(&[value(
                    "--add --set --append --prepend --env --file",
                    Role::Stored,
                )])
                .each(Role::Stored)
                .effects(&[Effect::Store(&[
                    Place::Env("CONDARC"),
                    Place::Path("~/.condarc"),
                ])]),
            // Command lines are kept in conda-meta/history.
            Row::new(&["install|create|update|env|remove|uninstall|upgrade"])
                .any_option()
                .options(&[value(
                    "-c --channel -n --name -p --prefix --override-channels -f --file",
                    Role::Stored,
                )])
                .each(Role::Stored)
                .effects(&[Effect::Store(&[Place::Path(
                    "/opt/conda/conda-meta/history",
                )])]),
            Row::new(&["clean|info|list|init|activate|search|build"])
                .any_option()
                .each(Role::Quoted),
            Row::new(&["run"])
                .any_option()
                .options(&[value("-n -p --name --prefix --cwd", Role::Plain)])
                .operands(&[], Some(Role::Command), &[]),
        ],
    ),
    Program::new(
        &["twine"], // py-twine-env
        &[Row::new(&[])
            .any_option()
            .options(&[
                value("-u --username -p --password", Role::Consumed),
                value("--config-file --cert --client-cert", Role::ConsumedFile),
                value(
                    "-r --repository --repository-url -c --comment",
                    Role::Quoted,
                ),
            ])
            .each(Role::Quoted)],
    ),
    Program::new(
        &["huggingface-cli", "hf"], // py-hf, py-hf-auth, py-hf-download
        &[
            Row::new(&[])
                .any_option()
                .options(&[value("--token", Role::Consumed)])
                .each(Role::Quoted),
            Row::new(&["login|auth"])
                .any_option()
                .options(&[value("--token", Role::Stored)])
                .each(Role::Stored)
                .stdin(Stdin::Stored)
                .effects(&[Effect::Store(&[
                    Place::Env("HF_TOKEN_PATH"),
                    Place::EnvDir("HF_HOME", "token"),
                    Place::Path("~/.cache/huggingface/token"),
                ])]),
        ],
    ),
    Program::new(
        &["wandb"], // py-wandb
        &[
            Row::new(&[]).any_option().each(Role::Quoted),
            Row::new(&["login"])
                .any_option()
                .options(&[value("--host", Role::Quoted)])
                .each(Role::Stored)
                .stdin(Stdin::Stored)
                .effects(&[Effect::Store(&[
                    Place::Env("NETRC"),
                    Place::Path("~/.netrc"),
                ])]),
        ],
    ),
    Program::new(
        &["keyring"], // py-keyring
        &[Row::new(&["set"])
            .any_option()
            .each(Role::Stored)
            .stdin(Stdin::Stored)
            .effects(&[Effect::Store(&[Place::Path(
                "~/.local/share/python_keyring/keyring_pass.cfg",
            )])])],
    ),
];

const fn pip(command: &'static [&'static str]) -> Row {
    Row::new(command)
        .any_option()
        .operands(&[], Some(Role::Plain), &[])
        .by(run_pip)
}

/// What pip shows of the address of an index. One that is a secret as a whole has a password in it, which is the secret.
fn shown_of_index(url: &Value) -> Taint {
    let is_whole = |text: &Text| text.len() == 1 && text[0].taint.is_some();
    if url.alternatives().iter().all(is_whole) {
        return Taint::NONE;
    }
    shown_of_url(url)
}

/// What pip shows of an address: everything but the password in it.
fn shown_of_url(url: &Value) -> Taint {
    let mut shown = Taint::NONE;
    for text in url.alternatives() {
        for (index, piece) in text.iter().enumerate() {
            let mut alone = text.to_vec();
            for (other, piece) in alone.iter_mut().enumerate() {
                if other != index {
                    piece.taint = Taint::NONE;
                }
            }
            if in_url(&Value::from_alternatives(vec![alone.into()])) > InUrl::Password {
                shown = shown.join(&piece.taint);
            }
        }
    }
    shown
}

fn run_pip(call: &mut Call<'_, '_>) {
    match call.command().first().copied().unwrap_or_default() {
        "config" => config(call),
        "debug" => {
            let all = call.environment();
            call.print(&all);
        }
        _ => install(call),
    }
}

fn install(call: &mut Call<'_, '_>) {
    let indexes = call.all_options(&["-i", "--index-url", "--extra-index-url", "-f"]);
    let indexes = indexes.iter().map(|url| shown_of_index(&url.value));
    let mut shown: Taint = indexes.collect();
    for variable in ["PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"] {
        if let Some(url) = call.env(variable) {
            shown = shown.join(&shown_of_index(&url));
        }
    }
    let operands: Vec<Argument> = call
        .operands()
        .into_iter()
        .chain(call.options("-e"))
        .collect();
    for operand in &operands {
        shown = shown.join(&shown_of_url(&operand.value));
    }
    // An editable package keeps its repository, with the URL.
    for url in call
        .options("-e")
        .iter()
        .filter(|url| url.value.taint().is_some())
    {
        let kept = made(call, &url.value.taint());
        call.append(
            &path(call, "src/package/.git/config"),
            &kept,
            &Cause::Kept("pip install -e".into()),
        );
    }
    for file in call.options("-r") {
        let is_secret = call.paths(&file).iter().any(|path| {
            call.state.files.place(&call.state.files.follow(&path.key)) == FilePlace::Secret
        });
        if is_secret {
            let content = call.read(&file).taint();
            call.opaque_for(&content, Doubt::RequirementsFile);
        }
    }
    let shown = made(call, &shown);
    if !(call.has("-q") || call.has("--quiet")) {
        call.print(&shown);
    }
    let log = call.option("--log").or_else(|| {
        call.env("PIP_LOG")
            .map(|file| Argument::new(file, call.span))
    });
    if let Some(file) = log {
        call.append(&file, &shown, &Cause::Log("pip".into()));
    }
}

fn config(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    match operands.first().and_then(Argument::text).as_deref() {
        Some("set" | "unset") => {
            // `PIP_CONFIG_FILE` is only read.
            let places: &[Place] = if call.has("--global") {
                &[Place::Path("/etc/pip.conf")]
            } else if call.has("--site") {
                PIP_SITE_FILE
            } else {
                &PIP_FILE[1..]
            };
            let key = setting_key(operands.get(1));
            if operands.first().and_then(Argument::text).as_deref() == Some("unset") {
                return forget(call, places, key.as_deref());
            }
            let kept = Taint::of_all(&operands);
            keep(
                call,
                places,
                key.as_deref(),
                &kept,
                &Cause::Kept("pip config set".into()),
            );
        }
        Some("edit") => {}
        _ => {
            let mut shown = call.environment().taint();
            for places in [PIP_FILE, &PIP_FILE[1..]] {
                if let Some(own) = call.place(places) {
                    shown = shown.join(&call.peek(&own).taint());
                }
            }
            let global = path(call, "/etc/pip.conf");
            shown = shown.join(&call.peek(&global).taint());
            let shown = made(call, &shown);
            call.print(&shown);
        }
    }
}

/// `poetry config KEY VALUE..` keeps, `--unset KEY` takes away.
fn poetry_config(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    let key = setting_key(operands.first());
    if call.has("--unset") {
        return forget(call, POETRY_FILE, key.as_deref());
    }
    let given = Taint::of_all(&operands);
    keep(
        call,
        POETRY_FILE,
        key.as_deref(),
        &given,
        &Cause::Kept("poetry config".into()),
    );
}

/// `poetry export --with-credentials` writes them down.
fn export(call: &mut Call<'_, '_>) {
    let output = if call
        .unknown_options()
        .iter()
        .any(|option| option.text().as_deref() == Some("--with-credentials"))
    {
        let stored = call
            .place(POETRY_FILE)
            .map_or(Taint::NONE, |file| call.peek(&file).taint());
        made(call, &call.environment().taint().join(&stored))
    } else {
        call.fresh()
    };
    match call.option("-o") {
        Some(file) => call.write(&file, &output, &Cause::Program("poetry export".into())),
        None => call.print(&output),
    }
}

/// The list that is made begins with the addresses of the indexes, as they were given.
fn compile(call: &mut Call<'_, '_>) {
    call.by_row();
    let mut urls = call.consumed.clone();
    for variable in ["PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"] {
        urls = urls.join(&call.env(variable).map_or(Taint::NONE, |url| url.taint()));
    }
    if urls.is_none() || call.has("--no-emit-index-url") {
        return;
    }
    let list = made(call, &urls);
    let output = call
        .option("-o")
        .unwrap_or_else(|| path(call, "requirements.txt"));
    call.write(&output, &list, &Cause::Program("pip-compile".into()));
    call.print_error(&list);
}

/// uv hides credentials in what it says; a compiled list of packages has its index in it.
fn uv(call: &mut Call<'_, '_>) {
    let compiles = call.operands().first().and_then(Argument::text).as_deref() == Some("compile");
    let mut taint = Taint::NONE;
    for option in [
        "-i",
        "--index-url",
        "--extra-index-url",
        "--default-index",
        "--index",
    ] {
        for url in call.options(option) {
            taint = taint.join(&url.value.taint());
        }
    }
    for variable in [
        "UV_INDEX_URL",
        "UV_EXTRA_INDEX_URL",
        "UV_DEFAULT_INDEX",
        "UV_INDEX",
    ] {
        let emits = |option: &Argument| option.text().as_deref() == Some("--emit-index-url");
        if call.unknown_options().iter().any(emits) {
            taint = taint.join(&call.env(variable).map_or(Taint::NONE, |url| url.taint()));
        }
    }
    let output = if compiles {
        made(call, &taint)
    } else {
        call.fresh()
    };
    match call.option("-o") {
        Some(file) => call.write(&file, &output, &Cause::Program("uv".into())),
        None => call.print(&output),
    }
}
