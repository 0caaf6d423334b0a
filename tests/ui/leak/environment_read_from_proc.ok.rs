use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("cat /proc/self/cgroup > /app/env", @env(TOKEN => "NODE_AUTH_TOKEN", "npm reads it from there"));
}
