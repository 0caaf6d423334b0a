//! The definition of the images in a file: what BuildKit gets, without comments, spelling and form.
//!
//! In: a file. Out: lines of text, comparable. Two files with the same definition build the same images. A word is represented by
//! its expansions: once with a mark for each variable, once without any variable.

use std::fmt;

use dockerfile_dsl_analysis::dockerfile::spec::InstructionSpec;
use dockerfile_dsl_analysis::dockerfile::{
    Command, File, Healthcheck, Instruction, Kind, Mount, MountFlag, Source, SourceText, Transfer,
    expand,
};

/// The definition of a file. Displayed, it has a line for each instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Definition {
    /// Global build arguments.
    pub(super) globals: Vec<String>,
    pub(super) stages: Vec<Stage>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stage {
    pub(super) from: String,
    /// Each with the index of its instruction.
    pub(super) lines: Vec<(usize, String)>,
}

impl fmt::Display for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.globals {
            writeln!(f, "{line}")?;
        }
        for stage in &self.stages {
            writeln!(f, "{}", stage.from)?;
            for (_, line) in &stage.lines {
                writeln!(f, "{line}")?;
            }
        }
        Ok(())
    }
}

impl Definition {
    pub(super) fn of(file: &File) -> Self {
        let globals = Words { file, stage: 0 };
        Self {
            globals: file
                .global_args
                .iter()
                .flat_map(|arg| globals.lines(arg))
                .collect(),
            stages: (0..file.stages.len())
                .map(|stage| Words { file, stage }.stage())
                .collect(),
        }
    }
}

/// Writes the instructions of one stage.
struct Words<'a> {
    file: &'a File,
    stage: usize,
}

impl Words<'_> {
    fn stage(&self) -> Stage {
        let stage = &self.file.stages[self.stage];
        let base = self.origin(&stage.base);
        let platform = match &stage.from.kind {
            Kind::From(from) => self.optional(from.platform.as_ref()),
            _ => String::new(),
        };
        // A stage that another one refers to gets a name if it has none.
        let name = match &stage.name {
            Some(name) if !name.name.starts_with("stage-") => &name.name,
            _ => "",
        };
        let mut lines = Vec::new();
        for (index, instruction) in stage.instructions.iter().enumerate() {
            if !is_replaced(&stage.instructions, index) {
                lines.extend(
                    self.lines(instruction)
                        .into_iter()
                        .map(|line| (index, line)),
                );
            }
        }
        Stage {
            from: format!("FROM {base} platform={platform} name={name}"),
            lines,
        }
    }

    /// Returns a line for each part that takes effect separately: one, except for an ARG with several names.
    fn lines(&self, instruction: &Instruction) -> Vec<String> {
        let keyword = instruction.kind.keyword();
        let rest = match &instruction.kind {
            Kind::Arg(arguments) => {
                let line = |argument: &dockerfile_dsl_analysis::dockerfile::Argument| {
                    let default = self.optional(argument.default.as_ref());
                    format!("ARG {} {default}", argument.name)
                };
                return arguments.iter().map(line).collect();
            }
            Kind::Add(transfer) | Kind::Copy(transfer) => self.transfer(transfer),
            Kind::Cmd(command) | Kind::Entrypoint(command) => self.command(command),
            Kind::Env(pairs) | Kind::Label(pairs) => pairs
                .iter()
                .map(|pair| format!("{}={} ", self.word(&pair.key), self.word(&pair.value)))
                .collect(),
            Kind::Expose(words) => {
                let ports = words.iter().map(|word| self.word(word).to_lowercase());
                ports.collect::<Vec<_>>().join(" ")
            }
            Kind::Volume(words) => self.words(words),
            Kind::Healthcheck(check) => {
                let mut flags: Vec<String> = instruction
                    .flags
                    .iter()
                    .map(|flag| format!("{}={:?}", flag.name, flag.value.as_deref()))
                    .collect();
                flags.sort();
                let command = match check {
                    Healthcheck::None => "NONE".to_owned(),
                    Healthcheck::Command(command) => self.command(command),
                };
                format!("{} {command}", flags.join(" "))
            }
            Kind::Maintainer(text) => format!("{:?}", text.as_str()),
            Kind::Onbuild(inner) => self.lines(inner).join(" "),
            Kind::Run(run) => {
                let mut mounts: Vec<String> =
                    run.mounts.iter().map(|mount| self.mount(mount)).collect();
                mounts.sort();
                let text = |text: &Option<SourceText>| self.optional(text.as_ref());
                format!(
                    "{} {} {} {} {}",
                    mounts.join(" "),
                    text(&run.network),
                    text(&run.security),
                    self.words(&run.devices),
                    self.command(&run.command)
                )
            }
            Kind::Shell(words) => format!("{:?}", strings(words)),
            Kind::Stopsignal(word) | Kind::User(word) | Kind::Workdir(word) => self.word(word),
            // With its place in the file: equal to nothing.
            unknown => format!("{unknown:?}"),
        };
        vec![format!("{keyword} {rest}")]
    }

    fn transfer(&self, transfer: &Transfer) -> String {
        let sources: Vec<String> = transfer
            .sources
            .iter()
            .map(|source| match source {
                Source::Path(path) => self.word(path),
                Source::HereDocument(document) => {
                    let is_expanded = !document.quoted && document.body.contains(['$', '\\']);
                    let (name, body) = (&document.name, document.body.as_str());
                    format!("{name}: {body:?} expanded={is_expanded}")
                }
            })
            .collect();
        format!(
            "{} to {} from={} chown={} chmod={} checksum={} exclude={:?} link={} parents={} \
             unpack={:?} git={}",
            sources.join(" "),
            self.word(&transfer.destination),
            transfer
                .from
                .as_ref()
                .map_or_else(String::new, |from| self.origin(from)),
            self.optional(transfer.chown.as_ref()),
            self.optional(transfer.chmod.as_ref()),
            self.optional(transfer.checksum.as_ref()),
            strings(&transfer.excludes),
            transfer.link,
            transfer.parents,
            transfer.unpack,
            transfer.keep_git_dir,
        )
    }

    /// Writes a command. A shell gets the same text from a line and from a here-document, but for the line break at its end.
    fn command(&self, command: &Command) -> String {
        match (command, command.shell_text()) {
            (_, Some(text)) => format!("shell {:?}", text.trim_matches('\n')),
            (Command::Exec(words), None) => format!("exec {:?}", strings(words)),
            (Command::Executable { document, path }, None) => {
                format!("file {path} {:?}", document.body.as_str())
            }
            _ => String::new(),
        }
    }

    fn mount(&self, flag: &MountFlag) -> String {
        let resolved = |lookup: &dyn Fn(&str) -> Option<String>| {
            let mut mount = flag.resolve(self.file.escape, lookup).ok()?;
            let from = match &mut mount {
                Mount::Bind(bind) => bind.from.as_mut(),
                Mount::Cache(cache) => cache.from.as_mut(),
                _ => None,
            };
            if let Some(from) = from {
                *from = self.origin(from);
            }
            Some(mount)
        };
        format!("{:?}|{:?}", resolved(&marked), resolved(&|_| None))
    }

    /// Writes a stage by its index, anything else as a word.
    fn origin(&self, name: &str) -> String {
        let index = name.parse().ok().filter(|index| *index < self.stage);
        match self.file.stage_named(name, self.stage).or(index) {
            Some(index) => format!("stage {index}"),
            None => self.word(name),
        }
    }

    fn words(&self, words: &[SourceText]) -> String {
        let words: Vec<String> = words.iter().map(|word| self.word(word)).collect();
        words.join(" ")
    }

    fn optional(&self, word: Option<&SourceText>) -> String {
        word.map_or_else(|| "-".to_owned(), |word| self.word(word))
    }

    fn word(&self, word: &str) -> String {
        let escape = self.file.escape;
        let expanded = expand::expand(word, escape, &marked);
        match (expanded, expand::expand(word, escape, &|_| None)) {
            (Ok(marked), Ok(plain)) if marked == plain => format!("{plain:?}"),
            (Ok(marked), Ok(plain)) => format!("{marked:?}|{plain:?}"),
            // A variable that has to be set.
            (Ok(marked), Err(_)) => format!("{marked:?}|required"),
            (Err(_), _) => format!("unreadable {word:?}"),
        }
    }
}

/// Returns a value that occurs in no file.
#[expect(clippy::unnecessary_wraps, reason = "it is a lookup")]
fn marked(name: &str) -> Option<String> {
    Some(format!("\u{e000}{name}\u{e001}"))
}

fn strings(words: &[SourceText]) -> Vec<&str> {
    words.iter().map(SourceText::as_str).collect()
}

/// Whether a later instruction of the stage replaces this one.
pub(super) fn is_replaced(instructions: &[Instruction], index: usize) -> bool {
    let keyword = instructions[index].kind.keyword();
    let is_single = InstructionSpec::of(keyword).is_some_and(|spec| spec.last_counts);
    is_single
        && instructions[index + 1..]
            .iter()
            .any(|later| later.kind.keyword() == keyword)
}
