use dockerfile_dsl::sh;

pub fn example() {
    let _ = sh!("if test -e /x; then echo x; fi");
}
