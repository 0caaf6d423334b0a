//! Holes, positions and spans: what `sh!` requires of the parser.

use super::*;

#[track_caller]
fn with_holes(text: &str, expected: &str) {
    let holes: Vec<Hole<'_>> = text
        .match_indices("@@")
        .map(|(at, _)| Hole::new("x", Span::new(at, at + 2)))
        .collect();
    let options = Options {
        dialect: Dialect::Bash,
        holes: &holes,
        ..Options::default()
    };
    let read = match parse(text, &options) {
        Ok(script) => {
            let mut seen = Holes(Vec::new());
            seen.list(&script.list);
            let mut expected: Vec<(usize, Span)> = holes
                .iter()
                .enumerate()
                .map(|(index, hole)| (index, hole.span))
                .collect();
            seen.0.sort_unstable();
            expected.sort_unstable();
            assert_eq!(seen.0, expected, "every hole is seen, at its place");
            print::list(&script.list)
        }
        Err(error) => format!("error at {:?}: {error}", error.span.of(text)),
    };
    assert_eq!(read, expected, "{text}");
}

struct Holes(Vec<(usize, Span)>);

impl Visit for Holes {
    fn hole(&mut self, hole: &HolePart) {
        self.0.push((hole.index, hole.span));
    }
}

#[test]
fn holes_are_parts() {
    with_holes(
        "a @@ b@@c \"d@@e\" 'f@@g'",
        "[a <0> b<1>c \"d<2>e\" 'f<3>g']",
    );
    with_holes("@@@@", "[<0><1>]");
    with_holes("x=@@ a >@@ <<<@@", "[(set x=<0>) a](><1>)(<<<<2>)");
    with_holes("cat <<E\na @@ b\n@@\nE\n", "[cat](<< E: a <0> b\\n<1>\\n)");
    with_holes("cat <<'E'\n@@\nE\n", "[cat](<< E quoted: <0>\\n)");
    with_holes("`a @@ \\`b @@\\``", "[$([a <0> $([b <1>])])]");
    with_holes(
        "${x:-@@} $((1+@@)) $(a @@)",
        "[($x :- <0>) $((1+<1>)) $([a <2>])]",
    );
    with_holes("case @@ in @@) a;; esac", "(case <0> (<1>: [a];;))");
    with_holes("{@@,b}", "[(brace <0>|b)]");
    with_holes("for x in @@; do a; done", "(for x in <0> do [a])");
    with_holes("[[ @@ == @@ ]]", "[[(== <0> <1>)]]");
    with_holes("((@@ + 1))", "((<0> + 1))");
    with_holes("a 2> @@", "[a](2><0>)");
}

#[test]
fn holes_stand_only_where_a_value_stays_a_value() {
    with_holes(
        "a # @@",
        "error at \"@@\": a comment cannot contain a value",
    );
    with_holes(
        "cat <<@@\n",
        "error at \"@@\": a here-document's delimiter cannot be a value",
    );
    with_holes(
        "cat <<E@@\n",
        "error at \"@@\": a here-document's delimiter cannot be a value",
    );
    with_holes(
        "a $@@",
        "error at \"$@@\": a value cannot directly follow `$`",
    );
    with_holes(
        "\"$@@\"",
        "error at \"$@@\": a value cannot directly follow `$`",
    );
    with_holes(
        "a $x@@",
        "error at \"$x@@\": a value cannot directly follow `$x`",
    );
    with_holes(
        "a \\@@",
        "error at \"\\\\@@\": a value cannot directly follow `\\`",
    );
    with_holes(
        "${@@}",
        "error at \"${@@\": a value cannot be the name of a variable",
    );
    with_holes(
        "@@=a",
        "error at \"@@=a\": a value cannot be the name of a variable",
    );
    with_holes(
        "a @@>b",
        "error at \"@@\": here a value could become the number of a file descriptor",
    );
    with_holes(
        "{1..@@}",
        "error at \"@@\": a brace range cannot contain a value",
    );
    with_holes(
        "f@@() { a; }",
        "error at \"@@\": the name of a function must be plain text",
    );
    with_holes(
        "for @@ in a; do b; done",
        "error at \"@@\": expected the name of a variable, found a value",
    );
}

#[test]
fn places() {
    let text = "a \"$x\" b";
    let spans = |place: Place<'_>| {
        let script = parse(
            text,
            &Options {
                place,
                ..Options::default()
            },
        )
        .unwrap();
        let mut words = Words(Vec::new());
        words.list(&script.list);
        words.0
    };
    let expected =
        |ranges: [(usize, usize); 3]| ranges.map(|(start, end)| Span::new(start, end)).to_vec();
    assert_eq!(spans(Place::Whole), expected([(0, 1), (2, 6), (7, 8)]));
    assert_eq!(
        spans(Place::At(10)),
        expected([(10, 11), (12, 16), (17, 18)])
    );
    // The text inside `sh -c "a \"\$x\" b"`.
    let pieces = [(0, 7), (2, 10), (3, 12), (5, 15), (6, 16)];
    assert_eq!(
        spans(Place::Pieces(&pieces)),
        expected([(7, 8), (10, 16), (17, 18)])
    );
    assert_eq!(
        spans(Place::Within(Span::new(3, 4))),
        expected([(3, 4), (3, 4), (3, 4)])
    );
}

#[test]
fn spans_inside_backquotes_point_into_the_text() {
    let text = "x \"a `b \\\"c d\\\" \\`e \\\\\\`f\\\\\\`\\``\"";
    let script = parse(text, &Options::default()).unwrap();
    let mut words = Words(Vec::new());
    words.list(&script.list);
    let seen: Vec<&str> = words.0.iter().map(|span| span.of(text)).collect();
    // A span that starts with an escaped character starts after the backslashes.
    assert_eq!(
        seen,
        [
            "x",
            &text[2..],
            "b",
            "\"c d\\\"",
            "`e \\\\\\`f\\\\\\`\\`",
            "e",
            "`f\\\\\\`",
            "f"
        ]
    );
}
