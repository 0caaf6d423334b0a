//! COPY and ADD: their sources, their flags, and the stage or image that they copy from.
//!
//! In: the instruction and what is known before it. Out: errors of the check.

use std::cell::Cell;

use super::address::{GitAddress, git_address, is_http, is_remote};
use super::{Check, Known, values};
use crate::dockerfile::{Environment, Flag, HereDocument, Source, SourceText, Transfer};
use crate::suggest::did_you_mean;

impl Check<'_> {
    pub(super) fn transfer(
        &mut self,
        transfer: &Transfer,
        flags: &[Flag],
        environment: &Environment,
        keyword: &str,
    ) {
        self.words([&transfer.destination], environment);
        self.words(&transfer.chown, environment);
        if let Some(word) = &transfer.chmod
            && let Some(known) = self.expand(word, environment)
            && known.is_certain
            && !values::is_mode(&known.value)
        {
            self.error(
                word.whole(),
                format!("invalid mode `{}`", known.value),
                "write an octal number up to `7777`, or symbols like `u=rwX,go=rX`",
            );
        }
        let mut sources = Vec::new();
        for source in &transfer.sources {
            match source {
                Source::Path(word) => {
                    sources.extend(self.expand(word, environment).map(|known| (word, known)));
                }
                Source::HereDocument(document) if !document.quoted => {
                    self.content(document, environment);
                }
                Source::HereDocument(_) => {}
            }
        }
        if keyword == "COPY" {
            for (word, known) in &sources {
                if known.is_certain && is_remote(&known.value) {
                    self.error(
                        word.whole(),
                        "COPY takes no URL",
                        "write ADD, or download it in a RUN",
                    );
                }
            }
        }
        if let Some(from) = &transfer.from {
            self.source_stage(from);
        }
        let checksum = transfer.checksum.as_ref();
        let checksum = checksum.and_then(|word| Some((word, self.expand(word, environment)?)));
        // An empty one is as without the flag.
        let checksum = checksum.filter(|(_, known)| !known.value.is_empty());
        if let Some((word, known)) = &checksum {
            self.checksum(word, known, &sources, transfer.sources.len());
        }
        let keeps_git_dir = flags.iter().any(|flag| flag.name == "keep-git-dir");
        let keeps_git_dir = keeps_git_dir.then_some(transfer.keep_git_dir);
        let checksum = checksum.filter(|(_, known)| known.is_certain);
        self.git_addresses(
            &sources,
            keeps_git_dir,
            checksum.map(|(_, known)| known.value),
        );
    }

    /// Checks the content that COPY or ADD writes into a file.
    fn content(&mut self, document: &HereDocument, environment: &Environment) {
        let is_certain = Cell::new(true);
        let note = |name: &str, is_set: bool| {
            is_certain.set(is_certain.get() && !self.may_differ(name, is_set));
        };
        if let Err(error) = environment.expand_body_noting(&document.body, &note)
            && (is_certain.get() || !error.depends_on_value())
        {
            self.error(
                document.body.whole(),
                format!("the content of this here-document cannot be expanded: {error}"),
                format!(
                    "quote its end, so that nothing in it is expanded: `<<\"{}\"`",
                    document.name
                ),
            );
        }
    }

    /// Checks the queries of git addresses, also beside the flags that say the same.
    fn git_addresses(
        &mut self,
        sources: &[(&SourceText, Known)],
        mut keeps_git_dir: Option<bool>,
        mut checksum: Option<String>,
    ) {
        for (word, known) in sources.iter().filter(|(_, known)| known.is_certain) {
            let differs = "a flag, or another source, says something else";
            let why = match git_address(&known.value) {
                Ok(None) => continue,
                Ok(Some(address)) if address.is_like_a_path => continue,
                Err(why) => why,
                Ok(Some(address))
                    if keeps_git_dir
                        .is_some_and(|it| address.keeps_git_dir.is_some_and(|its| its != it)) =>
                {
                    format!("`keep-git-dir` in its query: {differs}")
                }
                Ok(Some(GitAddress {
                    checksum: Some(commit),
                    ..
                })) if checksum.as_ref().is_some_and(|known| *known != commit) => {
                    format!("`checksum` in its query: {differs}")
                }
                Ok(Some(address)) => {
                    keeps_git_dir = address.keeps_git_dir.or(keeps_git_dir);
                    checksum = address.checksum.or(checksum);
                    continue;
                }
            };
            self.error(
                word.whole(),
                format!("invalid git address: {why}"),
                "write for example `https://host/name.git?ref=v1`",
            );
        }
    }

    fn checksum(
        &mut self,
        checksum: &SourceText,
        known: &Known,
        sources: &[(&SourceText, Known)],
        count: usize,
    ) {
        let why = match sources {
            _ if count != 1 || sources.is_empty() => Some("it is for one source only"),
            [(_, source)] if source.is_certain && !is_remote_or_like_git(&source.value) => {
                Some("it is for the URL of a file or of a git repository")
            }
            // BuildKit compares the commit of a repository after cloning it.
            [(_, source)] if known.is_certain && source.is_certain && is_http(&source.value) => {
                values::checksum(&known.value).err()
            }
            _ => None,
        };
        if let Some(why) = why {
            self.error(
                checksum.whole(),
                format!("invalid checksum: {why}"),
                "write `--checksum=sha256:` and 64 hexadecimal digits; of a git repository, its \
                 commit",
            );
        }
    }

    /// Checks `--from` of a COPY: a stage by name or number, an image, a named context.
    pub(super) fn source_stage(&mut self, from: &SourceText) {
        let count = self.file.stages.len();
        let name = from.as_str();
        let is_number = name.strip_prefix(['-', '+']).unwrap_or(name);
        let number = (!is_number.is_empty() && is_number.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| name.parse::<i64>().ok())
            .flatten();
        if let Some(number) = number {
            let index = usize::try_from(number).ok().filter(|index| *index < count);
            match index {
                Some(index) => self.stage_before(from, index),
                None => self.error(
                    from.whole(),
                    format!("there are {count} stages here, counted from 0, and `{name}` is none"),
                    "name the stage with `FROM .. AS name`, and write its name here",
                ),
            }
            return;
        }
        if let Some(index) = self.names.get(name.to_ascii_lowercase().as_str()).copied() {
            // Of a name that is defined twice the last stage counts, even if it is after this one.
            self.stage_before(from, index);
        } else {
            self.image(from);
        }
    }

    /// Checks a name that is not a stage: an image.
    fn image(&mut self, from: &SourceText) {
        let Err(why) = values::reference(from) else {
            return;
        };
        let names = self
            .file
            .stages
            .iter()
            .filter_map(|stage| stage.name.as_ref());
        let names: Vec<&str> = names.map(|name| name.name.as_str()).collect();
        let near = did_you_mean(from, &names);
        self.error(
            from.whole(),
            format!("`{from}` is neither a stage nor an image: {why}{near}"),
            "write the name of an earlier stage, or an image as `name:tag`",
        );
    }

    fn stage_before(&mut self, from: &SourceText, index: usize) {
        if index == self.stage {
            self.error(
                from.whole(),
                "a stage cannot take files from itself",
                "name an earlier stage, or leave `--from` out to copy from the build context",
            );
        } else if index > self.stage {
            self.error(
                from.whole(),
                format!("the stage `{from}` comes later in this file"),
                "move that stage above this one",
            );
        }
    }
}

/// Whether `--checksum` may be beside it.
fn is_remote_or_like_git(value: &str) -> bool {
    is_remote(value) || matches!(git_address(value), Ok(Some(_)))
}
