//! Formatter of rows, one program per line: the form of a Dockerfile comment.
//!
//! In: a valid text of rows. Out: each of its programs, with the groups of options expanded, and without its cases.

use std::collections::BTreeMap;

use super::texts;
use crate::clauses::clauses;

/// Formats each program of a valid text on one line, with its names: without the cases, and with the options of the groups that it uses.
/// [`parse`] of that line yields the same rows.
pub(crate) fn lines(text: &str) -> Vec<(Vec<String>, String)> {
    let mut programs: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut group = None;
    for clause in clauses(text) {
        let [keyword, rest @ ..] = clause.as_slice() else {
            continue;
        };
        let words: Vec<&str> = clause.iter().map(|word| word.text).collect();
        let written = vec![words.join(" ")];
        let written = match (keyword.text, rest) {
            ("options", [name]) => {
                groups.insert(name.text, Vec::new());
                group = Some(name.text);
                continue;
            }
            ("program", names) => {
                group = None;
                programs.push((texts(names).collect(), written));
                continue;
            }
            ("case", _) => continue,
            ("use", names) => {
                let used = names.iter().filter_map(|name| groups.get(name.text));
                used.flatten().cloned().collect()
            }
            ("command", _) => {
                group = None;
                written
            }
            _ => written,
        };
        let is_of_group = matches!(keyword.text, "use" | "flag" | "option" | "attached");
        match group
            .filter(|_| is_of_group)
            .and_then(|name| groups.get_mut(name))
        {
            Some(options) => options.extend(written),
            None => {
                if let Some((_, clauses)) = programs.last_mut() {
                    clauses.extend(written);
                }
            }
        }
    }
    let joined = |(names, clauses): (_, Vec<String>)| (names, clauses.join("; "));
    programs.into_iter().map(joined).collect()
}

#[cfg(test)]
mod tests {
    use super::lines;
    use crate::programs::Programs;

    #[test]
    fn a_line_has_the_rows_of_its_program() {
        let text = "options common # for all\n  flag -a \\\n    -b; option -c: read\n\
                    program x y\n  case one\n  use common\n  command *; stdin read\n\
                    program z; operands credential...\n";
        let expected = [
            "program x y; flag -a -b; option -c: read; command *; stdin read",
            "program z; operands credential...",
        ];
        let lines: Vec<String> = lines(text).into_iter().map(|(_, line)| line).collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn each_line_of_our_tables_makes_the_same_rows() {
        for family in &crate::programs::FAMILIES {
            let written = lines(family.text);
            assert_eq!(written.len(), family.programs().len(), "{}", family.name);
            for (program, (names, line)) in family.programs().iter().zip(written) {
                assert_eq!(names, program.names);
                let again = Programs::parse(&line).expect("it can be read");
                let [again] = again.programs.as_slice() else {
                    panic!("{line}");
                };
                assert_eq!(
                    format!("{:?} {:?}", again.options, again.rows),
                    format!("{:?} {:?}", program.options, program.rows),
                    "{line}"
                );
            }
        }
    }
}
