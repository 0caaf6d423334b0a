use dockerfile_dsl::LayerPath;

pub fn example() {
    let dir = "/srv";
    let _ = LayerPath::parse(dir);
}
