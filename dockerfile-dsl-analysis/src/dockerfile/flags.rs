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
            (_, value) => duration(value)
                .is_some_and(|nanoseconds| nanoseconds == 0 || nanoseconds >= 1_000_000),
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
fn duration(text: &str) -> Option<i128> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if unsigned == "0" {
        return Some(0);
    }
    let mut total: i128 = 0;
    let mut rest = unsigned;
    loop {
        let digits = rest.find(|char: char| !char.is_ascii_digit() && char != '.')?;
        let (number, after) = rest.split_at(digits);
        let end = after.find(|char: char| char.is_ascii_digit() || char == '.');
        let (unit, after) = after.split_at(end.unwrap_or(after.len()));
        let unit: i128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
            return None;
        }
        let whole: i64 = format!("0{whole}").parse().ok()?;
        // No unit has more than 13 digits.
        let fraction: String = fraction.chars().chain(['0'; 18]).take(18).collect();
        let fraction: i128 = fraction.parse().ok()?;
        total += i128::from(whole) * unit + fraction * unit / 1_000_000_000_000_000_000;
        rest = after;
        if total > i128::from(i64::MAX) {
            return None;
        }
        if rest.is_empty() {
            return Some(if text.starts_with('-') { -total } else { total });
        }
    }
}
