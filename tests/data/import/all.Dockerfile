# syntax=docker/dockerfile:1
# check=skip=JSONArgsRecommended

# The version of everything
ARG VERSION=1.2
ARG BASE

# Build it
FROM --platform=$BUILDPLATFORM golang:${VERSION} AS build
ARG TARGETOS TARGETARCH=amd64
SHELL ["/bin/bash", "-eo", "pipefail", "-c"]
ENV A=1 B="two words" C=$A/x
LABEL org.opencontainers.image.title="it's" x=y
WORKDIR /src
COPY go.mod go.sum ./
COPY --chown=1000:1000 --chmod=755 --link package*.json src/ ./
COPY <<"motd" <<plain /etc/
hello $USER
motd
a
plain
ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/a.tgz /a.tgz
ADD https://github.com/moby/buildkit.git#v0.10.1 /buildkit
ADD --keep-git-dir=true https://github.com/moby/buildkit.git#v0.10.1 /bk
ADD rootfs.tar /
RUN --mount=type=cache,target=/root/.cache,id=c,sharing=locked --mount=type=bind,source=.,target=/ctx,rw --mount=type=tmpfs,target=/tmp,size=1000 --mount=type=ssh --network=none go build ./...
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc,required=true,mode=0444 npm ci
RUN --mount=type=secret,id=npmrc,env=NPM_X ["npm", "ci"]
# a comment
RUN apt-get update \
    # inside
    && apt-get install -y curl "a b" \
    && rm -rf /var/lib/apt/lists/*
RUN <<EOF
set -e
echo "${A}" {x}
awk '{print $1}' f
EOF
RUN false; true
USER 1000:1000
EXPOSE 80 443/tcp
VOLUME /data /logs
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --retries=3 CMD curl -f http://localhost/ || exit 1
ONBUILD RUN make
MAINTAINER me
CMD ["a"]
ENTRYPOINT exec /app
CMD ["b", "c\"d"]

FROM scratch
COPY --from=build /a /b
COPY --from=0 /a /c
COPY --from=busybox:1 /bin/sh /sh
# end
