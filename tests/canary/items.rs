//! Each public function that takes or returns text is in a case, or in a list here with its reason.
//!
//! In: `tests/data/api/`, the cases, and the code of `values` and `verify`. A function without text in its signature (numbers, closed sets,
//! secrets, parts that other functions made) needs no case.

use std::collections::BTreeSet;

use crate::commands::COMMANDS;
use crate::printed::Case;
use crate::recipes::RECIPES;
use crate::texts::{INSTRUCTIONS, STAGES, VALUES};

const LISTS: [(&str, &str); 2] = [
    (
        "dockerfile_dsl",
        include_str!("../data/api/dockerfile_dsl.txt"),
    ),
    (
        "dockerfile_dsl_verify",
        include_str!("../data/api/dockerfile_dsl_verify.txt"),
    ),
];

/// What can hold a text, or is made of what holds one.
const TEXTS: [&str; 21] = [
    "AnyValue",
    "AsRef<",
    "BuildCommand",
    "Command",
    "Deserializer",
    "Into<",
    "IntoCommand",
    "IntoDuration",
    "IntoIterator",
    "IntoLayerPath",
    "IntoScript",
    "IntoSource",
    "LayerText",
    "LayerValue",
    "OsStr",
    "Path",
    "Read",
    "Report",
    "String",
    "str",
    "u8",
];

/// Searched on a machine that has the values.
const IN_VALUES: &[&str] = &[
    "Dockerfile::as_str",
    "Dockerfile::build_command",
    "Dockerfile::deserialize",
    "Dockerfile::from_stages",
    "Dockerfile::render",
    "Secret::only_to",
    "Secret::rerun_on_change",
    "Settings::dockerfile_from",
    "StageBuilder::instruction",
    "build_command::Bake::render",
    "build_command::Bake::shell",
    "build_command::Bake::write",
    "build_command::BuildCommand::argv",
    "build_command::BuildCommand::build_and_verify",
    "build_command::BuildCommand::build_verify_and_push",
    "build_command::BuildCommand::shell",
    "build_command::BuildCommand::to_command",
    "build_command::Compose::render",
    "build_command::Compose::shell",
    "build_command::GithubStep::render",
    "build_command::GitlabJob::render",
    "emit",
    "emit::Emit::new",
    "emit::Emit::to_directory",
    "emit::emit",
    "facts::BuildSecret::id",
    "import::Parsed::definition",
    "import::Parsed::secret_ids",
];

/// Searched for the value that is in an image.
const IN_VERIFY: &[&str] = &[
    "BuildLog::read",
    "Gap::new",
    "Image::directory",
    "Image::log",
    "Image::note",
    "Image::path",
    "Image::reader",
    "Names::engine",
    "Names::find",
    "Names::platform",
    "Names::registry_tool",
    "Reason::from_str",
    "Registry::new",
    "Registry::platform",
    "Report::github",
    "Report::html",
    "Report::human",
    "Report::json",
    "Report::sarif",
    "Secret::from_env",
    "Secret::from_file",
    "Secret::id",
    "Secret::new",
    "Verify::base_layers",
    "Verify::new",
    "Verify::redact",
    "Verify::run",
    "Verify::run_all",
];

/// Not called, each with the reason.
const NOT_CALLED: &[(&str, &[&str])] = &[
    (
        "returns a part of a value whose Debug form or Display form the cases search",
        &[
            "BuildLog::configs",
            "BuildLog::error",
            "BuildLog::gaps",
            "audit::AuditEntry::reason",
            "audit::AuditEntry::source",
            "audit::AuditEntry::stage",
            "audit::AuditEntry::what",
            "build_command::Difference::message",
            "finding::Problem::message",
            "finding::Problem::place",
            "finding::Problem::source",
            "import::Code::as_str",
            "import::Code::left_out",
        ],
    ),
    (
        "returns what the author wrote into the Dockerfile: for programs, not for people",
        &[
            "Dockerfile::as_ref",
            "Dockerfile::ssh",
            "LayerPath::as_ref",
            "LayerPath::as_str",
            "Stage::instructions",
            "Stage::name",
            "facts::BuildArgument::default",
            "facts::BuildArgument::name",
            "facts::StageFacts::name",
            "instructions::Instruction::keyword",
            "text::Text::as_str",
            "value::Word::as_ref",
            "value::Word::as_str",
        ],
    ),
    (
        "takes a part that another function has checked",
        &["instructions::Run::mount", "value::CacheDir::at"],
    ),
    (
        "the public name of a secret, and its hosts",
        &["Secret::hosts", "Secret::id"],
    ),
    (
        "a name of a closed set",
        &[
            "Match::name",
            "Names::schemes",
            "Place::name",
            "Reason::explanation",
            "Reason::name",
            "Verdict::name",
        ],
    ),
    (
        "writes the SARIF of the command line, of texts that are masked before",
        &[
            "sarif::CodeFlow::new",
            "sarif::Location::file",
            "sarif::Message::text",
            "sarif::render",
            "sarif::uri",
        ],
    ),
    (
        "runs the program of a registry or an engine: `tests/engine/verify.rs` does that",
        &["Image::in_engine", "Registry::digest", "Registry::tool"],
    ),
];

/// The public functions of a list whose signature has a text, below the root of the library.
fn functions(library: &str, list: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in list.lines().filter(|line| !line.starts_with("impl")) {
        let Some((_, item)) = line.split_once(&format!("fn {library}::")) else {
            continue;
        };
        let (path, signature) = item.split_at(item.find('(').expect("a function has parameters"));
        // Without the parameters of the type and of the function.
        let (mut name, mut depth) = (String::new(), 0);
        for char in path.chars() {
            match char {
                '<' => depth += 1,
                '>' => depth -= 1,
                _ if depth == 0 => name.push(char),
                _ => {}
            }
        }
        let whole = format!("{}{signature}", &path[name.len().min(path.len())..]);
        if !name.ends_with("::fmt") && TEXTS.iter().any(|text| has_word(&whole, text)) {
            found.insert(name);
        }
    }
    assert!(found.len() > 40, "the functions are not found: {found:?}");
    found
}

/// Whether a name occurs that is not a part of a longer one.
fn has_word(text: &str, word: &str) -> bool {
    let is_name = |char: char| char.is_alphanumeric() || char == '_';
    text.match_indices(word).any(|(at, _)| {
        let after = &text[at + word.len()..];
        !text[..at].ends_with(is_name) && (word.ends_with('<') || !after.starts_with(is_name))
    })
}

fn cases() -> impl Iterator<Item = (&'static Case, String)> {
    let others = [STAGES, INSTRUCTIONS, VALUES, COMMANDS].concat_cases();
    let recipes = RECIPES.iter().map(|case| (case, "recipes::"));
    others
        .into_iter()
        .map(|case| (case, ""))
        .chain(recipes)
        .flat_map(|(case, module)| {
            case.items
                .iter()
                .map(move |item| (case, format!("{module}{item}")))
        })
}

/// Several tables of cases as one list.
trait Tables {
    fn concat_cases(self) -> Vec<&'static Case>;
}

impl<const N: usize> Tables for [&'static [Case]; N] {
    fn concat_cases(self) -> Vec<&'static Case> {
        self.into_iter().flatten().collect()
    }
}

#[test]
fn every_public_function_is_in_a_case() {
    let listed: BTreeSet<String> = IN_VALUES
        .iter()
        .chain(IN_VERIFY)
        .chain(NOT_CALLED.iter().flat_map(|(_, items)| *items))
        .map(|item| (*item).to_owned())
        .chain(cases().map(|(_, item)| item))
        .collect();
    let public: BTreeSet<String> = LISTS
        .iter()
        .flat_map(|(library, list)| functions(library, list))
        .collect();
    let missing: Vec<&String> = public.difference(&listed).collect();
    assert!(
        missing.is_empty(),
        "these public functions take or return text. Add a case to tests/canary/, which calls each \
         with a canary and searches what is \
         said; or a line with the reason in NOT_CALLED of tests/canary/items.rs: {missing:#?}"
    );
    let all: String = LISTS.iter().map(|(_, list)| *list).collect();
    for item in &listed {
        let name = item.rsplit("::").next().unwrap_or_default();
        assert!(
            has_word(&all, name),
            "`{item}` is in a list, and is no longer public"
        );
    }
}

/// A row cannot be a lie: the code of a case calls what it is said to call.
#[test]
fn each_case_calls_its_items() {
    let mut not_called = Vec::new();
    for (case, item) in cases() {
        let name = item.rsplit("::").next().unwrap_or_default();
        if !has_word(case.code, name) && name != "run" {
            not_called.push(item);
        }
    }
    for (items, code) in [
        (IN_VALUES, include_str!("values.rs")),
        (IN_VERIFY, include_str!("verify.rs")),
    ] {
        for item in items {
            let name = item.rsplit("::").next().unwrap_or_default();
            let is_called_by_name = has_word(code, name);
            // `parse` and serde call these.
            if !is_called_by_name && !["from_str", "deserialize"].contains(&name) {
                not_called.push((*item).to_owned());
            }
        }
    }
    assert!(not_called.is_empty(), "{not_called:#?}");
}
