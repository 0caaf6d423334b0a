//! An audit for people: stages, then each secret with its steps and where it ends, then the decisions of trust.

use dockerfile_dsl_analysis::printable::printable;

use super::model::{Flow, Model};

/// Renders all audits.
pub(super) fn render(models: &[Model]) -> String {
    let texts: Vec<String> = models.iter().map(one).collect();
    texts.join("\n")
}

fn one(model: &Model) -> String {
    let mut lines = vec![model.path.clone(), format!("  {}", model.summary())];
    for (index, stage) in model.stages.iter().enumerate() {
        let mut line = format!("  {} from {}", model.stage(index), stage.base);
        if let Some(files) = model.files_of(stage) {
            line += &format!(", {files}");
        }
        if stage.is_in_image {
            line += "; in the image";
        }
        lines.push(line);
    }
    for (secret, known) in model.secrets.iter().enumerate() {
        lines.push(format!("  {}", known.words()));
        let mut last: Option<&Flow> = None;
        for flow in model.flows.iter().filter(|flow| flow.secret == secret) {
            let is_same = |last: &Flow| last.step == flow.step && last.delivery == flow.delivery;
            if !last.is_some_and(is_same) {
                let step = &model.steps[flow.step];
                lines.push(format!(
                    "    {}: {}{}",
                    model.place(step),
                    flow.delivery.sentence(),
                    step.origin()
                ));
                lines.push(format!("      {}", step.text));
            }
            let end = flow.end_words();
            lines.push(format!("        {} -> {end}", flow.program_words()));
            last = Some(flow);
        }
    }
    for note in &model.notes {
        let place = model.place(&model.steps[note.step]);
        lines.push(format!("  note: {place}: {}", note.text));
    }
    if !model.decisions.is_empty() {
        lines.push("  decisions of trust".to_owned());
    }
    for decision in &model.decisions {
        let mut line = format!("    {}: {}", decision.place(), decision.text);
        if let Some(reason) = &decision.reason {
            line += &format!(", because: {reason}");
        }
        lines.push(line);
    }
    lines
        .iter()
        .fold(String::new(), |text, line| text + &printable(line) + "\n")
}
