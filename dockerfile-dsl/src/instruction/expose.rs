//! EXPOSE: the ports of the container.
//!
//! In: ports and ranges. Out: the line, protocols in lower case.

use crate::masked_debug::masked_debug;
use crate::pen::Pen;
use crate::problem::Problems;
use crate::render;
use crate::text::{LayerValue, Text};
use crate::valid;

/// Declares the ports that the container listens on.
///
/// ```dockerfile
/// EXPOSE 8080 5000-5010/udp
/// ```
///
/// See [EXPOSE](https://docs.docker.com/reference/dockerfile/#expose).
///
/// ```
/// # use dockerfile_dsl::instructions::{Instruction, Expose};
/// let expose = Expose::new(80).and("443/udp");
/// assert_eq!(Instruction::from(expose).to_string(), "EXPOSE 80 443/udp");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Expose {
    pub(crate) ports: Vec<Text>,
}

masked_debug!(Expose { ports });

impl Expose {
    pub(super) const KEYWORD: &str = "EXPOSE";

    /// A port or a range, with `/udp` or `/sctp` if it is not TCP.
    #[must_use]
    pub fn new(port: impl LayerValue) -> Self {
        Self {
            ports: vec![port.into_text()],
        }
    }

    /// Adds a port or range.
    #[must_use]
    pub fn and(mut self, port: impl LayerValue) -> Self {
        self.ports.push(port.into_text());
        self
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        for port in &self.ports {
            problems.word("a port", port, valid::port);
        }
    }

    pub(super) fn write(&self, pen: &Pen<'_>) -> String {
        // BuildKit takes the protocol in any case, and warns unless it is lower case.
        let lower = |port: &Text| {
            if port.expanded {
                port.clone()
            } else {
                Text::literal(port.content.to_ascii_lowercase())
            }
        };
        let ports: Vec<String> = self
            .ports
            .iter()
            .map(|port| pen.word(&lower(port)))
            .collect();
        render::instruction(Self::KEYWORD, &[], &ports.join(" "))
    }
}
