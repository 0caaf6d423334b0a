//! What stands behind the text in `sh!`: `name = expr`, `@mount(..)`, `@env(..)`, `@trust(..)`, `@allow_cache(..)`,
//! `@shell(..)`. Expressions are kept as tokens: only rustc looks into them.

use dockerfile_dsl_analysis::names;
use proc_macro::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

use crate::errors::{Errors, Mistake};
use crate::literal::StringLiteral;

/// Everything behind the text.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    pub(crate) values: Vec<Given>,
    pub(crate) mounts: Vec<Mount>,
    pub(crate) envs: Vec<Env>,
    pub(crate) trust: Vec<Trust>,
    pub(crate) allow_cache: Option<StringLiteral>,
    pub(crate) bash: bool,
}

/// `name = expr`.
#[derive(Debug)]
pub(crate) struct Given {
    pub(crate) name: Ident,
    pub(crate) value: TokenStream,
}

/// `@mount(SECRET => "/path")`.
#[derive(Debug)]
pub(crate) struct Mount {
    pub(crate) secret: TokenStream,
    pub(crate) target: StringLiteral,
}

/// `@env(SECRET => "NAME", "reason")`.
#[derive(Debug)]
pub(crate) struct Env {
    pub(crate) secret: TokenStream,
    pub(crate) variable: StringLiteral,
    pub(crate) reason: StringLiteral,
}

/// `@trust("program", "reason")`, `@trust("program", output, "reason")`.
#[derive(Debug)]
pub(crate) struct Trust {
    pub(crate) program: StringLiteral,
    pub(crate) output: bool,
    pub(crate) reason: StringLiteral,
}

const FORMS: &str = "`name = value`, `@mount(SECRET => \"/path\")`, `@env(SECRET => \"NAME\", \"reason\")`, \
    `@trust(\"program\", \"reason\")`, `@allow_cache(\"reason\")` or `@shell(bash)`";

impl Arguments {
    /// Reads what follows the text, from the comma on. A mistake in one argument does not hide those in the next.
    pub(crate) fn read(tokens: &[TokenTree], errors: &mut Errors) -> Self {
        let mut arguments = Self::default();
        for argument in split(tokens) {
            if let Err(mistake) = arguments.read_one(argument) {
                errors.push(mistake.span, mistake.message);
            }
        }
        arguments
    }

    /// What is given for the hole of this name.
    pub(crate) fn given(&self, name: &str) -> Option<&Given> {
        self.values
            .iter()
            .find(|given| given.name.to_string() == name)
    }

    fn read_one(&mut self, tokens: &[TokenTree]) -> Result<(), Mistake> {
        match tokens {
            [TokenTree::Ident(name), TokenTree::Punct(equals), value @ ..]
                if equals.as_char() == '=' && !value.is_empty() =>
            {
                if self.given(&name.to_string()).is_some() {
                    return Err(Mistake::new(
                        name.span(),
                        format!("`{name}` is given twice"),
                    ));
                }
                self.values.push(Given {
                    name: name.clone(),
                    value: value.iter().cloned().collect(),
                });
                Ok(())
            }
            [
                TokenTree::Punct(at),
                TokenTree::Ident(keyword),
                TokenTree::Group(group),
            ] if at.as_char() == '@' && group.delimiter() == Delimiter::Parenthesis => {
                self.read_extra(keyword, group)
            }
            [TokenTree::Punct(at), other, ..] if at.as_char() == '@' => {
                Err(Mistake::new(other.span(), format!("expected {FORMS}")))
            }
            [first, ..] => Err(Mistake::new(first.span(), format!("expected {FORMS}"))),
            [] => Err(Mistake::new(Span::call_site(), format!("expected {FORMS}"))),
        }
    }

    fn read_extra(&mut self, keyword: &Ident, group: &Group) -> Result<(), Mistake> {
        let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
        let parts = split(&tokens);
        let wrong = |form: &str| Mistake::new(group.span(), format!("expected `{form}`"));
        match keyword.to_string().as_str() {
            "mount" => {
                let form = "@mount(SECRET => \"/path\")";
                let [part] = parts[..] else {
                    return Err(wrong(form));
                };
                let (secret, target) = arrow(part).ok_or_else(|| wrong(form))?;
                let target = StringLiteral::read(
                    target,
                    "the absolute path of the mount as a string literal",
                )?;
                if !names::is_mount_target(&target.text) {
                    return Err(Mistake::new(target.token.span(), names::MOUNT_TARGET));
                }
                self.mounts.push(Mount { secret, target });
            }
            "env" => {
                let form =
                    "@env(SECRET => \"NAME\", \"why every process of the step may have it\")";
                let [part, [reason]] = parts[..] else {
                    return Err(wrong(form));
                };
                let (secret, variable) = arrow(part).ok_or_else(|| wrong(form))?;
                let variable =
                    StringLiteral::read(variable, "the name of the variable as a string literal")?;
                if !names::is_assignable(&variable.text) {
                    return Err(Mistake::new(
                        variable.token.span(),
                        names::not_for_a_secret(&variable.text),
                    ));
                }
                self.envs.push(Env {
                    secret,
                    variable,
                    reason: reason_of(reason)?,
                });
            }
            "trust" => {
                let form =
                    "@trust(\"program\", \"reason\")` or `@trust(\"program\", output, \"reason\")";
                let (program, output, reason) = match parts[..] {
                    [[program], [reason]] => (program, false, reason),
                    [[program], [TokenTree::Ident(output)], [reason]]
                        if output.to_string() == "output" =>
                    {
                        (program, true, reason)
                    }
                    _ => return Err(wrong(form)),
                };
                let program =
                    StringLiteral::read(program, "the name of a program as a string literal")?;
                self.trust.push(Trust {
                    program,
                    output,
                    reason: reason_of(reason)?,
                });
            }
            "allow_cache" => {
                let [[reason]] = parts[..] else {
                    return Err(wrong("@allow_cache(\"reason\")"));
                };
                self.allow_cache = Some(reason_of(reason)?);
            }
            "shell" => match &tokens[..] {
                [TokenTree::Ident(shell)] if shell.to_string() == "bash" => self.bash = true,
                [TokenTree::Ident(shell)] if shell.to_string() == "sh" => self.bash = false,
                _ => return Err(wrong("@shell(bash)` or `@shell(sh)")),
            },
            _ => {
                return Err(Mistake::new(
                    keyword.span(),
                    format!("there is no `@{keyword}`; expected {FORMS}"),
                ));
            }
        }
        Ok(())
    }
}

fn reason_of(tree: &TokenTree) -> Result<StringLiteral, Mistake> {
    let reason = StringLiteral::read(
        tree,
        "the reason as a string literal, one line that a reviewer can judge",
    )?;
    if !names::is_reason(&reason.text) {
        return Err(Mistake::new(reason.token.span(), names::REASON));
    }
    Ok(reason)
}

/// `left => right`, where `right` is one token.
fn arrow(tokens: &[TokenTree]) -> Option<(TokenStream, &TokenTree)> {
    let [
        left @ ..,
        TokenTree::Punct(equals),
        TokenTree::Punct(greater),
        right,
    ] = tokens
    else {
        return None;
    };
    (equals.as_char() == '=' && greater.as_char() == '>' && !left.is_empty())
        .then(|| (left.iter().cloned().collect(), right))
}

/// Splits at the commas that no bracket holds; those of a turbofish (`f::<A, B>()`) belong to it. One comma may end the list.
pub(crate) fn split(tokens: &[TokenTree]) -> Vec<&[TokenTree]> {
    let mut parts = Vec::new();
    let (mut start, mut angles) = (0, 0_usize);
    for (index, tree) in tokens.iter().enumerate() {
        let TokenTree::Punct(punct) = tree else {
            continue;
        };
        let before = |distance: usize, expected: char| {
            let tree = index.checked_sub(distance).and_then(|at| tokens.get(at));
            matches!(tree, Some(TokenTree::Punct(punct)) if punct.as_char() == expected)
        };
        match punct.as_char() {
            '<' if angles > 0 || (before(1, ':') && before(2, ':')) => angles += 1,
            '>' if angles > 0 && !before(1, '-') && !before(1, '=') => angles -= 1,
            ',' if angles == 0 => {
                parts.push(&tokens[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    if start < tokens.len() {
        parts.push(&tokens[start..]);
    }
    parts
}
