//! The grammar of `dockerfile!`.
//!
//! In: tokens. Out: a [`Template`] and every mistake that was found, each at its token. After a mistake the next
//! instruction word is looked for, so that one compile shows them all.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};

use crate::errors::{Errors, Mistake};
use crate::literal::StringLiteral;

use super::cursor::{Cursor, is_punct};
use super::flags;
use super::tree::{
    Base, Binding, Control, Flag, Instruction, Kind, Node, RunCommand, Stage, Template, Value,
};
use super::values::{
    arguments, command, credential, flag, healthcheck, list, mount, one, pairs, port,
    script_arguments, some, value,
};
use super::words::{self, INSTRUCTIONS};

pub(super) type Result<T> = std::result::Result<T, Mistake>;

/// Reads a template. The tree holds what could be read; it is whole if there is no error.
pub(crate) fn parse(tokens: TokenStream) -> (Template, Errors) {
    let mut parser = Parser {
        errors: Errors::default(),
    };
    let mut cursor = Cursor::new(tokens, Span::call_site());
    let template = parser.template(&mut cursor);
    (template, parser.errors)
}

struct Parser {
    errors: Errors,
}

impl Parser {
    fn template(&mut self, cursor: &mut Cursor) -> Template {
        let mut template = Template::default();
        while let Some(word) = cursor.peek_ident().cloned() {
            if word == "FROM" {
                break;
            }
            if word != "ARG" {
                self.errors.add(misplaced(&word));
                cursor.next();
                skip(cursor);
                continue;
            }
            cursor.next();
            match self.instruction(cursor, word) {
                Ok(instruction) => template.globals.push(instruction),
                Err(error) => self.recover(cursor, error),
            }
        }
        while cursor.peek_ident().is_some_and(|word| word == "FROM") {
            match self.stage(cursor) {
                Ok(stage) => template.stages.push(stage),
                Err(error) => {
                    self.recover(cursor, error);
                    // What follows belongs to the stage that could not be read: look at it for more mistakes.
                    self.nodes(cursor);
                }
            }
        }
        if cursor.peek_ident().is_some_and(|word| word == "TARGETS") {
            cursor.next();
            if let Err(error) = targets(cursor, &mut template.targets) {
                self.errors.add(error);
            }
        }
        if !cursor.is_empty() {
            self.errors.add(cursor.error("expected `FROM`"));
        } else if template.stages.is_empty() && self.errors.is_empty() {
            self.errors
                .add(cursor.error("a template needs a stage: start one with `FROM \"image\"`"));
        }
        self.twice(&template);
        template
    }

    fn recover(&mut self, cursor: &mut Cursor, error: Mistake) {
        self.errors.add(error);
        skip(cursor);
    }

    fn stage(&mut self, cursor: &mut Cursor) -> Result<Stage> {
        let from = cursor.span();
        cursor.next();
        let mut flags = Vec::new();
        self.flags(cursor, "FROM", &mut flags)?;
        let base = base(cursor)?;
        let binding = if cursor.peek_ident().is_some_and(|word| word == "AS") {
            cursor.next();
            Some(binding(cursor)?)
        } else {
            None
        };
        let body = self.nodes(cursor);
        Ok(Stage {
            from,
            flags,
            base,
            binding,
            body,
        })
    }

    /// Instructions and control flow, up to the next FROM, TARGETS or the end.
    fn nodes(&mut self, cursor: &mut Cursor) -> Vec<Node> {
        let mut nodes = Vec::new();
        while !cursor.is_empty()
            && !cursor
                .peek_ident()
                .is_some_and(|word| word == "FROM" || word == "TARGETS")
        {
            match self.node(cursor) {
                Ok(node) => nodes.push(node),
                Err(error) => self.recover(cursor, error),
            }
        }
        nodes
    }

    fn body(&mut self, cursor: &mut Cursor) -> Result<Vec<Node>> {
        let Some(group) = cursor.take_group(Delimiter::Brace) else {
            return Err(cursor.error("expected `{`"));
        };
        let mut inside = Cursor::inside(&group);
        let mut nodes = Vec::new();
        loop {
            nodes.extend(self.nodes(&mut inside));
            if inside.is_empty() {
                return Ok(nodes);
            }
            // Only FROM and TARGETS stop `nodes` before the end.
            self.errors.add(inside.error(
                "a stage starts at the top level only; make one in a loop with `Stage::from_image(..)` and use it as `FROM (expr)` or `--from=(expr)`",
            ));
            inside.next();
            skip(&mut inside);
        }
    }

    fn node(&mut self, cursor: &mut Cursor) -> Result<Node> {
        if cursor.is_double('.') {
            return splice(cursor);
        }
        let Some(word) = cursor.peek_ident().cloned() else {
            return Err(
                cursor.error("expected an instruction, `if`, `for`, `match` or `..fragment()`")
            );
        };
        match word.to_string().as_str() {
            "if" => self.conditional(cursor).map(Node::Control),
            "for" => {
                let head = cursor.take_until(before_body);
                Ok(Node::Control(Control::For(head, self.body(cursor)?)))
            }
            "match" => {
                let head = cursor.take_until(before_body);
                let Some(group) = cursor.take_group(Delimiter::Brace) else {
                    return Err(cursor.error("expected `{`"));
                };
                self.arms(&mut Cursor::inside(&group))
                    .map(|arms| Node::Control(Control::Match(head, arms)))
            }
            name if INSTRUCTIONS.contains(&name) => {
                cursor.next();
                self.instruction(cursor, word).map(Node::Instruction)
            }
            _ => {
                let error = words::unknown_instruction(&word);
                cursor.next();
                Err(error)
            }
        }
    }

    fn conditional(&mut self, cursor: &mut Cursor) -> Result<Control> {
        let mut arms = Vec::new();
        loop {
            let head = cursor.take_until(before_body);
            arms.push((head, self.body(cursor)?));
            if cursor.peek_ident().is_none_or(|word| word != "else") {
                return Ok(Control::If(arms));
            }
        }
    }

    fn arms(&mut self, cursor: &mut Cursor) -> Result<Vec<(TokenStream, Vec<Node>)>> {
        let mut arms = Vec::new();
        while !cursor.is_empty() {
            let pattern = cursor
                .take_until(|cursor| cursor.is_punct('=') && is_punct(cursor.peek_second(), '>'));
            if cursor.is_empty() {
                return Err(cursor.error("expected `=>`"));
            }
            cursor.next();
            cursor.next();
            arms.push((pattern, self.body(cursor)?));
            cursor.take_punct(',');
        }
        Ok(arms)
    }

    /// An instruction, behind its word.
    fn instruction(&mut self, cursor: &mut Cursor, keyword: Ident) -> Result<Instruction> {
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
                if ["ONBUILD", "FROM", "MAINTAINER"]
                    .iter()
                    .any(|refused| word == refused)
                {
                    return Err(Mistake::new(
                        word.span(),
                        format!("ONBUILD cannot hold {word}"),
                    ));
                }
                if !INSTRUCTIONS.iter().any(|known| word == known) {
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
    fn flags(
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

    /// CMD, ENTRYPOINT and HEALTHCHECK count once in a stage: the last wins, the others are mistakes.
    fn twice(&mut self, template: &Template) {
        for stage in &template.stages {
            let mut seen: Vec<String> = Vec::new();
            for node in &stage.body {
                let Node::Instruction(instruction) = node else {
                    continue;
                };
                let name = instruction.keyword.to_string();
                if !["CMD", "ENTRYPOINT", "HEALTHCHECK"].contains(&name.as_str()) {
                    continue;
                }
                if seen.contains(&name) {
                    self.errors.add(Mistake::new(
                        instruction.keyword.span(),
                        format!("{name} stands twice in this stage; only the last one would count"),
                    ));
                } else {
                    seen.push(name);
                }
            }
        }
    }
}

/// Goes on to the next instruction word.
fn skip(cursor: &mut Cursor) {
    while !cursor.is_empty() && !at_instruction(cursor) {
        cursor.next();
    }
}

pub(super) fn at_instruction(cursor: &Cursor) -> bool {
    cursor.is_double('.')
        || cursor.peek_ident().is_some_and(|word| {
            // `USER = "x"` after ENV is a pair, `--from=COPY` a value.
            !is_punct(cursor.peek_second(), '=') && words::starts_node(&word.to_string())
        })
}

fn before_body(cursor: &Cursor) -> bool {
    matches!(cursor.peek(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace)
}

fn misplaced(word: &Ident) -> Mistake {
    if INSTRUCTIONS.iter().any(|known| word == known) {
        Mistake::new(
            word.span(),
            format!("only ARG may stand before the first FROM, not {word}"),
        )
    } else {
        words::unknown_instruction(word)
    }
}

fn base(cursor: &mut Cursor) -> Result<Base> {
    if let Some(image) = cursor.take_string() {
        return Ok(Base::Image(image));
    }
    if let Some(group) = cursor.take_group(Delimiter::Parenthesis) {
        return Ok(Base::Expression(group.stream(), group.span()));
    }
    match cursor.peek_ident().cloned() {
        Some(word) if word == "scratch" => {
            cursor.next();
            Ok(Base::Scratch(word.span()))
        }
        Some(word) if !INSTRUCTIONS.iter().any(|known| word == known) && word != "AS" => {
            cursor.next();
            Ok(Base::Stage(word))
        }
        _ => Err(cursor.error("FROM needs an image: `FROM \"debian\"`, an earlier stage: `FROM build`, or `FROM scratch`")),
    }
}

fn binding(cursor: &mut Cursor) -> Result<Binding> {
    let Some(ident) = cursor.take_ident() else {
        return Err(match cursor.take_string() {
            Some(name) => Mistake::new(
                name.token.span(),
                "AS needs a name to bind: `AS build`, or `AS build = \"name-in-the-file\"`",
            ),
            None => cursor.error("AS needs a name: `AS build`"),
        });
    };
    if !cursor.take_punct('=') {
        let name = StringLiteral::spelled(
            &ident.to_string().trim_start_matches("r#").replace('_', "-"),
            ident.span(),
        );
        return Ok(Binding { ident, name });
    }
    match cursor.take_string() {
        Some(name) => Ok(Binding { ident, name }),
        None => Err(cursor.error("expected the stage's name in quotes")),
    }
}

fn targets(cursor: &mut Cursor, targets: &mut Vec<Ident>) -> Result<()> {
    loop {
        targets.push(
            cursor
                .take_ident()
                .ok_or_else(|| cursor.error("TARGETS needs stages: `TARGETS test, app`"))?,
        );
        if !cursor.take_punct(',') {
            return Ok(());
        }
    }
}

fn splice(cursor: &mut Cursor) -> Result<Node> {
    let span = cursor.span();
    cursor.next();
    cursor.next();
    let path = cursor.take_until(|cursor| {
        matches!(cursor.peek(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis) || at_instruction(cursor)
    });
    let Some(group) = cursor.take_group(Delimiter::Parenthesis) else {
        return Err(Mistake::new(
            span,
            "expected a call: `..fragment()`; the function gets the stage as its first argument",
        ));
    };
    let question_mark = cursor
        .is_punct('?')
        .then(|| cursor.next().into_iter().collect());
    Ok(Node::Splice {
        path,
        arguments: group.stream(),
        question_mark,
        span,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn errors(text: &str) -> Vec<String> {
        let tokens: TokenStream = text.parse().expect("tokens");
        parse(tokens).1.messages()
    }

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(errors(text), expected);
    }

    #[test]
    fn every_instruction_is_read() {
        check(
            r#"
            ARG VERSION = "3.20"
            FROM --platform=linux/amd64 "alpine:{VERSION}" AS build
            WORKDIR "/src"
            ARG TARGETARCH
            ENV A = "1" B = (value)
            LABEL "org.x" = "y" other = "z"
            COPY --link --chown=1000:1000 --exclude="*.md" --exclude="x" "." (more) "/src/"
            ADD --keep-git-dir=true "https://example.com/x.git" "/x"
            RUN [cache "/root/.cache", id = "c", sharing = locked] [secret NPMRC => "/root/.npmrc"] --network=none
                "make {target}", target = name, @trust("frob", "reads it only")
            RUN ["make", (target)]
            RUN (script)
            EXPOSE 80 443/tcp 7000-7010/udp "53/udp" (port)
            VOLUME "/a" "/b"
            VOLUME ["/c"]
            USER 1000
            STOPSIGNAL SIGTERM
            SHELL ["/bin/bash", "-c"]
            HEALTHCHECK --interval=30s --start-period=1m30s --retries=3 CMD ["/probe"]
            ONBUILD RUN "make"
            if debug { RUN "a" } else if let Some(x) = y { RUN "b" } else { ENV D = "1" }
            for package in &packages { RUN "apk add {package}" }
            match kind { Kind::A => { RUN "a" }, _ => { } }
            ..fragment::tools(&packages)?
            ENTRYPOINT ["/app"]
            CMD "--help"
            FROM build AS test = "test-1"
            HEALTHCHECK NONE
            FROM scratch AS app
            COPY --from=build "/src/app" "/app"
            TARGETS test, app
            "#,
            &[],
        );
    }

    #[test]
    fn several_mistakes_are_shown_at_once() {
        check(
            r#"FROM "a" WORKDRI "/x" COPY --form=b "x" "/y" ENV A CMD RUN "ok" EXPOSE HEALTHCHECK "x" "#,
            &[
                "unknown instruction `WORKDRI`, did you mean `WORKDIR`?",
                "COPY has no flag `--form`, did you mean `from`?",
                "ENV needs `NAME = \"value\"`",
                "CMD needs a list: `CMD [\"prog\", \"arg\"]`, or shell text in quotes",
                "EXPOSE needs a port: `EXPOSE 8080` or `EXPOSE 53/udp`",
                "HEALTHCHECK needs `NONE` or `CMD [\"prog\", \"arg\"]`",
            ],
        );
    }

    #[test]
    fn what_counts_once_stands_once() {
        check(
            r#"FROM "a" CMD ["x"] RUN "y" CMD ["z"]"#,
            &["CMD stands twice in this stage; only the last one would count"],
        );
        check(r#"FROM "a" CMD ["x"] FROM "b" CMD ["z"]"#, &[]);
    }

    #[test]
    fn stages_stand_at_the_top_only() {
        check(
            r#"FROM "a" for x in y { RUN "b" FROM "c" RUN "d" }"#,
            &[
                "a stage starts at the top level only; make one in a loop with `Stage::from_image(..)` and use it as `FROM (expr)` or `--from=(expr)`",
            ],
        );
        check(
            r#"RUN "x" FROM "a""#,
            &["only ARG may stand before the first FROM, not RUN"],
        );
        check(
            "",
            &["a template needs a stage: start one with `FROM \"image\"`"],
        );
    }

    #[test]
    fn flags_are_those_of_the_instruction() {
        check(r#"FROM "a" USER --chown=x "y""#, &["USER has no flags"]);
        check(
            r#"FROM "a" COPY --chown "x" "/y""#,
            &["`--chown` needs a value: `--chown=..`"],
        );
        check(
            r#"FROM "a" COPY --link --link "x" "/y""#,
            &["`--link` stands twice"],
        );
        check(
            r#"FROM "a" RUN --mount=type "x""#,
            &[
                "mounts stand in brackets: `RUN [cache \"/root/.cache\"] \"..\"`; a secret is mounted by its use: `{SECRET}`",
            ],
        );
        check(
            r#"FROM "a" RUN [cahce "/x"] "y""#,
            &["unknown mount type `cahce`, did you mean `cache`?"],
        );
    }

    #[test]
    fn a_name_is_bound_and_written_with_dashes() {
        let tokens: TokenStream = r#"FROM "a" AS my_build FROM "b" AS x = "y.z""#
            .parse()
            .expect("tokens");
        let names: Vec<String> = parse(tokens)
            .0
            .stages
            .iter()
            .filter_map(|stage| stage.binding.as_ref())
            .map(|binding| binding.name.text.clone())
            .collect();
        assert_eq!(names, ["my-build", "y.z"]);
    }

    #[test]
    fn missing_arguments_are_named() {
        check(
            r#"FROM "a" COPY "x""#,
            &["COPY needs a destination after its source"],
        );
        check(
            r#"FROM "a" ONBUILD FROM "b""#,
            &["ONBUILD cannot hold FROM"],
        );
        check(
            r#"FROM "a" AS "b""#,
            &["AS needs a name to bind: `AS build`, or `AS build = \"name-in-the-file\"`"],
        );
        check(
            r#"FROM"#,
            &[
                "FROM needs an image: `FROM \"debian\"`, an earlier stage: `FROM build`, or `FROM scratch`",
            ],
        );
        check(
            r#"FROM "a" MAINTAINER "x""#,
            &[
                "MAINTAINER is deprecated; write `LABEL \"org.opencontainers.image.authors\" = \"..\"`",
            ],
        );
    }
}
