//! The end of a here-document is no place for a value.

use dockerfile_dsl::sh;

pub fn example() {
    let end = String::from("EOF");
    let _ = sh!("cat <<{end} > /app/x\nhello\nEOF\n");
}
