//! The width of text, without knowing the font: an upper bound for the usual fonts without serifs.

/// A size and a weight.
#[derive(Debug, Clone, Copy)]
pub(super) struct Font {
    /// In pixels.
    pub(super) size: f64,
    /// Width of a character as a part of that of a bold one.
    pub(super) scale: f64,
}

impl Font {
    pub(super) const TITLE: Self = Self::bold(18.0);
    pub(super) const NAME: Self = Self::bold(13.0);
    pub(super) const STEP: Self = Self {
        size: 13.0,
        scale: 0.9,
    };
    pub(super) const SMALL: Self = Self {
        size: 12.0,
        scale: 0.9,
    };

    const fn bold(size: f64) -> Self {
        Self { size, scale: 1.0 }
    }

    fn advance(self, character: char) -> f64 {
        advance(character) * self.size * self.scale
    }
}

/// Returns the greatest width of a text in the usual fonts, in pixels.
pub(super) fn width(text: &str, font: Font) -> f64 {
    text.chars().map(|character| font.advance(character)).sum()
}

/// Width of a character as a part of the font size, at least that of DejaVu Sans Bold and Verdana.
fn advance(character: char) -> f64 {
    match character {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' => 0.46,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' | '\\' | '`' => 0.56,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' => 1.12,
        'A'..='Z' | '+' | '=' | '<' | '>' | '#' | '&' | '~' | '^' => 0.92,
        '\u{20}'..='\u{7e}' => 0.74,
        // Latin, Greek and Cyrillic letters; the others may be as wide as they are high, and emoji wider.
        '\u{a0}'..='\u{52f}' => 1.0,
        _ => 1.5,
    }
}

/// Shortens a text in its middle until it fits.
pub(super) fn fit(text: &str, font: Font, limit: f64) -> String {
    if width(text, font) <= limit {
        return text.to_owned();
    }
    let characters: Vec<char> = text.chars().collect();
    let available = limit - width("…", font);
    let mut used = 0.0;
    let mut head = 0;
    // Two thirds for the beginning.
    while head < characters.len() {
        let next = used + font.advance(characters[head]);
        if next > available * 2.0 / 3.0 {
            break;
        }
        used = next;
        head += 1;
    }
    let mut tail = characters.len();
    while tail > head {
        let next = used + font.advance(characters[tail - 1]);
        if next > available {
            break;
        }
        used = next;
        tail -= 1;
    }
    let head = characters[..head].iter();
    head.chain(&['…']).chain(&characters[tail..]).collect()
}

#[cfg(test)]
mod tests {
    use super::{Font, fit, width};

    #[test]
    fn a_text_fits_and_keeps_both_ends() {
        assert_eq!(fit("short", Font::NAME, 100.0), "short");
        for text in [
            "registry.example.com/a/b/c/d/e/f:1.2.3",
            &"W".repeat(300),
            "日本語日本語日本語",
        ] {
            let fitted = fit(text, Font::NAME, 90.0);
            assert!(width(&fitted, Font::NAME) <= 90.0, "{fitted}");
            assert!(fitted.contains('…'), "{fitted}");
            assert_eq!(fitted.chars().next(), text.chars().next());
            assert_eq!(fitted.chars().last(), text.chars().last());
        }
        assert_eq!(fit("abc", Font::NAME, 1.0), "…");
    }
}
