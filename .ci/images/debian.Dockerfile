# Stands in for debian:12-slim: without sources, so that apt asks the repository of a test alone.
FROM debian:bookworm-slim
RUN rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/*
