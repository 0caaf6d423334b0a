//! The mounts of a RUN: `[cache "/root/.cache", sharing = locked]`.
//!
//! In: the groups in brackets, without those of secrets, which are arguments of the script. Out: calls of the builder.

use dockerfile_dsl_analysis::dockerfile::spec;
use dockerfile_dsl_analysis::suggest::did_you_mean;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote_spanned;

use super::values::Emitter;
use crate::dockerfile::tree::{MountFlag, Subject, Value};

/// The call that an option of a mount becomes.
#[derive(Clone, Copy)]
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

/// Returns the options of a type of mount: those of the table, except those with another syntax here.
fn options(kind: &str) -> Vec<(&'static str, Takes)> {
    let mut options = Vec::new();
    for option in spec::MOUNT_OPTIONS {
        if !option.types.contains(&kind) {
            continue;
        }
        let takes = match (kind, option.name()) {
            // The word in the bracket, the first value, and the default.
            (_, "type") | ("bind" | "cache" | "tmpfs", "target") => continue,
            ("bind", "readonly") | ("cache", "readwrite") => continue,
            (_, "required") => {
                options.push(("optional", Takes::Switch("optional")));
                continue;
            }
            (_, "from") => Takes::From,
            (_, "target") => Takes::Path,
            (_, "readonly") => Takes::Switch("read_only"),
            (_, "readwrite") => Takes::Switch("writable"),
            _ => match option.takes {
                spec::Takes::OneOf(_) => Takes::Sharing,
                spec::Takes::Number => Takes::Number,
                spec::Takes::Mode => Takes::Mode,
                _ => Takes::Text,
            },
        };
        let is_switch = matches!(takes, Takes::Switch(_));
        let names = option.names.iter().take(if is_switch { 2 } else { 1 });
        options.extend(names.map(|name| (*name, takes)));
    }
    options
}

/// Emits a call that follows `Run::new(..)`.
pub(super) fn emit(emitter: &mut Emitter<'_>, mount: &MountFlag) -> TokenStream {
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
    let made = match (&mount.subject, needs_target) {
        (Some(Subject::Target(target)), true) => {
            let target = emitter.path(target);
            quote_spanned!(span=> #krate::mounts::#constructor::at(#target))
        }
        (Some(Subject::Target(target)), false) => {
            let message =
                "an ssh mount has its target as an option: `[ssh, target = \"/run/agent.sock\"]`";
            emitter.mistake(target.span(), message);
            return TokenStream::new();
        }
        (_, true) => {
            let message = format!("expected the mount's target: `[{kind} \"/path\"]`");
            emitter.mistake(span, message);
            return TokenStream::new();
        }
        (_, false) => quote_spanned!(span=> #krate::mounts::#constructor::new()),
    };
    let known = options(&kind);
    let mut calls = TokenStream::new();
    for (name, value) in &mount.options {
        let option = known.iter().find(|(known, _)| name == known);
        let Some((_, takes)) = option else {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            let meant = did_you_mean(&name.to_string(), &names);
            emitter.mistake(
                name.span(),
                format!("a {kind} mount has no option `{name}`{meant}"),
            );
            continue;
        };
        calls.extend(call(emitter, name, takes, value.as_ref()));
    }
    quote_spanned!(span=> .mount(#made #calls))
}

/// Emits the call of an option; nothing after a mistake.
fn call(
    emitter: &mut Emitter<'_>,
    name: &Ident,
    takes: &Takes,
    value: Option<&Value>,
) -> Option<TokenStream> {
    let krate = emitter.krate;
    let span = name.span();
    if let Takes::Switch(method) = takes {
        let method = Ident::new(method, span);
        if let Some(value) = value {
            let message = format!("`{name}` takes no value; omit it instead of `= false`");
            emitter.mistake(value.span(), message);
        }
        return Some(quote_spanned!(span=> .#method()));
    }
    let Some(value) = value else {
        emitter.mistake(span, format!("`{name}` needs a value: `{name} = ..`"));
        return None;
    };
    match takes {
        Takes::Path => {
            let value = emitter.path(value);
            Some(quote_spanned!(span=> .#name(#value)))
        }
        Takes::Number => number(emitter, name, value, 10),
        Takes::Mode => number(emitter, name, value, 8),
        Takes::Sharing => {
            let variant = match value.word().as_str() {
                "shared" => "Shared",
                "private" => "Private",
                "locked" => "Locked",
                _ => {
                    let message = "`sharing` must be one of `shared`, `private`, `locked`";
                    emitter.mistake(value.span(), message);
                    return None;
                }
            };
            let variant = Ident::new(variant, span);
            Some(quote_spanned!(span=> .sharing(#krate::mounts::Sharing::#variant)))
        }
        Takes::From => {
            let from = emitter.text(value);
            Some(match value {
                Value::Text(_) => quote_spanned!(span=> .from_image(#from)),
                _ => quote_spanned!(span=> .from_stage(&#from)),
            })
        }
        Takes::Text | Takes::Switch(_) => {
            let value = emitter.value(value);
            Some(quote_spanned!(span=> .#name(#value)))
        }
    }
}

fn number(
    emitter: &mut Emitter<'_>,
    name: &Ident,
    value: &Value,
    radix: u32,
) -> Option<TokenStream> {
    let span = name.span();
    let Value::Text(text) = value else {
        let value = emitter.text(value);
        return Some(quote_spanned!(span=> .#name(#value)));
    };
    match u64::from_str_radix(text.value().trim_start_matches("0o"), radix) {
        Ok(number) => {
            let number = Literal::u64_unsuffixed(number);
            Some(quote_spanned!(span=> .#name(#number)))
        }
        Err(_) => {
            emitter.mistake(text.span(), format!("`{name}` must be a number"));
            None
        }
    }
}
