use dockerfile_dsl::sh;

pub fn example() {
    let _ = sh!("echo {{a²}} {{type}}");
}
