//! Derived secrets: what a program opens, fetches or issues with a secret, each with a near miss.

use super::super::check_file;
use crate::dockerfile::read;
use crate::{Finding, Rule, Severity};

/// Returns the findings of a step that has the secret `tok` as a file and in `$TOK`.
fn found(notes: &str, script: &str) -> Vec<Finding> {
    let secret = "--mount=type=secret,id=tok,env=TOK --mount=type=secret,id=tok,required=true";
    let text = format!("FROM alpine\n{notes}RUN {secret} <<'EOF'\n{script}\nEOF\n");
    let file = read(&text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
    let mut found = check_file(&file);
    found.retain(|finding| finding.rule != Rule::SecretNotUsed);
    found.retain(|finding| finding.rule != Rule::SecretNotRequired);
    found
}

#[track_caller]
fn check(script: &str, expected: &[Rule]) {
    let found = found("", script);
    let rules: Vec<Rule> = found.iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, expected, "{script}\n{found:#?}");
}

const LAYER: &[Rule] = &[Rule::DerivedSecretInLayer];
const LOG: &[Rule] = &[Rule::DerivedSecretInBuildLog];

/// Each program that opens, fetches or issues a secret; the result is stored or printed, and then only used.
#[test]
fn what_a_secret_opens_is_a_secret() {
    let file = "/run/secrets/tok";
    let age = "SOPS_AGE_KEY=$TOK";
    let aws = "AWS_SECRET_ACCESS_KEY=$TOK aws";
    let vault = "VAULT_TOKEN=$TOK vault";
    for (gives, is_printed) in [
        (format!("{age} sops -d conf.enc.yaml"), true),
        (format!("{age} sops --decrypt conf.enc.yaml"), true),
        (format!("{age} sops decrypt conf.enc.yaml"), true),
        (
            format!("{age} sops decrypt --output /app/c conf.enc.yaml"),
            false,
        ),
        (
            format!("SOPS_AGE_KEY_FILE={file} sops -d conf.enc.yaml"),
            true,
        ),
        (format!("age -d -i {file} db.age"), true),
        (format!("age --decrypt -i {file} -o /app/db db.age"), false),
        (
            format!("gpg --batch --passphrase-file {file} -d db.gpg"),
            true,
        ),
        (
            "gpg --batch --passphrase \"$TOK\" --output /app/db --decrypt db.gpg".into(),
            false,
        ),
        (
            "echo \"$TOK\" | gpg --batch --passphrase-fd 0 -d db.gpg".into(),
            true,
        ),
        (
            format!("openssl enc -d -aes-256-cbc -pass file:{file} -in db.enc"),
            true,
        ),
        (
            "openssl enc -d -aes-256-cbc -pass env:TOK -in db.enc -out /app/db".into(),
            false,
        ),
        ("openssl aes-256-cbc -d -k \"$TOK\" -in db.enc".into(), true),
        (
            format!("openssl smime -decrypt -inkey {file} -in db.pem"),
            true,
        ),
        (
            format!("ansible-vault view --vault-password-file {file} vars.yml"),
            true,
        ),
        (
            format!("ansible-vault decrypt --vault-password-file {file} vars.yml"),
            false,
        ),
        (
            format!("ansible-vault decrypt --vault-id {file} --output /app/v vars.yml"),
            false,
        ),
        (format!("{vault} kv get -field=password kv/db"), true),
        (format!("{vault} read -field=data kv/db"), true),
        (
            format!("{vault} write -field=token auth/approle/login role_id=a secret_id=$TOK"),
            true,
        ),
        (
            "OP_SERVICE_ACCOUNT_TOKEN=$TOK op read op://v/i/f".into(),
            true,
        ),
        (
            "OP_SERVICE_ACCOUNT_TOKEN=$TOK op inject -i t.tpl -o /app/t".into(),
            false,
        ),
        (
            "DOPPLER_TOKEN=$TOK doppler secrets download --no-file --format env".into(),
            true,
        ),
        (
            format!("{aws} secretsmanager get-secret-value --secret-id db"),
            true,
        ),
        (
            format!("{aws} ssm get-parameter --name /db --with-decryption"),
            true,
        ),
        (
            format!("{aws} sts assume-role --role-arn a --role-session-name b"),
            true,
        ),
        (format!("{aws} ecr get-login-password"), true),
        (
            format!("GOOGLE_APPLICATION_CREDENTIALS={file} gcloud auth print-access-token"),
            true,
        ),
        (
            format!("GOOGLE_APPLICATION_CREDENTIALS={file} gcloud secrets versions access latest"),
            true,
        ),
        (
            "AZURE_CLIENT_SECRET=$TOK az account get-access-token".into(),
            true,
        ),
        (
            "AZURE_CLIENT_SECRET=$TOK az keyvault secret show --name a --vault-name b".into(),
            true,
        ),
        (
            format!("kubectl --kubeconfig {file} get secret db -o yaml"),
            true,
        ),
        (
            format!("KUBECONFIG={file} kubectl get secret/db -o jsonpath={{.data}}"),
            true,
        ),
        ("kubectl --token \"$TOK\" create token robot".into(), true),
        (
            "AWS_SECRET_ACCESS_KEY=$TOK terraform output -json".into(),
            true,
        ),
    ] {
        if is_printed {
            check(&gives, LOG);
            check(&format!("{gives} > /app/kept"), LAYER);
            check(&format!("{gives} > /dev/null"), &[]);
            check(
                &format!("X=$({gives})\ncurl -H \"Authorization: $X\" https://h.test/a"),
                &[],
            );
            check(&format!("X=$({gives})\necho \"$X\" | wc -c"), &[]);
        } else {
            check(&gives, LAYER);
            check(
                &format!("cd /dev/shm\n{}", gives.replace("/app/", "/dev/shm/")),
                &[],
            );
        }
    }
}

/// The same programs where they only use the secret, or where their result is not a secret.
#[test]
fn what_is_used_is_no_second_secret() {
    let file = "/run/secrets/tok";
    for uses in [
        format!("gpg --batch --passphrase-file {file} -b db.tar"),
        "gpg --batch -d public.gpg".into(),
        "openssl enc -d -aes-256-cbc -pass pass:public -in db.enc".into(),
        format!("openssl dgst -sha256 -sign {file} -out a.sig a.bin"),
        "age -d -i public.txt db.age".into(),
        "AWS_SECRET_ACCESS_KEY=$TOK aws sts get-caller-identity".into(),
        "AWS_SECRET_ACCESS_KEY=$TOK aws s3 cp s3://b/model.bin /app/model.bin".into(),
        "AWS_SECRET_ACCESS_KEY=$TOK aws ssm get-parameter --name /public".into(),
        "VAULT_TOKEN=$TOK vault status".into(),
        format!("kubectl --kubeconfig {file} get secrets"),
        format!("kubectl --kubeconfig {file} get secrets -o name"),
        format!("kubectl --kubeconfig {file} get pods -o yaml"),
        "GH_TOKEN=$TOK gh release download -R a/b".into(),
        "curl -H \"Authorization: Bearer $TOK\" https://h.test/oauth/token -o /app/answer".into(),
        "AWS_SECRET_ACCESS_KEY=$TOK terraform init".into(),
        // The secret is in a variable that the program does not read.
        "NPM_TOKEN=$TOK vault read pki/cert/ca > /app/ca.pem".into(),
    ] {
        check(&uses, &[]);
    }
}

/// A derived secret is followed like any other: into files, programs, and secrets derived from it.
#[test]
fn it_is_followed_like_any_other() {
    let read = "X=$(VAULT_TOKEN=$TOK vault read -field=a kv/a)";
    check(
        &format!("{read}\nprintf %s \"$X\" | base64 > /app/x"),
        LAYER,
    );
    check(&format!("{read}\nset -x\ncurl -u a:$X https://h.test"), LOG);
    check(
        &format!("{read}\nfrobctl --key \"$X\""),
        &[Rule::SecretToUnknownProgram],
    );
    check(
        &format!("{read}\nage -d -i - db.age <<< \"$X\" > /app/db"),
        LAYER,
    );
    check(
        "VAULT_TOKEN=$TOK vault read -field=a kv/a > x\ncat x > /dev/null\nrm x",
        &[],
    );
    let pass = "AWS_SECRET_ACCESS_KEY=$TOK aws ecr get-login-password";
    let login = format!("{pass} | docker login -u AWS --password-stdin r.test");
    check(&login, LAYER);
    check(&format!("{login}\ndocker logout r.test"), &[]);
    check(&format!("export DOCKER_CONFIG=/dev/shm\n{login}"), &[]);
    check("DOPPLER_TOKEN=$TOK doppler run -- true", &[]);
    check(
        "A=$TOK; unset TOK\nDOPPLER_TOKEN=$A doppler run -- sh -c 'env -u DOPPLER_TOKEN env'",
        LOG,
    );
    check(
        "DOPPLER_TOKEN=$TOK doppler run -- true\nenv -u TOK true\nprintf %s \"$Y\"",
        &[],
    );
    // The decrypted content of a mounted file is the secret itself.
    check(
        "gpg --batch --passphrase p -d /run/secrets/tok > /app/x",
        &[Rule::SecretInLayer],
    );
}

/// A warning in `check`, an error under `--strict` and for the builder; the note applies to one program.
#[test]
fn the_level_and_the_note() {
    let script = "VAULT_TOKEN=$TOK vault read -field=a kv/a > /app/a";
    let only = found("", script).remove(0);
    assert_eq!(only.severity, Severity::Warning);
    assert!(only.is_error_when_strict() && only.is_refused());
    assert_eq!(only.issued_by(), Some("vault"));
    let note = |text: &str| format!("# dockerfile-dsl: {text} reason=\"why\"\n");
    let rules = |notes: &str, script: &str| -> Vec<Rule> {
        found(notes, script)
            .iter()
            .map(|finding| finding.rule)
            .collect()
    };
    assert_eq!(rules(&note("declassify=tok/vault"), script), []);
    assert_eq!(
        rules(&note("allow=DerivedSecretInLayer secret=tok"), script),
        []
    );
    let unused = [Rule::UnusedNote, Rule::DerivedSecretInLayer];
    // The note covers neither the secret itself nor another program.
    assert_eq!(rules(&note("declassify=tok"), script), unused);
    assert_eq!(rules(&note("declassify=tok/op"), script), unused);
    let unused = [Rule::UnusedNote, Rule::SecretInLayer];
    assert_eq!(
        rules(&note("declassify=tok/vault"), "echo $TOK > /app/a"),
        unused
    );
}
