//! What programs make of a user name and a value, and can be computed from the value alone: found whatever the name is, so that
//! nothing has to know the names of a Dockerfile.

mod support;

use dockerfile_dsl_analysis::git_host;
use dockerfile_dsl_verify::{Match, Verdict};
use support::{Fixture, Layer, TOKEN, base64, scan, secret};

/// Names that registries, forges and package hosts want beside a token.
const USERS: &[&str] = &[
    "_json_key",
    "_json_key_base64",
    "oauth2accesstoken",
    "AWS",
    "00000000-0000-0000-0000-000000000000",
    "__token__",
    "token",
    "git",
    "robot$ci+build",
    "someone@example.com",
    "m\u{fc}ller",
    "a",
    "",
];

const VALUES: &[&str] = &[TOKEN, "p4$$w'rd\"x\\y&z", "hunter22", "correct-horse"];

/// The names of the fixes that are printed for git hosts, with each token that they know.
fn users() -> Vec<&'static str> {
    let hosts = ["github.com", "gitlab.com", "bitbucket.org", "git.acme.test"];
    let mut users: Vec<_> = hosts
        .iter()
        .flat_map(|host| ["TOKEN", "CI_JOB_TOKEN"].map(|token| git_host::user(host, token)))
        .chain(USERS.iter().copied())
        .collect();
    users.sort_unstable();
    users.dedup();
    users
}

/// All but letters, digits and these.
fn percent(text: &str, kept: &str, is_capital: bool) -> String {
    let is_kept = |byte: u8| byte.is_ascii_alphanumeric() || kept.as_bytes().contains(&byte);
    let bytes = text.bytes().map(|byte| match (is_kept(byte), is_capital) {
        (true, _) => char::from(byte).to_string(),
        (_, true) => format!("%{byte:02X}"),
        (_, false) => format!("%{byte:02x}"),
    });
    bytes.collect()
}

/// Who writes it, and what.
fn written(user: &str, value: &str) -> Vec<(&'static str, String)> {
    let pair = base64(format!("{user}:{value}").as_bytes());
    let auths = format!("{{\"auths\":{{\"r.example\":{{\"auth\":\"{pair}\"}}}}}}");
    let quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
    let pgpass = value.replace('\\', "\\\\").replace(':', "\\:");
    let xml = value
        .replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('\'', "&apos;");
    let (name, part) = (percent(user, "-._~", true), percent(value, "-._~", true));
    vec![
        ("curl", format!("Authorization: Basic {pair}\r\n")),
        (
            "git of actions/checkout",
            format!("[http \"https://h/\"]\n\textraheader = AUTHORIZATION: basic {pair}\n"),
        ),
        ("docker", auths.clone()),
        ("kubernetes", base64(auths.as_bytes())),
        ("npm", format!("//r.example/:_auth={pair}\n")),
        ("yarn", format!("npmAuthIdent: \"{user}:{quoted}\"\n")),
        (
            "npm, older",
            format!("username={user}\n_password={}\n", base64(value.as_bytes())),
        ),
        (
            "netrc",
            format!("machine h.example login {user} password {value}\n"),
        ),
        (
            "netrc in lines",
            format!("machine h.example\n  login {user}\n  password \"{quoted}\"\n"),
        ),
        ("pgpass", format!("h:5432:*:{user}:{pgpass}\n")),
        ("git-credentials", format!("https://{name}:{part}@h\n")),
        ("pip", format!("index-url = https://{name}:{part}@h/simple")),
        (
            "small digits",
            format!("https://{name}:{}@h", percent(value, "-._~", false)),
        ),
        (
            "Go",
            format!("https://{name}:{}@h", percent(value, "-._~$&+,;=", true)),
        ),
        (
            "the pair",
            percent(&format!("{user}:{value}"), "-._~", true),
        ),
        (
            "the pair, twice",
            percent(
                &percent(&format!("{user}:{value}"), "-._~", true),
                "-._~",
                true,
            ),
        ),
        ("form", format!("username={name}&password={part}&scope=x")),
        (
            "in a query",
            format!("?auth={}&x", percent(&pair, "", true)),
        ),
        (
            "base64url",
            pair.replace('+', "-")
                .replace('/', "_")
                .trim_end_matches('=')
                .to_owned(),
        ),
        (
            "Maven",
            format!("<username>{user}</username><password>{xml}</password>"),
        ),
        (
            "credential helper",
            format!("{{\"Username\":\"{user}\",\"Secret\":\"{quoted}\"}}"),
        ),
        // The token as the user.
        (
            "GitHub",
            base64(format!("{value}:x-oauth-basic").as_bytes()),
        ),
        ("Stripe", base64(format!("{value}:").as_bytes())),
        ("token as user", format!("https://{part}:x-oauth-basic@h/")),
    ]
}

#[test]
fn a_user_and_a_value() {
    for value in VALUES {
        let mut layer = Layer::new();
        let mut names = Vec::new();
        for user in users() {
            for (writer, content) in written(user, value) {
                let path = format!("file{}", names.len());
                layer.add(&path, content.as_bytes());
                names.push((path, format!("{writer} of `{user}`: {content}")));
            }
        }
        assert!(names.len() > 300, "{}", names.len());
        let archive = Fixture::new([layer.build()]).oci_archive();
        let report = scan(&archive, &[secret(value)]);
        for (path, what) in &names {
            let mut found = report.findings.iter();
            assert!(
                found.any(|one| one.path == *path && one.matched == Match::Whole),
                "{what}"
            );
        }
        // The same of another value is none of this one.
        let report = scan(&archive, &[secret("q5%%v-se#cret/w0rd")]);
        assert_eq!(report.verdict(), Verdict::Clean, "{}", report.human());
    }
}

#[test]
fn the_user_alone_is_no_leak() {
    let mut layer = Layer::new();
    for (index, user) in users().into_iter().enumerate() {
        for (writer, content) in written(user, "other-password") {
            layer.add(&format!("{index}/{writer}"), content.as_bytes());
        }
    }
    let archive = Fixture::new([layer.build()]).oci_archive();
    for value in VALUES {
        let report = scan(&archive, &[secret(value)]);
        assert_eq!(report.verdict(), Verdict::Clean, "{}", report.human());
    }
}
