//! `LiteralCredential`: an instruction contains a token, a key or a password as literal text. Everyone who can read the Dockerfile or the
//! image history can read it.

use super::steps::RuleStep;
use crate::credential::{self, Credential};
use crate::dockerfile::{Command, Healthcheck, HereDocument, Kind, Source, SourceText, Transfer};
use crate::{Finding, Rule, Severity};

pub(super) fn check(step: &RuleStep) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let flags = step
        .instruction
        .flags
        .iter()
        .filter_map(|flag| flag.value.as_ref());
    for text in flags.chain(texts(step.kind())) {
        for found in credential::find(text) {
            let span = text.span(found.span);
            if findings.iter().all(|known| known.span != span) {
                findings.push(finding(step, &found, span));
            }
        }
    }
    findings
}

fn finding(step: &RuleStep, found: &Credential, span: crate::Span) -> Finding {
    let kind = found.kind;
    let article = if kind.starts_with(['A', 'H', 'n']) && !kind.starts_with("Hu") {
        "an"
    } else {
        "a"
    };
    let message = format!(
        "the Dockerfile contains {article} {kind}: everyone who can read the file or the image \
         history can read it"
    );
    let help = match step.kind() {
        Kind::Run(_) => {
            "revoke it, and mount its successor: put `--mount=type=secret,id=token,required=true` \
             right after the word RUN, and write `$(cat /run/secrets/token)` in its place"
        }
        Kind::Add(_) => {
            "revoke it; BuildKit sends a token for the URL of an ADD when the build is given the \
             secret `GIT_AUTH_TOKEN.HOST` (git) or `HTTP_AUTH_TOKEN_HOST`"
        }
        _ => {
            "revoke it, and give its successor to the container when it runs, or to the RUN that \
             needs it as a secret mount"
        }
    };
    Finding {
        severity: if found.is_certain {
            Severity::Error
        } else {
            Severity::Warning
        },
        sink: kind.to_owned(),
        help: Some(help.to_owned()),
        ..step.finding(Rule::LiteralCredential, span, message)
    }
}

/// Returns all texts of an instruction.
pub(crate) fn texts(kind: &Kind) -> Vec<&SourceText> {
    match kind {
        Kind::Add(transfer) | Kind::Copy(transfer) => of_transfer(transfer),
        Kind::Arg(arguments) => arguments
            .iter()
            .filter_map(|argument| argument.default.as_ref())
            .collect(),
        Kind::Cmd(command)
        | Kind::Entrypoint(command)
        | Kind::Healthcheck(Healthcheck::Command(command)) => of_command(command),
        Kind::Run(run) => of_command(&run.command),
        Kind::Env(pairs) | Kind::Label(pairs) => pairs
            .iter()
            .flat_map(|pair| [&pair.key, &pair.value])
            .collect(),
        Kind::Expose(words) | Kind::Shell(words) | Kind::Volume(words) => words.iter().collect(),
        Kind::From(image) => vec![&image.image],
        Kind::Maintainer(text)
        | Kind::User(text)
        | Kind::Workdir(text)
        | Kind::Stopsignal(text) => vec![text],
        Kind::Onbuild(inner) => texts(&inner.kind),
        Kind::Healthcheck(Healthcheck::None) | Kind::Unread(_) => Vec::new(),
    }
}

fn of_transfer(transfer: &Transfer) -> Vec<&SourceText> {
    let sources = transfer.sources.iter().map(|source| match source {
        Source::Path(path) => path,
        Source::HereDocument(HereDocument { body, .. }) => body,
    });
    sources.chain([&transfer.destination]).collect()
}

fn of_command(command: &Command) -> Vec<&SourceText> {
    match command {
        Command::Exec(words) => words.iter().collect(),
        Command::Executable { document, .. } => vec![&document.body],
        command => command.shell_text().into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::testing, *};

    /// An invalid token, assembled here so that no scanner reports this file.
    fn token() -> String {
        format!("ghp{}aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5", '_')
    }

    #[track_caller]
    fn check(instructions: &str, expected: &[&str]) {
        testing::check(Rule::LiteralCredential, instructions, expected);
    }

    #[test]
    fn in_every_instruction() {
        let token = token();
        for instruction in [
            format!("ENV A={token}"),
            format!("ARG A={token}"),
            format!("LABEL token={token}"),
            format!("RUN git clone https://x:{token}@github.com/a/b"),
            format!("RUN [\"x\", \"{token}\"]"),
            format!("RUN <<EOF\nx {token}\nEOF"),
            format!("COPY <<EOF /root/.netrc\nmachine github.com password {token}\nEOF"),
            format!("ADD https://{token}@github.com/a/b.git /b"),
            format!("CMD x {token}"),
            format!("HEALTHCHECK CMD x {token}"),
            format!("ONBUILD RUN x {token}"),
        ] {
            check(&instruction, &[&token]);
        }
        check("ADD https://user:s3cr3t@host.org/x /x", &["s3cr3t"]);
        check("RUN wget --password=hunter2 https://h", &["hunter2"]);
    }

    #[test]
    fn near_misses() {
        check(
            "RUN git clone https://x:$(cat /run/secrets/t)@github.com/a/b",
            &[],
        );
        check(
            "RUN --mount=type=secret,id=t,env=T wget --password=$T https://h",
            &[],
        );
        check("RUN grep -rE 'ghp_[A-Za-z0-9]{36}' .", &[]);
        check(&format!("# {}\nRUN x", token()), &[]);
        check(
            "ENV DATABASE_URL=postgres://postgres:postgres@localhost/x",
            &[],
        );
    }

    #[test]
    fn the_value_is_in_nothing_that_is_said() {
        let token = token();
        let found = testing::findings(&format!(
            "FROM x\nENV NPM_TOKEN={token}\nRUN x --password=hunter2\n"
        ));
        assert_eq!(found.len(), 3, "{found:?}");
        let said = format!("{found:?}");
        assert!(
            !said.contains(&token) && !said.contains("hunter2"),
            "{said}"
        );
    }

    #[test]
    fn what_only_its_place_tells_is_a_warning() {
        let severity = |run: &str| testing::severity(Rule::LiteralCredential, run);
        assert_eq!(
            severity(&format!("ENV A={}", token())),
            Some(Severity::Error)
        );
        assert_eq!(
            severity("RUN x --password=hunter2"),
            Some(Severity::Warning)
        );
    }
}
