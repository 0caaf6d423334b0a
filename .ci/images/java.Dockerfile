# Stands in for openjdk:17-jdk-slim-bookworm: Debian's own JDK.
FROM debian:bookworm-slim
# Its packages want the folder of the manuals, which slim images do not have.
RUN mkdir -p /usr/share/man/man1 && apt-get update -qq && apt-get install -qq --no-install-recommends -o Dpkg::Options::=--force-unsafe-io openjdk-17-jdk-headless && rm -rf /var/lib/apt/lists/*
CMD ["jshell"]
