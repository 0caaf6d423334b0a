//! The files of tools that build: each is read back by another parser of its format.

mod bake;
mod ci;
mod compose;
mod forms;
mod portability;
mod values;
