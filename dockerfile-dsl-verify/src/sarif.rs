//! SARIF 2.1.0: the part of the format that this workspace writes, as types.
//!
//! In: a [`Run`]. Out: its log as JSON. Used for the reports of this crate and for those of `dockerfile-dsl check`.
//! See the [specification](https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html); the names are its names.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

/// One run of a tool.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// The tool and its rules.
    pub tool: Tool,
    /// Unit of columns, if there are regions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column_kind: Option<&'static str>,
    /// Outcome of the run: one element.
    pub invocations: Vec<Invocation>,
    /// Findings.
    pub results: Vec<SarifResult>,
}

/// The tool that ran.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Tool {
    /// Its main component.
    pub driver: Driver,
}

/// The main component of a tool.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Driver {
    /// `dockerfile-dsl`
    pub name: &'static str,
    /// The version of the tool.
    pub version: &'static str,
    /// The version in semantic versioning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub semantic_version: Option<&'static str>,
    /// Address of the documentation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub information_uri: Option<&'static str>,
    /// The rules that results refer to.
    pub rules: Vec<RuleDescriptor>,
}

/// A rule.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleDescriptor {
    /// Its name.
    pub id: &'static str,
    /// One sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short_description: Option<Message>,
    /// Level of its results, unless they override it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_configuration: Option<Configuration>,
    /// Its page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<Message>,
}

/// The default level of a rule.
#[derive(Debug, Clone, Serialize)]
pub struct Configuration {
    /// `error` or `warning`
    pub level: &'static str,
}

/// A text, and the same as Markdown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Plain text.
    pub text: String,
    /// Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub markdown: Option<String>,
}

impl Message {
    /// A plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            markdown: None,
        }
    }
}

/// Outcome of a run.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Invocation {
    /// Whether everything could be checked.
    pub execution_successful: bool,
    /// Parts that could not be checked.
    pub tool_execution_notifications: Vec<Notification>,
}

/// A part that could not be checked.
#[derive(Debug, Clone, Serialize)]
pub struct Notification {
    /// `error` or `warning`
    pub level: &'static str,
    /// The stable name of the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub descriptor: Option<SarifRule>,
    /// The reason.
    pub message: Message,
    /// Places.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub locations: Vec<Location>,
}

/// Name of a notification's kind.
#[derive(Debug, Clone, Serialize)]
pub struct SarifRule {
    /// A stable name.
    pub id: String,
}

/// One result.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SarifResult {
    /// The rule.
    pub rule_id: &'static str,
    /// The index of the rule in [`Driver::rules`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_index: Option<usize>,
    /// `error` or `warning`
    pub level: &'static str,
    /// Message of the finding.
    pub message: Message,
    /// Places.
    pub locations: Vec<Location>,
    /// Further places, such as those in other files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related_locations: Vec<Location>,
    /// Identifiers that are stable when the finding moves.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub partial_fingerprints: BTreeMap<&'static str, String>,
    /// The steps of the value: at most one flow.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub code_flows: Vec<CodeFlow>,
    /// Alternative fixes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fixes: Vec<Fix>,
    /// Properties by name, such as a stable code.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<&'static str, String>,
}

/// A fix of a result.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fix {
    /// One sentence.
    pub description: Message,
    /// The changes, which belong together.
    pub artifact_changes: Vec<ArtifactChange>,
    /// Properties by name, such as whether the fix is safe.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<&'static str, String>,
}

/// The changes of one file.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactChange {
    /// The file.
    pub artifact_location: ArtifactLocation,
    /// The replaced regions.
    pub replacements: Vec<Replacement>,
}

/// A region of a file, and the text that takes its place.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Replacement {
    /// The region; empty for an insertion.
    pub deleted_region: Region,
    /// The new text.
    pub inserted_content: Message,
}

/// A sequence of steps.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeFlow {
    /// Flows by thread: one element.
    pub thread_flows: Vec<ThreadFlow>,
}

impl CodeFlow {
    /// A flow of one thread.
    #[must_use]
    pub fn new(steps: Vec<FlowStep>) -> Self {
        Self {
            thread_flows: vec![ThreadFlow { locations: steps }],
        }
    }
}

/// The steps of a thread.
#[derive(Debug, Clone, Serialize)]
pub struct ThreadFlow {
    /// Steps in chronological order.
    pub locations: Vec<FlowStep>,
}

/// One step of a flow.
#[derive(Debug, Clone, Serialize)]
pub struct FlowStep {
    /// Place, with a message.
    pub location: Location,
    /// Properties by name, such as a stable code.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<&'static str, String>,
}

/// A place.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// A place in a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub physical_location: Option<PhysicalLocation>,
    /// A place outside a file, such as a layer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub logical_locations: Vec<LogicalLocation>,
    /// Message of the place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
}

impl Location {
    /// A file, and a region of it.
    #[must_use]
    pub fn file(path: &str, region: Option<Region>) -> Self {
        Self {
            physical_location: Some(PhysicalLocation {
                artifact_location: ArtifactLocation { uri: uri(path) },
                region,
            }),
            ..Self::default()
        }
    }
}

/// A place in a file.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PhysicalLocation {
    /// The file.
    pub artifact_location: ArtifactLocation,
    /// The region in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
}

/// A file.
#[derive(Debug, Clone, Serialize)]
pub struct ArtifactLocation {
    /// See [`uri`].
    pub uri: String,
}

/// A region of a file; lines and columns from 1, the end column after the last character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Region {
    /// The first line.
    pub start_line: usize,
    /// The first column.
    pub start_column: usize,
    /// The last line.
    pub end_line: usize,
    /// The column after the last character.
    pub end_column: usize,
}

/// A place outside a file.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogicalLocation {
    /// Its name, starting with the outermost part.
    pub fully_qualified_name: String,
}

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

/// The log of one run as JSON.
///
/// # Errors
///
/// Never fails with these types: their maps have string keys only.
pub fn render(run: Run) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [run],
    })
}

/// Converts a path or a name to a URI reference: special characters are percent-encoded, an absolute path becomes a `file:` URI.
#[must_use]
pub fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.replace('\\', "/").bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                uri.push(byte.into())
            }
            // Writing to a `String` cannot fail.
            _ => drop(write!(uri, "%{byte:02X}")),
        }
    }
    if uri.starts_with('/') {
        format!("file://{uri}")
    } else {
        uri
    }
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn names_are_percent_encoded() {
        assert_eq!(uri("a b/Dockerfile"), "a%20b/Dockerfile");
        assert_eq!(uri("dir\\Dockerfile"), "dir/Dockerfile");
        assert_eq!(uri("/x"), "file:///x");
        assert_eq!(uri("app:1"), "app%3A1");
    }
}
