//! Assigns each blob its role in the image, from its manifests. Reports missing blobs, and blobs with a wrong digest or size.

use std::collections::{HashMap, HashSet};

use crate::archive;
use crate::contents::{Contents, Kind};
use crate::document::{Descriptor, Facts, History};
use crate::report::{Gap, Reason};

/// Role of a blob.
#[derive(Debug, Clone, Default)]
pub(crate) enum Role {
    Layer(Layer),
    /// Image config, with the instructions of its history.
    Config(Vec<String>),
    Manifest,
    Attestation,
    Cache,
    Log,
    #[default]
    Unreferenced,
}

/// A layer of an image.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    /// Indexes of the layers above it.
    pub(crate) above: Vec<usize>,
    pub(crate) instruction: Option<String>,
    pub(crate) diff_id: Option<String>,
}

/// Returns the roles of all blobs, in their order.
pub(crate) fn roles(contents: &Contents) -> (Vec<Role>, Vec<Gap>) {
    let mut layout = Layout::new(contents);
    layout.walk();
    layout.check_digests();
    (layout.roles, layout.gaps)
}

struct Layout<'c> {
    contents: &'c Contents,
    by_name: HashMap<&'c str, usize>,
    roles: Vec<Role>,
    seen: HashSet<usize>,
    gaps: Vec<Gap>,
}

impl<'c> Layout<'c> {
    fn new(contents: &'c Contents) -> Self {
        let by_name = contents
            .blobs
            .iter()
            .enumerate()
            .map(|(index, blob)| (&blob.name[..], index))
            .collect();
        Self {
            contents,
            by_name,
            roles: vec![Role::default(); contents.blobs.len()],
            seen: HashSet::new(),
            gaps: Vec::new(),
        }
    }

    fn walk(&mut self) {
        if self.contents.kind != Kind::Image {
            return;
        }
        let mut images = 0;
        for root in ["index.json", "manifest.json"] {
            let Some(index) = self.find(root) else {
                continue;
            };
            self.roles[index] = Role::Manifest;
            match &self.contents.blobs[index].facts {
                Some(Facts::Index(manifests)) => {
                    images += manifests.len();
                    let record = manifests
                        .iter()
                        .any(|one| one.is_media_type("historyrecord"));
                    self.descriptors(manifests, if record { Some(Role::Log) } else { None });
                }
                // A cache whose index is not a separate blob.
                Some(Facts::Manifest { .. }) => {
                    images += 1;
                    self.manifest(index);
                }
                Some(Facts::Docker(list)) => {
                    images += list.len();
                    for image in list {
                        self.docker_image(
                            &image.config,
                            image.layers.as_deref().unwrap_or_default(),
                        );
                    }
                }
                _ => self
                    .gaps
                    .push(Gap::new(Reason::NoManifest, root, "it cannot be read")),
            }
        }
        if let Some(index) = self.find("oci-layout") {
            self.roles[index] = Role::Manifest;
        }
        if images == 0 {
            self.gaps.push(Gap::new(
                Reason::NoManifest,
                "",
                "no manifest names the blobs of the image",
            ));
        }
    }

    fn find(&self, name: &str) -> Option<usize> {
        let mut name = name;
        // A link may point to a link, and in a circle.
        for _ in 0..8 {
            if let Some(&index) = self.by_name.get(name) {
                return Some(index);
            }
            name = self.contents.links.get(name)?;
        }
        None
    }

    fn find_digest(&self, digest: &str) -> Option<usize> {
        let (algorithm, hex) = digest.split_once(':')?;
        self.find(&format!("blobs/{algorithm}/{hex}"))
    }

    /// Assigns roles to the blobs of an index. `all` is the role of all descendants, if set.
    fn descriptors(&mut self, descriptors: &[Descriptor], all: Option<Role>) {
        for descriptor in descriptors {
            let Some(index) = self.blob(descriptor) else {
                continue;
            };
            let record = descriptor.is_media_type("historyrecord");
            let all = all
                .clone()
                .or(descriptor.is_attestation().then_some(Role::Attestation))
                .or(record.then_some(Role::Log));
            if !self.seen.insert(index) {
                continue;
            }
            self.roles[index] = all.clone().unwrap_or(Role::Manifest);
            match &self.contents.blobs[index].facts {
                Some(Facts::Index(manifests)) => self.descriptors(manifests, all),
                Some(Facts::Manifest { config, layers, .. }) if all.is_some() => {
                    let parts: Vec<Descriptor> = config.iter().chain(layers).cloned().collect();
                    self.descriptors(&parts, all);
                }
                Some(Facts::Manifest { .. }) => self.manifest(index),
                _ => {}
            }
        }
    }

    /// Returns the blob of a descriptor, if it exists and has the stated size.
    fn blob(&mut self, descriptor: &Descriptor) -> Option<usize> {
        let digest = descriptor.digest.as_deref()?;
        if self.contents.left_out.contains(digest) {
            return None;
        }
        let Some(index) = self.find_digest(digest) else {
            self.gaps.push(Gap::new(
                Reason::MissingBlob,
                digest,
                "a manifest names this blob, but it is missing",
            ));
            return None;
        };
        let size = self.contents.blobs[index].size;
        if descriptor.size.is_some_and(|said| said != size) {
            self.gaps.push(Gap::new(
                Reason::Digest,
                digest,
                format!("it has {size} bytes, and its manifest states another size"),
            ));
        }
        Some(index)
    }

    fn manifest(&mut self, index: usize) {
        let Some(Facts::Manifest {
            config,
            layers,
            cache,
        }) = &self.contents.blobs[index].facts
        else {
            return;
        };
        let is_record = config.iter().chain(layers).any(|part| {
            part.is_media_type("vnd.buildkit.history") || part.is_media_type("vnd.buildkit.status")
        });
        let config = config.as_ref().and_then(|config| self.blob(config));
        let indexes: Vec<Option<usize>> = layers.iter().map(|layer| self.blob(layer)).collect();
        if *cache {
            for index in config.into_iter().chain(indexes.into_iter().flatten()) {
                self.roles[index] = Role::Cache;
            }
            return;
        }
        // A build record: the log, the trace and the provenance of one build.
        if is_record {
            for index in config.into_iter().chain(indexes.into_iter().flatten()) {
                self.roles[index] = Role::Log;
            }
            return;
        }
        if layers.iter().any(Descriptor::is_attestation) {
            for index in config.into_iter().chain(indexes.into_iter().flatten()) {
                self.roles[index] = Role::Attestation;
            }
            return;
        }
        self.image(config, &indexes);
    }

    fn docker_image(&mut self, config: &str, layers: &[String]) {
        let mut find = |name: &str| {
            let found = self.find(name);
            if found.is_none() {
                self.gaps.push(Gap::new(
                    Reason::MissingBlob,
                    name,
                    "manifest.json names this file, but it is missing",
                ));
            }
            found
        };
        let config = find(config);
        let indexes: Vec<Option<usize>> = layers.iter().map(|layer| find(layer)).collect();
        self.image(config, &indexes);
    }

    fn image(&mut self, config: Option<usize>, layers: &[Option<usize>]) {
        let (mut diff_ids, mut history): (&[String], &[History]) = (&[], &[]);
        if let Some(index) = config {
            match &self.contents.blobs[index].facts {
                Some(Facts::Config {
                    diff_ids: ids,
                    history: entries,
                    ..
                }) => (diff_ids, history) = (ids, entries),
                _ => self.gaps.push(Gap::new(
                    Reason::NoManifest,
                    &self.contents.blobs[index].name,
                    "the image config cannot be read",
                )),
            }
            self.roles[index] = Role::Config(
                history
                    .iter()
                    .map(|entry| instruction(entry).unwrap_or_default())
                    .collect(),
            );
        }
        let mut instructions = history
            .iter()
            .filter(|entry| entry.empty_layer != Some(true))
            .map(instruction);
        for (position, &layer) in layers.iter().enumerate() {
            let instruction = instructions.next().flatten();
            let Some(index) = layer else { continue };
            if matches!(self.roles[index], Role::Layer(_)) {
                continue;
            }
            if self.contents.blobs[index].tree.is_none() {
                let blob = &self.contents.blobs[index].name;
                self.gaps.push(Gap::new(
                    Reason::Broken,
                    blob,
                    "this layer is not a readable tar archive, plain or compressed",
                ));
            }
            let above = layers[position + 1..]
                .iter()
                .copied()
                .flatten()
                .filter(|&above| above != index)
                .collect();
            self.roles[index] = Role::Layer(Layer {
                above,
                instruction,
                diff_id: diff_ids.get(position).cloned(),
            });
        }
    }

    fn check_digests(&mut self) {
        for (index, blob) in self.contents.blobs.iter().enumerate() {
            let digest = self.contents.digests.get(&index).map(|hex| &hex[..]);
            let diff_id = match &self.roles[index] {
                Role::Layer(Layer { diff_id, .. }) => {
                    diff_id.as_deref().and_then(|id| id.strip_prefix("sha256:"))
                }
                _ => None,
            };
            let file = blob.name.rsplit('/').next().unwrap_or_default();
            // Only these names are digests: the directories of old archives have other names.
            let is_named = blob.name.starts_with("blobs/sha256/") || !blob.name.contains('/');
            let expected = match archive::digest_in_name(file).filter(|_| is_named) {
                None if file == "layer.tar" && blob.diff_id.is_none() => diff_id,
                named => named,
            };
            let wrong = |expected: Option<&str>, actual: Option<&str>| {
                expected.is_some() && actual.is_some() && expected != actual
            };
            if wrong(expected, digest) {
                self.gaps.push(Gap::new(
                    Reason::Digest,
                    &blob.name,
                    "its bytes do not have the digest that names it",
                ));
            } else if wrong(diff_id, blob.diff_id.as_deref()) {
                self.gaps.push(Gap::new(
                    Reason::Digest,
                    &blob.name,
                    "unpacked, it does not have the diff id of the config",
                ));
            }
            if blob.name.starts_with("blobs/") && !blob.name.starts_with("blobs/sha256/") {
                self.gaps.push(Gap::new(
                    Reason::Digest,
                    &blob.name,
                    "its digest is not of a kind that is checked here",
                ));
            }
        }
    }
}

/// Returns an entry of the history as the author wrote it.
fn instruction(entry: &History) -> Option<String> {
    let text = entry.created_by.as_deref()?.trim();
    let text = text
        .strip_prefix("/bin/sh -c #(nop)")
        .unwrap_or(text)
        .trim();
    let text = text.strip_suffix("# buildkit").unwrap_or(text).trim();
    (!text.is_empty()).then(|| text.replace("/bin/sh -c ", "").to_owned())
}
