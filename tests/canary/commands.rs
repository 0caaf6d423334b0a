//! The author writes the value itself into a setting of the build: every function of the build command that takes text.
//!
//! What a command, a bake file or a job renders has the text: only what is said about it is searched.

use dockerfile_dsl::build_command::{Bake, BuildCommand, Compose};
use dockerfile_dsl::emit::Emit;
use dockerfile_dsl::verify::Quarantine;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, Stale, keep_up_to_date};

use crate::printed::{Case, TOOLS, cases, debug, error, leaks, result};

const TOKEN: Secret = Secret::env("TOKEN");

fn image() -> Dockerfile {
    let script = dockerfile_dsl::Script::parse("test -s {TOKEN}", &[("TOKEN", &TOKEN)]).unwrap();
    Dockerfile::from_stage(&Stage::from_image("debian").arg("A").run(script).build()).unwrap()
}

/// What a result says, without what was asked for.
fn said<T>(result: Result<T, Error>) -> String {
    self::result(result, |_| String::new())
}

/// What a changed command says, with each tool.
fn command(change: impl Fn(&mut BuildCommand)) -> String {
    let mut printed = String::new();
    for tool in TOOLS {
        let mut command = image().build_command().tool(tool).clone();
        change(&mut command);
        printed += &debug(&command);
        printed += &said(command.argv());
        printed += &said(command.shell());
        printed += &said(command.to_command());
        printed += &said(command.snapshot());
        printed += &debug(&command.dockerignore());
        let (step, job) = (command.github_step(), command.gitlab_job("job"));
        printed += &(debug(&step) + &said(step.render()) + &debug(&job) + &said(job.render()));
        let (bake, compose) = (command.bake("a"), command.compose("a"));
        printed += &(debug(&bake) + &said(bake.render()) + &said(bake.shell()));
        printed += &(debug(&compose) + &said(compose.render()) + &said(compose.shell()));
        printed += &said(compose.merged_into("services:\n  a:\n    build: .\n"));
        if tool == TOOLS[0] {
            printed += &match command.preflight_secrets() {
                Ok(warnings) => warnings.iter().map(|w| format!("{w} {w:?}")).collect(),
                Err(error) => self::error(&error),
            };
        }
    }
    printed
}

fn bake(change: impl Fn(&mut Bake)) -> String {
    let mut bake = image().build_command().bake("a");
    change(&mut bake);
    debug(&bake) + &said(bake.render()) + &said(bake.shell())
}

fn compose(change: impl Fn(&mut Compose)) -> String {
    let mut compose = image().build_command().compose("a");
    change(&mut compose);
    debug(&compose) + &said(compose.render()) + &said(compose.shell())
}

pub(crate) const COMMANDS: &[Case] = cases! {
    build_command::BuildCommand::build_arg => |v| command(|c| { c.build_arg("A", v); })
        + &command(|c| { c.build_arg("NPM_TOKEN", v); }) + &command(|c| { c.build_arg(v, "a"); });
    build_command::BuildCommand::build_arg_from_env => |v| command(|c| { c.build_arg_from_env(v); });
    build_command::BuildCommand::build_context => |v| command(|c| { c.build_context(v, v); }) + &command(|c| { c.build_context("a", v); });
    build_command::BuildCommand::builder => |v| command(|c| { c.builder(v); });
    build_command::BuildCommand::context => |v| command(|c| { c.context(v); });
    build_command::BuildCommand::file => |v| command(|c| { c.file(v); });
    build_command::BuildCommand::label => |v| command(|c| { c.label("a", v); }) + &command(|c| { c.label(v, v); });
    build_command::BuildCommand::no_cache_filter => |v| command(|c| { c.no_cache_filter(v); });
    build_command::BuildCommand::output => |v| command(|c| { c.output(v); });
    build_command::BuildCommand::platform => |v| command(|c| { c.platform(v); });
    build_command::BuildCommand::ssh => |v| command(|c| { c.ssh(v, [v]); }) + &command(|c| { c.ssh("default", [v]); });
    build_command::BuildCommand::tag => |v| command(|c| { c.tag(v); });
    build_command::BuildCommand::target => |v| command(|c| { c.target(v); });
    build_command::BuildCommand::bake, build_command::Bake::target => |v| {
        let (command, mut two) = (image().build_command(), Bake::new());
        let one = command.bake(v);
        two.target(v, &command);
        debug(&one) + &said(one.render()) + &debug(&two) + &said(two.shell())
    };
    build_command::Bake::builder => |v| bake(|b| { b.builder(v); });
    build_command::Bake::file => |v| bake(|b| { b.file(v); });
    build_command::Bake::group => |v| bake(|b| { b.group(v, [v]); }) + &bake(|b| { b.group("g", [v]); });
    build_command::Bake::matrix => |v| bake(|b| { b.matrix(v, v, [v]); }) + &bake(|b| { b.matrix("a", "A", [v]); });
    build_command::BuildCommand::compose, build_command::Compose::service => |v| {
        let (command, mut two) = (image().build_command(), Compose::new());
        let one = command.compose(v);
        two.service(v, &command);
        debug(&one) + &said(one.render()) + &debug(&two) + &said(two.shell())
    };
    build_command::Compose::file => |v| compose(|c| { c.file(v); });
    build_command::Compose::merged_into => |v| {
        let compose = image().build_command().compose("a");
        said(compose.merged_into(v)) + &said(compose.merged_into(&format!("services:\n  a:\n    build: [{v}]\n")))
    };
    build_command::GithubStep::name, build_command::GithubStep::secret, build_command::GithubStep::tags_from,
    build_command::GithubStep::uses => |v| {
        let changes: [fn(&mut dockerfile_dsl::build_command::GithubStep, &str); 5] = [
            |step, v| { step.name(v); },
            |step, v| { step.secret(v, v); },
            |step, v| { step.secret("TOKEN", v); },
            |step, v| { step.tags_from(v); },
            |step, v| { step.uses(v); },
        ];
        changes.iter().map(|change| {
            let mut step = image().build_command().github_step();
            change(&mut step, v);
            debug(&step) + &said(step.render())
        }).collect()
    };
    build_command::BuildCommand::gitlab_job, build_command::GitlabJob::file_variable,
    build_command::GitlabJob::image, build_command::GitlabJob::service, build_command::GitlabJob::tag => |v| {
        let changes: [fn(&mut dockerfile_dsl::build_command::GitlabJob, &str); 5] = [
            |job, v| { job.file_variable(v, v); },
            |job, v| { job.file_variable("TOKEN", v); },
            |job, v| { job.image(v); },
            |job, v| { job.service(v); },
            |job, v| { job.tag(v); },
        ];
        changes.iter().map(|change| {
            let mut job = image().build_command().gitlab_job("a");
            change(&mut job, v);
            let named = image().build_command().gitlab_job(v);
            debug(&job) + &said(job.render()) + &debug(&named) + &said(named.render())
        }).collect()
    };
    build_context::Dockerignore::merged_into => |v| said(image().build_command().dockerignore().merged_into(v));
    emit::Emit::template => |v| {
        let command = image().build_command();
        let mut emit = Emit::new(&command);
        emit.template(v);
        debug(&emit)
    };
    keep_up_to_date => |v| said(keep_up_to_date(&image(), format!("/nonexistent/{v}"), Stale::Refuse));
    verify::Quarantine::new, verify::Quarantine::registry_tool => |v| debug(&Quarantine::new(v).registry_tool(v));
};

#[test]
fn settings_of_the_author_are_masked() {
    let found = leaks(COMMANDS);
    assert!(
        found.is_empty(),
        "{} leaks:\n{}",
        found.len(),
        found.join("\n")
    );
}
