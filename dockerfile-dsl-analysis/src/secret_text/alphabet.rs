//! One file, because the table and the forms that it is made of are read together.
//!
//! The table of alphabets: which characters a writer spells in another form, and how.
//!
//! In: a text, or one of its characters. Out: its spelling by each writer. The needles of the search ([`super::spellings`]), its check
//! around an anchor ([`forms`]) and the list in the guarantees all come from [`ALPHABETS`]. Encodings of blocks of several characters, such
//! as base64, are in `blocks.rs`.

use super::encoding::Encoding;
use super::piece::Buffer;

/// How one kind of writer spells the characters of a text.
#[derive(Debug)]
pub struct Alphabet {
    /// The encoding that a finding names.
    pub encoding: Encoding,
    /// The writers, for people.
    pub writers: &'static str,
    /// Whether it is also searched for inside and around another one.
    pub(super) nests: bool,
    /// The first rule with the character applies; a character without one stays as it is.
    rules: &'static [CharacterRule],
}

/// A set of characters, and their form.
#[derive(Debug)]
struct CharacterRule(Set, Form);

#[derive(Debug, Clone, Copy)]
enum Set {
    /// These characters.
    Of(&'static str),
    /// All characters except ASCII letters and digits, and these.
    NotIn(&'static str),
    /// Control characters of ASCII.
    Control,
    /// Characters of Latin-1 that are not ASCII.
    Latin,
    NotAscii,
    All,
}

#[derive(Debug, Clone, Copy)]
enum Form {
    /// The text before the character.
    After(&'static str),
    /// The text before each byte of UTF-8.
    Each(&'static str),
    /// The character twice.
    Twice,
    /// The text instead of the character.
    As(&'static str),
    /// The two texts around a run of the character.
    Between(&'static str, &'static str),
    /// The two texts around each byte of UTF-8, which has this number of digits.
    Bytes(&'static str, Digits, usize, &'static str),
    /// The same for each unit of UTF-16.
    Units(&'static str, Digits, usize, &'static str),
    /// The same for the code point.
    Point(&'static str, Digits, usize, &'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Digits {
    Octal,
    Decimal,
    Lower,
    Upper,
}

use Digits::{Decimal, Lower, Octal, Upper};
use Form::{After, As, Between, Bytes, Each, Point, Twice, Units};
use Set::{All, Control, Latin, NotAscii, NotIn, Of};

const NEWLINE: CharacterRule = CharacterRule(Of("\n"), As("\\n"));
const RETURN: CharacterRule = CharacterRule(Of("\r"), As("\\r"));
const TAB: CharacterRule = CharacterRule(Of("\t"), As("\\t"));
const CONTROL: CharacterRule = CharacterRule(Control, Units("\\u", Lower, 4, ""));
const AMP: CharacterRule = CharacterRule(Of("&"), As("&amp;"));
const LT: CharacterRule = CharacterRule(Of("<"), As("&lt;"));
const GT: CharacterRule = CharacterRule(Of(">"), As("&gt;"));
const QUOT: CharacterRule = CharacterRule(Of("\""), As("&quot;"));
/// Characters that `encodeURIComponent`, Go and Python do not escape in any part of a URL.
const UNRESERVED: &str = "-._~";

macro_rules! alphabets {
    ($($encoding:ident $writers:literal $($nests:ident)? [$($rule:expr),* $(,)?])*) => {
        /// All alphabets, most literal first.
        pub const ALPHABETS: &[Alphabet] = &[$(Alphabet {
            encoding: Encoding::$encoding,
            writers: $writers,
            nests: alphabets!(@ $($nests)?),
            rules: &[$($rule),*],
        }),*];
    };
    (@ nests) => { true };
    (@) => { false };
}

#[rustfmt::skip]
alphabets! {
    Json "JSON: `\\\"`, `\\\\`, `\\n`; also C, Java, TOML, YAML in double quotes, `{:?}` of Rust, `%q` of Go, lists of programs" nests
        [CharacterRule(Of("\"\\"), After("\\")), NEWLINE, RETURN, TAB, CONTROL]
    Json "JSON of PHP: `\\/`"
        [CharacterRule(Of("\"\\/"), After("\\")), NEWLINE, RETURN, TAB, CONTROL, CharacterRule(NotAscii, Units("\\u", Lower, 4, ""))]
    Json "JSON of Go: `\\u0026`, `\\u003c`" nests
        [CharacterRule(Of("\"\\"), After("\\")), NEWLINE, RETURN, TAB, CharacterRule(Of("<>&\u{2028}\u{2029}"), Units("\\u", Lower, 4, "")), CONTROL]
    Json "JSON of Gson, Rails and script elements: `\\u0027`, `\\u003d`"
        [CharacterRule(Of("\"\\"), After("\\")), NEWLINE, RETURN, TAB, CharacterRule(Of("<>&='"), Units("\\u", Lower, 4, "")), CONTROL]
    Json "the same in capital digits, as PHP and JavaScript write it: `\\u003C`"
        [CharacterRule(Of("\\"), After("\\")), NEWLINE, RETURN, TAB, CharacterRule(Of("<>&'\"/"), Units("\\u", Upper, 4, "")), CharacterRule(Control, Units("\\u", Upper, 4, ""))]
    Json "JSON of .NET: `\\u0022`, `\\u002B`, `\\u0060`"
        [CharacterRule(Of("\\"), After("\\")), NEWLINE, RETURN, TAB, CharacterRule(Of("<>&'\"+`"), Units("\\u", Upper, 4, "")), CharacterRule(Control, Units("\\u", Upper, 4, "")),
         CharacterRule(NotAscii, Units("\\u", Upper, 4, ""))]
    Json "JSON of Python and jq -a: `\\u00e9`" nests
        [CharacterRule(Of("\"\\"), After("\\")), NEWLINE, RETURN, TAB, CONTROL, CharacterRule(NotAscii, Units("\\u", Lower, 4, ""))]
    Json "all of it as `\\u0070`, small digits"
        [CharacterRule(All, Units("\\u", Lower, 4, ""))]
    Json "all of it as `\\u0070`, capital digits"
        [CharacterRule(All, Units("\\u", Upper, 4, ""))]

    Shell "`printf %q` of bash: `\\$`" nests
        [CharacterRule(Of(" \t'\"`\\|&;()<>!{}*[]?^$,"), After("\\"))]
    Shell "double quotes of a shell, `declare -p` and `export -p` of bash: `\\$`, `\\\"`" nests
        [CharacterRule(Of("$\"`\\"), After("\\"))]
    Shell "single quotes of a shell, `set` and `${x@Q}` of bash: `'\\''`" nests
        [CharacterRule(Of("'"), As("'\\''"))]
    Shell "`shlex.quote` of Python: `'\"'\"'`" nests
        [CharacterRule(Of("'"), As("'\"'\"'"))]
    Shell "`export -p` and `set` of dash: `'\"'\"'`, a run of quotes in one pair"
        [CharacterRule(Of("'"), Between("'\"", "\"'"))]
    Shell "`$'..'` of bash: `\\'`"
        [CharacterRule(Of("'\\"), After("\\")), NEWLINE, RETURN, TAB, CharacterRule(Of("\x1b"), As("\\E")), CharacterRule(Control, Bytes("\\", Octal, 3, "")), CharacterRule(NotAscii, Bytes("\\", Octal, 3, ""))]
    Shell "a backslash before every character that is not a letter, digit or underscore: `quotemeta` of Perl, zsh"
        [CharacterRule(NotAscii, Each("\\")), CharacterRule(NotIn("_"), After("\\"))]
    Shell "`^` of cmd.exe"
        [CharacterRule(Of("&|<>^()%!\""), After("^"))]

    Literal "literals in single quotes of Python, JavaScript, PHP, Perl and fish: `\\'`, `\\\\`" nests
        [CharacterRule(Of("'\\"), After("\\")), NEWLINE, RETURN, TAB, CharacterRule(Control, Bytes("\\x", Lower, 2, ""))]
    Literal "the same with other characters as `\\xe9`, `\\u20ac`: `ascii` of Python"
        [CharacterRule(Of("'\\"), After("\\")), NEWLINE, RETURN, TAB, CharacterRule(Control, Bytes("\\x", Lower, 2, "")), CharacterRule(Latin, Point("\\x", Lower, 2, "")), CharacterRule(NotAscii, Units("\\u", Lower, 4, ""))]
    Literal "bytes of Python in single quotes: `\\xc3\\xa9`"
        [CharacterRule(Of("'\\"), After("\\")), NEWLINE, RETURN, TAB, CharacterRule(Control, Bytes("\\x", Lower, 2, "")), CharacterRule(NotAscii, Bytes("\\x", Lower, 2, ""))]
    Literal "literals in either quotes: `\\'`, `\\\"`, `\\\\`; MySQL, `addslashes`"
        [CharacterRule(Of("'\"\\"), After("\\")), NEWLINE, RETURN, TAB]
    Literal "template literals of JavaScript: `` \\` ``, `\\$`"
        [CharacterRule(Of("`\\$"), After("\\"))]
    Literal "interpolating literals of Perl and Ruby: `\\$`, `\\@`, `\\#`"
        [CharacterRule(Of("\"\\$@#"), After("\\"))]
    Literal "a regular expression: `re.escape` of Python"
        [CharacterRule(Of("()[]{}?*+-|^$\\.&~# \t\n\r"), After("\\"))]
    Literal "the replacement of `sed`: `\\&`, `\\/`"
        [CharacterRule(Of("&/\\"), After("\\"))]
    Literal "properties of Java: `\\:`, `\\=`, `\\u00E9`"
        [CharacterRule(Of(":=#!\\"), After("\\")), NEWLINE, RETURN, TAB, CharacterRule(NotAscii, Units("\\u", Upper, 4, ""))]
    Literal "control and other characters as `\\xe9`: bytes of Python, C"
        [CharacterRule(Of("\"\\"), After("\\")), NEWLINE, RETURN, TAB, CharacterRule(Control, Bytes("\\x", Lower, 2, "")), CharacterRule(NotAscii, Bytes("\\x", Lower, 2, ""))]
    Literal "control and other characters as `\\u{e9}`: Rust, JavaScript, Swift"
        [CharacterRule(Of("\"\\"), After("\\")), NEWLINE, RETURN, TAB, CharacterRule(Control, Point("\\u{", Lower, 1, "}")), CharacterRule(NotAscii, Point("\\u{", Lower, 1, "}"))]
    Literal "punctuation as `\\x24`, small digits: systemd-escape"
        [CharacterRule(NotIn(":_."), Bytes("\\x", Lower, 2, ""))]
    Literal "punctuation as `\\x5C`, capital digits"
        [CharacterRule(NotIn("_"), Bytes("\\x", Upper, 2, ""))]
    Literal "all of it as `\\x70`, small digits"
        [CharacterRule(All, Bytes("\\x", Lower, 2, ""))]
    Literal "all of it as `\\x5C`, capital digits"
        [CharacterRule(All, Bytes("\\x", Upper, 2, ""))]
    Literal "punctuation as `\\044`: fstab, udev, C"
        [CharacterRule(NotIn("_"), Bytes("\\", Octal, 3, ""))]
    Literal "all of it as `\\160`"
        [CharacterRule(All, Bytes("\\", Octal, 3, ""))]
    Literal "all of it as `\\u{70}`"
        [CharacterRule(All, Point("\\u{", Lower, 1, "}"))]
    Literal "all of it as `\\U00000070`"
        [CharacterRule(All, Point("\\U", Lower, 8, ""))]

    Doubled "single quotes doubled: SQL, YAML, PowerShell" nests
        [CharacterRule(Of("'"), Twice)]
    Doubled "double quotes doubled: CSV, identifiers of SQL, Visual Basic" nests
        [CharacterRule(Of("\""), Twice)]
    Doubled "`$$`: compose, Kubernetes, make" nests
        [CharacterRule(Of("$"), Twice)]
    Doubled "`%%`: printf, INI files of Python, batch files"
        [CharacterRule(Of("%"), Twice)]
    Doubled "units of systemd: `%%`, `$$`, `\\\"`, `\\\\`"
        [CharacterRule(Of("%$"), Twice), CharacterRule(Of("\"\\"), After("\\"))]
    Doubled "backslashes doubled" nests
        [CharacterRule(Of("\\"), Twice)]

    Xml "text of XML and HTML: `&amp;`, `&lt;`, `&gt;`: Python's saxutils, Java, browsers" nests
        [AMP, LT, GT]
    Xml "attributes: `&quot;` as well: ElementTree, Java, browsers" nests
        [AMP, LT, GT, QUOT, CharacterRule(Control, Point("&#", Decimal, 1, ";"))]
    Xml "`&quot;`, `&apos;`"
        [AMP, LT, GT, QUOT, CharacterRule(Of("'"), As("&apos;"))]
    Xml "Go: `&#34;`, `&#39;`" nests
        [AMP, LT, GT, CharacterRule(Of("\"'"), Point("&#", Decimal, 1, ";")), CharacterRule(Control, Point("&#x", Upper, 1, ";"))]
    Xml "templates of Go: `&#43;`, `` &#96; `` as well"
        [AMP, LT, GT, CharacterRule(Of("\"'+`="), Point("&#", Decimal, 1, ";"))]
    Xml "`html.escape` of Python: `&quot;`, `&#x27;`" nests
        [AMP, LT, GT, QUOT, CharacterRule(Of("'"), Point("&#x", Lower, 1, ";"))]
    Xml "`&quot;`, `&#39;`: Java, Ruby, .NET, lodash"
        [AMP, LT, GT, QUOT, CharacterRule(Of("'"), Point("&#", Decimal, 1, ";")), CharacterRule(NotAscii, Point("&#", Decimal, 1, ";"))]
    Xml "`&quot;`, `&#039;`: PHP"
        [AMP, LT, GT, QUOT, CharacterRule(Of("'"), Point("&#", Decimal, 3, ";"))]
    Xml "`&#034;`, `&#039;`: JSTL"
        [AMP, LT, GT, CharacterRule(Of("\"'"), Point("&#", Decimal, 3, ";"))]
    Xml "mustache and handlebars: `&#x2F;`, `&#x60;`, `&#x3D;`"
        [AMP, LT, GT, QUOT, CharacterRule(Of("'"), As("&#39;")), CharacterRule(Of("/`="), Point("&#x", Upper, 1, ";"))]
    Xml "OWASP: `&#x27;`, `&#x2F;`"
        [AMP, LT, GT, QUOT, CharacterRule(Of("'/`="), Point("&#x", Upper, 1, ";"))]
    Xml "punctuation as `&#36;`"
        [CharacterRule(NotIn(""), Point("&#", Decimal, 1, ";"))]
    Xml "punctuation as `&#x5c;`, small digits"
        [CharacterRule(NotIn(""), Point("&#x", Lower, 1, ";"))]
    Xml "punctuation as `&#x5C;`, capital digits"
        [CharacterRule(NotIn(""), Point("&#x", Upper, 1, ";"))]
    Xml "all of it as `&#112;`"
        [CharacterRule(All, Point("&#", Decimal, 1, ";"))]
    Xml "all of it as `&#x70;`, small digits"
        [CharacterRule(All, Point("&#x", Lower, 1, ";"))]
    Xml "all of it as `&#x5C;`, capital digits"
        [CharacterRule(All, Point("&#x", Upper, 1, ";"))]

    Percent "URLs, capital digits: `%2F`" nests
        [CharacterRule(NotIn(UNRESERVED), Bytes("%", Upper, 2, ""))]
    Percent "URLs, small digits: `%2f`"
        [CharacterRule(NotIn(UNRESERVED), Bytes("%", Lower, 2, ""))]
    Percent "paths of URLs, which keep the slash: Python, capital digits"
        [CharacterRule(NotIn("-._~/"), Bytes("%", Upper, 2, ""))]
    Percent "the same in small digits"
        [CharacterRule(NotIn("-._~/"), Bytes("%", Lower, 2, ""))]
    Percent "`encodeURIComponent`: keeps `!'()*`"
        [CharacterRule(NotIn("-._~!'()*"), Bytes("%", Upper, 2, ""))]
    Percent "the same in small digits, as .NET has it"
        [CharacterRule(NotIn("-._~!'()*"), Bytes("%", Lower, 2, ""))]
    Percent "the user part of URLs of Go: keeps `$&+,;=`"
        [CharacterRule(NotIn("-._~$&+,;="), Bytes("%", Upper, 2, ""))]
    Percent "the user part of URLs of browsers and node: keeps `!$%&'()*+,`"
        [CharacterRule(NotIn("-._~!$%&'()*+,"), Bytes("%", Upper, 2, ""))]
    Percent "`encodeURI`: keeps `;/?:@&=+$,#`"
        [CharacterRule(NotIn("-._~!'()*;/?:@&=+$,#"), Bytes("%", Upper, 2, ""))]
    Percent "`escape` of JavaScript: keeps `@*_+-./`"
        [CharacterRule(Latin, Point("%", Upper, 2, "")), CharacterRule(NotAscii, Units("%u", Upper, 4, "")), CharacterRule(NotIn("@*_+-./"), Bytes("%", Upper, 2, ""))]
    Percent "forms: `+` for a blank"
        [CharacterRule(Of(" "), As("+")), CharacterRule(NotIn("-._*"), Bytes("%", Upper, 2, ""))]
    Percent "all of it as `%70`, capital digits"
        [CharacterRule(All, Bytes("%", Upper, 2, ""))]
    Percent "all of it as `%5c`, small digits"
        [CharacterRule(All, Bytes("%", Lower, 2, ""))]
    QuotedPrintable "mail: `=3D`"
        [CharacterRule(Of("="), Bytes("=", Upper, 2, "")), CharacterRule(NotAscii, Bytes("=", Upper, 2, "")), CharacterRule(Control, Bytes("=", Upper, 2, ""))]
    QuotedPrintable "punctuation as `=24`: headers of mail"
        [CharacterRule(NotIn(""), Bytes("=", Upper, 2, ""))]
    QuotedPrintable "all of it as `=70`"
        [CharacterRule(All, Bytes("=", Upper, 2, ""))]
}

/// The longest form of one character.
const LONGEST: usize = 24;

/// The form of one character.
#[derive(Clone, Copy)]
struct Spelt {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Spelt {
    const fn new() -> Self {
        Self {
            bytes: [0; LONGEST],
            length: 0,
        }
    }

    fn add(&mut self, text: &[u8]) {
        self.bytes[self.length..self.length + text.len()].copy_from_slice(text);
        self.length += text.len();
    }

    fn digits(&mut self, value: u32, digits: Digits, least: usize) {
        let base = match digits {
            Octal => 8,
            Decimal => 10,
            Lower | Upper => 16,
        };
        let mut count = 1;
        let mut rest = value / base;
        while rest > 0 {
            count += 1;
            rest /= base;
        }
        for place in (0..count.max(least)).rev() {
            let power = base.checked_pow(place as u32);
            let digit = power.map_or(0, |power| value / power % base);
            let digit = char::from_digit(digit, base).unwrap_or('0');
            let digit = if digits == Upper {
                digit.to_ascii_uppercase()
            } else {
                digit
            };
            self.add(&[digit as u8]);
        }
    }

    fn number(&mut self, value: u32, (before, digits, least, after): Number) {
        self.add(before.as_bytes());
        self.digits(value, digits, least);
        self.add(after.as_bytes());
    }
}

type Number = (&'static str, Digits, usize, &'static str);

/// A character of a text, or a byte that is not UTF-8.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Character {
    Character(char),
    Byte(u8),
}

impl Character {
    /// Splits a text.
    fn all(text: &[u8]) -> impl Iterator<Item = Self> {
        text.utf8_chunks().flat_map(|chunk| {
            let characters = chunk.valid().chars().map(Self::Character);
            characters.chain(chunk.invalid().iter().copied().map(Self::Byte))
        })
    }

    fn write(self, out: &mut Spelt) {
        match self {
            Self::Character(character) => {
                out.add(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            Self::Byte(byte) => out.add(&[byte]),
        }
    }

    /// Writes it in a form. Returns false if the form does not apply to the character.
    fn write_as(self, form: Form, out: &mut Spelt) -> bool {
        match (form, self) {
            (After(before), _) => {
                out.add(before.as_bytes());
                self.write(out);
            }
            (Each(before), Self::Byte(byte)) => {
                out.add(before.as_bytes());
                out.add(&[byte]);
            }
            (Each(before), Self::Character(character)) => {
                for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                    out.add(before.as_bytes());
                    out.add(&[byte]);
                }
            }
            (Twice, _) => {
                self.write(out);
                self.write(out);
            }
            (As(text), _) => out.add(text.as_bytes()),
            (Between(before, after), _) => {
                out.add(before.as_bytes());
                self.write(out);
                out.add(after.as_bytes());
            }
            (Bytes(before, digits, least, after), Self::Byte(byte)) => {
                out.number(byte.into(), (before, digits, least, after));
            }
            (Bytes(before, digits, least, after), Self::Character(character)) => {
                for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                    out.number(byte.into(), (before, digits, least, after));
                }
            }
            (Units(before, digits, least, after), Self::Character(character)) => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    out.number((*unit).into(), (before, digits, least, after));
                }
            }
            (Point(before, digits, least, after), Self::Character(character)) => {
                out.number(character.into(), (before, digits, least, after));
            }
            (Units(..) | Point(..), Self::Byte(_)) => return false,
        }
        true
    }
}

impl Set {
    fn has(self, unit: Character) -> bool {
        match (self, unit) {
            (All, _) => true,
            (NotAscii | NotIn(_), Character::Byte(_)) => true,
            (_, Character::Byte(_)) => false,
            (Of(set), Character::Character(character)) => set.contains(character),
            (NotIn(set), Character::Character(character)) => {
                !character.is_ascii_alphanumeric() && !set.contains(character)
            }
            (Control, Character::Character(character)) => character.is_ascii_control(),
            (Latin, Character::Character(character)) => ('\u{80}'..='\u{ff}').contains(&character),
            (NotAscii, Character::Character(character)) => !character.is_ascii(),
        }
    }
}

impl Alphabet {
    fn rule(&self, unit: Character) -> Option<Form> {
        self.rules
            .iter()
            .find(|CharacterRule(set, _)| set.has(unit))
            .map(|CharacterRule(_, form)| *form)
    }

    /// Whether it spells any character of the text in another form.
    pub(super) fn changes(&self, text: &[u8]) -> bool {
        Character::all(text).any(|unit| self.rule(unit).is_some())
    }

    /// Whether it spells every character in another form.
    pub(super) fn changes_all(&self) -> bool {
        matches!(self.rules, [CharacterRule(All, _)])
    }

    /// Spells a text. Returns `None` if it has no form for one of the bytes.
    pub(super) fn spell<B: Buffer>(&self, text: &[u8]) -> Option<B> {
        let mut length = 0;
        self.each(text, |spelt| length += spelt.len())?;
        let mut out = B::with_capacity(length);
        self.each(text, |spelt| out.extend_from_slice(spelt))?;
        Some(out)
    }

    fn each(&self, text: &[u8], mut write: impl FnMut(&[u8])) -> Option<()> {
        let mut units = Character::all(text).peekable();
        let mut before = None;
        while let Some(unit) = units.next() {
            let mut spelt = Spelt::new();
            match self.rule(unit) {
                None => unit.write(&mut spelt),
                Some(Between(start, end)) => {
                    if before != Some(unit) {
                        spelt.add(start.as_bytes());
                    }
                    unit.write(&mut spelt);
                    if units.peek() != Some(&unit) {
                        spelt.add(end.as_bytes());
                    }
                }
                Some(form) if unit.write_as(form, &mut spelt) => {}
                Some(_) => return None,
            }
            write(&spelt.bytes[..spelt.length]);
            before = Some(unit);
        }
        Some(())
    }
}

/// Calls `visit` with every form of the text's first character in any alphabet, the character itself first. Returns the length of the
/// character in bytes.
pub fn forms(text: &[u8], visit: &mut dyn FnMut(&[u8])) -> usize {
    let Some(unit) = Character::all(&text[..text.len().min(4)]).next() else {
        return 0;
    };
    let mut raw = Spelt::new();
    unit.write(&mut raw);
    visit(&raw.bytes[..raw.length]);
    for alphabet in ALPHABETS {
        let Some(form) = alphabet.rule(unit) else {
            continue;
        };
        let mut spelt = Spelt::new();
        if unit.write_as(form, &mut spelt) {
            visit(&spelt.bytes[..spelt.length]);
        }
    }
    raw.length
}

#[cfg(test)]
mod tests {
    use super::super::tests::Plain;
    use super::*;

    #[track_caller]
    fn check(writers: &str, text: &[u8], expected: &str) {
        let alphabet = ALPHABETS
            .iter()
            .find(|alphabet| alphabet.writers.contains(writers))
            .unwrap();
        let spelt: Plain = alphabet.spell(text).unwrap();
        assert_eq!(String::from_utf8_lossy(&spelt), expected);
    }

    #[test]
    fn characters_as_each_writer_has_them() {
        check("`\\n`; also C", b"a\"b\\c/\n\x01", "a\\\"b\\\\c/\\n\\u0001");
        check("JSON of PHP", b"a/b", "a\\/b");
        check("JSON of Go", b"a&b<", "a\\u0026b\\u003c");
        check("JSON of Python", "\u{1f600}".as_bytes(), "\\ud83d\\ude00");
        check("of dash", b"a''b'", "a'\"''\"'b'\"'\"'");
        check("JSTL", b"'", "&#039;");
        check("all of it as `\\U", b"p", "\\U00000070");
        check("all of it as `\\160`", b"p\xff", "\\160\\377");
        check("forms:", b"a b/~", "a+b%2F%7E");
    }

    #[test]
    fn a_byte_that_is_no_character_has_no_code_point() {
        let points = ALPHABETS.iter().filter(|alphabet| {
            let spelt: Option<Plain> = alphabet.spell(b"\xff");
            spelt.is_none()
        });
        assert!(points.count() > 5);
    }

    #[test]
    fn every_form_of_every_character_fits() {
        for character in ('\0'..='\u{7f}').chain(['\u{e9}', '\u{20ac}', '\u{10ffff}']) {
            let text = character.to_string();
            let mut count = 0;
            assert_eq!(forms(text.as_bytes(), &mut |_| count += 1), text.len());
            assert!(count > 10, "{character:?} {count}");
        }
    }
}
