//! Emits values of the tree as expressions of Rust: texts, paths, lists, sources.
//!
//! In: a [`Value`]. Out: an expression whose type the builder checks, with errors at the author's own tokens.

use dockerfile_dsl_analysis::template::{Template, TemplatePiece};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Error, Ident, Lifetime, LitStr};

use crate::dockerfile::tree::Value;
use crate::input::{ProgramRows, identifier};

/// State of the emitter.
pub(super) struct Emitter<'a> {
    /// Path of `dockerfile_dsl` in the caller's crate.
    pub(super) krate: &'a TokenStream,
    /// Program rows of the whole file.
    pub(super) programs: &'a [ProgramRows],
    pub(super) mistakes: Vec<Error>,
}

/// Returns the label of the whole expression, for a path that turns out to be invalid at run time.
pub(super) fn label() -> Lifetime {
    Lifetime::new("'dockerfile", Span::mixed_site())
}

impl Emitter<'_> {
    pub(super) fn mistake(&mut self, span: Span, message: impl std::fmt::Display) {
        self.mistakes.push(Error::new(span, message));
    }

    /// Emits words of different types as one list of strings.
    pub(super) fn list(&mut self, words: &[Value]) -> TokenStream {
        let krate = self.krate;
        let texts = words.iter().map(|word| {
            let text = self.text(word);
            quote_spanned!(word.span()=> #krate::__private::text(#text))
        });
        quote!(::std::vec::Vec::<::std::string::String>::from([#(#texts),*]))
    }

    pub(super) fn sources(&mut self, sources: &[Value]) -> TokenStream {
        let sources = sources.iter().map(|source| self.source(source));
        quote!(::std::vec::Vec::from([#(#sources),*]))
    }

    /// Emits a path or a URL; as in a Dockerfile, `*`, `?` and `[..]` in the literal of a path are wildcards.
    pub(super) fn source(&mut self, source: &Value) -> TokenStream {
        let krate = self.krate;
        let span = source.span();
        let value = self.value(source);
        let is_glob = matches!(source, Value::Text(literal) if {
            let text = literal.value();
            text.contains(['*', '?', '[']) && !text.contains('$') && !text.contains("://")
        });
        let value = if is_glob {
            quote_spanned!(span=> #krate::glob(#value))
        } else {
            value
        };
        quote_spanned!(span=> #krate::instructions::IntoSource::into_source(#value))
    }

    /// Emits a value in which BuildKit expands variables: a literal with a `$` asks for it, as in a Dockerfile.
    pub(super) fn value(&mut self, value: &Value) -> TokenStream {
        let krate = self.krate;
        let text = self.text(value);
        match value {
            Value::Text(literal) if literal.value().contains('$') => {
                let span = literal.span();
                if !Template::value(&literal.value()).holes.is_empty() {
                    self.mistake(
                        span,
                        "a variable of the Dockerfile and a hole in one text: the value of the \
                         hole would be expanded, too; write `(expand(format!(..)))` if that is \
                         meant",
                    );
                }
                quote_spanned!(span=> #krate::expand(#text))
            }
            _ => text,
        }
    }

    /// Emits a value that an instruction keeps as text; the holes of a literal are filled.
    pub(super) fn text(&mut self, value: &Value) -> TokenStream {
        match value {
            Value::Expression(expression) => expression.to_token_stream(),
            Value::Word(word) => word.to_token_stream(),
            Value::Text(literal) => self.literal(literal),
        }
    }

    fn literal(&mut self, literal: &LitStr) -> TokenStream {
        let krate = self.krate;
        let span = literal.span();
        let text = literal.value();
        let template = Template::value(&text);
        if template.holes.is_empty() {
            if !text.contains("{{") {
                return literal.to_token_stream();
            }
            let text = &template.text;
            return quote_spanned!(span=> #text);
        }
        let out = Ident::new("text", Span::mixed_site());
        let mut pushes = TokenStream::new();
        for piece in template.pieces() {
            pushes.extend(match piece {
                TemplatePiece::Text(text) => quote!(#out.push_str(#text);),
                TemplatePiece::Hole(index) => {
                    let name = &template.holes[index].0;
                    let Some(name) = identifier(name, span) else {
                        let message = format!("invalid hole name `{name}`; for the text \
                                               `{{{name}}}` write `{{{{{name}}}}}`");
                        self.mistake(span, message);
                        continue;
                    };
                    quote_spanned!(span=> #out.push_str(&#krate::__private::text(::core::clone::Clone::clone(&#name)));)
                }
            });
        }
        quote_spanned!(span=> { let mut #out = ::std::string::String::new(); #pushes #out })
    }

    /// Emits a path in a layer: a literal is checked at compile time, one with holes at run time.
    pub(super) fn path(&mut self, value: &Value) -> TokenStream {
        let krate = self.krate;
        let Value::Text(literal) = value else {
            return self.text(value);
        };
        let span = literal.span();
        let text = literal.value();
        if text.contains('$') {
            self.value(value)
        } else if Template::value(&text).holes.is_empty() {
            let krate = located(krate, span);
            quote_spanned!(span=> { const PATH: #krate::LayerPath = #krate::LayerPath::literal(#literal); PATH })
        } else {
            let text = self.text(value);
            let label = label();
            quote_spanned! {span=>
                match #krate::LayerPath::parse(#text) {
                    ::core::result::Result::Ok(path) => path,
                    ::core::result::Result::Err(error) => break #label ::core::result::Result::Err(error),
                }
            }
        }
    }
}

/// Returns the same tokens, resolved as before, with errors at this place.
fn located(tokens: &TokenStream, place: Span) -> TokenStream {
    let move_there = |mut tree: TokenTree| {
        tree.set_span(tree.span().located_at(place));
        tree
    };
    tokens.clone().into_iter().map(move_there).collect()
}
