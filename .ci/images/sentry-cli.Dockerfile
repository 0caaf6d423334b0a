# Stands in for getsentry/sentry-cli:2.58.2: the program of the package of npm.
FROM node:22-bookworm-slim AS package
RUN --mount=type=bind,from=machine,target=/machine npm_config_userconfig=/machine/.npmrc npm_config_cafile=/machine/ca-certificates.crt \
    npm install --global --no-audit --no-fund @sentry/cli@2.58.2 && cp "$(npm root --global)"/@sentry/cli/node_modules/@sentry/cli-linux-*/bin/sentry-cli /sentry-cli
FROM debian:bookworm-slim
COPY --from=package /sentry-cli /bin/sentry-cli
WORKDIR /work
