FROM python:3.11-slim-bookworm
COPY requirements.txt ./
RUN --mount=type=secret,id=netrc,target=/run/secrets/netrc,required=true \
    PIP_INDEX_URL=https://pypi.acme.test/simple/ NETRC=/run/secrets/netrc pip install --no-input --no-cache-dir -r requirements.txt
