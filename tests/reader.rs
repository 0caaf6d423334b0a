//! The Dockerfile reader against what BuildKit's own code answered: each test is one row of the table of golden vectors.

use std::collections::BTreeMap;

use dockerfile_dsl_analysis::dockerfile::{
    self, Command, Environment, File, Instruction, Kind, Mount, ReadError, Run, Secret, Source,
    Transfer, expand,
};

#[track_caller]
fn read(text: &str) -> File {
    dockerfile::read(text).unwrap_or_else(|errors| panic!("{text}\n{errors:#?}"))
}

#[track_caller]
fn errors(text: &str) -> Vec<ReadError> {
    dockerfile::read(text).expect_err("BuildKit refuses this")
}

#[track_caller]
fn refused(text: &str, expected: &str) {
    let errors = errors(text);
    assert!(
        errors
            .iter()
            .any(|error| error.to_string().contains(expected)),
        "{errors:#?}"
    );
}

/// The instructions of a file with one stage.
#[track_caller]
fn stage(instructions: &str) -> Vec<Instruction> {
    read(&format!("FROM x\n{instructions}"))
        .stages
        .remove(0)
        .instructions
}

#[track_caller]
fn runs(instructions: &str) -> Vec<Run> {
    let run = |instruction: Instruction| match instruction.kind {
        Kind::Run(run) => *run,
        other => panic!("{other:?} is no RUN"),
    };
    stage(instructions).into_iter().map(run).collect()
}

#[track_caller]
fn check_shell_texts(instructions: &str, expected: &[&str]) {
    let runs = runs(instructions);
    let texts: Vec<&str> = runs
        .iter()
        .map(|run| {
            run.command
                .shell_text()
                .expect("goes through the shell")
                .as_str()
        })
        .collect();
    assert_eq!(texts, expected);
}

/// What is known after the last instruction of the last stage.
#[track_caller]
fn environment_with(text: &str, build_args: &[(&str, &str)]) -> Environment {
    let file = read(text);
    let build_args: BTreeMap<_, _> = build_args
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let global = Environment::new(&file, build_args);
    let mut states: Vec<Environment> = Vec::new();
    for (index, stage) in file.stages.iter().enumerate() {
        let base = file
            .stage_named(&stage.base, index)
            .map(|base| &states[base]);
        let mut state = Environment::stage(&global, base);
        for instruction in &stage.instructions {
            state.apply(instruction).expect("can be expanded");
        }
        states.push(state);
    }
    states.pop().expect("there is a stage")
}

#[track_caller]
fn environment(instructions: &str) -> Environment {
    environment_with(&format!("FROM x\n{instructions}"), &[])
}

#[track_caller]
fn check_values(instructions: &str, expected: &[(&str, &str)]) {
    let environment = environment(instructions);
    for (name, value) in expected {
        assert_eq!(environment.variable(name), Some(*value), "{name}");
    }
}

#[track_caller]
fn labels(text: &str, build_args: &[(&str, &str)]) -> Vec<String> {
    let file = read(text);
    let build_args: BTreeMap<_, _> = build_args
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let mut state = Environment::stage(&Environment::new(&file, build_args), None);
    let mut labels = Vec::new();
    for instruction in &file.stages[0].instructions {
        if let Kind::Label(pairs) = &instruction.kind {
            labels.extend(pairs.iter().map(|pair| {
                format!(
                    "{}={}",
                    pair.key,
                    state.expand(&pair.value).expect("is right")
                )
            }));
        }
        state.apply(instruction).expect("is right");
    }
    labels
}

mod lexing {
    use super::*;

    #[test]
    fn comments_and_blank_lines_inside_a_continuation() {
        let instructions = stage("RUN a \\\n# c\n   # d \\\n\n  b # e");
        let Kind::Run(run) = &instructions[0].kind else {
            panic!("it is a RUN")
        };
        assert_eq!(
            run.command.shell_text().map(|text| text.as_str()),
            Some("a   b # e")
        );
        assert_eq!(instructions[0].empty_continuations.len(), 1);
    }

    #[test]
    fn blanks_after_the_escape_character() {
        check_shell_texts("RUN a \\  \t\n b", &["a  b"]);
    }

    #[test]
    fn two_escape_characters_do_not_continue() {
        check_shell_texts("RUN a \\\\\nRUN b", &["a \\\\", "b"]);
    }

    #[test]
    fn a_flag_is_continued() {
        let run = &runs("RUN --mount=type=secret,id=a\\\n,required=true ls")[0];
        assert_eq!(run.mounts.len(), 1);
        assert_eq!(
            run.mounts[0].flag.value.as_deref(),
            Some("type=secret,id=a,required=true")
        );
    }

    #[test]
    fn mounts_on_lines_of_their_own() {
        let text =
            "RUN --mount=type=secret,id=a \\\n  --mount=type=cache,target=/c \\\n  # c\n  echo hi";
        assert_eq!(runs(text)[0].mounts.len(), 2);
        check_shell_texts(text, &["echo hi"]);
    }

    #[test]
    fn blanks_around_flags_and_text() {
        check_shell_texts("RUN  --mount=type=secret,id=a   \t echo  a  ", &["echo  a"]);
    }

    #[test]
    fn a_comment_inside_quotes() {
        assert_eq!(labels("FROM x\nLABEL a=\"x\\\n#y\\\nz\"", &[]), ["a=xz"]);
    }

    #[test]
    fn an_escaped_backslash_after_a_continuation() {
        check_values("ENV B=\"q\\\n\\\\w\"", &[("B", "q\\w")]);
    }

    #[test]
    fn backtick_as_escape_character() {
        let environment = environment_with("# escape=`\nFROM x\nENV A=a`$b B=\"c`\"d\\e\"", &[]);
        assert_eq!(
            (environment.variable("A"), environment.variable("B")),
            (Some("a$b"), Some("c\"d\\e"))
        );
    }

    #[test]
    fn a_blank_line_ends_the_directives() {
        let file = read("# syntax=a\n\n# escape=`\nFROM x");
        assert_eq!((file.directives.len(), file.escape.char()), (1, '\\'));
    }

    #[test]
    fn a_check_directive_is_cut_at_the_first_blank() {
        let file = read("# check=skip=SecretsUsedInArgOrEnv, StageNameCasing\nFROM x");
        assert_eq!(file.skipped_checks, ["SecretsUsedInArgOrEnv", ""]);
    }

    #[test]
    fn a_check_directive_with_blanks() {
        refused(
            "# check = skip = X ; error = true\nFROM x",
            "invalid check option `skip`",
        );
    }

    #[test]
    fn carriage_returns_and_byte_order_mark() {
        let file =
            read("\u{feff}# escape=`\r\nFROM x\r\nRUN a `\r\n  b\r\nCOPY <<E /d\r\nfoo\r\nE\r\n");
        assert_eq!(file.escape.char(), '`');
        let instructions = &file.stages[0].instructions;
        let Kind::Run(run) = &instructions[0].kind else {
            panic!("it is a RUN")
        };
        assert_eq!(
            run.command.shell_text().map(|text| text.as_str()),
            Some("a   b")
        );
        let Kind::Copy(copy) = &instructions[1].kind else {
            panic!("it is a COPY")
        };
        let [Source::HereDocument(document)] = copy.sources.as_slice() else {
            panic!("it has a here-document")
        };
        assert_eq!(document.body, "foo\r\n");
    }

    #[test]
    fn the_longest_line() {
        let comment = |length: usize| format!("# {}\nFROM x", "c".repeat(length - 2));
        read(&comment(65_535));
        refused(&comment(65_536), "longer than 65535");
        refused("", "is empty");
        refused("# c\n", "no instructions");
        refused("ARG A\n", "no stage");
        refused("RUN a\nFROM x", "before the first FROM");
    }

    #[test]
    fn directives_given_twice_or_wrong() {
        refused("# escape=`\n# escape=`\nFROM x", "only one `escape`");
        refused("# escape=x\nFROM x", "escape character");
    }

    #[test]
    fn an_escape_character_at_the_end_of_the_file() {
        check_shell_texts("RUN a \\", &["a"]);
        check_shell_texts("RUN a \\\n\n\n", &["a"]);
        check_shell_texts("RUN a \\\\\\", &["a \\\\\\"]);
    }
}

mod values {
    use super::*;

    #[test]
    fn quotes() {
        check_values(
            r#"ENV A='a$b\c' B="a\b\\c\n" C=a\nb"#,
            &[("A", r"a$b\c"), ("B", r"a\b\c\n"), ("C", "anb")],
        );
    }

    #[test]
    fn a_backslash_before_the_closing_quote() {
        check_values(r#"ENV A="abc\\" B=x"#, &[("A", r"abc\"), ("B", "x")]);
    }

    #[test]
    fn blanks_inside_quotes() {
        check_values(r#"ENV A="a  b"   B=c"#, &[("A", "a  b"), ("B", "c")]);
    }

    #[test]
    fn the_old_form() {
        check_values(r#"ENV A  b  "c d"  $X"#, &[("A", "b  c d  ")]);
        check_values("ENV A b=c", &[("A", "b=c")]);
    }

    #[test]
    fn empty_values() {
        check_values(r#"ENV A= B="""#, &[("A", ""), ("B", "")]);
    }

    #[test]
    fn dollars() {
        check_values(
            r#"ENV A="$" B="$ x" C="$-" D="a$1b" E="\${X}" F="$$" G="$(x)""#,
            &[
                ("A", "$"),
                ("B", "$ x"),
                ("C", ""),
                ("D", "ab"),
                ("E", "${X}"),
                ("F", ""),
                ("G", "$(x)"),
            ],
        );
    }

    #[test]
    fn patterns() {
        check_values(
            "ENV V=foo.bar.baz\nENV A=${V%.*} B=${V%%.*} C=${V#*.} D=${V##*.} E=${V/./-} F=${V//./-}",
            &[
                ("A", "foo.bar"),
                ("B", "foo"),
                ("C", "bar.baz"),
                ("D", "baz"),
                ("E", "foo-bar.baz"),
                ("F", "foo-bar-baz"),
            ],
        );
    }

    #[test]
    fn substitutions_that_end_the_build() {
        for word in ["${B", "${}", "${B:?need}"] {
            assert!(
                expand::expand(word, dockerfile::Escape::Backslash, &|_| None).is_err(),
                "{word}"
            );
        }
    }

    #[test]
    fn workdir() {
        assert_eq!(environment("WORKDIR /a b").workdir(), "/a b");
        let workdirs = [
            "WORKDIR /a\n",
            "WORKDIR \"b c\"\n",
            "WORKDIR ../d\n",
            "WORKDIR e/\n",
        ];
        for (count, expected) in ["/a", "/a/b c", "/a/d", "/a/d/e"].iter().enumerate() {
            assert_eq!(
                environment(&workdirs[..=count].concat()).workdir(),
                *expected
            );
        }
    }

    #[test]
    fn user() {
        assert_eq!(environment("USER \"a b\":c").user(), "a b:c");
    }

    #[test]
    fn volume() {
        let instructions = stage(r#"VOLUME ["/a\\$b\\\"c"]"#);
        let Kind::Volume(volumes) = &instructions[0].kind else {
            panic!("it is a VOLUME")
        };
        assert_eq!(
            environment("").expand(&volumes[0]).as_deref(),
            Ok("/a$b\"c")
        );
    }

    #[track_caller]
    fn check_ports(instructions: &str, expected: &[&str]) {
        let environment = environment(instructions);
        let Some(Kind::Expose(words)) = stage(instructions).pop().map(|last| last.kind) else {
            panic!("the last is EXPOSE")
        };
        let lookup = |name: &str| environment.variable(name).map(str::to_owned);
        let ports = words.iter().map(|word| {
            expand::expand_words(word, dockerfile::Escape::Backslash, &lookup).expect("is right")
        });
        assert_eq!(ports.flatten().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn expose() {
        check_ports(
            "ARG P=1 2\nEXPOSE 80 \"443/TCP\" 5-7/udp $P",
            &["80", "443/TCP", "5-7/udp", "1"],
        );
        check_ports("ENV P=\"1 2/udp\"\nEXPOSE $P", &["1", "2/udp"]);
    }

    #[test]
    fn what_env_refuses() {
        refused("FROM x\nENV A=1 B C=2", "`B` has no `=`");
        refused("FROM x\nENV A", "needs a name and a value");
        refused("FROM x\nENV =a", "cannot be blank");
        refused("FROM x\nENV --A=b", "unknown flag `--A`");
    }
}

mod paths {
    use super::*;

    #[track_caller]
    fn copy(instruction: &str) -> Transfer {
        match stage(instruction).pop().map(|last| last.kind) {
            Some(Kind::Copy(copy)) => copy,
            other => panic!("{other:?} is no COPY"),
        }
    }

    /// The sources seen from the root of the build context, and the destination.
    #[track_caller]
    fn check(instruction: &str, sources: &[&str], destination: &str) {
        let environment = environment("ENV D=q\nWORKDIR /w");
        let copy = copy(instruction);
        let path = |source: &Source| match source {
            Source::Path(path) => {
                environment.absolute(&format!("/{}", environment.expand(path).expect("is right")))
            }
            Source::HereDocument(document) => {
                format!("<<{} {:?}", document.name, document.body.as_str())
            }
        };
        assert_eq!(copy.sources.iter().map(path).collect::<Vec<_>>(), sources);
        assert_eq!(environment.destination(&copy).as_deref(), Ok(destination));
    }

    #[test]
    fn json_with_blanks_and_a_variable() {
        check(r#"COPY ["a b", "$D x/"]"#, &["/a b"], "/w/q x/");
    }

    #[test]
    fn an_escaped_blank_separates_all_the_same() {
        check(r"COPY a\ b c", &["/a", "/b"], "/w/c");
    }

    #[test]
    fn quotes_are_taken_away() {
        check("COPY \"a\" b", &["/a"], "/w/b");
    }

    #[test]
    fn nothing_escapes_the_context() {
        check("COPY ../../x .", &["/x"], "/w/");
    }

    #[test]
    fn json_with_all_quotes() {
        check(r#"COPY ["q\\\"r\\'s\\\\t","/d"]"#, &[r#"/q"r's\t"#], "/d");
    }

    #[test]
    fn a_here_document_in_json_is_an_empty_file() {
        check(r#"COPY ["<<EOF","/d"]"#, &["<<EOF \"\""], "/d");
        check(r#"COPY ["./<<EOF","/d"]"#, &["/<<EOF"], "/d");
    }

    #[test]
    fn what_copy_refuses() {
        refused("FROM x\nCOPY a", "a destination");
        refused("FROM x\nCOPY --from=$A a b", "does not support variables");
        refused(
            "FROM x\nCOPY --form=a a b",
            "unknown flag `--form` for COPY, did you mean `from`?",
        );
        refused("FROM x\nCOPY --from=a --from=b a b", "given twice");
        refused("FROM x\nCOPY --link=maybe a b", "either `true` or `false`");
        refused("FROM x\nCOPY --chown a b", "needs a value");
        refused("FROM x\nCOPY a <<EOF\nEOF", "destination");
    }
}

mod mounts {
    use super::*;

    #[track_caller]
    fn mount_in(before: &str, flag: &str) -> Mount {
        let environment = environment(before);
        let runs = runs(&format!("RUN --mount={flag} x"));
        environment
            .mount(&runs[0].mounts[0])
            .unwrap_or_else(|error| panic!("{flag}: {error}"))
    }

    #[track_caller]
    fn check_secret(flag: &str, id: &str, target: Option<&str>, env: Option<&str>) -> Secret {
        let Mount::Secret(secret) = mount_in("", flag) else {
            panic!("{flag} is a secret mount")
        };
        assert_eq!(
            (
                secret.id.as_str(),
                secret.target.as_deref(),
                secret.env.as_deref()
            ),
            (id, target, env)
        );
        secret
    }

    #[track_caller]
    fn check_source(flag: &str, expected: &str) {
        let Mount::Bind(bind) = mount_in("", flag) else {
            panic!("{flag} is a bind mount")
        };
        assert_eq!(bind.source, expected);
    }

    #[test]
    fn a_secret_by_its_id() {
        let secret = check_secret("type=secret,id=a/b", "a/b", Some("/run/secrets/b"), None);
        assert_eq!((secret.mode, secret.required), (256, false));
    }

    #[test]
    fn a_secret_by_its_source() {
        check_secret(
            "type=secret,source=/x/y",
            "/x/y",
            Some("/run/secrets/y"),
            None,
        );
    }

    #[test]
    fn a_secret_by_its_target() {
        check_secret("type=secret,target=/x/y/", "y", Some("/x/y/"), None);
    }

    #[test]
    fn a_secret_as_a_variable() {
        check_secret("type=secret,id=a,env=FOO", "a", None, Some("FOO"));
        check_secret(
            "type=secret,id=a,env=FOO,target=/x",
            "a",
            Some("/x"),
            Some("FOO"),
        );
        check_secret(
            "type=secret,env=FOO,target=/x/tok",
            "tok",
            Some("/x/tok"),
            Some("FOO"),
        );
    }

    #[test]
    fn an_undefined_variable_as_id() {
        check_secret("type=secret,id=$UNDEF,target=/x", "x", Some("/x"), None);
    }

    #[test]
    fn quoted_fields() {
        check_source("'type=bind,\"source=a,b\",target=/x'", "a,b");
        check_source("type=bind,\\\"source=a,b\\\",target=/x", "a,b");
        refused(
            "FROM x\nRUN --mount='type=bind,\"source=a\"\"b\",target=/x' y",
            "double quote",
        );
        refused(
            "FROM x\nRUN --mount=type=bind,source=a,target=/x,\\\"b y",
            "quote",
        );
    }

    #[test]
    fn escaped_values() {
        check_source(r"type=bind,source=a\\\$b,target=/x", "a$b");
        check_source(r"type=bind,source=a\\\\b,target=/x", r"a\b");
    }

    #[test]
    fn blanks_in_values() {
        check_secret(
            "\"type=secret,id=a b,target=/x y\"",
            "a b",
            Some("/x y"),
            None,
        );
        refused(
            "FROM x\nRUN --mount=type=secret,id=a, target=/x",
            "invalid mount",
        );
    }

    /// BuildKit puts its namespace and a `/` before the id.
    #[test]
    fn cache_ids() {
        let cache = |before, flag| match mount_in(before, flag) {
            Mount::Cache(cache) => (cache.id, environment(before).absolute(&cache.target)),
            other => panic!("{other:?} is no cache mount"),
        };
        assert_eq!(
            cache("", "type=cache,target=/c/"),
            ("/c".to_owned(), "/c".to_owned())
        );
        assert_eq!(
            cache("WORKDIR /w", "type=cache,id=foo,target=x"),
            ("foo".to_owned(), "/w/x".to_owned())
        );
    }

    #[test]
    fn ssh() {
        let run =
            &runs("RUN --mount=type=ssh,id=k,target=/s --mount=type=ssh,id=j,required,uid=5 x")[0];
        let sockets: Vec<_> = run
            .mounts
            .iter()
            .map(|flag| environment("").mount(flag).expect("is right"))
            .collect();
        let [Mount::Ssh(first), Mount::Ssh(second)] = sockets.as_slice() else {
            panic!("both are ssh mounts")
        };
        assert_eq!(
            (first.id.as_str(), first.target.as_deref(), first.required),
            ("k", Some("/s"), false)
        );
        assert_eq!(
            (
                second.id.as_str(),
                second.target.as_deref(),
                second.required,
                second.uid
            ),
            ("j", None, true, 5)
        );
        let places = sockets
            .iter()
            .enumerate()
            .map(|(index, mount)| match mount {
                Mount::Ssh(ssh) => ssh.socket(index),
                _ => String::new(),
            });
        assert_eq!(
            places.collect::<Vec<_>>(),
            ["/s", "/run/buildkit/ssh_agent.1"]
        );
    }

    #[test]
    fn the_root_is_no_target() {
        let run = &runs("RUN --mount=type=bind x")[0];
        assert!(environment("").mount(&run.mounts[0]).is_err());
        assert!(environment("WORKDIR /w").mount(&run.mounts[0]).is_ok());
    }

    #[test]
    fn what_a_mount_refuses() {
        let refused =
            |flag: &str, expected| refused(&format!("FROM x\nRUN --mount={flag} y"), expected);
        refused("required,type=secret,id=a", "write `type=` first");
        refused("size=1m,type=tmpfs,target=/t", "write `type=` first");
        refused("type=secret,env=FOO", "needs an `id`");
        refused("type=secret,id=a,source=b", "either `source` or `id`");
        refused("type=secret,id=a,from=b", "no `from`");
        refused("type=secret,id=a,env", "must be `env=value`");
        refused(
            "type=secret,id=a,mod=4",
            "unknown mount option `mod`, did you mean `mode`?",
        );
        refused(
            "type=secert,id=a",
            "unknown mount type `secert`, did you mean `secret`?",
        );
        refused("type=secret,id=a,uid=app", "invalid value `app` for `uid`");
        refused(
            "type=secret,id=a,mode=0o400",
            "invalid value `0o400` for `mode`",
        );
        refused("type=secret,id=a,required=yes", "invalid value `yes`");
        refused("type=bind,target=/a,uid=1", "does not fit");
        refused("type=ssh,source=a", "no `source`");
        refused("type=bind,from=$A,target=/a", "does not support variables");
    }
}

mod here_documents {
    use super::*;

    #[test]
    fn the_body_is_the_script() {
        let run = &runs("RUN <<EOF\necho $A \"b\"\nEOF")[0];
        assert!(matches!(run.command, Command::HereDocument(_)));
        check_shell_texts("RUN <<EOF\necho $A \"b\"\nEOF", &["echo $A \"b\"\n"]);
        check_shell_texts("RUN <<-EOF\n\t\techo\n\tEOF", &["echo\n"]);
    }

    #[test]
    fn two_for_the_shell() {
        let text = "RUN cat <<A <<-\"B\"\na $A\nA\n\tb\n\tB";
        check_shell_texts(text, &["cat <<A <<-\"B\"\na $A\nA\n\tb\nB"]);
    }

    #[test]
    fn an_executable() {
        let run = &runs("RUN <<EOF\n#!/usr/bin/env python\nx\nEOF")[0];
        let Command::Executable { document, path } = &run.command else {
            panic!("it is executable")
        };
        assert_eq!(
            (path.as_str(), document.body.as_str()),
            ("/dev/pipes/EOF", "#!/usr/bin/env python\nx\n")
        );
    }

    #[track_caller]
    fn check_content(instruction: &str, expected: &str) {
        let Some(Kind::Copy(copy)) = stage(instruction).pop().map(|last| last.kind) else {
            panic!("it is a COPY")
        };
        let [Source::HereDocument(document)] = copy.sources.as_slice() else {
            panic!("it has a here-document")
        };
        assert_eq!(
            environment("ENV A=1").content(document).as_deref(),
            Ok(expected)
        );
    }

    #[test]
    fn copy_expands() {
        check_content(
            "COPY <<EOF /d\n$A ${A} \"x\" \\$A \\\\ \\n ${Z:-q} \\\n\nEOF",
            "1 1 \"x\" $A \\ n q \n\n",
        );
    }

    #[test]
    fn copy_with_tabs() {
        check_content("COPY <<-\"EOF\" /d\n\ta\n  \tb\nEOF", "a\n  \tb\n");
    }

    #[test]
    fn copy_as_it_is() {
        check_content(
            "COPY <<\"EOF\" /d\n\u{feff}\0\r\n$A\nEOF",
            "\u{feff}\0\r\n$A\n",
        );
    }

    #[test]
    fn words_that_start_none() {
        for line in [
            r#"cat "<<EOF""#,
            r"cat \<<EOF",
            "cat <<<x",
            "a=1<<3",
            "echo $((1<<3))",
            "cat<<EOF",
            "it's <<EOF",
            "echo ${#x} <<EOF",
        ] {
            check_shell_texts(&format!("RUN {line}"), &[line]);
        }
        let json = &runs("RUN [\"cat\", \"<<EOF\"]")[0];
        assert!(matches!(&json.command, Command::Exec(arguments) if arguments.len() == 2));
        assert_eq!(stage("CMD cat <<EOF").len(), 1);
    }

    #[test]
    fn a_here_document_that_is_none_is_explained() {
        let errors = errors("FROM x\nRUN echo ${X^^} && cat <<EOF\nbody\nEOF\n");
        let help = errors[0].help.as_deref().unwrap_or_default();
        assert!(
            help.contains("no here-document") && help.contains("^"),
            "{errors:?}"
        );
        assert_eq!(errors[1].help, None);
    }

    #[test]
    fn words_that_start_one() {
        for (line, name) in [
            ("echo $((1 << 3))", "3))"),
            ("x 1 <<3", "3"),
            ("cat <<EOF|sh", "EOF|sh"),
            ("(cat <<EOF)", "EOF)"),
            ("cat <<EOF>f", "EOF>f"),
            ("cat << EOF", "EOF"),
            ("cat 3<<'E F'", "E F"),
            ("cat <<$FOO", "$FOO"),
        ] {
            check_shell_texts(
                &format!("RUN {line}\nbody\n{name}"),
                &[&format!("{line}\nbody\n{name}")],
            );
        }
    }

    #[test]
    fn the_end_must_match() {
        for end in ["EOF ", " EOF", "eof", "\tEOF"] {
            refused(
                &format!("FROM x\nRUN <<EOF\na\n{end}"),
                "no line is just `EOF`",
            );
        }
        check_shell_texts("RUN <<EOF\na\nEOF\r\n", &["a\n"]);
    }

    #[test]
    fn the_same_name_twice() {
        let text = "COPY <<A <<A /d/\nfirst\nA\nsecond\nA";
        let Some(Kind::Copy(copy)) = stage(text).pop().map(|last| last.kind) else {
            panic!("it is a COPY")
        };
        for source in &copy.sources {
            assert!(
                matches!(source, Source::HereDocument(document) if document.body == "second\n")
            );
        }
    }

    #[test]
    fn onbuild() {
        let instructions = stage("ONBUILD RUN --mount=type=secret,id=a cat <<EOF\nb\nEOF\nUSER c");
        assert_eq!(instructions.len(), 2);
        let Kind::Onbuild(inner) = &instructions[0].kind else {
            panic!("it is an ONBUILD")
        };
        let Kind::Run(run) = &inner.kind else {
            panic!("it holds a RUN")
        };
        assert_eq!(run.mounts.len(), 1);
        assert_eq!(
            run.command.shell_text().map(|text| text.as_str()),
            Some("cat <<EOF\nb\nEOF")
        );
        refused("FROM x\nONBUILD ONBUILD RUN a", "cannot hold ONBUILD");
        refused("FROM x\nONBUILD", "needs an instruction");
        refused(
            "FROM x\nONBUILD RNU a",
            "unknown instruction `RNU`, did you mean `RUN`?",
        );
    }
}

mod arg {
    use super::*;

    #[track_caller]
    fn check(text: &str, build_args: &[(&str, &str)], expected: Option<&str>) {
        assert_eq!(environment_with(text, build_args).variable("V"), expected);
    }

    #[test]
    fn a_global_one_must_be_asked_for() {
        check("ARG V=1\nFROM x\nARG V", &[], Some("1"));
        check("FROM x", &[("V", "3")], None);
    }

    #[test]
    fn a_default_in_the_stage_wins_over_the_global_one() {
        check("ARG V=1\nFROM x\nARG V=2", &[], Some("2"));
        check("ARG V=1\nFROM x\nARG V=2", &[("V", "3")], Some("3"));
    }

    #[test]
    fn the_later_of_env_and_arg_counts() {
        let text = "FROM x\nENV V=e\nARG V=a\nLABEL a=$V\nENV V=e2\nLABEL b=$V";
        assert_eq!(labels(text, &[]), ["a=a", "b=e2"]);
        assert_eq!(
            environment_with(text, &[]).env().collect::<Vec<_>>(),
            [("V", "e2")]
        );
    }

    #[test]
    fn stages_inherit_it_from_stages_only() {
        check("FROM x AS a\nARG V=1\nFROM a", &[], Some("1"));
        check("FROM x AS a\nARG V=1\nFROM x", &[], None);
    }
}

mod forms {
    use super::*;

    #[test]
    fn json_or_its_silent_fallback() {
        for (line, is_exec) in [
            (r#"[ "a" ]"#, true),
            ("[ -f x ] && y", false),
            ("['a']", false),
            (r#"["c:\w"]"#, false),
        ] {
            assert_eq!(
                matches!(runs(&format!("RUN {line}"))[0].command, Command::Exec(_)),
                is_exec,
                "{line}"
            );
        }
        refused("FROM x\nCMD [\"a\", 1]", "strings only");
        refused("FROM x\nRUN []", "at least one");
        refused("FROM x\nSHELL []", "at least one");
        refused("FROM x\nSHELL bash -c", "JSON array");
    }

    #[test]
    fn from() {
        let file = read("FROM --platform=$P a AS Build\nFROM Build");
        assert_eq!(
            file.stages[0].name.as_ref().map(|name| name.name.as_str()),
            Some("build")
        );
        for text in [
            "FROM",
            "FROM a b",
            "FROM a AS",
            "FROM a TO b",
            "FROM a AS 1b",
        ] {
            assert_eq!(errors(text).len(), 1, "{text}");
        }
    }

    #[test]
    fn healthcheck() {
        assert_eq!(
            stage("HEALTHCHECK --interval=1m30s --retries=3 CMD a b").len(),
            1
        );
        assert_eq!(stage("HEALTHCHECK --nonsense NONE").len(), 1);
        refused("FROM x\nHEALTHCHECK --interval=5 CMD a", "duration");
        refused("FROM x\nHEALTHCHECK CMD", "needs a command");
        refused("FROM x\nHEALTHCHECK CMD []", "needs a command");
        refused("FROM x\nHEALTHCHECK TEST a", "unknown");
    }

    #[test]
    fn flags() {
        check_shell_texts("RUN -- --foo", &["--foo"]);
        check_shell_texts("RUN '--mount=x' y", &["'--mount=x' y"]);
        refused("FROM x\nCMD --foo", "unknown flag `--foo` for CMD");
        refused(
            "FROM x\nRUN --mout=type=tmpfs,target=/a b",
            "did you mean `mount`?",
        );
        refused("FROM x\nRUN --network=hots b", "did you mean `host`?");
        assert_eq!(stage("STOPSIGNAL --x 9")[0].flags.len(), 1);
    }

    #[test]
    fn every_error_is_reported() {
        assert_eq!(errors("FROM x\nRUNN a\nENV B\nCOPY c\nRUN ok").len(), 3);
    }
}

mod places {
    use super::*;
    use dockerfile_dsl_analysis::Span;

    #[test]
    fn shell_text_points_into_the_file() {
        let text = "FROM x\nRUN a \\\n  # c\n  bcd";
        let file = read(text);
        let Kind::Run(run) = &file.stages[0].instructions[0].kind else {
            panic!("it is a RUN")
        };
        let shell = run.command.shell_text().expect("it has one");
        let at = shell.find("bcd").expect("is there");
        assert_eq!(shell.span(Span::new(at, at + 3)).of(text), "bcd");
        assert_eq!(shell.whole().of(text), "a \\\n  # c\n  bcd");
    }

    #[test]
    fn here_documents_point_into_the_file() {
        let text = "FROM x\nRUN cat <<A && b <<B\none\nA\ntwo\nB\nUSER u";
        let file = read(text);
        let Kind::Run(run) = &file.stages[0].instructions[0].kind else {
            panic!("it is a RUN")
        };
        let shell = run.command.shell_text().expect("it has one");
        for word in ["<<A", "one", "two", "\nB"] {
            let at = shell.find(word).expect("is there");
            assert_eq!(shell.span(Span::new(at, at + word.len())).of(text), word);
        }
        assert_eq!(
            file.stages[0].instructions[0].span.of(text),
            "RUN cat <<A && b <<B\none\nA\ntwo\nB"
        );
    }

    #[test]
    fn errors_stand_at_characters() {
        for text in [
            "FROM x\nRUN --mount=type=\u{c5}p y",
            "FROM x\nCOPY --from=$\u{c5} a b",
            "FROM x\nRUN --\u{c5}=\u{a0} y",
        ] {
            for error in errors(text) {
                assert!(
                    text.get(error.span.start..error.span.end).is_some(),
                    "{text}: {error:?}"
                );
            }
        }
    }

    #[test]
    fn notes_belong_to_the_instruction_below() {
        let text = "# dockerfile-dsl: raw reason=\"a\"\n\nFROM x\n# dockerfile-dsl: trust=p reason=\"b\"\n# other\nRUN p\n# dockerfile-dsl: raw reason=\"c\"\n";
        let file = read(text);
        assert_eq!(file.stages[0].instructions[0].notes.len(), 1);
        assert_eq!(file.malformed_notes.len(), 2);
    }
}

mod hostile {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn much_of_anything_is_read_in_time() {
        let started = std::time::Instant::now();
        for text in [
            format!("FROM x\nRUN a \\\n{}b", "# c\n".repeat(200_000)),
            format!("FROM x\nRUN {}", "a \\\n".repeat(200_000)),
            format!("FROM x\nENV {}", "A=b \\\n".repeat(100_000)),
            format!(
                "FROM x\nRUN {}",
                "--mount=type=tmpfs,target=/a \\\n".repeat(20_000)
            ),
            format!("FROM x\n{}", "RUN a\n".repeat(100_000)),
            format!("FROM x\n{}", "RUNN a\n".repeat(100_000)),
            format!("FROM x\nCMD [{}", "\"a\", \\\n".repeat(100_000)),
            format!("FROM x\nRUN {}", "<<A \\\n".repeat(10_000)),
            format!(
                "FROM x\nCOPY {} d\n{}",
                "<<A \\\n".repeat(2_000),
                "A\n".repeat(2_000)
            ),
            format!("FROM x\nCOPY {} a b", "--link \\\n".repeat(100_000)),
            format!("FROM x\n{}", "WORKDIR a\n".repeat(50_000)),
            format!("FROM x\n{}", "ENV A=a$A$A\n".repeat(1_000)),
            format!(
                "FROM x\n{}",
                (0..20_000)
                    .map(|n| format!("ENV A{n}=b\n"))
                    .collect::<String>()
            ),
            format!("FROM x\nRUN {}", "${a:-\\\n".repeat(100_000)),
        ] {
            if let Ok(file) = dockerfile::read(&text) {
                let _ = dockerfile_dsl_analysis::rules::whole_file(&file, &Default::default());
            }
        }
        assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "(FROM x\n)?([ #\\\\\"'<>A`$\\{\\}\\[\\],=é\u{a0}\r\t-]|RUN |COPY |ENV |--mount=|type=secret|id=a|<<A|\n|ONBUILD |HEALTHCHECK |CMD ){0,40}") {
            if let Ok(file) = dockerfile::read(&text) {
                for (_, _, instruction) in file.instructions() {
                    prop_assert!(text.get(instruction.span.start..instruction.span.end).is_some());
                    prop_assert!(text.get(instruction.keyword.start..instruction.keyword.end).is_some());
                }
            }
        }

        #[test]
        fn quoted_values_come_back(value in "[^\n\0]{0,30}") {
            let mut quoted = String::new();
            for char in value.chars() {
                if matches!(char, '"' | '$' | '\\') {
                    quoted.push('\\');
                }
                quoted.push(char);
            }
            let environment = environment(&format!("ENV A=\"{quoted}\" B=c"));
            prop_assert_eq!(environment.variable("A"), Some(value.as_str()));
            prop_assert_eq!(environment.variable("B"), Some("c"));
        }

        #[test]
        fn json_arguments_come_back(arguments in prop::collection::vec("[^\u{0}-\u{1f}\"\\\\]{0,10}", 1..4)) {
            let json: Vec<String> = arguments.iter().map(|argument| format!("\"{argument}\"")).collect();
            let runs = runs(&format!("RUN [{}]", json.join(", ")));
            let Command::Exec(read) = &runs[0].command else { panic!("it is the exec form") };
            prop_assert_eq!(read.iter().map(ToString::to_string).collect::<Vec<_>>(), arguments);
        }
    }
}
