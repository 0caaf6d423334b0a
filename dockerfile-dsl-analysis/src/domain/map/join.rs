//! Joins and comparisons of maps. What both share is not visited, and what a join did not change is remembered.

use std::rc::Rc;

use super::{Absorbed, Link, Marked, Node, PersistentMap, concatenate, count_visit, split};

/// How the entries of two maps are joined, in the order of their keys.
pub(crate) trait Join<K, V> {
    /// Joins the values of a key that both have. They may be equal.
    fn both(&mut self, key: &K, mine: &V, theirs: &V) -> Joined<V>;

    /// Returns the new value of a key that only the first one has: `None` if it stays as it is.
    fn only_mine(&mut self, key: &K, mine: &V) -> Option<V>;

    /// Returns the value of a key that only the second one has: `None` if it is left out.
    fn only_theirs(&mut self, key: &K, theirs: &V) -> Option<V>;
}

/// The join of two values.
pub(crate) enum Joined<V> {
    /// The first one.
    Mine,
    /// The first one. But the join has another effect, which another join of the two has as well.
    MineWithEffect,
    New(V),
}

/// Max. number of subtrees that a node remembers. The paths through a script are joined with the few that stay apart from them, again
/// and again.
const MAX_ABSORBED: usize = 6;

/// The keys that a subtree is looked at between.
type Bounds<'k, K> = (Option<&'k K>, Option<&'k K>);

/// The highest node of a part of a map.
type View<'m, K, V> = Option<&'m Rc<Node<K, V>>>;

/// Narrows a view to the keys between the bounds.
fn within<'m, K: Ord, V>(mut view: View<'m, K, V>, (low, high): Bounds<'_, K>) -> View<'m, K, V> {
    while let Some(node) = view {
        if low.is_some_and(|low| node.key <= *low) {
            view = node.right.as_ref();
        } else if high.is_some_and(|high| node.key >= *high) {
            view = node.left.as_ref();
        } else {
            break;
        }
    }
    view
}

/// Splits a view at a key that is that of its highest node, or higher than it: the less ones, the node of the key, the greater ones.
fn around<'m, K: Ord, V>(view: View<'m, K, V>, key: &K) -> [View<'m, K, V>; 3] {
    match view {
        Some(node) if node.key == *key => [node.left.as_ref(), view, node.right.as_ref()],
        // The bounds separate them.
        _ => [view, None, view],
    }
}

fn is_same<K, V>(a: View<'_, K, V>, b: View<'_, K, V>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => Rc::ptr_eq(a, b),
        (None, None) => true,
        _ => false,
    }
}

impl<K: Ord + Clone, V: Marked + Clone> PersistentMap<K, V> {
    /// Joins two maps. Joins in the same context join equal values alike.
    #[must_use]
    pub(crate) fn join(&self, other: &Self, context: u64, by: &mut impl Join<K, V>) -> Self {
        let views = (self.root.as_ref(), other.root.as_ref());
        let (root, _) = join(views, (None, None), context, by);
        Self { root }
    }
}

/// Returns the join, and whether another join of the two may be left out.
fn join<K: Ord + Clone, V: Marked + Clone>(
    (mine, theirs): (View<'_, K, V>, View<'_, K, V>),
    (low, high): Bounds<'_, K>,
    context: u64,
    by: &mut impl Join<K, V>,
) -> (Link<K, V>, bool) {
    let theirs = within(theirs, (low, high));
    let Some(own) = mine else {
        return (take(theirs, (low, high), by), theirs.is_none());
    };
    if is_same(mine, theirs) || has_absorbed(own, theirs, (low, high), context) {
        return (mine.cloned(), true);
    }
    count_visit();
    if let Some(node) = theirs
        && !own.is_above(node.rank, &node.key)
    {
        // `own` has no such key.
        let (key, rest) = (&node.key, [node.left.as_ref(), node.right.as_ref()]);
        let (less, greater) = split(mine.cloned(), key);
        let (less, _) = join((less.as_ref(), rest[0]), (low, Some(key)), context, by);
        let value = by.only_theirs(key, &node.value);
        let (greater, _) = join((greater.as_ref(), rest[1]), (Some(key), high), context, by);
        return (with_value(node, value, less, greater), false);
    }
    let [less, same, greater] = around(theirs, &own.key);
    let views = (own.left.as_ref(), less);
    let (left, is_left_kept) = join(views, (low, Some(&own.key)), context, by);
    let (value, is_value_kept) = match same {
        None => (by.only_mine(&own.key, &own.value), true),
        Some(node) => match by.both(&own.key, &own.value, &node.value) {
            Joined::Mine => (None, true),
            Joined::MineWithEffect => (None, false),
            Joined::New(value) => (Some(value), false),
        },
    };
    let views = (own.right.as_ref(), greater);
    let (right, is_right_kept) = join(views, (Some(&own.key), high), context, by);
    let children = [(&left, &own.left), (&right, &own.right)];
    let is_new = |(new, old): (&Link<K, V>, &Link<K, V>)| !is_same(new.as_ref(), old.as_ref());
    if value.is_some() || children.into_iter().any(is_new) {
        let value = value.unwrap_or_else(|| own.value.clone());
        return (with_value(own, Some(value), left, right), false);
    }
    let is_kept = is_left_kept && is_value_kept && is_right_kept;
    if is_kept {
        let mut known = own.absorbed.borrow_mut();
        if known.len() == MAX_ABSORBED {
            known.remove(0);
        }
        known.push(Absorbed {
            subtree: theirs.map(Rc::downgrade),
            bounds: (low.cloned(), high.cloned()),
            context,
        });
    }
    (mine.cloned(), is_kept)
}

fn has_absorbed<K: Ord, V>(
    own: &Node<K, V>,
    theirs: View<'_, K, V>,
    (low, high): Bounds<'_, K>,
    context: u64,
) -> bool {
    own.absorbed.borrow().iter().any(|absorbed| {
        let is_same = match (&absorbed.subtree, theirs) {
            (Some(known), Some(node)) => known.as_ptr() == Rc::as_ptr(node),
            (None, None) => true,
            _ => false,
        };
        let (known_low, known_high) = &absorbed.bounds;
        is_same
            && absorbed.context == context
            && known_low.as_ref() == low
            && known_high.as_ref() == high
    })
}

/// Returns a node of the same key.
fn with_value<K: Ord + Clone, V: Marked + Clone>(
    node: &Node<K, V>,
    value: Option<V>,
    left: Link<K, V>,
    right: Link<K, V>,
) -> Link<K, V> {
    match value {
        Some(value) => {
            let key = node.key.clone();
            Some(Rc::new(Node::new(key, value, node.rank, left, right)))
        }
        None => concatenate(left, right),
    }
}

/// Returns the entries that only the second map has.
fn take<K: Ord + Clone, V: Marked + Clone>(
    theirs: View<'_, K, V>,
    (low, high): Bounds<'_, K>,
    by: &mut impl Join<K, V>,
) -> Link<K, V> {
    let node = within(theirs, (low, high))?;
    let left = take(node.left.as_ref(), (low, Some(&node.key)), by);
    let value = by.only_theirs(&node.key, &node.value);
    let right = take(node.right.as_ref(), (Some(&node.key), high), by);
    with_value(node, value, left, right)
}

/// Looks at one key: its values in both maps. Returns whether to go on.
type Look<'f, 'm, K, V> = dyn FnMut(&'m K, Option<&'m V>, Option<&'m V>) -> bool + 'f;

impl<K: Ord, V> PersistentMap<K, V> {
    /// Looks at the keys that may have different values, in their order, until the function returns `false`. Returns whether it never did.
    /// `marks`: only where a value has one of these marks; 0 for all.
    pub(crate) fn all_differences<'m>(
        &'m self,
        other: &'m Self,
        marks: u8,
        look: &mut Look<'_, 'm, K, V>,
    ) -> bool {
        let views = (self.root.as_ref(), other.root.as_ref());
        compare(views, (None, None), marks, look)
    }
}

fn compare<'m, K: Ord, V>(
    (a, b): (View<'m, K, V>, View<'m, K, V>),
    (low, high): Bounds<'m, K>,
    marks: u8,
    look: &mut Look<'_, 'm, K, V>,
) -> bool {
    let has_marks = |own: u8| marks == 0 || own & marks != 0;
    let narrow = |view| within(view, (low, high)).filter(|node: &&Rc<_>| has_marks(node.marks));
    let (a, b): (View<'_, K, V>, View<'_, K, V>) = (narrow(a), narrow(b));
    if is_same(a, b) {
        return true;
    }
    count_visit();
    let key = match (a, b) {
        (Some(a), Some(b)) if b.is_above(a.rank, &a.key) => &b.key,
        (Some(one), _) | (None, Some(one)) => &one.key,
        (None, None) => return true,
    };
    let ([a_less, a, a_greater], [b_less, b, b_greater]) = (around(a, key), around(b, key));
    let is_looked_at = [a, b]
        .into_iter()
        .flatten()
        .any(|node| has_marks(node.own_marks));
    compare((a_less, b_less), (low, Some(key)), marks, look)
        && (!is_looked_at || look(key, a.map(|node| &node.value), b.map(|node| &node.value)))
        && compare((a_greater, b_greater), (Some(key), high), marks, look)
}
