# Stands in for acme/python-hub:3.11: huggingface_hub from PyPI beside Debian's python.
FROM python:3.11-slim-bookworm AS index
RUN --mount=type=bind,from=machine,target=/machine PIP_CONFIG_FILE=/machine/pip.conf PIP_CERT=/machine/ca-certificates.crt pip install --quiet --no-cache-dir --no-compile --root-user-action=ignore --target /opt/hub huggingface_hub==0.36.0
FROM debian:bookworm-slim
RUN apt-get update -qq && apt-get install -qq --no-install-recommends -o Dpkg::Options::=--force-unsafe-io python3 && rm -rf /var/lib/apt/lists/*
COPY --from=index /opt/hub /opt/hub
RUN printf '#!/bin/sh\nPYTHONPATH=/opt/hub exec python3 /opt/hub/bin/hf "$@"\n' > /usr/local/bin/hf && chmod +x /usr/local/bin/hf
CMD ["python3"]
