//! Public types follow the API guidelines for Rust.

use std::collections::HashSet;

use dockerfile_dsl::instructions::{Base, Instruction, Run};
use dockerfile_dsl::{Dockerfile, LayerPath, Secret, Stage, Word, expand, sh};

const TOKEN: Secret = Secret::env("TOKEN");
const OTHER: Secret = Secret::env_as("TOKEN", "OTHER");

fn stage() -> Stage {
    Stage::from_image("debian")
        .named("app")
        .platform("linux/arm64")
        .workdir("/app")
        .copy(".", "./")
        .run(sh!("test -s {TOKEN}"))
        .build()
}

#[test]
fn a_dockerfile_is_displayed_compared_and_hashed_as_its_text_and_secrets() {
    let dockerfile = Dockerfile::from_stage(&stage()).unwrap();
    assert_eq!(dockerfile.to_string(), dockerfile.as_str());
    assert_eq!(dockerfile.render(), dockerfile.as_str());
    let text = dockerfile.as_str();
    let same = Dockerfile::parse(text, &[TOKEN]).unwrap();
    let other = Dockerfile::parse(text, &[OTHER]).unwrap();
    assert_eq!(dockerfile, same);
    assert_ne!(dockerfile, other);
    let set = HashSet::from([dockerfile, same, other]);
    assert_eq!(set.len(), 2);
}

#[test]
fn a_stage_can_be_read() {
    let stage = stage();
    let Base::Image(image) = stage.base() else {
        panic!("{:?}", stage.base());
    };
    assert_eq!((image.as_str(), image.is_expanded()), ("debian", false));
    assert_eq!(stage.platform().unwrap().as_str(), "linux/arm64");
    let keywords: Vec<&str> = stage.instructions().map(Instruction::keyword).collect();
    assert_eq!(keywords, ["WORKDIR", "COPY", "RUN"]);
    let lines: Vec<String> = stage.instructions().map(ToString::to_string).collect();
    let run = "RUN --mount=type=secret,id=TOKEN,target=/run/secrets/TOKEN,required=true \
               test -s /run/secrets/TOKEN";
    assert_eq!(lines, ["WORKDIR /app", "COPY . ./", run]);
    let mut second = Stage::from_stage(&stage);
    second.copy_from(&stage, "/a", "/b");
    let second = second.build();
    assert_eq!(second.base(), &Base::Stage(stage));
    let copy = second.instructions().next().unwrap();
    assert_eq!(copy.to_string(), "COPY --from=app /a /b");
}

#[test]
fn a_literal_path_is_checked_with_the_rest() {
    for (path, why) in [
        ("/run/secrets/TOKEN", "secret mount directory"),
        ("/$HOME/x", "no variable is expanded in it"),
        ("", "must not be empty"),
    ] {
        let destination = Stage::scratch().copy("a", path).build();
        let directory = Stage::scratch().workdir(path).build();
        for stage in [destination, directory] {
            let error = Dockerfile::from_stage(&stage).unwrap_err();
            assert!(error.to_string().contains(why), "{error}");
        }
    }
}

#[test]
fn list_of_words_is_any_iterator_of_words() {
    let owned = vec!["/app".to_owned(), "--port".to_owned()];
    let slice: &[String] = &owned;
    let mut one = Stage::from_image("debian");
    one.cmd(&owned).entrypoint(slice).healthcheck(owned.iter());
    one.shell(&owned[..]).run_exec(slice).copy(&owned, "/x/");
    one.copy(slice, "/x/").copy(["a", "b"], "/x/");
    let mut other = Stage::from_image("debian");
    let array = ["/app", "--port"];
    other.cmd(array).entrypoint(array).healthcheck(array);
    other.shell(array).run_exec(array).copy(array, "/x/");
    other.copy(array, "/x/").copy(["a", "b"], "/x/");
    assert_eq!(one.build(), other.build());
}

#[test]
fn run_takes_what_the_builder_takes() {
    let script = sh!("true");
    let by_value = Run::new(sh!("true"));
    assert_eq!(by_value, Run::new(Run::new(&script)));
}

#[test]
fn error_has_a_kind() {
    let leak = "FROM debian\nRUN --mount=type=secret,id=TOKEN cp /run/secrets/TOKEN /etc/token\n";
    let error = Dockerfile::parse(leak, &[TOKEN]).unwrap_err();
    assert!(error.is_leak(), "{error}");
    assert!(error.problems().is_empty());
    let wrong = Stage::from_image("debian").copy("a", "").user("").build();
    let error = Dockerfile::from_stage(&wrong).unwrap_err();
    assert!(!error.is_leak() && error.findings().is_empty());
    let places: Vec<&str> = error
        .problems()
        .iter()
        .map(|problem| problem.place())
        .collect();
    assert_eq!(places, ["stage 0, COPY", "stage 0, USER"]);
    assert!(error.problems()[0].message().contains("must not be empty"));
    let unreadable = Dockerfile::parse("FRM debian\n", &[]).unwrap_err();
    assert!(!unreadable.is_leak() && unreadable.problems().is_empty());
}

#[test]
fn words_and_paths_convert_as_the_standard_types_do() {
    let path: LayerPath = "/app".parse().unwrap();
    assert_eq!(path, LayerPath::try_from("/app".to_owned()).unwrap());
    assert_eq!(AsRef::<str>::as_ref(&path), "/app");
    assert!("/run/secrets/x".parse::<LayerPath>().is_err());
    let word: Word = "v1.2".parse().unwrap();
    assert_eq!(word, Word::try_from("v1.2").unwrap());
    assert_eq!(AsRef::<str>::as_ref(&word), "v1.2");
    assert!("-x".parse::<Word>().is_err());
}

#[test]
fn builders_are_used_step_by_step_and_in_a_chain() {
    let mut step = Stage::from_image(expand("debian:${V:-12}"));
    step.named("x");
    step.platform("linux/amd64");
    step.user("app");
    let chain = Stage::from_image(expand("debian:${V:-12}"))
        .user("app")
        .platform("linux/amd64")
        .named("x")
        .build();
    assert_eq!(step.build(), chain);
}
