# example: A Dockerfile without findings
FROM node:22-bookworm AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc,required=true npm ci

FROM node:22-bookworm-slim
COPY --from=build /src /app
CMD ["node", "/app/server.js"]
