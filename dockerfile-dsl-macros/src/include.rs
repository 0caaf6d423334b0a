//! `include_dockerfile!`: an existing file, checked while the crate is compiled.
//!
//! In: the path of a Dockerfile and its secrets. Out: an expression of type `Dockerfile`, or what is wrong with the file, by file, line and
//! column. What rustc has to look at itself, the ids of the secrets, is left to constant assertions.

use dockerfile_dsl_analysis::check::check_file;
use dockerfile_dsl_analysis::dockerfile::{self, File};
use dockerfile_dsl_analysis::explain::Source;
use proc_macro::{Delimiter, TokenStream, TokenTree};

use crate::code::code;
use crate::errors::{Errors, Mistake};
use crate::literal::StringLiteral;
use crate::sh::read_file;

const FORM: &str = "expected `include_dockerfile!(\"path\", secrets = [NPMRC, GITHUB_TOKEN])`";

/// `[$crate] "path", secrets = [A, B]`.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = input.into_iter().collect();
    let [TokenTree::Group(krate), rest @ ..] = &tokens[..] else {
        return code!(
            r#"::core::compile_error!("call this macro as `dockerfile_dsl::include_dockerfile!`" )"#
        );
    };
    let krate = krate.stream();
    match read(rest) {
        Ok((path, secrets)) => include(&krate, &path, &secrets),
        Err(mistake) => failure(&krate, &mistake.into()),
    }
}

fn read(tokens: &[TokenTree]) -> Result<(StringLiteral, TokenStream), Mistake> {
    let Some((first, rest)) = tokens.split_first() else {
        return Err(Mistake::new(proc_macro::Span::call_site(), FORM));
    };
    let path = StringLiteral::read(first, "the path of a Dockerfile as a string literal")?;
    match rest {
        [] => Ok((path, TokenStream::new())),
        [TokenTree::Punct(comma)] if comma.as_char() == ',' => Ok((path, TokenStream::new())),
        [
            TokenTree::Punct(comma),
            TokenTree::Ident(word),
            TokenTree::Punct(equals),
            TokenTree::Group(list),
            end @ ..,
        ] if comma.as_char() == ','
            && word.to_string() == "secrets"
            && equals.as_char() == '='
            && list.delimiter() == Delimiter::Bracket =>
        {
            match end {
                [] => Ok((path, list.stream())),
                [TokenTree::Punct(comma)] if comma.as_char() == ',' => Ok((path, list.stream())),
                [other, ..] => Err(Mistake::new(other.span(), FORM)),
            }
        }
        [other, ..] => Err(Mistake::new(other.span(), FORM)),
    }
}

fn include(krate: &TokenStream, path: &StringLiteral, secrets: &TokenStream) -> TokenStream {
    let span = path.token.span();
    let text = match read_file(path) {
        Ok(text) => text,
        Err(mistake) => return failure(krate, &mistake.into()),
    };
    let source = Source {
        name: &path.text,
        text: &text,
        lines_added: 0,
        lines_before: 0,
    };
    let mut errors = Errors::default();
    match dockerfile::read(&text) {
        Err(problems) => {
            for problem in problems {
                errors.push(
                    span,
                    format!("{problem}\n\n{}", source.snippet(problem.span)),
                );
            }
        }
        Ok(file) => {
            for finding in check_file(&file)
                .iter()
                .filter(|finding| finding.is_refused())
            {
                errors.push(
                    span,
                    format!("{}\n\n{}", finding.message, source.explain(finding)),
                );
            }
            if errors.is_empty() {
                return checked(krate, path, secrets, &file);
            }
        }
    }
    failure(krate, &errors)
}

/// Every id that is mounted is among the secrets; rustc looks at the file again when it changes.
fn checked(
    krate: &TokenStream,
    path: &StringLiteral,
    secrets: &TokenStream,
    file: &File,
) -> TokenStream {
    let span = path.token.span();
    let literal = &path.token;
    let mut assertions = TokenStream::new();
    for id in file.secret_ids() {
        let message =
            format!("the Dockerfile mounts the secret `{id}`, which is not among `secrets = [..]`");
        assertions.extend(code!(
            span => "const _: () = ::core::assert!(#krate::__private::has_id(SECRETS, #id), #message);",
            krate,
            id,
            message
        ));
    }
    code!(
        span =>
        "{
            const SECRETS: &[#krate::Secret] = &[#secrets];
            #assertions
            #krate::__private::included(#literal, ::core::include_str!(#literal), SECRETS)
        }",
        krate,
        secrets,
        assertions,
        literal
    )
}

fn failure(krate: &TokenStream, errors: &Errors) -> TokenStream {
    let report = errors.report();
    code!(
        r#"{ #report #krate::__private::included("", "", &[]) }"#,
        report,
        krate
    )
}
