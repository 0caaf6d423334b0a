//! The report as one HTML file, to be read and forwarded: without scripts, fonts, pictures or anything from elsewhere.
//!
//! All text of the image is escaped, for HTML and for characters that hide or reorder text. A browser that is to load or run something
//! nevertheless is kept from it by the policy in the head.

use std::fmt::{Display, Formatter, Result, Write as _};

use dockerfile_dsl_analysis::printable::printable;

use super::{Finding, Report, Verdict, human};

const STYLE: &str = include_str!("html.css");

pub(super) fn write(report: &Report) -> String {
    let verdict = report.verdict();
    let image = Html(&report.image);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src \
         'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{verdict}: {image}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <h1><span class=\"{verdict}\">{verdict}</span> {image}</h1>\n"
    );
    let _ = writeln!(page, "<p>{}</p>", summary(report));
    if !report.findings.is_empty() {
        page += "<h2>Places</h2>\n";
    }
    for finding in &report.findings {
        place(&mut page, finding);
    }
    list(&mut page, "Not searched", &report.incomplete);
    list(&mut page, "Kept", &report.kept);
    if verdict == Verdict::Leaked {
        advice(&mut page, report);
    }
    let _ = writeln!(
        page,
        "<footer>Searched {}. The report has no value of a secret. dockerfile-dsl {}</footer>\n\
         </body>\n</html>",
        human::amount(report),
        env!("CARGO_PKG_VERSION")
    );
    page
}

fn summary(report: &Report) -> String {
    let text = match report.verdict() {
        Verdict::Clean => "None of the values is in the image.".to_owned(),
        Verdict::Leaked => format!(
            "Values of build secrets are in the image, in {}.",
            human::count(report.findings.len(), "place", "places")
        ),
        Verdict::Incomplete => {
            "Nothing was found, but not all of the image could be searched.".to_owned()
        }
    };
    if report.known_texts == 0 {
        return text;
    }
    let known = human::count(report.known_texts, "part", "parts");
    format!("{text} {known} of a secret also occurred in a base layer, and are not counted.")
}

fn place(page: &mut String, finding: &Finding) {
    let sentence = human::sentence(finding);
    let _ = writeln!(page, "<section>\n<h3>{}</h3>\n<dl>", Html(&sentence));
    let mut row = |name: &str, value: &str| {
        let _ = writeln!(page, "<dt>{name}</dt><dd><code>{}</code></dd>", Html(value));
    };
    if let Some(layer) = &finding.layer {
        row("layer", layer);
    }
    if let Some(instruction) = &finding.instruction {
        row("made by", instruction);
    }
    row("offset", &finding.offset.to_string());
    *page += "</dl>\n";
    if finding.deleted_later {
        *page += "<p>A later layer deletes or replaces this file, but the image still contains \
                  it.</p>\n";
    }
    *page += "</section>\n";
}

fn list(page: &mut String, title: &str, items: &[impl Display]) {
    if items.is_empty() {
        return;
    }
    let _ = writeln!(page, "<h2>{title}</h2>\n<ul>");
    for item in items {
        let _ = writeln!(page, "<li>{}</li>", Html(&item.to_string()));
    }
    *page += "</ul>\n";
}

fn advice(page: &mut String, report: &Report) {
    *page += "<h2>What to do now</h2>\n<ol>\n";
    for step in human::steps(report) {
        *page += "<li>";
        for line in step.lines() {
            let _ = match line.strip_prefix("  ") {
                Some(instruction) => write!(page, "<br><code>{}</code>", Html(instruction)),
                None => writeln!(page, "{}", Html(line)),
            };
        }
        *page += "</li>\n";
    }
    *page += "</ol>\n";
}

/// Escaped text.
struct Html<'a>(&'a str);

impl Display for Html<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        printable(self.0)
            .chars()
            .try_for_each(|character| match character {
                '&' => f.write_str("&amp;"),
                '<' => f.write_str("&lt;"),
                '>' => f.write_str("&gt;"),
                '"' => f.write_str("&quot;"),
                '\'' => f.write_str("&#39;"),
                other => f.write_char(other),
            })
    }
}
