use dockerfile_dsl::{Secret, TmpFs, path, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!(
        r#"
            save() { echo "$1" > {tmp}/token; }
            save "$(cat {TOKEN})"
        "#,
        tmp = TmpFs::at(path!("/tmp/creds")),
    );
}
