# Stands in for acme/poetry:1.8: poetry from PyPI beside Debian's python.
FROM python:3.11-slim-bookworm AS index
RUN --mount=type=bind,from=machine,target=/machine PIP_CONFIG_FILE=/machine/pip.conf PIP_CERT=/machine/ca-certificates.crt pip install --quiet --no-cache-dir --no-compile --root-user-action=ignore --target /opt/poetry poetry==1.8.5
FROM debian:bookworm-slim
RUN apt-get update -qq && apt-get install -qq --no-install-recommends -o Dpkg::Options::=--force-unsafe-io python3 && rm -rf /var/lib/apt/lists/*
COPY --from=index /opt/poetry /opt/poetry
RUN printf '#!/bin/sh\nPYTHONPATH=/opt/poetry exec python3 -m poetry "$@"\n' > /usr/local/bin/poetry && chmod +x /usr/local/bin/poetry
CMD ["python3"]
