//! Every printed fix works when it is pasted: into every leak of the corpus, as mechanically as its text says, until no finding
//! is left. `engine/fixes.rs` builds one of each kind.

use std::fs;
use std::path::Path;

use dockerfile_dsl::{Dialect, LayerPath, Script, Secret, TmpFs};
use dockerfile_dsl_analysis::{Finding, Rule};
use dockerfile_dsl_tests::cases;

use dockerfile_dsl_tests::paste::{
    Pasted, compile, edit_file, file_of_case, findings_of, paste_into_file,
};
use dockerfile_dsl_tests::translated::{Translated, text, translate};

/// A script of the corpus.
fn of(case: Translated) -> Pasted {
    let mut pasted = Pasted::new(Secret::env("TOK"), &case.script);
    for (name, target) in &case.tmpfs {
        pasted.give(
            name,
            TmpFs::at(LayerPath::parse(target).expect("a path of the corpus")),
        );
    }
    pasted.mount = case.mount;
    pasted.env = case.env;
    if case.bash {
        pasted.dialect = Dialect::Bash;
    }
    pasted
}

/// How the fixes of all cases went.
#[derive(Default)]
struct Outcome {
    /// Number of scripts with findings.
    leaks: usize,
    /// Those whose fix is a sentence without code that can be pasted.
    in_words: Vec<String>,
    failed: Vec<String>,
}

/// How often a fix may lead to the next finding of the same script.
const ROUNDS: usize = 12;

impl Outcome {
    /// Pastes the fix of one finding after the other, until there is none.
    fn settle<T>(
        &mut self,
        name: String,
        subject: &mut T,
        findings: impl Fn(&T) -> Vec<Finding>,
        paste: impl Fn(&mut T, &Finding) -> Option<()>,
        show: impl Fn(&T) -> String,
    ) -> bool {
        let mut pasted: Vec<Finding> = Vec::new();
        for _ in 0..ROUNDS {
            let found = findings(subject);
            let Some(first) = found.first() else { break };
            self.leaks += usize::from(pasted.is_empty());
            let is_same = |one: &Finding, other: &Finding| {
                (one.rule, one.span, &one.help) == (other.rule, other.span, &other.help)
            };
            if found
                .iter()
                .any(|finding| pasted.iter().any(|known| is_same(known, finding)))
            {
                break;
            }
            match found
                .iter()
                .find(|finding| paste(subject, finding).is_some())
            {
                Some(finding) => pasted.push(finding.clone()),
                None => {
                    let help = first.help.as_deref().unwrap_or(&first.message);
                    self.in_words.push(format!("{name}: {help}"));
                    return false;
                }
            }
        }
        if let Some(left) = findings(subject).first() {
            let help = left.help.as_deref().unwrap_or_default();
            self.failed.push(format!(
                "{name}: {}\nfix: {help}\n{}",
                left.message,
                show(subject)
            ));
            return false;
        }
        !pasted.is_empty()
    }

    /// Findings that no pasted line repairs are rare.
    #[track_caller]
    fn check(self) {
        let (leaks, in_words, failed) = (self.leaks, self.in_words.len(), self.failed.len());
        let all = format!(
            "{leaks} leaks; the fix of {in_words} is in words: {:#?}; what is printed for {failed} \
             does not help:\n{}",
            self.in_words,
            self.failed.join("\n\n")
        );
        eprintln!("{all}");
        assert!(
            leaks > 700 && in_words * 15 <= leaks && failed * 400 <= leaks,
            "{all}"
        );
    }
}

#[test]
fn fix_of_sh_removes_the_finding() {
    let mut outcome = Outcome::default();
    let mut functions = Vec::new();
    for case in cases::all() {
        let Some(translated) = translate(&case) else {
            continue;
        };
        let given: String = translated
            .tmpfs
            .iter()
            .map(|(name, target)| format!("let {name} = TmpFs::at(path!({target:?}));\n"))
            .collect();
        let mut pasted = of(translated);
        let is_settled = outcome.settle(
            text(&case, "name"),
            &mut pasted,
            Pasted::findings,
            Pasted::paste,
            Pasted::written,
        );
        if is_settled {
            let name = format!("case_{}", functions.len());
            functions.push(pasted.as_function(&name, &given));
        }
    }
    compile(
        concat!(env!("CARGO_TARGET_TMPDIR"), "/fixes"),
        "fixed",
        "const TOK: Secret = Secret::env(\"TOK\");\n",
        &functions,
    );
    outcome.check();
}

#[test]
fn fix_of_check_removes_the_finding() {
    let mut outcome = Outcome::default();
    for case in cases::all() {
        outcome.settle(
            text(&case, "name"),
            &mut file_of_case(&case, "FROM debian\n"),
            findings_of,
            paste_into_file,
            String::clone,
        );
    }
    outcome.check();
}

/// The edits of a fix do what its sentence says.
#[test]
fn edits_of_check_remove_the_finding() {
    let mut outcome = Outcome::default();
    for case in cases::all() {
        outcome.settle(
            text(&case, "name"),
            &mut file_of_case(&case, "FROM debian\n"),
            findings_of,
            edit_file,
            String::clone,
        );
    }
    outcome.check();
}

/// What is bad on the page of each rule is repaired by its own fix.
#[test]
fn fix_of_every_rule_removes_the_finding() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dockerfile-dsl-analysis/src/rules");
    let mut outcome = Outcome::default();
    for rule in Rule::ALL {
        let page =
            fs::read_to_string(pages.join(format!("{rule}.md"))).expect("every rule has a page");
        let bad = page
            .split("## Bad")
            .nth(1)
            .and_then(|rest| rest.split("```dockerfile\n").nth(1));
        // The rules of `sh!` alone show a script.
        let Some(bad) = bad.filter(|_| !page.contains("sh!(")) else {
            continue;
        };
        let mut file = bad.split("```").next().unwrap_or_default().to_owned();
        outcome.settle(
            rule.to_string(),
            &mut file,
            findings_of,
            paste_into_file,
            String::clone,
        );
        assert!(outcome.leaks > 0, "nothing is found on the page of {rule}");
    }
    assert_eq!(outcome.failed, [""; 0], "{:#?}", outcome.in_words);
}

/// What does not parse is repaired by what its message says: the script, the help, and the script with it.
#[test]
fn help_of_a_syntax_error_repairs_it() {
    const BROKEN: &[(&str, &str, &str)] = &[
        (
            "echo {x}> /srv/x",
            "put a blank before the redirect",
            "echo {x} > /srv/x",
        ),
        (
            "if true; then echo a",
            "close it with `fi`",
            "if true; then echo a\nfi",
        ),
        (
            "for a in b; do echo a",
            "close it with `done`",
            "for a in b; do echo a\ndone",
        ),
        (
            "while false; do echo a",
            "close it with `done`",
            "while false; do echo a\ndone",
        ),
        (
            "case a in a) echo a;;",
            "close it with `esac`",
            "case a in a) echo a;;\nesac",
        ),
        ("{ echo a", "close it with `}`", "{ echo a\n}"),
        ("( echo a", "close it with `)`", "( echo a)"),
        ("echo 'a", "close it with `'`", "echo 'a'"),
        ("echo \"a", "close it with `\"`", "echo \"a\""),
        ("echo `date", "close it with ```", "echo `date`"),
        ("echo $(date", "close it with `)`", "echo $(date)"),
        ("echo $((1", "close it with `)`", "echo $((1))"),
        ("echo ${A", "close it with `}`", "echo ${A}"),
        (
            "echo ${A&}",
            "write `${A}` for the variable alone",
            "echo ${A}",
        ),
        ("echo \\{x}", "leave the backslash out", "echo {x}"),
        (
            "echo $(cat <<E)\na\nE",
            "end the line after the here-document's operator first",
            "echo $(cat <<E\na\nE\n)",
        ),
    ];
    for (broken, help, repaired) in BROKEN {
        let parse = |text: &str| {
            let mut template = Script::template(text);
            if text.contains("{x}") {
                template.bind("x", &"a").parse()
            } else {
                template.parse()
            }
        };
        let told = parse(broken).expect_err(broken).to_string();
        assert!(told.contains(help), "{broken}:\n{told}");
        assert!(
            parse(repaired).is_ok(),
            "{repaired}: {:?}",
            parse(repaired).err()
        );
    }
}

/// The credential helper that is printed says the user name that the host wants.
#[test]
fn printed_helper_has_the_user_of_its_host() {
    for (secret, host, user) in [
        ("TOK", "github.com", "x-access-token"),
        ("TOK", "gitlab.com", "oauth2"),
        ("TOK", "bitbucket.org", "x-token-auth"),
        ("CI_JOB_TOKEN", "git.acme.test", "gitlab-ci-token"),
    ] {
        let text = format!(
            "FROM debian\nRUN --mount=type=secret,id={secret},required=true git clone \
             https://$(cat /run/secrets/{secret})@{host}/a/b.git /src\n"
        );
        let parsed = dockerfile_dsl::import::parse(&text).unwrap();
        let report = format!("{:?}", parsed.check());
        assert!(report.contains(&format!("username={user};")), "{report}");
    }
}
