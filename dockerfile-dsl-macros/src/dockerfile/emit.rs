//! Emits the tree as calls of the builder.
//!
//! In: a [`Template`]. Out: one expression of type `Result<Dockerfile, Error>`, each call with the span of the instruction's
//! keyword, so that rustc reports its own errors there. The only decision is which method a keyword of the Dockerfile maps to.

mod flags;
mod mounts;
mod values;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Result;

use self::values::{Emitter, label};
use super::tree::{
    Base, Command, Control, Instruction, Kind, Node, RunCommand, Stage, Template, Value,
};
use crate::input::combined;
use crate::sh;

/// Returns the variable of the current stage's builder. Its span avoids collisions with the author's names.
fn builder() -> Ident {
    Ident::new("stage", Span::mixed_site())
}

/// Returns the expansion of a template, or its mistakes.
pub(super) fn template(krate: &TokenStream, template: &Template) -> Result<TokenStream> {
    let mut emitter = Emitter {
        krate,
        programs: &template.programs,
        mistakes: Vec::new(),
    };
    let expansion = emitter.template(template);
    combined(emitter.mistakes).map(|()| expansion)
}

impl Emitter<'_> {
    fn template(&mut self, template: &Template) -> TokenStream {
        let krate = self.krate;
        let globals: Vec<TokenStream> = template
            .globals
            .iter()
            .flat_map(|global| self.instruction(global))
            .collect();
        let name = |stage: &Stage| {
            let anonymous = || Ident::new("target", Span::mixed_site());
            let binding = stage.binding.as_ref();
            binding.map_or_else(anonymous, |binding| binding.ident.clone())
        };
        let mut targets: Vec<TokenStream> = template
            .targets
            .iter()
            .map(|target| quote_spanned!(target.span()=> &#target))
            .collect();
        if targets.is_empty() {
            let last = template.stages.last().map(name);
            targets.extend(last.map(|last| quote!(&#last)));
        }
        let stages: Vec<TokenStream> = template
            .stages
            .iter()
            .map(|stage| self.stage(stage, &name(stage)))
            .collect();
        let rows = template.programs.iter().map(|rows| &rows.path);
        let label = label();
        // A path that is known at run time only may return early.
        quote! {
            {
                #[allow(unused_labels)]
                let dockerfile = #label: {
                    #(#stages)*
                    #krate::Dockerfile::settings()
                        #(.programs(::core::include_str!(#rows)))*
                        #(.global_arg(#globals))*
                        .dockerfile_from([#(#targets,)*])
                };
                dockerfile
            }
        }
    }

    fn stage(&mut self, node: &Stage, name: &Ident) -> TokenStream {
        let krate = self.krate;
        let at = node.from;
        let builder = builder();
        let base = match &node.base {
            Base::Scratch(span) => quote_spanned!(*span=> #krate::Stage::scratch()),
            Base::Image(image) => {
                let image = self.value(&Value::Text(image.clone()));
                quote_spanned!(at=> #krate::Stage::from_image(#image))
            }
            Base::Stage(ident) => {
                quote_spanned!(ident.span()=> #krate::Stage::from_stage(&#ident))
            }
            Base::Expression(group) => {
                quote_spanned!(group.group_token.span=> #krate::__private::stage_from(#group))
            }
        };
        let named = node.binding.as_ref().map(|binding| {
            let name = &binding.name;
            quote_spanned!(name.span()=> #builder.named(#name);)
        });
        let platform: TokenStream = node
            .flags
            .iter()
            .map(|flag| {
                let platform = self.flag_text(flag);
                quote_spanned!(flag.span=> #builder.platform(#platform);)
            })
            .collect();
        let body = self.nodes(&node.body);
        quote_spanned! {at=>
            let #name = {
                #[allow(unused_mut)]
                let mut #builder = #base;
                #named
                #platform
                #body
                #builder.build()
            };
        }
    }

    fn nodes(&mut self, nodes: &[Node]) -> TokenStream {
        nodes.iter().map(|node| self.node(node)).collect()
    }

    fn node(&mut self, node: &Node) -> TokenStream {
        let krate = self.krate;
        let builder = builder();
        match node {
            Node::Instruction(instruction) => {
                let calls = self.instruction(instruction);
                quote_spanned!(instruction.keyword.span()=> #(#builder.instruction(#calls);)*)
            }
            Node::Splice(splice) => {
                let call = splice.call.with_first(quote!(&mut #builder));
                let question_mark = &splice.question_mark;
                quote_spanned!(splice.span=> #krate::__private::spliced(#call #question_mark);)
            }
            Node::Control(Control::If(branches)) => branches
                .iter()
                .map(|branch| {
                    let otherwise = &branch.else_token;
                    let condition = branch
                        .condition
                        .iter()
                        .map(|(word, condition)| quote!(#word #condition));
                    let body = self.nodes(&branch.body);
                    quote!(#otherwise #(#condition)* { #body })
                })
                .collect(),
            Node::Control(Control::For {
                for_token,
                pattern,
                in_token,
                iterator,
                body,
            }) => {
                let body = self.nodes(body);
                quote!(#for_token #pattern #in_token #iterator { #body })
            }
            Node::Control(Control::Match {
                match_token,
                value,
                arms,
            }) => {
                let arms = arms.iter().map(|arm| {
                    let pattern = &arm.pattern;
                    let guard = arm.guard.iter().map(|(word, guard)| quote!(#word #guard));
                    let body = self.nodes(&arm.body);
                    quote!(#pattern #(#guard)* => { #body })
                });
                quote!(#match_token #value { #(#arms)* })
            }
        }
    }

    /// Emits the instruction as a value of the model; several for an ARG with several names.
    fn instruction(&mut self, node: &Instruction) -> Vec<TokenStream> {
        let krate = self.krate;
        let at = node.keyword.span();
        let made = match &node.kind {
            Kind::Run { mounts, command } => {
                let calls: TokenStream = mounts
                    .iter()
                    .map(|mount| mounts::emit(self, mount))
                    .collect();
                let run = match command {
                    RunCommand::Script(call) => {
                        let mut call = call.clone();
                        call.arguments.programs.extend_from_slice(self.programs);
                        let script = sh::expand(krate, &call);
                        quote_spanned!(at=> #krate::instructions::Run::new(&#script))
                    }
                    RunCommand::Expression(script) => {
                        quote_spanned!(at=> #krate::instructions::Run::new(&#script))
                    }
                    RunCommand::Exec(words) => {
                        let words = self.list(words);
                        quote_spanned!(at=> #krate::instructions::Run::exec(#words))
                    }
                };
                quote!(#run #calls)
            }
            Kind::Cmd(command) => {
                let command = self.command(command);
                quote_spanned!(at=> #krate::instructions::Cmd::new(#command))
            }
            Kind::Entrypoint(command) => {
                let command = self.command(command);
                quote_spanned!(at=> #krate::instructions::Entrypoint::new(#command))
            }
            Kind::Shell(words) => {
                let words = self.list(words);
                quote_spanned!(at=> #krate::instructions::Shell::new(#words))
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
                            quote_spanned!(at=> .default(#default))
                        });
                        quote_spanned!(at=> #krate::instructions::Arg::new(#name) #default)
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
                let add = self.add(at, sources, destination);
                let credential = credential
                    .as_ref()
                    .map(|(word, secret)| quote_spanned!(word.span()=> .#word(#secret)));
                quote!(#add #credential)
            }
            Kind::User(user) => self.one(at, "User", user, Self::value),
            Kind::Workdir(path) => self.one(at, "Workdir", path, Self::path),
            Kind::Stopsignal(signal) => self.one(at, "Stopsignal", signal, Self::value),
            Kind::Healthcheck(None) => {
                quote_spanned!(at=> #krate::instructions::Healthcheck::none())
            }
            Kind::Healthcheck(Some(command)) => {
                let command = self.command(command);
                quote_spanned!(at=> #krate::instructions::Healthcheck::new(#command))
            }
            Kind::Onbuild(inner) => {
                let inner = self.instruction(inner);
                return inner
                    .into_iter()
                    .map(|inner| quote_spanned!(at=> #krate::instructions::Onbuild::new(#inner)))
                    .collect();
            }
        };
        let flags: TokenStream = node
            .flags
            .iter()
            .filter_map(|flag| self.flag(&node.kind, flag))
            .collect();
        vec![quote!(#made #flags)]
    }

    fn copy(&mut self, node: &Instruction, sources: &[Value], destination: &Value) -> TokenStream {
        let krate = self.krate;
        let at = node.keyword.span();
        let sources = self.sources(sources);
        let destination = self.path(destination);
        let flag = node.flags.iter().find(|flag| flag.name == "from");
        let Some(value) = flag.and_then(|flag| flag.value.as_ref()) else {
            return quote_spanned!(at=> #krate::instructions::CopyFiles::new(#sources, #destination));
        };
        let from = self.text(value);
        match value {
            Value::Text(_) => {
                quote_spanned!(at=> #krate::instructions::CopyFiles::from_image(#from, #sources, #destination))
            }
            _ => {
                quote_spanned!(at=> #krate::instructions::CopyFiles::from_stage(&#from, #sources, #destination))
            }
        }
    }

    /// Emits an ADD. A single source may be remote, which only its text shows; then it may have a credential.
    fn add(&mut self, at: Span, sources: &[Value], destination: &Value) -> TokenStream {
        let krate = self.krate;
        let destination = self.path(destination);
        if let [source] = sources {
            let source = self.source(source);
            return quote_spanned!(at=> #krate::__private::add(#source, #destination));
        }
        let sources = self.sources(sources);
        quote_spanned!(at=> #krate::instructions::Add::new(#sources, #destination))
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

    /// Emits `Kind::new(first).and(second)..`
    fn several(
        &mut self,
        at: Span,
        kind: &str,
        values: &[Value],
        convert: fn(&mut Self, &Value) -> TokenStream,
    ) -> TokenStream {
        let values: Vec<TokenStream> = values.iter().map(|value| convert(self, value)).collect();
        self.chain(at, kind, &values)
    }

    fn pairs(&mut self, at: Span, kind: &str, pairs: &[(Value, Value)]) -> TokenStream {
        let pairs: Vec<TokenStream> = pairs
            .iter()
            .map(|(key, value)| {
                let (key, value) = (self.text(key), self.value(value));
                quote!(#key, #value)
            })
            .collect();
        self.chain(at, kind, &pairs)
    }

    fn chain(&self, at: Span, kind: &str, arguments: &[TokenStream]) -> TokenStream {
        let krate = self.krate;
        let kind = Ident::new(kind, at);
        let Some((first, more)) = arguments.split_first() else {
            return TokenStream::new();
        };
        quote_spanned!(at=> #krate::instructions::#kind::new(#first) #(.and(#more))*)
    }

    fn command(&mut self, command: &Command) -> TokenStream {
        let krate = self.krate;
        match command {
            Command::Exec(words) => self.list(words),
            Command::Shell(line) => {
                let line = self.text(line).into_token_stream();
                quote!(#krate::shell_form(#line))
            }
        }
    }
}
