//! Scripts from choices: commands, redirections, variables, functions, traps, loops and here-documents.
//!
//! In: bytes, each a choice; fewer and smaller bytes make a simpler script. Out: a script for `sh` or bash with the programs that every
//! Debian has.

use std::fmt::Write as _;

use super::words::{BASH, FILES, FILTERS, READERS, SECRET, SIMPLE, VARIABLES};

/// How deep compound commands are nested.
const DEEPEST: u32 = 2;

/// Choices, in order.
pub(super) struct Choices<'c> {
    left: std::slice::Iter<'c, u8>,
    depth: u32,
    bash: bool,
}

impl<'c> Choices<'c> {
    pub(super) fn new(bytes: &'c [u8]) -> Self {
        Self {
            left: bytes.iter(),
            depth: 0,
            bash: false,
        }
    }

    pub(super) fn number(&mut self, below: usize) -> usize {
        usize::from(*self.left.next().unwrap_or(&0)) % below
    }

    /// Makes the statements those of bash, too.
    pub(super) fn for_bash(&mut self) {
        self.bash = true;
    }

    fn simple(&mut self) -> &'static str {
        if self.bash && self.number(3) == 0 {
            return self.of(&BASH);
        }
        self.of(&SIMPLE)
    }

    fn of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all[self.number(all.len())]
    }

    fn source(&mut self) -> String {
        match self.number(5) {
            0 | 1 => SECRET.to_owned(),
            2 => "/etc/debian_version".to_owned(),
            _ => self.of(&FILES).to_owned(),
        }
    }

    fn word(&mut self) -> String {
        let variable = self.of(&VARIABLES);
        match self.number(9) {
            0 => "public".to_owned(),
            1..=3 => format!("\"${variable}\""),
            4 => format!("${variable}"),
            5 => format!("\"${{{variable}:-none}}\""),
            6 => format!("\"${{{variable}%%q*}}\""),
            7 => format!("\"${{#{variable}}}\""),
            _ => format!("\"$({})\"", self.producer()),
        }
    }

    /// A pipeline that prints.
    fn producer(&mut self) -> String {
        let source = self.source();
        let mut text = match self.number(4) {
            0 => format!("echo \"${}\"", self.of(&VARIABLES)),
            _ => self.of(&READERS).replace('%', &source),
        };
        for _ in 0..self.number(3) {
            let _ = write!(text, " | {}", self.of(&FILTERS));
        }
        text
    }

    /// Fills the places of a simple statement.
    fn filled(&mut self, pattern: &str) -> String {
        let mut text = String::new();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once('%') {
            text.push_str(before);
            let (kind, others) = after.split_at(1);
            let part = match kind {
                "f" => self.of(&FILES).to_owned(),
                "v" => self.of(&VARIABLES).to_owned(),
                "w" => self.word(),
                // A format of printf stays.
                "s" if before.ends_with('\'') => "%s".to_owned(),
                "s" => self.source(),
                _ => format!("%{kind}"),
            };
            text.push_str(&part);
            rest = others;
        }
        text + rest
    }

    fn body(&mut self, most: usize) -> String {
        let mut text = String::new();
        self.depth += 1;
        for _ in 0..=self.number(most) {
            self.statement(&mut text);
        }
        self.depth -= 1;
        text
    }

    fn statement(&mut self, script: &mut String) {
        let kinds = if self.depth < DEEPEST { 30 } else { 12 };
        let _ = match self.number(kinds) {
            0..=8 => {
                let pattern = self.simple();
                let text = self.filled(pattern);
                writeln!(script, "{text}")
            }
            9 => {
                let producer = self.producer();
                writeln!(script, "{producer} > {}", self.of(&FILES))
            }
            10 => {
                let producer = self.producer();
                writeln!(script, "{}=$({producer})", self.of(&VARIABLES))
            }
            11 => {
                let (first, second) = (self.simple(), self.simple());
                let one_line = |text: String| {
                    if text.contains('\n') {
                        ":".to_owned()
                    } else {
                        text
                    }
                };
                let (first, second) = (self.filled(first), self.filled(second));
                let operator = self.of(&["&&", "||", ";"]);
                writeln!(
                    script,
                    "{} {operator} {}",
                    one_line(first),
                    one_line(second)
                )
            }
            12 => {
                let (word, one, other) = (self.word(), self.body(2), self.body(2));
                writeln!(script, "if [ -n {word} ]; then\n{one}else\n{other}fi")
            }
            13 => {
                let (word, body) = (self.word(), self.body(3));
                let variable = self.of(&VARIABLES);
                writeln!(script, "for {variable} in {word} /srv/k0; do\n{body}done")
            }
            14 => {
                let (source, body) = (self.source(), self.body(2));
                let variable = self.of(&VARIABLES);
                writeln!(
                    script,
                    "while read -r {variable}; do\n{body}done < {source}"
                )
            }
            15 => {
                let (word, one, other) = (self.word(), self.body(2), self.body(2));
                writeln!(script, "case {word} in\nz*)\n{one};;\n*)\n{other};;\nesac")
            }
            16 => {
                let body = self.body(3);
                writeln!(script, "(\n{body})")
            }
            17 => {
                let body = self.body(3);
                let file = self.of(&FILES);
                writeln!(script, "{{\n{body}}} > {file}")
            }
            18 => {
                let body = self.body(3);
                let word = self.word();
                writeln!(script, "work() {{\n{body}}}\nwork {word}")
            }
            19 => {
                let body = self.body(2);
                writeln!(script, "{{\n{body}}} > /dev/null 2>&1")
            }
            20 => {
                let body = self.body(2);
                writeln!(
                    script,
                    "n=0; while [ \"$n\" -lt 2 ]; do n=$((n + 1))\n{body}done"
                )
            }
            21 => {
                let body = self.body(2);
                writeln!(script, "(\n{body}) & wait")
            }
            22 => {
                let (producer, body) = (self.producer(), self.body(2));
                let variable = self.of(&VARIABLES);
                writeln!(
                    script,
                    "{producer} | while read -r {variable}; do\n{body}done"
                )
            }
            23 => {
                let (file, variable) = (self.of(&FILES), self.of(&VARIABLES));
                let (word, other) = (self.word(), self.word());
                let rest = self.body(1);
                writeln!(
                    script,
                    "keep() {{\nlocal {variable}=\"$2\"\necho \"$1\" > {file}\n{rest}}}\n\
                     keep {word} {other}"
                )
            }
            24 => {
                let (body, word) = (self.body(2), self.word());
                let file = self.of(&FILES);
                writeln!(
                    script,
                    "each() {{ for x in \"$@\"; do\n{body}done; return 1; }}\n\
                     each {word} {file} || true"
                )
            }
            25 => {
                let (source, body) = (self.source(), self.body(2));
                let other = self.body(1);
                let test = self.of(&["-s", "-f", "-e", "! -s"]);
                writeln!(
                    script,
                    "if [ {test} {source} ]; then\n{body}else\n{other}fi"
                )
            }
            26 => {
                let (body, filter) = (self.body(2), self.of(&FILTERS));
                let file = self.of(&FILES);
                writeln!(script, "{{\n{body}}} | {filter} > {file}")
            }
            27 => {
                let (word, variable) = (self.word(), self.of(&VARIABLES));
                let body = self.body(2);
                writeln!(
                    script,
                    "while read -r {variable}; do\n{body}done <<E\n{word}\nE"
                )
            }
            28 => {
                let (body, word) = (self.body(2), self.word());
                writeln!(
                    script,
                    "m=0; until [ \"$m\" = 2 ] || [ -z {word} ]; do m=$((m + 1))\n{body}done"
                )
            }
            _ => {
                let body = self.body(2);
                writeln!(script, "(set -x\n{body}) 2> /dev/null")
            }
        };
    }

    /// A whole script; with `is_variable` the secret is in `T` from the start. Its last lines remove some of the files; what counts is whether they are all.
    pub(super) fn script(&mut self, is_variable: bool) -> String {
        let removed: Vec<&str> = (0..self.number(10)).map(|_| self.of(&FILES)).collect();
        let mut script = "mkdir -p d \"$HOME\" \"${TOOL_HOME:-$HOME/.tool}\" \
             \"${CARGO_HOME:-$HOME/.cargo}\"\nf=/srv/k0 n=0\n"
            .to_owned();
        match self.number(3) {
            _ if is_variable => script.push_str("a=$T b=public c=public\n"),
            0 => script.push_str("a=public b=public c=public T=public\n"),
            1 => script.push_str("a=$(cat /run/secrets/tok) b=public c=$a T=public\n"),
            _ => script.push_str("a=public b=$(cat /run/secrets/tok) T=$b\n"),
        }
        while self.left.len() > 0 {
            self.statement(&mut script);
        }
        let _ = writeln!(script, "rm -f /srv/k0 {}\ntrue", removed.join(" "));
        script
    }
}
