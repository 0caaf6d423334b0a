//! Prints every case as one line of JSON, for tools that are not written in Rust: `fuzz/seed.sh`, and what executes cases.

use std::io::Write as _;

use dockerfile_dsl_tests::cases;

fn main() -> std::io::Result<()> {
    let mut output = std::io::stdout().lock();
    for case in cases::all() {
        writeln!(output, "{case}")?;
    }
    Ok(())
}
