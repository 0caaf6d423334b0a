//! `dockerfile!`: the instructions of a Dockerfile as Rust tokens.
//!
//! In: the macro's tokens. Out: calls of the public builder, with the author's spans. It holds no rule of its own about what an instruction may
//! be: that is the builder's; about what a script may do: that is `sh!`'s. Words, flags and shapes are checked here, since only here the token is known.

mod cursor;
mod flags;
mod parse;
mod tree;
mod words;
