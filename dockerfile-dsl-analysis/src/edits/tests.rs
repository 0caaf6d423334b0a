//! Each kind of fix, before and after, and whether it is safe.

use super::{Applicability, Passed, Repair, apply, repair};
use crate::bases::Bases;
use crate::check::{Setting, check_file_in};
use crate::dockerfile;
use crate::programs::Programs;
use crate::rules::Context;
use crate::{Finding, Rule};
use Applicability::{Decision, Safe, Unsafe};

fn findings(text: &str, context: &Context) -> (dockerfile::File, Vec<Finding>) {
    let file = dockerfile::read(text).unwrap_or_else(|errors| panic!("{text}\n{errors:?}"));
    let setting = Setting {
        context,
        programs: Programs::NONE,
        bases: Bases::NONE,
    };
    let findings = check_file_in(&file, setting);
    (file, findings)
}

/// Returns the fix of the first finding of a rule, and the text after it.
#[track_caller]
fn fixed(rule: Rule, text: &str, context: &Context) -> Option<(Repair, String)> {
    let (file, findings) = findings(text, context);
    let mut found = findings.iter();
    let finding = found.find(|finding| finding.rule == rule);
    let finding = finding.unwrap_or_else(|| panic!("no {rule}: {findings:#?}"));
    let repair = repair(&file, text, finding)?;
    let edited = apply(text, &repair.edits).expect("the edits fit");
    Some((repair, edited))
}

#[track_caller]
fn check(rule: Rule, before: &str, applicability: Applicability, after: &str) -> Repair {
    let (repair, edited) =
        fixed(rule, before, &Context::default()).unwrap_or_else(|| panic!("no fix: {before}"));
    assert_eq!(edited, after);
    assert_eq!(repair.applicability, applicability, "{before}");
    repair
}

#[track_caller]
fn check_none(rule: Rule, text: &str) {
    let fixed = fixed(rule, text, &Context::default());
    assert_eq!(fixed, None, "{text}");
}

const MOUNT: &str = "--mount=type=secret,id=tok,required=true";

#[test]
fn a_written_file_is_removed_at_the_end_of_its_step() {
    let leak = format!("FROM debian\nRUN {MOUNT} cp /run/secrets/tok /srv/a && wc -c /srv/a\n");
    let fixed = format!(
        "FROM debian\nRUN {MOUNT} cp /run/secrets/tok /srv/a && wc -c /srv/a && rm -f /srv/a\n"
    );
    check(Rule::SecretInLayer, &leak, Safe, &fixed);
    // What comes later could read it.
    for later in [
        "RUN make\n",
        "CMD [\"app\"]\n",
        "FROM x\nCOPY --from=0 /srv /srv\n",
    ] {
        let (leak, fixed) = (leak.clone() + later, fixed.clone() + later);
        check(Rule::SecretInLayer, &leak, Unsafe, &fixed);
    }
    for later in [
        "ENV A=b\n",
        "FROM x\nCOPY --from=0 /bin/app /app\nCMD [\"app\"]\n",
    ] {
        let (leak, fixed) = (leak.clone() + later, fixed.clone() + later);
        check(Rule::SecretInLayer, &leak, Safe, &fixed);
    }
    // No command of the step uses it: it is meant for later.
    for unused in ["", " && chmod 600 /srv/a && echo b"] {
        let leak = format!("FROM debian\nRUN {MOUNT} cp /run/secrets/tok /srv/a{unused}");
        let fixed = format!("{leak} && rm -f /srv/a");
        check(Rule::SecretInLayer, &leak, Unsafe, &fixed);
    }
    // Which command follows depends on a condition.
    let branch =
        format!("FROM debian\nRUN {MOUNT} if true; then cp /run/secrets/tok /srv/a; wc /srv/a; fi");
    let fixed = format!("{branch} && rm -f /srv/a");
    check(Rule::SecretInLayer, &branch, Unsafe, &fixed);
    // More than the secret may be in it.
    let appended =
        format!("FROM debian\nRUN {MOUNT} cat /run/secrets/tok >> /srv/a && wc /srv/a\n");
    let fixed = format!(
        "FROM debian\nRUN {MOUNT} cat /run/secrets/tok >> /srv/a && wc /srv/a && rm -f /srv/a\n"
    );
    check(Rule::SecretInLayer, &appended, Unsafe, &fixed);
}

#[test]
fn continuations_and_line_endings_are_kept() {
    let copy = "cp /run/secrets/tok /srv/a";
    let leak = format!("FROM debian\r\nRUN {MOUNT} \\\r\n  {copy}; \\\r\n  wc /srv/a");
    check(
        Rule::SecretInLayer,
        &format!("{leak} # b\r\n"),
        Safe,
        &format!("{leak} \\\r\n  && rm -f /srv/a # b\r\n"),
    );
    let leak = format!("# escape=`\nFROM debian\nRUN {MOUNT} `\n {copy} && wc /srv/a");
    let fixed = format!("{leak} `\n && rm -f /srv/a");
    check(Rule::SecretInLayer, &leak, Safe, &fixed);
}

#[test]
fn here_documents_end_after_their_text() {
    let leak = format!("FROM debian\nRUN {MOUNT} <<E\ncp /run/secrets/tok /srv/a\nwc /srv/a");
    check(
        Rule::SecretInLayer,
        &format!("{leak}\nE\n"),
        Safe,
        &format!("{leak} && rm -f /srv/a\nE\n"),
    );
    check(
        Rule::SecretInLayer,
        &format!(
            "FROM debian\nRUN {MOUNT} <<'E'\ncat > /srv/a <<F\n$(cat /run/secrets/tok)\nF\nE\n"
        ),
        Unsafe,
        &format!(
            "FROM debian\nRUN {MOUNT} <<'E'\ncat > /srv/a <<F && rm -f /srv/a\n$(cat \
             /run/secrets/tok)\nF\nE\n"
        ),
    );
    // A command in the background may write after the last one.
    let in_memory = format!("RUN --mount=type=tmpfs,target=/tmp/secret {MOUNT}");
    check(
        Rule::SecretInLayer,
        &format!("FROM debian\nRUN {MOUNT} cp /run/secrets/tok /srv/a &\n"),
        Unsafe,
        &format!("FROM debian\n{in_memory} cp /run/secrets/tok /tmp/secret/a &\n"),
    );
}

#[test]
fn the_token_of_a_clone_moves_to_a_credential_helper() {
    let clone = format!(
        "FROM debian\nRUN {MOUNT} git clone https://x:$(cat /run/secrets/tok)@github.com/a/b /src\n"
    );
    let fixed = format!(
        "FROM debian\nRUN {MOUNT} git -c credential.helper= -c \
         credential.https://github.com.helper='!f() {{ echo username=x; echo \"password=$(cat \
         /run/secrets/tok)\"; }}; f' clone https://github.com/a/b /src\n"
    );
    check(Rule::SecretInLayer, &clone, Safe, &fixed);
    let later = "RUN cd /src && git pull\n";
    let repair = check(
        Rule::SecretInLayer,
        &format!("{clone}{later}"),
        Unsafe,
        &format!("{fixed}{later}"),
    );
    assert!(repair.title.contains("credential.helper="), "{repair:?}");
}

#[test]
fn tracing_ends_before_the_command() {
    let read = "T=$(cat /run/secrets/tok)";
    check(
        Rule::SecretInBuildLog,
        &format!("FROM debian\nRUN {MOUNT} set -x && {read}\n"),
        Safe,
        &format!("FROM debian\nRUN {MOUNT} set -x && set +x && {read}\n"),
    );
    // There the command would run even if the first one succeeds.
    check(
        Rule::SecretInBuildLog,
        &format!("FROM debian\nRUN {MOUNT} set -x; false || {read}\n"),
        Unsafe,
        &format!("FROM debian\nRUN {MOUNT} set -x; false || set +x && {read}\n"),
    );
}

#[test]
fn an_argument_becomes_a_mount_of_the_steps_that_use_it() {
    let mount = "--mount=type=secret,id=API_TOKEN,env=API_TOKEN,required=true";
    let repair = check(
        Rule::SecretsUsedInArgOrEnv,
        "FROM debian\nARG API_TOKEN\nENV API_TOKEN=$API_TOKEN\nRUN true\nRUN curl -H \"X: \
         $API_TOKEN\" https://x.test\n",
        Unsafe,
        &format!("FROM debian\nRUN true\nRUN {mount} curl -H \"X: $API_TOKEN\" https://x.test\n"),
    );
    let [caller] = repair.callers.as_slice() else {
        panic!("{repair:?}")
    };
    assert_eq!(caller.passed, Passed::Argument("API_TOKEN".to_owned()));
    assert_eq!(caller.flag(), "--secret id=API_TOKEN,env=API_TOKEN");
    check(
        Rule::SecretsUsedInArgOrEnv,
        "FROM debian\nARG A=1 API_TOKEN B\nRUN curl $API_TOKEN $B\n",
        Unsafe,
        &format!("FROM debian\nARG A=1 B\nRUN {mount} curl $API_TOKEN $B\n"),
    );
    check(
        Rule::SecretsUsedInArgOrEnv,
        "FROM debian\nENV A=1 API_TOKEN=x-12\nRUN curl $API_TOKEN\nFROM debian\nRUN echo \
         $API_TOKEN",
        Unsafe,
        &format!(
            "FROM debian\nENV A=1\nRUN {mount} curl $API_TOKEN\nFROM debian\nRUN echo $API_TOKEN"
        ),
    );
    // No mount reaches a label, and which program reads it is unknown.
    check_none(
        Rule::SecretsUsedInArgOrEnv,
        "FROM debian\nARG API_TOKEN\nLABEL a=$API_TOKEN\nRUN echo $API_TOKEN\n",
    );
    check_none(
        Rule::SecretsUsedInArgOrEnv,
        "FROM debian\nARG API_TOKEN\nRUN make\n",
    );
}

#[test]
fn a_copied_file_is_mounted_at_its_place() {
    let mount = "--mount=type=secret,id=npmrc,target=/app/.npmrc,required=true";
    let repair = check(
        Rule::SecretFileInContext,
        "FROM node:22\nWORKDIR /app\nCOPY .npmrc package.json ./\nRUN npm ci && rm -f .npmrc\n",
        Unsafe,
        &format!("FROM node:22\nWORKDIR /app\nCOPY package.json ./\nRUN {mount} npm ci\n"),
    );
    assert_eq!(repair.ignore, [".npmrc"]);
    assert_eq!(repair.callers[0].flag(), "--secret id=npmrc,src=.npmrc");
    check(
        Rule::SecretFileInContext,
        "FROM node:22\nWORKDIR /app\nCOPY .npmrc .\nRUN npm ci\nRUN rm .npmrc\nCMD x\n",
        Unsafe,
        &format!("FROM node:22\nWORKDIR /app\nRUN {mount} npm ci\nCMD x\n"),
    );
    // A directory is no secret, and no step reads the other one.
    check_none(
        Rule::SecretFileInContext,
        "FROM a\nCOPY .ssh /root/.ssh\nRUN git pull\n",
    );
    check_none(
        Rule::SecretFileInContext,
        "FROM a\nCOPY .npmrc /x/\nRUN make\n",
    );
    check_none(
        Rule::SecretFileInContext,
        "FROM a\nCOPY .npmrc /x/\nRUN npm ci; rm -f .npmrc other\n",
    );
}

#[test]
fn a_written_file_is_mounted_at_its_place() {
    let mount = "--mount=type=secret,id=tok,target=/root/.netrc,required=true";
    // A copy is the same secret.
    let repair = check(
        Rule::SecretInLayer,
        &format!(
            "FROM python:3.12\nRUN {MOUNT} cp /run/secrets/tok /root/.netrc && pip install \
             acme\nRUN rm \
             /root/.netrc\n"
        ),
        Unsafe,
        &format!("FROM python:3.12\nRUN {mount} pip install acme\n"),
    );
    assert_eq!(repair.callers, []);
    check(
        Rule::SecretInLayer,
        &format!(
            "FROM debian\nRUN {MOUNT} cat /run/secrets/tok > /root/.netrc\nRUN git clone \
             https://h/r /r && \
             rm -f /root/.netrc\nCMD x\n"
        ),
        Unsafe,
        &format!("FROM debian\nRUN {mount} git clone https://h/r /r\nCMD x\n"),
    );
    // The owner of the mount is kept.
    check(
        Rule::SecretInLayer,
        &format!(
            "FROM debian\nUSER 1000\nRUN {MOUNT},uid=1000 cp /run/secrets/tok /srv/.netrc\nRUN \
             git pull\n"
        ),
        Unsafe,
        "FROM debian\nUSER 1000\nRUN \
         --mount=type=secret,id=tok,target=/srv/.netrc,required=true,uid=1000 git pull\n",
    );
    // With more text it is another one, which the caller passes.
    let npmrc = "--mount=type=secret,id=npmrc,target=/app/.npmrc,required=true";
    let write = "echo \"//npm.acme.test/:_authToken=$(cat /run/secrets/tok)\" > .npmrc";
    let repair = check(
        Rule::SecretInLayer,
        &format!("FROM node:22\nWORKDIR /app\nRUN {MOUNT} {write}\nRUN npm ci && rm -f .npmrc\n"),
        Unsafe,
        &format!("FROM node:22\nWORKDIR /app\nRUN {npmrc} npm ci\n"),
    );
    assert_eq!(repair.callers[0].flag(), "--secret id=npmrc,src=.npmrc");
    check(
        Rule::SecretInLayer,
        &format!(
            "FROM node:22\nWORKDIR /app\nRUN {MOUNT} echo a && {write} && date\nRUN npm ci\nRUN \
             rm .npmrc\n"
        ),
        Unsafe,
        &format!("FROM node:22\nWORKDIR /app\nRUN {npmrc} echo a && date\nRUN {npmrc} npm ci\n"),
    );
    // The step itself reads it, and a later `rm` would fail.
    check(
        Rule::SecretInLayer,
        &format!(
            "FROM node:22\nWORKDIR /app\nRUN {MOUNT} {write} && npm ci\nRUN npm test\nRUN rm \
             .npmrc\n"
        ),
        Unsafe,
        &format!(
            "FROM node:22\nWORKDIR /app\nRUN {MOUNT} {write} && npm ci && rm -f \
             /app/.npmrc\nRUN npm \
             test\n"
        ),
    );
    // Used in one step alone, it is removed there; an unknown file, too.
    check(
        Rule::SecretInLayer,
        &format!(
            "FROM debian\nRUN {MOUNT} cp /run/secrets/tok /root/.netrc && git clone https://h/r \
             /r\n"
        ),
        Safe,
        &format!(
            "FROM debian\nRUN {MOUNT} cp /run/secrets/tok /root/.netrc && git clone https://h/r \
             /r && rm -f \
             /root/.netrc\n"
        ),
    );
    check(
        Rule::SecretInLayer,
        &format!("FROM debian\nRUN {MOUNT} cp /run/secrets/tok /etc/acme\nRUN acme\n"),
        Unsafe,
        &format!(
            "FROM debian\nRUN {MOUNT} cp /run/secrets/tok /etc/acme && rm -f /etc/acme\nRUN acme\n"
        ),
    );
}

#[test]
fn a_repository_is_mounted_or_ignored() {
    let repair = check(
        Rule::SecretFileInContext,
        "FROM a\nCOPY .git .git\nRUN make\n",
        Unsafe,
        "FROM a\nRUN make\n",
    );
    assert_eq!(repair.ignore, [".git"]);
    let repair = check(
        Rule::SecretFileInContext,
        "FROM a\nCOPY .git .git\nRUN git describe > v\n",
        Unsafe,
        "FROM a\nRUN --mount=type=bind,source=.git,target=.git git describe > v\n",
    );
    assert_eq!(repair.ignore, [""; 0]);
}

#[test]
fn files_that_a_directory_contains_are_ignored() {
    let context = Context {
        secret_files: vec![".env".to_owned(), "conf/id_rsa".to_owned()],
        ..Context::default()
    };
    let text = "FROM a\nCOPY . /app\n";
    let (repair, edited) = fixed(Rule::SecretFileInContext, text, &context).expect("has a fix");
    assert_eq!((edited.as_str(), repair.applicability), (text, Unsafe));
    assert_eq!(repair.ignore, [".env", "conf/id_rsa"]);
}

#[test]
fn options_of_mounts() {
    check(
        Rule::SecretNotRequired,
        "FROM a\nRUN --mount=type=secret,id=a,env=A x\nRUN --mount=type=secret,id=b,env=B y\n",
        Unsafe,
        "FROM a\nRUN --mount=type=secret,id=a,env=A,required=true x\nRUN \
         --mount=type=secret,id=b,env=B,required=true y\n",
    );
    check_none(
        Rule::SecretNotRequired,
        "FROM a\nRUN --mount=\"type=secret,id=a,env=A\" x\n",
    );
    check(
        Rule::SecretUnreadable,
        "FROM debian\nUSER 1000\nRUN --mount=type=secret,id=a,required=true cat /run/secrets/a | \
         sha256sum > /tmp/x\n",
        Unsafe,
        "FROM debian\nUSER 1000\nRUN --mount=type=secret,id=a,required=true,uid=1000 cat \
         /run/secrets/a | sha256sum > /tmp/x\n",
    );
    let repair = check(
        Rule::SecretNotMounted,
        "FROM debian\nRUN test -s /run/secrets/a\n",
        Unsafe,
        "FROM debian\nRUN --mount=type=secret,id=a,required=true test -s /run/secrets/a\n",
    );
    assert_eq!(repair.callers[0].flag(), "--secret id=a,env=a");
}

#[test]
fn comments_and_decisions() {
    let note = "# dockerfile-dsl: allow=SecretInLayer reason=\"x\"";
    check(
        Rule::UnusedNote,
        &format!("FROM a\n{note}\nRUN true"),
        Safe,
        "FROM a\nRUN true",
    );
    check(
        Rule::SecretToUnknownProgram,
        &format!("FROM debian\n  RUN {MOUNT} frobctl /run/secrets/tok\n"),
        Decision,
        &format!(
            "FROM debian\n  # dockerfile-dsl: trust=frobctl output reason=\"...\"\n  RUN {MOUNT} \
             frobctl /run/secrets/tok\n"
        ),
    );
    let unknown = "SHELL [\"/usr/bin/fish\", \"-c\"]";
    let known = "SHELL [\"/bin/sh\", \"-c\"]";
    let run = format!("{note}\nRUN {MOUNT} cat /run/secrets/tok\n");
    check(
        Rule::SecretUnderUnknownShell,
        &format!("FROM debian\n{unknown}\n{run}"),
        Unsafe,
        &format!("FROM debian\n{unknown}\n{known}\n{run}"),
    );
}
