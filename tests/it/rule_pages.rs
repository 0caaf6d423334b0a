//! The pages of rules that only apply to scripts in Rust: the bad example does not compile, and rustc prints the message of the
//! page; the good one compiles. The pages with Dockerfiles as examples are tested beside the rules.

use std::fs;
use std::path::Path;

use dockerfile_dsl_analysis::{Rule, rules};
use dockerfile_dsl_tests::compiler::Compiler;

/// The first block of this language under this heading.
fn block<'a>(page: &'a str, title: &str, language: &str) -> Option<&'a str> {
    let (_, section) = page.split_once(&format!("\n## {title}\n"))?;
    let section = section.split("\n## ").next()?;
    let (_, code) = section.split_once(&format!("```{language}\n"))?;
    code.split("```").next()
}

#[test]
fn the_examples_in_rust_are_right() {
    let compiler = Compiler::beside_this_test(concat!(env!("CARGO_TARGET_TMPDIR"), "/rule_pages"));
    let mut tested = Vec::new();
    for rule in Rule::ALL {
        let page = rules::page(*rule);
        let (Some(bad), Some(good)) = (block(page, "Bad", "rust"), block(page, "Good", "rust"))
        else {
            continue;
        };
        for (example, is_good) in [(bad, false), (good, true)] {
            let file = compiler.scratch(&format!("{rule}.rs"));
            let program = format!(
                "use dockerfile_dsl::{{Secret, Script, sh}};\npub const TOKEN: Secret = \
                 Secret::env(\"TOKEN\");\npub fn example(text: &str, option: &str, path: &str) -> \
                 Script {{\n    let _ = (text, option, path);\n    {example}\n}}\n"
            );
            fs::write(&file, program).unwrap();
            let folder = file.parent().unwrap_or(Path::new("."));
            let output = compiler.check(folder, &file, "page", &[]);
            let told = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.success(), is_good, "{rule}: {example}{told}");
        }
        tested.push(rule.name());
    }
    assert_eq!(
        tested,
        [
            "LiteralSecretPath",
            "PublicValueAsOption",
            "UnquotableValue"
        ]
    );
}
