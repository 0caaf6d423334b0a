# Stands in for acme/debian-cosign:2.5: cosign of Debian 13 beside Debian's own programs.
FROM debian:bookworm-slim
RUN sed 's/bookworm/trixie/g' /etc/apt/sources.list > /etc/apt/sources.list.d/trixie.list && apt-get update -qq \
    && apt-get install -qq --target-release trixie --no-install-recommends -o Dpkg::Options::=--force-unsafe-io cosign \
    && apt-get clean && rm -rf /var/lib/apt/lists/* /etc/apt/sources.list.d/trixie.list
