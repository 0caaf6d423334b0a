//! Reserved words, which are recognized only at the start of a command.

use super::cursor::{CLASS, Cursor, META};

macro_rules! keywords {
    ($($name:ident: $text:literal,)*) => {
        /// A reserved word.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Keyword { $($name,)* }

        impl Keyword {
            fn of(text: &[u8]) -> Option<Self> {
                $(if text == $text.as_bytes() { return Some(Self::$name); })*
                None
            }

            /// As it is written.
            pub(super) const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

keywords! {
    If: "if",
    Then: "then",
    Elif: "elif",
    Else: "else",
    Fi: "fi",
    For: "for",
    While: "while",
    Until: "until",
    Do: "do",
    Done: "done",
    Case: "case",
    Esac: "esac",
    Select: "select",
    Function: "function",
    Coproc: "coproc",
    Time: "time",
    Not: "!",
    Open: "{",
    Close: "}",
    Conditional: "[[",
}

/// Whether `text` has a special meaning for a shell at the start of a command.
#[must_use]
pub fn is_reserved(text: &str) -> bool {
    Keyword::of(text.as_bytes()).is_some() || matches!(text, "in" | "]]" | "namespace")
}

impl Keyword {
    pub(super) const fn ends_list(self) -> bool {
        matches!(
            self,
            Self::Then
                | Self::Elif
                | Self::Else
                | Self::Fi
                | Self::Do
                | Self::Done
                | Self::Esac
                | Self::Close
        )
    }
}

impl Cursor<'_> {
    /// Returns the reserved word here, and its length.
    pub(super) fn keyword(&self) -> Option<(Keyword, usize)> {
        if !matches!(
            self.peek(),
            b'i' | b't'
                | b'e'
                | b'f'
                | b'w'
                | b'u'
                | b'd'
                | b'c'
                | b's'
                | b'!'
                | b'{'
                | b'}'
                | b'['
        ) {
            return None;
        }
        let rest = self.rest().as_bytes();
        let length = rest
            .iter()
            .take(9)
            .position(|&byte| CLASS[byte as usize] & META != 0 || byte == b'\\')
            .unwrap_or(rest.len().min(9));
        let keyword = Keyword::of(&rest[..length])?;
        let counts = match keyword {
            // In dash these are commands, or unknown.
            Keyword::Conditional | Keyword::Time | Keyword::Coproc => self.is_bash(),
            Keyword::Function => self.is_bash() || self.defines_function(length),
            _ => true,
        };
        (counts && self.ends_word(length)).then_some((keyword, length))
    }

    /// Consumes `word` if it is a whole word here.
    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.starts_with(word) && self.ends_word(word.len());
        if found {
            self.at += word.len();
        }
        found
    }

    /// Whether a word that starts here ends `ahead` of here.
    pub(super) fn ends_word(&self, mut ahead: usize) -> bool {
        while self.peek_at(ahead) == b'\\' && self.peek_at(ahead + 1) == b'\n' {
            ahead += 2;
        }
        match self.peek_at(ahead) {
            0 => self.at + ahead >= self.text.len(),
            byte => CLASS[byte as usize] & META != 0,
        }
    }

    /// Whether, in dash, `function name` is followed by syntax of bash only: a body on the same line.
    fn defines_function(&self, length: usize) -> bool {
        let line = self.rest()[length..].lines().next().unwrap_or_default();
        let behind_name = line
            .trim_start()
            .trim_start_matches(|c: char| !" \t(){;&|<>".contains(c))
            .trim_start();
        behind_name.starts_with(['(', '{'])
    }
}
