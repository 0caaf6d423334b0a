//! `sh!` in a crate with another name, through a re-export, and in every place where an expression is allowed.

use std::fs;
use std::path::Path;

use dockerfile_dsl_tests::compiler::Compiler;

/// Under the strictest lints, clippy's aside: the expansion brings no warning and no `unsafe`.
const STRICT: &str = "#![deny(warnings)]\n#![deny(missing_docs, unreachable_pub, \
                      missing_debug_implementations, unused)]\n#![forbid(unsafe_code)]\n//! A \
                      crate.\n";

const PLACES: &str = r###"
use DSL::{CacheDir, PublicValue, Script, Secret, SecretValue, TmpFs, Word, path, value::Value, sh, words};

const TOKEN: Secret = Secret::env("TOKEN");
const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc").uid(1000);
const VERSION: &str = "1.2";

/// Two in one function, of the same text and of others.
pub fn twice(repo: &str) -> [Script; 3] {
    let token = TOKEN;
    [sh!("test -s {token} && echo {repo}"), sh!("test -s {token} && echo {repo}"), sh!("echo {VERSION} && test -s {NPMRC}")]
}

/// Every kind of value.
pub fn values(list: &[String], count: u32, signed: i64, name: Word) -> Script {
    let cow = std::borrow::Cow::Borrowed("x");
    let boxed: &dyn Value<Label = DSL::value::label::Public> = &"x";
    sh!(
        r#"
            echo {VERSION} {cow} {boxed} {count} {signed} {name} {list} "{count}" '{signed}' {literal} {dir}/x {{text}} ${HOME}
            ls {cache}
        "#,
        list = words(list),
        literal = "it's",
        dir = path!("/app"),
        cache = CacheDir::at(path!("/root/.cache")),
    )
}

/// For every value, where every value is safe.
pub fn every<V: Value>(value: &V) -> Script {
    sh!("test -n {value}")
}

/// For public values.
pub fn public(package: &(impl PublicValue + ?Sized)) -> Script {
    sh!("apt-get install {package}")
}

/// For secrets.
pub fn secret(token: impl SecretValue) -> Script {
    sh!("test -s {token}")
}

/// With every argument after the text.
pub fn extras() -> Script {
    sh!(
        "npm ci && frob {TOKEN} > {tmp}/x 2> {tmp}/y",
        tmp = TmpFs::at(path!("/tmp/x")),
        @mount(NPMRC => "/root/.npmrc"),
        @trust("frob", "reviewed"),
        @shell(bash),
    )
}

macro_rules! script {
    ($value:expr, $text:literal) => {{
        let value = $value;
        (sh!("echo {value}"), sh!($text))
    }};
}

/// In a macro, with its own variables and with those of its caller.
pub fn in_a_macro(name: &str) -> (Script, Script) {
    let _ = script!(1_u8, "true");
    script!(name, "echo {name}")
}

/// In a closure, in a loop, in an iterator.
pub fn in_a_closure(names: &[&str]) -> Vec<Script> {
    let install = |name: &str| sh!("apt-get install {name}");
    for name in names {
        let _ = sh!("echo {name}");
    }
    names.iter().map(|name| install(name)).collect()
}

/// In an async function, across an await.
pub async fn asynchronous(name: &str) -> Script {
    let other = name.to_owned();
    std::future::ready(()).await;
    sh!("echo {name} {other}")
}

/// A constant parameter, a constant of a trait, a static, a value from another module.
pub fn constants<const N: usize>() -> Script {
    static STATIC: &str = "x";
    sh!("test -s {token} && echo {N} {STATIC}", token = secrets::TOKEN)
}

/// Secrets in a module.
pub mod secrets {
    /// A token.
    pub const TOKEN: DSL::Secret = DSL::Secret::env("TOKEN");
}

/// A secret behind references.
pub fn references(token: &Secret) -> Script {
    let behind = &token;
    let lower = *token;
    sh!("test -s {token} && test -s {behind} && test -s {lower}")
}

/// A method, with what is behind `self`.
pub trait Named {
    /// Its name.
    fn name(&self) -> &str;
    /// Shows it.
    fn script(&self) -> Script {
        sh!("echo {name}", name = self.name())
    }
}

/// Names that the expansion could use itself.
pub fn names() -> Script {
    struct Slot;
    impl Slot {
        fn name() -> &'static str {
            "a"
        }
    }
    #[allow(non_snake_case, reason = "as a generic parameter of the expansion")]
    let T = "x";
    #[allow(non_snake_case, reason = "as a generic parameter of the expansion")]
    let S0 = "y";
    let (__value0, check0) = (1_u8, "z");
    sh!("echo {T} {S0} {__value0} {check0} {slot}", slot = Slot::name())
}

/// Scripts that say nothing.
pub fn nothing() -> [Script; 4] {
    [sh!(""), sh!("# only a comment"), sh!("\n\n"), sh!("   ")]
}

/// Braces of awk, jq, find, of templates of Go, and of the shell.
pub fn braces(name: &str) -> Script {
    sh!(
        r##"
            awk '{ if ($1 == "a") { print $2 } }' /etc/passwd "#" {name}
            jq '{a: {b: .c}}' x.json
            docker inspect --format '{{.Name}} {{range .X}}{{.Y}}{{end}}' x
            find . -name '{}' -exec echo {} \;
            echo ${HOME} ${X:-{}} {1..3} 'ünï' # {not a hole}
        "##
    )
}

/// Tabs, which a here-document may have at its start.
pub fn tabs(größe: u8) -> Script {
    sh!("
		cat <<-EOF
			{größe}
		EOF
")
}

/// A hundred holes of one value.
pub fn hundred(a: &str) -> Script {
    sh!("HUNDRED")
}

/// The value is only borrowed.
pub fn borrowed() -> (Script, String) {
    let mut name = String::new();
    let script = sh!("echo {name}");
    name.push('a');
    (script, name)
}

/// A value that can fail.
pub fn fallible(name: &str) -> Result<Script, DSL::Error> {
    Ok(sh!("sh -c 'echo {word}'", word = Word::parse(name)?))
}

/// With a temporary as value, and a turbofish with a comma.
pub fn temporaries() -> Script {
    sh!("echo {a} {b}", a = format!("{}", 1), b = Result::<u8, String>::unwrap_or(Ok(1), 2))
}

/// A trait with two parameters.
pub trait Converted<A, B> {
    /// A number.
    fn converted(&self) -> u32;
}

impl Converted<u8, u16> for Word {
    fn converted(&self) -> u32 {
        1
    }
}

/// A number under another name.
pub type Number<A, B> = <(A, B) as Second>::Number;

/// The second of a pair.
pub trait Second {
    /// It.
    type Number;
}

impl<A, B> Second for (A, B) {
    type Number = B;
}

/// Every expression of Rust is a value: with commas in generics, casts and closures, and with heads that braces follow.
pub fn expressions(word: Word, list: &[u8]) -> Script {
    sh!(
        "echo {a} {b} {c} {d} {e} {f} {g} {h}",
        a = <Word as Converted<u8, u16>>::converted(&word),
        b = list.len() as Number<u8, u64>,
        c = (|a: u8, b: u8| a + b)(1, 2),
        d = list.iter().fold(0_u64, |sum, next| sum + u64::from(*next)),
        e = match list { [] => "none", [_, ..] => "some" },
        f = if list.len() < 2 { 1_u8 } else { 2 },
        g = { let (a, b) = ("x", "y"); format!("{a}{b}") },
        h = std::collections::BTreeMap::<u8, u8>::from([(1, 2), (3, 4)])[&1],
    )
}
"###;

/// The places, for a crate that knows the library by this name.
fn places(name: &str) -> String {
    let places = PLACES
        .replace("DSL", name)
        .replace("HUNDRED", &"{a} ".repeat(100));
    format!("{STRICT}{places}")
}

fn compiler() -> Compiler {
    Compiler::beside_this_test(concat!(env!("CARGO_TARGET_TMPDIR"), "/macros"))
}

#[track_caller]
fn check(compiler: &Compiler, name: &str, text: &str, options: &[&str]) {
    let file = compiler.scratch(&format!("{name}.rs"));
    fs::write(&file, text).unwrap();
    let output = compiler.check(Path::new(env!("CARGO_MANIFEST_DIR")), &file, name, options);
    assert!(
        output.status.success(),
        "{name}:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn every_place_compiles_without_a_warning() {
    check(&compiler(), "places", &places("dockerfile_dsl"), &[]);
}

#[test]
fn the_crate_can_have_another_name() {
    let compiler = compiler();
    let renamed = format!("renamed={}", compiler.library().display());
    check(
        &compiler,
        "renamed",
        &places("renamed"),
        &["--extern", &renamed],
    );
}

#[test]
fn the_macros_can_be_exported_again() {
    let compiler = compiler();
    check(
        &compiler,
        "again",
        "pub use dockerfile_dsl;\npub use dockerfile_dsl::{path, sh};\n",
        &[],
    );
    let again = format!("again={}", compiler.scratch("libagain.rmeta").display());
    check(
        &compiler,
        "user",
        &places("again::dockerfile_dsl"),
        &["--extern", &again],
    );
    let user = "pub fn script(name: &str) -> again::dockerfile_dsl::Script { again::sh!(\"echo \
                {name}\") }\n";
    check(&compiler, "user_of_macro", user, &["--extern", &again]);
}

/// What cargo looks at to know whether to compile again.
#[test]
fn a_change_of_a_script_file_compiles_again() {
    let compiler = compiler();
    fs::write(compiler.scratch("watched.sh"), "test -s \"$TOKEN\"\n").unwrap();
    let text = "use dockerfile_dsl::{Script, Secret, sh_file};\nconst TOKEN: Secret = \
        Secret::env(\"TOKEN\");\npub fn script() -> Script { sh_file!(\"watched.sh\", TOKEN = \
        TOKEN) }\n";
    let listed = compiler.scratch("watched.d");
    check(
        &compiler,
        "watching",
        text,
        &[&format!("--emit=dep-info={}", listed.display())],
    );
    let listed = fs::read_to_string(listed).unwrap();
    assert!(listed.contains("watched.sh"), "{listed}");
}
