FROM node:22-bookworm-slim
RUN install -d -o node -g node /app
USER 1000:1000
WORKDIR /app
COPY --chown=1000:1000 ["package*.json", "./"]
RUN --mount=type=secret,id=npmrc,target=/run/secrets/npmrc,required=true,uid=1000 \
    NPM_CONFIG_USERCONFIG=/run/secrets/npmrc npm ci
COPY --chown=1000:1000 . ./
CMD ["node", "server.js"]
