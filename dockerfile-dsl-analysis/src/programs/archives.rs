//! tar, zip, 7z, cpio: what goes into an archive, what is extracted from it, and which names its list prints.

mod compressors;

pub(super) use compressors::{
    brotli, bzip2, compress, decompress, decompress_and_keep, gzip, lz4, lzma, xz, zstd,
};

use super::common::{at, made, path, put_back, take_away};
use crate::domain::Argument;
use crate::domain::{Cause, Doubt, Step};
use crate::domain::{
    Entry, Node, OpenDescriptor, SymbolicPath, Taint, Unit, Value, units, units_match,
};
use crate::interpreter::Call;

/// Extracts an archive: creates a file with an unknown name in the directory.
fn unpack(call: &mut Call<'_, '_>, directory: Option<&Argument>, taint: &Taint, how: &Cause) {
    if let Some(directory) = directory {
        call.create(directory, true);
    }
    if taint.is_none() {
        return;
    }
    let base = directory.map_or_else(|| Value::known("."), |directory| directory.value.clone());
    let file = Argument::new(
        base.concat(&Value::known("/")).concat(&call.fresh_part()),
        call.span,
    );
    let content = made(call, taint);
    call.append(&file, &content, how);
}

/// Returns the taint of a member: that of a link itself, or with `follow` that of its target.
fn packed(call: &mut Call<'_, '_>, member: &Argument, follow: bool) -> Taint {
    let link = call.paths(member).iter().any(|path| {
        let key = call.state.files.follow_parent(&path.key);
        matches!(call.state.files.entry(&key), Some(entry) if matches!(entry.node, Node::Link(_)))
    });
    let mut taint = member.value.taint();
    if !link || follow {
        taint = taint.join(&call.read_tree(member).taint());
    }
    if follow {
        // Links beneath the directory.
        let mut links = Vec::new();
        for path in call.paths(member) {
            let key = call.state.files.follow(&path.key);
            for (key, entry) in call.state.files.beneath(&key) {
                if matches!(entry.node, Node::Link(_)) {
                    links.push(at(call, key));
                }
            }
        }
        for link in links {
            taint = taint.join(&call.read_tree(&link).taint());
        }
    }
    taint
}

/// Creates the content of an archive. The names precede the contents: of two provenances of a secret, a join keeps the first.
fn archive_of(call: &Call<'_, '_>, names: &Taint, contents: &Taint) -> Value {
    let contents = made(call, contents);
    if names.is_none() {
        return contents;
    }
    let program = call.name.clone();
    let names = made(call, names).step(call.span, Step::NamedMember { program });
    names.concat(&contents)
}

/// Returns the list of the members of an archive.
fn members_of(call: &Call<'_, '_>, archive: &Value) -> Value {
    let is_name = |step: &Step| matches!(step, Step::NamedMember { .. });
    let names = archive.taint().with_step(is_name);
    let program = call.name.clone();
    made(call, &names).step(call.span, Step::ListedBy { program })
}

/// Returns the files that a list names, one per line; everything in the directory if a name is unknown.
fn named_in(call: &Call<'_, '_>, list: &Value) -> Vec<Argument> {
    let mut named = Vec::new();
    for text in list.alternatives() {
        let alternative = Value::from_alternatives(vec![text.clone()]);
        match alternative.literal() {
            Some(names) => named.extend(
                names
                    .split(['\n', '\0'])
                    .filter(|name| !name.is_empty())
                    .map(|name| path(call, name)),
            ),
            None => named.push(path(call, ".")),
        }
    }
    named
}

/// Options whose text becomes part of the names or the metadata of members.
const NAMES_OF_MEMBERS: &[&str] = &["--transform", "--xform", "--suffix", "--owner", "--group"];

pub(super) fn tar(call: &mut Call<'_, '_>) {
    // `tar czf FILE`: letters without a dash. Their values follow in the order of the letters; only that of -f is relevant.
    let first = call
        .arguments
        .first()
        .and_then(Argument::text)
        .unwrap_or_default();
    if !first.starts_with('-')
        && first.chars().any(|c| "crtxuA".contains(c))
        && first.chars().all(|c| c.is_ascii_alphanumeric())
    {
        let letters: String = first.chars().filter(|c| *c != 'f').collect();
        let file = if first.contains('f') { "f" } else { "" };
        let mut words = vec![
            Argument::new(Value::known("tar"), call.span),
            Argument::new(Value::known(format!("-{letters}{file}")), call.span),
        ];
        words.extend(call.arguments.iter().skip(1).cloned());
        return call.run(&words);
    }
    let archive = call.option("-f");
    // The path of the archive is relative to the shell's directory, regardless of -C.
    let members = call.operands();
    let directories = call.options("-C");
    let outer = call.state.process.cwd.clone();
    let enter = |call: &mut Call<'_, '_>| {
        for directory in &directories {
            call.directory_is(directory);
        }
    };
    if call.has("-c") || call.has("-r") || call.has("-u") {
        let mut names = Taint::of_all(&call.all_options(NAMES_OF_MEMBERS));
        let mut taint = names.clone();
        let mut listed = Vec::new();
        for list in call.options("-T") {
            let list = call.read(&list);
            // A name of no file is quoted.
            if list.taint().is_some() {
                call.print_error(&list);
            }
            names = names.join(&list.taint());
            taint = taint.join(&list.taint());
            listed.extend(named_in(call, &list));
        }
        enter(call);
        names = names.join(&call.names(&listed, usize::MAX));
        for member in &listed {
            taint = taint.join(&packed(call, member, call.has("-h")));
        }
        for member in &members {
            let hidden = excluded(call, member);
            names = names.join(&call.names(std::slice::from_ref(member), usize::MAX));
            taint = taint.join(&packed(call, member, call.has("-h")));
            if call.has("-v") {
                let listed = made(call, &call.listed(member, usize::MAX, false));
                let names = listed.step(
                    call.span,
                    Step::ListedBy {
                        program: "tar -v".into(),
                    },
                );
                // With the archive on standard output they are messages.
                if archive.is_some() {
                    call.print(&names);
                } else {
                    call.print_error(&names);
                }
            }
            put_back(call, hidden);
            if call.has("--remove-files") && !call.has("--exclude") && !call.has("-X") {
                call.remove(member, true);
            }
        }
        call.state.process.cwd = outer;
        let data = archive_of(call, &names, &taint);
        match archive {
            Some(file) if call.has("-c") => call.write(&file, &data, &Cause::Program("tar".into())),
            Some(file) => call.append(&file, &data, &Cause::Program("tar".into())),
            None => call.print(&data),
        }
        return;
    }
    // A member that is not in the archive is named in a message.
    for member in &members {
        if member.value.taint().is_some() {
            call.print_error(&member.value);
        }
    }
    let data = match &archive {
        Some(file) => call.read(file),
        None => call.stdin(),
    };
    if call.has("-x") && call.has("--to-command") {
        match call.option("--to-command") {
            Some(text) if text.text().is_some() => {
                let before = call.state.process.clone();
                call.state
                    .process
                    .open(0, OpenDescriptor::Input(made(call, &data.taint())));
                call.shell(&text.value, text.span, &[]);
                call.restore(&before);
            }
            _ => call.opaque_for(&data.taint(), Doubt::RunsProgram),
        }
    } else if call.has("-x") && call.has("-O") {
        let output = made(call, &data.taint());
        call.print(&output);
    } else if call.has("-x") {
        if call.has("--checkpoint-action") {
            call.opaque_for(&data.taint(), Doubt::RunsProgram);
        }
        enter(call);
        let names = Taint::of_all(&call.all_options(NAMES_OF_MEMBERS));
        let unpacked = data.taint().join(&names);
        unpack(call, None, &unpacked, &Cause::Unpacked("tar".into()));
        call.state.process.cwd = outer;
        if call.has("-v") {
            call.print(&members_of(call, &data));
        }
    } else {
        call.print(&members_of(call, &data));
    }
}

/// Hides the files that a preceding `--exclude` leaves out, while the archive is written. The pattern may match any sequence of whole path
/// components.
fn excluded(call: &mut Call<'_, '_>, member: &Argument) -> Vec<(SymbolicPath, Entry)> {
    let words = &call.arguments;
    let end = words.iter().position(|word| word == member);
    let mut patterns = Vec::new();
    let mut words = words[..end.unwrap_or(0)].iter();
    while let Some(word) = words.next() {
        let text = word.text().unwrap_or_default();
        match &*text {
            "--exclude" => patterns.extend(words.next().and_then(Argument::text)),
            "--anchored" | "--no-wildcards" | "--no-wildcards-match-slash" | "--add-file" => {
                return Vec::new();
            }
            text => patterns.extend(text.strip_prefix("--exclude=").map(str::to_owned)),
        }
    }
    if patterns.is_empty() || call.has("-h") {
        return Vec::new();
    }
    // From the start of one component to the end of another.
    let slash = Unit::Known('/');
    let patterns: Vec<Vec<Unit<'_>>> = patterns
        .iter()
        .map(|pattern| known(pattern.trim_end_matches('/')).collect())
        .collect();
    let fits_one = |name: &[Unit<'_>]| {
        (patterns.iter()).any(|pattern| units_match(pattern, name) == Some(true))
    };
    let fits = |name: &[Unit<'_>]| {
        let slashes = || (0..name.len()).filter(|at| name[*at] == slash);
        let starts = std::iter::once(0).chain(slashes().map(|at| at + 1));
        starts.filter(|start| *start < name.len()).any(|start| {
            let ends = slashes().filter(|end| *end > start).chain([name.len()]);
            ends.into_iter().any(|end| fits_one(&name[start..end]))
        })
    };
    let left_out = |member: &Argument, directory: &SymbolicPath, path: &SymbolicPath| {
        let written = member.text().unwrap_or_default();
        let rest = path.strip_prefix(directory).unwrap_or_default();
        let mut name: Vec<_> = known(written.trim_end_matches('/')).collect();
        name.push(slash);
        name.extend(units(rest));
        fits(&name)
    };
    take_away(call, std::slice::from_ref(member), &left_out)
}

fn known(text: &str) -> impl Iterator<Item = Unit<'_>> {
    text.chars().map(Unit::Known)
}

pub(super) fn zip(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    let Some((archive, members)) = operands.split_first() else {
        return;
    };
    let follow = !call.has("-y");
    let members_taint = members.iter().map(|member| packed(call, member, follow));
    let mut taint: Taint = members_taint.collect();
    let mut names = call.names(members, usize::MAX);
    if members.is_empty() || call.has("-@") || call.has("-z") {
        let list = call.stdin();
        taint = taint.join(&list.taint());
        if call.has("-@") {
            names = names.join(&list.taint());
            for member in named_in(call, &list) {
                taint = taint.join(&packed(call, &member, !call.has("-y")));
            }
        }
    }
    if !call.has("-q") {
        call.print_names(members, usize::MAX);
    }
    let data = archive_of(call, &names, &taint);
    let archive = match archive.text() {
        Some(name) if name != "-" && !name.rsplit('/').next().unwrap_or_default().contains('.') => {
            path(call, format!("{name}.zip"))
        }
        _ => archive.clone(),
    };
    call.append(&archive, &data, &Cause::Program("zip".into()));
}

pub(super) fn unzip(call: &mut Call<'_, '_>) {
    let Some(archive) = call.operands().first().cloned() else {
        return;
    };
    let data = call.read(&archive);
    if call.has("-p") || call.has("-c") {
        let output = made(call, &data.taint());
        return call.print(&output);
    }
    let lists = call.has("-l") || call.has("-t") || call.has("-v") || call.has("-Z");
    if lists || !(call.has("-q") || call.has("-qq")) {
        call.print(&members_of(call, &data));
    }
    if !lists {
        let directory = call.option("-d");
        unpack(
            call,
            directory.as_ref(),
            &data.taint(),
            &Cause::Unpacked("unzip".into()),
        );
    }
}

pub(super) fn seven(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    match (
        operands.first().and_then(Argument::text).as_deref(),
        operands.get(1..).unwrap_or_default(),
    ) {
        (Some("a" | "u"), [archive, members @ ..]) => {
            let taint = members.iter().fold(Taint::NONE, |all, member| {
                all.join(&packed(call, member, true))
            });
            let names = call.names(members, usize::MAX);
            let data = archive_of(call, &names, &taint);
            call.append(archive, &data, &Cause::Program("7z".into()));
        }
        (Some("x" | "e"), [archive, ..]) => {
            let data = call.read(archive);
            let directory = call.option("-o");
            unpack(
                call,
                directory.as_ref(),
                &data.taint(),
                &Cause::Unpacked("7z".into()),
            );
        }
        (Some("l" | "t"), [archive, ..]) => {
            let data = call.read(archive);
            call.print(&members_of(call, &data));
        }
        _ => call.opaque(Doubt::SubCommand),
    }
}

/// Reads names from standard input; their files go into the archive.
pub(super) fn cpio(call: &mut Call<'_, '_>) {
    let input = call.stdin();
    if call.has("-v") && !call.has("-t") {
        let names = if call.has("-i") {
            members_of(call, &input)
        } else {
            input.clone()
        };
        call.print_error(&names);
    }
    if call.has("-o") || call.has("-p") {
        let mut taint = input.taint();
        for member in named_in(call, &input) {
            taint = taint.join(&packed(call, &member, call.has("-L")));
        }
        let data = archive_of(call, &input.taint(), &taint);
        if call.has("-p") {
            let target = call.operands().pop();
            unpack(call, target.as_ref(), &taint, &Cause::Copied("cpio".into()));
        } else {
            match call.option("-F").or_else(|| call.option("-O")) {
                Some(file) => call.write(&file, &data, &Cause::Program("cpio".into())),
                None => call.print(&data),
            }
        }
    } else if call.has("-t") {
        call.print(&members_of(call, &input));
    } else {
        let directory = call.option("-D");
        unpack(
            call,
            directory.as_ref(),
            &input.taint(),
            &Cause::Unpacked("cpio".into()),
        );
    }
}
