//! npm, yarn and pnpm.

use super::*;

#[test]
fn node() {
    check(
        r#"node -e "console.log(process.argv[1])" "$(cat /run/secrets/tok)""#,
        "log",
    );
    check(
        r#"npm set "//r/:_authToken=$(cat /run/secrets/tok)""#,
        "layer",
    );
    check(
        r#"npm install --registry="https://u:$(cat /run/secrets/tok)@r/""#,
        "layer",
    );
    check(
        r#"NPM_CONFIG_LOGLEVEL=silly npm ci "--//r/:_authToken=$(cat /run/secrets/tok)" --logs-dir=/dev/shm"#,
        "log",
    );
    check(
        r#"yarn config set npmAuthToken "$(cat /run/secrets/tok)""#,
        "layer",
    );
    check(
        "pnpm config set //r/:_authToken=$(cat /run/secrets/tok)",
        "layer",
    );
    check("node --env-file=/run/secrets/tok build.js", "opaque");
    check("npx dotenv -e /run/secrets/tok -- npm run build", "opaque");
    check(
        r#"npm config set _authToken "$(cat /run/secrets/tok)" --location=project"#,
        "layer",
    );
    check(
        "npm config set //r/:_authToken=$(cat /run/secrets/tok) && npm ci && npm config delete \
         //r/:_authToken",
        "layer",
    );
    check(
        r#"echo "//r/:_authToken=$(cat /run/secrets/tok)" >> ~/.npmrc; npm ci; npm logout"#,
        "layer",
    );
    check(
        r#"printf '//r/:_authToken=%s' "$(cat /run/secrets/tok)" > .npmrc && npm ci && rm -f ~/.npmrc"#,
        "layer",
    );
    check(
        "cp /run/secrets/tok .env && npm run build && rm .env.local",
        "layer",
    );
    check(
        "export NPM_TOKEN=$(cat /run/secrets/tok) && npm ci --omit=dev --ignore-scripts --no-audit \
         --prefer-offline && npm cache clean --force",
        "clean",
    );
    check(
        "NODE_AUTH_TOKEN=$(cat /run/secrets/tok) yarn install --frozen-lockfile --production \
         --network-timeout 100000",
        "clean",
    );
    check(
        "export SENTRY_AUTH_TOKEN=$(cat /run/secrets/tok); npx sentry-cli releases new 1.0 && npx \
         sentry-cli releases files 1.0 upload-sourcemaps dist",
        "clean",
    );
    check(
        "export $(cat /run/secrets/tok | xargs) && npm run build",
        "opaque",
    );
}
