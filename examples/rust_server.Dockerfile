FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . /src/
RUN --mount=type=secret,id=CARGO_REGISTRIES_ACME_TOKEN,target=/run/secrets/CARGO_REGISTRIES_ACME_TOKEN,required=true \
    --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    <<'EOF'
set -e; CARGO_REGISTRIES_ACME_TOKEN="$(cat /run/secrets/CARGO_REGISTRIES_ACME_TOKEN)" cargo build --release --locked
cp target/release/server /usr/local/bin/server
EOF

FROM debian:bookworm-slim
COPY --from=build /usr/local/bin/server /usr/local/bin/server
USER 65532
CMD ["server"]
