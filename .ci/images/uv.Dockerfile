# Stands in for ghcr.io/astral-sh/uv:python3.11-bookworm-slim: uv from PyPI beside Debian's python.
FROM python:3.11-slim-bookworm AS index
RUN --mount=type=bind,from=machine,target=/machine PIP_CONFIG_FILE=/machine/pip.conf PIP_CERT=/machine/ca-certificates.crt pip install --quiet --no-cache-dir --root-user-action=ignore --target /tmp/uv uv==0.8.17
FROM debian:bookworm-slim
RUN apt-get update -qq && apt-get install -qq --no-install-recommends -o Dpkg::Options::=--force-unsafe-io python3 && rm -rf /var/lib/apt/lists/*
COPY --from=index /tmp/uv/bin/uv /usr/local/bin/uv
# As in the real image.
ENV UV_TOOL_BIN_DIR="/usr/local/bin"
CMD ["/usr/local/bin/uv"]
