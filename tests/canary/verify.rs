//! An image has the value: what the search says about it, in each of its forms.

use std::fs;
use std::path::Path;

use dockerfile_dsl_verify::{
    BuildLog, Gap, Image, Names, Progress, Reason, Registry, Report, Secret, Verify,
};

use crate::printed::{CANARY, debug, error_chain};

fn secret() -> Secret {
    Secret::new("token", CANARY).unwrap()
}

fn forms(report: &Report) -> String {
    let mut printed = debug(report) + &report.human() + &report.json() + &report.sarif();
    printed += &(report.html() + &report.github());
    for gap in &report.incomplete {
        printed += &gap.to_string();
    }
    printed
}

/// Searches an image, and returns all that is said.
fn searched(image: Image) -> String {
    let verify = Verify::new([secret()]).progress(Progress::default());
    let mut printed = debug(&verify) + &debug(&image) + image.note().unwrap_or_default();
    printed += &match verify.run(image) {
        Ok(report) => forms(&report),
        Err(error) => error_chain(&error),
    };
    printed
}

/// A directory in which a file has the value, and another one its name.
fn folder() -> std::path::PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("canary-image");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("oci-layout"), CANARY).unwrap();
    fs::write(folder.join("index.json"), CANARY).unwrap();
    folder
}

#[test]
fn reports_do_not_show_the_value() {
    let log = format!("#5 RUN echo {CANARY}\n#5 0.1 {CANARY}\n#5 ERROR: {CANARY}\n");
    let build_log = BuildLog::read(log.as_bytes(), |_| ());
    let mut said = debug(&secret()) + secret().id();
    said += &debug(&build_log);
    said += &searched(build_log.into_image());
    said += &searched(Image::log("log", std::io::Cursor::new(log.clone())));
    said += &searched(Image::reader("image", std::io::Cursor::new(log.clone())));
    said += &searched(Image::directory(folder()));
    said += &searched(Image::path(folder().join("index.json")));
    assert!(said.contains("token"), "the secret was not found: {said}");
    let images = [("a".to_owned(), Image::log("log", std::io::Cursor::new(log)))];
    said += &match Verify::new([secret()])
        .base_layers([CANARY])
        .run_all(images)
    {
        Ok(report) => forms(&report),
        Err(error) => error_chain(&error),
    };
    said += &(Verify::new([secret()]).redact())(&format!("text with {CANARY} in it"));
    assert!(!said.contains(CANARY), "the value came out: {said}");
}

#[test]
fn mistaken_names_do_not_show_the_value() {
    let url = format!("docker://user:{CANARY}@example.com/x");
    let mut said = String::new();
    let mut add = |result: Result<String, dockerfile_dsl_verify::Error>| {
        said += &result.unwrap_or_else(|error| error_chain(&error));
    };
    let names = Names::new()
        .engine("/nonexistent")
        .registry_tool("/nonexistent");
    for name in [CANARY, url.as_str()] {
        add(names.find(name).map(|image| debug(&image)));
        add(names
            .clone()
            .platform(name)
            .find("docker://a/b")
            .map(|image| debug(&image)));
        add(Registry::new(name).map(|registry| debug(&registry)));
        add(Registry::new("a/b")
            .and_then(|registry| registry.platform(name))
            .map(|r| debug(&r)));
        add(Secret::from_env(name, name).map(|secret| debug(&secret)));
        add(Secret::from_file(name, Path::new(name)).map(|secret| debug(&secret)));
        add(name.parse::<Reason>().map(|reason| reason.to_string()));
    }
    said += &Gap::new(Reason::Broken, "a", "b").to_string();
    assert!(!said.contains(CANARY), "the value came out: {said}");
}
