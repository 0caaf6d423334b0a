//! The secrets that a build needs: those of the stages that its target depends on.
//!
//! In: the stages of the Dockerfile, as they were read back, and the name of a stage, or none for the last one. Out: secrets, in their
//! order.

use super::BuildCommand;
use crate::Error;
use crate::facts::{BuildSecret, StageFacts};

impl BuildCommand {
    /// Returns the secrets of the stages that the target depends on.
    pub(crate) fn needed_secrets(&self) -> Result<Vec<&BuildSecret>, Error> {
        let stages = self.dockerfile.stages();
        let needed = needed(stages, target(stages, self.target.as_deref())?);
        let is_reachable =
            |secret: &&BuildSecret| secret.uses().iter().any(|used| needed[used.stage]);
        let secrets = self.dockerfile.secrets().iter();
        Ok(secrets.filter(is_reachable).collect())
    }
}

fn target(stages: &[StageFacts], name: Option<&str>) -> Result<usize, Error> {
    let Some(name) = name else {
        return Ok(stages.len() - 1);
    }; // a file that was read has a stage
    let is_it = |stage: &StageFacts| {
        let own = stage.name();
        own.is_some_and(|own| own.eq_ignore_ascii_case(name))
    };
    stages.iter().rposition(is_it).ok_or_else(|| {
        let names = stages.iter().filter_map(StageFacts::name);
        let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
        let known = match names.as_slice() {
            [] => "no stage of the file has a name".to_owned(),
            names => format!("the named stages are {}", names.join(", ")),
        };
        Error::new(format!(
            "--target `{}`: unknown stage; {known}",
            name.escape_debug()
        ))
    })
}

/// Returns for each stage whether the target depends on it.
fn needed(stages: &[StageFacts], target: usize) -> Vec<bool> {
    let mut needed = vec![false; stages.len()];
    let mut open = vec![target];
    while let Some(stage) = open.pop() {
        if !needed[stage] {
            needed[stage] = true;
            open.extend(stages[stage].parts.stages());
        }
    }
    needed
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use dockerfile_dsl_analysis::dockerfile::read;

    use super::*;
    use crate::facts;

    fn stages(text: &str) -> Vec<StageFacts> {
        facts::stages(&read(text).unwrap(), &BTreeSet::new())
    }

    #[track_caller]
    fn check(text: &str, stage: Option<&str>, expected: &[usize]) {
        let all = stages(text);
        let needed = needed(&all, target(&all, stage).unwrap());
        let stages: Vec<usize> = (0..needed.len()).filter(|stage| needed[*stage]).collect();
        assert_eq!(stages, expected);
    }

    const FILE: &str = "ARG BASE=a\n\
        FROM x AS a\nRUN true\n\
        FROM x AS b\nRUN true\n\
        FROM a AS c\nCOPY --from=b /x /x\n\
        FROM x AS d\nRUN --mount=type=bind,from=a,target=/a true\n\
        FROM x AS e\nCOPY --from=1 /x /x\nONBUILD COPY --from=D /x /x\n\
        FROM $BASE AS f\n\
        FROM x AS g\nCOPY --from=nginx /x /x\n";

    #[test]
    fn a_stage_needs_what_it_is_made_of() {
        check(FILE, Some("a"), &[0]);
        check(FILE, Some("C"), &[0, 1, 2]);
        check(FILE, Some("d"), &[0, 3]);
        check(FILE, Some("e"), &[0, 1, 3, 4]);
        check(FILE, Some("f"), &[0, 1, 2, 3, 4, 5]);
        check(FILE, None, &[6]);
    }

    #[test]
    fn an_unknown_stage_is_said() {
        let error = target(&stages("FROM x AS a\n"), Some("b"))
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "--target `b`: unknown stage; the named stages are `a`"
        );
        let error = target(&stages("FROM x\n"), Some("b"))
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "--target `b`: unknown stage; no stage of the file has a name"
        );
    }
}
