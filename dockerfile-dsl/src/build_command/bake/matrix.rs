//! A target that is built for several values of a build argument.
//!
//! In: the arguments with their values. Out: the name of each build, and the end of its tags, as variables of bake.

use super::super::node::Node;
use super::super::plan::Plan;
use super::text::{check_name, literal};
use crate::Error;

/// A build argument of a target, with its values.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    pub(super) target: String,
    pub(super) argument: String,
    pub(super) values: Vec<String>,
}

/// Returns the matrix fields of a target.
pub(super) fn entries(name: &str, axes: &[&Axis]) -> Vec<(&'static str, Node)> {
    if axes.is_empty() {
        return Vec::new();
    }
    let parts = axes.iter().map(|axis| {
        let argument = &axis.argument;
        format!("-${{replace({argument}, \".\", \"-\")}}")
    });
    let parts: String = parts.collect();
    let matrix = axes.iter().map(|axis| {
        let values = axis.values.iter().map(|value| literal(value));
        (axis.argument.clone(), Node::texts(values))
    });
    vec![
        ("name", Node::text(format!("{name}{parts}"))),
        ("matrix", Node::Map(matrix.collect())),
    ]
}

/// Returns the suffix of each tag and name, as variables of bake.
pub(super) fn suffix(axes: &[&Axis], plan: &Plan<'_>) -> Result<String, Error> {
    let mut suffix = String::new();
    for axis in axes {
        let argument = axis.argument.as_str();
        let complain = |message: &str| {
            Err(Error::new(format!(
                "the matrix of `{}` {message}",
                argument.escape_debug()
            )))
        };
        if !plan.declares(argument) {
            return complain("is for a build argument that the Dockerfile does not declare");
        }
        if plan.build_args.iter().any(|(name, _)| *name == argument) {
            return complain("is a build argument that has a value already");
        }
        if axis.values.is_empty() {
            return complain("has no value");
        }
        let mut names: Vec<String> = Vec::new();
        for value in &axis.values {
            let name = value.replace('.', "-");
            if check_name(&name).is_err() {
                return complain(&format!(
                    "has the value `{}`, which cannot be part of a name: letters, digits, `.`, \
                     `-` and `_` can",
                    value.escape_debug()
                ));
            }
            if names.contains(&name) {
                return complain(&format!("has two values of the name `{name}`"));
            }
            names.push(name);
        }
        suffix.push_str(&format!("-${{{argument}}}"));
    }
    Ok(suffix)
}

/// Appends the suffix: `app:1` becomes `app:1-${V}`, and `app` becomes `app:${V}`.
pub(super) fn tagged(tag: &str, suffix: &str) -> String {
    let has_tag = tag
        .rsplit_once(':')
        .is_some_and(|(_, tag)| !tag.contains('/'));
    match suffix.strip_prefix('-') {
        Some(suffix) if !has_tag => format!("{tag}:{suffix}"),
        _ => format!("{tag}{suffix}"),
    }
}
