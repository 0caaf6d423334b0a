//! Three mistakes, three errors.

use dockerfile_dsl::dockerfile;

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        WORKDRI "/x"
        COPY --form=x "a" "/b"
        EXPOSE
    };
}
