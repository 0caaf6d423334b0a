//! Resolves the name of an image to its source.
//!
//! In: `app`, `./app`, `docker:app`, `registry:reg.example/app:1`. Out: an [`Image`], or an error that lists the schemes.
//! Invariant: an ambiguous name is never resolved without a note.

use std::path::{Path, PathBuf};

use crate::archive::Form;
use crate::{Error, Image, Registry};

/// Every scheme and its source.
const SCHEMES: &[(&str, &str)] = &[
    ("docker:", "an image of Docker's store"),
    ("podman:", "an image of podman's store"),
    ("buildah:", "an image of buildah's store"),
    (
        "oci:",
        "the directory of an OCI layout or of an exported cache",
    ),
    ("oci-archive:", "a tar of an OCI layout"),
    ("docker-archive:", "what `docker save` writes"),
    ("dir:", "a root file system, or any directory of files"),
    ("registry:", "an image in a registry, by crane or skopeo"),
    ("docker://", "the same, also of Docker Hub"),
];

/// Schemes of other tools that are not supported here.
const FOREIGN: &[&str] = &[
    "containers-storage",
    "docker-daemon",
    "ostree",
    "sif",
    "tarball",
    "file",
    "http",
    "https",
    "atomic",
    "nerdctl",
    "containerd",
];

/// Extensions that only files have.
const EXTENSIONS: &[&str] = &[
    ".tar",
    ".tgz",
    ".gz",
    ".zst",
    ".xz",
    ".bz2",
    ".log",
    ".txt",
    ".dockerbuild",
    ".json",
];

/// Resolves names of images, with the settings that a name does not contain: the engine, the platform, the program that reads
/// registries.
///
/// ```no_run
/// use dockerfile_dsl_verify::Names;
///
/// let image = Names::new().platform("linux/arm64").find("registry:registry.example.com/app:1")?;
/// # Ok::<(), dockerfile_dsl_verify::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Names {
    engine: PathBuf,
    platform: Option<String>,
    registry_tool: Option<PathBuf>,
}

impl Default for Names {
    fn default() -> Self {
        Self::new()
    }
}

impl Names {
    /// Uses the engine `docker`.
    #[must_use]
    pub fn new() -> Self {
        Self {
            engine: "docker".into(),
            platform: None,
            registry_tool: None,
        }
    }

    /// Sets the client of the engine for names without a scheme.
    #[must_use]
    pub fn engine(mut self, program: impl Into<PathBuf>) -> Self {
        self.engine = program.into();
        self
    }

    /// Sets the platform of images in registries: see [`Registry::platform`].
    #[must_use]
    pub fn platform(mut self, platform: impl Into<String>) -> Self {
        self.platform = Some(platform.into());
        self
    }

    /// Sets the program that reads registries: see [`Registry::tool`].
    #[must_use]
    pub fn registry_tool(mut self, program: impl Into<PathBuf>) -> Self {
        self.registry_tool = Some(program.into());
        self
    }

    /// Returns the schemes that [`find`](Self::find) supports, each with its source.
    #[must_use]
    pub const fn schemes() -> &'static [(&'static str, &'static str)] {
        SCHEMES
    }

    /// Resolves a name. `-` is standard input. A name without a scheme is a path if that exists, else an image of the engine's
    /// store; if it could be both, [`Image::note`] says which was chosen and how to write the other.
    ///
    /// # Errors
    /// Returns an error for an unknown scheme, a platform outside a registry, and an invalid name.
    pub fn find(&self, text: &str) -> Result<Image, Error> {
        let mut image = self.image(text)?;
        let is_in_registry = matches!(image.source, crate::image::Source::Registry(_));
        // `app` alone could be the directory or the image of this name.
        if !is_in_registry && SCHEMES.iter().any(|(scheme, _)| text.starts_with(scheme)) {
            image.shown = Some(text.to_owned());
        }
        if self.platform.is_some() && !is_in_registry {
            return Err(Error::usage(format!(
                "a platform can be selected in a registry only, and `{}` is not in one: \
                    all of it is searched",
                text.escape_debug()
            )));
        }
        Ok(image)
    }

    fn image(&self, text: &str) -> Result<Image, Error> {
        if text.is_empty() {
            return Err(Error::usage("the name of the image is empty"));
        }
        if text == "-" {
            return Ok(Image::reader("standard input", std::io::stdin()));
        }
        if let Some(reference) = text.strip_prefix("docker://") {
            return self.registry(reference);
        }
        let (scheme, rest) = text.split_once(':').unwrap_or(("", text));
        if !scheme.is_empty() && rest.is_empty() {
            return Err(Error::usage(format!(
                "nothing follows the `:` of `{}`",
                text.escape_debug()
            )));
        }
        if rest.starts_with("//") && is_word(scheme) {
            return Err(unknown_scheme(scheme));
        }
        match scheme {
            "docker" | "podman" | "buildah" => self.in_engine(scheme, rest),
            "registry" => {
                // `registry:2` is an image on Docker Hub.
                if !crate::registry::Reference::parse(rest)?.has_host() {
                    return Err(Error::usage(format!(
                        "`{text}` has no registry: write registry:HOST/{rest}, docker://{rest} \
                         for \
                         Docker Hub, or docker:{text} for the image called {text} of Docker's store"
                    )));
                }
                self.registry(rest)
            }
            "oci" => match rest.rsplit_once(':') {
                Some((path, tag)) if !Path::new(rest).exists() && Path::new(path).is_dir() => {
                    Err(Error::usage(format!(
                        "all images of an OCI layout are searched: remove `:{}`",
                        tag.escape_debug()
                    )))
                }
                _ => Ok(Image::of_form(rest, Form::Layout)),
            },
            "oci-archive" => Ok(Image::of_form(rest, Form::OciArchive)),
            "docker-archive" => Ok(Image::of_form(rest, Form::DockerArchive)),
            "dir" => Ok(Image::of_form(rest, Form::Tree)),
            _ if FOREIGN.contains(&scheme) => Err(unknown_scheme(scheme)),
            _ => self.without_scheme(text),
        }
    }

    fn without_scheme(&self, text: &str) -> Result<Image, Error> {
        let is_file_name = text.starts_with(['.', '/'])
            || EXTENSIONS.iter().any(|extension| text.ends_with(extension));
        let path = Path::new(text);
        if is_file_name {
            return Ok(Image::path(text));
        }
        if path.exists() {
            return self.path_or_image(text);
        }
        if is_image_name(text) {
            return self.in_engine("", text);
        }
        match text.split_once(':') {
            Some((scheme, _)) if is_word(scheme) => Err(unknown_scheme(scheme)),
            _ => Err(Error::usage(format!(
                "`{}` is neither a file here nor the name of an image",
                text.escape_debug()
            ))),
        }
    }

    /// Resolves a path that exists and does not look like one.
    fn path_or_image(&self, text: &str) -> Result<Image, Error> {
        if !is_image_name(text) {
            return Ok(Image::path(text));
        }
        let scheme = self.scheme();
        if Path::new(text).is_dir() && !crate::archive::is_layout(Path::new(text)) {
            return Err(Error::usage(format!(
                "`{text}` is a directory here, not an image: it has no index.json, oci-layout or \
                 manifest.json. Write {scheme}:{text} for the image of this name, or dir:{text} \
                 for the files of the directory"
            )));
        }
        let mut image = Image::of_form(format!("./{text}"), Form::NamedAsImage);
        image.note = Some(format!(
            "`{text}` is read as the path ./{text}; the image of this name is written \
                {scheme}:{text}"
        ));
        Ok(image)
    }

    /// Returns the scheme of the selected engine.
    fn scheme(&self) -> &str {
        match self.engine.file_stem().and_then(|name| name.to_str()) {
            Some(name @ ("podman" | "buildah")) => name,
            _ => "docker",
        }
    }

    fn in_engine(&self, scheme: &str, name: &str) -> Result<Image, Error> {
        if !is_image_name(name) {
            return Err(Error::usage(format!(
                "invalid name `{}` of an image in an engine's store",
                name.escape_debug()
            )));
        }
        // A client of that kind at another path.
        let is_chosen = scheme.is_empty() || self.scheme() == scheme;
        let engine = if is_chosen {
            self.engine.clone()
        } else {
            scheme.into()
        };
        Ok(Image::in_engine(engine, name))
    }

    fn registry(&self, reference: &str) -> Result<Image, Error> {
        let mut registry = Registry::new(reference)?;
        if let Some(platform) = &self.platform {
            registry = registry.platform(platform)?;
        }
        if let Some(tool) = &self.registry_tool {
            registry = registry.tool(tool);
        }
        Ok(registry.into())
    }
}

fn unknown_scheme(scheme: &str) -> Error {
    let names: Vec<&str> = SCHEMES.iter().map(|(name, _)| *name).collect();
    Error::usage(format!(
        "unknown scheme `{}:`: the schemes are {}; a path begins with ./ or /",
        scheme.escape_debug(),
        names.join(", ")
    ))
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+.-_".contains(&byte))
}

/// Whether it is a valid image name or id for an engine.
fn is_image_name(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/:@[]".contains(&byte);
    let begins = text
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'[');
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    // A `:` separates the port, in the first component, or the tag or digest, in the last.
    let mut before_last = text.split('/').rev().skip(1).collect::<Vec<_>>();
    let first = before_last.pop();
    let has_host = first
        .and_then(|first| first.rsplit_once(':'))
        .is_none_or(|(_, port)| is_port(port));
    begins
        && text.bytes().all(is_plain)
        && has_host
        && before_last.iter().all(|part| !part.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Source;

    /// Returns the interpretation of a name, in the notation of the schemes.
    fn read(text: &str) -> String {
        let image = match Names::new().find(text) {
            Ok(image) => image,
            Err(error) => return format!("error: {error}"),
        };
        match &image.source {
            Source::Path(path, form) => format!("{form:?} {}", path.display()),
            Source::Reader(_) => "standard input".to_owned(),
            Source::Log(_) => "log".to_owned(),
            Source::Engine(engine) => format!("{} {}", engine.display(), image.name),
            Source::Registry(_) => format!("registry {}", image.name),
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let read = read(text);
        let is_expected = match expected.strip_prefix("error: ") {
            Some(part) => read.starts_with("error: ") && read.contains(part),
            None => read == expected,
        };
        assert!(is_expected, "{text}: {read}");
    }

    #[test]
    fn schemes_say_where_an_image_is() {
        check("-", "standard input");
        check("docker:app", "docker app");
        check("docker:app:1", "docker app:1");
        check("podman:localhost/app:1", "podman localhost/app:1");
        check("buildah:app", "buildah app");
        check("oci:build/layout", "Layout build/layout");
        check("oci-archive:a.tar", "OciArchive a.tar");
        check("docker-archive:a.tar", "DockerArchive a.tar");
        check("dir:rootfs", "Tree rootfs");
        check("registry:reg.example/app:1", "registry reg.example/app:1");
        check("registry:localhost:5000/app", "registry localhost:5000/app");
        check("docker://reg.example/app:1", "registry reg.example/app:1");
        check("docker://debian", "registry debian");
    }

    #[test]
    fn without_a_scheme_it_is_a_path_or_an_image_of_the_engine() {
        check("./no/such", "Any ./no/such");
        check("/no/such", "Any /no/such");
        check("absent.tar", "Any absent.tar");
        check("absent.tar.gz", "Any absent.tar.gz");
        check("app", "docker app");
        check("app:1.2", "docker app:1.2");
        check(
            "reg.example:5000/team/app:1",
            "docker reg.example:5000/team/app:1",
        );
        check("sha256:0123456789ab", "docker sha256:0123456789ab");
        check("app@sha256:0123", "docker app@sha256:0123");
        // The tests run in the folder of the package.
        check("Cargo.toml", "NamedAsImage ./Cargo.toml");
        check("./Cargo.toml", "Any ./Cargo.toml");
    }

    #[test]
    fn what_is_meant_is_said_where_it_could_be_both() {
        let note = |text| Names::new().find(text).unwrap().note().map(str::to_owned);
        let expected = "`Cargo.toml` is read as the path ./Cargo.toml; the image of this \
            name is written docker:Cargo.toml";
        assert_eq!(note("Cargo.toml").as_deref(), Some(expected));
        assert_eq!(note("./Cargo.toml"), None);
        assert_eq!(note("docker:Cargo.toml"), None);
        assert_eq!(note("no-such-image"), None);
        check(
            "src",
            "error: Write docker:src for the image of this name, or dir:src",
        );
        let podman = Names::new().engine("/usr/bin/podman").find("src");
        let error = podman.unwrap_err().to_string();
        assert!(error.contains("Write podman:src"), "{error}");
    }

    #[test]
    fn what_is_neither_is_an_error_that_names_the_schemes() {
        for text in [
            "docker-daemon:app:1",
            "containers-storage:app",
            "https://reg.example/app",
            "file:///app.tar",
            "oic:./layout",
            "oic:build/layout",
            "registry://reg.example/app",
        ] {
            check(text, "error: unknown scheme `");
            for (scheme, _) in Names::schemes() {
                assert!(read(text).contains(scheme), "{text}");
            }
        }
        check("", "error: is empty");
        check("docker:", "error: nothing follows");
        check("a b", "error: neither a file here nor the name");
        check("-app", "error: neither a file here nor the name");
        check("docker:-app", "error: invalid name `-app` of an image");
        check(
            "registry:2",
            "error: docker:registry:2 for the image called registry:2",
        );
        check(
            "registry:reg.example/A",
            "error: invalid registry reference",
        );
        check("a\u{1b}[31m", "error: `a\\u{1b}[31m`");
    }

    #[test]
    fn a_platform_is_for_registries() {
        let names = Names::new().platform("linux/arm64");
        assert_eq!(
            names.find("registry:reg.example/app").unwrap().name,
            "reg.example/app (linux/arm64)"
        );
        let error = names.find("docker:app").unwrap_err().to_string();
        assert!(error.contains("in a registry only"), "{error}");
        let names = Names::new().platform("arm64");
        let error = names.find("registry:reg.example/app").unwrap_err();
        assert!(error.to_string().contains("invalid platform"), "{error}");
    }

    #[test]
    fn the_engine_that_was_named_has_the_images_of_its_scheme() {
        let names = Names::new().engine("/opt/bin/docker");
        let engine = |text| match names.find(text).unwrap().source {
            Source::Engine(engine) => engine,
            _ => panic!("{text}"),
        };
        assert_eq!(engine("app"), Path::new("/opt/bin/docker"));
        assert_eq!(engine("docker:app"), Path::new("/opt/bin/docker"));
        assert_eq!(engine("podman:app"), Path::new("podman"));
    }
}
