# Stands in for rust:1.95-slim-bookworm: the toolchain of the machine that builds it, and a linker.
FROM debian:bookworm-slim
ENV PATH="/usr/local/cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" CARGO_HOME="/usr/local/cargo"
RUN apt-get update -qq && apt-get install -qq --no-install-recommends -o Dpkg::Options::=--force-unsafe-io gcc libc6-dev && rm -rf /var/lib/apt/lists/*
COPY --from=toolchain bin/cargo bin/rustc /usr/local/cargo/bin/
COPY --from=toolchain lib /usr/local/cargo/lib
