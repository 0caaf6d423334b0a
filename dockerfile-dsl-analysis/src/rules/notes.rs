//! Applies the author's notes to the findings of their instructions.
//!
//! In: a file, its findings, and which notes the flow analysis used. Out: the remaining findings, and one for each note without effect. A
//! note covers only the instruction below it.

use crate::{
    Finding, Rule,
    dockerfile::{Danger, File, Kind, Note},
    programs::ProgramLine,
    report::Fix,
};

/// Removes the findings that `allow=RULE` and `allow-name=NAME` accept, and reports malformed and unused notes.
///
/// `is_used` returns whether the flow analysis used a note: it handles `trust`, `declassify` and `allow-cache`.
#[must_use]
pub fn apply(file: &File, findings: Vec<Finding>, is_used: impl Fn(&Note) -> bool) -> Vec<Finding> {
    let (mut remaining, mut used) = (Vec::new(), Vec::new());
    for finding in findings {
        match accepting_note(file, &finding) {
            Some(note) => used.push(note.span),
            None => remaining.push(finding),
        }
    }
    for error in &file.malformed_notes {
        let message = format!("this comment {}", error.message);
        remaining.push(Finding {
            help: error.help.clone(),
            ..Finding::new(Rule::MalformedNote, error.span, message)
        });
    }
    for (stage, index, instruction) in file.instructions() {
        for note in &instruction.notes {
            if matches!(note.kind, Danger::Raw) || used.contains(&note.span) || is_used(note) {
                continue;
            }
            let finding = Finding::new(
                Rule::UnusedNote,
                note.span,
                "this comment has no effect on any finding",
            );
            remaining.push(Finding {
                stage,
                instruction: index,
                ..finding.with_fix(Fix::RemoveComment { may_hide: true })
            });
        }
    }
    remaining.extend(unused_programs(file));
    remaining.extend(unused_hosts(file));
    super::sort(&mut remaining);
    remaining
}

/// Reports rows of programs that no instruction names.
fn unused_programs(file: &File) -> impl Iterator<Item = Finding> {
    let is_named = |note: &Note| {
        let Danger::Program { rows } = &note.kind else {
            return true;
        };
        let names: Vec<&str> = ProgramLine::names_of(rows).collect();
        file.instructions().any(|(_, _, instruction)| {
            let texts = super::literal_credential::texts(&instruction.kind);
            let mut texts = texts.into_iter();
            texts.any(|text| names.iter().any(|name| text.contains(name)))
        })
    };
    let unused = file.programs.iter().filter(move |note| !is_named(note));
    unused.map(|note| {
        let finding = Finding::new(
            Rule::UnusedNote,
            note.span,
            "no instruction names the program that this comment describes",
        );
        finding.with_fix(Fix::RemoveComment { may_hide: false })
    })
}

/// Reports lists of hosts for secrets that no instruction mounts.
fn unused_hosts(file: &File) -> impl Iterator<Item = Finding> {
    let is_mounted = |note: &Note| {
        let Danger::OnlyTo { id, .. } = &note.kind else {
            return true;
        };
        file.instructions().any(|(_, _, instruction)| {
            let kind = match &instruction.kind {
                Kind::Onbuild(inner) => &inner.kind,
                kind => kind,
            };
            match kind {
                Kind::Run(run) => run.mounts.iter().any(|mount| mount.may_have_id(id)),
                Kind::Add(_) => super::secret_to_other_host::is_of_add(id),
                _ => false,
            }
        })
    };
    let unused = file.only_to.iter().filter(move |note| !is_mounted(note));
    unused.map(|note| {
        let finding = Finding::new(
            Rule::UnusedNote,
            note.span,
            "no instruction mounts the secret whose hosts this comment lists",
        );
        finding.with_fix(Fix::RemoveComment { may_hide: false })
    })
}

fn accepting_note<'a>(file: &'a File, finding: &Finding) -> Option<&'a Note> {
    let (_, _, instruction) = file.instruction_at(finding.span.start)?;
    instruction.notes.iter().find(|note| match &note.kind {
        Danger::Allow { rule, secret } => {
            let is_about = |id: &String| finding.secret.as_ref() == Some(id);
            *rule == finding.rule && secret.as_ref().is_none_or(is_about)
        }
        Danger::AllowName { name } => {
            finding.rule == Rule::SecretsUsedInArgOrEnv && finding.sink == *name
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::findings;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let rules: Vec<&str> = findings(text)
            .iter()
            .map(|finding| finding.rule.name())
            .collect();
        assert_eq!(rules, expected, "{text}");
    }

    #[test]
    fn a_decision_with_a_reason_counts() {
        check(
            "FROM x\n# dockerfile-dsl: allow=SecretsUsedInArgOrEnv reason=\"public\"\nARG TOKEN\n",
            &[],
        );
        check(
            "FROM x\n# dockerfile-dsl: allow-name=TOKEN reason=\"public\"\nARG TOKEN\n",
            &[],
        );
        check(
            "FROM x\n# dockerfile-dsl: raw reason=\"made by a program\"\nRUN x\n",
            &[],
        );
    }

    #[test]
    fn it_counts_for_what_it_names_only() {
        check(
            "FROM x\n# dockerfile-dsl: allow-name=TOKEN reason=\"public\"\nARG TOKEN KEY\n",
            &["SecretsUsedInArgOrEnv"],
        );
        check(
            "FROM x\n# dockerfile-dsl: allow-name=TOKEN reason=\"public\"\nARG TOKEN\nARG KEY\n",
            &["SecretsUsedInArgOrEnv"],
        );
        check(
            "FROM x\n# dockerfile-dsl: allow=SecretInLayer reason=\"public\"\nARG TOKEN\n",
            &["UnusedNote", "SecretsUsedInArgOrEnv"],
        );
    }

    #[test]
    fn rows_are_of_a_program_that_is_named() {
        let check_with = |run: &str, expected| {
            let rows = "# dockerfile-dsl: program=\"frob; operands plain...\" reason=\"ours\"\n";
            check(&format!("{rows}FROM x\n{run}\n"), expected);
        };
        check_with("RUN frob get", &[]);
        check_with("RUN <<EOF\nset -e\n/opt/frob get\nEOF", &[]);
        check_with("RUN [\"frob\", \"get\"]", &[]);
        check_with("ONBUILD RUN frob get", &[]);
        check_with("SHELL [\"frob\"]", &[]);
        check_with("RUN fro get", &["UnusedNote"]);
    }

    #[test]
    fn without_a_reason_it_is_an_error() {
        check(
            "FROM x\n# dockerfile-dsl: allow=SecretsUsedInArgOrEnv\nARG TOKEN\n",
            &["MalformedNote", "SecretsUsedInArgOrEnv"],
        );
        check(
            "FROM x\n# dockerfile-dsl: raw reason=\"x\"\n\nRUN x\n",
            &["MalformedNote"],
        );
    }
}
