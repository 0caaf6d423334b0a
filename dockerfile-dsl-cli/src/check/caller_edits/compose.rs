//! Edits of a service of compose: `args` and `secrets` of its `build`, and `secrets` of the file.
//!
//! In: a service, and a finding in it. Out: edits. What comes from another service, an anchor or another file is left to the author.

use dockerfile_dsl_analysis::Span;
use dockerfile_dsl_analysis::edits::Edit;

use super::action::{self, Change};
use super::lines::{self, Entry, Form, SPELT, Why, entry};
use super::units::Unit;

/// Passes the build argument at this place as a secret.
pub(super) fn argument(text: &str, unit: &Unit<'_>, span: Span, name: &str) -> Result<Change, Why> {
    let build = build(text, unit)?;
    let arguments = entry(text, build.value, "args").ok_or(SPELT)?;
    let pairs = arguments.value.pairs().iter();
    let (removal, value) = if let Some(index) = pairs.clone().position(|(key, _)| key.span == span)
    {
        let value = &arguments.value.pairs()[index].1;
        let value = (!value.is_empty()).then(|| value.text().ok_or(SPELT));
        (arguments.without_entry(index)?, value.transpose()?)
    } else {
        let mut items = arguments.value.items().iter();
        let index = items.position(|item| item.span == span).ok_or(SPELT)?;
        let item = arguments.value.items()[index].text().ok_or(SPELT)?;
        let value = item.split_once('=').map(|(_, value)| value);
        (arguments.without_item(index)?, value)
    };
    let variable = match value {
        // Compose takes the variable of the same name.
        None => name,
        Some(value) => variable_of(value).ok_or("its value is not that of one variable")?,
    };
    let mut edits = vec![removal];
    edits.extend(secret(text, unit, build, Some(arguments), name, variable)?);
    let title = format!("pass `{name}` as a secret of the build, not in `args`");
    Ok((title, lines::merged(edits)))
}

/// Passes a secret that the service does not pass yet.
pub(super) fn missing(text: &str, unit: &Unit<'_>, id: &str) -> Result<Change, Why> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    if !id.starts_with(|c: char| c.is_ascii_alphabetic()) || !id.chars().all(is_plain) {
        return Err("compose has no secrets of such a name");
    }
    let build = build(text, unit)?;
    let edits = secret(text, unit, build, None, id, &action::variable(id))?;
    let title = format!("pass the secret `{id}` to the build");
    Ok((title, lines::merged(edits)))
}

fn build<'a>(text: &'a str, unit: &Unit<'a>) -> Result<Entry<'a>, Why> {
    let elsewhere = "its `build` is in another service";
    let build = entry(text, unit.node, "build").ok_or(elsewhere)?;
    match build.form() {
        Form::Fixed(why) => Err(why),
        _ => Ok(build),
    }
}

/// Adds the secret to the build, and declares it if the file does not.
fn secret<'a>(
    text: &'a str,
    unit: &Unit<'a>,
    build: Entry<'a>,
    after: Option<Entry<'a>>,
    id: &str,
    variable: &str,
) -> Result<Vec<Edit>, Why> {
    let mut edits = match (entry(text, build.value, "secrets"), build.form()) {
        (Some(secrets), _) => vec![secrets.with_item(id)?],
        (None, Form::Scalar(_)) => short(text, build, id)?,
        (None, Form::Block) => {
            let lines = ["secrets:".to_owned(), format!("  - {id}")];
            vec![match after {
                Some(after) => after.followed_by(&lines)?,
                None => build.with_entry(&lines, "")?,
            }]
        }
        (None, _) => vec![build.with_entry(&[], &format!("secrets: [{id}]"))?],
    };
    let declared = entry(text, unit.root, "secrets");
    let inline = format!("{id}: {{environment: {variable}}}");
    let lines = [format!("{id}:"), format!("  environment: {variable}")];
    match declared {
        Some(declared) if entry(text, declared.value, id).is_some() => {}
        Some(declared) => edits.push(declared.with_entry(&lines, &inline)?),
        None => {
            let (key, value) = unit.root.pairs().last().ok_or(SPELT)?;
            let last = Entry { text, key, value };
            if last.column() != Some(0) {
                return Err(lines::BRACES);
            }
            let mut all = vec!["secrets:".to_owned()];
            all.extend(lines.iter().map(|line| format!("  {line}")));
            edits.push(last.followed_by(&all)?);
        }
    }
    Ok(edits)
}

/// Writes `build: FOLDER` with the keys that it is short for.
fn short(text: &str, build: Entry<'_>, id: &str) -> Result<Vec<Edit>, Why> {
    let column = build.column().ok_or(lines::BRACES)?;
    let line_end = lines::line_end(text, build.key.span.end);
    let line = text[build.key.span.end..line_end].trim_end();
    let at = build.key.span.end + line.find(':').ok_or(SPELT)? + 1;
    let newline = lines::newline(text);
    let pad = " ".repeat(column + 2);
    let blank = text[at..].len() - text[at..].trim_start_matches(' ').len();
    let secrets = vec![format!("{pad}secrets:"), format!("{pad}  - {id}")];
    Ok(vec![
        Edit::new(
            Span::new(at, at + blank),
            format!("{newline}{pad}context: "),
        ),
        lines::inserted(text, line_end, &secrets),
    ])
}

/// Returns the variable whose value this is, or an error of compose.
fn variable_of(value: &str) -> Option<&str> {
    let rest = value.strip_prefix('$')?;
    let name = match rest.strip_prefix('{') {
        Some(inner) => {
            let inner = inner.strip_suffix('}')?;
            // `${NAME:?message}` is an error without a value.
            let name = inner.split_once('?').map_or(inner, |(name, _)| name);
            name.strip_suffix(':').unwrap_or(name)
        }
        None => rest,
    };
    dockerfile_dsl_analysis::shell::is_name(name).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::variable_of;

    #[test]
    fn variables_of_values() {
        assert_eq!(variable_of("$A"), Some("A"));
        assert_eq!(variable_of("${A}"), Some("A"));
        assert_eq!(variable_of("${A:?is missing}"), Some("A"));
        for other in ["A", "${A:-x}", "${A}$B", "$$A", "x$A", "$"] {
            assert_eq!(variable_of(other), None, "{other}");
        }
    }
}
