//! Comments with decisions above an instruction: `# dockerfile-dsl: allow=RULE reason=".."`.
//!
//! In: a comment line. Out: a [`Note`], or its error. A note without a reason has no effect.

use super::danger::Danger;
use super::error::ReadError;
use crate::programs::Programs;
use crate::uses::is_permitted_name;
use crate::{Rule, Span, suggest::did_you_mean};

/// A decision of the author about the instruction below it, with a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The decision.
    pub kind: Danger,
    /// The reason; never empty.
    pub reason: String,
    /// The comment, from `#` to the end of the line.
    pub span: Span,
}

/// Parses a comment: `None` if it is not one of ours. `comment` starts with `#`; `span` is its position.
pub(super) fn parse(comment: &str, span: Span) -> Option<Result<Note, ReadError>> {
    let text = comment
        .strip_prefix('#')?
        .trim_start()
        .strip_prefix("dockerfile-dsl:")?;
    Some(
        fields(text)
            .and_then(|fields| note(fields, span))
            .map_err(|error| ReadError::new(span, error)),
    )
}

/// `key` or `key=value`.
type NoteField = (String, Option<String>);

/// Splits a comment into words at blanks: each a key with an optional value, which may be in double quotes.
fn fields(text: &str) -> Result<Vec<NoteField>, String> {
    let mut fields = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = rest
            .find(|char: char| char == '=' || char.is_whitespace())
            .unwrap_or(rest.len());
        let key = rest[..end].to_owned();
        rest = &rest[end..];
        let mut value = None;
        if let Some(after) = rest.strip_prefix('=') {
            let (text, after) = match after.strip_prefix('"') {
                Some(quoted) => unquote(quoted)
                    .ok_or_else(|| format!("the closing quote of `{key}` is missing"))?,
                None => {
                    let end = after.find(char::is_whitespace).unwrap_or(after.len());
                    (after[..end].to_owned(), &after[end..])
                }
            };
            value = Some(text);
            rest = after;
        }
        fields.push((key, value));
        if !rest.is_empty() && !rest.starts_with(char::is_whitespace) {
            return Err("a blank is missing after a closing quote".to_owned());
        }
        rest = rest.trim_start();
    }
    Ok(fields)
}

/// Returns the text up to the closing quote, and the rest.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => match chars.next()?.1 {
                escaped @ ('"' | '\\') => value.push(escaped),
                other => value.extend(['\\', other]),
            },
            char => value.push(char),
        }
    }
    None
}

fn note(fields: Vec<NoteField>, span: Span) -> Result<Note, String> {
    const KINDS: [&str; 10] = [
        "allow",
        "trust",
        "declassify",
        "project-code",
        "only-to",
        "allow-cache",
        "allow-name",
        "builder-stages",
        "program",
        "raw",
    ];
    let mut fields = fields.into_iter();
    let (key, value) = fields
        .next()
        .ok_or("is empty: write for example `allow=RULE reason=\"..\"`")?;
    let needs_value = || {
        value
            .clone()
            .filter(|value| !value.is_empty())
            .ok_or(format!("`{key}` needs a value: `{key}=..`"))
    };
    let mut kind = match key.as_str() {
        "allow" => Danger::Allow {
            rule: rule(&needs_value()?)?,
            secret: None,
        },
        "trust" => Danger::Trust {
            program: needs_value()?,
            output: false,
        },
        "declassify" => Danger::Declassify { id: needs_value()? },
        "project-code" => Danger::ProjectCode { id: needs_value()? },
        "only-to" => Danger::OnlyTo {
            id: needs_value()?,
            hosts: Vec::new(),
        },
        "allow-name" => Danger::AllowName {
            name: needs_value()?,
        },
        "builder-stages" => match needs_value()?.as_str() {
            "warning" => Danger::BuilderStages,
            other => {
                return Err(format!(
                    "has an unknown level `{other}`: write `builder-stages=warning`"
                ));
            }
        },
        "program" => {
            let rows = needs_value()?;
            Programs::parse_line(&rows)?;
            Danger::Program { rows }
        }
        "allow-cache" | "raw" if value.is_some() => return Err(format!("`{key}` takes no value")),
        "allow-cache" => Danger::AllowCache,
        "raw" => Danger::Raw,
        _ => {
            let near = match key.as_str() {
                "ignore" | "disable" | "suppress" | "skip" | "noqa" => {
                    ", did you mean `allow`?".to_owned()
                }
                key => did_you_mean(key, &KINDS),
            };
            let end = if near.is_empty() { "." } else { "" };
            return Err(format!(
                "has an unknown decision `{key}`{near}{end} There are `allow=RULE`, `allow=RULE \
                 secret=ID`, `allow-name=NAME`, `allow-cache`, `trust=PROGRAM`, \
                 `program=\"ROWS\"`, `declassify=ID`, \
                 `declassify=ID/PROGRAM`, `project-code=ID`, \
                 `only-to=ID hosts=\"HOST, ..\"` and `builder-stages=warning`"
            ));
        }
    };
    let mut reason = None;
    for field in fields {
        match (field.0.as_str(), field.1, &mut kind) {
            ("reason", Some(text), _) if reason.is_none() => reason = Some(text),
            ("secret", Some(id), Danger::Allow { secret, .. })
                if secret.is_none() && !id.is_empty() =>
            {
                *secret = Some(id);
            }
            ("hosts", Some(text), Danger::OnlyTo { hosts, .. }) if hosts.is_empty() => {
                *hosts = permitted(&text)?;
            }
            ("output", None, Danger::Trust { output, .. }) if !*output => *output = true,
            (other, ..) => {
                return Err(format!(
                    "unexpected `{other}`: one decision a line, then its reason"
                ));
            }
        }
    }
    if matches!(&kind, Danger::OnlyTo { hosts, .. } if hosts.is_empty()) {
        return Err("`only-to` needs the hosts: `only-to=ID hosts=\"HOST, ..\"`".to_owned());
    }
    match reason {
        Some(reason) if !reason.trim().is_empty() => Ok(Note { kind, reason, span }),
        _ => Err("has no effect without a reason: add `reason=\"..\"`".to_owned()),
    }
}

/// Parses a list of hosts.
fn permitted(text: &str) -> Result<Vec<String>, String> {
    let words = text.split([',', ' ']).filter(|word| !word.is_empty());
    words
        .map(|word| match is_permitted_name(word) {
            true => Ok(word.to_ascii_lowercase()),
            false => Err(format!(
                "`{word}` is not the name of a host: write `example.com` or `*.example.com`, \
                 without a scheme, a port or a path"
            )),
        })
        .collect()
}

fn rule(name: &str) -> Result<Rule, String> {
    Rule::ALL
        .iter()
        .copied()
        .find(|rule| rule.name() == name)
        .ok_or_else(|| {
            let names: Vec<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
            let near = did_you_mean(name, &names);
            let known = if near.is_empty() {
                format!(": the rules are {}", names.join(", "))
            } else {
                near
            };
            format!("names an unknown rule `{name}`{known}")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(comment: &str, kind: Danger, reason: &str) {
        let note = parse(comment, Span::new(0, comment.len()))
            .expect("it is ours")
            .expect("it is right");
        assert_eq!((&note.kind, note.reason.as_str()), (&kind, reason));
        // The written comment parses to the same decision.
        let written = kind.comment(reason).expect("a comment says it");
        let again = parse(&written, Span::default())
            .expect("it is ours")
            .expect("it is right");
        assert_eq!((again.kind, again.reason.as_str()), (kind, reason));
    }

    #[track_caller]
    fn refused(comment: &str, expected: &str) {
        let error = parse(comment, Span::new(0, comment.len()))
            .expect("it is ours")
            .expect_err("it is wrong");
        assert!(
            error.message.contains(expected),
            "{comment}: {}",
            error.message
        );
    }

    #[test]
    fn every_form() {
        check(
            r#"# dockerfile-dsl: allow=SecretInLayer reason="a \"b\" \\ c""#,
            Danger::Allow {
                rule: Rule::SecretInLayer,
                secret: None,
            },
            r#"a "b" \ c"#,
        );
        check(
            r#"# dockerfile-dsl: allow=SecretInLayer secret=tok reason="why""#,
            Danger::Allow {
                rule: Rule::SecretInLayer,
                secret: Some("tok".into()),
            },
            "why",
        );
        check(
            r#"# dockerfile-dsl: builder-stages=warning reason="why""#,
            Danger::BuilderStages,
            "why",
        );
        check(
            r#"#dockerfile-dsl: trust=fetch reason=why"#,
            Danger::Trust {
                program: "fetch".into(),
                output: false,
            },
            "why",
        );
        check(
            r#"# dockerfile-dsl: trust=fetch output reason="why""#,
            Danger::Trust {
                program: "fetch".into(),
                output: true,
            },
            "why",
        );
        check(
            r#"# dockerfile-dsl:  declassify=tok  reason="why""#,
            Danger::Declassify { id: "tok".into() },
            "why",
        );
        check(
            r#"# dockerfile-dsl: allow-cache reason="why""#,
            Danger::AllowCache,
            "why",
        );
        check(
            r#"# dockerfile-dsl: allow-name="A" reason="why""#,
            Danger::AllowName { name: "A".into() },
            "why",
        );
        check(
            r#"# dockerfile-dsl: program="frob; operands credential..." reason="why""#,
            Danger::Program {
                rows: "frob; operands credential...".into(),
            },
            "why",
        );
        check(
            r#"# dockerfile-dsl: only-to=tok hosts="a.example, *.B.example" reason="why""#,
            Danger::OnlyTo {
                id: "tok".into(),
                hosts: vec!["a.example".into(), "*.b.example".into()],
            },
            "why",
        );
        check(r#"# dockerfile-dsl: raw reason="why""#, Danger::Raw, "why");
    }

    #[test]
    fn near_misses() {
        assert!(parse("# dockerfile-dsl is nice", Span::default()).is_none());
        assert!(parse("# see dockerfile-dsl: raw", Span::default()).is_none());
        refused("# dockerfile-dsl: allow=SecretInLayer", "without a reason");
        refused("# dockerfile-dsl: raw reason=\" \"", "without a reason");
        refused("# dockerfile-dsl: only-to=tok reason=x", "needs the hosts");
        refused(
            "# dockerfile-dsl: only-to=tok hosts=https://a.example reason=x",
            "`https://a.example` is not the name of a host",
        );
        refused(
            "# dockerfile-dsl: allow=SecretInLayers reason=x",
            "did you mean `SecretInLayer`?",
        );
        refused(
            "# dockerfile-dsl: alow=SecretInLayer reason=x",
            "did you mean `allow`?",
        );
        refused(
            "# dockerfile-dsl: ignore=SecretInLayer reason=x",
            "unknown decision `ignore`, did you mean `allow`? There are `allow=RULE`",
        );
        refused(
            "# dockerfile-dsl: frobnicate reason=x",
            "unknown decision `frobnicate`. There are `allow=RULE`",
        );
        refused(
            "# dockerfile-dsl: allow=Nonsense reason=x",
            "the rules are SecretInLayer, SecretInBuildLog",
        );
        refused(
            "# dockerfile-dsl: raw secret=tok reason=x",
            "unexpected `secret`",
        );
        refused(
            "# dockerfile-dsl: builder-stages=off reason=x",
            "builder-stages=warning",
        );
        refused("# dockerfile-dsl: allow reason=x", "needs a value");
        refused(
            "# dockerfile-dsl: raw output reason=x",
            "unexpected `output`",
        );
        refused("# dockerfile-dsl: raw reason=\"x", "closing quote");
        refused("# dockerfile-dsl: raw reason=\"x\"y", "a blank is missing");
        refused("# dockerfile-dsl:", "is empty");
        refused(
            "# dockerfile-dsl: program=\"frob; stdin reed\" reason=x",
            "column 13 of its rows: unknown stdin `reed`, did you mean `read`?",
        );
        refused(
            "# dockerfile-dsl: program=\"a; program b\" reason=x",
            "describes more than one program",
        );
        refused(
            "# dockerfile-dsl: program=\"a; stdin read\"",
            "without a reason",
        );
    }
}
