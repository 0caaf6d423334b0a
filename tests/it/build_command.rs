//! The command line that belongs to a Dockerfile: as a shell reads it, and as it is handed to a process.

use std::ffi::OsStr;
use std::process::Command;

use dockerfile_dsl::{
    BuildCommand, Dockerfile, Secret, Stage,
    build_command::{BuildNetwork, Progress},
    path, sh,
};

mod tools;

const TOKEN: Secret = Secret::env("TOKEN");
const AS: Secret = Secret::env_as("pull", "PULL_TOKEN");
const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");
const ODD: Secret = Secret::file("odd", "/keys/it's, \"odd\"");

fn image(secrets: &[Secret]) -> Dockerfile {
    let mut stage = Stage::from_image("debian");
    stage.named("app");
    for secret in secrets {
        stage.run(sh!("test -s {secret}"));
    }
    stage.arg_or("VERSION", "1");
    Dockerfile::from_stage(&stage.build()).unwrap()
}

fn plain() -> BuildCommand {
    image(&[]).build_command()
}

#[track_caller]
fn check(command: &BuildCommand, expected: &str) {
    let line = command.shell().unwrap();
    assert_eq!(line, expected);
    // A shell hands on exactly the arguments that a process would get.
    let script = format!("printf '%s\\0' {line}");
    let read = Command::new("sh")
        .arg("-c")
        .arg(&script)
        .env("HOME", std::env::var_os("HOME").unwrap())
        .output()
        .unwrap();
    let words: Vec<String> = String::from_utf8(read.stdout)
        .unwrap()
        .split_terminator('\0')
        .map(str::to_owned)
        .collect();
    let argv: Vec<String> = command
        .argv()
        .unwrap()
        .into_iter()
        .map(|word| word.into_string().unwrap())
        .collect();
    assert_eq!(words, argv);
}

#[track_caller]
fn refuses(command: &BuildCommand, expected: &str) {
    assert_eq!(command.shell().unwrap_err().to_string(), expected);
    assert_eq!(command.argv().unwrap_err().to_string(), expected);
}

#[test]
fn nothing_but_a_context() {
    check(&plain(), "docker build .");
}

#[test]
fn each_secret_once_by_id_and_source() {
    check(
        &image(&[TOKEN, TOKEN]).build_command(),
        "docker build --secret id=TOKEN,env=TOKEN .",
    );
    check(
        &image(&[AS]).build_command(),
        "docker build --secret id=pull,env=PULL_TOKEN .",
    );
    check(
        &image(&[TOKEN, NPMRC]).build_command(),
        "docker build --secret id=TOKEN,env=TOKEN --secret id=npmrc,src=\"$HOME\"/.npmrc .",
    );
}

#[test]
fn path_is_encoded_for_its_list() {
    check(
        &image(&[ODD]).build_command(),
        r#"docker build --secret 'id=odd,"src=/keys/it'\''s, ""odd"""' ."#,
    );
}

#[test]
fn tilde_expanded_in_argv_but_not_in_shell_line() {
    let argv = image(&[NPMRC]).build_command().argv().unwrap();
    let home = std::env::var("HOME").unwrap();
    assert_eq!(argv[3], OsStr::new(&format!("id=npmrc,src={home}/.npmrc")));
    check(
        plain().context("~/work dir"),
        "docker build \"$HOME\"'/work dir'",
    );
}

#[test]
fn every_flag_in_its_order() {
    let command = plain()
        .context("src")
        .network(BuildNetwork::Host)
        .progress(Progress::Plain)
        .no_cache_filter("app")
        .file("src/Dockerfile")
        .output("type=local,dest=out")
        .label("a.b", "c d")
        .tag("one")
        .tag("two:3")
        .platform("linux/arm64")
        .target("app")
        .build_context("docs", "./docs and more")
        .build_arg("VERSION", "it's 2")
        .build_arg_from_env("HTTP_PROXY")
        .clone();
    check(
        &command,
        "docker build --build-arg 'VERSION=it'\\''s 2' --build-arg HTTP_PROXY --build-context \
         'docs=./docs and more' --target app --platform linux/arm64 --tag one --tag two:3 --label \
         'a.b=c d' --output type=local,dest=out --file src/Dockerfile --no-cache-filter app \
         --progress plain --network host src",
    );
}

#[test]
fn an_agent_is_passed_where_a_step_mounts_it() {
    use dockerfile_dsl::instructions::Run;
    use dockerfile_dsl::mounts::SshMount;
    let stage = Stage::from_image("debian")
        .instruction(Run::exec(["true"]).mount(SshMount::new()))
        .build();
    let image = Dockerfile::from_stage(&stage).unwrap();
    check(&image.build_command(), "docker build --ssh default .");
    check(
        image.build_command().ssh("default", ["~/.ssh/one", "/two"]),
        "docker build --ssh default=\"$HOME\"/.ssh/one,/two .",
    );
    refuses(
        image.build_command().ssh("other", ["/x"]),
        "--ssh `other`: no step mounts an SSH agent with this id",
    );
    refuses(
        image.build_command().ssh("default", ["/a,b"]),
        "--ssh `default`: a path with a comma cannot be written in --ssh; use a link without one",
    );
}

#[test]
fn a_target_needs_its_own_secrets_only() {
    let one = Stage::from_image("debian")
        .named("one")
        .run(sh!("test -s {TOKEN}"))
        .build();
    let two = Stage::from_image("debian")
        .named("two")
        .run(sh!("test -s {AS}"))
        .copy_from(&one, path!("/a"), path!("/a"))
        .build();
    let both = Dockerfile::from_stage(&two).unwrap();
    check(
        &both.build_command(),
        "docker build --secret id=TOKEN,env=TOKEN --secret id=pull,env=PULL_TOKEN .",
    );
    check(
        both.build_command().target("one"),
        "docker build --secret id=TOKEN,env=TOKEN --target one .",
    );
    refuses(
        both.build_command().target("tow"),
        "--target `tow`: unknown stage; the named stages are `one`, `two`",
    );
    // Of several targets the last one is built by default.
    let three = Stage::from_image("debian")
        .named("three")
        .run(sh!("true"))
        .build();
    let several = Dockerfile::from_stages([&two, &three]).unwrap();
    check(&several.build_command(), "docker build .");
    check(
        several.build_command().target("one"),
        "docker build --secret id=TOKEN,env=TOKEN --target one .",
    );
}

#[test]
fn add_uses_its_token_by_the_name_that_buildkit_looks_for() {
    let stage = Stage::from_image("debian")
        .add_git("https://github.com/acme/private.git")
        .token(TOKEN)
        .to(path!("/src"))
        .build();
    let command = Dockerfile::from_stage(&stage).unwrap().build_command();
    check(
        &command,
        "docker build --secret id=GIT_AUTH_TOKEN.github.com,env=TOKEN .",
    );
}

#[test]
fn fresh_secrets_name_the_stages_that_get_them() {
    let one = Stage::from_image("debian")
        .named("one")
        .run(sh!("test -s {TOKEN}"))
        .build();
    let two = Stage::from_image("debian")
        .named("two")
        .copy_from(&one, path!("/a"), path!("/a"))
        .build();
    let image = Dockerfile::from_stage(&two).unwrap();
    check(
        image.build_command().fresh_secrets(),
        "docker build --secret id=TOKEN,env=TOKEN --no-cache-filter one .",
    );
    // A stage that no one can name: nothing is taken from the cache.
    let nameless = Stage::from_image("debian")
        .run(sh!("test -s {TOKEN}"))
        .build();
    let nameless = Dockerfile::from_stage(&nameless).unwrap();
    check(
        nameless.build_command().fresh_secrets(),
        "docker build --secret id=TOKEN,env=TOKEN --no-cache .",
    );
    check(plain().fresh_secrets(), "docker build .");
}

/// Of the tools that read no Dockerfile from standard input.
#[test]
fn an_optional_secret_without_a_value_is_left_out_of_the_process() {
    let absent = Secret::file("npmrc", "/nowhere/npmrc").optional();
    let command = image(&[absent, Secret::env("SURELY_NOT_SET").optional(), TOKEN]).build_command();
    let process = command.to_command().unwrap();
    let secrets: Vec<_> = process
        .get_args()
        .filter(|argument| argument.to_string_lossy().starts_with("id="))
        .collect();
    assert_eq!(secrets, ["id=TOKEN,env=TOKEN"]);
    // The line is for any machine.
    assert!(command.shell().unwrap().contains("id=npmrc"));
}

#[test]
fn values_that_no_flag_can_carry() {
    refuses(
        plain().tag("a\nb"),
        "--tag `a\\nb`: a line break or a NUL cannot be passed",
    );
    refuses(plain().tag(""), "--tag: the value is empty; omit the flag");
    refuses(
        plain().tag("Registry/App"),
        "--tag `Registry/App`: a name has lower-case letters, digits, `.`, `_` and `-` between its \
         slashes, and begins and ends with a letter or digit",
    );
    refuses(
        plain().label("a=b", "c"),
        "--label `a=b`: the key must not be empty or contain `=`",
    );
    refuses(
        plain().label("a", "b\0c"),
        "--label `a`: a NUL cannot be passed",
    );
    refuses(
        plain().build_context("", "x"),
        "--build-context ``: the name must not be empty or contain `=`",
    );
    refuses(
        plain().context(""),
        "the build context is empty; `.` is the current directory",
    );
    refuses(
        plain().context("-").file("-"),
        "standard input is used twice: omit --file if the context is `-`",
    );
    refuses(
        plain().context("-").file("Dockerfile"),
        "the context `-` takes the Dockerfile from standard input: omit --file, or name a \
         directory as context",
    );
    check(plain().context("-"), "docker build -");
    check(plain().context("--odd"), "docker build ./--odd");
}

#[test]
fn build_argument_is_declared_and_public() {
    check(
        plain().build_arg("VERSION", "a\nb"),
        "docker build --build-arg 'VERSION=a\nb' .",
    );
    refuses(
        plain().build_arg("VERSOIN", "2"),
        "--build-arg `VERSOIN`: the Dockerfile declares no such ARG, and BuildKit would ignore it \
         silently",
    );
    refuses(
        image(&[TOKEN]).build_command().build_arg_from_env("TOKEN"),
        "--build-arg `TOKEN`: this is the environment variable of the secret `TOKEN`, and the \
         values of build arguments stay in the image's history; mount the secret instead",
    );
    refuses(
        plain().build_arg("A=B", "c"),
        "--build-arg `A=B`: the name must not be empty or contain `=`",
    );
}
