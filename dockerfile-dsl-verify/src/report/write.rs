//! A report in each of its forms.

use super::{Report, github, human, json, sarif};

impl Report {
    /// For people: what was found, and what to do now.
    #[must_use]
    pub fn human(&self) -> String {
        human::write(self)
    }

    /// One JSON object on one line.
    #[must_use]
    pub fn json(&self) -> String {
        json::write(self)
    }

    /// Workflow commands, which GitHub Actions shows as annotations.
    #[must_use]
    pub fn github(&self) -> String {
        github::write(self)
    }

    /// SARIF 2.1.0.
    #[must_use]
    pub fn sarif(&self) -> String {
        sarif::write(self)
    }
}
