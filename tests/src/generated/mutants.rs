//! Dockerfiles with a few changes each: lines of other files, and pieces that mean something to one of the layers.

use dockerfile_dsl_analysis::dockerfile;
use proptest::prelude::*;
use proptest::test_runner::TestRng;

/// Pieces that are put into a text, or replace a part of it.
const PIECES: &[&str] = &[
    "\\",
    "\\\n",
    "`",
    "`\n",
    "\"",
    "'",
    "$",
    "${",
    "}",
    "$A",
    "${A}",
    "${A:-b}",
    "${E:+c}",
    "${A:?d}",
    "${A#a}",
    "${A%%b}",
    "${A/a/c}",
    "$HOME",
    "$$",
    "\\$A",
    "[",
    "]",
    "[\"a\", \"b\"]",
    ",",
    "=",
    "#",
    "# c\n",
    "\n",
    "\n\n",
    "\r",
    "\r\n",
    "\t",
    " ",
    "  ",
    "\u{b}",
    "\u{c}",
    "\u{85}",
    "\u{a0}",
    "\u{2028}",
    "\u{3000}",
    "\u{feff}",
    "\0",
    "\u{1}",
    "\u{7f}",
    "é",
    "\u{10ffff}",
    "<",
    "<<",
    "<<EOF",
    "<<-EOF",
    "<<'EOF'",
    "<<\"E\"F",
    "<<A <<B",
    "3<<EOF",
    "\nEOF\n",
    "\n\tEOF\n",
    "#!/bin/sh\n",
    "--",
    " -- ",
    "--mount=type=secret,id=a ",
    "--mount=type=cache,target=/c ",
    "--mount=type=ssh ",
    "--mount=type=tmpfs,target=/t,size=1g ",
    "--mount=target=/b,source=x,rw ",
    ",required",
    ",required=true",
    ",mode=0400",
    ",uid=1",
    ",env=V",
    ",\"a=b\"",
    ",sharing=locked",
    ",from=a",
    ",ro=false",
    "--network=none ",
    "--security=insecure ",
    "--link ",
    "--from=a ",
    "--from=0 ",
    "--chown=1:2 ",
    "--chmod=755 ",
    "--chmod=u+x ",
    "--exclude=*.md ",
    "--parents ",
    "--unpack=true ",
    "--keep-git-dir ",
    "--checksum=sha256:00 ",
    "--platform=linux/arm64 ",
    "--interval=1m30s ",
    "--retries=3 ",
    " AS a",
    " as b",
    "ONBUILD ",
    "RUN ",
    "COPY ",
    "CMD ",
    "ENV ",
    "HEALTHCHECK ",
    "CMD [\"x\"]",
    "/../",
    ".",
    "..",
    "0",
    "-1",
    "99999",
    "80/tcp",
    "1-2/udp",
    "SIGTERM",
    "https://h/a.git",
    "git@h:a",
    "a=b",
    "a='b c'",
    "\"a b\"=c",
];

/// Instructions that the files seldom have.
const LINES: &[&str] = &[
    "# escape=`\n",
    "# syntax=docker/dockerfile:1\n",
    "# check=skip=all\n",
    "#escape=\\\n",
    "FROM scratch\n",
    "FROM --platform=$BUILDPLATFORM scratch AS b\n",
    "FROM b\n",
    "FROM a AS c\n",
    "ARG A=1 B=$A C\n",
    "ARG T\n",
    "ENV A=1 B=\"$A x\" C='$A'\n",
    "ENV OLD a  b \"c\"\n",
    "LABEL a.b=c \"d e\"=\"f g\"\n",
    "MAINTAINER a <b@c>\n",
    "EXPOSE 80 443/tcp 5-7/udp $P\n",
    "WORKDIR /a b\n",
    "WORKDIR c/../d/\n",
    "USER a:b\n",
    "VOLUME /a /b\n",
    "VOLUME [\"/a b\", \" /c \"]\n",
    "STOPSIGNAL 9\n",
    "STOPSIGNAL rtmin+3\n",
    "SHELL [\"/bin/bash\", \"-c\"]\n",
    "HEALTHCHECK NONE\n",
    "HEALTHCHECK --interval=5s --retries=2 CMD a b\n",
    "HEALTHCHECK CMD [\"a\", \"b\"]\n",
    "ENTRYPOINT [\"a\\u00e9\", \"\\ud83d\\ude00\"]\n",
    "ENTRYPOINT a b\n",
    "CMD\n",
    "CMD []\n",
    "RUN\n",
    "RUN <<EOF\na $A\n  b\nEOF\n",
    "RUN <<-EOF\n\ta\n\t\tb\n\tEOF\n",
    "RUN <<EOF cat\na\nEOF\n",
    "RUN cat <<A <<-'B' > c\na\nA\n\tb\n\tB\n",
    "RUN <<EOF\n#!/usr/bin/env python\nx\nEOF\n",
    "RUN [\"a\", \"b\\n\"]\n",
    "RUN --mount=type=secret,id=a,target=/b,mode=0440,required cat /b\n",
    "RUN --network=none -- --x\n",
    "RUN --mount=type=cache,id=c,target=d,sharing=private,uid=1,gid=2,from=b,source=/s x\n",
    "RUN --mount='type=bind,\"source=a,b\",target=/x' --mount=type=ssh,id=k,required y\n",
    "RUN a \\\n# c\n\n  b\n",
    "COPY a b /c/\n",
    "COPY --from=b --chown=1 --chmod=644 --link /a /b\n",
    "COPY [\"a b\", \"c d/\"]\n",
    "COPY <<A <<\"B\" x /d/\na $A \\$A\nA\nb $A\nB\n",
    "COPY <<-E /d\n\ta\n\tE\n",
    "ADD https://h/a.git#v1:d /d\n",
    "ADD --keep-git-dir=true --link git@h:a/b /d\n",
    "ADD --unpack=false --exclude=a --exclude=b x.tar /y\n",
    "ONBUILD RUN --mount=type=secret,id=a x\n",
    "ONBUILD COPY <<-EOF /d\n\ta\n\tEOF\n",
    "ONBUILD ENV A=b C\n",
];

/// A source of mutants.
#[derive(Debug)]
pub struct Mutants {
    files: Vec<String>,
    /// Instructions with their line ends.
    instructions: Vec<String>,
}

impl Mutants {
    /// Creates it from files.
    #[must_use]
    pub fn of(files: Vec<String>) -> Self {
        let mut instructions: Vec<String> = LINES.iter().map(ToString::to_string).collect();
        for text in &files {
            if let Ok(file) = dockerfile::read_syntax(text) {
                let spans = file
                    .instructions()
                    .map(|(_, _, instruction)| instruction.span);
                instructions.extend(spans.map(|span| format!("{}\n", span.of(text))));
            }
        }
        Self {
            files,
            instructions,
        }
    }

    /// Returns the next one. Half are whole files, half a few instructions on an empty base, where every value is known.
    #[must_use]
    pub fn next(&self, rng: &mut TestRng) -> String {
        let mut text = if rng.random_bool(0.3) {
            one(&self.files, rng).clone()
        } else {
            let count = rng.random_range(1..5);
            let instructions: Vec<&str> = (0..count)
                .map(|_| one(&self.instructions, rng).as_str())
                .collect();
            let first = *one(
                &[
                    "FROM scratch\n",
                    "FROM scratch AS a\n",
                    "# escape=`\nFROM scratch\n",
                ],
                rng,
            );
            first.to_owned() + &instructions.concat()
        };
        for _ in 0..rng.random_range(0..4) {
            text = self.changed(&text, rng);
        }
        text
    }

    fn changed(&self, text: &str, rng: &mut TestRng) -> String {
        let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
        let at = rng.random_range(0..=lines.len());
        match rng.random_range(0..12) {
            0 => lines.insert(at, one(&self.instructions, rng).as_str()),
            1 if at < lines.len() => {
                lines.remove(at);
            }
            2 if at < lines.len() => lines.insert(at, lines[at]),
            _ => return with_piece(text, rng),
        }
        lines.concat()
    }
}

/// Puts a piece into the text, in the place of up to 3 characters.
fn with_piece(text: &str, rng: &mut TestRng) -> String {
    let characters: Vec<char> = text.chars().collect();
    let at = rng.random_range(0..=characters.len());
    let removed = rng.random_range(0..7usize).saturating_sub(3);
    let piece = match rng.random_range(0..5) {
        0 => "",
        _ => one(PIECES, rng),
    };
    let mut changed: String = characters[..at].iter().collect();
    changed.push_str(piece);
    changed.extend(characters[at..].iter().skip(removed));
    changed
}

fn one<'t, T>(all: &'t [T], rng: &mut TestRng) -> &'t T {
    &all[rng.random_range(0..all.len())]
}
