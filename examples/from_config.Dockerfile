FROM debian:bookworm-slim AS api
RUN apt-get update && apt-get install -y -- ca-certificates curl libsqlite3-0
RUN --mount=type=secret,id=API_TOKEN,target=/run/secrets/API_TOKEN,required=true \
    curl -fsS -H "Authorization: Bearer $(cat /run/secrets/API_TOKEN)" -o /bundle https://artifacts.acme.test/api

FROM debian:bookworm-slim AS web
RUN apt-get update && apt-get install -y -- ca-certificates curl zlib1g
RUN --mount=type=secret,id=WEB_TOKEN,target=/run/secrets/WEB_TOKEN,required=true \
    curl -fsS -H "Authorization: Bearer $(cat /run/secrets/WEB_TOKEN)" -o /bundle https://artifacts.acme.test/web

FROM debian:bookworm-slim
COPY --from=api /bundle /srv/api/
COPY --from=web /bundle /srv/web/
CMD ["cat", "/srv/api/bundle"]
