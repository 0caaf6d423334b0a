//! Settings of the whole file: parser directives, global build arguments, comments.
//!
//! In: the author's options. Out: the first lines of the file, and a [`Dockerfile`](crate::Dockerfile) of the target stages.

use crate::Secret;
use crate::comment::check_options;
use crate::danger::Decision;
use crate::instruction::Arg;
use crate::masked_debug::masked_debug;
use crate::problem::Problems;
use crate::syntax::Syntax;
use crate::text::LayerText;

/// The settings of a file: returned by [`Dockerfile::settings`](crate::Dockerfile::settings), finished by
/// [`dockerfile`](Self::dockerfile) or [`dockerfile_from`](Self::dockerfile_from).
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    pub(crate) syntax: Option<Syntax>,
    pub(crate) escape: Escape,
    pub(crate) checks: Option<String>,
    /// Decisions for the whole file.
    pub(crate) decisions: Vec<Decision>,
    pub(crate) comments: Vec<String>,
    pub(crate) arguments: Vec<Arg>,
    pub(crate) here_documents: bool,
    /// Texts of program rows.
    pub(crate) programs: Vec<String>,
    /// Secrets declared only so that no build argument takes the value of one.
    pub(crate) secrets: Vec<Secret>,
}

masked_debug!(Settings {
    syntax,
    escape,
    checks,
    decisions,
    comments,
    arguments,
    here_documents,
    programs,
    secrets
});

/// The [`escape`](https://docs.docker.com/reference/dockerfile/#escape) directive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Escape {
    /// `\`, the default.
    #[default]
    Backslash,
    /// `` ` ``, for paths with backslashes.
    Backtick,
}

impl Escape {
    pub(crate) const fn char(self) -> char {
        match self {
            Self::Backslash => '\\',
            Self::Backtick => '`',
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            syntax: None,
            escape: Escape::Backslash,
            checks: None,
            decisions: Vec::new(),
            comments: Vec::new(),
            arguments: Vec::new(),
            here_documents: true,
            programs: Vec::new(),
            secrets: Vec::new(),
        }
    }
}

impl Settings {
    /// [`# syntax=`](https://docs.docker.com/reference/dockerfile/#syntax): unset by default. Such a frontend is an image that
    /// can read every secret of the build.
    pub fn syntax(&mut self, syntax: Syntax) -> &mut Self {
        self.syntax = Some(syntax);
        self
    }

    /// [`# escape=`](https://docs.docker.com/reference/dockerfile/#escape)
    pub fn escape(&mut self, escape: Escape) -> &mut Self {
        self.escape = escape;
        self
    }

    /// [`# check=`](https://docs.docker.com/reference/dockerfile/#check) for the whole file, as in `skip=JSONArgsRecommended;error=true`.
    pub fn check_options(&mut self, options: impl LayerText) -> &mut Self {
        self.checks = Some(options.into_string());
        self
    }

    /// Adds a decision of trust for the whole file:
    /// [`danger::builder_stages_are_warnings`](crate::danger::builder_stages_are_warnings).
    pub fn decide(&mut self, decision: Decision) -> &mut Self {
        self.decisions.push(decision);
        self
    }

    /// Adds a comment at the head of the file, one per line of the text.
    pub fn comment(&mut self, text: impl LayerText) -> &mut Self {
        self.comments.push(text.into_string());
        self
    }

    /// Adds a build argument before the first FROM: for base images, and for stages that declare it without a default.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage, expand, instructions::Arg};
    /// let stage = Stage::from_image(expand("node:$NODE")).build();
    /// let image = Dockerfile::settings().global_arg(Arg::new("NODE").default("22")).dockerfile(&stage)?;
    /// assert_eq!(image.as_str(), "ARG NODE=\"22\"\n\nFROM node:$NODE\n");
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    pub fn global_arg(&mut self, arg: Arg) -> &mut Self {
        self.arguments.push(arg);
        self
    }

    /// Renders a script of several lines in exec form instead of a here-document, for builders before frontend 1.4.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage, sh};
    /// let stage = Stage::from_image("debian").run(sh!("if [ -e /a ]; then\n  rm /a\nfi")).build();
    /// assert!(Dockerfile::from_stage(&stage)?.as_str().contains("RUN <<"));
    /// let image = Dockerfile::settings().without_here_documents().dockerfile(&stage)?;
    /// assert!(!image.as_str().contains("<<"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    pub fn without_here_documents(&mut self) -> &mut Self {
        self.here_documents = false;
        self
    }

    /// Adds rows for unknown programs, in the [language of program
    /// rows](https://github.com/dockerfile-dsl/dockerfile-dsl/blob/main/dockerfile-dsl-analysis/src/programs/grammar.md): the
    /// role of each of their arguments. They take precedence over the built-in ones.
    ///
    /// ```
    /// use dockerfile_dsl::instructions::Run;
    /// use dockerfile_dsl::mounts::SecretMount;
    /// use dockerfile_dsl::{Dockerfile, Secret, Stage};
    ///
    /// const TOKEN: Secret = Secret::env("TOKEN");
    /// let rows = "program frobctl\n  option --token-file: credential-file\n  command get; operands plain...\n";
    /// let get = Run::exec(["frobctl", "--token-file", "/run/secrets/TOKEN", "get", "x"]);
    /// let stage = Stage::from_image("debian").run(get.mount(SecretMount::new(TOKEN))).build();
    /// // In a program: `.programs(include_str!("../programs.rows"))`.
    /// let dockerfile = Dockerfile::settings().programs(rows).dockerfile(&stage)?;
    /// let comment = "# dockerfile-dsl: program=\"frobctl; option --token-file: credential-file; command get; operands plain...\"";
    /// assert!(dockerfile.render().contains(comment));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    ///
    /// The file contains the rows of each program that it uses as a comment: `check` reads them there, and the
    /// [audit](crate::Dockerfile::audit) lists them. A script of `sh!` brings its own rows: see `@programs` there.
    ///
    /// A mistake in the rows is an error of [`dockerfile`](Self::dockerfile), with line, column and the valid words.
    pub fn programs(&mut self, rows: impl Into<String>) -> &mut Self {
        self.programs.push(rows.into());
        self
    }

    /// Declares a secret of the project that this file may not use: no build argument may take its value either.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Secret, Stage};
    /// const TOKEN: Secret = Secret::env("DEPLOY");
    /// let stage = Stage::from_image("debian").arg("DEPLOY").build();
    /// let image = Dockerfile::settings().declare(TOKEN).dockerfile(&stage);
    /// assert!(image.and_then(|image| image.build_command().build_arg_from_env("DEPLOY").shell()).is_err());
    /// ```
    pub fn declare(&mut self, secret: Secret) -> &mut Self {
        self.secrets.push(secret);
        self
    }

    pub(crate) fn has_directives(&self) -> bool {
        !self.directives().is_empty()
    }

    /// Returns the directives in the order in which BuildKit looks for them.
    pub(crate) fn directives(&self) -> Vec<String> {
        let mut lines = Vec::new();
        lines.extend(
            self.syntax
                .as_ref()
                .map(|syntax| format!("# syntax={}", syntax.image())),
        );
        if self.escape == Escape::Backtick {
            lines.push("# escape=`".to_owned());
        }
        lines.extend(
            self.checks
                .as_ref()
                .map(|checks| format!("# check={checks}")),
        );
        lines
    }

    pub(crate) fn check(&self, problems: &mut Problems) {
        if let Some(syntax) = &self.syntax {
            problems.check(syntax.check());
        }
        if let Some(checks) = &self.checks {
            check_options(checks, problems);
        }
    }
}
