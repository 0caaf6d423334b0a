//! Writes one stage: FROM, and its instructions with the comments above them.
//!
//! Tracks SHELL and USER of the stage, which decide the form of a script and the owner of a secret.

use dockerfile_dsl_analysis::dockerfile::Danger;
use dockerfile_dsl_analysis::dockerfile::spec::{INSTRUCTIONS, InstructionSpec};

use super::line::folded;
use super::secrets::{check_fed, check_secret_file};
use crate::comment::{check_options, comment_lines};
use crate::danger::Decision;
use crate::instruction::{Arg, Instruction};
use crate::pen::Pen;
use crate::problem::Problems;
use crate::render::{self, script, word};
use crate::secret::SecretsById;
use crate::stage::{Above, Base, Stage, Step};
use crate::text::Text;
use crate::valid;

/// Writes one stage.
pub(super) struct StageWriter<'a, 'b> {
    pub(super) pen: &'a mut Pen<'b>,
    pub(super) problems: &'a mut Problems,
    pub(super) place: String,
    pub(super) secrets: &'a SecretsById,
    pub(super) globals: &'a [Arg],
    pub(super) lines: Vec<String>,
}

impl StageWriter<'_, '_> {
    pub(super) fn from(&mut self, stage: &Stage, name: Option<&str>) {
        let content = stage.content();
        self.problems.place = format!("{}, FROM", self.place);
        self.problems.at = Some(content.at);
        self.above(&content.above, &[]);
        let mut flags = Vec::new();
        if let Some(platform) = &content.platform {
            self.problems
                .flag_word("--platform", platform, valid::platform);
            self.check_global(platform);
            flags.push(self.pen.flag_word("platform", platform));
        }
        let mut rest = match &content.base {
            Base::Scratch => "scratch".to_owned(),
            Base::Stage(base) => self.pen.name_of(base).to_owned(),
            Base::Image(image) => {
                self.problems.word("the image", image, valid::image);
                self.check_global(image);
                self.pen.word(image)
            }
        };
        if let Some(name) = name {
            self.problems.check(valid::stage_name(name));
            rest.push_str(&format!(" AS {name}"));
        }
        let line = render::instruction("FROM", &flags, &rest);
        self.push(&line);
        self.check_once(stage);
        if !content.loose.is_empty() {
            self.problems.place.clone_from(&self.place);
            self.problems
                .wrong("comment or decision after the last instruction");
        }
    }

    /// Checks the variables of FROM, which sees global build arguments only; any other variable is empty there.
    fn check_global(&mut self, text: &Text) {
        const PLATFORM: &[&str] = &["OS", "OSVERSION", "ARCH", "VARIANT", "PLATFORM"];
        let predefined = |name: &str| {
            let part = name
                .strip_prefix("BUILD")
                .or_else(|| name.strip_prefix("TARGET"));
            name == "TARGETSTAGE" || part.is_some_and(|part| PLATFORM.contains(&part))
        };
        for name in word::variables(text) {
            if !predefined(name) && !self.globals.iter().any(|global| global.name() == name) {
                self.problems.wrong(format!(
                    "`${name}` is empty in FROM: declare it with \
                     `Dockerfile::settings().global_arg(Arg::new(\"{name}\"))`"
                ));
            }
        }
    }

    /// Reports an instruction of which only the last one counts.
    fn check_once(&mut self, stage: &Stage) {
        for InstructionSpec { keyword, .. } in INSTRUCTIONS.iter().filter(|spec| spec.last_counts) {
            let mut times = 0;
            for step in &stage.content().steps {
                times += usize::from(step.instruction.keyword() == *keyword);
            }
            if times > 1 {
                self.problems.place.clone_from(&self.place);
                self.problems.wrong(format!(
                    "{keyword} occurs {times} times, and only the last one counts: write it once"
                ));
            }
        }
    }

    pub(super) fn step(&mut self, step: &Step) {
        self.problems.place.clone_from(&self.place);
        describe(&step.instruction, &mut self.problems.place);
        self.problems.at = Some(step.at);
        step.instruction.check(self.problems);
        self.check_place(step);
        let decisions = step.decisions();
        self.above(&step.above, &decisions);
        let written = step.instruction.write(self.pen);
        let head = folded(&written.head, self.pen.escape, self.problems);
        self.lines.push(format!("{head}{}", written.bodies));
        match &step.instruction {
            Instruction::Shell(shell) => {
                self.pen.shell = script::ScriptShell::new(shell.arguments())
            }
            Instruction::User(user) => self.pen.user = Some(user.user().clone()),
            _ => {}
        }
    }

    /// Declares the build arguments that rerun a step when its secrets change, each once per stage. Returns how many it wrote.
    pub(super) fn reruns(&mut self, step: &Step) -> usize {
        let before = self.lines.len();
        if let Instruction::Run(run) = &step.instruction {
            for mount in run.secrets() {
                if let Some((_, name)) = mount.secret.rerun() {
                    let line = format!("ARG {name}");
                    if !self.lines.contains(&line) {
                        self.lines.push(line);
                    }
                }
            }
        }
        self.lines.len() - before
    }

    /// Checks what depends on the rest of the file.
    fn check_place(&mut self, step: &Step) {
        for path in step.instruction.context_paths() {
            check_secret_file(path, self.secrets, self.problems);
        }
        let names: Vec<&str> = match &step.instruction {
            Instruction::Run(run) => {
                run.check_place(self.pen, self.problems);
                return;
            }
            Instruction::Arg(arg) => vec![arg.name()],
            Instruction::Env(env) => env.names(),
            Instruction::Onbuild(_) if self.pen.escape != '\\' => {
                self.problems.wrong(
                    "ONBUILD is parsed again in another build, where the escape character is `\\`: \
                     remove the directive",
                );
                return;
            }
            _ => return,
        };
        for name in names {
            let allowed = step.above.decisions.iter().any(|decision| {
                matches!(
                    &decision.danger,
                    Danger::AllowName { name: allowed } if allowed == name
                )
            });
            if !allowed {
                check_fed(name, self.secrets, self.problems);
            }
        }
    }

    fn above(&mut self, above: &Above, decisions: &[Decision]) {
        for comment in &above.comments {
            self.lines.extend(comment_lines(comment, self.problems));
        }
        for check in &above.checks {
            check_options(check, self.problems);
            self.lines.push(format!("# check={check}"));
        }
        for decision in decisions {
            // Program rows apply to the whole file and are written at its head.
            if matches!(decision.danger, Danger::Program { .. }) {
                continue;
            }
            decision.check(self.problems);
            self.lines.extend(decision.comment());
        }
    }

    fn push(&mut self, line: &str) {
        let line = folded(line, self.pen.escape, self.problems);
        self.lines.push(line);
    }
}

/// Appends the keyword, and for RUN the start of its script, which distinguishes it from the other RUNs of the stage.
fn describe(instruction: &Instruction, place: &mut String) {
    place.push_str(", ");
    place.push_str(instruction.keyword());
    if let Instruction::Run(run) = instruction
        && let Some(line) = run.first_line()
    {
        for part in [" `", &line, "`"] {
            place.push_str(part);
        }
    }
}
