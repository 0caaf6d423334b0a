//! Rows that take any option: what such a row covers, and what it does not. Each refusal has its nearest honest twin.

use super::check;

/// A script that is refused, and how it is honest.
#[track_caller]
fn pair(refused: &str, channel: &str, honest: &str) {
    check(refused, channel);
    check(honest, "clean");
}

const TOKEN: &str = "\"$(cat /run/secrets/tok)\"";

/// The word after an option that no row lists may be its value.
#[test]
fn the_value_of_an_unlisted_option_is_opaque() {
    pair(
        &format!("skopeo copy --unheard-of {TOKEN} docker://a docker://b"),
        "opaque",
        &format!("skopeo copy --src-creds {TOKEN} docker://a docker://b"),
    );
    pair(
        &format!("jf rt dl --unheard-of {TOKEN} repo/x /opt/"),
        "opaque",
        &format!("jf rt dl --quiet --access-token {TOKEN} repo/x /opt/"),
    );
    pair(
        &format!("psql --unheard-of {TOKEN}"),
        "opaque",
        &format!("psql -At {TOKEN} -c 'select 1'"),
    );
    pair(
        &format!("pg_dump --unheard-of {TOKEN}"),
        "opaque",
        &format!("pg_dump -Fc {TOKEN}"),
    );
}

/// The words of a sub-command are found after an option of its program that no row lists.
#[test]
fn an_unlisted_option_does_not_hide_the_sub_command() {
    let login = |option: &str| format!("aws {option} configure set aws_secret_access_key {TOKEN}");
    check(&login(""), "layer");
    check(&login("--color off"), "layer");
    check(&login("--no-cli-pager"), "layer");
    pair(
        &login("--color off"),
        "layer",
        &format!("{}; rm -f ~/.aws/credentials", login("--color off")),
    );
}

/// An operand of such a row may be a file that is copied, packed or shown.
#[test]
fn secret_file_as_operand_is_not_text() {
    for command in [
        "gsutil cp",
        "rclone copy",
        "gcloud storage cp",
        "aws s3 cp",
        "mc cp",
    ] {
        pair(
            &format!("{command} /run/secrets/tok /app/x"),
            "opaque",
            &format!("TOKEN={TOKEN} {command} remote:x /app/x"),
        );
    }
    pair(
        "jar cf /app/x.jar -C /run/secrets tok",
        "layer",
        "jar cf /app/x.jar -C /app classes",
    );
    pair(
        "ld -r -b binary -o /app/x.o /run/secrets/tok",
        "opaque",
        "test -s /run/secrets/tok; ld -r -b binary -o /app/x.o /app/x",
    );
}

/// Sub-commands that keep or show what their program elsewhere only uses.
#[test]
fn sub_commands_that_store_or_show() {
    let plain = |command: &str| format!("TOKEN={TOKEN} {command}");
    pair(
        &format!("helm template x ./c --set token={TOKEN}"),
        "log",
        &format!("helm pull oci://r/x --password {TOKEN}"),
    );
    pair(
        "helm template x ./c -f /run/secrets/tok",
        "log",
        "helm template x ./c -f values.yaml; test -s /run/secrets/tok",
    );
    pair(
        &format!("helm template x ./c --set token={TOKEN} --output-dir /out"),
        "layer",
        &format!("helm template x ./c --set token={TOKEN} > /dev/null"),
    );
    pair(
        "aws configure import --csv file:///run/secrets/tok",
        "opaque",
        &plain("aws configure import --csv file://keys.csv >/dev/null; unset TOKEN")
            .replace("TOKEN=", ": "),
    );
    let acr = format!("az acr login -n r -u u -p {TOKEN}");
    pair(
        &acr,
        "layer",
        &format!("{acr} && rm -f ~/.docker/config.json"),
    );
    let set = format!("az config set a.b={TOKEN}");
    pair(&set, "layer", &format!("{set} && rm -f ~/.azure/config"));
    pair(
        "KUBECONFIG=/run/secrets/tok kubectl config view --raw",
        "log",
        "KUBECONFIG=/run/secrets/tok kubectl config view",
    );
    let login = format!("sentry-cli login --auth-token {TOKEN}");
    pair(&login, "layer", &format!("{login} && rm -f ~/.sentryclirc"));
    let login =
        format!("huggingface-cli login --token {TOKEN} && rm -f ~/.cache/huggingface/token");
    pair(
        &login,
        "layer",
        &format!("{login} ~/.cache/huggingface/stored_tokens"),
    );
    let push = "git init -q . && git push -u \"https://u:$(cat /run/secrets/tok)@h/r\" main";
    pair(push, "layer", &push.replace("push -u", "push"));
    pair(push, "layer", &format!("{push} && rm -rf .git"));
}

/// A statement of sqlite3 reads files.
#[test]
fn files_in_statements() {
    for statement in [
        "create table t as select readfile('/run/secrets/tok')",
        ".import /run/secrets/tok t",
    ] {
        pair(
            &format!("sqlite3 /app/x.db \"{statement}\""),
            "layer",
            &format!(
                "sqlite3 /app/x.db \"{}\"; test -s /run/secrets/tok",
                statement.replace("/run/secrets/tok", "/app/list")
            ),
        );
        check(
            &format!("sqlite3 /app/x.db \"{statement}\"; rm /app/x.db"),
            "clean",
        );
    }
    check(
        "sqlite3 /app/x.db \"select readfile('/run/secrets/tok')\" > /dev/null; rm /app/x.db",
        "clean",
    );
    check(
        "sqlite3 /app/x.db \"select readfile('/run/secrets/tok')\"; rm /app/x.db",
        "log",
    );
    pair(
        "sqlite3 /a.db \"select '$(cat /run/secrets/tok)'\"; rm /a.db",
        "log",
        "sqlite3 /a.db \"insert into t values ('$(cat /run/secrets/tok)')\"; rm /a.db",
    );
}

/// The lock file contains the URL of a package, too; pnpm has npm keep its settings, which logs its arguments.
#[test]
fn lock_files_and_logs() {
    let add = |manager: &str| {
        format!("cd /app && {manager} add \"https://u:$(cat /run/secrets/tok)@h/x.tgz\"")
    };
    for (manager, locks) in [
        ("pnpm", "pnpm-lock.yaml node_modules"),
        ("yarn", "yarn.lock node_modules"),
        ("bun", "bun.lock node_modules"),
    ] {
        pair(
            &format!("{}; rm -f package.json", add(manager)),
            "layer",
            &format!("{}; rm -rf package.json {locks}", add(manager)),
        );
    }
    let set = format!("pnpm config set //r/:_authToken {TOKEN} && rm -f ~/.npmrc");
    pair(&set, "layer", &format!("{set} && rm -rf ~/.npm/_logs"));
}

/// The program contains text that a variable passes to the compiler.
#[test]
fn flags_of_compilers() {
    pair(
        &format!("GOFLAGS=-ldflags=-X=main.t={TOKEN} go build ./..."),
        "layer",
        &format!("GITHUB_TOKEN={TOKEN} GOFLAGS=-mod=vendor go build ./..."),
    );
    pair(
        "export RUSTFLAGS=\"--cfg t=$(cat /run/secrets/tok)\"; cargo build",
        "layer",
        &format!("export RUSTFLAGS=-Dwarnings; CARGO_REGISTRIES_A_TOKEN={TOKEN} cargo build"),
    );
}

/// Options that show or keep what the program elsewhere only uses.
#[test]
fn options_that_store_or_show() {
    let s3 = format!("s3cmd --access_key a --secret_key {TOKEN}");
    pair(
        &format!("{s3} --dump-config"),
        "opaque",
        &format!("{s3} get s3://b/x"),
    );
    pair(&format!("{s3} --configure"), "opaque", &format!("{s3} ls"));
    let aria = "\"https://u:$(cat /run/secrets/tok)@h/x\"";
    pair(
        &format!("aria2c --save-session=/s {aria}"),
        "opaque",
        &format!("aria2c -x 16 -d /srv {aria}"),
    );
    pair(
        &format!("aria2c -l /log {aria}"),
        "opaque",
        &format!("aria2c -q {aria}"),
    );
    pair(
        &format!("VAULT_TOKEN={TOKEN} vault kv get -output-curl-string secret/x"),
        "log",
        &format!("VAULT_TOKEN={TOKEN} vault kv list secret/x"),
    );
    pair(
        &format!("rclone obscure {TOKEN}"),
        "log",
        &format!("rclone obscure {TOKEN} > /dev/null"),
    );
    pair(
        "rclone --config /run/secrets/tok config show",
        "log",
        "rclone --config /run/secrets/tok copy a:x /srv",
    );
    pair(
        &format!("gh api --unheard-of {TOKEN} /user"),
        "opaque",
        "gh api -H \"Authorization: token $(cat /run/secrets/tok)\" /user",
    );
    pair(
        &format!("cabal build --unheard-of {TOKEN}"),
        "opaque",
        &format!("cabal upload -u u -p {TOKEN} x.tgz"),
    );
    check(
        "redis-cli -u \"redis://:$(cat /run/secrets/tok)@h\" ping",
        "clean",
    );
}

/// `dotnet nuget update source` writes to the nearest file that has the source.
#[test]
fn the_nearest_configuration() {
    let update = format!("dotnet nuget update source x -u u -p {TOKEN}");
    let user = "rm -f ~/.nuget/NuGet/NuGet.Config";
    pair(
        &format!("cd /app; {update}; {user}"),
        "layer",
        &format!("cd /app; {update}; {user} nuget.config"),
    );
    let add = format!("dotnet nuget add source https://h -n x -u u -p {TOKEN}");
    check(&format!("cd /app; {add}; {update}; {user}"), "clean");
}

/// What shows the environment, or the key, beside what it does.
#[test]
fn environments_and_keys() {
    pair(
        &format!("PGPASSWORD={TOKEN} psql -c '\\! env'"),
        "opaque",
        &format!("PGPASSWORD={TOKEN} psql -c 'select 1'"),
    );
    pair(
        &format!("PGPASSWORD={TOKEN} psql -c '\\getenv x PGPASSWORD' -c '\\echo :x'"),
        "opaque",
        &format!("PGPASSWORD={TOKEN} psql -c '\\echo x'"),
    );
    pair(
        &format!("MYSQL_PWD={TOKEN} mysql -e 'system env'"),
        "opaque",
        &format!("MYSQL_PWD={TOKEN} mysql -e 'select system from t'"),
    );
    pair(
        &format!("CARGO_REGISTRY_TOKEN={TOKEN} cargo config get"),
        "log",
        &format!("CARGO_REGISTRY_TOKEN={TOKEN} cargo publish"),
    );
    let encipher = format!("openssl enc -aes-256-cbc -K {TOKEN} -iv 0 -in a -out b");
    pair(&format!("{encipher} -p"), "log", &encipher);
    pair(
        &format!("{encipher} -P"),
        "log",
        &format!("openssl enc -aes-256-cbc -pbkdf2 -k {TOKEN} -in a -out b -P"),
    );
}
