use dockerfile_dsl::sh;

pub fn example() {
    let name = "api";
    let _ = sh!(r"echo \\{name}");
}
