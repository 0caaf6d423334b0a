use dockerfile_dsl::Secret;

pub fn example() {
    pub const GOOD: Secret = Secret::file("npmrc", "~/.npmrc").optional();
}
