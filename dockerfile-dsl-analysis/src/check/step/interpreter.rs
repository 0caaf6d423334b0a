//! The interpreter of a step's script: the words of its SHELL or of its `#!` line.
//!
//! In: those words. Out: the shell and its options, if it is an analysed one.

use crate::domain::ShellOptions;

/// Returns the words after `env`.
pub(super) fn interpreter_of(words: &[String]) -> &[String] {
    match words {
        [first, split, rest @ ..]
            if base(std::slice::from_ref(first)) == "env" && split == "-S" =>
        {
            rest
        }
        [first, rest @ ..] if first.ends_with("/env") => rest,
        words => words,
    }
}

/// Returns the name of a program from its words.
pub(super) fn base(words: &[String]) -> &str {
    let path = words.first().map_or("", String::as_str);
    path.rsplit('/').next().unwrap_or_default()
}

/// Whether it is an analysed shell.
pub(super) fn is_shell(words: &[String]) -> bool {
    matches!(base(words), "sh" | "bash" | "dash" | "ash" | "rbash")
}

/// Whether the shell has a script in its arguments: the step's text is then only its `$0`.
pub(super) fn has_own_text(arguments: &[String]) -> bool {
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.strip_prefix('-') {
            None => return true,
            Some(flags) if !flags.starts_with('-') && flags.ends_with('o') => {
                arguments.next();
            }
            Some(_) => {}
        }
    }
    false
}

/// Returns the options of an analysed shell; `None` for another one.
pub(super) fn options(name: &str, arguments: &[String]) -> Option<ShellOptions> {
    let mut options = ShellOptions {
        bash: matches!(name, "bash" | "rbash"),
        ..ShellOptions::default()
    };
    if !is_shell(&[name.to_owned()]) {
        return None;
    }
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let Some(flags) = argument.strip_prefix('-').filter(|flags| !flags.is_empty()) else {
            continue;
        };
        match flags {
            "-login" => options.login = true,
            "-noprofile" => options.login = false,
            "-norc" => options.interactive = false,
            _ => {}
        }
        if flags.starts_with('-') {
            continue;
        }
        for flag in flags.chars() {
            match flag {
                'e' => options.errexit = true,
                'x' => options.xtrace = true,
                'v' => options.verbose = true,
                'a' => options.allexport = true,
                'u' => options.nounset = true,
                'o' => match arguments.next().map(String::as_str) {
                    Some("pipefail") => options.pipefail = true,
                    Some("errexit") => options.errexit = true,
                    Some("xtrace") => options.xtrace = true,
                    Some("allexport") => options.allexport = true,
                    _ => {}
                },
                'l' => options.login = true,
                'i' => options.interactive = true,
                'c' | 'f' | 'h' | 'm' | 'B' | 'C' | 's' | 'p' => {}
                _ => return None,
            }
        }
    }
    Some(options)
}
