use dockerfile_dsl::Secret;

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = TOKEN.id().to_string();
}
