//! A tool that builds its stages in a loop, from data that is known at run time: names, packages, downloads with a token.

use dockerfile_dsl::{
    BuildCommand, Dockerfile, Error, LayerPath, Secret, Stage, Word, path, sh, words,
};

/// What a configuration file says about one service.
pub(crate) struct Service {
    pub(crate) name: String,
    pub(crate) packages: Vec<String>,
    /// URL of its files, and the variable in which their token is.
    pub(crate) bundle: Option<(String, String)>,
}

pub(crate) fn image(services: &[Service]) -> Result<Dockerfile, Error> {
    let base = Stage::from_image("debian:bookworm-slim")
        .named("base")
        .run(sh!(
            "apt-get update && apt-get install -y --no-install-recommends ca-certificates curl"
        ))
        .build();
    let mut all = Stage::from_stage(&base);
    for service in services {
        let mut stage = Stage::from_stage(&base);
        stage.named(&service.name);
        if !service.packages.is_empty() {
            stage.run(sh!(
                "apt-get install -y --no-install-recommends -- {packages}",
                packages = words(&service.packages)
            ));
        }
        if let Some((url, variable)) = &service.bundle {
            // A secret of the configuration has the same type as a constant: the script was checked when this was compiled.
            let token = Secret::try_env(variable, variable)?;
            stage.run(sh!(
                r#"curl -fsS -H "Authorization: Bearer $(cat {token})" -o {bundle} {url}"#,
                bundle = path!("/bundle"),
                // A word cannot be an option, also when the configuration says `--output=/etc/passwd`.
                url = Word::parse(url)?,
            ));
        }
        let directory = LayerPath::parse(format!("/srv/{}/", service.name))?;
        all.copy_from(&stage.build(), "/bundle", directory);
    }
    all.cmd(["cat", "/srv/api/bundle"]);
    Dockerfile::from_stage(&all.build())
}

pub(crate) fn services() -> Vec<Service> {
    vec![
        Service {
            name: "api".to_owned(),
            packages: vec!["libsqlite3-0".to_owned()],
            bundle: Some((
                "https://artifacts.acme.test/api".to_owned(),
                "ARTIFACTS_TOKEN".to_owned(),
            )),
        },
        Service {
            name: "web".to_owned(),
            packages: Vec::new(),
            bundle: Some((
                "https://artifacts.acme.test/web".to_owned(),
                "ARTIFACTS_TOKEN".to_owned(),
            )),
        },
    ]
}

pub(crate) fn command(image: &Dockerfile) -> BuildCommand {
    let mut command = image.build_command();
    command.tag("services");
    command
}

fn main() -> Result<(), Error> {
    dockerfile_dsl_examples::show(&command(&image(&services())?))
}
