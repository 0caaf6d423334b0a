//! Iterators into lists, for little code. Not part of the interface: the other crates of the workspace use it.
//!
//! Why not `collect`: it plans for the length, for types that are copied as bytes, for lists that are made in the place of others; each
//! closure that it is given costs every user of the macros the compilation of some four hundred lines of that, and these run unoptimised.

/// What [`Iterator::collect`] does, item by item.
pub trait Gather: Iterator + Sized {
    /// The items, in their order.
    fn gather(self) -> Vec<Self::Item> {
        let mut items = Vec::new();
        for item in self {
            items.push(item);
        }
        items
    }
}

impl<I: Iterator> Gather for I {}
