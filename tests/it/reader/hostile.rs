//! Long hostile input is read in bounded time.

use dockerfile_dsl_tests::busy::Busy;
use proptest::prelude::*;

use super::*;

#[test]
fn long_input_is_read_in_bounded_time() {
    let started = Busy::start();
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
            let _ = dockerfile_dsl_analysis::rules::whole_file(
                &file,
                &Default::default(),
                &Default::default(),
            );
        }
    }
    let busy = started.time();
    // Linear: 20 s on a busy machine without optimization. A quadratic step would take minutes.
    assert!(busy.as_secs() < 90, "{busy:?}");
}

proptest! {
    #[test]
    fn nothing_panics(text in "(FROM x\n)?([ #\\\\\"'<>A`$\\{\\}\\[\\],=é\u{a0}\r\t-]|RUN |COPY \
                               |ENV |--mount=|type=secret|id=a|<<A|\n|ONBUILD |HEALTHCHECK |CMD \
                               ){0,40}") {
        if let Ok(file) = dockerfile::read(&text) {
            for (_, _, instruction) in file.instructions() {
                prop_assert!(text.get(instruction.span.start..instruction.span.end).is_some());
                let keyword = instruction.keyword;
                prop_assert!(text.get(keyword.start..keyword.end).is_some());
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
    fn json_arguments_come_back(
        arguments in prop::collection::vec("[^\u{0}-\u{1f}\"\\\\]{0,10}", 1..4),
    ) {
        let quoted = |argument: &String| format!("\"{argument}\"");
        let json: Vec<String> = arguments.iter().map(quoted).collect();
        let runs = runs(&format!("RUN [{}]", json.join(", ")));
        let Command::Exec(read) = &runs[0].command else { panic!("it is the exec form") };
        prop_assert_eq!(read.iter().map(ToString::to_string).collect::<Vec<_>>(), arguments);
    }
}
