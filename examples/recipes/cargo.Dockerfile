FROM rust:1.95-slim-bookworm
WORKDIR /app
COPY . ./
RUN --mount=type=secret,id=ACME_TOKEN,target=/run/secrets/ACME_TOKEN,required=true \
    CARGO_REGISTRIES_ACME_TOKEN="$(cat /run/secrets/ACME_TOKEN)" cargo fetch --locked
RUN cargo build --release --offline --locked
