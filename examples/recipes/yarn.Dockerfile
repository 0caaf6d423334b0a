FROM acme/node:22
WORKDIR /app
COPY package.json yarn.lock .yarnrc.yml ./
RUN --mount=type=secret,id=NPM_TOKEN,target=/run/secrets/NPM_TOKEN,required=true \
    YARN_NPM_REGISTRY_SERVER=https://npm.acme.test/ YARN_NPM_ALWAYS_AUTH=true YARN_NPM_AUTH_TOKEN="$(cat /run/secrets/NPM_TOKEN)" yarn install --immutable --mode=skip-build
RUN YARN_ENABLE_NETWORK=false yarn install --immutable
