//! A package of a NuGet feed that requires a password.

use std::path::PathBuf;

use dockerfile_dsl::recipes::nuget;
use dockerfile_dsl::{Script, Secret, Stage, StageBuilder};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{Others, Proof, TOKEN, itself};
use crate::builders::{Engine, folder};
use crate::counterparts;
use crate::server::{Response, Server};

pub(super) fn trials() -> Vec<Trial> {
    trials!(
        &Engine::find(),
        [restore_with_a_password, restore_with_a_configuration]
    )
}

/// A feed with one package, `Acme.Greeting` 1.0.0.
fn feed() -> Server {
    let specification = "<package><metadata><id>Acme.Greeting</id><version>1.0.0</version>\
                         <authors>test</authors><description>greeting</description></metadata>\
                         </package>\n";
    let package = counterparts::zip(&[
        ("Acme.Greeting.nuspec", specification),
        ("content/greeting.txt", "hello from the private feed\n"),
    ]);
    let expected = counterparts::encode(format!("reader:{TOKEN}").as_bytes());
    Server::start(move |request| match &*request.path {
        _ if !counterparts::shows(request, "basic", &expected) => Response::unauthorized(),
        "/v3/index.json" => {
            let host = request.header("host").unwrap_or_default();
            let files = format!(
                "{{\"@id\": \"http://{host}/files/\", \"@type\": \"PackageBaseAddress/3.0.0\"}}"
            );
            let index = format!("{{\"version\": \"3.0.0\", \"resources\": [{files}]}}");
            Response::new(200, index)
        }
        "/files/acme.greeting/index.json" => Response::new(200, "{\"versions\": [\"1.0.0\"]}"),
        path if path.ends_with(".nupkg") => Response::new(200, package.clone()),
        _ => Response::new(404, ""),
    })
}

/// A configuration with the feed.
fn without_password(server: &Server) -> String {
    let address = format!("{}/v3/index.json", server.origin());
    format!(
        "<configuration>\n<packageSources><clear /><add key=\"acme\" value=\"{address}\" />\
         </packageSources>\n</configuration>\n"
    )
}

/// The same with its password.
fn configuration(server: &Server, password: &str) -> String {
    let end = format!(
        "<packageSourceCredentials><acme><add key=\"Username\" value=\"reader\" />\
         <add key=\"ClearTextPassword\" value=\"{password}\" /></acme>\
         </packageSourceCredentials>\n</configuration>"
    );
    without_password(server).replace("</configuration>", &end)
}

fn project(name: &str) -> (Server, PathBuf) {
    let server = feed();
    let context = folder(name);
    let package = "<PackageReference Include=\"Acme.Greeting\" Version=\"1.0.0\" />";
    counterparts::write(
        &context.join("app.csproj"),
        &format!(
            "<Project Sdk=\"Microsoft.NET.Sdk\">\n<PropertyGroup><TargetFramework>netcoreapp3.1\
             </TargetFramework></PropertyGroup>\n<ItemGroup>{package}</ItemGroup>\n</Project>\n"
        ),
    );
    counterparts::write(&context.join("nuget.config"), &without_password(&server));
    // For the template of a mistake.
    let template = configuration(&server, "@NUGET_PASSWORD@");
    counterparts::write(&context.join("nuget.config.in"), &template);
    (server, context)
}

fn stage(restore: Script) -> StageBuilder {
    let mut stage = Stage::from_image("mcr.microsoft.com/dotnet/sdk:8.0");
    stage
        .workdir("/app")
        .copy(["app.csproj", "nuget.config"], "./")
        .run(restore);
    stage
}

fn restore_with_a_password(engine: &Engine) {
    let (server, context) = project("recipe-nuget");
    let restore = nuget::restore().password("acme", "reader", Secret::env("NUGET_PASSWORD"));
    let proof = Proof {
        recipe: "nuget",
        call: "nuget::restore().password(..)",
        has_page: true,
        stage: stage(restore.script().unwrap()),
        server: &server,
        host: "nuget.acme.test",
        context: &context,
        variable: "NUGET_PASSWORD",
        content: &itself,
        refusal: "Unable to load the service index",
    };
    // The file of a mistake.
    let whole = configuration(&server, TOKEN);
    let others = Others {
        variables: &[("NUGET_CONFIG", &whole)],
        files: &[],
    };
    proof.prove_with(engine, others);
}

fn restore_with_a_configuration(engine: &Engine) {
    let (server, context) = project("recipe-nuget-configuration");
    let restore = nuget::restore().config(Secret::env("NUGET_CONFIG"));
    let proof = Proof {
        recipe: "nuget",
        call: "nuget::restore().config(..)",
        has_page: false,
        stage: stage(restore.script().unwrap()),
        server: &server,
        host: "nuget.acme.test",
        context: &context,
        variable: "NUGET_CONFIG",
        content: &|password| configuration(&server, password),
        refusal: "Unable to load the service index",
    };
    proof.prove(engine);
}
