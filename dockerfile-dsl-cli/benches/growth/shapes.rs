//! The files whose size is doubled: one part, many times.

/// A kind of file: its name in the table, and its parts. `%` in the repeated part is the number of the repetition.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    place: Place,
    before: &'static str,
    each: &'static str,
    after: &'static str,
    /// The largest number of repetitions: more are refused.
    most: usize,
    /// Whether every repetition gives a finding: then each format is measured.
    is_found: bool,
}

/// What the parts are the text of.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// One script of bash, which has read a secret to `$T`.
    Script,
    /// Instructions of a stage.
    File,
    /// The same, followed by a step for each repetition of the first part.
    Steps,
}

const fn shape(
    name: &'static str,
    place: Place,
    [before, each, after]: [&'static str; 3],
) -> Shape {
    Shape {
        name,
        place,
        before,
        each,
        after,
        most: usize::MAX,
        is_found: false,
    }
}

const fn script(name: &'static str, each: &'static str) -> Shape {
    around(name, "", each, "")
}

const fn around(
    name: &'static str,
    before: &'static str,
    each: &'static str,
    after: &'static str,
) -> Shape {
    shape(name, Place::Script, [before, each, after])
}

const fn file(name: &'static str, before: &'static str, each: &'static str) -> Shape {
    shape(name, Place::File, [before, each, ""])
}

const fn around_stage(
    name: &'static str,
    before: &'static str,
    each: &'static str,
    after: &'static str,
) -> Shape {
    shape(name, Place::File, [before, each, after])
}

const fn steps(name: &'static str, each: &'static str) -> Shape {
    let after = "RUN --mount=type=secret,id=t wc -c < /run/secrets/t\n";
    shape(name, Place::Steps, ["FROM debian:12\n", each, after])
}

const SCRIPT: &str = "FROM debian:12\nSHELL [\"/bin/bash\", \"-c\"]\n\
    RUN --mount=type=secret,id=t <<'END'\nT=$(cat /run/secrets/t)\n";

impl Shape {
    const fn at_most(self, most: usize) -> Self {
        Self { most, ..self }
    }

    const fn found(self) -> Self {
        Self {
            is_found: true,
            ..self
        }
    }

    pub(crate) const fn most(&self) -> usize {
        self.most
    }

    /// Returns the formats of `check` to measure.
    pub(crate) const fn formats(&self) -> &'static [&'static str] {
        if self.is_found {
            &["json", "human", "sarif"]
        } else {
            &["json"]
        }
    }

    /// Returns the text of a Dockerfile of this size.
    pub(crate) fn text(&self, size: usize) -> String {
        let numbered = |part: &str| -> String {
            (0..size)
                .map(|number| part.replace('%', &number.to_string()))
                .collect()
        };
        let Self {
            before,
            each,
            after,
            ..
        } = self;
        let repeated = numbered(each);
        match self.place {
            Place::Script => format!("{SCRIPT}{before}{repeated}{after}\nEND\n"),
            Place::File => format!("{before}{repeated}{after}"),
            Place::Steps => format!("{before}{repeated}{}", numbered(after)),
        }
    }
}

/// Returns the shape of this name.
pub(crate) fn named(name: &str) -> &'static Shape {
    let found = SHAPES.iter().find(|shape| shape.name == name);
    found.expect("a name of the table")
}

/// Every shape that once grew faster than its size, and its neighbours.
pub(crate) const SHAPES: &[Shape] = &[
    script("commands", "echo ok %\n"),
    around("`&&` list", "true", " &&\n echo %", ""),
    around("`||` list", "false", " ||\n false %", ""),
    around("`&&` and `||` in turn", "true", " && V%=1 ||\n W%=$X", ""),
    script("`test && x || y`", "test -e /f% && V%=1 || W%=2\n"),
    script(
        "`test && x || y`, one variable",
        "test -e /f% && V=1 || V=2\n",
    ),
    script("`if`", "if test -e /f%; then V%=1; fi\n"),
    script(
        "`if`, `else`",
        "if test -e /f%; then V%=1; else W%=$X; fi\n",
    ),
    around(
        "`elif`",
        "if false; then :\n",
        "elif test -e /f%; then V%=1\n",
        "fi",
    ),
    around("arms of `case`", "case \"$X\" in\n", "a%) V%=1;;\n", "esac"),
    script("`case`", "case \"$X\" in a) V%=1;; b) W%=2;; esac\n"),
    script("`[[ ]]`", "[[ $X == a% ]] && V%=1\n"),
    script("variables", "V%=$X\n"),
    script("exported variables", "export V%=$X\necho ok\n"),
    script("variables with the secret", "V%=$T\necho ok\n"),
    script("`unset`", "unset V%\n"),
    script("growing text", "X=\"$X a\"\n"),
    script("growing text of variables", "X=\"$X$Y\"\n"),
    script("growing array", "A+=(x)\n"),
    script("keys of an array", "declare -A A\nA[k%]=x\n"),
    script("`set -- \"$@\" x`", "set -- \"$@\" x\n"),
    around(
        "`shift`",
        "set -- $(seq 9) ",
        "a% ",
        "\nwhile shift; do echo \"$1\"; done",
    )
    .at_most(4 << 10),
    script("`cd`", "cd d%\n"),
    script("`pushd`", "pushd /d%\n"),
    script("background jobs", "sleep % &\n"),
    script("background jobs that write", "echo x > /srv/f% &\n"),
    script("background jobs with `wait`", "echo x > /srv/f% & wait\n"),
    script("subshells", "( V%=1; echo \"$V%\" )\n"),
    script("substitutions", "V%=$(echo x)\n"),
    script("process substitutions", "cat <(echo x) > /dev/null\n"),
    script("pipelines", "echo x | cat > /srv/f%\n"),
    around("long pipeline", "echo x", " |\n cat", ""),
    script("files", "echo x > /srv/f%\n"),
    script("files with the secret", "echo \"$T\" > /srv/f%\n").found(),
    script("removed files", "echo \"$T\" > /srv/f%\nrm /srv/f%\n"),
    script("one file, appended", "echo x >> /srv/f\n"),
    script(
        "files on one of two paths",
        "test -e /f% && echo x > /srv/f%\n",
    ),
    script("copies", "cp /etc/a% /srv/f%\n"),
    script("moves", "echo x > /tmp/f%; mv /tmp/f% /srv/f%\n"),
    script("directories", "mkdir -p /srv/d%/e\n"),
    script("links", "ln -s /srv/l% /srv/l%1\n"),
    script(
        "temporary files",
        "F%=$(mktemp); echo \"$T\" > \"$F%\"; rm \"$F%\"\n",
    ),
    script("patterns", "echo x > /srv/f%; cat /srv/*\n"),
    script(
        "patterns over files of the secret",
        "echo \"$T\" > /dev/shm/f%; cat /dev/shm/* > /dev/null\n",
    ),
    script(
        "process substitutions of the secret",
        "cat <(echo \"$T\") > /dev/null\n",
    ),
    script("files of the secret", "echo \"$T\" > /dev/shm/f%\n"),
    script(
        "digests of the secret",
        "echo \"$T\" | sha256sum > /srv/f%\n",
    ),
    script(
        "calls with the secret",
        "f%() { wc -c \"$1\"; }\nf% \"$T\"\n",
    ),
    script("secret in the log", "echo \"$T\"\n").found(),
    script("unknown programs", "frobctl \"$T\"\n").found(),
    script("functions", "f%() { echo \"$1\"; }\nf% a\n"),
    script("calls", "f() { V=$1; }\nf a%\n"),
    script("`local`", "f%() { local V%=$1; }\nf% a\n"),
    script("`for`", "for i in a b; do V%=$i; done\n"),
    script("`while`", "while read L; do V%=$L; done\n"),
    script("`eval`", "eval \"V%=$X\"\n"),
    script("traps", "trap 'echo %' EXIT\n"),
    script("here-documents", "cat > /srv/f% <<E\n$X\nE\n"),
    script("descriptors", "exec 3> /srv/f%\n"),
    script("`read`", "read V% < /etc/f\n"),
    script("aliases", "alias a%='echo x'\n"),
    script("comments in a script", "# comment %\n"),
    around("words", "echo", " a%", "").at_most(4 << 10),
    around("words with the secret", "echo", " \"$T\"", "").at_most(4 << 10),
    around("assignments of a command", "", "V%=1 \\\n", "env"),
    around("one word", "X=\"", "a%$Y", "\"").at_most(4 << 10),
    around(
        "nested `for`",
        "",
        "for i in a b c; do V%=$i\n",
        "echo ok\n",
    ),
    file(
        "steps",
        "FROM debian:12\n",
        "RUN --mount=type=secret,id=t wc -c < /run/secrets/t\n",
    ),
    file(
        "steps that leak",
        "FROM debian:12\n",
        "RUN --mount=type=secret,id=t cp /run/secrets/t /f%\n",
    )
    .found(),
    file(
        "steps that leak, and remove it later",
        "FROM debian:12\n",
        "RUN --mount=type=secret,id=t cp /run/secrets/t /f%\nRUN rm -f /f%\n",
    )
    .found(),
    file(
        "steps that write a configuration",
        "FROM debian:12\n",
        "RUN --mount=type=secret,id=t cp /run/secrets/t /root/.npmrc && npm ci\n",
    )
    .found(),
    file(
        "steps with a secret each",
        "FROM debian:12\n",
        "RUN --mount=type=secret,id=t% wc -c < /run/secrets/t%\n",
    ),
    file(
        "steps with a cache each",
        "FROM debian:12\n",
        "RUN --mount=type=secret,id=t --mount=type=cache,id=c%,target=/c cp /run/secrets/t /c/t\n",
    ),
    file(
        "steps that write files",
        "FROM debian:12\n",
        "RUN --mount=type=secret,id=t wc -c < /run/secrets/t > /f%\n",
    ),
    file(
        "secrets in one step",
        "FROM debian:12\nRUN \\\n",
        "--mount=type=secret,id=t% \\\n",
    )
    .found(),
    steps("ENV, then steps", "ENV V%=x\n"),
    steps("ARG, then steps", "ARG V%=x\n"),
    file(
        "ENV and a step",
        "FROM debian:12\n",
        "ENV V%=x\nRUN --mount=type=secret,id=t wc -c < /run/secrets/t\n",
    ),
    file(
        "ARG and a step",
        "FROM debian:12\n",
        "ARG V%=x\nRUN --mount=type=secret,id=t wc -c < /run/secrets/t\n",
    ),
    file("ENV", "FROM debian:12\n", "ENV V%=x\n"),
    file("growing ENV", "FROM debian:12\n", "ENV V=$V:x\n"),
    file(
        "ENV with a credential",
        "FROM debian:12\n",
        "ENV TOKEN%=x\n",
    ),
    around_stage("ARG of a file", "", "ARG V%=x\n", "FROM debian:12\n"),
    file("LABEL", "FROM debian:12\n", "LABEL l%=x\n"),
    file("WORKDIR", "FROM debian:12\n", "WORKDIR /d%\n"),
    file(
        "USER",
        "FROM debian:12\n",
        "USER u%\nRUN --mount=type=secret,id=t wc -c < /run/secrets/t\n",
    ),
    file("COPY", "FROM debian:12\n", "COPY a% /b%\n"),
    file(
        "ADD of an address",
        "FROM debian:12\n",
        "ADD https://h/a% /b%\n",
    ),
    file(
        "here-documents of COPY",
        "FROM debian:12\nRUN --mount=type=secret,id=t wc -c < /run/secrets/t\n",
        "COPY <<E /f%\nx\nE\n",
    ),
    file(
        "here-documents of RUN",
        "FROM debian:12\n",
        "RUN --mount=type=secret,id=t <<E\nwc -c < /run/secrets/t\nE\n",
    ),
    file(
        "stages",
        "",
        "FROM debian:12 AS s%\nRUN --mount=type=secret,id=t wc -c < /run/secrets/t\n",
    ),
    file(
        "stages that leak",
        "",
        "FROM debian:12 AS s%\nRUN --mount=type=secret,id=t cp /run/secrets/t /t\n",
    )
    .found(),
    file(
        "stages on stages",
        "FROM debian:12 AS s\n",
        "FROM s AS s\nRUN --mount=type=secret,id=t cp /run/secrets/t /f%\n",
    ),
    file(
        "COPY --from in a chain",
        "FROM debian:12 AS s\nRUN --mount=type=secret,id=t cp /run/secrets/t /t\n",
        "FROM debian:12\nCOPY --from=% /t /t\n",
    ),
    file(
        "COPY --from into one stage",
        "FROM debian:12 AS s\nRUN --mount=type=secret,id=t cp /run/secrets/t /t\nFROM debian:12\n",
        "COPY --from=s /t /t%\n",
    ),
    file(
        "ONBUILD",
        "FROM debian:12\n",
        "ONBUILD RUN --mount=type=secret,id=t cp /run/secrets/t /f%\n",
    ),
    file(
        "notes",
        "FROM debian:12\n",
        "# dockerfile-dsl: declassify=t reason=\"reason %\"\n\
         RUN --mount=type=secret,id=t cp /run/secrets/t /f%\n",
    ),
    file(
        "notes without effect",
        "FROM debian:12\n",
        "# dockerfile-dsl: declassify=t reason=\"reason %\"\nRUN true\n",
    ),
    file("comments", "FROM debian:12\n", "# comment %\n"),
    file(
        "continued lines",
        "FROM debian:12\nRUN true",
        " && \\\n echo %",
    ),
];
