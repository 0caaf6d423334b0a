//! A host is a name, not a URL.

use dockerfile_dsl::Secret;

pub const TOKEN: Secret = Secret::env("TOKEN").only_to(&["https://api.example.com"]);
