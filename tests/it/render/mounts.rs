//! Each mount with each of its options, read back field by field.

use super::*;

/// One mount with every option that it has: the flag, and what our reader makes of it.
#[track_caller]
fn check_mount(mount: impl Into<Mount>, expected: &str) -> dockerfile::Mount {
    let build = Stage::from_image("debian").named("build").build();
    let stage = Stage::from_image("debian")
        .copy_from(&build, "x", path!("/y"))
        .run(
            Run::exec(["true"])
                .decide(danger::trust_with_output("true", "a test"))
                .mount(mount),
        )
        .build();
    let file = Dockerfile::settings()
        .global_arg(Arg::new("N"))
        .dockerfile(&stage)
        .unwrap();
    let text = rendered(&file);
    let line = text.lines().find(|line| line.starts_with("RUN ")).unwrap();
    let flag = line.trim_end_matches(" [\"true\"]").trim_end_matches(" \\");
    assert_eq!(flag, format!("RUN {expected}"));
    let file = dockerfile::read(&text).unwrap();
    let Kind::Run(run) = &file.stages[1].instructions[1].kind else {
        panic!("a RUN was written")
    };
    let environment = Environment::new(&file, vec![("N".to_owned(), "v".to_owned())]);
    environment.mount(&run.mounts[0]).unwrap()
}

#[test]
fn bind_mounts() {
    let build = Stage::from_image("debian").named("build").build();
    let dockerfile::Mount::Bind(bind) = check_mount(
        BindMount::at(path!("/a,b"))
            .source("q\"r's\\t $x")
            .from_stage(&build)
            .writable(),
        r#"--mount="type=bind,\"target=/a,b\",\"source=q\\\"\"r\\'s\\\\t \\$x\",from=build,rw=true""#,
    ) else {
        panic!("a bind mount was written")
    };
    assert_eq!(
        (
            bind.target.as_str(),
            bind.source.as_str(),
            bind.from.as_deref(),
            bind.writable
        ),
        ("/a,b", "q\"r's\\t $x", Some("build"), true)
    );
    let dockerfile::Mount::Bind(bind) = check_mount(
        BindMount::at(expand("/x/$N")).from_image("nginx:1"),
        "--mount=type=bind,target=/x/$N,from=nginx:1",
    ) else {
        panic!("a bind mount was written")
    };
    assert_eq!(bind.target, "/x/v");
}

#[test]
fn cache_mounts() {
    let build = Stage::from_image("debian").named("build").build();
    let dockerfile::Mount::Cache(cache) = check_mount(
        CacheMount::at(path!("/c"))
            .id("my cache")
            .sharing(Sharing::Locked)
            .from_stage(&build)
            .source("/s")
            .mode(0o700)
            .uid(1)
            .gid(2)
            .read_only(),
        "--mount=\"type=cache,id=my \
         cache,target=/c,sharing=locked,from=build,source=/s,mode=0700,uid=1,gid=2,ro=true\"",
    ) else {
        panic!("a cache mount was written")
    };
    assert_eq!(
        (
            cache.id.as_str(),
            cache.mode,
            cache.uid,
            cache.gid,
            cache.read_only,
            cache.sharing
        ),
        (
            "my cache",
            Some(0o700),
            Some(1),
            Some(2),
            true,
            dockerfile::Sharing::Locked
        )
    );
    for (sharing, word) in [(Sharing::Shared, "shared"), (Sharing::Private, "private")] {
        check_mount(
            CacheMount::at(path!("/c"))
                .sharing(sharing)
                .from_image("debian:12"),
            &format!("--mount=type=cache,target=/c,sharing={word},from=debian:12"),
        );
    }
}

#[test]
fn secret_mounts() {
    let dockerfile::Mount::Secret(secret) = check_mount(
        SecretMount::new(NPMRC.uid(7).gid(8).mode(0o440)).target("/root/.npmrc"),
        "--mount=type=secret,id=npmrc,target=/root/.npmrc,required=true,uid=7,gid=8,mode=0440",
    ) else {
        panic!("a secret mount was written")
    };
    assert_eq!(
        (secret.uid, secret.gid, secret.mode, secret.required),
        (7, 8, 0o440, true)
    );
    let dockerfile::Mount::Secret(secret) = check_mount(
        SecretMount::new(TOKEN.optional()).env("NODE_AUTH_TOKEN", "npm reads it"),
        "--mount=type=secret,id=GITHUB_TOKEN,env=NODE_AUTH_TOKEN,required=false",
    ) else {
        panic!("a secret mount was written")
    };
    assert_eq!(
        (secret.env.as_deref(), secret.target, secret.required),
        (Some("NODE_AUTH_TOKEN"), None, false)
    );
    check_mount(
        SecretMount::new(TOKEN).env("T", "both").target("/t"),
        "--mount=type=secret,id=GITHUB_TOKEN,target=/t,env=T,required=true",
    );
}

#[test]
fn ssh_mounts() {
    check_mount(SshMount::new(), "--mount=type=ssh,id=default,required=true");
    let dockerfile::Mount::Ssh(ssh) = check_mount(
        SshMount::new()
            .id("work")
            .target(path!("/s"))
            .optional()
            .mode(0o600)
            .uid(5)
            .gid(6),
        "--mount=type=ssh,id=work,target=/s,required=false,mode=0600,uid=5,gid=6",
    ) else {
        panic!("an ssh mount was written")
    };
    assert_eq!(
        (
            ssh.id.as_str(),
            ssh.target.as_deref(),
            ssh.uid,
            ssh.gid,
            ssh.required
        ),
        ("work", Some("/s"), 5, 6, false)
    );
}

#[test]
fn tmpfs_mounts() {
    let dockerfile::Mount::Tmpfs(tmpfs) = check_mount(
        TmpfsMount::at(path!("/t")).read_only().size(4096),
        "--mount=type=tmpfs,target=/t,ro=true,size=4096",
    ) else {
        panic!("a tmpfs was written")
    };
    assert_eq!((tmpfs.target.as_str(), tmpfs.size), ("/t", Some(4096)));
}

#[test]
fn a_tmpfs_and_a_secret_of_a_script_are_mounted_with_it() {
    let stage = Stage::from_image("debian")
        .user("1000:1001")
        .run(script_with("cat ", &TOKEN, " > /dev/null"))
        .run(script_with("touch ", &TmpFs::at(path!("/tmp/creds")), ""))
        .build();
    insta::assert_snapshot!(rendered(&Dockerfile::from_stage(&stage).unwrap()), @"
    FROM debian
    USER 1000:1001
    RUN --mount=type=secret,id=GITHUB_TOKEN,target=/run/secrets/GITHUB_TOKEN,required=true,uid=1000,gid=1001 \\
        cat /run/secrets/GITHUB_TOKEN > /dev/null
    RUN --mount=type=tmpfs,target=/tmp/creds touch /tmp/creds
    ");
}
