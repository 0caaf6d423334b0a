//! The author writes the value itself into a recipe: every function of `recipes` that takes text.
//!
//! Three take the second half of a variable's name, which is not searched: `dnf::Install::password`, `gradle::Tasks::property` and the source
//! of `nuget::Restore::password`.

use dockerfile_dsl::recipes::{
    apk, apt, azure, bun, bundler, cargo, composer, conda, cosign, curl, dnf, gcs, gem, git,
    git_ssh, go, gpg, gradle, huggingface, jarsigner, npm, nuget, pip, pnpm, poetry, r, s3,
    sccache, sentry, ubuntu_pro, uv, yarn,
};
use dockerfile_dsl::{Secret, Stage};

use crate::printed::{Case, cases, debug, leaks, result, script, stage};

const T: Secret = Secret::env("TOKEN");
const U: Secret = Secret::file("other", "other");
const HOST: &str = "https://example.com/x";

/// The Debug form of a recipe, and what its script prints.
macro_rules! shown {
    ($recipe:expr) => {{
        let recipe = $recipe;
        debug(&recipe) + &script(recipe.script())
    }};
}

pub(crate) const RECIPES: &[Case] = cases! {
    apk::add, apk::Add::password => |v| shown!(apk::add([v]).password("example.com", "u", T))
        + &shown!(apk::add(["a"]).password(v, v, T)) + &shown!(apk::add(["a"]).password("example.com", v, T));
    apt::install, apt::Install::netrc => |v| shown!(apt::install([v]).netrc(T));
    azure::download, azure::Download::account_key, azure::Download::sas, azure::WithCredential::to =>
        |v| shown!(azure::download(v).account_key(T).to(v)) + &shown!(azure::download(HOST).sas(T).to(v));
    bun::install, bun::Install::token => |v| shown!(bun::install().token(v, T));
    bundler::install, bundler::Install::password, bundler::Install::token =>
        |v| shown!(bundler::install().password(v, v, T)) + &shown!(bundler::install().token(v, T))
            + &shown!(bundler::install().password("example.com", v, T));
    cargo::fetch, cargo::Fetch::git_token, cargo::Fetch::token, cargo::WithToken::git_token,
    cargo::WithToken::token =>
        |v| shown!(cargo::fetch().git_token(v, T).token(v, U)) + &shown!(cargo::fetch().token(v, T).git_token(v, U));
    composer::install, composer::Install::password => |v| shown!(composer::install().password(v, v, T))
        + &shown!(composer::install().password("example.com", v, T));
    conda::install, conda::Install::netrc, conda::WithCredential::channel =>
        |v| shown!(conda::install([v]).netrc(T)) + &shown!(conda::install(["a"]).netrc(T).channel(v));
    cosign::sign_blob, cosign::Sign::key => |v| shown!(cosign::sign_blob(v).key(T, U));
    curl::download, curl::Download::bearer, curl::Download::header, curl::Download::netrc,
    curl::WithCredential::sha256, curl::WithCredential::to =>
        |v| shown!(curl::download(v).bearer(T).to(v)) + &shown!(curl::download(HOST).header(v, T).to("/x"))
            + &shown!(curl::download(HOST).netrc(T).to("/x").sha256(v)) + &shown!(curl::download(HOST).bearer(T).to(v));
    dnf::install, dnf::Install::password => |v| shown!(dnf::install([v]).password("u", T));
    gcs::download, gcs::Download::key, gcs::Download::token, gcs::WithCredential::to =>
        |v| shown!(gcs::download(v).key(T).to(v)) + &shown!(gcs::download("gs://a/b").token(T).to(v));
    gem::install, gem::Install::version, gem::Install::gemrc =>
        |v| shown!(gem::install(v).gemrc(T)) + &shown!(gem::install("a").version(v).gemrc(T));
    git::clone, git::Repository::token, git::Repository::token_of, git::Clone::branch, git::Clone::to =>
        |v| shown!(git::clone(v).token(T)) + &shown!(git::clone(HOST).token_of(v, T))
            + &shown!(git::clone(HOST).token(T).branch(v)) + &shown!(git::clone(HOST).token(T).to(v));
    git_ssh::clone, git_ssh::Repository::agent, git_ssh::Repository::key, git_ssh::Clone::branch,
    git_ssh::Clone::to, git_ssh::Clone::run => |v| {
        let all = [
            git_ssh::clone(v).agent("github.com ssh-ed25519 AAAA"),
            git_ssh::clone("git@github.com:a/b.git").agent(v),
            git_ssh::clone("git@github.com:a/b.git").key(T, v),
            git_ssh::clone("git@github.com:a/b.git").key(T, "github.com ssh-ed25519 AAAA").branch(v),
            git_ssh::clone("git@github.com:a/b.git").key(T, "github.com ssh-ed25519 AAAA").to(v),
        ];
        all.iter()
            .map(|clone| debug(clone) + &result(clone.run(), |run| stage(Stage::from_image("debian").instruction(run))))
            .collect()
    };
    go::download, go::Download::netrc, go::Download::password, go::Download::token, go::WithCredential::proxy =>
        |v| shown!(go::download().password(v, v, T)) + &shown!(go::download().token(v, v, T))
            + &shown!(go::download().netrc(T).proxy(v)) + &shown!(go::download().password("example.com", v, T));
    gpg::detach_sign, gpg::Sign::key => |v| shown!(gpg::detach_sign(v).key(T));
    gradle::tasks, gradle::Tasks::property, gradle::WithProperties::property =>
        |v| shown!(gradle::tasks([v]).property("a", T).property("b", U));
    huggingface::download, huggingface::Download::token, huggingface::WithCredential::revision,
    huggingface::WithCredential::to =>
        |v| shown!(huggingface::download(v).token(T).to("/x")) + &shown!(huggingface::download("a/b").token(T).revision(v))
            + &shown!(huggingface::download("a/b").token(T).to(v));
    jarsigner::sign, jarsigner::Sign::keystore =>
        |v| shown!(jarsigner::sign(v, "a").keystore(T, U)) + &shown!(jarsigner::sign("a.jar", v).keystore(T, U));
    npm::install, npm::ci, npm::Install::npmrc, npm::Install::token, npm::WithCredential::scope =>
        |v| shown!(npm::install([v]).npmrc(T)) + &shown!(npm::ci().token(v, T)) + &shown!(npm::ci().token(HOST, T).scope(v));
    nuget::restore, nuget::Restore::password => |v| shown!(nuget::restore().password("a", v, T));
    pip::install, pip::requirements, pip::Install::netrc, pip::Install::password, pip::WithCredential::index =>
        |v| shown!(pip::install([v]).netrc(T)) + &shown!(pip::requirements(v).password("example.com", v, T))
            + &shown!(pip::install(["a"]).password(v, v, T)) + &shown!(pip::install(["a"]).netrc(T).index(v));
    pnpm::fetch, pnpm::Fetch::token => |v| shown!(pnpm::fetch().token(v, T));
    poetry::install, poetry::Install::password => |v| shown!(poetry::install().password(v, v, T))
        + &shown!(poetry::install().password("a", v, T));
    r::install_github, r::Install::host, r::Install::token =>
        |v| shown!(r::install_github(v).token(T)) + &shown!(r::install_github("a/b").host(v).token(T));
    s3::download, s3::Download::credentials, s3::Download::keys, s3::WithCredential::endpoint,
    s3::WithCredential::region, s3::WithCredential::to =>
        |v| shown!(s3::download(v).credentials(T).to("/x")) + &shown!(s3::download("s3://a/b").keys(T, U).to(v))
            + &shown!(s3::download("s3://a/b").credentials(T).to("/x").endpoint(v))
            + &shown!(s3::download("s3://a/b").credentials(T).to("/x").region(v));
    sccache::cargo_build, sccache::Build::endpoint, sccache::Build::access_key =>
        |v| shown!(sccache::cargo_build(v, "a").access_key(T, U)) + &shown!(sccache::cargo_build("a", v).access_key(T, U))
            + &shown!(sccache::cargo_build("a", "b").endpoint(v).access_key(T, U));
    sentry::source_maps, sentry::Upload::token, sentry::WithCredential::url =>
        |v| shown!(sentry::source_maps(v).token("a", "b", T)) + &shown!(sentry::source_maps("a").token(v, v, T))
            + &shown!(sentry::source_maps("a").token("a", "b", T).url(v));
    ubuntu_pro::install, ubuntu_pro::Install::attach_config => |v| shown!(ubuntu_pro::install([v]).attach_config(T));
    uv::sync, uv::Sync::password => |v| shown!(uv::sync().password(v, v, T)) + &shown!(uv::sync().password("a", v, T));
    yarn::install, yarn::Install::token => |v| shown!(yarn::install().token(v, T));
};

#[test]
fn text_of_the_author_is_masked_in_recipes() {
    let found = leaks(RECIPES);
    assert!(
        found.is_empty(),
        "{} leaks:\n{}",
        found.len(),
        found.join("\n")
    );
}
