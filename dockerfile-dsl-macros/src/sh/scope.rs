//! The names in the source file of a call: what a misspelt hole may have been meant to be.
//!
//! In: the span of a literal. Out: the identifiers of its file, outside of strings and comments. Names that a glob import or another
//! macro brings are not among them, so a name that is missing here is an error only where a similar one is there. Where the file is
//! not known (in an editor), nothing is said.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::SystemTime;

use dockerfile_dsl_analysis::suggest::did_you_mean;
use dockerfile_dsl_analysis::template::Template;
use proc_macro2::{Span, TokenStream, TokenTree};
use syn::Error;

use super::call::{Call, names_of};

/// The names of one source file.
#[derive(Debug, Default)]
pub(super) struct Scope {
    identifiers: BTreeSet<String>,
    /// The constants and statics of the type `Secret`.
    secrets: BTreeSet<String>,
    /// For each of them, the literal list of the hosts that it may be sent to. Two modules may have one name for two secrets.
    only_to: Vec<(String, Option<Vec<String>>)>,
    /// Types that represent several: a parameter or `impl`.
    type_parameters: BTreeSet<String>,
    /// Names with the type that is written after them, or `impl`.
    typed: BTreeSet<(String, String)>,
    /// Types that are bounded by a trait of this crate that says what they are.
    bounded: BTreeSet<String>,
    /// Whether names of another file are imported by `*`.
    has_glob: bool,
}

/// A file as it was when it was read.
type Version = (PathBuf, Option<SystemTime>);

thread_local! {
    /// The file that was read last: calls come file by file.
    static LAST: RefCell<Option<(Version, Rc<Scope>)>> = const { RefCell::new(None) };
}

impl Scope {
    /// Reads the source file of a span; `None` if it is not known.
    pub(super) fn of(span: Span) -> Option<Rc<Self>> {
        let path = proc_macro::is_available().then(|| span.unwrap().local_file())??;
        if path.extension()? != "rs" {
            return None;
        }
        let changed = fs::metadata(&path).and_then(|metadata| metadata.modified());
        let version = (path, changed.ok());
        LAST.with_borrow_mut(|last| match last {
            Some((known, scope)) if *known == version => Some(Rc::clone(scope)),
            _ => {
                let text = fs::read_to_string(&version.0).ok()?;
                let scope = Rc::new(Self::read(text.parse().ok()?));
                *last = Some((version, Rc::clone(&scope)));
                Some(scope)
            }
        })
    }

    fn read(tokens: TokenStream) -> Self {
        let mut scope = Self::default();
        scope.add(tokens);
        scope
    }

    fn add(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (index, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => self.add(group.stream()),
                TokenTree::Punct(punct) if punct.as_char() == '*' => {
                    let before = index.checked_sub(1).map(|before| &tokens[before]);
                    self.has_glob |= before.is_some_and(|token| is_punct(token, ':'));
                }
                TokenTree::Ident(ident) => {
                    let name = ident.to_string();
                    match name.as_str() {
                        "const" | "static" => {
                            let rest = &tokens[index + 1..];
                            if let Some(name) = secret(rest) {
                                self.only_to.push((name.clone(), hosts(rest)));
                                self.secrets.insert(name);
                            }
                        }
                        "fn" | "impl" => self.add_parameters(&tokens[index + 1..]),
                        _ => self.add_type(&name, &tokens[index + 1..]),
                    }
                    self.identifiers.insert(name);
                }
                _ => {}
            }
        }
    }

    /// The parameters in the first `<..>` of an item.
    fn add_parameters(&mut self, tokens: &[TokenTree]) {
        let open = tokens.iter().take(2).position(|token| is_punct(token, '<'));
        let Some(open) = open else { return };
        let mut depth = 0_usize;
        let mut starts = true;
        for token in &tokens[open..] {
            match token {
                _ if is_punct(token, '<') => depth += 1,
                _ if is_punct(token, '>') => depth -= 1,
                TokenTree::Ident(name) if starts && depth == 1 => {
                    self.type_parameters.insert(name.to_string());
                }
                _ => {}
            }
            if depth == 0 {
                return;
            }
            starts = depth == 1 && (is_punct(token, '<') || is_punct(token, ','));
        }
    }

    /// `name: Type`, and what bounds it.
    fn add_type(&mut self, name: &str, tokens: &[TokenTree]) {
        let [colon, next, ..] = tokens else { return };
        if !is_punct(colon, ':') || is_punct(next, ':') {
            return;
        }
        let end = |token: &TokenTree| is_punct(token, ',') || is_punct(token, '>');
        let words = tokens[1..]
            .iter()
            .take_while(|token| !end(token))
            .filter_map(|token| match token {
                TokenTree::Ident(word) => Some(word.to_string()),
                _ => None,
            });
        let words: Vec<String> = words.filter(|word| word != "mut").collect();
        if words
            .iter()
            .any(|word| word == "PublicValue" || word == "SecretValue")
        {
            self.bounded.insert(name.to_owned());
        }
        let of_type = words.into_iter().next();
        self.typed
            .extend(of_type.map(|word| (name.to_owned(), word)));
    }

    /// Whether a hole has a type parameter as type, and nothing says which values that takes.
    pub(super) fn is_open(&self, hole: &str) -> bool {
        let is_parameter = |word: &str| {
            word == "impl" || (self.type_parameters.contains(word) && !self.bounded.contains(word))
        };
        let mut types = self.typed.iter().filter(|(name, _)| name == hole);
        types.any(|(_, word)| is_parameter(word)) && !self.bounded.contains(hole)
    }

    /// Whether the file has a name anywhere; true if that is not known.
    pub(super) fn may_have(&self, name: &str) -> bool {
        self.has_glob || self.identifiers.contains(name)
    }

    /// The holes that are misspelt, each with a message.
    pub(super) fn misspelt<'t>(
        &self,
        call: &Call,
        template: &'t Template,
    ) -> Vec<(&'t str, String)> {
        let names: Vec<&str> = self.identifiers.iter().map(String::as_str).collect();
        let mut holes: Vec<&str> = template.holes.iter().map(|hole| hole.0.as_str()).collect();
        holes.sort_unstable();
        holes.dedup();
        holes.retain(|name| call.arguments.given(name).is_none() && !self.may_have(name));
        let misspelt = |name| {
            let meant = did_you_mean(name, &names);
            let message = format!(
                "no value `{name}` is in this file{meant} If it comes from elsewhere, write \
                 `{name} = {name}` after the script"
            );
            (!meant.is_empty()).then_some((name, message))
        };
        holes.into_iter().filter_map(misspelt).collect()
    }

    /// The hosts that secrets may be sent to, by each name that they have in the call. Of a name with two lists none is taken: the gate of
    /// the builder knows which secret it is.
    pub(super) fn only_to(&self, call: &Call) -> Vec<(String, Vec<String>)> {
        let arguments = &call.arguments;
        let is_sure = |(name, hosts): &&(String, Option<Vec<String>>)| {
            let mut same = self.only_to.iter().filter(|(other, _)| other == name);
            same.all(|(_, others)| others == hosts)
        };
        let lists = self.only_to.iter().filter(is_sure);
        let lists = lists.filter_map(|(name, hosts)| Some((name, hosts.as_ref()?)));
        let named = lists.flat_map(|(secret, hosts)| {
            let names = names_of(secret, arguments).into_iter();
            names.map(|name| (name, hosts.clone()))
        });
        named.collect()
    }

    /// The variables of the shell that have the name of a secret, which was meant.
    pub(super) fn variables_for_secrets(&self, call: &Call, template: &Template) -> Vec<Error> {
        let text = template.text.as_str();
        let is_set = |name: &str| {
            let mut envs = call.arguments.envs.iter();
            envs.any(|env| env.variable.value() == name) || sets(text, name)
        };
        let secrets = self.secrets.iter().filter(|name| !is_set(name));
        let used = secrets.filter(|name| expands(text, name));
        used.map(|name| {
            let message = format!(
                "`${name}` is a variable of the shell, which nothing sets: for the file of the \
                 secret write `{{{name}}}`, for its value `$(cat {{{name}}})`; if the image has \
                 such a variable, write `${{{name}:?}}`"
            );
            Error::new(call.text.span(), message)
        })
        .collect()
    }
}

fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

/// The name of a constant of the type `Secret`, from the tokens after its keyword.
fn secret(tokens: &[TokenTree]) -> Option<String> {
    let [TokenTree::Ident(name), TokenTree::Punct(colon), rest @ ..] = tokens else {
        return None;
    };
    let mut of_type = rest.iter().take_while(|token| !is_punct(token, '='));
    let is_secret =
        of_type.any(|token| matches!(token, TokenTree::Ident(name) if name == "Secret"));
    (colon.as_char() == ':' && is_secret).then(|| name.to_string())
}

/// The literal list of `.only_to(&["..", ..])` in the value of a constant.
fn hosts(tokens: &[TokenTree]) -> Option<Vec<String>> {
    let value: Vec<&TokenTree> = tokens
        .iter()
        .take_while(|token| !is_punct(token, ';'))
        .collect();
    let list = value.windows(2).find_map(|pair| match pair {
        [TokenTree::Ident(method), TokenTree::Group(list)] if method == "only_to" => Some(list),
        _ => None,
    })?;
    let list: syn::Expr = syn::parse2(list.stream()).ok()?;
    let syn::Expr::Reference(list) = list else {
        return None;
    };
    let syn::Expr::Array(list) = *list.expr else {
        return None;
    };
    let host = |one: syn::Expr| match one {
        syn::Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(host),
            ..
        }) => Some(host.value()),
        _ => None,
    };
    list.elems.into_iter().map(host).collect()
}

/// Whether a script gives the variable a value, or says what to do where it has none.
fn sets(script: &str, name: &str) -> bool {
    const BUILTINS: [&str; 5] = ["read", "for", "getopts", "mapfile", "readarray"];
    let is_word = |c: char| c == '_' || c.is_ascii_alphanumeric();
    let by_builtin = |line: &str| {
        let mut words = line.split(|c: char| !is_word(c) && c != '$' && c != '{');
        words.any(|word| BUILTINS.contains(&word)) && words.any(|word| word == name)
    };
    script.contains(&format!("{name}="))
        || [":", "-", "+", "?", "="]
            .iter()
            .any(|operator| script.contains(&format!("${{{name}{operator}")))
        || script.lines().any(by_builtin)
}

/// Whether a script expands a variable by `$NAME` or `${NAME}`, with no word for the case that it is not set.
fn expands(script: &str, name: &str) -> bool {
    let is_name = |c: char| c == '_' || c.is_ascii_alphanumeric();
    script.match_indices('$').any(|(at, _)| {
        let rest = &script[at + 1..];
        let escaped = script[..at].ends_with('\\');
        let plain = rest
            .strip_prefix(name)
            .is_some_and(|rest| !rest.starts_with(is_name));
        !escaped && (plain || rest.starts_with(&format!("{{{name}}}")))
    })
}
