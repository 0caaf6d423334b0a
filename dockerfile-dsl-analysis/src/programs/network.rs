//! curl, wget, ssh and the like: what they send is not stored; what they print, trace and use as file names is.

use super::common::{InUrl, in_url, inside, made, path, spellings};
use crate::domain::Argument;
use crate::domain::{Cause, Step};
use crate::domain::{Piece, PieceKind, Taint, Value};
use crate::interpreter::Call;

/// Returns the taint of credentials, in headers or a body.
fn consumed(call: &mut Call<'_, '_>, options: &[&str], or_file: bool) -> Taint {
    let mut taint = Taint::NONE;
    for option in options {
        for given in call.options(option) {
            let mut files: Vec<Argument> = Vec::new();
            if or_file {
                files.extend(given.behind("@").or_else(|| given.behind("<")));
                // `name=@file`, `name@file`.
                let text = given.text().unwrap_or_default();
                files.extend(
                    text.split_once('@')
                        .map(|(_, file)| path(call, file.split(';').next().unwrap_or(file))),
                );
            }
            taint = taint.join(&given.value.taint());
            for file in files {
                taint = taint.join(&call.read(&file).taint());
            }
        }
    }
    taint.step(
        call.span,
        Step::Given {
            program: call.name.clone(),
        },
    )
}

fn files(call: &mut Call<'_, '_>, options: &[&str]) -> Taint {
    let files = call.all_options(options).into_iter();
    files.map(|file| call.read(&file).taint()).collect()
}

/// Options name commands that run locally.
pub(super) fn secure_shell(call: &mut Call<'_, '_>) {
    for option in call.options("-o") {
        for name in ["ProxyCommand=", "LocalCommand=", "KnownHostsCommand="] {
            if let Some(command) = option.behind(name) {
                call.shell(&command.value, command.span, &[]);
            }
        }
    }
    call.by_row();
}

// curl

const CURL_TEXTS: &[&str] = &["-u", "-U", "--oauth2-bearer", "--aws-sigv4", "-x", "--pass"];
const CURL_TEXTS_OR_FILES: &[&str] = &[
    "-H",
    "--proxy-header",
    "-d",
    "--data-ascii",
    "--data-binary",
    "--data-raw",
    "--data-urlencode",
    "--json",
    "-F",
    "--form-string",
];

pub(super) fn curl(call: &mut Call<'_, '_>) {
    let quoted = Taint::of_all(&call.all_options(&["-A", "-e", "-X"]));
    let mut sent = consumed(call, CURL_TEXTS, false)
        .join(&consumed(call, CURL_TEXTS_OR_FILES, true))
        .join(&files(call, &["-K", "--netrc-file", "-T"]))
        .join(&quoted);
    let mut settings = String::new();
    for file in call.options("-K") {
        let content = match file.text().as_deref() {
            Some("-") => call.peek_stdin(),
            _ => call.peek(&file),
        };
        settings.push_str(&spellings(&content).join("\n"));
    }
    if !call.has("-q") {
        let home = call.env("CURL_HOME").unwrap_or_else(|| call.home());
        let own = inside(&Argument::new(home, call.span), ".curlrc");
        let content = call.peek(&own);
        sent = sent.join(&content.taint());
        settings.push_str(&spellings(&content).join("\n"));
    }
    if call.has("-n") || call.has("--netrc") {
        let netrc = Argument::new(call.home().concat(&Value::known("/.netrc")), call.span);
        sent = sent.join(&call.peek(&netrc).taint());
    }
    call.sent = call.sent.join(&sent);
    if call.option("--oauth2-bearer").is_none() {
        for user in call.all_options(&["-u", "-U"]) {
            if has_no_password(&user.value) {
                call.prompt(&user.value);
            }
        }
    }
    // Cookies: what is read from one jar is written to the other.
    let mut cookies = Taint::NONE;
    for cookie in call.options("-b") {
        let text = cookie.value.taint();
        cookies = cookies.join(&call.peek(&cookie).taint());
        sent = sent.join(&text).join(&cookies);
    }
    for jar in call.options("-c") {
        let jar_content = made(call, &cookies);
        call.write(&jar, &jar_content, &Cause::CookieJar("curl".into()));
    }
    let urls: Vec<Argument> = call
        .operands()
        .into_iter()
        .chain(call.options("--url"))
        .collect();
    let mut in_urls = Taint::NONE;
    let mut content = Taint::NONE;
    for url in &urls {
        in_urls = in_urls.join(&url.value.taint());
        if in_url(&url.value) == InUrl::Host {
            call.print_error(&url.value);
        }
        if url.value.taint().is_some() && !url.value.known_prefix().contains("://") {
            call.print_error(&url.value);
        }
        if let Some(file) = url.behind("file://") {
            content = content.join(&call.read(&file).taint());
        }
    }
    // `-G` appends the data to the URL.
    in_urls = in_urls.join(&consumed(call, &["--url-query"], true));
    if call.has("-G") {
        in_urls = in_urls.join(&consumed(
            call,
            &[
                "-d",
                "--data-ascii",
                "--data-binary",
                "--data-raw",
                "--data-urlencode",
            ],
            true,
        ));
    }
    traces(call, &settings, &sent.join(&in_urls));
    let data = made(call, &content);
    output_of_curl(call, &urls, &data);
    for format in call.options("-w") {
        let text = spellings(&format.value).join("\n");
        let shows_url = text.contains("url")
            || text.contains("json")
            || text.contains("filename")
            || text.contains("referer")
            || text.starts_with('@');
        let shown = format
            .value
            .taint()
            .join(if shows_url { &in_urls } else { &Taint::NONE });
        let shown = made(call, &shown);
        if text.contains("%{stderr}") {
            call.print_error(&shown);
        } else {
            call.print(&shown);
        }
    }
    for file in call
        .options("-D")
        .into_iter()
        .chain(call.options("--etag-save"))
    {
        let headers = call.fresh();
        call.write(&file, &headers, &Cause::Headers("curl".into()));
    }
}

/// Whether `USER[:PASSWORD]` may be a user alone. A secret may be either.
fn has_no_password(given: &Value) -> bool {
    let has_separator = |piece: &Piece| match &piece.kind {
        PieceKind::Known(known) => known.contains([':', ';']),
        _ => false,
    };
    let mut texts = given.alternatives().iter();
    texts.any(|text| !text.iter().any(has_separator))
}

/// `-v`, `--trace`, `--libcurl`, also from a configuration file, and a user without a password there.
fn traces(call: &mut Call<'_, '_>, settings: &str, sent: &Taint) {
    let all = made(call, sent);
    let how = &Cause::Trace("curl".into());
    for option in ["--trace", "--trace-ascii", "--libcurl"] {
        for file in call.options(option) {
            call.write(&file, &all, how);
        }
    }
    let mut verbose = call.has("-v");
    for line in settings.lines() {
        let line = line.trim().trim_start_matches('-');
        let (name, given) = line.split_once(['=', ' ', ':']).unwrap_or((line, ""));
        let given = given.trim_start_matches([' ', '=', ':']).trim_matches('"');
        match name.trim() {
            "trace" | "trace-ascii" | "libcurl" => call.write(&path(call, given), &all, how),
            "verbose" | "v" => verbose = true,
            "user" | "u" | "proxy-user" | "U" if !given.contains([':', ';']) => call.prompt(&all),
            _ => {}
        }
    }
    if verbose {
        match call.option("--stderr") {
            Some(file) => call.write(&file, &all, how),
            None => call.print_error(&all),
        }
    }
}

/// Returns the last component of the URL's path: neither a folder before it nor the query is part of the name.
fn name_of_download(call: &Call<'_, '_>, url: &Value) -> Value {
    let names = url.alternatives().iter().map(|text| {
        let mut name = Vec::new();
        for piece in text.iter() {
            let PieceKind::Known(known) = &piece.kind else {
                name.push(piece.clone());
                continue;
            };
            let path = known.split(['?', '#']).next().unwrap_or_default();
            let last = match path.rsplit_once('/') {
                Some((_, last)) => {
                    name.clear();
                    last
                }
                None => path,
            };
            name.push(Piece {
                kind: PieceKind::Known(last.into()),
                taint: piece.taint.clone(),
            });
            if path.len() < known.len() {
                break;
            }
        }
        Value::of_pieces(name)
    });
    let name = names
        .reduce(|all, name| all.join(&name))
        .unwrap_or_else(Value::empty);
    match name.literal() {
        Some(_) => name,
        // An unknown part may have more than a name.
        None => made(call, &name.taint()),
    }
}

/// Writes to standard output, or to the files of `-o` and `-O`.
fn output_of_curl(call: &mut Call<'_, '_>, urls: &[Argument], data: &Value) {
    let directory = call.option("--output-dir");
    let place = |name: Argument| match &directory {
        Some(directory) => Argument {
            value: directory
                .value
                .concat(&Value::known("/"))
                .concat(&name.value),
            ..name
        },
        None => name,
    };
    let outputs = call.options("-o");
    for file in &outputs {
        let file = place(file.clone());
        // A failed transfer keeps the previous file.
        if call.peek(&file).taint().is_some() {
            call.append(&file, data, &Cause::Program("curl".into()));
        } else {
            call.write(&file, data, &Cause::Program("curl".into()));
        }
    }
    if call.has("-O") || call.has("--remote-name-all") {
        for url in urls {
            let name = name_of_download(call, &url.value);
            let file = place(Argument::new(name, url.span));
            call.write(&file, data, &Cause::Program("curl -O".into()));
        }
    } else if outputs.is_empty() {
        call.print(data);
    }
}

// wget

pub(super) fn wget(call: &mut Call<'_, '_>) {
    let texts = [
        "--header",
        "--user",
        "--password",
        "--http-user",
        "--http-password",
        "--http-passwd",
        "--ftp-password",
        "--proxy-password",
        "--post-data",
        "--body-data",
    ];
    let mut sent = consumed(call, &texts, false).join(&files(
        call,
        &["--post-file", "--body-file", "--config", "--load-cookies"],
    ));
    let own = Argument::new(call.home().concat(&Value::known("/.wgetrc")), call.span);
    sent = sent.join(&call.peek(&own).taint());
    let mut names = files(call, &["-i"]);
    let mut users = Taint::NONE;
    let urls = call.operands();
    for url in &urls {
        match in_url(&url.value) {
            InUrl::Nothing | InUrl::Password => {}
            InUrl::UserAlone => users = users.join(&url.value.taint()),
            _ => names = names.join(&url.value.taint()),
        }
        sent = sent.join(&url.value.taint());
    }
    call.sent = call.sent.join(&sent);
    let quiet = call.has("-q") || call.has("--quiet");
    let debug = call.has("-d") || call.has("--debug");
    let log = if debug {
        sent.join(&names)
    } else if quiet {
        Taint::NONE
    } else {
        names.join(&users)
    };
    let log = made(call, &log);
    if let Some(file) = call.option("-o") {
        call.write(&file, &log, &Cause::Log("wget".into()));
    } else if let Some(file) = call.option("-a") {
        call.append(&file, &log, &Cause::Log("wget".into()));
    } else {
        call.print_error(&log);
    }
    let data = call.fresh();
    if let Some(file) = call.option("-O") {
        if call.has("-c") || call.has("-nc") {
            call.append(&file, &data, &Cause::Program("wget".into()));
        } else {
            call.write(&file, &data, &Cause::Program("wget".into()));
        }
    } else if !call.has("--spider") {
        let name = made(call, &names);
        let name = match call.option("-P") {
            Some(directory) => directory.value.concat(&Value::known("/")).concat(&name),
            None => name,
        };
        call.write(
            &Argument::new(name, call.span),
            &data,
            &Cause::Program("wget".into()),
        );
    }
    if let Some(jar) = call.option("--save-cookies") {
        let cookies = files(call, &["--load-cookies"]);
        let cookies = made(call, &cookies);
        call.write(&jar, &cookies, &Cause::Cookies("wget".into()));
    }
}

// ssh

/// Copies to or from another machine; a name with a colon is remote.
pub(super) fn remote_copy(call: &mut Call<'_, '_>) {
    let mut operands = call.operands();
    for operand in &operands {
        call.quote_in_errors(operand);
    }
    let Some(target) = operands.pop() else { return };
    let remote = |argument: &Argument| {
        argument
            .value
            .known_prefix()
            .split('/')
            .next()
            .is_some_and(|first| first.contains(':'))
    };
    for source in &operands {
        if remote(&target) {
            call.read(source);
        } else if remote(source) {
            let data = call.fresh();
            call.write(&target, &data, &Cause::Program("scp".into()));
        } else {
            call.copy(source, &target, call.has("-r"), true);
        }
    }
}

/// Prints shell code to evaluate, or runs a command.
pub(super) fn agent(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    if operands.is_empty() {
        let text = if call.has("-k") {
            "unset SSH_AUTH_SOCK; unset SSH_AGENT_PID\n"
        } else {
            "SSH_AUTH_SOCK=/tmp/ssh/agent; export SSH_AUTH_SOCK; SSH_AGENT_PID=1; \
             export SSH_AGENT_PID; echo Agent pid 1\n"
        };
        call.print(&Value::known(text));
    } else {
        call.run(&operands);
    }
}

/// Creates `-f FILE`, with a comment in its public half; `-y` prints a public half.
pub(super) fn key_generator(call: &mut Call<'_, '_>) {
    let comment = Taint::of_all(&call.all_options(&["-C", "-I", "-n"]));
    // `-p` and `-c` rewrite the same key with another passphrase or comment.
    let reads = ["-y", "-l", "-e", "-i", "-B", "-R", "-F", "-p", "-c"]
        .iter()
        .any(|option| call.has(option));
    if let (false, Some(file)) = (reads, call.option("-f")) {
        let key = made(call, &comment);
        call.write(&file, &key, &Cause::Program("ssh-keygen".into()));
        let public = Argument::new(file.value.concat(&Value::known(".pub")), file.span);
        call.write(&public, &key, &Cause::Program("ssh-keygen".into()));
    }
    let report = call.fresh();
    call.print(&report);
    if comment.is_some() && !call.has("-q") {
        let shown = made(call, &comment);
        call.print(&shown);
    }
}
