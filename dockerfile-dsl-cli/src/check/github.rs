//! Findings as workflow commands, which GitHub Actions shows as annotations of a change.

use std::fmt::Write as _;

use dockerfile_dsl_analysis::printable::{printable, printable_lines};

use super::file_report::{Failure, FileReport};
use super::json::severity_name;

pub(super) fn render(reports: &[FileReport]) -> String {
    let mut text = String::new();
    for report in reports {
        for finding in &report.findings {
            let (line, column) = report.position(finding.span.start);
            let mut message = finding.message.clone();
            for place in &finding.elsewhere {
                let _ = write!(message, "\n{}:{}: {}", place.path, place.line, place.label);
            }
            if let Some(help) = &finding.help {
                let _ = write!(message, "\nFix: {help}");
            }
            let annotation = Annotation {
                level: severity_name(finding.severity),
                title: finding.rule.name(),
                path: &report.path,
                place: (line, column),
            };
            annotation.write(&mut text, &message);
        }
        let title = match &report.failure {
            None => continue,
            Some(Failure::Unreadable(_)) => "cannot be read",
            Some(Failure::Malformed(_)) => "cannot be built as written",
        };
        let place = match &report.failure {
            Some(Failure::Malformed(errors)) => errors
                .first()
                .map_or((1, 1), |error| report.position(error.span.start)),
            _ => (1, 1),
        };
        let annotation = Annotation {
            level: "error",
            title,
            path: &report.path,
            place,
        };
        let message = report.failure_text().unwrap_or_default();
        annotation.write(&mut text, &message);
    }
    text
}

struct Annotation<'a> {
    level: &'a str,
    title: &'a str,
    path: &'a str,
    place: (usize, usize),
}

impl Annotation<'_> {
    /// Writes one command, with the characters escaped that could end a part of it or begin another command.
    fn write(&self, text: &mut String, message: &str) {
        let data = |text: &str| {
            let text = text.replace('%', "%25").replace('\r', "%0D");
            text.replace('\n', "%0A")
        };
        let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
        let (line, column) = self.place;
        let _ = writeln!(
            text,
            "::{} file={},line={line},col={column},title={}::{}",
            self.level,
            property(&printable(self.path)),
            property(self.title),
            data(&printable_lines(message))
        );
    }
}
