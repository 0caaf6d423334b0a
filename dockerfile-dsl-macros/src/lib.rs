//! The macros of dockerfile-dsl.

mod template;
