//! A map whose copies share what they have in common: a clone takes one step, and joins and comparisons visit what differs.
//!
//! In: entries with ordered keys. Out: the interface of a `BTreeMap`, as the abstract states need it, and joins. It is a treap whose
//! priorities are hashes of the keys, so that equal sets of keys have equal shapes, however they came about.

mod join;
#[cfg(test)]
mod tests;

pub(crate) use join::{Join, Joined};

use std::borrow::Borrow;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::rc::{Rc, Weak};

/// A value with properties that a walk can look for. A subtree without them is skipped.
pub(crate) trait Marked {
    /// Returns a bit for each property.
    fn marks(&self) -> u8 {
        0
    }
}

/// The map.
pub(crate) struct PersistentMap<K, V> {
    root: Link<K, V>,
}

type Link<K, V> = Option<Rc<Node<K, V>>>;

/// Invariant: no node beneath it is [higher](Node::is_above).
struct Node<K, V> {
    key: K,
    value: V,
    rank: u32,
    /// Number of entries in this subtree.
    size: u32,
    /// The sum of their ranks: other sums are other keys.
    ranks: u64,
    /// The properties of the value, and those of all values in this subtree.
    own_marks: u8,
    marks: u8,
    left: Link<K, V>,
    right: Link<K, V>,
    /// The subtrees that were joined with this one and did not change it.
    absorbed: RefCell<Vec<Absorbed<K, V>>>,
}

/// A subtree whose join with a node returned that node.
struct Absorbed<K, V> {
    /// The subtree. It may be gone; its address is not used again.
    subtree: Option<Weak<Node<K, V>>>,
    /// The keys between which it was looked at.
    bounds: (Option<K>, Option<K>),
    context: u64,
}

/// A clone is made for a change.
impl<K: Clone, V: Clone> Clone for Node<K, V> {
    fn clone(&self) -> Self {
        count_visit();
        Self {
            key: self.key.clone(),
            value: self.value.clone(),
            left: self.left.clone(),
            right: self.right.clone(),
            absorbed: RefCell::default(),
            ..*self
        }
    }
}

impl<K: Ord, V: Marked> Node<K, V> {
    fn new(key: K, value: V, rank: u32, left: Link<K, V>, right: Link<K, V>) -> Self {
        let mut node = Self {
            key,
            value,
            rank,
            size: 0,
            ranks: 0,
            own_marks: 0,
            marks: 0,
            left,
            right,
            absorbed: RefCell::default(),
        };
        node.has_changed();
        node
    }

    /// Computes again what depends on the value and on the children.
    fn has_changed(&mut self) {
        count_visit();
        let children = || self.left.iter().chain(&self.right);
        self.own_marks = self.value.marks();
        self.marks = children().fold(self.own_marks, |marks, child| marks | child.marks);
        let ranks = children().map(|child| child.ranks);
        self.ranks = ranks.fold(u64::from(self.rank), u64::wrapping_add);
        self.size = 1 + children().map(|child| child.size).sum::<u32>();
        self.absorbed.get_mut().clear();
    }
}

impl<K: Ord, V> Node<K, V> {
    /// Whether its place is above that of the other key.
    fn is_above(&self, rank: u32, key: &K) -> bool {
        self.rank > rank || self.rank == rank && self.key <= *key
    }
}

impl<K, V> Default for PersistentMap<K, V> {
    fn default() -> Self {
        Self { root: None }
    }
}

impl<K, V> Clone for PersistentMap<K, V> {
    fn clone(&self) -> Self {
        let root = self.root.clone();
        Self { root }
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for PersistentMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: Ord + Hash + Clone, V: Marked + Clone> FromIterator<(K, V)> for PersistentMap<K, V> {
    fn from_iter<T: IntoIterator<Item = (K, V)>>(entries: T) -> Self {
        let mut map = Self::default();
        for (key, value) in entries {
            map.insert(key, value);
        }
        map
    }
}

impl<K: Ord, V: PartialEq> PartialEq for PersistentMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        let ranks = |map: &Self| map.root.as_ref().map_or(0, |root| root.ranks);
        self.len() == other.len()
            && ranks(self) == ranks(other)
            && self.all_differences(other, 0, &mut |_, a, b| a == b)
    }
}

impl<K, V> PersistentMap<K, V> {
    /// Whether they are one map, so that they are equal.
    pub(crate) fn is_shared_with(&self, other: &Self) -> bool {
        match (&self.root, &other.root) {
            (Some(a), Some(b)) => Rc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.root.as_ref().map_or(0, |root| root.size as usize)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.root.is_none()
    }

    /// Returns the entries in the order of their keys.
    pub(crate) fn iter(&self) -> Iter<'_, K, V> {
        self.iter_marked(0)
    }

    /// Returns the entries whose values have one of these marks; all of them for 0.
    pub(crate) fn iter_marked(&self, marks: u8) -> Iter<'_, K, V> {
        let ahead = Vec::new();
        let mut iter = Iter { ahead, marks };
        iter.descend(&self.root);
        iter
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }
}

impl<K: Ord, V> PersistentMap<K, V> {
    pub(crate) fn get_key_value<Q: Ord + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        let mut link = &self.root;
        while let Some(node) = link {
            link = match key.cmp(node.key.borrow()) {
                Ordering::Less => &node.left,
                Ordering::Greater => &node.right,
                Ordering::Equal => return Some((&node.key, &node.value)),
            };
        }
        None
    }

    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.get_key_value(key).map(|(_, value)| value)
    }

    pub(crate) fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.get(key).is_some()
    }

    /// Returns the entries from a key on, in order.
    pub(crate) fn iter_from<Q: Ord + ?Sized>(&self, start: &Q) -> Iter<'_, K, V>
    where
        K: Borrow<Q>,
    {
        let mut ahead = Vec::new();
        let mut link = &self.root;
        while let Some(node) = link {
            link = if node.key.borrow() < start {
                &node.right
            } else {
                ahead.push(&**node);
                &node.left
            };
        }
        Iter { ahead, marks: 0 }
    }
}

impl<K: Ord + Hash + Clone, V: Marked + Clone> PersistentMap<K, V> {
    pub(crate) fn insert(&mut self, key: K, value: V) {
        let rank = rank_of(&key);
        insert(&mut self.root, key, value, rank);
    }

    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        // Without the entry, the path to it stays shared.
        self.contains_key(key)
            .then(|| remove(&mut self.root, key))
            .flatten()
    }

    /// Changes the value of a key, if it has one.
    pub(crate) fn change<Q: Ord + ?Sized>(&mut self, key: &Q, change: impl FnOnce(&mut V))
    where
        K: Borrow<Q>,
    {
        if self.contains_key(key) {
            change_at(&mut self.root, key, change);
        }
    }

    /// Changes the values for which the function returns another one.
    pub(crate) fn change_all(&mut self, mut change: impl FnMut(&K, &V) -> Option<V>) {
        let changed: Vec<(K, V)> = self
            .iter()
            .filter_map(|(key, value)| Some((key.clone(), change(key, value)?)))
            .collect();
        for (key, value) in changed {
            self.insert(key, value);
        }
    }
}

/// Returns the priority of a key: FNV-1a, with its bits mixed.
fn rank_of(key: &impl Hash) -> u32 {
    struct Rank(u64);
    impl Hasher for Rank {
        fn write(&mut self, bytes: &[u8]) {
            for byte in bytes {
                self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }

        fn finish(&self) -> u64 {
            let mixed = (self.0 ^ self.0 >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            (mixed ^ mixed >> 29) >> 16
        }
    }
    let mut rank = Rank(0xcbf2_9ce4_8422_2325);
    key.hash(&mut rank);
    rank.finish() as u32
}

fn insert<K: Ord + Clone, V: Marked + Clone>(link: &mut Link<K, V>, key: K, value: V, rank: u32) {
    let Some(node) = link.as_mut().filter(|node| node.is_above(rank, &key)) else {
        // A key that was there would be higher.
        let (left, right) = split(link.take(), &key);
        *link = Some(Rc::new(Node::new(key, value, rank, left, right)));
        return;
    };
    let node = Rc::make_mut(node);
    match key.cmp(&node.key) {
        Ordering::Less => insert(&mut node.left, key, value, rank),
        Ordering::Greater => insert(&mut node.right, key, value, rank),
        Ordering::Equal => node.value = value,
    }
    node.has_changed();
}

/// Splits a subtree at a key that is not in it.
fn split<K: Ord + Clone, V: Marked + Clone>(link: Link<K, V>, key: &K) -> (Link<K, V>, Link<K, V>) {
    let Some(mut node) = link else {
        return (None, None);
    };
    let own = Rc::make_mut(&mut node);
    if own.key < *key {
        let (less, greater) = split(own.right.take(), key);
        own.right = less;
        own.has_changed();
        (Some(node), greater)
    } else {
        let (less, greater) = split(own.left.take(), key);
        own.left = greater;
        own.has_changed();
        (less, Some(node))
    }
}

/// Joins two subtrees; all keys of the first are less.
fn concatenate<K: Ord + Clone, V: Marked + Clone>(
    less: Link<K, V>,
    greater: Link<K, V>,
) -> Link<K, V> {
    let (mut less, mut greater) = match (less, greater) {
        (Some(less), Some(greater)) => (less, greater),
        (one, other) => return one.or(other),
    };
    if less.is_above(greater.rank, &greater.key) {
        let node = Rc::make_mut(&mut less);
        node.right = concatenate(node.right.take(), Some(greater));
        node.has_changed();
        Some(less)
    } else {
        let node = Rc::make_mut(&mut greater);
        node.left = concatenate(Some(less), node.left.take());
        node.has_changed();
        Some(greater)
    }
}

fn remove<K, V, Q: Ord + ?Sized>(link: &mut Link<K, V>, key: &Q) -> Option<V>
where
    K: Ord + Clone + Borrow<Q>,
    V: Marked + Clone,
{
    let node = link.as_mut()?;
    let removed = match key.cmp(node.key.borrow()) {
        Ordering::Equal => {
            let value = node.value.clone();
            *link = concatenate(node.left.clone(), node.right.clone());
            return Some(value);
        }
        Ordering::Less => remove(&mut Rc::make_mut(node).left, key),
        Ordering::Greater => remove(&mut Rc::make_mut(node).right, key),
    };
    Rc::make_mut(node).has_changed();
    removed
}

fn change_at<K, V, Q: Ord + ?Sized>(link: &mut Link<K, V>, key: &Q, change: impl FnOnce(&mut V))
where
    K: Ord + Clone + Borrow<Q>,
    V: Marked + Clone,
{
    let Some(node) = link else { return };
    let node = Rc::make_mut(node);
    match key.cmp(node.key.borrow()) {
        Ordering::Less => change_at(&mut node.left, key, change),
        Ordering::Greater => change_at(&mut node.right, key, change),
        Ordering::Equal => change(&mut node.value),
    }
    node.has_changed();
}

/// The entries of a map in the order of their keys.
pub(crate) struct Iter<'m, K, V> {
    /// The nodes that follow, the next one last. Their right subtrees follow each of them.
    ahead: Vec<&'m Node<K, V>>,
    marks: u8,
}

impl<'m, K, V> Iter<'m, K, V> {
    fn descend(&mut self, mut link: &'m Link<K, V>) {
        while let Some(node) = link {
            if self.marks != 0 && node.marks & self.marks == 0 {
                break;
            }
            self.ahead.push(node);
            link = &node.left;
        }
    }
}

impl<'m, K, V> Iterator for Iter<'m, K, V> {
    type Item = (&'m K, &'m V);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let node = self.ahead.pop()?;
            count_visit();
            self.descend(&node.right);
            if self.marks == 0 || node.own_marks & self.marks != 0 {
                return Some((&node.key, &node.value));
            }
        }
    }
}

/// Counts a node that was looked at: the tests of growth add these up.
fn count_visit() {
    #[cfg(test)]
    VISITS.with(|visits| visits.set(visits.get() + 1));
}

#[cfg(test)]
thread_local! {
    static VISITS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Returns the number of nodes that this thread has looked at.
#[cfg(test)]
pub(crate) fn visits() -> u64 {
    VISITS.get()
}
