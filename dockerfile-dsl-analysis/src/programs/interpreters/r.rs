//! R programs that install packages.
//!
//! In: the text of `-e`. Out: whether each statement loads or installs packages, or sets a variable of R's own process. A token may be an
//! argument for a credential; an expression that R prints, or that is not recognized, is none of these.

use crate::programs::common::{has_gap, uses_environment};
use crate::programs::idioms::{call_of, is_literal, is_name, pieces};

/// Functions that return nothing that R prints.
const INSTALLING: &[&str] = &[
    "install.packages",
    "update.packages",
    "restore",
    "install",
    "consent",
    "activate",
    "install_github",
    "install_gitlab",
    "install_bitbucket",
    "install_git",
    "install_url",
    "install_version",
    "install_cran",
    "install_bioc",
    "install_deps",
    "install_local",
    "pak",
    "pkg_install",
    "local_install",
    "local_install_deps",
    "local_install_dev_deps",
];

/// Packages whose functions these are.
const PACKAGES: &[&str] = &["renv", "remotes", "devtools", "pak", "BiocManager", "utils"];

/// Arguments that are used to authenticate.
const CREDENTIALS: &[&str] = &["auth_token", "auth_user", "password", "token"];

/// Functions that give a value to their caller.
const VALUES: &[&str] = &[
    "c",
    "list",
    "file.path",
    "paste0",
    "readLines",
    "trimws",
    "getwd",
    "nchar",
    "getOption",
    "parallel::detectCores",
    "detectCores",
];

pub(super) fn installs(text: &str) -> bool {
    !text.contains(['`', '{', '}', '\\']) && pieces(text, &['\n', ';']).all(is_quiet)
}

fn is_quiet(statement: &str) -> bool {
    let statement = statement.trim();
    if statement.is_empty() || statement.starts_with('#') {
        return true;
    }
    let Some((function, given, rest)) = call_of(statement) else {
        return false;
    };
    if function == "if" {
        let asked = given.trim_start_matches('!').trim();
        let loads = |name: &str| matches!(name, "require" | "requireNamespace");
        return call_of(asked).is_some_and(|(name, of, after)| {
            loads(name) && after.is_empty() && pieces(of, &[',']).all(is_plain)
        }) && is_quiet(rest);
    }
    if !rest.is_empty() {
        return false;
    }
    let arguments = || pieces(given, &[',']);
    let (package, name) = function.rsplit_once("::").unwrap_or(("", function));
    match name {
        "library" | "require" | "requireNamespace" | "options" => arguments().all(is_plain),
        "suppressPackageStartupMessages"
        | "suppressWarnings"
        | "suppressMessages"
        | "invisible" => is_quiet(given),
        "Sys.setenv" => arguments().all(is_setting),
        _ => {
            let package = package.trim_end_matches(':');
            let is_known = package.is_empty() || PACKAGES.contains(&package);
            is_known && INSTALLING.contains(&name) && arguments().all(is_sent)
        }
    }
}

/// Returns the name of an argument, and its value.
fn named(argument: &str) -> (&str, &str) {
    match argument.split_once('=') {
        Some((name, value)) if is_word(name.trim()) => (name.trim(), value.trim()),
        _ => ("", argument),
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && is_name(&text.replace('.', "_"))
}

/// Whether a value comes from the script alone.
fn is_plain(argument: &str) -> bool {
    is_value(argument) && !uses_environment(argument) && !argument.contains("readLines")
}

/// Whether an argument is plain, or is used to authenticate.
fn is_sent(argument: &str) -> bool {
    is_plain(argument) || CREDENTIALS.contains(&named(argument).0) && is_setting(argument)
}

/// Whether a value is looked up, and nothing else happens.
fn is_setting(argument: &str) -> bool {
    let value = named(argument).1;
    match call_of(value) {
        Some(("Sys.getenv", given, "")) => pieces(given, &[',']).all(is_plain),
        Some(("readLines" | "trimws", given, "")) => pieces(given, &[',']).all(is_setting),
        _ => is_plain(argument),
    }
}

fn is_value(argument: &str) -> bool {
    let value = named(argument).1.trim_start_matches(['-', '!']);
    if value.is_empty() || is_literal(value) || is_word(value) {
        return !has_gap(value);
    }
    match call_of(value) {
        Some((function, given, "")) => {
            VALUES.contains(&function) && pieces(given, &[',']).all(is_value)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(installs(text), expected, "{text}");
    }

    #[test]
    fn installations_are_quiet() {
        check("renv::restore()", true);
        check(
            "library(renv); options(renv.verbose = TRUE); renv::restore(lockfile='/a')",
            true,
        );
        check("renv::install(c('usethis@3.1.0', \"x\"));", true);
        check(
            "options(repos = c(A = 'https://a.example')); install.packages('x', Ncpus = 4)",
            true,
        );
        check("if (!require('pak')) install.packages('pak')", true);
        check(
            "remotes::install_github('a/b', auth_token = Sys.getenv('PAT'))",
            true,
        );
        check(
            "Sys.setenv(GITHUB_PAT = trimws(readLines('/run/secrets/t', warn = FALSE)))",
            true,
        );
    }

    #[test]
    fn what_r_prints_is_not_quiet() {
        check("Sys.getenv('PAT')", false);
        check("Sys.getenv()", false);
        check("print(Sys.getenv('PAT'))", false);
        check("renv::restore()\nSys.getenv('PAT')", false);
        check("renv::restore(print(Sys.getenv('PAT')))", false);
        check("install.packages('x', repos = Sys.getenv('URL'))", false);
        check("options(repos = Sys.getenv('URL'))", false);
        check("readLines('/run/secrets/t')", false);
        check("x <- install.packages('x'); cat(x)", false);
        check(
            "remotes::install_github('a/b', auth_token = cat(Sys.getenv('PAT')))",
            false,
        );
        check(
            "if (nchar(Sys.getenv('A')) > 1) install.packages('x')",
            false,
        );
        check("system('env')", false);
        check("other::install('x')", false);
    }
}
