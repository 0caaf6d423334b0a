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
    rules: &'static [Rule],
}

/// A set of characters, and their form.
#[derive(Debug)]
struct Rule(Set, Form);

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

const NEWLINE: Rule = Rule(Of("\n"), As("\\n"));
const RETURN: Rule = Rule(Of("\r"), As("\\r"));
const TAB: Rule = Rule(Of("\t"), As("\\t"));
const CONTROL: Rule = Rule(Control, Units("\\u", Lower, 4, ""));
const AMP: Rule = Rule(Of("&"), As("&amp;"));
const LT: Rule = Rule(Of("<"), As("&lt;"));
const GT: Rule = Rule(Of(">"), As("&gt;"));
const QUOT: Rule = Rule(Of("\""), As("&quot;"));
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
        [Rule(Of("\"\\"), After("\\")), NEWLINE, RETURN, TAB, CONTROL]
    Json "JSON of PHP: `\\/`"
        [Rule(Of("\"\\/"), After("\\")), NEWLINE, RETURN, TAB, CONTROL, Rule(NotAscii, Units("\\u", Lower, 4, ""))]
    Json "JSON of Go: `\\u0026`, `\\u003c`" nests
        [Rule(Of("\"\\"), After("\\")), NEWLINE, RETURN, TAB, Rule(Of("<>&\u{2028}\u{2029}"), Units("\\u", Lower, 4, "")), CONTROL]
    Json "JSON of Gson, Rails and script elements: `\\u0027`, `\\u003d`"
        [Rule(Of("\"\\"), After("\\")), NEWLINE, RETURN, TAB, Rule(Of("<>&='"), Units("\\u", Lower, 4, "")), CONTROL]
    Json "the same in capital digits, as PHP and JavaScript write it: `\\u003C`"
        [Rule(Of("\\"), After("\\")), NEWLINE, RETURN, TAB, Rule(Of("<>&'\"/"), Units("\\u", Upper, 4, "")), Rule(Control, Units("\\u", Upper, 4, ""))]
    Json "JSON of .NET: `\\u0022`, `\\u002B`, `\\u0060`"
        [Rule(Of("\\"), After("\\")), NEWLINE, RETURN, TAB, Rule(Of("<>&'\"+`"), Units("\\u", Upper, 4, "")), Rule(Control, Units("\\u", Upper, 4, "")),
         Rule(NotAscii, Units("\\u", Upper, 4, ""))]
    Json "JSON of Python and jq -a: `\\u00e9`" nests
        [Rule(Of("\"\\"), After("\\")), NEWLINE, RETURN, TAB, CONTROL, Rule(NotAscii, Units("\\u", Lower, 4, ""))]
    Json "all of it as `\\u0070`, small digits"
        [Rule(All, Units("\\u", Lower, 4, ""))]
    Json "all of it as `\\u0070`, capital digits"
        [Rule(All, Units("\\u", Upper, 4, ""))]

    Shell "`printf %q` of bash: `\\$`" nests
        [Rule(Of(" \t'\"`\\|&;()<>!{}*[]?^$,"), After("\\"))]
    Shell "double quotes of a shell, `declare -p` and `export -p` of bash: `\\$`, `\\\"`" nests
        [Rule(Of("$\"`\\"), After("\\"))]
    Shell "single quotes of a shell, `set` and `${x@Q}` of bash: `'\\''`" nests
        [Rule(Of("'"), As("'\\''"))]
    Shell "`shlex.quote` of Python: `'\"'\"'`" nests
        [Rule(Of("'"), As("'\"'\"'"))]
    Shell "`export -p` and `set` of dash: `'\"'\"'`, a run of quotes in one pair"
        [Rule(Of("'"), Between("'\"", "\"'"))]
    Shell "`$'..'` of bash: `\\'`"
        [Rule(Of("'\\"), After("\\")), NEWLINE, RETURN, TAB, Rule(Of("\x1b"), As("\\E")), Rule(Control, Bytes("\\", Octal, 3, "")), Rule(NotAscii, Bytes("\\", Octal, 3, ""))]
    Shell "a backslash before every character that is not a letter, digit or underscore: `quotemeta` of Perl, zsh"
        [Rule(NotAscii, Each("\\")), Rule(NotIn("_"), After("\\"))]
    Shell "`^` of cmd.exe"
        [Rule(Of("&|<>^()%!\""), After("^"))]

    Literal "literals in single quotes of Python, JavaScript, PHP, Perl and fish: `\\'`, `\\\\`" nests
        [Rule(Of("'\\"), After("\\")), NEWLINE, RETURN, TAB, Rule(Control, Bytes("\\x", Lower, 2, ""))]
    Literal "the same with other characters as `\\xe9`, `\\u20ac`: `ascii` of Python"
        [Rule(Of("'\\"), After("\\")), NEWLINE, RETURN, TAB, Rule(Control, Bytes("\\x", Lower, 2, "")), Rule(Latin, Point("\\x", Lower, 2, "")), Rule(NotAscii, Units("\\u", Lower, 4, ""))]
    Literal "bytes of Python in single quotes: `\\xc3\\xa9`"
        [Rule(Of("'\\"), After("\\")), NEWLINE, RETURN, TAB, Rule(Control, Bytes("\\x", Lower, 2, "")), Rule(NotAscii, Bytes("\\x", Lower, 2, ""))]
    Literal "literals in either quotes: `\\'`, `\\\"`, `\\\\`; MySQL, `addslashes`"
        [Rule(Of("'\"\\"), After("\\")), NEWLINE, RETURN, TAB]
    Literal "template literals of JavaScript: `` \\` ``, `\\$`"
        [Rule(Of("`\\$"), After("\\"))]
    Literal "interpolating literals of Perl and Ruby: `\\$`, `\\@`, `\\#`"
        [Rule(Of("\"\\$@#"), After("\\"))]
    Literal "a regular expression: `re.escape` of Python"
        [Rule(Of("()[]{}?*+-|^$\\.&~# \t\n\r"), After("\\"))]
    Literal "the replacement of `sed`: `\\&`, `\\/`"
        [Rule(Of("&/\\"), After("\\"))]
    Literal "properties of Java: `\\:`, `\\=`, `\\u00E9`"
        [Rule(Of(":=#!\\"), After("\\")), NEWLINE, RETURN, TAB, Rule(NotAscii, Units("\\u", Upper, 4, ""))]
    Literal "control and other characters as `\\xe9`: bytes of Python, C"
        [Rule(Of("\"\\"), After("\\")), NEWLINE, RETURN, TAB, Rule(Control, Bytes("\\x", Lower, 2, "")), Rule(NotAscii, Bytes("\\x", Lower, 2, ""))]
    Literal "control and other characters as `\\u{e9}`: Rust, JavaScript, Swift"
        [Rule(Of("\"\\"), After("\\")), NEWLINE, RETURN, TAB, Rule(Control, Point("\\u{", Lower, 1, "}")), Rule(NotAscii, Point("\\u{", Lower, 1, "}"))]
    Literal "punctuation as `\\x24`, small digits: systemd-escape"
        [Rule(NotIn(":_."), Bytes("\\x", Lower, 2, ""))]
    Literal "punctuation as `\\x5C`, capital digits"
        [Rule(NotIn("_"), Bytes("\\x", Upper, 2, ""))]
    Literal "all of it as `\\x70`, small digits"
        [Rule(All, Bytes("\\x", Lower, 2, ""))]
    Literal "all of it as `\\x5C`, capital digits"
        [Rule(All, Bytes("\\x", Upper, 2, ""))]
    Literal "punctuation as `\\044`: fstab, udev, C"
        [Rule(NotIn("_"), Bytes("\\", Octal, 3, ""))]
    Literal "all of it as `\\160`"
        [Rule(All, Bytes("\\", Octal, 3, ""))]
    Literal "all of it as `\\u{70}`"
        [Rule(All, Point("\\u{", Lower, 1, "}"))]
    Literal "all of it as `\\U00000070`"
        [Rule(All, Point("\\U", Lower, 8, ""))]

    Doubled "single quotes doubled: SQL, YAML, PowerShell" nests
        [Rule(Of("'"), Twice)]
    Doubled "double quotes doubled: CSV, identifiers of SQL, Visual Basic" nests
        [Rule(Of("\""), Twice)]
    Doubled "`$$`: compose, Kubernetes, make" nests
        [Rule(Of("$"), Twice)]
    Doubled "`%%`: printf, INI files of Python, batch files"
        [Rule(Of("%"), Twice)]
    Doubled "units of systemd: `%%`, `$$`, `\\\"`, `\\\\`"
        [Rule(Of("%$"), Twice), Rule(Of("\"\\"), After("\\"))]
    Doubled "backslashes doubled" nests
        [Rule(Of("\\"), Twice)]

    Xml "text of XML and HTML: `&amp;`, `&lt;`, `&gt;`: Python's saxutils, Java, browsers" nests
        [AMP, LT, GT]
    Xml "attributes: `&quot;` as well: ElementTree, Java, browsers" nests
        [AMP, LT, GT, QUOT, Rule(Control, Point("&#", Decimal, 1, ";"))]
    Xml "`&quot;`, `&apos;`"
        [AMP, LT, GT, QUOT, Rule(Of("'"), As("&apos;"))]
    Xml "Go: `&#34;`, `&#39;`" nests
        [AMP, LT, GT, Rule(Of("\"'"), Point("&#", Decimal, 1, ";")), Rule(Control, Point("&#x", Upper, 1, ";"))]
    Xml "templates of Go: `&#43;`, `` &#96; `` as well"
        [AMP, LT, GT, Rule(Of("\"'+`="), Point("&#", Decimal, 1, ";"))]
    Xml "`html.escape` of Python: `&quot;`, `&#x27;`" nests
        [AMP, LT, GT, QUOT, Rule(Of("'"), Point("&#x", Lower, 1, ";"))]
    Xml "`&quot;`, `&#39;`: Java, Ruby, .NET, lodash"
        [AMP, LT, GT, QUOT, Rule(Of("'"), Point("&#", Decimal, 1, ";")), Rule(NotAscii, Point("&#", Decimal, 1, ";"))]
    Xml "`&quot;`, `&#039;`: PHP"
        [AMP, LT, GT, QUOT, Rule(Of("'"), Point("&#", Decimal, 3, ";"))]
    Xml "`&#034;`, `&#039;`: JSTL"
        [AMP, LT, GT, Rule(Of("\"'"), Point("&#", Decimal, 3, ";"))]
    Xml "mustache and handlebars: `&#x2F;`, `&#x60;`, `&#x3D;`"
        [AMP, LT, GT, QUOT, Rule(Of("'"), As("&#39;")), Rule(Of("/`="), Point("&#x", Upper, 1, ";"))]
    Xml "OWASP: `&#x27;`, `&#x2F;`"
        [AMP, LT, GT, QUOT, Rule(Of("'/`="), Point("&#x", Upper, 1, ";"))]
    Xml "punctuation as `&#36;`"
        [Rule(NotIn(""), Point("&#", Decimal, 1, ";"))]
    Xml "punctuation as `&#x5c;`, small digits"
        [Rule(NotIn(""), Point("&#x", Lower, 1, ";"))]
    Xml "punctuation as `&#x5C;`, capital digits"
        [Rule(NotIn(""), Point("&#x", Upper, 1, ";"))]
    Xml "all of it as `&#112;`"
        [Rule(All, Point("&#", Decimal, 1, ";"))]
    Xml "all of it as `&#x70;`, small digits"
        [Rule(All, Point("&#x", Lower, 1, ";"))]
    Xml "all of it as `&#x5C;`, capital digits"
        [Rule(All, Point("&#x", Upper, 1, ";"))]

    Percent "URLs, capital digits: `%2F`" nests
        [Rule(NotIn(UNRESERVED), Bytes("%", Upper, 2, ""))]
    Percent "URLs, small digits: `%2f`"
        [Rule(NotIn(UNRESERVED), Bytes("%", Lower, 2, ""))]
    Percent "paths of URLs, which keep the slash: Python, capital digits"
        [Rule(NotIn("-._~/"), Bytes("%", Upper, 2, ""))]
    Percent "the same in small digits"
        [Rule(NotIn("-._~/"), Bytes("%", Lower, 2, ""))]
    Percent "`encodeURIComponent`: keeps `!'()*`"
        [Rule(NotIn("-._~!'()*"), Bytes("%", Upper, 2, ""))]
    Percent "the same in small digits, as .NET has it"
        [Rule(NotIn("-._~!'()*"), Bytes("%", Lower, 2, ""))]
    Percent "the user part of URLs of Go: keeps `$&+,;=`"
        [Rule(NotIn("-._~$&+,;="), Bytes("%", Upper, 2, ""))]
    Percent "the user part of URLs of browsers and node: keeps `!$%&'()*+,`"
        [Rule(NotIn("-._~!$%&'()*+,"), Bytes("%", Upper, 2, ""))]
    Percent "`encodeURI`: keeps `;/?:@&=+$,#`"
        [Rule(NotIn("-._~!'()*;/?:@&=+$,#"), Bytes("%", Upper, 2, ""))]
    Percent "`escape` of JavaScript: keeps `@*_+-./`"
        [Rule(Latin, Point("%", Upper, 2, "")), Rule(NotAscii, Units("%u", Upper, 4, "")), Rule(NotIn("@*_+-./"), Bytes("%", Upper, 2, ""))]
    Percent "forms: `+` for a blank"
        [Rule(Of(" "), As("+")), Rule(NotIn("-._*"), Bytes("%", Upper, 2, ""))]
    Percent "all of it as `%70`, capital digits"
        [Rule(All, Bytes("%", Upper, 2, ""))]
    Percent "all of it as `%5c`, small digits"
        [Rule(All, Bytes("%", Lower, 2, ""))]
    QuotedPrintable "mail: `=3D`"
        [Rule(Of("="), Bytes("=", Upper, 2, "")), Rule(NotAscii, Bytes("=", Upper, 2, "")), Rule(Control, Bytes("=", Upper, 2, ""))]
    QuotedPrintable "punctuation as `=24`: headers of mail"
        [Rule(NotIn(""), Bytes("=", Upper, 2, ""))]
    QuotedPrintable "all of it as `=70`"
        [Rule(All, Bytes("=", Upper, 2, ""))]
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
enum Unit {
    Character(char),
    Byte(u8),
}

impl Unit {
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
    fn has(self, unit: Unit) -> bool {
        match (self, unit) {
            (All, _) => true,
            (NotAscii | NotIn(_), Unit::Byte(_)) => true,
            (_, Unit::Byte(_)) => false,
            (Of(set), Unit::Character(character)) => set.contains(character),
            (NotIn(set), Unit::Character(character)) => {
                !character.is_ascii_alphanumeric() && !set.contains(character)
            }
            (Control, Unit::Character(character)) => character.is_ascii_control(),
            (Latin, Unit::Character(character)) => ('\u{80}'..='\u{ff}').contains(&character),
            (NotAscii, Unit::Character(character)) => !character.is_ascii(),
        }
    }
}

impl Alphabet {
    fn rule(&self, unit: Unit) -> Option<Form> {
        self.rules
            .iter()
            .find(|Rule(set, _)| set.has(unit))
            .map(|Rule(_, form)| *form)
    }

    /// Whether it spells any character of the text in another form.
    pub(super) fn changes(&self, text: &[u8]) -> bool {
        Unit::all(text).any(|unit| self.rule(unit).is_some())
    }

    /// Whether it spells every character in another form.
    pub(super) fn changes_all(&self) -> bool {
        matches!(self.rules, [Rule(All, _)])
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
        let mut units = Unit::all(text).peekable();
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
    let Some(unit) = Unit::all(&text[..text.len().min(4)]).next() else {
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
