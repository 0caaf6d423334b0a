//! What stands behind an instruction's word: flags, mounts, arguments.

use proc_macro::{Delimiter, Ident, TokenTree};

use super::{Parser, Result};
use crate::dockerfile::cursor::Cursor;
use crate::dockerfile::flags;
use crate::dockerfile::tree::{Flag, Instruction, Kind, RunCommand, Value};
use crate::dockerfile::values::{
    arguments, command, credential, flag, healthcheck, list, mount, one, pairs, port,
    script_arguments, some, value,
};
use crate::dockerfile::words;
use crate::errors::Mistake;

impl Parser {
    /// An instruction, behind its word.
    pub(super) fn instruction(
        &mut self,
        cursor: &mut Cursor,
        keyword: Ident,
    ) -> Result<Instruction> {
        let name = keyword.to_string();
        let mut flags = Vec::new();
        self.flags(cursor, &name, &mut flags)?;
        let what = |what: &str| format!("{name} needs {what}");
        let kind = match name.as_str() {
            "RUN" => self.run(cursor, &mut flags)?,
            "CMD" => Kind::Cmd(command(cursor, &name)?),
            "ENTRYPOINT" => Kind::Entrypoint(command(cursor, &name)?),
            "SHELL" => Kind::Shell(list(cursor)?.ok_or_else(|| {
                cursor.error("SHELL needs its list form: `SHELL [\"/bin/bash\", \"-c\"]`")
            })?),
            "LABEL" => Kind::Label(pairs(cursor, &what("`\"key\" = \"value\"`"))?),
            "ENV" => Kind::Env(pairs(cursor, &what("`NAME = \"value\"`"))?),
            "ARG" => Kind::Arg(arguments(cursor)?),
            "EXPOSE" => Kind::Expose(some(
                cursor,
                &what("a port: `EXPOSE 8080` or `EXPOSE 53/udp`"),
                port,
            )?),
            "COPY" => {
                let (sources, destination) = self.sources(cursor, &name)?;
                Kind::Copy {
                    sources,
                    destination,
                }
            }
            "ADD" => {
                let credential = credential(cursor)?;
                let (sources, destination) = self.sources(cursor, &name)?;
                Kind::Add {
                    credential,
                    sources,
                    destination,
                }
            }
            "VOLUME" => Kind::Volume(match list(cursor)? {
                Some(paths) => paths,
                None => some(cursor, &what("a path"), value)?,
            }),
            "USER" => Kind::User(one(cursor, &what("a user: `USER \"app\"` or `USER 1000`"))?),
            "WORKDIR" => Kind::Workdir(one(cursor, &what("a path: `WORKDIR \"/src\"`"))?),
            "STOPSIGNAL" => Kind::Stopsignal(one(cursor, &what("a signal: `STOPSIGNAL SIGTERM`"))?),
            "HEALTHCHECK" => Kind::Healthcheck(healthcheck(cursor)?),
            "ONBUILD" => {
                let Some(word) = cursor.take_ident() else {
                    return Err(cursor.error("ONBUILD needs an instruction"));
                };
                if ["ONBUILD", "FROM", "MAINTAINER"].contains(&word.to_string().as_str()) {
                    return Err(Mistake::new(
                        word.span(),
                        format!("ONBUILD cannot hold {word}"),
                    ));
                }
                if !words::is_instruction(&word) {
                    return Err(words::unknown_instruction(&word));
                }
                Kind::Onbuild(Box::new(self.instruction(cursor, word)?))
            }
            "MAINTAINER" => {
                return Err(Mistake::new(
                    keyword.span(),
                    "MAINTAINER is deprecated; write `LABEL \"org.opencontainers.image.authors\" = \"..\"`",
                ));
            }
            // `INSTRUCTIONS` has no other word.
            _ => return Err(words::unknown_instruction(&keyword)),
        };
        Ok(Instruction {
            keyword,
            flags,
            kind,
        })
    }

    /// `--name`, `--name=value` ... Each unknown, repeated or ill-formed one is an error of its own.
    pub(super) fn flags(
        &mut self,
        cursor: &mut Cursor,
        instruction: &str,
        flags: &mut Vec<Flag>,
    ) -> Result<()> {
        while cursor.is_double('-') {
            let flag = flag(cursor)?;
            match flags::problem(instruction, &flag, flags) {
                Some(message) => self.errors.add(Mistake::new(flag.span, message)),
                None => flags.push(flag),
            }
        }
        Ok(())
    }

    /// Mounts in brackets and flags, in any order, then the command.
    fn run(&mut self, cursor: &mut Cursor, flags: &mut Vec<Flag>) -> Result<Kind> {
        let mut mounts = Vec::new();
        while let Some(TokenTree::Group(group)) = cursor.peek()
            && group.delimiter() == Delimiter::Bracket
            && matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(_)))
        {
            let mut inside = Cursor::inside(group);
            cursor.next();
            match mount(&mut inside) {
                Ok(mount) => mounts.push(mount),
                Err(error) => self.errors.add(error),
            }
            self.flags(cursor, "RUN", flags)?;
        }
        let command = if let Some(words) = list(cursor)? {
            RunCommand::Exec(words)
        } else if let Some(script) = cursor.take_string() {
            RunCommand::Script(script, script_arguments(cursor))
        } else if let Some(group) = cursor.take_group(Delimiter::Parenthesis) {
            RunCommand::Expression(group.stream(), group.span())
        } else {
            return Err(cursor.error("RUN needs a script: `RUN \"make\"`, a list: `RUN [\"make\"]`, or a `Script`: `RUN (script)`"));
        };
        Ok(Kind::Run { mounts, command })
    }

    fn sources(&mut self, cursor: &mut Cursor, name: &str) -> Result<(Vec<Value>, Value)> {
        let start = cursor.span();
        let mut values = match list(cursor)? {
            Some(values) => values,
            None => some(
                cursor,
                &format!("{name} needs a source and a destination"),
                value,
            )?,
        };
        match values.pop() {
            Some(destination) if !values.is_empty() => Ok((values, destination)),
            Some(only) => Err(Mistake::new(
                only.span(),
                format!("{name} needs a destination after its source"),
            )),
            None => Err(Mistake::new(
                start,
                format!("{name} needs a source and a destination"),
            )),
        }
    }
}
