//! The tree of a `dockerfile!` template: what [`parse`](super::parse) makes and [`emit`](super::emit) reads.
//! Every node keeps the span of a token of the author's, so that rustc points at it.

use proc_macro::{Ident, Span, TokenStream};

use crate::literal::StringLiteral;

/// A whole template: what stands before the first FROM, the stages, the named targets.
#[derive(Default)]
pub(crate) struct Template {
    /// ARG instructions before the first FROM.
    pub(crate) globals: Vec<Instruction>,
    /// At least one, if there was no error.
    pub(crate) stages: Vec<Stage>,
    /// `TARGETS test, app`; empty: the last stage.
    pub(crate) targets: Vec<Ident>,
}

/// A FROM and everything up to the next one.
pub(crate) struct Stage {
    /// The word FROM.
    pub(crate) from: Span,
    /// `--platform`.
    pub(crate) flags: Vec<Flag>,
    /// What it starts from.
    pub(crate) base: Base,
    /// `AS ident` or `AS ident = "name"`.
    pub(crate) binding: Option<Binding>,
    pub(crate) body: Vec<Node>,
}

pub(crate) enum Base {
    /// `FROM scratch`.
    Scratch(Span),
    /// `FROM "image"`.
    Image(StringLiteral),
    /// `FROM build`: the binding of an earlier stage.
    Stage(Ident),
    /// `FROM (expr)`: an image or a stage.
    Expression(TokenStream, Span),
}

pub(crate) struct Binding {
    pub(crate) ident: Ident,
    /// The name in the Dockerfile, with the span to blame for it.
    pub(crate) name: StringLiteral,
}

pub(crate) enum Node {
    Instruction(Instruction),
    /// `if`, `for`, `match`: the tokens before the braces, and the bodies.
    Control(Control),
    /// `..fragment(expr)`: a call with the stage as its first argument.
    Splice {
        path: TokenStream,
        arguments: TokenStream,
        question_mark: Option<TokenStream>,
        span: Span,
    },
}

pub(crate) enum Control {
    /// `if .. { } else if .. { } else { }`: each arm with its head (`if cond`, `else if cond`, `else`).
    If(Vec<(TokenStream, Vec<Node>)>),
    /// `for pat in expr { }`.
    For(TokenStream, Vec<Node>),
    /// `match expr { pat => { } .. }`.
    Match(TokenStream, Vec<(TokenStream, Vec<Node>)>),
}

/// One instruction of a stage.
pub(crate) struct Instruction {
    pub(crate) keyword: Ident,
    pub(crate) flags: Vec<Flag>,
    pub(crate) kind: Kind,
}

pub(crate) enum Kind {
    Run {
        mounts: Vec<Mount>,
        command: RunCommand,
    },
    Cmd(Command),
    Entrypoint(Command),
    Shell(Vec<Value>),
    Label(Vec<(Value, Value)>),
    Env(Vec<(Value, Value)>),
    Arg(Vec<(Value, Option<Value>)>),
    Expose(Vec<Value>),
    Copy {
        sources: Vec<Value>,
        destination: Value,
    },
    Add {
        /// `[token SECRET]` or `[header SECRET]`: the word and the secret.
        credential: Option<(Ident, TokenStream)>,
        sources: Vec<Value>,
        destination: Value,
    },
    Volume(Vec<Value>),
    User(Value),
    Workdir(Value),
    Stopsignal(Value),
    /// `None` is `HEALTHCHECK NONE`.
    Healthcheck(Option<Command>),
    Onbuild(Box<Instruction>),
}

/// `--name` or `--name=value`.
pub(crate) struct Flag {
    /// Without the dashes before it: `keep-git-dir`.
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) value: Option<Value>,
}

/// `[cache "/root/.cache", sharing = locked]` before the script of a RUN.
pub(crate) struct Mount {
    pub(crate) kind: Ident,
    /// The first value: the mount's target; for `secret` the secret.
    pub(crate) first: Option<Value>,
    /// `=> "/path"` of a secret.
    pub(crate) target: Option<Value>,
    pub(crate) options: Vec<(Ident, Option<Value>)>,
}

pub(crate) enum RunCommand {
    /// A literal and what follows it after a comma, as for `sh!`.
    Script(StringLiteral, TokenStream),
    /// `(expr)`: a `Script`.
    Expression(TokenStream, Span),
    /// `["prog", "arg"]`.
    Exec(Vec<Value>),
}

pub(crate) enum Command {
    Shell(Value),
    Exec(Vec<Value>),
}

/// One argument.
#[derive(Clone)]
pub(crate) enum Value {
    /// A string literal, perhaps with holes; also a number or a word like `SIGTERM` or `443/tcp`, with its span.
    Text(StringLiteral),
    /// `(expr)`, or a bare identifier where a value is expected.
    Expression(TokenStream, Span),
}

impl Value {
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Text(text) => text.token.span(),
            Self::Expression(_, span) => *span,
        }
    }
}
