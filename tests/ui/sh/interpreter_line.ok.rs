use dockerfile_dsl::sh;

pub fn example() {
    let _ = sh!("# hello\necho hello > /srv/x");
}
