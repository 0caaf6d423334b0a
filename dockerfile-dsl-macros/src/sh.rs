//! `sh!` and `sh_file!`: a script, its values, and the question to the analysis.
//!
//! In: the tokens of one call. Out: an expression of type `Script`, and with it the errors of the script: those that hold for
//! every type of value at once, those that depend on types as traits (see [`emit`]).

mod bounds;
mod call;
mod emit;
mod misspelt;
mod scope;
mod script;

pub(crate) use call::{Call, Env, Mount, program_rows};

use dockerfile_dsl_analysis::Finding;
use dockerfile_dsl_analysis::bases::Bases;
use dockerfile_dsl_analysis::holes::{self, Answer, Question};
use dockerfile_dsl_analysis::names;
use dockerfile_dsl_analysis::report::snippet::Source;
use dockerfile_dsl_analysis::shell::SyntaxError;
use dockerfile_dsl_analysis::template::{self, Template};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Error;
use syn::spanned::Spanned;

use self::call::{Arguments, Given};
use self::scope::Scope;
use self::script::{HoleValue, Script};
use crate::input::{self, combined, read_file, stub};

/// Expands `sh!("...", ..)`.
pub(crate) fn literal(input: TokenStream) -> TokenStream {
    let expected =
        "the script as a string literal: sh!(\"...\"), or sh_file!(\"script.sh\") for a file";
    let (krate, call) = input::parse(input, |input| Call::parse(input, expected));
    match call {
        Ok(call) => expand(&krate, &call),
        Err(error) => failure(&krate, &error),
    }
}

/// Expands the call of a script that is a literal.
pub(crate) fn expand(krate: &TokenStream, call: &Call) -> TokenStream {
    let template = Template::parse(&call.text.value());
    let source = Source::new("script", &template.text).with_lines(0, template.lines_before);
    let at_the_text = |(place, message)| {
        Error::new(
            call.text.span(),
            format!("{message}\n\n{}", source.snippet(place)),
        )
    };
    let mistakes = template.mistakes().into_iter().map(at_the_text).collect();
    let read = Read {
        krate,
        template: &template,
        source,
        file: None,
    };
    read.expand(call, mistakes)
}

/// Expands `sh_file!("script.sh", ..)`.
pub(crate) fn file(input: TokenStream) -> TokenStream {
    let expected = "the path of a script as a string literal";
    let (krate, call) = input::parse(input, |input| Call::parse(input, expected));
    call.and_then(|call| {
        let text = read_file(&call.text)?;
        Ok(expand_file(&krate, call, &text))
    })
    .unwrap_or_else(|error| failure(&krate, &error))
}

fn expand_file(krate: &TokenStream, mut call: Call, text: &str) -> TokenStream {
    let path = call.text.clone();
    let name = path.value();
    let whole = Source::new(&name, text);
    let mut mistakes: Vec<Error> = template::unreadable(text)
        .into_iter()
        .map(|(place, message)| format!("{message}\n\n{}", whole.snippet(place)))
        .map(|message| Error::new(path.span(), message))
        .collect();
    let (text, lines_before) =
        without_interpreter(text, &mut call.arguments, path.span(), &mut mistakes);
    let names: Vec<String> = call
        .arguments
        .values
        .iter()
        .map(|given| given.name.to_string())
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for (name, given) in names.iter().zip(&call.arguments.values) {
        if !names::is_assignable(name) {
            let message =
                format!("`{name}` changes how the shell itself works: give the value another name");
            mistakes.push(Error::new(given.name.span(), message));
        }
    }
    for (name, given) in names.iter().zip(&call.arguments.values) {
        if !text.contains(name) {
            let message = format!("`{name}` is not used in the script");
            mistakes.push(Error::new(given.name.span(), message));
        }
    }
    let template = Template::file(text, &names);
    let source = Source::new(&name, &template.text).with_lines(names.len(), lines_before);
    // What makes rustc look at the file again.
    let tracked = quote!(
        const _: &[::core::primitive::u8] = ::core::include_bytes!(#path);
    );
    let read = Read {
        krate,
        template: &template,
        source,
        file: Some(tracked),
    };
    read.expand(&call, mistakes)
}

/// The expansion of a call that could not be understood.
fn failure(krate: &TokenStream, error: &Error) -> TokenStream {
    stub(error, &nothing(krate))
}

fn nothing(krate: &TokenStream) -> TokenStream {
    quote!(#krate::Script::__assemble(&[], &[], "", 0))
}

/// A script whose text was read.
struct Read<'a> {
    krate: &'a TokenStream,
    template: &'a Template,
    source: Source<'a>,
    /// For a script in a file: the item that tracks it.
    file: Option<TokenStream>,
}

impl Read<'_> {
    fn expand(&self, call: &Call, mut mistakes: Vec<Error>) -> TokenStream {
        let is_understood = call.mistakes.is_empty();
        mistakes.extend(call.mistakes.iter().cloned());
        let scope = Scope::of(call.text.span());
        let misspelt = scope
            .as_ref()
            .map_or_else(Vec::new, |scope| scope.misspelt(call, self.template));
        let is_spelt = misspelt.is_empty();
        if !is_spelt && mistakes.is_empty() && self.template.is_format_string {
            return misspelt::expand(self.krate, call, self.template, &misspelt);
        }
        let at = call.text.span();
        mistakes.extend(
            misspelt
                .into_iter()
                .map(|(_, message)| Error::new(at, message)),
        );
        let values =
            HoleValue::of_holes(call, self.template).map_err(|mistake| mistakes.push(mistake));
        // What follows would only be about what was not understood.
        let answer = match &values {
            Ok(_) if is_understood && is_spelt => {
                self.answer(call, scope.as_deref(), &mut mistakes)
            }
            _ => None,
        };
        let report = combined(mistakes).map_err(|error| error.to_compile_error());
        let report = report.err();
        let (Ok(values), Some(answer)) = (values, answer) else {
            let nothing = nothing(self.krate);
            return quote!({ #report #nothing });
        };
        let file = &self.file;
        let script = Script {
            krate: self.krate,
            call,
            template: self.template,
            source: self.source.clone(),
            answer: &answer,
            values,
            scope,
        };
        emit::script(&script, &quote!(#file #report))
    }

    /// What the analysis says, unless it cannot read the script; what is wrong whatever the types are goes to the mistakes.
    fn answer(
        &self,
        call: &Call,
        scope: Option<&Scope>,
        mistakes: &mut Vec<Error>,
    ) -> Option<Answer> {
        let (template, source) = (self.template, &self.source);
        if let Some(scope) = scope.filter(|_| self.file.is_none()) {
            mistakes.extend(scope.variables_for_secrets(call, template));
        }
        let at_the_text = |message: String| Error::new(call.text.span(), message);
        mistakes.extend(unused(call, template));
        mistakes.extend(overlapping(call));
        let mut answer = match ask(call, template, scope) {
            Ok(answer) => answer,
            Err(error) => {
                let help = error
                    .help
                    .map(|help| format!("\nhelp: {help}"))
                    .unwrap_or_default();
                let message = format!("{}\n\n{}{help}", error.message, source.snippet(error.span));
                mistakes.push(at_the_text(message));
                return None;
            }
        };
        if self.file.is_some() {
            fixes_for_a_file(&mut answer);
        }
        mistakes.extend(answer.findings.iter().map(|finding| {
            let message = format!("{}\n\n{}", finding.message, source.explain(finding));
            Error::new(place_of(finding, call), message)
        }));
        let holes = template.holes.iter().zip(&answer.holes).enumerate();
        let escaped = holes.filter(|(index, (_, hole))| template.is_escaped(*index, hole.quote));
        mistakes.extend(escaped.map(|(_, ((name, place), _))| {
            let message = format!(
                "the backslash before `{{{name}}}` would take part of the value; for the text \
                 write `{{{{{name}}}}}`"
            );
            at_the_text(format!("{message}\n\n{}", source.snippet(*place)))
        }));
        Some(answer)
    }
}

/// In a file, a value is a variable: `{tmp}` is written `$tmp`.
fn fixes_for_a_file(answer: &mut Answer) {
    let holes = answer.holes.iter_mut();
    let refused = holes.flat_map(|hole| hole.refused.iter_mut().map(|(_, finding)| finding));
    let flows = answer.flows.iter_mut();
    let pairs = flows.flat_map(|flow| flow.refused.iter_mut().map(|(_, _, finding)| finding));
    for finding in answer.findings.iter_mut().chain(refused).chain(pairs) {
        if let Some(help) = &mut finding.help {
            *help = Template::parse(help).as_variables();
        }
    }
}

fn ask(
    call: &Call,
    template: &Template,
    scope: Option<&Scope>,
) -> std::result::Result<Answer, SyntaxError> {
    let arguments = &call.arguments;
    let only_to = scope.map_or_else(Vec::new, |scope| scope.only_to(call));
    let only_to: Vec<(&str, Vec<String>)> = only_to
        .iter()
        .map(|(name, hosts)| (name.as_str(), hosts.clone()))
        .collect();
    let mounts: Vec<(String, String)> = arguments
        .mounts
        .iter()
        .map(|mount| (mount.name(), mount.target.value()))
        .collect();
    let envs: Vec<(String, String)> = arguments
        .envs
        .iter()
        .map(|env| (env.name(), env.variable.value()))
        .collect();
    let programs: Vec<(String, bool)> = arguments
        .trust
        .iter()
        .map(|trust| (trust.program.value(), trust.output))
        .collect();
    let trust: Vec<holes::Trust<'_>> = programs
        .iter()
        .map(|(program, output)| holes::Trust {
            program,
            output: *output,
        })
        .collect();
    let declassified: Vec<(String, Option<String>)> = arguments
        .declassified
        .iter()
        .flat_map(|given| {
            let names = given.names(arguments).into_iter();
            names.map(|name| (name, given.program.as_ref().map(syn::LitStr::value)))
        })
        .collect();
    let accepted: Vec<holes::Accepted<'_>> = declassified
        .iter()
        .map(|(secret, program)| match program {
            Some(program) => holes::Accepted::Issued { secret, program },
            None => holes::Accepted::ProjectCode { secret },
        })
        .collect();
    holes::answer(&Question {
        text: &template.text,
        holes: &template.holes(),
        bash: arguments.bash,
        file_mounts: &borrowed(&mounts),
        env_mounts: &borrowed(&envs),
        trust: &trust,
        accepted: &accepted,
        only_to: &only_to,
        allow_cache: arguments.allow_cache.is_some(),
        programs: &input::programs(&arguments.programs),
        base: (arguments.base.as_ref()).and_then(|base| Bases::NONE.find(&base.value())),
    })
}

fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs
        .iter()
        .map(|(name, place)| (name.as_str(), place.as_str()))
        .collect()
}

/// A finding about a mount is shown at the mount, every other one at the text.
fn place_of(finding: &Finding, call: &Call) -> Span {
    let mounts = call.arguments.mounts.iter();
    let envs = call.arguments.envs.iter();
    mounts
        .map(|mount| (mount.name(), &mount.secret))
        .chain(envs.map(|env| (env.name(), &env.secret)))
        .find(|(name, _)| finding.secret.as_ref() == Some(name))
        .map_or(call.text.span(), |(_, secret)| secret.span())
}

/// Mounts of which one hides the other.
fn overlapping(call: &Call) -> Option<Error> {
    let mounts = &call.arguments.mounts;
    let targets: Vec<String> = mounts.iter().map(|mount| mount.target.value()).collect();
    let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
    let (first, second) = names::overlapping(&targets)?;
    let message = names::overlap(targets[first], targets[second]);
    Some(Error::new(mounts[second].target.span(), message))
}

/// Names that are given and not used.
fn unused(call: &Call, template: &Template) -> impl Iterator<Item = Error> {
    let is_used = |given: &&Given| template.holes.iter().any(|(name, _)| given.name == name);
    let unused = call
        .arguments
        .values
        .iter()
        .filter(move |given| !is_used(given));
    unused.map(|given| {
        let name = &given.name;
        let message =
            format!("`{name}` is not used in the script: write `{{{name}}}` where it belongs");
        Error::new(name.span(), message)
    })
}

/// Takes the `#!` line away: RUN starts the shell itself. It still says which shell that has to be.
fn without_interpreter<'a>(
    text: &'a str,
    arguments: &mut Arguments,
    span: Span,
    mistakes: &mut Vec<Error>,
) -> (&'a str, usize) {
    let Some(interpreter) = text.strip_prefix("#!") else {
        return (text, 0);
    };
    let (interpreter, rest) = interpreter.split_once('\n').unwrap_or((interpreter, ""));
    let mut words = interpreter
        .split_ascii_whitespace()
        .filter(|word| *word != "/usr/bin/env");
    let name = words.next().unwrap_or_default();
    match name.rsplit('/').next() {
        Some("sh" | "dash") => {}
        Some("bash") => arguments.bash = true,
        _ => mistakes.push(Error::new(
            span,
            format!("the script is written for `{name}`: only sh and bash are understood"),
        )),
    }
    mistakes.extend(words.filter(|option| *option != "-e").map(|option| {
        let message = format!(
            "the option `{option}` of the `#!` line has no effect in RUN: write `set {option}` in \
             the script"
        );
        Error::new(span, message)
    }));
    (rest, 1)
}
