//! The list of calls: blocks of `key: value` lines after a header `=== program sub-command`.
//!
//! | key | meaning |
//! |---|---|
//! | `setup` | a line of the script that makes what the calls need; it never sees the secret |
//! | `serve` | a file server on 127.0.0.1:8000 for the folder `/w/www` runs beside the calls |
//! | `version` | a command that prints the program's version |
//! | `help` | a command whose output lists the options |
//! | `options` | further options, for programs that do not list them |
//! | `values` | forms of a value beside the secret itself, with `%` where the secret is; without `%`, beside a call that uses it |
//! | `skip` | options that are not tried: they wait for a terminal, or show help |
//! | `call` | a call that works, with `@` where the options go. With `$T` or `/run/secrets/tok` it uses the secret as documented |
//!
//! An unknown key, a block without `call`, or a call without `@`, is an error with its line.

use std::fs;
use std::path::{Path, PathBuf};

/// Where the option of a call goes.
pub(super) const PLACE: &str = "@";

/// The calls of a program, or of one of its sub-commands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Block {
    /// The program, and the sub-command.
    pub name: String,
    pub(super) setup: Vec<String>,
    pub(super) is_served: bool,
    pub(super) version: Option<String>,
    pub(super) help: Option<String>,
    pub(super) options: Vec<String>,
    pub(super) values: Vec<String>,
    pub(super) skip: Vec<String>,
    pub(super) calls: Vec<String>,
}

impl Block {
    /// The program without the sub-command.
    #[must_use]
    pub fn program(&self) -> &str {
        self.name.split(' ').next().unwrap_or_default()
    }
}

/// The folder of the lists.
#[must_use]
pub fn data() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/data/options"))
}

/// All blocks, by file and by their order in it.
///
/// # Panics
///
/// If a file cannot be read or has another form.
#[must_use]
pub fn all() -> Vec<Block> {
    let mut files: Vec<PathBuf> = fs::read_dir(data())
        .expect("the folder can be read")
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.extension().is_some_and(|it| it == "options"))
        .collect();
    files.sort();
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(path).expect("a list is text");
        parse(&text).unwrap_or_else(|error| panic!("{}:{error}", path.display()))
    };
    files.iter().flat_map(read).collect()
}

fn parse(text: &str) -> Result<Vec<Block>, String> {
    let mut blocks: Vec<Block> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let at = |message: &str| format!("{}: {message}", index + 1);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix("=== ") {
            if blocks.last().is_some_and(|block| block.calls.is_empty()) {
                return Err(at("the block before this one has no `call`"));
            }
            if blocks.iter().any(|block| block.name == name) {
                return Err(at("the name is there twice"));
            }
            blocks.push(Block {
                name: name.to_owned(),
                ..Block::default()
            });
            continue;
        }
        let block = blocks.last_mut().ok_or_else(|| at("expected `=== name`"))?;
        let (key, value) = line
            .split_once(": ")
            .ok_or_else(|| at("expected `key: value`"))?;
        let words = || value.split_whitespace().map(str::to_owned);
        match key {
            "setup" => block.setup.push(value.to_owned()),
            "serve" => block.is_served = value == "yes",
            "version" => block.version = Some(value.to_owned()),
            "help" => block.help = Some(value.to_owned()),
            "options" => block.options.extend(words()),
            "values" => block.values.extend(words()),
            "skip" => block.skip.extend(words()),
            "call" => {
                if value.split(' ').filter(|word| *word == PLACE).count() != 1 {
                    return Err(at("a call has one word `@`"));
                }
                block.calls.push(value.to_owned());
            }
            _ => return Err(at(&format!("unknown key `{key}`"))),
        }
    }
    if blocks.last().is_some_and(|block| block.calls.is_empty()) {
        return Err("the last block has no `call`".to_owned());
    }
    Ok(blocks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_its_keys() {
        let text = "# About.\n=== git commit\nsetup: a\nsetup: b c\nserve: yes\n\
                    help: git commit -h\nskip: -e --edit\ncall: git commit @ -m x\n\n\
                    === tar\ncall: tar -c @ f\n";
        let blocks = parse(text).unwrap();
        assert_eq!(blocks.len(), 2);
        assert_eq!(blocks[0].program(), "git");
        assert_eq!(blocks[0].setup, ["a", "b c"]);
        assert!(blocks[0].is_served && !blocks[1].is_served);
        assert_eq!(blocks[0].skip, ["-e", "--edit"]);
        assert_eq!(blocks[1].calls, ["tar -c @ f"]);
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        let refused = |text: &str, expected: &str| {
            let error = parse(text).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        };
        refused("call: a @\n", "1: expected `=== name`");
        refused("=== a\n=== b\n", "2: the block before");
        refused("=== a\ncall: a\n", "2: a call has one word");
        refused("=== a\ncall: a @ @\n", "2: a call has one word");
        refused("=== a\ncall: a @\n=== a\n", "3: the name is there twice");
        refused("=== a\nkall: a @\n", "2: unknown key `kall`");
        refused("=== a\n", "the last block");
    }

    #[test]
    fn the_lists_are_well_formed() {
        let blocks = all();
        let mut programs: Vec<&str> = blocks.iter().map(Block::program).collect();
        programs.dedup();
        assert!(programs.len() >= 10, "{programs:?}");
    }
}
