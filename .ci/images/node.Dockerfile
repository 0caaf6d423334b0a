# Stands in for node:22-bookworm-slim: Debian's own node and npm.
FROM debian:bookworm-slim
RUN apt-get update -qq && apt-get install -qq --no-install-recommends -o Dpkg::Options::=--force-unsafe-io npm && rm -rf /var/lib/apt/lists/*
# As in the real image.
RUN useradd --create-home --uid 1000 node
CMD ["node"]
