//! Scripts from choices: commands, redirections, variables, functions, traps, loops and here-documents.
//!
//! In: bytes, each a choice; fewer and smaller bytes make a simpler script. Out: a script for `sh` with the programs that every Debian has.

use std::fmt::Write as _;

/// How deep compound commands are nested.
const DEEPEST: u32 = 2;

/// Choices, in order.
pub(super) struct Choices<'c> {
    left: std::slice::Iter<'c, u8>,
    depth: u32,
}

const SECRET: &str = "/run/secrets/tok";

/// Paths of the layer: absolute, relative, below the home, below the home of a tool that the base may set, and by a variable.
const FILES: [&str; 9] = [
    "/srv/k0",
    "/srv/k1",
    "\"$HOME/.k2\"",
    "~/.k3",
    "k4",
    "d/k5",
    "\"${TOOL_HOME:-$HOME/.tool}/k6\"",
    "\"$f\"",
    "/scratch/k7",
];

const VARIABLES: [&str; 4] = ["a", "b", "c", "T"];

/// Programs that read a file: `%` is its name.
const READERS: [&str; 20] = [
    "cat %",
    "head -n 1 %",
    "cat < %",
    "sed -n 1p %",
    "awk '{ print $1 }' %",
    "grep . %",
    "tail -c 100 %",
    "dd if=% 2>/dev/null",
    "sort %",
    "tac %",
    "paste -s %",
    "perl -pe 1 %",
    "xargs -a % echo",
    "nl %",
    "base64 -w 0 %",
    "od -An -c %",
    "wc -c %",
    "sha256sum %",
    "stat -c %s %",
    "fold -w 80 %",
];

/// Programs between the reader and the redirection.
const FILTERS: [&str; 30] = [
    "cat",
    "tr -d '\\n'",
    "sed 's/^/x: /'",
    "head -n 1",
    "awk '{ print \"t=\" $1 }'",
    "cut -c 1-60",
    "sort -u",
    "rev",
    "base64 -w 0",
    "gzip -c",
    "xargs echo",
    "xargs -I{} echo x-{}",
    "while read -r line; do echo \"$line\"; done",
    "{ read -r line; echo \"$line\"; }",
    "(cat; echo end)",
    "sh -c cat",
    "env X=1 cat",
    "timeout 5 cat",
    "nice cat",
    "stdbuf -o0 cat",
    "cat - /etc/debian_version",
    "comm -23 - /dev/null",
    "perl -ne 'print scalar reverse $_'",
    "od -An -v -tx1",
    "grep -c .",
    "wc -c",
    "md5sum",
    "awk '{ print length($0) }'",
    "sed -n '/^$/p'",
    "cat > /dev/null",
];

/// Statements without parts that are chosen further; `%f` is a file, `%s` a source, `%v` a variable, `%w` a word.
const SIMPLE: [&str; 62] = [
    "rm -f %f",
    "rm -f %f %f",
    "echo %w > %f",
    "echo %w >> %f",
    "echo %w",
    "printf '%s\\n' %w > %f",
    "printf '%s' %w >&2",
    "cp %s %f",
    "mv -f %f %f",
    "ln -f %f %f",
    "ln -sf %s %f",
    "install -m 600 %s %f",
    "dd if=%s of=%f 2>/dev/null",
    "tee %f < %s > /dev/null",
    "tee %f < %s",
    "%v=%w",
    "%v=$(cat %s)",
    "read -r %v < %s",
    "IFS= read -r %v < %f",
    "f=$(mktemp)",
    "f=$(mktemp /srv/XXXXXX)",
    "f=/srv/k1",
    "f=%f",
    "export %v",
    "unset %v",
    "env > %f",
    "printenv T > %f",
    "export -p > %f",
    "set > %f",
    "set -- %w x",
    "echo \"$@\" > %f",
    ": > %f",
    "truncate -s 0 %f",
    "shred -u %f",
    "touch %f",
    "chmod 600 %f",
    "mkdir -p \"/srv/$%v\"",
    "test -s %f && rm %f",
    "[ -n \"$%v\" ] || echo %w > %f",
    "test -s %s",
    "grep -q x %s",
    "T=\"$%v\" sh -c 'echo \"$T\" > /srv/k0'",
    "T=$(cat %s) env > %f",
    "T=$(cat %s) true",
    "sh -c \"cat %s > /srv/k1\"",
    "sh -c 'echo \"$1\" > \"$2\"' x %w %f",
    "eval \"echo \\$%v > /srv/k0\"",
    "eval 'cat /run/secrets/tok > /srv/k1'",
    "trap 'rm -f %f' EXIT",
    "trap 'cp -f %f /srv/k0' EXIT",
    "exec 3> %f; echo %w >&3; exec 3>&-",
    "cat > %f <<E\nx %w y\nE",
    "cat > %f <<'E'\nx $a y\nE",
    "printf 'cat %s > /srv/k0\\n' > /srv/run; sh /srv/run; rm -f /srv/run",
    "find /srv -name 'k*' -exec cp {} %f \\;",
    "find . -name k4 -delete",
    "tar -cf /srv/t -C d . && rm -f /srv/t",
    "tar -cf /srv/t -C d .",
    "cp -a d /srv/copy",
    "set -x",
    "git config --file %f x.y %w",
    "cd /srv",
];

impl<'c> Choices<'c> {
    pub(super) fn new(bytes: &'c [u8]) -> Self {
        Self {
            left: bytes.iter(),
            depth: 0,
        }
    }

    pub(super) fn number(&mut self, below: usize) -> usize {
        usize::from(*self.left.next().unwrap_or(&0)) % below
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
        let kinds = if self.depth < DEEPEST { 22 } else { 12 };
        let _ = match self.number(kinds) {
            0..=8 => {
                let pattern = self.of(&SIMPLE);
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
                let (first, second) = (self.of(&SIMPLE), self.of(&SIMPLE));
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
            _ => {
                let body = self.body(2);
                writeln!(script, "(\n{body}) & wait")
            }
        };
    }

    /// A whole script. Its last lines remove some of the files; what counts is whether they are all.
    pub(super) fn script(&mut self) -> String {
        let removed: Vec<&str> = (0..self.number(10)).map(|_| self.of(&FILES)).collect();
        let mut script =
            "mkdir -p d \"$HOME\" \"${TOOL_HOME:-$HOME/.tool}\"\nf=/srv/k0 n=0\n".to_owned();
        match self.number(3) {
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
