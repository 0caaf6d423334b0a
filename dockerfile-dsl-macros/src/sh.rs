//! `sh!` and `sh_file!`: a script, its values, and the question to the analysis.
//!
//! In: the tokens of one call. Out: an expression of type `Script`, and with it the errors of the script: those that hold for
//! every type of value at once, those that depend on types as traits (see [`crate::emit`]).

use std::path::PathBuf;

use dockerfile_dsl_analysis::Finding;
use dockerfile_dsl_analysis::explain::Source;
use dockerfile_dsl_analysis::holes::{self, Answer, Question};
use dockerfile_dsl_analysis::names;
use dockerfile_dsl_analysis::shell::SyntaxError;
use dockerfile_dsl_analysis::template::{self, Template};
use proc_macro::{Delimiter, Span, TokenStream, TokenTree};

use crate::arguments::Arguments;
use crate::code::code;
use crate::emit::{self, Script};
use crate::errors::{Errors, Mistake};
use crate::literal::StringLiteral;

/// `sh!("...", ..)`.
pub(crate) fn literal(input: TokenStream) -> TokenStream {
    let call = match Call::read(
        input,
        "the script as a string literal: sh!(\"...\"), or sh_file!(\"script.sh\") for a file",
    ) {
        Ok(call) => call,
        Err((krate, mistake)) => return emit::failure(&krate, &mistake.into()),
    };
    let template = Template::parse(&call.text.text);
    let source = Source {
        name: "script",
        text: &template.text,
        lines_added: 0,
        lines_before: template.lines_before,
    };
    let mut errors = Errors::default();
    for (place, message) in template.mistakes() {
        let text = format!("{message}\n\n{}", source.snippet(place));
        errors.push(call.text.token.span(), text);
    }
    expand(call, &template, source, errors, None)
}

/// `sh_file!("script.sh", ..)`.
pub(crate) fn file(input: TokenStream) -> TokenStream {
    let mut call = match Call::read(input, "the path of a script as a string literal") {
        Ok(call) => call,
        Err((krate, mistake)) => return emit::failure(&krate, &mistake.into()),
    };
    let path = call.text.clone();
    let text = match read_file(&path) {
        Ok(text) => text,
        Err(mistake) => return emit::failure(&call.krate, &mistake.into()),
    };
    let literal = &path.token;
    // What makes rustc look at the file again.
    let tracked = code!(
        "const _: &[::core::primitive::u8] = ::core::include_bytes!(#literal);",
        literal
    );
    let mut errors = Errors::default();
    let whole = Source {
        name: &path.text,
        text: &text,
        lines_added: 0,
        lines_before: 0,
    };
    for (place, message) in template::unreadable(&text) {
        errors.push(
            path.token.span(),
            format!("{message}\n\n{}", whole.snippet(place)),
        );
    }
    let span = path.token.span();
    let (text, lines_before) = without_interpreter(&text, &mut call.arguments, span, &mut errors);
    for given in &call.arguments.values {
        let name = given.name.to_string();
        if !names::is_assignable(&name) {
            let message =
                format!("`{name}` changes how the shell itself works: give the value another name");
            errors.push(given.name.span(), message);
        }
    }
    let names: Vec<String> = call
        .arguments
        .values
        .iter()
        .map(|given| given.name.to_string())
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for given in &call.arguments.values {
        let name = given.name.to_string();
        if !text.contains(&name) {
            errors.push(
                given.name.span(),
                format!("`{name}` is not used in the script"),
            );
        }
    }
    let template = Template::file(&text, &names);
    let source = Source {
        name: &path.text,
        text: &template.text,
        lines_added: names.len(),
        lines_before,
    };
    expand(call, &template, source, errors, Some(tracked))
}

/// One call: `[$crate] "text", arguments`.
pub(crate) struct Call {
    pub(crate) krate: TokenStream,
    pub(crate) text: StringLiteral,
    pub(crate) arguments: Arguments,
    pub(crate) errors: Errors,
}

impl Call {
    fn read(input: TokenStream, expected: &str) -> Result<Self, (TokenStream, Mistake)> {
        let tokens: Vec<TokenTree> = input.into_iter().collect();
        let (krate, rest) = match &tokens[..] {
            [TokenTree::Group(group), rest @ ..] if group.delimiter() == Delimiter::Bracket => {
                (group.stream(), rest)
            }
            // Called by itself, without the wrapper.
            rest => (code!("::dockerfile_dsl"), rest),
        };
        let Some((first, rest)) = rest.split_first() else {
            return Err((
                krate,
                Mistake::new(Span::call_site(), format!("expected {expected}")),
            ));
        };
        let text = match StringLiteral::read(first, expected) {
            Ok(text) => text,
            Err(mistake) => return Err((krate, mistake)),
        };
        let mut errors = Errors::default();
        let arguments = match rest {
            [] => Arguments::default(),
            [TokenTree::Punct(comma), rest @ ..] if comma.as_char() == ',' => {
                Arguments::read(rest, &mut errors)
            }
            [other, ..] => {
                return Err((
                    krate,
                    Mistake::new(
                        other.span(),
                        "expected `,` between the script and its arguments",
                    ),
                ));
            }
        };
        Ok(Self {
            krate,
            text,
            arguments,
            errors,
        })
    }
}

fn expand(
    mut call: Call,
    template: &Template,
    source: Source<'_>,
    mut errors: Errors,
    file: Option<TokenStream>,
) -> TokenStream {
    let span = call.text.token.span();
    let is_understood = call.errors.is_empty();
    errors.append(std::mem::take(&mut call.errors));
    // What follows would only be about what was not understood.
    if !check_holes(&call, template, &mut errors) || !is_understood {
        return emit::failure(&call.krate, &errors);
    }
    check_names(&call, template, &mut errors);
    check_mounts(&call, &mut errors);
    let answer = match ask(&call, template) {
        Ok(mut answer) => {
            if file.is_some() {
                fixes_for_a_file(&mut answer);
            }
            answer
        }
        Err(error) => {
            let help = error
                .help
                .map(|help| format!("\nhelp: {help}"))
                .unwrap_or_default();
            errors.push(
                span,
                format!("{}\n\n{}{help}", error.message, source.snippet(error.span)),
            );
            return emit::failure(&call.krate, &errors);
        }
    };
    for finding in &answer.findings {
        errors.push(
            place_of(finding, &call),
            format!("{}\n\n{}", finding.message, source.explain(finding)),
        );
    }
    for (index, (name, place)) in template.holes.iter().enumerate() {
        if answer
            .holes
            .get(index)
            .is_some_and(|hole| template.is_escaped(index, hole.quote))
        {
            let message = format!(
                "the backslash before `{{{name}}}` would take part of the value; for the text write `{{{{{name}}}}}`"
            );
            errors.push(span, format!("{message}\n\n{}", source.snippet(*place)));
        }
    }
    emit::script(&Script {
        call: &call,
        template,
        source,
        answer: &answer,
        errors: &errors,
        before: file.unwrap_or_default(),
    })
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

fn ask(call: &Call, template: &Template) -> Result<Answer, SyntaxError> {
    let arguments = &call.arguments;
    let secrets: Vec<(String, &str)> = arguments
        .mounts
        .iter()
        .map(|mount| (mount.secret.to_string(), &*mount.target.text))
        .collect();
    let file_mounts: Vec<(&str, &str)> = secrets
        .iter()
        .map(|(name, target)| (name.as_str(), *target))
        .collect();
    let secrets: Vec<(String, &str)> = arguments
        .envs
        .iter()
        .map(|env| (env.secret.to_string(), &*env.variable.text))
        .collect();
    let env_mounts: Vec<(&str, &str)> = secrets
        .iter()
        .map(|(name, variable)| (name.as_str(), *variable))
        .collect();
    let trust: Vec<holes::Trust<'_>> = arguments
        .trust
        .iter()
        .map(|trust| holes::Trust {
            program: &trust.program.text,
            output: trust.output,
        })
        .collect();
    holes::answer(&Question {
        text: &template.text,
        holes: &template.holes(),
        bash: arguments.bash,
        file_mounts: &file_mounts,
        env_mounts: &env_mounts,
        trust: &trust,
        allow_cache: arguments.allow_cache.is_some(),
    })
}

/// A finding about a mount is shown at the mount, every other one at the text.
fn place_of(finding: &Finding, call: &Call) -> Span {
    let at = |tokens: &TokenStream| tokens.clone().into_iter().next().map(|tree| tree.span());
    let secret = finding.secret.as_deref().unwrap_or_default();
    let mounts = call.arguments.mounts.iter().map(|mount| &mount.secret);
    let envs = call.arguments.envs.iter().map(|env| &env.secret);
    mounts
        .chain(envs)
        .find(|tokens| tokens.to_string() == secret)
        .and_then(at)
        .unwrap_or_else(|| call.text.token.span())
}

/// Mounts of which one hides the other.
fn check_mounts(call: &Call, errors: &mut Errors) {
    let mounts = &call.arguments.mounts;
    let targets: Vec<&str> = mounts
        .iter()
        .map(|mount| mount.target.text.as_str())
        .collect();
    if let Some((first, second)) = names::overlapping(&targets) {
        errors.push(
            mounts[second].target.token.span(),
            names::overlap(targets[first], targets[second]),
        );
    }
}

/// Names that are given and not used.
fn check_names(call: &Call, template: &Template, errors: &mut Errors) {
    for given in &call.arguments.values {
        if !template
            .holes
            .iter()
            .any(|(name, _)| given.name.to_string() == *name)
        {
            errors.push(
                given.name.span(),
                format!(
                    "`{}` is not used in the script: write `{{{0}}}` where it belongs",
                    given.name
                ),
            );
        }
    }
}

/// Whether every hole has a name that a Rust value can have.
fn check_holes(call: &Call, template: &Template, errors: &mut Errors) -> bool {
    let before = errors.len();
    for (name, _) in &template.holes {
        let given = call.arguments.given(name).is_some();
        if name == "self" && !given {
            let message =
                "`self` cannot stand in a script: write `{value}`, and `value = self` behind it";
            errors.push(call.text.token.span(), message);
        } else if !given && is_keyword(name) {
            let message = format!(
                "`{name}` is a keyword of Rust, and no value has this name; for the text `{{{name}}}` write `{{{{{name}}}}}`"
            );
            errors.push(call.text.token.span(), message);
        }
    }
    errors.len() == before
}

fn is_keyword(name: &str) -> bool {
    const KEYWORDS: &[&str] = &[
        "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
        "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if",
        "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv",
        "pub", "ref", "return", "static", "struct", "super", "trait", "true", "try", "type",
        "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
    ];
    KEYWORDS.contains(&name)
}

/// The text of a file. The path is relative to the source file, as it is for `include_str!`.
pub(crate) fn read_file(path: &StringLiteral) -> Result<String, Mistake> {
    let span = path.token.span();
    let source = span
        .local_file()
        .and_then(|file| Some(file.parent()?.to_owned()));
    let folder = source
        .or_else(|| Some(PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR")?).join("src")))
        .unwrap_or_default();
    std::fs::read_to_string(folder.join(&path.text)).map_err(|error| {
        Mistake::new(
            span,
            format!(
                "cannot read `{}`, seen from the folder of this source file: {error}",
                path.text
            ),
        )
    })
}

/// Takes the `#!` line away: RUN starts the shell itself. It still says which shell that has to be.
fn without_interpreter(
    text: &str,
    arguments: &mut Arguments,
    span: Span,
    errors: &mut Errors,
) -> (String, usize) {
    let Some(interpreter) = text.strip_prefix("#!") else {
        return (text.to_owned(), 0);
    };
    let (interpreter, rest) = interpreter.split_once('\n').unwrap_or((interpreter, ""));
    let mut words = interpreter
        .split_ascii_whitespace()
        .filter(|word| *word != "/usr/bin/env");
    let name = words.next().unwrap_or_default();
    match name.rsplit('/').next() {
        Some("sh" | "dash") => {}
        Some("bash") => arguments.bash = true,
        _ => errors.push(
            span,
            format!("the script is written for `{name}`: only sh and bash are understood"),
        ),
    }
    for option in words {
        if option != "-e" {
            errors.push(span, format!("the option `{option}` of the `#!` line has no effect in RUN: write `set {option}` in the script"));
        }
    }
    (rest.to_owned(), 1)
}
