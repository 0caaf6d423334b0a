//! sqlite3: what its statements store in the file, and what they print.

use crate::domain::Cause;
use crate::domain::Taint;
use crate::interpreter::Call;
use crate::programs::common::{made, spellings};
use crate::programs::mention::mentioned;

/// `sqlite3 FILE SQL`: values in the statements are stored in the file, even if they are deleted later.
pub(in crate::programs) fn database(call: &mut Call<'_, '_>) {
    let operands = call.operands();
    let input = call.stdin();
    let statements = operands
        .iter()
        .skip(1)
        .fold(input, |all, operand| all.concat(&operand.value));
    let Some(file) = operands.first() else { return };
    // `.import FILE TABLE`, `readfile('FILE')`: the file's content.
    let spelled = spellings(&statements).join("\n");
    let reads = ["readfile(", ".import", ".read"]
        .iter()
        .any(|word| spelled.contains(word));
    let read = if reads {
        mentioned(call, &spelled)
    } else {
        Taint::NONE
    };
    let kept = made(call, &statements.taint().join(&read));
    // In memory, or in a temporary file.
    let is_kept = !matches!(file.text().as_deref(), Some(":memory:" | ""));
    if is_kept && file.value.taint().is_some() {
        call.quote_in_errors(file);
        call.create(file, false);
    }
    if is_kept && kept.taint().is_some() {
        call.append(file, &kept, &Cause::Program("sqlite3".into()));
    }
    let content = if is_kept {
        call.peek(file).taint().join(&read)
    } else {
        kept.taint()
    };
    let shows = spelled.split([';', '\n']).any(shows_rows);
    let output = if shows && content.is_some() {
        made(call, &content)
    } else {
        call.fresh()
    };
    call.print(&output);
}

/// Whether a statement may print rows. A statement that only changes data prints none.
fn shows_rows(statement: &str) -> bool {
    const QUIET: [&str; 12] = [
        "alter", "attach", "begin", "commit", "create", "delete", "drop", "insert", "replace",
        "update", "vacuum", ".import",
    ];
    let statement = statement.trim_start().to_ascii_lowercase();
    let changes = QUIET.iter().any(|word| statement.starts_with(word));
    !statement.is_empty() && (!changes || statement.contains("returning"))
}
