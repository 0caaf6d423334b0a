FROM acme/poetry:1.8
WORKDIR /app
COPY pyproject.toml poetry.lock ./
RUN --mount=type=secret,id=PYPI_PASSWORD,target=/run/secrets/PYPI_PASSWORD,required=true \
    POETRY_HTTP_BASIC_ACME_USERNAME=reader POETRY_HTTP_BASIC_ACME_PASSWORD="$(cat /run/secrets/PYPI_PASSWORD)" poetry install --no-interaction --no-root --no-cache
