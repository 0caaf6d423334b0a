//! The common part of COPY and ADD: sources, a destination, and the owner of the copies.

use crate::LayerPath;
use crate::masked_debug::masked_debug;
use crate::pen::Pen;
use crate::problem::Problems;
use crate::render::{Written, heredoc, lines, word};
use crate::text::{Expand, Sealed, Text};
use crate::valid;

/// One source of a COPY or ADD.
#[derive(Clone, PartialEq, Eq)]
pub enum Source {
    /// A literal path.
    Path(String),
    /// A pattern with `*`, `?` and `[..]`.
    Glob(String),
    /// A path or pattern with variables.
    Expand(String),
    /// A URL or git reference.
    Remote(String),
    /// An inline file of the Dockerfile.
    Inline(InlineFile),
}

masked_debug!(Source => Path | Glob | Expand | Remote | Inline);

/// A pattern, returned by [`glob`].
#[derive(Clone, PartialEq, Eq)]
pub struct Glob(pub(crate) String);

masked_debug!(Glob(0));

/// Returns a source with wildcards: `*`, `?` and `[..]`, each within one name. In any other source these characters are literal.
///
/// ```
/// # use dockerfile_dsl::{glob, Stage};
/// Stage::from_image("node:22-alpine").copy(glob("package*.json"), "/app/");
/// ```
#[must_use]
pub fn glob(pattern: impl Into<String>) -> Glob {
    Glob(pattern.into())
}

/// An inline file of the Dockerfile, returned by [`inline`].
#[derive(Clone, PartialEq, Eq)]
pub struct InlineFile {
    pub(crate) name: String,
    pub(crate) content: String,
}

masked_debug!(InlineFile { name, content });

/// Returns a file with this name and content, written into the Dockerfile as a here-document. The content must end with a line
/// break.
///
/// ```dockerfile
/// COPY <<"motd" /etc/
/// hello
/// motd
/// ```
///
/// See [here-documents](https://docs.docker.com/reference/dockerfile/#here-documents).
///
/// ```
/// # use dockerfile_dsl::{Dockerfile, Stage, inline};
/// let stage = Stage::from_image("debian").copy(inline("motd", "hello\n"), "/etc/").build();
/// assert!(Dockerfile::from_stage(&stage)?.as_str().contains("\nhello\n"));
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
#[must_use]
pub fn inline(name: impl Into<String>, content: impl Into<String>) -> InlineFile {
    InlineFile {
        name: name.into(),
        content: content.into(),
    }
}

/// A source of COPY or ADD: a literal path, a [`glob`], [`expand`](crate::expand), or an [`inline`] file.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a source of COPY or ADD",
    label = "expected a path as `&str`, `glob(\"..\")`, `expand(\"..\")` or `inline(name, \
             content)`",
    note = "a `Secret` is never copied into a layer: interpolate it into `sh!(\"... {{SECRET}} \
            ...\")`, where it is mounted"
)]
pub trait IntoSource: Sealed {
    #[doc(hidden)]
    fn into_source(self) -> Source;
}

/// One source of COPY or ADD, or a list of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a source of COPY or ADD",
    label = "expected a path as `&str`, `glob(\"..\")`, `expand(\"..\")`, `inline(name, content)`, \
             or a list of these",
    note = "a `Secret` is never copied into a layer: interpolate it into `sh!(\"... {{SECRET}} \
            ...\")`, where it is mounted"
)]
pub trait IntoSources: Sealed {
    #[doc(hidden)]
    fn into_sources(self) -> Vec<Source>;
}

macro_rules! sources {
    ($($type:ty: |$value:ident| $source:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl IntoSource for $type {
            fn into_source(self) -> Source {
                let $value = self;
                $source
            }
        }
        #[diagnostic::do_not_recommend]
        impl IntoSources for $type {
            fn into_sources(self) -> Vec<Source> {
                vec![self.into_source()]
            }
        }
    )*};
}

impl Sealed for Glob {}
impl Sealed for Source {}
impl Sealed for InlineFile {}
impl Sealed for &Glob {}
impl Sealed for &Source {}
impl Sealed for &InlineFile {}

sources! {
    &str: |path| Source::Path(path.to_owned());
    &&str: |path| Source::Path((*path).to_owned());
    String: |path| Source::Path(path);
    &String: |path| Source::Path(path.clone());
    LayerPath: |path| Source::Path(path.as_str().to_owned());
    &LayerPath: |path| Source::Path(path.as_str().to_owned());
    Expand: |text| Source::Expand(text.0);
    &Expand: |text| Source::Expand(text.0.clone());
    Glob: |pattern| Source::Glob(pattern.0);
    &Glob: |pattern| Source::Glob(pattern.0.clone());
    InlineFile: |file| Source::Inline(file);
    &InlineFile: |file| Source::Inline(file.clone());
    Source: |source| source;
    &Source: |source| source.clone();
}

#[diagnostic::do_not_recommend]
impl<T: IntoSource, const N: usize> IntoSources for [T; N] {
    fn into_sources(self) -> Vec<Source> {
        self.into_iter().map(IntoSource::into_source).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<T> IntoSources for &[T]
where
    for<'a> &'a T: IntoSource,
{
    fn into_sources(self) -> Vec<Source> {
        self.iter().map(IntoSource::into_source).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<T, const N: usize> IntoSources for &[T; N]
where
    for<'a> &'a T: IntoSource,
{
    fn into_sources(self) -> Vec<Source> {
        self.as_slice().into_sources()
    }
}

#[diagnostic::do_not_recommend]
impl<T> IntoSources for &Vec<T>
where
    for<'a> &'a T: IntoSource,
{
    fn into_sources(self) -> Vec<Source> {
        self.as_slice().into_sources()
    }
}

#[diagnostic::do_not_recommend]
impl<T: IntoSource> IntoSources for Vec<T> {
    fn into_sources(self) -> Vec<Source> {
        self.into_iter().map(IntoSource::into_source).collect()
    }
}

/// Sources, destination, and the flags of both instructions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Transfer {
    pub(crate) sources: Vec<Source>,
    pub(crate) destination: Text,
    pub(crate) chown: Option<Text>,
    pub(crate) chmod: Option<Text>,
    pub(crate) link: bool,
    pub(crate) excludes: Vec<String>,
}

impl Transfer {
    pub(super) fn new(sources: Vec<Source>, destination: Text) -> Self {
        Self {
            sources,
            destination,
            chown: None,
            chmod: None,
            link: false,
            excludes: Vec::new(),
        }
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        if self.sources.is_empty() {
            problems.unwritable("nothing to copy: name at least one source");
        }
        for source in &self.sources {
            source.check(problems);
        }
        problems.layer_path("the destination", &self.destination);
        if is_here_document(&self.destination.content) {
            problems.unwritable(
                "the destination starts with `<<`, as a here-document does: write `./` before it",
            );
        }
        let several = self.sources.len() > 1
            || self
                .sources
                .iter()
                .any(|source| matches!(source, Source::Glob(_)));
        if several && !is_directory(&self.destination.content) {
            problems.wrong(format!(
                "several sources are copied to `{}`, each over the one before: end the destination \
                 with `/`",
                self.destination.content.escape_debug()
            ));
        }
        self.check_names(problems);
        if let Some(chown) = &self.chown {
            problems.flag_word("--chown", chown, valid::owner);
        }
        if let Some(chmod) = &self.chmod {
            problems.flag_word("--chmod", chmod, valid::mode);
        }
        for exclude in &self.excludes {
            problems.flag("--exclude", exclude);
            problems.check(not_empty("--exclude")(exclude));
        }
    }

    /// Reports two inline files with the same name. BuildKit finds a here-document by its name, so the last would be written
    /// twice.
    fn check_names(&self, problems: &mut Problems) {
        let mut names = Vec::new();
        for file in self.inline_files() {
            if names.contains(&&file.name) {
                problems.wrong(format!(
                    "two files are called `{}`",
                    file.name.escape_debug()
                ));
            }
            names.push(&file.name);
        }
    }

    fn inline_files(&self) -> Vec<&InlineFile> {
        self.sources
            .iter()
            .filter_map(|source| match source {
                Source::Inline(file) => Some(file),
                _ => None,
            })
            .collect()
    }

    /// Returns the literal paths.
    pub(super) fn paths(&self) -> Vec<&str> {
        self.sources
            .iter()
            .filter_map(|source| match source {
                Source::Path(path) => Some(path.as_str()),
                _ => None,
            })
            .collect()
    }

    pub(super) fn flags(&self, pen: &Pen<'_>) -> Vec<String> {
        let mut flags = Vec::new();
        if let Some(chown) = &self.chown {
            flags.push(pen.flag_word("chown", chown));
        }
        if let Some(chmod) = &self.chmod {
            flags.push(pen.flag_word("chmod", chmod));
        }
        if self.link {
            flags.push("--link".to_owned());
        }
        for exclude in &self.excludes {
            flags.push(pen.flag("exclude", exclude));
        }
        flags
    }

    /// Writes the sources and the destination, followed by the inline files.
    pub(super) fn write(&self, pen: &Pen<'_>) -> Written {
        if !self.has_inline_files() {
            let mut words: Vec<_> = self.sources.iter().map(Source::text).collect();
            words.push(self.destination.clone());
            return Written::line(pen.words(&words));
        }
        // A JSON array cannot contain here-documents, so words are separated by blanks here. The check has ensured that they
        // contain none.
        let (mut line, mut bodies) = (Vec::new(), String::new());
        for source in &self.sources {
            if let Source::Inline(file) = source {
                line.push(format!("<<\"{}\"", file.name));
                bodies.push_str(&format!("\n{}{}", file.content, file.name));
            } else {
                line.push(word::unquoted(&source.text(), pen.escape));
            }
        }
        line.push(word::unquoted(&self.destination, pen.escape));
        Written {
            head: line.join(" "),
            bodies,
        }
    }

    pub(super) fn has_inline_files(&self) -> bool {
        !self.inline_files().is_empty()
    }

    pub(super) fn check_plain_words(&self, problems: &mut Problems) {
        if !self.has_inline_files() {
            return;
        }
        let mut words = vec![self.destination.clone()];
        for source in &self.sources {
            if !matches!(source, Source::Inline(_)) {
                words.push(source.text());
            }
        }
        for text in words {
            let plain = text
                .content
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && !b"'\"\\`".contains(&byte));
            if !plain || text.content.starts_with("--") || text.content.starts_with('[') {
                problems.unwritable(format!(
                    "`{}` cannot be written in the same instruction as an inline file: use a \
                     separate instruction for it",
                    text.content.escape_debug()
                ));
            }
        }
    }
}

impl Source {
    fn check(&self, problems: &mut Problems) {
        match self {
            Self::Path(path) => {
                problems.word("a source", &Text::literal(path), not_empty("a source"));
                if looks_remote(path) {
                    problems.wrong(
                        "a source that looks like a URL: write `.add_http(url)` or `.add_git(url)` \
                         for one, and `./` before a path that only looks like it".to_owned(),
                    );
                }
            }
            Self::Glob(pattern) => {
                problems.word("a source", &Text::literal(pattern), |pattern| {
                    not_empty("a source")(pattern)?;
                    if pattern.matches('[').count() > pattern.matches(']').count() {
                        return Err("a pattern has `[` without `]`: no file would match".to_owned());
                    }
                    Ok(())
                });
            }
            Self::Expand(_) => problems.word("a source", &self.text(), |_| Ok(())),
            Self::Remote(url) => {
                problems.word("a source", &Text::literal(url), not_empty("a source"))
            }
            Self::Inline(file) => file.check(problems),
        }
    }

    /// Returns the word that BuildKit reads, before it expands wildcards.
    fn text(&self) -> Text {
        match self {
            Self::Path(path) => Text::literal(local(&escape_wildcards(path))),
            Self::Glob(pattern) => Text::literal(local(pattern)),
            Self::Expand(text) if is_here_document(text) => Text {
                content: format!("./{text}"),
                expanded: true,
            },
            Self::Expand(text) => Text {
                content: text.clone(),
                expanded: true,
            },
            Self::Remote(url) => Text::literal(url),
            Self::Inline(file) => Text::literal(&file.name),
        }
    }
}

impl InlineFile {
    fn check(&self, problems: &mut Problems) {
        let name = self.name.escape_debug();
        let plain = self
            .name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'));
        if self.name.is_empty()
            || !plain
            || matches!(self.name.as_str(), "." | "..")
            || self.name.starts_with('-')
        {
            problems.unwritable(format!(
                "invalid inline file name `{name}`: write letters, digits, \
                 `_`, `.` and `-`, not `-` first"
            ));
        }
        if !lines::fit(&self.content) {
            problems.unwritable(format!(
                "`{name}` has a line of more than 65534 bytes: copy the file from the build context"
            ));
        }
        if self.content.contains('\0') {
            problems.unwritable(format!(
                "the content of `{name}` contains a NUL: copy the file from the build context"
            ));
        }
        if !self.content.is_empty() && !self.content.ends_with('\n') {
            problems.unwritable(format!(
                "the content of `{name}` does not end with a line break, and a here-document \
                 always does: add one, or copy the file from the build context"
            ));
        }
        if heredoc::ends_early(&self.content, &self.name) {
            problems.unwritable(format!(
                "a line of `{name}` is the name of the file, which would end it: give it another \
                 name"
            ));
        }
    }
}

/// Whether the caller names a directory; BuildKit reads `.` as `./`.
fn is_directory(path: &str) -> bool {
    path == "." || path.ends_with('/') || path.ends_with("/.")
}

fn escape_wildcards(path: &str) -> String {
    let mut pattern = String::with_capacity(path.len());
    for character in path.chars() {
        if matches!(character, '*' | '?' | '[' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}

/// Writes a path so that BuildKit cannot parse it as a here-document or a git reference.
fn local(path: &str) -> String {
    let is_reference = path.contains('@') && path.contains(':');
    if is_here_document(path) || is_reference {
        format!("./{path}")
    } else {
        path.to_owned()
    }
}

/// Whether the path has the form `<<NAME`, also with a number before it, and also in a JSON string.
fn is_here_document(path: &str) -> bool {
    path.trim_start_matches(|c: char| c.is_ascii_digit())
        .starts_with("<<")
}

fn looks_remote(path: &str) -> bool {
    ["http://", "https://", "git://", "ssh://", "git@"]
        .iter()
        .any(|start| path.starts_with(start))
}

fn not_empty(field: &'static str) -> impl Fn(&str) -> Result<(), String> {
    move |text| {
        if text.is_empty() {
            Err(format!("{field} is empty"))
        } else {
            Ok(())
        }
    }
}
