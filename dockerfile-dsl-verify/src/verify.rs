//! The whole check: turns secrets into needles and an image into scanned blobs, and both into a report.
//!
//! One file, because a verdict combines the results of all steps.

use std::collections::HashSet;
use std::sync::atomic::AtomicU64;

use assembly::Assembly;
use dockerfile_dsl_analysis::secret_text::{LEAST_LENGTH, trim};

use crate::base;
use crate::image::{Image, Source};
use crate::layout;
use crate::needle::{Needle, needles_of, parts_of};
use crate::redact::Redactor;
use crate::scan::Scan;
use crate::search::Matcher;
use crate::{Error, Gap, Limits, Progress, Reason, Report, Secret};

mod assembly;

/// A check: the secrets, and the settings of the search.
///
/// ```no_run
/// use dockerfile_dsl_verify::{Image, Secret, Verify};
///
/// let report = Verify::new([Secret::from_env("TOKEN", "TOKEN")?])
///     .base_image(Image::in_engine("docker", "debian:bookworm"))?
///     .run(Image::path("app.tar"))?;
/// print!("{}", report.human());
/// # Ok::<(), dockerfile_dsl_verify::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is searched before `run`"]
pub struct Verify {
    secrets: Vec<Secret>,
    base_layers: HashSet<String>,
    limits: Limits,
    digests: Digests,
    progress: Progress,
    may_be_without_secrets: bool,
}

/// Digests to compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Digests {
    None,
    Blobs,
    All,
}

impl Verify {
    /// Creates a check for these secrets.
    pub fn new(secrets: impl IntoIterator<Item = Secret>) -> Self {
        Self {
            secrets: secrets.into_iter().collect(),
            base_layers: HashSet::new(),
            limits: Limits::default(),
            digests: Digests::Blobs,
            progress: Progress::default(),
            may_be_without_secrets: false,
        }
    }

    /// Accepts an empty list of secrets, for a series of builds of which some get none. Otherwise an empty list is an error,
    /// since every image would be clean.
    pub fn may_be_without_secrets(mut self) -> Self {
        self.may_be_without_secrets = true;
        self
    }

    /// Adds layers of the base image, by their diff ids or digests. A part of a secret that also occurs there is known text; a
    /// whole value is always a finding.
    pub fn base_layers(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.base_layers.extend(ids.into_iter().map(Into::into));
        self
    }

    /// Adds the layers of a base image, in an engine's store or in any other searchable form.
    ///
    /// # Errors
    /// Returns an error if its layers cannot be determined: the image is missing or invalid.
    pub fn base_image(self, image: Image) -> Result<Self, Error> {
        let layers = match image.source {
            Source::Engine(engine) => base::layers_in_engine(&engine, &image.name)?,
            source => {
                // Nothing is searched for.
                let scan = Scan {
                    matcher: Matcher::new(Vec::new()),
                    limits: self.limits.clone(),
                    digests: false,
                    diff_ids: false,
                    read: Default::default(),
                    decoded: Default::default(),
                    windows: Default::default(),
                    paths: AtomicU64::new(0),
                };
                let redactor = Redactor::new(&[], std::iter::empty());
                let contents = source.scan(&image.name, &scan, &Progress::default(), &redactor)?;
                base::layers(&image.name, &contents)?
            }
        };
        Ok(self.base_layers(layers))
    }

    /// Sets the bounds on time and memory.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Checks the diff ids of compressed layers, too, which costs another SHA-256 of everything.
    pub fn check_diff_ids(mut self) -> Self {
        self.digests = Digests::All;
        self
    }

    /// Checks no digests, for an image that was built on this machine just now.
    pub fn skip_digests(mut self) -> Self {
        self.digests = Digests::None;
        self
    }

    /// Reports the progress.
    ///
    /// ```no_run
    /// use dockerfile_dsl_verify::{Image, Progress, Secret, Verify};
    ///
    /// let progress = Progress::default();
    /// let verify = Verify::new([Secret::from_env("TOKEN", "TOKEN")?]).progress(progress.clone());
    /// let search = std::thread::spawn(move || verify.run(Image::path("app.tar")));
    /// while !search.is_finished() {
    ///     eprintln!("{} of {:?} bytes", progress.read(), progress.total());
    ///     std::thread::sleep(std::time::Duration::from_secs(1));
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn progress(mut self, progress: Progress) -> Self {
        self.progress = progress;
        self
    }

    /// Returns a function that redacts parts of the values in other text of a build.
    pub fn redact(&self) -> impl Fn(&str) -> String + use<> {
        let Prepared { redactor, .. } = self.prepare();
        move |text| redactor.text(text)
    }

    /// Computes the needles.
    fn prepare(&self) -> Prepared {
        let mut gaps = Vec::new();
        let mut needles = Vec::new();
        let mut groups = Vec::new();
        for (index, secret) in self.secrets.iter().enumerate() {
            let parts = parts_of(secret);
            if parts.too_short > 0 {
                let detail = if secret.value().is_empty() {
                    "it is empty here, so the value of the build is unknown".to_owned()
                } else {
                    format!(
                        "{} has fewer than {LEAST_LENGTH} bytes and cannot be distinguished \
                         from other text",
                        if parts.pieces.is_empty() {
                            "each part of it"
                        } else {
                            "a credential in it"
                        }
                    )
                };
                gaps.push(Gap::new(
                    Reason::ShortSecret,
                    format!("secret `{}`", secret.id()),
                    detail,
                ));
            }
            groups.push(parts.groups);
            needles_of(index, &parts.pieces, &mut needles);
        }
        let redactor = Redactor::new(
            &needles,
            self.secrets.iter().map(|secret| trim(secret.value())),
        );
        Prepared {
            needles,
            groups,
            gaps,
            redactor,
        }
    }

    /// Reads and searches the image.
    ///
    /// # Errors
    /// Returns an error if a verdict is impossible: the list of secrets is empty, the image cannot be opened, is invalid or empty, or
    /// the engine or the registry fails.
    pub fn run(&self, image: Image) -> Result<Report, Error> {
        if self.secrets.is_empty() && !self.may_be_without_secrets {
            return Err(Error::usage(
                "no secrets to search for: name those that the build got",
            ));
        }
        let Prepared {
            needles,
            groups,
            mut gaps,
            redactor,
        } = self.prepare();
        let scan = Scan {
            matcher: Matcher::new(needles),
            limits: self.limits.clone(),
            digests: self.digests != Digests::None,
            diff_ids: self.digests == Digests::All,
            read: self.progress.read.clone(),
            decoded: Default::default(),
            windows: Default::default(),
            paths: AtomicU64::new(0),
        };
        let shown = image.shown();
        let is_folder = matches!(&image.source, Source::Path(path, _) if path.is_dir());
        let mut contents = image
            .source
            .scan(&image.name, &scan, &self.progress, &redactor)?;
        let (roles, layout_gaps) = layout::roles(&contents);
        gaps.append(&mut contents.gaps);
        gaps.extend(layout_gaps);
        let assembly = Assembly {
            secrets: &self.secrets,
            base_layers: &self.base_layers,
            scan: &scan,
            redactor: &redactor,
            groups: &groups,
            contents: &mut contents,
            roles: &roles,
        };
        let report = assembly.report(&shown, gaps);
        if !report.has_content && report.findings.is_empty() && report.incomplete.is_empty() {
            let why = if is_folder {
                "is an empty folder: it has nothing to search"
            } else {
                "is not an image: it has neither a layer nor any other blob"
            };
            return Err(Error::usage(format!("{} {why}", report.image)));
        }
        Ok(report)
    }

    /// Searches several images, such as the targets of one bake group, and returns one report, in which each finding and gap has
    /// the name of its target.
    ///
    /// ```no_run
    /// use dockerfile_dsl_verify::{Image, Secret, Verify};
    ///
    /// let targets = ["server", "worker"].map(|name| (name.to_owned(), Image::in_engine("docker", name)));
    /// let report = Verify::new([Secret::from_env("TOKEN", "TOKEN")?]).run_all(targets)?;
    /// # Ok::<(), dockerfile_dsl_verify::Error>(())
    /// ```
    ///
    /// # Errors
    /// Returns an error if [`run`](Self::run) fails for one of them, with its name; or if the list is empty.
    pub fn run_all(
        &self,
        targets: impl IntoIterator<Item = (String, Image)>,
    ) -> Result<Report, Error> {
        let mut reports = targets.into_iter().map(|(target, image)| {
            let name = image.shown();
            let mut report = self.run(image).map_err(|error| {
                if name == target {
                    error
                } else {
                    error.of(&target)
                }
            })?;
            report.set_target(&self.redact()(&target));
            Ok(report)
        });
        let mut all = reports
            .next()
            .ok_or_else(|| Error::usage("no image to search"))??;
        for report in reports {
            let report = report?;
            all.image = format!("{}, {}", all.image, report.image);
            all.extend(report);
        }
        Ok(all)
    }
}

/// The secrets, ready for the search.
struct Prepared {
    needles: Vec<Needle>,
    /// For each secret, the number of groups of its pieces.
    groups: Vec<usize>,
    gaps: Vec<Gap>,
    redactor: Redactor,
}
