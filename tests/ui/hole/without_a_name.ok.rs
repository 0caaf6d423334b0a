use dockerfile_dsl::sh;

pub fn example(name: &str) {
    let _ = sh!("echo {name}");
    let _ = sh!("find /srv -name {pattern} -exec rm {} +", pattern = name);
}
