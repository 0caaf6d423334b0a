//! The programs that access registries: crane streams each blob, skopeo copies an image into a folder first.
//!
//! In: a reference. Out: bytes, or a [`Failure`] that states whether a retry makes sense. Each program uses its configured
//! log-ins and certificates; this crate makes no request.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use super::folder::PrivateFolder;
use super::reference::Reference;
use crate::Error;

/// Max. bytes kept of a program's message.
const MAX_MESSAGE: u64 = 16 * 1024;

/// A source of the documents and blobs of a registry's image.
pub(crate) trait BlobSource: Sync {
    /// Returns the bytes of a manifest or an index, at most `limit`.
    fn manifest(&self, reference: &str, limit: u64) -> Result<Vec<u8>, Failure>;

    /// Makes the blobs of a manifest available.
    fn open(&self, manifest: &str) -> Result<(), Failure>;

    /// Passes the bytes of a blob of an opened manifest to `read`, which may leave some unread.
    fn blob(
        &self,
        manifest: &str,
        digest: &str,
        read: &mut dyn FnMut(&mut dyn Read),
    ) -> Result<(), Failure>;

    /// Releases the blobs of the manifest.
    fn close(&self, manifest: &str);

    /// Deletes a manifest by its digest.
    fn delete(&self, manifest: &str) -> Result<(), Failure>;

    /// Describes how to log in, for messages.
    fn log_in(&self) -> String;
}

/// Reason why a program failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) kind: FailureKind,
    pub(crate) message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// 401, 403: no log-in, or no permission.
    Denied,
    /// 429: too many requests.
    Limited,
    /// 5xx, a cut connection, a timeout.
    Unavailable,
    /// The bytes do not match their digest or size.
    Mismatch,
    /// Any other: no such image, a broken certificate, a program that cannot be started.
    Other,
}

impl FailureKind {
    /// Whether the next attempt may succeed.
    pub(crate) fn is_transient(self) -> bool {
        matches!(self, Self::Limited | Self::Unavailable)
    }

    /// Classifies the message of a program. Both quote the status of the response, or the error of the connection.
    fn of_message(message: &str) -> Self {
        let message = message.to_ascii_lowercase();
        let has = |signs: &[&str]| signs.iter().any(|sign| message.contains(sign));
        // A registry that limits requests may add "authentication raises the limit".
        if has(&["toomanyrequests", "too many requests", "status code 429"]) {
            Self::Limited
        } else if has(&[
            "unauthorized",
            "forbidden",
            "denied",
            "authentication required",
            "status code 401",
            "status code 403",
        ]) {
            Self::Denied
        } else if has(&[
            "internal server error",
            "bad gateway",
            "unavailable",
            // Some registries report their own failures as such.
            ": unknown: ",
            "gateway timeout",
            "gateway time-out",
            "status code 5",
            "http status: 5",
            "connection reset",
            "connection refused",
            "broken pipe",
            "unexpected eof",
            ": eof",
            "timeout",
            "timed out",
            "temporary failure",
            "server closed",
        ]) {
            Self::Unavailable
        } else {
            Self::Other
        }
    }
}

impl Failure {
    pub(crate) fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    fn of_program(program: &Path, status: ExitStatus, stderr: &[u8]) -> Self {
        let text = String::from_utf8_lossy(stderr);
        let text = text.trim();
        // After warnings, and before the error page of a proxy.
        let is_reason = |line: &&str| {
            let line = line.to_ascii_lowercase();
            line.starts_with("error") || line.contains("level=fatal")
        };
        let reason = text.lines().rfind(is_reason);
        let reason = reason.or_else(|| text.lines().next()).unwrap_or_default();
        let name = program.file_name().unwrap_or(program.as_os_str());
        Self::new(
            FailureKind::of_message(text),
            format!("{} ended with {status}: {reason}", name.display()),
        )
    }
}

/// Returns the installed program, or the selected one.
pub(crate) fn find(
    program: Option<&Path>,
    reference: &Reference,
) -> Result<Box<dyn BlobSource>, Error> {
    let program = match program {
        Some(program) => program.to_owned(),
        None => ["crane", "skopeo"]
            .map(PathBuf::from)
            .into_iter()
            .find(|program| is_on_path(program))
            .ok_or_else(|| {
                Error::usage(format!(
                    "cannot read {reference}: neither crane nor skopeo is on PATH; install \
                        one, or save the image as an archive"
                ))
            })?,
    };
    let is_skopeo = program
        .file_stem()
        .is_some_and(|name| name.to_string_lossy().contains("skopeo"));
    if !is_skopeo {
        return Ok(Box::new(Crane { program }));
    }
    let folder = PrivateFolder::new()
        .map_err(|error| Error::io("cannot make a private folder for skopeo", error))?;
    Ok(Box::new(Skopeo {
        program,
        folder,
        is_loopback: reference.is_loopback(),
    }))
}

fn is_on_path(program: &Path) -> bool {
    let Some(path) = std::env::var_os("PATH") else {
        return false;
    };
    std::env::split_paths(&path).any(|folder| {
        let file = folder.join(program);
        file.is_file() || (cfg!(windows) && file.with_extension("exe").is_file())
    })
}

/// Runs a program, and passes its output to `read`. Unread output ends the program.
fn run(
    program: &Path,
    arguments: &[&str],
    read: &mut dyn FnMut(&mut dyn Read),
) -> Result<(), Failure> {
    let cannot_start = |error: io::Error| {
        let hint = match error.kind() {
            io::ErrorKind::NotFound => " (it is not installed, or not on PATH)",
            _ => "",
        };
        Failure::new(
            FailureKind::Other,
            format!("{} cannot be started{hint}: {error}", program.display()),
        )
    };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(cannot_start)?;
    let (Some(mut stdout), Some(mut stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(Failure::new(FailureKind::Other, "it has no output"));
    };
    let (status, message) = std::thread::scope(|scope| {
        let message = scope.spawn(move || {
            let mut message = Vec::new();
            let _ = (&mut stderr).take(MAX_MESSAGE).read_to_end(&mut message);
            // The rest is read so that the program does not block.
            let _ = io::copy(&mut stderr, &mut io::sink());
            message
        });
        read(&mut stdout);
        // A program that still writes ends here.
        drop(stdout);
        (child.wait(), message.join().unwrap_or_default())
    });
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::of_program(program, status, &message)),
        Err(error) => Err(cannot_start(error)),
    }
}

/// Runs a program, and returns its output, at most `limit` bytes.
fn output(program: &Path, arguments: &[&str], limit: u64) -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    let mut failed = None;
    let outcome = run(program, arguments, &mut |stdout| {
        failed = stdout.take(limit + 1).read_to_end(&mut text).err();
    });
    if text.len() as u64 > limit {
        return Err(Failure::new(
            FailureKind::Mismatch,
            format!("the manifest has more than {} MiB", limit >> 20),
        ));
    }
    outcome?;
    match failed {
        None => Ok(text),
        Some(error) => Err(Failure::new(FailureKind::Unavailable, error.to_string())),
    }
}

/// `crane`, of go-containerregistry: writes every document and blob to its standard output.
struct Crane {
    program: PathBuf,
}

impl BlobSource for Crane {
    fn manifest(&self, reference: &str, limit: u64) -> Result<Vec<u8>, Failure> {
        output(&self.program, &["manifest", reference], limit)
    }

    fn open(&self, _: &str) -> Result<(), Failure> {
        Ok(())
    }

    fn blob(
        &self,
        manifest: &str,
        digest: &str,
        read: &mut dyn FnMut(&mut dyn Read),
    ) -> Result<(), Failure> {
        let repository = manifest.split('@').next().unwrap_or_default();
        run(
            &self.program,
            &["blob", &format!("{repository}@{digest}")],
            read,
        )
    }

    fn close(&self, _: &str) {}

    fn delete(&self, manifest: &str) -> Result<(), Failure> {
        run(&self.program, &["delete", manifest], &mut |_| ())
    }

    fn log_in(&self) -> String {
        format!("{} auth login", self.program.display())
    }
}

/// `skopeo`: writes the blobs of one image to a folder. Its `dir:` form keeps manifest and blobs byte for byte.
struct Skopeo {
    program: PathBuf,
    folder: PrivateFolder,
    is_loopback: bool,
}

impl Skopeo {
    fn blobs(&self, manifest: &str) -> PathBuf {
        let digest = manifest.rsplit(':').next().unwrap_or_default();
        self.folder.path().join(digest)
    }

    /// `--tls-verify=false` still tries TLS first. Used only in the cases of docker and crane.
    fn arguments<'a>(&self, command: &'a [&'a str], tls: &'a str) -> Vec<&'a str> {
        let (name, rest) = command.split_at(1);
        let tls = self.is_loopback.then_some(tls);
        [name, tls.as_slice(), rest].concat()
    }
}

impl BlobSource for Skopeo {
    fn manifest(&self, reference: &str, limit: u64) -> Result<Vec<u8>, Failure> {
        let image = format!("docker://{reference}");
        let command = ["inspect", "--raw", &image];
        let arguments = self.arguments(&command, "--tls-verify=false");
        output(&self.program, &arguments, limit)
    }

    fn open(&self, manifest: &str) -> Result<(), Failure> {
        let blobs = self.blobs(manifest);
        // Files of an interrupted attempt.
        self.close(manifest);
        let (from, to) = (
            format!("docker://{manifest}"),
            format!("dir:{}", blobs.display()),
        );
        // Without the first option it writes blobs to /var/tmp first, whatever TMPDIR is.
        let folder = self.folder.path().to_string_lossy();
        let command = ["copy", "--quiet", "--preserve-digests", &from, &to];
        let copy = self.arguments(&command, "--src-tls-verify=false");
        let arguments = [&["--tmpdir", &folder][..], &copy].concat();
        run(&self.program, &arguments, &mut |_| ())
    }

    fn blob(
        &self,
        manifest: &str,
        digest: &str,
        read: &mut dyn FnMut(&mut dyn Read),
    ) -> Result<(), Failure> {
        let hex = digest.split(':').next_back().unwrap_or_default();
        let path = self.blobs(manifest).join(hex);
        let mut file = File::open(&path).map_err(|error| {
            Failure::new(
                FailureKind::Other,
                format!("skopeo has not stored the blob {digest}: {error}"),
            )
        })?;
        read(&mut file);
        Ok(())
    }

    fn close(&self, manifest: &str) {
        // The whole folder is removed at the end in any case.
        let _ = std::fs::remove_dir_all(self.blobs(manifest));
    }

    fn delete(&self, manifest: &str) -> Result<(), Failure> {
        let image = format!("docker://{manifest}");
        let command = ["delete", &image];
        let arguments = self.arguments(&command, "--tls-verify=false");
        run(&self.program, &arguments, &mut |_| ())
    }

    fn log_in(&self) -> String {
        format!("{} login", self.program.display())
    }
}

#[cfg(test)]
mod tests {
    use super::FailureKind::{self, Denied, Limited, Other, Unavailable};

    #[track_caller]
    fn check(kind: FailureKind, messages: &[&str]) {
        for message in messages {
            assert_eq!(FailureKind::of_message(message), kind, "{message}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn the_reason_is_the_line_that_says_it() {
        use std::os::unix::process::ExitStatusExt as _;

        let failure = |stderr: &[u8]| {
            let status = std::process::ExitStatus::from_raw(256);
            super::Failure::of_program("/bin/crane".as_ref(), status, stderr).message
        };
        let expected = "crane ended with exit status: 1: Error: GET x: 502 Bad Gateway: <html>";
        let page = b"warning: old\nError: GET x: 502 Bad Gateway: <html>\n<body>\n</html>\n";
        assert_eq!(failure(page), expected);
        let fatal = b"time=1 level=warning msg=a\ntime=2 level=fatal msg=b\n";
        assert!(failure(fatal).ends_with("level=fatal msg=b"));
        assert!(failure(b"fetching manifest a: EOF\n").ends_with(": EOF"));
        assert!(failure(b"").ends_with("status: 1: "));
    }

    /// In the forms of go-containerregistry and containers/image.
    #[test]
    fn messages_of_both_programs() {
        check(
            Denied,
            &[
                "GET https://reg.example/v2/a/manifests/1: UNAUTHORIZED: authentication required",
                "GET https://reg.example/v2/a/blobs/1: unexpected status code 403 Forbidden",
                "reading manifest 1 in reg.example/a: unauthorized: authentication required",
                "HEAD https://reg.example/v2/a: DENIED: requested access to it is denied",
            ],
        );
        check(
            Limited,
            &[
                "GET https://index.docker.io/v2/library/a/manifests/1: TOOMANYREQUESTS: You have \
                 reached your pull rate limit. You may increase the limit by authenticating",
                "reading manifest 1 in reg.example/app: toomanyrequests: slow down",
                "fetching blob: invalid status code from registry 429 (Too Many Requests)",
            ],
        );
        check(
            Unavailable,
            &[
                "GET https://reg.example/v2/: unexpected status code 503 Service Unavailable",
                "level=fatal msg=\"received unexpected HTTP status: 500 Internal Server Error\"",
                "GET https://reg.example/v2/a/manifests/1: UNAVAILABLE: try later; [map[]]",
                "GET https://reg.example/v2/a/manifests/1: UNKNOWN: unknown error",
                "Error: reading blob: unexpected EOF",
                "Error: Get \"https://reg.example/v2/\": EOF",
                "Error: Get \"https://reg.example/v2/\": dial tcp 10.0.0.1:443: i/o timeout",
                "read tcp 10.0.0.2:1->10.0.0.1:443: read: connection reset by peer",
            ],
        );
        check(
            Other,
            &[
                "GET https://reg.example/v2/a/manifests/1: MANIFEST_UNKNOWN: manifest unknown",
                "reading manifest 1 in reg.example/a: manifest unknown: manifest unknown",
                "reading manifest 1 in reg.example/a: name unknown: repository name not known",
                "Get \"https://reg.example/v2/\": dial tcp: lookup reg.example: no such host",
                "Get \"https://reg.example/v2/\": x509: certificate signed by unknown authority",
                "",
            ],
        );
    }
}
