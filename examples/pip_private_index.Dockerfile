FROM python:3.11-slim-bookworm AS wheels
COPY requirements.txt /
RUN --mount=type=secret,id=PYPI_PASSWORD,target=/run/secrets/PYPI_PASSWORD,required=true <<'EOF'
PIP_INDEX_URL="https://reader:$(cat /run/secrets/PYPI_PASSWORD)@pypi.acme.test/simple/" \
pip wheel --no-input --no-cache-dir --wheel-dir /wheels -r /requirements.txt
EOF

FROM python:3.11-slim-bookworm
COPY --from=wheels /wheels /wheels
COPY requirements.txt /
RUN pip install --no-index --no-cache-dir --find-links /wheels -r /requirements.txt
USER 65532
CMD ["python3", "-m", "acme_greeting"]
