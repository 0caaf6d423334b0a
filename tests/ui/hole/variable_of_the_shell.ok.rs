use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("test -s {TOKEN} && curl -fsS -H \"X-Token: $(cat {TOKEN})\" https://example.com/ -o /dev/null");
    let _ = sh!("TOKEN=\"$(cat {TOKEN})\"; curl -fsS -H \"X-Token: $TOKEN\" https://example.com/ -o /dev/null");
    let _ = sh!("test -s {TOKEN} && while read -r TOKEN; do echo \"$TOKEN\"; done < /etc/hostname");
    let _ = sh!(": \"${TOKEN:=public}\" && echo \"$TOKEN\"");
    let _ = sh!("test -n \"${TOKEN:?}\"");
}
