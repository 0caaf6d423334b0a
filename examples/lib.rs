//! Holds the examples: each is `name.rs` with `name.Dockerfile` and `name.sh` beside it.
