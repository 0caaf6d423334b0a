//! Input handling shared by the macros: the wrapper's part, errors with a stub expansion, files beside the source.
//!
//! In: tokens that begin with `[$crate]`. Out: the path of `dockerfile_dsl` and the parsed rest.

use std::path::PathBuf;

use dockerfile_dsl_analysis::programs::{Programs, RowsError};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::parse::{ParseStream, Parser};
use syn::{Error, LitStr, Result, token};

/// Parses `[$crate] tokens`. Without the wrapper's part the crate is `::dockerfile_dsl`.
pub(crate) fn parse<T>(
    input: TokenStream,
    parser: impl FnOnce(ParseStream) -> Result<T>,
) -> (TokenStream, Result<T>) {
    let mut krate = quote!(::dockerfile_dsl);
    let parsed = (|input: ParseStream| {
        if input.peek(token::Bracket) {
            let path;
            syn::bracketed!(path in input);
            krate = path.parse()?;
        }
        parser(input)
    })
    .parse2(input);
    (krate, parsed)
}

/// Combines mistakes, so that one compile reports them all.
pub(crate) fn combined(mistakes: impl IntoIterator<Item = Error>) -> Result<()> {
    let combine = |mut all: Error, next| {
        all.combine(next);
        all
    };
    mistakes.into_iter().reduce(combine).map_or(Ok(()), Err)
}

/// Returns both, or the errors of both.
pub(crate) fn both<A, B>(first: Result<A>, second: Result<B>) -> Result<(A, B)> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (Err(mut all), Err(next)) => {
            all.combine(next);
            Err(all)
        }
        (Err(error), _) | (_, Err(error)) => Err(error),
    }
}

/// Returns the errors, and a value of the right type, so that no further errors are shown.
pub(crate) fn stub(error: &Error, value: &TokenStream) -> TokenStream {
    let report = error.to_compile_error();
    quote!({ #report #value })
}

/// Parses a string literal, also one that a `macro_rules!` passed on.
pub(crate) fn string(input: ParseStream, expected: &str) -> Result<LitStr> {
    let at = input.span();
    input
        .parse()
        .map_err(|_| Error::new(at, format!("expected {expected}")))
}

/// Returns the identifier of a hole; `None` if it is a keyword, or not an identifier of Rust (`a²`).
pub(crate) fn identifier(name: &str, span: Span) -> Option<Ident> {
    let mut identifier = syn::parse_str::<Ident>(name).ok()?;
    identifier.set_span(span);
    Some(identifier)
}

/// A file of program rows.
#[derive(Clone)]
pub(crate) struct ProgramRows {
    pub(crate) path: LitStr,
    pub(crate) programs: Programs,
}

impl ProgramRows {
    /// Reads the file, or reports every mistake in it at its path.
    pub(crate) fn read(path: LitStr) -> Result<Self> {
        let text = read_file(&path)?;
        let mistakes = |errors: Vec<RowsError>| {
            let mistake = |error| Error::new(path.span(), format!("{}:{error}", path.value()));
            combined(errors.iter().map(mistake)).err()
        };
        match Programs::parse(&text) {
            Ok(programs) => Ok(Self { path, programs }),
            Err(errors) => {
                Err(mistakes(errors).unwrap_or_else(|| Error::new(path.span(), "cannot be read")))
            }
        }
    }
}

/// Parses the programs of all these files.
pub(crate) fn programs<'a>(rows: impl IntoIterator<Item = &'a ProgramRows>) -> Programs {
    let mut programs = Programs::default();
    for rows in rows {
        programs.extend(rows.programs.clone());
    }
    programs
}

/// Reads a file. The path is relative to the source file, as for `include_str!`.
pub(crate) fn read_file(path: &LitStr) -> Result<String> {
    let source = path
        .span()
        .unwrap()
        .local_file()
        .and_then(|file| Some(file.parent()?.to_owned()));
    let folder = source
        .or_else(|| Some(PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR")?).join("src")))
        .unwrap_or_default();
    let path_text = path.value();
    std::fs::read_to_string(folder.join(&path_text)).map_err(|error| {
        let message = format!(
            "cannot read `{path_text}`, relative to the folder of this source file: {error}"
        );
        Error::new(path.span(), message)
    })
}
