//! A comma in the id would add options to `--secret`.

use dockerfile_dsl::Secret;

pub const BAD: Secret = Secret::file("npmrc,required=false", "~/.npmrc");
