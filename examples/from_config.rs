//! Stages in a loop, from data that is known at run time: the services of a configuration, each with a package and a token.

use dockerfile_dsl::{BuildCommand, Dockerfile, Error, LayerPath, Secret, Stage, Word, path, sh};

pub(crate) const SERVICES: &[(&str, &str)] = &[("api", "libsqlite3-0"), ("web", "zlib1g")];

pub(crate) fn image(host: &str, services: &[(&str, &str)]) -> Result<Dockerfile, Error> {
    let mut all = Stage::from_image("debian:bookworm-slim");
    for (name, package) in services {
        // A secret that is named at run time has the type of a constant: the script was checked when this was compiled.
        let variable = format!("{}_TOKEN", name.to_uppercase());
        let token = Secret::try_env(&variable, &variable)?;
        // A word cannot be an option, also when the configuration says `--output=/etc/passwd`.
        let url = Word::parse(format!("{host}/{name}"))?;
        let directory = LayerPath::parse(format!("/srv/{name}/"))?;
        let stage = Stage::from_image("debian:bookworm-slim")
            .named(*name)
            .run(sh!(
                "apt-get update && apt-get install -y -- ca-certificates curl {package}"
            ))
            .run(sh!(
                r#"curl -fsS -H "Authorization: Bearer $(cat {token})" -o {bundle} {url}"#,
                bundle = path!("/bundle"),
            ))
            .build();
        all.copy_from(&stage, "/bundle", directory);
    }
    Dockerfile::from_stage(&all.cmd(["cat", "/srv/api/bundle"]).build())
}

pub(crate) fn command(image: &Dockerfile) -> BuildCommand {
    image.build_command().tag("services").clone()
}

fn main() -> Result<(), Error> {
    dockerfile_dsl_examples::show(&command(&image("https://artifacts.acme.test", SERVICES)?))
}
