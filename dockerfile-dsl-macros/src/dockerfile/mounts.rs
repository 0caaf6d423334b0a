//! The mounts of a RUN: `[cache "/root/.cache", sharing = locked]`.
//!
//! In: the groups in brackets. Out: what `sh!` has to know (secrets), and calls of the builder (everything else).

use proc_macro::{Ident, TokenStream};

use crate::code::code;

use super::emit::Emitter;
use super::expression::{group, word_of};
use super::tree::{Mount, Value};

/// What an option of a mount becomes.
enum Takes {
    /// `.name(text)`
    Text,
    /// `.name(number)`
    Number,
    /// `.name(octal number)`
    Mode,
    /// `.name()`
    Switch(&'static str),
    /// `.sharing(Sharing::..)`
    Sharing,
    /// `.from_stage(&..)`, `.from_image("..")`
    From,
    /// `.target(path)`
    Path,
}

fn options(kind: &str) -> &'static [(&'static str, Takes)] {
    match kind {
        "bind" => &[
            ("source", Takes::Text),
            ("from", Takes::From),
            ("rw", Takes::Switch("writable")),
            ("readwrite", Takes::Switch("writable")),
        ],
        "cache" => &[
            ("id", Takes::Text),
            ("sharing", Takes::Sharing),
            ("from", Takes::From),
            ("source", Takes::Text),
            ("mode", Takes::Mode),
            ("uid", Takes::Number),
            ("gid", Takes::Number),
            ("ro", Takes::Switch("read_only")),
            ("readonly", Takes::Switch("read_only")),
        ],
        "tmpfs" => &[("size", Takes::Number)],
        "ssh" => &[
            ("id", Takes::Text),
            ("target", Takes::Path),
            ("mode", Takes::Mode),
            ("uid", Takes::Number),
            ("gid", Takes::Number),
            ("optional", Takes::Switch("optional")),
        ],
        // A secret's owner and mode are the secret's own.
        _ => &[],
    }
}

/// What goes into `sh!`, and the calls that follow `Run::new(..)`.
pub(crate) fn emit(emitter: &mut Emitter<'_>, mounts: &[Mount]) -> (TokenStream, TokenStream) {
    let (mut arguments, mut calls) = (TokenStream::new(), TokenStream::new());
    for mount in mounts {
        if mount.kind.to_string() == "secret" {
            arguments.extend(secret(emitter, mount));
        } else {
            calls.extend(other(emitter, mount));
        }
    }
    (arguments, calls)
}

/// `[secret NPMRC => "/root/.npmrc"]`, `[secret TOKEN, env = "NAME", reason = ".."]`.
fn secret(emitter: &mut Emitter<'_>, mount: &Mount) -> TokenStream {
    let span = mount.kind.span();
    let Some(Value::Expression(secret, _)) = &mount.first else {
        emitter.errors.push(
            span,
            "expected the secret: `[secret NPMRC => \"/root/.npmrc\"]`",
        );
        return TokenStream::new();
    };
    let option = |name: &str| {
        mount
            .options
            .iter()
            .find(|(option, _)| option.to_string() == name)
            .and_then(|(_, value)| value.as_ref())
    };
    if let Some((unknown, _)) = mount
        .options
        .iter()
        .find(|(option, _)| !["env", "reason"].contains(&option.to_string().as_str()))
    {
        emitter.errors.push(
            unknown.span(),
            format!("a secret mount has no `{unknown}` here: `.uid(..)`, `.mode(..)` and `.optional()` belong to the declaration of the secret"),
        );
        return TokenStream::new();
    }
    match (&mount.target, option("env"), option("reason")) {
        (Some(Value::Text(target)), None, None) => {
            let target = &target.token;
            code!(span => ", @mount(#secret => #target)", secret, target)
        }
        (None, Some(Value::Text(variable)), Some(Value::Text(reason))) => {
            let (variable, reason) = (&variable.token, &reason.token);
            code!(span => ", @env(#secret => #variable, #reason)", secret, variable, reason)
        }
        _ => {
            emitter.errors.push(
                span,
                "expected `[secret NPMRC => \"/root/.npmrc\"]` or `[secret TOKEN, env = \"NAME\", reason = \"why every process may have it\"]`; to read the file in the script, write `{TOKEN}` there",
            );
            TokenStream::new()
        }
    }
}

fn other(emitter: &mut Emitter<'_>, mount: &Mount) -> TokenStream {
    let krate = emitter.krate;
    let span = mount.kind.span();
    let kind = mount.kind.to_string();
    let (constructor, needs_target) = match kind.as_str() {
        "bind" => ("BindMount", true),
        "cache" => ("CacheMount", true),
        "tmpfs" => ("TmpfsMount", true),
        _ => ("SshMount", false),
    };
    let constructor = Ident::new(constructor, span);
    let mut made = match (&mount.first, needs_target) {
        (Some(target), true) => {
            let target = emitter.path(target);
            code!(span => "#krate::mounts::#constructor::at(#target)", krate, constructor, target)
        }
        (None, true) => {
            emitter.errors.push(
                span,
                format!("expected the mount's target: `[{kind} \"/path\"]`"),
            );
            return TokenStream::new();
        }
        (Some(target), false) => {
            emitter.errors.push(
                target.span(),
                "an ssh mount has its target as an option: `[ssh, target = \"/run/agent.sock\"]`",
            );
            return TokenStream::new();
        }
        (None, false) => code!(span => "#krate::mounts::#constructor::new()", krate, constructor),
    };
    let known = options(&kind);
    for (name, value) in &mount.options {
        let Some((_, option)) = known.iter().find(|(known, _)| name.to_string() == *known) else {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            let meant = dockerfile_dsl_analysis::suggest::did_you_mean(&name.to_string(), &names);
            emitter.errors.push(
                name.span(),
                format!("a {kind} mount has no option `{name}`{meant}"),
            );
            continue;
        };
        made = code!(span => "#made", made);
        let call = emit_option(emitter, name, option, value.as_ref());
        made.extend(call);
    }
    code!(span => ".mount(#made)", made)
}

fn emit_option(
    emitter: &mut Emitter<'_>,
    name: &Ident,
    option: &Takes,
    value: Option<&Value>,
) -> TokenStream {
    let krate = emitter.krate;
    let span = name.span();
    if let Takes::Switch(method) = option {
        let method = Ident::new(method, span);
        if let Some(value) = value {
            emitter.errors.push(
                value.span(),
                format!("`{name}` stands alone; leave it out instead of `= false`"),
            );
        }
        return code!(span => ".#method()", method);
    }
    let Some(value) = value else {
        emitter
            .errors
            .push(span, format!("`{name}` needs a value: `{name} = ..`"));
        return TokenStream::new();
    };
    let method = Ident::new(&name.to_string(), span);
    match option {
        Takes::Text => {
            let value = emitter.value(value);
            code!(span => ".#method(#value)", method, value)
        }
        Takes::Path => {
            let value = emitter.path(value);
            code!(span => ".#method(#value)", method, value)
        }
        Takes::Number | Takes::Mode => {
            let radix = if matches!(option, Takes::Mode) { 8 } else { 10 };
            match value {
                Value::Text(text) => {
                    match u64::from_str_radix(text.text.trim_start_matches("0o"), radix) {
                        Ok(number) => {
                            let number = proc_macro::Literal::u64_unsuffixed(number);
                            code!(span => ".#method(#number)", method, number)
                        }
                        Err(_) => {
                            emitter
                                .errors
                                .push(text.token.span(), format!("`{name}` is a number"));
                            TokenStream::new()
                        }
                    }
                }
                Value::Expression(number, _) => {
                    let number = group(number);
                    code!(span => ".#method(#number)", method, number)
                }
            }
        }
        Takes::Sharing => {
            let variant = match word_of(value).as_str() {
                "shared" => "Shared",
                "private" => "Private",
                "locked" => "Locked",
                _ => {
                    emitter.errors.push(
                        value.span(),
                        "`sharing` is one of `shared`, `private`, `locked`",
                    );
                    return TokenStream::new();
                }
            };
            let variant = Ident::new(variant, span);
            code!(span => ".sharing(#krate::mounts::Sharing::#variant)", krate, variant)
        }
        Takes::From => match value {
            Value::Text(_) => {
                let image = emitter.text(value);
                code!(span => ".from_image(#image)", image)
            }
            Value::Expression(stage, _) => {
                let stage = group(stage);
                code!(span => ".from_stage(&#stage)", stage)
            }
        },
        Takes::Switch(_) => code!(""),
    }
}
