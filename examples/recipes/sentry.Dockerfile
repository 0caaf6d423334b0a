FROM getsentry/sentry-cli:2.58.2
WORKDIR /work
COPY dist ./dist
RUN --mount=type=secret,id=SENTRY_AUTH_TOKEN,target=/run/secrets/SENTRY_AUTH_TOKEN,required=true \
    sentry-cli sourcemaps inject ./dist && SENTRY_AUTH_TOKEN="$(cat /run/secrets/SENTRY_AUTH_TOKEN)" sentry-cli --url https://sentry.acme.test/ sourcemaps upload --org acme --project web ./dist
