//! The name of a host.

use dockerfile_dsl::Secret;

pub const TOKEN: Secret = Secret::env("TOKEN").only_to(&["api.example.com"]);
