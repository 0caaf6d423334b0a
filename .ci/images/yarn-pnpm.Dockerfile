# Stands in for acme/node:22: node with npm, yarn 4 and pnpm, as corepack installs them, and with the yarn 1 of the real node in /opt.
FROM node:22-bookworm-slim AS registry
RUN --mount=type=bind,from=machine,target=/machine npm_config_userconfig=/machine/.npmrc npm_config_cafile=/machine/ca-certificates.crt npm install --silent --ignore-scripts --prefix /tmp/npm @yarnpkg/cli-dist@4.18.1 pnpm@9.15.9 npm@10.9.4 yarn1@npm:yarn@1.22.22
FROM debian:bookworm-slim
RUN apt-get update -qq && apt-get install -qq --no-install-recommends -o Dpkg::Options::=--force-unsafe-io nodejs && rm -rf /var/lib/apt/lists/*
COPY --from=registry /tmp/npm/node_modules /opt/tools
RUN ln -s /opt/tools/@yarnpkg/cli-dist/bin/yarn.js /usr/local/bin/yarn && ln -s /opt/tools/pnpm/bin/pnpm.cjs /usr/local/bin/pnpm && ln -s /opt/tools/npm/bin/npm-cli.js /usr/local/bin/npm \
    && ln -s /opt/tools/yarn1 /opt/yarn-v1.22.22 && useradd --create-home --uid 1000 node
CMD ["node"]
