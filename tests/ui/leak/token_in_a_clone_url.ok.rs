use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!(
        r#"git -c credential.helper= -c credential.https://github.com.helper='!f() { echo username=x-access-token; echo "password=$(cat {TOKEN})"; }; f' \
               clone --depth=1 https://github.com/acme/private /src"#
    );
}
