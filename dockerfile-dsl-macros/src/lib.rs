//! The macros of dockerfile-dsl.
