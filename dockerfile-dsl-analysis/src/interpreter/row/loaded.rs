//! Code of the project that a program loads because a variable names it: `LD_PRELOAD`, `PYTHONPATH`, `NODE_OPTIONS`.
//!
//! In: a call, and the variables of its program's clause `loads`. Out: a finding for what the program gets, if such a variable names code of
//! the project. Code of others (`/usr/lib/libjemalloc.so`) counts as part of the program.

use crate::domain::files::{Entry, Node, Path};
use crate::domain::symbol::{Component, SymbolicPath};
use crate::domain::{Argument, Doubt, Taint, Value};
use crate::interpreter::call::Call;
use crate::programs::common::{is_gap, spellings};

/// Variables of the dynamic loader: code of all programs. Source: ld.so(8).
const OF_LOADER: [&str; 3] = ["LD_PRELOAD", "LD_AUDIT", "LD_LIBRARY_PATH"];

/// Options before a file or a directory with code: of Node.js, Ruby, Perl, Java, tar.
const OPTIONS: [&str; 18] = [
    "--require",
    "--import",
    "--loader",
    "--experimental-loader",
    "-javaagent:",
    "-agentpath:",
    "-Xbootclasspath/a:",
    "-Xbootclasspath/p:",
    "--class-path",
    "--module-path",
    "-classpath",
    "-cp",
    "--to-command",
    "-Mlib=",
    "-r",
    "-I",
    "-M",
    "-p",
];

/// Ends of the names of files with code.
const CODE: [&str; 9] = [
    ".py", ".pth", ".so", ".rb", ".pm", ".js", ".jar", ".class", ".lua",
];

/// Ends of the names of variables that hold a command.
const COMMANDS: [&str; 3] = ["_RSH", "_SSH", "_ASKPASS"];

impl Call<'_, '_> {
    /// Reports what the program gets, if it loads code of the project.
    pub(super) fn loads_project(&mut self, variables: &[String]) {
        let loader = OF_LOADER.iter().copied();
        let named = loader.chain(variables.iter().map(String::as_str));
        let loaded: Vec<&str> = named.filter(|name| self.names_project(name)).collect();
        let Some(variable) = loaded.first() else {
            return;
        };
        let mut received = self
            .received()
            .join(&self.data.taint())
            .join(&self.consumed);
        if !self.state.files.context.is_empty() {
            received = received.join(&self.state.mounted_secrets());
        }
        let why = Doubt::LoadedCode((*variable).into());
        self.opaque_with_output(&received, &Taint::NONE, why);
    }

    fn names_project(&self, variable: &str) -> bool {
        let Some(value) = self.state.process.variable(variable) else {
            return false;
        };
        if !value.exported {
            return false;
        }
        let texts = spellings(&value.value);
        let is_code = |name: &str| {
            let known = name.split(is_gap).next().unwrap_or_default();
            !known.is_empty() && self.is_code_of_project(known)
        };
        texts.iter().any(|text| {
            if text.trim_start().starts_with('-') {
                return named_by_options(text).any(is_code);
            }
            let is_command = COMMANDS.iter().any(|end| variable.ends_with(end));
            // Without a slash, a library is looked for where libraries are, and a command where commands are.
            let needs_slash = is_command || OF_LOADER.contains(&variable);
            let mut names = text
                .split([':', ';', ' ', '\n'])
                .take(if is_command { 1 } else { usize::MAX })
                .map(|name| name.trim_start_matches('@'));
            names.any(|name| (name.contains('/') || !needs_slash) && is_code(name))
        })
    }

    /// Whether the path is that of code of the project, or of a directory with such code: a file of the build context, or one that the
    /// Dockerfile writes.
    fn is_code_of_project(&self, path: &str) -> bool {
        let path = Argument::new(Value::known(path), self.span);
        let files = &self.state.files;
        let is_file = |entry: &Entry| matches!(entry.node, Node::File(_));
        let is_code = |key: &SymbolicPath| {
            let name = key.file_name().and_then(Component::as_known);
            name.is_some_and(|name| CODE.iter().any(|end| name.ends_with(end)))
        };
        let is_written = |path: &Path| {
            let key = files.follow(&path.key);
            files.entry(&key).is_some_and(is_file)
                || (files.beneath(&key)).any(|(key, entry)| is_file(entry) && is_code(key))
        };
        self.is_of_project(&path) || self.paths(&path).iter().any(is_written)
    }
}

/// Returns the words of a list of options that name code: after one of [`OPTIONS`], or in the same word. A module is not a path.
fn named_by_options(text: &str) -> impl Iterator<Item = &str> {
    let mut is_value = false;
    let words = text
        .split_whitespace()
        .map(|word| word.trim_matches(['"', '\'']));
    let named = words.filter_map(move |word| {
        if std::mem::take(&mut is_value) {
            return Some(word);
        }
        is_value = OPTIONS.contains(&word);
        let option = OPTIONS.iter().find(|option| word.starts_with(*option))?;
        let rest = &word[option.len()..];
        let rest = rest.strip_prefix('=').unwrap_or(rest);
        // `-javaagent:FILE=OPTIONS`
        let rest = rest.split('=').next()?;
        let is_file = option.ends_with(':') && !rest.is_empty();
        (is_file || rest.starts_with(['/', '.'])).then_some(rest)
    });
    named.flat_map(|names| {
        let names = names.strip_prefix("file://").unwrap_or(names);
        let names = names.split(':');
        let is_path = |name: &&str| name.starts_with(['/', '.']) || name.ends_with(".jar");
        names.filter(is_path)
    })
}

#[cfg(test)]
mod tests {
    use super::named_by_options;

    #[test]
    fn an_option_names_a_file_or_a_module() {
        for (text, expected) in [
            ("--require ./hook.js", &["./hook.js"][..]),
            ("--max-old-space-size=4096 --require=/w/x.js", &["/w/x.js"]),
            ("-r/w/x.rb -W0", &["/w/x.rb"]),
            ("--import file:///w/x.mjs", &["/w/x.mjs"]),
            ("-javaagent:agent.jar=a=b -Xmx1g", &["agent.jar"]),
            ("-cp /w/a:/w/b", &["/w/a", "/w/b"]),
            ("-rset -W0 --enable-source-maps", &[]),
            ("-Xmx1g -Dfile.encoding=UTF-8", &[]),
            ("-Djava.io.tmpdir=/w/tmp", &[]),
            ("-I ../lib", &["../lib"]),
        ] {
            let found: Vec<&str> = named_by_options(text).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
