# example: A token that stays in a layer
FROM node:22-bookworm AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN --mount=type=secret,id=NPM_TOKEN,required=true <<EOF
token="$(cat /run/secrets/NPM_TOKEN)"
echo "//registry.npmjs.org/:_authToken=$token" > /root/.npmrc
npm ci
EOF
RUN --mount=type=secret,id=GITHUB_TOKEN,env=GITHUB_TOKEN \
    git clone "https://x-access-token:$GITHUB_TOKEN@github.com/acme/private.git" /src/private

FROM node:22-bookworm-slim
COPY --from=build /src /app
CMD ["node", "/app/server.js"]
