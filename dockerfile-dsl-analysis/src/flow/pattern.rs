//! Shell patterns on known texts: `*`, `?`, `[..]` and `\`.

/// Whether the whole text fits; `None` where the pattern holds what is not understood.
pub(crate) fn matches(pattern: &str, text: &str) -> Option<bool> {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    // At each place of the pattern, whether the text up to here can have been read.
    let mut states = vec![false; pattern.len() + 1];
    states[0] = true;
    skip_stars(&pattern, &mut states);
    for &c in &text {
        let mut next = vec![false; pattern.len() + 1];
        for at in 0..pattern.len() {
            if !states[at] {
                continue;
            }
            match pattern[at] {
                '*' => next[at] = true,
                '?' => next[at + 1] = true,
                '\\' => {
                    if pattern.get(at + 1) == Some(&c) {
                        next[at + 2] = true;
                    }
                }
                '[' => {
                    let (fits, end) = bracket(&pattern, at, c)?;
                    if fits {
                        next[end] = true;
                    }
                }
                literal => next[at + 1] = literal == c,
            }
        }
        skip_stars(&pattern, &mut next);
        states = next;
    }
    Some(states[pattern.len()])
}

fn skip_stars(pattern: &[char], states: &mut [bool]) {
    for at in 0..pattern.len() {
        if states[at] && pattern[at] == '*' && !(at > 0 && pattern[at - 1] == '\\') {
            states[at + 1] = true;
        }
    }
}

/// Whether the character is in the set that begins here, and where the set ends.
fn bracket(pattern: &[char], start: usize, c: char) -> Option<(bool, usize)> {
    let mut at = start + 1;
    let negated = matches!(pattern.get(at), Some('!' | '^'));
    if negated {
        at += 1;
    }
    let first = at;
    let mut fits = false;
    loop {
        match (*pattern.get(at)?, pattern.get(at + 1)) {
            (']', _) if at > first => return Some((fits != negated, at + 1)),
            ('[', Some(':' | '.' | '=')) => return None,
            (low, Some('-')) if pattern.get(at + 2).is_some_and(|high| *high != ']') => {
                fits |= (low..=pattern[at + 2]).contains(&c);
                at += 3;
            }
            ('\\', Some(escaped)) => {
                fits |= *escaped == c;
                at += 2;
            }
            (own, _) => {
                fits |= own == c;
                at += 1;
            }
        }
    }
}

/// The text without the least or the most that fits at its start or end.
pub(crate) fn removed(pattern: &str, text: &str, at_start: bool, most: bool) -> Option<String> {
    let mut cuts: Vec<usize> = text
        .char_indices()
        .map(|(at, _)| at)
        .chain([text.len()])
        .collect();
    // From the least to the most that is removed.
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

/// The text with what fits replaced.
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
