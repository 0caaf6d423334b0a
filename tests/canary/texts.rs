//! The author writes the value itself into a text: every function of the builder that takes one.

use dockerfile_dsl::danger;
use dockerfile_dsl::finding::Rule;
use dockerfile_dsl::instructions::{
    Add, Arg, Cmd, CopyFiles, Entrypoint, Env, Expose, Healthcheck, Label, Onbuild, Run, Shell,
    Stopsignal, User, Volume, Workdir,
};
use dockerfile_dsl::mounts::{BindMount, CacheMount, SecretMount, SshMount, TmpfsMount};
use dockerfile_dsl::text::expand;
use dockerfile_dsl::value::{CacheDir, TmpFs, words};
use dockerfile_dsl::{
    Dockerfile, LayerPath, Script, Secret, Settings, Stage, StageBuilder, Word, glob, import,
    inline, path, shell_form,
};

use crate::printed::{Case, cases, debug, dockerfile, instruction, leaks, result, script, stage};

const TOKEN: Secret = Secret::env("TOKEN");

fn debian() -> StageBuilder {
    Stage::from_image("debian")
}

fn run() -> Run {
    Run::exec(["true"])
}

fn decided(decision: danger::Decision) -> String {
    let mut settings = Dockerfile::settings();
    debug(&decision)
        + &stage(debian().decide(decision.clone()).env("A", "b"))
        + &dockerfile(
            settings
                .decide(decision.clone())
                .dockerfile(&debian().build()),
        )
        + &instruction(run().decide(decision))
}

fn settings(change: impl FnOnce(&mut Settings)) -> String {
    let mut settings = Dockerfile::settings();
    change(&mut settings);
    debug(&settings) + &dockerfile(settings.dockerfile(&debian().build()))
}

pub(crate) const STAGES: &[Case] = cases! {
    Stage::from_image => |v| stage(&Stage::from_image(v));
    StageBuilder::add => |v| stage(debian().add([v], v));
    StageBuilder::add_git, instructions::Remote::to, instructions::Remote::checksum =>
        |v| stage(debian().add_git(v).checksum(v).to(v));
    StageBuilder::add_http, instructions::Remote::header, instructions::Remote::token =>
        |v| stage(debian().add_http(v).header(TOKEN).to(v)) + &stage(debian().add_git(v).token(TOKEN).to(v));
    instructions::Remote::token_of => |v| stage(debian().add_git(v).token_of(v, TOKEN).to("/x"));
    StageBuilder::arg => |v| stage(debian().arg(v));
    StageBuilder::arg_or => |v| stage(debian().arg_or(v, v)) + &stage(debian().arg_or("A", v));
    StageBuilder::check => |v| stage(debian().check(v));
    StageBuilder::cmd => |v| stage(debian().cmd([v])) + &stage(debian().cmd(shell_form(v)));
    StageBuilder::comment => |v| stage(debian().comment(v));
    StageBuilder::copy => |v| stage(debian().copy([v], v));
    StageBuilder::copy_from => |v| stage(debian().copy_from(&debian().named(v).build(), [v], v));
    StageBuilder::copy_from_image => |v| stage(debian().copy_from_image(v, [v], v));
    StageBuilder::entrypoint => |v| stage(debian().entrypoint([v]));
    StageBuilder::env => |v| stage(debian().env("NPM_TOKEN", v)) + &stage(debian().env(v, v));
    StageBuilder::expose => |v| stage(debian().expose(v));
    StageBuilder::healthcheck => |v| stage(debian().healthcheck([v]));
    StageBuilder::label => |v| stage(debian().label("a", v)) + &stage(debian().label(v, v));
    StageBuilder::named => |v| stage(debian().named(v));
    StageBuilder::onbuild => |v| stage(debian().onbuild(Env::new("A", v)));
    StageBuilder::platform => |v| stage(debian().platform(v));
    StageBuilder::run => |v| stage(debian().run(Script::parse(v, &[]).unwrap()));
    StageBuilder::run_exec => |v| stage(debian().run_exec([v]));
    StageBuilder::shell => |v| stage(debian().shell([v]));
    StageBuilder::stage_comment => |v| stage(debian().stage_comment(v));
    StageBuilder::stopsignal => |v| stage(debian().stopsignal(v));
    StageBuilder::user => |v| stage(debian().user(v));
    StageBuilder::volume => |v| stage(debian().volume(v));
    StageBuilder::workdir => |v| stage(debian().workdir(v));
    Settings::check_options => |v| settings(|s| { s.check_options(v); });
    Settings::comment => |v| settings(|s| { s.comment(v); });
    Settings::global_arg => |v| settings(|s| { s.global_arg(Arg::new("A").default(v)); });
    Settings::programs => |v| settings(|s| { s.programs(v); });
};

pub(crate) const INSTRUCTIONS: &[Case] = cases! {
    instructions::Add::new, instructions::Add::checksum, instructions::Add::chmod,
    instructions::Add::chown, instructions::Add::exclude =>
        |v| instruction(Add::new([v], v)) + &instruction(Add::new(["a"], "/a").checksum(v))
            + &instruction(Add::new(["a"], "/a").chmod(v)) + &instruction(Add::new(["a"], "/a").chown(v))
            + &instruction(Add::new(["a"], "/a").exclude(v));
    instructions::Add::git, instructions::Add::token, instructions::Add::token_of =>
        |v| instruction(Add::git(v, v).token(TOKEN)) + &instruction(Add::git(v, "/x").token_of(v, TOKEN));
    instructions::Add::http, instructions::Add::header => |v| instruction(Add::http(v, v).header(TOKEN));
    instructions::Arg::new, instructions::Arg::default =>
        |v| instruction(Arg::new(v).default(v)) + &instruction(Arg::new("NPM_TOKEN").default(v));
    instructions::Cmd::new => |v| instruction(Cmd::new([v]));
    instructions::CopyFiles::new, instructions::CopyFiles::chmod, instructions::CopyFiles::chown,
    instructions::CopyFiles::exclude =>
        |v| instruction(CopyFiles::new([v], v)) + &instruction(CopyFiles::new(["a"], "/a").chmod(v))
            + &instruction(CopyFiles::new(["a"], "/a").chown(v))
            + &instruction(CopyFiles::new(["a"], "/a").exclude(v));
    instructions::CopyFiles::from_image => |v| instruction(CopyFiles::from_image(v, [v], v));
    instructions::CopyFiles::from_stage =>
        |v| instruction(CopyFiles::from_stage(&debian().named(v).build(), [v], v));
    instructions::Entrypoint::new => |v| instruction(Entrypoint::new([v]));
    instructions::Env::new, instructions::Env::and =>
        |v| instruction(Env::new("NPM_TOKEN", v).and("B", v)) + &instruction(Env::new(v, "x").and(v, v));
    instructions::Expose::new, instructions::Expose::and => |v| instruction(Expose::new(v).and(v));
    instructions::Healthcheck::new, instructions::Healthcheck::interval, instructions::Healthcheck::timeout,
    instructions::Healthcheck::start_interval, instructions::Healthcheck::start_period =>
        |v| instruction(Healthcheck::new([v]).interval(v).timeout(v).start_interval(v).start_period(v));
    instructions::Label::new, instructions::Label::and => |v| instruction(Label::new(v, v).and("b", v));
    instructions::Onbuild::new => |v| instruction(Onbuild::new(Env::new("A", v)));
    instructions::Run::new, instructions::Run::device =>
        |v| instruction(Run::new(Script::parse("true", &[]).unwrap()).device(v));
    instructions::Run::exec => |v| instruction(Run::exec([v]));
    instructions::Shell::new => |v| instruction(Shell::new([v]));
    instructions::Stopsignal::new => |v| instruction(Stopsignal::new(v));
    instructions::User::new => |v| instruction(User::new(v));
    instructions::Volume::new, instructions::Volume::and => |v| instruction(Volume::new(v).and(v));
    instructions::Workdir::new => |v| instruction(Workdir::new(v));
    danger::raw_instruction =>
        |v| instruction(danger::raw_instruction(format!("ENV A={v}"), v)) + &instruction(danger::raw_instruction(v, "x"));
    glob => |v| instruction(CopyFiles::new(glob(v), "/x"));
    inline => |v| instruction(CopyFiles::new(inline(v, v), "/x")) + &instruction(CopyFiles::new(inline("a", v), "/x"));
    shell_form => |v| instruction(Cmd::new(shell_form(v)));
    expand, text::expand => |v| instruction(Env::new("A", expand(v))) + &instruction(Workdir::new(expand(v)));
    mounts::BindMount::at, mounts::BindMount::from_image, mounts::BindMount::source =>
        |v| instruction(run().mount(BindMount::at(v))) + &instruction(run().mount(BindMount::at("/x").source(v)))
            + &instruction(run().mount(BindMount::at("/x").from_image(v)));
    mounts::CacheMount::at, mounts::CacheMount::from_image, mounts::CacheMount::source, mounts::CacheMount::id =>
        |v| instruction(run().mount(CacheMount::at(v))) + &instruction(run().mount(CacheMount::at("/x").source(v)))
            + &instruction(run().mount(CacheMount::at("/x").from_image(v)))
            + &instruction(run().mount(CacheMount::at("/x").id(v)));
    mounts::SecretMount::env, mounts::SecretMount::target =>
        |v| instruction(run().mount(SecretMount::new(TOKEN).env(v, v)))
            + &instruction(run().mount(SecretMount::new(TOKEN).env("A", v)))
            + &instruction(run().mount(SecretMount::new(TOKEN).target(v)));
    mounts::SshMount::id, mounts::SshMount::target =>
        |v| instruction(run().mount(SshMount::new().id(v))) + &instruction(run().mount(SshMount::new().target(v)));
    mounts::TmpfsMount::at => |v| instruction(run().mount(TmpfsMount::at(v)));
};

pub(crate) const VALUES: &[Case] = cases! {
    LayerPath::parse => |v| result(LayerPath::parse(v), |path| debug(&path));
    LayerPath::from_str => |v| result(<LayerPath as std::str::FromStr>::from_str(v), |path| debug(&path));
    LayerPath::try_from => |v| result(LayerPath::try_from(v), |path| debug(&path));
    value::Word::parse => |v| result(Word::parse(v), |word| debug(&word));
    value::Word::from_str => |v| result(<Word as std::str::FromStr>::from_str(v), |word| debug(&word));
    value::Word::try_from => |v| result(Word::try_from(v), |word| debug(&word));
    value::Word::literal => |v| debug(&Word::literal(v));
    words => |v| debug(&words([v])) + &script(Script::parse("echo {a}", &[("a", &words([v]))]));
    value::words => |v| script(Script::parse("frobnicate {a}", &[("a", &words([v]))]));
    value::CacheDir::id => |v| {
        let cache = CacheDir::at(path!("/c")).id(v);
        debug(&cache) + &script(Script::parse("ls {a}", &[("a", &cache)]))
    };
    value::TmpFs::at => |v| result(LayerPath::parse(v), |path| {
        let tmp = TmpFs::at(path);
        debug(&tmp) + &script(Script::parse("ls {a}", &[("a", &tmp)]))
    });
    Script::parse => |v| script(Script::parse(v, &[])) + &script(Script::parse(&format!("curl -u a:{v} x && cat {{T}}"), &[("T", &TOKEN)]));
    Script::template, ScriptTemplate::bind, ScriptTemplate::parse => |v| {
        let mut template = Script::template("cat {a} {b}");
        template.bind(v, &TOKEN).bind("b", &v);
        script(template.parse())
    };
    ScriptTemplate::base, ScriptTemplate::env, ScriptTemplate::mount, ScriptTemplate::programs => |v| {
        let mut template = Script::template("true");
        let with_base = script(Script::template("true").base(v).parse());
        template.env(&TOKEN, v, v);
        let with_env = script(template.parse());
        template.mount(&TOKEN, v);
        let with_mount = script(template.parse());
        template.programs(v);
        with_base + &with_env + &with_mount + &script(template.parse())
    };
    Secret::env => |v| debug(&Secret::env(v));
    Secret::env_as => |v| debug(&Secret::env_as(v, "A"));
    Secret::file => |v| debug(&Secret::file(v, "a"));
    Secret::command => |v| debug(&Secret::command(v, &["a"]));
    Secret::try_env => |v| result(Secret::try_env(v, v), |s| debug(&s)) + &result(Secret::try_env("a", v), |s| debug(&s));
    Secret::try_file => |v| result(Secret::try_file(v, "a"), |s| debug(&s)) + &result(Secret::try_file("a", v), |s| debug(&s));
    Secret::try_command => |v| result(Secret::try_command(v, &[v]), |s| debug(&s));
    Secret::declassify => |v| debug(&TOKEN.declassify(v)) + &script(Script::parse("echo {a}", &[("a", &TOKEN.declassify(v))]));
    value::SecretExpansion::declassify =>
        |v| script(Script::parse("echo {a}", &[("a", &TOKEN.value().declassify(v))]));
    danger::allow => |v| decided(danger::allow(Rule::SecretInLayer, v));
    danger::allow_cache => |v| decided(danger::allow_cache(v));
    danger::allow_for => |v| decided(danger::allow_for(&TOKEN, Rule::SecretInLayer, v));
    danger::allow_name => |v| decided(danger::allow_name(v, v));
    danger::builder_stages_are_warnings => |v| decided(danger::builder_stages_are_warnings(v));
    danger::declassify_issued => |v| decided(danger::declassify_issued(&TOKEN, v, v));
    danger::project_code => |v| decided(danger::project_code(&TOKEN, v));
    danger::trust => |v| decided(danger::trust(v, v));
    danger::trust_with_output => |v| decided(danger::trust_with_output(v, v));
    Dockerfile::parse => |v| dockerfile(Dockerfile::parse(&format!("FROM debian\nENV NPM_TOKEN={v}\n"), &[]))
        + &dockerfile(Dockerfile::parse(v, &[])) + &dockerfile(Dockerfile::parse(&format!("FROM debian\nRUN echo {v}\n"), &[TOKEN]));
    import::parse, import::Parsed::bind, import::Parsed::check, import::Parsed::explain => |v| {
        let text = format!("FROM debian\nENV NPM_TOKEN={v}\nRUN echo {v}\nRUN --mount=type=secret,id=TOKEN cat /run/secrets/TOKEN > /{v}\n");
        result(import::parse(&text), |parsed| {
            let findings = parsed.check();
            let explained: String = findings.iter().map(|finding| parsed.explain(finding)).collect();
            format!("{findings:?}") + &explained + &dockerfile(parsed.bind(&[TOKEN]))
        })
    };
    import::parse_bytes => |v| result(import::parse_bytes(format!("FROM debian\nRUNN {v}\n").as_bytes()), |p| debug(&p.check()));
    import::Parsed::programs => |v| result(import::parse("FROM debian\n"), |parsed| result(parsed.programs(v), |p| debug(&p.check())));
};

#[test]
fn text_of_the_author_is_masked() {
    let mut found = leaks(STAGES);
    found.extend(leaks(INSTRUCTIONS));
    found.extend(leaks(VALUES));
    assert!(
        found.is_empty(),
        "{} leaks:\n{}",
        found.len(),
        found.join("\n")
    );
}
