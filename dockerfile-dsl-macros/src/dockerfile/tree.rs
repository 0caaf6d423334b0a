//! The tree of a `dockerfile!` template, from [`parse`](super::parse) to [`emit`](super::emit). Every node keeps the span of one
//! of the author's tokens, so that rustc points at it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::{Expr, ExprCall, ExprGroup, ExprMethodCall, LitStr, Pat, Token, token};

use crate::input::ProgramRows;
use crate::sh::Call;

/// A whole template: global arguments, stages, named targets.
pub(super) struct Template {
    /// `@programs("programs.rows")`: for every script of the file.
    pub(super) programs: Vec<ProgramRows>,
    /// ARG instructions before the first FROM.
    pub(super) globals: Vec<Instruction>,
    /// At least one.
    pub(super) stages: Vec<Stage>,
    /// `TARGETS test, app`; empty: the last stage.
    pub(super) targets: Vec<Ident>,
}

/// A FROM and everything up to the next one.
pub(super) struct Stage {
    /// The word FROM.
    pub(super) from: Span,
    /// `--platform`.
    pub(super) flags: Vec<Flag>,
    /// Its base.
    pub(super) base: Base,
    /// `AS ident` or `AS ident = "name"`.
    pub(super) binding: Option<Binding>,
    pub(super) body: Vec<Node>,
}

pub(super) enum Base {
    /// `FROM scratch`.
    Scratch(Span),
    /// `FROM "image"`.
    Image(LitStr),
    /// `FROM build`: the binding of an earlier stage.
    Stage(Ident),
    /// `FROM (expr)`: an image or a stage.
    Expression(ExprGroup),
}

pub(super) struct Binding {
    pub(super) ident: Ident,
    /// Name in the Dockerfile, with the span for errors about it.
    pub(super) name: LitStr,
}

pub(super) enum Node {
    Instruction(Instruction),
    /// `if`, `for`, `match`.
    Control(Control),
    Splice(Splice),
}

pub(super) enum Control {
    /// `if .. { } else if .. { } else { }`.
    If(Vec<Branch>),
    /// `for pat in expr { }`.
    For {
        for_token: Token![for],
        pattern: Pat,
        in_token: Token![in],
        iterator: Expr,
        body: Vec<Node>,
    },
    /// `match expr { pat => { } .. }`.
    Match {
        match_token: Token![match],
        value: Expr,
        arms: Vec<Arm>,
    },
}

/// `if cond { }`, `else if cond { }` or `else { }`.
pub(super) struct Branch {
    pub(super) else_token: Option<Token![else]>,
    pub(super) condition: Option<(Token![if], Expr)>,
    pub(super) body: Vec<Node>,
}

/// `pat if cond => { }`.
pub(super) struct Arm {
    pub(super) pattern: Pat,
    pub(super) guard: Option<(Token![if], Expr)>,
    pub(super) body: Vec<Node>,
}

/// `..fragment(expr)`, `..fragment(expr)?`.
pub(super) struct Splice {
    /// The first of the dots.
    pub(super) span: Span,
    pub(super) call: Fragment,
    pub(super) question_mark: Option<Token![?]>,
}

pub(super) enum Fragment {
    Function(ExprCall),
    Method(ExprMethodCall),
}

impl Fragment {
    /// Returns the call, with this argument before the author's.
    pub(super) fn with_first(&self, argument: TokenStream) -> Expr {
        let argument = Expr::Verbatim(argument);
        match self {
            Self::Function(call) => {
                let mut call = call.clone();
                call.args.insert(0, argument);
                Expr::Call(call)
            }
            Self::Method(call) => {
                let mut call = call.clone();
                call.args.insert(0, argument);
                Expr::MethodCall(call)
            }
        }
    }
}

/// One instruction of a stage.
pub(super) struct Instruction {
    pub(super) keyword: Ident,
    pub(super) flags: Vec<Flag>,
    pub(super) kind: Kind,
}

pub(super) enum Kind {
    Run {
        mounts: Vec<MountFlag>,
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
        credential: Option<(Ident, Expr)>,
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
pub(super) struct Flag {
    /// Without the dashes before it: `keep-git-dir`.
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) value: Option<Value>,
}

/// `[cache "/root/.cache", sharing = locked]` before the script of a RUN.
pub(super) struct MountFlag {
    pub(super) kind: Ident,
    /// The first value: the mount's target, or the secret.
    pub(super) subject: Option<Subject>,
    /// `=> "/path"` of a secret.
    pub(super) target: Option<Value>,
    pub(super) options: Vec<(Ident, Option<Value>)>,
}

pub(super) enum Subject {
    Target(Value),
    Secret(Expr),
}

pub(super) enum RunCommand {
    /// A literal and its arguments, as for `sh!`.
    Script(Call),
    /// `(expr)`: a `Script`.
    Expression(ExprGroup),
    /// `["prog", "arg"]`.
    Exec(Vec<Value>),
}

pub(super) enum Command {
    Shell(Value),
    Exec(Vec<Value>),
}

/// One argument.
#[derive(Clone)]
pub(super) enum Value {
    /// A string literal, perhaps with holes; also a number or several words like `443/tcp`, with the span of the first.
    Text(LitStr),
    /// A word without quotes: a binding, or a word of BuildKit's, depending on its place.
    Word(Ident),
    /// `(expr)`; the parentheses are a group without delimiters, which avoids the lint about unused ones.
    Expression(ExprGroup),
}

impl Value {
    pub(super) fn span(&self) -> Span {
        match self {
            Self::Text(text) => text.span(),
            Self::Word(word) => word.span(),
            Self::Expression(group) => group.group_token.span,
        }
    }

    /// Returns the word: `none`, `"none"`.
    pub(super) fn word(&self) -> String {
        match self {
            Self::Text(text) => text.value(),
            Self::Word(word) => word.to_string(),
            Self::Expression(group) => group.to_token_stream().to_string(),
        }
    }
}

/// Returns the expression in these parentheses, as one token tree.
pub(super) fn grouped(parentheses: token::Paren, expression: Expr) -> ExprGroup {
    ExprGroup {
        attrs: Vec::new(),
        group_token: token::Group {
            span: parentheses.span.join(),
        },
        expr: Box::new(expression),
    }
}
