use dockerfile_dsl::sh;

pub fn example() {
    let _ = sh!("echo hello > /srv/x\necho done > /srv/y");
}
