//! Parses the parts of instructions: values, flags, lists, pairs.
//!
//! In: the tokens after an instruction's keyword. Out: the tree's values, or the mistake at its token. An absent optional part is
//! `None`.

use proc_macro2::Literal;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, ExprGroup, Ident, LitStr, Result, Token, token};

use super::place::{
    at_end, at_instruction, is_adjacent, is_in_same_line, is_joined, missing, unquoted,
};
use crate::dockerfile::flags::problem;
use crate::dockerfile::tree::{Command, Flag, Value, grouped};
use crate::input::combined;

/// Parses `--name`, `--name=value` ... Each unknown, repeated or ill-formed one is a separate error.
pub(super) fn flags(input: ParseStream, instruction: &str, flags: &mut Vec<Flag>) -> Result<()> {
    let mut mistakes = Vec::new();
    while input.peek(Token![-]) && input.peek2(Token![-]) {
        match flag(input) {
            Ok(flag) => match problem(instruction, &flag, flags) {
                Some(message) => mistakes.push(Error::new(flag.span, message)),
                None => flags.push(flag),
            },
            Err(mistake) => {
                mistakes.push(mistake);
                break;
            }
        }
    }
    combined(mistakes)
}

fn flag(input: ParseStream) -> Result<Flag> {
    input.parse::<Token![-]>()?;
    input.parse::<Token![-]>()?;
    if !input.peek(Ident::peek_any) {
        return Err(missing(input, "expected a flag's name"));
    }
    let first = input.call(Ident::parse_any)?;
    let mut name = first.to_string();
    while input.peek(Token![-]) && input.peek2(Ident::peek_any) {
        input.parse::<Token![-]>()?;
        name = format!("{name}-{}", input.call(Ident::parse_any)?);
    }
    let value = match input.parse::<Option<Token![=]>>()? {
        Some(_) => Some(flag_value(input)?),
        None => None,
    };
    Ok(Flag {
        name,
        span: first.span(),
        value,
    })
}

/// Parses a string, `(expr)`, a binding, or words in the syntax of a Dockerfile: `linux/amd64`, `5s`, `1000:1000`.
pub(super) fn flag_value(input: ParseStream) -> Result<Value> {
    if let Some(text) = string(input)? {
        return Ok(Value::Text(text));
    }
    if input.peek(token::Paren) {
        return expression(input).map(Value::Expression);
    }
    let first = bare(input)?.ok_or_else(|| missing(input, "expected a value"))?;
    let mut text = first.word();
    let mut is_joined = false;
    while let Some((punct, after)) = input.cursor().punct()
        && "/:-".contains(punct.as_char())
        && is_adjacent(input.cursor().prev_span(), punct.span())
        && (after.ident().is_some() || after.literal().is_some())
    {
        input.parse::<proc_macro2::Punct>()?;
        if let Some(more) = bare(input)? {
            text = format!("{text}{}{}", punct.as_char(), more.word());
            is_joined = true;
        }
    }
    Ok(match is_joined {
        true => Value::Text(LitStr::new(&text, first.span())),
        false => first,
    })
}

/// Parses a number or a word.
fn bare(input: ParseStream) -> Result<Option<Value>> {
    if input.peek(Ident::peek_any) {
        return input.call(Ident::parse_any).map(Value::Word).map(Some);
    }
    Ok(number(input)?.map(Value::Text))
}

/// Parses a string literal.
pub(super) fn string(input: ParseStream) -> Result<Option<LitStr>> {
    input.peek(LitStr).then(|| input.parse()).transpose()
}

/// Parses a number as it is written: `0755`, `5s`, `1.5h`.
fn number(input: ParseStream) -> Result<Option<LitStr>> {
    let literal = input.cursor().literal().map(|(literal, _)| literal);
    let text = literal.map(|literal| literal.to_string());
    let Some(text) = text.filter(|text| text.starts_with(|c: char| c.is_ascii_digit())) else {
        return Ok(None);
    };
    let literal: Literal = input.parse()?;
    Ok(Some(LitStr::new(&text, literal.span())))
}

/// Parses `(expr)`.
pub(super) fn expression(input: ParseStream) -> Result<ExprGroup> {
    let inside;
    let parentheses = syn::parenthesized!(inside in input);
    let expression = inside.parse()?;
    if !inside.is_empty() {
        return Err(inside.error("expected `)` after one expression"));
    }
    Ok(grouped(parentheses, expression))
}

/// Parses one value: a string, a number, `(expr)`.
pub(super) fn value(input: ParseStream) -> Result<Option<Value>> {
    if input.peek(token::Paren) {
        return expression(input).map(Value::Expression).map(Some);
    }
    let text = match string(input)? {
        Some(text) => Some(text),
        None => number(input)?,
    };
    Ok(text.map(Value::Text))
}

/// Parses a required value.
pub(super) fn required(input: ParseStream, absent: &str) -> Result<Value> {
    value(input)?.ok_or_else(|| missing(input, absent))
}

/// Parses a required value, which may also be a word (`SIGTERM`, `locked`).
pub(super) fn word(input: ParseStream, absent: &str) -> Result<Value> {
    if at_instruction(input) {
        return Err(missing(input, absent));
    }
    let is_text = is_joined(input) || value(&input.fork())?.is_none() && !input.peek(Ident);
    if let Some(text) = unquoted(input).filter(|_| is_text) {
        let keyword = absent.split(' ').next().unwrap_or_default();
        return Err(text.first().error(keyword, false));
    }
    match name(input)? {
        Some(name) => Ok(name),
        None => required(input, absent),
    }
}

/// Parses a word as text.
fn name(input: ParseStream) -> Result<Option<Value>> {
    if !input.peek(Ident::peek_any) {
        return Ok(None);
    }
    let ident = input.call(Ident::parse_any)?;
    let text = LitStr::new(&ident.to_string(), ident.span());
    Ok(Some(Value::Text(text)))
}

/// Parses at least one value.
pub(super) fn some(
    input: ParseStream,
    absent: &str,
    next: fn(ParseStream) -> Result<Option<Value>>,
) -> Result<Vec<Value>> {
    let mut values = Vec::new();
    while let Some(value) = next(input)? {
        values.push(value);
    }
    if values.is_empty() {
        Err(missing(input, absent))
    } else {
        Ok(values)
    }
}

/// Parses `80`, `443/tcp`, `7000-7010/udp`, a string, `(expr)`.
pub(super) fn port(input: ParseStream) -> Result<Option<Value>> {
    let Some(first) = number(input)? else {
        return value(input);
    };
    let mut text = first.value();
    if input.peek(Token![-]) && input.peek2(syn::Lit) {
        input.parse::<Token![-]>()?;
        if let Some(end) = number(input)? {
            text = format!("{text}-{}", end.value());
        }
    }
    if input.parse::<Option<Token![/]>>()?.is_some() {
        if !input.peek(Ident) {
            return Err(missing(input, "expected `tcp`, `udp` or `sctp`"));
        }
        text = format!("{text}/{}", input.parse::<Ident>()?);
    }
    Ok(Some(Value::Text(LitStr::new(&text, first.span()))))
}

/// Parses `["a", "b"]`, if present.
pub(super) fn list(input: ParseStream) -> Result<Option<Vec<Value>>> {
    if !input.peek(token::Bracket) {
        return Ok(None);
    }
    let inside;
    syn::bracketed!(inside in input);
    let word = |input: ParseStream| required(input, "expected a string or `(expr)`");
    let words = inside.parse_terminated(word, Token![,])?;
    Ok(Some(words.into_iter().collect()))
}

pub(super) fn command(input: ParseStream, name: &str) -> Result<Command> {
    if let Some(words) = list(input)? {
        return Ok(Command::Exec(words));
    }
    let absent =
        format!("{name} needs a list: `{name} [\"prog\", \"arg\"]`, or shell text in quotes");
    required(input, &absent).map(Command::Shell)
}

/// Parses `NAME = value NAME = value`.
pub(super) fn pairs(input: ParseStream, absent: &str) -> Result<Vec<(Value, Value)>> {
    let mut pairs = Vec::new();
    while pairs.is_empty() || input.peek2(Token![=]) {
        let key = match name(input)? {
            Some(name) => name,
            None => required(input, absent)?,
        };
        if input.parse::<Option<Token![=]>>()?.is_none() {
            return Err(missing(input, absent));
        }
        let text = unquoted(input).filter(|_| !at_end(input));
        let value = match (value(input)?, text) {
            (Some(value), _) => value,
            (None, Some(text)) => {
                return Err(text.first().error(&format!("{} =", key.word()), false));
            }
            (None, None) => {
                let absent = "expected a value: a string, a number or `(expr)`";
                return Err(missing(input, absent));
            }
        };
        pairs.push((key, value));
    }
    Ok(pairs)
}

/// Parses `NAME`, `NAME = "default"`; further names without a default only on the same line.
pub(super) fn arguments(input: ParseStream) -> Result<Vec<(Value, Option<Value>)>> {
    let mut arguments = Vec::new();
    let goes_on = |input: ParseStream| {
        input.peek2(Token![=]) || input.peek(Ident) && !at_end(input) && is_in_same_line(input)
    };
    while arguments.is_empty() || goes_on(input) {
        let name = match name(input)? {
            Some(name) => name,
            None => required(
                input,
                "ARG needs a name: `ARG VERSION` or `ARG VERSION = \"1\"`",
            )?,
        };
        let default = match input.parse::<Option<Token![=]>>()? {
            Some(_) => Some(required(
                input,
                "expected a default: a string, a number or `(expr)`",
            )?),
            None => None,
        };
        arguments.push((name, default));
    }
    Ok(arguments)
}
