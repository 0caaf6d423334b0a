use dockerfile_dsl::sh;

pub fn example() {
    let _ = sh!("cargo fetch", @base("rust:1.80"));
}
