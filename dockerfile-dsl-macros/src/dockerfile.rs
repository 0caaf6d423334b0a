//! `dockerfile!`: the instructions of a Dockerfile as Rust tokens.
//!
//! In: the macro's tokens. Out: calls of the public builder, with the author's spans. It has no rules for instructions (the
//! builder has them) or scripts (`sh!` has them). Only words, flags and shapes are checked here, since only the macro has the
//! token.

mod emit;
mod parse;
mod tree;

mod flags;
mod words;

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::Parse;

use self::tree::Template;
use crate::input::{self, stub};

/// Expands `[$crate] tokens`: to the template, or to all mistakes and nothing else.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let (krate, template) = input::parse(input, Template::parse);
    template
        .and_then(|template| emit::template(&krate, &template))
        .unwrap_or_else(|error| stub(&error, &quote!(#krate::Dockerfile::from_stages([]))))
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    /// Words and values of the grammar, and misplaced ones.
    const PIECES: [&str; 27] = [
        "FROM",
        "FROM \"a\" AS a",
        "RUN",
        "COPY",
        "ENV",
        "HEALTHCHECK",
        "ONBUILD",
        "ADD",
        "TARGETS",
        "AS",
        "if",
        "for",
        "match",
        "else",
        "..",
        "--",
        "-",
        "=",
        "=>",
        ",",
        "@",
        "x",
        "\"{x}\"",
        "(1 2)",
        "[cache \"/x\" y]",
        "{ RUN }",
        "@trust(\"x\", \"y\")",
    ];

    /// Recovery goes on after a mistake, and always comes to the end.
    #[test]
    fn every_sequence_of_pieces_is_expanded() {
        for first in PIECES {
            for second in PIECES {
                for third in PIECES {
                    let text = format!("[krate] FROM \"alpine\" {first} {second} {third}");
                    let tokens = TokenStream::from_str(&text).unwrap();
                    assert!(!expand(tokens).is_empty(), "{text}");
                }
            }
        }
    }

    #[track_caller]
    fn check(text: &str, mistakes: &[&str]) {
        let tokens = TokenStream::from_str(text).unwrap();
        let error = syn::parse2::<Template>(tokens).err();
        let found: Vec<String> = error
            .into_iter()
            .flatten()
            .map(|error| error.to_string())
            .collect();
        assert_eq!(found, mistakes, "{text}");
    }

    #[test]
    fn every_mistake_is_found() {
        check(
            "FROM \"a\" RUN \"b\", x = f::<A, B>(|a, b| a), CMD [\"c\"]",
            &[],
        );
        check(
            "FROM \"a\" USER RUN \"b\", x y = 1 COPY \"c\"",
            &[
                "USER needs a user: `USER \"app\"` or `USER 1000`",
                "expected `name = value`, `@mount(SECRET => \"/path\")`, `@env(SECRET => \"NAME\", \
                 \"reason\")`, `@trust(\"program\", \"reason\")`, `@declassify(SECRET, \
                 \"program\", \"reason\")`, `@project_code(SECRET, \"reason\")`, \
                 `@allow_cache(\"reason\")`, \
                 `@programs(\"programs.rows\")`, `@base(\"image\")` or `@shell(bash)`",
                "COPY needs a destination after its source",
            ],
        );
        check(
            "FROM if x { FROM \"b\" EXPOSE } CMD",
            &[
                "FROM needs an image: `FROM \"debian\"`, an earlier stage: `FROM build`, or `FROM \
                 scratch`",
                "a stage starts at the top level only; make one in a loop with \
                 `Stage::from_image(..)` and use it as `FROM (expr)` or `--from=(expr)`",
                "EXPOSE needs a port: `EXPOSE 8080` or `EXPOSE 53/udp`",
                "CMD needs a list: `CMD [\"prog\", \"arg\"]`, or shell text in quotes",
            ],
        );
    }
}
