//! Values of the tree as expressions of Rust: texts, paths, lists, sources.
//!
//! In: a [`Value`]. Out: an expression whose type the builder checks, with errors at the author's own tokens.

use dockerfile_dsl_analysis::template;
use proc_macro::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

use crate::code::code;

use super::emit::{Emitter, label};
use super::tree::Value;

impl Emitter<'_> {
    /// Words of different types, as one list of strings.
    pub(super) fn list(&mut self, words: &[Value]) -> TokenStream {
        let krate = self.krate;
        let mut texts = TokenStream::new();
        for word in words {
            let span = word.span();
            let word = self.text(word);
            texts.extend(code!(span => "#krate::__private::text(#word),", krate, word));
        }
        code!(
            "::std::vec::Vec::<::std::string::String>::from([#texts])",
            texts
        )
    }

    pub(super) fn sources(&mut self, sources: &[Value]) -> TokenStream {
        let mut list = TokenStream::new();
        for source in sources {
            let source = self.source(source);
            list.extend(code!("#source,", source));
        }
        code!("::std::vec::Vec::from([#list])", list)
    }

    /// A path or a URL; as in a Dockerfile, `*`, `?` and `[..]` in the literal of a path are wildcards.
    pub(super) fn source(&mut self, source: &Value) -> TokenStream {
        let krate = self.krate;
        let span = source.span();
        let value = self.value(source);
        let value = match source {
            Value::Text(literal)
                if literal.text.contains(['*', '?', '['])
                    && !literal.text.contains('$')
                    && !literal.text.contains("://") =>
            {
                code!(span => "#krate::glob(#value)", krate, value)
            }
            _ => value,
        };
        code!(span => "#krate::instructions::IntoSource::into_source(#value)", krate, value)
    }

    /// A value in which BuildKit expands variables: a literal with a `$` asks for it, as it does in a Dockerfile.
    pub(super) fn value(&mut self, value: &Value) -> TokenStream {
        let krate = self.krate;
        let text = self.text(value);
        match value {
            Value::Text(literal) if literal.text.contains('$') => {
                let span = literal.token.span();
                if !template::Template::value(&literal.text).holes.is_empty() {
                    self.errors.push(
                        span,
                        "a variable of the Dockerfile and a hole in one text: what stands in the hole would be expanded, too; write `(expand(format!(..)))` if that is meant",
                    );
                }
                code!(span => "#krate::expand(#text)", krate, text)
            }
            _ => text,
        }
    }

    /// A value that an instruction keeps as text; the holes of a literal are filled.
    pub(super) fn text(&mut self, value: &Value) -> TokenStream {
        match value {
            Value::Expression(expression, _) => group(expression),
            Value::Text(literal) => {
                let krate = self.krate;
                let span = literal.token.span();
                let script = template::Template::value(&literal.text);
                if script.holes.is_empty() {
                    let token = &literal.token;
                    return if literal.text.contains("{{") {
                        let text: String = script.text.clone();
                        code!(span => "#text", text)
                    } else {
                        code!("#token", token)
                    };
                }
                let out = Ident::new("text", Span::mixed_site());
                let mut pushes = TokenStream::new();
                for piece in script.pieces() {
                    pushes.extend(match piece {
                        template::Piece::Text(text) => code!("#out.push_str(#text);", out, text),
                        template::Piece::Hole(index) => {
                            let name = Ident::new(&script.holes[index].0, span);
                            code!(span => "#out.push_str(&#krate::__private::text(::core::clone::Clone::clone(&#name)));", out, krate, name)
                        }
                    });
                }
                code!(span => "{ let mut #out = ::std::string::String::new(); #pushes #out }", out, pushes)
            }
        }
    }

    /// A path in a layer: a literal is checked when the crate is compiled, one with holes when it runs.
    pub(super) fn path(&mut self, value: &Value) -> TokenStream {
        let krate = self.krate;
        match value {
            Value::Expression(expression, _) => group(expression),
            Value::Text(literal) if literal.text.contains('$') => self.value(value),
            Value::Text(literal) if template::Template::value(&literal.text).holes.is_empty() => {
                let token = &literal.token;
                let krate = located(krate, token.span());
                code!(token.span() => "{ const PATH: #krate::LayerPath = #krate::LayerPath::literal(#token); PATH }", krate, token)
            }
            Value::Text(literal) => {
                let span = literal.token.span();
                let text = self.text(value);
                let label = label();
                code!(span => "match #krate::LayerPath::parse(#text) { ::core::result::Result::Ok(path) => path, ::core::result::Result::Err(error) => break #label ::core::result::Result::Err(error), }", krate, text, label)
            }
        }
    }
}

/// The same tokens, resolved as before, with errors at this place.
fn located(tokens: &TokenStream, place: Span) -> TokenStream {
    let move_there = |mut tree: TokenTree| {
        tree.set_span(tree.span().located_at(place));
        tree
    };
    tokens.clone().into_iter().map(move_there).collect()
}

/// One token tree, so that an expression stays one.
pub(super) fn group(expression: &TokenStream) -> TokenStream {
    TokenTree::Group(Group::new(Delimiter::None, expression.clone())).into()
}

/// The word that stands there: `none`, `"none"`.
pub(super) fn word_of(value: &Value) -> String {
    match value {
        Value::Text(text) => text.text.clone(),
        Value::Expression(tokens, _) => tokens.to_string(),
    }
}
