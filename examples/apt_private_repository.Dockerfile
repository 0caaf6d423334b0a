FROM debian:bookworm-slim
COPY acme.gpg /etc/apt/keyrings/
COPY acme.sources /etc/apt/sources.list.d/
RUN --mount=type=secret,id=apt-auth,target=/run/secrets/apt-auth,required=true \
    apt-get -o Dir::Etc::netrc=/run/secrets/apt-auth update && apt-get -o Dir::Etc::netrc=/run/secrets/apt-auth install -y --no-install-recommends -- ca-certificates acme-greeting && rm -rf /var/lib/apt/lists/*
USER 65532
CMD ["acme-greeting"]
