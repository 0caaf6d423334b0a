//! Files to audit.

#![allow(dead_code, reason = "each test uses a part")]

use std::fs;
use std::path::Path;

use place::{Place, text};

#[path = "../place/mod.rs"]
pub(crate) mod place;

/// The example, and what each format shows of it.
pub(crate) const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/audit");

/// Returns the folder of the example: its Dockerfile, and a file of its build context whose name marks a secret.
pub(crate) fn example() -> Place {
    let dockerfile = fs::read_to_string(Path::new(FOLDER).join("Dockerfile")).unwrap();
    Place::with(&[("Dockerfile", &dockerfile), (".npmrc", "")])
}

/// Returns what the tool prints for a file; it ends with status 0.
#[track_caller]
pub(crate) fn audit(place: &Place, arguments: &[&str]) -> String {
    let output = place.tool(&[&["audit"], arguments].concat());
    assert_eq!(text(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
    text(&output.stdout)
}

#[track_caller]
pub(crate) fn audit_of(dockerfile: &str, arguments: &[&str]) -> String {
    audit(&Place::with(&[("Dockerfile", dockerfile)]), arguments)
}

/// A file with names that are syntax in one of the formats, or that steer a terminal.
pub(crate) fn hostile() -> String {
    let long = "x".repeat(300);
    // As long as a name may be.
    let image = "x".repeat(255 - "reg.example/".len());
    let ids = ["<script>alert(1)</script>", "a|b`c", "q&amp;#34;]", &*long];
    let mounts = ids.map(|id| format!("RUN --mount=type=secret,id={id},target=/s true \"]`|<b>\n"));
    format!(
        "FROM reg.example/{image}\nFROM alpine AS b\n\
         # dockerfile-dsl: trust=frob reason=\"</text><script>\u{1b}[2J ]]> --> | `x`\"\n\
         RUN --mount=type=secret,id=z,required=true frob /run/secrets/z\n{}",
        mounts.concat()
    )
}
