//! Quarantine builds with scripts as builder and registry: they record how they were called.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use super::super::tests::{RAN, VALUE, image};
use super::*;
use crate::{Dockerfile, Stage};

/// A builder that pushes an image to a quarantine, and crane, which reads it there.
struct Elsewhere {
    folder: tempfile::TempDir,
    digest: String,
}

const BUILDER: &str = r#"#!/bin/sh
cd 'FOLDER' || exit 9
echo "$*" >>calls
case "$1 $2" in
"buildx imagetools") cp "blobs/$(cat digest)" tagged; [ ! -e other ] || echo >>tagged; exit ;;
esac
while [ $# -gt 0 ]; do
    [ "$1" != --metadata-file ] || printf '{"containerimage.digest": "sha256:%s"}' "$(cat digest)" >"$2"
    shift
done
cat progress >&2
"#;

const READER: &str = r#"#!/bin/sh
cd 'FOLDER' || exit 9
echo "crane $*" >>calls
[ ! -e "no-$1" ] || { echo "Error: UNSUPPORTED: the operation is unsupported" >&2; exit 1; }
case $1 in
manifest) case $2 in *@*) cat "blobs/${2##*:}" ;; *) cat tagged ;; esac ;;
blob) cat "blobs/${2##*:}" ;;
esac
"#;

impl Elsewhere {
    fn new(content: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("blobs")).unwrap();
        let blob = |bytes: &[u8]| {
            fs::write(path("blob"), bytes).unwrap();
            let output = Command::new("sha256sum")
                .arg(path("blob"))
                .output()
                .unwrap();
            let hex = String::from_utf8(output.stdout).unwrap()[..64].to_owned();
            fs::rename(path("blob"), path("blobs").join(&hex)).unwrap();
            (hex, bytes.len())
        };
        let (layer, layer_size) = blob(&image(content));
        let (config, config_size) = blob(
            format!("{{\"rootfs\": {{\"diff_ids\": [\"sha256:{layer}\"]}}, \"history\": []}}")
                .as_bytes(),
        );
        let manifest = format!(
            "{{\"config\": {{\"digest\": \"sha256:{config}\", \"size\": {config_size}}}, \
                \"layers\": [{{\"digest\": \"sha256:{layer}\", \"size\": {layer_size}}}]}}"
        );
        let (digest, _) = blob(manifest.as_bytes());
        fs::write(path("digest"), &digest).unwrap();
        fs::write(path("progress"), RAN).unwrap();
        fs::write(path("secret"), VALUE).unwrap();
        for (name, script) in [("docker", BUILDER), ("crane", READER)] {
            let script = script.replace("FOLDER", folder.path().to_str().unwrap());
            fs::write(path(name), script).unwrap();
            fs::set_permissions(path(name), fs::Permissions::from_mode(0o755)).unwrap();
        }
        Self { folder, digest }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, tool: BuildTool, repository: &str) -> Result<Report, Error> {
        let secret =
            crate::Secret::try_file("token", self.path("secret").to_str().unwrap()).unwrap();
        let stage = Stage::from_image("debian")
            .run(crate::sh!(
                "curl -fsS -H @{secret} https://example.org -o /dev/null"
            ))
            .build();
        let command = Dockerfile::from_stage(&stage)
            .unwrap()
            .build_command()
            .tag("reg.example/app:1")
            .tag("reg.example/app:latest")
            .tool(tool)
            .clone();
        let quarantine = Quarantine::new(repository).registry_tool(self.path("crane"));
        {
            let given = command.read_secrets()?;
            command.build_verify_and_push_with(self.path("docker").as_os_str(), &given, &quarantine)
        }
    }

    /// Returns the calls that change something.
    fn calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.path("calls")).unwrap_or_default();
        let calls = calls
            .lines()
            .filter(|call| !call.starts_with("crane manifest") && !call.starts_with("crane blob"));
        calls
            .map(|call| call.replace(&self.digest, "HEX"))
            .collect()
    }
}

const QUARANTINE: &str = "reg.example/quarantine";

#[test]
fn clean_image_in_quarantine_is_tagged() {
    let elsewhere = Elsewhere::new("nothing");
    let report = elsewhere.run(BuildTool::Buildx, QUARANTINE).unwrap();
    assert_eq!(report.verdict(), Verdict::Clean, "{}", report.human());
    assert_eq!(report.image, "reg.example/app:1, reg.example/app:latest");
    assert!(report.kept.is_empty());
    let calls = elsewhere.calls();
    let output = "--output \
        type=image,name=reg.example/quarantine,push-by-digest=true,\
        name-canonical=true,push=true,store=false";
    // One argument with commas, which the command line may quote as CSV.
    assert!(
        calls[0].contains(output) || calls[0].contains(&output.replace("type", "\"type")),
        "{calls:?}"
    );
    assert!(!calls[0].contains("--tag"), "{calls:?}");
    assert_eq!(
        calls[1..],
        [
            "buildx imagetools create --prefer-index=false --tag reg.example/app:1 --tag \
                reg.example/app:latest reg.example/quarantine@sha256:HEX",
            "crane delete reg.example/quarantine@sha256:HEX"
        ]
    );
    // In the repository of the tags, deleting it would delete them.
    let elsewhere = Elsewhere::new("nothing");
    let report = elsewhere.run(BuildTool::Buildx, "reg.example/app").unwrap();
    assert_eq!(report.verdict(), Verdict::Clean, "{}", report.human());
    assert_eq!(elsewhere.calls().len(), 2, "{:?}", elsewhere.calls());
}

#[test]
fn leaking_image_is_deleted_or_reported_as_kept() {
    for (refuses, expected) in [
        (false, "was deleted; its blobs remain"),
        (true, "is still in the registry"),
    ] {
        let elsewhere = Elsewhere::new(VALUE);
        if refuses {
            fs::write(elsewhere.path("no-delete"), "").unwrap();
        }
        let report = elsewhere.run(BuildTool::Buildx, QUARANTINE).unwrap();
        assert_eq!(report.verdict(), Verdict::Leaked, "{}", report.human());
        let [kept] = &report.kept[..] else {
            panic!("{report:?}")
        };
        assert!(
            kept.starts_with("reg.example/quarantine@sha256:") && kept.contains(expected),
            "{kept}"
        );
        assert!(report.human().contains(kept), "{}", report.human());
        assert_eq!(
            elsewhere.calls()[1..],
            ["crane delete reg.example/quarantine@sha256:HEX"]
        );
        assert!(!format!("{report:?}{}", report.json()).contains(VALUE));
    }
}

#[test]
fn printed_value_or_cached_step_prevents_tags() {
    for (progress, verdict) in [
        (format!("{RAN}#5 0.1 {VALUE}\n"), Verdict::Leaked),
        (
            RAN.replace("\"completed\"", "\"cached\":true,\"completed\""),
            Verdict::Incomplete,
        ),
    ] {
        let elsewhere = Elsewhere::new("nothing");
        fs::write(elsewhere.path("progress"), progress).unwrap();
        let report = elsewhere.run(BuildTool::Buildx, QUARANTINE).unwrap();
        assert_eq!(report.verdict(), verdict, "{}", report.human());
        assert_eq!(
            elsewhere.calls()[1..],
            ["crane delete reg.example/quarantine@sha256:HEX"]
        );
    }
}

#[test]
fn unsearchable_quarantine_is_an_error_that_lists_what_remains() {
    let elsewhere = Elsewhere::new("nothing");
    fs::write(elsewhere.path("no-blob"), "").unwrap();
    let error = elsewhere
        .run(BuildTool::Buildx, QUARANTINE)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("cannot read reg.example/quarantine@sha256:"),
        "{error}"
    );
    assert!(error.contains("was deleted; its blobs remain"), "{error}");
    assert_eq!(
        elsewhere.calls()[1..],
        ["crane delete reg.example/quarantine@sha256:HEX"]
    );
}

#[test]
fn tag_of_another_image_makes_the_verdict_incomplete() {
    let elsewhere = Elsewhere::new("nothing");
    fs::write(elsewhere.path("other"), "").unwrap();
    let report = elsewhere.run(BuildTool::Buildx, QUARANTINE).unwrap();
    assert_eq!(report.verdict(), Verdict::Incomplete, "{}", report.human());
    assert_eq!(report.incomplete[0].reason, Reason::Digest);
}

#[test]
fn push_by_digest_needs_buildx() {
    for tool in [
        BuildTool::Podman,
        BuildTool::Buildah,
        BuildTool::DockerBefore23,
    ] {
        let elsewhere = Elsewhere::new("nothing");
        let error = elsewhere.run(tool, QUARANTINE).unwrap_err().to_string();
        assert!(error.contains("only Buildx"), "{error}");
        assert!(elsewhere.calls().is_empty());
    }
    let error = Elsewhere::new("x")
        .run(BuildTool::Buildx, "reg.example/q:1")
        .unwrap_err();
    assert!(error.to_string().contains("without a tag"), "{error}");
}
