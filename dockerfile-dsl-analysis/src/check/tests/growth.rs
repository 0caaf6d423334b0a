//! The number of executed commands grows with the length of a script, however its constructs are nested.

mod repeated;

use super::super::{Setting, check_by};
use crate::bases::Bases;
use crate::dockerfile::read;
use crate::interpreter::Precision;
use crate::programs::Programs;
use crate::rules::Context;
use crate::{Channel, Rule};

/// Constructs that execute their body more than once, or on more than one path. `@` is the body, `#` the level.
const CONSTRUCTS: [&str; 13] = [
    "for i# in a b c; do V#=$i#\n@\ndone",
    "while read L#; do V#=$L#\n@\ndone",
    "until test -e /f#; do V#=$X\n@\ndone",
    "for ((i# = 0; i# < 9; i#++)); do V#=$X\n@\ndone",
    "if test -e /f#; then V#=$X\n@\nelse W#=1\nfi",
    "case \"$X\" in a#) V#=1;; b*) W#=2;; *) @\n;; esac",
    "test -e /a# && V#=1 || W#=$X && {\n@\n} || V#=2",
    "( V#=$X || W#=1\n@\n)",
    "V#=$(test -e /f# || echo b\n@\n)",
    "f#() {\n@\n}\nf# || V#=1; f#",
    "test -e /f# | { V#=1\n@\n}",
    "{ V#=$X || W#=1\n@\n} &",
    "trap 'V=1' ERR; test -e /f#; eval \"W#=$X\"\n@",
];

fn nest(outer: &str, inner: &str, depth: usize, innermost: &str) -> String {
    let mut body = innermost.to_owned();
    for level in (0..depth).rev() {
        let construct = if level % 2 == 0 { outer } else { inner };
        let number = level.to_string();
        let (before, after) = construct.split_once('@').expect("it has a body");
        let (before, after) = (before.replace('#', &number), after.replace('#', &number));
        body = format!("{before}{body}{after}");
    }
    body
}

/// Returns where the secret arrives, and the number of executed commands.
fn check(script: &str) -> (Vec<(Rule, Channel)>, u64) {
    let text = format!(
        "FROM debian:12\nSHELL [\"/bin/bash\", \"-c\"]\nRUN --mount=type=secret,id=t,required=true \
         <<'END'\nT=$(cat /run/secrets/t)\n{script}\nEND\n"
    );
    let file = read(&text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
    let setting = Setting {
        context: &Context::default(),
        programs: Programs::NONE,
        bases: Bases::NONE,
    };
    let (findings, steps) = check_by(&file, setting, Precision::first);
    let found = findings.iter().map(|found| (found.rule, found.channel));
    (found.collect(), steps)
}

/// Each of these programs runs the next: the chain has a bounded depth, so it never exhausts the stack.
#[test]
fn a_long_chain_of_programs_is_not_understood() {
    for program in ["env", "nice", "timeout 1", "xargs", "command"] {
        let chain = |length| {
            let programs = format!("{program} \\\n").repeat(length);
            check(&format!("{programs}cat /run/secrets/t > /x")).0
        };
        assert_eq!(
            chain(20),
            [(Rule::SecretInLayer, Channel::Layer)],
            "{program}"
        );
        let opaque = [(Rule::SecretInOpaqueSyntax, Channel::Opaque)];
        assert_eq!(chain(1500), opaque, "{program}");
    }
}

#[test]
fn nests_of_two_constructs_take_a_bounded_number_of_steps() {
    for outer in CONSTRUCTS {
        for inner in CONSTRUCTS {
            let script = nest(outer, inner, 32, "cp /run/secrets/t /srv/t");
            let (found, steps) = check(&script);
            let is_found = found.contains(&(Rule::SecretInLayer, Channel::Layer));
            assert!(is_found, "{found:?}\n  {outer:?}\n  {inner:?}");
            let most = 6_000 + script.len() as u64;
            assert!(steps < most, "{steps} steps\n  {outer:?}\n  {inner:?}");
        }
    }
}

#[test]
fn honest_nests_are_accepted() {
    for (construct, other) in CONSTRUCTS.iter().zip(CONSTRUCTS.iter().rev()) {
        let script = nest(construct, other, 32, "wc -c < /run/secrets/t");
        assert_eq!(check(&script).0, [], "{construct:?} {other:?}");
    }
}

/// A chain through more variables than a loop has exact rounds.
#[test]
fn a_long_chain_in_a_loop_is_followed_to_its_end() {
    let chain = |last: &str| {
        let links = (1..30).rev().map(|n| format!("V{n}=$V{}\n", n - 1));
        let links: String = links.collect();
        check(&format!(
            "while read L; do\n{links}V0={last}\ndone\necho \"$V29\" > /srv/t"
        ))
    };
    assert_eq!(chain("$T").0, [(Rule::SecretInLayer, Channel::Layer)]);
    assert_eq!(chain("$L").0, []);
}

/// More calls than are executed exactly.
#[test]
fn a_long_chain_of_functions_is_followed_to_its_end() {
    let chain = |first: &str| {
        let calls = (1..60).map(|n| format!("f{n}() {{ f{}; }}\n", n - 1));
        let calls: String = calls.collect();
        check(&format!("f0() {{ {first} > /srv/t; }}\n{calls}f59"))
    };
    assert_eq!(
        chain("echo \"$T\"").0,
        [(Rule::SecretInLayer, Channel::Layer)]
    );
    assert_eq!(chain("echo ok").0, []);
}

/// More files than all patterns look at.
#[test]
fn a_late_pattern_finds_the_files_with_a_secret() {
    let lines = (0..600).map(|n| format!("echo x > /srv/f{n}; cat /srv/* > /dev/null\n"));
    let many: String = lines.collect();
    let after = |last: &str| check(&format!("{many}echo \"$T\" > /srv/t\n{last}")).0;
    assert_eq!(after("rm /srv/*"), []);
    let copied = [(Rule::SecretInLayer, Channel::Layer)];
    assert_eq!(after("cp /srv/t* /opt/\nrm /srv/*"), copied);
}

#[test]
fn a_function_that_calls_itself_in_a_widened_script_is_followed() {
    let calls: String = (1..30)
        .map(|n| format!("f{n}() {{ f{0}; f{0}; }}\n", n - 1))
        .collect();
    for (call, finding) in [
        ("echo \"$2\" > /srv/t", true),
        ("echo \"$1\" > /srv/t", false),
    ] {
        let body = format!("if test \"$1\"; then shift; f0 \"$@\" x; else {call}; fi");
        let script = format!("f0() {{ {body}; }}\n{calls}f29\nf0 \"\" \"$T\"");
        let found = check(&script).0;
        assert_eq!(
            found.contains(&(Rule::SecretInLayer, Channel::Layer)),
            finding,
            "{found:?}"
        );
    }
}
