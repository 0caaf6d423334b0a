//! The file with dofigen: structs, then text.

use std::collections::HashMap;

use dofigen_lib::{
    Copy, CopyOptions, CopyResource, Dofigen, FromContext, GenerationContext, ImageName,
    ImageVersion, Port, Run, Secret, Stage, User,
};

use crate::Service;

pub fn text(services: &[Service]) -> String {
    let mut builders = HashMap::from([(
        "base".to_owned(),
        Stage {
            from: image("debian", "bookworm-slim"),
            run: Run {
                run: vec![
                    "apt-get update".to_owned(),
                    "apt-get install -y --no-install-recommends ca-certificates curl".to_owned(),
                    "rm -rf /var/lib/apt/lists/*".to_owned(),
                ],
                ..Run::default()
            },
            ..Stage::default()
        },
    )]);
    let mut copies = Vec::new();
    let mut ports = Vec::new();
    for service in services {
        let name = &service.name;
        let mut run = Run {
            run: vec![format!("cargo build --release --locked --bin {name}")],
            ..Run::default()
        };
        if service.downloads {
            // A stage has one RUN.
            run.run.insert(
                0,
                format!(
                    "curl -fsS -H \"Authorization: Bearer $(cat /run/secrets/TOKEN)\" \
                     -o /src/{name}/data.bin https://data.example.com/{name}"
                ),
            );
            run.secret.push(Secret {
                id: Some("TOKEN".to_owned()),
                target: Some("/run/secrets/TOKEN".to_owned()),
                required: Some(true),
                ..Secret::default()
            });
        }
        builders.insert(
            name.clone(),
            Stage {
                from: image("rust", "1.95-bookworm"),
                workdir: Some(format!("/src/{name}")),
                env: HashMap::from([("PORT".to_owned(), service.port.to_string())]),
                copy: vec![copy(
                    FromContext::default(),
                    format!("{name}/"),
                    "./".to_owned(),
                )],
                run,
                ..Stage::default()
            },
        );
        copies.push(copy(
            FromContext::FromBuilder(name.clone()),
            format!("/src/{name}/target/release/{name}"),
            format!("/usr/local/bin/{name}"),
        ));
        ports.push(Port {
            port: service.port,
            ..Port::default()
        });
    }
    let file = Dofigen {
        builders,
        stage: Stage {
            from: FromContext::FromBuilder("base".to_owned()),
            workdir: Some("/srv".to_owned()),
            copy: copies,
            user: Some(User {
                user: "1000".to_owned(),
                ..User::default()
            }),
            ..Stage::default()
        },
        cmd: vec!["/usr/local/bin/service-0".to_owned()],
        expose: ports,
        ..Dofigen::default()
    };
    GenerationContext::from(file)
        .generate_dockerfile()
        .expect("it is complete")
}

fn image(path: &str, tag: &str) -> FromContext {
    FromContext::FromImage(ImageName {
        path: path.to_owned(),
        version: Some(ImageVersion::Tag(tag.to_owned())),
        ..ImageName::default()
    })
}

fn copy(from: FromContext, source: String, target: String) -> CopyResource {
    CopyResource::Copy(Copy {
        from,
        paths: vec![source],
        options: CopyOptions {
            target: Some(target),
            ..CopyOptions::default()
        },
        ..Copy::default()
    })
}
