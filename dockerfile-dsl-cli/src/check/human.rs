//! Findings for people: the lines with carets under them, the flow of the value, the fix.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet, Title};
use dockerfile_dsl_analysis::printable::{printable, printable_lines};
use dockerfile_dsl_analysis::{Finding, Rule, Severity, Span};

use super::discover::Found;
use super::file_report::{Failure, FileReport};
use crate::explain::read_more;
use crate::output;

/// Max. errors shown of a file that cannot be read.
const MAX_ERRORS: usize = 20;

/// Says that nothing was checked.
pub(crate) fn tell_nothing_found(found: &Found) {
    let folders: Vec<String> = found
        .folders
        .iter()
        .map(|folder| format!("`{}`", output::shown(folder)))
        .collect();
    let place = match folders.as_slice() {
        [] => String::new(),
        folders => format!(" in {}", folders.join(", ")),
    };
    tell_templates(found);
    output::tell(&format!(
        "no Dockerfile found{place}: they are called Dockerfile, Containerfile, *.Dockerfile or \
         Dockerfile.*, and what .gitignore or --exclude names is not searched\n"
    ));
}

/// Says which files are not checked because they are not complete.
fn tell_templates(found: &Found) {
    if let [first, others @ ..] = found.templates.as_slice() {
        let more = match others.len() {
            0 => String::new(),
            count => format!(" and {count} more"),
        };
        output::tell(&format!(
            "note: {}{more}: not checked, a template engine completes it; check its output\n",
            output::shown(first)
        ));
    }
}

pub(super) fn tell(reports: &[FileReport], found: &Found) {
    if output::is_quiet() {
        return;
    }
    let renderer = if output::has_colour() {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    for report in reports {
        output::tell_styled(&render(report, &renderer));
    }
    tell_templates(found);
    output::tell(&summary(reports));
}

fn render(report: &FileReport, renderer: &Renderer) -> String {
    let mut text = String::new();
    match &report.failure {
        Some(Failure::Unreadable(message)) => {
            let path = printable(&report.path);
            text = format!("error: {path} {}\n", printable_lines(message));
        }
        Some(Failure::Malformed(errors)) => {
            for error in errors.iter().take(MAX_ERRORS) {
                let mark = Mark::new(AnnotationKind::Primary, report, error.span, String::new());
                let title = Level::ERROR.primary_title(printable(&error.message));
                let mut groups = vec![placed(title, report, vec![mark])];
                groups.extend(error.help.as_deref().map(help));
                text += &renderer.render(&groups);
                text.push_str("\n\n");
            }
            if errors.len() > MAX_ERRORS {
                text += &format!(
                    "... and {} more errors in {}\n\n",
                    errors.len() - MAX_ERRORS,
                    printable(&report.path)
                );
            }
        }
        None => {
            for findings in by_fix(&report.findings) {
                let finding = findings[0];
                let above = match report.caller {
                    Some(_) => "line",
                    None => "instruction",
                };
                let accept = finding.accepting_comment().map(|comment| {
                    format!("to accept it, put this above the {above}: `{comment}`")
                });
                let all = (findings.len() > 1).then(|| others(&findings));
                let notes = [all, accept, Some(read_more(finding))];
                text += &renderer.render(&groups(report, &findings, &notes));
                text.push_str("\n\n");
            }
        }
    }
    text
}

/// Groups the leaks of one command that one fix mends, in the order of the first of each: npm writes a URL to four files.
fn by_fix(findings: &[Finding]) -> Vec<Vec<&Finding>> {
    let key = |finding: &Finding| {
        let place = (finding.rule, finding.severity, finding.span);
        (place, finding.secret.clone(), finding.help.clone())
    };
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let mut known = HashMap::new();
    for finding in findings {
        let is_alone = finding.help.is_none() || finding.way.is_empty();
        let new = groups.len();
        let group = match is_alone {
            true => new,
            false => *known.entry(key(finding)).or_insert(new),
        };
        match groups.get_mut(group) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

/// Names the sinks of a group after the first.
fn others(findings: &[&Finding]) -> String {
    let sinks = findings[1..]
        .iter()
        .map(|finding| format!("`{}`", finding.sink));
    let sinks: Vec<String> = sinks.collect();
    let sinks = printable_lines(&sinks.join(", ")).to_string();
    format!(
        "these are {} findings with one fix: also {sinks}",
        findings.len()
    )
}

fn groups<'a>(
    report: &'a FileReport,
    findings: &[&'a Finding],
    notes: &'a [Option<String>],
) -> Vec<Group<'a>> {
    let finding = findings[0];
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mark = |kind, span, label| Mark::new(kind, report, span, label);
    let mut marks = vec![mark(AnnotationKind::Primary, finding.span, label(finding))];
    let mut shown = Vec::new();
    for step in findings.iter().flat_map(|finding| &finding.way) {
        if !shown.contains(&step) {
            shown.push(step);
            let label = printable(&step.text);
            marks.push(mark(AnnotationKind::Context, step.span, label));
        }
    }
    for span in &finding.also {
        let label = "and here".to_owned();
        marks.push(mark(AnnotationKind::Context, *span, label));
    }
    let title = level
        .primary_title(printable(&finding.message))
        .id(finding.rule.name());
    let mut title = placed(title, report, marks);
    for place in &finding.elsewhere {
        let mark = AnnotationKind::Context
            .span(place.span.start..place.span.end)
            .label(printable(&place.label));
        let snippet = Snippet::source(place.source.as_str())
            .line_start(place.line)
            .path(printable(&place.path))
            .annotation(mark);
        title = title.element(snippet);
    }
    let mut groups = vec![title];
    groups.extend(finding.help.as_deref().map(help));
    let notes = notes.iter().flatten();
    groups.extend(notes.map(|text| Group::with_title(Level::NOTE.secondary_title(text))));
    groups
}

/// Returns the label under the carets: where the value ends up.
fn label(finding: &Finding) -> String {
    use dockerfile_dsl_analysis::Channel;
    if !matches!(
        finding.rule,
        Rule::SecretInLayer | Rule::SecretInBuildLog | Rule::SecretInCacheMount
    ) {
        return String::new();
    }
    match finding.channel {
        Channel::Layer => finding.builder_stage.as_ref().map_or_else(
            || "ends up in a layer of the image".to_owned(),
            |stage| format!("ends up in a layer of build stage `{stage}`"),
        ),
        Channel::Log => "ends up in the build log".to_owned(),
        Channel::Config => "ends up in the config or history of the image".to_owned(),
        Channel::Cache => "ends up in the build cache".to_owned(),
        _ => String::new(),
    }
}

fn help(text: &str) -> Group<'_> {
    Group::with_title(Level::HELP.secondary_title(printable_lines(text)))
}

/// A part of a line with a label.
struct Mark {
    kind: AnnotationKind,
    span: Range<usize>,
    label: String,
}

impl Mark {
    fn new(kind: AnnotationKind, report: &FileReport, span: Span, label: String) -> Self {
        Self {
            kind,
            span: first_line(&report.text, span),
            label,
        }
    }
}

/// Shows the lines with marks, the first of which is the primary one. Marks that are far apart are shown by themselves, each with its line
/// number: the renderer reads all of the text that it gets, for each finding.
fn placed<'a>(title: Title<'a>, report: &'a FileReport, marks: Vec<Mark>) -> Group<'a> {
    let mut group = Group::with_title(title);
    for marks in near(marks) {
        group = with_snippet(group, report, marks);
    }
    group
}

/// Max. bytes between two marks that are shown in one piece of the text.
const MAX_GAP: usize = 1 << 13;

/// Groups the marks that are near each other: first those with the first mark, then the others in the order of the text.
fn near(marks: Vec<Mark>) -> Vec<Vec<Mark>> {
    let mut spans: Vec<_> = marks.iter().map(|mark| mark.span.clone()).collect();
    spans.sort_by_key(|span| span.start);
    let mut starts = Vec::new();
    let mut end = 0;
    for span in spans {
        if starts.is_empty() || span.start > end + MAX_GAP {
            starts.push(span.start);
        }
        end = end.max(span.end);
    }
    let place = |mark: &Mark| starts.partition_point(|start| *start <= mark.span.start);
    let first = marks.first().map(place);
    let mut places: BTreeMap<(bool, usize), Vec<Mark>> = BTreeMap::new();
    for mark in marks {
        let place = place(&mark);
        let key = (Some(place) != first, place);
        places.entry(key).or_default().push(mark);
    }
    places.into_values().collect()
}

/// Adds the lines with marks, and those between them. Of a long line it takes a part, and so the place of the mark by itself.
fn with_snippet<'a>(group: Group<'a>, report: &'a FileReport, marks: Vec<Mark>) -> Group<'a> {
    let main = marks.first().map_or(0, |mark| mark.span.start);
    let path = printable(&report.path);
    let first = marks.iter().map(|mark| mark.span.start).min().unwrap_or(0);
    let last = marks.iter().map(|mark| mark.span.end).max().unwrap_or(0);
    let line = report.lines.line(first);
    let start = report.lines.start(line).unwrap_or(0);
    let end = report.lines.start(report.lines.line(last) + 1);
    let end = end.unwrap_or(report.shown().len());
    let is_cut = first - start > MAX_MARGIN;
    let start = match is_cut {
        true => floor(report.shown(), first - MAX_MARGIN),
        false => start,
    };
    let end = end.min(floor(report.shown(), last + MAX_MARGIN)).max(start);
    let source = report.shown().get(start..end);
    let annotations = marks.into_iter().map(|mark| {
        let span = mark.span.start - start..mark.span.end - start;
        mark.kind.span(span).label(mark.label)
    });
    let snippet = Snippet::source(source.unwrap_or_default())
        .line_start(line)
        .annotations(annotations);
    if is_cut {
        let (line, column) = report.position(main);
        let origin = Origin::path(path).line(line).char_column(column);
        group.element(origin).element(snippet)
    } else {
        group.element(snippet.path(path))
    }
}

/// Max. bytes of a line that are shown before the first mark and after the last one: a file of one line may be large.
const MAX_MARGIN: usize = 1 << 9;

/// Returns the character boundary at or before an offset.
fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// Returns the first line of the span, clipped to the text and to character boundaries.
fn first_line(text: &str, span: Span) -> Range<usize> {
    let start = floor(text, span.start.min(text.len()));
    let end = floor(text, span.end.clamp(start, text.len()));
    let end = text[start..end]
        .find('\n')
        .map_or(end, |length| start + length);
    start..end
}

fn summary(reports: &[FileReport]) -> String {
    let count = |severity| {
        let findings = reports.iter().flat_map(|report| &report.findings);
        findings
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let plural =
        |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let mut text = format!(
        "{} and {} in {}",
        plural(count(Severity::Error), "error"),
        plural(count(Severity::Warning), "warning"),
        plural(
            reports
                .iter()
                .filter(|report| report.failure.is_none())
                .count(),
            "file"
        )
    );
    text += &strict(reports);
    let failed = |is_this: fn(&Failure) -> bool, why: &str| {
        let failures = reports.iter().filter_map(|report| report.failure.as_ref());
        match failures.filter(|failure| is_this(failure)).count() {
            0 => None,
            count => Some(format!("{} that {why}", plural(count, "file"))),
        }
    };
    let unchecked: Vec<String> = [
        failed(
            |failure| matches!(failure, Failure::Unreadable(_)),
            "could not be read",
        ),
        failed(
            |failure| matches!(failure, Failure::Malformed(_)),
            "cannot be built as written",
        ),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !unchecked.is_empty() {
        text += &format!("; not checked: {}", unchecked.join(", "));
    }
    text + "\n"
}

/// Returns a note on what `--strict` would change.
fn strict(reports: &[FileReport]) -> String {
    let findings = reports.iter().flat_map(|report| &report.findings);
    let warnings: Vec<&Finding> = findings
        .filter(|finding| finding.severity == Severity::Warning)
        .collect();
    let count = warnings
        .iter()
        .filter(|finding| finding.is_error_when_strict())
        .count();
    match (count, warnings.len()) {
        (0, _) => String::new(),
        (1, 1) => "; --strict makes it an error".to_owned(),
        (all, of) if all == of => "; --strict makes them errors".to_owned(),
        (1, _) => "; --strict makes 1 warning an error".to_owned(),
        (some, _) => format!("; --strict makes {some} warnings errors"),
    }
}
