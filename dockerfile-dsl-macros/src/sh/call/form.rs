//! The contents of the parentheses of an `@` argument.
//!
//! In: the tokens after its name, and its required form. Out: its parts, or the error that shows the form.

use dockerfile_dsl_analysis::names;
use syn::parse::{Parse, ParseBuffer, ParseStream};
use syn::{Error, Expr, LitStr, Result, Token, token};

use crate::input::string;

/// The parentheses of an `@` argument, and how they have to look.
pub(super) struct Form<'a> {
    pub(super) inside: ParseBuffer<'a>,
    parentheses: token::Paren,
    form: &'a str,
}

impl Form<'_> {
    pub(super) fn parse<T>(
        input: ParseStream,
        form: &str,
        parser: impl FnOnce(&Form) -> Result<T>,
    ) -> Result<T> {
        let inside;
        let parentheses = syn::parenthesized!(inside in input);
        let form = Form {
            inside,
            parentheses,
            form,
        };
        let parsed = parser(&form)?;
        form.inside.parse::<Option<Token![,]>>()?;
        if form.inside.is_empty() {
            Ok(parsed)
        } else {
            Err(form.wrong())
        }
    }

    fn wrong(&self) -> Error {
        let message = format!("expected `{}`", self.form);
        Error::new(self.parentheses.span.join(), message)
    }

    pub(super) fn expect<T: Parse>(&self) -> Result<T> {
        self.inside.parse().map_err(|_| self.wrong())
    }

    /// `SECRET =>`.
    pub(super) fn secret(&self) -> Result<Expr> {
        if self.inside.is_empty() {
            return Err(self.wrong());
        }
        let secret = self.inside.parse()?;
        self.expect::<Token![=>]>()?;
        Ok(secret)
    }

    pub(super) fn string(&self, expected: &str) -> Result<LitStr> {
        if self.inside.is_empty() {
            return Err(self.wrong());
        }
        string(&self.inside, expected)
    }

    pub(super) fn reason(&self) -> Result<LitStr> {
        self.string("the reason as a string literal, one line that a reviewer can judge")
            .and_then(checked_reason)
    }
}

pub(super) fn checked_reason(reason: LitStr) -> Result<LitStr> {
    if names::is_reason(&reason.value()) {
        Ok(reason)
    } else {
        Err(Error::new(reason.span(), names::REASON))
    }
}
