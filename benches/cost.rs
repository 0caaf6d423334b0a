//! What the macros cost their users: `cargo bench -p dockerfile-dsl-tests --bench cost`.
//!
//! 1. Checking 300 `sh!`, less checking 300 `format!` of the same texts, for each: at most 4 ms, the macro unoptimised.
//! 2. Crates that default features compile: at most 8.
//! 3. Checking a project again whose `build.rs` was edited: at most 3 s.
//! 4. A cold build, beside one of `serde` with `derive`: printed, without a limit, as it is paid once.
//!
//! Times are user CPU, so that a busy machine counts less. Cold builds are not incremental: cargo never compiles a dependency
//! from a registry so, as `serde` is here; ours, which is a path, would else pay for what its users do not.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const CALLS: usize = 300;
const RUNS: usize = 5;

fn main() {
    let scratch = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cost");
    fs::create_dir_all(&scratch).expect("cargo made the folder above");
    let mut report = String::new();
    let mut holds = true;
    let mut line = |what: &str, measured: f64, limit: f64, unit: &str| {
        holds &= measured <= limit;
        let _ = writeln!(
            report,
            "{what}: {measured:.2}{unit} (at most {limit}{unit})"
        );
    };
    line("one `sh!`", per_call(&scratch), 4.0, " ms");
    line("crates with default features", crates() as f64, 8.0, "");
    line(
        "an edited build.rs",
        edited_build_script(&scratch),
        3.0,
        " s",
    );
    let (ours, serde) = (cold_build(&scratch, "ours"), cold_build(&scratch, "serde"));
    let times = ours / serde;
    let _ = writeln!(
        report,
        "cold build: {ours:.2} s of user CPU, {times:.2} times the {serde:.2} s of serde with \
         derive (no limit)"
    );
    eprint!("{report}");
    assert!(holds, "a limit is passed");
}

/// Milliseconds for one call, the least of some runs of each.
fn per_call(scratch: &Path) -> f64 {
    let project = scratch.join("calls");
    write_project(&project, "calls", "dockerfile-dsl");
    let least = |body: &dyn Fn(usize) -> String| {
        let mut file = String::from(
            "use dockerfile_dsl::{Secret, sh};\npub const TOKEN: Secret = \
             Secret::env(\"TOKEN\");\n",
        );
        (0..CALLS).for_each(|index| file.push_str(&body(index)));
        file.push_str("pub fn last() { let _ = sh!(\"true\"); }\n");
        let check = |run: usize| {
            // Another text each time, so that cargo checks it again.
            fs::write(project.join("src/lib.rs"), format!("{file}// {run}\n"))
                .expect("the folder was made");
            user_seconds(&project, "check")
        };
        check(RUNS);
        (0..RUNS).map(check).fold(f64::INFINITY, f64::min)
    };
    let text = |index: usize| {
        format!(
            "apt-get install -y {{package}} && curl -fsS -H @{{token}} -o /srv/{index}.tgz \
             https://example.com/{{url}} && tar -xzf /srv/{index}.tgz -C {{dir}}"
        )
    };
    let head = |index: usize| {
        format!("pub fn f{index}(package: &str, url: &str, dir: &dockerfile_dsl::LayerPath)")
    };
    let ours = least(&|index| {
        format!(
            "{} {{ let token = TOKEN; let _ = sh!({:?}); }}\n",
            head(index),
            text(index)
        )
    });
    let format = least(&|index| {
        format!(
            "{} {{ let token = 1; let _ = format!({:?}); }}\n",
            head(index),
            text(index)
        )
    });
    (ours - format) * 1000.0 / CALLS as f64
}

/// Seconds that checking takes after an edit of a `build.rs` with a template: the least of some runs.
fn edited_build_script(scratch: &Path) -> f64 {
    let project = scratch.join("edited");
    write_project(&project, "edited", "dockerfile-dsl");
    let manifest = project.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).expect("it was just written");
    let text = text.replace("[dependencies]", "[build-dependencies]");
    fs::write(&manifest, text).expect("the folder was made");
    let check = |run: usize| {
        let script = BUILD_SCRIPT.replace("EDIT", &run.to_string());
        fs::write(project.join("build.rs"), script).expect("the folder was made");
        user_seconds(&project, "check")
    };
    check(RUNS);
    (0..RUNS).map(check).fold(f64::INFINITY, f64::min)
}

const BUILD_SCRIPT: &str = r#"
use dockerfile_dsl::{Secret, dockerfile, path};

const TOKEN: Secret = Secret::env("TOKEN");

fn main() {
    let image = dockerfile! {
        FROM "rust:1.95-slim" AS build
        WORKDIR "/src"
        RUN "apt-get update && apt-get install -y --no-install-recommends git ca-certificates"
        COPY "." "/src/"
        RUN [cache "/usr/local/cargo/registry"]
            "CARGO_REGISTRIES_ACME_TOKEN=\"$(cat {TOKEN})\" cargo build --release --locked"
        RUN "curl -fsS -H @{TOKEN} -o {dest} https://example.com/x", dest = path!("/srv/x")
        FROM "gcr.io/distroless/cc-debian12"
        COPY --from=build "/src/target/release/server" "/server"
        LABEL edit = "EDIT"
        CMD ["/server"]
    };
    let out = std::path::Path::new(&std::env::var_os("OUT_DIR").unwrap()).join("Dockerfile");
    std::fs::write(out, image.unwrap().render()).unwrap();
}
"#;

fn crates() -> usize {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--package",
            "dockerfile-dsl",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ])
        .output()
        .expect("cargo runs: it runs this");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let names: std::collections::BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|name| !name.is_empty())
        .collect();
    names.len()
}

/// Seconds of user CPU, the least of three builds from nothing.
fn cold_build(scratch: &Path, what: &str) -> f64 {
    let project = scratch.join(what);
    write_project(
        &project,
        what,
        if what == "ours" {
            "dockerfile-dsl"
        } else {
            "serde"
        },
    );
    let build = |_| {
        let _ = fs::remove_dir_all(project.join("target"));
        user_seconds(&project, "build")
    };
    (0..3).map(build).fold(f64::INFINITY, f64::min)
}

/// What a command of cargo takes.
fn user_seconds(project: &Path, command: &str) -> f64 {
    // `times` of the shell prints its own times first, then those of its children.
    let output = Command::new("sh")
        .args(["-c", "\"$0\" \"$1\" --quiet && times"])
        .args([env!("CARGO"), command])
        .current_dir(project)
        .env_remove("CARGO_TARGET_DIR")
        .env(
            "CARGO_INCREMENTAL",
            if command == "build" { "0" } else { "1" },
        )
        .output()
        .expect("a shell runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let children = text
        .lines()
        .nth(1)
        .and_then(|line| line.split(' ').next())
        .and_then(seconds);
    children.unwrap_or_else(|| panic!("`times` printed {text:?}"))
}

/// `0m6.720000s`.
fn seconds(text: &str) -> Option<f64> {
    let (minutes, seconds) = text.strip_suffix('s')?.split_once('m')?;
    Some(minutes.parse::<f64>().ok()? * 60.0 + seconds.parse::<f64>().ok()?)
}

fn write_project(project: &Path, name: &str, dependency: &str) {
    let dependency = if dependency == "serde" {
        "serde = { version = \"1\", features = [\"derive\"] }".to_owned()
    } else {
        let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dockerfile-dsl");
        format!("dockerfile-dsl = {{ path = {library:?} }}")
    };
    fs::create_dir_all(project.join("src")).expect("the folder above was made");
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         {dependency}\n\n[workspace]\n"
    );
    fs::write(project.join("Cargo.toml"), manifest).expect("the folder was made");
    fs::write(project.join("src/lib.rs"), "").expect("the folder was made");
}
