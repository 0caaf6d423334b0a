//! An audit as a picture: SVG without scripts, fonts or anything from elsewhere, in light and dark colours.
//!
//! In: the audit of one file. Out: the text of the picture. `layout` places everything, and this module writes it. All text is escaped.

use std::fmt::{Display, Write as _};

use dockerfile_dsl_analysis::printable::printable;

use super::model::Model;
use layout::{Edge, Label, Lane, Layout, Pill, Rect, Row, StepBox};
use text::Font;

mod layout;
mod text;

/// Colours of secrets; further ones have the same colours and dashed lines.
const COLOURS: [(&str, &str); 8] = [
    ("#0b63c4", "#6cb2ff"),
    ("#0a7d55", "#5fd6a5"),
    ("#8a2be2", "#c79bff"),
    ("#a35200", "#ffb066"),
    ("#006f86", "#5fd0e6"),
    ("#b0125b", "#ff8ac0"),
    ("#5a6b00", "#c3d14a"),
    ("#6b4a2b", "#d8ab87"),
];

/// The rest of the colours.
const STYLE: &str = include_str!("svg/style.css");

/// Renders the audit of one file.
pub(super) fn render(model: &Model) -> String {
    let layout = Layout::new(model);
    let (width, height) = (layout.width, layout.height);
    let mut out = Writer(String::new());
    out.add(format_args!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"audit-title audit-desc\">"
    ));
    let title = &layout.title.whole;
    out.add(format_args!(
        "<title id=\"audit-title\">{}</title>",
        Xml(title)
    ));
    let description = printable(&description(model));
    let description = Xml(&description);
    out.add(format_args!("<desc id=\"audit-desc\">{description}</desc>"));
    out.style();
    out.add(format_args!(
        "<rect class=\"page\" width=\"{width}\" height=\"{height}\"/>"
    ));
    out.text(&layout.title, "title", Font::TITLE);
    out.text(&layout.summary, "small", Font::SMALL);
    for lane in &layout.lanes {
        out.lane(lane);
    }
    for edge in &layout.edges {
        out.edge(edge);
    }
    for (index, pill) in layout.pills.iter().enumerate() {
        out.track(index, pill);
    }
    for row in &layout.rows {
        out.lines(row);
    }
    for (index, pill) in layout.pills.iter().enumerate() {
        out.pill(index, pill);
    }
    for step in &layout.steps {
        out.step(step);
    }
    for row in &layout.rows {
        out.row(row);
    }
    for line in &layout.lines {
        out.text(line, "small", Font::SMALL);
    }
    out.add(format_args!("</svg>"));
    out.0
}

/// Returns the audit in sentences, for screen readers.
fn description(model: &Model) -> String {
    let mut text = model.summary() + ".";
    for flow in &model.flows {
        let step = &model.steps[flow.step];
        text += &format!(
            " {} in {}: {} -> {}.",
            model.secrets[flow.secret].words(),
            model.place(step),
            flow.program_words(),
            flow.end_words()
        );
    }
    text
}

/// Escaped text.
struct Xml<'a>(&'a str);

impl Display for Xml<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            // XML does not have them, not even as references.
            '\u{fffe}' | '\u{ffff}' => f.write_char('\u{fffd}'),
            other => f.write_char(other),
        })
    }
}

struct Writer(String);

impl Writer {
    fn add(&mut self, line: impl Display) {
        let _ = writeln!(self.0, "{line}");
    }

    fn style(&mut self) {
        let colours = |is_dark: bool| {
            let colours = COLOURS.iter().enumerate();
            colours.fold(String::new(), |text, (index, (light, dark))| {
                let colour = if is_dark { dark } else { light };
                text + &format!(".s{index}{{stroke:{colour}}}.t{index}{{fill:{colour}}}")
            })
        };
        let (light, dark) = (colours(false), colours(true));
        let dark = format!("@media(prefers-color-scheme:dark){{{dark}}}");
        self.add(format_args!("<style>\n{STYLE}{light}\n{dark}\n</style>"));
    }

    fn text(&mut self, label: &Label, class: &str, font: Font) {
        let Label { x, y, text, whole } = label;
        let size = font.size;
        let title = if text == whole {
            String::new()
        } else {
            format!("<title>{}</title>", Xml(whole))
        };
        let text = Xml(text);
        self.add(format_args!(
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" font-size=\"{size}\">{title}{text}</text>"
        ));
    }

    fn rect(&mut self, class: &str, rect: Rect, radius: u8) {
        let Rect {
            x,
            y,
            width,
            height,
        } = rect;
        self.add(format_args!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" \
             rx=\"{radius}\"/>"
        ));
    }

    fn lane(&mut self, lane: &Lane) {
        let class = if lane.is_in_image {
            "lane image"
        } else {
            "lane"
        };
        self.rect(class, lane.rect, 8);
        self.text(&lane.name, "name", Font::NAME);
        for detail in &lane.details {
            self.text(detail, "small", Font::SMALL);
        }
    }

    fn edge(&mut self, edge: &Edge) {
        let Edge {
            x, from, to, end, ..
        } = edge;
        let class = if edge.is_base { "edge" } else { "edge files" };
        let stop = end - 5.0;
        let title = Xml(&edge.words);
        self.add(format_args!(
            "<path class=\"{class}\" d=\"M{end} {from}H{x}V{to}H{stop}\">\
             <title>{title}</title></path>"
        ));
        let (top, bottom) = (to - 3.5, to + 3.5);
        self.add(format_args!(
            "<path class=\"tip\" d=\"M{end} {to}L{stop} {top}V{bottom}z\"/>"
        ));
    }

    fn track(&mut self, index: usize, pill: &Pill) {
        let (x, y) = (pill.rect.right(), pill.rect.y + pill.rect.height / 2.0);
        let (track, bottom) = (pill.track, pill.bottom);
        let class = line_class(index);
        self.add(format_args!(
            "<path class=\"{class}\" d=\"M{x} {y}H{track}V{bottom}\"/>"
        ));
    }

    fn pill(&mut self, index: usize, pill: &Pill) {
        let class = format!("pill s{}", index % COLOURS.len());
        self.rect(&class, pill.rect, 12);
        self.text(&pill.label, "name", Font::NAME);
    }

    fn lines(&mut self, row: &Row) {
        let class = line_class(row.secret);
        let (y, end) = (row.y, row.end.x);
        // The box of the step is drawn over its middle.
        let from = row.from.unwrap_or(end - layout::ARROW_WIDTH);
        let stop = end - 6.0;
        self.add(format_args!(
            "<path class=\"{class}\" d=\"M{from} {y}H{stop}\"/>"
        ));
        let colour = row.secret % COLOURS.len();
        let (top, bottom) = (y - 4.5, y + 4.5);
        self.add(format_args!(
            "<path class=\"t{colour}\" d=\"M{end} {y}L{stop} {top}V{bottom}z\"/>"
        ));
        if let Some(track) = row.from {
            self.add(format_args!(
                "<circle class=\"t{colour}\" cx=\"{track}\" cy=\"{y}\" r=\"3.5\"/>"
            ));
        }
    }

    fn step(&mut self, step: &StepBox) {
        self.rect("step", step.rect, 6);
        self.text(&step.title, "command", Font::STEP);
    }

    fn row(&mut self, row: &Row) {
        for label in [&row.delivery, &row.program].into_iter().flatten() {
            self.text(label, "small", Font::SMALL);
        }
        let accepted = if row.is_accepted { " accepted" } else { "" };
        self.rect(&format!("end {}{accepted}", row.class), row.end, 11);
        self.text(&row.end_label, row.class, Font::SMALL);
    }
}

fn line_class(secret: usize) -> String {
    let more = if secret < COLOURS.len() { "" } else { " more" };
    format!("line s{}{more}", secret % COLOURS.len())
}
