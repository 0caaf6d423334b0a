FROM ghcr.io/astral-sh/uv:python3.11-bookworm-slim
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN --mount=type=secret,id=PYPI_PASSWORD,target=/run/secrets/PYPI_PASSWORD,required=true \
    --mount=type=cache,target=/root/.cache/uv \
    UV_INDEX_ACME_USERNAME=reader UV_INDEX_ACME_PASSWORD="$(cat /run/secrets/PYPI_PASSWORD)" uv sync --locked --no-install-project
RUN uv sync --locked --offline
