//! An audit as a Mermaid flowchart: secrets on the left, stages with their steps, and where the secrets end on the right.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use dockerfile_dsl_analysis::printable::printable;

use super::model::{End, Flow, Model};

/// Max. characters of a label; a longer one loses its middle.
const MAX_LABEL: usize = 80;

/// Renders the audit of one file.
pub(super) fn render(model: &Model) -> String {
    let mut text = "flowchart LR\n".to_owned();
    for (index, secret) in model.secrets.iter().enumerate() {
        line(
            &mut text,
            &format!("  secret{index}([{}])", label(&secret.words())),
        );
    }
    for (index, stage) in model.stages.iter().enumerate() {
        let title = label(&format!("{} from {}", model.stage(index), stage.base));
        let mut steps = model.steps.iter().enumerate();
        if !steps.clone().any(|(_, step)| step.stage == index) {
            line(&mut text, &format!("  stage{index}[{title}]"));
            continue;
        }
        line(&mut text, &format!("  subgraph stage{index}[{title}]"));
        for (number, step) in steps.by_ref().filter(|(_, step)| step.stage == index) {
            let words = label(&format!("line {}: {}", step.line, step.text));
            line(&mut text, &format!("    step{number}[{words}]"));
        }
        line(&mut text, "  end");
    }
    for (index, stage) in model.stages.iter().enumerate() {
        if let Some(base) = stage.based_on {
            line(&mut text, &format!("  stage{base} -->|FROM| stage{index}"));
        }
        for of in &stage.files_of {
            line(&mut text, &format!("  stage{of} -.->|files| stage{index}"));
        }
    }
    flows(&mut text, model);
    text
}

fn flows(text: &mut String, model: &Model) {
    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    let mut mounts: Vec<(usize, usize, String)> = Vec::new();
    let mut classes: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for flow in &model.flows {
        let mount = (flow.secret, flow.step, flow.delivery.short());
        if !mounts.contains(&mount) {
            line(
                text,
                &format!(
                    "  secret{} -->|{}| step{}",
                    flow.secret,
                    label(&mount.2),
                    flow.step
                ),
            );
            mounts.push(mount);
        }
        let words = flow.end_words();
        let count = ends.len();
        let is_new = !ends.contains_key(&words);
        let end = *ends.entry(words.clone()).or_insert(count);
        if is_new {
            line(text, &format!("  end{end}([{}])", label(&words)));
            classes
                .entry(class(flow))
                .or_default()
                .push(format!("end{end}"));
        }
        let secret = &model.secrets[flow.secret].id;
        let by = format!("{secret} by {}", flow.program_words());
        line(
            text,
            &format!("  step{} -->|{}| end{end}", flow.step, label(&by)),
        );
    }
    line(
        text,
        "  classDef leak fill:#fde3e1,stroke:#b3261e,color:#7a1510",
    );
    line(
        text,
        "  classDef unknown fill:#fff1d6,stroke:#9a6700,color:#5c3d00",
    );
    for (class, nodes) in classes {
        if class != "plain" {
            line(text, &format!("  class {} {class}", nodes.join(",")));
        }
    }
}

fn class(flow: &Flow) -> &'static str {
    match &flow.end {
        end if end.is_leak() => "leak",
        End::Unknown(_) | End::Host(None) => "unknown",
        _ => "plain",
    }
}

fn line(text: &mut String, line: &str) {
    let _ = writeln!(text, "{line}");
}

/// Returns a quoted label. Everything but letters, digits and a few signs is a character reference, so that no text is syntax.
fn label(text: &str) -> String {
    let text = printable(text);
    let length = text.chars().count();
    let characters: Vec<char> = if length > MAX_LABEL {
        let end = text.chars().skip(length - MAX_LABEL / 2);
        text.chars()
            .take(MAX_LABEL / 2)
            .chain(['…'])
            .chain(end)
            .collect()
    } else {
        text.chars().collect()
    };
    let escaped = characters
        .into_iter()
        .fold(String::new(), |mut out, character| {
            if character.is_alphanumeric() || " ,.-_/:…".contains(character) {
                out.push(character);
            } else {
                let _ = write!(out, "#{};", u32::from(character));
            }
            out
        });
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn no_text_is_syntax() {
        assert_eq!(label("a \"b\" [c]"), "\"a #34;b#34; #91;c#93;\"");
        assert_eq!(label("#lt;<b>\n"), "\"#35;lt#59;#60;b#62;#92;n\"");
        assert_eq!(label(&"x".repeat(300)).chars().count(), 83);
    }
}
