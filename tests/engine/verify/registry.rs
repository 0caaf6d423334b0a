//! With a real registry that wants a password, on the loopback, and a real skopeo; and a real builder that pushes to it.

use std::env;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use dockerfile_dsl::BuildTool;
use dockerfile_dsl::verify::{Place, Quarantine, Registry, Report, Secret, Verdict, Verify};
use dockerfile_dsl_tests::trials::{Needed, Trial};
use serde_json::{Value, json};

use super::real::{self, A, B, Engine, Folder};
use crate::in_engine;

pub(crate) fn trials() -> Vec<Trial> {
    let programs = Programs::find();
    let registry = dockerfile_dsl_tests::trials!(
        &programs,
        [
            an_image_in_a_registry_is_searched_with_the_log_in_of_skopeo,
            all_platforms_of_an_index_or_one,
            a_registry_that_refuses_or_is_gone_is_an_error
        ]
    );
    let builder = in_engine!(
        Engine::ContainerdAndSkopeo,
        [an_image_is_tagged_after_its_quarantine]
    );
    registry.into_iter().chain(builder).collect()
}

/// What `.ci/engine registry` unpacks.
struct Programs(PathBuf);

impl Programs {
    fn find() -> Needed<Self> {
        let engine = env::var_os("DOCKERFILE_DSL_ENGINE").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/engine"),
            PathBuf::from,
        );
        let folder = engine.join("registry/bin");
        let is_there = |name: &&str| folder.join(name).exists();
        let names = ["docker-registry", "skopeo", "htpasswd"];
        Arc::new(if names.iter().all(is_there) {
            Ok(Self(folder))
        } else {
            Err("needs a registry: `.ci/engine registry` (Debian)".into())
        })
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

const USER: &str = "builder";
const PASSWORD: &str = "correct horse battery";

/// A registry that runs until the end of the test.
struct Server<'p> {
    programs: &'p Programs,
    folder: Folder,
    process: Child,
    host: String,
    /// skopeo with this log-in, and without one.
    skopeo: String,
    stranger: String,
}

impl<'p> Server<'p> {
    fn start(programs: &'p Programs, name: &str) -> Self {
        let folder = Folder::new(name);
        let users = real::run(&programs.path("htpasswd"), &["-nbB", USER, PASSWORD]);
        let users = folder.write("users", &users);
        // Free a moment ago; nothing else here takes ports at random.
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let host = format!("127.0.0.1:{port}");
        let config = json!({
            "version": "0.1",
            "log": {"level": "error", "accesslog": {"disabled": true}},
            "storage": {
                "filesystem": {"rootdirectory": format!("{}/data", folder.path())},
                "delete": {"enabled": true},
            },
            "http": {"addr": host, "secret": "none"},
            "auth": {"htpasswd": {"realm": "test", "path": users}},
        });
        // YAML, of which JSON is a part.
        let config = config.to_string();
        let config = folder.write("config.yml", &config);
        let process = Command::new(programs.path("docker-registry"))
            .args(["serve", &config])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let wrapper = |name: &str, accounts: &str| {
            let script = format!(
                "#!/bin/sh\nREGISTRY_AUTH_FILE={accounts} exec {} \"$@\"\n",
                programs.path("skopeo")
            );
            let path = folder.write(name, &script);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
            path
        };
        let accounts = folder.0.join("auth.json").display().to_string();
        let server = Self {
            programs,
            process,
            host,
            skopeo: wrapper("skopeo-of-builder", &accounts),
            stranger: wrapper("skopeo-of-stranger", "/nonexistent/auth.json"),
            folder,
        };
        let is_up = || std::net::TcpStream::connect(&server.host).is_ok();
        let is_up_in_time = (0..100).any(|_| {
            std::thread::sleep(Duration::from_millis(100));
            is_up()
        });
        assert!(is_up_in_time, "the registry does not start");
        let log_in = [
            "login",
            "--tls-verify=false",
            "-u",
            USER,
            "-p",
            PASSWORD,
            &server.host,
        ];
        real::run(&server.skopeo, &log_in);
        server
    }

    /// Makes an image of one layer with one file, and pushes it. Returns its digest.
    fn push(&self, name: &str, content: &str) -> String {
        let folder = Folder::new(&format!("push-{}", name.replace([':', '/'], "-")));
        let sum = |path: &Path| real::run("sha256sum", &[path.to_str().unwrap()])[..64].to_owned();
        fs::create_dir_all(folder.0.join("root")).unwrap();
        folder.write("root/.npmrc", content);
        let layer = folder.0.join("layer.tar");
        real::run(
            "tar",
            &["-C", folder.path(), "-cf", layer.to_str().unwrap(), "root"],
        );
        let config = json!({
            "architecture": "amd64",
            "os": "linux",
            "config": {},
            "rootfs": {"type": "layers", "diff_ids": [format!("sha256:{}", sum(&layer))]},
            "history": [{"created_by": "RUN cp secret /root/.npmrc"}],
        });
        let config = config.to_string();
        folder.write("config.json", &config);
        folder.write(
            "manifest.json",
            "[{\"Config\":\"config.json\",\"RepoTags\":null,\"Layers\":[\"layer.tar\"]}]",
        );
        let archive = folder.0.join("image.tar");
        real::run(
            "tar",
            &[
                "-C",
                folder.path(),
                "-cf",
                archive.to_str().unwrap(),
                "manifest.json",
                "config.json",
                "layer.tar",
            ],
        );
        let from = format!("docker-archive:{}", archive.display());
        let to = format!("docker://{}/{name}", self.host);
        let digest = folder.0.join("digest");
        let digest_file = format!("--digestfile={}", digest.display());
        real::run(
            &self.skopeo,
            &[
                "copy",
                "--quiet",
                "--dest-tls-verify=false",
                &digest_file,
                &from,
                &to,
            ],
        );
        fs::read_to_string(digest).unwrap().trim().to_owned()
    }

    fn registry(&self, name: &str) -> Registry {
        Registry::new(&format!("{}/{name}", self.host))
            .unwrap()
            .tool(&self.skopeo)
            .attempts(3, Duration::from_millis(10))
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn search(registry: Registry) -> Result<Report, String> {
    Verify::new([Secret::new("token", A).unwrap()])
        .run(registry.into())
        .map_err(|error| error.to_string())
}

fn an_image_in_a_registry_is_searched_with_the_log_in_of_skopeo(programs: &Programs) {
    let server = Server::start(programs, "registry");
    server.push("team/clean:1", B);
    let digest = server.push("team/leaky:1", &format!("token={A}\n"));
    let report = search(server.registry("team/clean:1")).unwrap();
    assert_eq!(report.verdict(), Verdict::Clean, "{}", report.human());
    assert_eq!((report.scanned.layers, report.scanned.files), (1, 1));
    for name in ["team/leaky:1".to_owned(), format!("team/leaky@{digest}")] {
        let report = search(server.registry(&name)).unwrap();
        let [finding] = &report.findings[..] else {
            panic!("{}", report.human())
        };
        assert_eq!(
            (finding.place, &finding.path[..], finding.offset),
            (Place::Layer, "root/.npmrc", 6)
        );
        assert_eq!(
            finding.instruction.as_deref(),
            Some("RUN cp secret /root/.npmrc")
        );
        assert_eq!(report.incomplete, [], "{}", report.human());
    }
    // Nothing is left in the folder for temporary files.
    let left = fs::read_dir(env::temp_dir()).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        let own = format!("dockerfile-dsl-verify-{}-", std::process::id());
        name.to_string_lossy().starts_with(&own)
    });
    // Other trials of this process may be at work.
    assert!(left.count() <= 2);
}

fn all_platforms_of_an_index_or_one(programs: &Programs) {
    let server = Server::start(programs, "platforms");
    let kind = "application/vnd.docker.distribution.manifest";
    let manifests: Vec<Value> = [("amd64", B), ("arm64", A)]
        .into_iter()
        .map(|(architecture, content)| {
            let digest = server.push(&format!("team/app:{architecture}"), content);
            let image = format!("docker://{}/team/app@{digest}", server.host);
            let inspect = ["inspect", "--raw", "--tls-verify=false", &image];
            let manifest = real::run(&server.skopeo, &inspect);
            json!({
                "mediaType": format!("{kind}.v2+json"),
                "digest": digest,
                "size": manifest.len(),
                "platform": {"os": "linux", "architecture": architecture},
            })
        })
        .collect();
    let kind = format!("{kind}.list.v2+json");
    let index = json!({"schemaVersion": 2, "mediaType": kind, "manifests": manifests});
    let index = index.to_string();
    let file = server.folder.write("index.json", &index);
    let account = format!("{USER}:{PASSWORD}");
    let url = format!("http://{}/v2/team/app/manifests/all", server.host);
    let (kind, body) = (format!("Content-Type: {kind}"), format!("@{file}"));
    real::run(
        "curl",
        &[
            "-fsS",
            "-u",
            &account,
            "-X",
            "PUT",
            "-H",
            &kind,
            "--data-binary",
            &body,
            &url,
        ],
    );
    let platform = |name: &str| search(server.registry("team/app:all").platform(name).unwrap());
    let report = search(server.registry("team/app:all")).unwrap();
    assert_eq!(
        (report.findings.len(), report.scanned.layers),
        (1, 2),
        "{}",
        report.human()
    );
    let report = platform("linux/amd64").unwrap();
    assert_eq!(
        (report.verdict(), report.scanned.layers),
        (Verdict::Clean, 1),
        "{}",
        report.human()
    );
    assert_eq!(platform("linux/arm64").unwrap().verdict(), Verdict::Leaked);
    let error = platform("linux/riscv64").unwrap_err();
    assert!(error.contains("it has linux/amd64, linux/arm64"), "{error}");
}

fn a_registry_that_refuses_or_is_gone_is_an_error(programs: &Programs) {
    let mut server = Server::start(programs, "refusal");
    let digest = server.push("team/app:1", A);
    let error = search(server.registry("team/app:1").tool(&server.stranger)).unwrap_err();
    let name = format!("cannot read {}/team/app:1: ", server.host);
    assert!(
        error.starts_with(&name) && error.contains("log in with `"),
        "{error}"
    );
    assert!(!error.contains("tried"), "{error}");
    let error = search(server.registry("team/app:2")).unwrap_err();
    assert!(error.contains("manifest unknown"), "{error}");
    // What its storage lies about.
    let data = server.folder.0.join("data/docker/registry/v2/blobs/sha256");
    let layer = fs::read_dir(&data)
        .unwrap()
        .flat_map(|entry| fs::read_dir(entry.unwrap().path()).unwrap())
        .map(|entry| entry.unwrap().path().join("data"))
        .find(|path| {
            let mut head = [0; 2];
            fs::File::open(path).unwrap().read_exact(&mut head).unwrap();
            head == [0x1f, 0x8b]
        });
    let layer = layer.expect("the layer is compressed");
    let bytes = fs::read(&layer).unwrap();
    let mut changed = bytes.clone();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    fs::write(&layer, &changed).unwrap();
    let error = search(server.registry("team/app:1")).unwrap_err();
    assert!(error.starts_with(&name), "{error}");
    fs::write(&layer, &bytes[..bytes.len() / 2]).unwrap();
    let error = search(server.registry("team/app:1")).unwrap_err();
    assert!(error.starts_with(&name), "{error}");
    fs::write(&layer, &bytes).unwrap();
    assert_eq!(
        search(server.registry("team/app:1")).unwrap().verdict(),
        Verdict::Leaked
    );
    // Deleted by its digest it is gone.
    let named = server.registry(&format!("team/app@{digest}"));
    assert_eq!(named.digest().unwrap(), digest);
    named.delete().unwrap();
    assert!(
        named
            .digest()
            .unwrap_err()
            .to_string()
            .contains("manifest unknown")
    );
    server.process.kill().unwrap();
    server.process.wait().unwrap();
    let error = search(server.registry("team/app:1")).unwrap_err();
    assert!(
        error.starts_with(&name) && error.contains("(tried 3 times)"),
        "{error}"
    );
    assert!(server.programs.0.exists());
}

/// A builder of Buildx's driver `remote`: the BuildKit of the engine, which it offers to a connection that asks for an upgrade.
struct Remote(String);

impl Remote {
    fn start(folder: &Folder) -> Self {
        let socket = folder.0.join("buildkit.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let engine = env::var("DOCKER_HOST").unwrap();
        let engine = engine.strip_prefix("unix://").unwrap().to_owned();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let engine = engine.clone();
                std::thread::spawn(move || join(client, &engine));
            }
        });
        let name = format!("remote-{}", std::process::id());
        let endpoint = format!("unix://{}", socket.display());
        let create = [
            "buildx", "create", "--name", &name, "--driver", "remote", &endpoint,
        ];
        real::run("docker", &create);
        Self(name)
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        let _ = Command::new("docker")
            .args(["buildx", "rm", &self.0])
            .output();
    }
}

/// Connects a client with BuildKit, until one of them has had enough.
fn join(mut client: UnixStream, engine: &str) {
    let mut builder = UnixStream::connect(engine).unwrap();
    builder
        .write_all(
            b"POST /grpc HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
        )
        .unwrap();
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && builder.read(&mut byte).is_ok_and(|count| count == 1) {
        head.push(byte[0]);
    }
    assert!(
        head.starts_with(b"HTTP/1.1 101 "),
        "{}",
        String::from_utf8_lossy(&head)
    );
    let (mut requests, mut answers) = (client.try_clone().unwrap(), builder.try_clone().unwrap());
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut requests, &mut builder);
        let _ = builder.shutdown(Shutdown::Write);
    });
    let _ = std::io::copy(&mut answers, &mut client);
    let _ = client.shutdown(Shutdown::Write);
}

/// A remote builder pushes to the registry, skopeo reads it, and the tag comes last.
fn an_image_is_tagged_after_its_quarantine() {
    let programs = Programs::find();
    let programs = programs
        .as_ref()
        .as_ref()
        .expect("it is part of `.ci/engine start`");
    let server = Server::start(programs, "quarantine");
    let folder = Folder::new("quarantine-build");
    // Docker's client reads its log-ins from the folder that this process has for it: one more for this registry.
    let log_in = [
        "login",
        "--username",
        USER,
        "--password",
        PASSWORD,
        &server.host,
    ];
    real::run("docker", &log_in);
    let remote = Remote::start(&folder);
    let quarantine =
        Quarantine::new(format!("{}/quarantine", server.host)).registry_tool(&server.skopeo);
    let process = std::process::id();
    let run = |tag: &str, step: &str| {
        let text = format!(
            "FROM debian:bookworm-slim\nRUN echo {process} {tag} >/id\nRUN \
                --mount=type=secret,id=token,required=true {step}\n"
        );
        let tag = format!("{}/app:{tag}", server.host);
        real::build(&folder, BuildTool::Buildx, &tag, &text, A)
            .builder(&remote.0)
            .build_verify_and_push(&quarantine)
    };
    let report = run("clean", "test -s /run/secrets/token").unwrap();
    assert_eq!(report.verdict(), Verdict::Clean, "{}", report.human());
    assert!(
        report.scanned.layers >= 3 && report.scanned.files > 1000,
        "{report:?}"
    );
    // What has the tag is clean, its attestations too.
    let report = search(server.registry("app:clean")).unwrap();
    assert_eq!(report.verdict(), Verdict::Clean, "{}", report.human());
    let report = run("leaky", "cp /run/secrets/token /leak").unwrap();
    assert_eq!(report.verdict(), Verdict::Leaked, "{}", report.human());
    assert_eq!(report.findings[0].path, "leak");
    let [kept] = &report.kept[..] else {
        panic!("{report:?}")
    };
    assert!(kept.contains("was deleted; its blobs remain"), "{kept}");
    let error = search(server.registry("app:leaky")).unwrap_err();
    assert!(error.contains("manifest unknown"), "{error}");
    let name = kept.split(' ').next().unwrap();
    let gone = Registry::new(name).unwrap().tool(&server.skopeo).digest();
    assert!(gone.unwrap_err().to_string().contains("manifest unknown"));
    // The store of the builder contains none of it either.
    let images = real::run("docker", &["images"]);
    assert!(!images.contains(&server.host), "{images}");
    real::run("docker", &["logout", &server.host]);
}
