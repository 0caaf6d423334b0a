//! Runs the command of a secret once, and reads its output.
//!
//! In: a program and its arguments. Out: the bytes of its standard output, in memory that is wiped, or the reason why it failed.
//! Its standard input is empty and its standard error is that of this program. It stays in this program's process group, so that
//! Ctrl-C ends it too. Invariant: no message contains its output.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::environment::Environment;
use super::limits::{SECRET_LIMIT, read_to_capacity};
use super::missing::{Failure, Missing};

/// Max. time that a command may take: enough for a person to touch a key or unlock a vault; then it is killed.
const LONGEST: Duration = Duration::from_secs(60);
/// Time between two checks whether a command that closed its output has exited.
const POLL: Duration = Duration::from_millis(5);

pub(super) fn output(
    command: &[&str],
    environment: &Environment<'_>,
) -> Result<Zeroizing<Vec<u8>>, Missing> {
    let output = output_within(command, environment, LONGEST)?;
    if is_for_people(&output) {
        return Err(Missing::Command(Failure::Notice));
    }
    Ok(output)
}

pub(super) fn output_within(
    command: &[&str],
    environment: &Environment<'_>,
    limit: Duration,
) -> Result<Zeroizing<Vec<u8>>, Missing> {
    let start = Instant::now();
    let failed = |failure| Err(Missing::Command(failure));
    let Some((program, arguments)) = command.split_first() else {
        return failed(Failure::NotFound); // a `Secret` has a program
    };
    let mut process = Command::new(program);
    if let Some(path) = (environment.variable)("PATH") {
        process.env("PATH", path);
    }
    process
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit());
    let mut child = match process.spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return failed(Failure::NotFound);
        }
        Err(error) => return failed(Failure::NotStarted(error.kind())),
    };
    let (send, receive) = mpsc::channel();
    if let Some(mut stdout) = child.stdout.take() {
        // A child process of the command may keep the pipe open forever: then this thread is not joined.
        std::thread::spawn(move || {
            let mut bytes = Zeroizing::new(Vec::with_capacity(SECRET_LIMIT + 1));
            let read = read_to_capacity(Read::by_ref(&mut stdout), &mut bytes);
            let _ = send.send(read.map(|()| bytes));
        });
    }
    let Ok(read) = receive.recv_timeout(limit) else {
        end(&mut child);
        return failed(Failure::TooLong(limit));
    };
    let bytes = match read {
        Ok(bytes) if bytes.len() > SECRET_LIMIT => {
            end(&mut child);
            return Err(Missing::TooLarge);
        }
        Ok(bytes) => bytes,
        Err(error) => {
            end(&mut child);
            return Err(Missing::Unreadable(error.kind()));
        }
    };
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(bytes),
            Ok(Some(status)) => return failed(Failure::Status(status)),
            Ok(None) if start.elapsed() < limit => std::thread::sleep(POLL),
            Ok(None) => {
                end(&mut child);
                return failed(Failure::TooLong(limit));
            }
            Err(error) => return failed(Failure::NotStarted(error.kind())),
        }
    }
}

fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// Whether one of several lines is a message for people, or contains terminal control codes.
fn is_for_people(output: &[u8]) -> bool {
    const STARTS: &[&str] = &[
        "warn",
        "[warn",
        "notice",
        "[notice",
        "deprecat",
        "error:",
        "[error",
        "update available",
        "a new version",
        "a new release",
        "hint:",
        "info:",
        "[info",
    ];
    let steers = output.windows(2).any(|pair| pair == b"\x1b[");
    let mut lines = output.split(|byte| *byte == b'\n');
    let has_several = output.trim_ascii().contains(&b'\n');
    steers
        || has_several
            && lines.any(|line| {
                let line = line.trim_ascii_start();
                let starts = |start: &&str| {
                    line.get(..start.len())
                        .is_some_and(|beginning| beginning.eq_ignore_ascii_case(start.as_bytes()))
                };
                STARTS.iter().any(starts)
            })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// Runs a shell script with a limit of one second, and returns its output.
    fn run(script: &str) -> Result<String, String> {
        let variable = |name: &str| std::env::var_os(name);
        let environment = Environment {
            variable: &variable,
            home: None,
        };
        let output = output_within(
            &["sh", "-c", script],
            &environment,
            Duration::from_millis(700),
        );
        match output {
            Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Err(missing) => Err(missing.message("the command `x`")),
        }
    }

    #[track_caller]
    fn fails(script: &str, expected: &str) {
        let error = run(script).unwrap_err();
        assert!(error.contains(expected), "{script}: {error}");
    }

    #[test]
    fn output_is_read_to_its_end() {
        assert_eq!(run("printf 'a\\nb\\n'").as_deref(), Ok("a\nb\n"));
        assert_eq!(run("echo a; exec >&-; sleep 0.1").as_deref(), Ok("a\n"));
    }

    #[test]
    fn standard_input_is_empty() {
        assert_eq!(run("cat; echo end").as_deref(), Ok("end\n"));
    }

    #[test]
    fn failure_is_reported_despite_output() {
        fails("echo token; exit 3", "exit status: 3");
        fails("kill -9 $$", "signal: 9");
    }

    #[test]
    fn hanging_command_is_killed() {
        let start = Instant::now();
        fails("exec sleep 20", "did not end within");
        fails("exec >&-; exec sleep 20", "did not end within");
        // A child process keeps the pipe open.
        fails("sleep 5 & echo a", "did not end within");
        assert!(start.elapsed() < Duration::from_secs(4));
    }

    #[test]
    fn output_has_a_limit() {
        fails("head -c 600000 /dev/zero", "more than 512000 bytes");
        fails("exec cat /dev/zero", "more than 512000 bytes");
    }

    #[test]
    fn missing_program_is_named() {
        let variable = |name: &str| std::env::var_os(name);
        let environment = Environment {
            variable: &variable,
            home: None,
        };
        let error = output(&["no-such-program-here"], &environment).unwrap_err();
        assert!(error.message("the command `x`").contains("not on PATH"));
    }

    #[test]
    fn warning_in_the_output_is_detected() {
        for printed in [
            "WARNING: the session ends soon\ntoken\n",
            "token\n[notice] a new release of pip is available\n",
            "\x1b[32mtoken\x1b[0m\n",
        ] {
            assert!(is_for_people(printed.as_bytes()), "{printed}");
        }
        for printed in [
            "warn-token\n",
            "-----BEGIN KEY-----\nAAAA\n-----END KEY-----\n",
            "a\nb",
            "",
        ] {
            assert!(!is_for_people(printed.as_bytes()), "{printed}");
        }
    }
}
