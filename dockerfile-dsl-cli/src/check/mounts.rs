//! The secrets that a Dockerfile mounts, and the stages that a build of it needs.

use std::collections::{BTreeMap, BTreeSet};

use dockerfile_dsl_analysis::Span;
use dockerfile_dsl_analysis::bases::Bases;
use dockerfile_dsl_analysis::dockerfile::{self, Environment, File, Kind, Mount};

/// The secret mounts of a file.
#[derive(Debug, Default)]
pub(super) struct Mounts {
    all: Vec<SecretMount>,
}

#[derive(Debug, Clone)]
pub(super) struct SecretMount {
    id: String,
    stage: usize,
    pub(super) is_required: bool,
    pub(super) span: Span,
}

impl Mounts {
    /// Whether a step of any stage mounts this secret.
    pub(super) fn has(&self, id: &str) -> bool {
        self.all.iter().any(|mount| mount.id == id)
    }

    /// Whether the id of a mount is only known when the build runs.
    pub(super) fn has_unknown(&self) -> bool {
        self.all.iter().any(|mount| mount.id.contains("${"))
    }

    /// Returns the secrets of these stages, each with its first mount, of those that require it if one does.
    pub(super) fn needed(&self, stages: &BTreeSet<usize>) -> BTreeMap<&str, &SecretMount> {
        let mut needed: BTreeMap<&str, &SecretMount> = BTreeMap::new();
        for mount in self
            .all
            .iter()
            .filter(|mount| stages.contains(&mount.stage))
        {
            let known = needed.entry(&mount.id).or_insert(mount);
            if mount.is_required && !known.is_required {
                *known = mount;
            }
        }
        needed
    }
}

/// Returns the secret mounts of a file.
pub(super) fn of(file: &File) -> Mounts {
    let mut mounts = Mounts::default();
    dockerfile::walk(file, Bases::NONE, |visited| {
        let Kind::Run(run) = &visited.instruction.kind else {
            return;
        };
        for flag in &run.mounts {
            if let Ok(Mount::Secret(secret)) = visited.environment.mount(flag) {
                mounts.all.push(SecretMount {
                    id: secret.id,
                    stage: visited.stage,
                    is_required: secret.required,
                    span: flag.flag.span,
                });
            }
        }
    });
    mounts
}

/// Returns the stages that a build of the target needs: its bases, and those that it copies or mounts from. `None` for an unknown
/// target; without a target, it is the last stage.
pub(super) fn stages(file: &File, target: Option<&str>) -> Option<BTreeSet<usize>> {
    let count = file.stages.len();
    let target = match target {
        None => count.checked_sub(1)?,
        Some(name) => find(file, name, count)?,
    };
    let global = Environment::new(file, Vec::new());
    let mut needed = BTreeSet::new();
    let mut open = vec![target];
    while let Some(stage) = open.pop() {
        if !needed.insert(stage) {
            continue;
        }
        let content = &file.stages[stage];
        let base = global
            .expand(&content.base)
            .unwrap_or_else(|_| content.base.to_string());
        open.extend(file.stage_named(&base, stage));
        for instruction in &content.instructions {
            let instruction = match &instruction.kind {
                Kind::Onbuild(inner) => inner,
                _ => instruction,
            };
            match &instruction.kind {
                Kind::Copy(transfer) | Kind::Add(transfer) => {
                    let from = transfer.from.as_ref();
                    open.extend(from.and_then(|from| find(file, from, stage)));
                }
                Kind::Run(run) => {
                    let fields = run.mounts.iter().flat_map(|flag| &flag.fields);
                    let from = fields.filter(|field| field.key == "from");
                    let from = from.filter_map(|field| field.value.as_ref());
                    open.extend(from.filter_map(|from| find(file, from, stage)));
                }
                _ => {}
            }
        }
    }
    Some(needed)
}

/// Returns the stage before number `before` with this name or index.
fn find(file: &File, name: &str, before: usize) -> Option<usize> {
    let index = || name.parse().ok().filter(|index: &usize| *index < before);
    file.stage_named(name, before).or_else(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_needs_the_stages_that_its_target_uses() {
        let text = "ARG B=base\nFROM a AS base\nRUN x\nFROM $B AS one\nFROM b AS two\nCOPY \
                    --from=0 /a /a\nFROM c AS three\nRUN --mount=from=one,target=/o x\nFROM d\n";
        let file = dockerfile::read(text).unwrap_or_else(|errors| panic!("{errors:?}"));
        let stages = |target| stages(&file, target).map(Vec::from_iter);
        assert_eq!(stages(None), Some(vec![4]));
        assert_eq!(stages(Some("ONE")), Some(vec![0, 1]));
        assert_eq!(stages(Some("two")), Some(vec![0, 2]));
        assert_eq!(stages(Some("three")), Some(vec![0, 1, 3]));
        assert_eq!(stages(Some("1")), Some(vec![0, 1]));
        assert_eq!(stages(Some("absent")), None);
    }

    #[test]
    fn a_required_mount_counts_more() {
        let text = "FROM a\nRUN --mount=type=secret,id=t x\nRUN \
                    --mount=type=secret,id=t,required=true y\nRUN --mount=type=secret,id=$ID z\n";
        let file = dockerfile::read(text).unwrap_or_else(|errors| panic!("{errors:?}"));
        let mounts = of(&file);
        let needed = mounts.needed(&BTreeSet::from([0]));
        assert!(needed["t"].is_required);
        assert!(mounts.has("t") && mounts.has_unknown() && !mounts.has("x"));
    }
}
