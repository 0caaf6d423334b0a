//! Existing Dockerfiles: parsed and checked; with their secrets bound, a [`Dockerfile`] like any other.
//!
//! In: the text of a file. Out: a [`Parsed`], which cannot render: only a checked file can. The text is kept byte by byte, with
//! its comments.

#[cfg(feature = "import-code")]
mod code;

use dockerfile_dsl_analysis::Finding;
use dockerfile_dsl_analysis::dockerfile::File;

#[cfg(feature = "import-code")]
pub use code::Code;
#[doc(inline)]
pub use dockerfile_dsl_analysis::policy::{Level, Policy};

use crate::masked_debug::masked_debug;
use crate::refusal::{self, Author};
use crate::secret::{SecretsById, only_to};
use crate::{Dockerfile, Error, Secret, dockerfile};

/// Reads a Dockerfile as BuildKit does.
///
/// ```
/// let parsed = dockerfile_dsl::import::parse("FROM debian\nUSER app\n")?;
/// assert!(parsed.secret_ids().is_empty());
/// let error = dockerfile_dsl::import::parse("FROM debian\nFORM debian\n").unwrap_err();
/// assert!(error.to_string().contains("FORM"));
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
///
/// # Errors
///
/// Returns everything that BuildKit would refuse, each with its line.
pub fn parse(text: &str) -> Result<Parsed, Error> {
    let file = dockerfile::read(text)?;
    Ok(Parsed {
        text: text.to_owned(),
        file,
        programs: Vec::new(),
        policy: Policy::default(),
    })
}

impl Dockerfile {
    /// Reads an existing file and binds the secrets that it may mount: [`parse`] and [`bind`](Parsed::bind) in one.
    ///
    /// ```
    /// use dockerfile_dsl::{Dockerfile, Secret};
    ///
    /// const TOKEN: Secret = Secret::env("TOKEN");
    /// let text = "FROM debian\nRUN --mount=type=secret,id=TOKEN,required=true test -s /run/secrets/TOKEN\n";
    /// let dockerfile = Dockerfile::parse(text, &[TOKEN])?;
    /// assert_eq!(dockerfile.as_str(), text);
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns everything that BuildKit would refuse, each flow of a secret into a layer, the image config or the build log, and
    /// each id without a secret.
    pub fn parse(text: &str, secrets: &[Secret]) -> Result<Self, Error> {
        parse(text)?.bind(secrets)
    }
}

/// Reads a Dockerfile that may not be UTF-8, as BuildKit does: each invalid byte becomes U+FFFD in the text, and
/// [`check`](Parsed::check) warns about it.
///
/// ```
/// let parsed = dockerfile_dsl::import::parse_bytes(b"FROM debian\n# caf\xe9\n")?;
/// assert_eq!(parsed.check()[0].rule, dockerfile_dsl::Rule::InvalidUtf8);
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
///
/// [`bind`](Parsed::bind) keeps U+FFFD in those places.
///
/// # Errors
///
/// As for [`parse`]; also if a RUN contains a byte that is not UTF-8.
pub fn parse_bytes(bytes: &[u8]) -> Result<Parsed, Error> {
    let (text, file) = dockerfile::read_bytes(bytes)?;
    Ok(Parsed {
        text,
        file,
        programs: Vec::new(),
        policy: Policy::default(),
    })
}

/// A Dockerfile that was read but not checked yet.
#[derive(Clone)]
pub struct Parsed {
    text: String,
    file: File,
    /// Texts of program rows that were parsed successfully.
    programs: Vec<String>,
    policy: Policy,
}

masked_debug!(Parsed {
    text,
    file,
    programs,
    policy
});

impl Parsed {
    /// Returns the ids of the secrets that its RUN instructions mount, sorted, with those in `ONBUILD` included. An id that
    /// depends on a variable without a value contains `${NAME}`, and [`bind`](Self::bind) refuses it.
    ///
    /// ```
    /// let text = "FROM debian\nRUN --mount=type=secret,id=npmrc true\n";
    /// assert_eq!(dockerfile_dsl::import::parse(text)?.secret_ids(), ["npmrc"]);
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[must_use]
    pub fn secret_ids(&self) -> Vec<String> {
        self.file.secret_ids()
    }

    /// Returns all findings: leaks, and advice. Spans refer to the parsed text.
    ///
    /// ```
    /// let text = "FROM debian\nRUN --mount=type=secret,id=TOKEN cp /run/secrets/TOKEN /srv/token\n";
    /// for finding in dockerfile_dsl::import::parse(text)?.check() {
    ///     println!("{}: {}", finding.rule, finding.message);
    /// }
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[must_use]
    pub fn check(&self) -> Vec<Finding> {
        let mut file = self.file.clone();
        self.policy.add_notes(&mut file);
        dockerfile::analyse(&file, &self.text, &self.whole_policy())
    }

    /// With the programs, whose rows were parsed when they were added.
    fn whole_policy(&self) -> Policy {
        dockerfile::with_rows(&self.policy, &self.programs).unwrap_or_default()
    }

    /// Applies the decisions of a team, which are not in the text: trusted programs, descriptions of base images, levels of rules.
    /// `dockerfile-dsl` reads them from `dockerfile-dsl.toml`. Of [`to_rust`](Self::to_rust) only the trusted programs are part, as
    /// decisions in the code.
    ///
    /// ```
    /// use dockerfile_dsl::import::{self, Policy};
    ///
    /// let parsed = import::parse(
    ///     "FROM debian\nRUN --mount=type=secret,id=tok,required=true fetch /run/secrets/tok\n",
    /// )?;
    /// assert_eq!(parsed.check().len(), 1);
    /// let mut policy = Policy::default();
    /// policy.trust("fetch", true, "reads the token, and neither keeps nor prints it");
    /// assert_eq!(parsed.policy(policy).check(), []);
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Adds rows for unknown programs, as [`Settings::programs`](crate::Settings::programs) does.
    ///
    /// Rows are not part of the text, which stays as it is. `dockerfile-dsl check` finds the same if `dockerfile-dsl.toml` names
    /// the file of the rows. In the Dockerfile itself, rows are a comment: `# dockerfile-dsl: program="NAME; CLAUSE; .."
    /// reason=".."`.
    ///
    /// ```
    /// let parsed = dockerfile_dsl::import::parse(
    ///     "FROM debian\nRUN --mount=type=secret,id=tok,required=true frobctl --token-file /run/secrets/tok get x\n",
    /// )?;
    /// assert_eq!(parsed.check().len(), 1);
    /// let rows = "program frobctl\n  option --token-file: credential-file\n  command get; operands plain...\n";
    /// assert_eq!(parsed.programs(rows)?.check(), []);
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns every mistake in the rows, with line, column and the valid words.
    pub fn programs(mut self, rows: impl Into<String>) -> Result<Self, Error> {
        self.programs.push(rows.into());
        dockerfile::read_rows(&self.programs)?;
        Ok(self)
    }

    /// Renders a finding of [`check`](Self::check) for a reader: stage and instruction, message, source line with carets, the
    /// flow of the value, and a fix.
    ///
    /// ```
    /// let parsed = dockerfile_dsl::import::parse(
    ///     "FROM debian\nRUN --mount=type=secret,id=tok,required=true cat /run/secrets/tok > /etc/token\n",
    /// )?;
    /// let told = parsed.explain(&parsed.check()[0]);
    /// assert!(told.starts_with("stage 0, RUN: `tok` would leak: its value is written to `/etc/token`"));
    /// assert!(told.contains("\nDockerfile:2:69:\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[must_use]
    pub fn explain(&self, finding: &Finding) -> String {
        refusal::report(
            std::slice::from_ref(finding),
            &self.file,
            &self.text,
            Author::Text,
        )
    }

    /// Returns the checked file, with a secret for each id that it mounts. Ignores secrets that it does not mount.
    ///
    /// ```
    /// # use dockerfile_dsl::{Secret, import};
    /// const TOKEN: Secret = Secret::env("TOKEN");
    /// let text = "FROM debian\nRUN --mount=type=secret,id=TOKEN test -s /run/secrets/TOKEN\n";
    /// let image = import::parse(text)?.bind(&[TOKEN])?;
    /// assert_eq!(image.build_command().shell()?, "docker build --secret id=TOKEN,env=TOKEN .");
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns every finding, every id without a secret, and every id that two of these secrets share with different sources.
    pub fn bind(&self, secrets: &[Secret]) -> Result<Dockerfile, Error> {
        let mut by_id = SecretsById::new();
        for secret in secrets {
            let known = by_id.entry(secret.id().to_owned()).or_insert(*secret);
            if known.source() != secret.source() {
                let id = secret.id();
                return Err(Error::new(format!(
                    "secret id `{id}` has two sources, and the command line can use only one: \
                     declare it once"
                )));
            }
        }
        only_to::check_text(&self.text, &by_id)?;
        Dockerfile::from_text(self.text.clone(), &by_id, &self.programs, &self.policy)
    }
}

/// Expansion of [`include_dockerfile!`](crate::include_dockerfile): `path` and `text` were checked when the crate was compiled.
#[cfg(feature = "macros")]
#[doc(hidden)]
#[must_use]
pub fn included(path: &str, text: &str, rows: &[&str], secrets: &[Secret]) -> Dockerfile {
    let with_rows = |parsed| {
        rows.iter()
            .try_fold(parsed, |parsed: Parsed, rows| parsed.programs(*rows))
    };
    match parse(text)
        .and_then(with_rows)
        .and_then(|parsed| parsed.bind(secrets))
    {
        Ok(dockerfile) => dockerfile,
        Err(error) => panic!("{path}: {error}"),
    }
}

/// Whether a secret has that id; `const`, for an assertion at compile time.
#[cfg(feature = "macros")]
#[doc(hidden)]
#[must_use]
pub const fn has_id(secrets: &[Secret], id: &str) -> bool {
    let mut at = 0;
    while at < secrets.len() {
        if is_equal(secrets[at].id().as_bytes(), id.as_bytes()) {
            return true;
        }
        at += 1;
    }
    false
}

#[cfg(feature = "macros")]
const fn is_equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Includes an existing Dockerfile that is checked at compile time: a leak is a compile error with file, line, column and sink.
///
/// The path is relative to the source file, as for `include_str!`; a change of the file recompiles the crate. Each secret that it
/// mounts has to be among `secrets`. The value is a [`Dockerfile`] that renders the same bytes as the file.
///
/// ```standalone_crate
/// use dockerfile_dsl::{Dockerfile, Secret, include_dockerfile};
///
/// const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");
///
/// let image: Dockerfile = include_dockerfile!("import/example.Dockerfile", secrets = [NPMRC]);
/// assert_eq!(image.build_command().shell()?, "docker build --secret id=npmrc,src=\"$HOME\"/.npmrc .");
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
///
/// # Panics
///
/// Panics if two of the secrets have one id and different sources, or if an `ARG` or `ENV` of the file has the name of a secret's
/// variable. Both depend on the secrets' sources, which only the running program knows.
#[cfg(feature = "macros")]
#[macro_export]
macro_rules! include_dockerfile {
    ($($tokens:tt)*) => {
        $crate::__private::include_dockerfile! { [$crate] $($tokens)* }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# syntax=docker/dockerfile:1\r\nFROM a AS b\r\n# why\nRUN \
                        --mount=type=secret,id=tok,required=true \\\n  # c\n  test -s \
                        /run/secrets/tok\n";
    const TOKEN: Secret = Secret::env_as("tok", "TOKEN");

    #[track_caller]
    fn check_refused(text: &str, secrets: &[Secret], expected: &str) {
        let outcome = parse(text).and_then(|parsed| parsed.bind(secrets));
        let error = outcome.expect_err(text).to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn text_is_kept_byte_for_byte() {
        let parsed = parse(TEXT).unwrap();
        assert_eq!(parsed.secret_ids(), ["tok"]);
        let bound = parsed.bind(&[TOKEN, Secret::env("OTHER")]).unwrap();
        assert_eq!(bound.render(), TEXT);
        let ids: Vec<&str> = bound.secrets().iter().map(|secret| secret.id()).collect();
        assert_eq!(ids, ["tok"]);
    }

    #[test]
    fn finding_accepted_by_comment_above_it() {
        let leak = "RUN --mount=type=secret,id=tok,required=true cp /run/secrets/tok /etc/tok\n";
        let text = format!("FROM a\n{leak}");
        let findings = parse(&text).unwrap().check();
        let comment = findings[0]
            .accepting_comment()
            .unwrap()
            .replace("..", "why");
        check_refused(
            &text,
            &[TOKEN],
            &format!("`{}`", comment.replace("why", "..")),
        );
        let bound = parse(&format!("FROM a\n{comment}\n{leak}")).unwrap();
        let bound = bound.bind(&[TOKEN]).unwrap();
        assert!(
            bound
                .audit()
                .to_string()
                .contains("allow=SecretInLayer secret=tok, because: why"),
        );
        let other = comment.replace("secret=tok", "secret=other");
        check_refused(
            &format!("FROM a\n{other}\n{leak}"),
            &[TOKEN],
            "SecretInLayer",
        );
    }

    const ONBUILD: &str = "FROM debian AS a\nONBUILD RUN --mount=type=secret,id=tok,required=true \
     test -s /run/secrets/tok\nFROM a\nENV A=1\n";

    #[test]
    fn secrets_of_onbuild_belong_to_the_stage_that_is_from_it() {
        let parsed = parse(ONBUILD).unwrap();
        assert_eq!(parsed.secret_ids(), ["tok"]);
        check_refused(ONBUILD, &[], "secret `tok` is mounted but not declared");
        let bound = parsed.bind(&[TOKEN]).unwrap();
        assert_eq!(
            bound.build_command().shell().unwrap(),
            "docker build --secret id=tok,env=TOKEN ."
        );
        let used = &bound.secrets()[0].uses()[0];
        assert_eq!((used.stage, used.line, used.is_onbuild), (1, 2, true));
        assert!(bound.stages()[1].uses_secrets());
        assert_eq!(
            bound.audit().to_string(),
            "stage 1, line 2: reads secret `tok` at /run/secrets/tok, by ONBUILD of its base\n"
        );
        // A stage that is not FROM it gets nothing, and a stage that is FROM the second one gets nothing either.
        let other = ONBUILD.replace("FROM a\n", "FROM debian\n");
        assert_eq!(parse(&other).unwrap().secret_ids(), [""; 0]);
        let twice = ONBUILD.replace("FROM a\n", "FROM a AS b\nFROM b\n");
        let bound = parse(&twice).unwrap().bind(&[TOKEN]).unwrap();
        assert_eq!(bound.secrets()[0].uses().len(), 1);
    }

    #[test]
    fn a_mount_that_depends_on_an_unknown_variable_is_refused() {
        for mount in [
            "id=${SID}",
            "id=tok,target=/root/$SID",
            "id=tok,env=$SID",
            "id=$SID,target=/root/.npmrc",
            "id=${SID:?}",
        ] {
            let text =
                format!("FROM a\nARG SID\nRUN --mount=type=secret,{mount},required=true x\n");
            check_refused(
                &text,
                &[TOKEN],
                "depends on `${SID}`, which has no value here",
            );
        }
        for (arg, mount) in [("ARG SID=tok", "id=${SID}"), ("ARG SID", "id=${SID:-tok}")] {
            let text = format!(
                "FROM a\n{arg}\nRUN --mount=type=secret,{mount},required=true test -s \
                 /run/secrets/tok\n"
            );
            let parsed = parse(&text).unwrap();
            assert_eq!(parsed.secret_ids(), ["tok"], "{text}");
            assert!(parsed.bind(&[TOKEN]).is_ok(), "{text}");
        }
    }

    #[test]
    fn undeclared_secret_is_tracked_by_its_id() {
        let text = |script: &str| {
            format!("FROM a\nARG SID\nRUN --mount=type=secret,id=${{SID}},required=true {script}\n")
        };
        for script in [
            "cat /run/secrets/$SID > /etc/x",
            "cp \"/run/secrets/${SID}\" /etc/x",
            "cp /run/secrets/* /etc/",
        ] {
            let findings = parse(&text(script)).unwrap().check();
            assert!(
                findings
                    .iter()
                    .any(|finding| finding.secret.as_deref() == Some("${SID}")
                        && finding.rule == dockerfile_dsl_analysis::Rule::SecretInLayer),
                "{script}: {findings:?}"
            );
        }
        assert_eq!(
            parse(&text("test -s /run/secrets/$SID")).unwrap().check(),
            []
        );
    }

    #[test]
    fn id_without_secret_is_refused() {
        check_refused(TEXT, &[], "secret `tok` is mounted but not declared");
        check_refused(TEXT, &[TOKEN, Secret::file("tok", "x")], "two sources");
    }

    #[test]
    fn leak_is_reported_and_refused() {
        let text = "FROM a\nRUN --mount=type=secret,id=tok,required=true cat /run/secrets/tok > \
                    /etc/token\n";
        let findings = parse(text).unwrap().check();
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(findings[0].secret.as_deref(), Some("tok"));
        check_refused(text, &[TOKEN], "/etc/token");
        check_refused(text, &[TOKEN], "SecretInLayer");
    }

    #[test]
    fn advice_is_reported_and_accepted() {
        let text = "FROM a\nRUN --mount=type=secret,id=tok test -n \"$(cat /run/secrets/tok)\"\n";
        let parsed = parse(text).unwrap();
        assert_eq!(parsed.check().len(), 1, "{:?}", parsed.check());
        assert!(parsed.bind(&[TOKEN]).is_ok());
    }

    #[test]
    fn file_that_buildkit_refuses_is_an_error() {
        check_refused(
            "FROM a\nRUNN b\n",
            &[],
            "line 2: unknown instruction `RUNN`, did you mean `RUN`?",
        );
    }

    #[test]
    fn build_argument_named_as_a_secret_variable_is_refused() {
        check_refused(
            "FROM a\nARG TOKEN_\nRUN --mount=type=secret,id=tok,required=true x\n",
            &[Secret::env_as("tok", "TOKEN_")],
            "TOKEN_",
        );
    }
}
