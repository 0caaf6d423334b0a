//! aws, gcloud, gh, docker and others that log in somewhere: a log-in is kept, a request is not. Also clients of databases.
//! One file, because the rows of a family are one table.

use super::common::{forget, keep, made, setting_key};
use super::{Effect, Place, Program, Role, Row, Stdin, attached, flag, flags, value};
use crate::flow::{Argument, Call, Taint, Value};
use crate::report::Cause;

const AWS_FILE: &[Place] = &[
    Place::Env("AWS_SHARED_CREDENTIALS_FILE"),
    Place::Path("~/.aws/credentials"),
];
const GCLOUD_FILE: &[Place] = &[
    Place::EnvDir("CLOUDSDK_CONFIG", "credentials.db"),
    Place::Path("~/.config/gcloud/credentials.db"),
];
const GH_FILE: &[Place] = &[
    Place::EnvDir("GH_CONFIG_DIR", "hosts.yml"),
    Place::EnvDir("XDG_CONFIG_HOME", "gh/hosts.yml"),
    Place::Path("~/.config/gh/hosts.yml"),
];
const DOCKER_FILE: &[Place] = &[
    Place::Option("--authfile"),
    Place::OptionDir("--config", "config.json"),
    Place::Env("REGISTRY_AUTH_FILE"),
    Place::EnvDir("DOCKER_CONFIG", "config.json"),
    Place::Path("~/.docker/config.json"),
];
const HELM_FILE: &[Place] = &[
    Place::Env("HELM_REPOSITORY_CONFIG"),
    Place::Path("~/.config/helm/repositories.yaml"),
];

const HELM_REGISTRY_FILE: &[Place] = &[
    Place::Env("HELM_REGISTRY_CONFIG"),
    Place::Path("~/.config/helm/registry/config.json"),
];

/// Speaks with a server: keeps and shows nothing that it is given.
const fn asks(command: &'static [&'static str]) -> Row {
    Row::new(command).any_option().each(Role::Consumed)
}

/// Keeps what it is given.
const fn stores(command: &'static [&'static str], effects: &'static [Effect]) -> Row {
    Row::new(command)
        .any_option()
        .each(Role::Stored)
        .stdin(Stdin::Stored)
        .effects(effects)
}

/// Logs in to a registry, or out of it.
const fn registry(command: &'static [&'static str]) -> Row {
    Row::new(command)
        .any_option()
        .options(REGISTRY_OPTIONS)
        .each(Role::Stored)
        .stdin(Stdin::Stored)
        .by(log_in)
}

const REGISTRY_OPTIONS: &[super::Opt] = &[
    value("-u --username -p --password", Role::Stored),
    value("--authfile --config", Role::Quoted),
    flags("--password-stdin"),
];

pub(super) static PROGRAMS: &[Program] =
    &[
        Program::new(
            // cl-aws-configure, cl-aws-configure-profile, cl-aws-configure-rm,
            // cl-aws-configure-region,
            // cl-aws-get, cl-aws-env, cl-aws-shared, cl-aws-configure-list, cl-aws-s3-cp-secret
            &["aws"],
            &[
                asks(&[]),
                stores(&["configure"], &[Effect::Store(AWS_FILE)]).by(aws_configure),
                stores(&["configure", "list|list-profiles"], &[]).each(Role::Quoted),
            ],
        )
        // It tells of the session token in the headers of its requests.
        .options(&[
            flag("--debug", Effect::PrintEnvironment),
            value(
                "--profile --region --endpoint-url --output --query --cli-input-json \
                 --no-verify-ssl --ca-bundle",
                Role::Quoted,
            ),
        ]),
        Program::new(
            &["gcloud"], // cl-gcloud-activate, cl-gcloud-rm, cl-gcloud-config, cl-gcloud-tmpfs
            &[
                asks(&[]),
                Row::new(&["auth", "activate-service-account|login|application-default"])
                    .any_option()
                    .options(&[
                        value("--key-file --cred-file --password-file", Role::StoredFile),
                        value("--project", Role::Quoted),
                    ])
                    .each(Role::Stored)
                    .stdin(Stdin::Stored)
                    .effects(&[Effect::Store(GCLOUD_FILE)]),
                Row::new(&["auth", "print-access-token|print-identity-token"])
                    .any_option()
                    .effects(&[Effect::Opaque]),
                stores(&["config"], &[Effect::Store(GCLOUD_FILE)]),
            ],
        ),
        Program::new(
            &["gsutil", "bq"], // cl-gcloud-env
            &[asks(&[])],
        ),
        Program::new(
            &["az"], // cl-az-login, cl-az-devops
            &[
                asks(&[]),
                stores(
                    &["devops", "login"],
                    &[Effect::Store(&[
                        Place::EnvDir("AZURE_CONFIG_DIR", "azuredevops/personalAccessTokens"),
                        Place::Path("~/.azure/azuredevops/personalAccessTokens"),
                    ])],
                )
                .options(&[value("--organization --org", Role::Quoted)]),
                stores(
                    &["login"],
                    &[Effect::Store(&[
                        Place::EnvDir("AZURE_CONFIG_DIR", "msal_token_cache.json"),
                        Place::Path("~/.azure/msal_token_cache.json"),
                    ])],
                )
                .options(&[value(
                    "-u --username -p --password -t --tenant --federated-token",
                    Role::Stored,
                )]),
            ],
        ),
        Program::new(
            // cl-gh-login, cl-gh-login-pipe, cl-gh-env, cl-gh-api, cl-gh-release, cl-gh-auth-token,
            // cl-gh-auth-status, cl-gh-repo-clone, git-gh-setup
            &["gh", "glab"],
            &[
                asks(&[]),
                stores(&["auth", "login|refresh|logout"], &[])
                    .options(&[
                        value("-h --hostname", Role::Quoted),
                        value("-p --git-protocol -s --scopes -u --user", Role::Quoted),
                        value("-t --token", Role::Stored),
                    ])
                    .by(log_in),
                Row::new(&["auth", "token"]).any_option().by(gh_token),
                Row::new(&["auth", "status"])
                    .options(&[flags("-a"), value("-h --hostname", Role::Quoted)]),
                Row::new(&["auth", "setup-git|git-credential"])
                    .any_option()
                    .stdin(Stdin::Consumed),
                stores(&["secret|variable|config|alias"], &[Effect::Opaque]),
            ],
        ),
        Program::new(
            // They speak with registries, and run nothing.
            // cl-skopeo-creds, cl-skopeo-login, cl-oras
            &["skopeo", "crane", "oras", "regctl", "cosign"],
            &[
                asks(&[]).options(&[
                    value(
                        "-u --username -p --password --creds --src-creds --dest-creds \
                         --registry-token --src-password --dest-password --identity-token",
                        Role::Consumed,
                    ),
                    value("--authfile --registry-config", Role::ConsumedFile),
                    value("--config", Role::Quoted),
                ]),
                registry(&["login|logout"]),
                registry(&["auth|registry", "login|logout"]),
            ],
        ),
        Program::new(
            // cl-docker-login, cl-docker-login-p, cl-docker-config-dir, cl-docker-logout,
            // cl-docker-logout-other
            &["docker", "podman", "buildah", "nerdctl"],
            &[
                asks(&["pull|push|search|images|inspect|version|info|tag|manifest|save|load"])
                    .options(&[
                        value("--creds --registry-token", Role::Consumed),
                        value("--authfile --config", Role::ConsumedFile),
                    ]),
                // Build arguments and commands in containers are not vouched for.
                Row::new(&[])
                    .any_option()
                    .options(&[
                        value(
                            "--creds --src-creds --dest-creds --registry-token",
                            Role::Consumed,
                        ),
                        value("--authfile --config", Role::ConsumedFile),
                    ])
                    .each(Role::Plain),
                registry(&["login|logout"]),
            ],
        ),
        Program::new(
            &["helm"], // la-helm, la-helm-registry
            &[
                asks(&[]).options(&[value(
                    "--username --password --kube-token --pass-credentials",
                    Role::Consumed,
                )]),
                stores(&["repo", "add|remove|rm"], &[])
                    .options(&[value("--username --password", Role::Stored)])
                    .by(log_in),
                registry(&["registry", "login|logout"]),
            ],
        ),
        Program::new(
            &["kubectl", "oc"], // cl-kubectl
            &[
                asks(&["get|describe|logs|version|cluster-info|api-resources|auth|wait|top"])
                    .options(&[
                        value("--token --username --password", Role::Consumed),
                        value(
                            "--kubeconfig --client-key --client-certificate",
                            Role::ConsumedFile,
                        ),
                    ]),
                stores(
                    &["config|login"],
                    &[Effect::Store(&[
                        Place::Env("KUBECONFIG"),
                        Place::Path("~/.kube/config"),
                    ])],
                )
                .options(&[value(
                    "--token --username --password --client-key",
                    Role::Stored,
                )]),
            ],
        ),
        Program::new(
            &["vault"], // cl-vault, cl-vault-env
            &[
                stores(
                    &["login"],
                    &[Effect::Store(&[Place::Path("~/.vault-token")])],
                ),
                asks(&["kv|read|status|version|list"]),
                Row::new(&["print"])
                    .any_option()
                    .effects(&[Effect::PrintEnvironment]),
            ],
        ),
        Program::new(
            &["rclone"], // cl-rclone-create, cl-rclone-env
            &[
                asks(&[]),
                stores(
                    &["config"],
                    &[
                        Effect::Store(&[
                            Place::Option("--config"),
                            Place::Env("RCLONE_CONFIG"),
                            Place::EnvDir("XDG_CONFIG_HOME", "rclone/rclone.conf"),
                            Place::Path("~/.config/rclone/rclone.conf"),
                        ]),
                        Effect::PrintArguments,
                    ],
                ),
            ],
        )
        .options(&[value("--config", Role::Quoted)]),
        Program::new(
            &["s3cmd", "mc", "azcopy", "b2"], // cl-s3cmd
            &[
                asks(&[]).options(&[
                    value("--access_key --secret_key --access_token", Role::Consumed),
                    value("-c --config", Role::ConsumedFile),
                ]),
                stores(
                    &["alias|config|authorize-account"],
                    &[Effect::Store(&[Place::Path("~/.mc/config.json")])],
                ),
            ],
        ),
        Program::new(
            // Statements are shown where it is asked for; a password is not.
            &["psql"], // cl-psql-env, cl-psql-url, cl-pgpassfile, cl-psql-echo, cl-psql-statement
            &[Row::new(&[])
                .any_option()
                .options(&[
                    flag(
                        "-a --echo-all -e --echo-queries -b --echo-errors",
                        Effect::PrintData,
                    ),
                    value("-c --command -v --set --variable", Role::Shown),
                    value("-f --file", Role::Read),
                    value("-d --dbname", Role::Consumed),
                    value(
                        "-h --host -U --username -p --port -o --output -L --log-file",
                        Role::Quoted,
                    ),
                ])
                .each(Role::Consumed)
                .stdin(Stdin::Read)],
        ),
        Program::new(
            &["mysql", "mariadb"], // cl-mysql-env, cl-mysql-p, cl-mysql-verbose, cl-mysql-statement
            &[Row::new(&[])
                .any_option()
                .options(&[
                    flag("-v --verbose -vv -vvv", Effect::PrintData),
                    value("-e --execute", Role::Shown),
                    attached("-p --password", Role::Consumed),
                    value("--defaults-extra-file --defaults-file", Role::ConsumedFile),
                    value("-h --host -u --user -P --port -D --database", Role::Quoted),
                ])
                .each(Role::Consumed)
                .stdin(Stdin::Read)],
        ),
        Program::new(
            // cl-psql-env, cl-psql-url, cl-pgpassfile, cl-mysql-env, cl-mysql-p, cl-redis
            &[
                "pg_dump",
                "pg_restore",
                "pg_isready",
                "createdb",
                "mysqldump",
                "mysqladmin",
                "redis-cli",
                "mongosh",
                "mongodump",
                "mongorestore",
                "sqlcmd",
                "clickhouse-client",
            ],
            &[Row::new(&[])
                .any_option()
                .options(&[
                    value("--defaults-extra-file --defaults-file", Role::ConsumedFile),
                    value(
                        "-p -a -W --password --pass -c -e --command --execute --eval",
                        Role::Consumed,
                    ),
                ])
                .each(Role::Consumed)
                .stdin(Stdin::Consumed)],
        ),
        Program::new(
            &["kaggle", "aria2c"], // cl-kaggle
            &[
                asks(&[]).options(&[value("--header --http-user --http-passwd", Role::Consumed)]),
                stores(
                    &["config"],
                    &[Effect::Store(&[Place::Path("~/.kaggle/kaggle.json")])],
                ),
            ],
        ),
        Program::new(
            // The secret is the key; what it opens is something else.
            &["sops"], // cl-sops, cl-sops-exec
            &[
                Row::new(&[])
                    .any_option()
                    .options(&[
                        value("--age -a --pgp -p --kms -k", Role::Quoted),
                        value("--output", Role::Quoted),
                    ])
                    .each(Role::Quoted),
                Row::new(&["exec-env|exec-file"])
                    .any_option()
                    .each(Role::Plain)
                    .effects(&[Effect::Opaque]),
            ],
        ),
        Program::new(
            &["jf", "jfrog"], // cl-jf, cl-jf-config
            &[
                asks(&[]),
                stores(
                    &["config|c", "add|edit|import"],
                    &[Effect::Store(&[
                        Place::EnvDir("JFROG_CLI_HOME_DIR", "jfrog-cli.conf.v6"),
                        Place::Path("~/.jfrog/jfrog-cli.conf.v6"),
                    ])],
                )
                .options(&[value(
                    "--access-token --password --user --url",
                    Role::Stored,
                )]),
            ],
        ),
        Program::new(
            &["dvc"], // cl-dvc, cl-dvc-remote
            &[
                asks(&[
                    "pull|fetch|get|import|import-url|checkout|status|version|list|ls|update|\
                     get-url",
                ]),
                stores(
                    &["remote|config"],
                    &[Effect::Store(&[Place::Path(".dvc/config")])],
                ),
            ],
        ),
        Program::new(
            &["terraform", "tofu"], // la-terraform-init
            &[asks(&["init|validate|fmt|version|providers|get"])],
        ),
        Program::new(
            &["svn"], // cl-svn, cl-svn-no-cache
            &[Row::new(&[])
                .any_option()
                .options(&[
                    value("--username --password", Role::Stored),
                    flags("--no-auth-cache --non-interactive --trust-server-cert"),
                ])
                .each(Role::Stored)
                .by(subversion)],
        ),
        Program::new(
            &["lftp", "ncftp"], // cl-lftp
            &[Row::new(&[])
                .options(&[value("-u -e -c", Role::Consumed), value("-p", Role::Quoted)])
                .each(Role::Consumed)
                .stdin(Stdin::Consumed)],
        ),
    ];

/// What is kept of a log-in, by the server's name, until it is logged out there.
fn log_in(call: &mut Call<'_, '_>) {
    let places = match (&*call.name, call.command()) {
        ("gh" | "glab", _) => GH_FILE,
        ("helm", ["repo", ..]) => HELM_FILE,
        ("helm", _) => HELM_REGISTRY_FILE,
        _ => DOCKER_FILE,
    };
    let operands = call.operands();
    let host = call.option("-h");
    let server = match &*call.name {
        "gh" | "glab" => host.as_ref(),
        _ => operands.first(),
    };
    let server = setting_key(server);
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

/// `configure set NAME VALUE` keeps, `configure get NAME` shows.
fn aws_configure(call: &mut Call<'_, '_>) {
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
            call.store(AWS_FILE, &kept, &Cause::Kept("aws configure".into()));
        }
    }
}

fn gh_token(call: &mut Call<'_, '_>) {
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

/// Passwords are kept, unless told otherwise; the URL is kept in a working copy.
fn subversion(call: &mut Call<'_, '_>) {
    let urls = Taint::of_all(&call.operands());
    let mut given = Taint::of_all(&call.all_options(&["--username", "--password"]));
    if call.has("--no-auth-cache") {
        given = Taint::NONE;
    }
    let kept = made(call, &given.join(&urls));
    call.store(
        &[Place::Path("~/.subversion/auth/password")],
        &kept,
        &Cause::Kept("svn".into()),
    );
    if urls.is_some() {
        call.print_error(&kept);
    }
}
