//! cargo, go, maven, gradle, dotnet, composer, bundler.

use super::*;

#[test]
fn languages() {
    check("cargo login --registry r $(cat /run/secrets/tok)", "layer");
    check(
        "go env -w GONOSUMDB=h GOPROXY=https://u:$(cat /run/secrets/tok)@p",
        "layer",
    );
    check(
        "dotnet nuget add source --username u --password $(cat /run/secrets/tok) \
         --store-password-in-clear-text --name g https://h/index.json",
        "layer",
    );
    check(
        "composer config http-basic.h u $(cat /run/secrets/tok) && composer install",
        "layer",
    );
    check("bundle config h u:$(cat /run/secrets/tok)", "layer");
    check("mvn -X -Dtoken=$(cat /run/secrets/tok) package", "log");
    check(
        "mix hex.organization auth acme --key $(cat /run/secrets/tok)",
        "layer",
    );
    check(
        "gem sources --add https://u:$(cat /run/secrets/tok)@h/",
        "layer",
    );
    check(
        "dotnet nuget update source g --password $(cat /run/secrets/tok)",
        "layer",
    );
    check(
        "nuget sources add -Name g -Source https://h -UserName u -Password $(cat /run/secrets/tok)",
        "layer",
    );
    check(
        "mvn -s settings.xml -Dtoken=$(cat /run/secrets/tok) help:effective-pom",
        "log",
    );
    check(
        r#"CARGO_REGISTRIES_ORG_TOKEN="Bearer $(cat /run/secrets/tok)" cargo build --release --locked"#,
        "clean",
    );
    check(
        r#"BUNDLE_GITHUB__COM="x-access-token:$(cat /run/secrets/tok)" bundle install --jobs 4 --retry 3 && rm -rf ~/.bundle/cache"#,
        "clean",
    );
    check(
        r#"COMPOSER_AUTH="$(cat /run/secrets/tok)" composer install --no-dev --no-scripts --prefer-dist --optimize-autoloader --no-interaction"#,
        "clean",
    );
    check(
        "mvn -B -ntp -s /run/secrets/tok -DskipTests package",
        "clean",
    );
    check(
        "GITHUB_ACTOR=u GITHUB_TOKEN=$(cat /run/secrets/tok) ./gradlew --no-daemon -x test bootJar",
        "opaque",
    );
    check(
        "ORG_GRADLE_PROJECT_token=$(cat /run/secrets/tok) ./gradlew --no-daemon -x test bootJar",
        "clean",
    );
    check(
        "dotnet restore --configfile /run/secrets/tok && dotnet publish -c Release -o /app \
         --no-restore",
        "clean",
    );
    check(
        r#"NUGET_AUTH_TOKEN=$(cat /run/secrets/tok) dotnet restore "App/App.csproj""#,
        "clean",
    );
    check(
        "trap 'shred -u ~/.netrc 2>/dev/null || rm -f ~/.netrc' EXIT; cat /run/secrets/tok > \
         ~/.netrc; go mod download",
        "clean",
    );
    check(
        "gem install bundler && bundle config set --local without 'development test' && \
         BUNDLE_RUBYGEMS__PKG__GITHUB__COM=$(cat /run/secrets/tok) bundle install",
        "clean",
    );
    check(
        r#"php -d memory_limit=-1 /usr/bin/composer install --no-dev
test -s /run/secrets/tok"#,
        "clean",
    );
}
