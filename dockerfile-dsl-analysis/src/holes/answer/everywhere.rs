//! Rejections that hold for any base image.
//!
//! In: the answers under two assumptions. Out: the rejections in both, with the findings of the first.

use crate::Finding;
use crate::holes::Answer;

/// Whether nothing is rejected.
pub(super) fn is_empty(answer: &Answer) -> bool {
    answer.findings.is_empty()
        && answer.holes.iter().all(|hole| hole.refused.is_empty())
        && answer.flows.is_empty()
}

/// Removes the rejections that are not in the other answer.
pub(super) fn keep_what_both_refuse(answer: &mut Answer, other: &Answer) {
    let same =
        |a: &Finding, b: &Finding| a.rule == b.rule && a.span == b.span && a.secret == b.secret;
    (answer.findings).retain(|own| other.findings.iter().any(|finding| same(own, finding)));
    for (own, other) in answer.holes.iter_mut().zip(&other.holes) {
        own.refused.retain(|(label, own)| {
            let mut refused = other.refused.iter();
            refused.any(|(refused, finding)| refused == label && same(own, finding))
        });
    }
    for flow in &mut answer.flows {
        let others = other.flows.iter();
        let others = others.filter(|other| other.from == flow.from && other.to == flow.to);
        let others: Vec<_> = others.flat_map(|other| &other.refused).collect();
        flow.refused.retain(|(from, to, own)| {
            let mut refused = others.iter();
            refused.any(|(a, b, finding)| a == from && b == to && same(own, finding))
        });
    }
    answer.flows.retain(|flow| !flow.refused.is_empty());
}
