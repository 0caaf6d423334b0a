//! Parses the rest of an instruction after its keyword: flags, mounts, arguments.

use dockerfile_dsl_analysis::dockerfile::spec::MOUNT_TYPES;
use dockerfile_dsl_analysis::suggest::did_you_mean;
use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Expr, Result, Token, token};

use super::place::{at_end, missing, unquoted};
use super::values::{
    arguments, command, expression, flag_value, flags, list, pairs, port, required, some, string,
    value, word,
};
use crate::dockerfile::tree::{
    Command, Flag, Instruction, Kind, MountFlag, RunCommand, Subject, Value,
};
use crate::dockerfile::words::{self, keyword};
use crate::input::{both, combined};
use crate::sh::Call;

impl Parse for Instruction {
    fn parse(input: ParseStream) -> Result<Self> {
        let keyword = input.call(Ident::parse_any)?;
        let mut all = Vec::new();
        let flagged = flags(input, &keyword.to_string(), &mut all);
        // A mistake in a flag does not hide those after it.
        let ((), kind) = both(flagged, kind(input, &keyword, &mut all))?;
        Ok(Self {
            keyword,
            flags: all,
            kind,
        })
    }
}

fn kind(input: ParseStream, keyword: &Ident, flags: &mut Vec<Flag>) -> Result<Kind> {
    let name = keyword.to_string();
    let what = |what: &str| format!("{name} needs {what}");
    Ok(match name.as_str() {
        "RUN" => run(input, keyword, flags)?,
        "CMD" => Kind::Cmd(command(input, &name)?),
        "ENTRYPOINT" => Kind::Entrypoint(command(input, &name)?),
        "SHELL" => Kind::Shell(list(input)?.ok_or_else(|| {
            missing(
                input,
                "SHELL needs its list form: `SHELL [\"/bin/bash\", \"-c\"]`",
            )
        })?),
        "LABEL" => Kind::Label(pairs(input, &what("`\"key\" = \"value\"`"))?),
        "ENV" => Kind::Env(pairs(input, &what("`NAME = \"value\"`"))?),
        "ARG" => Kind::Arg(arguments(input)?),
        "EXPOSE" => Kind::Expose(some(
            input,
            &what("a port: `EXPOSE 8080` or `EXPOSE 53/udp`"),
            port,
        )?),
        "COPY" => {
            let (sources, destination) = sources(input, &name)?;
            Kind::Copy {
                sources,
                destination,
            }
        }
        "ADD" => {
            let credential = credential(input)?;
            let (sources, destination) = sources(input, &name)?;
            Kind::Add {
                credential,
                sources,
                destination,
            }
        }
        "VOLUME" => Kind::Volume(match list(input)? {
            Some(paths) => paths,
            None => some(input, &what("a path"), value)?,
        }),
        "USER" => Kind::User(word(input, &what("a user: `USER \"app\"` or `USER 1000`"))?),
        "WORKDIR" => Kind::Workdir(word(input, &what("a path: `WORKDIR \"/src\"`"))?),
        "STOPSIGNAL" => Kind::Stopsignal(word(input, &what("a signal: `STOPSIGNAL SIGTERM`"))?),
        "HEALTHCHECK" => Kind::Healthcheck(healthcheck(input)?),
        "ONBUILD" => Kind::Onbuild(Box::new(onbuild(input)?)),
        "MAINTAINER" => {
            return Err(Error::new(
                keyword.span(),
                "MAINTAINER is deprecated; write `LABEL \"org.opencontainers.image.authors\" = \
                 \"..\"`",
            ));
        }
        _ => return Err(words::unknown_instruction(keyword)),
    })
}

fn onbuild(input: ParseStream) -> Result<Instruction> {
    let Some((word, _)) = input.cursor().ident() else {
        return Err(missing(input, "ONBUILD needs an instruction"));
    };
    let refusal = match word.to_string().as_str() {
        "ONBUILD" | "FROM" | "MAINTAINER" => {
            Error::new(word.span(), format!("ONBUILD cannot contain {word}"))
        }
        _ if words::is_instruction(&word) => return input.parse(),
        _ => words::unknown_instruction(&word),
    };
    input.call(Ident::parse_any)?;
    Err(refusal)
}

fn healthcheck(input: ParseStream) -> Result<Option<Command>> {
    if input.peek(keyword::NONE) {
        input.parse::<keyword::NONE>()?;
        Ok(None)
    } else if input.peek(keyword::CMD) {
        input.parse::<keyword::CMD>()?;
        command(input, "HEALTHCHECK CMD").map(Some)
    } else {
        let message = "HEALTHCHECK needs `NONE` or `CMD [\"prog\", \"arg\"]`";
        Err(missing(input, message))
    }
}

/// Parses mounts in brackets and flags, in any order, then the command.
fn run(input: ParseStream, keyword: &Ident, all: &mut Vec<Flag>) -> Result<Kind> {
    let (mut mounts, mut secrets, mut mistakes) = (Vec::new(), Vec::new(), Vec::new());
    while is_named_group(input) {
        let inside;
        syn::bracketed!(inside in input);
        while !inside.is_empty() {
            let is_secret = inside.peek(keyword::secret);
            match inside.parse() {
                Ok(mount) if is_secret => secrets.push(mount),
                Ok(mount) => mounts.push(mount),
                Err(mistake) => {
                    mistakes.push(mistake);
                    inside.parse::<TokenStream>()?;
                }
            }
        }
        mistakes.extend(flags(input, "RUN", all).err());
    }
    let command = run_command(input).and_then(|mut command| {
        mount_secrets(secrets, &mut command, keyword)?;
        Ok(command)
    });
    let ((), command) = both(combined(mistakes), command)?;
    Ok(Kind::Run { mounts, command })
}

/// Moves secret mounts to the script, which is checked with them.
fn mount_secrets(secrets: Vec<MountFlag>, command: &mut RunCommand, keyword: &Ident) -> Result<()> {
    if secrets.is_empty() {
        return Ok(());
    }
    let span = match command {
        RunCommand::Script(call) => {
            let mount = |secret| mount_secret(secret, call).err();
            return combined(secrets.into_iter().filter_map(mount));
        }
        RunCommand::Expression(group) => group.group_token.span,
        RunCommand::Exec(_) => keyword.span(),
    };
    Err(Error::new(
        span,
        "a secret is mounted where its script is checked: write the script here, or give the mount \
         to `sh!` with `@mount(..)`",
    ))
}

/// Parses `[secret NPMRC => "/root/.npmrc"]`, `[secret TOKEN, env = "NAME", reason = ".."]`.
fn mount_secret(mount: MountFlag, call: &mut Call) -> Result<()> {
    let span = mount.kind.span();
    let Some(Subject::Secret(secret)) = mount.subject else {
        let message = "expected the secret: `[secret NPMRC => \"/root/.npmrc\"]`";
        return Err(Error::new(span, message));
    };
    let (mut variable, mut reason) = (None, None);
    for (name, value) in mount.options {
        match name.to_string().as_str() {
            "env" => variable = value,
            "reason" => reason = value,
            _ => {
                let message = format!(
                    "a secret mount has no `{name}` here: `.uid(..)`, `.mode(..)` and \
                     `.optional()` belong to the declaration of the secret"
                );
                return Err(Error::new(name.span(), message));
            }
        }
    }
    match (mount.target, variable, reason) {
        (Some(Value::Text(target)), None, None) => {
            let mount = crate::sh::Mount::new(secret, target)?;
            call.arguments.mounts.push(mount);
            Ok(())
        }
        (None, Some(Value::Text(variable)), Some(Value::Text(reason))) => {
            let env = crate::sh::Env::new(secret, variable, reason)?;
            call.arguments.envs.push(env);
            Ok(())
        }
        _ => Err(Error::new(
            span,
            "expected `[secret NPMRC => \"/root/.npmrc\"]` or `[secret TOKEN, env = \"NAME\", \
             reason = \"why every process may have it\"]`; to read the file in the script, write \
             `{TOKEN}` there",
        )),
    }
}

fn run_command(input: ParseStream) -> Result<RunCommand> {
    if let Some(words) = list(input)? {
        return Ok(RunCommand::Exec(words));
    }
    if let Some(script) = string(input)? {
        let call = Call::with_arguments(script, input, at_end);
        combined(call.mistakes.iter().cloned())?;
        return Ok(RunCommand::Script(call));
    }
    if input.peek(token::Paren) {
        return expression(input).map(RunCommand::Expression);
    }
    if let Some(script) = unquoted(input).filter(|_| !at_end(input)) {
        return Err(script.error("RUN", true));
    }
    Err(missing(
        input,
        "RUN needs a script: `RUN \"make\"`, a list: `RUN [\"make\"]`, or a `Script`: `RUN \
         (script)`",
    ))
}

/// Whether it is `[word ..]`, which a list never is.
fn is_named_group(input: ParseStream) -> bool {
    let group = input.cursor().group(proc_macro2::Delimiter::Bracket);
    group.is_some_and(|(inside, ..)| inside.ident().is_some())
}

impl Parse for MountFlag {
    fn parse(input: ParseStream) -> Result<Self> {
        let is_secret = input.peek(keyword::secret);
        let kind = input.call(Ident::parse_any)?;
        let name = kind.to_string();
        if !MOUNT_TYPES.contains(&name.as_str()) {
            let meant = did_you_mean(&name, MOUNT_TYPES);
            let message = format!("unknown mount type `{kind}`{meant}");
            return Err(Error::new(kind.span(), message));
        }
        let subject = if is_secret {
            let is_absent = input.is_empty() || input.peek(Token![,]) || input.peek(Token![=]);
            (!is_absent)
                .then(|| input.parse().map(Subject::Secret))
                .transpose()?
        } else if input.peek2(Token![=]) {
            None
        } else {
            value(input)?.map(Subject::Target)
        };
        let target = match input.parse::<Option<Token![=>]>>()? {
            Some(_) => Some(required(
                input,
                "expected the mount's target: `=> \"/root/.npmrc\"`",
            )?),
            None => None,
        };
        let mut options = Vec::new();
        while !input.is_empty() {
            if input.parse::<Option<Token![,]>>()?.is_none() && subject.is_some() {
                return Err(missing(input, "expected `,`"));
            }
            if input.is_empty() || starts_mount(input) {
                break;
            }
            options.push(option(input)?);
        }
        Ok(Self {
            kind,
            subject,
            target,
            options,
        })
    }
}

/// Whether the next mount of the same brackets starts here: the type and its subject.
fn starts_mount(input: ParseStream) -> bool {
    let word = input.cursor().ident();
    word.is_some_and(|(word, next)| {
        let is_alone = next.eof() || next.punct().is_some();
        MOUNT_TYPES.contains(&word.to_string().as_str()) && !is_alone
    })
}

/// Parses `name`, `name = value`.
fn option(input: ParseStream) -> Result<(Ident, Option<Value>)> {
    if !input.peek(Ident::peek_any) {
        return Err(missing(input, "expected an option"));
    }
    let name = input.call(Ident::parse_any)?;
    let value = match input.parse::<Option<Token![=]>>()? {
        Some(_) => Some(flag_value(input)?),
        None => None,
    };
    Ok((name, value))
}

/// Parses `[token SECRET]` or `[header SECRET]` of an ADD; leaves a list of sources alone.
fn credential(input: ParseStream) -> Result<Option<(Ident, Expr)>> {
    if !is_named_group(input) {
        return Ok(None);
    }
    let inside;
    syn::bracketed!(inside in input);
    let is_credential = inside.peek(keyword::token) || inside.peek(keyword::header);
    let word = inside.call(Ident::parse_any)?;
    if !is_credential {
        let message = "expected `[token SECRET]` or `[header SECRET]`";
        return Err(Error::new(word.span(), message));
    }
    if inside.is_empty() {
        let message = format!("expected the secret: `[{word} GITHUB_TOKEN]`");
        return Err(missing(&inside, message));
    }
    let secret = inside.parse()?;
    if !inside.is_empty() {
        return Err(inside.error("expected `]`"));
    }
    Ok(Some((word, secret)))
}

fn sources(input: ParseStream, name: &str) -> Result<(Vec<Value>, Value)> {
    let start = input.span();
    let absent = format!("{name} needs a source and a destination");
    let mut values = match list(input)? {
        Some(values) => values,
        None => match unquoted(input).filter(|_| !at_end(input)) {
            Some(words) => return Err(words.error(name, false)),
            None => some(input, &absent, value)?,
        },
    };
    match values.pop() {
        Some(destination) if !values.is_empty() => Ok((values, destination)),
        Some(only) => Err(Error::new(
            only.span(),
            format!("{name} needs a destination after its source"),
        )),
        None => Err(Error::new(start, absent)),
    }
}
