//! Edits of the inputs of `docker/build-push-action`: `build-args`, `secrets`, `secret-envs`, and `env` of the step.
//!
//! In: a step, and a finding in it. Out: edits of whole lines. An input that is written in another form than a line, or than `|` with a
//! line per record, is left to the author.

use dockerfile_dsl_analysis::Span;
use dockerfile_dsl_analysis::edits::Edit;

use super::super::callers::build_action::{BUILD, comma_records, has_secret_envs, lines, records};
use super::super::callers::carried;
use super::super::callers::tree::Node;
use super::lines::{self, Entry, Form, SPELT, Why, entry};
use super::units::{Kind, Unit};

/// A step with the action.
pub(super) struct Step<'a> {
    text: &'a str,
    unit: &'a Unit<'a>,
    uses: Entry<'a>,
    version: &'a str,
}

/// What an edit does, in a sentence, and its edits.
pub(super) type Change = (String, Vec<Edit>);

/// An input with a record per line.
struct Input<'a> {
    entry: Entry<'a>,
    form: Form,
    records: Vec<(String, Span)>,
}

impl<'a> Step<'a> {
    /// Returns the step, if it is one with this action.
    pub(super) fn of(text: &'a str, unit: &'a Unit<'a>) -> Option<Self> {
        let uses = entry(text, unit.node, "uses")?;
        let version = uses.value.text()?.strip_prefix(BUILD)?;
        Some(Self {
            text,
            unit,
            uses,
            version,
        })
    }

    fn input(&self, name: &str) -> Option<Input<'a>> {
        let with = entry(self.text, self.unit.node, "with")?;
        let entry = entry(self.text, with.value, name)?;
        let records = match name {
            "secrets" => records(entry.value, self.text),
            _ => lines(entry.value, self.text),
        };
        let form = match with.form() {
            Form::Fixed(why) => Form::Fixed(why),
            _ => entry.form(),
        };
        Some(Input {
            entry,
            form,
            records,
        })
    }

    /// Passes the build argument at this place as a secret.
    pub(super) fn argument(&self, span: Span, name: &str) -> Result<Change, Why> {
        let (input, index) = self.record("build-args", span)?;
        let (_, value) = input.records[index].0.split_once('=').ok_or(SPELT)?;
        let expression = only_expression(value).ok_or("its value is not one expression")?;
        let title = format!("pass `{name}` as a secret of the step, not in `build-args`");
        Ok((
            title,
            self.pass(Some((&input, index)), name, expression, Carrier::AsThere)?,
        ))
    }

    /// Passes a secret that the step does not pass yet.
    pub(super) fn missing(&self, id: &str) -> Result<Change, Why> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        if id.is_empty() || !id.chars().all(is_plain) {
            return Err("the id has characters with a meaning in these lists");
        }
        let variable = variable(id);
        let is_set = |node: &&Node| entry(self.text, node, &variable).is_some();
        let own = entry(self.text, self.unit.node, "env").map(|env| env.value);
        let mut environments = self.unit.environments.iter().copied().chain(own);
        let title = |source: &str| format!("pass the secret `{id}`: its value is {source}");
        if environments.any(|node| is_set(&node)) {
            let expression = format!("${{{{ env.{variable} }}}}");
            let edits = if has_secret_envs(self.version) {
                self.added("secret-envs", format!("{id}={variable}"), None)?
            } else {
                self.added("secrets", format!("{id}={expression}"), None)?
            };
            return Ok((title(&format!("the variable `{variable}`")), edits));
        }
        if self.unit.kind == Kind::CompositeStep {
            return Err("a composite action has no `secrets`: its caller has to give the value");
        }
        let is_name = !variable.starts_with(|c: char| c.is_ascii_digit())
            && (!variable.starts_with("GITHUB_") || variable == "GITHUB_TOKEN");
        if !is_name {
            return Err("no secret of GitHub can have its name");
        }
        let expression = format!("${{{{ secrets.{variable} }}}}");
        let edits = self.pass(None, id, &expression, Carrier::AsThere)?;
        Ok((title(&format!("`{expression}`")), edits))
    }

    /// Renames the id of the record at this place.
    pub(super) fn renamed(&self, span: Span, old: &str, new: &str) -> Result<Change, Why> {
        let mut inputs = ["secrets", "secret-envs", "secret-files"].iter();
        let is_input = |name: &&&str| {
            self.input(name).is_some_and(|input| {
                let within = input.records.iter();
                let mut within = within.map(|(_, place)| *place);
                within.any(|place| place.start <= span.start && span.end <= place.end)
            })
        };
        let name = inputs.find(is_input).ok_or(SPELT)?;
        let input = self.input(name).ok_or(SPELT)?;
        if let Form::Fixed(why) = input.form {
            return Err(why);
        }
        let record = span.of(self.text);
        let quote = record.len() - record.trim_start_matches('"').len();
        let rest = record[quote..].strip_prefix(old).ok_or(SPELT)?;
        if !rest.trim_start().starts_with('=') {
            return Err(SPELT);
        }
        let start = span.start + quote;
        let edit = Edit::new(Span::new(start, start + old.len()), new.to_owned());
        let title = format!("write the id of the Dockerfile: `{new}`");
        Ok((title, vec![edit]))
    }

    /// Repairs a record of `secrets` whose value may end it: each record in a line, a long value in a variable.
    pub(super) fn inline(&self, span: Span, id: &str) -> Result<Change, Why> {
        let (input, index) = self.record("secrets", span)?;
        let record = &input.records[index].0;
        if let Some(all) = comma_records(record) {
            let title = format!("write the {} records in a line each", all.len());
            return Ok((title, self.split(&input, index, &all)?));
        }
        let value = record.trim_matches('"').split_once('=').ok_or(SPELT)?.1;
        let expression = only_expression(value).ok_or("its value is not one expression")?;
        let title = format!("pass `{id}` by a variable, which keeps line breaks and quotes");
        let from = Some((&input, index));
        Ok((title, self.pass(from, id, expression, Carrier::Variable)?))
    }

    fn record(&self, name: &str, span: Span) -> Result<(Input<'a>, usize), Why> {
        let input = self.input(name).ok_or(SPELT)?;
        if let Form::Fixed(why) = input.form {
            return Err(why);
        }
        let index = input.records.iter().position(|(_, place)| *place == span);
        let index = index.ok_or(SPELT)?;
        Ok((input, index))
    }

    /// Adds a record for a secret, and removes the one that it comes from.
    fn pass(
        &self,
        from: Option<(&Input<'a>, usize)>,
        id: &str,
        expression: &str,
        carrier: Carrier,
    ) -> Result<Vec<Edit>, Why> {
        let has = |name: &str| self.input(name).is_some();
        let is_by_variable = match carrier {
            Carrier::Variable => true,
            Carrier::AsThere => has("secret-envs") && !has("secrets"),
        };
        if !is_by_variable {
            return self.added("secrets", format!("{id}={expression}"), from);
        }
        if !has_secret_envs(self.version) {
            return Err("this version of the action has no `secret-envs`");
        }
        let (variable, edit) = self.variable(id, expression)?;
        let mut edits = self.added("secret-envs", format!("{id}={variable}"), from)?;
        edits.extend(edit);
        Ok(lines::merged(edits))
    }

    /// Returns the variable of the step that has this value, and the edit that adds it if none has.
    fn variable(&self, id: &str, expression: &str) -> Result<(String, Option<Edit>), Why> {
        if expression.contains(" #") || expression.contains(": ") {
            return Err("its expression has to be quoted in `env`");
        }
        let mut variable = variable(id);
        if is_reserved(&variable) {
            variable += "_SECRET";
        }
        let env = entry(self.text, self.unit.node, "env");
        let own = env.map(|env| env.value);
        for node in own
            .into_iter()
            .chain(self.unit.environments.iter().rev().copied())
        {
            if let Some(known) = entry(self.text, node, &variable) {
                let is_same = known.value.text() == Some(expression);
                let why = "`env` has another value in a variable of this name";
                return is_same.then_some((variable, None)).ok_or(why);
            }
        }
        let line = format!("{variable}: {expression}");
        let edit = match env {
            Some(env) => env.with_entry(std::slice::from_ref(&line), "")?,
            None => {
                let unit = " ".repeat(self.indent());
                self.uses
                    .followed_by(&["env:".to_owned(), format!("{unit}{line}")])?
            }
        };
        Ok((variable, Some(edit)))
    }

    /// Adds a record to an input, and removes the one that it takes the place of.
    fn added(
        &self,
        name: &str,
        record: String,
        from: Option<(&Input<'a>, usize)>,
    ) -> Result<Vec<Edit>, Why> {
        let target = self.input(name);
        if let (Some((input, index)), None) = (from, &target)
            && input.records.len() == 1
        {
            // The input gets another name.
            let key = input.entry.key.span;
            let (old, place) = &input.records[index];
            let mut edits = vec![Edit::new(key, name.to_owned())];
            if *old != record {
                if place.of(self.text) != old || old.contains(['"', '\'']) {
                    return Err(SPELT);
                }
                edits.push(Edit::new(*place, record));
            }
            return Ok(edits);
        }
        let mut edits = Vec::new();
        if let Some((input, index)) = from {
            edits.push(self.removed(input, index)?);
        }
        match target {
            Some(target) => edits.extend(self.appended(&target, name, &record)?),
            None => {
                let after = from.map(|(input, _)| input.entry);
                edits.push(self.new_input(name, record, after)?);
            }
        }
        Ok(lines::merged(edits))
    }

    fn removed(&self, input: &Input<'a>, index: usize) -> Result<Edit, Why> {
        if input.records.len() == 1 {
            return input.entry.removed();
        }
        let Form::Literal = input.form else {
            return Err(SPELT);
        };
        Ok(Edit::new(self.lines_of(input, index)?, String::new()))
    }

    /// Returns the lines of a record of a block text.
    fn lines_of(&self, input: &Input<'a>, index: usize) -> Result<Span, Why> {
        let (record, place) = &input.records[index];
        let start = lines::line_start(self.text, place.start);
        let end = lines::line_end(self.text, place.end);
        let is_there = record.contains('\n') || place.of(self.text) == record;
        let is_whole = self.text[start..place.start].trim().is_empty()
            && self.text[place.end..end].trim().is_empty();
        (is_there && is_whole)
            .then(|| Span::new(start, end))
            .ok_or(SPELT)
    }

    fn appended(&self, input: &Input<'a>, name: &str, record: &str) -> Result<Vec<Edit>, Why> {
        let last = input.records.len().checked_sub(1);
        match (&input.form, last) {
            (Form::Literal, Some(last)) => {
                let lines = self.lines_of(input, last)?;
                let indent = input.records[last].1.start - lines.start;
                let line = format!("{}{record}", " ".repeat(indent));
                Ok(vec![lines::inserted(self.text, lines.end, &[line])])
            }
            (Form::Scalar(place), Some(_)) if name == "secret-envs" => {
                Ok(vec![Edit::insert(place.end, format!(",{record}"))])
            }
            (Form::Scalar(place), Some(0)) => {
                let kept = place.of(self.text).to_owned();
                self.as_block(input, *place, &[kept, record.to_owned()])
            }
            (Form::Fixed(why), _) => Err(why),
            _ => Err(SPELT),
        }
    }

    /// Writes records as a block text in the place of a value of one line.
    fn as_block(
        &self,
        input: &Input<'a>,
        place: Span,
        records: &[String],
    ) -> Result<Vec<Edit>, Why> {
        let column = input.entry.column().ok_or(lines::BRACES)?;
        let pad = " ".repeat(column + self.indent());
        let lines: Vec<String> = records
            .iter()
            .map(|record| format!("{pad}{record}"))
            .collect();
        let end = lines::line_end(self.text, place.end);
        Ok(vec![
            Edit::new(self.with_quotes(place), "|".to_owned()),
            lines::inserted(self.text, end, &lines),
        ])
    }

    fn with_quotes(&self, place: Span) -> Span {
        let before = self.text[..place.start].ends_with(['"', '\'']);
        let after = self.text[place.end..].starts_with(['"', '\'']);
        if before && after {
            Span::new(place.start - 1, place.end + 1)
        } else {
            place
        }
    }

    /// Writes several records in the place of one.
    fn split(&self, input: &Input<'a>, index: usize, all: &[String]) -> Result<Vec<Edit>, Why> {
        let (record, place) = &input.records[index];
        match &input.form {
            Form::Literal => {
                let lines = self.lines_of(input, index)?;
                let pad = " ".repeat(place.start - lines.start);
                let separator = format!("{}{pad}", lines::newline(self.text));
                Ok(vec![Edit::new(*place, all.join(&separator))])
            }
            Form::Scalar(inner) if inner.of(self.text) == record => {
                self.as_block(input, *inner, all)
            }
            Form::Fixed(why) => Err(why),
            _ => Err(SPELT),
        }
    }

    /// Adds an input in lines.
    fn new_input(&self, name: &str, record: String, after: Option<Entry<'a>>) -> Result<Edit, Why> {
        let unit = " ".repeat(self.indent());
        let mut lines = vec![format!("{name}: |"), format!("{unit}{record}")];
        let Some(with) = entry(self.text, self.unit.node, "with") else {
            lines = lines.iter().map(|line| format!("{unit}{line}")).collect();
            lines.insert(0, "with:".to_owned());
            return self.uses.followed_by(&lines);
        };
        match (with.form(), after) {
            (Form::Block, Some(after)) => after.followed_by(&lines),
            _ => with.with_entry(&lines, ""),
        }
    }

    /// Returns how deep the inputs are indented below `with`.
    fn indent(&self) -> usize {
        let depth = || {
            let with = entry(self.text, self.unit.node, "with")?;
            let (key, value) = with.value.pairs().first()?;
            let text = self.text;
            let first = Entry { text, key, value };
            first.column()?.checked_sub(with.column()?)
        };
        depth().filter(|depth| *depth > 0).unwrap_or(2)
    }
}

/// How a secret is passed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Carrier {
    /// As the others of the step.
    AsThere,
    /// By a variable, which may have any value.
    Variable,
}

/// Returns the expression that is all of a value.
fn only_expression(value: &str) -> Option<&str> {
    let value = value.trim();
    let expressions = carried::expressions(value);
    let [(0, expression)] = expressions[..] else {
        return None;
    };
    (expression == value).then_some(value)
}

/// Returns the variable that usually has the value of a secret.
pub(super) fn variable(id: &str) -> String {
    let plain = |c: char| match c.is_ascii_alphanumeric() {
        true => c.to_ascii_uppercase(),
        false => '_',
    };
    id.chars().map(plain).collect()
}

/// Whether programs of the step read a variable of this name themselves.
fn is_reserved(name: &str) -> bool {
    const STARTS: [&str; 9] = [
        "ACTIONS_",
        "BUILDKIT_",
        "BUILDX_",
        "COMPOSE_",
        "DOCKER_",
        "GITHUB_",
        "NODE_",
        "RUNNER_",
        "SSH_",
    ];
    const NAMES: [&str; 9] = [
        "CI",
        "HOME",
        "KUBECONFIG",
        "NETRC",
        "PATH",
        "SHELL",
        "TMPDIR",
        "USER",
        "XDG_CONFIG_HOME",
    ];
    let is_token = name == "GITHUB_TOKEN";
    let is_proxy = name.ends_with("_PROXY");
    let is_known = NAMES.contains(&name) || STARTS.iter().any(|start| name.starts_with(start));
    (is_known || is_proxy) && !is_token
}
