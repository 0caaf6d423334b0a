//! HEALTHCHECK: the command that tests whether the container works.
//!
//! In: a command and how often to run it. Out: the line, with durations as Go writes them.

use std::time::Duration;

use super::{CommandLine, IntoCommand};
use crate::masked_debug::masked_debug;
use crate::pen::Pen;
use crate::problem::Problems;
use crate::render;
use crate::text::Sealed;
use crate::valid;

/// The command that tests whether the container works.
///
/// ```dockerfile
/// HEALTHCHECK --interval=30s --retries=3 CMD ["curl", "-f", "http://localhost/"]
/// ```
///
/// See [HEALTHCHECK](https://docs.docker.com/reference/dockerfile/#healthcheck).
///
/// ```
/// # use dockerfile_dsl::instructions::{Instruction, Healthcheck};
/// let healthcheck = Healthcheck::new(["/server", "--probe"]).interval("30s").retries(3);
/// assert_eq!(Instruction::from(healthcheck).to_string(), "HEALTHCHECK --interval=30s --retries=3 CMD [\"/server\", \"--probe\"]");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Healthcheck {
    /// `None` removes the base image's check.
    pub(crate) command: Option<CommandLine>,
    pub(crate) interval: Option<String>,
    pub(crate) timeout: Option<String>,
    pub(crate) start_period: Option<String>,
    pub(crate) start_interval: Option<String>,
    pub(crate) retries: Option<u32>,
}

masked_debug!(Healthcheck {
    command,
    interval,
    timeout,
    start_period,
    start_interval,
    retries
});

/// A duration: [`Duration`], or text as in `1m30s`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a duration for HEALTHCHECK",
    label = "expected a `std::time::Duration`, or text such as `\"1m30s\"`"
)]
pub trait IntoDuration: Sealed {
    #[doc(hidden)]
    fn into_duration(self) -> String;
}

impl Sealed for Duration {}
#[diagnostic::do_not_recommend]
impl IntoDuration for Duration {
    fn into_duration(self) -> String {
        match self.subsec_nanos() {
            0 => format!("{}s", self.as_secs()),
            nanos if nanos % 1_000_000 == 0 => format!("{}ms", self.as_millis()),
            _ => format!("{}ns", self.as_nanos()),
        }
    }
}

#[diagnostic::do_not_recommend]
impl IntoDuration for &str {
    fn into_duration(self) -> String {
        self.to_owned()
    }
}

#[diagnostic::do_not_recommend]
impl IntoDuration for String {
    fn into_duration(self) -> String {
        self
    }
}

impl Healthcheck {
    pub(super) const KEYWORD: &str = "HEALTHCHECK";

    /// The container is healthy as long as this command succeeds.
    #[must_use]
    pub fn new(command: impl IntoCommand) -> Self {
        Self {
            command: Some(command.into_command()),
            ..Self::none()
        }
    }

    /// `HEALTHCHECK NONE`: removes the base image's check, too.
    #[must_use]
    pub fn none() -> Self {
        Self {
            command: None,
            interval: None,
            timeout: None,
            start_period: None,
            start_interval: None,
            retries: None,
        }
    }

    /// `--interval=`: time between two checks.
    #[must_use]
    pub fn interval(mut self, duration: impl IntoDuration) -> Self {
        self.interval = Some(duration.into_duration());
        self
    }

    /// `--timeout=`: max. duration of one check.
    #[must_use]
    pub fn timeout(mut self, duration: impl IntoDuration) -> Self {
        self.timeout = Some(duration.into_duration());
        self
    }

    /// `--start-period=`: time after the start in which failures do not count.
    #[must_use]
    pub fn start_period(mut self, duration: impl IntoDuration) -> Self {
        self.start_period = Some(duration.into_duration());
        self
    }

    /// `--start-interval=`: time between two checks during the start period.
    #[must_use]
    pub fn start_interval(mut self, duration: impl IntoDuration) -> Self {
        self.start_interval = Some(duration.into_duration());
        self
    }

    /// `--retries=`: number of consecutive failures after which the container is unhealthy.
    #[must_use]
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = Some(retries);
        self
    }

    fn durations(&self) -> Vec<(&'static str, &str)> {
        let mut durations = Vec::new();
        for (name, duration) in [
            ("interval", &self.interval),
            ("timeout", &self.timeout),
            ("start-period", &self.start_period),
            ("start-interval", &self.start_interval),
        ] {
            if let Some(duration) = duration {
                durations.push((name, duration.as_str()));
            }
        }
        durations
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        for (_, duration) in self.durations() {
            problems.check(valid::duration(duration));
        }
        if self
            .retries
            .is_some_and(|retries| i32::try_from(retries).is_err())
        {
            problems.wrong("--retries is at most 2147483647");
        }
        match &self.command {
            Some(CommandLine::Exec(arguments)) if arguments.is_empty() => {
                problems.unwritable("the command is empty")
            }
            Some(command) => command.check(problems),
            None if !self.durations().is_empty() || self.retries.is_some() => {
                problems.wrong("HEALTHCHECK NONE accepts no flags")
            }
            None => {}
        }
    }

    pub(super) fn write(&self, pen: &Pen<'_>) -> String {
        let durations = self.durations().into_iter();
        let mut flags: Vec<String> = durations
            .map(|(name, duration)| pen.flag(name, duration))
            .collect();
        if let Some(retries) = self.retries {
            flags.push(format!("--retries={retries}"));
        }
        match &self.command {
            Some(command) => {
                render::instruction(Self::KEYWORD, &flags, &format!("CMD {}", command.write()))
            }
            None => "HEALTHCHECK NONE".to_owned(),
        }
    }
}
