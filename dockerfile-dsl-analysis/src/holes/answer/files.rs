//! Rejections of the file of a secret, where its path is a known text.
//!
//! In: the answer for holes without a text, and the one in which the path of a secret's file is the text of one of them. Out: the rejections
//! of both. The name of the file is only known at run time, so the first one's come first: they have the words of the author.

use crate::holes::{Answer, Label};

/// Whether one of the holes is rejected as the file of a secret.
pub(super) fn is_refused(answer: &Answer, holes: &[usize]) -> bool {
    let mut refused = holes.iter().flat_map(|hole| &answer.holes[*hole].refused);
    refused.any(|(label, _)| *label == Label::SecretFile)
}

/// Adds what the other answer says of the holes as files of a secret.
pub(super) fn add_refused(answer: &mut Answer, mut other: Answer, holes: &[usize]) {
    for hole in holes {
        let refused = other.holes[*hole].refused.drain(..);
        let refused = refused.filter(|(label, _)| *label == Label::SecretFile);
        answer.holes[*hole].refused.extend(refused);
    }
    for mut flow in other.flows {
        flow.refused.retain(|(from, ..)| *from == Label::SecretFile);
        if !holes.contains(&flow.from) || flow.refused.is_empty() {
            continue;
        }
        let mut flows = answer.flows.iter_mut();
        match flows.find(|own| own.from == flow.from && own.to == flow.to) {
            Some(own) => {
                let refused = &own.refused;
                let is_new = |pair: &(Label, Label, _)| {
                    !refused.iter().any(|(a, b, _)| *a == pair.0 && *b == pair.1)
                };
                let new: Vec<_> = flow.refused.into_iter().filter(is_new).collect();
                own.refused.extend(new);
            }
            None => answer.flows.push(flow),
        }
    }
}
