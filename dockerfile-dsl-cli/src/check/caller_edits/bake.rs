//! Edits of a target of bake, in HCL: `args` and `secret`.
//!
//! In: a target, and a finding in it. Out: edits. What another target gives, and files in JSON, are left to the author.

use dockerfile_dsl_analysis::Span;
use dockerfile_dsl_analysis::edits::Edit;

use super::action::Change;
use super::lines::{self, Entry, SPELT, Why, entry};
use super::units::Unit;

/// Passes the build argument at this place as a secret.
pub(super) fn argument(text: &str, unit: &Unit<'_>, span: Span, name: &str) -> Result<Change, Why> {
    let elsewhere = "its `args` are in another target";
    let arguments = entry(text, unit.node, "args").ok_or(elsewhere)?;
    let spans = arguments.value.pairs().iter();
    let spans: Vec<Span> = spans.map(|(key, value)| key.span.to(value.span)).collect();
    let index = spans.iter().position(|own| *own == span);
    let index = index.ok_or(elsewhere)?;
    let value = arguments.value.pairs()[index].1.span.of(text);
    let variable = variable_of(value).ok_or("its value is not that of one variable")?;
    let declared = unit.root.get("variable").and_then(|all| all.get(variable));
    let default = declared.and_then(|declared| declared.get("default"));
    if default.is_some_and(|default| !default.is_empty()) {
        return Err("the variable has a default, which a secret cannot have");
    }
    let removal = if spans.len() == 1 {
        whole_lines(text, arguments.key.span.to(arguments.value.span))?
    } else {
        without_element(text, &spans, index)?
    };
    let added = secret(text, unit, Some(arguments), name, variable)?;
    let title = format!("pass `{name}` as a secret of the target, not in `args`");
    Ok((title, lines::merged(vec![removal, added])))
}

/// Passes a secret that the target does not pass yet.
pub(super) fn missing(
    text: &str,
    unit: &Unit<'_>,
    id: &str,
    variable: &str,
) -> Result<Change, Why> {
    if id.contains(['"', '\\', ',', '$', '%']) {
        return Err("the id has characters with a meaning in HCL");
    }
    let added = secret(text, unit, None, id, variable)?;
    Ok((format!("pass the secret `{id}` to the target"), vec![added]))
}

fn secret(
    text: &str,
    unit: &Unit<'_>,
    after: Option<Entry<'_>>,
    id: &str,
    variable: &str,
) -> Result<Edit, Why> {
    let object = format!("{{ id = \"{id}\", env = \"{variable}\" }}");
    let Some(secrets) = entry(text, unit.node, "secret") else {
        let line = format!("secret = [{object}]");
        return match after.or_else(|| last(text, unit)) {
            Some(after) => {
                let span = whole_lines(text, after.key.span.to(after.value.span))?.span;
                let pad = &text[span.start..after.key.span.start];
                Ok(lines::inserted(text, span.end, &[format!("{pad}{line}")]))
            }
            None => Err("the target is empty"),
        };
    };
    let items = secrets.value.items();
    let Some(last) = items.last() else {
        let is_empty = secrets.value.span.of(text).starts_with('[');
        let at = secrets.value.span.start + 1;
        return is_empty.then(|| Edit::insert(at, object)).ok_or(SPELT);
    };
    let item = match last.text() {
        Some(_) => format!("\"id={id},env={variable}\""),
        None => object,
    };
    let start = lines::line_start(text, last.span.start);
    let pad = &text[start..last.span.start];
    if !pad.trim().is_empty() {
        return Ok(Edit::insert(last.span.end, format!(", {item}")));
    }
    // After the comma, if the last line has one.
    let newline = lines::newline(text);
    let has_comma = text[last.span.end..].starts_with(',');
    Ok(match has_comma {
        true => Edit::insert(last.span.end + 1, format!("{newline}{pad}{item},")),
        false => Edit::insert(last.span.end, format!(",{newline}{pad}{item}")),
    })
}

/// Returns the last attribute of the target.
fn last<'a>(text: &'a str, unit: &Unit<'a>) -> Option<Entry<'a>> {
    let mut pairs = unit.node.pairs().iter();
    let (key, value) = pairs.by_ref().max_by_key(|(key, _)| key.span.start)?;
    Some(Entry { text, key, value })
}

/// Removes the lines of an attribute.
fn whole_lines(text: &str, span: Span) -> Result<Edit, Why> {
    let start = lines::line_start(text, span.start);
    let end = lines::line_end(text, span.end);
    let after = text[span.end..end].trim();
    let is_whole =
        text[start..span.start].trim().is_empty() && (after.is_empty() || after.starts_with('#'));
    let edit = Edit::new(Span::new(start, end), String::new());
    is_whole.then_some(edit).ok_or(SPELT)
}

fn without_element(text: &str, spans: &[Span], index: usize) -> Result<Edit, Why> {
    let own = spans[index];
    let start = lines::line_start(text, own.start);
    let end = lines::line_end(text, own.end);
    let is_line =
        text[start..own.start].trim().is_empty() && matches!(text[own.end..end].trim(), "" | ",");
    if is_line {
        return Ok(Edit::new(Span::new(start, end), String::new()));
    }
    let span = match (index.checked_sub(1), spans.get(index + 1)) {
        (_, Some(next)) => Span::new(own.start, next.start),
        (Some(before), None) => Span::new(spans[before].end, own.end),
        (None, None) => own,
    };
    let is_one_line = !span.of(text).contains(['\n', '#']);
    let edit = Edit::new(span, String::new());
    is_one_line.then_some(edit).ok_or(SPELT)
}

/// Returns the variable of bake whose value this is; it has the value of the environment variable of its name.
fn variable_of(value: &str) -> Option<&str> {
    let quoted = value
        .strip_prefix("\"${")
        .and_then(|rest| rest.strip_suffix("}\""));
    let name = quoted.unwrap_or(value).trim();
    dockerfile_dsl_analysis::shell::is_name(name).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::variable_of;

    #[test]
    fn variables_of_values() {
        assert_eq!(variable_of("TOKEN"), Some("TOKEN"));
        assert_eq!(variable_of("\"${TOKEN}\""), Some("TOKEN"));
        for other in ["\"x\"", "\"${A}-${B}\"", "f(A)", "A[0]", "1"] {
            assert_eq!(variable_of(other), None, "{other}");
        }
    }
}
