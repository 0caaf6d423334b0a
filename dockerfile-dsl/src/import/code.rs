//! An existing file as code of this library: calls of the builder, or `dockerfile!`.
//!
//! In: a parsed file, and the sources of its secrets. Out: [`Code`], a module with a function `image`. Invariant: what it renders
//! builds the same images; comments, spelling and the form of a command may differ. What has no typed form is raw text.

mod definition;

mod comments;
mod model;
mod script;
mod secrets;
mod word;

mod plan;

mod expression;
mod layout;
mod macro_form;
mod rust_form;

use dockerfile_dsl_analysis::Finding;
use dockerfile_dsl_analysis::policy::Policy;

use super::Parsed;
use crate::masked_debug::masked_debug;
use crate::{Error, Secret, dockerfile};
use definition::Definition;
use plan::{Form, Plan};

/// A file as code, returned by [`Parsed::to_rust`] and [`Parsed::to_macro`]. Displayed, it is the text.
#[derive(Clone)]
pub struct Code {
    text: String,
    raw: Vec<usize>,
    left_out: Vec<String>,
    findings: Vec<Finding>,
}

masked_debug!(Code {
    text,
    raw,
    left_out,
    findings
});

impl Code {
    /// Returns the text of a Rust module.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the lines of the instructions that are raw text in the code, in the Dockerfile.
    #[must_use]
    pub fn raw_lines(&self) -> &[usize] {
        &self.raw
    }

    /// Returns the directives that have no typed form: a `# syntax=` of another frontend.
    #[must_use]
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// Returns the findings for which the code does not compile; each is a comment above its step.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl Parsed {
    /// Returns the file as calls of the builder: a module with a function `image`, laid out as rustfmt does. Feature `import-code`.
    ///
    /// A secret that is not among `secrets` is declared as the variable that its id suggests. A step with a finding does not
    /// compile, and has the finding as a comment above it.
    ///
    /// ```
    /// let parsed = dockerfile_dsl::import::parse("FROM debian\n# once\nRUN apt-get update\nCMD [\"sh\"]\n")?;
    /// let code = parsed.to_rust(&[])?;
    /// assert!(code.as_str().contains("    stage.comment(\"once\");\n    stage.run(sh!(\"apt-get update\"));\n"));
    /// assert!(code.raw_lines().is_empty());
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the reason why the library cannot render an equal file: two stages of one name, a mount whose id depends on a
    /// variable.
    pub fn to_rust(&self, secrets: &[Secret]) -> Result<Code, Error> {
        let (plan, findings) = self.plan(secrets)?;
        Ok(code(rust_form::print(&plan), plan, findings))
    }

    /// Returns the file as a [`dockerfile!`](crate::dockerfile): a module with a function `image`. Feature `import-code`.
    ///
    /// ```
    /// let parsed = dockerfile_dsl::import::parse("FROM debian\nWORKDIR /srv\n")?;
    /// assert!(parsed.to_macro(&[])?.as_str().contains("WORKDIR \"/srv\""));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`to_rust`](Self::to_rust); also if it needs settings of the whole file, for which the macro has no syntax.
    pub fn to_macro(&self, secrets: &[Secret]) -> Result<Code, Error> {
        let (plan, findings) = self.plan(secrets)?;
        let (text, left_out) = macro_form::print(&plan)?;
        Ok(code(text, Plan { left_out, ..plan }, findings))
    }

    /// Returns the definition of its images, a line for each instruction: equal for two files that build the same images, whatever
    /// their comments, spelling and form. Generated names of stages, `stage-N`, are not part of it. Feature `import-code`.
    ///
    /// ```
    /// use dockerfile_dsl::import::parse;
    /// let one = parse("FROM debian\nENV A=1\n")?;
    /// let two = parse("# the same\nfrom debian\nenv A \\\n  1\n")?;
    /// assert_eq!(one.definition(), two.definition());
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[must_use]
    pub fn definition(&self) -> String {
        Definition::of(&self.file).to_string()
    }

    fn plan(&self, secrets: &[Secret]) -> Result<(Plan, Vec<Finding>), Error> {
        if !self.file.replaced_bytes.is_empty() {
            return Err(Error::new(
                "the file has bytes that are not UTF-8: write them as UTF-8 first",
            ));
        }
        // What the code has no form for is no part of it.
        let file = self.policy.noted(&self.file, &self.text);
        let programs = dockerfile::with_rows(&Policy::default(), &self.programs)?;
        let mut findings = dockerfile::analyse(&file, &self.text, &programs);
        findings.retain(Finding::is_refused);
        let plan = plan::plan(&file, &self.text, &findings, secrets)?;
        if findings.is_empty() {
            plan.settings.dockerfile_from(&plan.built)?;
        }
        Ok((plan, findings))
    }
}

fn code(text: String, plan: Plan, findings: Vec<Finding>) -> Code {
    let steps = plan.stages.iter().flat_map(|stage| &stage.steps);
    let raw = steps.filter(|step| matches!(step.form, Form::Raw(..)));
    Code {
        text,
        raw: raw.map(|step| step.line).collect(),
        left_out: plan.left_out,
        findings,
    }
}
