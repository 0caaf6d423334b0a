//! The machine has the values: they pass through everything that can be printed or written, and appear nowhere.
//!
//! [`everything_that_can_be_printed`] prints all that the crate has to say about an image with secrets. It is run again in a process
//! in which the secrets have their values, and what that prints and writes is searched for them.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dockerfile_dsl::emit;
use dockerfile_dsl::instructions::Run;
use dockerfile_dsl::verify::Quarantine;
use dockerfile_dsl::{
    BuildTool, Dockerfile, Error, Secret, Stage, Stale, emit::Emit, import, json_schema,
    keep_up_to_date, sh,
};

/// Set where `docker` is the builder of this test.
const BUILDER: &str = "DOCKERFILE_DSL_CANARY_BUILDER";
const VARIABLE: &str = "DOCKERFILE_DSL_CANARY";
const TOKEN: Secret = Secret::env_as("token", VARIABLE);
const COMMAND: Secret = Secret::command("command", &["printenv", VARIABLE]);
const AGAIN: Secret = Secret::env_as("again", VARIABLE)
    .rerun_on_change("a salt of this test, no secret")
    .only_to(&["example.com"]);
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
        .run(sh!("test -s {COMMAND}"))
        .run(sh!("test -s {AGAIN}"))
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
    eprintln!("{:?} {:?}", command.shell().unwrap(), command.argv());
    // The Debug form of std's command has the variables, and one has the value that a program printed: the documentation says so.
    match command.to_command() {
        Ok(process) => {
            let variables: Vec<_> = process.get_envs().map(|(name, _)| name).collect();
            eprintln!("{:?} {variables:?}", process.get_args().collect::<Vec<_>>());
        }
        Err(error) => {
            assert!(env::var_os(VARIABLE).is_none(), "{error}");
            report(Err(error));
        }
    }
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
    files(&image);
    if env::var_os(VARIABLE).is_some() {
        Emit::new(&command)
            .to_directory(home().join("emitted"))
            .unwrap();
    }
    eprintln!("all of it was printed");
}

/// Everything that is rendered for others: files, jobs, data, code.
fn files(image: &Dockerfile) {
    let command = image.build_command().tag("app").clone();
    let (bake, compose) = (command.bake("app"), command.compose("app"));
    for text in [
        bake.render(),
        bake.shell(),
        compose.render(),
        compose.shell(),
        command.github_step().render(),
        command.gitlab_job("job").render(),
        command.snapshot().map(|snapshot| snapshot.to_string()),
    ] {
        eprintln!("{text:?}");
    }
    eprintln!("{}", serde_json::to_string(image).unwrap());
    eprintln!("{:?}", serde_json::to_string(&json_schema()));
    let data = serde_json::to_value(image).unwrap();
    eprintln!("{:?}", serde_json::from_value::<Dockerfile>(data));
    let both = Dockerfile::from_stages([&Stage::from_image("debian").build()]);
    let settings = Dockerfile::settings().dockerfile_from([&Stage::from_image("debian").build()]);
    eprintln!("{both:?} {settings:?}");
    let parsed = import::parse(image.as_str()).unwrap();
    eprintln!("{:?} {}", parsed.secret_ids(), parsed.definition());
    eprintln!("{:?}", parsed.to_rust(&[TOKEN, FILE]));
    eprintln!("{:?}", parsed.to_macro(&[TOKEN, FILE]));
    if env::var_os(VARIABLE).is_some() {
        eprintln!("{:?}", bake.write().and(compose.write()));
        let path = home().join("up-to-date.Dockerfile");
        eprintln!("{:?}", keep_up_to_date(image, path, Stale::Rewrite));
        eprintln!(
            "{:?} {:?}",
            emit::emit(&command),
            Emit::new(&command).to_out_dir()
        );
    }
    for secret in image.secrets() {
        eprintln!("{secret:?} {} {:?}", secret.id(), secret.source());
    }
}

/// Runs builds: the builder of the second process prints its environment and fails.
#[test]
fn builds() {
    if env::var_os(BUILDER).is_none() {
        return;
    }
    let image = image();
    let command = image.build_command().tag("app").clone();
    report(command.preflight_secrets());
    for result in [
        command.run(),
        command
            .build_and_verify()
            .map(|report| eprintln!("{report:?}")),
        command
            .build_verify_and_push(&Quarantine::new("registry.example.com/quarantine"))
            .map(|report| eprintln!("{report:?}")),
    ] {
        report(result.map(|()| Vec::new()));
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
    fs::create_dir_all(home.join("out")).unwrap();
    // With what is warned about: a final line break, and carriage returns.
    fs::write(home.join("credentials"), format!("password = {CANARY}\r\n")).unwrap();
    let output = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "values::everything_that_can_be_printed",
            "--nocapture",
        ])
        .env(VARIABLE, format!("{CANARY}\n"))
        .env("HOME", &home)
        .env("OUT_DIR", home.join("out"))
        .current_dir(&home)
        .output()
        .unwrap();
    let printed = all_printed(&output);
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

#[cfg(unix)]
#[test]
fn no_value_comes_out_of_a_build() {
    use std::os::unix::fs::PermissionsExt;

    let home = home().with_file_name("canary-build");
    fs::create_dir_all(&home).unwrap();
    fs::write(home.join("credentials"), CANARY).unwrap();
    let docker = home.join("docker");
    fs::write(
        &docker,
        "#!/bin/sh\nenv\nenv >&2\ncat ~/credentials\nexit 1\n",
    )
    .unwrap();
    fs::set_permissions(&docker, fs::Permissions::from_mode(0o755)).unwrap();
    let path = env::var("PATH").unwrap_or_default();
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "values::builds", "--nocapture"])
        .env(VARIABLE, CANARY)
        .env(BUILDER, "1")
        .env("HOME", &home)
        .env("PATH", format!("{}:{path}", home.display()))
        .current_dir(&home)
        .output()
        .unwrap();
    let printed = all_printed(&output);
    assert!(!printed.contains(CANARY), "the value was printed");
    assert_eq!(files_with_the_value(&home), [home.join("credentials")]);
}

/// Returns both streams of a run that printed everything.
#[track_caller]
fn all_printed(output: &Output) -> String {
    let printed = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        output.status.success() && printed.contains("all of it was printed"),
        "{printed}"
    );
    printed
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
