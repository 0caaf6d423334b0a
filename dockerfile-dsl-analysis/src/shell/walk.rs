//! Visitor of the syntax tree: the only code that knows the children of every node, so that no walk misses some.
//!
//! Implement [`Visit`] with the methods of interest, and call the `walk_` function of the same name in them to descend.

use super::tree::{
    AndOr, Arithmetic, Assignment, BraceKind, Command, CommandKind, Conditional, ConditionalKind,
    Element, HereDocument, HolePart, List, Operation, Parameter, Part, Pipeline, Redirect,
    RedirectTarget, Subscript, Word,
};

/// A visitor of every node of a tree, outer nodes before inner, in text order (redirects after their command's words).
pub trait Visit {
    /// A list of commands.
    fn list(&mut self, list: &List) {
        walk_list(self, list);
    }

    /// Pipelines joined by `&&` and `||`.
    fn and_or(&mut self, and_or: &AndOr) {
        walk_and_or(self, and_or);
    }

    /// A pipeline.
    fn pipeline(&mut self, pipeline: &Pipeline) {
        walk_pipeline(self, pipeline);
    }

    /// A command of any kind.
    fn command(&mut self, command: &Command) {
        walk_command(self, command);
    }

    /// A redirect.
    fn redirect(&mut self, redirect: &Redirect) {
        walk_redirect(self, redirect);
    }

    /// A here-document.
    fn here_document(&mut self, document: &HereDocument) {
        walk_here_document(self, document);
    }

    /// An assignment before a command's words.
    fn assignment(&mut self, assignment: &Assignment) {
        walk_assignment(self, assignment);
    }

    /// An element of an array.
    fn element(&mut self, element: &Element) {
        walk_element(self, element);
    }

    /// An expression inside `[[ .. ]]`.
    fn conditional(&mut self, conditional: &Conditional) {
        walk_conditional(self, conditional);
    }

    /// A word anywhere, including operands, patterns, subscripts, and bodies of here-documents.
    fn word(&mut self, word: &Word) {
        walk_word(self, word);
    }

    /// A part of a word, of a quoted part or of an arithmetic expression.
    fn part(&mut self, part: &Part) {
        walk_part(self, part);
    }

    /// A parameter expansion.
    fn parameter(&mut self, parameter: &Parameter) {
        walk_parameter(self, parameter);
    }

    /// An arithmetic expression.
    fn arithmetic(&mut self, arithmetic: &Arithmetic) {
        walk_arithmetic(self, arithmetic);
    }

    /// A hole.
    fn hole(&mut self, _hole: &HolePart) {}
}

/// Visits the items of a list.
pub fn walk_list<V: Visit + ?Sized>(visit: &mut V, list: &List) {
    for item in &list.items {
        visit.and_or(&item.and_or);
    }
}

/// Visits the pipelines.
pub fn walk_and_or<V: Visit + ?Sized>(visit: &mut V, and_or: &AndOr) {
    visit.pipeline(&and_or.first);
    for (_, pipeline) in &and_or.rest {
        visit.pipeline(pipeline);
    }
}

/// Visits the commands.
pub fn walk_pipeline<V: Visit + ?Sized>(visit: &mut V, pipeline: &Pipeline) {
    for command in &pipeline.commands {
        visit.command(command);
    }
}

/// Visits the parts of the command, then its redirects.
pub fn walk_command<V: Visit + ?Sized>(visit: &mut V, command: &Command) {
    match &command.kind {
        CommandKind::Simple(simple) => {
            for assignment in &simple.assignments {
                visit.assignment(assignment);
            }
            for word in &simple.words {
                visit.word(word);
            }
        }
        CommandKind::Group(list) | CommandKind::Subshell(list) => visit.list(list),
        CommandKind::If(command) => {
            for (condition, body) in &command.arms {
                visit.list(condition);
                visit.list(body);
            }
            if let Some(list) = &command.otherwise {
                visit.list(list);
            }
        }
        CommandKind::Loop(command) => {
            visit.list(&command.condition);
            visit.list(&command.body);
        }
        CommandKind::For(command) => {
            for word in command.words.iter().flatten() {
                visit.word(word);
            }
            visit.list(&command.body);
        }
        CommandKind::ArithmeticFor(command) => {
            for arithmetic in &command.header {
                visit.arithmetic(arithmetic);
            }
            visit.list(&command.body);
        }
        CommandKind::Case(command) => {
            visit.word(&command.subject);
            for arm in &command.arms {
                for pattern in &arm.patterns {
                    visit.word(pattern);
                }
                visit.list(&arm.body);
            }
        }
        CommandKind::Conditional(conditional) => visit.conditional(conditional),
        CommandKind::Arithmetic(arithmetic) => visit.arithmetic(arithmetic),
        CommandKind::Function(function) => visit.command(&function.body),
        CommandKind::Opaque(opaque) => {
            for word in &opaque.words {
                visit.word(word);
            }
            visit.command(&opaque.body);
        }
    }
    for redirect in &command.redirects {
        visit.redirect(redirect);
    }
}

/// Visits the target.
pub fn walk_redirect<V: Visit + ?Sized>(visit: &mut V, redirect: &Redirect) {
    match &redirect.target {
        RedirectTarget::Word(word) => visit.word(word),
        RedirectTarget::HereDocument(document) => visit.here_document(document),
    }
}

/// Visits the body.
pub fn walk_here_document<V: Visit + ?Sized>(visit: &mut V, document: &HereDocument) {
    visit.word(&document.body);
}

/// Visits subscript and value.
pub fn walk_assignment<V: Visit + ?Sized>(visit: &mut V, assignment: &Assignment) {
    if let Some(subscript) = &assignment.subscript {
        visit.word(subscript);
    }
    visit.word(&assignment.value);
}

/// Visits subscript and value.
pub fn walk_element<V: Visit + ?Sized>(visit: &mut V, element: &Element) {
    if let Some(subscript) = &element.subscript {
        visit.word(subscript);
    }
    visit.word(&element.value);
}

/// Visits the operands.
pub fn walk_conditional<V: Visit + ?Sized>(visit: &mut V, conditional: &Conditional) {
    match &conditional.kind {
        ConditionalKind::And(operands) | ConditionalKind::Or(operands) => {
            for operand in operands {
                visit.conditional(operand);
            }
        }
        ConditionalKind::Not(operand) => visit.conditional(operand),
        ConditionalKind::Unary(_, word) | ConditionalKind::Word(word) => visit.word(word),
        ConditionalKind::Binary(left, _, right) => {
            visit.word(left);
            visit.word(right);
        }
    }
}

/// Visits the parts.
pub fn walk_word<V: Visit + ?Sized>(visit: &mut V, word: &Word) {
    for part in &word.parts {
        visit.part(part);
    }
}

/// Visits the nested parts.
pub fn walk_part<V: Visit + ?Sized>(visit: &mut V, part: &Part) {
    match part {
        Part::Literal(_) | Part::Escaped(_) => {}
        Part::Quoted(quoted) => {
            for part in &quoted.parts {
                visit.part(part);
            }
        }
        Part::Parameter(parameter) => visit.parameter(parameter),
        Part::CommandSubstitution(substitution) => visit.list(&substitution.list),
        Part::Arithmetic(arithmetic) => visit.arithmetic(arithmetic),
        Part::ProcessSubstitution(substitution) => visit.list(&substitution.list),
        Part::Brace(brace) => match &brace.kind {
            BraceKind::Alternatives(words) => {
                for word in words {
                    visit.word(word);
                }
            }
            BraceKind::Sequence(_) => {}
        },
        Part::ExtendedGlob(glob) => {
            for pattern in &glob.patterns {
                visit.word(pattern);
            }
        }
        Part::Array(array) => {
            for element in &array.elements {
                visit.element(element);
            }
        }
        Part::Hole(hole) => visit.hole(hole),
    }
}

/// Visits subscript and operands.
pub fn walk_parameter<V: Visit + ?Sized>(visit: &mut V, parameter: &Parameter) {
    if let Some(Subscript::Index(word)) = &parameter.subscript {
        visit.word(word);
    }
    match &parameter.operation {
        None | Some(Operation::Transform(_) | Operation::ChangeCase(_, _, None)) => {}
        Some(
            Operation::Fallback(_, _, word)
            | Operation::Remove(_, _, word)
            | Operation::ChangeCase(_, _, Some(word)),
        ) => {
            visit.word(word);
        }
        Some(Operation::Replace(_, pattern, replacement)) => {
            visit.word(pattern);
            if let Some(replacement) = replacement {
                visit.word(replacement);
            }
        }
        Some(Operation::Slice(offset, length)) => {
            visit.arithmetic(offset);
            if let Some(length) = length {
                visit.arithmetic(length);
            }
        }
    }
}

/// Visits the parts.
pub fn walk_arithmetic<V: Visit + ?Sized>(visit: &mut V, arithmetic: &Arithmetic) {
    for part in &arithmetic.parts {
        visit.part(part);
    }
}
