//! A canary, i.e. the value of a secret, in every public item that could carry one; it comes out nowhere.
//!
//! What counts as a value, and where it may be:
//!
//! - The *value of a secret* on the machine (a variable, a file, the output of a command) is nowhere: `values` and `verify` search all that
//!   is printed and all files that are written for it.
//! - *Text of the author* is in the Dockerfile and on the command line: that is what it was written for. If it has the format of a
//!   credential, or is the value of a variable with the name of a secret, it is masked in all that is said about it: Debug, errors,
//!   findings, audits, panics. `texts`, `recipes` and `commands` call each function with such a text.
//! - *Ids, names of variables and paths of secrets* are public: they are in the Dockerfile and in messages.
//!
//! `items` reads the lists of the public API, which `tests/tidy/api.rs` makes from the JSON of rustdoc, and fails if a function that takes or
//! returns text is in no case. The command line is searched by `dockerfile-dsl-cli/tests/canary_values.rs`. `dockerfile-dsl-analysis` is called
//! by all of these and has no list: no value reaches it, except in `secret_text`, whose tests are beside it.

mod commands;
mod items;
mod printed;
mod recipes;
mod texts;
mod values;
mod verify;
