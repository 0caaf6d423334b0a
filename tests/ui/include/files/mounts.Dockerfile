FROM node:22
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc,required=true npm ci
