//! Redirects, here-documents, compound commands, conditionals.

use super::*;

#[test]
fn redirects() {
    check(
        "a >b <c 2>&1 3<&- >>d 4<>e >|f",
        "[a](>b)(<c)(2>&1)(3<&-)(>>d)(4<>e)(>|f)",
    );
    check(">a b c", "[b c](>a)");
    check("> a", "[](>a)");
    check("a 2 >b", "[a 2](>b)");
    check("a b2>c", "[a b2](>c)");
    check("{ a; } >b 2>c", "(group [a])(>b)(2>c)");
    check("a <<<\"$x\"", "[a](<<<\"($x)\")");
    check("a < <(b) > >(c | d)", "[a](<<([b]))(>>((| [c] [d])))");
    check("a <(b) x<(c)y", "[a <([b]) x<([c])y]");
    bash("a &>b", "[a](&>b)");
    bash("a &>>b", "[a](&>>b)");
    bash("exec {fd}>a {fd}>&-", "[exec]({fd}>a)({fd}>&-)");
    sh("a &>b", "(& [a]) [](>b)");
    sh("a &>>b", "(& [a]) [](>>b)");
    sh("exec {fd}>a", "[exec {fd}](>a)");
    refused("a >");
    refused("a > > b");
    refused("a >\nb");
    refused("a > && b");
    refused("a 2\\\n>b");
    refused("a 99999999999>b");
    refused("{ a; } b");
    refused("(a) b");
}

#[test]
fn here_documents() {
    check("cat <<E\na $x\nE\nb", "[cat](<< E: a ($x)\\n) [b]");
    check("cat <<'E'\na $x\nE\n", "[cat](<< E quoted: a $x\\n)");
    check("cat <<\\E >f\n`a`\nE\n", "[cat](<< E quoted: `a`\\n)(>f)");
    check(
        "cat <<-\"E\"\n\t\ta\n\t b\n\tE\n",
        "[cat](<< E quoted strip: a\\n b\\n)",
    );
    check(
        "cat <<-E\n\ta $(b)\n\t\tc\n\tE\n",
        "[cat](<< E strip: a $([b])\\nc\\n)",
    );
    check(
        "a <<E | b <<F && c\n1\nE\n2\nF\nd",
        "(&& (| [a](<< E: 1\\n) [b](<< F: 2\\n)) [c]) [d]",
    );
    check(
        "cat <<E\n\\$x \\\\ \\\" \\a a\\\nb\nE\n",
        "[cat](<< E: $x \\ \\\" \\a ab\\n)",
    );
    check(
        "cat <<E\n${x:-\"a b\"} $((1+1))\nE\n",
        "[cat](<< E: ($x :- \"a b\") $((1+1))\\n)",
    );
    check("cat <<E\nab\\\nE\nE\n", "[cat](<< E: abE\\n)");
    check(
        "cat <<E\n$(cat <<F\n1\nF\n)\nE\n",
        "[cat](<< E: $([cat](<< F: 1\\n))\\n)",
    );
    check("x=$(cat <<E\n1\nE\n)", "[(set x=$([cat](<< E: 1\\n)))]");
    check("{ cat <<E\n1\nE\n} >f", "(group [cat](<< E: 1\\n))(>f)");
    check(
        "f() { cat <<E; }\n1\nE\nf",
        "(function f (group [cat](<< E: 1\\n))) [f]",
    );
    check("`cat <<E\n1\nE\n`", "[$([cat](<< E: 1\\n))]");
    check("cat <<E\n1", "[cat](<< E open: 1)");
    check("cat <<E", "[cat](<< E open: )");
    check("cat <<E\nE", "[cat](<< E: )");
    check("cat <<$x\n1\n$x\n", "[cat](<< $x: 1\\n)");
    refused("cat <<");
    refused("cat <<\nE");
    refused("cat <<$(a)\n");
    refused("cat <<'E\n'\n");
    refused("x=$(cat <<E)\n1\nE\n");
    refused("cat <<E $(a\nb)\n1\nE\n");
    refused("cat <<E\n$(a\nE\n");
    refused("cat <<E\n${a\nE\n");
}

#[test]
fn compound_commands() {
    check(
        "if a; then b; elif c; then d; else e; fi",
        "(if [a] then [b] [c] then [d] else [e])",
    );
    check("if a\nthen b\nfi >f", "(if [a] then [b])(>f)");
    check("while a; do b; done <f", "(while [a] do [b])(<f)");
    check("until a; do b; done", "(until [a] do [b])");
    check("for x in a $b; do c; done", "(for x in a ($b) do [c])");
    check("for x; do c; done", "(for x do [c])");
    check("for x do c; done", "(for x do [c])");
    check("for x\nin a\ndo c\ndone", "(for x in a do [c])");
    check("for x in; do c; done", "(for x in do [c])");
    check(
        "for ((i=0; i<$n; i++)); do c; done",
        "(for ((i=0; i<($n); i++)) do [c])",
    );
    check("for ((;;)) do c; done", "(for ((;;)) do [c])");
    bash("for ((;;)) { c; }", "(for ((;;)) do [c])");
    check(
        "case $x in a|b) c;; (d) ;; *) e; esac",
        "(case ($x) (a|b: [c];;) (d: ;;) (*: [e];;))",
    );
    check(
        "case x in\na) b ;& c) d ;;& e)\nesac",
        "(case x (a: [b];&) (c: [d];;&) (e: ;;))",
    );
    check("case x in esac", "(case x)");
    check("(a; b) | c", "(| (subshell [a] [b]) [c])");
    check("{ a; }", "(group [a])");
    check("{(a)}", "(group (subshell [a]))");
    check("f() { a; }", "(function f (group [a]))");
    check("f ( )\n(a) >b", "(function f (subshell [a])(>b))");
    check("function f { a; }", "(function f (group [a]))");
    check("function f() { a; }; f", "(function f (group [a])) [f]");
    sh("f() a b", "(function f [a b])");
    sh("function f\n{ a; }", "[function f] (group [a])");
    bash("function f\n{ a; }", "(function f (group [a]))");
    check("echo if then { } fi", "[echo if then { } fi]");
    check("x=1 if", "[(set x=1) if]");
    bash("time -p a | b", "(time (| [a] [b]))");
    sh("time a", "[time a]");
    for text in [
        "if a; then fi",
        "if a; fi",
        "if a; then b",
        "while a; done",
        "while a; do b",
        "for x in a; b; done",
        "for x#in a\ndo b; done",
        "for 1 in a; do b; done",
        "for ((a;b)); do c; done",
        "case x in a b) c;; esac",
        "case x in a) b",
        "case x a) b;; esac",
        "{ a",
        "{ a }",
        "{ }",
        "{ a; } }",
        "(a",
        "fi",
        "done",
        "}",
        "f() ",
        "f( a",
        "if a; then b; fi fi",
        "for x in a do b; done",
    ] {
        refused(text);
    }
    assert!(read("f() a", Dialect::Bash).starts_with("error"));
}

#[test]
fn conditionals() {
    bash(
        "[[ -f $x && ! a == b* ]]",
        "[[(&& (-f ($x)) (! (== a b*)))]]",
    );
    bash("[[ ( a || b ) && c ]]", "[[(&& (|| a b) c)]]");
    bash("[[ $x =~ ^(a|b c)$ ]]", "[[(=~ ($x) ^(a|b c)$)]]");
    bash("[[ $x == @(a|b) ]]", "[[(== ($x) (glob @ a|b))]]");
    bash(
        "[[ a < b && c -nt d ]] && e",
        "(&& [[(&& (< a b) (-nt c d))]] [e])",
    );
    bash("[[ a &&\n b ]]", "[[(&& a b)]]");
    bash("[[ \"$(a)\" ]] >f", "[[\"$([a])\"]](>f)");
    bash("[[ -z ${x+y} ]]", "[[(-z ($x + y))]]");
    sh("[[ a < b && c ]]", "(&& [[[ a](<b) [c ]]])");
    sh("[[ a ]]", "[[[ a ]]]");
    for text in [
        "[[ ]]",
        "[[ a",
        "[[ -f ]]",
        "[[ a == ]]",
        "[[ a b ]]",
        "[[ ( a ]]",
        "[[ a ) ]]",
        "[[ a && ]]",
        "[[ a\n== b ]]",
    ] {
        assert!(read(text, Dialect::Bash).starts_with("error"), "{text}");
    }
}
