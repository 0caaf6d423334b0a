//! The arguments that begin with `@` and are about one secret or one program.
//!
//! In: tokens. Out: a type for each form, or what is wrong with it at its token.

use dockerfile_dsl_analysis::names;
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Expr, LitStr, Result, Token};

use super::form::{Form, checked_reason};
use super::keyword;

/// `@mount(SECRET => "/path")`.
#[derive(Clone)]
pub(crate) struct Mount {
    pub(crate) secret: Expr,
    pub(crate) target: LitStr,
}

/// `@env(SECRET => "NAME", "reason")`.
#[derive(Clone)]
pub(crate) struct Env {
    pub(crate) secret: Expr,
    pub(crate) variable: LitStr,
    pub(crate) reason: LitStr,
}

/// `@trust("program", "reason")`, `@trust("program", output, "reason")`.
#[derive(Clone)]
pub(crate) struct Trust {
    pub(crate) program: LitStr,
    pub(crate) output: bool,
    pub(crate) reason: LitStr,
}

/// `@declassify(SECRET, "program", "reason")`, `@project_code(SECRET, "reason")`.
#[derive(Clone)]
pub(crate) struct Declassified {
    pub(crate) secret: Expr,
    /// The program, or `None` for `@project_code(SECRET, "reason")`.
    pub(crate) program: Option<LitStr>,
    pub(crate) reason: LitStr,
}

impl Mount {
    /// Refuses a target that no engine takes.
    pub(crate) fn new(secret: Expr, target: LitStr) -> Result<Self> {
        if names::is_mount_target(&target.value()) {
            Ok(Self { secret, target })
        } else {
            Err(Error::new(target.span(), names::MOUNT_TARGET))
        }
    }

    /// The secret as the findings of the analysis call it.
    pub(crate) fn name(&self) -> String {
        self.secret.to_token_stream().to_string()
    }
}

impl Parse for Mount {
    fn parse(input: ParseStream) -> Result<Self> {
        input.parse::<keyword::mount>()?;
        Form::parse(input, "@mount(SECRET => \"/path\")", |form| {
            let secret = form.secret()?;
            let target = form.string("the absolute path of the mount as a string literal")?;
            Self::new(secret, target)
        })
    }
}

impl Env {
    /// Refuses a variable that changes how programs work, and a reason that is none.
    pub(crate) fn new(secret: Expr, variable: LitStr, reason: LitStr) -> Result<Self> {
        if !names::is_assignable(&variable.value()) {
            let message = names::not_for_a_secret(&variable.value());
            return Err(Error::new(variable.span(), message));
        }
        Ok(Self {
            secret,
            variable,
            reason: checked_reason(reason)?,
        })
    }

    /// The secret as the findings of the analysis call it.
    pub(crate) fn name(&self) -> String {
        self.secret.to_token_stream().to_string()
    }
}

impl Parse for Env {
    fn parse(input: ParseStream) -> Result<Self> {
        input.parse::<keyword::env>()?;
        let form = "@env(SECRET => \"NAME\", \"why every process of the step may have it\")";
        Form::parse(input, form, |form| {
            let secret = form.secret()?;
            let variable = form.string("the name of the variable as a string literal")?;
            form.expect::<Token![,]>()?;
            Self::new(secret, variable, form.reason()?)
        })
    }
}

impl Parse for Trust {
    fn parse(input: ParseStream) -> Result<Self> {
        input.parse::<keyword::trust>()?;
        let form = "@trust(\"program\", \"reason\")` or `@trust(\"program\", output, \"reason\")";
        Form::parse(input, form, |form| {
            let program = form.string("the name of a program as a string literal")?;
            form.expect::<Token![,]>()?;
            let output = form.inside.peek(keyword::output) && form.inside.peek2(Token![,]);
            if output {
                form.expect::<keyword::output>()?;
                form.expect::<Token![,]>()?;
            }
            Ok(Self {
                program,
                output,
                reason: form.reason()?,
            })
        })
    }
}

impl Parse for Declassified {
    fn parse(input: ParseStream) -> Result<Self> {
        if input.parse::<Option<keyword::project_code>>()?.is_some() {
            let form = "@project_code(SECRET, \"why code of the project may have it\")";
            return Form::parse(input, form, |form| {
                let secret = form.expect()?;
                form.expect::<Token![,]>()?;
                Ok(Self {
                    secret,
                    program: None,
                    reason: form.reason()?,
                })
            });
        }
        input.parse::<keyword::declassify>()?;
        let form = "@declassify(SECRET, \"program\", \"why what it gives is no secret\")";
        Form::parse(input, form, |form| {
            let secret = form.expect()?;
            form.expect::<Token![,]>()?;
            let program = form.string("the name of a program as a string literal")?;
            form.expect::<Token![,]>()?;
            Ok(Self {
                secret,
                program: Some(program),
                reason: form.reason()?,
            })
        })
    }
}
