//! Structured secrets are mostly text that honest images are full of: files of the same kind with another credential, public
//! keys, certificates. None of it is an alarm; the credential alone is.

mod support;

use std::fs::{self, File};
use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use dockerfile_dsl_verify::{Image, Secret, Verify};
use libtest_mimic::{Arguments, Completion, Trial};
use support::{Fixture, Layer, base64, gzip, scan};

fn main() -> ExitCode {
    let trial = |name: &str, test: fn()| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    };
    let trials = vec![
        trial(
            "honest_files_of_the_same_kinds_are_no_alarm",
            honest_files_of_the_same_kinds_are_no_alarm,
        ),
        trial("the_token_alone_is_found", the_token_alone_is_found),
        trial(
            "a_private_key_is_found_in_any_wrapping",
            a_private_key_is_found_in_any_wrapping,
        ),
        trial("the_whole_file_is_whole", the_whole_file_is_whole),
        Trial::ignorable_test("a_real_root_file_system_is_no_alarm", || {
            if let Some(path) = root_file_system() {
                a_real_root_file_system_is_no_alarm(&path);
                return Ok(Completion::Completed);
            }
            let reason = "needs a root file system: `.ci/engine boilerplate`";
            if std::env::var_os("CI").is_some_and(|ci| ci == "true") {
                return Err(reason.into());
            }
            Ok(Completion::ignored_with(reason))
        }),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Two tokens of a kind, neither of which any pattern knows.
const OURS: &str = "Zq7vT2pLx9Rk4Wn8Yb3Hd6Mc";
const OTHER: &str = "Ku5jF1sQe0Ag7Xo2Ci9Pz4Vr";

/// A file with a token in it, as its program writes it.
fn with_token(name: &str, token: &str) -> String {
    let basic = base64(format!("deploy:{token}").as_bytes());
    match name {
        "settings.xml" => format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<settings xmlns="http://maven.apache.org/SETTINGS/1.2.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
          xsi:schemaLocation="http://maven.apache.org/SETTINGS/1.2.0 https://maven.apache.org/xsd/settings-1.2.0.xsd">
  <localRepository>/path/to/local/repo</localRepository>
  <pluginGroups><pluginGroup>org.sonatype.plugins</pluginGroup></pluginGroups>
  <servers>
    <!-- server | Specifies the authentication information to use when connecting to a particular server -->
    <server>
      <id>deploymentRepo</id>
      <username>repouser</username>
      <password>{token}</password>
    </server>
  </servers>
  <mirrors><mirror><id>maven-default-http-blocker</id><mirrorOf>external:http:*</mirrorOf>
      <name>Pseudo repository to mirror external repositories initially using HTTP.</name><url>http://0.0.0.0/</url><blocked>true</blocked></mirror></mirrors>
</settings>
"#
        ),
        ".npmrc" => format!(
            "registry=https://registry.npmjs.org/\nalways-auth=true\nfund=false\n\
             @acme:registry=https://npm.acme.example/\n//npm.acme.example/:_authToken={token}\n\
             //registry.npmjs.org/:email=npm@acme.example\nstrict-ssl=true\n"
        ),
        "kubeconfig" => format!(
            "apiVersion: v1\nkind: Config\nclusters:\n- cluster:\n    certificate-authority-data: \
             {}\n    server: https://kubernetes.default.svc.cluster.local:6443\n  name: \
             kubernetes\ncontexts:\n- context:\n    cluster: kubernetes\n    namespace: \
             default\n    user: kubernetes-admin\n  name: kubernetes-admin@kubernetes\n\
             current-context: kubernetes-admin@kubernetes\npreferences: {{}}\nusers:\n- name: \
             kubernetes-admin\n  user:\n    token: {token}\n",
            base64(key("rsa-a.crt").as_bytes())
        ),
        ".netrc" => format!(
            "# per host\nmachine github.com\n  login x-access-token\n  password {token}\nmachine \
             ftp.gnu.org login anonymous password user@\n"
        ),
        ".env" => format!(
            "NODE_ENV=production\n\
             PORT=3000\n\
             DATABASE_URL=postgresql://postgres:{token}@localhost:5432/postgres?schema=public\n\
             LOG_LEVEL=info\nSECRET_KEY_BASE={token}\nREDIS_URL=redis://localhost:6379/0\n"
        ),
        "pip.conf" => format!(
            "[global]\nindex-url = https://pypi.org/simple\nextra-index-url = \
             https://__token__:{token}@pypi.acme.example/simple\ntrusted-host = pypi.acme.example\n\
             disable-pip-version-check = true\n[install]\nno-cache-dir = true\n"
        ),
        "auth.conf" => format!("machine deb.acme.example\nlogin apt\npassword {token}\n"),
        "config.json" => format!(
            "{{\n\t\"auths\": {{\n\t\t\"https://index.docker.io/v1/\": {{\n\t\t\t\"auth\": \
             \"{basic}\"\n\t\t}}\n\t}},\n\t\"HttpHeaders\": {{\n\t\t\"User-Agent\": \
             \"Docker-Client/28.5.2 (linux)\"\n\t}},\n\t\"credsStore\": \"desktop\"\n}}\n"
        ),
        _ => panic!("{name}"),
    }
}

/// A file that is, or holds, one of two private keys.
fn with_key(name: &str, which: char) -> String {
    match name {
        "service-account.json" => format!(
            "{{\n  \"type\": \"service_account\",\n  \"project_id\": \"acme\",\n  \
             \"private_key_id\": \"{}\",\n  \"private_key\": \"{}\",\n  \"client_email\": \
             \"build@acme.iam.gserviceaccount.com\",\n  \"client_id\": \
             \"108734512345678901234\",\n  \"auth_uri\": \
             \"https://accounts.google.com/o/oauth2/auth\",\n  \"token_uri\": \
             \"https://oauth2.googleapis.com/token\",\n  \"auth_provider_x509_cert_url\": \
             \"https://www.googleapis.com/oauth2/v1/certs\",\n  \"universe_domain\": \
             \"googleapis.com\"\n}}\n",
            "4f".repeat(20),
            key(&format!("rsa-{which}.pem")).replace('\n', "\\n")
        ),
        "rsa.pem" => key(&format!("rsa-{which}.pem")),
        "ec.pem" => key(&format!("ec-{which}.pem")),
        "id_ed25519" => key(&format!("ssh-{which}")),
        "id_rsa" => key(&format!("sshrsa-{which}")),
        "pgp.asc" => key(&format!("pgp-{which}.asc")),
        "kubeconfig" => format!(
            "apiVersion: v1\nkind: Config\nusers:\n- name: admin\n  user:\n    \
             client-certificate-data: {}\n    client-key-data: {}\n",
            base64(key(&format!("rsa-{which}.crt")).as_bytes()),
            base64(key(&format!("rsa-{which}.pem")).as_bytes())
        ),
        _ => panic!("{name}"),
    }
}

const TOKEN_FILES: [&str; 8] = [
    "settings.xml",
    ".npmrc",
    "kubeconfig",
    ".netrc",
    ".env",
    "pip.conf",
    "auth.conf",
    "config.json",
];
const KEY_FILES: [&str; 7] = [
    "service-account.json",
    "rsa.pem",
    "ec.pem",
    "id_ed25519",
    "id_rsa",
    "pgp.asc",
    "kubeconfig",
];

fn key(name: &str) -> String {
    fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/data/keys")
            .join(name),
    )
    .unwrap()
}

fn secret(name: &str, value: &str) -> Secret {
    // From a file of its usual name, so that the format is guessed as it is for a user.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, value).unwrap();
    Secret::from_file(name, path).unwrap()
}

/// Every file with the other token and key, the public halves of our keys, and all of it packed.
fn honest() -> Layer {
    let mut layer = Layer::new();
    for name in TOKEN_FILES {
        let text = with_token(name, OTHER);
        layer.add(&format!("tokens/{name}"), text.as_bytes());
        layer.add(&format!("packed/{name}.gz"), &gzip(text.as_bytes()));
        layer.add(
            &format!("encoded/{name}"),
            base64(text.as_bytes()).as_bytes(),
        );
    }
    for name in KEY_FILES {
        let text = with_key(name, 'b');
        layer.add(&format!("keys/{name}"), text.as_bytes());
        layer.add(
            &format!("encoded/{name}.key"),
            base64(text.as_bytes()).as_bytes(),
        );
    }
    for public in [
        "rsa-a.pub.pem",
        "rsa-a.crt",
        "ec-a.pub.pem",
        "ssh-a.pub",
        "sshrsa-a.pub",
        "pgp-a.pub.asc",
    ] {
        let text = key(public);
        layer.add(&format!("public/{public}"), text.as_bytes());
        // Shifted, so that the public half occurs at every alignment that it may have in the private file.
        for shift in 0..3 {
            let body: String = text
                .lines()
                .filter(|line| !line.starts_with("-----"))
                .flat_map(|line| line.split(' '))
                .filter(|word| word.len() > 40)
                .collect();
            layer.add(
                &format!("shifted/{public}.{shift}"),
                base64(&[&b"abc"[..shift], body.as_bytes()].concat()).as_bytes(),
            );
        }
    }
    layer
}

fn honest_files_of_the_same_kinds_are_no_alarm() {
    let archive = Fixture::new([honest().build()]).oci_archive();
    for name in TOKEN_FILES {
        let report = scan(&archive, &[secret(name, &with_token(name, OURS))]);
        assert_eq!(report.findings, [], "{name}: {}", report.human());
    }
    for name in KEY_FILES {
        let report = scan(&archive, &[secret(name, &with_key(name, 'a'))]);
        assert_eq!(report.findings, [], "{name}: {}", report.human());
    }
}

fn the_token_alone_is_found() {
    for name in TOKEN_FILES {
        for (place, content) in [
            ("plain", format!("x={OURS};")),
            ("fragment", format!("x {} x", &OURS[4..20])),
            ("base64", base64(format!("me:{OURS}").as_bytes())),
        ] {
            let archive = Fixture::new([honest().file("leak", content).build()]).oci_archive();
            let report = scan(&archive, &[secret(name, &with_token(name, OURS))]);
            assert!(
                report.findings.iter().any(|finding| finding.path == "leak"),
                "{name} {place}: {}",
                report.human()
            );
            assert!(
                report.findings.iter().all(|finding| finding.path == "leak"),
                "{name} {place}: {}",
                report.human()
            );
        }
    }
}

fn a_private_key_is_found_in_any_wrapping() {
    for name in KEY_FILES {
        let value = with_key(name, 'a');
        let pem = match name {
            "service-account.json" | "kubeconfig" => key("rsa-a.pem"),
            _ => value.clone(),
        };
        let body: String = pem
            .lines()
            .filter(|line| !line.contains("-----") && !line.is_empty() && !line.starts_with('='))
            .collect();
        let wrapped: String = body
            .as_bytes()
            .chunks(70)
            .map(|line| format!("{}\r\n", String::from_utf8_lossy(line)))
            .collect();
        for (place, content) in [
            ("as it is", value.clone()),
            ("one line", body.clone()),
            ("wrapped", wrapped),
            ("escaped", pem.replace('\n', "\\n")),
            ("base64", base64(pem.as_bytes())),
        ] {
            let archive = Fixture::new([honest().file("leak", content).build()]).oci_archive();
            let report = scan(&archive, &[secret(name, &value)]);
            assert!(
                report.findings.iter().any(|finding| finding.path == "leak"),
                "{name} {place}: {}",
                report.human()
            );
            assert!(
                report.findings.iter().all(|finding| finding.path == "leak"),
                "{name} {place}: {}",
                report.human()
            );
        }
    }
}

fn the_whole_file_is_whole() {
    for (name, value) in TOKEN_FILES
        .map(|name| (name, with_token(name, OURS)))
        .into_iter()
        .chain(KEY_FILES.map(|name| (name, with_key(name, 'a'))))
    {
        let archive = Fixture::new([Layer::new().file("leak", &value).build()]).oci_archive();
        let report = scan(&archive, &[secret(name, &value)]);
        assert!(
            report
                .findings
                .iter()
                .any(|finding| finding.matched.name() == "whole"),
            "{name}: {}",
            report.human()
        );
    }
}

/// A root file system with python, pip, node, npm, maven, git, ssh and gnupg from Debian, made by `.ci/engine boilerplate`.
fn root_file_system() -> Option<PathBuf> {
    let engine = std::env::var_os("DOCKERFILE_DSL_ENGINE").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/engine"),
        Into::into,
    );
    let path = engine.join("boilerplate.tar");
    path.exists().then_some(path)
}

/// Nothing of the root file system is taken for a part of a secret, and each credential alone is found where it is planted.
fn a_real_root_file_system_is_no_alarm(path: &Path) {
    // Maven's own file, filled in as its comments say.
    let maven = "etc/maven/settings.xml";
    let token = |index: usize| format!("{}{index:02}{}", &OURS[..7], &OURS[8..]);
    let server = format!(
        "<server><id>s</id><username>u</username><password>{}</password></server></servers>",
        token(90)
    );
    let settings = member(path, maven).replace("</servers>", &server);
    assert!(settings.contains(&token(90)));
    let mut secrets = vec![secret("settings.xml", &settings)];
    let mut plants = vec![(maven.to_owned(), token(90))];
    for (index, name) in TOKEN_FILES.into_iter().enumerate() {
        secrets.push(secret(name, &with_token(name, &token(index))));
        plants.push((name.to_owned(), token(index)));
    }
    for name in KEY_FILES {
        let value = with_key(name, 'a');
        let body = match name {
            "service-account.json" | "kubeconfig" => key("rsa-a.pem"),
            _ => value.clone(),
        };
        secrets.push(secret(name, &value));
        plants.push((name.to_owned(), body));
    }
    let planted = plants
        .iter()
        .fold(Layer::new(), |layer, (name, value)| {
            layer.file(&format!("planted/{name}"), value)
        })
        .build();
    // Without its end mark, the root file system goes on where it ends.
    let image =
        Cursor::new(planted[..planted.len() - 1024].to_vec()).chain(File::open(path).unwrap());
    let report = Verify::new(secrets)
        .run(Image::reader("root file system", image))
        .unwrap();
    for (name, _) in &plants {
        let path = format!("planted/{name}");
        assert!(
            report
                .findings
                .iter()
                .any(|finding| finding.path.starts_with(&path)),
            "{name}: {}",
            report.human()
        );
    }
    let others: Vec<_> = report
        .findings
        .iter()
        .filter(|finding| !finding.path.starts_with("planted/"))
        .collect();
    assert!(others.is_empty(), "{others:#?}");
    // The password of an anonymous login is too short to be searched for.
    let gaps = report.incomplete.iter().map(|gap| &gap.place[..]);
    assert_eq!(gaps.collect::<Vec<_>>(), ["secret `.netrc`"]);
    assert!(report.scanned.files > 10_000, "{}", report.human());
}

fn member(archive: &Path, name: &str) -> String {
    let mut archive = tar::Archive::new(File::open(archive).unwrap());
    let mut entries = archive.entries_with_seek().unwrap().map(Result::unwrap);
    let mut entry = entries
        .find(|entry| entry.path_bytes().ends_with(name.as_bytes()))
        .unwrap();
    let mut text = String::new();
    entry.read_to_string(&mut text).unwrap();
    text
}
