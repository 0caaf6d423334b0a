FROM debian:bookworm-slim AS base
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl

FROM base AS api
RUN apt-get install -y --no-install-recommends -- libsqlite3-0
RUN --mount=type=secret,id=ARTIFACTS_TOKEN,target=/run/secrets/ARTIFACTS_TOKEN,required=true \
    curl -fsS -H "Authorization: Bearer $(cat /run/secrets/ARTIFACTS_TOKEN)" -o /bundle https://artifacts.acme.test/api

FROM base AS web
RUN --mount=type=secret,id=ARTIFACTS_TOKEN,target=/run/secrets/ARTIFACTS_TOKEN,required=true \
    curl -fsS -H "Authorization: Bearer $(cat /run/secrets/ARTIFACTS_TOKEN)" -o /bundle https://artifacts.acme.test/web

FROM base
COPY --from=api /bundle /srv/api/
COPY --from=web /bundle /srv/web/
CMD ["cat", "/srv/api/bundle"]
