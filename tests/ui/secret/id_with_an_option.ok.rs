use dockerfile_dsl::Secret;

pub const GOOD: Secret = Secret::file("npmrc", "~/.npmrc").optional();
