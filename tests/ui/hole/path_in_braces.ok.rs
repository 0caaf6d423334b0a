use dockerfile_dsl::sh;

pub mod secrets {
    pub const TOKEN: dockerfile_dsl::Secret = dockerfile_dsl::Secret::env("TOKEN");
}

pub fn example() {
    let _ = sh!("test -s {TOKEN}", TOKEN = secrets::TOKEN);
}
