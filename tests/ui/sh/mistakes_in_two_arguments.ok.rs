use dockerfile_dsl::sh;

pub fn example() {
    let _ = sh!("apk add {package}", package = <&str as Into<String>>::into("curl"));
}
