//! From the tree to calls of the builder.
//!
//! In: a [`Template`]. Out: one expression of type `Result<Dockerfile, Error>`, each call with the span of the instruction's word, so that
//! rustc's own errors stand there. Nothing is decided here but which method a word of the Dockerfile stands for.

use proc_macro::{Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

use crate::code::code;
use crate::errors::{Errors, Mistake};
use crate::literal::StringLiteral;

use super::expression::{group, word_of};
use super::mounts;
use super::tree::{
    Base, Command, Control, Flag, Instruction, Kind, Node, RunCommand, Stage, Template, Value,
};

/// What the emitter carries along.
pub(crate) struct Emitter<'a> {
    /// The path of `dockerfile_dsl`, as the caller knows it.
    pub(crate) krate: &'a TokenStream,
    pub(crate) errors: Errors,
}

/// The builder of the stage that is being emitted: no name of the author's can collide with it.
fn stage() -> Ident {
    Ident::new("stage", Span::mixed_site())
}

/// The label of the whole expression: a path that turns out to be none leaves it early.
pub(super) fn label() -> TokenStream {
    let quote = TokenTree::Punct(Punct::new('\'', Spacing::Joint));
    [
        quote,
        TokenTree::Ident(Ident::new("dockerfile", Span::mixed_site())),
    ]
    .into_iter()
    .collect()
}

impl Emitter<'_> {
    pub(crate) fn template(&mut self, template: &Template) -> TokenStream {
        let krate = self.krate;
        let mut globals = TokenStream::new();
        for global in &template.globals {
            for global in self.instruction(global) {
                globals.extend(code!(".global_arg(#global)", global));
            }
        }
        let mut targets = TokenStream::new();
        for target in &template.targets {
            targets.extend(code!(target.span() => "&#target,", target));
        }
        let mut body = TokenStream::new();
        for (index, stage) in template.stages.iter().enumerate() {
            let last = index + 1 == template.stages.len();
            let anonymous = Ident::new("target", Span::mixed_site());
            let name = stage
                .binding
                .as_ref()
                .map_or(anonymous, |binding| binding.ident.clone());
            body.extend(self.stage(stage, &name));
            if last && targets.is_empty() {
                targets.extend(code!("&#name", name));
            }
        }
        let label = label();
        // A path that is known at run time only may leave early.
        code!(
            "{
                #[allow(unused_labels)]
                let dockerfile = #label: {
                    #body
                    #krate::Dockerfile::settings() #globals .targets([#targets])
                };
                dockerfile
            }",
            label,
            body,
            krate,
            globals,
            targets
        )
    }

    fn stage(&mut self, node: &Stage, name: &Ident) -> TokenStream {
        let krate = self.krate;
        let at = node.from;
        let stage = stage();
        let base = match &node.base {
            Base::Scratch(span) => code!(*span => "#krate::Stage::scratch()", krate),
            Base::Image(image) => {
                let image = self.value(&Value::Text(image.clone()));
                code!(at => "#krate::Stage::from_image(#image)", krate, image)
            }
            Base::Stage(ident) => {
                code!(ident.span() => "#krate::Stage::from_stage(&#ident)", krate, ident)
            }
            Base::Expression(expression, span) => {
                let expression = group(expression);
                code!(*span => "#krate::__private::stage_from(#expression)", krate, expression)
            }
        };
        let mut calls = TokenStream::new();
        if let Some(binding) = &node.binding {
            let token = &binding.name.token;
            calls.extend(code!(token.span() => ".named(#token)", token));
        }
        for flag in &node.flags {
            let platform = self.text_of(flag);
            calls.extend(code!(flag.span => ".platform(#platform)", platform));
        }
        let body = self.nodes(&node.body);
        code!(at => "let #name = { #[allow(unused_mut)] let mut #stage = #base #calls; #body #stage.build() };", name, stage, base, calls, body)
    }

    fn nodes(&mut self, nodes: &[Node]) -> TokenStream {
        let stage = stage();
        let krate = self.krate;
        let mut out = TokenStream::new();
        for node in nodes {
            out.extend(match node {
                Node::Instruction(instruction) => {
                    let at = instruction.keyword.span();
                    self.instruction(instruction).into_iter().map(|call| code!(at => "#stage.instruction(#call);", stage, call)).collect()
                }
                Node::Splice { path, arguments, question_mark, span } => {
                    let comma = (!arguments.is_empty()).then(|| code!(","));
                    code!(*span => "#krate::__private::spliced(#path(&mut #stage #comma #arguments) #question_mark);", krate, path, stage, comma, arguments, question_mark)
                }
                Node::Control(Control::If(arms)) => arms
                    .iter()
                    .map(|(head, body)| {
                        let body = self.nodes(body);
                        code!("#head { #body }", head, body)
                    })
                    .collect(),
                Node::Control(Control::For(head, body)) => {
                    let body = self.nodes(body);
                    code!("#head { #body }", head, body)
                }
                Node::Control(Control::Match(head, arms)) => {
                    let mut written = TokenStream::new();
                    for (pattern, body) in arms {
                        let body = self.nodes(body);
                        written.extend(code!("#pattern => { #body }", pattern, body));
                    }
                    code!("#head { #written }", head, written)
                }
            });
        }
        out
    }

    /// The instruction as a value of the model; several for an ARG with several names.
    fn instruction(&mut self, node: &Instruction) -> Vec<TokenStream> {
        let krate = self.krate;
        let at = node.keyword.span();
        let made = match &node.kind {
            Kind::Run { mounts, command } => {
                let (arguments, calls) = mounts::emit(self, mounts);
                let run = match command {
                    RunCommand::Script(script, more) => {
                        let script = &script.token;
                        code!(at => "#krate::instructions::Run::new(&#krate::sh!(#script #more #arguments))", krate, script, more, arguments)
                    }
                    RunCommand::Expression(script, span) => {
                        self.no_secret_mounts(&arguments, *span);
                        let script = group(script);
                        code!(at => "#krate::instructions::Run::new(&#script)", krate, script)
                    }
                    RunCommand::Exec(words) => {
                        self.no_secret_mounts(&arguments, at);
                        let words = self.list(words);
                        code!(at => "#krate::instructions::Run::exec(#words)", krate, words)
                    }
                };
                code!("#run #calls", run, calls)
            }
            Kind::Cmd(command) => {
                let command = self.command(command);
                code!(at => "#krate::instructions::Cmd::new(#command)", krate, command)
            }
            Kind::Entrypoint(command) => {
                let command = self.command(command);
                code!(at => "#krate::instructions::Entrypoint::new(#command)", krate, command)
            }
            Kind::Shell(words) => {
                let words = self.list(words);
                code!(at => "#krate::instructions::Shell::new(#words)", krate, words)
            }
            Kind::Label(pairs) => self.pairs(at, "Label", pairs),
            Kind::Env(pairs) => self.pairs(at, "Env", pairs),
            Kind::Arg(arguments) => {
                return arguments
                    .iter()
                    .map(|(name, default)| {
                        let name = self.text(name);
                        let default = default.as_ref().map(|default| {
                            let default = self.value(default);
                            code!(at => ".default(#default)", default)
                        });
                        code!(at => "#krate::instructions::Arg::new(#name) #default", krate, name, default)
                    })
                    .collect();
            }
            Kind::Expose(ports) => self.several(at, "Expose", ports, Self::value),
            Kind::Volume(paths) => self.several(at, "Volume", paths, Self::path),
            Kind::Copy {
                sources,
                destination,
            } => self.copy(node, sources, destination),
            Kind::Add {
                credential,
                sources,
                destination,
            } => {
                let add = self.add(node, sources, destination);
                match credential {
                    None => add,
                    Some((word, secret)) => {
                        let secret = group(secret);
                        code!(word.span() => "#add.#word(#secret)", add, word, secret)
                    }
                }
            }
            Kind::User(user) => self.one(at, "User", user, Self::value),
            Kind::Workdir(path) => self.one(at, "Workdir", path, Self::path),
            Kind::Stopsignal(signal) => self.one(at, "Stopsignal", signal, Self::value),
            Kind::Healthcheck(None) => {
                code!(at => "#krate::instructions::Healthcheck::none()", krate)
            }
            Kind::Healthcheck(Some(command)) => {
                let command = self.command(command);
                code!(at => "#krate::instructions::Healthcheck::new(#command)", krate, command)
            }
            Kind::Onbuild(inner) => {
                let inner = self.instruction(inner);
                return inner
                    .into_iter()
                    .map(|inner| code!(at => "#krate::instructions::Onbuild::new(#inner)", krate, inner))
                    .collect();
            }
        };
        let flags: TokenStream = node
            .flags
            .iter()
            .map(|flag| self.flag(&node.kind, flag))
            .collect();
        vec![code!("#made #flags", made, flags)]
    }

    fn copy(&mut self, node: &Instruction, sources: &[Value], destination: &Value) -> TokenStream {
        let krate = self.krate;
        let at = node.keyword.span();
        let sources = self.sources(sources);
        let destination = self.path(destination);
        match node
            .flags
            .iter()
            .find(|flag| flag.name == "from")
            .and_then(|flag| flag.value.as_ref())
        {
            None => {
                code!(at => "#krate::instructions::Copy::new(#sources, #destination)", krate, sources, destination)
            }
            Some(Value::Text(image)) => {
                let image = self.text(&Value::Text(image.clone()));
                code!(at => "#krate::instructions::Copy::from_image(#image, #sources, #destination)", krate, image, sources, destination)
            }
            Some(Value::Expression(stage, _)) => {
                let stage = group(stage);
                code!(at => "#krate::instructions::Copy::from_stage(&#stage, #sources, #destination)", krate, stage, sources, destination)
            }
        }
    }

    /// One source may be remote, which only its text tells; it has secrets of its own then.
    fn add(&mut self, node: &Instruction, sources: &[Value], destination: &Value) -> TokenStream {
        let krate = self.krate;
        let at = node.keyword.span();
        let destination = self.path(destination);
        if let [source] = sources {
            let source = self.source(source);
            return code!(at => "#krate::__private::add(#source, #destination)", krate, source, destination);
        }
        let sources = self.sources(sources);
        code!(at => "#krate::instructions::Add::new(#sources, #destination)", krate, sources, destination)
    }

    fn flag(&mut self, kind: &Kind, flag: &Flag) -> TokenStream {
        let krate = self.krate;
        let at = flag.span;
        let method = Ident::new(&flag.name.replace('-', "_"), at);
        match (kind, flag.name.as_str()) {
            (Kind::Copy { .. }, "from") => TokenStream::new(),
            (_, "link" | "parents") => match self.switch(flag) {
                Some(true) => code!(at => ".#method()", method),
                _ => TokenStream::new(),
            },
            (_, "keep-git-dir") => match self.switch(flag) {
                Some(true) => {
                    code!(at => ".git_directory(#krate::instructions::GitDirectory::Keep)", krate)
                }
                Some(false) => {
                    code!(at => ".git_directory(#krate::instructions::GitDirectory::Remove)", krate)
                }
                None => TokenStream::new(),
            },
            (_, "unpack") => match self.switch(flag) {
                Some(true) => code!(at => ".unpack(#krate::instructions::Unpack::Unpack)", krate),
                Some(false) => code!(at => ".unpack(#krate::instructions::Unpack::Keep)", krate),
                None => TokenStream::new(),
            },
            (_, "network" | "security") => {
                let values: &[(&str, &str, &str)] = &[
                    ("network", "default", "Default"),
                    ("network", "none", "None"),
                    ("network", "host", "Host"),
                    ("security", "sandbox", "Sandbox"),
                    ("security", "insecure", "Insecure"),
                ];
                let spelled = flag.value.as_ref().map(word_of).unwrap_or_default();
                let Some((_, _, variant)) = values
                    .iter()
                    .find(|(name, value, _)| *name == flag.name && *value == spelled)
                else {
                    let of: Vec<String> = values
                        .iter()
                        .filter(|(name, ..)| *name == flag.name)
                        .map(|(_, value, _)| format!("`{value}`"))
                        .collect();
                    let span = flag.value.as_ref().map_or(at, Value::span);
                    self.errors.push(
                        span,
                        format!("`--{}` is one of {}", flag.name, of.join(", ")),
                    );
                    return TokenStream::new();
                };
                let kind = Ident::new(
                    if flag.name == "network" {
                        "Network"
                    } else {
                        "Security"
                    },
                    at,
                );
                let variant = Ident::new(variant, at);
                code!(at => ".#method(#krate::instructions::#kind::#variant)", method, krate, kind, variant)
            }
            (_, "retries") => match &flag.value {
                Some(Value::Text(number)) => match number.text.parse::<u32>() {
                    Ok(number) => {
                        let number = Literal::u32_suffixed(number);
                        code!(at => ".#method(#number)", method, number)
                    }
                    Err(_) => {
                        self.errors
                            .push(number.token.span(), "`--retries` is a number");
                        TokenStream::new()
                    }
                },
                Some(Value::Expression(number, _)) => {
                    let number = group(number);
                    code!(at => ".#method(#number)", method, number)
                }
                None => TokenStream::new(),
            },
            _ => {
                let value = self.text_of(flag);
                code!(at => ".#method(#value)", method, value)
            }
        }
    }

    /// `--link`, `--link=true`, `--link=false`.
    fn switch(&mut self, flag: &Flag) -> Option<bool> {
        match flag.value.as_ref().map(word_of).as_deref() {
            None | Some("true") => Some(true),
            Some("false") => Some(false),
            Some(_) => {
                let span = flag.value.as_ref().map_or(flag.span, Value::span);
                self.errors.push(span, format!("`--{}` is `true` or `false`; for a value of Rust put the instruction into `if`", flag.name));
                None
            }
        }
    }

    fn text_of(&mut self, flag: &Flag) -> TokenStream {
        // The grammar asks for a value where one is needed.
        match &flag.value {
            Some(Value::Expression(word, span)) if is_word(word) => self.text(&Value::Text(
                StringLiteral::spelled(&word.to_string(), *span),
            )),
            Some(value) => self.value(value),
            None => TokenStream::new(),
        }
    }

    fn one(
        &mut self,
        at: Span,
        kind: &str,
        value: &Value,
        convert: fn(&mut Self, &Value) -> TokenStream,
    ) -> TokenStream {
        self.several(at, kind, std::slice::from_ref(value), convert)
    }

    /// `Kind::new(first).and(second)..`
    fn several(
        &mut self,
        at: Span,
        kind: &str,
        values: &[Value],
        convert: fn(&mut Self, &Value) -> TokenStream,
    ) -> TokenStream {
        let krate = self.krate;
        let kind = Ident::new(kind, at);
        let mut calls = TokenStream::new();
        for (index, value) in values.iter().enumerate() {
            let value = convert(self, value);
            calls.extend(if index == 0 {
                code!(at => "::new(#value)", value)
            } else {
                code!(at => ".and(#value)", value)
            });
        }
        code!(at => "#krate::instructions::#kind #calls", krate, kind, calls)
    }

    fn pairs(&mut self, at: Span, kind: &str, pairs: &[(Value, Value)]) -> TokenStream {
        let krate = self.krate;
        let kind = Ident::new(kind, at);
        let mut calls = TokenStream::new();
        for (index, (key, value)) in pairs.iter().enumerate() {
            let (key, value) = (self.text(key), self.value(value));
            calls.extend(if index == 0 {
                code!(at => "::new(#key, #value)", key, value)
            } else {
                code!(at => ".and(#key, #value)", key, value)
            });
        }
        code!(at => "#krate::instructions::#kind #calls", krate, kind, calls)
    }

    fn command(&mut self, command: &Command) -> TokenStream {
        let krate = self.krate;
        match command {
            Command::Exec(words) => self.list(words),
            Command::Shell(line) => {
                let line = self.text(line);
                code!("#krate::shell_form(#line)", krate, line)
            }
        }
    }

    fn no_secret_mounts(&mut self, arguments: &TokenStream, span: Span) {
        if !arguments.is_empty() {
            self.errors.add(Mistake::new(
                span,
                "a secret is mounted where its script is checked: write the script here, or give the mount to `sh!` with `@mount(..)`",
            ));
        }
    }
}

fn is_word(tokens: &TokenStream) -> bool {
    let mut tokens = tokens.clone().into_iter();
    matches!(
        (tokens.next(), tokens.next()),
        (Some(TokenTree::Ident(_)), None)
    )
}
