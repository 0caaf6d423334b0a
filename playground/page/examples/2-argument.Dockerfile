# example: A token as a build argument
FROM debian:bookworm-slim
ARG GITHUB_TOKEN
RUN apt-get update && apt-get install -y --no-install-recommends git ca-certificates
RUN git clone https://x-access-token:${GITHUB_TOKEN}@github.com/acme/private.git /src
