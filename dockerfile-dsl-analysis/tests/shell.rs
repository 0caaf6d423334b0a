//! The shell parser, one tiny script at a time. `check` tests both dialects, `bash` and `sh` one.

#[path = "shell/print.rs"]
mod print;

#[path = "shell/commands.rs"]
mod commands;
#[path = "shell/holes.rs"]
mod holes;

use dockerfile_dsl_analysis::Span;
use dockerfile_dsl_analysis::holes::Hole;
use dockerfile_dsl_analysis::shell::{
    Dialect, HolePart, Options, Part, Place, Visit, Word, parse, walk_part,
};

fn read(text: &str, dialect: Dialect) -> String {
    match parse(
        text,
        &Options {
            dialect,
            ..Options::default()
        },
    ) {
        Ok(script) => print::list(&script.list),
        Err(error) => format!("error at {:?}: {error}", error.span.of(text)),
    }
}

#[track_caller]
fn sh(text: &str, expected: &str) {
    assert_eq!(read(text, Dialect::Sh), expected, "{text}");
}

#[track_caller]
fn bash(text: &str, expected: &str) {
    assert_eq!(read(text, Dialect::Bash), expected, "{text}");
}

#[track_caller]
fn check(text: &str, expected: &str) {
    sh(text, expected);
    bash(text, expected);
}

#[track_caller]
fn refused(text: &str) {
    for dialect in [Dialect::Sh, Dialect::Bash] {
        let error = parse(
            text,
            &Options {
                dialect,
                ..Options::default()
            },
        )
        .expect_err(text);
        assert!(
            error.span.start <= error.span.end && error.span.end <= text.len() + 2,
            "{error:?}"
        );
    }
}

#[test]
fn lists() {
    check("a; b\nc & d", "[a] [b] (& [c]) [d]");
    check("a && b || c", "(|| (&& [a] [b]) [c])");
    check("a &&\n\n b", "(&& [a] [b])");
    check("a | b |\nc", "(| (| [a] [b]) [c])");
    check("a |& b", "(|& [a] [b])");
    check("! a | b", "(! (| [a] [b]))");
    check("! ! a", "[a]");
    check("", "");
    check(" \n # only a comment", "");
    check("a # b\nc #d", "[a] [c]");
    check("a#b", "[a#b]");
    check("a \\\n  b\\\nc", "[a bc]");
    refused("; a");
    refused("a ;; b");
    refused("a & ; b");
    refused("a && ");
    refused("| a");
    refused("a | ! b");
    refused("a )");
}

#[test]
fn words_and_quotes() {
    check(r#"echo 'a b' "c d" e\ f"#, r#"[echo 'a b' "c d" e\ f]"#);
    check(r#"a'b'"c"d"#, r#"[a'b'"c"d]"#);
    check(r#""a\"b\\c\d\$e""#, r#"["a"b\c\d$e"]"#);
    check("\"a\\\nb\"", "[\"ab\"]");
    check("'' \"\"", "['' \"\"]");
    check("a \\", "[a \\\\]");
    bash(r"$'a\tb\x41\u00e9\101\''", "[$'a\tbA\u{e9}A'']");
    sh("$'a'", "[$'a']");
    sh("echo $'a' 'b'", "[echo $'a' 'b']");
    bash("$\"a\"", "[$\"a\"]");
    sh("$\"a\"", "[$\"a\"]");
    refused("'a");
    refused("\"a");
    refused("a `b");
    refused("\"a `b\"");
    refused("\0");
}

#[test]
fn in_sh_a_dollar_before_a_quote_is_text() {
    let script = parse("$'a\\n'", &Options::default()).unwrap();
    let mut parts = Parts(Vec::new());
    parts.list(&script.list);
    assert_eq!(parts.0[0], ("literal", "$".to_owned()));
}

/// Records kind and text of literal parts.
struct Parts(Vec<(&'static str, String)>);

impl Visit for Parts {
    fn part(&mut self, part: &Part) {
        match part {
            Part::Literal(literal) => self.0.push(("literal", literal.text.to_string())),
            Part::Escaped(literal) => self.0.push(("escaped", literal.text.to_string())),
            _ => walk_part(self, part),
        }
    }
}

#[test]
fn parameters() {
    check(
        "$x ${x} $1 ${10} $@ ${#} $$",
        "[($x) ($x) ($1) ($10) ($@) ($#) ($$)]",
    );
    check("$10", "[($1)0]");
    check(
        "${x:-a} ${x-a} ${x:=a} ${x=a} ${x:?a} ${x?} ${x:+a} ${x+a}",
        "[($x :- a) ($x - a) ($x := a) ($x = a) ($x :? a) ($x ? ) ($x :+ a) ($x + a)]",
    );
    check(
        "${x#a} ${x##a*} ${x%.*} ${x%%.}",
        "[($x # a) ($x ## a*) ($x % .*) ($x %% .)]",
    );
    check(
        "${#x} ${##} ${#-} ${#:-x} ${#%a}",
        "[($length x) ($length #) ($length -) ($# :- x) ($# % a)]",
    );
    check(
        "${x/a/b} ${x//\\//_} ${x/#a} ${x/%a/}",
        "[($x / a by b) ($x // \\/ by _) ($x /# a) ($x /% a by )]",
    );
    check(
        "${x:1} ${x:1:2} ${x: -1} ${x:(1):$y}",
        "[($x : 1) ($x : 1 : 2) ($x :  -1) ($x : (1) : ($y))]",
    );
    check("${x:a?b:c:2}", "[($x : a?b:c : 2)]");
    check(
        "${x^} ${x^^} ${x,} ${x,,a} ${x@Q}",
        "[($x ^) ($x ^^) ($x ,) ($x ,, a) ($x @Q)]",
    );
    check(
        "${!x} ${!x*} ${!x@} ${!x[@]} ${!1} ${!#} ${!}",
        "[($indirect x) ($names x) ($names x) ($indirect x[@]) ($indirect 1) ($indirect #) ($!)]",
    );
    check(
        "${x[0]} ${x[@]} ${x[*]} ${#x[@]} ${x[$(a)]}",
        "[($x[0]) ($x[@]) ($x[*]) ($length x[@]) ($x[$([a])])]",
    );
    check("${a:-${b:-$(c ${d})}}", "[($a :- ($b :- $([c ($d)])))]");
    check("\"${a:-\"b}c\"}\"", "[\"($a :- \"b}c\")\"]");
    check("${a:-'}'}", "[($a :- '}')]");
    check("${a:-\\}}", "[($a :- \\})]");
    check("\"${a:-\\}}\"", "[\"($a :- })\"]");
    check("${a:-b\nc d;e}", "[($a :- b\nc d;e)]");
    check("\"${a#'b'}\"", "[\"($a # 'b')\"]");
    check("$ a$ $%", "[$ a$ $%]");
}

#[test]
fn a_single_quote_in_a_quoted_fallback_is_read_as_the_dialect_does() {
    sh("\"${x:-it's}\" 'a'", "[\"($x :- it's)\" 'a']");
    sh("\"${x:-'a}'\"", "[\"($x :- 'a)'\"]");
    bash("\"${x:-'a}'}\"", "[\"($x :- 'a}')\"]");
    assert!(read("\"${x:-it's}\"", Dialect::Bash).starts_with("error"));
}

#[test]
fn bad_substitutions_are_never_swallowed() {
    refused("echo ${a $(cat /s)\necho b > /out");
    refused("echo ${a $(cat /s)}");
    refused("echo ${a");
    refused("${}");
    refused("${ a; }");
    refused("${a|b}");
    refused("${1a}");
    refused("${a:-b");
    refused("${a[}");
    refused("${a[]}");
    refused("${a@QQ}");
    refused("\"${a:-\"}");
    refused("${99999999999}");
}

#[test]
fn command_substitutions() {
    check(
        "echo $(a $(b)) \"$(c \"$(d)\")\"",
        "[echo $([a $([b])]) \"$([c \"$([d])\"])\"]",
    );
    check("$()", "[$()]");
    check("$(<f)", "[$([](<f))]");
    check("$(a # )\n)", "[$([a])]");
    check("$(case x in a) b;; esac)", "[$((case x (a: [b];;)))]");
    check("`a \\`b\\``", "[$([a $([b])])]");
    check("\"`a \\\"b\\\"`\"", "[\"$([a \"b\"])\"]");
    check("`a \\\"b\\\"`", "[$([a \\\"b\\\"])]");
    check("`a '\\$x'`", "[$([a '$x'])]");
    refused("$(a");
    refused("$(a))");
    refused("$(if a)");
    refused("x=$(if true)");
    refused("`if`");
    refused("( )");
}

#[test]
fn arithmetic() {
    check("$((1 + (2 * $x)))", "[$((1 + (2 * ($x))))]");
    check("$((a[$(b)]))", "[$((a[$([b])]))]");
    check("$((echo a) | b)", "[$((| (subshell [echo a]) [b]))]");
    check("$( (a) )", "[$((subshell [a]))]");
    check("\"$((x))\"", "[\"$((x))\"]");
    bash("((a = (1+2) * 3)) && b", "(&& ((a = (1+2) * 3)) [b])");
    sh("((a); b)", "(subshell (subshell [a]) [b])");
    bash("((a); b)", "(subshell (subshell [a]) [b])");
    sh("((cat /s > /out))", "(subshell (subshell [cat /s](>/out)))");
    bash("$[1+$x]", "[$((1+($x)))]");
    sh("$[1]", "[$[1]]");
    refused("$((1");
    refused("$((1)");
}

#[test]
fn assignments() {
    check("x=1 y=\"$z\" a b=c", "[(set x=1) (set y=\"($z)\") a b=c]");
    check("x=", "[(set x=)]");
    check("x= a", "[(set x=) a]");
    check("x=~/a:~b", "[(set x=~/a:~b)]");
    check("x=(a 'b c' $d)\n", "[(set x=(array a 'b c' ($d)))]");
    bash("x+=1 y+=(a)", "[(set x+=1) (set y+=(array a))]");
    sh("x+=1", "[x+=1]");
    bash("x[1 + 2]=3", "[(set x[1 + 2]=3)]");
    bash("x[$(a)]+=3", "[(set x[$([a])]+=3)]");
    sh("x[1]=3", "[x[1]=3]");
    bash(
        "x=([a]=1 [b c]+=2 d\n#e\n)",
        "[(set x=(array [a]=1 [b c]+=2 d))]",
    );
    bash(
        "declare -A x=([a]=$(b)) y",
        "[declare -A x=(array [a]=$([b])) y]",
    );
    check("export x=(a)", "[export x=(array a)]");
    bash("a[b] c", "[a[b] c]");
    refused("echo x=(a)");
    refused("x=(a");
    refused("x=(a;b)");
    assert!(read("a[ b; cat /s", Dialect::Bash).starts_with("error"));
}

#[test]
fn braces() {
    bash("a{b,c}d", "[a(brace b|c)d]");
    bash(
        "{1..3} {a..e..2} x{,y} {$a,\"b c\"}",
        "[(brace 1..3) (brace a..e..2) x(brace |y) (brace ($a)|\"b c\")]",
    );
    bash(
        "{a,{b,c}} {a,{b,c}",
        "[(brace a|(brace b|c)) {a,(brace b|c)]",
    );
    bash("{a} {} {a,b ${x}", "[{a} {} {a,b ($x)]");
    bash("\\{a,b} '{a,b}' x={a,b}", "[\\{a,b} '{a,b}' x=(brace a|b)]");
    bash("x={a,b}", "[(set x={a,b})]");
    bash("{$(a),b}", "[(brace $([a])|b)]");
    sh("{a,b} {1..3}", "[{a,b} {1..3}]");
}

#[test]
fn extended_globs_are_read_where_they_are_on() {
    bash(
        "shopt -s extglob\nls !(a|b*) +([0-9])x",
        "[shopt -s extglob] [ls (glob ! a|b*) (glob + [0-9])x]",
    );
    bash(
        "shopt -s extglob\n!(cat /s)",
        "[shopt -s extglob] (! (subshell [cat /s]))",
    );
    bash("!(cat /s)", "(! (subshell [cat /s]))");
    refused("ls !(a)");
}

#[test]
fn opaque_commands() {
    check(
        "select x in a b; do c; done",
        "(opaque select a b (group [c]))",
    );
    bash("coproc c { a; }", "(opaque coproc (group [a]))");
    bash("coproc a b", "(opaque coproc [a b])");
    sh("coproc a b", "[coproc a b]");
}

struct Words(Vec<Span>);

impl Visit for Words {
    fn word(&mut self, word: &Word) {
        self.0.push(word.span);
        dockerfile_dsl_analysis::shell::walk_word(self, word);
    }
}

#[test]
fn literal_text_of_words() {
    let literal = |text: &str| {
        let script = parse(text, &Options::default()).unwrap();
        let mut first = None;
        struct First<'a>(&'a mut Option<Option<String>>);
        impl Visit for First<'_> {
            fn word(&mut self, word: &Word) {
                self.0
                    .get_or_insert(word.literal().map(std::borrow::Cow::into_owned));
            }
        }
        First(&mut first).list(&script.list);
        first.unwrap()
    };
    assert_eq!(literal(r#"a'b'"c\"d"\e"#).as_deref(), Some("abc\"de"));
    assert_eq!(literal("''").as_deref(), Some(""));
    assert_eq!(literal("a$x"), None);
    assert_eq!(literal("\"$(a)\""), None);
}

#[test]
fn errors_say_where_and_what_to_do() {
    let error = parse("echo ${HOME $x", &Options::default()).unwrap_err();
    assert_eq!(
        error.message,
        "expected an operator or `}` after the name of a parameter, found ` `"
    );
    assert_eq!(
        error.help.as_deref(),
        Some("write `${HOME}` for the variable alone")
    );
    let error = parse("if true; then\n  a\n", &Options::default()).unwrap_err();
    assert_eq!(
        (error.message.as_str(), error.span),
        ("this `if` is never closed", Span::new(0, 2))
    );
    assert_eq!(error.help.as_deref(), Some("close it with `fi`"));
}
