//! Shell patterns on known texts: `*`, `?`, `[..]` and `\`.

/// A unit of text: a character, or an unknown.
pub(crate) trait PatternUnit: Copy + PartialEq {
    /// Returns the character, if it is known.
    fn known(self) -> Option<char>;

    /// Whether two equal units are the same text.
    fn is_one(self) -> bool {
        true
    }
}

impl PatternUnit for char {
    fn known(self) -> Option<char> {
        Some(self)
    }
}

/// Whether the whole text matches. `None` if the pattern contains unsupported syntax.
pub(crate) fn matches(pattern: &str, text: &str) -> Option<bool> {
    let is_literal = |byte: u8| !matches!(byte, b'*' | b'?' | b'[' | b'\\');
    let mut both = pattern.bytes().zip(text.bytes());
    // Most patterns are names of something else: a file with 12 stages asks 3 000 times.
    let first = both.find(|(wanted, byte)| wanted != byte || !is_literal(*wanted));
    if first.is_some_and(|(wanted, _)| is_literal(wanted)) {
        return Some(false);
    }
    if !pattern.contains(['?', '[', '\\']) {
        return Some(stars_match(pattern, text));
    }
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    units_match(&pattern, &text)
}

/// The same for a pattern without other syntax than `*`.
fn stars_match(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    let text = text.strip_prefix(start);
    let Some(mut text) = text.and_then(|text| text.strip_suffix(end)) else {
        return false;
    };
    middle.split('*').all(|piece| {
        let after = text.find(piece).map(|at| &text[at + piece.len()..]);
        after.inspect(|after| text = after).is_some()
    })
}

/// The same for units. An unknown unit matches only itself and `*`.
pub(crate) fn units_match<U: PatternUnit>(pattern: &[U], text: &[U]) -> Option<bool> {
    // For each position in the pattern: whether the text up to here may match up to that position.
    let mut states = vec![false; pattern.len() + 1];
    let mut next = states.clone();
    states[0] = true;
    skip_stars(pattern, &mut states);
    for &c in text {
        step(pattern, &mut states, &mut next, c)?;
        if !states.contains(&true) {
            return Some(false);
        }
    }
    Some(states[pattern.len()])
}

/// Moves the positions over one more unit of the text. `next` has room for them.
fn step<U: PatternUnit>(
    pattern: &[U],
    states: &mut Vec<bool>,
    next: &mut Vec<bool>,
    c: U,
) -> Option<()> {
    skip_stars(pattern, states);
    next.fill(false);
    for at in 0..pattern.len() {
        if !states[at] {
            continue;
        }
        match pattern[at].known() {
            Some('*') => next[at] = true,
            Some('?') => next[at + 1] |= c.known().is_some(),
            Some('\\') => {
                if pattern.get(at + 1) == Some(&c) {
                    next[at + 2] = true;
                }
            }
            Some('[') => {
                let (fits, end) = bracket(pattern, at, c)?;
                if fits {
                    next[end] = true;
                }
            }
            _ => next[at + 1] |= pattern[at] == c && c.is_one(),
        }
    }
    skip_stars(pattern, next);
    std::mem::swap(states, next);
    Some(())
}

/// Whether the text may match if each unknown unit of both is any text.
pub(crate) fn units_may_match<U: PatternUnit>(pattern: &[U], text: &[U]) -> bool {
    let mut pattern_text = String::new();
    let mut is_bracket = false;
    for unit in pattern {
        match unit.known() {
            Some(c) => pattern_text.push(c),
            // A set with an unknown part.
            None if is_bracket => return true,
            None => pattern_text.push('*'),
        }
        is_bracket |= unit.known() == Some('[');
    }
    let pattern: Vec<char> = pattern_text.chars().collect();
    let pieces: Vec<&[U]> = text.split(|unit| unit.known().is_none()).collect();
    let mut states = vec![false; pattern.len() + 1];
    let mut next = states.clone();
    states[0] = true;
    for (index, piece) in pieces.iter().enumerate() {
        if index > 0 {
            // An unknown text leads from a position to all positions after it.
            let first = states.iter().position(|state| *state);
            for state in states.iter_mut().skip(first.unwrap_or(pattern.len() + 1)) {
                *state = true;
            }
        }
        for unit in *piece {
            let Some(c) = unit.known() else { continue };
            if step(&pattern, &mut states, &mut next, c).is_none() {
                return true;
            }
        }
    }
    skip_stars(&pattern, &mut states);
    states[pattern.len()]
}

fn skip_stars<U: PatternUnit>(pattern: &[U], states: &mut [bool]) {
    for at in 0..pattern.len() {
        if states[at]
            && pattern[at].known() == Some('*')
            && !(at > 0 && pattern[at - 1].known() == Some('\\'))
        {
            states[at + 1] = true;
        }
    }
}

/// Whether the character is in the bracket expression that begins here, and where that ends.
fn bracket<U: PatternUnit>(pattern: &[U], start: usize, unit: U) -> Option<(bool, usize)> {
    let c = unit.known();
    let known = |at: usize| pattern.get(at).map(|unit| unit.known());
    let mut at = start + 1;
    let negated = matches!(known(at), Some(Some('!' | '^')));
    if negated {
        at += 1;
    }
    let first = at;
    let mut fits = false;
    loop {
        match (known(at)?, known(at + 1).flatten()) {
            // Whether an unknown is in the set cannot be decided.
            (Some(']'), _) if at > first => return Some((c.is_some() && fits != negated, at + 1)),
            (Some('['), Some(':' | '.' | '=')) => return None,
            (low, Some('-')) if known(at + 2).is_some_and(|high| high != Some(']')) => {
                fits |= c.is_some() && low <= c && c <= known(at + 2)?;
                at += 3;
            }
            (Some('\\'), Some(escaped)) => {
                fits |= Some(escaped) == c;
                at += 2;
            }
            (own, _) => {
                fits |= own == c;
                at += 1;
            }
        }
    }
}

/// Removes the shortest or the longest match at the start or the end.
pub(crate) fn removed(pattern: &str, text: &str, at_start: bool, most: bool) -> Option<String> {
    let mut cuts: Vec<usize> = text
        .char_indices()
        .map(|(at, _)| at)
        .chain([text.len()])
        .collect();
    // From the shortest to the longest match.
    if !at_start {
        cuts.reverse();
    }
    if most {
        cuts.reverse();
    }
    for cut in cuts {
        let (start, end) = text.split_at(cut);
        let (candidate, rest) = if at_start { (start, end) } else { (end, start) };
        if matches(pattern, candidate)? {
            return Some(rest.to_owned());
        }
    }
    Some(text.to_owned())
}

/// Replaces the matches in the text.
pub(crate) fn replaced(pattern: &str, text: &str, with: &str, all: bool) -> Option<String> {
    if pattern.is_empty() {
        return Some(text.to_owned());
    }
    let mut out = String::new();
    let mut rest = text;
    'outer: while !rest.is_empty() {
        for end in (1..=rest.len()).rev() {
            if rest.is_char_boundary(end) && matches(pattern, &rest[..end])? {
                out.push_str(with);
                rest = &rest[end..];
                if !all {
                    break 'outer;
                }
                continue 'outer;
            }
        }
        let next = rest.chars().next().map_or(rest.len(), char::len_utf8);
        out.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    out.push_str(rest);
    Some(out)
}
