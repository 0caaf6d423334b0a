//! grep, envsubst, jq and other programs that transform text.
//! Scripts of sed and awk have files of their kind.

use super::common::{SECRET, made, path, spellings};
use super::mention::mentioned;
use crate::domain::Argument;
use crate::domain::Cause;
use crate::domain::{Share, Taint, Value};
use crate::interpreter::{Call, are_several};
use crate::programs::Effect;

// grep

pub(super) fn grep(call: &mut Call<'_, '_>) {
    let mut operands = call.operands();
    let mut patterns = call.options("-e");
    if patterns.is_empty() && !call.has("-f") && !operands.is_empty() {
        patterns.push(operands.remove(0));
    }
    let recursive = call.has("-r") || call.has("-R") || call.has_effect(Effect::Recursive);
    if recursive && operands.is_empty() {
        operands.push(path(call, "."));
    }
    let mut data = Value::empty();
    for operand in &operands {
        let content = if recursive {
            call.read_tree(operand)
        } else {
            call.read(operand)
        };
        data = data.concat(&content);
    }
    if operands.is_empty() {
        data = call.stdin();
    }
    let clean = ["-q", "-c", "-l"].iter().any(|option| call.has(option));
    let data = data.taint();
    let mut asked = data.clone();
    for pattern in &patterns {
        // Which of some public lines match a fragment of a secret.
        if pattern.value.taint().share() > Share::Whole {
            asked = asked.join(&pattern.value.taint());
        }
    }
    // The patterns of a file may differ in each iteration.
    let least = if call.has("-f") {
        Share::Whole
    } else {
        Share::Fragment
    };
    let answer = call
        .answer(&asked, least)
        .with(&selected_by(call, &patterns));
    if call.has("-q") {
        return;
    }
    let output = if call.has("-l") {
        // Names of files.
        let depth = if recursive { usize::MAX } else { 0 };
        let names = operands.iter().fold(Taint::NONE, |all, operand| {
            all.join(&call.listed(operand, depth, false))
        });
        made(call, &names).with(&answer.taint())
    } else if clean {
        answer
    } else {
        made(call, &data).with(&answer.taint())
    };
    let has = |options: [&str; 2]| options.iter().any(|option| call.has(option));
    let is_named = recursive || are_several(&operands) || has(["-H", "--with-filename"]);
    if is_named && !has(["-h", "--no-filename"]) && !call.has("-l") {
        call.print_names(&operands, if recursive { usize::MAX } else { 0 });
    }
    call.print(&output);
}

/// Returns the taint of selected lines whose selection depends on several fragments: `grep -f FILE`, `grep "[$S]"`.
fn selected_by(call: &mut Call<'_, '_>, patterns: &[Argument]) -> Taint {
    let files = call.options("-f").into_iter();
    let mut taint: Taint = files
        .map(|file| call.read(&file).taint())
        .filter(|pieces| pieces.share() > Share::Whole)
        .collect();
    for pattern in patterns {
        let is_set = |text: &String| text.contains(&format!("[{SECRET}"));
        if spellings(&pattern.value).iter().any(is_set) {
            taint = taint.join(&pattern.value.taint());
        }
    }
    taint
}

// envsubst

/// Prints standard input with the values of exported variables: those of the list, or those in the text.
pub(super) fn substitute(call: &mut Call<'_, '_>) {
    if call.has("-v") {
        let names = call.fresh();
        return call.print(&names);
    }
    let input = call.stdin();
    let list = call.operands().first().cloned();
    let template = input.literal().map(std::borrow::Cow::into_owned);
    let names = match &list {
        Some(list) => list.text(),
        None => template,
    };
    let mut taint = input.taint();
    match names {
        Some(names) => {
            for name in names.split('$').skip(1) {
                let name: String = name
                    .trim_start_matches('{')
                    .chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                    .collect();
                if let Some(value) = call.env(&name) {
                    taint = taint.join(&value.taint());
                }
            }
            taint = taint.join(&call.any_variable().taint());
        }
        None => taint = taint.join(&call.environment().taint()),
    }
    let output = made(call, &taint);
    call.print(&output);
}

// jq and yq

/// Whether a filter prints only the length of the variable.
fn only_length(filter: &str, name: &str) -> bool {
    let filter: String = filter.chars().filter(|c| !c.is_whitespace()).collect();
    let variable = format!("${name}");
    !filter
        .replace(&format!("{variable}|length"), "")
        .contains(&variable)
        && !filter.contains("$ARGS")
        && !filter.contains("$__prog_args")
}

/// Whether a filter prints nothing of its input: the result of its last stage is a length, a type, its keys, or a boolean.
fn shows_nothing(filter: &str) -> bool {
    let filter: String = filter.chars().filter(|c| !c.is_whitespace()).collect();
    let last = filter.rsplit('|').next().unwrap_or_default();
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let compared = last
        .strip_prefix("length")
        .map(|rest| rest.trim_start_matches(['<', '>', '=', '!']))
        .is_some_and(is_number);
    // A comma or an alternative in an earlier stage would print its own results, too.
    let one_result =
        !filter.contains([',', '(', '{', '[']) && !filter.contains("//") || filter == ".[]|empty";
    one_result
        && (compared
            || matches!(
                last,
                "empty"
                    | "length"
                    | "utf8bytelength"
                    | "type"
                    | "keys"
                    | "keys_unsorted"
                    | "not"
                    | "-e"
            ))
}

pub(super) fn query(call: &mut Call<'_, '_>) {
    let mut operands = call.operands();
    let mut filter = call
        .option("-f")
        .map(|file| Argument::new(call.read(&file), file.span));
    if filter.is_none() && !operands.is_empty() {
        filter = Some(operands.remove(0));
    }
    let text = filter
        .as_ref()
        .map(|filter| spellings(&filter.value).join("\n"))
        .unwrap_or_default();
    let mut taint = Taint::NONE;
    // The text of a file of the project is not known.
    let is_known = filter
        .as_ref()
        .is_none_or(|filter| !call.has("-f") || filter.value.literals().is_some());
    if let Some(filter) = &filter
        && filter.value.taint().is_some()
    {
        // The error message quotes an unsupported filter.
        call.print_error(&filter.value);
        taint = taint.join(&filter.value.taint());
    }
    for option in ["--arg", "--argjson", "--rawfile", "--slurpfile"] {
        for pair in call.options(option).chunks(2) {
            let [name, given] = pair else { continue };
            let content = if option.ends_with("file") {
                call.read(given).taint()
            } else {
                given.value.taint()
            };
            let hidden = is_known && name.text().is_some_and(|name| only_length(&text, &name));
            if !hidden {
                taint = taint.join(&content);
            }
        }
    }
    let arguments = call.has("--args") || call.has("--jsonargs");
    let mut read = false;
    let mut input = Taint::NONE;
    for operand in &operands {
        if arguments {
            taint = taint.join(&operand.value.taint());
        } else {
            read = true;
            input = input.join(&call.read(operand).taint());
        }
    }
    if !read && !call.has("-n") {
        input = input.join(&call.stdin().taint());
    }
    taint = taint.join(&input);
    if text.contains("env.")
        || text.contains("$ENV")
        || text.trim() == "env"
        || text.contains("env|")
        || text.contains("env[")
    {
        taint = taint.join(&call.environment().taint());
    }
    let output = if is_known
        && shows_nothing(&text)
        && filter.is_some_and(|filter| filter.value.taint().is_none())
    {
        call.answer(&taint, Share::Fragment)
    } else {
        call.status_answers(&taint);
        made(call, &taint)
    };
    call.print(&output);
}

pub(super) fn query_yaml(call: &mut Call<'_, '_>) {
    let operands: Vec<Argument> = call
        .operands()
        .into_iter()
        .filter(|operand| {
            !operand
                .text()
                .is_some_and(|text| matches!(&*text, "e" | "eval" | "ea" | "eval-all"))
        })
        .collect();
    let mut taint = Taint::of_all(&call.options("--arg"));
    let Some((filter, files)) = operands.split_first() else {
        return;
    };
    let text = spellings(&filter.value).join("\n");
    taint = taint.join(&filter.value.taint());
    if text.contains("env") || text.contains("$ENV") {
        taint = taint.join(&call.environment().taint());
    }
    if text.contains("load") {
        taint = taint.join(&mentioned(call, &text));
    }
    for file in files {
        taint = taint.join(&call.read(file).taint());
    }
    if files.is_empty() && !call.has("-n") {
        taint = taint.join(&call.stdin().taint());
    }
    let output = made(call, &taint);
    if call.has("-i") {
        for file in files {
            call.write_in_place(file, &output, &Cause::Program("yq -i".into()));
        }
    } else {
        call.print(&output);
    }
}

/// `xmlstarlet ed -L FILE`.
pub(super) fn in_place_by_flag(call: &mut Call<'_, '_>) {
    if !call.has("-L") {
        return call.by_row();
    }
    let mut taint = Taint::of_all(&call.options("-v"));
    for file in call.operands() {
        taint = taint.join(&call.read(&file).taint());
        let output = made(call, &taint);
        call.write_in_place(&file, &output, &Cause::Program("xmlstarlet ed -L".into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_of_jq() {
        assert!(only_length("{len:($t | length)}", "t"));
        assert!(!only_length("{t:$t, len:($t|length)}", "t"));
        assert!(shows_nothing("empty"));
        assert!(shows_nothing("env.TOKEN | length"));
        assert!(shows_nothing(".token | length > 3"));
        assert!(!shows_nothing(".key"));
        assert!(!shows_nothing(".key, length"));
        assert!(!shows_nothing("{k: .key} | .k"));
        assert!(!shows_nothing(".a // .b"));
    }
}
