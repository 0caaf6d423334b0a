# Stands in for elixir:1.18-slim: Elixir and Hex of Debian 13.
FROM debian:bookworm-slim
ENV LANG="C.UTF-8"
RUN sed 's/bookworm/trixie/g' /etc/apt/sources.list > /etc/apt/sources.list.d/trixie.list && apt-get update -qq \
    && apt-get install -qq --target-release trixie --no-install-recommends -o Dpkg::Options::=--force-unsafe-io elixir erlang-hex \
    && apt-get clean && rm -rf /var/lib/apt/lists/* /etc/apt/sources.list.d/trixie.list
CMD ["iex"]
