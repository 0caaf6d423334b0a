use dockerfile_dsl::{Secret, Word, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let name = Word::literal("x-access-token");
    let _ = sh!(
        r#"git -c credential.helper='!f() { echo username={name}; echo "password=$(cat {TOKEN})"; }; f' fetch https://github.com/acme/private"#
    );
}
