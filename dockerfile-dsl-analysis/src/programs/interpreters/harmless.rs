//! Python statements that are known to print nothing, or to download something with a token that they find themselves.

use crate::programs::common::{UNKNOWN, uses_environment};
use crate::programs::idioms::is_name;

/// Splits a script without blocks into statements; one with blocks stays whole.
pub(super) fn statements(text: &str) -> Vec<String> {
    text.split(['\n', ';'])
        .map(|statement| statement.trim().to_owned())
        .filter(|statement| !statement.is_empty() && !statement.starts_with('#'))
        .collect()
}

/// Whether a statement prints nothing of what it reads: imports, assertions, a length, the validation of a JSON file.
pub(super) fn is_harmless(statement: &str) -> bool {
    let inner = |prefix: &str, suffix: &str| {
        statement
            .strip_prefix(prefix)
            .and_then(|rest| rest.strip_suffix(suffix))
    };
    let balanced = |text: &str| {
        let mut depth = 0_i32;
        text.chars().all(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth >= 0
        }) && depth == 0
    };
    let is_literal = |text: &str| {
        let quoted = |quote: char| {
            text.len() >= 2
                && text.starts_with(quote)
                && text.ends_with(quote)
                && text.matches(quote).count() == 2
        };
        quoted('\'') || quoted('"') || text.chars().all(|c| c.is_ascii_digit())
    };
    // A name, or a call of look-ups only.
    let looks_up = |text: &str| {
        balanced(text)
            && !text.contains("print")
            && !text.contains("write")
            && !text.contains("system")
            && !text.contains("subprocess")
            && !text.contains("int(")
            && !text.contains("float(")
    };
    (statement.starts_with("import ") || statement.starts_with("from "))
        && !statement.contains(['(', UNKNOWN])
        || statement
            .strip_prefix("assert ")
            .is_some_and(|condition| looks_up(condition) && !condition.contains(','))
        || inner("print(len(", "))").is_some_and(looks_up)
        || inner("print(", ")").is_some_and(is_literal)
        || inner("json.load(open(", "))").is_some_and(is_literal)
        || inner("open(", ")")
            .and_then(|rest| rest.split_once(").write("))
            .is_some_and(|(file, text)| {
                file.split(',').all(|part| is_literal(part.trim())) && is_literal(text)
            })
        || statement == "pass"
}

/// Whether it is one string without a quote in it.
fn is_string(text: &str) -> bool {
    ['\'', '"'].iter().any(|quote| {
        let inside = text
            .strip_prefix(*quote)
            .and_then(|rest| rest.strip_suffix(*quote));
        inside.is_some_and(|inside| !inside.contains(*quote))
    })
}

/// Whether a statement is a constant, or a download with a token that it finds itself.
pub(super) fn downloads(statement: &str) -> bool {
    let statement = statement.trim();
    // What is downloaded may have a name, and is saved under it.
    let statement = match statement.split_once('=') {
        Some((name, value)) if is_name(name.trim()) && !value.starts_with('=') => value.trim(),
        _ => statement,
    };
    let calls = [
        "SentenceTransformer(",
        "CrossEncoder(",
        "load_dataset(",
        "nltk.download(",
        "spacy.cli.download(",
        "whisper.load_model(",
        "wandb.Api(",
        "timm.create_model(",
        "snapshot_download(",
        "hf_hub_download(",
        "remotes::install_github(",
        "devtools::install_github(",
        "pak::pak(",
        "install.packages(",
        "renv::restore(",
        "process.exit(",
    ];
    is_harmless(statement)
        || !uses_environment(statement)
            && calls.iter().any(|call| {
                statement
                    .split('.')
                    .next_back()
                    .is_some_and(|last| last.starts_with(call))
                    || statement.starts_with(call)
            })
        || !uses_environment(statement) && statement.contains(".from_pretrained(")
        || !uses_environment(statement)
            && [".save(", ".save_pretrained(", ".save_to_disk("]
                .iter()
                .filter_map(|save| statement.split_once(save))
                .any(|(name, file)| is_name(name) && file.strip_suffix(')').is_some_and(is_string))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, harmless: bool) {
        assert_eq!(
            statements(text)
                .iter()
                .all(|statement| is_harmless(statement)),
            harmless,
            "{text}"
        );
    }

    #[test]
    fn harmless_python() {
        check("import os; print(len(os.environ['TOK']))", true);
        check("import json; json.load(open('/run/secrets/tok'))", true);
        check("import os; assert os.environ[\"T\"]", true);
        check("import cfg", true);
        check("print(1)", true);
        check(
            "import os; assert os.environ[\"T\"]; open(\"/srv/ok\",\"w\").write(\"ok\")",
            true,
        );
    }

    #[test]
    fn python_that_shows() {
        check("int(open('/run/secrets/tok').read())", false);
        check("print(open('/run/secrets/tok').read())", false);
        check("import os; print(len(x), os.environ['TOK'])", false);
        check("print(len(x)+print(y))", false);
        check("assert int(t)", false);
        check("assert t == 1, t", false);
        check("open('/srv/x','w').write(t)", false);
    }
}
