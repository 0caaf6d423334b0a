#!/bin/sh
set -eu
cd "$(dirname "$0")/.."
# 8: github_token is missing. 9: the token is a build argument.
docker build \
    --secret id=npm_token,env=NPM_TOKEN \
    --build-arg SENTRY_AUTH_TOKEN="$SENTRY_AUTH_TOKEN" \
    --tag web .
