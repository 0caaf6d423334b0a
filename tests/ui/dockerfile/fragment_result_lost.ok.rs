use dockerfile_dsl::{StageBuilder, dockerfile};

fn fragment(stage: &mut StageBuilder) {
    stage.user("app");
}

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        ..fragment()
    };
}
