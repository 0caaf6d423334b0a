//! The grammar of `dockerfile!`.
//!
//! In: tokens. Out: a [`Template`], or all mistakes, each at its token. After a mistake, parsing resumes at the next instruction
//! keyword, so that one compile shows them all.

mod instruction;
mod place;
mod values;

use dockerfile_dsl_analysis::dockerfile::spec::InstructionSpec;
use proc_macro2::{Span, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{
    AngleBracketedGenericArguments, Error, Expr, ExprCall, ExprField, ExprMethodCall, ExprPath,
    Ident, LitStr, Member, Pat, Result, Token, token,
};

use self::place::{at_end, at_instruction, is_joined, missing, unquoted};
use self::values::{expression, flags, string};
use super::tree::{
    Arm, Base, Binding, Branch, Control, Flag, Fragment, Instruction, Node, Splice, Stage, Template,
};
use super::words::{self, keyword};
use crate::input::{both, combined};
use crate::sh;

impl Parse for Template {
    fn parse(input: ParseStream) -> Result<Self> {
        let mut mistakes = Vec::new();
        let mut template = Self {
            programs: Vec::new(),
            globals: Vec::new(),
            stages: Vec::new(),
            targets: Vec::new(),
        };
        while !input.is_empty() && !input.peek(keyword::FROM) {
            if input.peek(Token![@]) {
                match sh::program_rows(input) {
                    Ok(rows) => template.programs.push(rows),
                    Err(mistake) => {
                        mistakes.push(mistake);
                        skip(input);
                    }
                }
                continue;
            }
            let Some((word, _)) = input.cursor().ident() else {
                break;
            };
            if input.peek(keyword::ARG) {
                template.globals.extend(recover(input, &mut mistakes));
            } else {
                mistakes.push(misplaced(&word));
                input.call(Ident::parse_any)?;
                skip(input);
            }
        }
        while input.peek(keyword::FROM) {
            template.stages.extend(recover(input, &mut mistakes));
        }
        if input.peek(keyword::TARGETS) {
            match targets(input) {
                Ok(targets) => template.targets = targets,
                Err(mistake) => mistakes.push(mistake),
            }
        }
        if !input.is_empty() {
            mistakes.push(missing(input, "expected `FROM`"));
        } else if template.stages.is_empty() && mistakes.is_empty() {
            let message = "a template needs a stage: start one with `FROM \"image\"`";
            mistakes.push(match template.globals.is_empty() {
                true => Error::new(Span::call_site(), message),
                false => missing(input, message),
            });
        }
        mistakes.extend(template.stages.iter().flat_map(repeated));
        combined(mistakes).map(|()| template)
    }
}

impl Parse for Stage {
    fn parse(input: ParseStream) -> Result<Self> {
        let from = input.span();
        let head = head(input);
        if head.is_err() {
            skip(input);
        }
        // Continues after an invalid head, too, to find more mistakes.
        let mut mistakes = Vec::new();
        let body = nodes(input, &mut mistakes);
        let ((flags, base, binding), ()) = both(head, combined(mistakes))?;
        Ok(Self {
            from,
            flags,
            base,
            binding,
            body,
        })
    }
}

/// Parses `FROM [--platform=..] BASE [AS ident [= "name"]]`.
fn head(input: ParseStream) -> Result<(Vec<Flag>, Base, Option<Binding>)> {
    input.parse::<keyword::FROM>()?;
    let mut all = Vec::new();
    let flagged = flags(input, "FROM", &mut all);
    let ((), base) = both(flagged, input.parse())?;
    let binding = match input.parse::<Option<keyword::AS>>()? {
        Some(_) => Some(input.parse()?),
        None => None,
    };
    Ok((all, base, binding))
}

impl Parse for Base {
    fn parse(input: ParseStream) -> Result<Self> {
        if let Some(image) = string(input)? {
            return Ok(Self::Image(image));
        }
        if input.peek(token::Paren) {
            return expression(input).map(Self::Expression);
        }
        if input.peek(keyword::scratch) {
            let scratch: keyword::scratch = input.parse()?;
            return Ok(Self::Scratch(scratch.span));
        }
        let is_instruction = |(word, _): (Ident, _)| words::is_instruction(&word);
        if let Some(image) = unquoted(input).filter(|_| is_joined(input)) {
            return Err(image.first().error("FROM", false));
        }
        if input.peek(Ident)
            && !input.peek(keyword::AS)
            && !input.cursor().ident().is_some_and(is_instruction)
        {
            return input.parse().map(Self::Stage);
        }
        Err(missing(
            input,
            "FROM needs an image: `FROM \"debian\"`, an earlier stage: `FROM build`, or `FROM \
             scratch`",
        ))
    }
}

impl Parse for Binding {
    fn parse(input: ParseStream) -> Result<Self> {
        if input.peek(LitStr) {
            let message =
                "AS needs a name to bind: `AS build`, or `AS build = \"name-in-the-file\"`";
            return Err(Error::new(input.span(), message));
        }
        if !input.peek(Ident) {
            return Err(missing(input, "AS needs a name: `AS build`"));
        }
        let ident: Ident = input.parse()?;
        let name = if input.parse::<Option<Token![=]>>()?.is_some() {
            string(input)?.ok_or_else(|| missing(input, "expected the stage's name in quotes"))?
        } else {
            LitStr::new(&ident.unraw().to_string().replace('_', "-"), ident.span())
        };
        Ok(Self { ident, name })
    }
}

/// Parses `TARGETS test, app`.
fn targets(input: ParseStream) -> Result<Vec<Ident>> {
    input.parse::<keyword::TARGETS>()?;
    let mut targets = Vec::new();
    loop {
        if !input.peek(Ident) {
            return Err(missing(input, "TARGETS needs stages: `TARGETS test, app`"));
        }
        targets.push(input.parse()?);
        if input.parse::<Option<Token![,]>>()?.is_none() {
            return Ok(targets);
        }
    }
}

/// Parses instructions and control flow, up to the next FROM, TARGETS or the end.
fn nodes(input: ParseStream, mistakes: &mut Vec<Error>) -> Vec<Node> {
    let mut nodes = Vec::new();
    while !input.is_empty() && !input.peek(keyword::FROM) && !input.peek(keyword::TARGETS) {
        nodes.extend(recover(input, mistakes));
    }
    nodes
}

/// Parses `{ instructions }`.
fn body(input: ParseStream) -> Result<Vec<Node>> {
    if !input.peek(token::Brace) {
        return Err(missing(input, "expected `{`"));
    }
    let inside;
    syn::braced!(inside in input);
    let (mut all, mut mistakes) = (Vec::new(), Vec::new());
    loop {
        all.extend(nodes(&inside, &mut mistakes));
        if inside.is_empty() {
            return combined(mistakes).map(|()| all);
        }
        // Only FROM and TARGETS stop `nodes` before the end.
        mistakes.push(Error::new(
            inside.span(),
            "a stage starts at the top level only; make one in a loop with `Stage::from_image(..)` \
             and use it as `FROM (expr)` or `--from=(expr)`",
        ));
        inside.call(Ident::parse_any)?;
        skip(&inside);
    }
}

impl Parse for Node {
    fn parse(input: ParseStream) -> Result<Self> {
        if input.peek(Token![..]) {
            return splice(input);
        }
        if input.peek(Token![if]) || input.peek(Token![for]) || input.peek(Token![match]) {
            return input.parse().map(Self::Control);
        }
        let Some((word, _)) = input.cursor().ident() else {
            let message = "expected an instruction, `if`, `for`, `match` or `..fragment()`";
            return Err(missing(input, message));
        };
        if words::is_instruction(&word) {
            return input.parse().map(Self::Instruction);
        }
        input.call(Ident::parse_any)?;
        Err(words::unknown_instruction(&word))
    }
}

impl Parse for Control {
    fn parse(input: ParseStream) -> Result<Self> {
        if input.peek(Token![for]) {
            Ok(Self::For {
                for_token: input.parse()?,
                pattern: input.call(Pat::parse_multi_with_leading_vert)?,
                in_token: input.parse()?,
                iterator: input.call(Expr::parse_without_eager_brace)?,
                body: body(input)?,
            })
        } else if input.peek(Token![match]) {
            let match_token = input.parse()?;
            let value = input.call(Expr::parse_without_eager_brace)?;
            if !input.peek(token::Brace) {
                return Err(missing(input, "expected `{`"));
            }
            let inside;
            syn::braced!(inside in input);
            let mut arms = Vec::new();
            while !inside.is_empty() {
                arms.push(inside.parse()?);
            }
            Ok(Self::Match {
                match_token,
                value,
                arms,
            })
        } else {
            let mut branches: Vec<Branch> = vec![input.parse()?];
            while input.peek(Token![else]) {
                branches.push(input.parse()?);
            }
            Ok(Self::If(branches))
        }
    }
}

impl Parse for Branch {
    fn parse(input: ParseStream) -> Result<Self> {
        let else_token = input.parse()?;
        let condition = match input.parse()? {
            Some(if_token) => Some((if_token, input.call(Expr::parse_without_eager_brace)?)),
            None => None,
        };
        Ok(Self {
            else_token,
            condition,
            body: body(input)?,
        })
    }
}

impl Parse for Arm {
    fn parse(input: ParseStream) -> Result<Self> {
        let pattern = input.call(Pat::parse_multi_with_leading_vert)?;
        let guard = match input.parse()? {
            Some(if_token) => Some((if_token, input.parse()?)),
            None => None,
        };
        input.parse::<Token![=>]>()?;
        let body = body(input)?;
        input.parse::<Option<Token![,]>>()?;
        Ok(Self {
            pattern,
            guard,
            body,
        })
    }
}

/// Parses `..fragment(expr)`, `..fragment(expr)?`.
fn splice(input: ParseStream) -> Result<Node> {
    let span = input.span();
    input.parse::<Token![..]>()?;
    let call = fragment(input)?.ok_or_else(|| {
        let message =
            "expected a call: `..fragment()`; the function gets the stage as its first argument";
        Error::new(span, message)
    })?;
    Ok(Node::Splice(Splice {
        span,
        call,
        question_mark: input.parse()?,
    }))
}

/// Parses `path::function::<T>(..)` or `value.field.method::<T>(..)`, and no more: the next instruction follows.
fn fragment(input: ParseStream) -> Result<Option<Fragment>> {
    if at_end(input) || input.fork().parse::<ExprPath>().is_err() {
        return Ok(None);
    }
    let mut receiver = Expr::Path(input.parse()?);
    if input.peek(token::Paren) {
        let arguments;
        return Ok(Some(Fragment::Function(ExprCall {
            attrs: Vec::new(),
            func: Box::new(receiver),
            paren_token: syn::parenthesized!(arguments in input),
            args: Punctuated::parse_terminated(&arguments)?,
        })));
    }
    while input.peek(Token![.]) && !input.peek(Token![..]) {
        let dot_token = input.parse()?;
        let member = input.parse()?;
        let turbofish = input
            .peek(Token![::])
            .then(|| AngleBracketedGenericArguments::parse_turbofish(input))
            .transpose()?;
        receiver = match member {
            Member::Named(method) if input.peek(token::Paren) => {
                let arguments;
                return Ok(Some(Fragment::Method(ExprMethodCall {
                    attrs: Vec::new(),
                    receiver: Box::new(receiver),
                    dot_token,
                    method,
                    turbofish,
                    paren_token: syn::parenthesized!(arguments in input),
                    args: Punctuated::parse_terminated(&arguments)?,
                })));
            }
            member => Expr::Field(ExprField {
                attrs: Vec::new(),
                base: Box::new(receiver),
                dot_token,
                member,
            }),
        };
    }
    Ok(None)
}

/// Parses a node; after a mistake resumes at the next instruction keyword.
fn recover<T: Parse>(input: ParseStream, mistakes: &mut Vec<Error>) -> Option<T> {
    match input.parse() {
        Ok(parsed) => Some(parsed),
        Err(mistake) => {
            mistakes.push(mistake);
            skip(input);
            None
        }
    }
}

/// Skips to the next instruction keyword.
fn skip(input: ParseStream) {
    while !input.is_empty() && !at_instruction(input) && input.parse::<TokenTree>().is_ok() {}
}

fn misplaced(word: &Ident) -> Error {
    if words::is_instruction(word) {
        let message = format!("only ARG may precede the first FROM, not {word}");
        Error::new(word.span(), message)
    } else {
        words::unknown_instruction(word)
    }
}

/// Reports repeated instructions of which only the last one in a stage counts.
fn repeated(stage: &Stage) -> Vec<Error> {
    let mut seen: Vec<&Ident> = Vec::new();
    let mut mistakes = Vec::new();
    for node in &stage.body {
        let Node::Instruction(Instruction { keyword, .. }) = node else {
            continue;
        };
        let spec = InstructionSpec::of(&keyword.to_string());
        if !spec.is_some_and(|spec| spec.last_counts) {
            continue;
        }
        if seen.contains(&keyword) {
            let message =
                format!("{keyword} occurs twice in this stage; only the last one would count");
            mistakes.push(Error::new(keyword.span(), message));
        }
        seen.push(keyword);
    }
    mistakes
}
