//! An audit as Markdown tables, for a review on a forge. All text of the file is code: none of it becomes a link, a mention or HTML.

use std::fmt::Write as _;

use dockerfile_dsl_analysis::printable::printable;

use super::model::Model;

/// Renders all audits.
pub(super) fn render(models: &[Model]) -> String {
    let texts: Vec<String> = models.iter().map(one).collect();
    texts.join("\n")
}

fn one(model: &Model) -> String {
    let mut text = format!(
        "## Secrets of {}\n\n{}.\n",
        code(&model.path),
        model.summary()
    );
    let stages = model.stages.iter().enumerate().map(|(index, stage)| {
        let files: Vec<String> = stage
            .files_of
            .iter()
            .map(|of| stage_name(model, *of))
            .collect();
        let image = if stage.is_in_image { "yes" } else { "no" };
        let name = stage_name(model, index);
        vec![name, code(&stage.base), files.join(", "), image.to_owned()]
    });
    let heads = ["stage", "from", "takes files of", "in the image"];
    table(&mut text, "Stages", &heads, stages.collect());
    let mut rows = Vec::new();
    for (index, secret) in model.secrets.iter().enumerate() {
        for flow in model.flows.iter().filter(|flow| flow.secret == index) {
            let step = &model.steps[flow.step];
            let mut end = flow.end_words();
            if flow.end.is_leak() && !flow.is_accepted {
                end = format!("**{}**", code(&end));
            } else {
                end = code(&end);
            }
            rows.push(vec![
                format!("{} {}", secret.source.words(), code(&secret.id)),
                format!("{}, line {}", stage_name(model, step.stage), step.line),
                code(&(flow.delivery.words() + step.origin())),
                code(flow.program_words()),
                end,
            ]);
        }
    }
    let heads = ["secret", "step", "how", "program", "ends"];
    table(&mut text, "Secrets", &heads, rows);
    let notes = model.notes.iter().map(|note| {
        let step = &model.steps[note.step];
        let place = format!("{}, line {}", stage_name(model, step.stage), step.line);
        vec![place, code(&note.text)]
    });
    table(&mut text, "Notes", &["step", "note"], notes.collect());
    let decisions = model.decisions.iter().map(|decision| {
        let reason = decision.reason.as_deref();
        vec![
            decision.place(),
            code(&decision.text),
            reason.map_or_else(String::new, code),
        ]
    });
    let heads = ["place", "decision", "because"];
    table(&mut text, "Decisions of trust", &heads, decisions.collect());
    text
}

fn stage_name(model: &Model, index: usize) -> String {
    let name = model.stages.get(index);
    let name = name.and_then(|stage| stage.name.as_deref());
    name.map_or_else(|| format!("stage {index}"), code)
}

/// Appends a table with its title, unless it is empty.
fn table(text: &mut String, title: &str, heads: &[&str], rows: Vec<Vec<String>>) {
    if rows.is_empty() {
        return;
    }
    let rule = vec!["---"; heads.len()].join("|");
    let _ = write!(
        text,
        "\n### {title}\n\n| {} |\n|{rule}|\n",
        heads.join(" | ")
    );
    for row in rows {
        let _ = writeln!(text, "| {} |", row.join(" | "));
    }
}

/// Returns a text as code. What would end a code span or a cell is written as character references.
fn code(text: &str) -> String {
    let text = printable(text);
    let text = text.trim();
    if text.is_empty() {
        return String::new();
    }
    if !text.contains(['`', '|', '\\']) {
        return format!("`{text}`");
    }
    let escaped = text.chars().fold(String::new(), |mut out, character| {
        if character.is_ascii_punctuation() && !" ,;/()-='\"+".contains(character) {
            let _ = write!(out, "&#{};", u32::from(character));
        } else {
            out.push(character);
        }
        out
    });
    format!("<code>{escaped}</code>")
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn no_text_leaves_its_cell() {
        assert_eq!(code("a <b> @me [x](y)"), "`a <b> @me [x](y)`");
        assert_eq!(code("a|b"), "<code>a&#124;b</code>");
        assert_eq!(code("a`b\n"), "<code>a&#96;b&#92;n</code>");
        assert_eq!(code(" "), "");
    }
}
