//! Unpublished: holds the benchmarks. `cargo bench` in this folder.
