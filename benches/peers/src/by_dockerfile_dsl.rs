//! The file with our builder: it is checked before it is text.

use dockerfile_dsl::{Dockerfile, LayerPath, Secret, Stage, sh};

use crate::Service;

const TOKEN: Secret = Secret::env("TOKEN");

pub fn file(services: &[Service]) -> Dockerfile {
    let base = Stage::from_image("debian:bookworm-slim")
        .named("base")
        .run(sh!(
            "apt-get update && apt-get install -y --no-install-recommends ca-certificates curl \
             && rm -rf /var/lib/apt/lists/*"
        ))
        .build();
    let mut last = Stage::from_stage(&base);
    last.workdir(path("/srv"));
    for service in services {
        let name = &service.name;
        let mut stage = Stage::from_image("rust:1.95-bookworm");
        stage
            .named(name)
            .workdir(path(&format!("/src/{name}")))
            .env("PORT", service.port.to_string())
            .copy(format!("{name}/"), "./");
        if service.downloads {
            let to = path(&format!("/src/{name}/data.bin"));
            stage.run(sh!(
                "curl -fsS -H \"Authorization: Bearer $(cat {TOKEN})\" -o {to} \
                 https://data.example.com/{name}"
            ));
        }
        let built = stage
            .run(sh!("cargo build --release --locked --bin {name}"))
            .build();
        last.copy_from(
            &built,
            path(&format!("/src/{name}/target/release/{name}")),
            path(&format!("/usr/local/bin/{name}")),
        );
        last.expose(service.port.to_string());
    }
    let last = last
        .user("1000")
        .cmd(["/usr/local/bin/service-0"])
        .build();
    Dockerfile::from_stage(&last).expect("it has no leak")
}

pub fn command(file: &Dockerfile) -> String {
    file.build_command()
        .tag("app")
        .shell()
        .expect("it can be built")
}

fn path(text: &str) -> LayerPath {
    LayerPath::parse(text).expect("it is absolute")
}
