//! Validates the flags of an instruction: known, not repeated, with valid values.

use super::spec::{InstructionSpec, Takes};
use super::{Flag, ReadError, SourceText};
use crate::suggest::did_you_mean;

/// The validated flags of an instruction.
pub(super) struct Flags<'a>(&'a [Flag]);

impl<'a> Flags<'a> {
    pub(super) fn read(
        flags: &'a [Flag],
        instruction: &InstructionSpec,
    ) -> Result<Self, Vec<ReadError>> {
        let mut errors = Vec::new();
        let mut seen = Vec::new();
        for flag in flags {
            let name = flag.name.as_str();
            let mut error = |message: String| errors.push(ReadError::new(flag.span, message));
            let Some(known) = instruction.flag(name) else {
                error(format!(
                    "unknown flag `--{name}` for {}{}",
                    instruction.keyword,
                    did_you_mean(name, &instruction.flag_names()).replacen('`', "`--", 1)
                ));
                continue;
            };
            if !seen.contains(&name) {
                seen.push(name);
            } else if known.takes != Takes::Texts {
                error(format!("the flag `--{name}` is given twice"));
            }
            match (known.takes, &flag.value) {
                (Takes::Switch, Some(text)) if boolean(text).is_none() => {
                    error(format!("the flag `--{name}` is either `true` or `false`"));
                }
                (Takes::Switch, None) => {}
                (_, None) => error(format!("the flag `--{name}` needs a value: `--{name}=..`")),
                _ => {}
            }
        }
        if errors.is_empty() {
            Ok(Self(flags))
        } else {
            Err(errors)
        }
    }

    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &'a Flag> {
        self.0.iter().filter(move |flag| flag.name == *name)
    }

    /// Returns the value; `None` if it is empty.
    pub(super) fn text(&self, name: &str) -> Option<SourceText> {
        self.all(name)
            .next()?
            .value
            .clone()
            .filter(|value| !value.is_empty())
    }

    pub(super) fn boolean(&self, name: &str) -> Option<bool> {
        let flag = self.all(name).next()?;
        flag.value
            .as_ref()
            .map_or(Some(true), |value| boolean(value))
    }

    /// Rejects values that are not among the words that their flag accepts.
    pub(super) fn check_words(&self, instruction: &InstructionSpec, errors: &mut Vec<ReadError>) {
        for flag in self.0 {
            let name = flag.name.as_str();
            let value = flag.value.as_deref().unwrap_or_default();
            if let Some(Takes::OneOf(words)) = instruction.flag(name).map(|flag| flag.takes)
                && !words.contains(&value)
            {
                let near = did_you_mean(value, words);
                errors.push(ReadError::new(
                    flag.span,
                    format!("invalid value `{value}` for `--{name}`{near}"),
                ));
            }
        }
    }

    /// Validates the flags of HEALTHCHECK.
    pub(super) fn durations(&self) -> Result<(), Vec<ReadError>> {
        let is_right = |flag: &Flag| match (
            flag.name.as_str(),
            flag.value.as_deref().unwrap_or_default(),
        ) {
            (_, "") => true,
            ("retries", value) => value.parse::<i32>().is_ok_and(|retries| retries >= 0),
            (_, value) => {
                duration(value).is_some_and(|nanoseconds| nanoseconds == 0.0 || nanoseconds >= 1e6)
            }
        };
        let error = |flag: &Flag| {
            let message = match flag.name.as_str() {
                "retries" => "`--retries` is a number that is not negative".to_owned(),
                name => format!("`--{name}` is a duration like `1m30s`, at least `1ms`"),
            };
            ReadError::new(flag.span, message)
        };
        let errors: Vec<ReadError> = self
            .0
            .iter()
            .filter(|flag| !is_right(flag))
            .map(error)
            .collect();
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// Parses a duration as Go's `time.ParseDuration`, in nanoseconds.
fn duration(text: &str) -> Option<f64> {
    let (sign, mut rest) = match text.as_bytes().first()? {
        b'-' => (-1.0, &text[1..]),
        b'+' => (1.0, &text[1..]),
        _ => (1.0, text),
    };
    if rest == "0" {
        return Some(0.0);
    }
    let mut total = 0.0;
    loop {
        let digits = rest.find(|char: char| !char.is_ascii_digit() && char != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let end = rest
            .find(|char: char| char.is_ascii_digit() || char == '.')
            .unwrap_or(rest.len());
        let factor = match &rest[..end] {
            "ns" => 1.0,
            "us" | "µs" | "μs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3600e9,
            _ => return None,
        };
        total += number * factor;
        rest = &rest[end..];
        if rest.is_empty() {
            return (total < 9.3e18).then_some(sign * total);
        }
    }
}
