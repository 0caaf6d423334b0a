FROM node:22-bookworm-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=secret,id=NPM_TOKEN,target=/run/secrets/NPM_TOKEN,required=true \
    env 'npm_config_registry=https://npm.acme.test/' "npm_config_//npm.acme.test/:_authToken=$(cat /run/secrets/NPM_TOKEN)" npm ci
