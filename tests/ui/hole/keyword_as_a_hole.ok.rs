use dockerfile_dsl::sh;

pub fn example() {
    let _ = sh!("curl https://example.com/{{type}}");
}
