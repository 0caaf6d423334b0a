//! Runs rustc on a file that uses the library, as `cargo check` does: no code is generated.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The toolchain that the texts of compile errors are from.
const PINNED: &str = "rustc 1.95.";

/// rustc, and the library in the folder of the calling test.
#[derive(Debug)]
pub struct Compiler {
    rustc: String,
    /// Whether the texts have to be equal to the last character.
    pub is_pinned: bool,
    deps: PathBuf,
    library: PathBuf,
    scratch: PathBuf,
}

impl Compiler {
    /// `scratch`: where files may be written, `env!("CARGO_TARGET_TMPDIR")` of the test.
    ///
    /// # Panics
    ///
    /// Panics if rustc or the library is missing.
    #[must_use]
    pub fn beside_this_test(scratch: &str) -> Self {
        let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
        let version = Command::new(&rustc)
            .arg("-V")
            .output()
            .expect("rustc runs: cargo used it");
        let test = std::env::current_exe().expect("a test is a file");
        let deps = test.parent().expect("a file is in a folder").to_owned();
        let libraries = fs::read_dir(&deps)
            .expect("cargo made it")
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                name.starts_with("libdockerfile_dsl-") && name.ends_with(".rlib")
            });
        let library = libraries.max_by_key(|path| {
            fs::metadata(path)
                .and_then(|metadata| metadata.modified())
                .ok()
        });
        Self {
            rustc,
            is_pinned: String::from_utf8_lossy(&version.stdout).starts_with(PINNED),
            deps,
            library: library.expect("the library is a dependency of the test"),
            scratch: PathBuf::from(scratch),
        }
    }

    /// The file of the library.
    #[must_use]
    pub fn library(&self) -> &Path {
        &self.library
    }

    /// A file that may be written.
    ///
    /// # Panics
    ///
    /// If its folder cannot be made.
    #[must_use]
    pub fn scratch(&self, name: &str) -> PathBuf {
        fs::create_dir_all(&self.scratch).expect("cargo made the folder above");
        self.scratch.join(name)
    }

    /// Checks a file, from this folder. The library has its own name, unless the options have an `--extern` of theirs.
    ///
    /// # Panics
    ///
    /// If rustc cannot be started.
    #[must_use]
    pub fn check(&self, folder: &Path, file: &Path, output: &str, options: &[&str]) -> Output {
        let library = format!("dockerfile_dsl={}", self.library.display());
        let own_name: &[&str] = if options.contains(&"--extern") {
            &[]
        } else {
            &["--extern", &library]
        };
        Command::new(&self.rustc)
            .current_dir(folder)
            .args([
                "--edition=2024",
                "--crate-type=lib",
                "--emit=metadata",
                "--color=never",
            ])
            .args(options)
            .arg("-o")
            .arg(self.scratch(&format!("lib{output}.rmeta")))
            .args(own_name)
            .arg("-L")
            .arg(format!("dependency={}", self.deps.display()))
            .arg(file)
            .output()
            .expect("rustc runs: cargo used it")
    }

    /// Builds a program that uses the library, with code.
    ///
    /// # Panics
    ///
    /// If rustc cannot be started.
    #[must_use]
    pub fn build(&self, file: &Path, program: &Path) -> Output {
        Command::new(&self.rustc)
            .args(["--edition=2024", "--color=never", "-o"])
            .arg(program)
            .args([
                "--extern",
                &format!("dockerfile_dsl={}", self.library.display()),
            ])
            .arg("-L")
            .arg(format!("dependency={}", self.deps.display()))
            .arg(file)
            .output()
            .expect("rustc runs: cargo used it")
    }
}
