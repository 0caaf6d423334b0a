//! An instruction that was read as one of the model.
//!
//! In: an instruction of the file, and its place. Out: the instructions of the model that are equal to it (several for an ARG with
//! several names), or nothing if it has no typed form. RUN is in [`script`](super::script).

use dockerfile_dsl_analysis::dockerfile::{
    self as parsed, Command, Escape, File, HereDocument, Kind, MountFlag, SourceText,
};

use super::word;
use crate::instruction::{
    Add, Arg, Cmd, CommandLine, CopyFiles, Entrypoint, Env, Expose, GitDirectory, Healthcheck,
    InlineFile, Instruction, IntoDuration, Label, Origin, Shell, Source, Stopsignal, Unpack, User,
    Volume, Workdir, is_git,
};
use crate::mount::{BindMount, CacheMount, Mount, Sharing, SshMount, TmpfsMount};
use crate::stage::Stage;
use crate::text::Text;

/// What an instruction depends on.
pub(super) struct Place<'a> {
    pub(super) file: &'a File,
    /// The text of the file.
    pub(super) text: &'a str,
    pub(super) escape: Escape,
    /// The index of its stage.
    pub(super) stage: usize,
    /// The stages before it.
    pub(super) built: &'a [Stage],
    pub(super) shell: Vec<String>,
    /// Whether USER is a number other than 0.
    pub(super) has_numeric_user: bool,
}

impl Place<'_> {
    fn word(&self, word: &str) -> Option<Text> {
        word::text(word, self.escape.char())
    }

    fn words(&self, words: &[SourceText]) -> Option<Vec<Text>> {
        words.iter().map(|word| self.word(word)).collect()
    }

    fn optional(&self, word: Option<&SourceText>) -> Option<Option<Text>> {
        word.map_or(Some(None), |word| self.word(word).map(Some))
    }

    /// Returns a stage before this one, or an image.
    pub(super) fn origin(&self, name: &str, has_index: bool) -> Origin {
        match self.stage_of(name, has_index) {
            Some(index) => Origin::Stage(self.built[index].clone()),
            None => Origin::Image(name.to_owned()),
        }
    }

    /// Returns the index of the stage that a name refers to.
    pub(super) fn stage_of(&self, name: &str, has_index: bool) -> Option<usize> {
        let index = name.parse().ok().filter(|_| has_index);
        let named = self.file.stage_named(name, self.stage);
        named.or(index).filter(|index| *index < self.built.len())
    }
}

/// Returns the instructions of the model.
pub(super) fn instructions(
    instruction: &parsed::Instruction,
    place: &Place<'_>,
) -> Option<Vec<Instruction>> {
    let pairs = |pairs: &[parsed::Pair]| {
        let pair = |pair: &parsed::Pair| {
            let key = place.word(&pair.key).filter(|key| !key.expanded)?;
            Some((key.content, place.word(&pair.value)?))
        };
        pairs.iter().map(pair).collect::<Option<Vec<_>>>()
    };
    let one: Instruction = match &instruction.kind {
        Kind::Arg(arguments) => {
            let arguments = arguments.iter().map(|argument| {
                Some(Instruction::Arg(Arg {
                    name: argument.name.to_string(),
                    default: place.optional(argument.default.as_ref())?,
                }))
            });
            return arguments.collect();
        }
        Kind::Add(transfer) => add(transfer, place)?.into(),
        Kind::Copy(transfer) => copy(transfer, place)?.into(),
        Kind::Cmd(command) => Cmd {
            command: line(command)?,
        }
        .into(),
        Kind::Entrypoint(command) => Entrypoint {
            command: line(command)?,
        }
        .into(),
        Kind::Env(all) => Env { pairs: pairs(all)? }.into(),
        Kind::Label(all) => Label { pairs: pairs(all)? }.into(),
        Kind::Expose(ports) => Expose {
            ports: place.words(ports)?,
        }
        .into(),
        Kind::Volume(paths) => Volume {
            paths: place.words(paths)?,
        }
        .into(),
        Kind::Shell(words) => Shell {
            arguments: words.iter().map(ToString::to_string).collect(),
        }
        .into(),
        Kind::Stopsignal(signal) => Stopsignal {
            signal: place.word(signal)?,
        }
        .into(),
        Kind::User(user) => User {
            user: place.word(user)?,
        }
        .into(),
        Kind::Workdir(directory) => Workdir {
            directory: place.word(directory)?,
        }
        .into(),
        Kind::Healthcheck(check) => healthcheck(instruction, check)?.into(),
        // MAINTAINER, ONBUILD, and RUN, which is a script.
        _ => return None,
    };
    Some(vec![one])
}

fn line(command: &Command) -> Option<CommandLine> {
    match command {
        Command::Shell(text) => Some(CommandLine::Shell(text.to_string())),
        // An empty list has no type in Rust.
        Command::Exec(words) if !words.is_empty() => Some(CommandLine::Exec(
            words.iter().map(ToString::to_string).collect(),
        )),
        _ => None,
    }
}

fn healthcheck(
    instruction: &parsed::Instruction,
    check: &parsed::Healthcheck,
) -> Option<Healthcheck> {
    let mut made = Healthcheck::none();
    if let parsed::Healthcheck::Command(command) = check {
        made.command = Some(line(command)?);
    }
    for flag in &instruction.flags {
        let value = flag.value.as_deref()?;
        let field = match flag.name.as_str() {
            "interval" => &mut made.interval,
            "timeout" => &mut made.timeout,
            "start-period" => &mut made.start_period,
            "start-interval" => &mut made.start_interval,
            "retries" => {
                made.retries = Some(value.parse().ok()?);
                continue;
            }
            _ => return None,
        };
        *field = Some(value.into_duration());
    }
    Some(made)
}

fn copy(transfer: &parsed::Transfer, place: &Place<'_>) -> Option<CopyFiles> {
    let mut sources = Vec::new();
    for source in &transfer.sources {
        sources.push(match source {
            parsed::Source::Path(path) => source_of(place.word(path)?),
            parsed::Source::HereDocument(document) => Source::Inline(inline(document)?),
        });
    }
    let mut made = CopyFiles::new(sources, place.word(&transfer.destination)?);
    made.from = transfer.from.as_ref().map(|from| place.origin(from, true));
    made.transfer.chown = place.optional(transfer.chown.as_ref())?;
    made.transfer.chmod = place.optional(transfer.chmod.as_ref())?;
    made.transfer.link = transfer.link;
    made.transfer.excludes = transfer.excludes.iter().map(ToString::to_string).collect();
    made.parents = transfer.parents;
    Some(made)
}

fn add(transfer: &parsed::Transfer, place: &Place<'_>) -> Option<Add> {
    let common = copy(transfer, place)?;
    if common.from.is_some() || common.parents {
        return None;
    }
    let destination = common.transfer.destination.clone();
    let mut made = match &common.transfer.sources[..] {
        [Source::Path(url) | Source::Glob(url)] if is_remote(url) => match is_git(url) {
            true => Add::git(url, destination),
            false => Add::http(url, destination),
        },
        _ => Add::new(common.transfer.sources.clone(), destination),
    };
    made.transfer.chown = common.transfer.chown;
    made.transfer.chmod = common.transfer.chmod;
    made.transfer.link = common.transfer.link;
    made.transfer.excludes = common.transfer.excludes;
    made.checksum = place.optional(transfer.checksum.as_ref())?;
    made.unpack = transfer.unpack.map(|unpack| match unpack {
        true => Unpack::Unpack,
        false => Unpack::Keep,
    });
    made.git_directory = transfer.keep_git_dir.then_some(GitDirectory::Keep);
    Some(made)
}

fn is_remote(url: &str) -> bool {
    let schemes = ["http://", "https://", "git://", "ssh://", "git@"];
    schemes.iter().any(|scheme| url.starts_with(scheme))
}

fn source_of(text: Text) -> Source {
    if text.expanded {
        Source::Expand(text.content)
    } else if text.content.contains(['*', '?', '[']) && !is_remote(&text.content) {
        Source::Glob(text.content)
    } else {
        Source::Path(text.content)
    }
}

fn inline(document: &HereDocument) -> Option<InlineFile> {
    let is_literal = document.quoted || !document.body.contains(['$', '\\']);
    (is_literal && document.descriptor.is_empty()).then(|| InlineFile {
        name: document.name.clone(),
        content: document.body.to_string(),
    })
}

/// Returns a mount without a secret. Values are literal: a mount with variables is not converted.
pub(super) fn mount(mount: &parsed::Mount, flag: &MountFlag, place: &Place<'_>) -> Option<Mount> {
    let literal = |text: &String| Text::literal(text);
    let has = |key: &str| flag.fields.iter().any(|field| field.key == key);
    Some(match mount {
        parsed::Mount::Bind(bind) => Mount::Bind(BindMount {
            target: literal(&bind.target),
            source: (has("source") || has("src")).then(|| literal(&bind.source)),
            from: bind.from.as_ref().map(|from| place.origin(from, true)),
            writable: bind.writable,
        }),
        parsed::Mount::Cache(cache) => Mount::Cache(CacheMount {
            target: literal(&cache.target),
            id: has("id").then(|| literal(&cache.id)),
            sharing: has("sharing").then_some(match cache.sharing {
                parsed::Sharing::Shared => Sharing::Shared,
                parsed::Sharing::Private => Sharing::Private,
                parsed::Sharing::Locked => Sharing::Locked,
            }),
            from: cache.from.as_ref().map(|from| place.origin(from, true)),
            source: cache.source.as_ref().map(literal),
            mode: cache.mode,
            uid: cache.uid,
            gid: cache.gid,
            read_only: cache.read_only,
        }),
        parsed::Mount::Ssh(ssh) => Mount::Ssh(SshMount {
            id: ssh.id.clone(),
            target: ssh.target.as_ref().map(literal),
            optional: !ssh.required,
            mode: has("mode").then_some(ssh.mode),
            uid: has("uid").then_some(ssh.uid),
            gid: has("gid").then_some(ssh.gid),
        }),
        parsed::Mount::Tmpfs(tmpfs) => Mount::Tmpfs(TmpfsMount {
            target: literal(&tmpfs.target),
            size: tmpfs.size,
            read_only: has("ro") || has("readonly"),
        }),
        parsed::Mount::Secret(_) => return None,
    })
}
