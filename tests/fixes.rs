//! Every fix that is printed works when it is pasted: into every leak of the corpus, as mechanically as its text says, until nothing is
//! found any more; and on a real builder, with a value that is then in neither the image nor the log.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use dockerfile_dsl::{AnyValue, Dialect, LayerPath, Script, Secret, TmpFs, path};
use dockerfile_dsl_analysis::template::Template;
use dockerfile_dsl_analysis::{Finding, check::check_file, dockerfile};
use serde_json::Value;

#[path = "common/translated.rs"]
mod translated;

use translated::{REASON, Translated, text, translate};

const TOK: Secret = Secret::env("TOK");

/// A script of `sh!`, and what stands behind it.
struct Pasted {
    /// With `{name}` for holes and for text alike.
    script: String,
    holes: Vec<&'static str>,
    case: Translated,
    tmpfs: Vec<(String, TmpFs)>,
    trust: Vec<String>,
    declassified: bool,
}

impl Pasted {
    fn of(case: Translated) -> Self {
        let script = Template::parse(&case.script).text;
        let tmpfs = case
            .tmpfs
            .iter()
            .map(|(name, target)| {
                (
                    name.clone(),
                    TmpFs::at(LayerPath::parse(target).expect("a path of the corpus")),
                )
            })
            .collect();
        Self {
            script,
            holes: vec!["TOK", "tmp"],
            case,
            tmpfs,
            trust: Vec::new(),
            declassified: false,
        }
    }

    /// As the author writes it: what is no hole has its braces doubled.
    fn written(&self) -> String {
        let mut names: Vec<&str> = self.holes.clone();
        names.extend(self.tmpfs.iter().map(|(name, _)| name.as_str()));
        escape_all_but(&self.script, &names)
    }

    fn findings(&self) -> Vec<Finding> {
        let written = self.written();
        let declassified = TOK.declassify("the fix says so");
        let token: &dyn AnyValue = if self.declassified {
            &declassified
        } else {
            &TOK
        };
        let holes = Template::parse(&written).holes;
        let has_hole = holes.iter().any(|(name, _)| name == "TOK");
        let mut template = Script::template(&written);
        if has_hole {
            template = template.bind("TOK", token);
        }
        for (name, tmpfs) in &self.tmpfs {
            if holes.iter().any(|(hole, _)| hole == name) {
                template = template.bind(name, tmpfs);
            }
        }
        for program in &self.trust {
            template = template.trust_output(program, "the fix says so");
        }
        if let Some(target) = &self.case.mount
            && (!has_hole || !target.starts_with("/run/secrets/"))
        {
            template = template.mount(&TOK, target);
        }
        if let Some(variable) = &self.case.env {
            template = template.env(&TOK, variable, REASON);
        }
        let dialect = if self.case.bash {
            Dialect::Bash
        } else {
            Dialect::Posix
        };
        match template.dialect(dialect).parse() {
            Ok(_) => Vec::new(),
            Err(error) if error.findings().is_empty() => panic!("{written}\n{error}"),
            Err(error) => error.findings().to_vec(),
        }
    }

    /// Does what the fix says. `None` if it says it in words only.
    fn paste(&mut self, finding: &Finding) -> Option<()> {
        let help = finding.help.as_deref()?;
        if let Some(argument) = code_behind(help, "behind the script: ")
            .or_else(|| code_behind(help, "put ").filter(|_| help.ends_with("behind the script")))
        {
            if let Some(program) = argument.strip_prefix("@trust(\"") {
                self.trust.push(program.split('"').next()?.to_owned());
            } else if argument.contains(".declassify(") {
                if self.declassified {
                    return None;
                }
                self.declassified = true;
            } else {
                if self.tmpfs.iter().all(|(name, _)| name != "tmp") {
                    self.tmpfs
                        .push(("tmp".to_owned(), TmpFs::at(path!("/tmp/secret"))));
                }
                return edit(&mut self.script, finding, 0);
            }
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

/// What is done to a text, be it a script of its own or one in a Dockerfile that is `shift` bytes further.
fn edit(text: &mut String, finding: &Finding, end: usize) -> Option<()> {
    let help = finding.help.as_deref()?;
    if let Some(command) = code_behind(help, "directly behind the command: ") {
        text.insert_str(finding.span.end, &format!(" {command}"));
    } else if let Some(command) = code_behind(help, "directly before the command: ") {
        text.insert_str(finding.span.start, &format!("{command} "));
    } else if let Some(command) = code_behind(help, "the last line of the script: ")
        .or_else(|| code_behind(help, "the last command of the same RUN: "))
    {
        let end = if end == 0 { text.len() } else { end };
        text.insert_str(end, &format!("\n{command}"));
    } else if let Some(new) = code_behind(help, "write ") {
        let old = code_behind(help, "instead of ")?;
        let out = code_behind(help, "take ");
        // The one that is underlined, if it is; else the last one before it.
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

/// The code in backquotes that follows these words.
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

fn cases() -> Vec<Value> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let mut files: Vec<_> = fs::read_dir(data.join("cases"))
        .expect("it is in the repository")
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    files.push(data.join("cases.jsonl"));
    files.sort();
    let read = |file| fs::read_to_string(file).expect("it can be read");
    let lines: Vec<String> = files.iter().map(read).collect();
    lines
        .iter()
        .flat_map(|text| text.lines())
        .filter(|line| !line.trim().is_empty())
        .map(|line| serde_json::from_str(line).expect("JSON lines"))
        .collect()
}

/// How the fixes of all cases went.
#[derive(Default)]
struct Outcome {
    /// So many scripts with findings.
    leaks: usize,
    /// Those whose fix is a sentence without code that can be pasted.
    in_words: Vec<String>,
    failed: Vec<String>,
}

/// How often a fix may lead to the next finding of the same script.
const ROUNDS: usize = 12;

impl Outcome {
    /// Pastes the fix of one finding after the other, until there is none.
    fn settle<T>(
        &mut self,
        name: String,
        subject: &mut T,
        findings: impl Fn(&T) -> Vec<Finding>,
        paste: impl Fn(&mut T, &Finding) -> Option<()>,
        show: impl Fn(&T) -> String,
    ) {
        let mut pasted: Vec<Finding> = Vec::new();
        for _ in 0..ROUNDS {
            let found = findings(subject);
            let Some(first) = found.first() else { break };
            self.leaks += usize::from(pasted.is_empty());
            let is_same = |one: &Finding, other: &Finding| {
                (one.rule, one.span, &one.help) == (other.rule, other.span, &other.help)
            };
            if found
                .iter()
                .any(|finding| pasted.iter().any(|known| is_same(known, finding)))
            {
                break;
            }
            match found
                .iter()
                .find(|finding| paste(subject, finding).is_some())
            {
                Some(finding) => pasted.push(finding.clone()),
                None => {
                    let help = first
                        .help
                        .as_deref()
                        .expect("every finding of a flow has a fix");
                    self.in_words.push(format!("{name}: {help}"));
                    return;
                }
            }
        }
        if let Some(left) = findings(subject).first() {
            let help = left.help.as_deref().unwrap_or_default();
            self.failed.push(format!(
                "{name}: {}\nfix: {help}\n{}",
                left.message,
                show(subject)
            ));
        }
    }

    #[track_caller]
    fn check(mut self, known: &[&str]) {
        let in_words = self.in_words.len();
        eprintln!(
            "{} leaks; of {in_words} the fix is in words: {:#?}",
            self.leaks, self.in_words
        );
        self.failed.retain(|failure| {
            !known
                .iter()
                .any(|name| failure.starts_with(&format!("{name}:")))
        });
        assert!(
            self.failed.is_empty(),
            "what is printed does not help:\n{}",
            self.failed.join("\n\n")
        );
        assert!(
            self.leaks > 700 && in_words * 50 <= self.leaks,
            "{in_words} of {}",
            self.leaks
        );
    }
}

#[test]
fn a_fix_of_sh_takes_the_finding_away() {
    let mut outcome = Outcome::default();
    for case in cases() {
        if let Some(translated) = translate(&case) {
            let mut pasted = Pasted::of(translated);
            outcome.settle(
                text(&case, "name"),
                &mut pasted,
                Pasted::findings,
                Pasted::paste,
                Pasted::written,
            );
        }
    }
    outcome.check(&[
        // `{tmp}/p` with a suffix that a program chooses is not seen as the tmpfs.
        "co-split",
        "co-split-tmpfs",
        "co-csplit",
        // Nor is one hole beneath another.
        "co-cp-parents",
        "co-cp-parents-rm",
        // The variable names another directory by then.
        "co-mktemp-d-kept",
        // The trace itself has the value in its prefix.
        "x-ps4",
    ]);
}

/// A Dockerfile whose second line is the RUN, and the findings in it.
fn whole_file(case: &Value) -> String {
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
        "FROM debian\n{shell}RUN --mount=type=secret,id=tok,{place},required=true{extra} <<'CASE_END'\n{script}\nCASE_END\n"
    )
}

fn paste_into_file(file: &mut String, finding: &Finding) -> Option<()> {
    let help = finding.help.as_deref()?;
    let run = file.find("\nRUN ")? + 1;
    if let Some(line) =
        code_behind(help, "above the RUN: ").or_else(|| code_behind(help, "before the RUN: "))
    {
        file.insert_str(run, &format!("{line}\n"));
        return Some(());
    }
    let end = file.rfind("\nCASE_END")?;
    edit(file, finding, end)?;
    if let Some(mount) = code_behind(help, "put ").filter(|_| help.ends_with("after RUN")) {
        file.insert_str(run + 3, &format!(" {mount}"));
    }
    Some(())
}

#[test]
fn a_fix_of_check_takes_the_finding_away() {
    let mut outcome = Outcome::default();
    for case in cases() {
        let findings = |file: &String| {
            check_file(
                &dockerfile::read(file).unwrap_or_else(|errors| panic!("{file}\n{errors:?}")),
            )
        };
        outcome.settle(
            text(&case, "name"),
            &mut whole_file(&case),
            findings,
            paste_into_file,
            String::clone,
        );
    }
    outcome.check(&["co-mktemp-d-kept", "x-ps4"]);
}
