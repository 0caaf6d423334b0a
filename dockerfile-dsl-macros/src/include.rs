//! `include_dockerfile!`: an existing file, checked at compile time.
//!
//! In: the path of a Dockerfile and its secrets. Out: an expression of type `Dockerfile`, or the mistakes of the file, by file,
//! line and column. The ids of the secrets are only known to rustc, so constant assertions check them.

use dockerfile_dsl_analysis::bases::Bases;
use dockerfile_dsl_analysis::check::{Setting, check_file_in};
use dockerfile_dsl_analysis::dockerfile::{self, File};
use dockerfile_dsl_analysis::report::snippet::Source;
use dockerfile_dsl_analysis::rules::Context;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Error, Expr, LitStr, Result, Token};

use crate::input::{self, ProgramRows, combined, read_file, string, stub};

mod keyword {
    syn::custom_keyword!(programs);
    syn::custom_keyword!(secrets);
}

const FORM: &str = "expected `include_dockerfile!(\"path\", secrets = [NPMRC, GITHUB_TOKEN])`, \
                    perhaps with `programs = \"programs.rows\"`";

/// `"path", secrets = [A, B], programs = "programs.rows"`.
struct Include {
    path: LitStr,
    secrets: Punctuated<Expr, Token![,]>,
    programs: Option<ProgramRows>,
}

impl Parse for Include {
    fn parse(input: ParseStream) -> Result<Self> {
        if input.is_empty() {
            return Err(Error::new(input.span(), FORM));
        }
        let path = string(input, "the path of a Dockerfile as a string literal")?;
        let mut include = Self {
            path,
            secrets: Punctuated::new(),
            programs: None,
        };
        while input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            if input.parse::<Option<keyword::programs>>()?.is_some() {
                input.parse::<Token![=]>().map_err(form)?;
                let path = string(input, "the path of a file of program rows in quotes")?;
                include.programs = Some(ProgramRows::read(path)?);
                continue;
            }
            input.parse::<keyword::secrets>().map_err(form)?;
            input.parse::<Token![=]>().map_err(form)?;
            if !input.peek(syn::token::Bracket) {
                return Err(Error::new(input.span(), FORM));
            }
            let list;
            syn::bracketed!(list in input);
            include.secrets = Punctuated::parse_terminated(&list)?;
        }
        if input.is_empty() {
            Ok(include)
        } else {
            Err(Error::new(input.span(), FORM))
        }
    }
}

fn form(error: Error) -> Error {
    Error::new(error.span(), FORM)
}

/// Expands `[$crate] "path", secrets = [A, B], programs = "programs.rows"`.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let (krate, include) = input::parse(input, Include::parse);
    let nothing = quote!(#krate::__private::included("", "", &[], &[]));
    include
        .and_then(|include| checked(&krate, &include))
        .unwrap_or_else(|error| stub(&error, &nothing))
}

fn checked(krate: &TokenStream, include: &Include) -> Result<TokenStream> {
    let path = &include.path;
    let text = read_file(path)?;
    let name = path.value();
    let shown = dockerfile_dsl_analysis::masked_dockerfile(&text);
    let source = Source::new(&name, &shown);
    let at_the_path = |message: String| Error::new(path.span(), message);
    match dockerfile::read(&text) {
        Err(problems) => {
            let problems = problems
                .iter()
                .map(|problem| format!("{problem}\n\n{}", source.snippet(problem.span)));
            combined(problems.map(at_the_path))?;
            Err(at_the_path(format!("cannot read `{name}`")))
        }
        Ok(file) => {
            let setting = Setting {
                context: &Context::default(),
                programs: &input::programs(&include.programs),
                bases: Bases::NONE,
            };
            let findings = check_file_in(&file, setting);
            let refused = findings
                .iter()
                .filter(|finding| finding.is_refused())
                .map(|finding| format!("{}\n\n{}", finding.message, source.explain(finding)));
            combined(refused.map(at_the_path))?;
            Ok(included(krate, include, &file))
        }
    }
}

/// Emits an assertion that every mounted id is among the secrets; rustc reruns the macro when the file changes.
fn included(krate: &TokenStream, include: &Include, file: &File) -> TokenStream {
    let Include {
        path,
        secrets,
        programs,
    } = include;
    let rows = programs.iter().map(|rows| &rows.path);
    let span = path.span();
    let assertions = file.secret_ids().into_iter().map(|id| {
        let message =
            format!("the Dockerfile mounts the secret `{id}`, which is not among `secrets = [..]`");
        quote_spanned!(span=> const _: () = ::core::assert!(#krate::__private::has_id(SECRETS, #id), #message);)
    });
    quote_spanned! {span=>
        {
            const SECRETS: &[#krate::Secret] = &[#secrets];
            #(#assertions)*
            #krate::__private::included(#path, ::core::include_str!(#path), &[#(::core::include_str!(#rows)),*], SECRETS)
        }
    }
}
