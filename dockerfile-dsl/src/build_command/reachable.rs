//! The secrets that a build needs: those of the stages that its target depends on.
//!
//! In: the Dockerfile and the name of a stage, or none for the last one. Out: secrets, in their order. Reads the rendered text,
//! so that every `FROM`, `--from` and mount counts that BuildKit sees.

use dockerfile_dsl_analysis::dockerfile::{File, Instruction, Kind, read};

use super::BuildCommand;
use crate::{Error, facts::BuildSecret};

impl BuildCommand {
    /// Returns the secrets of the stages that the target depends on.
    pub(crate) fn needed_secrets(&self) -> Result<Vec<&BuildSecret>, Error> {
        let text = self.dockerfile.render();
        let file = read(&text).map_err(|errors| {
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            Error::new(format!(
                "the Dockerfile cannot be read: {}",
                errors.join("; ")
            ))
        })?;
        let stages = needed(&file, target(&file, self.target.as_deref())?);
        let is_reachable =
            |secret: &&BuildSecret| secret.uses().iter().any(|used| stages[used.stage]);
        let secrets = self.dockerfile.secrets().iter();
        Ok(secrets.filter(is_reachable).collect())
    }
}

fn target(file: &File, name: Option<&str>) -> Result<usize, Error> {
    let Some(name) = name else {
        return Ok(file.stages.len() - 1);
    }; // a file that was read has a stage
    file.stage_named(name, file.stages.len()).ok_or_else(|| {
        let names = file.stages.iter().filter_map(|stage| stage.name.as_ref());
        let names: Vec<String> = names.map(|name| format!("`{}`", name.name)).collect();
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
fn needed(file: &File, target: usize) -> Vec<bool> {
    let mut needed = vec![false; file.stages.len()];
    let mut open = vec![target];
    while let Some(stage) = open.pop() {
        if !needed[stage] {
            needed[stage] = true;
            let content = &file.stages[stage];
            named(file, stage, &content.base, false, &mut open);
            for instruction in &content.instructions {
                sources(file, stage, instruction, &mut open);
            }
        }
    }
    needed
}

/// Adds the stages that an instruction copies or mounts from.
fn sources(file: &File, stage: usize, instruction: &Instruction, found: &mut Vec<usize>) {
    match &instruction.kind {
        Kind::Copy(transfer) => {
            if let Some(from) = &transfer.from {
                named(file, stage, from, true, found);
            }
        }
        Kind::Run(run) => {
            for mount in &run.mounts {
                for field in &mount.fields {
                    if let (true, Some(from)) = (field.key == "from", &field.value) {
                        named(file, stage, from, false, found);
                    }
                }
            }
        }
        Kind::Onbuild(inner) => sources(file, stage, inner, found),
        _ => {}
    }
}

/// Adds the earlier stage of that name or number; every earlier stage, if the name contains a variable.
fn named(file: &File, stage: usize, name: &str, numbers: bool, found: &mut Vec<usize>) {
    if name.contains('$') {
        found.extend(0..stage);
    } else if let Some(index) = file.stage_named(name, stage) {
        found.push(index);
    } else if let (true, Ok(number)) = (numbers, name.parse::<usize>())
        && number < stage
    {
        found.push(number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, stage: Option<&str>, expected: &[usize]) {
        let file = read(text).unwrap();
        let needed = needed(&file, target(&file, stage).unwrap());
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
        let file = read("FROM x AS a\n").unwrap();
        let error = target(&file, Some("b")).unwrap_err().to_string();
        assert_eq!(
            error,
            "--target `b`: unknown stage; the named stages are `a`"
        );
        let file = read("FROM x\n").unwrap();
        let error = target(&file, Some("b")).unwrap_err().to_string();
        assert_eq!(
            error,
            "--target `b`: unknown stage; no stage of the file has a name"
        );
    }
}
