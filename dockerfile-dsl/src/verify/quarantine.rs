//! Builds with a remote builder: the image goes to a registry without a tag, is searched there, and is tagged only if it is
//! clean.
//!
//! In: a [`BuildCommand`] and a repository. Out: a [`Report`]. Invariants: no tag names an image that is not clean; the report
//! states which parts of such an image the registry keeps.

use std::ffi::OsStr;
use std::path::PathBuf;

use dockerfile_dsl_verify::Registry;
use dockerfile_dsl_verify::file::PrivateFolder;

use super::{Build, Gap, Reason, Report, Verdict, from_verify};
use crate::build_command::check_image_name;
use crate::masked_debug::masked_debug;
use crate::preflight::Given;
use crate::{BuildCommand, BuildTool, Error};

/// A repository of a registry that stores images by digest, without tags, until they are searched.
///
/// Anyone who can read the repository and learns the digest can read a leaking image until it is deleted: give access only to
/// people trusted with the secrets.
#[derive(Clone)]
pub struct Quarantine {
    repository: String,
    registry_tool: Option<PathBuf>,
}

masked_debug!(Quarantine {
    repository,
    registry_tool
});

impl Quarantine {
    /// A repository such as `registry.example/team/quarantine`. It may be the repository of the tags.
    pub fn new(repository: impl Into<String>) -> Self {
        Self {
            repository: repository.into(),
            registry_tool: None,
        }
    }

    /// Sets the program that reads the registry: see [`Registry::tool`].
    #[must_use]
    pub fn registry_tool(mut self, program: impl Into<PathBuf>) -> Self {
        self.registry_tool = Some(program.into());
        self
    }

    fn check(&self) -> Result<(), Error> {
        check_image_name(&self.repository)?;
        let last = self.repository.rsplit('/').next().unwrap_or_default();
        if last.contains(':') || !self.repository.contains('/') {
            return Err(Error::new(format!(
                "the quarantine `{}` is a repository of a registry, without a tag: \
                    registry.example/team/quarantine",
                self.repository.escape_debug()
            )));
        }
        Ok(())
    }

    fn image(&self, reference: &str) -> Result<Registry, Error> {
        let registry = Registry::new(reference).map_err(from_verify)?;
        Ok(match &self.registry_tool {
            Some(program) => registry.tool(program),
            None => registry,
        })
    }
}

impl BuildCommand {
    /// Builds and **uploads** the image by digest to a quarantine, and searches it and the build's output for the value of every
    /// secret that the build got. It gets the [`tag`](Self::tag)s in the registry only if it is clean. Otherwise the digest is
    /// deleted, if the registry allows that; [`Report::kept`] lists what remains.
    ///
    /// For remote builders (Buildx with a remote, Kubernetes or docker-container driver), where
    /// [`build_and_verify`](Self::build_and_verify) would download the image and load it. The search needs crane or skopeo,
    /// logged in to the registry.
    ///
    /// ```no_run
    /// # use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, sh};
    /// # const TOKEN: Secret = Secret::env("TOKEN");
    /// # let stage = Stage::from_image("debian").run(sh!("curl -fsS -H @{TOKEN} https://example.com -o /srv/x")).build();
    /// # let image = Dockerfile::from_stage(&stage)?;
    /// use dockerfile_dsl::verify::Quarantine;
    ///
    /// let quarantine = Quarantine::new("registry.example.com/team/quarantine");
    /// let mut command = image.build_command();
    /// command.builder("remote").tag("registry.example.com/team/app:1");
    /// println!("{}", command.build_verify_and_push(&quarantine)?.human());
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`build_and_verify`](Self::build_and_verify); also if the registry cannot be read, or refuses a tag.
    pub fn build_verify_and_push(&self, quarantine: &Quarantine) -> Result<Report, Error> {
        let given = self.read_secrets()?;
        self.preflight_with(&given)?;
        self.tell_differences(&given)?;
        let program = OsStr::new(self.tool.program());
        self.build_verify_and_push_with(program, &given, quarantine)
    }

    pub(super) fn build_verify_and_push_with(
        &self,
        program: &OsStr,
        given: &Given,
        quarantine: &Quarantine,
    ) -> Result<Report, Error> {
        if self.tool != BuildTool::Buildx {
            return Err(Error::new(
                "only Buildx pushes an image by its digest: use `build_and_verify`, and push \
                    the tag after a clean verdict",
            ));
        }
        quarantine.check()?;
        let mut report = self
            .prepared(program, given)?
            .push_then_search(quarantine)?;
        report.image = self.tags.join(", ");
        Ok(report)
    }
}

impl Build<'_> {
    fn push_then_search(&mut self, quarantine: &Quarantine) -> Result<Report, Error> {
        let folder = PrivateFolder::new()
            .map_err(|error| Error::io("cannot create a private folder", error))?;
        let metadata = folder.path().join("metadata.json");
        self.metadata_file = Some(metadata.clone());
        let repository = &quarantine.repository;
        let mut command = self.command.clone();
        command.tags.clear();
        // A builder with its own image store would keep the image there, too.
        command.outputs = vec![format!(
            "type=image,name={repository},push-by-digest=true,name-canonical=true,push=true,\
             store=false"
        )];
        let (log, ()) = self.run(&command, |_| ())?;
        let text = std::fs::read_to_string(&metadata)
            .map_err(|error| Error::io("the builder does not report what it pushed", error))?;
        let digest = digest(&text)
            .ok_or_else(|| Error::new("the builder does not report the digest that it pushed"))?;
        let reference = format!("{repository}@{digest}");
        let image = quarantine.image(&reference)?;
        let searched = self
            .verify
            .run(image.clone().into())
            .map_err(from_verify)
            .and_then(|mut report| {
                self.add_log(log, &mut report)?;
                Ok(report)
            });
        let mut report = match searched {
            Ok(report) => report,
            Err(error) => {
                return Err(Error::new(format!(
                    "{error}; {}",
                    delete(&image, &reference)
                )));
            }
        };
        if report.verdict() == Verdict::Clean {
            self.tag_in_registry(quarantine, digest, &mut report)?;
        }
        let is_tagged_there = |tag: &String| without_tag(tag) == repository;
        if report.verdict() != Verdict::Clean {
            report.kept.push(delete(&image, &reference));
        } else if !self.command.tags.iter().any(is_tagged_there) {
            // A clean image in the quarantine does no harm.
            let _ = image.delete();
        }
        Ok(report)
    }

    /// Copies the manifest to the tags, and checks that they name the image that was searched.
    fn tag_in_registry(
        &self,
        quarantine: &Quarantine,
        digest: &str,
        report: &mut Report,
    ) -> Result<(), Error> {
        let source = format!("{}@{digest}", quarantine.repository);
        // Otherwise an image without an index would get one, and with it another digest.
        let mut arguments = vec!["buildx", "imagetools", "create", "--prefer-index=false"];
        if let Some(builder) = &self.command.builder {
            arguments.extend(["--builder", builder]);
        }
        for tag in &self.command.tags {
            arguments.extend(["--tag", tag]);
        }
        arguments.push(&source);
        self.client.run(&arguments)?;
        for tag in &self.command.tags {
            let actual = quarantine.image(tag)?.digest().map_err(from_verify)?;
            if actual != digest {
                report.add_gap(Gap::new(
                    Reason::Digest,
                    tag,
                    format!("the tag names {actual}, but {digest} was searched"),
                ));
            }
        }
        Ok(())
    }
}

/// Deletes an image that is not clean. Returns a description of what remains.
fn delete(image: &Registry, reference: &str) -> String {
    match image.delete() {
        Ok(()) => format!(
            "{reference} was deleted; its blobs remain until the registry removes \
                unreferenced blobs"
        ),
        Err(error) => format!("{reference} is still in the registry, without a tag: {error}"),
    }
}

fn without_tag(name: &str) -> &str {
    match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => name,
    }
}

/// Parses the digest in the file of `--metadata-file`.
fn digest(metadata: &str) -> Option<&str> {
    // The last one: the provenance before it quotes build arguments.
    let (_, rest) = metadata.rsplit_once("\"containerimage.digest\"")?;
    let digest = rest.split('"').nth(1)?;
    let hex = digest.strip_prefix("sha256:")?;
    (hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(digest)
}

#[cfg(all(test, unix, feature = "macros"))]
mod tests;

#[cfg(test)]
mod units {
    use super::*;

    #[test]
    fn digest_is_parsed_from_the_metadata() {
        let hex = "0123456789abcdef".repeat(4);
        let text = format!(
            "{{\n  \"buildx.build.ref\": \"a/b/c\",\n  \"containerimage.digest\": \
                \"sha256:{hex}\"\n}}"
        );
        assert_eq!(digest(&text), Some(&format!("sha256:{hex}")[..]));
        for text in [
            "",
            "{}",
            "{\"containerimage.digest\": \"sha256:-x\"}",
            "\"containerimage.digest\"",
        ] {
            assert_eq!(digest(text), None, "{text}");
        }
    }

    #[test]
    fn quarantine_with_a_tag_is_refused() {
        let check = |name: &str| Quarantine::new(name).check();
        for name in ["reg.example/a/b", "localhost:5000/a", "team/quarantine"] {
            assert!(check(name).is_ok(), "{name}");
        }
        for name in [
            "reg.example/a:1",
            "app",
            "",
            "reg.example/a@sha256:1",
            "reg.example/A",
            "a b/c",
            "a/b,push=false",
        ] {
            assert!(check(name).is_err(), "{name}");
        }
    }
}
