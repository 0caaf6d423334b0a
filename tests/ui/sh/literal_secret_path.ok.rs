use dockerfile_dsl::sh;

pub fn example() {
    let _ = sh!("cp /run/secret-of-success.txt /app/token");
}
