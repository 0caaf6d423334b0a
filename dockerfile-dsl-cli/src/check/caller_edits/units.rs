//! The parts of a file that start a build each: a step of a workflow, a service of compose, a target of bake.

use std::rc::Rc;

use dockerfile_dsl_analysis::Span;

use super::super::callers::tree::Node;
use super::super::kind::FrontEnd;

/// A part of a file that starts a build, with what surrounds it.
pub(super) struct Unit<'a> {
    pub(super) span: Span,
    pub(super) kind: Kind,
    /// The document.
    pub(super) root: &'a Node,
    pub(super) node: &'a Node,
    /// `env` of the workflow and of the job.
    pub(super) environments: Vec<&'a Node>,
    /// Whether an anchor shares it with other parts.
    pub(super) is_shared: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Step,
    /// A step of a composite action, which has no secrets.
    CompositeStep,
    Service,
    Target,
}

/// Returns the units of a file in text order.
pub(super) fn of(front_end: FrontEnd, documents: &[Rc<Node>]) -> Vec<Unit<'_>> {
    let mut units = Vec::new();
    for root in documents {
        match front_end {
            FrontEnd::Workflow => workflow(root, &mut units),
            FrontEnd::Compose => named(root, "services", Kind::Service, &mut units),
            FrontEnd::Bake => named(root, "target", Kind::Target, &mut units),
            FrontEnd::GitLab | FrontEnd::Script | FrontEnd::Makefile => {}
        }
    }
    units.sort_by_key(|unit| unit.span.start);
    units
}

/// Returns the unit at this place.
pub(super) fn at<'a, 'b>(units: &'b [Unit<'a>], span: Span) -> Option<&'b Unit<'a>> {
    let after = units.partition_point(|unit| unit.span.start <= span.start);
    let unit = units.get(after.checked_sub(1)?)?;
    (span.start < unit.span.end).then_some(unit)
}

fn workflow<'a>(root: &'a Node, units: &mut Vec<Unit<'a>>) {
    let of = |node: &'a Node, name: &str| {
        let mut pairs = node.pairs().iter().rev();
        let found = pairs.find(|(key, _)| key.text() == Some(name));
        found.map(|(_, value)| value)
    };
    let mut add = |job: &'a Rc<Node>, kind, is_shared: bool| {
        let Some(steps) = of(job, "steps") else {
            return;
        };
        let environments = [of(root, "env"), of(job, "env")].into_iter().flatten();
        let environments: Vec<&Node> = environments.map(|node| &**node).collect();
        for step in steps.items() {
            units.push(Unit {
                span: step.span,
                kind,
                root,
                node: step,
                environments: environments.clone(),
                is_shared: is_shared || job.is_shared || steps.is_shared || step.is_shared,
            });
        }
    };
    if let Some(jobs) = of(root, "jobs") {
        for (_, job) in jobs.pairs() {
            add(job, Kind::Step, jobs.is_shared);
        }
    }
    if let Some(runs) = of(root, "runs") {
        add(runs, Kind::CompositeStep, false);
    }
}

fn named<'a>(root: &'a Node, name: &str, kind: Kind, units: &mut Vec<Unit<'a>>) {
    let mut pairs = root.pairs().iter();
    let Some((_, all)) = pairs.find(|(key, _)| key.text() == Some(name)) else {
        return;
    };
    for (key, node) in all.pairs() {
        let is_shared = all.is_shared || node.is_shared;
        units.push(Unit {
            // An alias is where its anchor is.
            span: if is_shared {
                key.span
            } else {
                key.span.to(node.span)
            },
            kind,
            root,
            node,
            environments: Vec::new(),
            is_shared,
        });
    }
}
