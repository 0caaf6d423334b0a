use dockerfile_dsl::sh;

pub fn example() {
    let _ = sh!(
        "echo ok
        echo 'oops'"
    );
}
