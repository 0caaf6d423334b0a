ARG BASE=debian:bookworm-slim
FROM ${BASE} AS tools
ARG CHANNEL=stable
RUN --mount=type=cache,target=/var/cache/tools,id=tools \
    --mount=type=secret,id=TOOLS_TOKEN,required=true \
    test -s /run/secrets/TOOLS_TOKEN && mkdir -p /tools/${CHANNEL}

FROM debian:bookworm-slim AS app
COPY --from=tools /tools /tools
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=ssh,required=true <<EOF
set -e
test -f /root/.npmrc || true
EOF
CMD ["cat", "/etc/hostname"]
