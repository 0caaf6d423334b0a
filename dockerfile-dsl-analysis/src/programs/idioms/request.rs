//! Requests and downloads in Python: a value that is sent as a credential is not printed by the program itself.

use super::Statement;
use super::expression::{PYTHON, closing, inner, is_literal, is_name, is_pure, pieces};

/// Whether it is a request or a download with a literal URL that sends values under names for credentials. Its error messages do not
/// contain these.
pub(super) fn fetches(call: &str, before: &[Statement<'_>]) -> bool {
    const FETCHING: &[&str] = &[
        "snapshot_download",
        "hf_hub_download",
        "from_pretrained",
        "load_dataset",
        "requests.get",
        "requests.post",
        "requests.head",
        "requests.put",
        "requests.patch",
        "requests.delete",
        "httpx.head",
        "httpx.put",
        "httpx.get",
        "httpx.post",
    ];
    const CREDENTIALS: &[&str] = &[
        "token",
        "use_auth_token",
        "hf_token",
        "headers",
        "auth",
        "cookies",
    ];
    let Some((function, rest)) = call.split_once('(') else {
        return false;
    };
    // An immediate operation on the response.
    let Some(end) = closing(&call[function.len()..]) else {
        return false;
    };
    let (given, after) = (&rest[..end - 1], &rest[end..]);
    if !matches!(
        after,
        "" | ".read()" | ".content" | ".text" | ".json()" | ".raise_for_status()"
    ) {
        return false;
    }
    let request = |name: &str| {
        before.iter().any(|statement| {
            matches!(statement, Statement::Assign(known, value)
                if *known == name && is_request(value))
        })
    };
    if matches!(function, "urllib.request.urlopen" | "urlopen") {
        return request(given.trim()) || is_request(given);
    }
    let is_known = FETCHING.iter().any(|name| {
        function == *name
            || function
                .strip_suffix(name)
                .is_some_and(|rest| rest.ends_with('.'))
    });
    let is_literal_name = |part: &str| {
        let mut assigned = before.iter().filter_map(|statement| match statement {
            Statement::Assign(name, value) if *name == part => Some(*value),
            _ => None,
        });
        let first = assigned.next();
        first.is_some_and(is_literal) && assigned.all(is_literal)
    };
    is_known
        && pieces(given, &[',']).all(|part| is_literal_name(part) || is_sent(part, CREDENTIALS))
}

/// `urllib.request.Request("URL", headers={..})`.
pub(super) fn is_request(value: &str) -> bool {
    let given = ["urllib.request.Request(", "Request("]
        .iter()
        .find_map(|request| inner(value, request, ")"));
    given.is_some_and(|given| pieces(given, &[',']).all(|part| is_sent(part, &["headers", "data"])))
}

/// Whether it is a literal, or a value under one of these names.
fn is_sent(argument: &str, names: &[&str]) -> bool {
    let (name, value) = match argument.split_once('=') {
        Some((name, value)) if is_name(name.trim()) => (name.trim(), value),
        _ => ("", argument),
    };
    argument.is_empty() || is_constant(value) || names.contains(&name) && is_pure(value, &PYTHON)
}

/// Whether it is a literal, or a list of literals.
fn is_constant(value: &str) -> bool {
    let items = inner(value.trim(), "[", "]").or_else(|| inner(value.trim(), "(", ")"));
    is_literal(value)
        || items.is_some_and(|items| {
            pieces(items, &[',']).all(|item| item.is_empty() || is_literal(item))
        })
}
