//! Exclusions from the build context, and the errors about a secret's own file in it.

use std::fs;

use dockerfile_dsl::{BuildCommand, Dockerfile, Secret, Stage, emit::Emit, path, sh};

fn command(folder: &str, file: &str) -> BuildCommand {
    let secret = Secret::try_file("npmrc", file).unwrap();
    let stage = Stage::from_image("debian")
        .copy(".", path!("/app"))
        .run(sh!("test -s {secret}"))
        .build();
    let image = Dockerfile::from_stage(&stage).unwrap();
    image.build_command().context(folder).clone()
}

#[test]
fn dockerignore_lists_secret_files_and_usual_names() {
    let text = command(".", "conf/[a]/.npmrc").dockerignore().to_string();
    assert!(text.starts_with(
        "# Files that the secrets of this build are read \
                          from.\nconf/\\[a]/.npmrc\n"
    ));
    for line in ["**/.env", "**/id_rsa", "**/.git", "**/.aws/credentials"] {
        assert!(text.lines().any(|found| found == line), "{line} in {text}");
    }
    let text = command("src", "src/.npmrc").dockerignore().to_string();
    assert!(text.contains("\n.npmrc\n"), "{text}");
    for outside in ["~/.npmrc", "/root/.npmrc", "other/.npmrc", "../.npmrc"] {
        let text = command("src", outside).dockerignore().to_string();
        assert!(!text.contains(".npmrc\n"), "{text}");
    }
}

#[test]
fn an_existing_file_is_kept_and_completed_once() {
    let ignore = command(".", "conf/.npmrc").dockerignore();
    let existing = "# ours\nnode_modules\n**/.env\n!conf/.env\n!conf/.npmrc";
    let merged = ignore.merged_into(existing).unwrap();
    assert!(merged.starts_with(&format!("{existing}\n")), "{merged}");
    assert!(merged.ends_with("**/.git\n"), "{merged}");
    // Taken back on purpose; but not the file of a secret.
    assert_eq!(merged.matches("**/.env\n").count(), 1, "{merged}");
    assert!(merged.contains("\nconf/.npmrc\n"), "{merged}");
    assert_eq!(ignore.merged_into(&merged).unwrap(), merged);
    let whole = ignore.to_string();
    assert_eq!(ignore.merged_into(&whole).unwrap(), whole);
    let error = ignore.merged_into("a\n[b\n").unwrap_err().to_string();
    assert!(error.contains("line 2 of the ignore file"), "{error}");
}

#[test]
fn a_copy_of_the_context_does_not_take_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at(".npmrc"), "//npm.acme.test/:_authToken=npm_9fK2mQ7xWz\n").unwrap();
    let file = at(".npmrc").to_str().unwrap().to_owned();
    let mut command = command(folder.path().to_str().unwrap(), &file);
    let out = tempfile::tempdir().unwrap();
    let refused = |command: &BuildCommand| {
        let preflight = command
            .preflight_secrets()
            .err()
            .map(|error| error.to_string());
        let emit = Emit::new(command).to_directory(out.path()).err();
        assert_eq!(preflight, emit.map(|error| error.to_string()));
        preflight
    };
    let error = refused(&command).unwrap();
    assert_eq!(
        error,
        "secret `npmrc`: its own file `.npmrc` is in the build context, and line 2 copies it into \
         a layer; add a line `.npmrc` to .dockerignore, as `.dockerignore()` of the command does"
    );
    fs::write(at(".dockerignore"), ".npmrc\n").unwrap();
    assert_eq!(refused(&command), None);
    // That of the Dockerfile replaces the other.
    fs::write(at("Dockerfile.dockerignore"), "node_modules\n").unwrap();
    assert!(
        refused(&command)
            .unwrap()
            .contains("to Dockerfile.dockerignore")
    );
    // From standard input it has none.
    assert_eq!(refused(command.clone().file("-")), None);
    fs::write(at("Dockerfile.dockerignore"), "[\n").unwrap();
    assert!(refused(&command).unwrap().contains("which ends the build"));
    // Elsewhere, an absent file cannot be copied.
    let elsewhere = command.context(out.path().to_str().unwrap());
    assert_eq!(refused(elsewhere), None);
}

#[test]
fn a_stale_dockerfile_is_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("Dockerfile");
    let image = Dockerfile::from_stage(&Stage::from_image("debian").build()).unwrap();
    let command = image
        .build_command()
        .context(folder.path().to_str().unwrap())
        .clone();
    let warnings = |command: &BuildCommand| command.preflight_secrets().unwrap().len();
    for (text, expected) in [
        (image.render(), 0),
        (image.render().replace('\n', "\r\n"), 0),
        ("FROM debian\nRUN cat /run/secrets/npmrc\n".to_owned(), 1),
    ] {
        fs::write(&file, text).unwrap();
        assert_eq!(warnings(&command), expected);
        assert_eq!(warnings(command.clone().file("-")), 0);
    }
    let warning = command.preflight_secrets().unwrap()[0].to_string();
    assert!(
        warning.contains("is not that of this description"),
        "{warning}"
    );
    fs::remove_file(&file).unwrap();
    assert_eq!(warnings(&command), 0);
}
