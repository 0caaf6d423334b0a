//! Recognizer of short Python and Node.js programs, statement by statement.
//!
//! In: the text. Out: for each statement what it evaluates, assigns, prints or writes to a file; `None` if any statement is not recognized.
//! A call is recognized if it is known to look things up or to compute a value from values.

mod expression;
mod request;

use expression::{
    JAVASCRIPT, PYTHON, assigned, block, closing, counts, evaluates, inner, is_pure, unquoted,
};
use request::{fetches, is_request};

pub(super) use expression::{
    call_of, is_literal, is_name, is_substitution, only_in_strings, pieces, uses,
};

/// The effect of a statement on the value of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Statement<'t> {
    /// No visible effect.
    Quiet,
    /// Assigns it to the name.
    Assign(&'t str, &'t str),
    /// Prints it.
    Print(&'t str),
    /// Prints it to standard error.
    PrintError(&'t str),
    /// Writes it to the file with that name.
    Write(&'t str, &'t str),
    /// Opens a file under the name.
    Open(&'t str, &'t str),
    /// Writes it to the file that is open under that name.
    WriteTo(&'t str, &'t str),
}

/// Parses the statements of a Python program.
pub(super) fn python(text: &str) -> Option<Vec<Statement<'_>>> {
    let mut statements = Vec::new();
    for line in pieces(text, &['\n', ';']) {
        python_statement(line, &mut statements)?;
    }
    Some(statements)
}

/// Whether a Python program only looks at things.
pub(super) fn shows_nothing(text: &str) -> bool {
    python(text).is_some_and(|statements| {
        let quiet = |statement: &Statement<'_>| {
            matches!(statement, Statement::Quiet | Statement::Assign(..))
        };
        statements.iter().all(quiet)
    })
}

/// Parses the statements of a JavaScript program.
pub(super) fn javascript(text: &str) -> Option<Vec<Statement<'_>>> {
    let mut statements = Vec::new();
    for line in pieces(text, &['\n', ';']) {
        javascript_statement(line, &mut statements)?;
    }
    Some(statements)
}

/// Parses the expression that `node -p` prints, if it is the only one.
pub(super) fn printed(text: &str) -> Option<Vec<Statement<'_>>> {
    let text = text.trim().trim_end_matches(';');
    Some(vec![if counts(text, &JAVASCRIPT) {
        Statement::Quiet
    } else if is_pure(text, &JAVASCRIPT) {
        Statement::Print(text)
    } else {
        return None;
    }])
}

fn python_statement<'t>(line: &'t str, all: &mut Vec<Statement<'t>>) -> Option<()> {
    let pure = |text: &str| is_pure(text, &PYTHON);
    if line.is_empty()
        || line.starts_with('#')
        || matches!(line, "pass" | "else:" | "try:" | "finally:")
    {
        return Some(());
    }
    // A caught exception is not printed, unless it gets a name.
    if line.starts_with("except") && line.ends_with(':') && !line.contains(" as ") {
        return Some(());
    }
    if (line.starts_with("import ") || line.starts_with("from ")) && !line.contains('(') {
        return Some(());
    }
    if let Some(condition) = line.strip_prefix("assert ") {
        let mut parts = pieces(condition, &[',']);
        let quiet = parts.next().is_some_and(pure) && parts.all(is_literal);
        return quiet.then(|| all.push(Statement::Quiet));
    }
    if let Some((condition, body)) = line.strip_prefix("if ").and_then(|rest| block(rest, ':')) {
        return if pure(condition) {
            python_statement(body, all)
        } else {
            None
        };
    }
    if let Some((head, body)) = line.strip_prefix("with ").and_then(|rest| block(rest, ':')) {
        for part in pieces(head, &[',']) {
            let (file, name) = part.rsplit_once(" as ")?;
            let (file, name) = (file.trim(), name.trim());
            all.push(match opened(name, file) {
                Some(file) => file,
                None if is_name(name) && fetches(file, all) => Statement::Assign(name, "''"),
                None => return None,
            });
        }
        return python_statement(body, all);
    }
    for (prefix, suffix) in [
        ("sys.exit(", ")"),
        ("exit(", ")"),
        ("raise SystemExit(", ")"),
        ("raise Exception(", ")"),
    ] {
        if let Some(status) = inner(line, prefix, suffix) {
            all.push(ended(status)?);
            return Some(());
        }
    }
    if let Some(shown) = inner(line, "print(", ")") {
        let parts: Vec<&str> = pieces(shown, &[',']).collect();
        let file = parts.iter().find_map(|part| part.strip_prefix("file="));
        let quiet = parts.iter().all(|part| {
            is_literal(part)
                || counts(part, &PYTHON)
                || part.starts_with("file=")
                || ["end=", "sep="].iter().any(|name| part.starts_with(name))
        });
        all.push(match file {
            _ if quiet => Statement::Quiet,
            _ if !pure(shown) => return None,
            Some("sys.stderr" | "sys.stdout") | None => Statement::Print(shown),
            Some(file) => Statement::WriteTo(file, shown),
        });
        return Some(());
    }
    for output in ["sys.stdout.write(", "sys.stderr.write("] {
        if let Some(shown) = inner(line, output, ")").filter(|shown| pure(shown)) {
            all.push(Statement::Print(shown));
            return Some(());
        }
    }
    // `json.dump(VALUE, FILE)`, `FILE.write(VALUE)`, `Path(PATH).write_text(VALUE)`.
    for dump in ["json.dump(", "yaml.dump(", "yaml.safe_dump("] {
        if let Some(given) = inner(line, dump, ")") {
            let parts: Vec<&str> = pieces(given, &[',']).collect();
            let [value, file, ..] = parts.as_slice() else {
                return None;
            };
            all.push(written(file, value).filter(|_| pure(value))?);
            return Some(());
        }
    }
    if let Some(given) = inner(line, "shutil.copyfileobj(", ")") {
        let parts: Vec<&str> = pieces(given, &[',']).collect();
        let [from, to] = parts.as_slice() else {
            return None;
        };
        all.push(written(to, from).filter(|_| pure(from))?);
        return Some(());
    }
    for write in [".write(", ".write_text(", ".write_bytes(", ".writelines("] {
        if let Some((file, value)) = line
            .strip_suffix(')')
            .and_then(|rest| rest.split_once(write))
        {
            all.push(written(file, value).filter(|_| pure(value))?);
            return Some(());
        }
    }
    let (name, call) = match assigned(line) {
        Some((name, value)) if is_name(name) => (Some(name), value),
        _ => (None, line),
    };
    if fetches(call, all) {
        all.push(name.map_or(Statement::Quiet, |name| Statement::Assign(name, "''")));
        return Some(());
    }
    // It is stored for later logins.
    for login in ["login(token=", "huggingface_hub.login(token="] {
        if let Some(token) = inner(line, login, ")").filter(|token| pure(token)) {
            let token = pieces(token, &[',']).next()?;
            all.push(Statement::Write("/root/.cache/huggingface/token", token));
            return Some(());
        }
    }
    if let Some((name, value)) = assigned(line) {
        let name = name.split('[').next().unwrap_or(name);
        if let Some(file) = opened(name, value) {
            all.push(file);
            return Some(());
        }
        let known = is_name(name) && (pure(value) || is_request(value));
        return known.then(|| all.push(Statement::Assign(name, value)));
    }
    evaluates(line, &PYTHON).then(|| all.push(Statement::Quiet))
}

fn javascript_statement<'t>(line: &'t str, all: &mut Vec<Statement<'t>>) -> Option<()> {
    let pure = |text: &str| is_pure(text, &JAVASCRIPT);
    if line.is_empty() || line.starts_with("//") || line == "else" {
        return Some(());
    }
    if let Some(rest) = line
        .strip_prefix("if")
        .map(str::trim_start)
        .filter(|rest| rest.starts_with('('))
    {
        let end = closing(rest)?;
        return if pure(&rest[1..end]) {
            javascript_block(rest[end + 1..].trim(), all)
        } else {
            None
        };
    }
    if let Some(message) = inner(line, "throw new Error(", ")") {
        return is_literal(message).then(|| all.push(Statement::Quiet));
    }
    if let Some(status) = inner(line, "process.exit(", ")") {
        all.push(ended(status)?);
        return Some(());
    }
    for output in [
        "console.log(",
        "console.error(",
        "console.info(",
        "process.stdout.write(",
    ] {
        if let Some(shown) = inner(line, output, ")") {
            let quiet =
                pieces(shown, &[',']).all(|part| is_literal(part) || counts(part, &JAVASCRIPT));
            all.push(if quiet {
                Statement::Quiet
            } else if pure(shown) {
                Statement::Print(shown)
            } else {
                return None;
            });
            return Some(());
        }
    }
    if let Some((receiver, given)) = line
        .strip_suffix(')')
        .and_then(|rest| rest.split_once("copyFileSync("))
    {
        let parts: Vec<&str> = pieces(given, &[',']).collect();
        let [from, to, ..] = parts.as_slice() else {
            return None;
        };
        let known = pure(receiver.trim_end_matches('.')) && is_literal(from) && is_literal(to);
        return known.then(|| all.push(Statement::Write(unquoted(to), from)));
    }
    for write in ["writeFileSync(", "appendFileSync("] {
        if let Some((receiver, given)) = line
            .strip_suffix(')')
            .and_then(|rest| rest.split_once(write))
        {
            let parts: Vec<&str> = pieces(given, &[',']).collect();
            let [file, value, ..] = parts.as_slice() else {
                return None;
            };
            let known = pure(receiver.trim_end_matches('.')) && is_literal(file) && pure(value);
            return known.then(|| all.push(Statement::Write(unquoted(file), value)));
        }
    }
    let line = ["const ", "let ", "var "]
        .iter()
        .find_map(|word| line.strip_prefix(word))
        .unwrap_or(line);
    if let Some((name, value)) = assigned(line) {
        return (is_name(name) && pure(value)).then(|| all.push(Statement::Assign(name, value)));
    }
    evaluates(line, &JAVASCRIPT).then(|| all.push(Statement::Quiet))
}

/// Parses one statement, or a block in braces, with an optional `else`.
fn javascript_block<'t>(body: &'t str, all: &mut Vec<Statement<'t>>) -> Option<()> {
    if !body.starts_with('{') {
        return javascript_statement(body, all);
    }
    let end = closing(body)?;
    for line in pieces(&body[1..end], &['\n', ';']) {
        javascript_statement(line, all)?;
    }
    let rest = body[end + 1..].trim();
    match rest.strip_prefix("else") {
        Some(otherwise) => javascript_block(otherwise.trim(), all),
        None => javascript_statement(rest, all),
    }
}

/// Parses the argument that ends a program: an exit status that is one bit, or a message.
fn ended(status: &str) -> Option<Statement<'_>> {
    let number = |text: &str| is_literal(text.trim());
    let chosen = status
        .split_once(" if ")
        .and_then(|(one, rest)| {
            rest.split_once(" else ")
                .map(|(condition, other)| (one, condition, other))
        })
        .or_else(|| {
            status.split_once('?').and_then(|(condition, rest)| {
                rest.split_once(':')
                    .map(|(one, other)| (one, condition, other))
            })
        });
    let quiet = match chosen {
        Some((one, condition, other)) => {
            number(one)
                && number(other)
                && (is_pure(condition, &PYTHON) || is_pure(condition, &JAVASCRIPT))
        }
        None if compares(status) => is_pure(status, &PYTHON),
        None if is_pure(status, &PYTHON) && !is_literal(status) && !status.starts_with("not ") => {
            return Some(Statement::PrintError(status));
        }
        None => {
            is_literal(status)
                || status.is_empty()
                || status
                    .strip_prefix("not ")
                    .is_some_and(|rest| is_pure(rest, &PYTHON))
        }
    };
    quiet.then_some(Statement::Quiet)
}

/// Whether its value is a boolean.
fn compares(expression: &str) -> bool {
    ["==", "!=", "<", ">", " in "]
        .iter()
        .any(|sign| expression.contains(sign))
        && ![" or ", " and ", "||", "&&"]
            .iter()
            .any(|word| expression.contains(word))
}

/// Parses `open(PATH, "w")` under a name, or for reading.
fn opened<'t>(name: &'t str, file: &'t str) -> Option<Statement<'t>> {
    let given = inner(file, "open(", ")").filter(|_| is_name(name))?;
    let mut parts = pieces(given, &[',']);
    let path = parts.next().filter(|path| is_literal(path))?;
    let writes = parts.any(|part| {
        is_literal(part.trim_start_matches("mode=")) && part.contains(['w', 'a', 'x', '+'])
    });
    Some(if writes {
        Statement::Open(name, unquoted(path))
    } else {
        Statement::Assign(name, file)
    })
}

/// Parses the target of a write: `open(PATH, "w")`, `Path(PATH)`, or a name.
fn written<'t>(file: &'t str, value: &'t str) -> Option<Statement<'t>> {
    for open in ["open(", "Path(", "pathlib.Path("] {
        if let Some(given) = inner(file, open, ")") {
            let path = pieces(given, &[','])
                .next()
                .filter(|path| is_literal(path))?;
            return Some(Statement::Write(unquoted(path), value));
        }
    }
    is_name(file).then_some(Statement::WriteTo(file, value))
}

#[cfg(test)]
mod tests {
    use super::Statement::{Assign, Open, Print, PrintError, Quiet, Write, WriteTo};
    use super::*;

    #[test]
    fn python_is_read() {
        let check = |text: &str, expected: Option<Vec<Statement<'_>>>| {
            assert_eq!(python(text), expected, "{text}")
        };
        check(
            "import os; assert os.path.getsize('/x') > 5, 'empty'",
            Some(vec![Quiet]),
        );
        check(
            "import sys; sys.exit(0 if len(open('/x').read()) > 5 else 1)",
            Some(vec![Quiet]),
        );
        check(
            "t = open('/x').read().strip()\nprint(t)",
            Some(vec![Assign("t", "open('/x').read().strip()"), Print("t")]),
        );
        check("print('length', len(t))", Some(vec![Quiet]));
        check(
            "json.dump({'token': t}, open('/srv/c', 'w'))",
            Some(vec![Write("/srv/c", "{'token': t}")]),
        );
        check(
            "with open('/srv/c', 'w') as f:\n  f.write(f'key={t}')",
            Some(vec![Open("f", "/srv/c"), WriteTo("f", "f'key={t}'")]),
        );
        check(
            "with open('/x') as f: t = f.read()",
            Some(vec![Assign("f", "open('/x')"), Assign("t", "f.read()")]),
        );
        check("if not t: sys.exit(1)", Some(vec![Quiet]));
        check("int(open('/x').read())", None);
        check("open(open('/x').read())", None);
        check("os.system('cat /x')", None);
        check("sys.exit(t)", Some(vec![PrintError("t")]));
        check("sys.exit(t != 'x')", Some(vec![Quiet]));
        check("sys.exit(1)", Some(vec![Quiet]));
        check("print(len(t) + other(t))", None);
        check("for x in t:\n  pass", None);
        check("try:\n  x\nexcept E as e:\n  print(e)", None);
        check("print((lambda: t)())", None);
        check("assert t, t", None);
        check(
            "t = os.environ.get('T')",
            Some(vec![Assign("t", "os.environ.get('T')")]),
        );
        check("requests.get('https://x/' + t)", None);
        check("os.replace(t, u)", None);
        check("yaml.load(open('/x'))", None);
    }

    #[test]
    fn substitutions_are_read() {
        assert!(is_substitution("s/XX/$ENV{TOKEN}/g"));
        assert!(is_substitution(" s|a|b| "));
        assert!(!is_substitution("s/a/`cat x`/"));
        assert!(!is_substitution("s/a/system('x')/e"));
        assert!(!is_substitution("s/a/b/g; print"));
        assert!(!is_substitution("print"));
    }

    #[test]
    fn javascript_is_read() {
        let check = |text: &str, expected: Option<Vec<Statement<'_>>>| {
            assert_eq!(javascript(text), expected, "{text}")
        };
        check(
            "process.exit(require('fs').readFileSync('/x','utf8').length > 5 ? 0 : 1)",
            Some(vec![Quiet]),
        );
        check(
            "const fs=require('fs'); fs.writeFileSync('/c', JSON.stringify({t: \
             fs.readFileSync('/x','utf8')}))",
            Some(vec![
                Assign("fs", "require('fs')"),
                Write("/c", "JSON.stringify({t: fs.readFileSync('/x','utf8')})"),
            ]),
        );
        check("if (!process.env.T) { process.exit(1) }", Some(vec![Quiet]));
        check(
            "if (!process.env.T) throw new Error('no token')",
            Some(vec![Quiet]),
        );
        check(
            "console.log(process.env.T)",
            Some(vec![Print("process.env.T")]),
        );
        check("console.log(process.env.T.length)", Some(vec![Quiet]));
        check("JSON.parse(process.env.T)", None);
        check("require('child_process').execSync('env')", None);
        check("fetch('https://x/' + process.env.T)", None);
    }
}
