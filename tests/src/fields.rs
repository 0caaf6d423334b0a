//! Every field of the model that takes text from a caller, and how it is read back.

use dockerfile_dsl::__private::Piece;
use dockerfile_dsl::instructions::{Add, Arg, CopyFiles, Env, Healthcheck, Label, Run};
use dockerfile_dsl::mounts::{BindMount, CacheMount, SecretMount, SshMount};
use dockerfile_dsl::{LayerPath, Script, Secret, StageBuilder, glob, inline, path, shell_form};
use dockerfile_dsl_analysis::dockerfile::{
    self, Command, Environment, Instruction, Kind, Mount, Source,
};

/// A script without holes.
fn script(text: &str) -> Script {
    Script::__assemble(&[Piece::Text(text)], &[], file!(), line!())
}

/// A field: how it is set, and what it is read back as.
#[derive(Debug)]
pub struct Field {
    /// What it is called in a failure.
    pub name: &'static str,
    /// How many flags its instruction has.
    pub flags: usize,
    /// Adds an instruction with a text in the field.
    pub set: fn(&mut StageBuilder, &str),
    /// Returns the text of the field from the instruction as read.
    pub get: fn(&Instruction, &Environment) -> String,
}

fn expand(environment: &Environment, text: &str) -> String {
    environment
        .expand(text)
        .expect("literal text expands to itself")
}

fn mount(instruction: &Instruction, environment: &Environment) -> Mount {
    let Kind::Run(run) = &instruction.kind else {
        panic!("a RUN was written")
    };
    assert_eq!(run.mounts.len(), 1);
    environment
        .mount(&run.mounts[0])
        .expect("the mount is one that BuildKit takes")
}

fn source(instruction: &Instruction, environment: &Environment) -> String {
    let (Kind::Copy(transfer) | Kind::Add(transfer)) = &instruction.kind else {
        panic!("a COPY was written")
    };
    assert_eq!(transfer.sources.len(), 1);
    let Source::Path(path) = &transfer.sources[0] else {
        panic!("a path was written")
    };
    expand(environment, path)
}

fn exec(instruction: &Instruction) -> String {
    let command = match &instruction.kind {
        Kind::Cmd(command) | Kind::Entrypoint(command) => command,
        Kind::Run(run) => &run.command,
        Kind::Healthcheck(dockerfile::Healthcheck::Command(command)) => command,
        _ => panic!("a command was written"),
    };
    let Command::Exec(arguments) = command else {
        panic!("the exec form was written")
    };
    assert_eq!(arguments.len(), 2);
    arguments[1].to_string()
}

/// The path that a pattern matches literally.
fn unescape(pattern: &str) -> String {
    let mut path = String::new();
    let mut characters = pattern.strip_prefix("./").unwrap_or(pattern).chars();
    while let Some(character) = characters.next() {
        path.extend(if character == '\\' {
            characters.next()
        } else {
            Some(character)
        });
    }
    path
}

/// Every field.
pub const FIELDS: &[Field] = &[
    Field {
        name: "ENV value",
        flags: 0,
        set: |stage, text| {
            stage.env("K", text);
        },
        get: |instruction, environment| {
            let Kind::Env(pairs) = &instruction.kind else {
                panic!("an ENV was written")
            };
            assert_eq!((pairs.len(), pairs[0].key.as_str()), (1, "K"));
            expand(environment, &pairs[0].value)
        },
    },
    Field {
        name: "ENV key",
        flags: 0,
        set: |stage, text| {
            stage.instruction(Env::new(text, "v"));
        },
        get: |instruction, environment| {
            let Kind::Env(pairs) = &instruction.kind else {
                panic!("an ENV was written")
            };
            assert_eq!((pairs.len(), pairs[0].value.as_str()), (1, "\"v\""));
            expand(environment, &pairs[0].key)
        },
    },
    Field {
        name: "LABEL key and value",
        flags: 0,
        set: |stage, text| {
            stage.instruction(Label::new(format!("k{text}"), text));
        },
        get: |instruction, environment| {
            let Kind::Label(pairs) = &instruction.kind else {
                panic!("a LABEL was written")
            };
            assert_eq!(pairs.len(), 1);
            let value = expand(environment, &pairs[0].value);
            assert_eq!(expand(environment, &pairs[0].key), format!("k{value}"));
            value
        },
    },
    Field {
        name: "ARG default",
        flags: 0,
        set: |stage, text| {
            stage.instruction(Arg::new("K").default(text));
        },
        get: |instruction, environment| {
            let Kind::Arg(arguments) = &instruction.kind else {
                panic!("an ARG was written")
            };
            assert_eq!(arguments.len(), 1);
            expand(environment, arguments[0].default.as_ref().unwrap())
        },
    },
    Field {
        name: "COPY source",
        flags: 0,
        set: |stage, text| {
            stage.copy(text, path!("/d/"));
        },
        get: |instruction, environment| unescape(&source(instruction, environment)),
    },
    Field {
        name: "ADD pattern",
        flags: 0,
        set: |stage, text| {
            stage.add(glob(text), path!("/d/"));
        },
        get: |instruction, environment| {
            let pattern = source(instruction, environment);
            pattern
                .strip_prefix("./")
                .filter(|rest| rest.contains("<<") || rest.contains('@'))
                .map_or(pattern.clone(), str::to_owned)
        },
    },
    Field {
        name: "COPY destination",
        flags: 0,
        set: |stage, text| {
            if let Ok(path) = LayerPath::parse(text) {
                stage.copy("a", path);
            } else {
                stage.env("", "refused");
            }
        },
        get: |instruction, environment| {
            let Kind::Copy(transfer) = &instruction.kind else {
                panic!("a COPY was written")
            };
            expand(environment, &transfer.destination)
        },
    },
    Field {
        name: "COPY --chown",
        flags: 1,
        set: |stage, text| {
            stage.instruction(CopyFiles::new("a", path!("/b")).chown(text));
        },
        get: |instruction, environment| {
            let Kind::Copy(transfer) = &instruction.kind else {
                panic!("a COPY was written")
            };
            expand(environment, transfer.chown.as_ref().unwrap())
        },
    },
    Field {
        name: "COPY --exclude",
        flags: 1,
        set: |stage, text| {
            stage.instruction(CopyFiles::new("a", path!("/b")).exclude(text));
        },
        get: |instruction, _| {
            let Kind::Copy(transfer) = &instruction.kind else {
                panic!("a COPY was written")
            };
            transfer.excludes[0].to_string()
        },
    },
    Field {
        name: "WORKDIR",
        flags: 0,
        set: |stage, text| {
            if let Ok(path) = LayerPath::parse(text) {
                stage.workdir(path);
            } else {
                stage.env("", "refused");
            }
        },
        get: |instruction, environment| {
            let Kind::Workdir(path) = &instruction.kind else {
                panic!("a WORKDIR was written")
            };
            expand(environment, path)
        },
    },
    Field {
        name: "USER",
        flags: 0,
        set: |stage, text| {
            stage.user(text);
        },
        get: |instruction, environment| {
            let Kind::User(user) = &instruction.kind else {
                panic!("a USER was written")
            };
            expand(environment, user)
        },
    },
    Field {
        name: "VOLUME",
        flags: 0,
        set: |stage, text| {
            if let Ok(path) = LayerPath::parse(text) {
                stage.volume(path);
            } else {
                stage.env("", "refused");
            }
        },
        get: |instruction, environment| {
            let Kind::Volume(paths) = &instruction.kind else {
                panic!("a VOLUME was written")
            };
            assert_eq!(paths.len(), 1);
            expand(environment, &paths[0])
        },
    },
    Field {
        name: "CMD argument",
        flags: 0,
        set: |stage, text| {
            stage.cmd(["a", text]);
        },
        get: |instruction, _| exec(instruction),
    },
    Field {
        name: "RUN argument",
        flags: 0,
        set: |stage, text| {
            stage.run_exec(["a", text]);
        },
        get: |instruction, _| exec(instruction),
    },
    Field {
        name: "HEALTHCHECK argument",
        flags: 1,
        set: |stage, text| {
            stage.instruction(Healthcheck::new(["a", text]).retries(1));
        },
        get: |instruction, _| exec(instruction),
    },
    Field {
        name: "ENTRYPOINT in shell form",
        flags: 0,
        set: |stage, text| {
            stage.entrypoint(shell_form(format!("a{text}z")));
        },
        get: |instruction, _| {
            let Kind::Entrypoint(Command::Shell(text)) = &instruction.kind else {
                panic!("the shell form was written")
            };
            text.strip_prefix('a')
                .unwrap()
                .strip_suffix('z')
                .unwrap()
                .to_owned()
        },
    },
    Field {
        name: "RUN script",
        flags: 0,
        set: |stage, text| {
            stage.run(script(&format!("a{text}z")));
        },
        get: |instruction, _| {
            let Kind::Run(run) = &instruction.kind else {
                panic!("a RUN was written")
            };
            let text = run.command.shell_text().unwrap().as_str();
            let text = text
                .strip_prefix("set -e; ")
                .unwrap_or(text)
                .strip_prefix('a')
                .unwrap();
            text.trim_end_matches('\n')
                .strip_suffix('z')
                .unwrap()
                .to_owned()
        },
    },
    Field {
        name: "bind mount source",
        flags: 1,
        set: |stage, text| {
            stage.run(Run::exec(["a"]).mount(BindMount::at(path!("/m")).source(text)));
        },
        get: |instruction, environment| {
            let Mount::Bind(bind) = mount(instruction, environment) else {
                panic!("a bind mount was written")
            };
            assert_eq!(
                (bind.target.as_str(), bind.writable, bind.from),
                ("/m", false, None)
            );
            bind.source
        },
    },
    Field {
        name: "cache mount id",
        flags: 1,
        set: |stage, text| {
            stage.run(Run::exec(["a"]).mount(CacheMount::at(path!("/m")).id(text)));
        },
        get: |instruction, environment| {
            let Mount::Cache(cache) = mount(instruction, environment) else {
                panic!("a cache mount was written")
            };
            cache.id
        },
    },
    Field {
        name: "secret mount target",
        flags: 1,
        set: |stage, text| {
            stage.run(
                Run::exec(["a"])
                    .mount(SecretMount::new(Secret::env("S")).target(format!("/x{text}"))),
            );
        },
        get: |instruction, environment| {
            let Mount::Secret(secret) = mount(instruction, environment) else {
                panic!("a secret mount was written")
            };
            assert!(secret.required && secret.env.is_none() && secret.id == "S");
            secret
                .target
                .unwrap()
                .strip_prefix("/x")
                .unwrap()
                .to_owned()
        },
    },
    Field {
        name: "ssh mount id",
        flags: 1,
        set: |stage, text| {
            stage.run(Run::exec(["a"]).mount(SshMount::new().id(text)));
        },
        get: |instruction, environment| {
            let Mount::Ssh(ssh) = mount(instruction, environment) else {
                panic!("an ssh mount was written")
            };
            assert!(ssh.required);
            ssh.id
        },
    },
    Field {
        name: "ADD git URL",
        flags: 0,
        set: |stage, text| {
            stage.instruction(Add::git(format!("https://h/{text}.git"), path!("/d")));
        },
        get: |instruction, environment| {
            let url = source(instruction, environment);
            url.strip_prefix("https://h/")
                .unwrap()
                .strip_suffix(".git")
                .unwrap()
                .to_owned()
        },
    },
    Field {
        name: "content of a file",
        flags: 0,
        set: |stage, text| {
            stage.copy(inline("f", format!("{text}\n")), path!("/d/"));
        },
        get: |instruction, _| {
            let Kind::Copy(transfer) = &instruction.kind else {
                panic!("a COPY was written")
            };
            let Source::HereDocument(document) = &transfer.sources[0] else {
                panic!("a here-document was written")
            };
            document.body.strip_suffix('\n').unwrap().to_owned()
        },
    },
    Field {
        name: "comment",
        flags: 0,
        set: |stage, text| {
            stage.comment(text).env("K", text);
        },
        get: |instruction, environment| {
            let Kind::Env(pairs) = &instruction.kind else {
                panic!("an ENV was written")
            };
            assert!(instruction.notes.is_empty());
            expand(environment, &pairs[0].value)
        },
    },
];
