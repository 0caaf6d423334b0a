//! A map in the order of its keys, for the many small tables of the analysis.
//!
//! In: keys and values. Out: the same in order. It is cheap to copy: its chunks are shared until one is changed.
//! Why not `BTreeMap`: each pair of types costs every user of the macros the compilation of some six thousand lines of it, and these
//! run unoptimised; this costs a twentieth.

use std::borrow::Borrow;
use std::sync::Arc;

/// So many pairs are copied where one of them is changed in a copy of the map.
const CHUNK: usize = 32;

/// A map in the order of its keys.
#[derive(Clone)]
pub(crate) struct Map<K, V> {
    /// In order; none is empty, none is longer than [`CHUNK`].
    chunks: Vec<Arc<Vec<(K, V)>>>,
    len: usize,
}

/// Where a key stands, or would.
struct Place {
    chunk: usize,
    index: usize,
    is_there: bool,
}

impl<K, V> Map<K, V> {
    pub(crate) const fn new() -> Self {
        Self {
            chunks: Vec::new(),
            len: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) fn iter(&self) -> Iter<'_, K, V> {
        Iter {
            chunks: &self.chunks,
            pairs: &[],
        }
    }
}

impl<K: Ord + Clone, V: Clone> Map<K, V> {
    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Place
    where
        K: Borrow<Q>,
    {
        // The last chunk that does not begin behind the key.
        let (mut chunk, mut end) = (0, self.chunks.len());
        while end > chunk + 1 {
            let middle = usize::midpoint(chunk, end);
            if self.chunks[middle][0].0.borrow() <= key {
                chunk = middle;
            } else {
                end = middle;
            }
        }
        let (mut index, mut end) = (0, self.chunks.get(chunk).map_or(0, |pairs| pairs.len()));
        while index < end {
            let middle = usize::midpoint(index, end);
            match self.chunks[chunk][middle].0.borrow().cmp(key) {
                std::cmp::Ordering::Less => index = middle + 1,
                std::cmp::Ordering::Greater => end = middle,
                std::cmp::Ordering::Equal => {
                    return Place {
                        chunk,
                        index: middle,
                        is_there: true,
                    };
                }
            }
        }
        Place {
            chunk,
            index,
            is_there: false,
        }
    }

    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key);
        if place.is_there {
            Some(&self.chunks[place.chunk][place.index].1)
        } else {
            None
        }
    }

    /// The pairs from this key on.
    pub(crate) fn from<Q: Ord + ?Sized>(&self, key: &Q) -> Iter<'_, K, V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key);
        match self.chunks.get(place.chunk..) {
            Some([first, rest @ ..]) => Iter {
                chunks: rest,
                pairs: &first[place.index..],
            },
            _ => self.iter(),
        }
    }

    pub(crate) fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.place(key).is_there
    }

    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key);
        if place.is_there {
            Some(&mut own(&mut self.chunks[place.chunk])[place.index].1)
        } else {
            None
        }
    }

    /// Puts the value there, and gives back the one that was.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let place = self.place(&key);
        let Some(shared) = self.chunks.get_mut(place.chunk) else {
            self.chunks.push(Arc::new(vec![(key, value)]));
            self.len = 1;
            return None;
        };
        let pairs = own(shared);
        if place.is_there {
            return Some(std::mem::replace(&mut pairs[place.index].1, value));
        }
        pairs.insert(place.index, (key, value));
        self.len += 1;
        if pairs.len() > CHUNK {
            // Keys that come in order leave full chunks behind.
            let at = if place.index == CHUNK {
                CHUNK
            } else {
                CHUNK / 2
            };
            let rest = pairs.split_off(at);
            self.chunks.insert(place.chunk + 1, Arc::new(rest));
        }
        None
    }

    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key);
        if !place.is_there {
            return None;
        }
        let pairs = own(&mut self.chunks[place.chunk]);
        let (_, value) = pairs.remove(place.index);
        if pairs.is_empty() {
            self.chunks.remove(place.chunk);
        }
        self.len -= 1;
        Some(value)
    }

    /// Changes each value in its place.
    pub(crate) fn update(&mut self, change: &mut dyn FnMut(&K, &mut V)) {
        for shared in &mut self.chunks {
            for (key, value) in own(shared) {
                change(key, value);
            }
        }
    }
}

/// What [`Arc::make_mut`] does for what nobody refers to weakly. That one costs five times as much to compile, for each type.
fn own<T: Clone>(shared: &mut Arc<T>) -> &mut T {
    if Arc::get_mut(shared).is_none() {
        *shared = Arc::new(T::clone(shared));
    }
    Arc::get_mut(shared).expect("nobody else has the new one")
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for Map<K, V> {
    fn eq(&self, other: &Self) -> bool {
        if self.len != other.len {
            return false;
        }
        let mut others = other.iter();
        for pair in self.iter() {
            if others.next() != Some(pair) {
                return false;
            }
        }
        true
    }
}

impl<K: Eq, V: Eq> Eq for Map<K, V> {}

impl<K: std::fmt::Debug, V: std::fmt::Debug> std::fmt::Debug for Map<K, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: Ord + Clone, V: Clone> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut map = Self::new();
        for (key, value) in pairs {
            map.insert(key, value);
        }
        map
    }
}

impl<'a, K, V> IntoIterator for &'a Map<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The pairs of a map, in order.
#[derive(Clone)]
pub(crate) struct Iter<'a, K, V> {
    chunks: &'a [Arc<Vec<(K, V)>>],
    /// What is left of the chunk before them.
    pairs: &'a [(K, V)],
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        if self.pairs.is_empty() {
            let (first, rest) = self.chunks.split_first()?;
            (self.pairs, self.chunks) = (first, rest);
        }
        let ((key, value), rest) = self.pairs.split_first()?;
        self.pairs = rest;
        Some((key, value))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::Map;

    /// Inserts and removes by a fixed pseudo-random sequence, and compares with `BTreeMap` after each step.
    #[test]
    fn agrees_with_btree_map() {
        let (mut map, mut expected) = (Map::new(), BTreeMap::new());
        let mut number = 1_u64;
        for round in 0..4000_u64 {
            number = number
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let key = (number >> 33) % 300;
            if number >> 62 == 0 {
                assert_eq!(map.remove(&key), expected.remove(&key));
            } else {
                assert_eq!(map.insert(key, round), expected.insert(key, round));
            }
            assert_eq!(map.get(&key), expected.get(&key));
            assert_eq!(map.len(), expected.len());
            assert!(map.iter().eq(expected.iter()), "round {round}");
            assert!(map.from(&key).eq(expected.range(key..)), "round {round}");
        }
    }

    #[test]
    fn a_copy_does_not_change() {
        let mut map: Map<u32, u32> = (0..100).map(|key| (key, key)).collect();
        let copy = map.clone();
        map.update(&mut |_, value| *value += 1);
        map.remove(&7);
        *map.get_mut(&3).expect("it was put there") = 0;
        assert_eq!(copy.get(&7), Some(&7));
        assert_eq!(copy.get(&3), Some(&3));
        assert_ne!(map, copy);
    }
}
