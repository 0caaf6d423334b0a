//! What instructions are made of: values, flags, lists, pairs, mounts.
//!
//! In: the tokens behind an instruction's word. Out: the tree's values, or the mistake at its token.

use dockerfile_dsl_analysis::suggest::did_you_mean;
use proc_macro::{Delimiter, Ident, Span, TokenStream, TokenTree};

use crate::errors::Mistake;
use crate::literal::StringLiteral;

use super::cursor::{Cursor, is_punct};
use super::flags;
use super::parse::{Result, at_instruction};
use super::tree::{Command, Flag, Mount, Value};

pub(super) fn flag(cursor: &mut Cursor) -> Result<Flag> {
    cursor.next();
    cursor.next();
    let Some(first) = cursor.take_ident() else {
        return Err(cursor.error("expected a flag's name"));
    };
    let (mut name, span) = (first.to_string(), first.span());
    while cursor.is_punct('-') && matches!(cursor.peek_second(), Some(TokenTree::Ident(_))) {
        cursor.next();
        // The token that was just looked at.
        if let Some(part) = cursor.take_ident() {
            name = format!("{name}-{part}");
        }
    }
    let value = if cursor.take_punct('=') {
        Some(flag_value(cursor)?)
    } else {
        None
    };
    Ok(Flag { name, span, value })
}

/// A string, `(expr)`, a binding, or words as they stand in a Dockerfile: `linux/amd64`, `5s`, `1000:1000`.
pub(super) fn flag_value(cursor: &mut Cursor) -> Result<Value> {
    if let Some(text) = cursor.take_string() {
        return Ok(Value::Text(text));
    }
    if let Some(group) = cursor.take_group(Delimiter::Parenthesis) {
        return Ok(Value::Expression(group.stream(), group.span()));
    }
    let first = cursor.peek().cloned();
    let (mut text, span) = bare(cursor).ok_or_else(|| cursor.error("expected a value"))?;
    let mut joined = false;
    while let Some(TokenTree::Punct(punct)) = cursor.peek().cloned() {
        if !"/:-".contains(punct.as_char())
            || !matches!(
                cursor.peek_second(),
                Some(TokenTree::Ident(_) | TokenTree::Literal(_))
            )
        {
            break;
        }
        cursor.next();
        if let Some((more, _)) = bare(cursor) {
            text = format!("{text}{}{more}", punct.as_char());
            joined = true;
        }
    }
    match first {
        Some(TokenTree::Ident(ident)) if !joined => {
            Ok(Value::Expression(TokenTree::Ident(ident).into(), span))
        }
        _ => Ok(Value::Text(StringLiteral::spelled(&text, span))),
    }
}

pub(super) fn bare(cursor: &mut Cursor) -> Option<(String, Span)> {
    if let Some(number) = cursor.take_number() {
        return Some((number.text.clone(), number.token.span()));
    }
    cursor
        .take_ident()
        .map(|ident| (ident.to_string(), ident.span()))
}

/// One value: a string, a number, `(expr)`.
pub(super) fn value(cursor: &mut Cursor) -> Result<Option<Value>> {
    if let Some(text) = cursor.take_string().or_else(|| cursor.take_number()) {
        return Ok(Some(Value::Text(text)));
    }
    Ok(cursor
        .take_group(Delimiter::Parenthesis)
        .map(|group| Value::Expression(group.stream(), group.span())))
}

/// A value, where also a word may stand (`SIGTERM`, `locked`).
pub(super) fn word(cursor: &mut Cursor) -> Result<Option<Value>> {
    if at_instruction(cursor) {
        return Ok(None);
    }
    match cursor.take_ident() {
        Some(ident) => Ok(Some(Value::Text(StringLiteral::spelled(
            &ident.to_string(),
            ident.span(),
        )))),
        None => value(cursor),
    }
}

pub(super) fn one(cursor: &mut Cursor, missing: &str) -> Result<Value> {
    word(cursor)?.ok_or_else(|| cursor.error(missing))
}

pub(super) fn some(
    cursor: &mut Cursor,
    missing: &str,
    next: fn(&mut Cursor) -> Result<Option<Value>>,
) -> Result<Vec<Value>> {
    let mut values = Vec::new();
    while let Some(value) = next(cursor)? {
        values.push(value);
    }
    if values.is_empty() {
        Err(cursor.error(missing))
    } else {
        Ok(values)
    }
}

/// `80`, `443/tcp`, `7000-7010/udp`, a string, `(expr)`.
pub(super) fn port(cursor: &mut Cursor) -> Result<Option<Value>> {
    let Some(number) = cursor.take_number() else {
        return value(cursor);
    };
    let mut text = number.text;
    if cursor.is_punct('-') && matches!(cursor.peek_second(), Some(TokenTree::Literal(_))) {
        cursor.next();
        if let Some(end) = cursor.take_number() {
            text = format!("{text}-{}", end.text);
        }
    }
    if cursor.take_punct('/') {
        let protocol = cursor
            .take_ident()
            .ok_or_else(|| cursor.error("expected `tcp`, `udp` or `sctp`"))?;
        text = format!("{text}/{protocol}");
    }
    Ok(Some(Value::Text(StringLiteral::spelled(
        &text,
        number.token.span(),
    ))))
}

/// `["a", "b"]`, if there is one.
pub(super) fn list(cursor: &mut Cursor) -> Result<Option<Vec<Value>>> {
    let Some(group) = cursor.take_group(Delimiter::Bracket) else {
        return Ok(None);
    };
    let mut inside = Cursor::inside(&group);
    let mut values = Vec::new();
    while !inside.is_empty() {
        values.push(
            value(&mut inside)?.ok_or_else(|| inside.error("expected a string or `(expr)`"))?,
        );
        if !inside.take_punct(',') && !inside.is_empty() {
            return Err(inside.error("expected `,`"));
        }
    }
    Ok(Some(values))
}

pub(super) fn command(cursor: &mut Cursor, name: &str) -> Result<Command> {
    if let Some(words) = list(cursor)? {
        return Ok(Command::Exec(words));
    }
    let shell = value(cursor)?;
    shell.map(Command::Shell).ok_or_else(|| {
        cursor.error(format!(
            "{name} needs a list: `{name} [\"prog\", \"arg\"]`, or shell text in quotes"
        ))
    })
}

pub(super) fn healthcheck(cursor: &mut Cursor) -> Result<Option<Command>> {
    match cursor.peek_ident().map(ToString::to_string).as_deref() {
        Some("NONE") => {
            cursor.next();
            Ok(None)
        }
        Some("CMD") => {
            cursor.next();
            command(cursor, "HEALTHCHECK CMD").map(Some)
        }
        _ => Err(cursor.error("HEALTHCHECK needs `NONE` or `CMD [\"prog\", \"arg\"]`")),
    }
}

pub(super) fn pairs(cursor: &mut Cursor, missing: &str) -> Result<Vec<(Value, Value)>> {
    let mut pairs = Vec::new();
    while is_punct(cursor.peek_second(), '=') || pairs.is_empty() {
        let key = match cursor.take_ident() {
            Some(ident) => Value::Text(StringLiteral::spelled(&ident.to_string(), ident.span())),
            None => value(cursor)?.ok_or_else(|| cursor.error(missing))?,
        };
        if !cursor.take_punct('=') {
            return Err(cursor.error(missing));
        }
        pairs.push((
            key,
            value(cursor)?
                .ok_or_else(|| cursor.error("expected a value: a string, a number or `(expr)`"))?,
        ));
    }
    Ok(pairs)
}

/// `NAME`, `NAME = "default"`; further names only with a default.
pub(super) fn arguments(cursor: &mut Cursor) -> Result<Vec<(Value, Option<Value>)>> {
    let mut arguments = Vec::new();
    while is_punct(cursor.peek_second(), '=') || arguments.is_empty() {
        let name = match cursor.take_ident() {
            Some(ident) => Value::Text(StringLiteral::spelled(&ident.to_string(), ident.span())),
            None => value(cursor)?.ok_or_else(|| {
                cursor.error("ARG needs a name: `ARG VERSION` or `ARG VERSION = \"1\"`")
            })?,
        };
        let default = if cursor.take_punct('=') {
            Some(value(cursor)?.ok_or_else(|| {
                cursor.error("expected a default: a string, a number or `(expr)`")
            })?)
        } else {
            None
        };
        arguments.push((name, default));
    }
    Ok(arguments)
}

pub(super) fn mount(cursor: &mut Cursor) -> Result<Mount> {
    // The caller saw an identifier.
    let Some(kind) = cursor.take_ident() else {
        return Err(cursor.error("expected a mount type"));
    };
    if !flags::MOUNTS.contains(&kind.to_string().as_str()) {
        return Err(Mistake::new(
            kind.span(),
            format!(
                "unknown mount type `{kind}`{}",
                did_you_mean(&kind.to_string(), flags::MOUNTS)
            ),
        ));
    }
    let first = if kind.to_string() == "secret" {
        let secret = cursor.take_until(|cursor| cursor.is_punct(',') || cursor.is_punct('='));
        let span = secret
            .clone()
            .into_iter()
            .next()
            .map_or(kind.span(), |token| token.span());
        (!secret.is_empty()).then_some(Value::Expression(secret, span))
    } else if is_punct(cursor.peek_second(), '=') {
        None
    } else {
        value(cursor)?
    };
    let mut target = None;
    if cursor.is_punct('=') && is_punct(cursor.peek_second(), '>') {
        cursor.next();
        cursor.next();
        target =
            Some(value(cursor)?.ok_or_else(|| {
                cursor.error("expected the mount's target: `=> \"/root/.npmrc\"`")
            })?);
    }
    let mut options = Vec::new();
    while !cursor.is_empty() {
        if !cursor.take_punct(',') && first.is_some() {
            return Err(cursor.error("expected `,`"));
        }
        let Some(name) = cursor.take_ident() else {
            return if cursor.is_empty() {
                break;
            } else {
                Err(cursor.error("expected an option"))
            };
        };
        let value = if cursor.take_punct('=') {
            Some(flag_value(cursor)?)
        } else {
            None
        };
        options.push((name, value));
    }
    Ok(Mount {
        kind,
        first,
        target,
        options,
    })
}

/// `[token SECRET]` or `[header SECRET]` of an ADD; a list of sources is left alone.
pub(super) fn credential(cursor: &mut Cursor) -> Result<Option<(Ident, TokenStream)>> {
    let Some(TokenTree::Group(group)) = cursor.peek() else {
        return Ok(None);
    };
    if group.delimiter() != Delimiter::Bracket
        || !matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(_)))
    {
        return Ok(None);
    }
    let mut inside = Cursor::inside(group);
    cursor.next();
    let is_credential = inside.is_word("token") || inside.is_word("header");
    match inside.take_ident() {
        Some(word) if is_credential => {
            let secret = inside.take_until(|_| false);
            if secret.is_empty() {
                return Err(inside.error(format!("expected the secret: `[{word} GITHUB_TOKEN]`")));
            }
            Ok(Some((word, secret)))
        }
        Some(word) => Err(Mistake::new(
            word.span(),
            "expected `[token SECRET]` or `[header SECRET]`",
        )),
        // There was an identifier.
        None => Ok(None),
    }
}

/// `, name = expr, @trust("prog", "reason")` behind a script: as for `sh!`.
pub(super) fn script_arguments(cursor: &mut Cursor) -> TokenStream {
    let mut arguments = TokenStream::new();
    while cursor.is_punct(',') {
        arguments.extend(cursor.next());
        arguments.extend(cursor.take_until(|cursor| {
            cursor.is_punct(',') || (at_instruction(cursor) && !cursor.is_double('.'))
        }));
    }
    arguments
}
