//! A planned file as calls of the builder.
//!
//! In: a [`Plan`]. Out: the text of a module: `use` lines, a constant for each secret, and a function `image` with a statement for
//! each instruction.

use dockerfile_dsl_analysis::Finding;

use super::expression::{Names, argument, declaration, value};
use super::layout::{Expr, literal, statement};
use super::plan::{BasePlan, Form, Plan, StagePlan, Step};
use crate::stage::Stage;
use crate::syntax::Syntax;

/// Words that cannot name a variable, and the variables of the code itself.
const TAKEN: &[&str] = &[
    "abstract",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "pub",
    "ref",
    "return",
    "self",
    "settings",
    "stage",
    "static",
    "struct",
    "super",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
    "danger",
    "expand",
    "glob",
    "image",
    "inline",
    "sh",
    "shell_form",
];

/// Types of the library that code may name, by their modules.
const ROOT: &[&str] = &[
    "Dockerfile",
    "Error",
    "Escape",
    "Rule",
    "Secret",
    "Settings",
    "Stage",
    "StageBuilder",
    "Syntax",
    "Version",
    "danger",
    "dockerfile",
    "expand",
    "glob",
    "inline",
    "sh",
    "shell_form",
];
const INSTRUCTIONS: &[&str] = &[
    "Add",
    "Arg",
    "Cmd",
    "CopyFiles",
    "Entrypoint",
    "Env",
    "Expose",
    "GitDirectory",
    "Healthcheck",
    "Label",
    "Network",
    "Run",
    "Security",
    "Shell",
    "Source",
    "Stopsignal",
    "Unpack",
    "User",
    "Volume",
    "Workdir",
];
const MOUNTS: &[&str] = &[
    "BindMount",
    "CacheMount",
    "SecretMount",
    "Sharing",
    "SshMount",
    "TmpfsMount",
];

/// Returns the text of the module.
pub(super) fn print(plan: &Plan) -> String {
    let last = plan.stages.len() - 1;
    let stages = variables(plan, |index| {
        if index == last {
            "app".to_owned()
        } else {
            format!("stage_{index}")
        }
    });
    let names = Names {
        constants: &plan.constants.all,
        stages: &stages,
    };
    let mut body = String::new();
    let has_settings = settings(plan, &names, &mut body);
    for (index, stage) in plan.stages.iter().enumerate() {
        print_stage(stage, &names, &stages[index].0, &mut body);
    }
    body.push_str(&source_comments(&plan.end));
    body.push_str(&result(plan, &stages, has_settings));
    module(plan, &body)
}

/// Returns the module around the body of its function.
pub(super) fn module(plan: &Plan, body: &str) -> String {
    let mut items = String::new();
    for (name, secret) in &plan.constants.all {
        let before = format!("const {name}: Secret = ");
        items.push_str(&statement(&before, &declaration(secret), 0, ";"));
    }
    if !items.is_empty() {
        items.push('\n');
    }
    items.push_str("/// The image of the Dockerfile that was imported.\n");
    items.push_str("pub fn image() -> Result<Dockerfile, Error> {\n");
    items.push_str(body);
    items.push_str("}\n");
    uses(&items) + "\n" + &items
}

/// Returns the variable of each stage, with the stage. `unnamed` is that of a stage without a name, by its index.
pub(super) fn variables(plan: &Plan, unnamed: impl Fn(usize) -> String) -> Vec<(String, Stage)> {
    let mut known: Vec<(String, Stage)> = Vec::new();
    for (index, stage) in plan.stages.iter().enumerate() {
        let first = match &stage.name {
            Some(name) => variable(name),
            None => unnamed(index),
        };
        let mut name = first.clone();
        let mut count = 1;
        while TAKEN.contains(&name.as_str()) || known.iter().any(|(known, _)| *known == name) {
            count += 1;
            name = format!("{first}_{count}");
        }
        known.push((name, plan.built[index].clone()));
    }
    known
}

/// Returns the name of a stage as a variable.
fn variable(name: &str) -> String {
    let name: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    match name.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => name,
        _ => format!("stage_{}", name.trim_start_matches('_')),
    }
}

/// Writes the settings of the file, if it has any.
fn settings(plan: &Plan, names: &Names<'_>, body: &mut String) -> bool {
    let settings = &plan.settings;
    let mut calls: Vec<(&str, Vec<Expr>)> = Vec::new();
    if let Some(syntax) = &settings.syntax {
        calls.push(("syntax", vec![written(syntax)]));
    }
    if settings.escape == crate::Escape::Backtick {
        calls.push(("escape", vec![Expr::atom("Escape::Backtick")]));
    }
    if let Some(checks) = &settings.checks {
        calls.push(("check_options", vec![literal(checks)]));
    }
    for decision in &settings.decisions {
        calls.extend(names.decision(decision).map(|one| ("decide", vec![one])));
    }
    for rows in &settings.programs {
        calls.push(("programs", vec![literal(rows)]));
    }
    for secret in &settings.secrets {
        let known = names.constants.iter().find(|(_, known)| known == secret);
        calls.extend(known.map(|(name, _)| ("declare", vec![Expr::atom(name)])));
    }
    for arg in &settings.arguments {
        calls.push(("global_arg", vec![argument(arg)]));
    }
    for directive in &plan.left_out {
        body.push_str(&format!(
            "    // left out, as it has no typed form: {directive}\n"
        ));
    }
    if calls.is_empty() {
        return false;
    }
    body.push_str("    let mut settings = Dockerfile::settings();\n");
    for (method, arguments) in calls {
        let call = Expr::call(format!("settings.{method}"), arguments);
        body.push_str(&statement("", &call, 4, ";"));
    }
    body.push('\n');
    true
}

fn written(syntax: &Syntax) -> Expr {
    match syntax {
        Syntax::Latest => Expr::atom("Syntax::Latest"),
        Syntax::Labs => Expr::atom("Syntax::Labs"),
        Syntax::Version(version) => Expr::atom(format!(
            "Syntax::Version(Version::new({}, {}))",
            version.major, version.minor
        )),
        Syntax::Digest(image) => {
            Expr::atom(format!("Syntax::Digest({}.into())", literal(image).line()))
        }
    }
}

fn print_stage(stage: &StagePlan, names: &Names<'_>, name: &str, body: &mut String) {
    body.push_str(&findings(&stage.findings, 4));
    let base = match &stage.base {
        BasePlan::Image(image) => Expr::call("Stage::from_image", vec![value(image)]),
        BasePlan::Stage(index) => {
            let base = Expr::atom(format!("&{}", names.stages[*index].0));
            Expr::call("Stage::from_stage", vec![base])
        }
        BasePlan::Scratch => Expr::call("Stage::scratch", Vec::new()),
    };
    let mut lines = String::new();
    let mut call = |method: &str, arguments: Vec<Expr>| {
        let call = Expr::call(format!("stage.{method}"), arguments);
        lines.push_str(&statement("", &call, 4, ";"));
    };
    if let Some(name) = &stage.name {
        call("named", vec![literal(name)]);
    }
    if let Some(platform) = &stage.platform {
        call("platform", vec![value(platform)]);
    }
    if !stage.comments.is_empty() {
        call("stage_comment", vec![literal(&stage.comments.join("\n"))]);
    }
    for step in &stage.steps {
        lines.push_str(&print_step(step, names));
    }
    if lines.contains("    stage.") {
        body.push_str(&statement("let mut stage = ", &base, 4, ";"));
        body.push_str(&lines);
        body.push_str(&format!("    let {name} = stage.build();\n\n"));
    } else {
        body.push_str(&lines);
        body.push_str(&format!("    let {name} = {}.build();\n\n", base.line()));
    }
}

fn print_step(step: &Step, names: &Names<'_>) -> String {
    let mut text = String::new();
    if let Form::LeftOut(keyword) = step.form {
        text.push_str(&source_comments(&step.comments));
        return text
            + &format!(
                "    // left out: a later {keyword} replaces the one in line {}\n",
                step.line
            );
    }
    if !step.comments.is_empty() {
        let comment = Expr::call("stage.comment", vec![literal(&step.comments.join("\n"))]);
        text.push_str(&statement("", &comment, 4, ";"));
    }
    // Those of a script are arguments of its `sh!`.
    if !matches!(step.form, Form::Script(_)) {
        for decision in step.decisions.iter().filter_map(|one| names.decision(one)) {
            text.push_str(&statement(
                "",
                &Expr::call("stage.decide", vec![decision]),
                4,
                ";",
            ));
        }
    }
    if let Form::Raw(_, reason) = &step.form {
        text.push_str(&format!("    // raw: {}\n", reason.replace('\n', " ")));
    }
    text.push_str(&findings(&step.findings, 4));
    if !step.findings.is_empty() && !step.is_refused_by_macro() {
        text.push_str(&refusal(step, 4));
    }
    for (method, arguments) in names.calls(step) {
        let call = Expr::call(format!("stage.{method}"), arguments);
        text.push_str(&statement("", &call, 4, ";"));
    }
    text
}

/// Returns the findings as comments.
pub(super) fn findings(findings: &[Finding], indent: usize) -> String {
    let spaces = " ".repeat(indent);
    let line = |finding: &Finding| {
        let message = finding.message.replace(['\n', '\r'], " ");
        format!("{spaces}// finding {}: {message}\n", finding.rule)
    };
    findings.iter().map(line).collect()
}

/// Returns what makes rustc refuse a step that it cannot refuse by itself.
fn refusal(step: &Step, indent: usize) -> String {
    let call = Expr::call("compile_error!", vec![literal(&refusal_message(step))]);
    statement("", &call, indent, ";")
}

pub(super) fn refusal_message(step: &Step) -> String {
    let rules: Vec<String> = step.findings.iter().map(|it| it.rule.to_string()).collect();
    format!("line {} of the Dockerfile: {}", step.line, rules.join(", "))
}

pub(super) fn source_comments(comments: &[String]) -> String {
    comments.iter().map(|it| format!("    // {it}\n")).collect()
}

fn result(plan: &Plan, stages: &[(String, Stage)], has_settings: bool) -> String {
    let names: Vec<String> = stages.iter().map(|(name, _)| format!("&{name}")).collect();
    let last = names.last().map_or("", String::as_str);
    let is_one = is_whole(plan);
    let all = || Expr::List(names.iter().map(Expr::atom).collect());
    let call = match (has_settings, is_one) {
        (true, true) => Expr::call("settings.dockerfile", vec![Expr::atom(last)]),
        (true, false) => Expr::call("settings.dockerfile_from", vec![all()]),
        (false, true) => Expr::call("Dockerfile::from_stage", vec![Expr::atom(last)]),
        (false, false) => Expr::call("Dockerfile::from_stages", vec![all()]),
    };
    statement("", &call, 4, "")
}

/// Whether the last stage depends on all others, in their order.
pub(super) fn is_whole(plan: &Plan) -> bool {
    let last = plan.built.last().map(std::slice::from_ref);
    last.is_some_and(|last| crate::lower::walk(last).0 == plan.built)
}

/// Returns the `use` lines for the names in a text.
fn uses(text: &str) -> String {
    let code = code_only(text);
    let words: Vec<&str> = code
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .collect();
    let found = |names: &[&str]| -> Vec<String> {
        let used = names.iter().filter(|name| match **name {
            "dockerfile" => code.contains("dockerfile!"),
            name => words.contains(&name),
        });
        used.map(|name| (*name).to_owned()).collect()
    };
    let mut lines = String::new();
    for (path, names) in [
        ("dockerfile_dsl::instructions", found(INSTRUCTIONS)),
        ("dockerfile_dsl::mounts", found(MOUNTS)),
        ("dockerfile_dsl", found(ROOT)),
    ] {
        match &names[..] {
            [] => {}
            [one] => lines.push_str(&format!("use {path}::{one};\n")),
            _ => lines.push_str(&use_lines(path, &names)),
        }
    }
    lines
}

/// Returns a text of Rust without its comments and the content of its literals.
fn code_only(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['"', '/']) {
        let (before, from) = rest.split_at(at);
        code.push_str(before);
        code.push(' ');
        let hashes = before.len() - before.trim_end_matches('#').len();
        let is_raw = before.trim_end_matches('#').ends_with('r');
        let length = if from.starts_with("//") {
            from.find('\n')
        } else if from.starts_with('/') {
            Some(1)
        } else if is_raw {
            let end = format!("\"{}", "#".repeat(hashes));
            from[1..].find(&end).map(|length| length + 1 + end.len())
        } else {
            end_of_literal(from)
        };
        rest = &from[length.unwrap_or(from.len())..];
    }
    code + rest
}

/// Returns the length of the literal at the start of a text.
fn end_of_literal(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    let mut characters = text.char_indices().skip(1);
    let end = characters.find(|(_, character)| {
        let ends = *character == '"' && !is_escaped;
        is_escaped = *character == '\\' && !is_escaped;
        ends
    });
    end.map(|(at, _)| at + 1)
}

fn use_lines(path: &str, names: &[String]) -> String {
    let line = format!("use {path}::{{{}}};\n", names.join(", "));
    if line.len() <= 101 {
        return line;
    }
    let mut text = format!("use {path}::{{\n");
    let mut current = "   ".to_owned();
    for name in names {
        if current.len() + name.len() + 2 > 100 {
            text.push_str(&current);
            text.push('\n');
            current = "   ".to_owned();
        }
        current.push_str(&format!(" {name},"));
    }
    text + &current + "\n};\n"
}
