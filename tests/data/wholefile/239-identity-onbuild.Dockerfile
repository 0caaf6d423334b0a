FROM debian:bookworm-slim AS base
ONBUILD RUN mktemp /srv/XXXX > /name
FROM base AS b
FROM base AS c
COPY --from=b /name /name-b
RUN --mount=type=secret,id=tok,required=true cat /run/secrets/tok > "$(cat /name)"; rm -f "$(cat /name-b)"
