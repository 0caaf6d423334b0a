FROM acme/node:22
WORKDIR /app
COPY pnpm-lock.yaml .npmrc ./
RUN --mount=type=secret,id=NPM_TOKEN,target=/run/secrets/NPM_TOKEN,required=true \
    NPM_TOKEN="$(cat /run/secrets/NPM_TOKEN)" pnpm fetch
COPY package.json ./
RUN pnpm install --offline --frozen-lockfile
