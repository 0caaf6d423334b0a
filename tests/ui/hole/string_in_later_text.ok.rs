use dockerfile_dsl::{Word, sh};

pub fn example() {
    let name = Word::literal("api");
    let _ = sh!("sh -c 'echo {name}'");
}
