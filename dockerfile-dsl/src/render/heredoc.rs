//! Here-documents: a body that BuildKit copies byte by byte, and the line that ends it.
//!
//! In: a body. Out: the delimiter's name, chosen so that no line of the body ends the document early.

/// Returns the first of `EOF`, `EOF1`, `EOF2`, ... that is not a line of the body.
pub(crate) fn delimiter(body: &str) -> String {
    let mut name = String::from("EOF");
    let mut number = 0_usize;
    while ends_early(body, &name) {
        number += 1;
        name = format!("EOF{number}");
    }
    name
}

/// Whether a line of the body would end it: BuildKit compares lines without their trailing carriage returns.
pub(crate) fn ends_early(body: &str, name: &str) -> bool {
    body.split('\n')
        .any(|line| line.trim_end_matches('\r') == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_the_body_is_the_delimiter() {
        assert_eq!(delimiter("echo EOF\n"), "EOF");
        assert_eq!(delimiter("cat <<EOF\nEOF\n"), "EOF1");
        assert_eq!(delimiter("EOF\r\r\nEOF1\n"), "EOF2");
        assert_eq!(delimiter(" EOF\nEOF \n"), "EOF");
    }
}
