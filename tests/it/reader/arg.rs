//! Build arguments and what stages inherit.

use super::*;

#[track_caller]
fn check(text: &str, build_args: &[(&str, &str)], expected: Option<&str>) {
    assert_eq!(environment_with(text, build_args).variable("V"), expected);
}

#[test]
fn global_argument_must_be_declared_in_the_stage() {
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
