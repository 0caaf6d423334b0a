//! Parses a build log for facts about secrets: which steps ran, and their output.
//!
//! In: the lines of `--progress=rawjson`, of `--progress=plain` of older builders, or of buildah and podman. Out: gaps, and the
//! output, to be searched like an image. The output of a step is kept in memory that is wiped, and is never shown.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{BufRead, Cursor};

use dockerfile_dsl_analysis::secret_text;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::{Gap, Image, Reason};

/// Max. output of a build that is searched, in bytes; the rest is reported as a gap.
const LONGEST: usize = 32 << 20;
const LONGEST_LINE: u64 = 4 << 20;

/// Facts of a build log.
#[derive(Default)]
pub struct BuildLog {
    steps: BTreeMap<String, LogStep>,
    /// Buildah's current step, whose output follows.
    current: Option<String>,
    configs: BTreeSet<String>,
    error: Option<Zeroizing<String>>,
    text: Zeroizing<Vec<u8>>,
    is_cut: bool,
}

#[derive(Debug, Default)]
struct LogStep {
    name: String,
    is_completed: bool,
    is_cached: bool,
}

/// A line of rawjson.
#[derive(Deserialize)]
struct Status {
    #[serde(default)]
    vertexes: Vec<Vertex>,
    #[serde(default)]
    statuses: Vec<Export>,
    #[serde(default)]
    logs: Vec<StepOutput>,
}

#[derive(Deserialize)]
struct Vertex {
    digest: String,
    #[serde(default)]
    name: String,
    completed: Option<String>,
    #[serde(default)]
    cached: bool,
    #[serde(default)]
    error: String,
}

#[derive(Deserialize)]
struct Export {
    #[serde(default)]
    id: String,
}

#[derive(Deserialize)]
struct StepOutput {
    data: Option<String>,
}

impl BuildLog {
    /// Reads the log to its end, and reports each step's title as it begins.
    pub fn read(mut reader: impl BufRead, mut on_step: impl FnMut(&str)) -> Self {
        let mut log = Self::default();
        let mut line = Zeroizing::new(Vec::new());
        loop {
            line.clear();
            let read = std::io::Read::take(&mut reader, LONGEST_LINE).read_until(b'\n', &mut line);
            if !matches!(read, Ok(1..)) {
                return log;
            }
            match serde_json::from_slice::<Status>(&line) {
                Ok(status) => log.status(status, &mut on_step),
                Err(_) => log.plain(&line, &mut on_step),
            }
        }
    }

    fn status(&mut self, status: Status, on_step: &mut impl FnMut(&str)) {
        for vertex in status.vertexes {
            let step = self.steps.entry(vertex.digest).or_default();
            if step.name.is_empty() && !vertex.name.is_empty() {
                on_step(&vertex.name);
                step.name = vertex.name;
            }
            step.is_completed |= vertex.completed.is_some();
            step.is_cached |= vertex.cached;
            let error = Zeroizing::new(vertex.error);
            self.add(error.as_bytes());
            if !error.is_empty() {
                self.error = Some(error);
            }
        }
        for export in status.statuses {
            if let Some(digest) = export.id.strip_prefix("exporting config ") {
                self.configs.insert(digest.to_owned());
            }
        }
        for log in status.logs {
            let data = Zeroizing::new(log.data.unwrap_or_default());
            match secret_text::decode_base64::<Zeroizing<Vec<u8>>>(data.as_bytes()) {
                Some(text) => self.add(&text),
                None => self.add(data.as_bytes()),
            }
        }
    }

    /// Parses `#5 [2/2] RUN ..`, `#5 CACHED`, `#5 DONE 0.1s`, `#5 0.123 output`, and lines of Buildah.
    fn plain(&mut self, line: &[u8], on_step: &mut impl FnMut(&str)) {
        self.add(line);
        let text = Zeroizing::new(String::from_utf8_lossy(line).into_owned());
        let text = text.trim_end();
        if ["ERROR: ", "Error: ", "error: "]
            .iter()
            .any(|start| text.starts_with(start))
        {
            self.error = Some(Zeroizing::new(text.to_owned()));
        }
        let Some((number, rest)) = text.strip_prefix('#').and_then(|rest| rest.split_once(' '))
        else {
            self.buildah(text, on_step);
            return;
        };
        if number.parse::<u32>().is_err() {
            return;
        }
        let step = self.steps.entry(number.to_owned()).or_default();
        match rest {
            "CACHED" => (step.is_completed, step.is_cached) = (true, true),
            _ if rest.starts_with("DONE") => step.is_completed = true,
            // Any other line may be the output of a step.
            _ if step.name.is_empty() && rest.starts_with('[') => {
                on_step(rest);
                rest.clone_into(&mut step.name);
            }
            _ => {}
        }
    }

    /// Parses `STEP 2/3: RUN ..` or `[1/2] STEP 2/3: RUN ..`, followed by its output, or `--> Using cache ID`. A step that prints
    /// such a line can only make itself look cached.
    fn buildah(&mut self, line: &str, on_step: &mut impl FnMut(&str)) {
        if line.starts_with("--> Using cache") {
            if let Some(step) = self
                .current
                .as_ref()
                .and_then(|name| self.steps.get_mut(name))
            {
                step.is_cached = true;
            }
            return;
        }
        let number = |text: &str| {
            text.bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'/')
        };
        let rest = match line
            .strip_prefix('[')
            .and_then(|rest| rest.split_once("] "))
        {
            Some((stage, rest)) if number(stage) => rest,
            _ => line,
        };
        let title = rest
            .strip_prefix("STEP ")
            .and_then(|rest| rest.split_once(": "))
            .filter(|(step, _)| number(step));
        if title.is_some() {
            on_step(line);
            // If the build fails later, it has no image; so a step that began has ended.
            let step = self.steps.entry(line.to_owned()).or_default();
            line.clone_into(&mut step.name);
            step.is_completed = true;
            self.current = Some(line.to_owned());
        }
    }

    fn add(&mut self, text: &[u8]) {
        let room = LONGEST - self.text.len();
        self.is_cut |= text.len() > room;
        if self.text.capacity() < self.text.len() + text.len() {
            // A growing buffer would leave its old content in freed memory.
            let mut larger = Zeroizing::new(Vec::with_capacity(
                (self.text.len() + text.len())
                    .next_power_of_two()
                    .max(1 << 16),
            ));
            larger.extend_from_slice(&self.text);
            self.text = larger;
        }
        self.text.extend_from_slice(&text[..text.len().min(room)]);
    }

    /// Returns why the image may contain an unknown value: a step that gets a secret and came from the cache may have run with an
    /// earlier value. `fetches` decides which other titles are of steps that get one (an ADD from a private source).
    #[must_use]
    pub fn gaps(&self, fetches: impl Fn(&str) -> bool) -> Vec<Gap> {
        let mut gaps = Vec::new();
        let mut seen = false;
        for step in self.steps.values() {
            if !step.name.contains("type=secret") && !fetches(&step.name) {
                continue;
            }
            seen = true;
            if step.is_cached || !step.is_completed {
                let detail = "this step gets a secret and came from the cache: the image may \
                              contain an earlier value; build with `.fresh_secrets()`";
                gaps.push(Gap::new(Reason::CachedStep, step.name.clone(), detail));
            }
        }
        if !seen {
            gaps.push(Gap::new(
                Reason::BuildLog,
                "",
                "the builder did not report whether the steps that get a secret ran or came from \
                 the cache",
            ));
        }
        if self.is_cut {
            gaps.push(Gap::new(
                Reason::BuildLog,
                "",
                "the build printed more than 32 MiB: the rest was not searched",
            ));
        }
        gaps
    }

    /// Returns the builder's error message. It may quote the output of a step: redact it before showing it.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        if let Some(error) = &self.error {
            return Some(error);
        }
        // Before the first step, all output is the builder's.
        let text = std::str::from_utf8(&self.text).ok()?;
        let last = text.lines().rfind(|line| !line.trim().is_empty());
        last.filter(|_| self.steps.is_empty())
    }

    /// Returns the digests of the exported image configs: equal digests, equal image.
    #[must_use]
    pub fn configs(&self) -> &BTreeSet<String> {
        &self.configs
    }

    /// Returns the output of the build, to be searched.
    #[must_use]
    pub fn into_image(mut self) -> Image {
        let text = std::mem::take(&mut self.text);
        Image::log("the build log", Cursor::new(Wiped(text)))
    }
}

struct Wiped(Zeroizing<Vec<u8>>);

impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for BuildLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BuildLog")
            .field("steps", &self.steps)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(log: &str, expected: &[&str]) {
        let gaps = BuildLog::read(log.as_bytes(), |_| ()).gaps(|_| false);
        assert_eq!(
            gaps.iter().map(|gap| gap.reason.name()).collect::<Vec<_>>(),
            expected,
            "{log}"
        );
    }

    #[test]
    fn a_cached_step_with_a_secret_is_a_gap() {
        let step = |rest: &str| {
            format!(
                "{{\"vertexes\":[{{\"digest\":\"sha256:1\",\"name\":\"[2/2] RUN \
                 --mount=type=secret,id=T x\"{rest}}}]}}\n"
            )
        };
        check(&step(",\"completed\":\"2026-01-01T00:00:00Z\""), &[]);
        check(
            &step(",\"completed\":\"2026-01-01T00:00:00Z\",\"cached\":true"),
            &["cached-step"],
        );
        check(&step(""), &["cached-step"]);
        check(
            "#5 [2/2] RUN --mount=type=secret,id=T x\n#5 CACHED\n",
            &["cached-step"],
        );
        check(
            "#5 [2/2] RUN --mount=type=secret,id=T x\n#5 0.1 out\n#5 DONE 0.2s\n",
            &[],
        );
        check("#5 [2/2] RUN x\n#5 CACHED\n", &["build-log"]);
    }

    #[test]
    fn buildah_says_what_came_from_the_cache() {
        let secret = "STEP 2/3: RUN --mount=type=secret,id=T x\n";
        check(&format!("STEP 1/3: FROM y\n{secret}out\n--> 1f2e\n"), &[]);
        check(
            &format!("STEP 1/3: FROM y\n{secret}--> Using cache 1f2e\n--> 1f2e\nSTEP 3/3: RUN z\n"),
            &["cached-step"],
        );
        check(
            &format!("{secret}STEP 3/3: RUN z\n--> Using cache 1f2e\n"),
            &[],
        );
        check(
            &format!("[1/2] {secret}--> Using cache 1f2e\n[2/2] {secret}out\n"),
            &["cached-step"],
        );
        check("STEP 1/2: RUN x\n--> Using cache 1\n", &["build-log"]);
    }

    #[test]
    fn a_failed_build_has_its_reason() {
        let error = |log: &str| {
            BuildLog::read(log.as_bytes(), |_| ())
                .error()
                .map(str::to_owned)
        };
        let said =
            "{\"vertexes\":[{\"digest\":\"1\",\"name\":\"x\",\"error\":\"exit code: 3\"}]}\n";
        assert_eq!(error(said).as_deref(), Some("exit code: 3"));
        assert_eq!(
            error("STEP 2/2: RUN x\nError: of the step\nError: building at STEP\n").as_deref(),
            Some("Error: building at STEP")
        );
        assert_eq!(
            error("unknown flag: --secret\n\n").as_deref(),
            Some("unknown flag: --secret")
        );
        assert_eq!(error("#5 [1/1] RUN x\n#5 DONE 0.1s\n"), None);
    }

    #[test]
    fn exported_configs_are_kept() {
        let log = "{\"statuses\":[{\"id\":\"exporting config sha256:1a\"},{\"id\":\"exporting \
                   layers\"}]}\n";
        let log = BuildLog::read(log.as_bytes(), |_| ());
        assert_eq!(log.configs().iter().collect::<Vec<_>>(), ["sha256:1a"]);
    }

    #[test]
    fn what_was_printed_is_searched() {
        let secret = crate::Secret::new("t", "printed-by-mistake-42").unwrap();
        // base64("token=printed-by-mistake-42\n")
        let log = "{\"logs\":[{\"vertex\":\"sha256:1\",\"data\":\
                   \"dG9rZW49cHJpbnRlZC1ieS1taXN0YWtlLTQyCg==\"}]}\n";
        let report = crate::Verify::new([secret])
            .run(BuildLog::read(log.as_bytes(), |_| ()).into_image())
            .unwrap();
        assert_eq!(
            (report.findings.len(), report.findings[0].place.name()),
            (1, "log")
        );
    }
}
