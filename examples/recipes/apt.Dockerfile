FROM debian:12-slim
COPY acme.sources /etc/apt/sources.list.d/
RUN --mount=type=secret,id=apt-auth,target=/run/secrets/apt-auth,required=true \
    apt-get -o Dir::Etc::netrc=/run/secrets/apt-auth update && apt-get -o Dir::Etc::netrc=/run/secrets/apt-auth install -y --no-install-recommends -- acme-greeting && rm -rf /var/lib/apt/lists/*
