//! cargo, go, maven, gradle, dotnet, composer, bundler and others: builds with a token in the environment are honest work, log-ins are kept.
//! One file, because the rows of a family are one table.

use super::common::{forget, keep, made, path, setting_key};
use super::{Effect, Opt, Place, Program, Role, Row, Stdin, flag, flags, value};
use crate::flow::{Argument, Call, Taint, Value};
use crate::report::Cause;

const CARGO_FILE: &[Place] = &[
    Place::EnvDir("CARGO_HOME", "credentials.toml"),
    Place::Path("~/.cargo/credentials.toml"),
];
const CARGO_INSTALLED: &[Place] = &[
    Place::EnvDir("CARGO_HOME", ".crates.toml"),
    Place::Path("~/.cargo/.crates.toml"),
];
const GO_FILE: &[Place] = &[
    Place::Env("GOENV"),
    Place::EnvDir("XDG_CONFIG_HOME", "go/env"),
    Place::Path("~/.config/go/env"),
];
const NUGET_FILE: &[Place] = &[
    Place::Option("--configfile"),
    Place::Option("-ConfigFile"),
    Place::Path("~/.nuget/NuGet/NuGet.Config"),
];
const CONAN_FILE: &[Place] = &[
    Place::EnvDir("CONAN_HOME", ".conan.db"),
    Place::Path("~/.conan2/.conan.db"),
];
const HEX_FILE: &[Place] = &[
    Place::EnvDir("HEX_HOME", "hex.config"),
    Place::Path("~/.hex/hex.config"),
];

/// Uses what is in the environment, keeps and shows nothing that it is given.
const fn builds(command: &'static [&'static str]) -> Row {
    Row::new(command).any_option().each(Role::Quoted)
}

/// Keeps what it is given.
const fn stores(command: &'static [&'static str], effects: &'static [Effect]) -> Row {
    Row::new(command)
        .any_option()
        .each(Role::Stored)
        .stdin(Stdin::Stored)
        .effects(effects)
}

pub(super) static PROGRAMS: &[Program] = &[
    Program::new(
        // la-cargo-login, la-cargo-login-stdin, la-cargo-env, la-cargo-env-export,
        // la-cargo-credentials-cp-rm
        &["cargo"],
        &[
            builds(&[]).options(&[value(
                "--bin --example --test --bench -p --package --exclude -F --features --profile \
                 --target --target-dir --manifest-path -j --jobs --message-format --color -Z",
                Role::Quoted,
            )]),
            stores(&["login|logout"], &[])
                .options(&[value("--registry", Role::Quoted)])
                .by(cargo_login),
            Row::new(&["install"])
                .any_option()
                .options(&[
                    value("--git --index --registry", Role::Stored),
                    value("--token", Role::Consumed),
                ])
                .each(Role::Stored)
                .effects(&[Effect::Store(CARGO_INSTALLED)]),
            Row::new(&["publish|yank|owner|search"])
                .any_option()
                .options(&[value("--token", Role::Consumed)])
                .each(Role::Quoted),
            Row::new(&["add"])
                .any_option()
                .options(&[value("--git", Role::Stored)])
                .each(Role::Stored)
                .effects(&[Effect::Store(&[Place::Path("Cargo.toml")])]),
        ],
    )
    .options(&[value("--config", Role::Plain)]),
    Program::new(
        &["rustup", "rustc", "cross"], // la-cargo-env
        &[builds(&[])],
    ),
    Program::new(
        &["go"], // la-go-env-w, la-go-env-print, la-go-env-prefix, la-go-netrc-rm, la-go-ldflags
        &[
            builds(&[]),
            Row::new(&["env"])
                .options(&[
                    flags("-json -u -changed"),
                    flag("-w", Effect::Store(GO_FILE)),
                ])
                .each(Role::Stored)
                .by(go_environment),
            Row::new(&["build|install|test|run|vet"])
                .any_option()
                .options(&[
                    value("-ldflags -gcflags -asmflags -tags -overlay", Role::Shown),
                    value("-o", Role::Quoted),
                ])
                .each(Role::Quoted)
                .by(go_build),
            Row::new(&["generate"])
                .any_option()
                .each(Role::Quoted)
                .effects(&[Effect::Opaque]),
        ],
    ),
    Program::new(
        &["mvn", "mvnw", "mvnd"], // la-maven-s, la-maven-env, la-maven-D, cfg-maven-env
        &[Row::new(&[])
            .any_option()
            .options(&[
                value(
                    "-s --settings -gs --global-settings -t --toolchains -ss",
                    Role::ConsumedFile,
                ),
                value("-D --define", Role::Consumed),
                value("-f --file -pl -P -T -b -l", Role::Quoted),
                flag("-X --debug", Effect::PrintConsumed),
            ])
            .each(Role::Quoted)
            .by(maven)],
    ),
    Program::new(
        &["gradle", "gradlew"], // la-gradle-env, la-gradle-P, la-gradle-mounted
        &[Row::new(&[])
            .any_option()
            .options(&[
                value("-P --project-prop -D --system-prop", Role::Consumed),
                value(
                    "-I --init-script -c -b -g --gradle-user-home -p -x",
                    Role::Quoted,
                ),
                flag("-d --debug -i --info", Effect::PrintConsumed),
            ])
            .each(Role::Quoted)
            .by(gradle)],
    ),
    Program::new(
        &["sbt", "ant", "lein", "swift", "stack", "cabal", "mix-deps"], // la-sbt
        &[builds(&[])],
    ),
    Program::new(
        // la-dotnet-add-source, la-dotnet-update-source, la-dotnet-push, la-dotnet-configfile,
        // la-dotnet-env, la-dotnet-user-secrets
        &["dotnet"],
        &[
            builds(&[]),
            stores(&["nuget", "add|update|remove", "source"], &[])
                .options(NUGET_OPTIONS)
                .by(nuget_source),
            Row::new(&["nuget"])
                .any_option()
                .options(&[
                    value("-k --api-key -sk --symbol-api-key", Role::Consumed),
                    value("-s --source", Role::Quoted),
                ])
                .each(Role::Quoted),
            stores(
                &["user-secrets"],
                &[Effect::Store(&[Place::Path(
                    "~/.microsoft/usersecrets/secrets.json",
                )])],
            )
            .options(&[value("--project -p --id -c", Role::Quoted)]),
            Row::new(&[
                "restore|build|publish|pack|test|run|tool|clean|workload|list|add|remove|new|sln|\
                 format|dev-certs|store",
            ])
            .any_option()
            .options(&[value("--configfile", Role::ConsumedFile)])
            .each(Role::Quoted)
            .by(msbuild),
        ],
    ),
    Program::new(
        &["nuget"], // la-dotnet-add-source
        &[
            builds(&[]).options(&[
                value("-ConfigFile -configfile", Role::ConsumedFile),
                value("-ApiKey -apikey", Role::Consumed),
            ]),
            stores(&["sources|setapikey|config"], &[Effect::Store(NUGET_FILE)]).options(&[value(
                "-Password -password -UserName -username -Source -source -Name -name -ConfigFile",
                Role::Stored,
            )]),
        ],
    ),
    Program::new(
        // la-composer-config, la-composer-github, la-composer-env, la-composer-authjson-rm
        &["composer"],
        &[
            builds(&[]),
            Row::new(&["config"])
                .any_option()
                .options(&[
                    flags("-g --global --unset --auth -a -l --list"),
                    value("-f --file -d --working-dir", Role::Quoted),
                ])
                .each(Role::Stored)
                .by(composer_config),
        ],
    ),
    Program::new(
        // la-bundle-config, la-bundle-config-old, la-bundle-config-local, la-bundle-env,
        // la-bundle-env-public, la-bundle-config-list
        &["bundle", "bundler"],
        &[
            builds(&[]),
            Row::new(&["config"])
                .any_option()
                .options(&[flags("--global --local --delete --parseable")])
                .each(Role::Stored)
                .by(bundle_config),
            Row::new(&["exec"])
                .options(&[
                    flags("--keep-file-descriptors"),
                    value("--gemfile", Role::Plain),
                ])
                .operands(&[], Some(Role::Command), &[]),
        ],
    ),
    Program::new(
        &["gem"], // la-gemrc
        &[
            builds(&[]).options(&[value("-k --key --host", Role::Consumed)]),
            Row::new(&["sources"])
                .any_option()
                .options(&[
                    value("-a --add", Role::Stored),
                    value("-r --remove", Role::Quoted),
                ])
                .each(Role::Stored)
                .effects(&[Effect::Store(&[Place::Path("~/.gemrc")])]),
            stores(
                &["signin"],
                &[Effect::Store(&[Place::Path("~/.gem/credentials")])],
            ),
        ],
    ),
    Program::new(
        &["rails", "rake", "bootsnap"], // la-rails-key, la-bootsnap
        &[Row::new(&[
            "assets:precompile|assets:clean|assets:clobber|tmp:clear|log:clear|precompile",
        ])
        .any_option()
        .each(Role::Quoted)],
    ),
    Program::new(
        &["mix"], // la-mix-hex
        &[
            stores(
                &["hex.organization|hex.user|hex.repo|hex.config"],
                &[Effect::Store(HEX_FILE)],
            )
            .options(&[value("--key --auth-key", Role::Stored)]),
            builds(&["deps.get|deps.update|local.hex|local.rebar|deps.clean|deps.compile|deps"]),
        ],
    ),
    Program::new(
        &["dart", "flutter"], // la-flutter
        &[
            builds(&["pub"]),
            Row::new(&["pub", "token"])
                .any_option()
                .options(&[value("--env-var", Role::Quoted)])
                .each(Role::Stored)
                .stdin(Stdin::Stored)
                .by(pub_token),
        ],
    ),
    Program::new(
        &["conan"], // la-conan, la-conan-login
        &[
            builds(&[]),
            stores(&["user"], &[Effect::Store(CONAN_FILE)]).options(&[
                value("-p --password", Role::Stored),
                value("-r --remote", Role::Quoted),
            ]),
            stores(&["remote", "login"], &[Effect::Store(CONAN_FILE)])
                .options(&[value("-p --password", Role::Stored)]),
            stores(&["remote", "add"], &[Effect::Store(CONAN_FILE)]),
        ],
    ),
    Program::new(
        // Compilers are started with what they are given; the cache's own settings are variables.
        &["sccache", "ccache"], // la-sccache
        &[Row::new(&[])
            .any_option()
            .operands(&[], Some(Role::Command), &[])],
    ),
    Program::new(
        &[
            "ninja",
            "meson",
            "autoreconf",
            "ld",
            "strip",
            "pkg-config",
            "javac",
            "jar",
        ], // la-cmake
        &[Row::new(&[]).any_option().each(Role::Plain)],
    ),
    Program::new(
        // How it was called stands in its log, and in what makes it go on.
        &["configure"], // la-configure, la-configure-env
        &[Row::new(&[])
            .only_operands()
            .each(Role::Stored)
            .effects(&[Effect::Store(&[Place::Path("config.log")])])],
    ),
    Program::new(
        &["cmake"], // la-cmake-D, la-cmake
        &[Row::new(&[])
            .any_option()
            .options(&[value("-D", Role::Stored), value("-B", Role::Quoted)])
            .each(Role::Plain)
            .effects(&[Effect::Store(&[
                Place::OptionDir("-B", "CMakeCache.txt"),
                Place::Path("CMakeCache.txt"),
            ])])],
    ),
    Program::new(
        // What a macro is set to stands in what is compiled.
        &["gcc", "g++", "cc", "c++", "clang", "clang++"], // la-gcc-D
        &[Row::new(&[])
            .any_option()
            .options(&[value("-D", Role::Stored), value("-o", Role::Quoted)])
            .each(Role::Plain)
            .effects(&[Effect::Store(&[Place::Option("-o"), Place::Path("a.out")])])],
    ),
];

/// `cargo login` keeps a token, `cargo logout` takes it away.
fn cargo_login(call: &mut Call<'_, '_>) {
    let key = setting_key(call.option("--registry").as_ref());
    if verb_is(call, "logout") {
        return forget(call, CARGO_FILE, key.as_deref());
    }
    let input = call.stdin().taint();
    let words = call.operands();
    let given = words
        .iter()
        .fold(input, |all, word| all.join(&word.value.taint()));
    keep(
        call,
        CARGO_FILE,
        key.as_deref(),
        &given,
        &Cause::Stored("cargo".into()),
    );
}

/// Whether the word stands among the arguments.
fn verb_is(call: &Call<'_, '_>, verb: &str) -> bool {
    call.arguments
        .iter()
        .any(|word| word.text().as_deref() == Some(verb))
}

/// Sources are kept by their names, with their passwords.
fn nuget_source(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    if verb_is(call, "remove") {
        let key = setting_key(operands.first());
        return forget(call, NUGET_FILE, key.as_deref());
    }
    // `add source URL --name NAME`, `update source NAME`.
    let name = call.option("--name");
    let key = setting_key(name.as_ref().or(operands.first()));
    let given = Taint::of_all(&call.arguments);
    keep(
        call,
        NUGET_FILE,
        key.as_deref(),
        &given,
        &Cause::Stored("dotnet".into()),
    );
}

const NUGET_OPTIONS: &[Opt] = &[
    value("-p --password -u --username", Role::Stored),
    value("-n --name", Role::Quoted),
    value("--configfile --valid-authentication-types", Role::Quoted),
    value("-s --source", Role::Stored),
    flags("--store-password-in-clear-text"),
];

/// `--env-var NAME` keeps the name of a variable, not what it holds.
fn pub_token(call: &mut Call<'_, '_>) {
    let given = call.operands();
    let mut given = Taint::of_all(&given);
    if !call.has("--env-var") {
        given = given.join(&call.stdin().taint());
    }
    let kept = made(call, &given);
    let file = [Place::Path("~/.config/dart/pub-tokens.json")];
    call.store(&file, &kept, &Cause::Kept("dart pub token".into()));
}

/// Goals of the help plugin show settings and properties.
fn maven(call: &mut Call<'_, '_>) {
    call.by_row();
    let helps = |operand: &Argument| operand.value.known_prefix().contains("help:");
    if call.operands().iter().any(helps) {
        let shown = made(call, &call.consumed.join(&call.environment().taint()));
        call.print(&shown);
    }
}

/// The task `properties` shows all of them, also those that the environment sets.
fn gradle(call: &mut Call<'_, '_>) {
    call.by_row();
    let shows = |operand: &Argument| {
        operand
            .text()
            .is_some_and(|task| task.rsplit(':').next() == Some("properties"))
    };
    if call.operands().iter().any(shows) {
        let shown = made(call, &call.consumed.join(&call.environment().taint()));
        call.print(&shown);
    }
}

/// A diagnostic log begins with the environment, and so does a binary one.
fn msbuild(call: &mut Call<'_, '_>) {
    call.by_row();
    let words: Vec<String> = call.arguments.iter().filter_map(Argument::text).collect();
    let environment = made(call, &call.environment().taint());
    let mut verbose = false;
    for word in &words {
        let name = word.trim_start_matches(['-', '/']).to_ascii_lowercase();
        let is_option = word.starts_with(['-', '/']);
        let value = name.split_once([':', '=']).map_or("", |(_, value)| value);
        if verbose && word.starts_with("diag")
            || is_option
                && (name.starts_with("v:") || name.starts_with("verbosity"))
                && value.starts_with("diag")
        {
            call.print(&environment);
        }
        verbose = is_option && (name == "v" || name == "verbosity");
        if is_option
            && matches!(name.split(':').next(), Some("bl" | "binarylogger"))
            && environment.taint().is_some()
        {
            call.append(
                &path(call, "msbuild.binlog"),
                &environment,
                &Cause::BinaryLog("dotnet".into()),
            );
        }
    }
}

/// `go env` shows variables, `go env -w` writes them down.
fn go_environment(call: &mut Call<'_, '_>) {
    let given = Taint::of_all(&call.operands());
    if call.has("-w") {
        let kept = made(call, &given);
        call.store(GO_FILE, &kept, &Cause::Kept("go env -w".into()));
        return;
    }
    let mut shown = given;
    let names = call.operands();
    if names.is_empty() {
        shown = shown.join(&call.environment().taint());
    }
    for name in names.iter().filter_map(Argument::text) {
        shown = shown.join(&call.env(&name).map_or(Taint::NONE, |value| value.taint()));
    }
    let shown = made(call, &shown);
    call.print(&shown);
}

/// What is given to the linker stands in the program that is built.
fn go_build(call: &mut Call<'_, '_>) {
    let given = Taint::of_all(&call.all_options(&["-ldflags", "-gcflags", "-asmflags", "-tags"]));
    if given.is_none() {
        return;
    }
    let built = made(call, &given);
    let output = call.option("-o").unwrap_or_else(|| path(call, "app"));
    call.append(&output, &built, &Cause::Linked("go build".into()));
}

/// Credentials go to auth.json.
fn composer_config(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    let key = setting_key(operands.first());
    let places: &[Place] = if call.has("-g") || call.has("--global") {
        &[
            Place::EnvDir("COMPOSER_HOME", "auth.json"),
            Place::Path("~/.composer/auth.json"),
        ]
    } else {
        &[Place::Path("auth.json")]
    };
    if call.has("--unset") {
        return forget(call, places, key.as_deref());
    }
    if operands.len() == 1 && key.as_deref() == Some("home") {
        let home = call.env("COMPOSER_HOME");
        let home = home.unwrap_or_else(|| call.home().concat(&Value::known("/.composer")));
        return call.print(&home.concat(&Value::known("\n")));
    }
    let given = Taint::of_all(&operands);
    keep(
        call,
        places,
        key.as_deref(),
        &given,
        &Cause::Kept("composer config".into()),
    );
    let file = call.place(&[
        Place::EnvDir("COMPOSER_HOME", "auth.json"),
        Place::Path("~/.composer/auth.json"),
    ]);
    if call.operands().len() < 2
        && let Some(file) = file
    {
        let shown = made(call, &call.peek(&file).taint());
        call.print(&shown);
    }
}

/// `bundle config set KEY VALUE`, and the older `bundle config KEY VALUE`.
fn bundle_config(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    let verb = operands
        .first()
        .and_then(Argument::text)
        .unwrap_or_default();
    let file: &[Place] = if call.has("--local") {
        &[
            Place::EnvDir("BUNDLE_APP_CONFIG", "config"),
            Place::Path(".bundle/config"),
        ]
    } else {
        &[
            Place::Env("BUNDLE_USER_CONFIG"),
            Place::Path("~/.bundle/config"),
        ]
    };
    // `set KEY VALUE`, `KEY VALUE`, `unset KEY`, `--delete KEY`.
    let named = usize::from(matches!(&*verb, "set" | "unset" | "get"));
    let key = setting_key(operands.get(named));
    if verb == "unset" || call.has("--delete") {
        return forget(call, file, key.as_deref());
    }
    match verb.as_str() {
        "list" => {}
        "get" => {
            let shown = call
                .place(file)
                .map_or(Taint::NONE, |file| call.peek(&file).taint())
                .join(&call.environment().taint());
            let shown = made(call, &shown);
            call.print(&shown);
        }
        _ => {
            let given = Taint::of_all(&operands);
            keep(
                call,
                file,
                key.as_deref(),
                &given,
                &Cause::Kept("bundle config".into()),
            );
        }
    }
}
