//! Parses the arguments of an instruction by its keyword.
//!
//! In: the parts of a logical line, and the here-documents after it. Out: a [`Kind`], or the errors that BuildKit reports.

use super::{
    Argument, BaseImage, Command, Escape, Flag, Healthcheck, Instruction, Kind, MountFlag, Pair,
    ReadError, Run, Source, SourceText, StageName, Transfer,
    expand::expand,
    flags::Flags,
    heredoc,
    mount::check_device,
    spec::{self, InstructionSpec},
    words,
};
use crate::{Span, suggest::did_you_mean};

mod line;

pub(super) use line::{Document, Line};

type Errors = Vec<ReadError>;

impl Line<'_> {
    /// Parses an instruction.
    pub(super) fn instruction(
        &self,
        documents: Vec<Document>,
    ) -> Result<(Kind, Vec<Flag>), Errors> {
        let has_none = matches!(
            self.name.as_str(),
            "CMD"
                | "ENTRYPOINT"
                | "ENV"
                | "EXPOSE"
                | "LABEL"
                | "MAINTAINER"
                | "ONBUILD"
                | "SHELL"
                | "USER"
                | "VOLUME"
                | "WORKDIR"
        );
        // BuildKit ignores the flags of ARG and STOPSIGNAL.
        if has_none {
            self.read_flags()?;
        }
        let kind = match self.name.as_str() {
            "ADD" => Kind::Add(self.transfer(documents)?),
            "ARG" => Kind::Arg(self.argument()?),
            "CMD" => Kind::Cmd(self.command(Vec::new())),
            "COPY" => Kind::Copy(self.transfer(documents)?),
            "ENTRYPOINT" => Kind::Entrypoint(self.command(Vec::new())),
            "ENV" => Kind::Env(self.pairs()?),
            "EXPOSE" => Kind::Expose(self.at_least_one(words::plain(&self.rest))?),
            "FROM" => Kind::From(self.from()?),
            "HEALTHCHECK" => Kind::Healthcheck(self.healthcheck()?),
            "LABEL" => Kind::Label(self.pairs()?),
            "MAINTAINER" => Kind::Maintainer(self.one()?),
            "ONBUILD" => self.onbuild(documents)?,
            "RUN" => Kind::Run(Box::new(self.run(documents)?)),
            "SHELL" => Kind::Shell(self.shell()?),
            "STOPSIGNAL" => Kind::Stopsignal(self.one()?),
            "USER" => Kind::User(self.one()?),
            "VOLUME" => Kind::Volume(self.volumes()?),
            "WORKDIR" => Kind::Workdir(self.one()?),
            _ => {
                let keyword = self.keyword.of(self.text);
                let near = self.near();
                let message = format!("unknown instruction `{keyword}`{near}");
                return Err(vec![ReadError::new(self.text.span(self.keyword), message)]);
            }
        };
        Ok((kind, self.flags.clone()))
    }

    /// Whether the line begins with an instruction, or with a misspelt one.
    pub(super) fn is_like_an_instruction(&self) -> bool {
        InstructionSpec::of(&self.name).is_some() || !self.near().is_empty()
    }

    fn near(&self) -> String {
        did_you_mean(self.keyword.of(self.text), &spec::keywords())
    }

    fn error<T>(&self, message: impl AsRef<str>) -> Result<T, Errors> {
        Err(self.errors(message.as_ref()))
    }

    fn errors(&self, message: &str) -> Errors {
        let span = self
            .text
            .span(Span::new(self.keyword.start, self.text.len()));
        vec![ReadError::new(span, format!("{} {message}", self.name))]
    }

    fn at_least_one<T>(&self, items: Vec<T>) -> Result<Vec<T>, Errors> {
        if items.is_empty() {
            self.error("needs at least one argument")
        } else {
            Ok(items)
        }
    }

    fn one(&self) -> Result<SourceText, Errors> {
        if self.rest.is_empty() {
            self.error("needs an argument")
        } else {
            Ok(self.rest.clone())
        }
    }

    fn list(&self) -> Vec<SourceText> {
        self.json
            .clone()
            .unwrap_or_else(|| words::plain(&self.rest))
    }

    fn argument(&self) -> Result<Vec<Argument>, Errors> {
        let items = words::quoted(&self.rest, self.escape)
            .into_iter()
            .map(|word| match word.find('=') {
                Some(equals) => Argument {
                    name: word.slice(0, equals),
                    default: Some(word.slice(equals + 1, word.len())),
                },
                None => Argument {
                    name: word,
                    default: None,
                },
            });
        let items = self.at_least_one(items.collect())?;
        if items.iter().any(|item| item.name.is_empty()) {
            self.error("names cannot be blank")
        } else {
            Ok(items)
        }
    }

    fn pairs(&self) -> Result<Vec<Pair>, Errors> {
        let pairs = self.at_least_one(self.split_pairs(self.escape)?)?;
        if pairs.iter().any(|pair| pair.key.is_empty()) {
            self.error("names cannot be blank")
        } else {
            Ok(pairs)
        }
    }

    /// Splits the line of an ENV or LABEL. BuildKit reports these errors for the line of an ONBUILD, too.
    fn split_pairs(&self, escape: Escape) -> Result<Vec<Pair>, Errors> {
        let words = words::quoted(&self.rest, escape);
        if words.first().is_some_and(|word| !word.contains('=')) {
            // The old form: one name, and the rest of the line is its value.
            let Some(length) = self.rest.bytes().position(words::is_separator) else {
                return self.error("needs a name and a value: `NAME=value`");
            };
            let blanks = self.rest[length..]
                .bytes()
                .take_while(|byte| words::is_separator(*byte))
                .count();
            let value = self.rest.slice(length + blanks, self.rest.len());
            return Ok(vec![Pair {
                key: self.rest.slice(0, length),
                value,
            }]);
        }
        // A value with blanks that should have been quoted.
        let is_secret = words
            .iter()
            .any(|word| crate::credential::is_secret_name(word.split('=').next().unwrap_or(word)));
        let mut pairs = Vec::new();
        for word in words {
            match word.find('=') {
                Some(equals) => {
                    pairs.push(Pair {
                        key: word.slice(0, equals),
                        value: word.slice(equals + 1, word.len()),
                    });
                }
                None => {
                    let shown = if is_secret {
                        "this word".to_owned()
                    } else {
                        format!("`{word}`")
                    };
                    let message = format!("{shown} has no `=`: it must be `NAME=value`");
                    return Err(vec![
                        ReadError::new(word.whole(), message)
                            .with_help("put quotes around a value with blanks"),
                    ]);
                }
            }
        }
        Ok(pairs)
    }

    /// Validates the flags. A keyword without a row has none.
    fn read_flags(&self) -> Result<Flags<'_>, Errors> {
        const NONE: InstructionSpec = InstructionSpec {
            keyword: "this",
            flags: &[],
            last_counts: false,
        };
        Flags::read(
            &self.flags,
            InstructionSpec::of(&self.name).unwrap_or(&NONE),
        )
    }

    fn from(&self) -> Result<BaseImage, Errors> {
        let flags = self.read_flags()?;
        let words = words::plain(&self.rest);
        let (image, name) = match words.as_slice() {
            [image] => (image, None),
            [image, keyword, name] if keyword.eq_ignore_ascii_case("as") => {
                (image, Some(stage_name(name)?))
            }
            _ => return self.error("must be `FROM image` or `FROM image AS name`"),
        };
        Ok(BaseImage {
            image: image.clone(),
            platform: flags.text("platform"),
            name,
        })
    }

    fn command(&self, mut documents: Vec<Document>) -> Command {
        if let Some(arguments) = &self.json {
            return Command::Exec(arguments.clone());
        }
        if documents.is_empty() {
            return Command::Shell(self.rest.clone());
        }
        if matches!(heredoc::opening(&self.rest), Ok(Some(_))) {
            let document = documents.swap_remove(0).document;
            return if document.body.starts_with("#!") {
                Command::Executable {
                    path: format!("/dev/pipes/{}", document.name),
                    document,
                }
            } else {
                Command::HereDocument(document)
            };
        }
        let mut text = self.rest.clone();
        for Document { raw, document } in &documents {
            // The body starts after a line end, and its last line is the delimiter.
            text.push_str("\n", document.span.start - 1);
            text.push_slice(raw, 0, raw.len());
            text.push_str(&document.name, document.span.end - document.name.len());
        }
        Command::ShellWithHereDocuments {
            text,
            documents: documents.into_iter().map(|each| each.document).collect(),
        }
    }

    fn run(&self, documents: Vec<Document>) -> Result<Run, Errors> {
        let flags = self.read_flags()?;
        let mut errors = Vec::new();
        let mut mounts = Vec::new();
        for flag in flags.all("mount") {
            match self.mount(flag) {
                Ok(mount) => mounts.push(mount),
                Err(error) => errors.push(error),
            }
        }
        for device in flags.all("device") {
            if let Some(Err(error)) = device.value.as_ref().map(check_device) {
                errors.push(ReadError::new(
                    device.span,
                    format!("invalid device: {error}"),
                ));
            }
        }
        if let Some(spec) = InstructionSpec::of(&self.name) {
            flags.check_words(spec, &mut errors);
        }
        if self.rest.is_empty() && !documents.is_empty() {
            return self.error("has a here-document in a flag, and no command");
        }
        let command = self.command(documents);
        if matches!(&command, Command::Exec(arguments) if arguments.is_empty()) {
            return self.error("needs at least one argument");
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let (network, security) = (flags.text("network"), flags.text("security"));
        let devices = flags
            .all("device")
            .filter_map(|flag| flag.value.clone())
            .collect();
        Ok(Run {
            mounts,
            network,
            security,
            devices,
            command,
        })
    }

    fn mount(&self, flag: &Flag) -> Result<MountFlag, ReadError> {
        let error = |error: super::expand::ExpandError| {
            ReadError::new(flag.span, format!("invalid mount: {error}"))
        };
        let mount = MountFlag::read(flag.clone()).map_err(error)?;
        // Options with variables are validated where their values are known.
        if !mount.has_variables() {
            mount.resolve(self.escape, &|_| None).map_err(error)?;
        }
        Ok(mount)
    }

    fn transfer(&self, documents: Vec<Document>) -> Result<Transfer, Errors> {
        let flags = self.read_flags()?;
        let mut words = self.list();
        let Some(destination) = words.pop().filter(|_| !words.is_empty()) else {
            return self.error("needs at least one source and a destination");
        };
        if matches!(heredoc::opening(&destination), Ok(Some(_))) {
            return self
                .error("cannot write to a here-document: the last argument is the destination");
        }
        let from = flags.text("from");
        if let Some(from) = &from
            && expand(from, self.escape, &|_| None).as_deref() != Ok(from)
        {
            let message = "`--from` does not support variables: give the image a stage with a name";
            return Err(vec![ReadError::new(from.whole(), message)]);
        }
        let sources = words.into_iter().map(|word| match heredoc::opening(&word) {
            Ok(Some(opening)) => {
                // By name, the last one wins; a word in a JSON array has no body.
                let mut found = None;
                for each in &documents {
                    if each.document.name == opening.name {
                        found = Some(each);
                    }
                }
                let raw = found.map_or_else(
                    || SourceText::empty_at(word.whole().end),
                    |each| each.raw.clone(),
                );
                let span = found.map_or(word.whole(), |each| each.document.span);
                Source::HereDocument(opening.with_body(word.whole(), &raw, span))
            }
            _ => Source::Path(word),
        });
        Ok(Transfer {
            sources: sources.collect(),
            destination,
            from,
            chown: flags.text("chown"),
            chmod: flags.text("chmod"),
            checksum: flags.text("checksum"),
            excludes: flags
                .all("exclude")
                .filter_map(|flag| flag.value.clone())
                .collect(),
            link: flags.boolean("link") == Some(true),
            parents: flags.boolean("parents") == Some(true),
            unpack: flags.boolean("unpack"),
            keep_git_dir: flags.boolean("keep-git-dir") == Some(true),
        })
    }

    fn healthcheck(&self) -> Result<Healthcheck, Errors> {
        let at = self
            .rest
            .find(|char: char| char.is_ascii_whitespace() || char == '\u{b}')
            .unwrap_or(self.rest.len());
        let (kind, rest) = self.rest.split_at(at);
        // Other blanks than those of ASCII belong to the command.
        let is_blank = |char: char| char.is_ascii_whitespace() || char == '\u{b}';
        let start = self.rest.len() - rest.trim_start_matches(is_blank).len();
        let rest = self.rest.slice(start, self.rest.len());
        match kind.to_ascii_uppercase().as_str() {
            "" => self.error("needs `CMD command` or `NONE`"),
            // An empty list of JSON is no argument.
            "NONE" if rest.is_empty() || self.json.as_ref().is_some_and(Vec::is_empty) => {
                Ok(Healthcheck::None)
            }
            "NONE" => self.error("NONE takes no arguments"),
            "CMD" => {
                let flags = self.read_flags()?;
                flags.durations()?;
                match &self.json {
                    Some(arguments) if !arguments.is_empty() => {
                        Ok(Healthcheck::Command(Command::Exec(arguments.clone())))
                    }
                    None if !rest.is_empty() => Ok(Healthcheck::Command(Command::Shell(rest))),
                    _ => self.error("CMD needs a command"),
                }
            }
            _ => self.error(format!("`{kind}` is unknown: use `CMD` or `NONE`")),
        }
    }

    fn onbuild(&self, documents: Vec<Document>) -> Result<Kind, Errors> {
        let Some(inner) = self.inner.as_deref() else {
            return self.error("needs an instruction");
        };
        if matches!(inner.name.as_str(), "ONBUILD" | "FROM" | "MAINTAINER") {
            return self.error(format!("cannot hold {}", inner.name));
        }
        if matches!(inner.name.as_str(), "ENV" | "LABEL") {
            inner.split_pairs(self.escape)?;
        }
        let end = documents
            .last()
            .map_or(self.text.whole().end, |last| last.document.span.end);
        let keyword = self.text.span(inner.keyword);
        let read = match self.text[self.keyword.end..inner.keyword.start].contains("--") {
            // BuildKit stores it with the instruction, and then takes it for a keyword.
            true => Err(vec![ReadError::new(keyword, "unknown instruction `--`")]),
            false => inner.instruction(documents),
        };
        let (kind, flags) =
            read.unwrap_or_else(|errors| (Kind::Unread(errors), inner.flags.clone()));
        let span = Span::new(keyword.start, end);
        let inner = Instruction {
            span,
            keyword,
            notes: Vec::new(),
            flags,
            kind,
            empty_continuations: Vec::new(),
        };
        Ok(Kind::Onbuild(Box::new(inner)))
    }

    fn shell(&self) -> Result<Vec<SourceText>, Errors> {
        match &self.json {
            Some(arguments) => self.at_least_one(arguments.clone()),
            None => {
                self.error("needs its arguments as a JSON array: `SHELL [\"/bin/bash\", \"-c\"]`")
            }
        }
    }

    fn volumes(&self) -> Result<Vec<SourceText>, Errors> {
        let volumes = self.at_least_one(self.list())?.into_iter().map(|volume| {
            let part = words::trimmed(&volume, 0, volume.len());
            volume.slice(part.start, part.end)
        });
        let volumes: Vec<_> = volumes.collect();
        if volumes.iter().any(|volume| volume.is_empty()) {
            self.error("paths cannot be empty")
        } else {
            Ok(volumes)
        }
    }
}

fn stage_name(written: &SourceText) -> Result<StageName, Errors> {
    let name = written.to_lowercase();
    let is_name_byte = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.')
    };
    if name.starts_with(|first: char| first.is_ascii_lowercase()) && name.bytes().all(is_name_byte)
    {
        return Ok(StageName {
            name,
            span: written.whole(),
        });
    }
    let message = format!(
        "invalid stage name `{written}`: a letter first, then letters, digits, `-`, `_` and `.`"
    );
    Err(vec![ReadError::new(written.whole(), message)])
}
