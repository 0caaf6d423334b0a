//! The grammar of `sh!` and `sh_file!`: a text, and its arguments `name = expr`, `@mount(..)`, `@env(..)`, `@trust(..)`,
//! `@declassify(..)`, `@project_code(..)`, `@allow_cache(..)`, `@programs(..)`, `@base(..)`, `@shell(..)`.
//!
//! In: tokens. Out: a [`Call`]. A mistake in one argument does not hide those in the next.

use dockerfile_dsl_analysis::bases::Bases;
use dockerfile_dsl_analysis::names;
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseBuffer, ParseStream};
use syn::{Error, Expr, Ident, LitStr, Result, Token, token};

use crate::input::{ProgramRows, string};

mod argument;
mod form;
mod keyword;

pub(crate) use argument::{Declassified, Env, Mount, Trust};
use form::Form;

/// One call: the text of a script, or the path of its file, and the arguments.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) text: LitStr,
    pub(crate) arguments: Arguments,
    /// What is wrong with the arguments that are not in `arguments`.
    pub(crate) mistakes: Vec<Error>,
}

/// Everything after the text.
#[derive(Clone, Default)]
pub(crate) struct Arguments {
    pub(crate) values: Vec<Given>,
    pub(crate) mounts: Vec<Mount>,
    pub(crate) envs: Vec<Env>,
    pub(crate) trust: Vec<Trust>,
    pub(crate) declassified: Vec<Declassified>,
    pub(crate) allow_cache: Option<LitStr>,
    pub(crate) programs: Vec<ProgramRows>,
    pub(crate) bash: bool,
    /// The image that the script runs on: one that is described.
    pub(crate) base: Option<LitStr>,
}

/// `name = expr`.
#[derive(Clone)]
pub(crate) struct Given {
    pub(crate) name: Ident,
    pub(crate) value: Expr,
}

const FORMS: &str = "`name = value`, `@mount(SECRET => \"/path\")`, `@env(SECRET => \"NAME\", \
                     \"reason\")`, `@trust(\"program\", \"reason\")`, `@declassify(SECRET, \
                     \"program\", \"reason\")`, `@project_code(SECRET, \"reason\")`, \
                     `@allow_cache(\"reason\")`, \
                     `@programs(\"programs.rows\")`, `@base(\"image\")` or `@shell(bash)`";

impl Call {
    /// Parses a whole macro input; `expected` says what its text is.
    pub(crate) fn parse(input: ParseStream, expected: &str) -> Result<Self> {
        let text = string(input, expected)?;
        if !input.is_empty() && !input.peek(Token![,]) {
            return Err(Error::new(
                input.span(),
                "expected `,` between the script and its arguments",
            ));
        }
        let mut call = Self::with_arguments(text, input, |input| input.is_empty());
        if !input.is_empty() {
            call.mistakes.push(input.error("expected `,`"));
            input.parse::<TokenStream>()?;
        }
        Ok(call)
    }

    /// Parses the arguments; the last one may have a comma, after which `ends` holds.
    pub(crate) fn with_arguments(
        text: LitStr,
        input: ParseStream,
        ends: fn(&ParseBuffer) -> bool,
    ) -> Self {
        let mut call = Self {
            text,
            arguments: Arguments::default(),
            mistakes: Vec::new(),
        };
        while input.peek(Token![,]) && input.parse::<Token![,]>().is_ok() && !ends(input) {
            // On a fork, since the input keeps in mind what a failed parser left in a group.
            let ahead = input.fork();
            let argument = ahead
                .parse()
                .and_then(|argument| call.arguments.add(argument));
            match argument {
                Ok(()) => input.advance_to(&ahead),
                Err(mistake) => {
                    let is_named = input.peek(Token![@]) || input.peek2(Token![=]);
                    let mut counted = ["{}", "{0}"].into_iter();
                    let text = call.text.value();
                    let counted = counted.rfind(|hole| !is_named && text.contains(hole));
                    call.mistakes.push(match counted {
                        Some(hole) => Error::new(input.span(), no_name(hole)),
                        None => mistake,
                    });
                    while input.cursor() < ahead.cursor() && input.parse::<TokenTree>().is_ok() {}
                    skip(input, ends);
                }
            }
        }
        call
    }
}

/// `@programs("programs.rows")`, where no other argument may stand.
pub(crate) fn program_rows(input: ParseStream) -> Result<ProgramRows> {
    let at = input.span();
    match input.parse()? {
        Argument::Programs(rows) => Ok(rows),
        _ => Err(Error::new(
            at,
            "only `@programs(\"programs.rows\")` and ARG may precede the first FROM",
        )),
    }
}

/// The mistake of `sh!("echo {}", x)`.
fn no_name(hole: &str) -> String {
    format!(
        "`{hole}` is no hole, as a hole has a name: write `{{value}}` in the script, and `value = \
         ..` here"
    )
}

/// Skips to the next argument.
fn skip(input: ParseStream, ends: fn(&ParseBuffer) -> bool) {
    while !ends(input) && !input.peek(Token![,]) && input.parse::<TokenTree>().is_ok() {}
}

impl Arguments {
    /// What is given for the hole of this name.
    pub(crate) fn given(&self, name: &str) -> Option<&Given> {
        self.values.iter().find(|given| given.name == name)
    }

    fn add(&mut self, argument: Argument) -> Result<()> {
        match argument {
            Argument::Value(given) => {
                let name = &given.name;
                if self.given(&name.to_string()).is_some() {
                    return Err(Error::new(name.span(), format!("`{name}` is given twice")));
                }
                self.values.push(given);
            }
            Argument::Mount(mount) => self.mounts.push(mount),
            Argument::Env(env) => self.envs.push(env),
            Argument::Trust(trust) => self.trust.push(trust),
            Argument::Declassified(declassified) => self.declassified.push(declassified),
            Argument::AllowCache(reason) => self.allow_cache = Some(reason),
            Argument::Programs(rows) => self.programs.push(rows),
            Argument::Base(image) => self.base = Some(image),
            Argument::Shell { bash } => self.bash = bash,
        }
        Ok(())
    }
}

/// One argument.
enum Argument {
    Value(Given),
    Mount(Mount),
    Env(Env),
    Trust(Trust),
    Declassified(Declassified),
    AllowCache(LitStr),
    Programs(ProgramRows),
    Base(LitStr),
    Shell { bash: bool },
}

impl Parse for Argument {
    fn parse(input: ParseStream) -> Result<Self> {
        if input.parse::<Option<Token![@]>>()?.is_none() {
            return input.parse().map(Self::Value);
        }
        let keyword = input.fork().call(Ident::parse_any).ok();
        let Some(keyword) = keyword.filter(|_| input.peek2(token::Paren)) else {
            return Err(Error::new(input.span(), format!("expected {FORMS}")));
        };
        if input.peek(keyword::mount) {
            input.parse().map(Self::Mount)
        } else if input.peek(keyword::env) {
            input.parse().map(Self::Env)
        } else if input.peek(keyword::trust) {
            input.parse().map(Self::Trust)
        } else if input.peek(keyword::declassify) || input.peek(keyword::project_code) {
            input.parse().map(Self::Declassified)
        } else if input.peek(keyword::allow_cache) {
            input.parse::<keyword::allow_cache>()?;
            Form::parse(input, "@allow_cache(\"reason\")", |form| form.reason())
                .map(Self::AllowCache)
        } else if input.peek(keyword::programs) {
            input.parse::<keyword::programs>()?;
            let path = Form::parse(input, "@programs(\"programs.rows\")", |form| {
                form.string("the path of a file of program rows as a string literal")
            })?;
            ProgramRows::read(path).map(Self::Programs)
        } else if input.peek(keyword::base) {
            input.parse::<keyword::base>()?;
            let image = Form::parse(input, "@base(\"rust:1.80\")", |form| {
                form.string("the name of a base image as a string literal")
            })?;
            if Bases::NONE.find(&image.value()).is_none() {
                return Err(Error::new(
                    image.span(),
                    names::unknown_base(&image.value()),
                ));
            }
            Ok(Self::Base(image))
        } else if input.peek(keyword::shell) {
            input.parse::<keyword::shell>()?;
            let bash = Form::parse(input, "@shell(bash)` or `@shell(sh)", |form| {
                let bash = form.inside.parse::<Option<keyword::bash>>()?.is_some();
                if !bash {
                    form.expect::<keyword::sh>()?;
                }
                Ok(bash)
            })?;
            Ok(Self::Shell { bash })
        } else {
            let message = format!("unknown argument `@{keyword}`; expected {FORMS}");
            Err(Error::new(keyword.span(), message))
        }
    }
}

impl Parse for Given {
    fn parse(input: ParseStream) -> Result<Self> {
        let is_pair = input.peek(Ident::peek_any)
            && input.peek2(Token![=])
            && !input.peek2(Token![==])
            && !input.peek2(Token![=>]);
        if !is_pair {
            return Err(Error::new(input.span(), format!("expected {FORMS}")));
        }
        let is_keyword = !input.peek(Ident);
        let name = input.call(Ident::parse_any)?;
        if is_keyword {
            let message = format!("`{name}` is a keyword of Rust: give the value another name");
            return Err(Error::new(name.span(), message));
        }
        input.parse::<Token![=]>()?;
        let value = input.parse()?;
        Ok(Self { name, value })
    }
}

impl Declassified {
    /// The names that the secret has in the findings of the analysis.
    pub(crate) fn names(&self, arguments: &Arguments) -> Vec<String> {
        names_of(&self.secret.to_token_stream().to_string(), arguments)
    }
}

/// The names that a secret has in the findings of the analysis: its own, and that of each hole that it is given for, as `TOKEN`, `&TOKEN`
/// or `TOKEN.value()`.
pub(crate) fn names_of(secret: &str, arguments: &Arguments) -> Vec<String> {
    let is_it = |given: &&Given| {
        let value = given.value.to_token_stream().to_string();
        let rest = value.trim_start_matches(['&', ' ']).strip_prefix(secret);
        rest.is_some_and(|rest| rest.is_empty() || rest.trim_start().starts_with('.'))
    };
    let holes = arguments.values.iter().filter(is_it);
    let holes = holes.map(|given| given.name.to_string());
    holes.chain([secret.to_owned()]).collect()
}

#[cfg(test)]
mod tests {
    use syn::parse::Parser;

    use super::*;

    fn call(text: &str) -> Result<Call> {
        (|input: ParseStream| Call::parse(input, "a text")).parse_str(text)
    }

    #[track_caller]
    fn check(text: &str, mistakes: &[&str]) {
        let found: Vec<String> = match call(text) {
            Ok(call) => call.mistakes.iter().map(ToString::to_string).collect(),
            Err(error) => vec![error.to_string()],
        };
        assert_eq!(found, mistakes, "{text}");
    }

    #[test]
    fn commas_belong_to_the_expression() {
        for value in [
            "<T as Tr<A, B>>::f()",
            "v as M<A, B>",
            "|a, b| a + b",
            "f::<A, B>(c, d)",
            "[1, 2]",
            "match a { b => c, d => e }",
            "if a == b { c } else { d }",
            "format!(\"{}\", a)",
        ] {
            let call = call(&format!("\"text\", first = {value}, second = 1,")).unwrap();
            let names: Vec<String> = call
                .arguments
                .values
                .iter()
                .map(|given| given.name.to_string())
                .collect();
            assert_eq!(names, ["first", "second"], "{value}");
            assert!(call.mistakes.is_empty(), "{value}");
        }
    }

    #[test]
    fn every_form_is_read() {
        let call = call(
            r##"r#"text"#, @mount(a::SECRET => "/root/.npmrc"), @env(SECRET => "NAME", "reason"), @trust("frob", "reason"),
            @trust("frob", output, "reason"), @allow_cache("reason"), @shell(bash)"##,
        )
        .unwrap();
        assert!(call.mistakes.is_empty());
        let Arguments {
            mounts,
            envs,
            trust,
            allow_cache,
            bash,
            ..
        } = &call.arguments;
        assert_eq!(mounts[0].target.value(), "/root/.npmrc");
        assert_eq!(envs[0].name(), "SECRET");
        assert_eq!([trust[0].output, trust[1].output], [false, true]);
        assert!(allow_cache.is_some() && *bash);
    }

    #[test]
    fn every_mistake_is_found() {
        let keyword = "`type` is a keyword of Rust: give the value another name";
        check("text", &["expected a text"]);
        check(
            "\"text\" x",
            &["expected `,` between the script and its arguments"],
        );
        check("\"text\", a = 1 b = 2", &["expected `,`"]);
        check(
            "\"text\", type = 1, a = 1, a = 2",
            &[keyword, "`a` is given twice"],
        );
        check(
            "\"text\", @mount(A), @shell(fish), @allow_cache(), a = (1 2), @trust(1, 2)",
            &[
                "expected `@mount(SECRET => \"/path\")`",
                "expected `@shell(bash)` or `@shell(sh)`",
                "expected `@allow_cache(\"reason\")`",
                "expected `,`",
                "expected the name of a program as a string literal",
            ],
        );
    }
}
