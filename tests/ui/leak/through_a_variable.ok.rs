use dockerfile_dsl::{Secret, TmpFs, path, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!(
        r#"
            T=$(cat {token})
            echo "//registry.example/:_authToken=$T" >> {tmp}/npmrc
        "#,
        token = TOKEN,
        tmp = TmpFs::at(path!("/tmp/creds")),
    );
}
