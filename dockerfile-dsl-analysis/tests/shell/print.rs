//! Prints a tree as one line of s-expressions, for the expectations of tests.

use dockerfile_dsl_analysis::shell::*;

pub(crate) fn list(list: &List) -> String {
    let items: Vec<String> = list
        .items
        .iter()
        .map(|item| match item.terminator {
            Terminator::Sequential => and_or(&item.and_or),
            Terminator::Background => format!("(& {})", and_or(&item.and_or)),
        })
        .collect();
    items.join(" ")
}

fn and_or(and_or: &AndOr) -> String {
    let mut text = pipeline(&and_or.first);
    for (connector, next) in &and_or.rest {
        let connector = if *connector == Connector::And {
            "&&"
        } else {
            "||"
        };
        text = format!("({connector} {text} {})", pipeline(next));
    }
    text
}

fn pipeline(pipeline: &Pipeline) -> String {
    let mut text = pipeline.commands.first().map(command).unwrap_or_default();
    for (next, pipe) in pipeline.commands.iter().skip(1).zip(&pipeline.pipes) {
        let pipe = if *pipe == Pipe::Output { "|" } else { "|&" };
        text = format!("({pipe} {text} {})", command(next));
    }
    if pipeline.negated {
        text = format!("(! {text})");
    }
    if pipeline.timed {
        format!("(time {text})")
    } else {
        text
    }
}

fn command(command: &Command) -> String {
    let text = match &command.kind {
        CommandKind::Simple(simple) => {
            let mut pieces: Vec<String> = simple.assignments.iter().map(assignment).collect();
            pieces.extend(simple.words.iter().map(word));
            format!("[{}]", pieces.join(" "))
        }
        CommandKind::Group(body) => format!("(group {})", list(body)),
        CommandKind::Subshell(body) => format!("(subshell {})", list(body)),
        CommandKind::If(command) => {
            let mut text = String::from("(if");
            for (condition, body) in &command.arms {
                text += &format!(" {} then {}", list(condition), list(body));
            }
            if let Some(otherwise) = &command.otherwise {
                text += &format!(" else {}", list(otherwise));
            }
            text + ")"
        }
        CommandKind::Loop(command) => {
            let kind = if command.kind == LoopKind::While {
                "while"
            } else {
                "until"
            };
            format!(
                "({kind} {} do {})",
                list(&command.condition),
                list(&command.body)
            )
        }
        CommandKind::For(command) => {
            let words = match &command.words {
                Some(words) => format!(
                    " in{}",
                    words
                        .iter()
                        .map(|one| format!(" {}", word(one)))
                        .collect::<String>()
                ),
                None => String::new(),
            };
            format!(
                "(for {}{words} do {})",
                command.variable.text,
                list(&command.body)
            )
        }
        CommandKind::ArithmeticFor(command) => {
            let [first, test, step] = &command.header;
            let header = format!(
                "{};{};{}",
                parts(&first.parts),
                parts(&test.parts),
                parts(&step.parts)
            );
            format!("(for (({header})) do {})", list(&command.body))
        }
        CommandKind::Case(command) => {
            let mut text = format!("(case {}", word(&command.subject));
            for arm in &command.arms {
                let patterns: Vec<String> = arm.patterns.iter().map(word).collect();
                let end = match arm.end {
                    CaseEnd::Break => ";;",
                    CaseEnd::FallThrough => ";&",
                    CaseEnd::TestNext => ";;&",
                };
                text += &format!(" ({}: {}{end})", patterns.join("|"), list(&arm.body));
            }
            text + ")"
        }
        CommandKind::Conditional(test) => format!("[[{}]]", conditional(test)),
        CommandKind::Arithmetic(arithmetic) => format!("(({}))", parts(&arithmetic.parts)),
        CommandKind::Function(function) => format!(
            "(function {} {})",
            function.name.text,
            self::command(&function.body)
        ),
        CommandKind::Opaque(opaque) => {
            let words: String = opaque
                .words
                .iter()
                .map(|one| format!(" {}", word(one)))
                .collect();
            format!(
                "(opaque {}{words} {})",
                opaque.keyword.text,
                self::command(&opaque.body)
            )
        }
    };
    command
        .redirects
        .iter()
        .fold(text, |text, one| format!("{text}{}", redirect(one)))
}

fn redirect(redirect: &Redirect) -> String {
    let descriptor = match &redirect.descriptor {
        Descriptor::Default => String::new(),
        Descriptor::Number(number) => number.to_string(),
        Descriptor::Variable(name) => format!("{{{}}}", name.text),
    };
    let target = match &redirect.target {
        RedirectTarget::Word(target) => word(target),
        RedirectTarget::HereDocument(document) => {
            let quoted = if document.quoted { " quoted" } else { "" };
            let strip = if document.strip_tabs { " strip" } else { "" };
            let open = if document.terminated { "" } else { " open" };
            format!(
                " {}{quoted}{strip}{open}: {}",
                document.delimiter.text,
                word(&document.body).replace('\n', "\\n")
            )
        }
    };
    format!("({descriptor}{}{target})", redirect.operator.text())
}

fn operator(operator: AssignmentOperator) -> &'static str {
    if operator == AssignmentOperator::Set {
        "="
    } else {
        "+="
    }
}

fn assignment(assignment: &Assignment) -> String {
    let subscript = assignment
        .subscript
        .as_ref()
        .map(|one| format!("[{}]", word(one)))
        .unwrap_or_default();
    format!(
        "(set {}{subscript}{}{})",
        assignment.name.text,
        operator(assignment.operator),
        word(&assignment.value)
    )
}

fn conditional(test: &Conditional) -> String {
    let all = |operands: &[Conditional]| {
        operands
            .iter()
            .map(conditional)
            .collect::<Vec<_>>()
            .join(" ")
    };
    match &test.kind {
        ConditionalKind::And(operands) => format!("(&& {})", all(operands)),
        ConditionalKind::Or(operands) => format!("(|| {})", all(operands)),
        ConditionalKind::Not(operand) => format!("(! {})", conditional(operand)),
        ConditionalKind::Unary(operator, operand) => {
            format!("({} {})", operator.text, word(operand))
        }
        ConditionalKind::Binary(left, operator, right) => {
            format!("({} {} {})", operator.text, word(left), word(right))
        }
        ConditionalKind::Word(one) => word(one),
    }
}

pub(crate) fn word(word: &Word) -> String {
    parts(&word.parts)
}

fn parts(parts: &[Part]) -> String {
    parts.iter().map(part).collect()
}

fn part(part: &Part) -> String {
    match part {
        Part::Literal(literal) => literal.text.to_string(),
        Part::Escaped(literal) => format!("\\{}", literal.text),
        Part::Quoted(quoted) => {
            let (open, close) = match quoted.style {
                QuoteStyle::Single => ("'", "'"),
                QuoteStyle::Double => ("\"", "\""),
                QuoteStyle::AnsiC => ("$'", "'"),
                QuoteStyle::Locale => ("$\"", "\""),
            };
            format!("{open}{}{close}", parts(&quoted.parts))
        }
        Part::Parameter(one) => parameter(one),
        Part::CommandSubstitution(substitution) => format!("$({})", list(&substitution.list)),
        Part::Arithmetic(arithmetic) => format!("$(({}))", parts(&arithmetic.parts)),
        Part::ProcessSubstitution(substitution) => {
            let direction = if substitution.direction == Direction::In {
                "<"
            } else {
                ">"
            };
            format!("{direction}({})", list(&substitution.list))
        }
        Part::Brace(brace) => match &brace.kind {
            BraceKind::Alternatives(words) => format!(
                "(brace {})",
                words.iter().map(word).collect::<Vec<_>>().join("|")
            ),
            BraceKind::Sequence(text) => format!("(brace {text})"),
        },
        Part::ExtendedGlob(glob) => {
            format!(
                "(glob {} {})",
                glob.operator,
                glob.patterns.iter().map(word).collect::<Vec<_>>().join("|")
            )
        }
        Part::Array(array) => {
            let element = |element: &Element| {
                let subscript = element
                    .subscript
                    .as_ref()
                    .map(|one| format!("[{}]{}", word(one), operator(element.operator)));
                format!(" {}{}", subscript.unwrap_or_default(), word(&element.value))
            };
            format!(
                "(array{})",
                array.elements.iter().map(element).collect::<String>()
            )
        }
        Part::Hole(hole) => format!("<{}>", hole.index),
    }
}

fn parameter(parameter: &Parameter) -> String {
    let name = match &parameter.name {
        ParameterName::Variable(name) => name.to_string(),
        ParameterName::Positional(number) => number.to_string(),
        ParameterName::Special(character) => character.to_string(),
    };
    let subscript = match &parameter.subscript {
        None => String::new(),
        Some(Subscript::All) => "[@]".into(),
        Some(Subscript::Joined) => "[*]".into(),
        Some(Subscript::Index(index)) => format!("[{}]", word(index)),
    };
    let form = match parameter.form {
        ParameterForm::Value => "",
        ParameterForm::Length => "length ",
        ParameterForm::Indirect => "indirect ",
        ParameterForm::NamesWithPrefix => "names ",
    };
    let doubled = |operator: &str, extent: &Extent| {
        if *extent == Extent::Most {
            operator.repeat(2)
        } else {
            operator.into()
        }
    };
    let operation = match &parameter.operation {
        None => String::new(),
        Some(Operation::Fallback(fallback, test, operand)) => {
            let colon = if *test == FallbackTest::UnsetOrEmpty {
                ":"
            } else {
                ""
            };
            let operator = match fallback {
                Fallback::Default => "-",
                Fallback::Assign => "=",
                Fallback::Error => "?",
                Fallback::Alternative => "+",
            };
            format!(" {colon}{operator} {}", word(operand))
        }
        Some(Operation::Remove(side, extent, pattern)) => {
            format!(
                " {} {}",
                doubled(if *side == Side::Prefix { "#" } else { "%" }, extent),
                word(pattern)
            )
        }
        Some(Operation::Replace(scope, pattern, replacement)) => {
            let operator = match scope {
                ReplaceScope::First => "/",
                ReplaceScope::All => "//",
                ReplaceScope::Prefix => "/#",
                ReplaceScope::Suffix => "/%",
            };
            let replacement = replacement
                .as_ref()
                .map(|one| format!(" by {}", word(one)))
                .unwrap_or_default();
            format!(" {operator} {}{replacement}", word(pattern))
        }
        Some(Operation::Slice(offset, length)) => {
            let length = length
                .as_ref()
                .map(|one| format!(" : {}", parts(&one.parts)))
                .unwrap_or_default();
            format!(" : {}{length}", parts(&offset.parts))
        }
        Some(Operation::ChangeCase(change, extent, pattern)) => {
            let operator = match change {
                CaseChange::Upper => "^",
                CaseChange::Lower => ",",
                CaseChange::Toggle => "~",
            };
            format!(
                " {}{}",
                doubled(operator, extent),
                pattern
                    .as_ref()
                    .map(|one| format!(" {}", word(one)))
                    .unwrap_or_default()
            )
        }
        Some(Operation::Transform(operator)) => format!(" @{operator}"),
    };
    format!("(${form}{name}{subscript}{operation})")
}
