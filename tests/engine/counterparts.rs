//! The servers of the examples, on loopback and with a token: git, npm, cargo, and plain files.
//!
//! In: a token. Out: a [`Server`] that answers 401 to every request without it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::server::{Request, Response, Server};

/// A git server with one repository, `/acme/private.git`, which holds the executable file `run`.
pub(crate) fn git(folder: &Path, token: &str) -> Server {
    git_of(folder, "x-access-token", token)
}

/// The same where the token has to come with this user name.
pub(crate) fn git_of(folder: &Path, user: &str, token: &str) -> Server {
    let run = "#!/bin/sh\necho hello from the private repository\n";
    make_repository(folder, &[("run", run)]);
    git_in(folder, user, token)
}

/// The same with the repositories that are in the folder.
pub(crate) fn git_in(folder: &Path, user: &str, token: &str) -> Server {
    let expected = encode(format!("{user}:{token}").as_bytes());
    let root = folder.to_owned();
    Server::start(move |request| {
        if shows(request, "basic", &expected) {
            http_backend(&root, request)
        } else {
            Response::unauthorized()
        }
    })
}

/// A git server that sends everyone who shows the token to another one.
pub(crate) fn redirecting_git(token: &str, other: &str) -> Server {
    let (other, expected) = (other.to_owned(), basic(token));
    Server::start(move |request| {
        if shows(request, "basic", &expected) {
            Response::new(302, "").with(
                "Location",
                &format!("{other}{}?{}", request.path, request.query),
            )
        } else {
            Response::unauthorized()
        }
    })
}

/// An npm registry with one package, `acme-greeting` 1.0.0.
pub(crate) fn npm(folder: &Path, token: &str) -> Server {
    let package = folder.join("package");
    write(
        &package.join("package.json"),
        r#"{"name":"acme-greeting","version":"1.0.0","main":"index.js"}"#,
    );
    write(
        &package.join("index.js"),
        "module.exports = 'hello from the private registry';\n",
    );
    let tarball = folder.join("package.tgz");
    run(Command::new("tar")
        .arg("-C")
        .arg(folder)
        .arg("-czf")
        .arg(&tarball)
        .arg("package"));
    let (tarball, token) = (fs::read(tarball).expect("tar wrote it"), token.to_owned());
    Server::start(move |request| match request.path.as_str() {
        _ if !shows(request, "bearer", &token) => Response::unauthorized(),
        "/acme-greeting/-/acme-greeting-1.0.0.tgz" => Response::new(200, tarball.clone()),
        _ => Response::new(404, "{}"),
    })
}

/// A sparse cargo registry with one crate, `acme-greeting` 1.0.0; and the checksum of that crate.
pub(crate) fn cargo(folder: &Path, token: &str) -> (Server, String) {
    let package = folder.join("acme-greeting-1.0.0");
    write(
        &package.join("Cargo.toml"),
        "[package]\nname = \"acme-greeting\"\nversion = \"1.0.0\"\nedition = \"2021\"\n",
    );
    write(
        &package.join("src/lib.rs"),
        "pub const GREETING: &str = \"hello from the private registry\";\n",
    );
    let archive = folder.join("acme-greeting.crate");
    run(Command::new("tar")
        .arg("-C")
        .arg(folder)
        .arg("-czf")
        .arg(&archive)
        .arg("acme-greeting-1.0.0"));
    let checksum = sha256(&archive);
    let index = format!(
        r#"{{"name":"acme-greeting","vers":"1.0.0","deps":[],"features":{{}},"cksum":"{checksum}","yanked":false}}"#
    );
    let (archive, token) = (fs::read(archive).expect("tar wrote it"), token.to_owned());
    let server = Server::start(move |request| {
        // Cargo shows the bare token.
        if request.header("authorization") != Some(&token) {
            return Response::unauthorized();
        }
        let host = request.header("host").unwrap_or_default();
        match request.path.as_str() {
            "/index/config.json" => Response::new(
                200,
                format!(
                    r#"{{"dl":"http://{host}/dl/{{crate}}-{{version}}.crate","api":"http://{host}","auth-required":true}}"#
                ),
            ),
            "/index/ac/me/acme-greeting" => Response::new(200, index.clone()),
            "/dl/acme-greeting-1.0.0.crate" => Response::new(200, archive.clone()),
            _ => Response::new(404, ""),
        }
    });
    (server, checksum)
}

/// An app that needs the package of [`npm`].
pub(crate) fn npm_project(folder: &Path, server: &Server) {
    write(
        &folder.join("server.js"),
        "console.log(require('acme-greeting'));\n",
    );
    write(
        &folder.join("package.json"),
        r#"{"name":"app","version":"1.0.0","dependencies":{"acme-greeting":"1.0.0"}}"#,
    );
    let resolved = format!(
        "{}/acme-greeting/-/acme-greeting-1.0.0.tgz",
        server.origin()
    );
    let lock = serde_json::json!({
        "name": "app",
        "version": "1.0.0",
        "lockfileVersion": 3,
        "packages": {
            "": { "name": "app", "version": "1.0.0", "dependencies": { "acme-greeting": "1.0.0" } },
            "node_modules/acme-greeting": { "version": "1.0.0", "resolved": resolved },
        },
    });
    write(&folder.join("package-lock.json"), &lock.to_string());
}

/// An app that needs the crate of [`cargo`].
pub(crate) fn cargo_project(folder: &Path, server: &Server, checksum: &str) {
    let index = format!("sparse+{}/index/", server.origin());
    write(
        &folder.join("src/main.rs"),
        "fn main() {\n    println!(\"{}\", acme_greeting::GREETING);\n}\n",
    );
    write(
        &folder.join("Cargo.toml"),
        "[package]\nname = \"server\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\n\
         acme-greeting = { version = \"1\", registry = \"acme\" }\n",
    );
    write(
        &folder.join(".cargo/config.toml"),
        &format!("[registries.acme]\nindex = \"{index}\"\ncredential-provider = \"cargo:token\"\n"),
    );
    write(
        &folder.join("Cargo.lock"),
        &format!(
            "version = 4\n\n[[package]]\nname = \"acme-greeting\"\nversion = \"1.0.0\"\nsource = \
             \"{index}\"\nchecksum = \"{checksum}\"\n\n[[package]]\nname = \"server\"\nversion = \
             \"0.1.0\"\ndependencies = [\n \"acme-greeting\",\n]\n"
        ),
    );
}

/// A server that gives the same file to everyone who shows the token.
pub(crate) fn files(token: &str, content: &'static str) -> Server {
    let token = token.to_owned();
    Server::start(move |request| {
        if shows(request, "bearer", &token) {
            Response::new(200, content)
        } else {
            Response::unauthorized()
        }
    })
}

/// A server that gives these files to a user with a password.
pub(crate) fn tree(
    user: &str,
    password: &str,
    files: impl IntoIterator<Item = (impl Into<String>, impl Into<Vec<u8>>)>,
) -> Server {
    let expected = encode(format!("{user}:{password}").as_bytes());
    let files = files
        .into_iter()
        .map(|(path, content)| (path.into(), content.into()));
    let files: BTreeMap<String, Vec<u8>> = files.collect();
    Server::start(move |request| match files.get(&request.path) {
        _ if !shows(request, "basic", &expected) => Response::unauthorized(),
        Some(content) => Response::new(200, content.clone()),
        None => Response::new(404, ""),
    })
}

/// A Python index with one package, `acme-greeting` 1.0.0, for a user and a password.
pub(crate) fn pip(user: &str, password: &str) -> Server {
    const WHEEL: &str = "acme_greeting-1.0.0-py3-none-any.whl";
    let expected = encode(format!("{user}:{password}").as_bytes());
    let wheel = zip(&[
        (
            "acme_greeting.py",
            "GREETING = 'hello from the private index'\n",
        ),
        (
            "acme_greeting-1.0.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: acme-greeting\nVersion: 1.0.0\n",
        ),
        (
            "acme_greeting-1.0.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        ),
        (
            "acme_greeting-1.0.0.dist-info/RECORD",
            "acme_greeting.py,,\nacme_greeting-1.0.0.dist-info/METADATA,,\n\
             acme_greeting-1.0.0.dist-info/WHEEL,,\nacme_greeting-1.0.0.dist-info/RECORD,,\n",
        ),
    ]);
    Server::start(move |request| {
        if !shows(request, "basic", &expected) {
            return Response::unauthorized();
        }
        match request.path.trim_end_matches('/') {
            "/simple/acme-greeting" => {
                let link = format!("<a href=\"/files/{WHEEL}\">{WHEEL}</a>\n");
                Response::new(200, link).with("Content-Type", "text/html")
            }
            path if path.ends_with(WHEEL) => Response::new(200, wheel.clone()),
            _ => Response::new(404, ""),
        }
    })
}

/// A ZIP of stored files.
pub(crate) fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let offset = u32::try_from(archive.len()).expect("it is small");
        let size = u32::try_from(content.len())
            .expect("it is small")
            .to_le_bytes();
        let length = u16::try_from(name.len())
            .expect("it is short")
            .to_le_bytes();
        // Version, flags, method, time, and a date that exists: 1980-01-01.
        let head = [
            &[20, 0, 0, 0, 0, 0, 0, 0, 33, 0][..],
            &crc32(content.as_bytes()).to_le_bytes(),
            &size,
            &size,
            &length,
            &[0, 0],
        ]
        .concat();
        archive.extend(
            [
                b"PK\x03\x04",
                &head[..],
                name.as_bytes(),
                content.as_bytes(),
            ]
            .concat(),
        );
        directory.extend(
            [
                b"PK\x01\x02\x14\x00",
                &head[..],
                &[0; 10],
                &offset.to_le_bytes(),
                name.as_bytes(),
            ]
            .concat(),
        );
    }
    let count = u16::try_from(files.len()).expect("few").to_le_bytes();
    let (start, size) = (archive.len() as u32, directory.len() as u32);
    archive.extend(directory);
    archive.extend(
        [
            b"PK\x05\x06\0\0\0\0",
            &count[..],
            &count,
            &size.to_le_bytes(),
            &start.to_le_bytes(),
            &[0, 0],
        ]
        .concat(),
    );
    archive
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = !0_u32;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = crc >> 1 ^ if crc & 1 == 0 { 0 } else { 0xedb8_8320 };
        }
    }
    !crc
}

pub(crate) fn shows(request: &Request, scheme: &str, credential: &str) -> bool {
    request
        .header("authorization")
        .and_then(|value| value.split_once(' '))
        .is_some_and(|(shown, value)| shown.eq_ignore_ascii_case(scheme) && value == credential)
}

/// The header of a client for the user `x-access-token`.
fn basic(token: &str) -> String {
    encode(format!("x-access-token:{token}").as_bytes())
}

/// Standard base64.
pub(crate) fn encode(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let number = chunk
            .iter()
            .fold(0, |number, byte| number << 8 | usize::from(*byte))
            << (8 * (3 - chunk.len()));
        for digit in 0..4 {
            text.push(if digit <= chunk.len() {
                char::from(DIGITS[number >> (18 - 6 * digit) & 63])
            } else {
                '='
            });
        }
    }
    text
}

/// Makes the repository `acme/private.git`, with these files; `run` is executable. Returns its commit.
pub(crate) fn make_repository(folder: &Path, files: &[(&str, &str)]) -> String {
    make_repository_of(folder, "private", files)
}

/// The same with another name.
pub(crate) fn make_repository_of(folder: &Path, name: &str, files: &[(&str, &str)]) -> String {
    let work = folder.join(format!("work-{name}"));
    for (file, content) in files {
        write(&work.join(file), content);
    }
    let git = |directory: &Path, arguments: &[&str]| {
        run(Command::new("git")
            .arg("-C")
            .arg(directory)
            .args(["-c", "user.name=test", "-c", "user.email=test@example.com"])
            .args(arguments))
    };
    git(&work, &["init", "--quiet", "--initial-branch=main"]);
    git(&work, &["add", "."]);
    if files.iter().any(|(file, _)| *file == "run") {
        git(&work, &["update-index", "--chmod=+x", "run"]);
    }
    git(&work, &["commit", "--quiet", "--message=first"]);
    let commit = git(&work, &["rev-parse", "HEAD"]).trim().to_owned();
    fs::create_dir_all(folder.join("acme")).expect("the folder is ours");
    let (work, bare) = (format!("work-{name}"), format!("acme/{name}.git"));
    git(folder, &["clone", "--quiet", "--bare", &work, &bare]);
    commit
}

/// Adds a commit of the repository `acme/NAME.git` to `acme/private.git`, as its submodule NAME.
pub(crate) fn add_submodule(folder: &Path, name: &str, commit: &str) {
    let work = folder.join("work-private");
    let url = format!("[submodule \"{name}\"]\n\tpath = {name}\n\turl = ../{name}.git\n");
    write(&work.join(".gitmodules"), &url);
    let link = format!("160000,{commit},{name}");
    let identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
    for arguments in [
        &["add", ".gitmodules"][..],
        &["update-index", "--add", "--cacheinfo", &link],
        &["commit", "--quiet", "--message=second"],
        &["push", "--quiet", "../acme/private.git", "main"],
    ] {
        let mut git = Command::new("git");
        run(git.arg("-C").arg(&work).args(identity).args(arguments));
    }
}

/// A git server whose `/acme/private.git` has a file of LFS, `model.bin`.
pub(crate) fn git_lfs(folder: &Path, user: &str, token: &str) -> Server {
    const CONTENT: &str = "a large file\n";
    write(&folder.join("content"), CONTENT);
    let digest = sha256(&folder.join("content"));
    let size = CONTENT.len();
    let pointer =
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {size}\n");
    let attributes = "*.bin filter=lfs diff=lfs merge=lfs -text\n";
    let files = [(".gitattributes", attributes), ("model.bin", &pointer)];
    make_repository(folder, &files);
    let expected = encode(format!("{user}:{token}").as_bytes());
    let root = folder.to_owned();
    Server::start(move |request| match request.path.as_str() {
        _ if !shows(request, "basic", &expected) => Response::unauthorized(),
        "/acme/private.git/info/lfs/objects/batch" => {
            let host = request.header("host").unwrap_or_default();
            let href = format!("http://{host}/objects/{digest}");
            let object = serde_json::json!({
                "oid": digest, "size": size, "actions": { "download": { "href": href } },
            });
            let answer = serde_json::json!({ "transfer": "basic", "objects": [object] });
            let kind = "application/vnd.git-lfs+json";
            Response::new(200, answer.to_string()).with("Content-Type", kind)
        }
        path if path.starts_with("/objects/") => Response::new(200, CONTENT),
        _ => http_backend(&root, request),
    })
}

/// `git http-backend` by CGI.
pub(crate) fn http_backend(root: &Path, request: &Request) -> Response {
    let mut child = Command::new("git")
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("REQUEST_METHOD", &request.method)
        .env("PATH_INFO", &request.path)
        .env("QUERY_STRING", &request.query)
        .env(
            "CONTENT_TYPE",
            request.header("content-type").unwrap_or_default(),
        )
        .env("CONTENT_LENGTH", request.body.len().to_string())
        .env(
            "HTTP_CONTENT_ENCODING",
            request.header("content-encoding").unwrap_or_default(),
        )
        .env(
            "GIT_PROTOCOL",
            request.header("git-protocol").unwrap_or_default(),
        )
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("git is installed");
    let mut stdin = child.stdin.take().expect("it is piped");
    let body = request.body.clone();
    let writer = std::thread::spawn(move || drop(stdin.write_all(&body)));
    let output = child
        .wait_with_output()
        .expect("git http-backend runs")
        .stdout;
    writer.join().expect("the writer does not panic");
    let end = output
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .expect("a CGI answer has a head");
    let mut response = Response::new(200, &output[end + 4..]);
    for line in String::from_utf8_lossy(&output[..end]).lines() {
        let Some((name, value)) = line.split_once(": ") else {
            continue;
        };
        if name == "Status" {
            response.status = value[..3].parse().expect("a status is a number");
        } else {
            response = response.with(name, value);
        }
    }
    response
}

/// Writes a file and the folders that it is in.
pub(crate) fn write(path: &Path, content: &str) {
    fs::create_dir_all(path.parent().unwrap_or(&PathBuf::from("."))).expect("the folder is ours");
    fs::write(path, content).expect("the folder is ours");
}

/// The SHA-256 of a file, in hexadecimal digits.
pub(crate) fn sha256(file: &Path) -> String {
    run(Command::new("sha256sum").arg(file))[..64].to_owned()
}

/// Runs a tool that has to succeed.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}
