//! The patterns of `${NAME#pattern}`, `${NAME%pattern}` and `${NAME/pattern/text}`.
//!
//! `*`, `?` and `\` before one of `* ? \ } /`; no brackets. Neither wildcard matches a line end, as in BuildKit, which converts them to a
//! regular expression.

use super::expand::ExpandError;

/// Max. steps of one match (pattern length times value length); beyond it the word is an error.
const MAX_STEPS: usize = 20_000_000;

pub(super) struct Pattern {
    tokens: Vec<Token>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Any,
    Star,
    Literal(char),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Preference {
    Shortest,
    Longest,
}

impl Pattern {
    pub(super) fn parse(text: &str) -> Result<Self, ExpandError> {
        // Go's scanner drops a byte-order mark at the start of its input.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut tokens = Vec::new();
        let mut chars = text.chars().peekable();
        while let Some(char) = chars.next() {
            tokens.push(match char {
                '*' => Token::Star,
                '?' => Token::Any,
                '\\' => match chars.next() {
                    Some(escaped @ ('*' | '?' | '\\' | '}' | '/')) => Token::Literal(escaped),
                    Some(other) => {
                        return Err(ExpandError::new(format!(
                            "invalid escape `\\{other}` in a pattern"
                        )));
                    }
                    None => return Err(ExpandError::new("invalid escape at the end of a pattern")),
                },
                char => Token::Literal(char),
            });
        }
        Ok(Self { tokens })
    }

    /// Parses the pattern of `${NAME%pattern}` for the reversed value: BuildKit reverses its characters first, and keeps escapes.
    pub(super) fn parse_reversed(text: &str) -> Result<Self, ExpandError> {
        let mut pairs = Vec::new();
        let mut chars = text.chars();
        while let Some(char) = chars.next() {
            let escaped = (char == '\\').then(|| chars.next()).flatten();
            pairs.push(std::iter::once(char).chain(escaped).collect::<String>());
        }
        pairs.reverse();
        Self::parse(&pairs.concat())
    }

    /// `${NAME#pattern}`
    pub(super) fn trim_start(&self, value: &str, greedy: bool) -> Result<String, ExpandError> {
        let chars: Vec<char> = value.chars().collect();
        let end = find(&self.tokens, &chars, preference(greedy), &mut 0)?.unwrap_or(0);
        Ok(chars[end..].iter().collect())
    }

    /// `${NAME%pattern}`, with the [reversed](Self::parse_reversed) pattern.
    pub(super) fn trim_end(&self, value: &str, greedy: bool) -> Result<String, ExpandError> {
        let chars: Vec<char> = value.chars().rev().collect();
        let end = find(&self.tokens, &chars, preference(greedy), &mut 0)?.unwrap_or(0);
        Ok(chars[end..].iter().rev().collect())
    }

    /// `${NAME/pattern/replacement}`, or with `//` if `all`.
    pub(super) fn replace(
        &self,
        value: &str,
        replacement: &str,
        all: bool,
    ) -> Result<String, ExpandError> {
        let chars: Vec<char> = value.chars().collect();
        let mut result = String::new();
        let (mut copied, mut at, mut steps) = (0, 0, 0);
        while at <= chars.len() {
            let Some(end) = find(&self.tokens, &chars[at..], Preference::Longest, &mut steps)?
                .map(|length| at + length)
            else {
                at += 1;
                continue;
            };
            result.extend(&chars[copied..at]);
            if !all {
                result.push_str(replacement);
                copied = end;
                break;
            }
            // An empty match directly after another one does not count.
            if end > copied || at == 0 {
                push_template(&mut result, replacement, &chars[at..end]);
            }
            copied = end;
            at = end.max(at + 1);
        }
        result.extend(&chars[copied.min(chars.len())..]);
        Ok(result)
    }
}

const fn preference(greedy: bool) -> Preference {
    if greedy {
        Preference::Longest
    } else {
        Preference::Shortest
    }
}

/// Returns the length of the match at the start of `chars`.
fn find(
    tokens: &[Token],
    chars: &[char],
    preference: Preference,
    steps: &mut usize,
) -> Result<Option<usize>, ExpandError> {
    // `reached[i]`: the tokens before `i` match the characters so far.
    let mut reached = vec![false; tokens.len() + 1];
    reached[0] = true;
    let mut found = None;
    for length in 0..=chars.len() {
        for index in 0..tokens.len() {
            if reached[index] && tokens[index] == Token::Star {
                reached[index + 1] = true;
            }
        }
        if reached[tokens.len()] {
            found = Some(length);
            if preference == Preference::Shortest {
                break;
            }
        }
        let Some(&char) = chars.get(length) else {
            break;
        };
        for index in (0..=tokens.len()).rev() {
            let stays = reached[index] && char != '\n' && tokens.get(index) == Some(&Token::Star);
            let advances = index > 0 && reached[index - 1] && matches(tokens[index - 1], char);
            reached[index] = stays || advances;
        }
        if !reached.contains(&true) {
            break;
        }
        *steps += tokens.len() + 1;
        if *steps > MAX_STEPS {
            return Err(ExpandError::of_value(
                "a pattern and its value are too long",
            ));
        }
    }
    Ok(found)
}

fn matches(token: Token, char: char) -> bool {
    match token {
        Token::Any => char != '\n',
        Token::Literal(literal) => literal == char,
        Token::Star => false,
    }
}

/// Appends a replacement. Replacing all uses Go's template syntax: `$0` is the match, `$$` a dollar, any other `$name` nothing.
fn push_template(result: &mut String, template: &str, matched: &[char]) {
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        result.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            result.push('$');
            rest = after;
            continue;
        }
        let is_name = |char: char| char == '_' || char.is_alphanumeric();
        let (name, after) = match rest.strip_prefix('{') {
            Some(braced) => {
                let end = braced.find(|char| !is_name(char)).unwrap_or(braced.len());
                (&braced[..end], braced[end..].strip_prefix('}'))
            }
            None => {
                let end = rest.find(|char| !is_name(char)).unwrap_or(rest.len());
                (&rest[..end], Some(&rest[end..]))
            }
        };
        match after {
            Some(after) if !name.is_empty() => {
                if name == "0" {
                    result.extend(matched);
                }
                rest = after;
            }
            _ => result.push('$'),
        }
    }
    result.push_str(rest);
}
