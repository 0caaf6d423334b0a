//! `docs/fixes.md`: each kind of fix with an example, before and after. The examples are fixed when the page is made.

use std::fmt::Write as _;

use dockerfile_dsl_analysis::check::{Setting, check_file_in};
use dockerfile_dsl_analysis::edits::{Applicability, Checked, Settling};
use dockerfile_dsl_analysis::rules::{Context, dockerignore::Dockerignore};
use dockerfile_dsl_analysis::{bases::Bases, dockerfile, programs::Programs};

const HEAD: &str = include_str!("fixes.md");

/// Title, explanation, and the text before.
const KINDS: &[(&str, &str, &str)] = &[
    (
        "A file that the step used is removed at its end",
        "Unless something that comes later may read it.",
        "FROM node:22\nRUN --mount=type=secret,id=npm,required=true \\\n    printf \
         '//registry.npmjs.org/:_authToken=%s' \"$(cat /run/secrets/npm)\" > /root/.npmrc \\\n    \
         && npm install -g private-tool > /dev/null\n",
    ),
    (
        "A token in the URL of a clone moves to a credential helper",
        "The helper is for this command and host only, and replaces those of the configuration. It \
         is safe if nothing that comes later may need the token in `.git/config`.",
        "FROM debian\nRUN --mount=type=secret,id=token,required=true \\\n    git clone \
         https://x-access-token:$(cat /run/secrets/token)@github.com/acme/app.git /src\n",
    ),
    (
        "Tracing ends before the command that has the value",
        "",
        "FROM debian\nRUN --mount=type=secret,id=token,required=true \\\n    set -x; \\\n    \
         TOKEN=$(cat /run/secrets/token)\n",
    ),
    (
        "A comment without effect is removed",
        "",
        "FROM debian\n# dockerfile-dsl: allow=SecretInLayer reason=\"it was needed\"\nRUN true\n",
    ),
    (
        "A build argument becomes a secret mount",
        "Of each step that uses it, and with the other fixes of what is found then. The callers of \
         the build pass the secret.",
        "FROM debian\nARG API_TOKEN\nRUN git clone https://$API_TOKEN@github.com/acme/app /src\n",
    ),
    (
        "A file of the build context is mounted at its place",
        "In the steps whose programs read it; the command that removed it afterwards goes, too.",
        "FROM node:22\nWORKDIR /app\nCOPY package.json .npmrc ./\nRUN npm ci && rm -f .npmrc\nCMD \
         [\"node\", \"app.js\"]\n",
    ),
    (
        "A file that a step wrote for later ones is mounted in them",
        "A copy of the secret's file is the same secret at another place. A file with more text \
         is another secret: the callers of the \
         build pass the whole file.",
        "FROM node:22\nWORKDIR /app\nRUN --mount=type=secret,id=token,required=true \\\n    echo \
         \"//registry.npmjs.org/:_authToken=$(cat /run/secrets/token)\" > .npmrc\nRUN npm \
          ci\nRUN rm -f .npmrc\n",
    ),
    (
        "Files stay out of the build context",
        "",
        "FROM node:22\nCOPY . /app\n",
    ),
    (
        "A missing secret fails the build",
        "",
        "FROM debian\nRUN --mount=type=secret,id=token wget --header=\"Authorization: Bearer $(cat \
         /run/secrets/token)\" https://example.com/data\n",
    ),
    (
        "The user of the step can read its secret",
        "",
        "FROM debian\nUSER 1000\nRUN --mount=type=secret,id=token,required=true wget \
         --header=\"Authorization: Bearer $(cat /run/secrets/token)\" https://example.com/data\n",
    ),
    (
        "A secret that the step reads is mounted",
        "",
        "FROM debian\nRUN wget --header=\"Authorization: Bearer $(cat /run/secrets/token)\" \
         https://example.com/data\n",
    ),
    (
        "A value is read instead of its path",
        "",
        "FROM debian\nRUN --mount=type=secret,id=token,required=true \
         API_TOKEN=/run/secrets/token npm ci\n",
    ),
    (
        "Output with the value goes to `/dev/null`",
        "",
        "FROM debian\nRUN --mount=type=secret,id=token,env=TOKEN,required=true printenv TOKEN\n",
    ),
    (
        "A name has no value in it",
        "",
        "FROM debian\nRUN --mount=type=secret,id=token,required=true echo a > \"/srv/$(cat \
         /run/secrets/token)\"\n",
    ),
    (
        "What cannot be removed is written in memory",
        "",
        "FROM debian\nRUN --mount=type=secret,id=token,required=true exec cp /run/secrets/token \
         /srv/token\n",
    ),
];

/// Returns the page.
pub(super) fn page() -> String {
    let mut page = HEAD.to_owned();
    for (title, explanation, before) in KINDS {
        let (after, applied) = fixed(before);
        let first = applied.first();
        let first = first.unwrap_or_else(|| panic!("{title}: no fix helps:\n{before}"));
        let kind = match first.0 {
            Applicability::Safe => "Safe here.",
            _ => "To review: `--unsafe-fixes`.",
        };
        let explanation = format!("{kind} {explanation}");
        let _ = write!(
            page,
            "\n## {title}\n\n{}\n\n```dockerfile\n{before}```\n\n",
            explanation.trim_end()
        );
        if after.text != *before {
            let _ = write!(page, "becomes\n\n```dockerfile\n{}```\n", after.text);
        }
        for line in &after.ignore {
            let _ = writeln!(page, "\nNew line of `.dockerignore`: `{line}`.");
        }
        for flag in applied.iter().flat_map(|(_, flags)| flags) {
            let _ = writeln!(page, "\nNew flag of the build: `{flag}`.");
        }
    }
    page
}

/// Fixes a text, and returns each fix with the flags that the callers need.
fn fixed(text: &str) -> (Checked, Vec<(Applicability, Vec<String>)>) {
    let check = |text: &str, lines: &[String]| {
        let file = dockerfile::read(text).ok()?;
        let context = Context {
            ignore: Dockerignore::parse(&lines.join("\n")).ok()?,
            secret_files: vec![".env".to_owned()],
            ..Context::default()
        };
        let setting = Setting {
            context: &context,
            programs: Programs::NONE,
            bases: Bases::NONE,
        };
        let findings = check_file_in(&file, setting);
        Some((file, findings))
    };
    let settling = Settling {
        applicability: Applicability::Unsafe,
        check: &check,
        wanted: &|checked| checked.findings.clone(),
    };
    let (file, findings) = check(text, &[]).unwrap_or_else(|| panic!("{text}"));
    let (after, applied) = settling.settle(Checked {
        text: text.to_owned(),
        file,
        findings,
        ignore: Vec::new(),
    });
    let fixes = applied.iter().map(|applied| {
        let flags = applied.repair.callers.iter().map(|caller| caller.flag());
        (applied.repair.applicability, flags.collect())
    });
    let fixes = fixes.collect();
    (after, fixes)
}
