//! Existing files as code: imported, compiled in one program, and rendered by it.
//!
//! In: a folder of Dockerfiles. Out: the code of each, and the text that the compiled code renders.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use dockerfile_dsl::import::{self, Code, Parsed};
use dockerfile_dsl_analysis::dockerfile;

use crate::compiler::Compiler;

/// A file that was imported.
#[derive(Debug)]
pub struct Imported {
    /// Its name, without the ending.
    pub name: String,
    /// What BuildKit reads.
    pub text: String,
    /// The file as it was read.
    pub parsed: Parsed,
    /// Calls of the builder.
    pub code: Code,
    /// The same as a `dockerfile!`, unless it needs settings of the whole file.
    pub as_macro: Option<Code>,
}

impl Imported {
    /// Returns its modules.
    pub fn forms(&self) -> impl Iterator<Item = &Code> {
        std::iter::once(&self.code).chain(&self.as_macro)
    }

    /// Whether its code compiles.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.code.findings().is_empty()
    }
}

/// The files of a folder.
#[derive(Debug, Default)]
pub struct Files {
    /// Those that have code, sorted by name.
    pub imported: Vec<Imported>,
    /// The others, with the reasons.
    pub refused: BTreeMap<String, String>,
}

impl Files {
    /// Imports every file of a folder.
    ///
    /// # Panics
    ///
    /// Panics if a file cannot be read.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        let mut paths: Vec<PathBuf> = fs::read_dir(folder)
            .expect("it is a folder")
            .map(|entry| entry.expect("it can be read").path())
            .filter(|path| path.extension().is_some_and(|end| end == "Dockerfile"))
            .collect();
        paths.sort();
        let mut files = Self::default();
        for path in &paths {
            let name = path.file_stem().unwrap_or_default();
            let name = name.to_string_lossy().into_owned();
            let bytes = fs::read(path).expect("it can be read");
            let parsed =
                import::parse_bytes(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
            let code = match parsed.to_rust(&[]) {
                Ok(code) => code,
                Err(error) => {
                    files.refused.insert(name, error.to_string());
                    continue;
                }
            };
            let as_macro = match parsed.to_macro(&[]) {
                Ok(code) => Some(code),
                Err(error) => {
                    let why = error.to_string();
                    assert!(why.starts_with("it needs settings"), "{name}: {why}");
                    None
                }
            };
            files.imported.push(Imported {
                name,
                text: dockerfile::read_bytes(&bytes).0,
                parsed,
                code,
                as_macro,
            });
        }
        files
    }
}

/// Writes each file as a module beside a root with these lines; returns the root.
///
/// `sh!` looks at the names of a source file, so that each module is a file.
///
/// # Panics
///
/// Panics if the scratch folder cannot be written.
#[must_use]
pub fn crate_of(compiler: &Compiler, name: &str, modules: &[&Code], root: &str) -> PathBuf {
    let folder = compiler.scratch(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the folder above was made");
    let mut text = String::from("#![deny(warnings)]\n#![allow(dead_code, unreachable_code)]\n");
    for (index, code) in modules.iter().enumerate() {
        let _ = writeln!(text, "mod file_{index};");
        let module = folder.join(format!("file_{index}.rs"));
        fs::write(module, code.as_str()).expect("the folder was made");
    }
    let path = folder.join("root.rs");
    fs::write(&path, text + root).expect("the folder was made");
    path
}

/// Compiles clean files in one program, and returns the text that each form of each file renders.
///
/// # Panics
///
/// Panics if the program does not compile, or fails.
#[must_use]
pub fn rendered<'a>(
    compiler: &Compiler,
    name: &str,
    files: &[&'a Imported],
) -> Vec<(&'a Imported, String)> {
    let forms = files
        .iter()
        .flat_map(|file| file.forms().map(|code| (*file, code)));
    let forms: Vec<(&Imported, &Code)> = forms.collect();
    let mut calls = String::new();
    for index in 0..forms.len() {
        let _ = writeln!(
            calls,
            "    print!(\"{{}}\\0\", file_{index}::image().unwrap());"
        );
    }
    let root = format!("fn main() {{\n{calls}}}\n");
    let modules: Vec<&Code> = forms.iter().map(|(_, code)| *code).collect();
    let source = crate_of(compiler, &format!("{name}_clean"), &modules, &root);
    let binary = compiler.scratch(&format!("{name}.program"));
    let output = compiler.build(&source, &binary);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{errors}");
    let output = Command::new(&binary).output().expect("it was built");
    assert!(output.status.success());
    let texts = String::from_utf8(output.stdout).expect("a Dockerfile is text");
    let texts: Vec<&str> = texts.split_terminator('\0').collect();
    assert_eq!(texts.len(), forms.len());
    let texts = texts.into_iter().map(str::to_owned);
    forms.iter().map(|(file, _)| *file).zip(texts).collect()
}
