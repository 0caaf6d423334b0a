//! COPY and ADD: files in the Dockerfile itself, and files of other stages.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::{StageState, Walk};
use crate::Span;
use crate::dockerfile::{Source, Transfer};
use crate::domain::{Allocator, Component, Files, Node, Site, SymbolicPath, Taint, Value, text_of};
use crate::domain::{FilePlace, number_of};
use crate::rules::dockerignore::Dockerignore;
use crate::run::residue_since;

impl Walk<'_> {
    pub(super) fn transfer(
        &mut self,
        stage: &mut StageState,
        index: usize,
        span: Span,
        transfer: &Transfer,
    ) {
        let Ok(destination) = stage.environment.destination(transfer) else {
            return;
        };
        stage.files.ask(&destination.as_str().into());
        let from = transfer
            .from
            .as_ref()
            .and_then(|from| self.stage_of(from, index));
        let several = transfer.sources.len() > 1;
        let before = stage.files.clone();
        // Each file that the instruction creates has a content that no other file has.
        let births = Allocator::at(Site { stage: index, span });
        for source in &transfer.sources {
            match source {
                Source::HereDocument(document) => {
                    let content = stage
                        .environment
                        .content(document)
                        .unwrap_or_else(|_| document.body.to_string());
                    let target = if destination.ends_with('/')
                        || several
                        || stage.files.is_directory(&destination.as_str().into())
                    {
                        format!("{}/{}", destination.trim_end_matches('/'), document.name)
                    } else {
                        destination.clone()
                    };
                    put(&mut stage.files, &target, &births, Value::known(content));
                }
                Source::Path(path) => {
                    let Ok(path) = stage.environment.expand(path) else {
                        continue;
                    };
                    let excludes: Vec<String> =
                        transfer.excludes.iter().map(ToString::to_string).collect();
                    match from.and_then(|from| self.stages.get(from)) {
                        Some(other) => copy_tree(
                            &other.files,
                            &mut stage.files,
                            &path,
                            &SymbolicPath::from(&destination),
                            destination.ends_with('/'),
                            &excludes,
                            &births,
                        ),
                        None => {
                            // A file of the build context has unknown content, and replaces the previous one.
                            let base = path
                                .trim_end_matches('/')
                                .rsplit('/')
                                .next()
                                .unwrap_or_default();
                            let target = if destination.ends_with('/') || several {
                                format!("{}/{base}", destination.trim_end_matches('/'))
                            } else {
                                destination.clone()
                            };
                            let from_context = from.is_none() && transfer.from.is_none();
                            if from_context {
                                let context = Rc::make_mut(&mut stage.files.context);
                                let place = if base.is_empty() || base == "." {
                                    &destination
                                } else {
                                    &target
                                };
                                // A directory is copied without its own name.
                                context.extend([place, &destination].map(SymbolicPath::from));
                            }
                            let place = SymbolicPath::from(&target);
                            let known = matches!(
                                stage.files.entry(&place).map(|entry| &entry.node),
                                Some(Node::File(_))
                            );
                            if known && !base.contains(['*', '?']) {
                                stage.files.remove(&place);
                            }
                        }
                    }
                }
            }
        }
        if from.is_some() && self.in_image.get(index).copied().unwrap_or(true) {
            self.copied_into_image(&stage.files, &before);
        }
    }

    /// Records the secrets in files that another stage wrote, now that the image has them.
    fn copied_into_image(&mut self, files: &Files, before: &Files) {
        for (_, place, told) in residue_since(files, before) {
            if place == FilePlace::Layer {
                let secret = self.secrets.get(number_of(told.source));
                let secret = secret.cloned().unwrap_or_default();
                self.copied.insert((told.way.span, secret));
            }
        }
    }

    /// Returns the stage that `--from` or a mount's `from` refers to.
    pub(super) fn stage_of(&self, from: &str, before: usize) -> Option<usize> {
        self.file
            .stage_named(from, before)
            .or_else(|| from.parse().ok().filter(|number| *number < before))
    }
}

fn put(files: &mut Files, path: &str, births: &Allocator, content: Value) {
    let key = files.follow(&path.into());
    let number = births.content();
    files.set_content(number, content);
    files.file(&key, number, Taint::NONE);
}

/// Copies the known files of a path from one stage to another.
pub(super) fn copy_tree(
    from: &Files,
    to: &mut Files,
    source: &str,
    into: &SymbolicPath,
    is_directory: bool,
    excludes: &[String],
    births: &Allocator,
) {
    let source = if source.starts_with('/') {
        source.to_owned()
    } else {
        format!("/{source}")
    };
    let (directory, pattern) = match source.find(['*', '?', '[']) {
        Some(at) => source[..at]
            .rsplit_once('/')
            .map_or(("", source.as_str()), |(directory, _)| {
                (directory, source.as_str())
            }),
        None => (source.trim_end_matches('/'), ""),
    };
    let directory = from.follow(&if directory.is_empty() {
        SymbolicPath::root()
    } else {
        directory.into()
    });
    let excludes = Dockerignore::parse(&excludes.join("\n")).unwrap_or_default();
    let excluded = |rest: &[Component]| text_of(rest).is_some_and(|rest| excludes.excludes(&rest));
    let single = from
        .entry(&directory)
        .is_some_and(|entry| !matches!(entry.node, Node::Directory));
    let mut targets = Vec::new();
    if single {
        let target = if is_directory || to.is_directory(into) {
            into.join(directory.last())
        } else {
            into.clone()
        };
        targets.push((directory.clone(), target));
    }
    for (key, _) in from.beneath(&directory) {
        let rest = key.strip_prefix(&directory).unwrap_or_default();
        if excluded(rest) {
            continue;
        }
        if !pattern.is_empty() {
            let fits = pattern
                .split('/')
                .zip(key.components())
                .all(|(pattern, name)| name.matches(pattern) != Some(false));
            if !fits {
                continue;
            }
        }
        targets.push((key.clone(), into.join(rest)));
    }
    // Hard links of one file stay hard links of one file.
    let mut copies = BTreeMap::new();
    for (key, target) in targets {
        let Some(entry) = from.entry(&key) else {
            continue;
        };
        let mut entry = entry.clone();
        if let Node::File(number) = entry.node
            && let Some(content) = from.content(number)
        {
            let copied = *copies
                .entry(from.node(number))
                .or_insert_with(|| births.content());
            entry.node = Node::File(copied);
            to.set_content(copied, content.clone());
        }
        to.insert(&target, entry);
    }
}
