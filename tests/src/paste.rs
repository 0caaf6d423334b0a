//! Applies the text of a fix, mechanically, to a script of `sh!` or to a Dockerfile.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::compiler::Compiler;
use crate::translated::{raw, text};
use dockerfile_dsl::danger;
use dockerfile_dsl::{Dialect, Error, Script, Secret, TmpFs, Word, path, value::AnyValue};
use dockerfile_dsl_analysis::template::Template;
use dockerfile_dsl_analysis::{Finding, check::check_file, dockerfile, edits};
use serde_json::Value;

const REASON: &str = "the test says so";

/// A script of `sh!` with the secret `{TOK}` in it, and its arguments.
#[expect(missing_debug_implementations, reason = "a value of a hole has none")]
pub struct Pasted {
    secret: Secret,
    /// With `{name}` for holes and for text alike.
    script: String,
    values: Vec<(String, Box<dyn AnyValue>)>,
    /// The texts of those that are public.
    public: Vec<(String, String)>,
    /// The target of `@mount`.
    pub mount: Option<String>,
    /// The variable of `@env`.
    pub env: Option<String>,
    /// The shell that it is for.
    pub dialect: Dialect,
    trust: Vec<String>,
    declassified: bool,
    /// Whether code of the project may get the secret.
    project_code: bool,
    /// Arguments that the fixes append, verbatim.
    arguments: Vec<String>,
}

impl Pasted {
    /// A script before its first fix.
    #[must_use]
    pub fn new(secret: Secret, script: &str) -> Self {
        Self {
            secret,
            script: Template::parse(script).text,
            values: Vec::new(),
            public: Vec::new(),
            mount: None,
            env: None,
            dialect: Dialect::Posix,
            trust: Vec::new(),
            declassified: false,
            project_code: false,
            arguments: Vec::new(),
        }
    }

    /// `name = value`, in the place of what had that name.
    pub fn give(&mut self, name: &str, value: impl AnyValue + 'static) {
        self.values.retain(|(known, _)| known != name);
        self.values.push((name.to_owned(), Box::new(value)));
    }

    /// `name = "text"`.
    pub fn give_text(&mut self, name: &str, text: &str) {
        self.public.push((name.to_owned(), text.to_owned()));
        self.give(name, text.to_owned());
    }

    /// Returns the author's form: braces that are not holes are doubled.
    pub fn written(&self) -> String {
        let mut names = vec!["TOK"];
        names.extend(self.values.iter().map(|(name, _)| name.as_str()));
        escape_all_but(&self.script, &names)
    }

    fn has_hole(&self, name: &str) -> bool {
        let holes = Template::parse(&self.written()).holes;
        holes.iter().any(|(hole, _)| hole == name)
    }

    /// Where the secret is mounted, unless the hole does it.
    fn mounted(&self) -> Option<&str> {
        let target = self.mount.as_deref()?;
        (!self.has_hole("TOK") || !target.starts_with("/run/secrets/")).then_some(target)
    }

    /// What is found in the script.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        match self.parse() {
            Ok(_) => Vec::new(),
            Err(error) if error.findings().is_empty() => panic!("{}\n{error}", self.written()),
            Err(error) => error.findings().to_vec(),
        }
    }

    /// The script at run time.
    ///
    /// # Errors
    ///
    /// What `Script::parse` refuses.
    pub fn parse(&self) -> Result<Script, Error> {
        let written = self.written();
        let declassified = self.secret.declassify(REASON);
        let token: &dyn AnyValue = if self.declassified {
            &declassified
        } else {
            &self.secret
        };
        let has_hole = |name: &str| self.has_hole(name);
        let mut template = Script::template(&written);
        template.dialect(self.dialect);
        if has_hole("TOK") {
            template.bind("TOK", token);
        }
        for (name, value) in &self.values {
            if has_hole(name) {
                template.bind(name, &**value);
            }
        }
        for program in &self.trust {
            template.decide(danger::trust_with_output(program, REASON));
        }
        if self.project_code {
            template.decide(danger::project_code(&self.secret, REASON));
        }
        if let Some(target) = &self.mounted() {
            template.mount(&self.secret, target);
        }
        if let Some(variable) = &self.env {
            template.env(&self.secret, variable, REASON);
        }
        template.parse()
    }

    /// Returns a function of Rust with the current script, and the original values of the holes as `given`.
    pub fn as_function(&self, name: &str, given: &str) -> String {
        let mut call = format!("sh!({}", raw(&self.written()));
        for argument in &self.arguments {
            write!(call, ", {argument}").expect("a string takes it");
        }
        if let Some(target) = self.mounted() {
            write!(call, ", @mount(TOK => {target:?})").expect("a string takes it");
        }
        if let Some(variable) = &self.env {
            write!(call, ", @env(TOK => {variable:?}, {REASON:?})").expect("a string takes it");
        }
        if self.dialect == Dialect::Bash {
            call.push_str(", @shell(bash)");
        }
        format!("fn {name}() -> Result<Script, Error> {{\n{given}\nOk({call}))\n}}\n")
    }

    /// Applies the fix. Returns `None` if it is words only.
    pub fn paste(&mut self, finding: &Finding) -> Option<()> {
        let help = finding.help.as_deref()?;
        if let Some(argument) = code_behind(help, "after the script: ")
            .or_else(|| code_behind(help, "put ").filter(|_| help.ends_with("after the script")))
        {
            // A tmpfs that is there already is used again.
            if !self.arguments.iter().any(|known| known == argument) {
                self.arguments.push(argument.to_owned());
            }
            if let Some(program) = argument.strip_prefix("@trust(\"") {
                self.trust.push(program.split('"').next()?.to_owned());
            } else if argument.contains(".declassify(") {
                if self.declassified {
                    return None;
                }
                self.declassified = true;
            } else if argument.starts_with("@project_code(") {
                if self.project_code {
                    return None;
                }
                self.project_code = true;
            } else {
                self.give("tmp", TmpFs::at(path!("/tmp/secret")));
                return edit(&mut self.script, finding, 0);
            }
            return Some(());
        }
        if let Some(argument) = code_behind(help, "or shell syntax: ") {
            self.arguments.push(argument.to_owned());
            let name = argument.split(" = ").next()?;
            let text = &self.public.iter().find(|(known, _)| known == name)?.1;
            self.give(name, Word::parse(text).ok()?);
            return Some(());
        }
        if help.starts_with("write the secret itself") {
            self.script
                .replace_range(finding.span.start..finding.span.end, "{TOK}");
            return Some(());
        }
        edit(&mut self.script, finding, 0)
    }
}

/// Applies an edit to a script: a separate one, or one in a Dockerfile that ends there. If the fix is in the place of
/// the finding alone, checks that both agree.
fn edit(text: &mut String, finding: &Finding, end: usize) -> Option<()> {
    let span = finding.span;
    let new = finding.fix.as_ref();
    let new = new.and_then(|fix| fix.in_place(span.of(text)));
    let edited = new.map(|new| format!("{}{new}{}", &text[..span.start], &text[span.end..]));
    as_its_help_says(text, finding, end)?;
    if let Some(edited) = edited {
        assert_eq!(edited, *text, "{:?}", finding.help);
    }
    Some(())
}

fn as_its_help_says(text: &mut String, finding: &Finding, end: usize) -> Option<()> {
    let help = finding.help.as_deref()?;
    if let Some(command) = code_behind(help, "directly after the command: ") {
        text.insert_str(finding.span.end, &format!(" {command}"));
    } else if let Some(command) = code_behind(help, "directly before the command: ") {
        text.insert_str(finding.span.start, &format!("{command} "));
    } else if let Some(command) = code_behind(help, "directly after the opening quote: ") {
        text.insert_str(finding.span.start + 1, &format!("{command} "));
    } else if let Some(command) = code_behind(help, "the last line of the script: ")
        .or_else(|| code_behind(help, "the last command of the same RUN: "))
    {
        let end = if end == 0 { text.len() } else { end };
        text.insert_str(end, &format!("\n{command}"));
    } else if let Some(new) = code_behind(help, "write ") {
        let old = code_behind(help, "instead of ")?;
        let out = code_behind(help, "take ");
        // The underlined one, if any; else the last one before it.
        let at = if finding.span.of(text) == old {
            finding.span.start
        } else {
            let near = out.and_then(|out| text.find(out)).unwrap_or(text.len());
            text[..near].rfind(old).or_else(|| text.find(old))?
        };
        if let Some(out) = out {
            *text = text.replacen(out, "", 1);
        }
        text.replace_range(at..at + old.len(), new);
    } else {
        return None;
    }
    Some(())
}

/// Returns the code in backquotes that follows these words.
fn code_behind<'a>(help: &'a str, words: &str) -> Option<&'a str> {
    let rest = &help[help.find(words)? + words.len()..];
    rest.strip_prefix('`')?.split('`').next()
}

fn escape_all_but(script: &str, names: &[&str]) -> String {
    let mut written = String::new();
    let mut rest = script;
    while let Some(at) = rest.find('{') {
        written.push_str(&rest[..at]);
        let name = rest[at + 1..].split('}').next().unwrap_or_default();
        let is_name = !name.is_empty()
            && name != "_"
            && name.chars().all(|c| c.is_alphanumeric() || c == '_')
            && !name.starts_with(|c: char| c.is_ascii_digit());
        let is_closed = rest[at + 1 + name.len()..].starts_with('}');
        if is_name && is_closed && !names.contains(&name) && !written.ends_with('$') {
            write!(written, "{{{{{name}}}}}").expect("a string takes it");
            rest = &rest[at + name.len() + 2..];
        } else {
            written.push('{');
            rest = &rest[at + 1..];
        }
    }
    written + rest
}

/// A case as the RUN of a Dockerfile, after the lines of `head`.
#[must_use]
pub fn file_of_case(case: &Value, head: &str) -> String {
    let secret = &case["secret"];
    let place = if text(secret, "mount") == "env" {
        format!("env={}", text(secret, "env"))
    } else {
        format!("target={}", text(secret, "target"))
    };
    let extra: String = case["extra_mounts"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|mount| format!(" --mount={}", mount.as_str().unwrap_or_default()))
        .collect();
    let shell = if text(case, "shell") == "bash" {
        "SHELL [\"/bin/bash\", \"-c\"]\n"
    } else {
        ""
    };
    let script = text(case, "script");
    format!(
        "{head}{shell}RUN --mount=type=secret,id=tok,{place},required=true{extra} \
         <<'CASE_END'\n{script}\nCASE_END\n"
    )
}

/// What is found in a Dockerfile.
///
/// # Panics
///
/// If it is not a Dockerfile.
#[must_use]
pub fn findings_of(file: &String) -> Vec<Finding> {
    check_file(&dockerfile::read(file).unwrap_or_else(|errors| panic!("{file}\n{errors:?}")))
}

/// Applies the edits of the fix. Returns `None` if it has none.
pub fn edit_file(file: &mut String, finding: &Finding) -> Option<()> {
    let read = dockerfile::read(file).ok()?;
    let repair = edits::repair(&read, file, finding)?;
    if repair.edits.is_empty() {
        return None;
    }
    let edited = edits::apply(file, &repair.edits);
    *file = edited.unwrap_or_else(|| panic!("{file}\n{repair:#?}"));
    Some(())
}

/// Applies the fix. Returns `None` if it is words only.
pub fn paste_into_file(file: &mut String, finding: &Finding) -> Option<()> {
    let help = finding.help.as_deref()?;
    // The instruction that it is about, or the RUN after it.
    let start = file[..finding.span.start]
        .rfind("\nRUN ")
        .map_or(0, |at| at + 1);
    let run = if file[start..].starts_with("RUN ") {
        start
    } else {
        start + file[start..].find("\nRUN ")? + 1
    };
    let line = file[..finding.span.start]
        .rfind('\n')
        .map_or(0, |at| at + 1);
    let next_line = |at: usize| file[at..].find('\n').map_or(file.len(), |end| at + end + 1);
    if let Some(note) =
        code_behind(help, "above the RUN: ").or_else(|| code_behind(help, "before the RUN: "))
    {
        file.insert_str(run, &format!("{note}\n"));
    } else if let Some(option) = code_behind(help, "add this to each of these mounts: ") {
        let mut ends: Vec<usize> = finding.also.iter().map(|span| span.end).collect();
        ends.push(finding.span.end);
        ends.sort_unstable();
        for end in ends.into_iter().rev() {
            file.insert_str(end, option);
        }
    } else if let Some(option) = code_behind(help, "add this to the mount: ") {
        file.insert_str(finding.span.end, option);
    } else if let Some(mount) =
        code_behind(help, "use another variable: ").or_else(|| code_behind(help, "read it there: "))
    {
        let id = mount.split("id=").nth(1)?.split(',').next()?;
        let old = file.split_whitespace().find(|word| {
            word.starts_with("--mount=type=secret")
                && word.split(',').any(|field| field == format!("id={id}"))
        })?;
        *file = file.replacen(&old.to_owned(), mount, 1);
    } else if let Some(mount) =
        code_behind(help, "right after the word RUN of the step that needs it: ")
            .or_else(|| code_behind(help, "put this after RUN: "))
    {
        let run = if help.starts_with("remove it") {
            file.replace_range(line..next_line(line), "");
            line + file[line..].find("RUN ").unwrap_or_default()
        } else {
            run
        };
        if file[run..].starts_with("RUN ") {
            file.insert_str(run + 3, &format!(" {mount}"));
        }
    } else if help.starts_with("remove it, so that") {
        file.replace_range(line..next_line(line), "");
    } else {
        let end = file.rfind("\nCASE_END").unwrap_or(file.trim_end().len());
        let is_line = end == file.trim_end().len();
        edit(file, finding, end)?;
        if is_line && code_behind(help, "the last command of the same RUN: ").is_some() {
            file.replace_range(end..=end, " && ");
        }
        if let Some(mount) = code_behind(help, "put ").filter(|_| help.ends_with("after RUN")) {
            file.insert_str(run + 3, &format!(" {mount}"));
        }
    }
    Some(())
}

/// What is pasted, to the letter, compiles.
#[track_caller]
pub fn compile(scratch: &str, name: &str, head: &str, functions: &[String]) {
    let compiler = Compiler::beside_this_test(scratch);
    let main = compiler.scratch(&format!("{name}.rs"));
    let head = format!(
        "#![allow(dead_code, unused_variables)]\nuse dockerfile_dsl::{{CacheDir, Error, Script, \
         Secret, TmpFs, Word, path, sh}};\n{head}"
    );
    fs::write(&main, format!("{head}{}", functions.concat())).expect("the folder was made");
    let output = compiler.check(Path::new(env!("CARGO_MANIFEST_DIR")), &main, name, &[]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
}
