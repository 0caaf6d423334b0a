//! The command line of each tool: its own flags, its spelling of a secret, and what it does not have.

use std::ffi::OsStr;
use std::process::Command;

use dockerfile_dsl::{
    BuildTool, Dockerfile, Secret, Stage,
    build_command::{BuildNetwork, Progress},
    emit::Emit,
    path,
};

use super::{NPMRC, ODD, TOKEN, check, image, plain, refuses};

#[test]
fn docker_before_23_is_asked_for_buildkit() {
    let mut command = image(&[TOKEN]).build_command();
    command.tool(BuildTool::DockerBefore23);
    assert_eq!(
        command.shell().unwrap(),
        "DOCKER_BUILDKIT=1 docker build --secret id=TOKEN,env=TOKEN ."
    );
    let process = command.to_command().unwrap();
    assert!(
        process
            .get_envs()
            .any(|variable| variable == (OsStr::new("DOCKER_BUILDKIT"), Some(OsStr::new("1"))))
    );
    assert_eq!(
        command.clone().fresh_secrets().shell().unwrap(),
        "DOCKER_BUILDKIT=1 docker build --secret id=TOKEN,env=TOKEN --no-cache ."
    );
    refuses(
        command.build_context("a", "b"),
        "Docker before 23 does not support --build-context; remove it, or use Buildx",
    );
}

#[test]
fn podman_and_buildah_take_secrets_in_another_spelling() {
    let command = image(&[TOKEN])
        .build_command()
        .tag("app")
        .tool(BuildTool::Podman)
        .clone();
    check(
        command.clone().fresh_secrets(),
        "podman build --secret id=TOKEN,type=env,env=TOKEN --tag app --no-cache .",
    );
    let file = image(&[Secret::file("npmrc", "~/.npmrc")]).build_command();
    check(
        file.clone().tool(BuildTool::Buildah),
        "buildah build --secret id=npmrc,type=file,src=\"$HOME\"/.npmrc .",
    );
    // Theirs would be a network that is called so.
    check(
        plain()
            .tool(BuildTool::Podman)
            .network(BuildNetwork::Default),
        "podman build .",
    );
    refuses(
        image(&[Secret::file("npmrc", "/a,b")])
            .build_command()
            .tool(BuildTool::Buildah),
        "secret `npmrc`: podman and buildah split a --secret at every comma, and the path `/a,b` \
         has one; use a link without one",
    );
    for (command, flag) in [
        (command.clone().builder("b"), "--builder"),
        (command.clone().progress(Progress::Plain), "--progress"),
        (
            command.clone().no_cache_filter("b"),
            "--no-cache-filter; `.fresh_secrets()` passes --no-cache",
        ),
        (
            command
                .clone()
                .platform("linux/arm64")
                .platform("linux/amd64"),
            "a second --platform without a manifest list",
        ),
    ] {
        refuses(
            command,
            &format!("podman does not support {flag}; remove it, or use Buildx"),
        );
    }
}

#[test]
fn nerdctl_is_given_what_docker_is() {
    let nerdctl = BuildTool::Nerdctl;
    check(
        image(&[TOKEN, ODD])
            .build_command()
            .tag("app")
            .tool(nerdctl),
        r#"nerdctl build --secret id=TOKEN,env=TOKEN --secret 'id=odd,"src=/keys/it'\''s, ""odd"""' --tag app ."#,
    );
    check(
        plain().tool(nerdctl).fresh_secrets().file("-"),
        "nerdctl build --file - --no-cache .",
    );
    for (command, message) in [
        (
            plain().builder("b"),
            "nerdctl does not support --builder; BUILDKIT_HOST names the daemon; remove it, or \
             use Buildx",
        ),
        (
            plain().context("https://github.com/acme/app.git"),
            "nerdctl builds from a directory, and the context is \
             `https://github.com/acme/app.git`; name a directory, or use Buildx",
        ),
        (
            plain()
                .output("type=local,dest=a")
                .output("type=oci,dest=b"),
            "nerdctl takes one --output, and several are given; keep one, or use Buildx",
        ),
    ] {
        refuses(command.tool(nerdctl), message);
    }
}

#[test]
fn buildctl_has_options_of_the_frontend() {
    let buildctl = BuildTool::Buildctl;
    check(
        plain().tool(buildctl),
        "buildctl build --frontend dockerfile.v0 --local context=. --local dockerfile=.",
    );
    check(
        image(&[TOKEN, ODD])
            .build_command()
            .tool(buildctl)
            .context("~/work dir")
            .file("/src/app.Dockerfile")
            .target("app")
            .platform("linux/arm64")
            .platform("linux/amd64")
            .build_arg("VERSION", "1,2=3")
            .build_arg_from_env("HTTP_PROXY")
            .build_context("docs", "./docs and more")
            .build_context("base", "docker-image://debian")
            .label("a.b", "c=d")
            .no_cache_filter("app")
            .progress(Progress::Plain)
            .network(BuildNetwork::Host)
            .tag("one")
            .tag("two:3"),
        "buildctl build --frontend dockerfile.v0 --secret id=TOKEN,env=TOKEN --secret \
         'id=odd,\"src=/keys/it'\\''s, \"\"odd\"\"\"' --local context=\"$HOME\"'/work dir' --local \
         dockerfile=/src --opt filename=app.Dockerfile --opt build-arg:VERSION=1,2=3 --opt \
         build-arg:HTTP_PROXY --local 'docs=./docs and more' --opt context:docs=local:docs --opt \
         context:base=docker-image://debian --opt target=app --opt \
         platform=linux/arm64,linux/amd64 --opt label:a.b=c=d --opt no-cache=app --progress plain \
         --opt force-network-mode=host --allow network.host --output \
         'type=image,\"name=one,two:3\"'",
    );
    check(
        plain()
            .tool(buildctl)
            .context("https://github.com/acme/app.git")
            .network(BuildNetwork::None)
            .tag("app"),
        "buildctl build --frontend dockerfile.v0 --opt context=https://github.com/acme/app.git \
         --opt force-network-mode=none --output type=image,name=app",
    );
    for (command, message) in [
        (
            plain().file("-"),
            "buildctl does not support a Dockerfile on standard input; remove it, or use Buildx",
        ),
        (
            plain().output("out"),
            "--output `out`: buildctl needs the type, as in `type=local,dest=out`",
        ),
        (
            plain().output("type=oci,dest=out").tag("app"),
            "buildctl takes the name of an image from its output, as in \
             `.output(\"type=image,name=app,push=true\")`; leave `.tag(..)` out",
        ),
        (
            plain().context("https://x.example/a.git").file("b"),
            "buildctl reads the Dockerfile from the context, and that is \
             `https://x.example/a.git`; omit --file or name a directory as context",
        ),
    ] {
        refuses(command.tool(buildctl), message);
    }
}

#[test]
fn a_script_names_the_dockerfile_beside_it() {
    let out = tempfile::tempdir().unwrap();
    let mut command = image(&[TOKEN]).build_command();
    command.tool(BuildTool::Buildctl);
    let emitted = Emit::new(&command).to_directory(out.path()).unwrap();
    let bin = out.path().join("bin");
    std::fs::create_dir(&bin).unwrap();
    std::fs::write(bin.join("buildctl"), "#!/bin/sh\nprintf '%s\\n' \"$@\"\n").unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args([
            "-c",
            "chmod +x \"$2/buildctl\" && exec \"$1\" --trace 'a b'",
            "sh",
        ])
        .args([&emitted.script, &bin])
        .env("PATH", path)
        .output()
        .unwrap();
    let folder = out.path().display();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        format!(
            "build\n--frontend\ndockerfile.v0\n--secret\nid=TOKEN,env=TOKEN\n--local\ncontext=.\n\
             --local\ndockerfile={folder}\n--trace\na b\n"
        )
    );
    let kaniko = command.tool(BuildTool::Kaniko);
    let emitted = Emit::new(kaniko).to_directory(out.path()).unwrap();
    let script = std::fs::read_to_string(&emitted.script).unwrap();
    assert!(
        script.ends_with(
            "/kaniko/executor --secret id=TOKEN,env=TOKEN --no-push --dockerfile \
             \"$(dirname -- \"$0\")\"/Dockerfile --context . \"$@\"\n"
        ),
        "{script}"
    );
}

#[test]
fn kaniko_pushes_to_its_tags() {
    let kaniko = BuildTool::Kaniko;
    check(
        image(&[TOKEN, NPMRC])
            .build_command()
            .tool(kaniko)
            .context("src")
            .tag("reg.example/app:1")
            .build_arg("VERSION", "2")
            .fresh_secrets(),
        "/kaniko/executor --secret id=TOKEN,env=TOKEN --secret id=npmrc,src=\"$HOME\"/.npmrc \
         --build-arg VERSION=2 --destination reg.example/app:1 --dockerfile src/Dockerfile \
         --context src",
    );
    check(
        plain().tool(kaniko).platform("linux/arm64").target("app"),
        "/kaniko/executor --target app --custom-platform linux/arm64 --no-push --context .",
    );
    for (command, message) in [
        (
            plain().context("https://github.com/acme/app.git"),
            "kaniko does not read the context `https://github.com/acme/app.git`; name a directory, \
             or begin with one of dir://, tar://, git://, gs://, s3://",
        ),
        (
            &mut image(&[Secret::file("npmrc", "keys/npmrc")]).build_command(),
            "secret `npmrc`: kaniko reads secrets from `/`, where `keys/npmrc` is a different \
             file; write the whole path",
        ),
        (
            &mut image(&[ODD]).build_command(),
            "secret `odd`: kaniko splits a --secret at every comma, and the path `/keys/it's, \
             \"odd\"` has one; use a link without one",
        ),
        (
            plain().output("out"),
            "kaniko does not support --output; a tag is where it pushes to; remove it, or use \
             Buildx",
        ),
    ] {
        refuses(command.tool(kaniko), message);
    }
}

#[test]
fn only_buildkit_authenticates_an_add() {
    let stage = Stage::from_image("debian")
        .add_git("https://github.com/acme/private.git")
        .token(TOKEN)
        .to(path!("/src"))
        .build();
    let image = Dockerfile::from_stage(&stage).unwrap();
    refuses(
        image.build_command().tool(BuildTool::Podman),
        "podman does not authenticate an ADD with the secret `GIT_AUTH_TOKEN.github.com` (line 2); \
         clone or fetch in a RUN that mounts it, or use Buildx",
    );
    refuses(
        image.build_command().tool(BuildTool::Kaniko),
        "kaniko does not authenticate an ADD with the secret `GIT_AUTH_TOKEN.github.com` (line 2); \
         clone or fetch in a RUN that mounts it, or use Buildx",
    );
    check(
        image.build_command().tool(BuildTool::Buildctl),
        "buildctl build --frontend dockerfile.v0 --secret id=GIT_AUTH_TOKEN.github.com,env=TOKEN \
         --local context=. --local dockerfile=.",
    );
}
