//! Rust as text with holes for tokens: what the macros emit.
//!
//! In: text in which `#name` is a hole, and what stands in the holes. Out: tokens. Those of the text get one span, so that errors about
//! generated code have a place; those in a hole keep their own.
//! Why not the crate `quote`: with what it needs it is a twentieth of what a user of the macros compiles, for a few dozen short texts.

use proc_macro::{Ident, Literal, Span, TokenStream, TokenTree};

/// `code!(span => "#krate::path!(#token)", krate, token)`: each hole is a variable in scope. Without a span the code is the caller's.
macro_rules! code {
    ($span:expr => $text:literal $(, $hole:ident)*) => {
        $crate::code::fill($span, $text, &[$((stringify!($hole), &$hole as &dyn $crate::code::Part)),*])
    };
    ($text:literal $(, $hole:ident)*) => {
        code!(::proc_macro::Span::call_site() => $text $(, $hole)*)
    };
}
pub(crate) use code;

/// What can stand in a hole.
pub(crate) trait Part {
    fn tokens(&self) -> TokenStream;
}

impl Part for TokenStream {
    fn tokens(&self) -> TokenStream {
        self.clone()
    }
}

impl Part for Ident {
    fn tokens(&self) -> TokenStream {
        TokenTree::Ident(self.clone()).into()
    }
}

impl Part for Literal {
    fn tokens(&self) -> TokenStream {
        TokenTree::Literal(self.clone()).into()
    }
}

/// A string literal.
impl Part for str {
    fn tokens(&self) -> TokenStream {
        TokenTree::Literal(Literal::string(self)).into()
    }
}

impl Part for String {
    fn tokens(&self) -> TokenStream {
        self.as_str().tokens()
    }
}

impl<T: Part + ?Sized> Part for &T {
    fn tokens(&self) -> TokenStream {
        (**self).tokens()
    }
}

impl<T: Part> Part for Option<T> {
    fn tokens(&self) -> TokenStream {
        self.as_ref().map(T::tokens).unwrap_or_default()
    }
}

/// One after the other.
impl<T: Part> Part for Vec<T> {
    fn tokens(&self) -> TokenStream {
        let mut tokens = TokenStream::new();
        for part in self {
            tokens.extend(part.tokens());
        }
        tokens
    }
}

/// What [`code!`] calls.
pub(crate) fn fill(span: Span, text: &str, holes: &[(&str, &dyn Part)]) -> TokenStream {
    // The texts are this crate's own, and the tests of the macros expand each.
    let tokens: TokenStream = text.parse().expect("the text is made of tokens");
    fill_tokens(span, tokens, holes)
}

fn fill_tokens(span: Span, tokens: TokenStream, holes: &[(&str, &dyn Part)]) -> TokenStream {
    let mut filled: Vec<TokenTree> = Vec::new();
    let mut is_hole = false;
    for mut tree in tokens {
        tree.set_span(span);
        let was_hole = std::mem::take(&mut is_hole);
        match tree {
            TokenTree::Punct(punct) => {
                is_hole = punct.as_char() == '#';
                filled.push(TokenTree::Punct(punct));
            }
            TokenTree::Ident(name) if was_hole => {
                filled.pop();
                let name = name.to_string();
                let (_, part) = holes
                    .iter()
                    .find(|(hole, _)| *hole == name)
                    .expect("`code!` names what stands in the holes of its text");
                filled.extend(part.tokens());
            }
            TokenTree::Group(group) => {
                let inside = fill_tokens(span, group.stream(), holes);
                let mut group = proc_macro::Group::new(group.delimiter(), inside);
                group.set_span(span);
                filled.push(TokenTree::Group(group));
            }
            other => filled.push(other),
        }
    }
    filled.into_iter().collect()
}
