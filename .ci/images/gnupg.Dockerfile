# Stands in for buildpack-deps:bookworm-curl: Debian's own GnuPG.
FROM debian:bookworm-slim
RUN apt-get update -qq && apt-get install -qq --no-install-recommends -o Dpkg::Options::=--force-unsafe-io gpg gpg-agent gpgconf && apt-get clean && rm -rf /var/lib/apt/lists/*
