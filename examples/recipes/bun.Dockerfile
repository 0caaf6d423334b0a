FROM oven/bun:1.2-slim
WORKDIR /app
COPY package.json bun.lock ./
RUN --mount=type=secret,id=NPM_TOKEN,target=/run/secrets/NPM_TOKEN,required=true \
    BUN_CONFIG_REGISTRY=https://npm.acme.test/ BUN_CONFIG_TOKEN="$(cat /run/secrets/NPM_TOKEN)" bun install --frozen-lockfile --ignore-scripts
