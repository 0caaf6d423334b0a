//! A fragment's result would be lost.

use dockerfile_dsl::{Error, StageBuilder, dockerfile};

fn fragment(stage: &mut StageBuilder) -> Result<(), Error> {
    stage.user("app");
    Ok(())
}

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        ..fragment()
    };
}
