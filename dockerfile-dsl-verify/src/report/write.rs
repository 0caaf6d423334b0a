//! The report in each output format.

use super::{Report, github, html, human, json, sarif};

impl Report {
    /// Formats it for people: findings, and advice.
    #[must_use]
    pub fn human(&self) -> String {
        human::write(self)
    }

    /// Formats one JSON object on one line.
    #[must_use]
    pub fn json(&self) -> String {
        json::write(self)
    }

    /// Formats workflow commands, which GitHub Actions shows as annotations.
    #[must_use]
    pub fn github(&self) -> String {
        github::write(self)
    }

    /// Formats one HTML file, which needs nothing else: no script, font or picture.
    #[must_use]
    pub fn html(&self) -> String {
        html::write(self)
    }

    /// Formats SARIF 2.1.0.
    #[must_use]
    pub fn sarif(&self) -> String {
        sarif::write(self)
    }
}
