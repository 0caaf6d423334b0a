//! Assembles the report: findings with place, instruction and path, the gaps, and known text, from the scanned blobs and their
//! roles. Text that comes from the image is redacted.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;

use dockerfile_dsl_analysis::printable::printable;

use crate::contents::{Contents, Kind};
use crate::layout::Role;
use crate::redact::Redactor;
use crate::scan::Scan;
use crate::stream::MemberPart;
use crate::worker::Sighting;
use crate::{FilePart, Finding, Gap, Match, Place, Report, Scanned, Secret};

/// Combines the contents of the blobs with the manifests.
pub(super) struct Assembly<'a> {
    pub(super) secrets: &'a [Secret],
    pub(super) base_layers: &'a HashSet<String>,
    pub(super) scan: &'a Scan,
    pub(super) redactor: &'a Redactor,
    /// For each secret, the number of groups of its pieces.
    pub(super) groups: &'a [usize],
    pub(super) contents: &'a mut Contents,
    pub(super) roles: &'a [Role],
}

impl Assembly<'_> {
    /// Whether the verdict can be *clean*: the image has a layer, a config or another blob that a manifest names; a file of a
    /// tree; a log, which is never empty.
    fn has_content(&self) -> bool {
        match self.contents.kind {
            Kind::Image => self
                .roles
                .iter()
                .any(|role| !matches!(role, Role::Manifest | Role::Unreferenced)),
            Kind::Tree => self.contents.members > 0,
            Kind::Log => true,
        }
    }

    pub(super) fn report(self, image: &str, mut gaps: Vec<Gap>) -> Report {
        for blob in &mut self.contents.blobs {
            gaps.append(&mut blob.gaps);
            if let Some(tree) = &mut blob.tree {
                tree.sort();
            }
        }
        for gap in &mut gaps {
            gap.place = self.redactor.text(&gap.place);
            gap.detail = self.redactor.text(&gap.detail);
        }
        let known = self.known_texts();
        let mut known_texts = 0;
        let mut findings = Vec::new();
        for (index, blob) in self.contents.blobs.iter().enumerate() {
            for sighting in &blob.sightings {
                let matched = self.matched(sighting);
                let is_known = |(needle, ranges): (&usize, &Vec<(usize, usize)>)| {
                    let known = known.get(needle).map_or(&[][..], |ranges| &ranges[..]);
                    ranges.iter().all(|range| {
                        known
                            .iter()
                            .any(|known| known.0 <= range.0 && range.1 <= known.1)
                    })
                };
                if matched == Match::Part && sighting.seen.iter().all(is_known) {
                    known_texts += 1;
                } else {
                    findings.push(self.finding(index, sighting, matched));
                }
            }
        }
        findings.sort_by(|one, other| {
            (&one.secret, one.place, &one.layer, &one.path, one.offset).cmp(&(
                &other.secret,
                other.place,
                &other.layer,
                &other.path,
                other.offset,
            ))
        });
        let has_content = self.has_content();
        let blobs = &self.contents.blobs;
        let scanned = Scanned {
            layers: self
                .roles
                .iter()
                .filter(|role| matches!(role, Role::Layer(_)))
                .count() as u64,
            files: blobs.iter().map(|blob| blob.files).sum::<u64>()
                + self.contents.other_files
                + if self.contents.kind == Kind::Tree {
                    self.contents.members
                } else {
                    0
                },
            bytes: self.scan.read.load(Ordering::Relaxed)
                + self
                    .scan
                    .decoded
                    .iter()
                    .map(|count| count.load(Ordering::Relaxed))
                    .sum::<u64>(),
        };
        Report {
            image: self.redactor.text(image),
            findings,
            incomplete: gaps,
            scanned,
            known_texts,
            kept: Vec::new(),
            has_content,
            is_text: self.contents.kind == Kind::Log,
        }
    }

    fn finding(&self, index: usize, sighting: &Sighting, matched: Match) -> Finding {
        let blob = &self.contents.blobs[index];
        let role = &self.roles[index];
        let is_image = self.contents.kind == Kind::Image;
        let history = sighting
            .path
            .strip_prefix("/history/")
            .and_then(|rest| rest.split('/').next()?.parse::<usize>().ok());
        let place = match role {
            _ if self.contents.kind == Kind::Log => Place::Log,
            _ if self.contents.kind == Kind::Tree => Place::Layer,
            Role::Layer(_) => Place::Layer,
            Role::Config(_) if history.is_some() => Place::History,
            Role::Config(_) => Place::Config,
            Role::Manifest if sighting.path.contains("/annotations/") => Place::Annotation,
            Role::Manifest => Place::Manifest,
            Role::Attestation => Place::Attestation,
            Role::Cache => Place::Cache,
            Role::Log => Place::Log,
            // The role of an unreferenced blob follows from its content.
            Role::Unreferenced if blob.tree.is_some() || blob.facts.is_none() => Place::Layer,
            Role::Unreferenced if blob.name.ends_with("/json") => Place::Config,
            Role::Unreferenced => Place::Manifest,
        };
        let instruction = match (role, history) {
            (Role::Layer(layer), _) => layer.instruction.clone(),
            (Role::Config(instructions), Some(entry)) => instructions.get(entry).cloned(),
            _ => None,
        };
        let deleted_later = match role {
            Role::Layer(layer) => {
                let file = sighting.path.split('!').next().unwrap_or_default();
                layer.above.iter().any(|&above| {
                    self.contents.blobs[above]
                        .tree
                        .as_ref()
                        .is_some_and(|tree| tree.hides(file.as_bytes()))
                })
            }
            _ => false,
        };
        let path = match (is_image, sighting.path.is_empty()) {
            (true, _) => sighting.path.clone(),
            (false, true) => blob.name.clone(),
            (false, false) if blob.name.is_empty() => sighting.path.clone(),
            (false, false) if blob.facts.is_some() => format!("{}#{}", blob.name, sighting.path),
            (false, false) => format!("{}!{}", blob.name, sighting.path),
        };
        Finding {
            secret: printable(self.secrets[sighting.secret].id()),
            target: None,
            place,
            layer: is_image.then(|| self.redactor.text(&blob_name(&blob.name))),
            instruction: instruction.map(|text| self.redactor.text(&text)),
            path: self.redactor.text(&path),
            part: match sighting.part {
                MemberPart::Content => FilePart::Content,
                MemberPart::Header => FilePart::Header,
            },
            offset: sighting.offset,
            encodings: sighting
                .chain
                .iter()
                .copied()
                .chain([sighting.encoding.name()])
                .collect(),
            matched,
            deleted_later,
        }
    }

    /// Returns whole if all groups of the secret's pieces were found from end to end.
    fn matched(&self, sighting: &Sighting) -> Match {
        let needles = self.scan.matcher.needles();
        let whole: HashSet<usize> = sighting
            .seen
            .iter()
            .filter(|(needle, ranges)| ranges[..] == [(0, needles[**needle].bytes.len())])
            .map(|(&needle, _)| needles[needle].group)
            .collect();
        if whole.len() >= self.groups[sighting.secret].max(1) {
            Match::Whole
        } else {
            Match::Part
        }
    }

    /// Returns the parts that occur in base layers, of secrets that do not occur there as a whole.
    fn known_texts(&self) -> HashMap<usize, Vec<(usize, usize)>> {
        let mut known: HashMap<usize, Vec<(usize, usize)>> = HashMap::new();
        for (index, blob) in self.contents.blobs.iter().enumerate() {
            let diff_id = match &self.roles[index] {
                Role::Layer(layer) => layer.diff_id.clone(),
                _ => None,
            };
            let digest = self
                .contents
                .digests
                .get(&index)
                .map(|hex| format!("sha256:{hex}"));
            if !diff_id
                .iter()
                .chain(&digest)
                .any(|id| self.base_layers.contains(id))
            {
                continue;
            }
            for sighting in blob
                .sightings
                .iter()
                .filter(|sighting| self.matched(sighting) == Match::Part)
            {
                for (&needle, ranges) in &sighting.seen {
                    known.entry(needle).or_default().extend(ranges);
                }
            }
        }
        known
    }
}

/// Returns `sha256:..` if the name is a digest.
fn blob_name(name: &str) -> String {
    match name.strip_prefix("blobs/") {
        Some(digest) => digest.replacen('/', ":", 1),
        None => name.to_owned(),
    }
}
