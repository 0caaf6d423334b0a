use dockerfile_dsl::{Word, sh};

const NAME: Word = Word::literal("a-b");
pub fn example() {
    let _ = sh!("sh -c 'echo {NAME}'");
}
