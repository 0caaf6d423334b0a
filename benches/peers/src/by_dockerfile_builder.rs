//! The file with `dockerfile_builder`: it has no mounts, so that a step with a secret is raw text.

use dockerfile_builder::Dockerfile;
use dockerfile_builder::instruction::RUN;
use dockerfile_builder::instruction_builder::{
    CmdExecBuilder, CopyBuilder, EnvBuilder, ExposeBuilder, FromBuilder, RunBuilder, UserBuilder,
    WorkdirBuilder,
};

use crate::Service;

/// Sets the fields of a builder and adds the instruction: the types of the builders have no common trait.
macro_rules! push {
    ($file:ident, $builder:ident $(, $field:ident = $value:expr)*) => {
        $file.push($builder::builder()$(.$field($value))*.build().expect("its fields are set"))
    };
}

pub fn text(services: &[Service]) -> String {
    let mut file = Dockerfile::new();
    push!(
        file,
        FromBuilder,
        image = "debian",
        tag = "bookworm-slim",
        name = "base"
    );
    push!(
        file,
        RunBuilder,
        command = "apt-get update",
        command = "apt-get install -y --no-install-recommends ca-certificates curl",
        command = "rm -rf /var/lib/apt/lists/*"
    );
    for service in services {
        let name = &service.name;
        push!(
            file,
            FromBuilder,
            image = "rust",
            tag = "1.95-bookworm",
            name = name
        );
        push!(file, WorkdirBuilder, path = format!("/src/{name}"));
        push!(
            file,
            EnvBuilder,
            key = "PORT",
            value = service.port.to_string()
        );
        push!(file, CopyBuilder, src = format!("{name}/"), dest = "./");
        if service.downloads {
            file.push(RUN::from(format!(
                "--mount=type=secret,id=TOKEN,target=/run/secrets/TOKEN,required=true \
                 curl -fsS -H \"Authorization: Bearer $(cat /run/secrets/TOKEN)\" \
                 -o /src/{name}/data.bin https://data.example.com/{name}"
            )));
        }
        let command = format!("cargo build --release --locked --bin {name}");
        push!(file, RunBuilder, command = command);
    }
    push!(file, FromBuilder, image = "base");
    push!(file, WorkdirBuilder, path = "/srv");
    for service in services {
        let name = &service.name;
        push!(
            file,
            CopyBuilder,
            from = name,
            src = format!("/src/{name}/target/release/{name}"),
            dest = format!("/usr/local/bin/{name}")
        );
        push!(file, ExposeBuilder, port = service.port);
    }
    push!(file, UserBuilder, user = "1000");
    push!(
        file,
        CmdExecBuilder,
        executable = "/usr/local/bin/service-0"
    );
    format!("{file}\n")
}
