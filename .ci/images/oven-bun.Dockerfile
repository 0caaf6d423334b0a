# Stands in for oven/bun:1.2-slim: bun from the npm registry on a small Debian.
FROM node:22-bookworm-slim AS registry
RUN --mount=type=bind,from=machine,target=/machine npm_config_userconfig=/machine/.npmrc npm_config_cafile=/machine/ca-certificates.crt npm install --silent --ignore-scripts --prefix /tmp/bun @oven/bun-linux-x64@1.2.23
FROM debian:bookworm-slim
COPY --from=registry /tmp/bun/node_modules/@oven/bun-linux-x64/bin/bun /usr/local/bin/bun
# As in the real image.
RUN useradd --create-home --uid 1000 bun
ENV BUN_RUNTIME_TRANSPILER_CACHE_PATH="0" BUN_INSTALL_BIN="/usr/local/bin"
WORKDIR /home/bun/app
CMD ["/usr/local/bin/bun"]
