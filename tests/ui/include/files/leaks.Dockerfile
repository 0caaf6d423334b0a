FROM node:22
WORKDIR /app
RUN --mount=type=secret,id=npmrc,required=true cp /run/secrets/npmrc .npmrc && npm ci
