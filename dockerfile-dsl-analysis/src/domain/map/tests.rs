//! The map against a `BTreeMap`, over random changes, copies and joins.

use std::collections::BTreeMap;

use super::{Join, Joined, Marked, PersistentMap, visits};

type Map = PersistentMap<u16, u16>;
type Model = BTreeMap<u16, u16>;

/// Odd values have a mark.
impl Marked for u16 {
    fn marks(&self) -> u8 {
        u8::from(self % 2 == 1)
    }
}

/// The greater value; 100 for a key that one side has not.
#[derive(Default)]
struct Greatest {
    keys: Vec<u16>,
    effects: Vec<u16>,
}

impl Join<u16, u16> for Greatest {
    fn both(&mut self, key: &u16, mine: &u16, theirs: &u16) -> Joined<u16> {
        self.keys.push(*key);
        if *mine == 7 && *theirs < 7 {
            self.effects.push(*key);
            return Joined::MineWithEffect;
        }
        if theirs > mine {
            Joined::New(*theirs)
        } else {
            Joined::Mine
        }
    }

    fn only_mine(&mut self, key: &u16, mine: &u16) -> Option<u16> {
        self.keys.push(*key);
        (*mine < 100).then_some(100)
    }

    fn only_theirs(&mut self, key: &u16, theirs: &u16) -> Option<u16> {
        self.keys.push(*key);
        (!key.is_multiple_of(5)).then(|| (*theirs).max(100))
    }
}

fn joined(a: &Model, b: &Model) -> Model {
    let keys: std::collections::BTreeSet<u16> = a.keys().chain(b.keys()).copied().collect();
    let join = |key: u16| match (a.get(&key), b.get(&key)) {
        (Some(a), Some(b)) => Some((key, *a.max(b))),
        (Some(a), None) => Some((key, *a.max(&100))),
        (None, Some(b)) => (!key.is_multiple_of(5)).then(|| (key, *b.max(&100))),
        (None, None) => None,
    };
    keys.into_iter().filter_map(join).collect()
}

struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % most
    }
}

#[track_caller]
fn assert_same(map: &Map, model: &Model) {
    let pairs = |map: &Map| -> Vec<(u16, u16)> { map.iter().map(|(a, b)| (*a, *b)).collect() };
    let expected: Vec<(u16, u16)> = model.iter().map(|(a, b)| (*a, *b)).collect();
    assert_eq!(pairs(map), expected);
    assert_eq!(map.len(), model.len());
    assert_eq!(map.is_empty(), model.is_empty());
    let marked: Vec<(u16, u16)> = map.iter_marked(1).map(|(a, b)| (*a, *b)).collect();
    let odd = expected.iter().copied().filter(|(_, value)| value % 2 == 1);
    assert_eq!(marked, odd.collect::<Vec<_>>());
    // The shape depends on the keys alone.
    let again: Map = expected.iter().rev().copied().collect();
    assert!(again == *map);
}

#[test]
fn changes_of_copies_are_those_of_a_b_tree() {
    let mut random = Random(1);
    let mut all: Vec<(Map, Model)> = vec![Default::default(); 4];
    for _ in 0..4_000 {
        let at = random.below(4) as usize;
        let (key, value) = (random.below(60) as u16, random.below(120) as u16);
        match random.below(10) {
            0..=3 => {
                all[at].0.insert(key, value);
                all[at].1.insert(key, value);
            }
            4..=5 => assert_eq!(all[at].0.remove(&key), all[at].1.remove(&key)),
            6 => {
                all[at].0.change(&key, |value| *value += 1);
                all[at].1.entry(key).and_modify(|value| *value += 1);
            }
            7 => {
                let other = random.below(4) as usize;
                all[at] = all[other].clone();
            }
            8 => {
                let (map, model) = all[random.below(4) as usize].clone();
                let expected = joined(&all[at].1, &model);
                // The second time, what was absorbed is left out.
                let mut first = Greatest::default();
                let once = all[at].0.join(&map, 0, &mut first);
                assert!(first.keys.is_sorted(), "{:?}", first.keys);
                let mut second = Greatest::default();
                assert!(all[at].0.join(&map, 0, &mut second) == once);
                assert_eq!(first.effects, second.effects);
                assert_same(&once, &expected);
                assert!(once.join(&once.clone(), 0, &mut second) == once);
                all[at] = (once, expected);
            }
            _ => {
                let from = all[at].1.range(key..).map(|(a, b)| (*a, *b));
                let found = all[at].0.iter_from(&key).map(|(a, b)| (*a, *b));
                assert!(from.eq(found));
                let (map, model) = &all[random.below(4) as usize];
                let mut keys = Vec::new();
                all[at].0.all_differences(map, 0, &mut |key, a, b| {
                    assert_eq!((a, b), (all[at].1.get(key), model.get(key)));
                    if a != b {
                        keys.push(*key);
                    }
                    true
                });
                let mut expected: Vec<u16> = (0..60).collect();
                expected.retain(|key| all[at].1.get(key) != model.get(key));
                assert_eq!(keys, expected);
                assert_eq!(all[at].0 == *map, all[at].1 == *model);
            }
        }
        assert_same(&all[at].0, &all[at].1);
        assert_eq!(all[at].0.get(&key), all[at].1.get(&key));
    }
}

/// The visited nodes of a change, and of a join of copies with one change each.
#[test]
fn copies_share_what_they_have_in_common() {
    let cost = |size: u16| {
        let map: Map = (0..size).map(|key| (key * 2, 100)).collect();
        let (mut a, mut b) = (map.clone(), map.clone());
        let before = visits();
        a.insert(size | 1, 101);
        b.remove(&(size / 3 * 2));
        assert!(a != b);
        let joined = a.join(&b, 0, &mut Greatest::default());
        assert!(joined == a);
        visits() - before
    };
    let (few, many) = (cost(100), cost(10_000));
    assert!(many < 4 * few, "{few} and {many} nodes");
}

/// A join that changes nothing is not made twice, even if the keys of the two differ everywhere.
#[test]
fn an_absorbed_map_is_not_visited_again() {
    let mut all: Map = (0..10_000).map(|key| (key, 100)).collect();
    let mut even: Map = (0..5_000).map(|key| (key * 2, 100)).collect();
    all = all.join(&even, 0, &mut Greatest::default());
    let cost = |all: &mut Map, even: &mut Map, context: u64| {
        let before = visits();
        all.insert(5_001, 102);
        even.insert(5_002, 100);
        *all = all.join(even, context, &mut Greatest::default());
        visits() - before
    };
    let again = cost(&mut all, &mut even, 0);
    assert!(again < 1_000, "{again} nodes");
    let elsewhere = cost(&mut all, &mut even, 1);
    assert!(elsewhere > 5_000, "{elsewhere} nodes in another context");
}
