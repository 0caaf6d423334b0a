//! The value of a secret passes through everything that can be printed, and appears nowhere.
//!
//! [`everything_that_can_be_printed`] prints all that the crate has to say about an image with secrets. It is run again in a process
//! in which the secrets have their values, and what that prints and writes is searched for them.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use dockerfile_dsl::instructions::Run;
use dockerfile_dsl::{BuildTool, Dockerfile, Error, Secret, Stage, emit::Emit, sh};

const VARIABLE: &str = "DOCKERFILE_DSL_CANARY";
const TOKEN: Secret = Secret::env_as("token", VARIABLE);
const FILE: Secret = Secret::file("file", "~/credentials");
const CANARY: &str = "canary-x7KqZt9RmW2vB4nD8sF1";

/// Where the second process works.
fn home() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("canary")
}

fn image() -> Dockerfile {
    let stage = Stage::from_image("debian")
        .named("app")
        .run(sh!("test -s {TOKEN}"))
        .run(sh!("test -s {FILE}"))
        .run(sh!("test -n \"$T\"", @env(TOKEN => "T", "for this test")))
        .build();
    Dockerfile::from_stage(&stage).unwrap()
}

/// An author who put the value itself into the text.
fn careless() -> Result<Dockerfile, Error> {
    let value = env::var(VARIABLE).unwrap_or_default().trim_end().to_owned();
    let stage = Stage::from_image("debian")
        .run(sh!("test -s {TOKEN}"))
        .env("A", &value)
        .instruction(Run::exec(["echo", &value]))
        .build();
    Dockerfile::from_stage(&stage)
}

#[test]
fn everything_that_can_be_printed() {
    let image = image();
    let script = sh!("test -s {TOKEN}");
    let command = image.build_command().tag("app").clone();
    eprintln!("{TOKEN:?} {FILE:?} {script:?} {image:?} {command:?}");
    eprintln!("{} {:?}", image.render(), image.audit());
    eprintln!(
        "{:?} {:?}",
        command.shell().unwrap(),
        command.argv().unwrap()
    );
    eprintln!("{:?}", command.to_command().unwrap());
    // Preflight reads the values. There may be no docker here, and then that is said beside what it says about them.
    for tool in [BuildTool::Buildx, BuildTool::DockerBefore23] {
        report(image.build_command().tool(tool).preflight());
    }
    let careless = careless().expect("it is the preflight that finds a value in a text");
    if let Err(error) = careless
        .build_command()
        .label("a", env::var(VARIABLE).unwrap_or_default())
        .preflight()
    {
        assert!(!format!("{error}{error:?}").contains(CANARY));
        report(Err(error));
    }
    if env::var_os(VARIABLE).is_some() {
        Emit::new(&command)
            .to_directory(home().join("emitted"))
            .unwrap();
    }
    eprintln!("all of it was printed");
}

fn report(result: Result<Vec<dockerfile_dsl::preflight::Warning>, Error>) {
    match result {
        Ok(warnings) => warnings
            .iter()
            .for_each(|warning| eprintln!("{warning} {warning:?}")),
        Err(error) => eprintln!("{error} {error:?} {:?}", std::error::Error::source(&error)),
    }
}

#[test]
fn no_value_comes_out() {
    let home = home();
    fs::create_dir_all(&home).unwrap();
    // With what is warned about: a final line break, and carriage returns.
    fs::write(home.join("credentials"), format!("password = {CANARY}\r\n")).unwrap();
    let output = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "canary::everything_that_can_be_printed",
            "--nocapture",
        ])
        .env(VARIABLE, format!("{CANARY}\n"))
        .env("HOME", &home)
        .output()
        .unwrap();
    let printed = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        output.status.success() && printed.contains("all of it was printed"),
        "{printed}"
    );
    for expected in [
        "secret `token`: its value occurs in the Dockerfile, in the ENV in line",
        "in the argument of --label",
        "`token`",
        "`file`",
    ] {
        assert!(
            printed.contains(expected),
            "nothing was said about {expected}:\n{printed}"
        );
    }
    assert!(!printed.contains(CANARY), "the value was printed");
    assert!(home.join("emitted/Dockerfile").exists());
    assert_eq!(files_with_the_value(&home), [home.join("credentials")]);
}

/// Whatever was written, wherever in the folder.
fn files_with_the_value(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with_the_value(&path));
        } else if memchr::memmem::find(&fs::read(&path).unwrap(), CANARY.as_bytes()).is_some() {
            found.push(path);
        }
    }
    found
}
