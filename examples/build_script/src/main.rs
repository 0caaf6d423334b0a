//! A program that knows the Dockerfile that it is shipped in.

use std::io::{self, Write};

fn main() -> io::Result<()> {
    io::stdout().write_all(include_bytes!(concat!(env!("OUT_DIR"), "/Dockerfile")))
}
