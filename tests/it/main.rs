//! Tests over several crates that need nothing but the repository, in one process: a module per subject.
//!
//! `cargo test -p dockerfile-dsl-tests render::` runs one module. Compile errors are in `ui.rs`, the rules of the repository in
//! `tidy/`, tests with real builders in `engine/`, tests with third-party text in `corpus/`.

mod build_command;
mod build_context;
mod build_script;
mod bypasses;
mod command_secrets;
mod derived;
mod dockerfile_macro;
mod examples_in_dockerfile_form;
mod fixes;
mod front_ends;
mod import_code;
mod macros;
mod model_properties;
mod only_to;
mod options;
mod own_programs;
mod program_families;
mod programs;
mod public_api;
mod public_values;
mod reader;
mod readme;
mod recipes;
mod refusals;
mod render;
mod rule_pages;
mod script;
mod serde;
mod templates;
mod tutorial;
mod verdicts;
