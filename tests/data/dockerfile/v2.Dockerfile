# syntax=docker/dockerfile:1-labs
# check=error=true

# head
ARG V="12"

# builds
FROM --platform=linux/amd64 debian:${V} AS build
ADD --keep-git-dir=true https://example.com/x.git /src
ARG A="$B"
# why
# check=skip=all
COPY a b /d/
COPY ["*.c", "/d/"]
COPY <<"f" /d/
x
f
RUN --mount=type=secret,id=GITHUB_TOKEN,target=/run/secrets/GITHUB_TOKEN,required=true \
    cat /run/secrets/GITHUB_TOKEN > /dev/null
# dockerfile-dsl: allow-cache reason="none in it"
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc,required=true,mode=0444 cat x
RUN --mount=type=cache,target=/c,sharing=locked,uid=1 \
    --network=none \
    --security=sandbox \
    <<'EOF'
set -e; a
b
EOF
RUN --mount=type=ssh,id=default,required=false \
    --mount=type=tmpfs,target=/t,size=1 \
    --device=a.b/c=d \
    ["x"]

FROM build
ENV A="1" B="$A"
LABEL "a b"="c"
# dockerfile-dsl: allow-name=API_KEY reason="an id of a button"
ENV API_KEY="x"
RUN --mount=type=bind,target=/m,source=/src,from=build,rw=true ["y"]
COPY --from=build --chown=1:1 --chmod=644 --link --exclude=y --parents /x /x
WORKDIR /w
USER 1:2
EXPOSE 80-81/udp
VOLUME /v
STOPSIGNAL 9
SHELL ["/bin/bash", "-c"]
RUN set -e; [[ -f x ]]
CMD a b
ENTRYPOINT ["c"]
HEALTHCHECK --interval=5s --retries=2 CMD ["d"]
ONBUILD COPY a /b
# dockerfile-dsl: raw reason="kept"
LABEL x=y
