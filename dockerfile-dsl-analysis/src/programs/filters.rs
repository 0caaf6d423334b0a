//! Filters of coreutils and the like: programs that read files or standard input and write text derived from it.
//! After the names of each program: the executed cases that back its row.

use super::common::{inside, made, path};
use crate::domain::Argument;
use crate::domain::Cause;
use crate::domain::{OpenDescriptor, Share, Taint, Value};
use crate::interpreter::Call;

/// `head`: with a count of 0 prints nothing, otherwise as [`end`].
pub(super) fn beginning(call: &mut Call<'_, '_>) {
    let count = call.option("-c").or_else(|| call.option("-n"));
    if count.and_then(|count| count.text()).as_deref() == Some("0") {
        let nothing = call.fresh();
        call.print(&nothing);
    } else {
        end(call);
    }
}

/// `tail`: a text of a single line is printed as a whole.
pub(super) fn end(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    let one_line = |value: &Value| {
        value
            .literals()
            .is_some_and(|texts| texts.iter().all(|text| text.lines().count() <= 1))
    };
    if operands.is_empty() && !call.has("-c") && one_line(&call.peek_stdin()) {
        let line = call.stdin();
        call.print(&line);
    } else {
        call.by_row();
    }
}

/// `shuf -e WORD..` prints its operands.
pub(super) fn shuffle(call: &mut Call<'_, '_>) {
    if call.has("-e") {
        let all = call
            .operands()
            .iter()
            .fold(Value::empty(), |all, operand| all.concat(&operand.value));
        let shown = made(call, &all.taint());
        match call.option("-o") {
            Some(file) => call.write(&file, &shown, &Cause::Program("shuf".into())),
            None => call.print(&shown),
        }
    } else {
        call.by_row();
    }
}

/// Writes standard input to each operand and to standard output.
pub(super) fn tee(call: &mut Call<'_, '_>) {
    let input = call.stdin();
    let append = call.has("-a");
    for operand in call.operands() {
        if append {
            call.append(&operand, &input, &Cause::Program("tee".into()));
        } else {
            call.write(&operand, &input, &Cause::Program("tee".into()));
        }
    }
    call.print(&input);
}

/// `cmp`: prints at most where the files differ, unless an option lists the bytes.
pub(super) fn compare(call: &mut Call<'_, '_>) {
    let mut data = Value::empty();
    for operand in call.operands() {
        data = data.concat(&call.read(&operand));
    }
    if call.has("-l") {
        data = data.concat(&call.peek_stdin());
        let listed = made(call, &data.taint().of(Share::Probe));
        call.print(&listed);
    } else {
        data = data.concat(&call.peek_stdin());
        // A second comparison with the whole secret reveals nothing more.
        let data = data.taint();
        let asked = if data.share() > Share::Whole {
            data
        } else {
            Taint::NONE
        };
        let answer = call.answer(&asked, Share::Fragment);
        if !call.has("-s") {
            call.print(&answer);
        }
    }
}

/// `split FILE PREFIX`.
pub(super) fn pieces(call: &mut Call<'_, '_>) {
    let prefix = call.operands().get(1).cloned();
    let prefix = prefix.unwrap_or_else(|| path(call, "x"));
    write_pieces(call, &prefix);
}

/// `csplit -f PREFIX FILE PATTERN..`
pub(super) fn pieces_by_context(call: &mut Call<'_, '_>) {
    for pattern in call.operands().iter().skip(1) {
        call.quote_in_errors(pattern);
    }
    let prefix = call.option("-f").unwrap_or_else(|| path(call, "xx"));
    write_pieces(call, &prefix);
}

/// Creates files whose names begin with the prefix.
fn write_pieces(call: &mut Call<'_, '_>, prefix: &Argument) {
    let operands = call.operands();
    let data = match operands.first() {
        Some(file) => call.read(file),
        None => call.stdin(),
    };
    if let Some(filter) = call.option("--filter") {
        // Each piece is standard input of the command, and a variable has the name of the file.
        let before = call.state.process.clone();
        let input = made(call, &data.taint());
        call.state.process.open(0, OpenDescriptor::Input(input));
        call.export_word(&Argument::new(Value::known("FILE=xaa"), filter.span));
        call.shell(&filter.value, filter.span, &[]);
        return call.restore(&before);
    }
    let name = Argument::new(prefix.value.concat(&call.fresh_part()), prefix.span);
    let data = made(call, &data.taint()).of(Share::Fragment);
    let how = Cause::Program(call.name.clone());
    call.write(&name, &data, &how);
}

/// Rewrites a file in place, or with `-n` from the first operand to the second.
pub(super) fn line_ends(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    if operands.is_empty() {
        let input = call.stdin();
        let output = made(call, &input.taint());
        return call.print(&output);
    }
    let pairs: Vec<(Argument, Argument)> = if call.has("-n") {
        operands
            .chunks_exact(2)
            .map(|pair| (pair[0].clone(), pair[1].clone()))
            .collect()
    } else {
        operands
            .iter()
            .map(|operand| (operand.clone(), operand.clone()))
            .collect()
    };
    for (from, to) in pairs {
        let data = call.read(&from);
        let output = made(call, &data.taint());
        let how = Cause::Program("dos2unix".into());
        if from == to && call.is_mounted_secret(&to) {
            // A mount cannot be replaced, so the file that is to take its place stays.
            call.write(&inside(&to, "../d2utmp"), &output, &how);
        }
        call.write(&to, &output, &how);
    }
}
