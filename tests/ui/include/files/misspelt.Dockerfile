FROM node:22
RUNN npm ci
