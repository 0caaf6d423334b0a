//! A file as `tests/data/buildkit/words.go` lists it: per instruction its words as written, and their values.

use dockerfile_dsl_analysis::dockerfile::expand::{expand, expand_here_document, expand_words};
use dockerfile_dsl_analysis::dockerfile::{
    Command, Escape, File, Flag, Healthcheck, Instruction, Kind, Mount, Run, Sharing, Source,
    SourceText, Transfer,
};

/// One instruction.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) keyword: String,
    pub(super) flags: Vec<String>,
    /// As written.
    pub(super) words: Vec<String>,
    /// Absent if a word cannot be expanded.
    pub(super) values: Option<Vec<String>>,
}

pub(super) fn of(file: &File) -> Vec<Words> {
    let instructions = file.instructions();
    instructions
        .map(|(_, _, instruction)| Words {
            keyword: instruction.kind.keyword().to_owned(),
            flags: instruction.flags.iter().map(flag).collect(),
            words: words(instruction, Form::Written).expect("nothing is expanded"),
            values: words(instruction, Form::Expanded(file.escape)),
        })
        .collect()
}

fn flag(flag: &Flag) -> String {
    match &flag.value {
        Some(value) => format!("--{}={value}", flag.name),
        None => format!("--{}", flag.name),
    }
}

#[derive(Debug, Clone, Copy)]
enum Form {
    Written,
    Expanded(Escape),
}

/// The variables of every expansion.
fn variable(name: &str) -> Option<String> {
    let value = match name {
        "A" => "a b",
        "HOME" => "/root",
        "E" => "",
        _ => return None,
    };
    Some(value.to_owned())
}

impl Form {
    fn text(self, text: &SourceText) -> Option<String> {
        match self {
            Self::Written => Some(text.to_string()),
            Self::Expanded(escape) => expand(text, escape, &variable).ok(),
        }
    }

    fn optional(self, text: Option<&SourceText>) -> Option<String> {
        text.map_or_else(|| Some(String::new()), |text| self.text(text))
    }

    fn texts<'t>(self, texts: impl IntoIterator<Item = &'t SourceText>) -> Option<Vec<String>> {
        texts.into_iter().map(|text| self.text(text)).collect()
    }
}

fn words(instruction: &Instruction, form: Form) -> Option<Vec<String>> {
    Some(match &instruction.kind {
        Kind::From(base) => vec![
            form.text(&base.image)?,
            base.name
                .as_ref()
                .map(|name| name.name.clone())
                .unwrap_or_default(),
            form.optional(base.platform.as_ref())?,
        ],
        Kind::Arg(arguments) => {
            let mut words = Vec::new();
            for argument in arguments {
                words.push(argument.name.to_string());
                words.push(argument.default.is_some().to_string());
                words.push(form.optional(argument.default.as_ref())?);
            }
            words
        }
        Kind::Env(pairs) | Kind::Label(pairs) => {
            form.texts(pairs.iter().flat_map(|pair| [&pair.key, &pair.value]))?
        }
        Kind::Add(transfer) => {
            let mut flags = owner(transfer, form)?;
            flags.push(form.optional(transfer.checksum.as_ref())?);
            flags.push(transfer.keep_git_dir.to_string());
            let unpack = transfer.unpack.map(|unpack| unpack.to_string());
            flags.push(unpack.unwrap_or_else(|| "unset".to_owned()));
            files(flags, transfer, form)?
        }
        Kind::Copy(transfer) => {
            let mut flags = owner(transfer, form)?;
            flags.push(written(transfer.from.as_ref()));
            flags.push(transfer.parents.to_string());
            files(flags, transfer, form)?
        }
        Kind::Run(run) => self::run(run, form)?,
        Kind::Cmd(line) | Kind::Entrypoint(line) => command(line),
        Kind::Healthcheck(Healthcheck::None) => vec!["NONE".to_owned()],
        Kind::Healthcheck(Healthcheck::Command(line)) => {
            let mut words = command(line);
            words[0] = if words[0] == "exec" {
                "CMD"
            } else {
                "CMD-SHELL"
            }
            .to_owned();
            words
        }
        Kind::Maintainer(text) => vec![text.to_string()],
        Kind::Workdir(text) | Kind::User(text) | Kind::Stopsignal(text) => vec![form.text(text)?],
        Kind::Shell(arguments) => all_written(arguments),
        Kind::Volume(paths) => form.texts(paths)?,
        Kind::Expose(ports) => expose(ports, form)?,
        Kind::Onbuild(inner) => onbuild(inner),
        other => panic!("{other:?} is new"),
    })
}

/// BuildKit reads the instruction again in the stage that runs it, with the usual escape character.
fn onbuild(inner: &Instruction) -> Vec<String> {
    let is_unread = matches!(inner.kind, Kind::Unread(_));
    if is_unread || words(inner, Form::Expanded(Escape::Backslash)).is_none() {
        return vec!["refused".to_owned()];
    }
    let mut all = words(inner, Form::Written).expect("nothing is expanded");
    all.insert(0, inner.kind.keyword().to_owned());
    all
}

fn written(text: Option<&SourceText>) -> String {
    text.map(ToString::to_string).unwrap_or_default()
}

fn all_written(texts: &[SourceText]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

fn owner(transfer: &Transfer, form: Form) -> Option<Vec<String>> {
    Some(vec![
        form.optional(transfer.chown.as_ref())?,
        form.optional(transfer.chmod.as_ref())?,
        transfer.link.to_string(),
    ])
}

fn files(mut words: Vec<String>, transfer: &Transfer, form: Form) -> Option<Vec<String>> {
    words.extend(all_written(&transfer.excludes));
    words.push("sources".to_owned());
    let mut contents = Vec::new();
    for source in &transfer.sources {
        match source {
            Source::Path(path) => words.push(form.text(path)?),
            Source::HereDocument(document) => {
                let content = match form {
                    Form::Expanded(_) if !document.quoted => {
                        expand_here_document(&document.body, &variable).ok()?
                    }
                    _ => document.body.to_string(),
                };
                let expands = (!document.quoted).to_string();
                contents.extend([
                    "content".to_owned(),
                    document.name.clone(),
                    expands,
                    content,
                ]);
            }
        }
    }
    words.extend(contents);
    words.push("destination".to_owned());
    words.push(form.text(&transfer.destination)?);
    Some(words)
}

/// BuildKit sorts the words before it expands them.
fn expose(ports: &[SourceText], form: Form) -> Option<Vec<String>> {
    let mut ports: Vec<&SourceText> = ports.iter().collect();
    ports.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    let mut words = Vec::new();
    for port in ports {
        match form {
            Form::Written => words.push(port.to_string()),
            Form::Expanded(escape) => words.extend(expand_words(port, escape, &variable).ok()?),
        }
    }
    Some(words)
}

fn run(run: &Run, form: Form) -> Option<Vec<String>> {
    let mut words = command(&run.command);
    let or =
        |text: Option<&SourceText>, usual: &str| text.map_or(usual.to_owned(), ToString::to_string);
    words.push(or(run.network.as_ref(), "default"));
    words.push(or(run.security.as_ref(), "sandbox"));
    if let Form::Expanded(escape) = form {
        for flag in &run.mounts {
            words.push("mount".to_owned());
            words.extend(mount(flag.resolve(escape, &variable).ok()?));
        }
    }
    Some(words)
}

fn command(command: &Command) -> Vec<String> {
    match command {
        Command::Exec(arguments) => {
            let arguments = arguments.iter().map(ToString::to_string);
            std::iter::once("exec".to_owned())
                .chain(arguments)
                .collect()
        }
        Command::Shell(text) | Command::ShellWithHereDocuments { text, .. } => {
            vec!["shell".to_owned(), text.to_string()]
        }
        Command::HereDocument(document) => {
            vec!["here-document".to_owned(), document.body.to_string()]
        }
        Command::Executable { document, path } => {
            vec![format!("executable {path}"), document.body.to_string()]
        }
    }
}

fn mount(mount: Mount) -> Vec<String> {
    let unset = |text: Option<String>| text.unwrap_or_default();
    let number = |number: Option<u32>| number.map_or("unset".to_owned(), |n| n.to_string());
    let (kind, words) = match mount {
        Mount::Bind(bind) => {
            let is_read_only = (!bind.writable).to_string();
            (
                "bind",
                vec![bind.target, bind.source, unset(bind.from), is_read_only],
            )
        }
        Mount::Tmpfs(tmpfs) => {
            let size = tmpfs.size.unwrap_or_default().to_string();
            ("tmpfs", vec![tmpfs.target, size])
        }
        Mount::Cache(cache) => {
            let sharing = match cache.sharing {
                Sharing::Shared => "shared",
                Sharing::Private => "private",
                Sharing::Locked => "locked",
            };
            let paths = [cache.target, cache.id, sharing.to_owned()];
            let from = [unset(cache.from), unset(cache.source)];
            let owner = [cache.mode, cache.uid, cache.gid].map(number);
            let words = paths.into_iter().chain(from).chain(owner);
            (
                "cache",
                words.chain([cache.read_only.to_string()]).collect(),
            )
        }
        Mount::Ssh(ssh) => {
            let numbers = [ssh.mode, ssh.uid, ssh.gid].map(|number| number.to_string());
            let words = [ssh.id, unset(ssh.target)].into_iter().chain(numbers);
            ("ssh", words.chain([ssh.required.to_string()]).collect())
        }
        Mount::Secret(secret) => {
            let env = secret
                .env
                .map_or("unset".to_owned(), |env| format!("={env}"));
            let numbers = [secret.mode, secret.uid, secret.gid].map(|number| number.to_string());
            let words = [secret.id, unset(secret.target), env]
                .into_iter()
                .chain(numbers);
            (
                "secret",
                words.chain([secret.required.to_string()]).collect(),
            )
        }
    };
    std::iter::once(kind.to_owned()).chain(words).collect()
}
