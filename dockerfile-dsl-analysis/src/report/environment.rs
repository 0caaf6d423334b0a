//! Fix for a command that stores a credential: a variable of the environment, which the same program reads.
//!
//! In: the text of a simple command. Out: the command that takes its place and stores nothing. The names of the variables are those of the
//! documentation of each program; a form that it does not describe has no fix here.

use super::command_words::words;

/// Returns the command that takes the place of one that stores a credential. `after`: the text that follows it, as a redirect may.
pub(super) fn instead_of(command: &str, after: &str) -> Option<String> {
    if command.contains(['\n', '`', '\\']) {
        return None;
    }
    let (words, rest) = words(command)?;
    let after = if rest.is_empty() { after } else { rest };
    let call = Call::new(&words, after);
    match *words.first()? {
        "cargo" => cargo(&call),
        "composer" => composer(&call),
        "poetry" => poetry(&call),
        "bundle" | "bundler" => bundle(&call),
        "pip" | "pip3" => pip(&call),
        "yarn" => yarn(&call),
        "npm" | "pnpm" => npm(&call, command),
        "hf" | "huggingface-cli" => hugging_face(&call),
        "gh" => github(&call),
        "aws" => aws(&call),
        "dotnet" => nuget(&call),
        "git" => git(&call),
        "gcloud" => gcloud(&call),
        _ => None,
    }
}

fn gcloud(call: &Call<'_>) -> Option<String> {
    let file = match (call.operands.as_slice(), call.flags.as_slice()) {
        (["auth", "activate-service-account"], [flag]) => flag.strip_prefix("--key-file=")?,
        (["auth", "activate-service-account", file], ["--key-file"]) => file,
        _ => return None,
    };
    let value = inner(file)?.to_owned();
    Some(one("CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE", value))
}

/// The words of a command after its name.
struct Call<'a> {
    /// With the values of options, which do not begin with `-`.
    operands: Vec<&'a str>,
    flags: Vec<&'a str>,
    /// The file that standard input is.
    input: Option<&'a str>,
}

impl<'a> Call<'a> {
    fn new(words: &[&'a str], after: &'a str) -> Self {
        let mut call = Self {
            operands: Vec::new(),
            flags: Vec::new(),
            input: None,
        };
        for &word in words.iter().skip(1) {
            if word.starts_with('-') {
                call.flags.push(word);
            } else {
                call.operands.push(word);
            }
        }
        let after = after.trim_start_matches(' ');
        let file = after.strip_prefix('<').map(str::trim_start);
        let is_end = |c: char| c.is_whitespace() || ";&|)".contains(c);
        call.input = file
            .and_then(|file| file.split(is_end).next())
            .filter(|file| !file.is_empty() && !file.contains(['<', '(', '&']));
        call
    }

    /// Whether all flags are among these.
    fn has_only(&self, flags: &[&str]) -> bool {
        self.flags.iter().all(|flag| flags.contains(flag))
    }

    /// Returns the text in double quotes that is the value of an operand, or else of standard input.
    fn value(&self, index: usize) -> Option<String> {
        match self.operands.get(index) {
            Some(word) => inner(word).map(str::to_owned),
            None => Some(format!("$(cat {})", self.input?)),
        }
    }
}

fn export(assignments: &[(String, String)]) -> String {
    let assign = |(name, value): &(String, String)| format!(" {name}=\"{value}\"");
    let all: String = assignments.iter().map(assign).collect();
    format!("export{all}")
}

fn one(name: &str, value: String) -> String {
    export(&[(name.to_owned(), value)])
}

/// Returns a part of a variable's name: capitals, digits and underscores.
fn capitals(name: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name = name.replace('-', "_");
    (!name.is_empty() && name.chars().all(is_plain)).then(|| name.to_ascii_uppercase())
}

fn cargo(call: &Call<'_>) -> Option<String> {
    if call.operands.first() != Some(&"login") {
        return None;
    }
    if call.flags == ["--registry"] {
        // The name follows its option, before or after the token.
        let [_, first, rest @ ..] = call.operands.as_slice() else {
            return None;
        };
        let (name, value) = match (literal(first), rest) {
            (Some(name), [token]) => (name, inner(token)?.to_owned()),
            (Some(name), []) => (name, call.value(usize::MAX)?),
            (None, [name]) => (literal(name)?, inner(first)?.to_owned()),
            _ => return None,
        };
        return Some(one(
            &format!("CARGO_REGISTRIES_{}_TOKEN", capitals(name)?),
            value,
        ));
    }
    let is_plain = call.flags.is_empty() && call.operands.len() <= 2;
    is_plain.then(|| Some(one("CARGO_REGISTRY_TOKEN", call.value(1)?)))?
}

fn composer(call: &Call<'_>) -> Option<String> {
    let is_plain = call.has_only(&["-g", "--global", "-a", "--auth", "-n", "-q", "--quiet"]);
    let ["config", key, values @ ..] = call.operands.as_slice() else {
        return None;
    };
    let (kind, host) = literal(key).filter(|_| is_plain)?.split_once('.')?;
    let names: &[&str] = match kind {
        "github-oauth" | "gitlab-token" | "gitlab-oauth" | "bearer" => &[],
        "http-basic" => &["username", "password"],
        "bitbucket-oauth" => &["consumer-key", "consumer-secret"],
        _ => return None,
    };
    let values: Option<Vec<&str>> = values.iter().map(|word| inner(word)).collect();
    // A quote in the value would end the text of the JSON.
    let values = values.filter(|values| values.iter().all(|value| !value.contains('"')))?;
    let value = match (names, values.as_slice()) {
        ([], [value]) => format!("\\\"{value}\\\""),
        ([first, second], [a, b]) => {
            format!("{{ \\\"{first}\\\": \\\"{a}\\\", \\\"{second}\\\": \\\"{b}\\\" }}")
        }
        _ => return None,
    };
    let json = format!("{{ \\\"{kind}\\\": {{ \\\"{host}\\\": {value} }} }}");
    Some(one("COMPOSER_AUTH", json))
}

fn poetry(call: &Call<'_>) -> Option<String> {
    let ["config", key, ..] = call.operands.as_slice() else {
        return None;
    };
    let is_plain = call.has_only(&["--local"]);
    let (kind, name) = literal(key).filter(|_| is_plain)?.split_once('.')?;
    let name = capitals(name)?;
    match (kind, call.operands.len()) {
        ("http-basic", 4) => Some(export(&[
            (format!("POETRY_HTTP_BASIC_{name}_USERNAME"), call.value(2)?),
            (format!("POETRY_HTTP_BASIC_{name}_PASSWORD"), call.value(3)?),
        ])),
        ("pypi-token", 3) => Some(one(&format!("POETRY_PYPI_TOKEN_{name}"), call.value(2)?)),
        _ => None,
    }
}

fn bundle(call: &Call<'_>) -> Option<String> {
    let (key, value) = match call.operands.as_slice() {
        ["config", "set", key, value] | ["config", key, value] => (literal(key)?, inner(value)?),
        _ => return None,
    };
    let name = capitals(&key.replace('-', "___").replace('.', "__"))?;
    let is_plain = call.has_only(&["--global", "--local"]);
    is_plain.then(|| one(&format!("BUNDLE_{name}"), value.to_owned()))
}

fn pip(call: &Call<'_>) -> Option<String> {
    let ["config", "set", key, value] = call.operands.as_slice() else {
        return None;
    };
    let (_, option) = literal(key)?.rsplit_once('.')?;
    let is_plain = call.has_only(&["--global", "--user", "--site"]);
    let name = capitals(option).filter(|_| is_plain)?;
    Some(one(&format!("PIP_{name}"), inner(value)?.to_owned()))
}

fn yarn(call: &Call<'_>) -> Option<String> {
    let ["config", "set", key, value] = call.operands.as_slice() else {
        return None;
    };
    let name = match literal(key)? {
        "npmAuthToken" => "YARN_NPM_AUTH_TOKEN",
        "npmAuthIdent" => "YARN_NPM_AUTH_IDENT",
        _ => return None,
    };
    let is_plain = call.has_only(&["-H", "--home"]);
    is_plain.then(|| Some(one(name, inner(value)?.to_owned())))?
}

/// The name of a host is no part of a variable's name in a shell. The file refers to a variable instead.
fn npm(call: &Call<'_>, command: &str) -> Option<String> {
    let rest = match call.operands.as_slice() {
        ["config", "set", rest @ ..] | ["set", rest @ ..] => rest,
        _ => return None,
    };
    let (key, value, old, new) = match rest {
        [key, value] => (*key, inner(value)?, *value, "'${NPM_TOKEN}'".to_owned()),
        [both] => {
            let text = inner(both)?;
            let (key, value) = text.split_once('=')?;
            (key, value, *both, format!("'{key}=${{NPM_TOKEN}}'"))
        }
        _ => return None,
    };
    let is_credential = ["_authToken", "_auth", "_password"]
        .iter()
        .any(|name| key.trim_matches(['"', '\'']).ends_with(name));
    if !is_credential || key.contains('$') || command.matches(old).count() != 1 {
        return None;
    }
    let export = one("NPM_TOKEN", value.to_owned());
    Some(format!("{export} && {}", command.replace(old, &new)))
}

fn hugging_face(call: &Call<'_>) -> Option<String> {
    let (["auth", "login", token] | ["login", token]) = call.operands.as_slice() else {
        return None;
    };
    let is_plain = call.flags == ["--token"];
    is_plain.then(|| Some(one("HF_TOKEN", inner(token)?.to_owned())))?
}

fn github(call: &Call<'_>) -> Option<String> {
    let is_plain = call.operands == ["auth", "login"] && call.flags == ["--with-token"];
    is_plain.then(|| Some(one("GH_TOKEN", call.value(2)?)))?
}

fn aws(call: &Call<'_>) -> Option<String> {
    let ["configure", "set", key, value] = call.operands.as_slice() else {
        return None;
    };
    let keys = [
        "aws_access_key_id",
        "aws_secret_access_key",
        "aws_session_token",
    ];
    let key = literal(key).filter(|key| call.flags.is_empty() && keys.contains(key))?;
    Some(one(&capitals(key)?, inner(value)?.to_owned()))
}

fn nuget(call: &Call<'_>) -> Option<String> {
    let ["nuget", "add", "source", url, values @ ..] = call.operands.as_slice() else {
        return None;
    };
    let stores = "--store-password-in-clear-text";
    let valued: Vec<&str> = call
        .flags
        .iter()
        .copied()
        .filter(|flag| *flag != stores)
        .collect();
    if valued.len() != values.len() {
        return None;
    }
    let value = |short: &str, long: &str| {
        let at = valued
            .iter()
            .position(|flag| *flag == short || *flag == long)?;
        Some(values[at])
    };
    let name = literal(value("-n", "--name")?)?;
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let user = inner(value("-u", "--username")?)?;
    let password = inner(value("-p", "--password")?)?;
    (is_name && valued.len() == 3).then(|| {
        let pair = format!("Username={user};Password={password}");
        let export = one(&format!("NuGetPackageSourceCredentials_{name}"), pair);
        format!("{export} && dotnet nuget add source {url} --name {name}")
    })
}

fn git(call: &Call<'_>) -> Option<String> {
    let ["config", key, value] = call.operands.as_slice() else {
        return None;
    };
    let key = inner(key)?;
    let is_header = key.to_ascii_lowercase().ends_with(".extraheader");
    let is_plain = call.has_only(&["--global", "--system", "--local", "--add"]);
    (is_header && is_plain).then(|| {
        Some(format!(
            "export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=\"{key}\" GIT_CONFIG_VALUE_0=\"{}\"",
            inner(value)?
        ))
    })?
}

/// Returns a word without expansions.
fn literal(word: &str) -> Option<&str> {
    let text = inner(word)?;
    (!text.contains(['$', '{', '"', '\'', '*', '?', '~'])).then_some(text)
}

/// Returns the text that has the value of the word in double quotes.
fn inner(word: &str) -> Option<&str> {
    let quoted = |quote: char| word.strip_prefix(quote)?.strip_suffix(quote);
    let text = quoted('"').or_else(|| quoted('\'').filter(|text| !text.contains(['$', '"', '\''])));
    let text = text.unwrap_or(word);
    // Quotes inside substitutions are read apart.
    let mut depth = 0_usize;
    for character in text.chars() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1)?,
            '"' | '\'' if depth == 0 => return None,
            _ => {}
        }
    }
    (depth == 0).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::instead_of;

    #[track_caller]
    fn check(command: &str, expected: &str) {
        let told = instead_of(command, "").unwrap_or_default();
        assert_eq!(told, expected, "{command}");
        // The redirect may be outside of the finding.
        if let Some(at) = command.find(" <") {
            let (command, after) = command.split_at(at);
            assert_eq!(instead_of(command, after).as_deref(), Some(expected));
        }
    }

    #[test]
    fn variable_takes_the_place_of_a_stored_token() {
        check(
            "cargo login \"$(cat /t)\"",
            "export CARGO_REGISTRY_TOKEN=\"$(cat /t)\"",
        );
        check(
            "cargo login < /t",
            "export CARGO_REGISTRY_TOKEN=\"$(cat /t)\"",
        );
        check(
            "cargo login --registry my-own $(cat /t)",
            "export CARGO_REGISTRIES_MY_OWN_TOKEN=\"$(cat /t)\"",
        );
        check(
            "composer config -g github-oauth.github.com $T",
            r#"export COMPOSER_AUTH="{ \"github-oauth\": { \"github.com\": \"$T\" } }""#,
        );
        check(
            "composer config http-basic.r.acme.test me \"$T\"",
            "export COMPOSER_AUTH=\"{ \\\"http-basic\\\": { \\\"r.acme.test\\\": { \
             \\\"username\\\": \\\"me\\\", \\\"password\\\": \\\"$T\\\" } } }\"",
        );
        check(
            "poetry config http-basic.own me $T",
            "export POETRY_HTTP_BASIC_OWN_USERNAME=\"me\" POETRY_HTTP_BASIC_OWN_PASSWORD=\"$T\"",
        );
        check(
            "poetry config pypi-token.pypi $T",
            "export POETRY_PYPI_TOKEN_PYPI=\"$T\"",
        );
        check(
            "bundle config set --global gems.my-own.test \"u:$T\"",
            "export BUNDLE_GEMS__MY___OWN__TEST=\"u:$T\"",
        );
        check(
            "pip config set global.index-url \"https://u:$(cat /t)@p.acme.test/simple\"",
            "export PIP_INDEX_URL=\"https://u:$(cat /t)@p.acme.test/simple\"",
        );
        check(
            "yarn config set npmAuthToken $T",
            "export YARN_NPM_AUTH_TOKEN=\"$T\"",
        );
        check(
            "npm config set //r.acme.test/:_authToken \"$(cat /t)\" --location=project",
            "export NPM_TOKEN=\"$(cat /t)\" && npm config set //r.acme.test/:_authToken \
             '${NPM_TOKEN}' --location=project",
        );
        check(
            "npm set \"//r.acme.test/:_authToken=$T\"",
            "export NPM_TOKEN=\"$T\" && npm set '//r.acme.test/:_authToken=${NPM_TOKEN}'",
        );
        check(
            "gcloud auth activate-service-account --key-file=/t",
            "export CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE=\"/t\"",
        );
        check("hf auth login --token $T", "export HF_TOKEN=\"$T\"");
        check(
            "gh auth login --with-token < /t",
            "export GH_TOKEN=\"$(cat /t)\"",
        );
        check(
            "aws configure set aws_secret_access_key $T",
            "export AWS_SECRET_ACCESS_KEY=\"$T\"",
        );
        check(
            "dotnet nuget add source https://n.acme.test/index.json -n own -u me -p $T \
             --store-password-in-clear-text",
            "export NuGetPackageSourceCredentials_own=\"Username=me;Password=$T\" && dotnet nuget \
             add source https://n.acme.test/index.json --name own",
        );
        check(
            "git config --global http.https://h.test/.extraHeader \"Authorization: Bearer $T\"",
            "export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=\"http.https://h.test/.extraHeader\" \
             GIT_CONFIG_VALUE_0=\"Authorization: Bearer $T\"",
        );
    }

    #[test]
    fn form_that_is_not_described_has_no_variable() {
        for command in [
            "cargo login --index https://i.test $T",
            "cargo login a $T",
            "composer config repositories.own composer https://u:$T@h.test",
            "composer config --file other.json github-oauth.github.com $T",
            "bundle config set https://gems.acme.test/ $T",
            "poetry config repositories.own https://u:$T@h.test",
            "yarn config set npmScopes.own.npmAuthToken $T",
            "npm config set registry https://u:$T@h.test",
            "hf auth login --token $T --add-to-git-credential",
            "gh auth login --with-token --hostname h.test",
            "aws configure set aws_secret_access_key $T --profile own",
            "dotnet nuget add source https://n.test -n my.own -u me -p $T",
            "git config --global user.name $T",
            "git config --global http.extraHeader 'Bearer $T'",
            "docker login -u me -p $T",
            "cargo login $T; ls",
            "cargo login \"$T",
        ] {
            check(command, "");
        }
    }
}
