//! find: the names that it prints, and its actions on the files that it finds.
//! Files that the step created or mounted are visited one by one; one unknown path represents all other files.

use super::common::{at, made, path};
use crate::domain::Argument;
use crate::domain::Cause;
use crate::domain::{
    Component, FilePlace, Node, Share, SymbolicPath, Taint, Unit, Value, units, units_match,
    value_of,
};
use crate::interpreter::Call;

/// Max. files that are visited one by one; beyond it one unknown path represents the rest.
const MAX_FOUND: usize = 64;

/// An action of a find expression.
#[derive(Debug)]
enum Action {
    Print,
    PrintTo(Argument),
    Delete,
    /// A command with `{}`, and whether it runs in the file's directory.
    Run(Vec<Argument>, bool),
}

/// A test that is evaluated. All other tests may or may not hold.
#[derive(Debug)]
enum Test {
    Name(String),
    Path(String),
    Files,
    Directories,
    Links,
    MaxDepth(usize),
    MinDepth(usize),
    /// A directory for which the previous tests hold is not searched.
    Prune,
}

impl Test {
    /// Whether it holds for a file with this path (`shown`: as find prints it) at this depth.
    fn holds(&self, path: &[Component], shown: &[Unit<'_>], node: &Node, depth: usize) -> bool {
        let name = path.last();
        let may_be_any = name.is_some_and(Component::is_symbolic);
        match self {
            Self::Name(pattern) => {
                let fits = name.map_or(Some(false), |name| name.matches(pattern));
                may_be_any || fits.unwrap_or(true)
            }
            Self::Path(pattern) => {
                let pattern: Vec<_> = pattern.chars().map(Unit::Known).collect();
                may_be_any || units_match(&pattern, shown).unwrap_or(true)
            }
            Self::Files => matches!(node, Node::File(_)),
            Self::Directories => matches!(node, Node::Directory),
            Self::Links => matches!(node, Node::Link(_)),
            Self::MaxDepth(most) => depth <= *most,
            Self::MinDepth(least) => depth >= *least,
            Self::Prune => true,
        }
    }
}

/// Whether a directory above the file, from the start on, is pruned.
fn is_pruned<'a>(
    tests: &[Test],
    start: usize,
    path: &'a [Component],
    shown: &dyn Fn(&'a [Component]) -> Vec<Unit<'a>>,
) -> bool {
    let Some(prune) = tests.iter().position(|test| matches!(test, Test::Prune)) else {
        return false;
    };
    let mut above = (start..path.len()).map(|end| &path[..end]).enumerate();
    above.any(|(depth, directory)| {
        tests[..prune]
            .iter()
            .all(|test| test.holds(directory, &shown(directory), &Node::Directory, depth))
    })
}

/// Returns a path as find prints it: the start as it was written, and the components beneath it.
fn shown<'a>(written: Option<&str>, above: usize, path: &'a [Component]) -> Vec<Unit<'a>> {
    let Some(start) = written else {
        return units(path);
    };
    let rest = path.get(above..).unwrap_or_default();
    let mut shown: Vec<_> = start.chars().map(Unit::Known).collect();
    if !rest.is_empty() && !start.ends_with('/') {
        shown.push(Unit::Known('/'));
    }
    shown.extend(units(rest));
    shown
}

/// A file that was found: its printed path, and whether it was found for certain.
struct FoundFile {
    path: Value,
    key: SymbolicPath,
    certain: bool,
    /// Taint of its content.
    holds: Taint,
}

pub(super) fn find(call: &mut Call<'_, '_>) {
    let words = call.operands();
    let text = |word: &Argument| word.text().unwrap_or_default();
    let begin = words
        .iter()
        .position(|word| text(word).starts_with(['-', '(', '!', ')']))
        .unwrap_or(words.len());
    let mut starts = words[..begin].to_vec();
    starts.retain(|start| !matches!(&*text(start), "-L" | "-H" | "-P"));
    if starts.is_empty() {
        starts.push(path(call, "."));
    }
    for start in starts.iter().filter(|start| start.value.taint().is_some()) {
        let name = start.value.clone();
        call.print_error(&name);
    }
    let (tests, actions, certain, others) = expression(&words[begin..]);
    let mut in_root = Taint::NONE;
    let found: Vec<FoundFile> = starts
        .iter()
        .flat_map(|start| look(call, start, &tests, certain, &mut in_root))
        .take(MAX_FOUND)
        .collect();
    for action in &actions {
        act(call, action, &starts, &found, &in_root);
    }
    for (word, place) in &others {
        refuse_secret(call, word, place);
    }
}

/// What find does with the text of a word besides tests and actions.
enum Place {
    /// Part of each printed line.
    Output,
    /// Part of each line of a file.
    File(Argument),
    /// Quoted in a message if it fits nothing.
    Messages,
    Unknown,
}

fn refuse_secret(call: &mut Call<'_, '_>, word: &Argument, place: &Place) {
    let text = word.value.taint();
    if text.is_none() && !matches!(place, Place::Unknown) {
        return;
    }
    let shown = made(call, &text);
    match place {
        Place::Output => call.print(&shown),
        Place::File(file) => call.append(file, &shown, &Cause::Program("find".into())),
        Place::Messages => call.print_error(&shown),
        Place::Unknown => call.refuse_argument(word),
    }
}

/// The tests and actions of an expression, whether the tests decide it completely, and its other texts.
type Expression = (Vec<Test>, Vec<Action>, bool, Vec<(Argument, Place)>);

/// Parses an expression.
fn expression(words: &[Argument]) -> Expression {
    let (mut tests, mut actions, mut certain) = (Vec::new(), Vec::new(), true);
    let mut others = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        let value = words.get(at);
        let known = value.and_then(Argument::text);
        match word.text().as_deref().unwrap_or_default() {
            "-name" | "-iname" => {
                at += 1;
                match known.filter(|_| word.text().as_deref() == Some("-name")) {
                    Some(pattern) => tests.push(Test::Name(pattern)),
                    None => certain = false,
                }
            }
            "-path" | "-wholename" => {
                at += 1;
                match known {
                    Some(pattern) => tests.push(Test::Path(pattern)),
                    None => certain = false,
                }
            }
            "-type" => {
                at += 1;
                match known.as_deref() {
                    Some("f") => tests.push(Test::Files),
                    Some("d") => tests.push(Test::Directories),
                    Some("l") => tests.push(Test::Links),
                    _ => certain = false,
                }
            }
            option @ ("-maxdepth" | "-mindepth") => {
                at += 1;
                match known.and_then(|depth| depth.parse().ok()) {
                    Some(depth) if option == "-maxdepth" => tests.push(Test::MaxDepth(depth)),
                    Some(depth) => tests.push(Test::MinDepth(depth)),
                    None => certain = false,
                }
            }
            "-prune" => tests.push(Test::Prune),
            "-xdev" | "-mount" | "-depth" | "-d" | "-follow" | "-noleaf" | "-a" | "-and"
            | "-true" | "-warn" | "-nowarn" => {}
            "-print" | "-print0" | "-ls" => actions.push(Action::Print),
            "-printf" => {
                at += 1;
                actions.push(Action::Print);
                others.extend(value.cloned().map(|format| (format, Place::Output)));
            }
            "-fprint" | "-fprint0" | "-fls" => {
                at += 1;
                actions.extend(value.cloned().map(Action::PrintTo));
            }
            "-fprintf" => {
                at += 2;
                actions.extend(value.cloned().map(Action::PrintTo));
                if let (Some(file), Some(format)) = (value, words.get(at - 1)) {
                    others.push((format.clone(), Place::File(file.clone())));
                }
            }
            "-delete" => actions.push(Action::Delete),
            option @ ("-exec" | "-execdir" | "-ok" | "-okdir") => {
                let command: Vec<Argument> = words[at..]
                    .iter()
                    .take_while(|word| !matches!(word.text().as_deref(), Some(";" | "+")))
                    .cloned()
                    .collect();
                at += command.len() + 1;
                actions.push(Action::Run(command, option.ends_with("dir")));
            }
            // Tests with one argument that are not evaluated.
            "-newer" | "-anewer" | "-cnewer" | "-mtime" | "-mmin" | "-atime" | "-amin"
            | "-ctime" | "-cmin" | "-size" | "-user" | "-group" | "-uid" | "-gid" | "-perm"
            | "-regex" | "-iregex" | "-regextype" | "-ipath" | "-links" | "-inum" | "-samefile"
            | "-fstype" | "-lname" | "-used" | "-xtype" => {
                at += 1;
                certain = false;
                others.extend(value.cloned().map(|given| (given, Place::Messages)));
            }
            // `-o`, `!`, parentheses, and unknown words.
            _ => {
                certain = false;
                others.push((word.clone(), Place::Unknown));
            }
        }
    }
    // `-delete` implies `-depth`, which makes `-prune` ineffective.
    if actions
        .iter()
        .any(|action| matches!(action, Action::Delete))
        && tests.iter().any(|test| matches!(test, Test::Prune))
    {
        certain = false;
    }
    if actions.is_empty() {
        actions.push(Action::Print);
    }
    (tests, actions, certain, others)
}

/// Returns the known files beneath a start that the tests do not exclude. `in_root`: secrets that are there only if the working directory
/// is the root.
fn look(
    call: &Call<'_, '_>,
    start: &Argument,
    tests: &[Test],
    certain: bool,
    in_root: &mut Taint,
) -> Vec<FoundFile> {
    let mut found = Vec::new();
    for root in call.paths(start) {
        let directory = call.state.files.follow(&root.key);
        let own_files = call.means_own_files(start, &directory);
        let own = call
            .state
            .files
            .entry(&directory)
            .map(|entry| (directory.clone(), entry.clone()));
        let beneath = call
            .state
            .files
            .beneath(&directory)
            .map(|(key, entry)| (key.clone(), entry.clone()));
        let written = start.value.literal();
        let above = directory.components().len();
        for (key, entry) in own.into_iter().chain(beneath) {
            let holds = match entry.node {
                Node::File(number) => call.state.files.content(number).map(Value::taint),
                _ => None,
            };
            let holds = holds.unwrap_or_default();
            let is_left_out = own_files && call.state.files.place(&key) == FilePlace::Secret;
            let components = key.components();
            let rest = &components[above..];
            let depth = rest.len();
            let name_of = |path| shown(written.as_deref(), above, path);
            // An operand of `-o` or `!` may have the opposite effect.
            if certain
                && (is_pruned(tests, above, components, &name_of)
                    || !tests.iter().all(|test| {
                        test.holds(components, &name_of(components), &entry.node, depth)
                    }))
            {
                continue;
            }
            if is_left_out {
                *in_root = in_root.join(&holds.located_in_root());
                continue;
            }
            let shown = if rest.is_empty() {
                start.value.clone()
            } else {
                let separator = if start
                    .value
                    .literal()
                    .is_some_and(|text| text.ends_with('/'))
                {
                    ""
                } else {
                    "/"
                };
                start
                    .value
                    .concat(&Value::known(separator))
                    .concat(&value_of(rest, &entry.name))
            };
            let certainly = certain
                && !(key.file_name().is_some_and(Component::is_symbolic)
                    && tests
                        .iter()
                        .any(|test| matches!(test, Test::Name(_) | Test::Path(_))));
            found.push(FoundFile {
                path: shown,
                key: key.clone(),
                certain: certainly,
                holds,
            });
        }
    }
    found
}

fn act(
    call: &mut Call<'_, '_>,
    action: &Action,
    starts: &[Argument],
    found: &[FoundFile],
    in_root: &Taint,
) {
    match action {
        Action::Print => {
            let names = names(call, found).with(in_root);
            call.print(&names);
        }
        Action::PrintTo(file) => {
            let taint = names(call, found).taint().join(in_root);
            let list = made(call, &taint);
            call.write(file, &list, &Cause::Program("find".into()));
        }
        Action::Delete => {
            // Deepest files first.
            for file in found.iter().rev().filter(|file| file.certain) {
                call.remove(&at(call, &file.key), false);
            }
        }
        Action::Run(command, in_directory) => {
            let run = |call: &mut Call<'_, '_>, value: &Value, certain: bool| {
                if !certain
                    && command
                        .first()
                        .and_then(Argument::text)
                        .is_some_and(|name| {
                            matches!(&*name, "rm" | "shred" | "unlink" | "truncate" | "mv")
                        })
                {
                    return;
                }
                let words: Vec<Argument> = command.iter().map(|word| placed(word, value)).collect();
                match certain {
                    true => call.run_often(&words, u32::MAX),
                    false => call.may_run_often(&words),
                }
            };
            for file in found.iter().rev() {
                let value = if *in_directory {
                    file.key.to_value(&Taint::NONE)
                } else {
                    file.path.clone()
                };
                run(call, &value, file.certain);
            }
            if found.is_empty() {
                let start = starts
                    .first()
                    .map_or_else(Value::empty, |start| start.value.clone());
                let value = start.concat(&Value::known("/")).concat(&call.fresh_part());
                run(call, &value, false);
            }
        }
    }
}

/// Returns the printed names: each alternative, if there are few, with the secrets in the files.
fn names(call: &mut Call<'_, '_>, found: &[FoundFile]) -> Value {
    // A fragment of a secret may select names.
    let words = call.operands().into_iter().map(|word| word.value.taint());
    let mut asked: Taint = words.filter(|word| word.share() > Share::Whole).collect();
    for file in found {
        asked = asked.join(&call.size(&at(call, &file.key)));
    }
    let answer = call.answer(&asked, Share::Fragment);
    let name = |file: &FoundFile| file.path.with(&file.holds.located());
    match found {
        [] => answer,
        [first, rest @ ..] if rest.len() < 8 => rest
            .iter()
            .fold(name(first), |all, file| all.join(&name(file)))
            .with(&answer.taint()),
        many => {
            let taint = many
                .iter()
                .fold(answer.taint(), |all, file| all.join(&name(file).taint()));
            made(call, &taint)
        }
    }
}

/// Replaces each `{}` in the word by the name.
fn placed(word: &Argument, name: &Value) -> Argument {
    let Some(text) = word.text().filter(|text| text.contains("{}")) else {
        return word.clone();
    };
    let mut value = Value::empty();
    for (index, part) in text.split("{}").enumerate() {
        if index > 0 {
            value = value.concat(name);
        }
        value = value.concat(&Value::tainted(part, word.value.taint()));
    }
    Argument {
        value,
        varies: true,
        ..word.clone()
    }
}
