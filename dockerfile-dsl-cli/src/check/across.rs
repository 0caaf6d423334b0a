//! Compares what Dockerfiles mount with what the builds of them pass.
//!
//! In: the reports of the Dockerfiles, and the callers in other files. Out: findings for the files of the callers, each with its places in
//! the Dockerfile. A caller of which a part is not understood is reported once, and only what is certain is compared.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use dockerfile_dsl_analysis::dockerfile::{self, Kind};
use dockerfile_dsl_analysis::{Elsewhere, Finding, Rule, Severity, Span, suggest};

use super::callers::model::{
    Called, Caller, Callers, Carried, Include, Location, Passed, Target, Unread, cleaned,
};
use super::dockerfiles::{Dockerfiles, file_beside, place};
use super::file_report::FileReport;
use super::kind::FrontEnd;
use super::mounts::{self, Mounts};

/// A file that starts builds.
pub(super) struct CallerFile {
    pub(super) path: PathBuf,
    pub(super) front_end: FrontEnd,
    pub(super) callers: Callers,
}

/// Returns the findings of each file, in the order of the files.
/// `read` are the paths of all files that were read, also of those without builds.
pub(super) fn compare(
    reports: &[FileReport],
    files: &[CallerFile],
    read: &BTreeSet<PathBuf>,
) -> Vec<Vec<Finding>> {
    let callers = files.iter().flat_map(|file| &file.callers.callers);
    let wanted = callers.filter_map(|caller| match &caller.dockerfile {
        Location::Candidates(paths) => Some(paths),
        Location::OtherFile | Location::Unread(_) => None,
    });
    let dockerfiles = Dockerfiles::load(reports, wanted.flatten());
    let mut found = Vec::new();
    for file in files {
        let mut findings = file.callers.findings.clone();
        if completed_by(&file.path).is_some() {
            findings.retain(|finding| finding.rule != Rule::SecretNotDeclared);
        }
        let mut unread: Vec<NotCompared> = file
            .callers
            .unread
            .iter()
            .map(|part| NotCompared::new(part.span, part.message.clone()))
            .collect();
        unread.extend(
            file.callers
                .includes
                .iter()
                .filter_map(|part| not_read(part, read)),
        );
        for caller in &file.callers.callers {
            compare_one(file, caller, &dockerfiles, &mut findings, &mut unread);
        }
        for call in &file.callers.calls {
            compare_call(call, files, &dockerfiles, &mut findings);
        }
        findings.extend(not_understood(unread));
        findings.sort_by_key(|finding| (finding.span, finding.rule));
        found.push(findings);
    }
    found
}

fn compare_one(
    file: &CallerFile,
    caller: &Caller,
    dockerfiles: &Dockerfiles<'_>,
    findings: &mut Vec<Finding>,
    unread: &mut Vec<NotCompared>,
) {
    let name = &caller.name;
    let about = |part: &Unread| NotCompared {
        build: Some(name.clone()),
        ..NotCompared::new(part.span, part.message.clone())
    };
    let report = match &caller.dockerfile {
        Location::Candidates(paths) => {
            let report = dockerfiles.first(paths);
            if let (None, Some(path)) = (report, paths.first()) {
                let message = format!("its Dockerfile `{}` is not there", cleaned(path).display());
                unread.push(about(&Unread::new(caller.span, message)));
            }
            report
        }
        Location::OtherFile => None,
        Location::Unread(part) => {
            unread.push(about(part));
            None
        }
    };
    let arguments = build_arguments(caller, report, findings);
    build_record(caller, report, &arguments, findings);
    let Some((report, dockerfile)) = report.and_then(|report| {
        let dockerfile = report.file.as_ref()?;
        Some((report, dockerfile))
    }) else {
        return;
    };
    let mounts = dockerfiles.mounts(&report.path);
    let stages = match &caller.target {
        Target::Last => mounts::stages(dockerfile, None),
        Target::Stage(name) => mounts::stages(dockerfile, Some(name)),
        Target::Unread(part) => {
            unread.push(about(part));
            None
        }
    };
    if let (None, Target::Stage(target)) = (&stages, &caller.target) {
        let message = format!("`{}` has no stage `{target}`", report.path);
        unread.push(about(&Unread::new(caller.span, message)));
    }
    let pair = Pair {
        file,
        caller,
        report,
        mounts,
    };
    let mut unused: Vec<&Passed> = pair.unused();
    if let Some(part) = caller.unread.first() {
        unread.push(about(part));
    } else if let Some(stages) = stages {
        let mut missing = Vec::new();
        pair.missing(&stages, &mut unused, &mut missing);
        match completed_by(&file.path) {
            Some(other) if !missing.is_empty() => {
                let message = format!("`{other}` may pass what is missing here");
                unread.push(about(&Unread::new(caller.span, message)));
            }
            _ => findings.extend(missing),
        }
    }
    pair.report_unused(&unused, findings);
}

/// A build and its Dockerfile.
struct Pair<'a> {
    file: &'a CallerFile,
    caller: &'a Caller,
    report: &'a FileReport,
    mounts: &'a Mounts,
}

impl<'a> Pair<'a> {
    /// Returns the secrets that no step of any stage mounts.
    fn unused(&self) -> Vec<&'a Passed> {
        let is_mounted = |passed: &&Passed| {
            let mut ids = passed.ids.iter();
            ids.any(|id| is_read_by_the_builder(id) || self.mounts.has(id))
        };
        let passed = self.caller.secrets.iter();
        passed.filter(|passed| !is_mounted(passed)).collect()
    }

    /// Reports the secrets that these stages mount and the build does not pass.
    fn missing(
        &self,
        stages: &BTreeSet<usize>,
        unused: &mut Vec<&Passed>,
        findings: &mut Vec<Finding>,
    ) {
        let name = &self.caller.name;
        let passed: BTreeSet<&str> = self
            .caller
            .secrets
            .iter()
            .flat_map(|passed| passed.ids.iter().map(String::as_str))
            .collect();
        for (id, mount) in self.mounts.needed(stages) {
            if passed.contains(id) || id.contains("${") {
                continue;
            }
            let near = unused.iter().position(|passed| {
                let names = [id];
                let mut ids = passed.ids.iter();
                ids.any(|other| !suggest::did_you_mean(other, &names).is_empty())
            });
            let label = format!("mounts the secret `{id}`");
            let mut written = "";
            let (span, message, help) = if let Some(index) = near {
                let passed = unused.remove(index);
                let other = passed.ids.first().map_or("", String::as_str);
                written = other;
                (
                    passed.span,
                    format!(
                        "{name} passes the secret `{other}`, and the Dockerfile mounts `{id}`: did \
                         you mean `{id}`?"
                    ),
                    format!("write the same id in both: `{id}`"),
                )
            } else {
                let effect = if mount.is_required {
                    "with required=true: the build stops there"
                } else {
                    "without required=true: the step runs without it"
                };
                (
                    self.caller.span,
                    format!(
                        "{name} does not pass the secret `{id}`, which the Dockerfile mounts \
                         {effect}"
                    ),
                    self.how_to_pass(id),
                )
            };
            let mut finding = Finding::new(Rule::MountedSecretNotPassed, span, message);
            if mount.is_required {
                finding.severity = Severity::Error;
            }
            finding.secret = Some(id.to_owned());
            written.clone_into(&mut finding.sink);
            finding.help = Some(help);
            finding.elsewhere = vec![place(self.report, mount.span, label)];
            findings.push(finding);
        }
    }

    fn how_to_pass(&self, id: &str) -> String {
        let variable: String = id
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() {
                    c.to_ascii_uppercase()
                } else {
                    '_'
                }
            })
            .collect();
        let is_script = self.caller.name.starts_with('`');
        match self.file.front_end {
            FrontEnd::Compose => format!(
                "add `{id}` to `secrets` of its `build`, and `{id}: {{environment: {variable}}}` \
                 to `secrets` of the file"
            ),
            FrontEnd::Bake => {
                format!("add `{{ id = \"{id}\", env = \"{variable}\" }}` to its `secret`")
            }
            FrontEnd::Workflow if !is_script => format!(
                "add `{id}={variable}` to `secret-envs`, and `{variable}` to `env` of the step"
            ),
            _ => match file_beside(&self.report.path, &self.file.path, id) {
                Some(file) => format!("add `--secret id={id},src={file}`"),
                None => format!("add `--secret id={id},env={variable}`"),
            },
        }
    }

    fn report_unused(&self, unused: &[&Passed], findings: &mut Vec<Finding>) {
        // An id that is only known when the build runs may be any of these.
        if self.mounts.has_unknown() {
            return;
        }
        for passed in unused {
            let id = passed.ids.first().map_or("", String::as_str);
            let message = format!(
                "{} passes the secret `{id}`, and no step of `{}` mounts it",
                self.caller.name, self.report.path
            );
            let mut finding = Finding::new(Rule::PassedSecretNotMounted, passed.span, message);
            finding.secret = Some(id.to_owned());
            finding.help = Some(format!(
                "remove it, or mount it in the step that needs it: `--mount=type=secret,id={id},\
                 required=true`"
            ));
            findings.push(finding);
        }
    }
}

/// Whether BuildKit reads a secret with this id itself: for git sources and for downloads by ADD.
fn is_read_by_the_builder(id: &str) -> bool {
    ["GIT_AUTH_TOKEN", "GIT_AUTH_HEADER", "HTTP_AUTH_"]
        .iter()
        .any(|start| id.starts_with(start))
}

/// Reports the build arguments that carry a secret, and returns their names.
fn build_arguments<'a>(
    caller: &'a Caller,
    report: Option<&FileReport>,
    findings: &mut Vec<Finding>,
) -> Vec<&'a str> {
    let mut names = Vec::new();
    for argument in &caller.arguments {
        let Some(carried) = &argument.secret else {
            continue;
        };
        let (name, by) = (&argument.name, &caller.name);
        let (what, severity) = match carried {
            Carried::Store(expression) => (format!("`{expression}`"), Severity::Error),
            Carried::File(path) => (format!("the content of `{path}`"), Severity::Error),
            Carried::Name => ("a secret".to_owned(), Severity::Warning),
        };
        let message = format!(
            "{by} passes {what} as the build argument `{name}`: build arguments are in the history \
             of the image and in its provenance"
        );
        let mut finding = Finding::new(Rule::SecretInBuildArg, argument.span, message);
        finding.severity = severity;
        finding.sink.clone_from(name);
        finding.help = Some(format!(
            "pass a secret, as with `--secret id={name},env={name}`, and mount it in the step that \
             needs it: `--mount=type=secret,id={name},env={name},required=true`"
        ));
        if let Some((report, span)) = report.and_then(|report| {
            let span = declaration(report.file.as_ref()?, name)?;
            Some((report, span))
        }) {
            let label = format!("declares the build argument `{name}`");
            finding.elsewhere = vec![place(report, span, label)];
        }
        findings.push(finding);
        names.push(name.as_str());
    }
    names
}

/// Returns where a Dockerfile declares a build argument.
fn declaration(file: &dockerfile::File, name: &str) -> Option<Span> {
    let mut arguments = file.instructions().filter_map(|(_, _, instruction)| {
        let Kind::Arg(arguments) = &instruction.kind else {
            return None;
        };
        let argument = arguments.iter().find(|argument| *argument.name == *name)?;
        Some(argument.name.whole())
    });
    arguments.next()
}

fn build_record(
    caller: &Caller,
    report: Option<&FileReport>,
    arguments: &[&str],
    findings: &mut Vec<Finding>,
) {
    let Some(span) = caller.record else { return };
    let logged = report.into_iter().flat_map(|report| {
        let is_log = |finding: &&Finding| {
            matches!(
                finding.rule,
                Rule::SecretInBuildLog | Rule::DerivedSecretInBuildLog
            )
        };
        let logged = report.findings.iter().filter(is_log);
        logged.map(move |finding| place(report, finding.span, "is printed".to_owned()))
    });
    let logged: Vec<Elsewhere> = logged.take(1).collect();
    let what = if let Some(name) = arguments.first() {
        format!("with the build argument `{name}`")
    } else if !logged.is_empty() {
        "with the build log, in which a secret is printed".to_owned()
    } else {
        return;
    };
    let message = format!(
        "{} uploads the record of the build as an artifact, {what}",
        caller.name
    );
    let mut finding = Finding::new(Rule::SecretInBuildRecord, span, message);
    finding.help = Some(
        "keep the secret out of the arguments and the log; `DOCKER_BUILD_RECORD_UPLOAD: false` in \
         `env` of the step turns the upload off"
            .to_owned(),
    );
    finding.elsewhere = logged;
    findings.push(finding);
}

fn compare_call(
    call: &Called,
    files: &[CallerFile],
    dockerfiles: &Dockerfiles<'_>,
    findings: &mut Vec<Finding>,
) {
    let Some(passed) = &call.passed else { return };
    let called = files
        .iter()
        .find(|file| cleaned(&file.path) == call.workflow);
    let Some(called) = called else { return };
    let is_passed = |name: &str| passed.iter().any(|other| other.eq_ignore_ascii_case(name));
    let mut missing = called.callers.used_secrets.iter();
    let Some((name, span)) = missing.find(|(name, _)| !is_passed(name)) else {
        return;
    };
    let others = missing.filter(|(name, _)| !is_passed(name)).count();
    let more = match others {
        0 => String::new(),
        count => format!(" and {count} more"),
    };
    let message = format!(
        "{} calls a workflow that uses the secret `{name}`{more}, and does not pass it: it is \
         empty there",
        call.name
    );
    let mut finding = Finding::new(Rule::SecretNotInherited, call.span, message);
    finding.secret = Some(name.clone());
    finding.help = Some("add `secrets: inherit` to the job, or list the secrets".to_owned());
    let report = dockerfiles.checked(&call.workflow);
    let label = "is used here".to_owned();
    finding.elsewhere = report
        .into_iter()
        .map(|report| place(report, *span, label.clone()))
        .collect();
    findings.push(finding);
}

/// A part that is not understood, and the build that it belongs to.
struct NotCompared {
    build: Option<String>,
    span: Span,
    message: String,
}

impl NotCompared {
    fn new(span: Span, message: String) -> Self {
        Self {
            build: None,
            span,
            message,
        }
    }
}

/// Returns what says that an included file was not read.
fn not_read(part: &Include, read: &BTreeSet<PathBuf>) -> Option<NotCompared> {
    if part.is_in(read) {
        return None;
    }
    let path = part.candidates.first()?;
    let is_there = part.candidates.iter().any(|path| path.is_file());
    let why = if is_there {
        "was not read"
    } else {
        "is not there"
    };
    let message = format!("`{}`, which this uses, {why}", path.display());
    Some(NotCompared::new(part.span, message))
}

/// Reports what is not understood, each reason once, at its first build.
fn not_understood(parts: Vec<NotCompared>) -> Vec<Finding> {
    let mut reasons: Vec<(NotCompared, usize)> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for part in parts {
        if let Some(index) = known.get(&part.message) {
            reasons[*index].1 += 1;
        } else {
            known.insert(part.message.clone(), reasons.len());
            reasons.push((part, 0));
        }
    }
    let finding = |(part, others): (NotCompared, usize)| {
        let more = match others {
            0 => String::new(),
            1 => " and 1 more build".to_owned(),
            count => format!(" and {count} more builds"),
        };
        let message = match &part.build {
            None => part.message,
            Some(build) => {
                format!(
                    "{build}{more}: {}; its secrets are not compared",
                    part.message
                )
            }
        };
        let mut finding = Finding::new(Rule::CallerNotUnderstood, part.span, message);
        finding.is_advice = true;
        finding
    };
    reasons.into_iter().map(finding).collect()
}

/// Returns the name of a file beside this one that is merged with it: the override of a main file, or the main file of a part.
fn completed_by(path: &Path) -> Option<String> {
    const NAMES: [(&str, [&str; 2]); 3] = [
        ("compose", ["yml", "yaml"]),
        ("docker-compose", ["yml", "yaml"]),
        ("docker-bake", ["hcl", "json"]),
    ];
    let name = path.file_name()?.to_str()?;
    let (start, ends) = NAMES.iter().find(|(start, _)| {
        let rest = name.strip_prefix(start);
        rest.is_some_and(|rest| rest.starts_with(['.', '-', '_']))
    })?;
    let is_main = ends.iter().any(|end| name == format!("{start}.{end}"));
    let middle = if is_main { ".override" } else { "" };
    let mut others = ends.iter().map(|end| format!("{start}{middle}.{end}"));
    others.find(|other| path.with_file_name(other).is_file())
}
