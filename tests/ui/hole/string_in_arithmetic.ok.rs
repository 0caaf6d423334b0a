use dockerfile_dsl::sh;

pub fn example() {
    let n = 1_u32;
    let _ = sh!("echo $(( {n} + 1 ))");
}
