//! Clones over SSH: text, options and refused values.

use dockerfile_dsl::recipes::git_ssh;
use dockerfile_dsl::{Dockerfile, Secret, Stage};

const KEY: Secret = Secret::file("ssh_key", "~/.ssh/id_ed25519");

#[test]
fn options_are_written() {
    let clone = git_ssh::clone("git@git.acme.test:acme/private.git")
        .key(KEY, "ci/known_hosts")
        .branch("v1.0")
        .full_history()
        .submodules();
    let stage = Stage::from_image("debian")
        .run(clone.run().unwrap())
        .build();
    let text = Dockerfile::from_stage(&stage).unwrap().render();
    let (mounts, script) = text.split_once("GIT_SSH_COMMAND=").unwrap();
    assert!(mounts.contains("--mount=type=bind,target=/run/known_hosts,source=ci/known_hosts"));
    assert!(!mounts.contains("type=ssh"), "{mounts}");
    assert_eq!(
        script.trim_end(),
        "'ssh -i /run/secrets/ssh_key -o IdentitiesOnly=yes -o UserKnownHostsFile=/run/known_hosts \
         -o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes' git clone --branch v1.0 \
         --recurse-submodules -- git@git.acme.test:acme/private.git ./private"
    );
}

#[test]
fn values_that_would_change_the_script_are_refused() {
    #[track_caller]
    fn refused(address: &str, reason: &str) {
        let clone = git_ssh::clone(address).agent("known_hosts");
        let error = clone.run().unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
        assert!(!error.contains("swordfish"), "{error}");
    }
    for address in [
        "https://git@github.com/a/b",
        "ssh://github.com/a/b",
        "ssh://git:swordfish@github.com/a/b",
        "git@-oProxyCommand=x:a/b",
        "-u@h:a/b",
        "git@a b:c",
        "",
    ] {
        refused(address, "an address of SSH");
    }
    refused("git@github.com:", "has no repository");
    let clone = git_ssh::clone("git@github.com:a/b").agent("/etc/ssh/known_hosts");
    let error = clone.run().unwrap_err().to_string();
    assert!(error.contains("path in the build context"), "{error}");
}
