//! Base images: their settings, which no Dockerfile shows.
//!
//! In: rows, built-in and the user's, and the name of an image. Out: its variables, user, directory, shell, and operating system. An image
//! without a row is unknown: nothing is assumed here.

mod base;
mod guess;
mod rows;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use base::{Account, Image, NamePattern, best};
pub use base::{Base, FactSource};
pub(crate) use guess::{Guess, named, shown};
pub use rows::BasesError;

/// A user's description of a base image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description {
    /// Its name, with or without a tag; `*` matches any text.
    pub image: String,
    /// Its variables, including HOME only if the image sets it by ENV.
    pub env: Vec<(String, String)>,
    /// WORKDIR
    pub workdir: Option<String>,
    /// USER
    pub user: Option<String>,
    /// Home directory of that user, if `/etc/passwd` has an unusual one.
    pub home: Option<String>,
    /// SHELL
    pub shell: Option<Vec<String>>,
    /// Whether it is a Windows image.
    pub is_windows: bool,
}

/// Descriptions of base images: the user's take precedence over the built-in ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bases {
    own: Vec<Base>,
}

/// The built-in descriptions.
static OFFICIAL: LazyLock<Vec<Base>> = LazyLock::new(|| {
    let parsed = rows::parse(include_str!("bases/official.rows"), &[]);
    parsed.expect("a test reads them")
});

/// The built-in descriptions by the names of their images: a file asks for each stage.
struct ByName {
    /// By a name without the tag.
    named: BTreeMap<&'static str, Vec<&'static Base>>,
    /// Those of which a name is a pattern.
    patterns: Vec<&'static Base>,
}

static BY_NAME: LazyLock<ByName> = LazyLock::new(|| {
    let (mut named, mut patterns) = (BTreeMap::<_, Vec<_>>::new(), Vec::new());
    for base in OFFICIAL.iter() {
        for name in base.names.iter().filter_map(NamePattern::literal) {
            named.entry(name).or_default().push(base);
        }
        if base.names.iter().any(|name| name.literal().is_none()) {
            patterns.push(base);
        }
    }
    ByName { named, patterns }
});

impl Bases {
    /// Only the built-in descriptions.
    pub const NONE: &'static Self = &Self { own: Vec::new() };

    /// Parses rows.
    ///
    /// # Errors
    ///
    /// All errors, with their lines.
    pub fn parse(text: &str) -> Result<Self, Vec<BasesError>> {
        let own = rows::parse(text, &OFFICIAL)?;
        Ok(Self { own })
    }

    /// Adds the description of one image.
    ///
    /// # Errors
    ///
    /// An invalid name of an image or a variable, or a path that is not absolute.
    pub fn describe(&mut self, description: Description) -> Result<(), String> {
        let Description { image, home, .. } = &description;
        if image.is_empty() || image.contains(char::is_whitespace) || image.contains('$') {
            return Err(format!("invalid image name `{image}`"));
        }
        for (name, _) in &description.env {
            if !rows::is_variable(name) {
                return Err(format!("invalid variable name `{name}`"));
            }
        }
        for (what, path) in [("workdir", &description.workdir), ("home", home)] {
            if let Some(path) = path.as_ref().filter(|path| !path.starts_with('/'))
                && !description.is_windows
            {
                return Err(format!("{what} `{path}` is not absolute"));
            }
        }
        let user = description.user.clone().unwrap_or_default();
        let user = user.split(':').next().unwrap_or_default().to_owned();
        let account = home.as_ref().map(|home| Account {
            name: user,
            number: None,
            home: home.clone(),
        });
        let names = vec![NamePattern::parse(image)];
        let env = description.env.into_iter();
        self.own.push(Base {
            names,
            env: env.map(|(name, value)| (name, Some(value))).collect(),
            workdir: description.workdir,
            user: description.user,
            shell: description.shell,
            accounts: account.into_iter().collect(),
            is_windows: description.is_windows,
            ..Base::default()
        });
        Ok(())
    }

    /// Adds descriptions. Of two equally specific ones, the older one applies.
    pub fn extend(&mut self, others: Self) {
        self.own.extend(others.own);
    }

    /// Returns the most specific description of an image.
    #[must_use]
    pub fn find(&self, image: &str) -> Option<&Base> {
        let image = Image::new(image)?;
        let ByName { named, patterns } = &*BY_NAME;
        let named = named.get(image.repository()).into_iter().flatten();
        let official = named.chain(patterns).copied();
        // Of two equally specific ones, the user's applies. A name without `*` is more specific than any with one.
        let found = best(self.own.iter().chain(official), &image)?;
        (!found.is_unknown).then_some(found)
    }
}

/// Returns the names and the sources of all built-in descriptions.
pub fn official() -> impl Iterator<Item = (String, &'static [FactSource])> {
    OFFICIAL.iter().flat_map(|base| {
        let names = base.names.iter();
        names.map(|name| (name.to_string(), base.sources.as_slice()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workdir(image: &str) -> Option<Option<&'static str>> {
        Bases::NONE.find(image).map(|base| base.workdir.as_deref())
    }

    #[test]
    fn names() {
        for image in [
            "rust",
            "rust:1.80",
            "docker.io/library/rust:1.80",
            "library/rust:1.80-slim@sha256:00",
            "docker.io/rust",
        ] {
            let base = Bases::NONE.find(image).expect(image);
            let home = ("CARGO_HOME".to_owned(), Some("/usr/local/cargo".to_owned()));
            assert!(base.env.contains(&home), "{image}");
        }
        for image in [
            "acme/rust",
            "registry.acme.com:5000/rust",
            "rusty",
            "$BASE",
            "localhost/rust",
        ] {
            assert_eq!(Bases::NONE.find(image), None, "{image}");
        }
        assert_eq!(workdir("golang:1.22"), Some(Some("/go")));
        assert_eq!(workdir("debian:bookworm"), Some(None));
    }

    #[test]
    fn families_of_tags() {
        assert_eq!(workdir("php:8.3-cli"), Some(None));
        assert_eq!(
            workdir("php:8.3-apache-bookworm"),
            Some(Some("/var/www/html"))
        );
        assert_eq!(workdir("node:6-onbuild"), None);
        assert!(
            Bases::NONE
                .find("golang:1.22-nanoserver")
                .unwrap()
                .is_windows
        );
        assert!(!Bases::NONE.find("golang:1.22").unwrap().is_windows);
        assert!(
            Bases::NONE
                .find("mcr.microsoft.com/windows/servercore:ltsc2022")
                .unwrap()
                .is_windows
        );
        let user = |image| Bases::NONE.find(image).unwrap().user.as_deref();
        assert_eq!(user("gcr.io/distroless/static:nonroot"), Some("65532"));
        assert_eq!(user("gcr.io/distroless/static-debian12"), None);
    }

    #[test]
    fn those_of_a_user_come_first_and_the_more_exact_one_counts() {
        let text = "base registry.acme.com/*; workdir /any\n\
                    base registry.acme.com/base*; workdir /base; user app\n\
                    base rust; workdir /src\n";
        let bases = Bases::parse(text).unwrap();
        let workdir = |image| bases.find(image).unwrap().workdir.as_deref();
        assert_eq!(workdir("registry.acme.com/base-rust:1"), Some("/base"));
        assert_eq!(workdir("registry.acme.com/tool"), Some("/any"));
        assert_eq!(workdir("rust:1.80"), Some("/src"));
        assert_eq!(workdir("golang"), Some("/go"));
    }

    #[test]
    fn every_fact_has_a_source() {
        for base in OFFICIAL.iter() {
            let name = &base.names[0];
            assert!(base.is_unknown || !base.sources.is_empty(), "{name}");
            for source in &base.sources {
                assert_eq!(source.commit.len(), 40, "{name}");
                assert_eq!(source.repository.matches('/').count(), 1, "{name}");
            }
        }
    }
}
